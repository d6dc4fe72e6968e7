//! Random conditions and random customers, made to meet: both draw from the same small pools of texts, numbers and
//! instants, so that boundaries, wrong types and near misses come up all the time.

use std::sync::Arc;

use condition::calendar::{self, DAY, HOUR, MINUTE};
use condition::{Attributes, Catalogue, Facts, FieldKind, FieldValue, Occurrence, Text, fold_document};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Half past midnight in UTC after the last of February, a leap day, and the last microsecond of a year.
pub const NOWS: [i64; 3] = [1_772_325_000_000_000, 1_709_208_000_000_000, 1_767_225_599_999_999];

const TEXTS: [&str; 35] = [
    "",
    "a",
    "A",
    "ab",
    "Ab",
    "Ä",
    "ä",
    "a\u{308}",
    "A\u{308}b",
    "ß",
    "SS",
    "Straße",
    "İ",
    "ΣΊΣΥΦΟΣ",
    "%",
    "_",
    "'",
    "\\",
    "\"",
    "Ada",
    "ada@Example.org",
    " x ",
    "日本",
    "🦀",
    "2024-02-29",
    "{x}",
    "$1",
    "null",
    "true",
    "1",
    "b",
    "ba",
    "bab",
    "Äb",
    "1b",
];

const DATES: [&str; 20] = [
    "2008-02-29",
    "2008-02-28",
    "2008-03-01",
    "1990-12-31",
    "1991-01-01",
    "2026-02-28",
    "2026-03-01",
    "2026-03-02",
    "2024-02-29",
    "2024-02-28",
    "2024-03-01",
    "2025-12-31",
    "2026-01-01",
    "2025-12-30",
    "2023-02-29",
    "2023-13-01",
    "2024-2-29",
    "now",
    "9999-12-31",
    "0000-02-29",
];

const ZONES: [&str; 9] = [
    "Europe/Berlin",
    "europe/berlin",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "America/New_York",
    "Asia/Kathmandu",
    "utc",
    "Nonsense/Zone",
    "",
];

/// As long as the [`DURATIONS`].
pub const LENGTHS: [i64; 11] = [0, 1_000_000, 30 * MINUTE, HOUR, 12 * HOUR, DAY, 36 * HOUR, 2 * DAY, 28 * DAY, 30 * DAY, 365 * DAY];
const DURATIONS: [&str; 10] = ["30m", "1h", "12h", "1d", "2d", "P1DT12H", "30d", "4w", "365d", "PT1S"];
const TYPES: [&str; 3] = ["order", "visit", "Größe 'x'"];
const PATHS: [&str; 5] = ["value", "deep.value", "tags", "flag", "größe x.y"];

/// Custom fields, one of each kind and one with a name of some spirit.
const CUSTOM: [(&str, FieldKind); 10] = [
    ("note", FieldKind::Text),
    ("größe x", FieldKind::Text),
    ("plan", FieldKind::Select),
    ("score", FieldKind::Number),
    ("vip", FieldKind::Boolean),
    ("joined", FieldKind::Date),
    ("seen", FieldKind::Datetime),
    ("interests", FieldKind::Multiselect),
    ("labels", FieldKind::List),
    ("extra", FieldKind::Json),
];

/// Texts that are columns, in the order of [`Customer::texts`].
pub const TEXT_FIELDS: [&str; 3] = ["firstname", "city", "timeZone"];

#[derive(Debug, Clone)]
pub struct Customer {
    pub id: i64,
    pub texts: [Option<String>; 3],
    pub active: bool,
    pub email_ok: Option<bool>,
    pub birth_date: Option<String>,
    pub created_at: i64,
    pub fields: Value,
    pub activities: Vec<Activity>,
    /// Segment and generation; [`GENERATION`] is the current one of every segment.
    pub memberships: Vec<(i64, i64)>,
}

#[derive(Debug, Clone)]
pub struct Activity {
    pub id: i64,
    pub kind: &'static str,
    pub at: i64,
    pub attributes: Value,
}

pub const GENERATION: i64 = 7;
pub const SEGMENTS: [i64; 4] = [1, 2, 3, 4];

pub fn instance_zone() -> TimeZone {
    TimeZone::get("Europe/Vienna").expect("a zone of this name is in every database of zones")
}

