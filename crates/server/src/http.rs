//! The door: bodies parsed with the path of what is wrong, lists with cursors, entity tags. No operation lives here.

pub mod assets;
pub mod docs;
pub mod idempotency;
mod limit;
mod observe;
pub mod operators;
pub mod public;
mod rest;
mod store;

pub use idempotency::KeptAnswer;
pub use limit::Doorstep;
pub use observe::{observe, request_id, with_request_id};

use crate::app::App;
use crate::error::Error;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The largest JSON body; a batch of 1000 activities stays far below it.
pub const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Items one page of a list may hold.
pub const LIMIT_MAX: usize = 500;
const LIMIT_DEFAULT: usize = 50;

/// A JSON body. What cannot be read is 400, what is read but has the wrong shape is 422 with the path to the spot.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let RawBody(bytes) = RawBody::from_request(request, app).await?;
        parse(&bytes).map(Body)
    }
}

/// The bytes of a JSON body, for a route that reads it piece by piece.
pub struct RawBody(pub Bytes);

impl FromRequest<App> for RawBody {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" && !(kind.starts_with("application/") && kind.ends_with("+json")) {
            return Err(Error::UnsupportedType("send the body as application/json".to_owned()));
        }
        let bytes = Bytes::from_request(request, app).await.map_err(|rejected| match rejected.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge(format!("a body may have at most {BODY_BYTES_MAX} bytes")),
            _ => Error::Malformed("the body ended early".to_owned()),
        })?;
        Ok(RawBody(bytes))
    }
}

/// JSON text as `T`.
pub fn parse<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, Error> {
    let value = parse_document(bytes)?;
    if has_nul(bytes) {
        return Err(Error::invalid("", "nul", "text must not contain the NUL character"));
    }
    Ok(value)
}

/// [`parse`] without a look for NUL characters, for one who parses the parts by themselves.
pub fn parse_document<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = pointer(error.path());
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => Error::invalid(path, "invalid", without_place(&inner)),
            _ => Error::Malformed(format!("the body is not JSON: {inner}")),
        }
    })?;
    reader.end().map_err(|error| Error::Malformed(format!("the body goes on after its JSON: {error}")))?;
    Ok(value)
}

/// A JSON value that was made elsewhere as `T`, with the path to what does not fit.
pub fn shaped<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Error> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = pointer(error.path());
        Error::invalid(path, "invalid", without_place(error.inner()))
    })
}

/// Whether JSON text holds `\u0000`, which no database can keep. An escaped backslash before `u0000` does not count.
fn has_nul(bytes: &[u8]) -> bool {
    const NUL: &[u8] = b"\\u0000";
    let mut from = 0;
    while let Some(found) = bytes[from..].windows(NUL.len()).position(|window| window == NUL) {
        let at = from + found;
        let backslashes = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 {
            return true;
        }
        from = at + 1;
    }
    false
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => "/?".to_owned(),
        })
        .collect()
}

/// serde names line and column; the path says it better.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// The NUL character as an address spells it.
const NUL_IN_URI: &str = "%00";

/// A query string.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        if parts.uri.query().is_some_and(|query| query.contains(NUL_IN_URI)) {
            return Err(Error::invalid("", "nul", "text must not contain the NUL character"));
        }
        let query = axum::extract::Query::<T>::from_request_parts(parts, app).await;
        query.map(|query| Query(query.0)).map_err(|rejected| Error::invalid("", "invalid_query", rejected.body_text()))
    }
}

/// A part of the path, such as an id.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        // A name with a character that no database can keep names nothing, and neither does an id that is no id.
        if parts.uri.path().contains(NUL_IN_URI) {
            return Err(Error::NotFound);
        }
        axum::extract::Path::<T>::from_request_parts(parts, app).await.map(|path| Path(path.0)).map_err(|_| Error::NotFound)
    }
}

/// What every list understands.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Listing {
    /// Items per page, at most 500.
    pub limit: Option<usize>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Whether to count all matches.
    #[serde(default)]
    pub count: bool,
}

impl Listing {
    pub fn limit(&self) -> Result<usize, Error> {
        match self.limit.unwrap_or(LIMIT_DEFAULT) {
            limit @ 1..=LIMIT_MAX => Ok(limit),
            _ => Err(Error::invalid("/limit", "out_of_range", format!("limit is 1 to {LIMIT_MAX}"))),
        }
    }

    /// The last key of the page before, as it was given to [`Page::of`].
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Error> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let unreadable = || Error::invalid("/cursor", "invalid", "this cursor was not made by this list");
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| unreadable())?;
        serde_json::from_slice(&bytes).map(Some).map_err(|_| unreadable())
    }
}

/// One page of a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give it back as `cursor` to go on; null on the last page.
    pub next_cursor: Option<String>,
    /// How many there are in all, if `count=true` was asked.
    pub total: Option<i64>,
}

impl<T> Page<T> {
    /// A page from rows that were read with one more than `limit`, so that the end is known; `key` names the place of an item.
    pub fn of<K: Serialize>(mut items: Vec<T>, limit: usize, total: Option<i64>, key: impl Fn(&T) -> K) -> Page<T> {
        let more = limit < items.len();
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(|last| cursor(&key(last)));
        Page { items, next_cursor, total }
    }

    /// A page that ends at a place of its own, which need not be that of its last item.
    pub fn up_to<K: Serialize>(items: Vec<T>, next: Option<K>) -> Page<T> {
        Page { items, next_cursor: next.map(|place| cursor(&place)), total: None }
    }
}

