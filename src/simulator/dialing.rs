//! `<Dial>`: other phones, or a caller out of a queue.
//!
//! Source: <https://www.twilio.com/docs/voice/twiml/dial>, <https://www.twilio.com/docs/voice/twiml/queue>.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::due::Due;
use super::leg::{Activity, CallStatus, Direction, Held, HeldState, Leg, LegId, Progress};
use super::markup::{Dial, DialTo, Phone, Role, Target};
use super::number;
use super::problem::Problem;
use super::queue::Afterwards;
use super::sound::length_of_tones;
use super::timeline::between;
use super::transcript::What;
use super::webhook::{Kind, Place, pair};
use super::world::World;

/// A `<Dial>` under way.
#[derive(Debug)]
pub(super) struct Dialing {
    pub(super) verb: Box<Dial>,
    pub(super) stage: Stage,
    /// The phones that were called, with their legs.
    pub(super) called: Vec<(LegId, Phone)>,
    /// The phones that are still to be called.
    pub(super) to_call: VecDeque<Phone>,
}

/// How far a `<Dial>` has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Phones ring.
    Ringing,
    /// One was answered and hears what the caller does not.
    Whispering(LegId),
    /// In wait of somebody in a queue.
    Queue(usize),
    /// Somebody from a queue hears an announcement.
    Announcing(usize, LegId),
    /// Joined.
    Joined { peer: LegId, since: Timestamp },
}

/// How a `<Dial>` ended, for its `action`.
struct Ended {
    status: &'static str,
    peer: Option<LegId>,
    bridged: bool,
    seconds: u64,
}

impl Ended {
    /// Without anybody.
    fn nobody(status: &'static str) -> Self {
        Self { status, peer: None, bridged: false, seconds: 0 }
    }
}

impl World {
    /// Begins a `<Dial>`.
    pub(super) fn dial(&mut self, id: LegId, verb: Box<Dial>) {
        match verb.to.clone() {
            DialTo::Phones(phones) => {
                let sequential = verb.sequential;
                self.begin_dial(id, Stage::Ringing, verb, phones.into());
                while self.call_next(id) && !sequential {}
                self.if_nobody_is_left(id, CallStatus::Failed);
            }
            DialTo::Queue { name, .. } => self.dial_queue(id, verb, self.queue(&name)),
        }
    }

    fn begin_dial(&mut self, id: LegId, stage: Stage, verb: Box<Dial>, to_call: VecDeque<Phone>) {
        self.change(id, Activity::Dialing(Box::new(Dialing { verb, stage, called: Vec::new(), to_call })));
    }

    /// Waits for somebody in a queue; one that does not exist is a failure.
    fn dial_queue(&mut self, id: LegId, verb: Box<Dial>, place: Option<usize>) {
        let timeout = verb.timeout;
        let Some(place) = place else {
            self.begin_dial(id, Stage::Ringing, verb, VecDeque::new());
            return self.dial_over(id, &Ended::nobody("failed"));
        };
        self.begin_dial(id, Stage::Queue(place), verb, VecDeque::new());
        self.after(id, timeout, Due::DialTimeout(id));
        if let Some(queue) = self.queues.get_mut(place) {
            queue.dialers.push(id);
        }
        self.plan_now(Due::Match(place));
    }

    fn dialing(&self, id: LegId) -> Option<&Dialing> {
        match &self.leg(id)?.activity {
            Activity::Dialing(dialing) => Some(dialing),
            _ => None,
        }
    }

    fn dialing_mut(&mut self, id: LegId) -> Option<&mut Dialing> {
        match &mut self.leg_mut(id)?.activity {
            Activity::Dialing(dialing) => Some(dialing),
            _ => None,
        }
    }

