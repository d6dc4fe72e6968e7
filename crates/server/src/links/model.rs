//! A link definition, and the address it makes for a customer. Pure.

use super::store;
use crate::error::{Error, Problem};
use crate::ids::LinkId;
use crate::time::Instant;
use crate::work::{Definition, Work};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    pub id: LinkId,
    /// Names it in addresses: `/t/l/<code>`, and `cmfa=<code>` on a page of the shop. Never changes.
    pub code: String,
    /// Names it in templates: `{{ link('summer sale') }}`.
    pub name: String,
    pub target: String,
    /// Whether clicks are recorded. It leads on either way.
    pub active: bool,
    pub activity_type: String,
    pub attributes: Vec<Attribute>,
    pub utm: Utm,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// An attribute that every click gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = LinkAttribute)]
pub struct Attribute {
    pub attribute: String,
    #[serde(default)]
    pub value: String,
}

/// What the shop's statistics are told; what is empty is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Utm {
    pub source: String,
    pub medium: String,
    pub campaign: String,
    pub term: String,
    pub content: String,
}

/// What a person writes of a link.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = LinkDraft)]
pub struct Draft {
    pub name: String,
    /// Where it leads. `{token}`, `{language}` and `{countryCode}` stand for what is known of the customer.
    pub target: String,
    #[serde(default = "yes")]
    pub active: bool,
    pub activity_type: String,
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    #[serde(default)]
    pub utm: Utm,
}

fn yes() -> bool {
    true
}

const TEXT_CHARS_MAX: usize = 200;
const TARGET_CHARS_MAX: usize = 2_000;
const ATTRIBUTES_MAX: usize = 50;

/// What a target can say of a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    pub token: String,
    pub language: String,
    pub country_code: String,
}

impl About {
    fn placeholders(&self) -> [(&'static str, &str); 3] {
        [("{token}", &self.token), ("{language}", &self.language), ("{countryCode}", &self.country_code)]
    }
}

impl Draft {
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut require = |holds: bool, path: String, code: &str, message: &str| {
            if !holds {
                problems.push(Problem::new(path, code, message));
            }
        };
        let fits = |text: &str| text.chars().count() <= TEXT_CHARS_MAX && !text.contains(char::is_control);
        require(!self.name.trim().is_empty() && fits(&self.name), "/name".to_owned(), "invalid", "a name has 1 to 200 characters");
        let target = filled(&self.target, &About::default()).ok();
        let is_web = target.is_some_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
        let is_short = self.target.len() <= TARGET_CHARS_MAX;
        require(is_web && is_short, "/target".to_owned(), "invalid", "a target is an http or https address");
        let has_type = !self.activity_type.trim().is_empty() && self.activity_type.chars().count() <= 100;
        require(has_type, "/activityType".to_owned(), "invalid", "an activity type has 1 to 100 characters");
        require(self.attributes.len() <= ATTRIBUTES_MAX, "/attributes".to_owned(), "too_long", "there are at most 50 attributes");
        for (place, pair) in self.attributes.iter().enumerate() {
            let named = !pair.attribute.trim().is_empty() && fits(&pair.attribute) && fits(&pair.value);
            require(named, format!("/attributes/{place}"), "invalid", "an attribute has a name, and at most 200 characters");
        }
        for (name, value) in self.utm.parameters() {
            require(fits(value), format!("/utm/{}", name.trim_start_matches("utm_")), "too_long", "this has at most 200 characters");
        }
        problems
    }
}

