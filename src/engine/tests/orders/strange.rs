//! Events that nobody expects: too early, too late, twice, of another leg, or of none.

use super::world::World;
use crate::engine::deadline;
use crate::engine::event::{
    EventKind, FailureKind, LeftHold, Leg, LegStatus, LegToken, PlaceFailure, Reply, RequestId,
};

/// What is chosen of what is possible.
#[derive(Debug, Clone)]
pub(super) struct Choices {
    list: Vec<u16>,
    next: usize,
}

impl Choices {
    pub(super) fn new(list: Vec<u16>) -> Self {
        Self { list, next: 0 }
    }

    /// One of so many; the first when there are no choices left.
    pub(super) fn of(&mut self, count: usize) -> usize {
        let choice = self.list.get(self.next).copied().unwrap_or_default();
        self.next += 1;
        usize::from(choice) % count
    }

    pub(super) fn among<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.of(all.len())].clone()
    }
}

/// The kinds of strange events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strange {
    Continue,
    Key,
    Star,
    Silence,
    Skip,
    Recorded,
    RecordedNothing,
    Holding,
    HoldKey,
    HoldStar,
    Bridged,
    Redirected,
    Left,
    NotHeld,
    Bridging,
    JoinOver,
    DialOver,
    Answered,
    LegEnded,
    Placed,
    HungUp,
    Transcript,
    Replies,
    Tick,
    Deadline,
    TookLong,
    Alive,
    Again,
    Overtakes,
    Time,
    Crash,
    CrashBeforeEffects,
}

impl Strange {
    pub(super) const ALL: [Self; 32] = [
        Self::Continue,
        Self::Key,
        Self::Star,
        Self::Silence,
        Self::Skip,
        Self::Recorded,
        Self::RecordedNothing,
        Self::Holding,
        Self::HoldKey,
        Self::HoldStar,
        Self::Bridged,
        Self::Redirected,
        Self::Left,
        Self::NotHeld,
        Self::Bridging,
        Self::JoinOver,
        Self::DialOver,
        Self::Answered,
        Self::LegEnded,
        Self::Placed,
        Self::HungUp,
        Self::Transcript,
        Self::Replies,
        Self::Tick,
        Self::Deadline,
        Self::TookLong,
        Self::Alive,
        Self::Again,
        Self::Overtakes,
        Self::Time,
        Self::Crash,
        Self::CrashBeforeEffects,
    ];

    /// Those that do not lead to the end of the call.
    pub(super) const HARMLESS: [Self; 12] = [
        Self::Star,
        Self::Holding,
        Self::HoldKey,
        Self::HoldStar,
        Self::Bridging,
        Self::JoinOver,
        Self::Answered,
        Self::LegEnded,
        Self::Transcript,
        Self::Alive,
        Self::Overtakes,
        Self::Crash,
    ];

    /// Lets one happen.
    pub(super) fn happen(self, world: &mut World, choices: &mut Choices) {
        match self {
            Self::Crash => world.crashes(false),
            Self::CrashBeforeEffects => world.crashes(true),
            Self::Time => {
                let seconds = choices.among(&[1, 5, 9, 15, 30, 61, 120, 601]);
                world.waits(seconds);
                world.tick_if_due();
            }
            Self::Deadline => {
                world.at = deadline(&world.session).unwrap_or(world.at).max(world.at);
                world.happens(EventKind::Tick);
            }
            Self::Overtakes => {
                world.perform();
                if !world.coming.is_empty() {
                    let coming = world.coming.remove(choices.of(world.coming.len()));
                    world.happens(coming.event);
                }
            }
            _ => {
                let event = self.event(world, choices);
                world.happens(event);
            }
        }
    }