pub fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::built_in();
    catalogue.zone = instance_zone();
    for (name, kind) in CUSTOM {
        catalogue.add_custom_field(name, kind);
    }
    for id in SEGMENTS {
        catalogue.add_segment(id, &format!("segment-{id}"));
    }
    catalogue
}

impl Customer {
    /// What the server would load.
    pub fn facts(&self) -> Facts {
        let mut facts = Facts::new(self.id, calendar::zone_of(self.texts[2].as_deref(), &instance_zone()));
        let mut put = |name: &str, value: Option<FieldValue>| {
            if let Some(value) = value {
                facts.fields.insert(name.into(), value);
            }
        };
        for (name, text) in TEXT_FIELDS.into_iter().zip(&self.texts) {
            put(name, text.as_deref().map(|text| FieldValue::Text(Text::new(text))));
        }
        put("id", Some(FieldValue::Number(self.id as f64)));
        put("active", Some(FieldValue::Boolean(self.active)));
        put("emailOk", self.email_ok.map(FieldValue::Boolean));
        put("birthDate", self.birth_date.as_deref().and_then(calendar::parse_date).map(FieldValue::Date));
        put("createdAt", Some(FieldValue::Datetime(self.created_at)));
        let folded = fold_document(&self.fields).unwrap_or_else(|| self.fields.clone());
        for (name, kind) in CUSTOM {
            if let (Some(plain), Some(folded)) = (self.fields.get(name), folded.get(name)) {
                put(name, FieldValue::read(kind, plain, folded));
            }
        }
        for activity in &self.activities {
            let attributes = Some(Attributes::new(Arc::new(activity.attributes.clone())));
            facts.activities.insert(&activity.kind.into(), Occurrence { id: activity.id, at: activity.at, attributes });
        }
        facts.segments = self.memberships.iter().filter(|(_, generation)| *generation == GENERATION).map(|(segment, _)| *segment).collect();
        facts
    }
}

pub fn customer(id: i64) -> impl Strategy<Value = Customer> {
    let activities = prop::collection::vec((select(&TYPES[..]), instant(), attributes()), 0..10);
    let texts = [text_or_none(), text_or_none(), prop::option::of(select(&ZONES[..]).prop_map(str::to_owned)).boxed()];
    let memberships = prop::sample::subsequence(SEGMENTS.to_vec(), 0..=SEGMENTS.len());
    let birth_date = prop::option::of(select(&DATES[..]).prop_map(str::to_owned));
    let flags = (any::<bool>(), prop::option::of(any::<bool>()));
    (texts, flags, birth_date, instant(), fields(), activities, memberships, any::<u8>()).prop_map(
        move |(texts, (active, email_ok), birth_date, created_at, fields, activities, memberships, stale)| {
            let numbered = activities.into_iter().enumerate();
            let activities = numbered.map(|(place, (kind, at, attributes))| Activity { id: id * 100 + place as i64, kind, at, attributes });
            let generation = |segment: i64| if (stale >> segment) & 1 == 0 { GENERATION } else { GENERATION - 1 };
            let memberships = memberships.into_iter().map(|segment| (segment, generation(segment))).collect();
            Customer { id, texts, active, email_ok, birth_date, created_at, fields, activities: activities.collect(), memberships }
        },
    )
}

fn text_or_none() -> BoxedStrategy<Option<String>> {
    prop::option::of(select(&TEXTS[..]).prop_map(str::to_owned)).boxed()
}

fn text() -> BoxedStrategy<Value> {
    select(&TEXTS[..]).prop_map(|text| json!(text)).boxed()
}

fn number() -> BoxedStrategy<Value> {
    let usual = select(vec![
        json!(0),
        json!(-0.0),
        json!(1),
        json!(2),
        json!(3),
        json!(6),
        json!(-1),
        json!(0.1),
        json!(0.2),
        json!(0.3),
        json!(1.5),
        json!(24.3),
    ]);
    let extreme = select(vec![
        json!(-6.0),
        json!(0.000_000_5),
        json!(-0.000_000_5),
        json!(1e12),
        json!(-1e12),
        json!(1e15),
        json!(9_007_199_254_740_993_i64),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!(-1e300),
        json!(f64::MAX),
        json!(5e-324),
        json!(123_456_789.123_456),
    ]);
    let any_finite = any::<f64>().prop_filter_map("finite", |number| number.is_finite().then(|| json!(number)));
    prop_oneof![8 => usual, 3 => extreme, 1 => any_finite, 1 => (-10_000_000..10_000_000_i64).prop_map(|cents| json!(cents as f64 / 100.0))]
        .boxed()
}

