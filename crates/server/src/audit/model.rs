//! An entry of the audit log, and which of them are wanted.

use crate::access::{Actor, ActorKind};
use crate::ids::AuditId;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEntry)]
pub struct Entry {
    pub id: AuditId,
    pub at: Instant,
    pub actor: Actor,
    /// `create`, `update`, `delete`, or a verb of its own such as `revoke`.
    pub action: String,
    pub entity_type: String,
    pub entity_id: Option<i64>,
    /// What was sent or changed, without secrets.
    #[schema(value_type = Object)]
    pub changes: serde_json::Value,
}

/// Where an entry stands in the log.
pub type Place = (Instant, i64);

/// Which entries a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub who: Option<Who>,
    pub action: Option<String>,
    pub thing: Option<Thing>,
    pub from: Option<Instant>,
    /// Exclusive.
    pub until: Option<Instant>,
    /// A part of what was changed, or of the name of who did it.
    pub text: Option<String>,
}

/// What was changed: one thing, or all of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    pub kind: String,
    pub id: Option<i64>,
}

/// A part of a filter that has an index of its own, in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'w> {
    Who(Who),
    Action(&'w str),
    Thing(&'w Thing),
}

impl Wanted {
    pub fn parts(&self) -> Vec<Part<'_>> {
        let who = self.who.map(Part::Who);
        let action = self.action.as_deref().map(Part::Action);
        [who, action, self.thing.as_ref().map(Part::Thing)].into_iter().flatten().collect()
    }
}

/// Somebody who acts: people and keys have an id, the others are the only one of their kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    pub kind: ActorKind,
    pub id: Option<i64>,
}

impl Who {
    /// `admin_user:3`, `api_key:7`, `operator`, `anonymous` or `system`.
    pub fn parse(text: &str) -> Option<Who> {
        let (name, id) = match text.split_once(':') {
            Some((name, id)) => (name, Some(id.parse().ok()?)),
            None => (text, None),
        };
        let kind = ActorKind::parse(name);
        let has_id = match kind {
            ActorKind::AdminUser | ActorKind::ApiKey => true,
            ActorKind::System | ActorKind::Operator | ActorKind::Anonymous => false,
        };
        (kind.as_str() == name && has_id == id.is_some()).then_some(Who { kind, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_acts() {
        check("admin_user:3", Some((ActorKind::AdminUser, Some(3))));
        check("api_key:7", Some((ActorKind::ApiKey, Some(7))));
        check("operator", Some((ActorKind::Operator, None)));
        check("system", Some((ActorKind::System, None)));
        for nobody in ["", "admin_user", "admin_user:", "admin_user:x", "operator:1", "ada", "ada:1"] {
            check(nobody, None);
        }

        #[track_caller]
        fn check(text: &str, who: Option<(ActorKind, Option<i64>)>) {
            assert_eq!(Who::parse(text), who.map(|(kind, id)| Who { kind, id }), "{text:?}");
        }
    }
}
