//! Custom fields coming, changing and going. Name and kind of a field never change: values are stored under the one and
//! in the shape of the other.

use super::check::INDEXED_CHARS_MAX;
use super::model::{BUILT_IN, Choice, Field, FieldKind, Fields, NewField};
use super::store;
use crate::audit;
use crate::catalogue;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::IfMatch;
use crate::ids::FieldId;
use crate::jobs;
use crate::work::Work;
use serde::Deserialize;
use serde_json::{Value, json};

/// Custom fields an instance may have, and options one of them may have.
const FIELDS_MAX: usize = 200;
const OPTIONS_MAX: usize = 500;
const NAME_CHARS_MAX: usize = 60;
const LABEL_CHARS_MAX: usize = 190;

pub fn read_field(work: &mut Work<'_>, id: FieldId) -> Result<Field, Error> {
    super::fields(work)?.all.iter().find(|field| field.id == id).cloned().ok_or(Error::NotFound)
}

/// The key of the job that removes the values of a field that is gone.
pub fn clearing_key(name: &str) -> String {
    format!("clear_field {name}")
}

/// Defines a field.
pub fn add_field(work: &mut Work<'_>, new: &NewField) -> Result<Field, Error> {
    let known = super::fields(work)?;
    let position = new.position.unwrap_or_else(|| known.all.last().map_or(1, |last| last.position + 1));
    let label = new.label.clone().unwrap_or_else(|| new.name.clone());
    let field = Field {
        id: FieldId(work.tx.new_id(FieldId::KIND)?),
        name: new.name.clone(),
        label,
        kind: new.kind,
        options: labelled(&new.options),
        is_personal: new.is_personal,
        is_indexed: new.is_indexed,
        position,
        version: 1,
    };
    let mut problems = check_name(&field.name);
    problems.extend(check(&field));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if FIELDS_MAX <= known.all.len() {
        return Err(Error::conflict("too_many_fields", format!("there can be at most {FIELDS_MAX} custom fields")));
    }
    if jobs::is_wished(work, &clearing_key(&field.name))? {
        return Err(Error::conflict("field_being_cleared", "a field of this name was deleted and its values are still being removed"));
    }
    if let Some(job) = jobs::stopped(work, &clearing_key(&field.name))? {
        let detail = format!("a field of this name was deleted and not all of its values were removed: retry job {} first", job.0);
        return Err(Error::conflict("field_not_cleared", detail));
    }
    if !store::insert_field(work, &field)? {
        return Err(Error::conflict("field_exists", format!("there is a field {} already", field.name)));
    }
    work.redefine::<Fields>()?;
    if field.is_indexed {
        put_index(work, &field)?;
    }
    audit::record(work, "create", "field", Some(field.id.0), &json!(field))?;
    Ok(field)
}

/// What of a field can change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Changeable {
    label: String,
    options: Vec<Choice>,
    personal: bool,
    indexed: bool,
    position: i64,
}

/// Lays a merge patch over a definition. Values that are no option any more stay until they are changed.
pub fn change_field(work: &mut Work<'_>, id: FieldId, patch: &Value, if_match: &IfMatch) -> Result<Field, Error> {
    let before = read_field(work, id)?;
    if_match.check(before.version)?;
    let mut document = json!({"label": before.label, "options": before.options, "personal": before.is_personal,
        "indexed": before.is_indexed, "position": before.position});
    for fixed in ["id", "name", "kind", "version"] {
        if let Some(wanted) = patch.get(fixed)
            && *wanted != json!(before)[fixed]
        {
            return Err(Error::invalid(format!("/{fixed}"), "read_only", format!("the {fixed} of a field never changes")));
        }
    }
    let mut patch = patch.clone();
    if let Some(members) = patch.as_object_mut() {
        members.retain(|name, _| !["id", "name", "kind", "version"].contains(&name.as_str()));
    }
    crate::http::merge_patch(&mut document, &patch);
    let wanted: Changeable = crate::http::parse(document.to_string().as_bytes())?;
    let after = Field {
        label: wanted.label,
        options: labelled(&wanted.options),
        is_personal: wanted.personal,
        is_indexed: wanted.indexed,
        position: wanted.position,
        version: before.version + 1,
        ..before.clone()
    };
    let problems = check(&after);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if !store::update_field(work, &after, before.version)? {
        return Err(Error::Changed);
    }
    work.redefine::<Fields>()?;
    match (before.is_indexed, after.is_indexed) {
        (false, true) => put_index(work, &after)?,
        (true, false) => store::drop_index(work, id)?,
        _ => {}
    }
    audit::record(work, "update", "field", Some(id.0), &patch)?;
    Ok(after)
}

