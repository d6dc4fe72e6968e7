//! What a caller is told when something goes wrong: RFC 9457 problems with stable codes. Faults of ours are logged here,
//! once, and shown without their inside.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::fmt;
use store::{StoreError, UnitError};
use utoipa::ToSchema;

/// One thing that is wrong with what was sent, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// JSON pointer to the spot.
    pub path: String,
    pub code: String,
    pub message: String,
}

impl Problem {
    pub fn new(path: impl Into<String>, code: &str, message: impl Into<String>) -> Problem {
        Problem { path: path.into(), code: code.to_owned(), message: message.into() }
    }
}

/// The body of every error answer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// Stable, for programs.
    pub code: String,
    pub detail: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// By which the request is found in the log.
    #[serde(default, rename = "requestId", skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The customer that is in the way, when the code is `duplicate_email` or `duplicate_customer`.
    #[serde(default, rename = "existingId", skip_serializing_if = "Option::is_none")]
    pub existing_id: Option<i64>,
}

#[derive(Debug)]
pub enum Error {
    /// The request cannot be read.
    Malformed(String),
    Unauthorized,
    Forbidden(&'static str),
    /// He has to set up a second factor before anything else.
    SecondFactorMissing,
    /// It is not there, or the caller may not know of it.
    NotFound,
    /// It contradicts what is there.
    Conflict {
        code: &'static str,
        detail: String,
        problems: Vec<Problem>,
        existing: Option<i64>,
    },
    /// Somebody else changed it since it was read.
    Changed,
    TooLarge(String),
    UnsupportedType(String),
    /// It can be read but not accepted: each problem with its path.
    Invalid(Vec<Problem>),
    /// It can be read but not accepted, for a reason that has no place in the body.
    Refused {
        code: &'static str,
        detail: String,
    },
    /// It was here, and was not kept.
    Gone {
        code: &'static str,
        detail: String,
    },
    /// The place exists, but not for this method.
    WrongMethod,
    /// It was stopped, and what it did may or may not have been written.
    TookTooLong,
    TooMany {
        retry_after_s: i64,
    },
    Store(StoreError),
    /// Ours.
    Bug(anyhow::Error),
}

/// Seconds after which a caller may try again when the database is away or the queues are full.
const RETRY_AFTER_S: i64 = 2;

impl Error {
    pub fn invalid(path: impl Into<String>, code: &str, message: impl Into<String>) -> Error {
        Error::Invalid(vec![Problem::new(path, code, message)])
    }

    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Error {
        Error::Conflict { code, detail: detail.into(), problems: Vec::new(), existing: None }
    }

    fn status(&self) -> StatusCode {
        match self {
            Error::Malformed(_) => StatusCode::BAD_REQUEST,
            Error::Unauthorized => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) | Error::SecondFactorMissing => StatusCode::FORBIDDEN,
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Conflict { .. } => StatusCode::CONFLICT,
            Error::Changed => StatusCode::PRECONDITION_FAILED,
            Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Error::UnsupportedType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::Invalid(_) | Error::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Gone { .. } => StatusCode::GONE,
            Error::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Error::TookTooLong => StatusCode::SERVICE_UNAVAILABLE,
            Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Store(error) if is_passing(error) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Store(_) | Error::Bug(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub fn code(&self) -> &'static str {
        match self {
            Error::Malformed(_) => "malformed",
            Error::Unauthorized => "unauthorized",
            Error::Forbidden(_) => "forbidden",
            Error::SecondFactorMissing => "second_factor_missing",
            Error::NotFound => "not_found",
            Error::Conflict { code, .. } | Error::Refused { code, .. } | Error::Gone { code, .. } => code,
            Error::Changed => "changed",
            Error::TooLarge(_) => "too_large",
            Error::UnsupportedType(_) => "unsupported_type",
            Error::Invalid(_) => "invalid",
            Error::WrongMethod => "wrong_method",
            Error::TookTooLong => "took_too_long",
            Error::TooMany { .. } => "too_many_requests",
            Error::Store(error) if is_passing(error) => "unavailable",
            Error::Store(_) | Error::Bug(_) => "internal",
        }
    }
}

/// Whether the same request may succeed a little later.
fn is_passing(error: &StoreError) -> bool {
    match error {
        StoreError::Again
        | StoreError::Timeout
        | StoreError::Unavailable(_)
        | StoreError::ReadOnly(_)
        | StoreError::Full
        | StoreError::Overloaded
        | StoreError::Closed => true,
        StoreError::Duplicate
        | StoreError::Newer { .. }
        | StoreError::Older { .. }
        | StoreError::ChangedMigration { .. }
        | StoreError::Url(_)
        | StoreError::Panicked
        | StoreError::Bug { .. } => false,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Malformed(detail) | Error::TooLarge(detail) | Error::UnsupportedType(detail) => out.write_str(detail),
            Error::Unauthorized => out.write_str("sign in, or send a valid API key"),
            Error::Forbidden(permission) => write!(out, "this needs the permission {permission}"),
            Error::SecondFactorMissing => out.write_str("set up a second factor first"),
            Error::NotFound => out.write_str("there is no such thing here"),
            Error::Conflict { detail, .. } | Error::Refused { detail, .. } | Error::Gone { detail, .. } => out.write_str(detail),
            Error::WrongMethod => out.write_str("this method does not exist here"),
            Error::TookTooLong => out.write_str("this took too long and was stopped; look whether it was done before you try again"),
            Error::Changed => out.write_str("it was changed since you read it; read it again"),
            Error::Invalid(problems) => match problems.as_slice() {
                [only] => write!(out, "{}: {}", only.path, only.message),
                all => write!(out, "{} values cannot be accepted", all.len()),
            },
            Error::TooMany { retry_after_s } => write!(out, "too many requests; try again in {retry_after_s} s"),
            Error::Store(error) if is_passing(error) => write!(out, "{error}"),
            Error::Store(_) | Error::Bug(_) => out.write_str("something went wrong on our side; it has been logged"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Store(error) => Some(error),
            Error::Bug(error) => error.source(),
            _ => None,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        Error::Store(error)
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Error {
        Error::Bug(error)
    }
}

impl UnitError for Error {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Error::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl Error {
    /// Writes faults of ours, and a database in trouble, to the log.
    pub fn log(&self) {
        match self {
            Error::Store(error) if is_passing(error) => tracing::warn!(%error, "the database cannot serve"),
            Error::Store(error) => tracing::error!(%error, "the database refused a statement"),
            Error::Bug(error) => tracing::error!(error = format!("{error:#}"), "a fault of ours"),
            _ => {}
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log();
        let status = self.status();
        let (code, detail) = (self.code().to_owned(), self.to_string());
        let retry_after_s = match &self {
            Error::TooMany { retry_after_s } => Some(*retry_after_s),
            Error::Store(error) if is_passing(error) => Some(RETRY_AFTER_S),
            Error::TookTooLong => Some(RETRY_AFTER_S),
            _ => None,
        };
        let (problems, existing_id) = match self {
            Error::Invalid(problems) => (problems, None),
            Error::Conflict { problems, existing, .. } => (problems, existing),
            _ => (Vec::new(), None),
        };
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        let kind = "about:blank".to_owned();
        let request_id = crate::http::request_id();
        let body = ProblemBody { kind, title, status: status.as_u16(), code, detail, problems, request_id, existing_id };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
