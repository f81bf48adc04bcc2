//! What Twilio's webhooks mean.

use super::webhook::id;
use crate::engine::event::{EventKind, LeftHold, Leg, LegStatus, LegToken};
use crate::provider::form::Form;
use crate::provider::route::{HoldMark, Mark, Route};
use crate::provider::{BadWebhook, Webhook};

/// The most keys that one webhook may report.
const MOST_KEYS: usize = 255;

/// The event of a webhook; none if it says nothing new.
pub(super) fn event(route: &Route, webhook: &Webhook) -> Result<Option<EventKind>, BadWebhook> {
    match route {
        Route::Call { .. } if webhook.status.is_some() => Ok(Some(EventKind::HungUp)),
        Route::Call { .. } => Ok(Some(EventKind::Continue(Leg::Caller))),
        Route::Turn { leg: Leg::Caller, mark, .. } => caller(*mark, webhook).map(Some),
        Route::Turn { leg: Leg::Callee(leg), turn, mark, .. } => callee(leg, *turn, *mark, webhook).map(Some),
        Route::Hold { visit, round, mark, .. } => hold(*visit, *round, *mark, webhook).map(Some),
        Route::Transcript { .. } => transcript(&webhook.form),
        Route::LegStatus { leg, .. } => {
            Ok(webhook.status.map(|status| EventKind::LegEnded { leg: leg.clone(), status }))
        }
        Route::Status { .. } | Route::Fallback { .. } => Ok(webhook.status.map(|_| EventKind::HungUp)),
        // No document carries it.
        Route::Recording { .. } => Err(BadWebhook::Route),
    }
}

/// What `Digits` says.
enum Digits {
    /// It is not there.
    Missing,
    /// It is there without any key.
    Empty,
    Keys(String),
    /// The leg was hung up.
    HungUp,
}

impl Digits {
    fn read(form: &Form) -> Result<Self, BadWebhook> {
        let digits = match form.get("Digits")? {
            None => return Ok(Self::Missing),
            Some("hangup") => return Ok(Self::HungUp),
            Some(digits) => digits,
        };
        // DTMF has four more keys, which no telephone has had for decades: like noise on the line.
        let keys: String = digits.chars().filter(|key| !matches!(key, 'A'..='D' | 'a'..='d')).collect();
        let known = keys.chars().all(|key| matches!(key, '0'..='9' | '*' | '#'));
        match keys.len() {
            0 => Ok(Self::Empty),
            1..=MOST_KEYS if known => Ok(Self::Keys(keys)),
            _ => Err(BadWebhook::Value("Digits")),
        }
    }
}

fn caller(mark: Mark, webhook: &Webhook) -> Result<EventKind, BadWebhook> {
    let form = &webhook.form;
    if mark == Mark::Record {
        return recorded(webhook);
    }
    if webhook.status.is_some() {
        return Ok(EventKind::HungUp);
    }
    match mark {
        Mark::Plain | Mark::Keys | Mark::None | Mark::Wait => {
            Ok(listened(Leg::Caller, mark, form)?.unwrap_or(EventKind::HungUp))
        }
        Mark::Skip => Ok(match Digits::read(form)? {
            Digits::HungUp => EventKind::HungUp,
            Digits::Keys(keys) => keys.chars().next().map_or(EventKind::Continue(Leg::Caller), EventKind::SkippedTo),
            Digits::Missing | Digits::Empty => EventKind::Continue(Leg::Caller),
        }),
        Mark::Empty => Ok(EventKind::RecordedNothing),
        Mark::Dial => dialled(form),
        Mark::Record | Mark::Join => Err(BadWebhook::Route),
    }
}

fn callee(leg: &LegToken, turn: u32, mark: Mark, webhook: &Webhook) -> Result<EventKind, BadWebhook> {
    let form = &webhook.form;
    let leg = leg.clone();
    if mark == Mark::Join {
        // Even if the leg is over: that is known from elsewhere, too; whether the two have talked only from here.
        return Ok(EventKind::JoinOver { leg, bridged: joined(form)? });
    }
    if let Some(status) = webhook.status {
        return Ok(EventKind::LegEnded { leg, status });
    }
    match mark {
        Mark::Plain if turn == 0 => Ok(EventKind::Answered { leg, machine: webhook.machine }),
        Mark::Plain | Mark::Keys | Mark::None | Mark::Wait => {
            let heard = listened(Leg::Callee(leg.clone()), mark, form)?;
            Ok(heard.unwrap_or(EventKind::LegEnded { leg, status: LegStatus::Completed }))
        }
        Mark::Skip | Mark::Record | Mark::Empty | Mark::Dial | Mark::Join => Err(BadWebhook::Route),
    }
}

/// What comes back from a leg that listened or paused; none if it was hung up.
///
/// Twilio reports listening without keys with an empty `Digits` or without any. Therefore the action of a `<Gather>`
/// has a mark of its own: a plain request without `Digits` is a redirect.
fn listened(leg: Leg, mark: Mark, form: &Form) -> Result<Option<EventKind>, BadWebhook> {
    if mark == Mark::None {
        return Ok(Some(EventKind::Silence(leg)));
    }
    Ok(match Digits::read(form)? {
        Digits::HungUp => None,
        Digits::Keys(keys) => Some(EventKind::Keys(leg, keys)),
        Digits::Missing if mark == Mark::Plain => Some(EventKind::Continue(leg)),
        Digits::Missing | Digits::Empty if mark == Mark::Wait => Some(EventKind::Continue(leg)),
        Digits::Missing | Digits::Empty => Some(EventKind::Silence(leg)),
    })
}

