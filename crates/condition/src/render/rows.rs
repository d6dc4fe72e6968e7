//! How it is asked whether a customer has rows of some kind, or which customers have.

use sql::Statement;

use super::{Asked, Of};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// Of the customer `c`, one by one.
    Each,
    /// They are found for everybody before the first customer is asked about.
    AllAtOnce,
    /// They are not asked about `c`: a table of ids takes his place.
    Ids,
}

impl Rows {
    /// `are_few` says that it is worth finding all of them for a question about everybody.
    pub(super) fn of(asked: Asked<'_>, are_few: bool) -> Rows {
        match asked.of {
            Of::Nobody => Rows::Ids,
            Of::Everybody | Of::Some if are_few => Rows::AllAtOnce,
            Of::Everybody | Of::Some | Of::Rest | Of::Few => Rows::Each,
        }
    }

    /// Begins a question for rows, which more tests and a bracket end.
    pub(super) fn open(self, from: &str, customer: &str, into: &mut Statement) {
        self.begin(customer, into);
        into.push(from);
        self.end(customer, into);
    }

    pub(super) fn begin(self, customer: &str, into: &mut Statement) {
        into.push(&match self {
            Rows::Each => "exists (select 1 from ".to_owned(),
            Rows::AllAtOnce => format!("{{among c.id {customer}}} "),
            Rows::Ids => format!("(select {customer} as id from "),
        });
    }

    pub(super) fn end(self, customer: &str, into: &mut Statement) {
        into.push(&match self {
            Rows::Each => format!(" where {customer} = c.id"),
            Rows::AllAtOnce => format!(" where {{is_among c.id {customer}}}"),
            Rows::Ids => " where true".to_owned(),
        });
    }
}
