//! The life of a leg: placed, ringing, answered, over.

use std::time::Duration;

use super::due::Due;
use super::leg::{Activity, CallStatus, Detection, Direction, Entry, Frame, Leg, LegId};
use super::markup::{self, Page, Role};
use super::person::{AnsweredBy, Caller, Cue};
use super::recording::Finish;
use super::timeline::later;
use super::transcript::What;
use super::webhook::{Kind, Place, pair};
use super::world::World;
use crate::limits::TWILIO;

/// The longest call, by default.
const CALL_LIMIT: Duration = Duration::from_millis(TWILIO.call);

impl World {
    /// A person calls one of the account's numbers.
    pub(super) fn call(&mut self, caller: Caller, to: &str) -> Option<LegId> {
        let number = self.config.numbers.get(to)?.clone();
        let id = self.new_leg(Direction::Inbound, &caller.from, to);
        if let Some(leg) = self.leg_mut(id) {
            leg.own_params = caller.params;
            leg.fallback = number.fallback_url.as_deref().map(Self::post_to);
        }
        self.note(Some(id), What::Calls { from: caller.from, to: to.to_owned() });
        self.fetch(id, Kind::Voice, Self::post_to(&number.voice_url), Vec::new(), Place::Afresh);
        Some(id)
    }

    /// The carrier begins to look for a phone.
    pub(super) fn placed(&mut self, id: LegId) {
        let setup = self.config.timing.setup;
        let Some(leg) = self.leg_mut(id).filter(|leg| leg.status == CallStatus::Queued) else { return };
        leg.status = CallStatus::Initiated;
        self.progress(id, "initiated");
        self.after(id, setup, Due::Ring(id));
    }

    /// A phone begins to ring.
    pub(super) fn rings(&mut self, id: LegId) {
        let Some(leg) = self.leg_mut(id).filter(|leg| leg.status == CallStatus::Initiated) else { return };
        leg.status = CallStatus::Ringing;
        let (from, to, limit) = (leg.from.clone(), leg.to.clone(), leg.ring_limit);
        self.change(id, Activity::Ringing);
        self.note(Some(id), What::Rings { from, to });
        self.progress(id, "ringing");
        self.after(id, limit, Due::RingLimit(id));
        self.cue(id, |cue| *cue == Cue::Ringing);
    }

    /// Nobody answered in time.
    pub(super) fn unanswered(&mut self, id: LegId) {
        self.finish(id, CallStatus::NoAnswer);
    }

    /// A phone is answered.
    pub(super) fn answered(&mut self, id: LegId, by: AnsweredBy) {
        self.change(id, Activity::Idle);
        let now = self.now;
        let Some(leg) = self.leg_mut(id) else { return };
        leg.status = CallStatus::InProgress;
        leg.answered = Some(now);
        leg.machine = matches!(by, AnsweredBy::Machine | AnsweredBy::Fax);
        let (parent, detection) = (leg.parent, leg.detection.clone());
        self.note(Some(id), What::Answers);
        self.progress(id, "answered");
        self.limit(id);
        if let Some(parent) = parent {
            return self.child_answered(parent, id);
        }
        let Some(detection) = detection else { return self.enter(id) };
        if let Some(leg) = self.leg_mut(id) {
            leg.answered_by = Some(by);
        }
        if detection.callback.is_some() {
            self.enter(id);
            self.plan_after(self.config.timing.detection, Due::Detected(id));
        } else {
            self.change(id, Activity::Detecting);
            self.after(id, self.config.timing.detection, Due::Detected(id));
        }
    }

    /// Whether a machine answered is known.
    pub(super) fn detected(&mut self, id: LegId) {
        let took = self.config.timing.detection;
        let Some(leg) = self.leg(id).filter(|leg| !leg.is_over()) else { return };
        let Some((Detection { to_the_end, callback }, by)) = leg.detection.clone().zip(leg.answered_by) else { return };
        match callback {
            None => self.enter(id),
            Some(target) => {
                let own = vec![
                    pair("AnsweredBy", by.word(to_the_end)),
                    pair("MachineDetectionDuration", took.as_millis().to_string()),
                ];
                self.notice(id, Kind::Detection, target, own);
            }
        }
    }

    /// What a leg's webhooks say about who answered, once it is known.
    fn answered_by(leg: &Leg) -> Option<(String, String)> {
        let detection = leg.detection.as_ref()?;
        Some(pair("AnsweredBy", leg.answered_by?.word(detection.to_the_end)))
    }

    /// Begins the first document of a leg that was phoned by the API.
    fn enter(&mut self, id: LegId) {
        let Some(leg) = self.leg(id) else { return };
        let synchronous = leg.detection.as_ref().is_some_and(|detection| detection.callback.is_none());
        let own: Vec<_> = Self::answered_by(leg).filter(|_| synchronous).into_iter().collect();
        match leg.entry.clone() {
            Some(Entry::Url(target)) => self.fetch(id, Kind::Voice, target, own, Place::Afresh),
            Some(Entry::Inline(text)) => self.perform_inline(id, &text),
            None => self.complete(id),
        }
    }

