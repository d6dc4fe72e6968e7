//! SQL of the companies.

use super::model::{Company, CompanyDraft};
use crate::error::Error;
use crate::ids::{CompanyId, CustomerId};
use crate::work::Work;
use std::collections::HashSet;
use store::{FromRow, Row, Statement, StoreError};

pub fn insert(work: &mut Work<'_>, company: &Company) -> Result<(), Error> {
    work.tx.execute(
        "insert into companies (id, name, name_folded, vat_id, vat_id_folded, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            company.id.into(),
            (&company.draft.name).into(),
            sql::fold(&company.draft.name).into(),
            company.draft.vat_id.clone().into(),
            company.draft.vat_id.as_deref().map(sql::fold).into(),
            company.version.into(),
            company.created_at.into(),
            company.updated_at.into(),
        ],
    )?;
    Ok(())
}

pub fn update(work: &mut Work<'_>, company: &Company) -> Result<(), Error> {
    work.tx.execute(
        "update companies set name = $2, name_folded = $3, vat_id = $4, vat_id_folded = $5, version = $6, updated_at = $7 where id = $1",
        &[
            company.id.into(),
            (&company.draft.name).into(),
            sql::fold(&company.draft.name).into(),
            company.draft.vat_id.clone().into(),
            company.draft.vat_id.as_deref().map(sql::fold).into(),
            company.version.into(),
            company.updated_at.into(),
        ],
    )?;
    Ok(())
}

pub fn delete(work: &mut Work<'_>, company: CompanyId) -> Result<(), Error> {
    work.tx.execute("delete from companies where id = $1", &[company.into()])?;
    Ok(())
}

pub fn read(work: &mut Work<'_>, company: CompanyId) -> Result<Option<Company>, Error> {
    Ok(work.tx.first("select id, name, vat_id, version, created_at, updated_at from companies where id = $1", &[company.into()])?)
}

/// For a change: nobody else changes it or joins it until this unit ends.
pub fn lock(work: &mut Work<'_>, company: CompanyId) -> Result<Option<Company>, Error> {
    Ok(work
        .tx
        .first("select id, name, vat_id, version, created_at, updated_at from companies where id = $1 {for_update}", &[company.into()])?)
}

/// Those that exist, held in the order of their ids until this unit ends.
pub fn hold(work: &mut Work<'_>, companies: &[CompanyId]) -> Result<HashSet<CompanyId>, Error> {
    let mut statement = Statement::new("select id from companies where id in ");
    statement.bind_list(companies).push(" order by id {for_update}");
    Ok(work.tx.list(&statement)?.into_iter().collect())
}

/// By folded name and id, after a place in that order, those whose name or number begins with the words.
pub fn list(work: &mut Work<'_>, words: &str, after: Option<(String, i64)>, limit: usize) -> Result<Vec<Company>, Error> {
    let (name, id) = after.unwrap_or_default();
    Ok(work.tx.all(
        "select id, name, vat_id, version, created_at, updated_at from companies
         where (name_folded, id) > ($1, $2) and ($3 = '' or {contains name_folded $3} or {contains coalesce(vat_id_folded,'') $3})
         order by name_folded, id limit $4",
        &[name.into(), id.into(), words.into(), (limit as i64 + 1).into()],
    )?)
}

pub fn count(work: &mut Work<'_>, words: &str) -> Result<i64, Error> {
    Ok(work.tx.one(
        "select count(*) from companies where $1 = '' or {contains name_folded $1} or {contains coalesce(vat_id_folded,'') $1}",
        &[words.into()],
    )?)
}

pub fn count_members(work: &mut Work<'_>, company: CompanyId) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from customers where company_id = $1", &[company.into()])?)
}

/// The companies that customers belong to.
pub fn of_customers(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<(CustomerId, Company)>, Error> {
    let mut statement = Statement::new(
        "select o.id, o.name, o.vat_id, o.version, o.created_at, o.updated_at, c.id
         from customers as c join companies as o on o.id = c.company_id where c.id in ",
    );
    statement.bind_list(customers);
    let mut found = Vec::new();
    work.tx.each(&statement.text, &statement.values, |row| {
        found.push((row.get(6)?, Company::from_row(row)?));
        Ok(())
    })?;
    Ok(found)
}

impl FromRow for Company {
    fn from_row(row: &Row<'_>) -> Result<Company, StoreError> {
        Ok(Company {
            id: row.get(0)?,
            draft: CompanyDraft { name: row.get(1)?, vat_id: row.get(2)? },
            version: row.get(3)?,
            created_at: row.get(4)?,
            updated_at: row.get(5)?,
        })
    }
}
