//! A statement as text and values. Pure: it neither opens a database nor knows which one will run it.
//! Everything that differs between the databases is a `{token}` in the text, resolved by [`dialect`].

pub mod dialect;
mod fold;
mod value;

pub use fold::{fold, fold_for_search};
pub use value::Value;

/// The most values one statement may bind; PostgreSQL counts them in 16 bits, SQLite allows 32 766.
pub const VALUES_MAX: usize = 32_000;

/// Text with `$n` placeholders and the values they stand for, built from left to right.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statement {
    pub text: String,
    pub values: Vec<Value>,
}

impl Statement {
    pub fn new(text: &str) -> Self {
        Statement { text: text.to_owned(), values: Vec::new() }
    }

    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends the next placeholder and its value.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Appends `($1, $2, …)`. The list is filled up to the next power of two by repeating its last value, so that
    /// lists of any length share a handful of prepared statements. An empty list holds nothing: `(null)`.
    pub fn bind_list<T: Clone + Into<Value>>(&mut self, list: &[T]) -> &mut Self {
        let Some(last) = list.last() else {
            return self.push("(null)");
        };
        self.push("(");
        for place in 0..list.len().next_power_of_two() {
            if place > 0 {
                self.push(", ");
            }
            self.bind(list.get(place).unwrap_or(last).clone());
        }
        self.push(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_padded_to_powers_of_two() {
        check(&[], "(null)", 0);
        check(&[7], "($1)", 1);
        check(&[7, 8, 9], "($1, $2, $3, $4)", 4);

        #[track_caller]
        fn check(list: &[i64], text: &str, values: usize) {
            let mut statement = Statement::default();
            statement.bind_list(list);
            assert_eq!(statement.text, text);
            assert_eq!(statement.values.len(), values);
            assert!(statement.values.last() == list.last().map(|last| Value::Int(*last)).as_ref());
        }
    }
}
