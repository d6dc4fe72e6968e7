//! The condition of a segment on its way in and out: checked, kept with the ids of the segments it names, so that it goes on
//! meaning the same when one of them gets another reference.

use super::compiled::Segments;
use crate::catalogue;
use crate::error::{Error, Problem};
use crate::ids::SegmentId;
use crate::work::Work;
use condition::Catalogue;
use serde_json::{Value, json};

/// A condition as it is kept, or what is wrong with it; `own` is the segment itself if it exists already.
pub fn accept(
    work: &mut Work<'_>,
    calculated: bool,
    condition: Option<&Value>,
    own: Option<SegmentId>,
) -> Result<Result<Option<Value>, Vec<Problem>>, Error> {
    let refused = |code, message: &str| Ok(Err(vec![Problem::new("/condition", code, message)]));
    let condition = match (calculated, condition) {
        (true, Some(condition)) => condition,
        (true, None) => return refused("required", "a calculated segment needs a condition"),
        (false, Some(_)) => return refused("misplaced", "only a calculated segment has a condition"),
        (false, None) => return Ok(Ok(None)),
    };
    let catalogue = catalogue::get(work)?;
    let tree = match condition::check(condition, &catalogue) {
        Ok(tree) => tree,
        Err(problems) => return Ok(Err(problems.into_iter().map(|problem| catalogue::under("/condition", problem)).collect())),
    };
    if let Some(own) = own
        && let Some(names) = work.definitions::<Segments>()?.circle(own, &condition::needs(&tree).segments)
    {
        return refused("circle", &format!("the segment would depend on itself: {names}"));
    }
    Ok(Ok(Some(with_ids(condition, &catalogue))))
}

/// The condition with an id in place of every reference; it has been checked, so that each means one segment.
fn with_ids(condition: &Value, catalogue: &Catalogue) -> Value {
    let mut kept = condition.clone();
    each_segment(&mut kept, "", &mut |leaf, _| {
        let named = leaf.get("reference").and_then(Value::as_str).and_then(|reference| catalogue.references.get(reference));
        if let (Some([id]), Some(members)) = (named.map(Vec::as_slice), leaf.as_object_mut()) {
            members.shift_remove("reference");
            members.insert("id".to_owned(), json!(id));
        }
    });
    kept
}

/// Hands every leaf that names a segment to `take`, with the path to it.
pub fn each_segment(node: &mut Value, path: &str, take: &mut impl FnMut(&mut Value, &str)) {
    if node.get("fact").is_some_and(|fact| fact == "segment") {
        return take(node, path);
    }
    for name in ["all", "any"] {
        for (place, child) in node.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().enumerate() {
            each_segment(child, &format!("{path}/{name}/{place}"), take);
        }
    }
    if let Some(child) = node.get_mut("not") {
        each_segment(child, &format!("{path}/not"), take);
    }
}