    /// Calls the next phone of a `<Dial>`; false if there is none.
    fn call_next(&mut self, id: LegId) -> bool {
        let Some(phone) = self.dialing_mut(id).and_then(|dialing| dialing.to_call.pop_front()) else { return false };
        let (Some(leg), Some(dialing)) = (self.leg(id), self.dialing(id)) else { return false };
        let from = dialing.verb.caller_id.clone().unwrap_or_else(|| leg.from.clone());
        let ring_limit = dialing.verb.timeout;
        let fault = if !number::can_be_dialled(&phone.address) {
            Some((13_224, format!("`{}` in `<Dial>` is no number that can be dialled", phone.address)))
        } else if from != leg.from && !self.may_show(&from) {
            Some((13_214, format!("`callerId=\"{from}\"` of `<Dial>` is not a number of the account")))
        } else {
            None
        };
        if let Some((code, text)) = fault {
            let url = leg.document_url().unwrap_or_default();
            self.note(Some(id), What::Problem(Problem { code, url, text }));
            return true;
        }
        let child = self.new_leg(Direction::OutboundDial, &from, &phone.address);
        if let Some(leg) = self.leg_mut(child) {
            leg.parent = Some(id);
            leg.ring_limit = ring_limit;
            leg.progress = phone.status_callback.clone().map(|callback| Progress { callback, sequence: 0 });
        }
        if let Some(dialing) = self.dialing_mut(id) {
            dialing.called.push((child, phone));
        }
        self.plan_now(Due::Place(child));
        true
    }

    /// Ends a `<Dial>` of phones of which none can answer any more.
    fn if_nobody_is_left(&mut self, id: LegId, last: CallStatus) {
        let Some(dialing) = self.dialing(id) else { return };
        let over = |leg: &LegId| self.leg(*leg).is_none_or(Leg::is_over);
        if dialing.stage != Stage::Ringing || !dialing.called.iter().all(|(leg, _)| over(leg)) {
            return;
        }
        let peer = dialing.called.last().map(|(leg, _)| *leg);
        if !self.call_next(id) {
            let status = match last {
                CallStatus::Busy => "busy",
                CallStatus::Failed => "failed",
                CallStatus::Canceled => "canceled",
                _ => "no-answer",
            };
            self.dial_over(id, &Ended { peer, ..Ended::nobody(status) });
        } else if self.dialing(id).is_some_and(|dialing| dialing.called.iter().all(|(leg, _)| over_in(self, *leg))) {
            self.if_nobody_is_left(id, CallStatus::Failed);
        }
    }

    /// The first phone of a `<Dial>` was answered: the others stop ringing.
    pub(super) fn child_answered(&mut self, parent: LegId, child: LegId) {
        let Some(dialing) = self.dialing_mut(parent).filter(|dialing| dialing.stage == Stage::Ringing) else { return };
        dialing.stage = Stage::Whispering(child);
        dialing.to_call.clear();
        let others: Vec<LegId> = dialing.called.iter().map(|(leg, _)| *leg).filter(|leg| *leg != child).collect();
        let tones = dialing.called.iter().find(|(leg, _)| *leg == child).and_then(|(_, phone)| phone.tones.clone());
        for other in others {
            self.finish(other, CallStatus::Canceled);
        }
        match tones.filter(|tones| !tones.is_empty()) {
            None => self.tones_sent(child),
            Some(tones) => {
                let length = length_of_tones(&tones);
                self.note(Some(child), What::Tones(tones));
                self.after(child, length, Due::TonesSent(child));
            }
        }
    }

    /// A callee is ready for what only the callee hears, or to be joined.
    pub(super) fn tones_sent(&mut self, child: LegId) {
        let Some(parent) = self.leg(child).and_then(|leg| leg.parent) else { return };
        let Some(dialing) = self.dialing(parent) else { return };
        let whisper = dialing.called.iter().find(|(leg, _)| *leg == child).and_then(|(_, phone)| phone.whisper.clone());
        match whisper {
            Some(target) => self.fetch(child, Kind::Whisper, target, Vec::new(), Place::OnTop(Role::Whisper)),
            None => self.join(parent, child),
        }
    }

