//! Templates: checked when they are saved, filled in when a message goes out. Pure; a template can neither reach files nor
//! run for ever.

use super::model::{Part, Rendered, Source, Template};
use crate::error::Problem;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, escape_formatter};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// Steps one part may take; a mail with a table of a thousand rows needs a tenth of it.
const FUEL: u64 = 1_000_000;
/// What one part may become.
const RENDERED_BYTES_MAX: usize = 1024 * 1024;
/// Columns of a text that is made from the HTML part.
const TEXT_COLUMNS: usize = 78;

/// The addresses a template can name.
#[derive(Debug, Clone, Default)]
pub struct Links {
    pub unsubscribe: String,
    pub preferences: String,
    /// Of each link definition its name, its code, and where it leads.
    pub named: Vec<(String, String, String)>,
}

impl Links {
    /// `links` in a template. What has no address yet leads nowhere.
    pub fn standing(&self) -> Json {
        let or_nowhere = |address: &str| if address.is_empty() { "#".to_owned() } else { address.to_owned() };
        json!({"unsubscribe": or_nowhere(&self.unsubscribe), "preferences": or_nowhere(&self.preferences)})
    }

    /// The code of the definition that leads there.
    pub fn code_of(&self, address: &str) -> Option<&str> {
        self.named.iter().find(|(_, _, leads_to)| leads_to == address).map(|(_, code, _)| code.as_str())
    }
}

/// What templates may name, and an example of it to try them on.
pub struct Vocabulary {
    /// Dotted names; one that ends with a dot stands for everything below it.
    pub names: BTreeSet<String>,
    pub example: Json,
    pub links: Links,
}

impl Vocabulary {
    fn knows(&self, name: &str) -> bool {
        self.names.contains(name) || self.names.iter().any(|known| known.ends_with('.') && name.starts_with(known.as_str()))
    }
}

/// Everything that is wrong with a template: it does not parse, names what does not exist, or fails on the example in a way
/// that no customer would cure. In each language, with the path to the part.
pub fn check(template: &Template, vocabulary: &Vocabulary) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, source) in template.sources() {
        for part in Part::ALL {
            check_part(part, &format!("{at}/{}", part.name()), part.of(&source), vocabulary, &mut problems);
        }
    }
    problems
}

fn check_part(part: Part, path: &str, source: &str, vocabulary: &Vocabulary, problems: &mut Vec<Problem>) {
    let environment = environment(&vocabulary.links);
    let template = match environment.template_from_named_str(part.name(), source) {
        Ok(template) => template,
        Err(error) => return problems.push(Problem::new(path, "syntax", told(&error))),
    };
    let globals: BTreeSet<&str> = environment.globals().map(|(name, _)| name).collect();
    let unknown: BTreeSet<String> = template
        .undeclared_variables(true)
        .into_iter()
        .filter(|name| !globals.contains(name.as_str()) && !vocabulary.knows(name))
        .collect();
    for name in &unknown {
        problems.push(Problem::new(path, "unknown_variable", format!("there is no `{name}`")));
    }
    if unknown.is_empty()
        && let Err(error) = fill_in(&environment, part, source, &vocabulary.example)
        && is_the_templates_fault(error.kind())
    {
        problems.push(Problem::new(path, "cannot_render", told(&error)));
    }
}

/// The names a template uses, in any language.
pub fn names(template: &Template) -> BTreeSet<String> {
    let environment = environment(&Links::default());
    let of = |part: Part, source: &Source<'_>| {
        environment.template_from_named_str(part.name(), part.of(source)).map(|part| part.undeclared_variables(true))
    };
    // What does not parse was never saved.
    let parts = template.sources().into_iter().flat_map(|(_, source)| Part::ALL.map(|part| of(part, &source).unwrap_or_default()));
    parts.flatten().collect()
}

