//! Places in a call that are hard to reach.

use super::people::{Phones, Wish};
use super::world::World;
use crate::engine::event::EventKind;
use crate::engine::session::{Phase, Session, State};

/// A place, and how a call gets there.
pub(super) struct Goal {
    pub(super) name: &'static str,
    /// The key pressed in the main menu.
    key: char,
    phone: Phones,
    /// Where the caller hangs up on the way, if so.
    hangs_up: Option<fn(&Session) -> bool>,
    pub(super) reached: fn(&Session) -> bool,
}

const PRESS: Phones = Phones::Press('1');

impl Goal {
    const fn new(name: &'static str, key: char, phone: Phones, reached: fn(&Session) -> bool) -> Self {
        Self { name, key, phone, hangs_up: None, reached }
    }

    const fn gone(self, at: fn(&Session) -> bool) -> Self {
        Self { hangs_up: Some(at), ..self }
    }

    /// A call at this place.
    pub(super) fn world(&self) -> World {
        let mut world = World::new();
        let wish = Wish { key: Some(self.key), ends_recording: Some('1'), phone: self.phone };
        if let Some(there) = self.hangs_up {
            world.until(wish, |world| there(&world.session));
            world.happens(EventKind::HungUp);
        }
        world.until(wish, |world| (self.reached)(&world.session));
        world
    }
}

/// All of them.
pub(super) fn goals() -> Vec<Goal> {
    vec![
        Goal::new("asked", '1', PRESS, |s| here(s) && is(s, &State::Listening)),
        Goal::new("a service is slow", '6', PRESS, |s| here(s) && is(s, &State::Working)),
        Goal::new("a long speech", '7', PRESS, |s| here(s) && matches!(s.caller.state, State::Speaking { .. })),
        Goal::new("speaks a message", '1', PRESS, |s| here(s) && is(s, &State::Recording)),
        Goal::new("speaks without keys", '2', PRESS, |s| here(s) && is(s, &State::Recording)),
        Goal::new("waits for the transcript", '1', PRESS, |s| here(s) && is(s, &State::Pausing)),
        Goal::new("a message is sent", '1', PRESS, |s| here(s) && sends(s)),
        Goal::new("put on hold", '3', PRESS, |s| here(s) && is(s, &State::Holding) && s.legs.is_empty()),
        Goal::new("a phone is asked for", '3', PRESS, |s| phase(s, Phase::Placing)),
        Goal::new("a phone rings", '3', PRESS, |s| phase(s, Phase::Ringing)),
        Goal::new("a service is slow for the callee", '3', PRESS, |s| callee(s, &State::Working)),
        Goal::new("the callee listens", '3', PRESS, |s| callee(s, &State::Listening)),
        Goal::new("the callee has pressed a key", '3', PRESS, |s| phase(s, Phase::Joining)),
        Goal::new("they talk", '3', PRESS, |s| phase(s, Phase::Joined)),
        Goal::new("called away from the music", '3', Phones::Busy, |s| s.called && is(s, &State::Ready)),
        Goal::new("the second phone rings", '3', Phones::StaySilent, |s| phase(s, Phase::Ringing) && round(s) == 2),
        Goal::new("on hold without a word", '4', Phones::Busy, |s| phase(s, Phase::Placing) && round(s) == 2),
        Goal::new("nobody answered", '3', Phones::RingOut, |s| {
            here(s) && is(s, &State::Listening) && s.escalations == 1 && s.escalation.is_none()
        }),
        Goal::new("handed on", '5', PRESS, |s| here(s) && is(s, &State::Dialing)),
        Goal::new("gone, and a transcript is owed", '1', PRESS, |s| gone(s) && is(s, &State::Pausing))
            .gone(|s| is(s, &State::Pausing)),
        Goal::new("gone, and a message is sent", '1', PRESS, |s| gone(s) && sends(s)).gone(|s| is(s, &State::Pausing)),
        Goal::new("gone, and a recording is kept", '2', PRESS, |s| gone(s) && is(s, &State::Recording))
            .gone(|s| is(s, &State::Recording)),
        Goal::new("gone, and the callee is to be told", '3', PRESS, |s| gone(s) && phase(s, Phase::Answered))
            .gone(|s| callee(s, &State::Listening)),
        Goal::new("gone, and a phone rings", '3', Phones::RingOut, |s| gone(s) && phase(s, Phase::Ringing))
            .gone(|s| phase(s, Phase::Ringing)),
        Goal::new("gone as a key was pressed", '3', PRESS, |s| gone(s) && phase(s, Phase::Joining))
            .gone(|s| phase(s, Phase::Joining)),
        Goal::new("over", '3', PRESS, |s| s.over).gone(|s| is(s, &State::Listening)),
    ]
}

fn here(session: &Session) -> bool {
    session.gone.is_none()
}

fn gone(session: &Session) -> bool {
    session.gone.is_some()
}

fn is(session: &Session, state: &State) -> bool {
    session.caller.state == *state
}

fn sends(session: &Session) -> bool {
    matches!(session.caller.state, State::Sending { .. })
}

fn phase(session: &Session, phase: Phase) -> bool {
    session.legs.values().any(|leg| leg.phase == phase)
}

fn round(session: &Session) -> u32 {
    session.escalation.as_ref().map_or(0, |escalation| escalation.round)
}

fn callee(session: &Session, state: &State) -> bool {
    session.legs.values().any(|leg| leg.thread.state == *state)
}