    /// Brings the first in a queue together with the first `<Dial>` that waits.
    pub(super) fn match_queue(&mut self, place: usize) {
        let Some(queue) = self.queues.get_mut(place) else { return };
        if queue.members.is_empty() || queue.dialers.is_empty() {
            return;
        }
        let (member, dialer) = (queue.members.remove(0), queue.dialers.remove(0));
        let sid = queue.sid.clone();
        self.plan_now(Due::Match(place));
        let Some(dialing) = self.dialing_mut(dialer) else { return };
        dialing.stage = Stage::Announcing(place, member);
        let announcement = match &dialing.verb.to {
            DialTo::Queue { announcement, .. } => announcement.clone(),
            DialTo::Phones(_) => None,
        };
        self.change(member, Activity::Idle);
        let now = self.now;
        let dequeuing = self.leg(dialer).map(|leg| leg.sid.clone()).unwrap_or_default();
        let Some(leg) = self.leg_mut(member) else { return };
        leg.frames.truncate(1);
        let Some(held) = &mut leg.held else { return };
        held.state = HeldState::Announcing(dialer);
        let waited = between(held.since, now).as_secs().to_string();
        match announcement {
            None => self.join(dialer, member),
            Some(target) => {
                let own = vec![pair("QueueSid", sid), pair("QueueTime", waited), pair("DequeingCallSid", dequeuing)];
                self.fetch(member, Kind::Announcement, target, own, Place::OnTop(Role::Announcement));
            }
        }
    }

    /// Joins a leg with the leg whose `<Dial>` looked for it.
    pub(super) fn join(&mut self, dialer: LegId, peer: LegId) {
        let since = self.now;
        let Some(dialing) = self.dialing_mut(dialer) else { return };
        dialing.stage = Stage::Joined { peer, since };
        let limit = dialing.verb.time_limit;
        if let Some(leg) = self.leg_mut(dialer) {
            for timer in std::mem::take(&mut leg.timers) {
                self.timeline.cancel(timer);
            }
        }
        self.answer_first(dialer);
        self.change(peer, Activity::Joined(dialer));
        if let Some(leg) = self.leg_mut(peer) {
            match &mut leg.held {
                Some(held) => {
                    held.state = HeldState::Joined(dialer);
                    leg.frames.truncate(1);
                }
                None => leg.frames.clear(),
            }
        }
        self.after(dialer, limit, Due::TalkLimit(dialer));
        self.note(Some(dialer), What::Joined { with: peer });
        self.note(Some(peer), What::Joined { with: dialer });
    }

    /// Somebody whom a `<Dial>` had to do with is gone, or was called away.
    pub(super) fn peer_gone(&mut self, dialer: LegId, peer: LegId, last: CallStatus) {
        let Some(stage) = self.dialing(dialer).map(|dialing| dialing.stage) else { return };
        match stage {
            Stage::Ringing => self.if_nobody_is_left(dialer, last),
            Stage::Whispering(callee) if callee == peer => {
                let status = if self.config.behaviour.declined_is_completed { "completed" } else { "no-answer" };
                self.dial_over(dialer, &Ended { peer: Some(peer), ..Ended::nobody(status) });
            }
            Stage::Announcing(place, member) if member == peer => self.back_to_waiting(dialer, place),
            Stage::Joined { peer: with, since } if with == peer => {
                self.note(Some(dialer), What::Parted);
                let seconds = between(since, self.now).as_secs();
                self.dial_over(dialer, &Ended { status: "completed", peer: Some(peer), bridged: true, seconds });
            }
            _ => {}
        }
    }

    /// The caller who was to be joined is gone: the next in the queue.
    fn back_to_waiting(&mut self, dialer: LegId, place: usize) {
        if let Some(dialing) = self.dialing_mut(dialer) {
            dialing.stage = Stage::Queue(place);
        }
        if let Some(queue) = self.queues.get_mut(place) {
            queue.dialers.insert(0, dialer);
        }
        self.plan_now(Due::Match(place));
    }

    /// Nobody came into the queue in time.
    pub(super) fn dial_timeout(&mut self, id: LegId) {
        if matches!(self.dialing(id).map(|dialing| dialing.stage), Some(Stage::Queue(_))) {
            self.dial_over(id, &Ended::nobody("no-answer"));
        }
    }

    /// A talk has lasted as long as `timeLimit` allows, or the dialling side pressed star.
    pub(super) fn talk_limit(&mut self, id: LegId) {
        let Some(Stage::Joined { peer, since }) = self.dialing(id).map(|dialing| dialing.stage) else { return };
        let seconds = between(since, self.now).as_secs();
        self.note(Some(id), What::Parted);
        self.dial_over(id, &Ended { status: "completed", peer: Some(peer), bridged: true, seconds });
        self.release(peer);
    }

