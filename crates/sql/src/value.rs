//! What a statement can bind. Times are whole microseconds and bind as `Int`; documents are JSON text and bind as `Text`.

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// A list to compare with; see [`crate::Statement::bind_list`].
    Ints(Vec<i64>),
    Texts(Vec<String>),
}

macro_rules! from {
    ($($source:ty => $make:expr),* $(,)?) => {$(
        impl From<$source> for Value {
            fn from(source: $source) -> Value {
                $make(source)
            }
        }
    )*};
}

from! {
    bool => Value::Bool,
    i64 => Value::Int,
    f64 => Value::Real,
    String => Value::Text,
    Vec<u8> => Value::Bytes,
    &str => |text: &str| Value::Text(text.to_owned()),
    &String => |text: &String| Value::Text(text.clone()),
    &serde_json::Value => |json: &serde_json::Value| Value::Text(json.to_string()),
    serde_json::Value => |json: serde_json::Value| Value::Text(json.to_string()),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(source: Option<T>) -> Value {
        source.map_or(Value::Null, Into::into)
    }
}
