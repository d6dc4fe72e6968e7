//! Ids by kind: all are the same number in a column, none can be mistaken for another in code.

use serde::{Deserialize, Serialize};
use std::fmt;
use store::{FromColumn, FromRow, Row, StoreError, Value};
use utoipa::ToSchema;

macro_rules! ids {
    ($($name:ident $kind:literal),* $(,)?) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// The block this id is taken from.
            pub const KIND: &'static str = $kind;
        }

        impl From<$name> for Value {
            fn from(id: $name) -> Value {
                Value::Int(id.0)
            }
        }

        impl FromColumn for $name {
            fn from_cell(cell: store::Cell<'_>) -> Option<$name> {
                i64::from_cell(cell).map($name)
            }
        }

        impl FromRow for $name {
            fn from_row(row: &Row<'_>) -> Result<$name, StoreError> {
                row.get(0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }
    )*};
}

ids! {
    ActivityId "activity",
    AdminUserId "admin_user",
    AnswerId "consent_answer",
    ApiKeyId "api_key",
    AuditId "audit",
    BuilderId "segment_builder",
    BulkId "bulk_action",
    ChangeId "membership_change",
    CompanyId "company",
    CustomerId "customer",
    DeliveryId "webhook_delivery",
    ExportId "export",
    FieldId "field",
    GroupId "segment_group",
    ImportId "import",
    JobId "job",
    LinkId "link",
    MergeId "merge",
    MessageEventId "message_event",
    MessageId "message",
    PairId "duplicate_pair",
    NoteId "note",
    QuarantineId "merge_quarantine",
    RollupChangeId "rollup_change",
    RuleId "rule",
    RunId "rule_run",
    SegmentId "segment",
    SessionId "session",
    TargetGroupId "target_group",
    TemplateId "mail_template",
    ViewId "saved_view",
    WebhookId "webhook",
}
