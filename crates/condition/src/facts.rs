//! What is known about one customer while conditions look at it. The server loads it, as far as [`crate::Needs`] asks.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::calendar;
use crate::catalogue::FieldKind;
use crate::document::Document;
use crate::fold::fold_document;

#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    pub customer: i64,
    /// Built-in and custom fields by name. A field without a value is absent.
    pub fields: FxHashMap<Arc<str>, FieldValue>,
    pub activities: Activities,
    /// The segments he is in, each with how often it was applied.
    pub segments: FxHashMap<i64, i64>,
    /// His answers by purpose: granted or not.
    pub consents: FxHashMap<Arc<str>, bool>,
    /// His status on lists.
    pub subscriptions: FxHashMap<Arc<str>, Box<str>>,
    /// The fields of his company; none where he has none.
    pub company: FxHashMap<Arc<str>, FieldValue>,
    /// The customer's own, else the instance's: [`calendar::zone_of`].
    pub zone: TimeZone,
    pub trigger: Trigger,
}

/// What fired the rule that asks: each part is there if it was such an event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trigger {
    /// The attributes of the activity.
    pub attributes: Option<Attributes>,
    /// The segment of the visitor, and how often it was tracked.
    pub segment: Option<Fired>,
    /// The target group of the visitor, and its weight.
    pub target_group: Option<Fired>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fired {
    pub id: i64,
    pub number: f64,
}

impl Facts {
    pub fn new(customer: i64, zone: TimeZone) -> Facts {
        Facts {
            customer,
            fields: FxHashMap::default(),
            activities: Activities::default(),
            segments: FxHashMap::default(),
            consents: FxHashMap::default(),
            subscriptions: FxHashMap::default(),
            company: FxHashMap::default(),
            zone,
            trigger: Trigger::default(),
        }
    }
}

/// The value of a field in the type its definition declares.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// A text or a choice.
    Text(Text),
    Number(f64),
    Boolean(bool),
    Date(Date),
    Datetime(i64),
    /// A list or choices; what is not text in it does not count.
    List(Vec<Text>),
    Json(Attributes),
}

impl FieldValue {
    /// Reads a custom field out of `fields` and `fields_folded`. A value of another type is no value.
    pub fn read(kind: FieldKind, plain: &Value, folded: &Value) -> Option<FieldValue> {
        match kind {
            FieldKind::Text | FieldKind::Select => Some(FieldValue::Text(Text::from_pair(plain.as_str()?, folded.as_str()?))),
            FieldKind::Number => plain.as_f64().map(FieldValue::Number),
            FieldKind::Boolean => plain.as_bool().map(FieldValue::Boolean),
            FieldKind::Date => plain.as_str().and_then(calendar::parse_date).map(FieldValue::Date),
            FieldKind::Datetime => plain.as_str().and_then(calendar::parse_instant_text).map(FieldValue::Datetime),
            FieldKind::Multiselect | FieldKind::List => {
                let pairs = plain.as_array()?.iter().zip(folded.as_array()?);
                Some(FieldValue::List(
                    pairs.filter_map(|(plain, folded)| Some(Text::from_pair(plain.as_str()?, folded.as_str()?))).collect(),
                ))
            }
            FieldKind::Json if plain.is_null() => None,
            FieldKind::Json => Some(FieldValue::Json(Attributes::from_pair(plain, (plain != folded).then_some(folded)))),
        }
    }
}

/// A text and, where it differs, its folded form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub plain: Box<str>,
    folded: Option<Box<str>>,
}

impl Text {
    pub fn new(plain: &str) -> Text {
        Text::from_pair(plain, &sql::fold(plain))
    }

    /// For a text that was folded before, as stored columns are.
    pub fn from_pair(plain: &str, folded: &str) -> Text {
        Text { plain: plain.into(), folded: (plain != folded).then(|| folded.into()) }
    }

    pub fn folded(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.plain)
    }
}

/// A document, such as the attributes of an activity, and its folded copy where folding changes something.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    pub plain: Document,
    folded: Option<Document>,
}

impl Attributes {
    pub fn new(plain: &Value) -> Attributes {
        Attributes::from_pair(plain, fold_document(plain).as_ref())
    }

    /// For a document that was folded before, as stored ones are; none where folding changes nothing.
    pub fn from_pair(plain: &Value, folded: Option<&Value>) -> Attributes {
        Attributes { plain: Document::new(plain), folded: folded.map(Document::new) }
    }

    pub fn folded(&self) -> &Document {
        self.folded.as_ref().unwrap_or(&self.plain)
    }