    /// Begins a document that was sent to the API.
    pub(super) fn perform_inline(&mut self, id: LegId, text: &str) {
        let (strict, since) = (self.config.strict, self.now);
        let page = Page { url: None, content_type: Some("text/xml"), body: text.as_bytes(), role: Role::Main, strict };
        match markup::read(page) {
            Err(problem) => {
                self.note(Some(id), What::Problem(problem));
                self.application_error(id);
            }
            Ok(document) => {
                if let Some(leg) = self.leg_mut(id) {
                    leg.frames.clear();
                    leg.frames.push(Frame { role: Role::Main, url: None, verbs: document.verbs.into(), since });
                }
                self.begin_document(id, document.problems);
            }
        }
    }

    /// Answers a call that came in, if it was not yet.
    pub(super) fn answer_first(&mut self, id: LegId) {
        let now = self.now;
        let Some(leg) = self.leg_mut(id).filter(|leg| leg.status == CallStatus::Ringing) else { return };
        leg.status = CallStatus::InProgress;
        leg.answered = Some(now);
        self.note(Some(id), What::Answers);
        self.limit(id);
    }

    /// A call does not last for ever.
    fn limit(&mut self, id: LegId) {
        let key = self.timeline.plan(later(self.now, CALL_LIMIT), Due::CallLimit(id));
        if let Some(leg) = self.leg_mut(id) {
            leg.call_limit = Some(key);
        }
    }

    /// Calls a leg away from whatever it is doing, to another document.
    pub(super) fn divert(&mut self, id: LegId, entry: Entry) {
        let old = self.change(id, Activity::Idle);
        match old {
            Some(Activity::Recording(taking)) => self.keep(id, &taking, Finish::Diverted),
            Some(Activity::Dialing(dialing)) => self.dialer_gone(id, &dialing, false),
            _ => {}
        }
        match self.leg(id).map(|leg| (leg.held.clone(), leg.parent)) {
            Some((Some(held), _)) => self.held_gone(id, &held, false),
            Some((None, Some(parent))) => self.peer_gone(parent, id, CallStatus::Completed),
            _ => {}
        }
        match entry {
            Entry::Url(target) => self.fetch(id, Kind::Redirect, target, Vec::new(), Place::Afresh),
            Entry::Inline(text) => self.perform_inline(id, &text),
        }
    }

    /// Ends a leg in the ordinary way.
    pub(super) fn complete(&mut self, id: LegId) {
        self.finish(id, CallStatus::Completed);
    }

    /// Ends a leg. Whoever had to do with it learns of it; callbacks are sent.
    pub(super) fn finish(&mut self, id: LegId, status: CallStatus) {
        if self.leg(id).is_none_or(Leg::is_over) {
            return;
        }
        let old = self.change(id, Activity::Idle);
        let now = self.now;
        let Some(leg) = self.leg_mut(id) else { return };
        leg.status = status;
        leg.ended = Some(now);
        leg.plans.clear();
        let (held, parent, limit) = (leg.held.clone(), leg.parent, leg.call_limit.take());
        if let Some(limit) = limit {
            self.timeline.cancel(limit);
        }
        self.last_end = now;
        self.note(Some(id), What::Over(status));
        match old {
            Some(Activity::Recording(taking)) => self.keep(id, &taking, Finish::HungUp),
            Some(Activity::Gathering(gathering)) => self.gather_gone(id, &gathering),
            Some(Activity::Dialing(dialing)) => self.dialer_gone(id, &dialing, true),
            _ => {}
        }
        if let Some(held) = held {
            self.held_gone(id, &held, true);
        }
        self.progress(id, "completed");
        if let Some(parent) = parent {
            self.peer_gone(parent, id, status);
        }
    }

    /// Tells about a leg's progress whoever asked for it.
    pub(super) fn progress(&mut self, id: LegId, event: &str) {
        let Some(leg) = self.leg(id) else { return };
        let last = event == "completed";
        let (target, sequence) = match (&leg.progress, leg.direction) {
            (Some(progress), _) if progress.callback.events.iter().any(|wanted| wanted == event) => {
                (progress.callback.target.clone(), progress.sequence)
            }
            (None, Direction::Inbound) if last => {
                let number = self.config.numbers.get(&leg.to);
                let Some(url) = number.and_then(|number| number.status_callback.as_deref()) else { return };
                (Self::post_to(url), 0)
            }
            _ => return,
        };
        let mut own = vec![
            pair("Timestamp", super::webhook::rfc2822(self.now)),
            pair("CallbackSource", "call-progress-events"),
            pair("SequenceNumber", sequence.to_string()),
        ];
        if last {
            own.push(pair("CallDuration", leg.seconds().to_string()));
            own.push(pair("Duration", leg.seconds().div_ceil(60).to_string()));
            own.push(pair("SipResponseCode", sip_code(leg.status)));
            own.extend(Self::answered_by(leg));
            own.extend(leg.recorded.iter().cloned());
        }
        if let Some(progress) = self.leg_mut(id).and_then(|leg| leg.progress.as_mut()) {
            progress.sequence += 1;
        }
        self.status_notice(id, target, own);
    }
}

/// The SIP response behind a final status.
fn sip_code(status: CallStatus) -> &'static str {
    match status {
        CallStatus::Busy => "486",
        CallStatus::Failed => "404",
        CallStatus::NoAnswer | CallStatus::Canceled => "487",
        _ => "200",
    }
}
