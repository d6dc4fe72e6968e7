//! SQL of the paces.

use crate::error::Error;
use crate::time::Instant;
use crate::work::Work;

/// The next free place and how many were given of it; nobody else gives any until this unit ends.
pub fn lock(work: &mut Work<'_>, name: &str) -> Result<Option<(Instant, i64)>, Error> {
    Ok(work.tx.first("select next_at, used from mail_paces where name = $1 {for_update}", &[name.into()])?)
}

pub fn put(work: &mut Work<'_>, name: &str, next_at: Instant, used: i64) -> Result<(), Error> {
    work.tx.execute(
        "insert into mail_paces (name, next_at, used) values ($1, $2, $3)
         on conflict (name) do update set next_at = excluded.next_at, used = excluded.used",
        &[name.into(), next_at.into(), used.into()],
    )?;
    Ok(())
}
