//! Every call ends, in whatever way it is left alone.

use jiff::SignedDuration;

use super::people::{Phones, Wish};
use super::world::{Activity, World};
use crate::engine::deadline;
use crate::engine::event::EventKind;

/// A way in which a call comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// Nothing is heard of anybody any more, not even from the provider's API.
    Silence,
    /// The caller hangs up, and then nothing is heard.
    HangUp,
    /// The caller is there and does nothing, and so does everybody else.
    Patience,
    /// Somebody answers and wants to help.
    Help,
}

/// After a hang-up the call is over so soon: the last 10 minutes of the flow, and what a leg has to hear then.
const AFTERWARDS: SignedDuration = SignedDuration::from_mins(13);
/// A call of which nothing is heard.
const UNHEARD: SignedDuration = SignedDuration::from_hours(9);

impl End {
    pub(super) const ALL: [Self; 4] = [Self::Silence, Self::HangUp, Self::Patience, Self::Help];

    /// Lets it come, and looks back.
    pub(super) fn come(self, world: &mut World) {
        let silent = Wish { key: None, ends_recording: None, phone: Phones::RingOut };
        match self {
            Self::Silence => ticks(world, UNHEARD),
            Self::HangUp => {
                world.happens(EventKind::HungUp);
                ticks(world, AFTERWARDS);
            }
            Self::Patience => world.until(silent, |world| world.session.over),
            Self::Help => {
                let wish = Wish { key: Some('2'), ends_recording: Some('1'), phone: Phones::Press('1') };
                world.until(wish, |world| world.session.over);
            }
        }
        // The telephones that still ring, and who is still on the line.
        world.until(silent, |world| {
            let over = |phone: &super::world::Telephone| phone.state == Activity::Over;
            world.coming.is_empty() && world.undone.is_empty() && world.phones.values().all(over)
        });
        world.looks_back();
    }
}

/// Nothing comes but the time.
fn ticks(world: &mut World, longest: SignedDuration) {
    /// More than one a minute.
    const MOST: usize = 1000;
    let began = world.at;
    for n in 0.. {
        if world.session.over {
            break;
        }
        assert!(n < MOST, "it does not come to an end: {:?}", world.session);
        world.perform();
        world.coming.clear();
        world.at = world.at.max(deadline(&world.session).expect("a deadline"));
        assert!(world.at.duration_since(began) <= longest, "it takes too long: {:?}", world.session);
        world.happens(EventKind::Tick);
    }
}

impl World {
    /// The timer of the call.
    pub(super) fn tick_if_due(&mut self) {
        if deadline(&self.session).is_some_and(|due| due <= self.at) {
            self.happens(EventKind::Tick);
        }
    }

    fn looks_back(&self) {
        assert_eq!(self.book.overs, 1, "a call is over once");
        for (leg, number) in &self.book.placed {
            assert!(self.book.outcomes.contains_key(leg), "{leg} to {number} has no outcome: {:?}", self.book.outcomes);
        }
        let gone = self.session.gone.expect("the caller is gone");
        assert_eq!(self.book.byes, usize::from(gone.hung_up && gone.rule_done), "the rule of the hang-up: {gone:?}");
    }
}
