//! One test of the predecessor as a leaf. Its options were kept as forms send them: numbers may be texts, flags may be words.

use serde_json::{Value, json};

use super::problem;
use crate::catalogue::{Catalogue, FieldKind};
use crate::check::Problem;

/// Fields that have another name here.
const RENAMED: [(&str, &str); 2] = [("idEncoded", "token"), ("birthdate", "birthDate")];

const KNOWN: &str = "`CountActivities`, `Customer`, `Segment`, `CustomerField`, `CountTrackedSegment`, `CountTargetGroupWeight`";

pub(super) fn read(test: &Value, path: &str, catalogue: &Catalogue) -> Result<Value, Problem> {
    let class = test.get("implementationClass").and_then(Value::as_str).unwrap_or_default();
    let options = Options { json: test.get("options").unwrap_or(&Value::Null), path: format!("{path}/options") };
    match class.rsplit('\\').next().unwrap_or_default() {
        "CountActivities" => {
            let mut leaf = options.number_test("activity", "=")?;
            if let Some(kind) = options.text("type").filter(|kind| !kind.is_empty()) {
                leaf["type"] = json!(kind);
            }
            Ok(leaf)
        }
        "Customer" => Ok(options.negated(json!({ "fact": "customer", "id": options.id("customerId")? }))),
        "Segment" => {
            let op = if options.is_set("not") { "not_in" } else { "in" };
            Ok(json!({ "fact": "segment", "id": options.id("segmentId")?, "op": op }))
        }
        "CustomerField" => options.field(catalogue).map(|leaf| options.negated(leaf)),
        "CountTrackedSegment" => options.fired("trigger_segment", "segments", "segments"),
        "CountTargetGroupWeight" => options.fired("trigger_target_group", "targetGroup", "target_groups"),
        _ => Err(problem(format!("{path}/implementationClass"), "unknown_condition", format!("`{class}` is none of {KNOWN}"))),
    }
}

/// A flag as a box in a form, or a column, tells it.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.as_str(), "" | "0" | "false" | "off"),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

struct Options<'t> {
    json: &'t Value,
    path: String,
}

impl Options<'_> {
    fn problem(&self, key: &str, code: &'static str, message: impl Into<String>) -> Problem {
        problem(format!("{}/{key}", self.path), code, message)
    }

    fn is_set(&self, key: &str) -> bool {
        self.json.get(key).is_some_and(is_true)
    }

    fn negated(&self, leaf: Value) -> Value {
        super::negated(self.is_set("not"), leaf)
    }

    fn text(&self, key: &str) -> Option<String> {
        match self.json.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(u8::from(*flag).to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    fn id(&self, key: &str) -> Result<i64, Problem> {
        let id = self.json.get(key).and_then(whole);
        id.ok_or_else(|| self.problem(key, "wrong_type", "expected an id: a whole number"))
    }

    /// `operator` and `count`.
    fn number_test(&self, fact: &str, standard: &str) -> Result<Value, Problem> {
        let operator = self.text("operator").filter(|operator| !operator.is_empty()).unwrap_or_else(|| standard.to_owned());
        let op = match operator.as_str() {
            "%" => "modulo",
            "=" => "eq",
            ">" => "gt",
            ">=" => "gte",
            "<" => "lt",
            "<=" => "lte",
            other => {
                return Err(self.problem("operator", "unknown_operator", format!("`{other}` is none of `%`, `=`, `>`, `>=`, `<`, `<=`")));
            }
        };
        let count = self.json.get("count").and_then(whole);
        let count = count.ok_or_else(|| self.problem("count", "wrong_type", "expected a whole number"))?;
        Ok(json!({ "fact": fact, "op": op, "value": count }))
    }

    /// A count or a weight that a rule was fired with, of some or of any.
    fn fired(&self, fact: &str, key: &str, ours: &str) -> Result<Value, Problem> {
        let mut leaf = self.number_test(fact, ">=")?;
        let among = match self.json.get(key) {
            None | Some(Value::Null) => return Ok(leaf),
            Some(Value::Array(ids)) => ids.iter().map(whole).collect::<Option<Vec<i64>>>(),
            Some(id) => whole(id).map(|id| vec![id]),
        };
        let among = among.ok_or_else(|| self.problem(key, "wrong_type", "expected a list of ids"))?;
        if !among.is_empty() {
            leaf[ours] = json!(among);
        }
        Ok(leaf)
    }

    /// `fieldname` and `fieldvalue`, compared as the type of the field has it. An empty value asks whether there is none.
    fn field(&self, catalogue: &Catalogue) -> Result<Value, Problem> {
        let theirs = self.text("fieldname").unwrap_or_default();
        let name = RENAMED.into_iter().find(|(old, _)| *old == theirs).map_or(theirs.as_str(), |(_, new)| new);
        let Some(field) = catalogue.fields.get(name) else {
            return Err(self.problem("fieldname", "unknown_field", format!("there is no field `{theirs}`")));
        };
        let value = self.text("fieldvalue").unwrap_or_default();
        let unfit = |expected: &str| self.problem("fieldvalue", "wrong_type", format!("expected {expected}"));
        let test = match field.kind {
            FieldKind::Boolean => json!({ "op": "eq", "value": is_true(&json!(value)) }),
            FieldKind::Multiselect | FieldKind::List if value.is_empty() => json!({ "op": "empty" }),
            _ if value.is_empty() => json!({ "op": "not_set" }),
            FieldKind::Text | FieldKind::Select => json!({ "op": "eq", "value": value }),
            FieldKind::Number => json!({ "op": "eq", "value": value.parse::<f64>().map_err(|_| unfit("a number"))? }),
            FieldKind::Date | FieldKind::Datetime => json!({ "op": "on", "value": value }),
            FieldKind::Multiselect | FieldKind::List => json!({ "op": "has", "value": value }),
            FieldKind::Json => return Err(unfit("nothing: a document can only be asked whether it is there")),
        };
        let mut leaf = test;
        leaf["fact"] = json!("field");
        leaf["name"] = json!(name);
        Ok(leaf)
    }
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}
