//! SQL of mails that came back.

use crate::error::Error;
use crate::ids::CustomerId;
use crate::mail::bounces::{Bounce, Kind};
use crate::mail::ledger::{CameBack, Message};
use crate::rollups::{Figure, Subject};
use crate::time::Instant;
use crate::work::Work;
use std::collections::BTreeMap;
use store::Statement;

/// Gives false when this one was told already. The message is locked, so that of two reports about it one is the first.
pub fn insert(work: &mut Work<'_>, bounce: &Bounce, address: &str, message: Option<&Message>) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into mail_bounces (fingerprint, address, kind, status, diagnostic, at, customer_id, message_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (fingerprint) do nothing",
        &[
            (&bounce.fingerprint).into(),
            address.into(),
            bounce.kind.as_str().into(),
            (&bounce.status).into(),
            (&bounce.diagnostic).into(),
            work.now.into(),
            message.map(|message| message.customer_id).into(),
            message.map(|message| message.id).into(),
        ],
    )?;
    if inserted == 0 {
        return Ok(false);
    }
    if let Some(message) = message {
        let came_back = bounce.kind.came_back();
        let text = format!("select count(*) from mail_bounces where message_id = $1 and kind in {}", kinds(came_back));
        if work.tx.one::<i64>(&text, &[message.id.into()])? == 1 {
            work.tallies.add(Figure::CameBack, Subject::Word(came_back.as_str()), work.now, 1);
        }
    }
    Ok(true)
}

/// As a list.
pub fn kinds(came_back: CameBack) -> &'static str {
    match came_back {
        CameBack::Bounced => "('hard', 'soft')",
        CameBack::Complained => "('complaint')",
    }
}

/// Mails to the address that came back for now since the instant.
pub fn soft_since(work: &mut Work<'_>, address: &str, since: Instant) -> Result<i64, Error> {
    Ok(work.tx.one(
        "select count(*) from mail_bounces where address = $1 and kind = $2 and at > $3",
        &[address.into(), Kind::Soft.as_str().into(), since.into()],
    )?)
}

/// Of each message only the first counts.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from mail_bounces where customer_id in ");
    statement.bind_list(customers).push(" returning kind, at, message_id");
    let mut first: BTreeMap<(i64, CameBack), Instant> = BTreeMap::new();
    for (kind, at, message) in work.tx.list::<(String, Instant, Option<i64>)>(&statement)? {
        let came_back = if kind == Kind::Complaint.as_str() { CameBack::Complained } else { CameBack::Bounced };
        if let Some(message) = message {
            first.entry((message, came_back)).and_modify(|first| *first = at.min(*first)).or_insert(at);
        }
    }
    for ((_, came_back), at) in first {
        work.tallies.add(Figure::CameBack, Subject::Word(came_back.as_str()), at, -1);
    }
    Ok(())
}

/// Bounces belong to nobody or to a customer who is not part of their key; gives which of them changed hands.
pub fn hand_over(work: &mut Work<'_>, from: CustomerId, into: CustomerId) -> Result<Vec<String>, Error> {
    let mut moved: Vec<String> = work
        .tx
        .all("update mail_bounces set customer_id = $2 where customer_id = $1 returning fingerprint", &[from.into(), into.into()])?;
    moved.sort_unstable();
    Ok(moved)
}

pub fn hand_back(work: &mut Work<'_>, from: CustomerId, into: CustomerId, bounces: &[String]) -> Result<(), Error> {
    if bounces.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("update mail_bounces set customer_id = ");
    statement.bind(into).push(" where customer_id = ").bind(from).push(" and fingerprint in ").bind_list(bounces);
    work.tx.run(&statement)?;
    Ok(())
}
