//! The admin web app, served from memory. Its scripts and styles have the hash of their content in their name and may be
//! kept for ever; everything else is asked for again and answered with 304 when it is the same.

use super::not_found;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// In a release the files are part of the program; while developing they are read from the folder. Without the folder
/// there is no web app, and everything else works.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../ui/dist"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";
/// Where the files with a hash in their name are.
const HASHED: &str = "assets/";

pub async fn home() -> Redirect {
    Redirect::permanent("/admin/")
}

pub async fn index(headers: HeaderMap) -> Response {
    page(&headers).await
}

/// A file, or the page itself for what is a place inside the web app.
pub async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    match Files::get(&path) {
        Some(file) => answer(&path, file, &headers),
        None if path.starts_with(HASHED) => not_found().await.into_response(),
        None => page(&headers).await,
    }
}

async fn page(headers: &HeaderMap) -> Response {
    match Files::get(INDEX) {
        Some(file) => answer(INDEX, file, headers),
        None => not_found().await.into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag: String = file.metadata.sha256_hash()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let kept = match path.starts_with(HASHED) {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_known = asked.split(',').any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => file.data.into_owned().into_response(),
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
