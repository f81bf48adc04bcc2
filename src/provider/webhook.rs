//! A webhook of a provider, read once.

use thiserror::Error;

use super::form::Form;
use crate::engine::event::LegStatus;

/// What every webhook of a call says, whoever the provider is. What only some of them say stays in the form, for
/// [`super::Provider::event`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The provider's id of the leg it is about.
    pub call_sid: String,
    /// The provider's id of the leg that this one was created by, if it was.
    pub parent: Option<String>,
    /// The caller's number in E.164; none if it is withheld, or no telephone number.
    pub from: Option<String>,
    /// The number that was called, in E.164; none if it is no telephone number.
    pub to: Option<String>,
    /// Whether the carriers vouch for the caller's number.
    pub verified: bool,
    /// How the leg has ended; none while it has not.
    pub status: Option<LegStatus>,
    /// Whether the phone was answered by a machine or a fax.
    pub machine: bool,
    /// The same for each repetition of one webhook, if the provider sends it.
    pub idempotency_token: Option<String>,
    /// Why the fallback URL is asked, in the provider's numbers.
    pub error_code: Option<u32>,
    /// For which URL of ours the fallback URL is asked.
    pub error_url: Option<String>,
    /// Everything that was sent.
    pub form: Form,
}

/// Why a request is no webhook that could be understood.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum BadWebhook {
    /// Neither GET nor POST.
    #[error("the method is neither GET nor POST")]
    Method,
    /// The body of a POST is no form.
    #[error("the body is no form")]
    ContentType,
    /// A `%` without two hexadecimal digits.
    #[error("a percent escape is broken")]
    Escape,
    /// Text that is not UTF-8.
    #[error("a parameter is not UTF-8")]
    Utf8,
    /// More than [`super::form::MOST_FIELDS`] fields or [`super::form::LONGEST_FORM`] bytes.
    #[error("too many or too long parameters")]
    TooLarge,
    /// One name with several values.
    #[error("`{0}` is there more than once")]
    Duplicate(&'static str),
    /// A parameter that this webhook must have.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A parameter whose value cannot be what the provider means.
    #[error("`{0}` has a value that is not understood")]
    Value(&'static str),
    /// A URL that documents for this leg never carry.
    #[error("the URL belongs to no document of this leg")]
    Route,
}