/// Takes a field away that nothing asks for. Its values are no longer shown, and the customers' slice removes them.
pub fn remove_field(work: &mut Work<'_>, id: FieldId) -> Result<(), Error> {
    let field = read_field(work, id)?;
    if let Some(setting) = used_by(work, &field.name)? {
        return Err(Error::conflict("in_use", format!("the setting {setting} names this field")));
    }
    let users = catalogue::users_of_field(work, &field.name)?;
    if !users.is_empty() {
        return Err(Error::conflict("in_use", format!("this field is used by {}", users.join(", "))));
    }
    store::delete_field(work, id)?;
    work.redefine::<Fields>()?;
    if field.is_indexed {
        store::drop_index(work, id)?;
    }
    work.tell(Event::FieldDeleted { name: field.name.as_str().into() });
    audit::record(work, "delete", "field", Some(id.0), &json!({"name": field.name}))
}

/// The setting that names the field, if one does.
fn used_by(work: &mut Work<'_>, name: &str) -> Result<Option<&'static str>, Error> {
    let pipeline = super::save_pipeline(work)?;
    let in_combinations = |combinations: &[Vec<String>]| combinations.iter().flatten().any(|used| used == name);
    if in_combinations(&pipeline.required_fields) {
        return Ok(Some("requiredFields"));
    }
    if in_combinations(&pipeline.duplicate_check.combinations) {
        return Ok(Some("duplicateCheck"));
    }
    let copies = pipeline.steps.iter().any(|entry| match &entry.step {
        super::Step::CopyFields { rules } => rules.iter().any(|rule| rule.from == name || rule.to == name),
        _ => false,
    });
    if copies {
        return Ok(Some("copy_fields"));
    }
    let duplicates = &super::all(work)?.duplicates;
    let is_named = duplicates.rules.iter().flat_map(|rule| &rule.fields).any(|field| field.field == name);
    Ok((is_named || duplicates.scores.fields.iter().any(|used| used == name)).then_some("duplicates"))
}

fn put_index(work: &mut Work<'_>, field: &Field) -> Result<(), Error> {
    let Some(expression) = field.kind.indexed_as(&field.name) else { return Ok(()) };
    if field.kind == FieldKind::Text && store::has_text_over(work, &field.name, INDEXED_CHARS_MAX)? {
        let detail = format!("some customers have more than {INDEXED_CHARS_MAX} characters in this field; an indexed text cannot");
        return Err(Error::conflict("values_too_long", detail));
    }
    store::create_index(work, field.id, &expression)
}

fn labelled(options: &[Choice]) -> Vec<Choice> {
    let label = |choice: &Choice| if choice.label.is_empty() { choice.value.clone() } else { choice.label.clone() };
    options.iter().map(|choice| Choice { value: choice.value.trim().to_owned(), label: label(choice) }).collect()
}

/// A name can stand in a path, in a column heading and in a statement.
fn check_name(name: &str) -> Vec<Problem> {
    let begins = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let rest = name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    if !begins || !rest || NAME_CHARS_MAX < name.len() {
        let message = format!("a name begins with a letter and has letters, digits and _, {NAME_CHARS_MAX} at most");
        return vec![Problem::new("/name", "invalid", message)];
    }
    match BUILT_IN.contains(&name) {
        true => vec![Problem::new("/name", "built_in", format!("{name} is a built-in field"))],
        false => Vec::new(),
    }
}

fn check(field: &Field) -> Vec<Problem> {
    let mut problems = Vec::new();
    if field.label.trim().is_empty() || LABEL_CHARS_MAX < field.label.chars().count() || field.label.contains('\0') {
        problems.push(Problem::new("/label", "invalid", format!("a label has 1 to {LABEL_CHARS_MAX} characters")));
    }
    if field.is_indexed && field.kind.indexed_as(&field.name).is_none() {
        problems.push(Problem::new("/indexed", "not_indexable", format!("a field of kind {} cannot be indexed", field.kind.as_str())));
    }
    if field.kind.has_options() == field.options.is_empty() {
        let message = if field.kind.has_options() { "a choice needs options" } else { "only select and multiselect have options" };
        problems.push(Problem::new("/options", "invalid", message));
    }
    if OPTIONS_MAX < field.options.len() {
        problems.push(Problem::new("/options", "too_long", format!("there can be at most {OPTIONS_MAX} options")));
    }
    for (place, option) in field.options.iter().enumerate() {
        let length = option.value.chars().count().max(option.label.chars().count());
        if option.value.is_empty() || LABEL_CHARS_MAX < length || option.value.contains('\0') || option.label.contains('\0') {
            let message = format!("value and label of an option have 1 to {LABEL_CHARS_MAX} characters");
            problems.push(Problem::new(format!("/options/{place}"), "invalid", message));
        }
        if field.options[..place].iter().any(|earlier| earlier.value == option.value) {
            problems.push(Problem::new(format!("/options/{place}/value"), "repeated", "this option is there already"));
        }
    }
    problems
}
