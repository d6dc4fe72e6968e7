//! The admin web app, served from memory. Its scripts and styles have the hash of their content in their name and may be
//! kept for ever; everything else is asked for again and answered with 304 when it is the same.

use super::not_found;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use rust_embed::RustEmbed;
use std::borrow::Cow;

/// In a release the files are part of the program; while developing they are read from the folder. Without the folder
/// there is no web app, and everything else works.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";
/// Where the files with a hash in their name are.
const HASHED: &str = "assets/";

pub async fn home() -> Redirect {
    Redirect::temporary("/admin/")
}

pub async fn index(headers: HeaderMap) -> Response {
    page(&headers).await
}

/// A file, or the page itself for what is a place inside the web app.
pub async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    match Files::get(&path) {
        Some(file) => answer(&path, &file.metadata.sha256_hash(), file.data, &headers),
        None if path.starts_with(HASHED) => not_found().await.into_response(),
        None => page(&headers).await,
    }
}

async fn page(headers: &HeaderMap) -> Response {
    match Files::get(INDEX) {
        Some(file) => answer(INDEX, &file.metadata.sha256_hash(), file.data, headers),
        None => not_found().await.into_response(),
    }
}

fn answer(path: &str, hash: &[u8], content: Cow<'static, [u8]>, headers: &HeaderMap) -> Response {
    let tag: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let kept = match path.starts_with(HASHED) {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_known = asked.split(',').any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => content.into_response(),
    };
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let texts = [(header::CONTENT_TYPE, kind.as_ref()), (header::ETAG, &tag), (header::CACHE_CONTROL, kept)];
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::from_str(text) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_sent_until_the_browser_has_it() {
        let first = answer("index.html", &[7; 32], Cow::Borrowed(b"<p>"), &HeaderMap::new());
        let tag = first.headers()[header::ETAG].clone();
        assert_eq!((first.status(), &first.headers()[header::CONTENT_TYPE]), (StatusCode::OK, &HeaderValue::from_static("text/html")));
        assert_eq!(first.headers()[header::CACHE_CONTROL], "no-cache");

        let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)]);
        assert_eq!(answer("index.html", &[7; 32], Cow::Borrowed(b"<p>"), &known).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer("index.html", &[8; 32], Cow::Borrowed(b"<b>"), &known).status(), StatusCode::OK);
    }

    #[test]
    fn what_has_its_hash_in_its_name_is_kept_for_ever() {
        let script = answer("assets/page-1a2b.js", &[7; 32], Cow::Borrowed(b"1"), &HeaderMap::new());
        assert_eq!(script.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    }
}