/// Around the nows, at and next to the ends of the windows.
fn instant() -> BoxedStrategy<i64> {
    let step = prop_oneof![3 => Just(0_i64), 1 => Just(1), 1 => Just(-1)];
    let side = prop_oneof![3 => Just(-1_i64), 1 => Just(1)];
    let exact = (select(&NOWS[..]), select(&LENGTHS[..]), side, step).prop_map(|(now, length, side, step)| now + side * length + step);
    let midnights =
        (select(&NOWS[..]), -40..40_i64, -1..=1_i64).prop_map(|(now, half_hours, step)| now - now % DAY + half_hours * 30 * MINUTE + step);
    prop_oneof![4 => exact, 1 => midnights].boxed()
}

fn instant_text() -> BoxedStrategy<Value> {
    let none = [
        "2023-02-29T00:00:00.000000Z",
        "2024-02-29T24:00:00.000000Z",
        "2024-02-29T23:59:60.000000Z",
        "2024-02-29T00:00:00Z",
        "2024-02-29 00:00:00.000000Z",
        "9999-12-31T00:00:00.000000Z",
        "2024-04-31T00:00:00.000000Z",
    ];
    prop_oneof![8 => instant().prop_map(|instant| json!(calendar::instant_text(instant))), 1 => select(none.to_vec()).prop_map(Value::from)]
        .boxed()
}

fn list() -> BoxedStrategy<Value> {
    let element = prop_oneof![8 => text(), 1 => number(), 1 => Just(Value::Null)];
    prop::collection::vec(element, 0..4).prop_map(Value::from).boxed()
}

/// Anything at all, the wrong types among it.
fn anything() -> BoxedStrategy<Value> {
    prop_oneof![
        4 => text(), 4 => number(), 2 => any::<bool>().prop_map(Value::from), 2 => list(), 1 => Just(Value::Null),
        2 => select(&DATES[..]).prop_map(Value::from), 2 => instant_text(), 1 => Just(json!({})), 1 => Just(json!({"value": "x"})),
    ]
    .boxed()
}

fn fields() -> impl Strategy<Value = Value> {
    let values: Vec<BoxedStrategy<Option<Value>>> = CUSTOM
        .into_iter()
        .map(|(_, kind)| {
            let fitting = match kind {
                FieldKind::Text | FieldKind::Select => text(),
                FieldKind::Number => number(),
                FieldKind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
                FieldKind::Date => select(&DATES[..]).prop_map(Value::from).boxed(),
                FieldKind::Datetime => instant_text(),
                FieldKind::Multiselect | FieldKind::List => list(),
                FieldKind::Json => anything(),
            };
            prop_oneof![5 => fitting.prop_map(Some), 1 => anything().prop_map(Some), 2 => Just(None)].boxed()
        })
        .collect();
    values.prop_map(|values| {
        let present = CUSTOM.into_iter().zip(values).filter_map(|((name, _), value)| Some((name.to_owned(), value?)));
        Value::Object(present.collect())
    })
}

fn attributes() -> impl Strategy<Value = Value> {
    let value = || prop::option::weighted(0.8, anything());
    (value(), value(), value(), value(), value()).prop_map(|(value, deep, tags, flag, size)| {
        let mut attributes = json!({});
        let parts = [("value", value), ("tags", tags), ("flag", flag)];
        for (name, part) in parts.into_iter().filter_map(|(name, part)| Some((name, part?))) {
            attributes[name] = part;
        }
        attributes["deep"] = deep.map_or(Value::Null, |deep| json!({ "value": deep }));
        attributes["größe x"] = size.map_or(json!([1]), |size| json!({ "y": size }));
        attributes
    })
}

/// A whole condition, as JSON. Half of them are one leaf, which nothing beside it can hide.
pub fn condition() -> impl Strategy<Value = Value> {
    prop_oneof![1 => leaf(), 1 => tree(leaf(), 4, 12)]
}

fn tree(leaf: BoxedStrategy<Value>, depth: u32, size: u32) -> impl Strategy<Value = Value> {
    leaf.prop_recursive(depth, size, 3, |child| {
        prop_oneof![
            prop::collection::vec(child.clone(), 0..4).prop_map(|children| json!({ "all": children })),
            prop::collection::vec(child.clone(), 0..4).prop_map(|children| json!({ "any": children })),
            child.prop_map(|child| json!({ "not": child })),
        ]
    })
}

