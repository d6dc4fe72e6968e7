//! A stand-in for an endpoint of another system: it listens, keeps what it gets, and answers as the test says.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Received {
    /// A header, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

#[derive(Debug, Clone)]
struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

struct Inner {
    reply: Mutex<Reply>,
    received: Mutex<Vec<Received>>,
    count: watch::Sender<usize>,
    is_hanging: watch::Sender<bool>,
}

pub struct Endpoint {
    pub url: String,
    inner: Arc<Inner>,
}

impl Endpoint {
    /// One that answers 200.
    pub async fn start() -> Endpoint {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/in", listener.local_addr().expect("an address"));
        let reply = Mutex::new(Reply { status: 200, headers: Vec::new(), body: "thank you".to_owned() });
        let (count, is_hanging) = (watch::Sender::new(0), watch::Sender::new(false));
        let inner = Arc::new(Inner { reply, received: Mutex::default(), count, is_hanging });
        let router = Router::new().fallback(take).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.expect("the endpoint runs") });
        Endpoint { url, inner }
    }

    /// Answers this from now on.
    pub fn answer(&self, status: u16) {
        self.answer_with(status, &[], "");
    }

    pub fn answer_with(&self, status: u16, headers: &[(&'static str, &str)], body: &str) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        *self.inner.reply.lock().unwrap_or_else(PoisonError::into_inner) = Reply { status, headers, body: body.to_owned() };
    }

    /// Takes requests and answers none, or answers all again.
    pub fn hang(&self, is_hanging: bool) {
        self.inner.is_hanging.send_replace(is_hanging);
    }

    /// All that came so far.
    pub fn received(&self) -> Vec<Received> {
        self.inner.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns when so many have come.
    pub async fn has_received(&self, count: usize) {
        let mut counted = self.inner.count.subscribe();
        counted.wait_for(|so_far| count <= *so_far).await.expect("the endpoint lives as long as the test");
    }
}

async fn take(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response {
    inner.received.lock().unwrap_or_else(PoisonError::into_inner).push(Received { headers, body });
    inner.count.send_modify(|count| *count += 1);
    let mut hanging = inner.is_hanging.subscribe();
    hanging.wait_for(|is_hanging| !is_hanging).await.expect("the endpoint lives as long as the test");
    let reply = inner.reply.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut response = (StatusCode::from_u16(reply.status).expect("a status"), reply.body).into_response();
    for (name, value) in reply.headers {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::try_from(value).expect("a header"));
    }
    response
}
