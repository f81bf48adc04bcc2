//! The caller's leg has ended: what needs nobody still happens (section 15.6 of the language).

use jiff::{SignedDuration, Timestamp};

use super::Machine;
use super::event::Leg;
use super::run::Go;
use super::session::{Gone, State, Thread};
use super::turn::Then;
use crate::graph::ways::Way;
use crate::graph::{Node, NodeId, Op};
use crate::limits::server::AFTER_HANG_UP;

/// After a hang-up the whole flow has so long.
pub(super) const LAST: SignedDuration = SignedDuration::from_millis(AFTER_HANG_UP.cast_signed());
/// A recording that a hang-up ended is awaited so long.
const RECORDING: SignedDuration = SignedDuration::from_secs(60);

impl Machine<'_> {
    /// The caller's leg is over.
    pub(super) fn hung_up(&mut self) {
        if !self.caller_gone() {
            self.with(&Leg::Caller, |machine, thread, leg| {
                machine.caller_left(thread);
                machine.after_leaving(thread, leg);
            });
        }
    }

    /// Notes that the caller is gone, and tells the callees.
    pub(super) fn caller_left(&mut self, thread: &mut Thread) {
        if self.caller_gone() {
            return;
        }
        self.session.gone = Some(Gone { at: self.at, hung_up: true, rule_done: false });
        self.session.expected_by = None;
        self.session.called = false;
        self.session.escalation = None;
        thread.said.clear();
        self.abandon_legs();
    }

    /// What the conversation does now that nobody listens.
    fn after_leaving(&mut self, thread: &mut Thread, leg: &Leg) {
        let graph = self.graph;
        if let State::Speaking { after, .. } = &thread.state {
            thread.state = (**after).clone();
        }
        match &thread.state {
            State::Ready => self.run(thread, leg),
            State::Working | State::Sending { .. } | State::Over => {}
            State::Pausing => {
                let goes_on =
                    matches!(graph.node(thread.at).map(|node| &node.op), Some(Op::Wait(wait)) if wait.goes_on);
                if !goes_on {
                    self.stop(thread, leg);
                }
            }
            State::Recording => {
                let to_be_kept =
                    matches!(graph.node(thread.at).map(|node| &node.op), Some(Op::Record(r)) if r.arms.is_empty());
                match &mut thread.visit {
                    // Without key arms the take counts, and its webhook may still be under way.
                    Some(visit) if to_be_kept => visit.until = self.at.checked_add(RECORDING).ok(),
                    _ => self.stop(thread, leg),
                }
            }
            State::Listening | State::Holding | State::Dialing | State::Joining | State::Speaking { .. } => {
                self.stop(thread, leg);
            }
        }
    }

    /// A node that needs the caller, who is gone.
    pub(super) fn without_caller(&mut self, thread: &mut Thread, leg: &Leg, node: &Node) -> Go {
        match &node.op {
            // A single element is not asked for.
            Op::Pick(_) => self.perform(thread, leg, node).unwrap_or_else(|go| go),
            _ => self.end(thread),
        }
    }

    fn stop(&mut self, thread: &mut Thread, leg: &Leg) {
        let go = self.end(thread);
        self.follow(thread, leg, Ok(go));
    }

    /// `hang up`, perhaps with what happens then.
    pub(super) fn hang_up(&mut self, thread: &mut Thread, leg: &Leg, then: Option<NodeId>) -> Go {
        if !self.caller_gone() {
            self.reply(thread, leg, Then::HangUp);
            if matches!(thread.state, State::Speaking { .. }) {
                // The last words take more than one document; the leg comes back for the rest.
                return Go::Rest;
            }
            self.session.gone = Some(Gone { at: self.at, hung_up: false, rule_done: true });
            self.session.expected_by = None;
        }
        match then {
            Some(then) => self.on(thread, Way::After, then),
            None => self.end(thread),
        }
    }

    /// Nothing follows: `on hangup`, if the caller hung up, and then nothing at all.
    pub(super) fn end(&mut self, thread: &mut Thread) -> Go {
        match (&mut self.session.gone, self.graph.hangup) {
            (Some(gone), Some(rule)) if gone.hung_up && !gone.rule_done && self.session.admitted => {
                gone.rule_done = true;
                Go::To(rule)
            }
            _ => {
                thread.end();
                Go::Rest
            }
        }
    }

    /// Something the conversation waits for may have come, although no leg will ask.
    pub(super) fn wake_without_caller(&mut self) {
        if self.caller_gone() && self.session.caller.state == State::Pausing {
            self.with(&Leg::Caller, Self::round_over);
        }
    }

    /// The time of a conversation without a caller has come.
    pub(super) fn tick_without_caller(&mut self, gone: Gone) {
        if self.at >= last(gone) {
            self.with(&Leg::Caller, |_, thread, _| thread.end());
            return;
        }
        let visit = self.session.caller.visit.clone();
        let due = |time: Option<Timestamp>| time.is_some_and(|time| time <= self.at);
        match self.session.caller.state {
            State::Pausing if due(visit.as_ref().and_then(|visit| visit.next_round)) => self.wake_without_caller(),
            State::Recording if due(visit.as_ref().and_then(|visit| visit.until)) => {
                self.with(&Leg::Caller, Self::stop);
            }
            _ => {}
        }
    }
}

/// When a conversation without a caller ends at the latest.
pub(super) fn last(gone: Gone) -> Timestamp {
    gone.at.checked_add(LAST).unwrap_or(Timestamp::MAX)
}
