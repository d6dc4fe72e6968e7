//! How much whoever acts may hand on: nobody gives, or takes over, more than he has himself. What he has is read in the unit that
//! gives it, because he may have been recognised a moment ago and hold less by now.

use super::model::ALL_SCOPES;
use super::store;
use crate::access::{Caller, EditUsers, PERMISSIONS, Permission, PermissionName};
use crate::error::Error;
use crate::ids::ApiKeyId;
use crate::work::Work;
use std::sync::Arc;

#[derive(Debug, Clone)]
pub enum Reach {
    /// Whoever commands the machine commands Regulars.
    Everything,
    /// Of somebody who keeps users, as far as he holds things himself.
    Of(Arc<Caller>),
}

impl Reach {
    pub fn covers_scopes(&self, work: &mut Work<'_>, scopes: &[String]) -> Result<(), Error> {
        if scopes.iter().any(|scope| scope == ALL_SCOPES) {
            return self.covers(work, PERMISSIONS);
        }
        let wanted: Vec<PermissionName> = scopes.iter().filter_map(|scope| PermissionName::parse(scope)).collect();
        self.covers(work, &wanted)
    }

    pub fn covers(&self, work: &mut Work<'_>, wanted: &[PermissionName]) -> Result<(), Error> {
        let Reach::Of(caller) = self else { return Ok(()) };
        let held = held_now(work, caller)?.ok_or(Error::Unauthorized)?;
        match missing(&held, wanted) {
            Some(missing) => Err(Error::Forbidden(missing)),
            None => Ok(()),
        }
    }
}

/// What he holds as this unit sees it; nothing of somebody whose session has ended, or whose key opens nothing any more.
fn held_now(work: &mut Work<'_>, caller: &Caller) -> Result<Option<Vec<String>>, Error> {
    if let Some(session) = &caller.session {
        return Ok(store::caller_of_session(work, &session.hash)?.map(|present| present.permissions));
    }
    let id = caller.actor.id.map(ApiKeyId).ok_or(Error::Unauthorized)?;
    Ok(store::key(work, id)?.filter(|key| key.is_valid(work.now)).map(|key| key.scopes))
}

/// What of it he does not hold. To hand on anything at all, he keeps users.
fn missing(held: &[String], wanted: &[PermissionName]) -> Option<&'static str> {
    let holds = |permission: &str| held.iter().any(|held| held == permission || held == ALL_SCOPES);
    let needed = std::iter::once(EditUsers::NAME).chain(wanted.iter().map(|permission| permission.as_str()));
    needed.into_iter().find(|permission| !holds(permission))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_hands_on_more_than_he_has() {
        check(&["users:write", "jobs:read"], &[PermissionName::ReadJobs], None);
        check(&["users:write", "jobs:read"], &[PermissionName::ReadJobs, PermissionName::EditJobs], Some("jobs:write"));
        check(&["users:write"], PERMISSIONS, Some("customers:read"));
        check(&["all"], PERMISSIONS, None);
        check(&["jobs:read"], &[PermissionName::ReadJobs], Some("users:write"));
        check(&[], &[], Some("users:write"));

        #[track_caller]
        fn check(held: &[&str], wanted: &[PermissionName], lacks: Option<&str>) {
            let held: Vec<String> = held.iter().map(|one| (*one).to_owned()).collect();
            assert_eq!(missing(&held, wanted), lacks, "{held:?}");
        }
    }
}
