//! People who sign in: users, browsers with a session, and the authenticator app they hold in their hand.

use crate::{Answer, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

pub const PASSWORD: &str = "correct horse battery";

/// A browser with a session.
pub struct Browser<'t> {
    pub test: &'t TestApp,
    pub cookie: String,
    pub csrf_token: String,
}

impl Browser<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.test.send(Method::GET, path, None, None, &[("cookie", &self.cookie)]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("x-csrf-token", self.csrf_token.as_str())];
        self.test.send(method, path, body, None, &headers).await
    }
}

/// The browser that got this answer.
#[track_caller]
pub fn browser(test: &TestApp, answer: Answer) -> Browser<'_> {
    assert!(answer.status.is_success(), "{}", answer.body);
    let cookie = answer.headers["set-cookie"].to_str().expect("a cookie").split(';').next().unwrap_or_default().to_owned();
    let csrf_token = answer.body["csrfToken"].as_str().expect("a token").to_owned();
    Browser { test, cookie, csrf_token }
}

pub async fn add(test: &TestApp, email: &str, role: &str) -> Value {
    let body = json!({ "email": email, "name": "Ada", "role": role, "password": PASSWORD });
    test.post("/api/users", body).await.expect(201)
}

pub async fn try_to_sign_in(test: &TestApp, email: &str, password: &str) -> Answer {
    test.send(Method::POST, "/api/session", Some(json!({ "email": email, "password": password })), None, &[]).await
}

pub async fn sign_in<'t>(test: &'t TestApp, email: &str) -> Browser<'t> {
    let answer = try_to_sign_in(test, email, PASSWORD).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    browser(test, answer)
}

/// An authenticator app with a secret in it (RFC 6238 with the usual parameters), made from nothing of ours.
pub struct App {
    secret: Vec<u8>,
}

const STEP_S: i64 = 30;

impl App {
    /// The secret as it is typed: base32.
    pub fn of(secret: &str) -> App {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits: String = secret.chars().map(|char| format!("{:05b}", ALPHABET.find(char).expect("a base32 character"))).collect();
        let bytes = bits.as_bytes().chunks_exact(8).map(|byte| std::str::from_utf8(byte).expect("digits"));
        App { secret: bytes.map(|byte| u8::from_str_radix(byte, 2).expect("eight bits")).collect() }
    }

    /// The code it shows now.
    pub fn code(&self, test: &TestApp) -> String {
        self.code_in(test, 0)
    }

    /// The code it shows in so many seconds.
    pub fn code_in(&self, test: &TestApp, seconds: i64) -> String {
        let step = (test.clock.now().timestamp().as_second() + seconds) / STEP_S;
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = ring::hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[19] & 0x0f);
        let number = tag[offset..offset + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// Six digits that are no code about now.
    pub fn wrong_code(&self, test: &TestApp) -> String {
        let right: Vec<String> = [-STEP_S, 0, STEP_S].iter().map(|seconds| self.code_in(test, *seconds)).collect();
        (0..).map(|number| format!("{number:06}")).find(|code| !right.contains(code)).expect("there are a million")
    }
}