    fn event(self, world: &mut World, choices: &mut Choices) -> EventKind {
        use EventKind as E;
        let (visit, round) = hold(world, choices);
        let token = leg(world, choices);
        let either = choices.among(&[Leg::Caller, Leg::Callee(token.clone())]);
        let flag = choices.of(2) == 0;
        let left = |why| E::LeftHold { visit, round, why };
        match self {
            Self::Continue => E::Continue(either),
            Self::Key => E::Keys(either, choices.among(&["1", "2", "3", "4", "5", "9", "#"]).into()),
            Self::Star => E::Keys(either, "*".into()),
            Self::Silence => E::Silence(either),
            Self::Skip => E::SkippedTo(choices.among(&['1', '9', '*'])),
            Self::Recorded => {
                let (seconds, key) =
                    choices.among(&[(9, Some('1')), (1, Some('1')), (60, None), (9, Some('*')), (0, None)]);
                let mut event = world.recorded(seconds, key);
                if let E::Recorded { hung_up, .. } = &mut event {
                    *hung_up = choices.of(4) == 3;
                }
                event
            }
            Self::RecordedNothing => E::RecordedNothing,
            Self::Holding => E::Holding { visit, round },
            Self::HoldKey => E::HoldKeys { visit, round, keys: "4".into() },
            Self::HoldStar => E::HoldKeys { visit, round, keys: "*".into() },
            Self::Bridged => left(LeftHold::Bridged),
            Self::Redirected => left(LeftHold::Redirected),
            Self::Left => left(LeftHold::Left),
            Self::NotHeld => left(choices.among(&[LeftHold::Refused, LeftHold::Refused, LeftHold::HungUp])),
            Self::Bridging => E::Bridging { visit, round },
            Self::JoinOver => E::JoinOver { leg: token, bridged: flag },
            Self::DialOver => {
                E::DialOver { status: status(choices), bridged: choices.among(&[None, Some(true), Some(false)]) }
            }
            Self::Answered => E::Answered { leg: token, machine: flag },
            Self::LegEnded => E::LegEnded { leg: token, status: status(choices) },
            Self::Placed => E::Placed { leg: token, result: placed(choices) },
            Self::HungUp => E::HungUp,
            Self::Transcript => {
                let recording = format!("RE{}", choices.of(usize::try_from(world.recordings).unwrap() + 2));
                E::Transcript { recording, text: flag.then(|| "words".into()) }
            }
            Self::Replies => E::Replies(vec![reply(world, choices)]),
            Self::Tick => E::Tick,
            Self::TookLong => E::TookLong(either),
            Self::Alive => E::Alive(either),
            _ => choices.among(&world.past),
        }
    }
}

/// A visit and a round: mostly the ones the caller holds with, else others.
fn hold(world: &World, choices: &mut Choices) -> (u32, u32) {
    let (visit, round) = world.queue;
    choices.among(&[(visit, round), (visit, round), (visit, round), (visit, round + 1), (visit + 1, 1), (1, 1)])
}

/// A leg: mostly one that there is, else one that there was, or none.
fn leg(world: &World, choices: &mut Choices) -> LegToken {
    let there: Vec<_> = world.session.legs.keys().cloned().collect();
    let known: Vec<_> = world.phones.keys().cloned().chain(["9-9".into()]).collect();
    if there.is_empty() || choices.of(4) == 3 { choices.among(&known) } else { choices.among(&there) }
}

fn status(choices: &mut Choices) -> LegStatus {
    use LegStatus as S;
    choices.among(&[S::Completed, S::Busy, S::NoAnswer, S::Failed, S::Canceled])
}

fn placed(choices: &mut Choices) -> Result<String, PlaceFailure> {
    use PlaceFailure as F;
    choices.among(&[Ok("CA9".to_owned()), Err(F::Unknown), Err(F::NotThere), Err(F::Number(400)), Err(F::Account(401))])
}

/// A reply to one of the last requests, or to none.
fn reply(world: &World, choices: &mut Choices) -> (RequestId, Reply) {
    let id = RequestId((world.session.requests + 1).saturating_sub(choices.of(4) as u64));
    let reply = choices.among(&[
        Reply::Failure(FailureKind::Timeout),
        Reply::Response { status: 200, body: b"\"early\"".as_slice().into() },
        Reply::Response { status: 500, body: b"".as_slice().into() },
    ]);
    (id, reply)
}
