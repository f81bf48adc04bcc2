//! Requests to Twilio's API (<https://www.twilio.com/docs/usage/requests-to-twilio>).

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::TwilioConfig;
use crate::clock::Clock;
use crate::http::Method;
use crate::http::client::{Client, Failure, Outgoing};
use crate::provider::form::Form;

/// How long one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait before the first repetition; twice as long before each one after that.
pub(super) const FIRST_WAIT: Duration = Duration::from_millis(500);

/// How many of the legs created last are remembered, so that none of them is taken for one that was lost.
const REMEMBERED: usize = 1000;

/// The API of one account.
#[derive(Debug)]
pub(super) struct Api {
    pub(super) client: Client,
    pub(super) clock: Clock,
    /// Up to the account, without a slash at the end.
    base: String,
    authorization: SecretString,
    timeout: Duration,
    created: Mutex<VecDeque<String>>,
}

/// A reply of the API.
#[derive(Debug)]
pub(super) struct Reply {
    /// The HTTP status.
    pub(super) status: u16,
    /// The body; `null` if it is no JSON.
    pub(super) body: Value,
}

impl Reply {
    /// Whether the request was carried out.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Twilio's number of the error (<https://www.twilio.com/docs/api/errors>).
    pub(super) fn code(&self) -> Option<u64> {
        self.body.get("code").and_then(Value::as_u64)
    }

    /// A text in the body.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        text(&self.body, name)
    }
}

/// A field that is a text.
pub(super) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

impl Api {
    pub(super) fn new(config: &TwilioConfig, client: Client, clock: Clock) -> Self {
        let token = config.tokens.first().map_or("", |token| token.expose_secret());
        let credentials = STANDARD.encode(format!("{}:{token}", config.account_sid));
        let base = format!("{}/2010-04-01/Accounts/{}", config.api_url.trim_end_matches('/'), config.account_sid);
        Self {
            client,
            clock,
            base,
            authorization: format!("Basic {credentials}").into(),
            timeout: REQUEST_TIMEOUT,
            created: Mutex::default(),
        }
    }

    /// A GET of something below the account.
    pub(super) fn get(&self, path: &str) -> Outgoing {
        self.outgoing(Method::Get, path, "application/json")
    }

    /// A GET of audio below the account.
    pub(super) fn get_audio(&self, path: &str) -> Outgoing {
        self.outgoing(Method::Get, path, "audio/*")
    }

    /// A POST of a form to something below the account.
    pub(super) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Outgoing {
        let mut outgoing = self.outgoing(Method::Post, path, "application/json");
        outgoing.headers.push("content-type", "application/x-www-form-urlencoded");
        outgoing.body = Some(Form::encode(fields.iter().copied()).into_bytes());
        outgoing
    }

    fn outgoing(&self, method: Method, path: &str, accept: &str) -> Outgoing {
        let mut outgoing = Outgoing::new(method, format!("{}/{path}", self.base));
        outgoing.headers.push("authorization", self.authorization.expose_secret());
        outgoing.headers.push("accept", accept);
        outgoing.timeout = self.timeout;
        outgoing
    }

    /// Sends a request once.
    pub(super) async fn send(&self, outgoing: Outgoing) -> Result<Reply, Failure> {
        let response = self.client.send(outgoing).await?;
        let body = serde_json::from_slice(&response.body).unwrap_or_default();
        Ok(Reply { status: response.status, body })
    }

    /// Sends a request that does no harm when it arrives twice, and repeats it while the API is in trouble; none if
    /// there is no reply in the end.
    pub(super) async fn send_patiently(&self, outgoing: Outgoing, repeats: u32) -> Option<Reply> {
        let mut wait = FIRST_WAIT;
        for repeats_left in (0..=repeats).rev() {
            let sent = self.send(outgoing.clone()).await;
            let settled = sent.as_ref().is_ok_and(|reply| !is_trouble(reply.status));
            if settled || repeats_left == 0 {
                if let Err(failure) = &sent {
                    tracing::warn!(%failure, "no reply from Twilio's API");
                }
                return sent.ok();
            }
            self.clock.sleep(wait).await;
            wait *= 2;
        }
        None
    }

    /// Remembers a leg that is known to belong to somebody.
    pub(super) fn remember(&self, call_sid: &str) {
        let mut created = self.created.lock().unwrap_or_else(PoisonError::into_inner);
        created.push_back(call_sid.to_owned());
        if created.len() > REMEMBERED {
            created.pop_front();
        }
    }

    /// Whether a leg is known to belong to somebody.
    pub(super) fn is_remembered(&self, call_sid: &str) -> bool {
        let created = self.created.lock().unwrap_or_else(PoisonError::into_inner);
        created.iter().any(|known| known == call_sid)
    }
}

/// Whether the same request may be answered otherwise in a moment.
pub(super) fn is_trouble(status: u16) -> bool {
    status == 429 || status >= 500
}

#[cfg(test)]
pub(super) mod tests;
