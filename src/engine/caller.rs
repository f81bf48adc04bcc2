//! What a leg asks and presses, `dial`, and the replies of services.

use jiff::SignedDuration;

use super::Machine;
use super::event::{Leg, LegStatus, Reply, RequestId};
use super::listen::Miss;
use super::run::Go;
use super::session::{State, Thread};
use super::turn::{Then, Turn};
use super::work;
use crate::eval;
use crate::expr::{Expr, Template};
use crate::failure::{Failure, FailureKind};
use crate::graph::ways::Way;
use crate::graph::{Node, Op};

impl Machine<'_> {
    /// The leg asks for its current step.
    pub(super) fn goes_on(&mut self, thread: &mut Thread, leg: &Leg) {
        if *leg == Leg::Caller && self.caller_gone() {
            return self.outcome.turns.push((leg.clone(), Turn::just(Then::HangUp)));
        }
        if *leg == Leg::Caller {
            self.session.called = false;
        }
        match thread.state.clone() {
            // Of a `dial` nothing but its end is heard: whoever asks before that has not been handed on.
            State::Ready | State::Dialing => self.run(thread, leg),
            State::Working | State::Sending { .. } => {}
            State::Listening | State::Recording => self.repeat(thread, leg),
            State::Pausing => self.round_over(thread, leg),
            State::Holding => self.hold_again(thread, leg),
            // A step that ends the leg is run again: it has only been put off.
            State::Speaking { after, .. } if *after == State::Ready => self.run(thread, leg),
            State::Speaking { then, after } => {
                thread.state = *after;
                self.reply(thread, leg, then);
            }
            State::Joining | State::Over => {
                self.outcome.turns.push((leg.clone(), Turn::just(Then::HangUp)));
            }
        }
    }

    /// A leg that listened heard nothing.
    pub(super) fn silence(&mut self, thread: &mut Thread, leg: &Leg) {
        let here = *leg != Leg::Caller || !self.caller_gone();
        if here && thread.state == State::Listening {
            self.missed(thread, leg, Miss::Silence);
        } else {
            self.goes_on(thread, leg);
        }
    }

    /// Keys were pressed; a step listens for one.
    pub(super) fn keys(&mut self, thread: &mut Thread, leg: &Leg, keys: &str) {
        let key = keys.chars().next();
        let Some(key) = key.filter(|_| *leg != Leg::Caller || !self.caller_gone()) else {
            return self.goes_on(thread, leg);
        };
        if *leg == Leg::Caller {
            self.session.errors_in_a_row = 0;
        }
        match &mut thread.state {
            State::Listening => {
                let offered = thread.visit.as_ref().is_some_and(|visit| visit.offered.contains_key(&key));
                if offered || !self.left_by_key(thread, leg, key) {
                    self.chosen(thread, leg, key);
                }
            }
            State::Pausing => {
                if !self.left_by_key(thread, leg, key) {
                    self.rest_of_pause(thread, leg);
                }
            }
            State::Working => {
                // A key abandons what is only read; while something is sent it takes effect after the reply.
                self.left_by_key(thread, leg, key);
            }
            State::Sending { key: later, .. } => {
                if self.graph.anywhere(key).is_some() && *leg == Leg::Caller && self.session.admitted {
                    later.get_or_insert(key);
                }
            }
            State::Recording => self.skipped(thread, leg, key),
            // What was to be heard has not been: otherwise no key would be reported.
            state => {
                if !state.can_be_left_by_key() || !self.left_by_key(thread, leg, key) {
                    self.goes_on(thread, leg);
                }
            }
        }
    }

    /// Leaves by an `anywhere` key, if this is one.
    pub(super) fn left_by_key(&mut self, thread: &mut Thread, leg: &Leg, key: char) -> bool {
        let Some(to) = self.anywhere(leg, key) else { return false };
        // While a service is waited for, and before a `dial` is heard of, too: those are no ways of the graph.
        if self.graph.node(thread.at).is_some_and(|node| node.op.listens()) {
            self.goes(thread.at, Way::Anywhere(key));
        }
        self.leave_step(thread, leg);
        thread.said.clear();
        thread.at = to;
        self.run(thread, leg);
        true
    }

    // ---- dial -------------------------------------------------------------------------------------------------------

    pub(super) fn dial(
        &mut self,
        thread: &mut Thread,
        node: &Node,
        number: &Expr,
        ringing: u64,
        keys: Option<&Template>,
        star_drops: bool,
    ) -> Result<Go, Go> {
        let number = self.value(thread, node, number)?;
        let keys = match keys {
            None => None,
            Some(keys) => {
                let result = self.in_context(thread, |scope, context| eval::text(keys, scope, context));
                Some(self.resolved(thread, node, result)?)
            }
        };
        let Some(number) = number.as_text() else {
            return Err(self.fail(thread, node, &Failure::of(FailureKind::Nobody)));
        };
        thread.state = State::Dialing;
        Ok(Go::Turn(Then::Dial {
            number: number.to_owned(),
            caller_id: self.caller_id(),
            ringing: seconds(ringing),
            keys,
            star_drops,
        }))
    }

    /// What the other side sees when phoning out.
    pub(super) fn caller_id(&self) -> Option<String> {
        self.graph.caller_id.as_ref().or(self.session.call.to.as_ref()).map(ToString::to_string)
    }

    /// The number that was dialled is no longer on the line, or never was.
    pub(super) fn dial_over(&mut self, thread: &mut Thread, leg: &Leg, status: LegStatus, bridged: Option<bool>) {
        let graph = self.graph;
        if thread.state != State::Dialing || self.caller_gone() {
            return self.goes_on(thread, leg);
        }
        let Some(node) = graph.node(thread.at) else { return self.run(thread, leg) };
        let spoke = status == LegStatus::Completed && bridged != Some(false);
        let go = match &node.op {
            Op::Dial { next, .. } if spoke => self.on(thread, Way::Over, *next),
            _ => self.fail(thread, node, &Failure::of(FailureKind::Nobody)),
        };
        self.follow(thread, leg, Ok(go));
    }

    // ---- replies ----------------------------------------------------------------------------------------------------

    /// Replies of services, for whichever conversation asked; one that nobody waits for any more is dropped.
    pub(super) fn replies(&mut self, replies: &[(RequestId, Reply)]) {
        let mut legs = vec![Leg::Caller];
        legs.extend(self.session.legs.keys().cloned().map(Leg::Callee));
        for leg in legs {
            self.with_quietly(&leg, |machine, thread, leg| machine.replies_for(thread, leg, replies));
        }
    }

    fn replies_for(&mut self, thread: &mut Thread, leg: &Leg, replies: &[(RequestId, Reply)]) {
        let graph = self.graph;
        if let State::Sending { id, .. } = thread.state {
            let Some((_, reply)) = replies.iter().find(|(wanted, _)| *wanted == id) else { return };
            let Some(Op::Send { operation, .. }) = graph.node(thread.at).map(|node| &node.op) else { return };
            return self.sent(thread, leg, work::decoded(graph, *operation, reply));
        }
        let mut answered = false;
        for (id, reply) in replies {
            answered |= thread.work.answer(*id, reply, graph);
        }
        if answered && thread.state == State::Working {
            self.run(thread, leg);
        }
    }

    /// Whether replies were waited for so long that they must have been lost; then it goes on without them.
    pub(super) fn lost_replies(&mut self, thread: &mut Thread, leg: &Leg) -> bool {
        let graph = self.graph;
        let Some(since) = thread.work.waiting_since() else { return false };
        let waited = self.at.duration_since(since);
        let sending = match (&thread.state, graph.node(thread.at).map(|node| &node.op)) {
            (State::Sending { .. }, Some(Op::Send { operation, .. })) => graph.operations.get(usize::from(operation.0)),
            _ => None,
        };
        let longest = sending.map_or(0, |operation| i64::try_from(operation.timeout).unwrap_or(i64::MAX));
        if waited <= work::LONGEST.saturating_add(SignedDuration::from_millis(longest)) {
            return false;
        }
        if sending.is_some() {
            self.sent(thread, leg, Err(Failure::of(FailureKind::Uncertain)));
        } else {
            thread.work.give_up(graph);
            self.run(thread, leg);
        }
        true
    }
}

/// Whole seconds, rounded up.
pub(super) fn seconds(millis: u64) -> u32 {
    u32::try_from(millis.div_ceil(1000)).unwrap_or(u32::MAX)
}