/// Other failures depend on the values; the example's need not be those of a customer.
fn is_the_templates_fault(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnknownFilter
            | ErrorKind::UnknownTest
            | ErrorKind::UnknownFunction
            | ErrorKind::TemplateNotFound
            | ErrorKind::BadInclude
            | ErrorKind::OutOfFuel
            | ErrorKind::WriteFailure
    )
}

/// The mail for these values. Without a text of its own, the text follows from the HTML.
pub fn render(source: &Source<'_>, values: &Json, links: &Links) -> Result<Rendered, String> {
    let environment = environment(links);
    let part = |part: Part| {
        fill_in(&environment, part, part.of(source), values)
            .map_err(|error| format!("the {} cannot be rendered: {}", part.name(), told(&error)))
    };
    // A header is one line, whatever the values hold.
    let subject = part(Part::Subject)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let html = with_styles_inlined(part(Part::Html)?)?;
    let text = match source.text.trim().is_empty() {
        true => text_of(&html)?,
        false => part(Part::Text)?,
    };
    Ok(Rendered { subject, html, text })
}

/// Many programs that show mail know styles only where they apply. Nothing is loaded from elsewhere.
fn with_styles_inlined(html: String) -> Result<String, String> {
    if !html.contains("<style") {
        return Ok(html);
    }
    let inliner = css_inline::CSSInliner::options().load_remote_stylesheets(false).keep_style_tags(true).build();
    inliner.inline(&html).map_err(|error| format!("the styles cannot be put into the HTML: {error}"))
}

fn text_of(html: &str) -> Result<String, String> {
    html2text::config::plain()
        .string_from_read(html.as_bytes(), TEXT_COLUMNS)
        .map_err(|error| format!("the text cannot be made from the HTML: {error}"))
}

/// What is wrong with a template that names a link which is not there.
pub fn no_such_link(name: &str) -> String {
    format!("there is no link named `{name}`")
}

