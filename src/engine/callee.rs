//! Callees' legs: every one ends in exactly one outcome.

use jiff::SignedDuration;

use super::effect::{Effect, Entry};
use super::escalate::escalate_at;
use super::event::{Leg, LegStatus, LegToken, PlaceFailure};
use super::run::Go;
use super::session::{Phase, State, Thread};
use super::turn::{Then, Turn};
use super::{Machine, wait};
use crate::failure::{Failure, FailureKind};
use crate::graph::NodeId;
use crate::graph::ways::Way;
use crate::limits::TWILIO;
use crate::limits::server::{self, RINGING_GRACE};
use crate::phone;
use crate::program::LegOutcome;

/// A proof of a bridge must come so soon.
const JOINING: SignedDuration = SignedDuration::from_millis(server::JOINING.cast_signed());
/// A callee who is told that the caller is gone has so long to hear it.
const FAREWELL: SignedDuration = SignedDuration::from_secs(60);
/// The longest talk a provider allows, and some more.
const TALK: SignedDuration = SignedDuration::from_millis(TWILIO.call.cast_signed() + 15 * 60 * 1000);

impl Machine<'_> {
    /// The provider's reply to the request to phone somebody.
    pub(super) fn placed(&mut self, token: &LegToken, result: &Result<String, PlaceFailure>) {
        let Some(leg) = self.session.legs.get_mut(token) else {
            // Nobody wants it any more.
            if result.is_ok() {
                self.outcome.effects.push(Effect::End(token.clone()));
            }
            return;
        };
        match result {
            Ok(_) => self.rings(token),
            // It may ring all the same: its webhooks will tell, or its deadline.
            Err(PlaceFailure::Unknown) => {}
            // It has been heard of, so it was not refused.
            Err(_) if leg.phase != Phase::Placing => {}
            Err(PlaceFailure::Number(_) | PlaceFailure::NotThere) => self.leg_is_over(token, LegOutcome::Failed),
            Err(PlaceFailure::Account(status)) => self.account_refused(token, *status),
        }
    }

    /// The provider has taken a leg, as its reply says, or as it says when asked for a leg whose reply was lost.
    pub(super) fn rings(&mut self, token: &LegToken) {
        let Some(leg) = self.session.legs.get_mut(token).filter(|leg| leg.phase == Phase::Placing) else { return };
        leg.phase = Phase::Ringing;
        if leg.outcome.is_some() {
            self.outcome.effects.push(Effect::End(token.clone()));
        } else if let Some((_, escalate)) = escalate_at(self.graph, leg.node) {
            // It may have taken the provider some time until it rang.
            leg.deadline = wait::later(self.at, escalate.ringing.saturating_add(RINGING_GRACE));
            leg.asked = false;
        }
    }

    /// The provider refuses our account: nobody else can be phoned either.
    fn account_refused(&mut self, token: &LegToken, status: u16) {
        let Some(leg) = self.session.legs.remove(token) else { return };
        if leg.outcome.is_some() {
            return;
        }
        self.log_leg(leg.node, leg.round, &leg.number, LegOutcome::Failed);
        if self.session.escalation.as_ref().is_some_and(|escalation| escalation.leg.as_ref() == Some(token)) {
            self.give_up_escalation(&Failure { status: Some(status), ..Failure::of(FailureKind::Http) });
            self.redirect(Leg::Caller);
        }
    }

    /// Somebody or something answered.
    pub(super) fn answered(&mut self, token: &LegToken, machine: bool) {
        let graph = self.graph;
        let Some(leg) = self.session.legs.get_mut(token) else { return self.hang_up_leg(token) };
        let Some((_, escalate)) = escalate_at(graph, leg.node) else { return self.hang_up_leg(token) };
        if !matches!(leg.phase, Phase::Placing | Phase::Ringing) {
            // It is not taken up twice.
            return self.with(&Leg::Callee(token.clone()), Self::goes_on);
        }
        if leg.outcome.is_none() && machine && escalate.outcomes.iter().any(|(of, _)| *of == LegOutcome::Machine) {
            self.hang_up_leg(token);
            return self.leg_is_over(token, LegOutcome::Machine);
        }
        // If the caller left before the phone was taken up, whoever answers is told.
        let at = if leg.outcome.is_none() { Some(escalate.callee_hears) } else { self.farewell_of(token) };
        let Some(at) = at else {
            self.session.legs.remove(token);
            return self.hang_up_leg(token);
        };
        self.goes_to_part(token, at);
        self.begin_part(token, at);
        self.with(&Leg::Callee(token.clone()), Self::run);
    }

    /// Notes that a callee's leg is led to a part of its `escalate`.
    fn goes_to_part(&mut self, token: &LegToken, at: NodeId) {
        let Some(leg) = self.session.legs.get(token) else { return };
        let Some((_, escalate)) = escalate_at(self.graph, leg.node) else { return };
        let node = leg.node;
        let arm = escalate.outcomes.iter().find(|(outcome, to)| Some(*outcome) == leg.outcome && *to == at);
        self.goes(node, arm.map_or(Way::CalleeHears, |(outcome, _)| Way::Outcome(*outcome)));
    }

    /// The callee's part begins at a node, with the names it was phoned with.
    fn begin_part(&mut self, token: &LegToken, at: NodeId) {
        let now = self.at;
        let Some(leg) = self.session.legs.get_mut(token) else { return };
        leg.phase = Phase::Answered;
        leg.thread = Thread::starting(at, leg.thread.vars());
        leg.deadline = now.checked_add(FAREWELL).unwrap_or(now);
        leg.asked = false;
    }

    /// The arm that tells a callee that the caller is gone.
    fn farewell_of(&self, token: &LegToken) -> Option<NodeId> {
        let leg = self.session.legs.get(token)?;
        let (_, escalate) = escalate_at(self.graph, leg.node)?;
        escalate
            .outcomes
            .iter()
            .find(|(of, _)| Some(*of) == leg.outcome && *of == LegOutcome::CallerGone)
            .map(|(_, to)| *to)
    }

    /// `connect`: asks first whether the caller is still there.
    pub(super) fn connect(&mut self, thread: &mut Thread, leg: &Leg) -> Go {
        let Leg::Callee(token) = leg else { return Go::To(self.graph.apology) };
        let holds = self.session.caller.state == State::Holding && !self.caller_gone();
        let escalation = self.session.escalation.as_ref().filter(|e| holds && e.held && e.leg.as_ref() == Some(token));
        let Some((visit, round)) = escalation.map(|escalation| (escalation.visit, escalation.held_with)) else {
            return match self.farewell_of(token) {
                Some(to) => {
                    self.goes_to_part(token, to);
                    Go::To(to)
                }
                None => self.leg_over(thread, leg, Some(LegOutcome::CallerGone)),
            };
        };
        if let Some(leg) = self.session.legs.get_mut(token) {
            leg.phase = Phase::Joining;
        }
        thread.state = State::Joining;
        Go::Turn(Then::Join { visit, round })
    }

    /// A callee's leg has got its document: by when it must be heard of again.
    pub(super) fn set_leg_deadline(&mut self, token: &LegToken, then: &Then, length: SignedDuration) {
        let length = length.saturating_add(if matches!(then, Then::Join { .. }) { JOINING } else { FAREWELL });
        let at = self.at;
        if let Some(leg) = self.session.legs.get_mut(token) {
            leg.deadline = at.checked_add(length).unwrap_or(at);
            leg.asked = false;
        }
    }

    /// Proof of a bridge: the provider asks what the caller hears before being joined.
    pub(super) fn bridging(&mut self, visit: u32, _round: u32) {
        let graph = self.graph;
        if self.session.escalation.as_ref().is_some_and(|escalation| escalation.visit == visit) {
            self.accept();
        }
        // What proves nothing, because nobody is being joined or the talk is over, changes nothing.
        let current = self.session.escalation.as_ref().filter(|e| e.visit == visit && self.talks());
        let Some(node) = current.map(|escalation| escalation.node) else {
            return self.outcome.turns.push((Leg::Caller, Turn::just(Then::Nothing)));
        };
        let arm = escalate_at(graph, node)
            .and_then(|(_, escalate)| escalate.outcomes.iter().find(|(of, _)| *of == LegOutcome::Accepted));
        match arm {
            None => self.outcome.turns.push((Leg::Caller, Turn::just(Then::Nothing))),
            Some((_, to)) => {
                self.goes(node, Way::Outcome(LegOutcome::Accepted));
                // The caller stays on hold: only words are taken from this.
                let mut aside = Thread { at: *to, said: Vec::new(), ..self.session.caller.clone() };
                self.run(&mut aside, &Leg::Caller);
                self.expect(TALK);
                if self.outcome.turns.is_empty() {
                    // Nobody who is being joined waits for services.
                    self.outcome.turns.push((Leg::Caller, Turn::just(Then::Nothing)));
                }
            }
        }
    }

    /// Whether a callee is joined with the caller.
    pub(super) fn talks(&self) -> bool {
        self.session.legs.values().any(|leg| leg.phase == Phase::Joined)
    }

    /// The leg being joined has been joined: of several proofs the first counts.
    pub(super) fn accept(&mut self) {
        let at = self.at;
        let Some(escalation) = &mut self.session.escalation else { return };
        let Some(leg) = escalation.leg.as_ref().and_then(|token| self.session.legs.get_mut(token)) else { return };
        if leg.phase != Phase::Joining || leg.outcome.is_some() {
            return;
        }
        leg.outcome = Some(LegOutcome::Accepted);
        leg.phase = Phase::Joined;
        leg.deadline = at.checked_add(TALK).unwrap_or(at);
        leg.asked = false;
        escalation.joined = Some(leg.who.clone());
        let (node, round, number) = (leg.node, leg.round, leg.number.clone());
        self.expect(TALK);
        self.log_leg(node, round, &number, LegOutcome::Accepted);
    }

    /// A callee's attempt to be joined is over.
    pub(super) fn join_over(&mut self, token: &LegToken, bridged: bool) {
        let Some(leg) = self.session.legs.get(token) else { return self.hang_up_leg(token) };
        if bridged && leg.outcome.is_none() {
            self.accept();
        }
        let leg = self.session.legs.get(token);
        if leg.is_some_and(|leg| leg.outcome == Some(LegOutcome::Accepted)) {
            self.session.legs.remove(token);
            self.after_talk();
            return self.hang_up_leg(token);
        }
        if let Some(at) = self.farewell_of(token) {
            self.goes_to_part(token, at);
            self.begin_part(token, at);
            return self.with(&Leg::Callee(token.clone()), Self::run);
        }
        self.hang_up_leg(token);
        self.leg_is_over(token, LegOutcome::Failed);
    }

    /// The callee has left the talk: the caller should be heard of soon.
    fn after_talk(&mut self) {
        if !self.caller_gone() {
            self.expect(SignedDuration::ZERO);
        }
    }

    /// A callee's leg has ended.
    pub(super) fn leg_ended(&mut self, token: &LegToken, status: LegStatus) {
        let Some(leg) = self.session.legs.get(token) else { return };
        let outcome = match (status, leg.phase) {
            (LegStatus::Busy, _) => LegOutcome::Busy,
            (LegStatus::NoAnswer, _) | (LegStatus::Completed, Phase::Placing | Phase::Ringing) => LegOutcome::NoAnswer,
            (LegStatus::Completed, Phase::Answered) => LegOutcome::Declined,
            (LegStatus::Completed | LegStatus::Failed | LegStatus::Canceled, _) => LegOutcome::Failed,
        };
        self.leg_is_over(token, outcome);
    }

    /// In the callee's part: the leg is over.
    pub(super) fn leg_over(&mut self, thread: &mut Thread, leg: &Leg, outcome: Option<LegOutcome>) -> Go {
        let Leg::Callee(token) = leg else { return Go::To(self.graph.apology) };
        self.reply(thread, leg, Then::HangUp);
        if matches!(thread.state, State::Speaking { .. }) {
            return Go::Rest;
        }
        thread.end();
        self.leg_is_over(token, outcome.unwrap_or(LegOutcome::CallerGone));
        Go::Rest
    }

    /// The leg is no more; if it had no outcome yet, this is it, and the escalation goes on.
    pub(super) fn leg_is_over(&mut self, token: &LegToken, outcome: LegOutcome) {
        let Some(leg) = self.session.legs.remove(token) else { return };
        if leg.outcome.is_some() {
            if leg.phase == Phase::Joined {
                self.after_talk();
            }
            return;
        }
        self.log_leg(leg.node, leg.round, &leg.number, outcome);
        let current = self.session.escalation.as_mut().filter(|escalation| escalation.leg.as_ref() == Some(token));
        if let Some(escalation) = current {
            escalation.leg = None;
            self.escalate_on(outcome);
        }
    }

    /// The caller has left: ringing phones stop, and whoever answered is told at once.
    pub(super) fn abandon_legs(&mut self) {
        let at = self.at;
        let tokens: Vec<LegToken> = self.session.legs.keys().cloned().collect();
        for token in tokens {
            let Some(leg) = self.session.legs.get_mut(&token) else { continue };
            leg.deadline = leg.deadline.min(at.checked_add(FAREWELL).unwrap_or(at));
            leg.asked = false;
            if leg.outcome.is_some() {
                continue;
            }
            leg.outcome = Some(LegOutcome::CallerGone);
            let (node, round, number, phase) = (leg.node, leg.round, leg.number.clone(), leg.phase);
            self.log_leg(node, round, &number, LegOutcome::CallerGone);
            match phase {
                Phase::Placing | Phase::Ringing => self.outcome.effects.push(Effect::End(token)),
                Phase::Answered => self.tell_caller_gone(token),
                // Its attempt to be joined will end by itself, and then it is told.
                Phase::Joining | Phase::Joined => {}
            }
        }
    }

    fn tell_caller_gone(&mut self, token: LegToken) {
        match self.farewell_of(&token) {
            None => {
                self.session.legs.remove(&token);
                self.outcome.effects.push(Effect::End(token));
            }
            Some(to) => {
                self.goes_to_part(&token, to);
                if let Some(leg) = self.session.legs.get_mut(&token) {
                    leg.thread.said.clear();
                    leg.thread.visit = None;
                    leg.thread.work.clear();
                    leg.thread.at = to;
                    leg.thread.state = State::Ready;
                }
                self.redirect(Leg::Callee(token));
            }
        }
    }

    fn hang_up_leg(&mut self, token: &LegToken) {
        self.outcome.turns.push((Leg::Callee(token.clone()), Turn::just(Then::HangUp)));
    }

    pub(super) fn log_leg(&mut self, node: NodeId, round: u32, number: &str, outcome: LegOutcome) {
        let node = self.graph.node(node).map(|node| node.name.to_string()).unwrap_or_default();
        self.log(Entry::Leg { node, round, number: phone::mask(number), outcome });
    }
}
