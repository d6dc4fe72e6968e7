//! Random conditions: every leaf and every operator.

use super::*;

/// A whole condition, as JSON. Nearly half of them are one leaf, which nothing beside it can hide.
pub fn condition() -> impl Strategy<Value = Value> {
    prop_oneof![7 => leaf(), 7 => tree(leaf(), 4, 12), 1 => branches()]
}

/// Branches of which each asks for one of some texts and for more.
fn branches() -> impl Strategy<Value = Value> {
    let text = (
        select(&["city", "timeZone", "plan"][..]),
        text_test().prop_filter("one of some", |test| test["op"] == "eq" || test["op"] == "in"),
    );
    let field = text.prop_map(|(name, test)| with(json!({ "fact": "field", "name": name }), &test));
    let more = prop_oneof![2 => activity_leaf(), 1 => segment_leaf(), 1 => tree(leaf(), 2, 4)];
    let branch = (field, more).prop_map(|(field, more)| json!({"all": [more, field]}));
    prop::collection::vec(branch, 2..4).prop_map(|branches| json!({ "any": branches }))
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
    let customer = (1..20_i64).prop_map(|id| json!({"fact": "customer", "id": id}));
    let purposes = (select(&PURPOSES[..]), select(&["granted", "denied", "unanswered"][..]));
    let consent = purposes.prop_map(|(purpose, op)| json!({"fact": "consent", "purpose": purpose, "op": op}));
    prop_oneof![
        8 => field_leaf(), 8 => activity_leaf(), 6 => sequence_leaf(), 2 => segment_leaf(), 2 => company_leaf(), 1 => consent,
        1 => subscription_leaf(), 1 => customer, 1 => trigger_leaf(),
    ]
    .boxed()
}

/// Leaves that only a rule may hold.
fn trigger_leaf() -> BoxedStrategy<Value> {
    let among = |key: &'static str| {
        let ids = prop::option::of(prop::sample::subsequence(SEGMENTS.to_vec(), 1..=SEGMENTS.len()));
        ids.prop_map(move |ids| ids.map_or(json!({}), |ids| json!({ key: ids })))
    };
    let counted = |fact: &'static str, key| {
        (among(key), number_test()).prop_map(move |(among, test)| with(with(json!({ "fact": fact }), &among), &test))
    };
    prop_oneof![attribute_leaf(), counted("trigger_segment", "segments"), counted("trigger_target_group", "target_groups")].boxed()
}

fn segment_leaf() -> BoxedStrategy<Value> {
    (select(&SEGMENTS[..]), select(&["in", "not_in"][..]), prop::option::of(comparing_number_test()))
        .prop_map(|(id, op, counter)| {
            let leaf = json!({"fact": "segment", "id": id, "op": op});
            counter.map_or(leaf.clone(), |counter| with(leaf, &json!({ "counter": counter })))
        })
        .boxed()
}

fn company_leaf() -> BoxedStrategy<Value> {
    prop_oneof![
        2 => named("company", vec!["name", "vatId"], text_test()),
        1 => named("company", vec!["id"], number_test()),
        1 => named("company", vec!["createdAt", "updatedAt"], datetime_test()),
    ]
    .boxed()
}

fn subscription_leaf() -> BoxedStrategy<Value> {
    let one = select(&STATUSES[..]).prop_map(|status| json!({"op": "eq", "value": status}));
    let several = prop::sample::subsequence(STATUSES.to_vec(), 0..3).prop_map(|statuses| json!({"op": "in", "values": statuses}));
    (select(&LISTS[..]), prop_oneof![one, several])
        .prop_map(|(list, test)| with(json!({"fact": "subscription", "list": list}), &test))
        .boxed()
}

fn named(fact: &'static str, names: Vec<&'static str>, test: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    (select(names), test).prop_map(move |(name, test)| with(json!({"fact": fact, "name": name}), &test)).boxed()
}

fn field_leaf() -> BoxedStrategy<Value> {
    let field = |names, test| named("field", names, test);
    prop_oneof![
        4 => field(vec!["firstname", "city", "timeZone", "note", "größe x", "plan"], text_test()),
        3 => field(vec!["score", "id"], number_test()),
        1 => field(vec!["active", "emailOk", "vip"], any::<bool>().prop_map(|value| json!({"op": "eq", "value": value})).boxed()),
        3 => field(vec!["birthDate", "joined"], date_test()),
        3 => field(vec!["createdAt", "seen"], datetime_test()),
        2 => field(vec!["interests", "labels"], list_test()),
        1 => field(vec!["extra"], present_test()),
        2 => field(vec!["extra.value", "extra.deep.value"], typed_test()),
    ]
    .boxed()
}

fn attribute_leaf() -> BoxedStrategy<Value> {
    named("attribute", PATHS.to_vec(), typed_test())
}

/// A test that says by itself which type it wants.
fn typed_test() -> BoxedStrategy<Value> {
    prop_oneof![
        4 => attribute_text_test(), 4 => comparing_number_test(), 2 => list_test(), 1 => present_test(),
        1 => any::<bool>().prop_map(|value| json!({"op": "eq", "value": value})), 2 => attribute_date_test(),
    ]
    .boxed()
}

fn attribute_date_test() -> BoxedStrategy<Value> {
    date_test().prop_filter("`set` of an attribute asks for any type", |test| test["op"] != "set" && test["op"] != "not_set").boxed()
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
    (selection(), window(), measure)
        .prop_map(|(selection, window, measure)| with(with(with(json!({"fact": "activity"}), &selection), &window), &measure))
        .boxed()
}

fn sequence_leaf() -> BoxedStrategy<Value> {
    let steps = prop_oneof![6 => prop::collection::vec(selection(), 2..5), 1 => prop::collection::vec(selection(), 10)];
    let span = prop::option::of(select(&DURATIONS[..]).prop_map(Value::from));
    (steps, window(), span)
        .prop_map(|(steps, window, span)| {
            let leaf = with(json!({"fact": "sequence", "steps": steps}), &window);
            span.map_or(leaf.clone(), |span| with(leaf, &json!({ "span": span })))
        })
        .boxed()
}

/// `type` and `where`, each perhaps.
fn selection() -> BoxedStrategy<Value> {
    let kind = prop::option::weighted(0.8, select(&TYPES[..]).prop_map(Value::from));
    let filter = prop::option::weighted(0.3, tree(attribute_leaf(), 2, 4));
    (kind, filter)
        .prop_map(|(kind, filter)| {
            let parts = [("type", kind), ("where", filter)].into_iter();
            Value::Object(parts.filter_map(|(key, part)| Some((key.to_owned(), part?))).collect())
        })
        .boxed()
}

/// `within`, perhaps.
fn window() -> BoxedStrategy<Value> {
    let window = prop_oneof![
        3 => select(&DURATIONS[..]).prop_map(Value::from),
        1 => (instant(), instant()).prop_map(|(one, other)| json!({"from": rfc3339(one.min(other)), "to": rfc3339(one.max(other) + 1)})),
        1 => instant().prop_map(|from| json!({"from": rfc3339(from)})),
        1 => instant().prop_map(|to| json!({"to": rfc3339(to)})),
    ];
    prop::option::of(window).prop_map(|window| window.map_or(json!({}), |window| json!({ "within": window }))).boxed()
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
    let pattern = select(&PATTERNS[..]).prop_map(|pattern| json!({"op": "matches", "value": pattern}));
    let test = prop_oneof![3 => one, 4 => part, 2 => many, 2 => pattern, 2 => present_test()];
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
