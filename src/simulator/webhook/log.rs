//! What was sent to the server under test, and what it answered.

use std::fmt;

use jiff::Timestamp;

use crate::http::{Headers, Method};
use crate::simulator::leg::LegId;

/// What a webhook is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The first document of a leg.
    Voice,
    /// The `action` of a verb.
    Action,
    /// A `<Redirect>`, or a document the API was told to perform.
    Redirect,
    /// The `waitUrl` of a queue.
    Wait,
    /// The `url` of `<Queue>`.
    Announcement,
    /// The `url` of `<Number>`.
    Whisper,
    /// The fallback URL.
    Fallback,
    /// A status callback.
    Status,
    /// A recording status callback.
    Recording,
    /// A transcription callback.
    Transcription,
    /// The result of asynchronous answering machine detection.
    Detection,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Voice => "voice",
            Self::Action => "action",
            Self::Redirect => "redirect",
            Self::Wait => "wait",
            Self::Announcement => "announcement",
            Self::Whisper => "whisper",
            Self::Fallback => "fallback",
            Self::Status => "status",
            Self::Recording => "recording",
            Self::Transcription => "transcription",
            Self::Detection => "detection",
        })
    }
}

/// One webhook: a request and its retries, or one step of an HTTP redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its place in the log, from 0.
    pub index: usize,
    /// When it was sent, in virtual time.
    pub at: Timestamp,
    /// What it is for.
    pub kind: Kind,
    /// Which leg it is about.
    pub leg: LegId,
    /// The method.
    pub method: Method,
    /// The URL as it is signed; for GET with the parameters.
    pub url: String,
    /// All parameters.
    pub params: Vec<(String, String)>,
    /// `I-Twilio-Idempotency-Token`: the same when it is tried again or sent twice.
    pub token: String,
    /// How often it was tried.
    pub attempts: u32,
    /// The webhook it repeats, if it was sent twice or again on purpose.
    pub repeats: Option<usize>,
    /// When the reply came.
    pub answered: Option<Timestamp>,
    /// The status of the reply.
    pub status: Option<u16>,
    /// The header of the reply.
    pub headers: Headers,
    /// The body of the reply.
    pub body: String,
    /// Why there is no usable reply.
    pub failure: Option<String>,
}

impl Webhook {
    /// A parameter; empty if it was not sent.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Whether a parameter was sent, empty or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.params.iter().any(|(key, _)| key == name)
    }
}

/// One request to the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiRequest {
    /// Its place in the log, from 0.
    pub index: usize,
    /// When it came, in virtual time.
    pub at: Timestamp,
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// The form that was posted.
    pub params: Vec<(String, String)>,
    /// The status of the reply; none if it was withheld.
    pub status: Option<u16>,
    /// The reply.
    pub body: String,
}

impl ApiRequest {
    /// A parameter; empty if it was not sent.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}
