//! What stood before an import, if an import before it was taken back meanwhile: when two have written over one another, the
//! undoing of the first leaves what the second wrote, and the undoing of the second must not bring back what the first wrote.

use super::model::{Subject, Thing};
use crate::error::Error;
use crate::transfer::model::Import;
use crate::transfer::store::undo::{self as store, Left};
use crate::work::Work;
use serde_json::{Map, Value};

/// What undoings left as it was: of imports that wrote before this one and were taken back after it began, the last version
/// first; and of this one, if it is looked at again.
pub struct Earlier {
    others: Vec<Left>,
    own: Vec<Left>,
}

impl Earlier {
    /// By the ids of activities, or of the customers.
    pub fn of(work: &mut Work<'_>, import: &Import, subject: Subject, ids: &[i64]) -> Result<Earlier, Error> {
        if ids.is_empty() {
            return Ok(Earlier { others: Vec::new(), own: Vec::new() });
        }
        let mut kept = store::kept_since(work, import.id, import.created_at, subject, ids)?;
        kept.retain(|kept| !kept.outcome.changes.is_empty());
        let (own, others) = kept.into_iter().partition(|kept| kept.import == import.id);
        Ok(Earlier { others, own })
    }

    /// These changes, each from what stood before any import that is taken back; of what was looked at before, those that stayed.
    pub fn unwound(&self, thing: Thing, changes: &Map<String, Value>) -> Map<String, Value> {
        let is_of_it = |kept: &&Left| {
            let is_his = thing.subject == Subject::Activity || kept.outcome.customer_id == thing.customer;
            is_his && (kept.outcome.subject, kept.outcome.subject_id) == (thing.subject, thing.id)
        };
        let mut unwound = changes.clone();
        if let Some(stayed) = self.own.iter().filter(is_of_it).find(|kept| kept.outcome.row == thing.row) {
            unwound.retain(|path, _| stayed.outcome.changes.contains_key(path));
        }
        // Memberships have no versions.
        let is_before = |kept: &&Left| kept.outcome.version < thing.version || thing.version == 0;
        for kept in self.others.iter().filter(is_of_it).filter(is_before) {
            for (path, change) in &mut unwound {
                if let Some(taken_back) = kept.outcome.changes.get(path)
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
    use crate::ids::{CustomerId, ImportId};
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
        let thing = |id: i64, version: i64| Thing { row: 2, subject: Subject::Customer, id, customer: CustomerId(id), version };
        let kept = |version: i64, changes: Value| Left { import: ImportId(1), outcome: thing(7, version).changed_since(map(changes)) };
        let own = Left { import: ImportId(2), outcome: thing(9, 5).changed_since(map(json!({"/zip": ["1", "2"]}))) };
        let others = vec![kept(3, json!({"/city": ["Wien", "Linz"]})), kept(2, json!({"/city": ["Graz", "Wien"], "/zip": ["1", "2"]}))];
        let earlier = Earlier { others, own: vec![own] };
        let of = |id: i64, version: i64, changes: Value| Value::Object(earlier.unwound(thing(id, version), &map(changes)));
        assert_eq!(of(7, 4, json!({"/city": ["Linz", "Enns"]})), json!({"/city": ["Graz", "Enns"]}));
        assert_eq!(
            of(7, 4, json!({"/city": ["Wels", "Enns"], "/zip": ["2", "3"]})),
            json!({"/city": ["Wels", "Enns"], "/zip": ["1", "3"]})
        );
        assert_eq!(of(7, 2, json!({"/city": ["Wien", "Enns"]})), json!({"/city": ["Wien", "Enns"]}), "it wrote before them");
        assert_eq!(of(8, 4, json!({"/city": ["Linz", "Enns"]})), json!({"/city": ["Linz", "Enns"]}));
        assert_eq!(of(9, 5, json!({"/city": ["Linz", "Enns"], "/zip": ["1", "2"]})), json!({"/zip": ["1", "2"]}), "only what stayed");
    }
}
