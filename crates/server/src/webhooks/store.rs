//! SQL of the webhooks themselves and of their breakers.

pub mod deliveries;

use super::breaker::Breaker;
use super::model::{Draft, Standing};
use crate::error::Error;
use crate::ids::WebhookId;
use crate::work::Work;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{FromRow, Row, Statement, StoreError};

pub fn insert(work: &mut Work<'_>, webhook: &Standing) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into webhooks (id, name, url, description, active, headers, timeout_s, secrets, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (name) do nothing",
        &[
            webhook.id.into(),
            (&webhook.draft.name).into(),
            (&webhook.draft.url).into(),
            (&webhook.draft.description).into(),
            webhook.draft.active.into(),
            document(&webhook.draft.headers)?.into(),
            webhook.draft.timeout_s.into(),
            document(&webhook.secrets)?.into(),
            webhook.version.into(),
            webhook.created_at.into(),
            webhook.updated_at.into(),
        ],
    )?;
    Ok(inserted == 1)
}

pub fn insert_breaker(work: &mut Work<'_>, webhook: WebhookId) -> Result<(), Error> {
    work.tx.execute("insert into webhook_breakers (webhook_id, failures, openings) values ($1, 0, 0)", &[webhook.into()])?;
    Ok(())
}

pub fn update(work: &mut Work<'_>, webhook: &Standing) -> Result<(), Error> {
    work.tx.execute(
        "update webhooks set name = $2, url = $3, description = $4, active = $5, headers = $6, timeout_s = $7, secrets = $8,
         problem = $9, version = $10, updated_at = $11 where id = $1",
        &[
            webhook.id.into(),
            (&webhook.draft.name).into(),
            (&webhook.draft.url).into(),
            (&webhook.draft.description).into(),
            webhook.draft.active.into(),
            document(&webhook.draft.headers)?.into(),
            webhook.draft.timeout_s.into(),
            document(&webhook.secrets)?.into(),
            webhook.problem.clone().into(),
            webhook.version.into(),
            webhook.updated_at.into(),
        ],
    )?;
    Ok(())
}

pub fn set_breaker(work: &mut Work<'_>, webhook: WebhookId, breaker: Breaker) -> Result<(), Error> {
    work.tx.execute(
        "update webhook_breakers set failures = $2, openings = $3, open_until = $4 where webhook_id = $1",
        &[webhook.into(), breaker.failures.into(), breaker.openings.into(), breaker.open_until.into()],
    )?;
    Ok(())
}

pub fn delete(work: &mut Work<'_>, webhook: WebhookId) -> Result<(), Error> {
    work.tx.execute("delete from webhooks where id = $1", &[webhook.into()])?;
    Ok(())
}

pub fn delete_breaker(work: &mut Work<'_>, webhook: WebhookId) -> Result<(), Error> {
    work.tx.execute("delete from webhook_breakers where webhook_id = $1", &[webhook.into()])?;
    Ok(())
}

const SELECT: &str = "select w.id, w.name, w.url, w.description, w.active, w.headers, w.timeout_s, w.secrets, w.problem,
    b.failures, b.openings, b.open_until, w.version, w.created_at, w.updated_at
    from webhooks as w join webhook_breakers as b on b.webhook_id = w.id";

pub fn read(work: &mut Work<'_>, webhook: WebhookId) -> Result<Option<Standing>, Error> {
    Ok(work.tx.first(&format!("{SELECT} where w.id = $1"), &[webhook.into()])?)
}

/// For a change: nobody else changes it or its breaker until this unit ends.
pub fn lock(work: &mut Work<'_>, webhook: WebhookId) -> Result<Option<Standing>, Error> {
    Ok(work.tx.first(&format!("{SELECT} where w.id = $1 {{for_update}}"), &[webhook.into()])?)
}

/// By name, after the given one.
pub fn list(work: &mut Work<'_>, after: Option<&str>, limit: usize) -> Result<Vec<Standing>, Error> {
    let text = format!("{SELECT} where w.name > $1 order by w.name limit $2");
    Ok(work.tx.all(&text, &[after.unwrap_or_default().into(), (limit as i64 + 1).into()])?)
}

pub fn count(work: &mut Work<'_>) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from webhooks", &[])?)
}

pub fn named(work: &mut Work<'_>, name: &str) -> Result<Option<WebhookId>, Error> {
    Ok(work.tx.first("select id from webhooks where name = $1", &[name.into()])?)
}

pub fn all_named(work: &mut Work<'_>, names: &[String]) -> Result<Vec<(String, WebhookId)>, Error> {
    let mut statement = Statement::new("select name, id from webhooks where name in ");
    statement.bind_list(names);
    Ok(work.tx.list(&statement)?)
}

pub fn names(work: &mut Work<'_>, ids: &[WebhookId]) -> Result<Vec<(WebhookId, String)>, Error> {
    let mut statement = Statement::new("select id, name from webhooks where id in ");
    statement.bind_list(ids).push(" order by id");
    Ok(work.tx.list(&statement)?)
}

pub fn active(work: &mut Work<'_>, ids: &[WebhookId]) -> Result<Vec<WebhookId>, Error> {
    let mut statement = Statement::new("select id from webhooks where active = true and id in ");
    statement.bind_list(ids).push(" order by id");
    Ok(work.tx.list(&statement)?)
}

pub fn ids(work: &mut Work<'_>) -> Result<Vec<WebhookId>, Error> {
    Ok(work.tx.all("select id from webhooks order by id", &[])?)
}

/// Those that are active, have a delivery that is due, and may be tried: who works first, then who has waited longest. A look
/// or two into an index for each webhook.
pub fn due(work: &mut Work<'_>) -> Result<Vec<WebhookId>, Error> {
    Ok(work.tx.all(
        "select w.id from webhooks as w join webhook_breakers as b on b.webhook_id = w.id
         where w.active = true and (b.open_until is null or b.open_until <= $1)
           and exists (select 1 from webhook_deliveries as d where d.webhook_id = w.id and d.next_at <= $1)
         order by b.failures, (select min(d.next_at) from webhook_deliveries as d where d.webhook_id = w.id and d.next_at <= $1), w.id",
        &[work.now.into()],
    )?)
}

impl FromRow for Standing {
    fn from_row(row: &Row<'_>) -> Result<Standing, StoreError> {
        let draft = Draft {
            name: row.get(1)?,
            url: row.get(2)?,
            description: row.get(3)?,
            active: row.get(4)?,
            headers: read_document(row.get(5)?)?,
            timeout_s: row.get(6)?,
        };
        Ok(Standing {
            id: row.get(0)?,
            draft,
            secrets: read_document(row.get(7)?)?,
            problem: row.get(8)?,
            breaker: Breaker { failures: row.get(9)?, openings: row.get(10)?, open_until: row.get(11)? },
            version: row.get(12)?,
            created_at: row.get(13)?,
            updated_at: row.get(14)?,
        })
    }
}

fn document(value: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|error| Error::Bug(anyhow::Error::new(error).context("a part of a webhook has no JSON form")))
}

fn read_document<T: DeserializeOwned>(value: Value) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|error| StoreError::bug(format!("a part of a webhook: {error}")))
}
