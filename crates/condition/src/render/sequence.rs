//! The `sequence` leaf in SQL: the walk of `sequence.rs` as window functions, one for each step but the last. Every row is
//! given the latest instant at which a chain up to the step before it can begin.

use sql::Statement;

use super::Asked;
use super::activity::{selected, selected_by};
use crate::tree::{Selection, SequenceTest};

pub(super) fn render(test: &SequenceTest, asked: Asked<'_>, into: &mut Statement) {
    into.push("(");
    // Most customers lack one of the steps, and the keys of the activities say so quickly.
    for step in distinct(&test.steps) {
        into.push("exists (select 1 from activities as a where a.customer_id = c.id");
        selected([step], test.window, asked, into);
        into.push(") and ");
    }
    let last = test.steps.len();
    into.push("exists (select 1 from (");
    chains(test, last - 1, asked, into);
    into.push(&format!(") as s where s.is_{last} and s.began_{} is not null", last - 1));
    if let Some(span) = test.span {
        into.push(&format!(" and s.occurred_at - s.began_{} <= ", last - 1)).bind(span);
    }
    into.push("))");
}

/// The activities of all steps, each with when a chain of `done` steps before it can begin at the latest, and with which of
/// the further steps it is itself.
fn chains(test: &SequenceTest, done: usize, asked: Asked<'_>, into: &mut Statement) {
    if done == 0 {
        into.push("select a.customer_id, a.occurred_at, a.id");
        for (place, step) in test.steps.iter().enumerate() {
            into.push(", ");
            selected_by(step, asked, into);
            into.push(&format!(" as is_{}", place + 1));
        }
        into.push(" from activities as a where a.customer_id = c.id");
        return selected(&test.steps, test.window, asked, into);
    }
    into.push("select s.customer_id, s.occurred_at, s.id");
    for step in done + 1..=test.steps.len() {
        into.push(&format!(", s.is_{step}"));
    }
    let began = if done == 1 { "s.occurred_at".to_owned() } else { format!("s.began_{}", done - 1) };
    into.push(&format!(
        ", max(case when s.is_{done} then {began} end) over (partition by s.customer_id order by s.occurred_at, s.id \
         rows between unbounded preceding and 1 preceding) as began_{done} from ("
    ));
    chains(test, done - 1, asked, into);
    into.push(") as s");
}

fn distinct(steps: &[Selection]) -> Vec<&Selection> {
    let mut distinct: Vec<&Selection> = Vec::new();
    for step in steps {
        if !distinct.contains(&step) {
            distinct.push(step);
        }
    }
    distinct
}