    /// Bytes they take.
    pub fn size(&self) -> usize {
        self.plain.size() + self.folded.as_ref().map_or(0, Document::size)
    }
}

/// One activity. Attributes are there if some condition needs them.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    pub id: i64,
    pub at: i64,
    pub attributes: Option<Attributes>,
}

/// The activities of one customer by type, each type ordered by time and id. A customer has few types, so finding one is a
/// short walk.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Activities {
    by_type: Vec<(Arc<str>, Vec<Occurrence>)>,
}

impl Activities {
    pub fn of(&self, kind: &str) -> &[Occurrence] {
        self.by_type.iter().find(|(name, _)| **name == *kind).map_or(&[], |(_, occurrences)| occurrences)
    }

    pub fn types(&self) -> impl Iterator<Item = (&Arc<str>, &[Occurrence])> {
        self.by_type.iter().map(|(name, occurrences)| (name, occurrences.as_slice()))
    }

    /// Puts an activity in its place. Cheap for the newest one, and for a load in order of time.
    pub fn insert(&mut self, kind: &Arc<str>, occurrence: Occurrence) {
        let lane = match self.by_type.iter().position(|(name, _)| name == kind) {
            Some(place) => &mut self.by_type[place].1,
            None => {
                self.by_type.push((kind.clone(), Vec::new()));
                let last = self.by_type.len() - 1;
                &mut self.by_type[last].1
            }
        };
        let key = (occurrence.at, occurrence.id);
        let place = match lane.last() {
            Some(last) if (last.at, last.id) > key => lane.partition_point(|other| (other.at, other.id) < key),
            Some(_) | None => lane.len(),
        };
        lane.insert(place, occurrence);
    }

    /// Takes an activity out, if it is there. Cheap for the newest ones.
    pub fn take(&mut self, kind: &str, id: i64) -> Option<Occurrence> {
        let (_, lane) = self.by_type.iter_mut().find(|(name, _)| **name == *kind)?;
        let place = lane.iter().rposition(|occurrence| occurrence.id == id)?;
        Some(lane.remove(place))
    }

    /// Lets go of the activities of a type before an instant.
    pub fn forget_before(&mut self, kind: &str, instant: i64) {
        if let Some((_, lane)) = self.by_type.iter_mut().find(|(name, _)| **name == *kind) {
            let old = lane.partition_point(|occurrence| occurrence.at < instant);
            lane.drain(..old);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn activities_stay_in_order() {
        let mut activities = Activities::default();
        let order: Arc<str> = "order".into();
        for (id, at) in [(1, 50), (2, 10), (4, 30), (3, 30), (5, 60)] {
            activities.insert(&order, Occurrence { id, at, attributes: None });
        }
        let ids = |activities: &Activities| activities.of("order").iter().map(|occurrence| occurrence.id).collect::<Vec<_>>();
        assert_eq!(ids(&activities), [2, 3, 4, 1, 5]);
        assert_eq!(activities.take("order", 4).map(|occurrence| occurrence.at), Some(30));
        assert_eq!(activities.take("order", 4), None);
        assert_eq!(ids(&activities), [2, 3, 1, 5]);
        activities.forget_before("order", 30);
        assert_eq!(ids(&activities), [3, 1, 5]);
        assert!(activities.of("visit").is_empty());
    }

    #[test]
    fn a_value_of_another_type_is_no_value() {
        check(FieldKind::Text, json!("Äh"), Some(FieldValue::Text(Text::new("Äh"))));
        check(FieldKind::Text, json!(1), None);
        check(FieldKind::Number, json!("1"), None);
        check(FieldKind::Number, json!(1), Some(FieldValue::Number(1.0)));
        check(FieldKind::Date, json!("2024-02-30"), None);
        check(FieldKind::Datetime, json!("1970-01-01T00:00:00.000001Z"), Some(FieldValue::Datetime(1)));
        check(FieldKind::Datetime, json!("1970-01-01T00:00:00Z"), None);
        check(FieldKind::List, json!(["a", 1, null]), Some(FieldValue::List(vec![Text::new("a")])));
        check(FieldKind::Json, json!(null), None);
        check(FieldKind::Json, json!({"a": "Ä"}), Some(FieldValue::Json(Attributes::new(&json!({"a": "Ä"})))));

        #[track_caller]
        fn check(kind: FieldKind, plain: Value, value: Option<FieldValue>) {
            let folded = fold_document(&plain).unwrap_or_else(|| plain.clone());
            assert_eq!(FieldValue::read(kind, &plain, &folded), value);
        }
    }
}
