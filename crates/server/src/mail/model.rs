//! Templates, and what a person writes of one. Messages are in `ledger.rs`. No SQL, no HTTP.

use crate::error::Problem;
use crate::ids::TemplateId;
use crate::settings;
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
    pub kind: Kind,
    /// A consent that must be granted.
    pub purpose: Option<String>,
    /// The list that unsubscribing leaves.
    pub list: Option<String>,
    pub subject: String,
    pub html: String,
    /// Left empty, it follows from the HTML.
    pub text: String,
    pub variants: Vec<Variant>,
    pub track_opens: bool,
    pub track_clicks: bool,
    pub quiet_hours: Policy,
    pub cap_exempt: bool,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Whether a mail is about something the customer did, or is to make him do something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MailKind)]
pub enum Kind {
    #[default]
    Transactional,
    /// Says how to unsubscribe, counts for the cap, and keeps quiet hours unless told otherwise.
    Marketing,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Transactional => "transactional",
            Kind::Marketing => "marketing",
        }
    }
}

/// What becomes of a mail that would go out in quiet hours or over the cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MailQuietHours)]
pub enum Policy {
    /// It waits.
    Hold,
    /// It is not sent.
    Drop,
    /// It goes out in quiet hours, and waits where it is over the cap.
    Ignore,
}

impl Policy {
    pub fn as_str(self) -> &'static str {
        match self {
            Policy::Hold => "hold",
            Policy::Drop => "drop",
            Policy::Ignore => "ignore",
        }
    }
}

/// The mail in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MailVariant)]
pub struct Variant {
    /// Such as `de` or `de-AT`.
    pub language: String,
    pub subject: String,
    #[serde(default)]
    #[schema(required)]
    pub html: String,
    #[serde(default)]
    #[schema(required)]
    pub text: String,
}

/// What a person writes of a template.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = MailTemplateDraft)]
pub struct Draft {
    pub name: String,
    #[serde(default)]
    pub kind: Kind,
    #[serde(default)]
    pub purpose: Option<String>,
    #[serde(default)]
    pub list: Option<String>,
    pub subject: String,
    #[serde(default)]
    pub html: String,
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub variants: Vec<Variant>,
    #[serde(default)]
    pub track_opens: bool,
    #[serde(default)]
    pub track_clicks: bool,
    /// If absent: `hold` for marketing, `ignore` else.
    #[serde(default)]
    pub quiet_hours: Option<Policy>,
    /// If absent: only what is not marketing is exempt.
    #[serde(default)]
    pub cap_exempt: Option<bool>,
}

const NAME_CHARS_MAX: usize = 200;
const SUBJECT_CHARS_MAX: usize = 500;
const BODY_BYTES_MAX: usize = 256 * 1024;
const VARIANTS_MAX: usize = 50;
const LANGUAGE_CHARS_MAX: usize = 35;

impl Draft {
    /// What is wrong with it before anyone looks at what it names.
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let name = &self.name;
        if name.trim().is_empty() {
            problems.push(Problem::new("/name", "missing", "a template has a name"));
        }
        if NAME_CHARS_MAX < name.chars().count() {
            problems.push(Problem::new("/name", "too_long", format!("the name is longer than {NAME_CHARS_MAX}")));
        }
        check_bodies("", &self.subject, &self.html, &self.text, &mut problems);
        for (path, name) in [("/purpose", &self.purpose), ("/list", &self.list)] {
            if name.as_ref().is_some_and(|name| !settings::is_name(name)) {
                problems.push(Problem::new(path, "invalid", "this has 1 to 64 letters, digits, _, - and ."));
            }
        }
        if self.kind == Kind::Transactional && self.list.is_some() {
            problems.push(Problem::new("/list", "invalid", "only marketing mail goes to a list"));
        }
        if VARIANTS_MAX < self.variants.len() {
            problems.push(Problem::new("/variants", "too_long", format!("there are at most {VARIANTS_MAX} variants")));
        }
        for (place, variant) in self.variants.iter().enumerate() {
            let at = format!("/variants/{place}");
            let language = folded_language(&variant.language);
            let fits = |char: char| char.is_ascii_alphanumeric() || char == '-';
            if !(2..=LANGUAGE_CHARS_MAX).contains(&language.len()) || !language.chars().all(fits) {
                problems.push(Problem::new(format!("{at}/language"), "invalid", "a language is written like de or de-AT"));
            }
            if self.variants[..place].iter().any(|earlier| folded_language(&earlier.language) == language) {
                problems.push(Problem::new(format!("{at}/language"), "duplicate", "there is a variant in this language already"));
            }
            check_bodies(&at, &variant.subject, &variant.html, &variant.text, &mut problems);
        }
        problems
    }
}