fn leaf() -> BoxedStrategy<Value> {
    let segment =
        (select(&SEGMENTS[..]), select(&["in", "not_in"][..])).prop_map(|(id, op)| json!({"fact": "segment", "id": id, "op": op}));
    let customer = (1..20_i64).prop_map(|id| json!({"fact": "customer", "id": id}));
    prop_oneof![8 => field_leaf(), 8 => activity_leaf(), 1 => segment, 1 => customer].boxed()
}

fn field_leaf() -> BoxedStrategy<Value> {
    let field = |names: Vec<&'static str>, test: BoxedStrategy<Value>| {
        (select(names), test).prop_map(|(name, test)| with(json!({"fact": "field", "name": name}), &test))
    };
    prop_oneof![
        4 => field(vec!["firstname", "city", "timeZone", "note", "größe x", "plan"], text_test()),
        3 => field(vec!["score", "id"], number_test()),
        1 => field(vec!["active", "emailOk", "vip"], any::<bool>().prop_map(|value| json!({"op": "eq", "value": value})).boxed()),
        3 => field(vec!["birthDate", "joined"], date_test()),
        3 => field(vec!["createdAt", "seen"], datetime_test()),
        2 => field(vec!["interests", "labels"], list_test()),
        1 => field(vec!["extra"], present_test()),
    ]
    .boxed()
}

fn attribute_leaf() -> BoxedStrategy<Value> {
    let typed = prop_oneof![
        4 => attribute_text_test(), 4 => comparing_number_test(), 2 => list_test(), 1 => present_test(),
        1 => any::<bool>().prop_map(|value| json!({"op": "eq", "value": value})),
    ];
    (select(&PATHS[..]), typed).prop_map(|(name, test)| with(json!({"fact": "attribute", "name": name}), &test)).boxed()
}

fn activity_leaf() -> BoxedStrategy<Value> {
    let measured = |measures: Vec<&'static str>, test: BoxedStrategy<Value>| {
        (select(measures), test).prop_map(|(measure, test)| with(json!({ "measure": measure }), &test))
    };
    let of_attribute = |measures: Vec<&'static str>, test: BoxedStrategy<Value>| {
        (select(&PATHS[..]), measured(measures, test)).prop_map(|(attribute, test)| with(json!({ "attribute": attribute }), &test))
    };
    let measure = prop_oneof![
        5 => measured(vec!["count"], comparing_number_test()),
        3 => of_attribute(vec!["sum", "distinct"], comparing_number_test()),
        3 => of_attribute(vec!["average", "min", "max"], number_test()),
        2 => measured(vec!["days_since_last"], number_test()),
        2 => measured(vec!["first", "last"], datetime_test()),
    ];
    let window = prop_oneof![
        3 => select(&DURATIONS[..]).prop_map(Value::from),
        1 => (instant(), instant()).prop_map(|(one, other)| json!({"from": rfc3339(one.min(other)), "to": rfc3339(one.max(other) + 1)})),
        1 => instant().prop_map(|from| json!({"from": rfc3339(from)})),
        1 => instant().prop_map(|to| json!({"to": rfc3339(to)})),
    ];
    let filter = tree(attribute_leaf(), 2, 4);
    let kind = prop::option::weighted(0.8, select(&TYPES[..]));
    (kind, prop::option::of(window), prop::option::of(filter), measure)
        .prop_map(|(kind, window, filter, measure)| {
            let mut leaf = with(json!({"fact": "activity"}), &measure);
            let parts = [("type", kind.map(Value::from)), ("within", window), ("where", filter)];
            for (key, part) in parts.into_iter().filter_map(|(key, part)| Some((key, part?))) {
                leaf[key] = part;
            }
            leaf
        })
        .boxed()
}

fn attribute_text_test() -> BoxedStrategy<Value> {
    text_test()
        .prop_filter("`set` of an attribute asks for any type and takes no `exact`", |test| test["op"] != "set" && test["op"] != "not_set")
        .boxed()
}