impl Utm {
    fn parameters(&self) -> [(&'static str, &str); 5] {
        [
            ("utm_source", &self.source),
            ("utm_medium", &self.medium),
            ("utm_campaign", &self.campaign),
            ("utm_term", &self.term),
            ("utm_content", &self.content),
        ]
    }
}

/// The target with its placeholders filled in, each as one part of an address.
fn filled(target: &str, about: &About) -> Result<Url, url::ParseError> {
    let mut text = target.trim().to_owned();
    for (placeholder, value) in about.placeholders() {
        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        text = text.replace(placeholder, &value);
    }
    Url::parse(&text)
}

impl Link {
    pub fn draft(&self) -> Draft {
        Draft {
            name: self.name.clone(),
            target: self.target.clone(),
            active: self.active,
            activity_type: self.activity_type.clone(),
            attributes: self.attributes.clone(),
            utm: self.utm.clone(),
        }
    }

    /// Where it leads for this customer, with what the shop's statistics are told.
    pub fn address(&self, about: &About) -> Option<Url> {
        let mut url = filled(&self.target, about).ok()?;
        for (name, value) in self.utm.parameters().into_iter().filter(|(_, value)| !value.is_empty()) {
            url.query_pairs_mut().append_pair(name, value);
        }
        Some(url)
    }

    /// The address on the shop's own pages, for a system that puts the customer's token in place of `placeholder`, which
    /// therefore stands there as it is.
    pub fn landing(&self, placeholder: &str) -> Option<String> {
        let mut url = self.address(&About::default())?;
        url.query_pairs_mut().append_pair("cmfa", &self.code);
        let fragment = url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
        url.set_fragment(None);
        Some(format!("{url}&cmfc={placeholder}{fragment}"))
    }
}

/// How another system spells the field that holds a customer's public token.
pub fn placeholder_of(system: &str) -> Option<&'static str> {
    Some(match system {
        "mailchimp" => "*|ID_ENCODED|*",
        "brevo" => "{{ contact.ID_ENCODED }}",
        "cleverreach" => "{ID_ENCODED}",
        "activecampaign" => "%ID_ENCODED%",
        "regulars" => "{{ customer.token }}",
        _ => return None,
    })
}

/// All definitions; few enough for a walk.
pub struct Links {
    pub all: Vec<Link>,
}

impl Definition for Links {
    const KIND: &'static str = "links";

    fn load(work: &mut Work<'_>) -> Result<Self, Error> {
        Ok(Links { all: store::all(work)? })
    }
}

impl Links {
    pub fn coded(&self, code: &str) -> Option<&Link> {
        self.all.iter().find(|link| link.code == code)
    }

    pub fn named(&self, name: &str) -> Option<&Link> {
        self.all.iter().find(|link| link.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(target: &str, utm: Utm) -> Link {
        Link {
            id: LinkId(1),
            code: "c0de".to_owned(),
            name: "Sale".to_owned(),
            target: target.to_owned(),
            active: true,
            activity_type: "sale".to_owned(),
            attributes: Vec::new(),
            utm,
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        }
    }

    #[test]
    fn addresses() {
        let utm = Utm { source: "mail".to_owned(), campaign: "summer sale".to_owned(), ..Utm::default() };
        let about = About { token: "t&1".to_owned(), language: "de".to_owned(), country_code: "AT".to_owned() };
        let sale = link("https://shop.example/{language}/sale?c={token}#top", utm);
        let shown = sale.address(&about).unwrap().to_string();
        assert_eq!(shown, "https://shop.example/de/sale?c=t%261&utm_source=mail&utm_campaign=summer+sale#top");
        let landing = link("https://shop.example/sale#top", Utm::default()).landing("*|ID_ENCODED|*").unwrap();
        assert_eq!(landing, "https://shop.example/sale?cmfa=c0de&cmfc=*|ID_ENCODED|*#top");
    }

    #[test]
    fn what_is_refused() {
        check("https://shop.example/", true);
        check("https://shop.example/{token}", true);
        for wrong in ["", "shop.example", "javascript:alert(1)", "data:text/html,x", "ftp://shop.example", "/sale"] {
            check(wrong, false);
        }

        #[track_caller]
        fn check(target: &str, fine: bool) {
            assert_eq!(link(target, Utm::default()).draft().check().is_empty(), fine, "{target}");
        }
    }
}
