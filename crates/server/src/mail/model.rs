//! Templates, messages and what may become of them. No SQL, no HTTP.

use crate::error::Problem;
use crate::ids::{ActivityId, CustomerId, MessageId, RuleId, TemplateId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A mail with places for values: `{{ customer.firstname }}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MailTemplate)]
pub struct Template {
    pub id: TemplateId,
    pub name: String,
    pub subject: String,
    pub html: String,
    /// Left empty, it follows from the HTML.
    pub text: String,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// What a person writes of a template.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = MailTemplateDraft)]
pub struct Draft {
    pub name: String,
    pub subject: String,
    #[serde(default)]
    pub html: String,
    #[serde(default)]
    pub text: String,
}

const NAME_CHARS_MAX: usize = 200;
const SUBJECT_CHARS_MAX: usize = 500;
const BODY_BYTES_MAX: usize = 256 * 1024;

impl Draft {
    /// What is wrong with it before anyone looks at what it names.
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut require = |holds: bool, path: &str, code: &str, message: String| {
            if !holds {
                problems.push(Problem::new(path, code, message));
            }
        };
        require(!self.name.trim().is_empty(), "/name", "missing", "a template has a name".to_owned());
        require(!self.subject.trim().is_empty(), "/subject", "missing", "a mail has a subject".to_owned());
        let has_body = !self.html.trim().is_empty() || !self.text.trim().is_empty();
        require(has_body, "/text", "missing", "a mail has a text or HTML".to_owned());
        let too_long = |path: &str, max: usize| format!("{path} is longer than {max}");
        require(self.name.chars().count() <= NAME_CHARS_MAX, "/name", "too_long", too_long("the name", NAME_CHARS_MAX));
        require(self.subject.chars().count() <= SUBJECT_CHARS_MAX, "/subject", "too_long", too_long("the subject", SUBJECT_CHARS_MAX));
        require(self.html.len() <= BODY_BYTES_MAX, "/html", "too_long", too_long("the HTML", BODY_BYTES_MAX));
        require(self.text.len() <= BODY_BYTES_MAX, "/text", "too_long", too_long("the text", BODY_BYTES_MAX));
        problems
    }
}

/// The parts of a template that are filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Subject,
    Html,
    Text,
}

impl Part {
    pub const ALL: [Part; 3] = [Part::Subject, Part::Html, Part::Text];

    pub fn name(self) -> &'static str {
        match self {
            Part::Subject => "subject",
            Part::Html => "html",
            Part::Text => "text",
        }
    }

    pub fn path(self) -> &'static str {
        match self {
            Part::Subject => "/subject",
            Part::Html => "/html",
            Part::Text => "/text",
        }
    }

    pub fn of(self, template: &Template) -> &str {
        match self {
            Part::Subject => &template.subject,
            Part::Html => &template.html,
            Part::Text => &template.text,
        }
    }
}

/// A template filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RenderedMail)]
pub struct Rendered {
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// A mail somebody is to get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub customer: CustomerId,
    pub template: TemplateId,
    pub rule: Option<RuleId>,
    pub activity: Option<ActivityId>,
}

/// Where a message stands. `Sent`, `Withheld` and, unless a person retries its job, `Failed` are the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageState)]
pub enum State {
    Queued,
    /// Handed to the mail server, answer unknown so far.
    Sending,
    Sent,
    Failed,
    /// Not sent on purpose; `problem` says why.
    Withheld,
}

impl State {
    pub const ALL: [State; 5] = [State::Queued, State::Sending, State::Sent, State::Failed, State::Withheld];

    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sending => "sending",
            State::Sent => "sent",
            State::Failed => "failed",
            State::Withheld => "withheld",
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: MessageId,
    pub customer_id: CustomerId,
    pub template_id: TemplateId,
    pub rule_id: Option<RuleId>,
    pub activity_id: Option<ActivityId>,
    /// Known when the message goes out: it is rendered for the customer as he is then.
    pub recipient: String,
    pub subject: String,
    pub state: State,
    /// Why it was withheld, failed, or has to be tried again.
    pub problem: Option<String>,
    pub created_at: Instant,
    pub sent_at: Option<Instant>,
}

impl Message {
    /// The same for every attempt, so that a message sent twice can be recognised as one. The instant keeps messages of
    /// two installations with one sender apart.
    pub fn key(&self) -> String {
        format!("{}.{}", self.id, self.created_at.0)
    }
}

#[cfg(test)]
impl Template {
    pub fn example() -> Template {
        Template {
            id: TemplateId(1),
            name: "Welcome".to_owned(),
            subject: String::new(),
            html: String::new(),
            text: String::new(),
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        }
    }
}
