//! Telephony providers: their webhooks, their documents and their API behind one trait.
//!
//! A provider turns a [`Request`] into a [`Webhook`] and that into an [`EventKind`], and a [`Turn`] into a document.
//! What our own URLs mean ([`route`]) is the same for all of them.

pub mod form;
pub mod route;
pub mod twilio;
pub mod webhook;

use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use thiserror::Error;

pub use self::route::Route;
pub use self::webhook::{BadWebhook, Webhook};
pub use crate::engine::event::PlaceFailure;
use crate::engine::event::{EventKind, Leg, LegStatus};
use crate::engine::turn::Turn;
use crate::http::{Request, Response};

/// A reply of a provider's API, in the making.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A telephony provider and our account with it.
pub trait Provider: Send + Sync {
    /// The webhook in a request: the form of a POST or the query of a GET.
    ///
    /// `signed_for` is `scheme://host[:port][/prefix]`, the address under which the provider reaches us; what it asked
    /// for is that and the request's target behind it, so a proxy that serves us under a prefix removes it. A request
    /// that the provider has not signed for that is refused, whatever else is wrong with it. Without an address nothing
    /// needs to be signed.
    fn read(&self, request: &Request, signed_for: Option<&str>) -> Result<Webhook, Rejected>;

    /// What a webhook means for the call it belongs to; none if it is nothing new.
    ///
    /// That the caller's leg is over comes before all else: such a webhook is [`EventKind::HungUp`], or a recording
    /// that ended by it, and never the outcome of a step.
    fn event(&self, route: &Route, webhook: &Webhook) -> Result<Option<EventKind>, BadWebhook>;

    /// The document for a turn.
    fn render(&self, turn: &Turn, links: &Links) -> String;

    /// A rendered document as a response of status 200.
    fn document(&self, document: String) -> Response;

    /// The absolute URL to give the provider for a route, with what it takes to make it repeat failed requests.
    fn link(&self, public_url: &str, route: &Route) -> String;

    /// Phones somebody; the provider's id of the leg. Takes up to a minute when the provider is in trouble.
    ///
    /// A request whose fate is unknown is never repeated: the leg is looked for instead. If there is certainly none, the
    /// result is [`PlaceFailure::NotThere`], and [`PlaceFailure::Unknown`] if that cannot be told either.
    fn place(&self, request: PlaceCall) -> Pending<'_, Result<String, PlaceFailure>>;

    /// Looks for a leg that was created at or after `since` and whose id was lost with the reply or in a crash. None
    /// unless there is exactly one that this process does not know already.
    fn find<'a>(&'a self, to: &'a str, from: &'a str, since: Timestamp) -> Pending<'a, Option<String>>;

    /// Tells that a leg is known to belong to somebody, from before a restart: [`Self::find`] is not to find it.
    fn remember(&self, call_sid: &str);

    /// Makes a leg ask for `url` at once, whatever it hears.
    fn redirect<'a>(&'a self, call_sid: &'a str, url: &'a str) -> Pending<'a, Result<(), RedirectFailure>>;

    /// Ends a leg, in whatever state it is. One that is over already is no failure.
    fn end<'a>(&'a self, call_sid: &'a str) -> Pending<'a, Result<(), EndFailure>>;

    /// Asks for the transcript of a recording.
    fn transcript<'a>(&'a self, recording_sid: &'a str) -> Pending<'a, TranscriptState>;

    /// What proves that a link to a recording, for whoever is given it, is of our making: without the account's secrets
    /// it cannot be guessed, and it is the same each time. None if there is no secret.
    fn tag(&self, flow: &str, recording_sid: &str) -> Option<String>;

    /// Whether this is [`Self::tag`] of these, made with any of the secrets that are in use; compared in constant time.
    fn is_tag(&self, flow: &str, recording_sid: &str, tag: &str) -> bool;

    /// Fetches the audio of a recording with the account's credentials. Takes some seconds when it is not ready yet.
    fn recording<'a>(&'a self, recording_sid: &'a str) -> Pending<'a, Result<Audio, NoAudio>>;

    /// Asks for the state of a leg.
    fn status<'a>(&'a self, call_sid: &'a str) -> Pending<'a, CallState>;
}

/// Where the URLs of a document lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// `scheme://host[:port][/prefix]`, the address under which the provider reaches us.
    pub public_url: String,
    /// The flow.
    pub flow: String,
    /// The token of the call.
    pub call: String,
    /// Whose document it is.
    pub leg: Leg,
    /// The turn that the document's URLs carry; at least 1.
    pub turn: u32,
    /// The number that was called, in E.164: what the other side of a `dial` sees by default.
    pub called: Option<String>,
}

/// A request to phone somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceCall {
    /// Whom; E.164.
    pub to: String,
    /// What the callee sees; E.164, a number of the account.
    pub from: String,
    /// Asked for when the phone is answered (or a machine was told from a person); see [`Provider::link`].
    pub url: String,
    /// Told when the leg has ended.
    pub status_callback: String,
    /// Seconds of ringing.
    pub ringing: u32,
    /// Whether a machine is to be told from a person.
    pub detect_machine: bool,
    /// What the log calls the leg; never sent.
    pub marker: String,
}

/// Why a request is not from the provider.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is not signed.
    #[error("no signature")]
    Missing,
    /// The signature is not the one of this request: another token, another URL, other parameters.
    #[error("wrong signature")]
    Wrong,
    /// The body is not covered by the signature, or is not the one that was signed.
    #[error("the signature does not cover the body")]
    Body,
}

/// Why a request is not taken as a webhook.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// It is not from the provider.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It cannot be understood.
    #[error(transparent)]
    Bad(#[from] BadWebhook),
}

/// Why a leg was not redirected.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum RedirectFailure {
    /// It is over, or was not answered yet.
    #[error("the leg is not in progress")]
    Gone,
    /// The provider could not be made to.
    #[error("the provider did not redirect the leg")]
    Failed,
}

/// The provider could not be made to end a leg.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("the provider did not end the leg")]
pub struct EndFailure;

/// The audio of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audio {
    /// Its media type, `audio/…`, without parameters.
    pub kind: String,
    /// The file; never empty.
    pub bytes: Vec<u8>,
}

/// Why there is no audio of a recording.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum NoAudio {
    /// The provider does not have it, or no longer.
    #[error("there is no such recording")]
    Gone,
    /// The provider has not finished it.
    #[error("the recording is not ready yet")]
    NotReady,
    /// The provider cannot be asked, refuses, or gives something else.
    #[error("the provider does not give the recording")]
    Refused,
}

/// The state of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TranscriptState {
    /// Being made.
    InProgress,
    /// There; never empty.
    Done(String),
    /// There will be none.
    Failed,
    /// The provider knows of none, or could not be asked.
    Unknown,
}

/// The state of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    /// Queued, ringing or in progress.
    Active,
    /// Over.
    Ended(LegStatus),
    /// The provider knows no such leg, or could not be asked.
    Unknown,
}
