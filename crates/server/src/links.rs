//! Links: definitions of links whose clicks become activities, short addresses that lead to them, the parameters by which
//! other systems say who clicked (`cmfa`, `cmfc`), and the signed tokens in the addresses of our mails.

mod model;
pub mod public;
pub mod routes;
mod store;
mod token;

pub use model::{About, Attribute, Draft, Link, Links, Utm};
pub use token::{Signer, Use};

use crate::activities::{self, NewActivity, TrackOptions, Who};
use crate::audit;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::IfMatch;
use crate::identities::{self, TOKEN};
use crate::ids::{CustomerId, LinkId};
use crate::settings;
use crate::work::Work;
use ::store::StoreError;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Definitions there may be.
const LINKS_MAX: usize = 2_000;
const CODE_BYTES: usize = 5;

pub fn create(work: &mut Work<'_>, draft: Draft) -> Result<Link, Error> {
    if LINKS_MAX as i64 <= store::count(work)? {
        return Err(Error::conflict("too_many", format!("there are at most {LINKS_MAX} links")));
    }
    let code = work.app.random_token(CODE_BYTES);
    let link = accepted(LinkId(work.tx.new_id(LinkId::KIND)?), code, draft, 1, work.now, work.now)?;
    if !store::insert(work, &link)? {
        return Err(name_taken(&link.name));
    }
    work.redefine::<model::Links>()?;
    audit::record(work, "create", "link", Some(link.id.0), &json!({"name": link.name, "target": link.target}))?;
    Ok(link)
}

pub fn read(work: &mut Work<'_>, link: LinkId) -> Result<Link, Error> {
    store::read(work, link)?.ok_or(Error::NotFound)
}

/// Lays the patch over the definition. Links that are out already lead where it then says.
pub fn update(work: &mut Work<'_>, id: LinkId, patch: &Value, if_match: &IfMatch) -> Result<Link, Error> {
    let standing = store::lock(work, id)?.ok_or(Error::NotFound)?;
    if_match.check(standing.version)?;
    let draft = crate::http::patched(&standing.draft(), patch)?;
    let link = accepted(id, standing.code, draft, standing.version + 1, standing.created_at, work.now)?;
    if store::named(work, &link.name)?.is_some_and(|other| other != id) {
        return Err(name_taken(&link.name));
    }
    // Another unit may take the name between the look and the write.
    store::update(work, &link).map_err(|error| match error {
        Error::Store(StoreError::Duplicate) => name_taken(&link.name),
        error => error,
    })?;
    work.redefine::<model::Links>()?;
    if link.name != standing.name {
        work.tell(Event::LinkGone { name: standing.name.into() });
    }
    audit::record(work, "update", "link", Some(id.0), patch)?;
    Ok(link)
}

/// Takes a definition away: links to it that are out lead nowhere from then on. To stop counting alone, switch it off.
/// Refused by the templates that name it.
pub fn remove(work: &mut Work<'_>, id: LinkId) -> Result<(), Error> {
    let standing = store::lock(work, id)?.ok_or(Error::NotFound)?;
    store::delete(work, id)?;
    work.redefine::<model::Links>()?;
    work.tell(Event::LinkGone { name: standing.name.as_str().into() });
    audit::record(work, "delete", "link", Some(id.0), &json!({"name": standing.name}))
}

/// All definitions.
pub fn all(work: &mut Work<'_>) -> Result<Arc<model::Links>, Error> {
    work.definitions()
}

/// What signs addresses; makes its secret if there is none.
pub fn signer(work: &mut Work<'_>) -> Result<Signer, Error> {
    Ok(Signer::new(&settings::secret_for_signing(work)?))
}

/// What reads signed addresses. Nothing was signed, if there is none.
pub fn reader(work: &mut Work<'_>) -> Result<Option<Signer>, Error> {
    Ok(settings::secret(work)?.map(|secret| Signer::new(&secret)))
}

/// Records a click on a link by the customer who has this public token. An unknown code or token, or a definition that is
/// switched off, records nothing. Gives whether something was recorded.
pub fn clicked_by_token(work: &mut Work<'_>, code: &str, token: &str) -> Result<bool, Error> {
    let links = all(work)?;
    let Some(link) = links.coded(code).filter(|link| link.active) else { return Ok(false) };
    let found = identities::find(work, &[(TOKEN.to_owned(), token.to_owned())])?;
    match found.into_values().next() {
        Some(customer) => clicked(work, link, customer, Map::new()),
        None => Ok(false),
    }
}

/// Records a click as the activity that the definition says, with more attributes than its own.
pub fn clicked(work: &mut Work<'_>, link: &Link, customer: CustomerId, more: Map<String, Value>) -> Result<bool, Error> {
    if !link.active {
        return Ok(false);
    }
    let mut attributes = more;
    attributes.extend(link.attributes.iter().map(|pair| (pair.attribute.clone(), json!(pair.value))));
    let activity = NewActivity {
        customer: Who::Id(customer),
        kind: link.activity_type.clone(),
        occurred_at: None,
        external_id: None,
        attributes: Value::Object(attributes),
        metadata: None,
    };
    // One that is refused, because its type is closed or the customer is gone, leaves no trace; the click leads on all the same.
    let outcomes = activities::track(work, &[activity], TrackOptions::default())?;
    Ok(outcomes.first().is_some_and(|outcome| outcome.problems.is_empty()))
}

fn accepted(
    id: LinkId,
    code: String,
    draft: Draft,
    version: i64,
    created_at: crate::time::Instant,
    updated_at: crate::time::Instant,
) -> Result<Link, Error> {
    let problems: Vec<Problem> = draft.check();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let Draft { name, target, active, activity_type, attributes, utm } = draft;
    let name = name.trim().to_owned();
    Ok(Link { id, code, name, target, active, activity_type, attributes, utm, version, created_at, updated_at })
}

fn name_taken(name: &str) -> Error {
    Error::Conflict {
        code: "duplicate_name",
        detail: format!("there is a link named {name:?} already"),
        problems: vec![Problem::new("/name", "duplicate", "another link has this name")],
        existing: None,
    }
}
