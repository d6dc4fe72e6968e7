//! Companies: what several customers can belong to. A customer names his company by its id; addresses and logins of
//! companies are not the business of this slice.

mod model;
pub mod routes;
mod store;

pub use model::{Company, CompanyDraft};

use crate::audit;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::{self, IfMatch};
use crate::ids::{CompanyId, CustomerId};
use crate::work::Work;
use serde_json::{Value, json};
use std::collections::HashSet;

pub fn create(work: &mut Work<'_>, draft: CompanyDraft) -> Result<Company, Error> {
    let draft = model::checked(draft)?;
    let id = CompanyId(work.tx.new_id(CompanyId::KIND)?);
    let company = Company { id, draft, version: 1, created_at: work.now, updated_at: work.now };
    store::insert(work, &company)?;
    audit::record(work, "create", "company", Some(id.0), &json!(company))?;
    Ok(company)
}

pub fn read(work: &mut Work<'_>, company: CompanyId) -> Result<Company, Error> {
    store::read(work, company)?.ok_or(Error::NotFound)
}

/// Lays a merge patch over a company. A patch that changes nothing makes no new version.
pub fn update(work: &mut Work<'_>, company: CompanyId, patch: &Value, if_match: &IfMatch) -> Result<Company, Error> {
    let mut standing = store::lock(work, company)?.ok_or(Error::NotFound)?;
    if_match.check(standing.version)?;
    let draft = model::checked(http::patched(&standing.draft, patch)?)?;
    if draft == standing.draft {
        return Ok(standing);
    }
    standing = Company { draft, version: standing.version + 1, updated_at: work.now, ..standing };
    store::update(work, &standing)?;
    audit::record(work, "update", "company", Some(company.0), patch)?;
    work.tell(Event::CompanyChanged { company });
    Ok(standing)
}

/// Removes a company to which nobody belongs.
pub fn remove(work: &mut Work<'_>, company: CompanyId) -> Result<(), Error> {
    let standing = store::lock(work, company)?.ok_or(Error::NotFound)?;
    let members = store::count_members(work, company)?;
    if 0 < members {
        return Err(Error::conflict("in_use", format!("{members} customers belong to {}", standing.draft.name)));
    }
    store::delete(work, company)?;
    audit::record(work, "delete", "company", Some(company.0), &json!({ "name": standing.draft.name }))
}

/// Which of these companies there are. They stay until this unit ends.
pub fn existing(work: &mut Work<'_>, companies: &[CompanyId]) -> Result<HashSet<CompanyId>, Error> {
    if companies.is_empty() { Ok(HashSet::new()) } else { store::hold(work, companies) }
}

/// The companies that customers belong to; who belongs to none is absent.
pub fn of_customers(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<(CustomerId, Company)>, Error> {
    store::of_customers(work, customers)
}

/// What is wrong with naming a company that does not exist.
pub fn unknown(company: CompanyId) -> Problem {
    Problem::new("/companyId", "unknown", format!("there is no company {company}"))
}