fn environment(links: &Links) -> Environment<'static> {
    let mut environment = Environment::new();
    let named = links.named.clone();
    environment.add_function("link", move |name: &str| -> Result<String, minijinja::Error> {
        let found = named.iter().find(|(known, _, _)| known == name).map(|(_, _, address)| address.clone());
        found.ok_or_else(|| minijinja::Error::new(ErrorKind::UnknownFunction, no_such_link(name)))
    });
    environment.set_fuel(Some(FUEL));
    environment.remove_global("debug");
    // A field nobody filled in is nothing, also for `default`; names that do not exist were refused when saving.
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_auto_escape_callback(|name| match name == Part::Html.name() {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    environment.set_formatter(|out, state, value| escape_formatter(out, state, if value.is_none() { &Value::UNDEFINED } else { value }));
    environment
}

fn fill_in(environment: &Environment<'_>, part: Part, source: &str, values: &Json) -> Result<String, minijinja::Error> {
    let mut out = Bounded(Vec::new());
    environment.template_from_named_str(part.name(), source)?.render_captured_to(Serde(values), &mut out)?;
    String::from_utf8(out.0).map_err(|_| minijinja::Error::new(ErrorKind::WriteFailure, "the result is not text"))
}

fn told(error: &minijinja::Error) -> String {
    if error.kind() == ErrorKind::WriteFailure {
        return format!("it becomes longer than {RENDERED_BYTES_MAX} bytes");
    }
    let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    error.line().map_or_else(|| what.clone(), |line| format!("line {line}: {what}"))
}

/// Takes so much and no more.
struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if RENDERED_BYTES_MAX < self.0.len() + bytes.len() {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn template(subject: &str, html: &str, text: &str) -> Template {
        Template { subject: subject.to_owned(), html: html.to_owned(), text: text.to_owned(), ..Template::example() }
    }

    fn rendered(subject: &str, html: &str, text: &str, values: &Json) -> Result<Rendered, String> {
        render(&Source { subject, html, text }, values, &Links::default())
    }

    #[test]
    fn styles_go_where_they_apply() {
        let html = "<html><head><style>p { color: red }</style></head><body><p>Hello</p></body></html>";
        let mail = rendered("s", html, "", &json!({})).unwrap();
        assert!(mail.html.contains("<p style=\"color: red"), "{}", mail.html);
        assert_eq!(mail.text, "Hello\n");
    }

    #[test]
    fn what_is_refused_when_saving() {
        check_html("Dear {{ customer.firstname }}", "");
        check_html("{{ activity.attributes.lines.first | upper }}", "");
        check_html("{% for line in activity.attributes.lines %}{{ loop.index }}{{ line.sku }}{% endfor %}", "");
        check_html("{{ customer.fields.tier | default('none') }}", "");
        check_html("{% if customer.firstname %}", "syntax");
        check_html("{{ customer.fristname }}", "unknown_variable there is no `customer.fristname`");
        check_html("{{ custommer.firstname }}", "unknown_variable there is no `custommer.firstname`");
        check_html("{% set c = customer %}{{ c.fristname }}", "unknown_variable there is no `customer`");
        check_html("{{ customer['fristname'] }}", "unknown_variable there is no `customer`");
        check_html("{{ customer.firstname | shout }}", "cannot_render");
        check_html("{% include 'secrets' %}", "cannot_render");
        check_html("{% for a in range(9999) %}{% for b in range(9999) %}.{% endfor %}{% endfor %}", "cannot_render");
        check_html("{{ link('sale') }}", "");
        check_html("{{ link('sail') }}", "cannot_render line 1: there is no link named `sail`");
        check_html("{{ debug() }}", "unknown_variable there is no `debug`");

        #[track_caller]
        fn check_html(html: &str, problem: &str) {
            let names = ["customer.firstname", "customer.fields.tier", "activity.type", "activity.attributes", "activity.attributes."];
            let example = json!({"customer": {"firstname": "Ada", "fields": {}}, "activity": {"type": "order", "attributes": {}}});
            let named = vec![("sale".to_owned(), "c0de".to_owned(), "https://example.org/sale".to_owned())];
            let links = Links { named, ..Links::default() };
            let vocabulary = Vocabulary { names: names.map(str::to_owned).into(), example, links };
            let problems = check(&template("x", html, "x"), &vocabulary);
            let found = problems.first().map(|found| format!("{} {}", found.code, found.message)).unwrap_or_default();
            assert!(found.starts_with(problem) && problem.is_empty() == found.is_empty(), "{html}: {found}");
            assert!(problems.iter().all(|problem| problem.path == "/html"));
        }
    }

    #[test]
    fn values_are_escaped_in_html_and_only_there() {
        let mail = rendered("Hi {{ n }}", "<p>{{ n }}</p>", "{{ n }}", &json!({"n": "<b>&\nAda"})).unwrap();
        assert_eq!(mail.subject, "Hi <b>& Ada");
        assert_eq!(mail.html, "<p>&lt;b&gt;&amp;\nAda</p>");
        assert_eq!(mail.text, "<b>&\nAda");
    }

    #[test]
    fn what_is_missing_is_nothing() {
        let mail = rendered("{{ a.b.c }}|{{ n }}|{{ a.b | upper }}|{{ a.b | default('x') }}", "", "t", &json!({"n": null})).unwrap();
        assert_eq!(mail.subject, "|||x");
    }

    #[test]
    fn text_follows_from_html() {
        let html = "<style>p { color: red }</style><h1>Hello</h1><p>See <a href=\"https://example.org/x\">our shop</a>.</p>";
        let mail = rendered("s", html, " ", &json!({})).unwrap();
        assert_eq!(mail.text, "# Hello\n\nSee [our shop][1].\n\n[1]: https://example.org/x\n");
    }

    #[test]
    fn a_mail_cannot_grow_without_end() {
        let error = rendered("s", "{{ 'x' * 9000 }}".repeat(200).as_str(), "t", &json!({})).unwrap_err();
        assert!(error.contains("longer than"), "{error}");
    }
}
