//! Time: when a session wants to be woken, and what it does then.

use jiff::{SignedDuration, Timestamp};

use super::Machine;
use super::effect::Effect;
use super::event::Leg;
use super::gone;
use super::session::{Phase, Session, State};
use super::speech::GRACE;
use crate::limits::TWILIO;
use crate::limits::server::LEG_ANSWER;
use crate::program::LegOutcome;

/// A provider that was asked for a leg has so long to answer.
const ANSWER: SignedDuration = SignedDuration::from_millis(LEG_ANSWER.cast_signed());
/// A caller who was asked for is asked for again after so long.
const AGAIN: SignedDuration = SignedDuration::from_secs(60);
/// A call of which nothing is heard when it should be, and that is older than this, is over: no provider lets one last
/// longer, and some more.
const LONGEST_CALL: SignedDuration = SignedDuration::from_millis(TWILIO.call.cast_signed() + 15 * 60 * 1000);

/// When [`super::EventKind::Tick`] is wanted next.
#[must_use]
pub fn deadline(session: &Session) -> Option<Timestamp> {
    if session.over {
        return None;
    }
    let legs = session.legs.values().map(|leg| leg.deadline);
    let caller = match session.gone {
        None => session.expected_by,
        Some(gone) => {
            let visit = session.caller.visit.as_ref();
            let own = match session.caller.state {
                State::Pausing => visit.and_then(|visit| visit.next_round),
                State::Recording => visit.and_then(|visit| visit.until),
                State::Over => return legs.min(),
                _ => None,
            };
            Some(own.unwrap_or(Timestamp::MAX).min(gone::last(gone)))
        }
    };
    legs.chain(caller).min()
}

impl Machine<'_> {
    pub(super) fn tick(&mut self) {
        self.tick_legs();
        match self.session.gone {
            Some(gone) => self.tick_without_caller(gone),
            None if self.session.expected_by.is_none_or(|expected| expected > self.at) => {}
            None if self.session.asked && self.at.duration_since(self.session.call.started) > LONGEST_CALL => {
                self.hung_up();
            }
            None => {
                self.session.expected_by = self.at.checked_add(AGAIN).ok();
                self.session.asked = true;
                self.outcome.effects.push(Effect::AskLeg(Leg::Caller));
            }
        }
    }

    /// The caller's leg is to be heard of within this time, and some more.
    pub(super) fn expect(&mut self, length: SignedDuration) {
        self.session.expected_by = self.at.checked_add(length.saturating_add(GRACE)).ok();
        self.session.asked = false;
    }

    /// A call that is not over always has something that leads on from where it is: a webhook that is still to come,
    /// and a time at which the provider is asked why it has not.
    pub(super) fn expect_something(&mut self) {
        if self.session.gone.is_some() {
            return;
        }
        let working = matches!(self.session.caller.state, State::Working | State::Sending { .. });
        let soon = self.at.checked_add(GRACE).ok();
        if self.session.expected_by.is_none() || (working && self.session.expected_by < soon) {
            self.session.expected_by = soon;
        }
    }

    /// The provider says that a leg is there. If it was asked because nothing was heard of the caller, the caller is
    /// made to ask again: whatever was to come has been lost.
    pub(super) fn alive(&mut self, leg: Leg) {
        if let Leg::Callee(token) = &leg {
            return self.rings(token);
        }
        let busy = self.talks() || self.session.caller.state == State::Dialing;
        if leg == Leg::Caller && self.session.asked && !busy && self.session.gone.is_none() {
            self.session.asked = false;
            self.redirect(leg);
        }
    }

    /// After a restart the provider is asked for every leg, and what may have been lost is asked for again; all of it
    /// does no harm twice.
    pub(super) fn recover_legs(&mut self) {
        let legs: Vec<_> =
            self.session.legs.iter().map(|(token, leg)| (Leg::Callee(token.clone()), leg.clone())).collect();
        for (leg, known) in legs {
            let Leg::Callee(token) = leg.clone() else { continue };
            match (known.phase, &known.thread.state) {
                (_, State::Working) => self.with(&leg, Self::run),
                (Phase::Answered, State::Ready) => self.redirect(leg.clone()),
                (Phase::Placing | Phase::Ringing, _) if known.outcome.is_some() => {
                    self.outcome.effects.push(Effect::End(token));
                }
                _ => {}
            }
            self.outcome.effects.push(Effect::AskLeg(leg));
        }
    }

    /// Every leg has a deadline: then the provider is asked, and still undecided it is ended.
    fn tick_legs(&mut self) {
        let at = self.at;
        let due: Vec<_> =
            self.session.legs.iter().filter(|(_, leg)| leg.deadline <= at).map(|(t, _)| t.clone()).collect();
        for token in due {
            let Some(leg) = self.session.legs.get_mut(&token) else { continue };
            if !leg.asked {
                leg.asked = true;
                leg.deadline = at.checked_add(ANSWER).unwrap_or(Timestamp::MAX);
                self.outcome.effects.push(Effect::AskLeg(Leg::Callee(token)));
                continue;
            }
            self.outcome.effects.push(Effect::End(token.clone()));
            self.leg_is_over(&token, LegOutcome::Failed);
        }
    }
}
