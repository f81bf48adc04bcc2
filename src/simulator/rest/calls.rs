//! `Calls`: place, change, look up, list.
//!
//! Source: <https://www.twilio.com/docs/voice/api/call-resource>.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Asked;
use super::reply::{Answer, Outcome, ok, page};
use crate::http::{Method, Response};
use crate::simulator::due::Due;
use crate::simulator::leg::{CallStatus, Detection, Direction, Entry, Leg, LegId, Progress};
use crate::simulator::markup::{Callback, Target, is_absolute};
use crate::simulator::number;
use crate::simulator::timeline::later;
use crate::simulator::webhook::rfc2822;
use crate::simulator::world::World;

/// The longest document that can be sent along (error 32018).
const LONGEST_INLINE: usize = 4000;

/// A target in a form: a URL and its method.
fn target(asked: &Asked<'_>, url: &str, method: &str) -> Result<Option<Target>, Answer> {
    let Some(url) = asked.field(url) else { return Ok(None) };
    if !is_absolute(url) {
        return Err(Answer::refused(21_205, format!("Url is not a valid URL: {url}")));
    }
    let method = if asked.field(method) == Some("GET") { Method::Get } else { Method::Post };
    Ok(Some(Target { url: url.to_owned(), method }))
}

/// What is to be performed, if the form says so.
fn entry(asked: &Asked<'_>) -> Result<Option<Entry>, Answer> {
    if let Some(target) = target(asked, "Url", "Method")? {
        return Ok(Some(Entry::Url(target)));
    }
    match asked.field("Twiml") {
        Some(text) if text.chars().count() > LONGEST_INLINE => {
            Err(Answer::refused(32_018, "Twiml is longer than 4000 characters"))
        }
        Some(text) => Ok(Some(Entry::Inline(text.to_owned()))),
        None => Ok(None),
    }
}

fn progress(asked: &Asked<'_>) -> Result<Option<Progress>, Answer> {
    let Some(target) = target(asked, "StatusCallback", "StatusCallbackMethod")? else { return Ok(None) };
    let mut events: Vec<String> = asked.fields("StatusCallbackEvent").map(str::to_owned).collect();
    if events.is_empty() {
        events.push("completed".to_owned());
    }
    let known = ["initiated", "ringing", "answered", "completed"];
    if let Some(unknown) = events.iter().find(|event| !known.contains(&event.as_str())) {
        return Err(Answer::refused(21_626, format!("StatusCallbackEvent is invalid: {unknown}")));
    }
    Ok(Some(Progress { callback: Callback { target, events }, sequence: 0 }))
}

fn detection(asked: &Asked<'_>) -> Result<Option<Detection>, Answer> {
    let to_the_end = match asked.field("MachineDetection") {
        None => return Ok(None),
        Some("Enable") => false,
        Some("DetectMessageEnd") => true,
        Some(other) => return Err(Answer::refused(20_001, format!("MachineDetection is invalid: {other}"))),
    };
    // Tones after the answer switch the detection off.
    if asked.field("SendDigits").is_some() {
        return Ok(None);
    }
    let callback = match asked.field("AsyncAmd") {
        Some("true") => target(asked, "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod")?,
        _ => None,
    };
    Ok(Some(Detection { to_the_end, callback }))
}

impl World {
    /// `POST Calls`.
    pub(super) fn create_call(&mut self, asked: &Asked<'_>) -> Outcome {
        let Some(to) = asked.field("To") else { return Err(Answer::refused(21_201, "No 'To' number is specified")) };
        if !number::can_be_dialled(to) {
            return Err(Answer::refused(
                21_211,
                format!("The phone number you are attempting to call, {to}, is not valid."),
            ));
        }
        let Some(from) = asked.field("From") else { return Err(Answer::refused(21_213, "'From' is required")) };
        if !number::is_e164(from) {
            return Err(Answer::refused(21_212, format!("The phone number {from} is not a valid 'From' number")));
        }
        if !self.may_show(from) {
            let text = format!("The source phone number provided, {from}, is not yet verified for your account.");
            return Err(Answer::refused(21_210, text));
        }
        let Some(entry) = entry(asked)? else { return Err(Answer::refused(21_205, "Url parameter is required")) };
        let fallback = target(asked, "FallbackUrl", "FallbackMethod")?;
        let (progress, detection) = (progress(asked)?, detection(asked)?);
        let timeout = match asked.field("Timeout") {
            None => 60,
            Some(text) => match text.parse() {
                Ok(seconds @ 1..=600) => seconds,
                _ => return Err(Answer::refused(20_001, format!("Timeout is invalid: {text}"))),
            },
        };
        let id = self.new_leg(Direction::OutboundApi, from, to);
        if let Some(leg) = self.leg_mut(id) {
            leg.entry = Some(entry);
            leg.fallback = fallback;
            leg.progress = progress;
            leg.detection = detection;
            leg.ring_limit = Duration::from_secs(timeout);
        }
        self.start_call(id);
        self.leg(id).map(|leg| ok(201, &self.call_json(leg))).ok_or(Answer::Missing)
    }

