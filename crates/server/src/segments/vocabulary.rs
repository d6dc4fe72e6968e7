//! What conditions can speak of on this instance, for those who build them: fields, types of activities with the attributes
//! that were declared or seen lately, segments, and the comparisons of each kind of value.

use crate::error::Error;
use crate::ids::{GroupId, SegmentId};
use crate::settings::{self, Choice};
use crate::work::Work;
use crate::{activities, segments};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConditionCatalogue)]
pub struct Vocabulary {
    pub fields: Vec<Word>,
    /// Fields of a customer's company.
    pub company_fields: Vec<Word>,
    pub activity_types: Vec<TypeWord>,
    /// Group by group, those of a higher place first.
    pub segments: Vec<SegmentWord>,
    /// Comparisons by kind of value.
    pub operators: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogueField)]
pub struct Word {
    pub name: String,
    /// Empty for a built-in field: its name says it.
    pub label: String,
    pub kind: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogueActivityType)]
pub struct TypeWord {
    pub name: String,
    pub label: String,
    pub attributes: Vec<AttributeWord>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogueAttribute)]
pub struct AttributeWord {
    pub name: String,
    pub kind: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CatalogueSegment)]
pub struct SegmentWord {
    pub id: SegmentId,
    pub name: String,
    pub group_id: GroupId,
    pub group_name: String,
    /// Whether the group is offered as a filter of lists.
    pub show_as_filter: bool,
    pub reference: String,
}

const KINDS: [condition::FieldKind; 9] = [
    condition::FieldKind::Text,
    condition::FieldKind::Number,
    condition::FieldKind::Boolean,
    condition::FieldKind::Date,
    condition::FieldKind::Datetime,
    condition::FieldKind::Select,
    condition::FieldKind::Multiselect,
    condition::FieldKind::List,
    condition::FieldKind::Json,
];

fn name(kind: condition::FieldKind) -> String {
    format!("{kind:?}").to_lowercase()
}

pub fn read(work: &mut Work<'_>) -> Result<Vocabulary, Error> {
    let custom = settings::fields(work)?;
    let built_in =
        |field: String, known: condition::Field| Word { name: field, label: String::new(), kind: name(known.kind), options: Vec::new() };
    let mut fields: Vec<Word> = condition::Catalogue::built_in().fields.into_iter().map(|(field, known)| built_in(field, known)).collect();
    let of_company = condition::catalogue::COMPANY_FIELDS.into_iter();
    let company_fields =
        of_company.filter_map(|field| Some(built_in(field.to_owned(), condition::catalogue::company_field(field)?))).collect();
    fields.extend(custom.all.iter().map(|field| Word {
        name: field.name.clone(),
        label: field.label.clone(),
        kind: name(field.kind.into()),
        options: field.options.clone(),
    }));
    let known = segments::all(work)?;
    let mut segments = Vec::new();
    for group in super::groups::list(work)? {
        let members = known.all.iter().filter(|segment| segment.group_id == group.id);
        segments.extend(members.map(|segment| SegmentWord {
            id: segment.id,
            name: segment.name.clone(),
            group_id: group.id,
            group_name: group.name.clone(),
            show_as_filter: group.show_as_filter,
            reference: segment.reference.clone(),
        }));
    }
    let activity_types = activities::vocabulary(work)?
        .into_iter()
        .map(|(known, attributes)| TypeWord {
            name: known.name,
            label: known.label,
            attributes: attributes.into_iter().map(|(name, kind)| AttributeWord { name, kind: kind.to_owned() }).collect(),
        })
        .collect();
    let operators = KINDS.map(|kind| (name(kind), condition::operators(kind).into_iter().map(str::to_owned).collect()));
    Ok(Vocabulary { fields, company_fields, activity_types, segments, operators: operators.into() })
}
