//! A rendered message made into a letter: links that tell who clicked, a picture that tells who opened, the headers by which
//! mail programs unsubscribe, and where it comes back to. Pure but for the signature.

use super::context::{Context, address};
use super::ledger::Message;
use super::model::{Rendered, Template};
use super::render::Links;
use crate::app::App;
use crate::links::{Signer, Use};
use crate::mailer::Letter;
use regex::Regex;
use std::sync::LazyLock;

/// Addresses longer than this stay as they are: with the token they might not fit any more.
const TRACKED_CHARS_MAX: usize = 1_500;

/// The letter for a message that goes out.
pub fn letter(app: &App, signer: &Signer, template: &Template, message: &Message, context: &Context, mail: Rendered) -> Letter {
    let Rendered { subject, mut html, text } = mail;
    if template.track_clicks {
        html = with_tracked_links(&html, &context.links, |target, code| {
            let token = signer.sign(Use::Click, message.customer_id, message.id, &signed_with(target, code));
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("u", target);
            if let Some(code) = code {
                query.append_pair("l", code);
            }
            format!("{}/t/c/{token}?{}", app.config.server.public_url.trim_end_matches('/'), query.finish())
        });
    }
    if template.track_opens && !html.is_empty() {
        html = with_picture(&html, &format!("{}.gif", address(app, signer, Use::Open, message)));
    }
    let mut headers = Vec::new();
    if template.is_marketing() {
        headers.push(("List-Unsubscribe", format!("<{}>", context.links.unsubscribe)));
        headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    let return_path = return_path(&app.config.mail.bounce_address, || signer.sign(Use::Bounce, message.customer_id, message.id, ""));
    Letter { to: message.recipient.clone(), subject, html, text, key: message.key(), headers, return_path }
}

/// What a token for a click is signed with, so that it leads only to where the mail did.
pub fn signed_with(target: &str, code: Option<&str>) -> String {
    format!("{}\n{target}", code.unwrap_or_default())
}

/// `bounce@shop.example` with the token of the message.
fn return_path(bounce_address: &str, token: impl FnOnce() -> String) -> Option<String> {
    let (local, domain) = bounce_address.rsplit_once('@')?;
    Some(format!("{local}+{}@{domain}", token()))
}

static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?is)(<a\b[^>]*?\shref\s*=\s*)(?:"([^"]*)"|'([^']*)')"#).expect("the expression is right"));

fn with_tracked_links(html: &str, links: &Links, tracked: impl Fn(&str, Option<&str>) -> String) -> String {
    let own = [&links.unsubscribe, &links.preferences];
    LINK.replace_all(html, |found: &regex::Captures<'_>| {
        let written = found.get(2).or(found.get(3)).map_or("", |href| href.as_str());
        let target = unescaped(written);
        let is_web = target.starts_with("https://") || target.starts_with("http://");
        if !is_web || own.iter().any(|own| **own == target) || TRACKED_CHARS_MAX < target.len() {
            return found[0].to_owned();
        }
        format!("{}\"{}\"", &found[1], escaped(&tracked(&target, links.code_of(&target))))
    })
    .into_owned()
}

/// Before the end of the body, if there is one.
fn with_picture(html: &str, address: &str) -> String {
    let picture = format!("<img src=\"{}\" width=\"1\" height=\"1\" alt=\"\">", escaped(address));
    let end = html.to_ascii_lowercase().rfind("</body").unwrap_or(html.len());
    format!("{}{picture}{}", &html[..end], &html[end..])
}

/// The few references that stand in addresses, as minijinja and people write them.
fn unescaped(text: &str) -> String {
    let plain = [("&#x2f;", "/"), ("&#x27;", "'"), ("&#39;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    plain.into_iter().fold(text.trim().to_owned(), |text, (reference, char)| text.replace(reference, char))
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_into_the_web_are_tracked() {
        check(r#"<a href="https://a.example/?x=1&amp;y=2">"#, r#"<a href="T(https://a.example/?x=1&amp;y=2)">"#);
        check(r"<A class=b HREF = 'http://a.example/'>", r#"<A class=b HREF = "T(http://a.example/)">"#);
        check(r#"<a href="https:&#x2f;&#x2f;shop.example&#x2f;sale">"#, r#"<a href="T(https://shop.example/sale c0de)">"#);
        for same in [
            r##"<a href="#top">"##,
            r#"<a href="mailto:a@b.example">"#,
            r#"<a href="https://r.example/t/u/1">"#,
            r#"<img src="https://a.example/x.png">"#,
            r#"<a name="x">"#,
            r#"<abbr href="https://a.example/">"#,
        ] {
            check(same, same);
        }

        #[track_caller]
        fn check(html: &str, expected: &str) {
            let named = vec![("sale".to_owned(), "c0de".to_owned(), "https://shop.example/sale".to_owned())];
            let links = Links { unsubscribe: "https://r.example/t/u/1".to_owned(), named, ..Links::default() };
            let tracked = with_tracked_links(html, &links, |target, code| match code {
                Some(code) => format!("T({target} {code})"),
                None => format!("T({target})"),
            });
            assert_eq!(tracked, expected);
        }
    }

    #[test]
    fn the_picture_stands_at_the_end() {
        let picture = r#"<img src="https://r.example/t/o/1.gif" width="1" height="1" alt="">"#;
        assert_eq!(with_picture("<p>a</p>", "https://r.example/t/o/1.gif"), format!("<p>a</p>{picture}"));
        let whole = with_picture("<html><BODY>ä</BODY></html>", "https://r.example/t/o/1.gif");
        assert_eq!(whole, format!("<html><BODY>ä{picture}</BODY></html>"));
    }

    #[test]
    fn mails_come_back_under_their_own_address() {
        assert_eq!(return_path("bounce@shop.example", || "t0ken".to_owned()).as_deref(), Some("bounce+t0ken@shop.example"));
        assert_eq!(return_path("", || "t0ken".to_owned()), None);
    }
}
