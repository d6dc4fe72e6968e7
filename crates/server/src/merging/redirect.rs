//! The addresses of customers who became a part of another one lead to that one: 301 for reading, 308 for everything else,
//! so that the method and the body stay. Looked at only when nothing was found, after whoever asks was let in.

use crate::access::Actor;
use crate::app::App;
use crate::customers;
use crate::ids::CustomerId;
use crate::work;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const CUSTOMERS: &str = "/api/customers/";

pub async fn follow(State(app): State<App>, request: Request, next: Next) -> Response {
    let wanted = customer_of(request.uri());
    let (uri, is_reading) = (request.uri().clone(), [Method::GET, Method::HEAD].contains(request.method()));
    let response = next.run(request).await;
    let Some(customer) = wanted.filter(|_| response.status() == StatusCode::NOT_FOUND) else { return response };
    match work::read(&app, Actor::system(), move |work| customers::survivor_of(work, customer)).await {
        Ok(None) => response,
        Ok(Some(survivor)) => redirect(&uri, customer, survivor, is_reading).unwrap_or(response),
        Err(error) => error.into_response(),
    }
}

/// The customer an address is about.
fn customer_of(uri: &Uri) -> Option<CustomerId> {
    uri.path().strip_prefix(CUSTOMERS)?.split('/').next()?.parse().ok().map(CustomerId)
}

fn redirect(uri: &Uri, from: CustomerId, into: CustomerId, is_reading: bool) -> Option<Response> {
    let whole = uri.path_and_query()?.as_str();
    let rest = whole.strip_prefix(CUSTOMERS)?.strip_prefix(&from.to_string())?;
    let location = HeaderValue::try_from(format!("{CUSTOMERS}{into}{rest}")).ok()?;
    let status = if is_reading { StatusCode::MOVED_PERMANENTLY } else { StatusCode::PERMANENT_REDIRECT };
    Some((status, [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_the_address_stays() {
        check("/api/customers/7", Some("/api/customers/9"));
        check("/api/customers/7/notes?limit=2", Some("/api/customers/9/notes?limit=2"));
        check("/api/customers/lookup", None);
        check("/api/segments/7", None);

        #[track_caller]
        fn check(from: &str, to: Option<&str>) {
            let uri: Uri = from.parse().expect("an address");
            let answer = customer_of(&uri).and_then(|customer| redirect(&uri, customer, CustomerId(9), true));
            let location = answer.and_then(|answer| answer.headers().get(header::LOCATION).cloned());
            assert_eq!(location.as_ref().and_then(|value| value.to_str().ok()), to);
        }
    }
}