fn check_bodies(at: &str, subject: &str, html: &str, text: &str, problems: &mut Vec<Problem>) {
    let mut require = |holds: bool, part: &str, code: &str, message: String| {
        if !holds {
            problems.push(Problem::new(format!("{at}/{part}"), code, message));
        }
    };
    require(!subject.trim().is_empty(), "subject", "missing", "a mail has a subject".to_owned());
    require(!html.trim().is_empty() || !text.trim().is_empty(), "text", "missing", "a mail has a text or HTML".to_owned());
    let too_long = |part: &str, max: usize| format!("{part} is longer than {max}");
    require(subject.chars().count() <= SUBJECT_CHARS_MAX, "subject", "too_long", too_long("the subject", SUBJECT_CHARS_MAX));
    require(html.len() <= BODY_BYTES_MAX, "html", "too_long", too_long("the HTML", BODY_BYTES_MAX));
    require(text.len() <= BODY_BYTES_MAX, "text", "too_long", too_long("the text", BODY_BYTES_MAX));
}

fn folded_language(language: &str) -> String {
    language.trim().replace('_', "-").to_ascii_lowercase()
}

/// What of a template is filled in, in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'t> {
    pub subject: &'t str,
    pub html: &'t str,
    pub text: &'t str,
}

impl Template {
    pub fn draft(&self) -> Draft {
        Draft {
            name: self.name.clone(),
            kind: self.kind,
            purpose: self.purpose.clone(),
            list: self.list.clone(),
            subject: self.subject.clone(),
            html: self.html.clone(),
            text: self.text.clone(),
            variants: self.variants.clone(),
            track_opens: self.track_opens,
            track_clicks: self.track_clicks,
            quiet_hours: Some(self.quiet_hours),
            cap_exempt: Some(self.cap_exempt),
        }
    }

    pub fn is_marketing(&self) -> bool {
        self.kind == Kind::Marketing
    }

    fn default_source(&self) -> Source<'_> {
        Source { subject: &self.subject, html: &self.html, text: &self.text }
    }

    /// Each of its languages with the path to it, the default one first.
    pub fn sources(&self) -> Vec<(String, Source<'_>)> {
        let variants = self.variants.iter().enumerate().map(|(place, variant)| (format!("/variants/{place}"), variant.source()));
        std::iter::once((String::new(), self.default_source())).chain(variants).collect()
    }

    /// The mail in exactly this language, else in its base language, else as it stands.
    pub fn in_language(&self, language: Option<&str>) -> Source<'_> {
        let Some(language) = language.map(folded_language) else { return self.default_source() };
        let base = language.split('-').next().unwrap_or_default().to_owned();
        let spelled = |wanted: &str| self.variants.iter().find(|variant| folded_language(&variant.language) == wanted);
        spelled(&language).or_else(|| spelled(&base)).map_or_else(|| self.default_source(), Variant::source)
    }
}

impl Variant {
    fn source(&self) -> Source<'_> {
        Source { subject: &self.subject, html: &self.html, text: &self.text }
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

    pub fn of<'t>(self, source: &Source<'t>) -> &'t str {
        match self {
            Part::Subject => source.subject,
            Part::Html => source.html,
            Part::Text => source.text,
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

#[cfg(test)]
impl Template {
    pub fn example() -> Template {
        Template {
            id: TemplateId(1),
            name: "Welcome".to_owned(),
            kind: Kind::Transactional,
            purpose: None,
            list: None,
            subject: String::new(),
            html: String::new(),
            text: String::new(),
            variants: Vec::new(),
            track_opens: false,
            track_clicks: false,
            quiet_hours: Policy::Ignore,
            cap_exempt: true,
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        check(None, "default");
        check(Some("fr"), "default");
        check(Some("de"), "de");
        check(Some("DE-ch"), "de");
        check(Some("de_AT"), "de-AT");

        #[track_caller]
        fn check(language: Option<&str>, expected: &str) {
            let variant = |language: &str| Variant {
                language: language.to_owned(),
                subject: language.to_owned(),
                html: String::new(),
                text: "t".to_owned(),
            };
            let template =
                Template { subject: "default".to_owned(), variants: vec![variant("de-AT"), variant("de")], ..Template::example() };
            assert_eq!(template.in_language(language).subject, expected);
        }
    }
}
