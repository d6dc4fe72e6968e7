//! How a document names segments: by reference, with the group where that is not enough. Inside, every name is whole.

use super::Document;
use crate::error::Problem;
use crate::ids::{GroupId, SegmentId};
use crate::segments::conditions::each_segment;
use crate::segments::groups::Group;
use crate::segments::model::Segment;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The whole name of a segment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    pub group: String,
    pub calculated: bool,
    pub reference: String,
}

/// What can be named.
#[derive(Debug, Clone, Default)]
pub struct Names {
    pub ids: BTreeMap<Name, SegmentId>,
    all: BTreeSet<Name>,
}

impl Names {
    /// The names of what stands.
    pub fn of_standing(groups: &[Group], segments: &[Segment]) -> Names {
        let groups: HashMap<GroupId, &Group> = groups.iter().map(|group| (group.id, group)).collect();
        let named = segments.iter().filter_map(|segment| {
            let group = groups.get(&segment.group_id)?;
            let name = Name { group: group.reference.clone(), calculated: group.calculated, reference: segment.reference.clone() };
            Some((name, segment.id))
        });
        let ids: BTreeMap<Name, SegmentId> = named.collect();
        Names { all: ids.keys().cloned().collect(), ids }
    }

    /// Those of a document count too; of what stands, all or none beside it.
    pub fn with(mut self, document: &Document, keep_others: bool) -> Names {
        if !keep_others {
            self.all.clear();
        }
        for group in &document.groups {
            self.all.extend(group.segments.iter().map(|segment| Name {
                group: group.reference.clone(),
                calculated: group.calculated,
                reference: segment.reference.clone(),
            }));
        }
        self
    }

    /// A kept condition with the whole name of each segment.
    pub fn whole(&self, condition: &Value) -> Value {
        self.renamed(condition, |name| json!({ "group": name.group, "calculated": name.calculated, "reference": name.reference }))
    }

    /// A kept condition with names as short as they can be.
    pub fn shortest(&self, condition: &Value) -> Value {
        self.renamed(condition, |name| {
            let same: Vec<&Name> = self.all.iter().filter(|other| other.reference == name.reference).collect();
            if same.len() == 1 {
                return json!({ "reference": name.reference });
            }
            match same.iter().filter(|other| other.group == name.group).count() {
                1 => json!({ "group": name.group, "reference": name.reference }),
                _ => json!({ "group": name.group, "calculated": name.calculated, "reference": name.reference }),
            }
        })
    }

    fn renamed(&self, condition: &Value, as_named: impl Fn(&Name) -> Value) -> Value {
        let by_id: HashMap<SegmentId, &Name> = self.ids.iter().map(|(name, id)| (*id, name)).collect();
        let mut named = condition.clone();
        each_segment(&mut named, "", &mut |leaf, _| {
            let name = leaf.get("id").and_then(Value::as_i64).and_then(|id| by_id.get(&SegmentId(id)));
            if let Some(name) = name {
                rename(leaf, as_named(name));
            }
        });
        named
    }

    /// A condition of a document with the whole name of each segment, and which they are.
    pub fn resolve(&self, condition: &Value) -> Result<(Value, BTreeSet<Name>), Vec<Problem>> {
        let (mut named, mut found, mut problems) = (condition.clone(), BTreeSet::new(), Vec::new());
        each_segment(&mut named, "", &mut |leaf, path| match self.meant(leaf) {
            Ok(name) => {
                rename(leaf, json!({ "group": name.group, "calculated": name.calculated, "reference": name.reference }));
                found.insert(name);
            }
            Err((code, message)) => problems.push(Problem::new(path, code, message)),
        });
        if problems.is_empty() { Ok((named, found)) } else { Err(problems) }
    }

    /// The segment that a leaf means.
    fn meant(&self, leaf: &Value) -> Result<Name, (&'static str, String)> {
        let unknown = |what: &str| ("unknown_segment", format!("there is no segment {what}, neither here nor in the document"));
        if let Some(id) = leaf.get("id") {
            let named = self.ids.iter().find(|(name, known)| Some(known.0) == id.as_i64() && self.all.contains(name));
            return named.map(|(name, _)| name.clone()).ok_or_else(|| unknown(&id.to_string()));
        }
        let reference = leaf.get("reference").and_then(Value::as_str);
        let reference = reference.ok_or_else(|| ("missing", "name the segment by its reference".to_owned()))?;
        let fits = |name: &&Name| {
            name.reference == reference
                && leaf.get("group").is_none_or(|group| group == &name.group)
                && leaf.get("calculated").is_none_or(|calculated| calculated == name.calculated)
        };
        match self.all.iter().filter(fits).collect::<Vec<_>>().as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(unknown(&format!("{reference:?}"))),
            _ => Err(("ambiguous", format!("several segments have the reference {reference:?}; name the group too"))),
        }
    }
}

/// The leaf under another name: what it says beside stays.
fn rename(leaf: &mut Value, name: Value) {
    let (Some(members), Value::Object(name)) = (leaf.as_object_mut(), name) else { return };
    ["id", "reference", "group", "calculated"].iter().for_each(|key| drop(members.shift_remove(*key)));
    members.extend(name);
}

/// A condition with whole names as it is kept: with ids. Every segment it names has one.
pub fn with_ids(condition: &Value, ids: &BTreeMap<Name, SegmentId>) -> Value {
    let mut kept = condition.clone();
    each_segment(&mut kept, "", &mut |leaf, _| {
        let text = |key: &str| leaf.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let calculated = leaf.get("calculated") == Some(&Value::Bool(true));
        let name = Name { group: text("group"), calculated, reference: text("reference") };
        if let Some(id) = ids.get(&name) {
            rename(leaf, json!({ "id": id }));
        }
    });
    kept
}
