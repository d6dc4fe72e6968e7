//! What stood before an import, if an import before it was taken back meanwhile: when two have written over one another, the
//! undoing of the first leaves what the second wrote, and the undoing of the second must not bring back what the first wrote.

use super::model::{Outcome, Subject};
use crate::error::Error;
use crate::ids::{CustomerId, ImportId};
use crate::transfer::store::undo as store;
use crate::work::Work;
use serde_json::{Map, Value};

/// What undoings of earlier imports left as it was, the last import first.
pub struct Earlier(Vec<Outcome>);

impl Earlier {
    pub fn of(work: &mut Work<'_>, import: ImportId, customers: &[CustomerId]) -> Result<Earlier, Error> {
        if customers.is_empty() {
            return Ok(Earlier(Vec::new()));
        }
        let kept = store::kept_before(work, import, customers)?;
        Ok(Earlier(kept.into_iter().filter(|kept| !kept.changes.is_empty()).collect()))
    }

    /// These changes, each from what stood before any import that is taken back.
    pub fn unwound(&self, subject: Subject, id: i64, customer: CustomerId, changes: &Map<String, Value>) -> Map<String, Value> {
        let of_it = |kept: &&Outcome| (kept.subject, kept.subject_id, kept.customer_id) == (subject, id, customer);
        let mut unwound = changes.clone();
        for kept in self.0.iter().filter(of_it) {
            for (path, change) in &mut unwound {
                if let Some(taken_back) = kept.changes.get(path)
                    && taken_back[1] == change[0]
                {
                    change[0] = taken_back[0].clone();
                }
            }
        }
        unwound
    }
}

/// What becomes of changes: which are to be put back, and which were written over since.
pub struct Ways {
    pub back: Map<String, Value>,
    pub kept: Map<String, Value>,
}

impl Ways {
    /// By what stands now. What is as it was before needs nothing.
    pub fn of(changes: Map<String, Value>, standing: impl Fn(&str) -> Value) -> Ways {
        let mut ways = Ways { back: Map::new(), kept: Map::new() };
        for (path, change) in changes {
            let now = standing(&path);
            if now == change[0] {
                continue;
            }
            let way = if now == change[1] { &mut ways.back } else { &mut ways.kept };
            way.insert(path, change);
        }
        ways
    }
}

/// What stands and what comes back, for showing it.
pub fn shown(back: &Map<String, Value>) -> Map<String, Value> {
    back.iter().map(|(path, change)| (path.clone(), serde_json::json!([change[1], change[0]]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::undo::model::Thing;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn what_stands_decides_what_goes_back() {
        check(json!("Wien"), "back");
        check(json!("Graz"), "");
        check(json!("Linz"), "kept");
        check(Value::Null, "kept");

        #[track_caller]
        fn check(now: Value, expected: &str) {
            let Ways { back, kept } = Ways::of(map(json!({"/city": ["Graz", "Wien"]})), |_| now.clone());
            let told = [(!back.is_empty(), "back"), (!kept.is_empty(), "kept")];
            assert_eq!(told.iter().filter(|(is, _)| *is).map(|(_, told)| *told).collect::<String>(), expected, "{now}");
        }
    }

    #[test]
    fn imports_that_wrote_over_one_another_unwind_to_the_first() {
        let kept = |changes: Value| {
            let thing = Thing { row: 2, subject: Subject::Customer, id: 7, customer: CustomerId(7) };
            thing.changed_since(map(changes))
        };
        let earlier = Earlier(vec![kept(json!({"/city": ["Wien", "Linz"]})), kept(json!({"/city": ["Graz", "Wien"], "/zip": ["1", "2"]}))]);
        let of = |id: i64, changes: Value| Value::Object(earlier.unwound(Subject::Customer, id, CustomerId(id), &map(changes)));
        assert_eq!(of(7, json!({"/city": ["Linz", "Enns"]})), json!({"/city": ["Graz", "Enns"]}));
        assert_eq!(of(7, json!({"/city": ["Wels", "Enns"], "/zip": ["2", "3"]})), json!({"/city": ["Wels", "Enns"], "/zip": ["1", "3"]}));
        assert_eq!(of(8, json!({"/city": ["Linz", "Enns"]})), json!({"/city": ["Linz", "Enns"]}));
    }
}
