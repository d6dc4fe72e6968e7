//! What the people who run the demo shop have set up: custom fields, segments, builders, mail templates and rules.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::error::Error;
use server::ids::{GroupId, SegmentId, TemplateId};
use server::segments::builders;
use server::work::Work;
use server::{automation, mail, segments, settings};
use std::collections::HashMap;

/// Reads what is written here as the type an operation takes.
fn read<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|error| Error::Bug(anyhow::Error::new(error).context("a definition of the demo")))
}

pub fn define_fields(work: &mut Work<'_>) -> Result<(), Error> {
    let choices = |values: &[&str]| values.iter().map(|value| json!({ "value": value, "label": capitalised(value) })).collect::<Vec<_>>();
    let interests = ["hiking", "running", "climbing", "camping", "skiing", "cycling"];
    let fields = [
        json!({ "name": "tier", "label": "Loyalty tier", "kind": "select", "indexed": true, "options": choices(&["bronze", "silver", "gold"]) }),
        json!({ "name": "loyaltyNumber", "label": "Loyalty number", "kind": "text", "personal": true, "indexed": true }),
        json!({ "name": "shoeSize", "label": "Shoe size (EU)", "kind": "number", "personal": true }),
        json!({ "name": "interests", "label": "Interests", "kind": "multiselect", "options": choices(&interests) }),
        json!({ "name": "newsletter", "label": "Gets the newsletter", "kind": "boolean" }),
    ];
    for field in fields {
        settings::add_field(work, &read(field)?)?;
    }
    Ok(())
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// At least so many of something, of late if a window is given.
fn activity(kind: &str, within: Option<&str>, op: &str, count: i64) -> Value {
    let mut leaf = json!({ "fact": "activity", "type": kind, "op": op, "value": count });
    if let Some(within) = within {
        leaf["within"] = json!(within);
    }
    leaf
}

fn bought(category: &str) -> Value {
    let of_category = json!({ "fact": "attribute", "name": "category", "op": "eq", "value": category });
    json!({ "fact": "activity", "type": "order", "where": of_category, "op": "gte", "value": 2 })
}

/// Name, reference, description, condition.
type Definition = (&'static str, &'static str, &'static str, Option<Value>);

fn value_segments() -> Vec<Definition> {
    let spent = json!({ "fact": "activity", "type": "order", "measure": "sum", "attribute": "amount", "op": "gte", "value": 1500 });
    vec![
        ("Big spender", "big-spender", "Spent 1500 or more in total", Some(spent)),
        ("Regular", "regular", "Three or more orders within 90 days", Some(activity("order", Some("90d"), "gte", 3))),
        ("Sends back often", "sends-back", "Three or more returns within a year", Some(activity("return", Some("365d"), "gte", 3))),
    ]
}

fn lifecycle_segments() -> Vec<Definition> {
    let ordered = || activity("order", None, "gte", 1);
    let at_risk = json!({ "all": [ordered(), activity("order", Some("120d"), "eq", 0), activity("order", Some("365d"), "gte", 1)] });
    let lost = json!({ "all": [ordered(), activity("order", Some("365d"), "eq", 0)] });
    let new = json!({ "fact": "field", "name": "createdAt", "op": "within_last", "value": "30d" });
    let birthday = json!({ "fact": "field", "name": "birthDate", "op": "anniversary_within", "value": "14d" });
    let seen = json!({ "fact": "activity", "within": "30d", "op": "gte", "value": 1 });
    vec![
        ("New", "new", "Came within the last 30 days", Some(new)),
        ("Active", "active", "Did anything within 30 days", Some(seen)),
        ("At risk", "at-risk", "No order for 120 days, but one within the last year", Some(at_risk)),
        ("Lost", "lost", "No order for a year, but ordered before", Some(lost)),
        ("Birthday soon", "birthday-soon", "Birthday within the next 14 days", Some(birthday)),
    ]
}

fn interest_segments() -> Vec<Definition> {
    let alpine = json!({ "fact": "field", "name": "countryCode", "op": "in", "values": ["AT", "CH"] });
    let readers = json!({ "all": [
        { "fact": "field", "name": "newsletter", "op": "eq", "value": true },
        { "fact": "activity", "type": "newsletter_open", "within": "60d", "op": "gte", "value": 3 },
    ] });
    vec![
        ("Runners", "runners", "Bought running gear twice", Some(bought("running"))),
        ("Ski tourers", "ski-tourers", "Bought ski touring gear twice", Some(bought("ski-touring"))),
        ("Alpine countries", "alpine", "Lives in Austria or Switzerland", Some(alpine)),
        ("Newsletter readers", "newsletter-readers", "Opened three newsletters within 60 days", Some(readers)),
    ]
}

fn campaign_segments() -> Vec<Definition> {
    vec![
        ("Regulars club", "regulars-club", "Filled by a rule: whoever becomes a regular", None),
        ("Asked to come back", "asked-back", "Filled by a rule: got the win-back mail", None),
        ("Testers", "testers", "Picked by hand for trying new gear", None),
    ]
}

/// Makes all groups and segments; gives the segments by reference.
pub fn define_segments(work: &mut Work<'_>) -> Result<HashMap<&'static str, SegmentId>, Error> {
    let groups = [
        ("Value", "value", value_segments()),
        ("Lifecycle", "lifecycle", lifecycle_segments()),
        ("Interests", "interests", interest_segments()),
        ("Campaigns", "campaigns", campaign_segments()),
    ];
    let mut ids = HashMap::new();
    for (place, (name, reference, definitions)) in groups.into_iter().enumerate() {
        let calculated = definitions.iter().all(|(.., condition)| condition.is_some());
        let body = json!({ "name": name, "reference": reference, "calculated": calculated, "showAsFilter": true, "sortOrder": 10 - place });
        let group = segments::create_group(work, &read(body)?)?.id;
        for definition in definitions {
            let reference = definition.1;
            ids.insert(reference, define_segment(work, group, definition)?);
        }
    }
    Ok(ids)
}

fn define_segment(work: &mut Work<'_>, group: GroupId, (name, reference, description, condition): Definition) -> Result<SegmentId, Error> {
    let mut body = json!({ "groupId": group, "name": name, "reference": reference, "description": description });
    if let Some(condition) = condition {
        body["condition"] = condition;
    }
    Ok(segments::create(work, &read(body)?)?.id)
}

/// Makes the segments that follow from settings.
pub fn define_builders(work: &mut Work<'_>) -> Result<(), Error> {
    for (kind, name) in [("age", "Age"), ("gender", "Gender"), ("state", "State")] {
        builders::create(work, &read(json!({ "kind": kind, "name": name }))?)?;
    }
    Ok(())
}

/// Makes templates and the rules that use them.
pub fn define_rules(work: &mut Work<'_>, segments: &HashMap<&'static str, SegmentId>) -> Result<(), Error> {
    let segment = |reference: &str| {
        segments.get(reference).copied().ok_or_else(|| Error::Bug(anyhow::anyhow!("the demo has no segment {reference}")))
    };
    let (club, asked, at_risk) = (segment("regulars-club")?, segment("asked-back")?, segment("at-risk")?);
    let welcome = template(work, "Welcome", "Welcome, {{ customer.firstname }}", WELCOME)?;
    let thanks = template(work, "You are one of our regulars", "You are one of our regulars now", THANKS)?;
    let come_back = template(work, "We have missed you", "{{ customer.firstname }}, we have missed you", COME_BACK)?;
    let rules = [
        json!({
            "name": "Welcome", "description": "A mail to everybody who registers, two hours later.", "active": true,
            "triggers": [{ "type": "new_activity", "activityType": "registration" }],
            "condition": { "fact": "field", "name": "active", "op": "eq", "value": true },
            "actions": [{ "type": "send_mail", "templateId": welcome, "delay": "2h" }],
        }),
        json!({
            "name": "Regular customer", "description": "The third order within 90 days opens the club.", "active": true,
            "triggers": [{ "type": "new_activity", "activityType": "order" }],
            "condition": { "all": [activity("order", Some("90d"), "gte", 3), { "not": { "fact": "segment", "id": club } }] },
            "actions": [{ "type": "add_segment", "segmentId": club }, { "type": "send_mail", "templateId": thanks, "delay": "1d" }],
        }),
        json!({
            "name": "Win back", "description": "Whoever has not ordered for long and looks around again gets a mail, once.", "active": true,
            "triggers": [{ "type": "new_activity", "activityType": "page_view" }, { "type": "new_activity", "activityType": "newsletter_open" }],
            "condition": { "all": [{ "fact": "segment", "id": at_risk }, { "not": { "fact": "segment", "id": asked } }] },
            "actions": [{ "type": "add_segment", "segmentId": asked }, { "type": "send_mail", "templateId": come_back, "delay": "1h" }],
        }),
    ];
    for rule in rules {
        automation::create(work, read(rule)?)?;
    }
    Ok(())
}

fn template(work: &mut Work<'_>, name: &str, subject: &str, body: &str) -> Result<TemplateId, Error> {
    let paragraphs: String = body.trim().split("\n\n").map(|paragraph| format!("<p>{}</p>\n", paragraph.trim())).collect();
    Ok(mail::create(work, read(json!({ "name": name, "subject": subject, "html": paragraphs }))?)?.id)
}

const WELCOME: &str = "
Hello {{ customer.firstname }} {{ customer.lastname }},

nice that you are here. Boots want to be broken in slowly, customers do not: have a look around.

Your Feldweg team
";

const THANKS: &str = "
Hello {{ customer.firstname }},

three orders in three months: you are one of our regulars now. From today we send to {{ customer.city }} without charge.

Your Feldweg team
";

const COME_BACK: &str = "
Hello {{ customer.firstname }},

it has been a while. Your last pair should be worn out by now; the new ones are on the shelf.

Your Feldweg team
";
