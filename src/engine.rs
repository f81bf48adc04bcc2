//! The engine: a pure function of graph, session and event.
//!
//! [`step`] moves a session by one event. It gives [`Turn`]s for the legs that are waiting to be told what to do, and
//! [`Effect`]s: what it asks of the world, whose outcomes come back as further events. It does no I/O, knows no clock
//! (every event carries its time) and never waits.

mod callee;
mod caller;
mod deadline;
pub mod documents;
pub mod effect;
mod escalate;
pub mod event;
mod gone;
mod listen;
mod record;
mod run;
pub mod session;
mod speech;
#[cfg(test)]
mod tests;
pub mod turn;
mod wait;
pub mod work;

use jiff::Timestamp;

pub use deadline::deadline;
use effect::{Effect, Entry};
use event::{Event, EventKind, Leg, Reply};
use session::{Session, State, Thread};
pub use speech::{MILLIS_A_CHARACTER, time_to_hear};
use turn::{Then, Turn, Utterance};

use crate::failure::FailureKind;
use crate::graph::ways::Way;
use crate::graph::{Graph, NodeId};
use crate::types::Name;

/// What a step gave.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    /// What legs hear. A leg whose webhook is open and that is not among them is to wait: for replies of services.
    pub turns: Vec<(Leg, Turn)>,
    /// What is asked of the world, in this order, after the session has been stored.
    pub effects: Vec<Effect>,
    /// What was noted on the way, if it was asked for.
    pub trace: Trace,
}

/// What conversations did in a step, for tests and tools.
#[derive(Debug, Default, PartialEq)]
pub struct Trace {
    /// The ways they took, in this order.
    pub ways: Vec<(NodeId, Way)>,
    /// The phrases that were put into words, with those words.
    pub phrases: Vec<(Name, String)>,
}

/// Moves a session by one event.
pub fn step(graph: &Graph, session: &mut Session, event: Event) -> Outcome {
    moved(Machine { graph, session, at: event.at, traced: false, outcome: Outcome::default() }, event.kind)
}

/// The same, and notes what conversations do.
pub fn step_traced(graph: &Graph, session: &mut Session, event: Event) -> Outcome {
    moved(Machine { graph, session, at: event.at, traced: true, outcome: Outcome::default() }, event.kind)
}

fn moved(mut machine: Machine<'_>, kind: EventKind) -> Outcome {
    machine.take(kind);
    machine.settle();
    machine.outcome
}

/// Prepares a session that was stored by a process that is no more: a `send` whose reply was not recorded may have
/// arrived, so it fails with `uncertain` and is not repeated; reading requests are asked for again.
pub fn recover(graph: &Graph, session: &mut Session, at: Timestamp) -> Outcome {
    let mut machine = Machine { graph, session, at, traced: false, outcome: Outcome::default() };
    let state = machine.session.caller.state.clone();
    match state {
        State::Sending { id, .. } => {
            machine.take(EventKind::Replies(vec![(id, Reply::Failure(FailureKind::Uncertain))]));
        }
        State::Working => machine.with(&Leg::Caller, Machine::run),
        _ => {}
    }
    if machine.session.called && !machine.caller_gone() {
        machine.redirect(Leg::Caller);
    }
    machine.recover_legs();
    machine.settle();
    machine.outcome
}

/// Whether a key of the caller would lead away from where the call is, by an `anywhere` rule.
#[must_use]
pub fn leads_away(graph: &Graph, session: &Session, key: char) -> bool {
    session.gone.is_none()
        && session.admitted
        && graph.anywhere(key).is_some()
        && session.caller.state.can_be_left_by_key()
}

/// The words before a call is given up, for a caller of whom nothing is known.
#[must_use]
pub fn apology(graph: &Graph) -> Vec<Utterance> {
    speech::alone(graph, &graph.sorry)
}

/// One step under way.
struct Machine<'a> {
    graph: &'a Graph,
    session: &'a mut Session,
    at: Timestamp,
    /// Whether what conversations do is noted.
    traced: bool,
    outcome: Outcome,
}

