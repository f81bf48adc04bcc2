//! Creating legs, at most once each (<https://www.twilio.com/docs/voice/api/call-resource>).
//!
//! Twilio has no idempotency key for this: a request repeated after its reply was lost would phone a person twice.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::rest::{Api, FIRST_WAIT, text};
use super::webhook::id;
use crate::http::client::Failure;
use crate::provider::form::Form;
use crate::provider::{PlaceCall, PlaceFailure};

/// How long requests that were certainly not carried out are repeated.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many seconds to wait before each look for a leg whose fate is unknown: the list lags behind.
const LOOKS: [u64; 4] = [1, 2, 4, 8];

/// So many looks at the end must show that there is no such leg: then there is none.
const SURE: u32 = 2;

/// What two clocks, and times in whole seconds, may differ by.
const SKEW: SignedDuration = SignedDuration::from_secs(5);

/// What they hardly differ by.
const LARGE_SKEW: SignedDuration = SignedDuration::from_mins(10);

/// What a request that got no connection counts as.
const NO_CONNECTION: u16 = 503;

/// What came of one request.
enum Tried {
    Created(String),
    /// Certainly not carried out; may be repeated.
    NotNow(PlaceFailure),
    /// Certainly not carried out, nor will it be.
    Never(PlaceFailure),
    /// It may have been carried out.
    Uncertain,
    /// It has been carried out, but the reply does not tell the id.
    Nameless,
}

/// What a look at the list found.
enum Found {
    /// There is no such leg.
    None,
    One(String),
    /// More than one that could be it.
    Several,
    /// The list cannot be had, or something in it may be the leg after all.
    Unclear,
}

impl Api {
    /// Phones somebody.
    pub(super) async fn place(&self, request: &PlaceCall) -> Result<String, PlaceFailure> {
        let since = self.clock.now();
        let deadline = self.clock.after(PATIENCE);
        let mut wait = FIRST_WAIT;
        loop {
            match self.create(request).await {
                Tried::Created(sid) => {
                    self.remember(&sid);
                    return Ok(sid);
                }
                Tried::NotNow(failure) if self.clock.after(wait) > deadline => return Err(failure),
                Tried::NotNow(_) => self.clock.sleep(wait).await,
                Tried::Never(failure) => return Err(failure),
                Tried::Uncertain => return self.adopt(request, since).await,
                Tried::Nameless => {
                    let known = self.adopt(request, since).await;
                    return known.map_err(|_| PlaceFailure::Unknown);
                }
            }
            wait *= 2;
        }
    }

    async fn create(&self, request: &PlaceCall) -> Tried {
        let ringing = request.ringing.clamp(1, 600).to_string();
        let mut fields = vec![
            ("To", request.to.as_str()),
            ("From", &request.from),
            ("Url", &request.url),
            ("Method", "POST"),
            ("StatusCallback", &request.status_callback),
            ("StatusCallbackMethod", "POST"),
            ("StatusCallbackEvent", "completed"),
            ("Timeout", &ringing),
        ];
        if request.detect_machine {
            fields.push(("MachineDetection", "Enable"));
        }
        let leg = &request.marker;
        match self.send(self.post("Calls.json", &fields)).await {
            Ok(reply) if reply.is_success() => reply.text("sid").and_then(id).map_or(Tried::Nameless, Tried::Created),
            Ok(reply) => {
                tracing::warn!(leg, status = reply.status, code = reply.code(), "Twilio does not phone a number");
                refused(reply.status)
            }
            Err(failure) => {
                tracing::warn!(leg, %failure, "no reply from Twilio to a request to phone");
                lost(&failure)
            }
        }
    }

    /// Looks for the leg of a request whose fate is unknown. It is not repeated in any case.
    async fn adopt(&self, request: &PlaceCall, since: Timestamp) -> Result<String, PlaceFailure> {
        let mut in_vain = 0;
        for wait in LOOKS {
            self.clock.sleep(Duration::from_secs(wait)).await;
            match self.look(&request.to, &request.from, since).await {
                Found::None => in_vain += 1,
                Found::Unclear => in_vain = 0,
                Found::One(sid) => {
                    self.remember(&sid);
                    return Ok(sid);
                }
                Found::Several => return Err(PlaceFailure::Unknown),
            }
        }
        Err(if in_vain >= SURE { PlaceFailure::NotThere } else { PlaceFailure::Unknown })
    }

    /// Looks once for a leg that was created at or after `since`.
    pub(super) async fn find(&self, to: &str, from: &str, since: Timestamp) -> Option<String> {
        let Found::One(sid) = self.look(to, from, since).await else { return None };
        self.remember(&sid);
        Some(sid)
    }

    async fn look(&self, to: &str, from: &str, since: Timestamp) -> Found {
        // Not by `StartTime`: a leg that is still queued has none. The list begins with the latest.
        let query = Form::encode([("To", to), ("From", from), ("PageSize", "50")]);
        let reply = self.send_patiently(self.get(&format!("Calls.json?{query}")), 1).await;
        let Some(reply) = reply.filter(super::rest::Reply::is_success) else { return Found::Unclear };
        let Some(calls) = reply.body.get("calls").and_then(Value::as_array) else { return Found::Unclear };
        let since = |skew| since.checked_sub(skew).unwrap_or(Timestamp::MIN);
        let fitting = |since| {
            calls
                .iter()
                .filter(|call| text(call, "to") == Some(to) && text(call, "from") == Some(from))
                .filter(|call| text(call, "direction").is_none_or(|direction| direction == "outbound-api"))
                .filter(move |call| is_since(call, since))
                .filter_map(|call| text(call, "sid").and_then(id))
                .filter(|sid| !self.is_remembered(sid))
        };
        let mut found = fitting(since(SKEW));
        match (found.next(), found.next()) {
            (None, _) if fitting(since(LARGE_SKEW)).next().is_some() => Found::Unclear,
            (None, _) => Found::None,
            (Some(sid), None) => Found::One(sid),
            (Some(_), Some(_)) => Found::Several,
        }
    }
}

/// What a status says about a request to phone.
fn refused(status: u16) -> Tried {
    match status {
        // Never processed, says Twilio (<https://www.twilio.com/docs/api/errors/20429>).
        429 => Tried::NotNow(PlaceFailure::Account(429)),
        401 | 403 => Tried::Never(PlaceFailure::Account(status)),
        400..=499 => Tried::Never(PlaceFailure::Number(status)),
        _ => Tried::Uncertain,
    }
}

/// What the lack of a reply says about it.
fn lost(failure: &Failure) -> Tried {
    match failure {
        Failure::Connect(_) => Tried::NotNow(PlaceFailure::Account(NO_CONNECTION)),
        Failure::Url(_) | Failure::Private(_) => Tried::Never(PlaceFailure::Account(NO_CONNECTION)),
        Failure::Timeout | Failure::Lost(_) | Failure::TooLarge { .. } => Tried::Uncertain,
    }
}

/// Whether a call of the list was created at or after a time. One that is queued may have no time yet, and is new.
fn is_since(call: &Value, since: Timestamp) -> bool {
    let time = text(call, "date_created").or_else(|| text(call, "start_time"));
    let Some(time) = time else { return text(call, "status") == Some("queued") };
    let Ok(time) = jiff::fmt::rfc2822::parse(time) else { return false };
    time.timestamp() >= since
}

#[cfg(test)]
mod tests;