    /// Starts a call, or lets it wait for its turn.
    fn start_call(&mut self, id: LegId) {
        let at = self.next_start.max(self.now);
        self.timeline.plan(at, Due::Place(id));
        let apart = self.config.calls_per_second.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate.max(1));
        self.next_start = later(at, apart);
    }

    fn call_of(&self, sid: &str) -> Result<&Leg, Answer> {
        self.legs.iter().find(|leg| leg.sid == sid).ok_or(Answer::Missing)
    }

    /// `GET Calls/{sid}`.
    pub(super) fn fetch_call(&self, sid: &str) -> Outcome {
        self.call_of(sid).map(|leg| ok(200, &self.call_json(leg)))
    }

    /// `POST Calls/{sid}`.
    pub(super) fn update_call(&mut self, sid: &str, asked: &Asked<'_>) -> Outcome {
        let leg = self.call_of(sid)?;
        let (id, status) = (leg.id, leg.status);
        let wrong_state = || Answer::refused(21_220, "Call is not in-progress. Cannot redirect.");
        let entry = entry(asked)?;
        let unanswered = matches!(status, CallStatus::Queued | CallStatus::Initiated | CallStatus::Ringing);
        match (asked.field("Status"), entry) {
            (Some("completed"), _) if status == CallStatus::InProgress => self.complete(id),
            (Some("completed" | "canceled"), _) if unanswered => self.cancel(id),
            (Some("completed" | "canceled"), _) => return Err(wrong_state()),
            (Some(other), _) => return Err(Answer::refused(20_001, format!("Status is invalid: {other}"))),
            (None, Some(entry)) if status == CallStatus::InProgress => {
                if let Some(fallback) = target(asked, "FallbackUrl", "FallbackMethod")?
                    && let Some(leg) = self.leg_mut(id)
                {
                    leg.fallback = Some(fallback);
                }
                self.divert(id, entry);
            }
            (None, Some(_)) => return Err(wrong_state()),
            (None, None) => match progress(asked)? {
                Some(progress) => {
                    if let Some(leg) = self.leg_mut(id) {
                        leg.progress = Some(progress);
                    }
                }
                None => return Err(Answer::refused(21_205, "Url parameter is required")),
            },
        }
        self.leg(id).map(|leg| ok(200, &self.call_json(leg))).ok_or(Answer::Missing)
    }

    /// Ends a call that was not answered. One that was still queued never happened: nobody is told.
    fn cancel(&mut self, id: LegId) {
        if let Some(leg) = self.leg_mut(id).filter(|leg| leg.status == CallStatus::Queued) {
            leg.progress = None;
        }
        self.finish(id, CallStatus::Canceled);
    }

    /// `DELETE Calls/{sid}`: its record, once it is over.
    pub(super) fn delete_call(&self, sid: &str) -> Outcome {
        if self.call_of(sid)?.is_over() {
            Ok(Response::empty(204))
        } else {
            Err(Answer::refused(20_009, "Cannot delete this resource before it is complete"))
        }
    }

    /// `GET Calls`, newest first.
    pub(super) fn list_calls(&self, asked: &Asked<'_>) -> Response {
        let fits = |leg: &&Leg| {
            let parent = leg.parent.and_then(|parent| self.leg(parent)).map(|parent| parent.sid.as_str());
            asked.query("To").is_none_or(|to| leg.to == to)
                && asked.query("From").is_none_or(|from| leg.from == from)
                && asked.query("Status").is_none_or(|status| shown(leg.status) == status)
                && asked.query("ParentCallSid").is_none_or(|sid| parent == Some(sid))
                && in_range(asked, "StartTime", leg.answered.unwrap_or(leg.created))
                && leg.ended.is_none_or(|ended| in_range(asked, "EndTime", ended))
        };
        let calls = self.legs.iter().rev().filter(fits).map(|leg| self.call_json(leg)).collect();
        page("calls", calls, asked)
    }

    fn call_json(&self, leg: &Leg) -> Value {
        let uri = format!("/2010-04-01/Accounts/{}/Calls/{}", self.config.account_sid, leg.sid);
        let parent = leg.parent.and_then(|parent| self.leg(parent)).map(|parent| &parent.sid);
        let detection = leg.detection.as_ref().zip(leg.answered_by);
        json!({
            "sid": leg.sid,
            "account_sid": self.config.account_sid,
            "to": leg.to,
            "to_formatted": leg.to,
            "from": leg.from,
            "from_formatted": leg.from,
            "phone_number_sid": null,
            "status": shown(leg.status),
            "start_time": leg.answered.map(rfc2822),
            "end_time": leg.ended.map(rfc2822),
            "duration": leg.ended.map(|_| leg.seconds().to_string()),
            "price": null,
            "price_unit": "USD",
            "direction": leg.direction.word(),
            "answered_by": detection.map(|(detection, by)| by.word(detection.to_the_end)),
            "api_version": "2010-04-01",
            "forwarded_from": null,
            "group_sid": null,
            "caller_name": null,
            "queue_time": "0",
            "trunk_sid": null,
            "parent_call_sid": parent,
            "date_created": rfc2822(leg.created),
            "date_updated": rfc2822(leg.ended.or(leg.answered).unwrap_or(leg.created)),
            "uri": format!("{uri}.json"),
            "subresource_uris": { "recordings": format!("{uri}/Recordings.json") },
        })
    }
}

/// The status as the API shows it: it does not know `initiated`.
fn shown(status: CallStatus) -> &'static str {
    if status == CallStatus::Initiated { CallStatus::Queued.word() } else { status.word() }
}

/// Whether a time passes the filters `NAME`, `NAME<` and `NAME>`: a day, or a time to the second.
fn in_range(asked: &Asked<'_>, name: &str, time: Timestamp) -> bool {
    let bound = |text: &str| {
        let start = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
        start.parse::<Timestamp>().ok()
    };
    let day = Duration::from_hours(24);
    let from = asked.query(&format!("{name}>")).and_then(bound);
    let until = asked.query(&format!("{name}<"));
    let until =
        until.and_then(|text| bound(text).map(|start| if text.len() == 10 { later(start, day) } else { start }));
    let on = asked.query(name).and_then(bound);
    from.is_none_or(|from| time >= from)
        && until.is_none_or(|until| time <= until)
        && on.is_none_or(|on| time >= on && time < later(on, day))
}