impl Machine<'_> {
    fn take(&mut self, kind: EventKind) {
        // `now` stays the same until an evaluation is done, whatever else happens meanwhile.
        let threads = self.session.legs.values().map(|leg| &leg.thread).chain([&self.session.caller]);
        if !threads.into_iter().any(|thread| matches!(thread.state, State::Working | State::Sending { .. })) {
            self.session.now = self.at;
        }
        match kind {
            EventKind::Continue(leg) => self.with(&leg, Self::goes_on),
            EventKind::Keys(leg, keys) => self.with(&leg, |machine, thread, leg| machine.keys(thread, leg, &keys)),
            EventKind::Silence(leg) => self.with(&leg, Self::silence),
            EventKind::SkippedTo(key) => {
                self.with(&Leg::Caller, |machine, thread, leg| machine.skipped(thread, leg, key));
            }
            EventKind::Recorded { sid, url, seconds, key, hung_up } => {
                if hung_up && self.session.caller.state != State::Recording {
                    // That the caller is gone counts, even if nobody waits for this take.
                    return self.hung_up();
                }
                let take = record::Take { sid, url, seconds, key, hung_up };
                self.with(&Leg::Caller, |machine, thread, leg| machine.recorded(thread, leg, &take));
            }
            EventKind::RecordedNothing => self.with(&Leg::Caller, Self::recorded_nothing),
            EventKind::DialOver { status, bridged } => {
                self.with(&Leg::Caller, |machine, thread, leg| machine.dial_over(thread, leg, status, bridged));
            }
            EventKind::Holding { visit, round } => self.holding(visit, round),
            EventKind::HoldKeys { visit, round, keys } => self.hold_keys(visit, round, &keys),
            EventKind::LeftHold { visit, round, why } => self.left_hold(visit, round, why),
            EventKind::Bridging { visit, round } => self.bridging(visit, round),
            EventKind::JoinOver { leg, bridged } => self.join_over(&leg, bridged),
            EventKind::Answered { leg, machine } => self.answered(&leg, machine),
            EventKind::LegEnded { leg, status } => self.leg_ended(&leg, status),
            EventKind::Placed { leg, result } => self.placed(&leg, &result),
            EventKind::HungUp => self.hung_up(),
            EventKind::Transcript { recording, text } => self.transcript(&recording, text),
            EventKind::Replies(replies) => self.replies(&replies),
            EventKind::Tick => self.tick(),
            EventKind::TookLong(leg) => self.with(&leg, Self::took_long),
            EventKind::Alive(leg) => self.alive(leg),
        }
    }

    /// Works on one leg's conversation. A leg that does not exist (any more) is hung up.
    fn with(&mut self, leg: &Leg, work: impl FnOnce(&mut Self, &mut Thread, &Leg)) {
        if !self.with_quietly(leg, work) {
            self.outcome.turns.push((leg.clone(), Turn::just(Then::HangUp)));
        }
    }

    /// Works on one leg's conversation; false if there is no such leg.
    fn with_quietly(&mut self, leg: &Leg, work: impl FnOnce(&mut Self, &mut Thread, &Leg)) -> bool {
        let taken = match leg {
            Leg::Caller => Some(std::mem::take(&mut self.session.caller)),
            Leg::Callee(token) => self.session.legs.get_mut(token).map(|leg| std::mem::take(&mut leg.thread)),
        };
        let Some(mut thread) = taken else { return false };
        work(self, &mut thread, leg);
        match leg {
            Leg::Caller => self.session.caller = thread,
            Leg::Callee(token) => {
                // The leg may have ended while its part was run.
                if let Some(leg) = self.session.legs.get_mut(token) {
                    leg.thread = thread;
                }
            }
        }
        true
    }

    /// After every event: whether the call is over, and if not, by when something is to be heard of it.
    fn settle(&mut self) {
        self.expect_something();
        let idle = self.session.caller.state == State::Over && self.session.legs.is_empty();
        if self.session.gone.is_some() && idle && !self.session.over {
            self.session.over = true;
            let hung_up = self.session.gone.is_some_and(|gone| gone.hung_up);
            self.log(Entry::Over { caller_hung_up: hung_up, turns: self.session.turns });
        }
    }

    /// Notes that a conversation leaves a node this way.
    fn goes(&mut self, from: NodeId, way: Way) {
        if self.traced {
            self.outcome.trace.ways.push((from, way));
        }
    }

    fn log(&mut self, entry: Entry) {
        self.outcome.effects.push(Effect::Log(entry));
    }

    /// Whether the caller's leg has ended.
    fn caller_gone(&self) -> bool {
        self.session.gone.is_some()
    }
}
