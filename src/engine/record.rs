//! `record`: the caller speaks.

use std::sync::Arc;

use super::Machine;
use super::caller::seconds;
use super::event::Leg;
use super::run::Go;
use super::session::{State, Thread, Transcript, Visit};
use super::turn::{RecordEnd, Then};
use crate::graph::ways::{self, Way};
use crate::graph::{Node, NodeId, Op, Record};
use crate::limits::server::SILENCE_ENDS_RECORDING;
use crate::program::Keys;
use crate::value::{Fields, Value};

/// A recording that ended.
pub(super) struct Take {
    pub(super) sid: String,
    pub(super) url: String,
    pub(super) seconds: u32,
    pub(super) key: Option<char>,
    pub(super) hung_up: bool,
}

impl Machine<'_> {
    /// A new visit: prompt, beep.
    pub(super) fn record(&mut self, thread: &mut Thread, leg: &Leg, node: &Node, record: &Record) -> Result<Go, Go> {
        thread.visit = Some(Visit::of(thread.at));
        self.ask_record(thread, leg, node, record, true)
    }

    /// Another try of the same visit, with its words or without.
    pub(super) fn ask_record(
        &mut self,
        thread: &mut Thread,
        leg: &Leg,
        node: &Node,
        record: &Record,
        words: bool,
    ) -> Result<Go, Go> {
        if words {
            let n = thread.tries();
            self.say(thread, leg, node, &record.words, n, Fields::new())?;
        }
        thread.state = State::Recording;
        let end = if record.arms.is_empty() {
            let rules = if self.interrupts(leg) { self.graph.anywhere.as_slice() } else { &[] };
            let anywhere = rules.iter().map(|(key, _)| *key).filter(|key| *key != '#');
            RecordEnd::These { keys: anywhere.chain(['#']).collect(), silence: seconds(SILENCE_ENDS_RECORDING) }
        } else {
            RecordEnd::AnyKey
        };
        Ok(Go::Turn(Then::Record {
            longest: u32::try_from(record.longest.div_ceil(1000)).unwrap_or(u32::MAX),
            end,
            transcribe: record.transcribed,
            keys: words && self.interrupts(leg),
        }))
    }

    /// A key while the prompt was spoken: an `anywhere` key leaves, any other skips the rest of the words.
    pub(super) fn skipped(&mut self, thread: &mut Thread, leg: &Leg, key: char) {
        if thread.state != State::Recording || self.caller_gone() {
            return self.goes_on(thread, leg);
        }
        if self.left_by_key(thread, leg, key) {
            return;
        }
        let graph = self.graph;
        if let Some((node, record)) = record_at(graph, thread) {
            let go = self.ask_record(thread, leg, node, record, false);
            self.follow(thread, leg, go);
        }
    }

    /// A recording ended.
    pub(super) fn recorded(&mut self, thread: &mut Thread, leg: &Leg, take: &Take) {
        let graph = self.graph;
        let recording = thread.state == State::Recording;
        let Some((_, record)) = record_at(graph, thread).filter(|_| recording) else {
            return self.goes_on(thread, leg);
        };
        if take.hung_up {
            self.caller_left(thread);
        }
        // Recorded over: nobody waits for the transcript of a take that no name holds any more.
        let held = held_recordings(thread);
        self.session.transcripts.retain(|sid, _| *sid == take.sid || held.iter().any(|held| **held == **sid));
        if record.transcribed {
            self.session.transcripts.entry(take.sid.clone()).or_insert(Transcript::Owed);
        }
        thread.bind(&record.bind, value_of(take));
        if self.caller_gone() && !record.arms.is_empty() {
            // It was to be confirmed by a key, and nobody will.
            let go = self.end(thread);
            return self.follow(thread, leg, Ok(go));
        }
        let Some((way, to)) = self.end_of(leg, record, take) else {
            return self.keep_or_short(thread, leg, thread.at);
        };
        self.goes(thread.at, way);
        thread.visit = None;
        thread.at = to;
        self.run(thread, leg);
    }

    /// Where the end of a recording leads; none: it is kept.
    fn end_of(&self, leg: &Leg, record: &Record, take: &Take) -> Option<(Way, NodeId)> {
        let Some(key) = take.key else {
            let full = !take.hung_up && u64::from(take.seconds) * 1000 + 999 >= record.longest;
            return record.limit.filter(|_| full).map(|to| (Way::Limit, to));
        };
        let arm = |fits: &dyn Fn(&Keys) -> bool| {
            let arm = record.arms.iter().enumerate().find(|(_, (keys, _))| fits(keys));
            arm.map(|(n, (_, to))| (Way::Arm(ways::nth(n)), *to))
        };
        let named = arm(&|keys| matches!(keys, Keys::These(keys) if keys.contains(&key)));
        let rule = self.anywhere(leg, key).map(|to| (Way::Anywhere(key), to));
        named.or(rule).or_else(|| arm(&|keys| *keys == Keys::Any))
    }

    /// Nothing was said at all.
    pub(super) fn recorded_nothing(&mut self, thread: &mut Thread, leg: &Leg) {
        let graph = self.graph;
        if thread.state != State::Recording || self.caller_gone() {
            return self.goes_on(thread, leg);
        }
        match record_at(graph, thread) {
            Some((_, record)) => self.too_short(thread, leg, record),
            None => self.goes_on(thread, leg),
        }
    }

    /// `keep`: the take, if it is long enough.
    pub(super) fn keep(&mut self, thread: &mut Thread, leg: &Leg, record: NodeId) -> Go {
        self.goes(thread.at, Way::Next);
        self.keep_or_short(thread, leg, record);
        Go::Rest
    }

    fn keep_or_short(&mut self, thread: &mut Thread, leg: &Leg, id: NodeId) {
        let graph = self.graph;
        let Some(Op::Record(record)) = graph.node(id).map(|node| &node.op) else { return self.run(thread, leg) };
        let seconds = thread.vars().get(&record.bind).and_then(|take| take.field("seconds").as_number()).unwrap_or(0.0);
        let short = record.least.is_some_and(|least| seconds * 1000.0 <= millis(least)) || seconds <= 0.0;
        thread.at = id;
        if short && !self.caller_gone() {
            self.too_short(thread, leg, record);
        } else if short {
            let go = self.end(thread);
            self.follow(thread, leg, Ok(go));
        } else {
            self.goes(id, Way::Kept);
            thread.visit = None;
            thread.at = record.next;
            self.run(thread, leg);
        }
    }

    /// The arm `short`; without one a failed try.
    fn too_short(&mut self, thread: &mut Thread, leg: &Leg, record: &Record) {
        if let Some(to) = record.short {
            self.goes(thread.at, Way::Short);
            thread.visit = None;
            thread.at = to;
            return self.run(thread, leg);
        }
        if thread.visit.as_ref().is_none_or(|visit| visit.node != thread.at) {
            thread.visit = Some(Visit::of(thread.at));
        }
        self.failed_try(thread, leg, record.tries, (Way::Short, None), record.giveup);
    }

    /// A transcript arrived, or failed for good.
    pub(super) fn transcript(&mut self, recording: &str, text: Option<String>) {
        let known = self.session.transcripts.get(recording);
        let early = known.is_none() && self.session.caller.state == State::Recording;
        // Of two the first counts; one for a take that was recorded over is dropped.
        if known != Some(&Transcript::Owed) && !early {
            return;
        }
        let transcript = text.map_or(Transcript::Failed, Transcript::Text);
        self.session.transcripts.insert(recording.to_owned(), transcript);
        self.wake_without_caller();
    }
}

fn record_at<'a>(graph: &'a crate::graph::Graph, thread: &Thread) -> Option<(&'a Node, &'a Record)> {
    let node = graph.node(thread.at)?;
    match &node.op {
        Op::Record(record) => Some((node, record)),
        _ => None,
    }
}

/// Recordings that are held by a name.
fn held_recordings(thread: &Thread) -> Vec<Arc<str>> {
    let values = thread.frames.iter().flat_map(|frame| frame.vars.values());
    let pending = values.filter_map(|value| match (value, value.field("transcript")) {
        (Value::Pending(recording), _) => Some(Arc::clone(recording)),
        (_, Value::Pending(recording)) => Some(recording),
        _ => None,
    });
    pending.collect()
}

fn value_of(take: &Take) -> Value {
    Value::record([
        ("url", Value::text(take.url.as_str())),
        ("sid", Value::text(take.sid.as_str())),
        ("seconds", Value::Number(f64::from(take.seconds))),
        ("transcript", Value::Pending(take.sid.as_str().into())),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "recordings are far shorter than 2^53 ms")]
fn millis(millis: u64) -> f64 {
    millis as f64
}