fn cursor(place: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).expect("a key of numbers and texts has a JSON form"))
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        axum::Json(self).into_response()
    }
}

/// 204.
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// 201 with the place of what was made, and its version.
pub struct Created<T> {
    pub location: String,
    pub version: i64,
    pub body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let headers = [(header::LOCATION, self.location), (header::ETAG, tag(self.version))];
        (StatusCode::CREATED, headers, axum::Json(self.body)).into_response()
    }
}

/// 200 with the version as entity tag.
pub struct Versioned<T> {
    pub version: i64,
    pub body: T,
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        ([(header::ETAG, tag(self.version))], axum::Json(self.body)).into_response()
    }
}

/// 202 with the job that does the work.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    pub job_id: crate::ids::JobId,
}

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        let location = [(header::LOCATION, format!("/api/jobs/{}", self.job_id))];
        (StatusCode::ACCEPTED, location, axum::Json(self)).into_response()
    }
}

fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version a change was made for, if the caller says so in `If-Match`.
pub struct IfMatch(pub Option<i64>);

impl IfMatch {
    /// Refuses a change made for another version than the standing one.
    pub fn check(&self, standing: i64) -> Result<(), Error> {
        match self.0 {
            Some(expected) if expected != standing => Err(Error::Changed),
            _ => Ok(()),
        }
    }
}

impl FromRequestParts<App> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Error> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(IfMatch(None)) };
        let text = value.to_str().unwrap_or_default().trim().trim_start_matches("W/").trim_matches('"');
        match text {
            "*" => Ok(IfMatch(None)),
            // A tag we never gave cannot match.
            _ => Ok(IfMatch(Some(text.parse().unwrap_or(-1)))),
        }
    }
}

pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// RFC 7396: the document with the patch laid over it.
pub fn merge_patch(document: &mut serde_json::Value, patch: &serde_json::Value) {
    let (Some(target), Some(changes)) = (document.as_object_mut(), patch.as_object()) else {
        *document = patch.clone();
        return;
    };
    for (key, change) in changes {
        match change {
            serde_json::Value::Null => drop(target.shift_remove(key)),
            serde_json::Value::Object(_) => merge_patch(target.entry(key.clone()).or_insert(serde_json::json!({})), change),
            plain => drop(target.insert(key.clone(), plain.clone())),
        }
    }
}

/// What is there with the patch laid over it, checked like a body.
pub fn patched<T: Serialize + DeserializeOwned>(standing: &T, patch: &serde_json::Value) -> Result<T, Error> {
    let no_json = |error| Error::Bug(anyhow::Error::new(error).context("what is patched has no JSON form"));
    let mut document = serde_json::to_value(standing).map_err(no_json)?;
    merge_patch(&mut document, patch);
    parse(&serde_json::to_vec(&document).map_err(no_json)?)
}

/// Answers for routes that do not exist.
pub async fn not_found() -> Error {
    Error::NotFound
}

/// Answers for routes that exist, but not for this method.
pub async fn wrong_method() -> Error {
    Error::WrongMethod
}

/// What a browser is told about our answers: nothing from elsewhere, no framing, and, unless an answer says otherwise,
/// nothing to be kept, because nearly all of them are about people.
pub fn security_headers() -> [(HeaderName, HeaderValue); 5] {
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-src 'self' blob:; \
                  object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";
    [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn bodies() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "only read by the debug format")]
        struct Order {
            items: Vec<i64>,
        }
        check(r#"{"items":[1,2]}"#, "");
        check(r#"{"items":[1,"two"]}"#, "/items/1");
        check(r#"{"items":[1],"more":1}"#, "/more");
        check(r#"{"items":[1"#, "malformed");
        check(r#"{"items":[]} x"#, "malformed");

        #[track_caller]
        fn check(text: &str, wrong: &str) {
            let found = match parse::<Order>(text.as_bytes()) {
                Ok(_) => String::new(),
                Err(Error::Invalid(problems)) => problems[0].path.clone(),
                Err(error) => error.code().to_owned(),
            };
            assert_eq!(found, wrong, "{text}");
        }
    }

    #[test]
    fn nul_is_refused_wherever_it_stands() {
        assert!(parse::<Value>(br#"{"a":"x\u0000"}"#).is_err());
        assert!(parse::<Value>(br#"{"a":"x\\\u0000"}"#).is_err());
        assert!(parse::<Value>(br#"{"a":"x\\u0000"}"#).is_ok());
    }

    #[test]
    fn merge_patches() {
        check(json!({"a": 1, "b": {"c": 2, "d": 3}}), json!({"a": null, "b": {"c": 4}}), json!({"b": {"c": 4, "d": 3}}));
        check(json!({"a": [1]}), json!({"a": [2, 3], "e": {"f": null, "g": 1}}), json!({"a": [2, 3], "e": {"g": 1}}));

        #[track_caller]
        fn check(mut document: Value, patch: Value, merged: Value) {
            merge_patch(&mut document, &patch);
            assert_eq!(document, merged);
        }
    }

    #[test]
    fn cursors_name_the_last_item_and_end_with_the_list() {
        let page = Page::of(vec![1, 2, 3], 2, None, |item| (*item, "x"));
        assert_eq!(page.items, [1, 2]);
        let listing = Listing { cursor: page.next_cursor, ..Listing::default() };
        assert_eq!(listing.after::<(i64, String)>().unwrap(), Some((2, "x".to_owned())));
        assert!(Page::of(vec![1, 2], 2, None, |item| *item).next_cursor.is_none());
    }
}