/// The action of a `<Record>` (<https://www.twilio.com/docs/voice/twiml/record>).
fn recorded(webhook: &Webhook) -> Result<EventKind, BadWebhook> {
    let form = &webhook.form;
    let digits = Digits::read(form)?;
    let hung_up = matches!(digits, Digits::HungUp) || webhook.status.is_some();
    let key = if let Digits::Keys(keys) = digits { keys.chars().next() } else { None };
    let Some(url) = form.given("RecordingUrl")? else {
        return Ok(if hung_up { EventKind::HungUp } else { EventKind::RecordedNothing });
    };
    let seconds = form.required("RecordingDuration")?.parse().map_err(|_| BadWebhook::Value("RecordingDuration"))?;
    if seconds == 0 && key.is_none() && !hung_up {
        return Ok(EventKind::RecordedNothing);
    }
    Ok(EventKind::Recorded { sid: recording(form, url)?, url: url.to_owned(), seconds, key, hung_up })
}

/// The id of a recording: documented for the callbacks, sent with the action as well, and the end of the URL.
fn recording(form: &Form, url: &str) -> Result<String, BadWebhook> {
    let file = url.rsplit('/').next().unwrap_or_default();
    let from_url = file.split('.').next().unwrap_or_default();
    let sid = form.given("RecordingSid")?.unwrap_or(from_url);
    id(sid).ok_or(BadWebhook::Value("RecordingSid"))
}

/// The action of a `<Dial>` (<https://www.twilio.com/docs/voice/twiml/dial>).
fn dialled(form: &Form) -> Result<EventKind, BadWebhook> {
    let status = match form.required("DialCallStatus")? {
        // The caller hung up before the other side answered.
        "canceled" => return Ok(EventKind::HungUp),
        "completed" | "answered" => LegStatus::Completed,
        "busy" => LegStatus::Busy,
        "no-answer" => LegStatus::NoAnswer,
        // A word that is none of Twilio's must not make the caller dial once more.
        _ => LegStatus::Failed,
    };
    Ok(EventKind::DialOver { status, bridged: bridged(form)? })
}

fn bridged(form: &Form) -> Result<Option<bool>, BadWebhook> {
    Ok(form.get("DialBridged")?.and_then(|text| text.to_ascii_lowercase().parse().ok()))
}

/// Whether a `<Dial><Queue>` has joined anybody.
fn joined(form: &Form) -> Result<bool, BadWebhook> {
    let status = form.get("DialCallStatus")?;
    Ok(bridged(form)?.unwrap_or(matches!(status, Some("completed" | "answered"))))
}

/// A caller on hold (<https://www.twilio.com/docs/voice/twiml/enqueue>).
fn hold(visit: u32, round: u32, mark: HoldMark, webhook: &Webhook) -> Result<EventKind, BadWebhook> {
    if webhook.status.is_some() {
        return Ok(EventKind::HungUp);
    }
    match mark {
        HoldMark::Music => Ok(EventKind::Holding { visit, round }),
        HoldMark::Keys => Ok(match Digits::read(&webhook.form)? {
            Digits::HungUp => EventKind::HungUp,
            Digits::Keys(keys) => EventKind::HoldKeys { visit, round, keys },
            Digits::Missing | Digits::Empty => EventKind::Holding { visit, round },
        }),
        HoldMark::Join => Ok(EventKind::Bridging { visit, round }),
        HoldMark::Left => {
            let why = match webhook.form.required("QueueResult")? {
                "hangup" => return Ok(EventKind::HungUp),
                "bridged" => LeftHold::Bridged,
                // The second spelling is SignalWire's.
                "bridging-in-process" | "bridging-in-progress" | "redirected" | "redirected-from-bridged" => {
                    LeftHold::Redirected
                }
                "leave" => LeftHold::Left,
                // `queue-full`, `error`, `system-error`; whatever it is, the caller is on hold no longer.
                _ => LeftHold::Refused,
            };
            Ok(EventKind::LeftHold { visit, round, why })
        }
    }
}

/// The `transcribeCallback` of a `<Record>`. The call may be over by now, which is no news.
fn transcript(form: &Form) -> Result<Option<EventKind>, BadWebhook> {
    let recording = id(form.required("RecordingSid")?).ok_or(BadWebhook::Value("RecordingSid"))?;
    let text = form.get("TranscriptionText")?.and_then(spoken);
    match form.given("TranscriptionStatus")? {
        Some("completed") => Ok(Some(EventKind::Transcript { recording, text })),
        Some("failed") => Ok(Some(EventKind::Transcript { recording, text: None })),
        Some(_) => Ok(None),
        None if text.is_some() => Ok(Some(EventKind::Transcript { recording, text })),
        None => Err(BadWebhook::Missing("TranscriptionStatus")),
    }
}

/// The text of a transcript; `(blank)` is what Twilio writes when it understood nothing
/// (<https://www.twilio.com/docs/voice/api/recording-transcription>).
pub(super) fn spoken(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && text != "(blank)").then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
