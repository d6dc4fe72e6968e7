//! The folded copy of a document: what conditions compare when they ignore case.

use serde_json::Value;

/// The document with every text in it folded, or nothing if that changes nothing. Keys stay as they are.
pub fn fold_document(document: &Value) -> Option<Value> {
    match document {
        Value::String(text) => {
            let folded = sql::fold(text);
            (folded != *text).then_some(Value::String(folded))
        }
        Value::Array(elements) => {
            let folded: Vec<_> = elements.iter().map(fold_document).collect();
            if folded.iter().all(Option::is_none) {
                return None;
            }
            let pairs = elements.iter().zip(folded);
            Some(Value::Array(pairs.map(|(element, folded)| folded.unwrap_or_else(|| element.clone())).collect()))
        }
        Value::Object(members) => {
            let folded: Vec<_> = members.values().map(fold_document).collect();
            if folded.iter().all(Option::is_none) {
                return None;
            }
            let pairs = members.iter().zip(folded);
            Some(Value::Object(pairs.map(|((key, member), folded)| (key.clone(), folded.unwrap_or_else(|| member.clone()))).collect()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents() {
        check(json!({"a": "x", "b": [1, null, true]}), None);
        check(json!({"A": "X", "b": [{"c": "Ä"}, 1]}), Some(json!({"A": "x", "b": [{"c": "ä"}, 1]})));

        #[track_caller]
        fn check(document: Value, folded: Option<Value>) {
            assert_eq!(fold_document(&document), folded);
        }
    }
}
