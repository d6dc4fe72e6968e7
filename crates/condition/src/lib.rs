//! The condition language: one JSON tree for segments, rules, targeting, filters and audiences.
//!
//! [`check()`] turns JSON into a [`Tree`] in which every name is resolved and every value typed. The tree then answers for one
//! customer ([`evaluate()`], [`explain()`]), for all of them as SQL ([`render()`]), says when time alone may change the answer
//! ([`due()`]) and which facts it reads ([`needs()`]). The text of a search box ([`search::parse`]) and the predecessor's
//! conditions ([`flat::parse`]) become JSON of the same kind. docs/conditions.md describes the language. Pure: it opens no
//! database, reads no clock and loads nothing.
//!
//! What holds everywhere, in the process and in both databases:
//! - A test on a missing value, or on a value of another type, is false; `not` is plain negation. `set` and `not_set` are
//!   opposites of each other; the empty text is not set. `empty` holds for a list without texts, also for a missing one.
//! - Text compares by its folded form (`sql::fold`), unless the leaf says `exact`.
//! - Instants are whole microseconds. A window of length `w` holds what happened in `(now - w, now]`; a window `from`..`to`
//!   holds `[from, to)`. What lies in the future counts when its instant comes.
//! - Numbers compare as 64-bit floats. `sum` and `average` first round each number to millionths (beyond ±1e12 they stop
//!   there) and then add whole numbers, so that the order of the activities makes no difference.
//! - A sequence takes activities in the order of time and id, each for one step; its window is that of an activity leaf.
//! - Dates belong to the customer's time zone, else to the instance's; 29 February is 1 March in other years.

pub mod calendar;
pub mod catalogue;
mod check;
mod document;
mod due;
mod evaluate;
mod explain;
mod facts;
pub mod flat;
mod fold;
mod measure;
mod needs;
pub mod pattern;
mod refusals;
mod render;
pub mod search;
mod sequence;
pub mod tree;

pub use catalogue::{Catalogue, Column, Field, FieldKind};
pub use check::{DEPTH_MAX, NODES_MAX, Problem, VALUES_MAX, VALUES_TOTAL_MAX, check, check_where, check_with_trigger, operators};
pub use document::Document;
pub use due::due;
pub use evaluate::evaluate;
pub use explain::{Shown, explain};
pub use facts::{Activities, Attributes, Facts, FieldValue, Fired, Occurrence, Text, Trigger};
pub use fold::fold_document;
pub use needs::{ActivityNeed, Needs, Reach, needs};
pub use refusals::{Refusal, refusals};
pub use render::{render, render_count, render_each, render_whom};
pub use tree::Tree;
