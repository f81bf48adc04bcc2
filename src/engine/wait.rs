//! `wait for`: until something is there.

use jiff::{SignedDuration, Timestamp};

use super::effect::{Effect, Entry};
use super::event::Leg;
use super::run::Go;
use super::session::{State, Thread, Transcript, Visit};
use super::turn::{Then, Turn};
use super::{Machine, speech};
use crate::eval::Stop;
use crate::failure::{Failure, FailureKind};
use crate::graph::ways::Way;
use crate::graph::{Node, Op, Wait};
use crate::value::Value;

/// From this round on a transcript is also asked for: until then it is left to the provider to bring it.
const ASKING_ROUND: u32 = 3;
/// The shortest pause, in milliseconds: providers count in seconds.
const SHORTEST: i64 = 1000;

/// What a look at the awaited value found.
enum Found {
    /// It is there.
    Value(Value),
    /// It is not there yet.
    NotYet,
    /// It will not come.
    Never,
}

impl Machine<'_> {
    /// A visit begins, or goes on with another round.
    pub(super) fn wait(&mut self, thread: &mut Thread, node: &Node, wait: &Wait) -> Result<Go, Go> {
        let here = thread.visit.as_ref().is_some_and(|visit| visit.node == thread.at);
        if !here {
            thread.visit = Some(Visit { until: Some(later(self.at, wait.longest)), ..Visit::of(thread.at) });
        }
        match self.look(thread, node, wait)? {
            Found::Value(value) => {
                self.room_for(thread, node, &value)?;
                thread.visit = None;
                wait.bind.iter().for_each(|name| thread.bind(name, value.clone()));
                Ok(self.on(thread, Way::Ready, wait.next))
            }
            Found::Never => Err(self.fail(thread, node, &Failure::of(FailureKind::Failed))),
            Found::NotYet if self.is_late(thread) => Err(self.fail(thread, node, &Failure::of(FailureKind::Late))),
            Found::NotYet => {
                thread.bind(&"round".into(), Value::Number(f64::from(thread.tries())));
                Ok(self.on(thread, Way::Round, wait.body))
            }
        }
    }

    fn look(&mut self, thread: &mut Thread, node: &Node, wait: &Wait) -> Result<Found, Go> {
        match self.try_value(thread, &wait.value) {
            Ok(Value::None) => Ok(Found::NotYet),
            Ok(Value::Pending(recording)) => Ok(self.transcript_of(thread, &recording)),
            Ok(value) => Ok(Found::Value(value)),
            Err(Stop::Failed(failure)) => {
                // A request that fails in one round counts as "not yet".
                self.log(Entry::Failed {
                    node: node.name.to_string(),
                    kind: failure.kind,
                    status: failure.status,
                    from: failure.from.map(|from| from.to_string()).unwrap_or_default(),
                });
                Ok(Found::NotYet)
            }
            Err(Stop::Waiting) => self.resolved(thread, node, Err(Stop::Waiting)),
        }
    }

    fn transcript_of(&mut self, thread: &Thread, recording: &str) -> Found {
        match self.session.transcripts.get(recording) {
            Some(Transcript::Text(text)) => Found::Value(Value::text(text.as_str())),
            Some(Transcript::Owed) => {
                if thread.tries() >= ASKING_ROUND {
                    self.outcome.effects.push(Effect::AskTranscript { recording: recording.to_owned() });
                }
                Found::NotYet
            }
            Some(Transcript::Failed) | None => Found::Never,
        }
    }

    fn is_late(&self, thread: &Thread) -> bool {
        thread.visit.as_ref().and_then(|visit| visit.until).is_none_or(|until| self.at >= until)
    }

    /// The words of a round have been spoken: a pause follows.
    pub(super) fn round(&mut self, thread: &mut Thread) -> Go {
        let graph = self.graph;
        let Some(visit) = &mut thread.visit else { return Go::To(graph.apology) };
        let Some(Op::Wait(wait)) = graph.node(visit.node).map(|node| &node.op) else { return Go::To(graph.apology) };
        thread.at = visit.node;
        thread.state = State::Pausing;
        let left = visit.until.map_or(0, |until| millis_between(self.at, until));
        let pause = i64::try_from(wait.every).unwrap_or(left).min(left).max(SHORTEST);
        let words = speech::duration(&thread.said);
        visit.next_round = Some(later(self.at, u64::try_from(words.saturating_add(pause)).unwrap_or_default()));
        if self.session.gone.is_some() {
            return Go::Rest;
        }
        Go::Turn(Then::Pause { millis: u64::try_from(pause).unwrap_or_default(), keys: self.interrupts(&Leg::Caller) })
    }

    /// The pause of a round is over.
    pub(super) fn round_over(&mut self, thread: &mut Thread, leg: &Leg) {
        if let Some(visit) = &mut thread.visit {
            visit.tries += 1;
            visit.next_round = None;
        }
        self.run(thread, leg);
    }

    /// A key that means nothing: the pause goes on.
    pub(super) fn rest_of_pause(&mut self, thread: &mut Thread, leg: &Leg) {
        let until = thread.visit.as_ref().and_then(|visit| visit.next_round).unwrap_or(self.at);
        let left = millis_between(self.at, until).max(SHORTEST);
        let then = Then::Pause { millis: u64::try_from(left).unwrap_or_default(), keys: self.interrupts(leg) };
        self.expect(SignedDuration::from_millis(left));
        self.outcome.turns.push((leg.clone(), Turn::just(then)));
    }
}

/// So many milliseconds after a time.
pub(super) fn later(at: Timestamp, millis: u64) -> Timestamp {
    let length = SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
    at.checked_add(length).unwrap_or(Timestamp::MAX)
}

fn millis_between(from: Timestamp, to: Timestamp) -> i64 {
    i64::try_from(to.duration_since(from).as_millis()).unwrap_or(0)
}
