//! A segment builder of one's own, as a pattern for others: loyalty tiers by what somebody spent within a year. It makes
//! conditions and nothing else; that membership follows each order, and the day on which an order is a year old, comes from
//! the engine. `main.rs` serves an instance that knows it, `tests/loyalty.rs` tries it on both databases.

use condition::Catalogue;
use serde::Deserialize;
use serde_json::{Value, json};
use server::error::Problem;
use server::segments::builders::{Builder, Planned, read_settings};

pub struct Loyalty;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct LoyaltySettings {
    /// The type of the activities that count.
    activity_type: String,
    /// The attribute that holds the amount.
    amount: String,
    /// From the lowest to the highest.
    tiers: Vec<Tier>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tier {
    name: String,
    /// The least that was spent within a year.
    from: f64,
}

impl Builder for Loyalty {
    fn kind(&self) -> &'static str {
        "loyalty"
    }

    fn summary(&self) -> &'static str {
        "One segment for each loyalty tier, by what was spent within a year."
    }

    fn schema(&self) -> Value {
        let tier = json!({
            "type": "object",
            "properties": { "name": { "type": "string" }, "from": { "type": "number" } },
            "required": ["name", "from"],
        });
        json!({
            "type": "object",
            "properties": { "activityType": { "type": "string" }, "amount": { "type": "string" }, "tiers": { "type": "array", "items": tier } },
            "required": ["activityType", "amount", "tiers"],
        })
    }

    fn expand(&self, settings: &Value, catalogue: &Catalogue) -> Result<Vec<Planned>, Vec<Problem>> {
        let settings: LoyaltySettings = read_settings(settings)?;
        let mut problems = Vec::new();
        // The language knows what it can ask for, so that its answer need not be guessed here.
        if let Err(refused) = condition::check(&spent(&settings, json!({ "op": "gte", "value": 0 })), catalogue) {
            let path = |path: &str| if path == "/type" { "/activityType" } else { "/amount" };
            problems.extend(refused.into_iter().map(|problem| Problem::new(path(&problem.path), problem.code, problem.message)));
        }
        for (place, pair) in settings.tiers.windows(2).enumerate() {
            if pair[1].from <= pair[0].from {
                problems.push(Problem::new(format!("/tiers/{}/from", place + 1), "bad_order", "a tier begins above the one before it"));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let planned = settings.tiers.iter().enumerate().map(|(place, tier)| {
            let least = spent(&settings, json!({ "op": "gte", "value": tier.from }));
            match settings.tiers.get(place + 1) {
                Some(next) => {
                    let below = spent(&settings, json!({ "op": "lt", "value": next.from }));
                    let told = format!("Spent {} to less than {} within a year", tier.from, next.from);
                    Planned::new(&tier.name, told, json!({ "all": [least, below] }))
                }
                None => Planned::new(&tier.name, format!("Spent {} or more within a year", tier.from), least),
            }
        });
        Ok(planned.collect())
    }
}

/// What was spent within a year, against a test given as operator and value.
fn spent(settings: &LoyaltySettings, test: Value) -> Value {
    json!({
        "fact": "activity", "type": settings.activity_type, "within": "365d", "measure": "sum", "attribute": settings.amount,
        "op": test["op"], "value": test["value"],
    })
}
