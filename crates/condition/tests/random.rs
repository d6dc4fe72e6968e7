//! Random conditions and random customers, made to meet: both draw from the same small pools of texts, numbers and
//! instants, so that boundaries, wrong types and near misses come up all the time.

pub mod conditions;

use condition::calendar::{self, DAY, HOUR, MINUTE};
use condition::{Attributes, Catalogue, Facts, FieldKind, FieldValue, Occurrence, Text, fold_document};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Half past midnight in UTC after the last of February, a leap day, and the last microsecond of a year. The clocks of Europe have just gone forward; those of New York have just gone back.
pub const NOWS: [i64; 5] =
    [1_772_325_000_000_000, 1_709_208_000_000_000, 1_767_225_599_999_999, 1_774_746_000_000_000, 1_793_512_800_000_000];

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

const PATTERNS: [&str; 12] =
    ["a", "^a", "b$", "^(a|b)+$", "^$", "[^a]", r"^\w+$", "ä", "STRASSE|straße", r"\d{4}-\d{2}", "(?i)ΣΊΣΥΦΟΣ", "^.$"];

const PURPOSES: [&str; 2] = ["newsletter", "Größe 'x'"];
const LISTS: [&str; 2] = ["news", "Größe 'x'"];
const STATUSES: [&str; 3] = ["subscribed", "pending", "Subscribed"];

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
    /// Segment, generation and counter; [`GENERATION`] is the current one of every segment.
    pub memberships: Vec<(i64, i64, i64)>,
    pub consents: Vec<(&'static str, bool)>,
    pub subscriptions: Vec<(&'static str, &'static str)>,
    pub company: Option<Company>,
}

#[derive(Debug, Clone)]
pub struct Company {
    pub id: i64,
    pub name: String,
    pub vat_id: Option<String>,
    pub created_at: i64,
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
            let attributes = Some(Attributes::new(&activity.attributes));
            facts.activities.insert(&activity.kind.into(), Occurrence { id: activity.id, at: activity.at, attributes });
        }
        let current = self.memberships.iter().filter(|(_, generation, _)| *generation == GENERATION);
        facts.segments = current.map(|(segment, _, counter)| (*segment, *counter)).collect();
        facts.consents = self.consents.iter().map(|(purpose, granted)| ((*purpose).into(), *granted)).collect();
        facts.subscriptions = self.subscriptions.iter().map(|(list, status)| ((*list).into(), (*status).into())).collect();
        if let Some(company) = &self.company {
            let fields = [
                ("id", Some(FieldValue::Number(company.id as f64))),
                ("name", Some(FieldValue::Text(Text::new(&company.name)))),
                ("vatId", company.vat_id.as_deref().map(|text| FieldValue::Text(Text::new(text)))),
                ("createdAt", Some(FieldValue::Datetime(company.created_at))),
                ("updatedAt", Some(FieldValue::Datetime(company.created_at))),
            ];
            facts.company = fields.into_iter().filter_map(|(name, value)| Some((name.into(), value?))).collect();
        }
        facts
    }
}

pub fn customer(id: i64) -> impl Strategy<Value = Customer> {
    let activities = prop::collection::vec((select(&TYPES[..]), instant(), attributes()), 0..10);
    let texts = [text_or_none(), text_or_none(), prop::option::of(select(&ZONES[..]).prop_map(str::to_owned)).boxed()];
    let memberships = prop::sample::subsequence(SEGMENTS.to_vec(), 0..=SEGMENTS.len());
    let memberships = (memberships, any::<u8>(), prop::collection::vec(0..5_i64, SEGMENTS.len()));
    let answers = (prop::sample::subsequence(PURPOSES.to_vec(), 0..=PURPOSES.len()), any::<bool>());
    let lists = (prop::sample::subsequence(LISTS.to_vec(), 0..=LISTS.len()), select(&STATUSES[..]));
    let belongings = (answers, lists, company(id));
    // The door lets no other ones into the column.
    let existing: Vec<&str> = DATES.into_iter().filter(|date| calendar::parse_date(date).is_some()).collect();
    let birth_date = prop::option::of(select(existing).prop_map(str::to_owned));
    let flags = (any::<bool>(), prop::option::of(any::<bool>()));
    (texts, flags, birth_date, instant(), fields(), activities, memberships, belongings).prop_map(
        move |(texts, (active, email_ok), birth_date, created_at, fields, activities, (segments, stale, counters), belongings)| {
            let numbered = activities.into_iter().enumerate();
            let activities = numbered.map(|(place, (kind, at, attributes))| Activity { id: id * 100 + place as i64, kind, at, attributes });
            let generation = |segment: i64| if (stale >> segment) & 1 == 0 { GENERATION } else { GENERATION - 1 };
            let memberships = segments.into_iter().zip(counters).map(|(segment, counter)| (segment, generation(segment), counter));
            let ((purposes, granted), (lists, status), company) = belongings;
            Customer {
                id,
                texts,
                active,
                email_ok,
                birth_date,
                created_at,
                fields,
                activities: activities.collect(),
                memberships: memberships.collect(),
                consents: purposes.into_iter().enumerate().map(|(place, purpose)| (purpose, granted ^ (place == 1))).collect(),
                subscriptions: lists.into_iter().map(|list| (list, status)).collect(),
                company,
            }
        },
    )
}

fn company(id: i64) -> impl Strategy<Value = Option<Company>> {
    let company = (select(&TEXTS[..]), text_or_none(), instant());
    prop::option::weighted(
        0.7,
        company.prop_map(move |(name, vat_id, created_at)| Company { id: id % 5 + 1_000 * id, name: name.to_owned(), vat_id, created_at }),
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
        2 => (text(), number()).prop_map(|(value, deep)| json!({"value": value, "deep": {"value": deep}})),
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
