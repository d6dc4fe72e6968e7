//! Back to what a profile was: what stands where something was changed, and the merge patch that puts back what stood there
//! before. Changes are before and after by JSON pointer, as in versions. Pure.

use super::profile::Profile;
use serde_json::{Map, Value, json};

/// What stands now at the path of a change.
pub fn value_at(profile: &Profile, path: &str) -> Value {
    let name = path.trim_start_matches('/');
    match name.split_once('/') {
        Some(("externalIds", system)) => json!(profile.external_ids.get(system)),
        Some((_, custom)) => profile.fields.get(custom).cloned().unwrap_or(Value::Null),
        None => profile.get(name),
    }
}

/// The merge patch that puts back what was before.
pub fn patch_back(changes: &Map<String, Value>) -> Map<String, Value> {
    let mut patch = Map::new();
    for (path, change) in changes {
        let name = path.trim_start_matches('/');
        match name.split_once('/') {
            Some((document, member)) => {
                let value = value_back(&change[0], &change[1]);
                let members = patch.entry(document).or_insert_with(|| json!({}));
                members.as_object_mut().into_iter().for_each(|members| drop(members.insert(member.to_owned(), value.clone())));
            }
            None => drop(patch.insert(name.to_owned(), change[0].clone())),
        }
    }
    patch
}

/// A document is merged into what stands: what came to it is taken away by name.
fn value_back(before: &Value, after: &Value) -> Value {
    let (Value::Object(was), Value::Object(is)) = (before, after) else { return before.clone() };
    let added = is.keys().filter(|key| !was.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    was.iter().map(|(key, value)| (key.clone(), value_back(value, is.get(key).unwrap_or(&Value::Null)))).chain(added).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_is_put_back_where_it_was() {
        let changes = json!({"/city": ["Graz", "Wien"], "/externalIds/shop": [null, "17"], "/fields/tier": [null, "gold"],
            "/fields/points": [3, null]});
        let changes = changes.as_object().unwrap();
        let mut now = Profile { city: Some("Wien".to_owned()), ..Profile::default() };
        now.fields.insert("tier".to_owned(), json!("gold"));
        now.external_ids.insert("shop".to_owned(), "17".to_owned());
        let standing: Vec<Value> = changes.keys().map(|path| value_at(&now, path)).collect();
        assert_eq!(standing, [json!("Wien"), json!("17"), json!("gold"), Value::Null]);
        let patch = json!({"city": "Graz", "externalIds": {"shop": null}, "fields": {"tier": null, "points": 3}});
        assert_eq!(Value::Object(patch_back(changes)), patch);
    }

    #[test]
    fn a_document_becomes_what_it_was() {
        let was = json!({"a": 1, "in": {"b": [1], "gone": true}});
        let is = json!({"a": 2, "new": {"c": 1}, "in": {"b": [1, 2], "d": null}});
        let changes = json!({"/fields/doc": [was, is]});
        let patch = patch_back(changes.as_object().unwrap());
        assert_eq!(patch["fields"]["doc"], json!({"a": 1, "in": {"b": [1], "gone": true, "d": null}, "new": null}));
        let mut document = is;
        crate::http::merge_patch(&mut document, &patch["fields"]["doc"]);
        assert_eq!(document, was);
    }
}