    /// Lets go of the other side of a talk: a phone that was called hangs up, a caller from a queue goes on.
    fn release(&mut self, peer: LegId) {
        let Some(leg) = self.leg(peer).filter(|leg| !leg.is_over()) else { return };
        if leg.held.is_some() {
            self.note(Some(peer), What::Parted);
            self.leave_queue(peer, "bridged", Afterwards::GoesOn);
        } else {
            self.complete(peer);
        }
    }

    /// A `<Dial>` is over, and its leg goes on.
    fn dial_over(&mut self, id: LegId, ended: &Ended) {
        for queue in &mut self.queues {
            queue.dialers.retain(|dialer| *dialer != id);
        }
        let Some(Activity::Dialing(dialing)) = self.change(id, Activity::Idle) else { return };
        match dialing.verb.action.clone() {
            Some(target) => self.tell_dial(id, target, &dialing, ended, false),
            None => self.proceed_soon(id),
        }
    }

    fn tell_dial(&mut self, id: LegId, target: Target, dialing: &Dialing, ended: &Ended, gone: bool) {
        let mut own = vec![
            pair("DialCallStatus", ended.status),
            pair("DialBridged", if ended.bridged { "true" } else { "false" }),
        ];
        if let Some(peer) = ended.peer.and_then(|peer| self.leg(peer)) {
            own.push(pair("DialCallSid", &peer.sid));
            if ended.bridged {
                own.push(pair("DialCallDuration", ended.seconds.to_string()));
            }
        }
        if let DialTo::Queue { name, .. } = &dialing.verb.to {
            own.extend(
                self.queue(name).and_then(|place| self.queues.get(place)).map(|queue| pair("QueueSid", &queue.sid)),
            );
        }
        if gone {
            self.notice(id, Kind::Action, target, own);
        } else {
            self.fetch(id, Kind::Action, target, own, Place::Instead);
        }
    }

    /// The leg of a `<Dial>` is gone, or was called away: whoever it had to do with is let go.
    pub(super) fn dialer_gone(&mut self, id: LegId, dialing: &Dialing, hung_up: bool) {
        for queue in &mut self.queues {
            queue.dialers.retain(|dialer| *dialer != id);
        }
        let mut ended = Ended { peer: dialing.called.last().map(|(leg, _)| *leg), ..Ended::nobody("canceled") };
        if let Stage::Joined { peer, since } = dialing.stage {
            let seconds = between(since, self.now).as_secs();
            ended = Ended { status: "completed", peer: Some(peer), bridged: true, seconds };
            self.note(Some(id), What::Parted);
        }
        if hung_up
            && self.config.behaviour.dial_action_after_hangup
            && let Some(target) = dialing.verb.action.clone()
        {
            self.tell_dial(id, target, dialing, &ended, true);
        }
        match dialing.stage {
            Stage::Ringing | Stage::Queue(_) => {}
            Stage::Whispering(callee) => self.complete(callee),
            Stage::Announcing(_, member) => self.leave_queue(member, "error", Afterwards::GoesOn),
            Stage::Joined { peer, .. } => self.release(peer),
        }
        for (child, _) in &dialing.called {
            self.finish(*child, CallStatus::Canceled);
        }
    }

    /// A held leg is gone, or was called away.
    pub(super) fn held_gone(&mut self, id: LegId, held: &Held, hung_up: bool) {
        let result = match (held.state, hung_up) {
            (HeldState::Joined(_), true) => "bridged",
            (_, true) => "hangup",
            (HeldState::Joined(_), false) => "redirected-from-bridged",
            (_, false) => "redirected",
        };
        self.leave_queue(id, result, Afterwards::Otherwise);
        if let HeldState::Announcing(dialer) | HeldState::Joined(dialer) = held.state {
            self.peer_gone(dialer, id, CallStatus::Completed);
        }
    }
}

fn over_in(world: &World, leg: LegId) -> bool {
    world.leg(leg).is_none_or(Leg::is_over)
}
