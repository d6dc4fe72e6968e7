//! What routes share that anybody may call: how often, what a program is told from a person by, and answers that never say
//! that something broke down here.

use crate::access::Origin;
use crate::app::App;
use crate::error::Error;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// Programs that follow links before people do, by a part of the name they give, in lower case.
const MACHINES: &str = include_str!("machines.txt");

/// Counts a request of this place; gives the answer to one that is too many.
pub fn refusal(app: &App, origin: &Origin) -> Option<Response> {
    app.threshold.take(&origin.0, app.clock.now()).err().map(|error| with_privacy(error.into_response()))
}

/// Whether a request was made by a program that looks ahead. One that gives no name is no browser.
pub fn is_machine(method: &Method, headers: &HeaderMap) -> bool {
    let ahead = ["purpose", "sec-purpose", "x-purpose", "x-moz"];
    let looks_ahead = ahead.iter().any(|name| {
        headers.get(*name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.to_ascii_lowercase().contains("prefetch"))
    });
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let is_known = MACHINES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).any(|part| agent.contains(part));
    method == Method::HEAD || looks_ahead || agent.trim().is_empty() || is_known
}

/// A page of our own, without scripts and without anything from elsewhere.
pub fn page(status: StatusCode, html: String) -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let mut response = (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response();
    response.headers_mut().insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    with_privacy(response)
}

/// Leads on. Only to what a person has written into a mail or a definition.
pub fn leads_to(target: &str) -> Response {
    match HeaderValue::from_str(target) {
        Ok(target) => with_privacy((StatusCode::FOUND, [(header::LOCATION, target)]).into_response()),
        Err(_) => nothing_here(),
    }
}

pub fn nothing_here() -> Response {
    page(StatusCode::NOT_FOUND, simple_page("There is nothing here.", "Hier ist nichts."))
}

/// What went wrong is in the log; the caller may come again.
pub fn not_now(error: Error) -> Response {
    error.log();
    let mut response = page(StatusCode::SERVICE_UNAVAILABLE, simple_page("Please try again later.", "Bitte später noch einmal."));
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    response
}

/// For somebody whose language is not known.
fn simple_page(english: &str, german: &str) -> String {
    format!("<!doctype html><meta charset=\"utf-8\"><title>{english}</title><p>{english}</p><p lang=\"de\">{german}</p>")
}

/// The address holds a token; nobody else is to learn it.
fn with_privacy(mut response: Response) -> Response {
    let headers = [
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_people() {
        check(Method::GET, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", false);
        check(Method::HEAD, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", true);
        check(Method::GET, "", true);
        check(Method::GET, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true);
        check(Method::GET, "curl/8.5.0", true);
        check(Method::GET, "Slackbot-LinkExpanding 1.0", true);

        #[track_caller]
        fn check(method: Method, agent: &str, machine: bool) {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, HeaderValue::from_str(agent).unwrap());
            assert_eq!(is_machine(&method, &headers), machine, "{agent}");
        }
    }
}
