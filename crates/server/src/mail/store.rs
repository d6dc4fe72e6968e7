//! SQL of the templates; of messages and the rest in the files of its folder.

pub mod bounces;
pub mod events;
pub mod messages;
pub mod paces;
pub mod suppressions;

use super::model::{Template, Variant};
use crate::error::Error;
use crate::ids::TemplateId;
use crate::work::Work;
use serde_json::Value;
use store::{FromRow, Row, Statement, StoreError};

const COLUMNS: &str = "id, name, kind, purpose, list, subject, html, text, variants, track_opens, track_clicks, quiet_hours, \
                       cap_exempt, version, created_at, updated_at";

/// Gives false when the name is taken.
pub fn insert_template(work: &mut Work<'_>, template: &Template) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into mail_templates
           (id, name, kind, purpose, list, subject, html, text, variants, track_opens, track_clicks, quiet_hours, cap_exempt,
            version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict (name) do nothing",
        &values(template),
    )?;
    Ok(inserted == 1)
}

pub fn update_template(work: &mut Work<'_>, template: &Template) -> Result<(), Error> {
    work.tx.execute(
        "update mail_templates
         set name = $2, kind = $3, purpose = $4, list = $5, subject = $6, html = $7, text = $8, variants = $9, track_opens = $10,
             track_clicks = $11, quiet_hours = $12, cap_exempt = $13, version = $14, created_at = $15, updated_at = $16
         where id = $1",
        &values(template),
    )?;
    Ok(())
}

fn values(template: &Template) -> [store::Value; 16] {
    let variants = serde_json::to_string(&template.variants).expect("texts have a JSON form");
    [
        template.id.into(),
        (&template.name).into(),
        template.kind.as_str().into(),
        template.purpose.clone().into(),
        template.list.clone().into(),
        (&template.subject).into(),
        (&template.html).into(),
        (&template.text).into(),
        variants.into(),
        template.track_opens.into(),
        template.track_clicks.into(),
        template.quiet_hours.as_str().into(),
        template.cap_exempt.into(),
        template.version.into(),
        template.created_at.into(),
        template.updated_at.into(),
    ]
}

pub fn delete_template(work: &mut Work<'_>, template: TemplateId) -> Result<(), Error> {
    work.tx.execute("delete from mail_templates where id = $1", &[template.into()])?;
    Ok(())
}

pub fn template(work: &mut Work<'_>, template: TemplateId) -> Result<Option<Template>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from mail_templates where id = $1"), &[template.into()])?)
}

/// For a change: nobody else changes it until this unit ends.
pub fn lock_template(work: &mut Work<'_>, template: TemplateId) -> Result<Option<Template>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from mail_templates where id = $1 {{for_update}}"), &[template.into()])?)
}

pub fn template_named(work: &mut Work<'_>, name: &str) -> Result<Option<TemplateId>, Error> {
    Ok(work.tx.first("select id from mail_templates where name = $1", &[name.into()])?)
}

/// By name, after the given one.
pub fn templates(work: &mut Work<'_>, after: Option<&str>, limit: usize) -> Result<Vec<Template>, Error> {
    Ok(work.tx.all(
        &format!("select {COLUMNS} from mail_templates where name > $1 order by name limit $2"),
        &[after.unwrap_or_default().into(), (limit as i64 + 1).into()],
    )?)
}

pub fn count_templates(work: &mut Work<'_>) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from mail_templates", &[])?)
}

pub fn template_names(work: &mut Work<'_>, ids: &[TemplateId]) -> Result<Vec<(TemplateId, String)>, Error> {
    let mut statement = Statement::new("select id, name from mail_templates where id in ");
    statement.bind_list(ids).push(" order by id");
    Ok(work.tx.list(&statement)?)
}

pub fn templates_named(work: &mut Work<'_>, names: &[String]) -> Result<Vec<(String, TemplateId)>, Error> {
    let mut statement = Statement::new("select name, id from mail_templates where name in ");
    statement.bind_list(names).push(" order by name");
    Ok(work.tx.list(&statement)?)
}

impl FromRow for Template {
    fn from_row(row: &Row<'_>) -> Result<Template, StoreError> {
        let unreadable = |error: serde_json::Error| StoreError::bug(format!("a template cannot be read: {error}"));
        let (kind, quiet_hours): (String, String) = (row.get(2)?, row.get(11)?);
        let variants: Value = row.get(8)?;
        let variants: Vec<Variant> = serde_json::from_value(variants).map_err(unreadable)?;
        Ok(Template {
            id: row.get(0)?,
            name: row.get(1)?,
            kind: serde_json::from_value(Value::String(kind)).map_err(unreadable)?,
            purpose: row.get(3)?,
            list: row.get(4)?,
            subject: row.get(5)?,
            html: row.get(6)?,
            text: row.get(7)?,
            variants,
            track_opens: row.get(9)?,
            track_clicks: row.get(10)?,
            quiet_hours: serde_json::from_value(Value::String(quiet_hours)).map_err(unreadable)?,
            cap_exempt: row.get(12)?,
            version: row.get(13)?,
            created_at: row.get(14)?,
            updated_at: row.get(15)?,
        })
    }
}