fn text_test() -> BoxedStrategy<Value> {
    let one = (select(&["eq", "ne"][..]), text()).prop_map(|(op, value)| json!({"op": op, "value": value}));
    let part = text().prop_filter("an empty part is refused", |text| text != "");
    let part = (select(&["contains", "not_contains", "starts_with", "ends_with"][..]), part)
        .prop_map(|(op, value)| json!({"op": op, "value": value}));
    let many = prop::collection::vec(text(), 0..4);
    let many = (select(&["in", "not_in"][..]), many).prop_map(|(op, values)| json!({"op": op, "values": values}));
    let test = prop_oneof![3 => one, 4 => part, 2 => many, 2 => present_test()];
    (test, any::<bool>()).prop_map(|(test, exact)| with(test, &json!({ "exact": exact }))).boxed()
}

fn number_test() -> BoxedStrategy<Value> {
    prop_oneof![6 => comparing_number_test(), 1 => present_test()].boxed()
}

fn comparing_number_test() -> BoxedStrategy<Value> {
    let count = (0..5_i64).prop_map(|count| json!(count));
    let value = prop_oneof![2 => count, 1 => number()];
    let one =
        (select(&["eq", "ne", "lt", "lte", "gt", "gte"][..]), value.clone()).prop_map(|(op, value)| json!({"op": op, "value": value}));
    let between = (value.clone(), value).prop_map(|(one, other)| {
        let backwards = one.as_f64() > other.as_f64();
        let (value, to) = if backwards { (other, one) } else { (one, other) };
        json!({"op": "between", "value": value, "to": to})
    });
    let modulo = (1..4_i64).prop_map(|value| json!({"op": "modulo", "value": value}));
    prop_oneof![6 => one, 1 => between, 1 => modulo].boxed()
}

fn relative_test() -> BoxedStrategy<Value> {
    let ops = ["within_last", "within_next", "older_than"];
    (select(ops.to_vec()), select(&DURATIONS[..])).prop_map(|(op, value)| json!({"op": op, "value": value})).boxed()
}

fn existing_date() -> BoxedStrategy<&'static str> {
    select(DATES.into_iter().filter(|date| ("1000"..="9000").contains(date) && calendar::parse_date(date).is_some()).collect::<Vec<_>>())
        .boxed()
}

fn date_test() -> BoxedStrategy<Value> {
    let one = (select(&["before", "after", "on"][..]), existing_date()).prop_map(|(op, value)| json!({"op": op, "value": value}));
    let between =
        (existing_date(), existing_date()).prop_map(|(one, other)| json!({"op": "between", "value": one.min(other), "to": one.max(other)}));
    let age = (select(&["age_gte", "age_lt"][..]), prop_oneof![Just(0), Just(18), 1..40])
        .prop_map(|(op, value)| json!({"op": op, "value": value}));
    let anniversary = select(&DURATIONS[..]).prop_map(|value| json!({"op": "anniversary_within", "value": value}));
    prop_oneof![2 => one, 1 => between, 3 => relative_test(), 2 => age, 2 => anniversary, 1 => present_test()].boxed()
}

fn datetime_test() -> BoxedStrategy<Value> {
    let moment = prop_oneof![instant().prop_map(rfc3339), existing_date().prop_map(str::to_owned)];
    let one = (select(&["before", "after"][..]), moment).prop_map(|(op, value)| json!({"op": op, "value": value}));
    let on = existing_date().prop_map(|value| json!({"op": "on", "value": value}));
    let between = (instant(), instant())
        .prop_map(|(one, other)| json!({"op": "between", "value": rfc3339(one.min(other)), "to": rfc3339(one.max(other))}));
    prop_oneof![2 => one, 1 => on, 1 => between, 4 => relative_test(), 1 => present_test()].boxed()
}

fn list_test() -> BoxedStrategy<Value> {
    let has_one = text().prop_map(|value| json!({"op": "has", "value": value}));
    let has_any = prop::collection::vec(text(), 0..4).prop_map(|values| json!({"op": "has_any", "values": values}));
    let has_all = prop::collection::vec(text(), 1..3).prop_map(|values| json!({"op": "has_all", "values": values}));
    let test = prop_oneof![2 => has_one, 2 => has_any, 1 => has_all, 1 => Just(json!({"op": "empty"}))];
    (test, any::<bool>()).prop_map(|(test, exact)| with(test, &json!({ "exact": exact }))).boxed()
}

fn present_test() -> BoxedStrategy<Value> {
    select(vec![json!({"op": "set"}), json!({"op": "not_set"})]).boxed()
}

fn rfc3339(instant: i64) -> String {
    calendar::instant_text(instant)
}

fn with(mut object: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().into_iter().flatten() {
        object[key] = value.clone();
    }
    object
}
