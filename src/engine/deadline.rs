//! Time: when a session wants to be woken, and what it does then.

use jiff::{SignedDuration, Timestamp};

use super::Machine;
use super::effect::Effect;
use super::event::Leg;
use super::gone;
use super::session::{Phase, Session, State};
use crate::program::LegOutcome;

/// A provider that was asked for a leg has so long to answer.
const ANSWER: SignedDuration = SignedDuration::from_secs(10);
/// A caller who was asked for is asked for again after so long.
const AGAIN: SignedDuration = SignedDuration::from_secs(60);

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
            None => {
                if self.session.expected_by.is_some_and(|expected| expected <= self.at) {
                    self.session.expected_by = self.at.checked_add(AGAIN).ok();
                    self.outcome.effects.push(Effect::AskLeg(Leg::Caller));
                }
            }
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
            let talking = leg.phase == Phase::Joined;
            self.outcome.effects.push(Effect::End(token.clone()));
            if talking {
                self.session.legs.remove(&token);
            } else {
                self.leg_is_over(&token, LegOutcome::Failed);
            }
        }
    }
}
