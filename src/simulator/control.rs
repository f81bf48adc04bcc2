//! The clock of a server that lets itself be moved: `POST {url}`.
//!
//! The request is `{"now":"2026-03-01T12:00:00Z"}`. The reply is `{"now","busy","waiting","next"}` and may have
//! `"open"`: `busy` counts work that waits neither for an outside service nor for time, `waiting` requests to outside
//! services under way, `open` webhooks taken in and not yet answered; `next` is when the next timer wants to wake.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

use super::error::Error;
use crate::http::client::{Client, Outgoing};
use crate::http::{Headers, Method};

/// What the server says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Status {
    /// Its clock.
    pub(super) now: Timestamp,
    /// Work that can go on by itself.
    pub(super) busy: usize,
    /// Requests to outside services under way.
    pub(super) waiting: usize,
    /// When its next timer wants to wake.
    #[serde(default)]
    pub(super) next: Option<Timestamp>,
    /// Webhooks that it has in hand, if it says so.
    #[serde(default)]
    pub(super) open: Option<usize>,
}

/// Sets the server's clock and asks what it is doing.
pub(super) async fn set(client: Client, url: String, now: Timestamp) -> Result<Status, Error> {
    let mut request = Outgoing::new(Method::Post, url.clone());
    request.timeout = Duration::from_secs(5);
    request.headers = Headers(vec![("content-type".to_owned(), "application/json".to_owned())]);
    request.body = Some(serde_json::json!({ "now": now }).to_string().into_bytes());
    let wrong = |reason: String| Error::Control { url: url.clone(), reason };
    let response = client.send(request).await.map_err(|failure| wrong(failure.to_string()))?;
    if response.status != 200 {
        return Err(wrong(format!("status {}", response.status)));
    }
    serde_json::from_slice(&response.body).map_err(|error| wrong(error.to_string()))
}
