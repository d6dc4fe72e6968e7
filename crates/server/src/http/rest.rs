//! The rest of a body. An answer may be ready before its request is sent, a refusal of what is too large above all. To
//! close the connection then would reset it, and the sender would see that in place of the answer. So what is still to
//! come is read and dropped, within bounds.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use futures_util::StreamExt;
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;

/// How much is read of what nobody wants, and for how long. Beyond it the connection is closed.
const REST_BYTES_MAX: usize = 64 << 20;
const REST_WITHIN: Duration = Duration::from_secs(30);

/// The request with a body that is read to its end whoever drops it.
pub fn read_rest(mut request: Request) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    // A sender that waits for leave is not given it only to throw the body away.
    let is_coming = !request.headers().contains_key(header::EXPECT);
    let body = std::mem::take(request.body_mut());
    *request.body_mut() = Body::new(Followed { body, is_coming });
    request
}

/// A body whose rest is read when it is dropped.
struct Followed {
    body: Body,
    is_coming: bool,
}

impl HttpBody for Followed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.is_coming = !matches!(polled, Poll::Ready(None | Some(Err(_))));
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        if !self.is_coming || self.body.is_end_stream() {
            return;
        }
        // At the very end of the process there is nobody left to read.
        let Ok(runtime) = Handle::try_current() else { return };
        let mut rest = std::mem::take(&mut self.body).into_data_stream();
        runtime.spawn(tokio::time::timeout(REST_WITHIN, async move {
            let mut read = 0;
            while let Some(Ok(bytes)) = rest.next().await
                && read <= REST_BYTES_MAX
            {
                read += bytes.len();
            }
        }));
    }
}
