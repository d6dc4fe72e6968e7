//! An entry of the audit log.

use crate::access::Actor;
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
