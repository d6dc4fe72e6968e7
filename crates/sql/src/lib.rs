//! A statement as text and values. Pure: it neither opens a database nor knows which one will run it.
//! Everything that differs between the databases is a `{token}` in the text, resolved by [`dialect`].

pub mod dialect;
pub mod exact;
mod fold;
mod value;

pub use fold::{compose, fold, fold_for_search};
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

    /// Follows `in` or `not in` with a list of whole numbers or of texts, bound as one value however long it is. An empty list holds
    /// nothing.
    ///
    /// # Panics
    /// When the text does not end with `in `, or the list holds anything else.
    pub fn bind_list<T: Clone + Into<Value>>(&mut self, list: &[T]) -> &mut Self {
        let negated = self.text.strip_suffix("not in ").map(|before| (before.len(), "not_"));
        let plain = || self.text.strip_suffix("in ").map(|before| (before.len(), ""));
        let Some((before, not)) = negated.or_else(plain) else { panic!("a list follows \"in \", not {:?}", self.text) };
        let (mut ints, mut texts) = (Vec::new(), Vec::new());
        for entry in list {
            match entry.clone().into() {
                Value::Int(int) => ints.push(int),
                Value::Text(text) => texts.push(text),
                other => panic!("a list of numbers or texts, not {other:?}"),
            }
        }
        let (token, value) = match (ints.is_empty(), texts.is_empty()) {
            (true, true) => return self.push("(null)"),
            (false, true) => ("in_ints", Value::Ints(ints)),
            (true, false) => ("in_texts", Value::Texts(texts)),
            (false, false) => panic!("numbers and texts in one list"),
        };
        self.text.truncate(before);
        self.values.push(value);
        self.push(&format!("{{{not}{token} ${}}}", self.values.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_one_value() {
        check::<i64>(&[], "a in (null)", &[]);
        check(&[7, 8, 9], "a {in_ints $1}", &[Value::Ints(vec![7, 8, 9])]);
        check(&["x"], "a {in_texts $1}", &[Value::Texts(vec!["x".to_owned()])]);

        #[track_caller]
        fn check<T: Clone + Into<Value>>(list: &[T], text: &str, values: &[Value]) {
            let mut statement = Statement::new("a in ");
            statement.bind_list(list);
            assert_eq!((statement.text.as_str(), statement.values.as_slice()), (text, values));
        }
    }
}
