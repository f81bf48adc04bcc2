//! Where a call is. Plain data: no secrets, no settings, no phrases; times are absolute.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{LegToken, RequestId};
use super::turn::{Then, Utterance};
use super::work::Work;
use crate::eval::CallFacts;
use crate::graph::NodeId;
use crate::program::LegOutcome;
use crate::types::Name;
use crate::value::{Fields, Value};

/// A call.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and stored by its name")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The flow's name.
    pub flow: Name,
    /// The graph it is pinned to.
    pub version: Name,
    /// The call.
    pub call: CallFacts,
    /// Fixed when an event resumes the call.
    pub now: Timestamp,
    /// The caller's part.
    pub caller: Thread,
    /// The `escalate` under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
    /// Callees' legs that are not over.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub legs: BTreeMap<LegToken, CalleeLeg>,
    /// Recordings whose transcript is owed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub transcripts: BTreeMap<String, Transcript>,
    /// Failures in a row that reached `on error`, with no key from the caller in between.
    #[serde(default)]
    pub errors_in_a_row: u32,
    /// Documents given to the caller, hold music and interim ones apart.
    #[serde(default)]
    pub turns: u32,
    /// Visits of `escalate` so far.
    #[serde(default)]
    pub escalations: u32,
    /// Requests asked for so far.
    #[serde(default)]
    pub requests: u64,
    /// Visits of `send` so far: each is another request.
    #[serde(default)]
    pub sends: u32,
    /// Pieces of hold music so far.
    #[serde(default)]
    pub music: u32,
    /// When and how the caller's leg ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Gone>,
    /// When the caller's leg should have been heard of at the latest; then the provider is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_by: Option<Timestamp>,
    /// Whether the provider has been asked for the caller's leg since it was heard of last.
    #[serde(default)]
    pub asked: bool,
    /// Whether the caller was called away from what is heard on hold, and has not come yet.
    #[serde(default)]
    pub called: bool,
    /// Whether `main` has been entered: until then no rule of the file holds.
    #[serde(default)]
    pub admitted: bool,
    /// Nothing happens any more.
    #[serde(default)]
    pub over: bool,
}

/// The end of the caller's leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// When.
    pub at: Timestamp,
    /// Whether the caller hung up, and not the flow.
    pub hung_up: bool,
    /// Whether `on hangup` has been entered, or is not to be.
    pub rule_done: bool,
}

/// One conversation: the caller's or a callee's.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Thread {
    /// The node it is at.
    pub at: NodeId,
    /// What it is doing there.
    pub state: State,
    /// Scenes in progress: the current one last.
    pub frames: Vec<Frame>,
    /// Spoken words that have not been sent yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<Utterance>,
    /// Since when nothing has been heard because services are waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent: Option<Timestamp>,
    /// A step that listens, records or waits, while it has not been left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
    /// Requests in progress: not stored, asked for again after a restart.
    #[serde(skip)]
    pub work: Work,
}

/// What a conversation is doing at its node.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The node is run as soon as the leg asks.
    #[default]
    Ready,
    /// Replies to reading requests are waited for.
    Working,
    /// The reply to a `send` is waited for.
    Sending {
        /// Which request.
        id: RequestId,
        /// A key that takes effect after the reply.
        key: Option<char>,
    },
    /// Keys are waited for.
    Listening,
    /// A recording is waited for.
    Recording,
    /// The pause of a `wait` is running.
    Pausing,
    /// The caller holds.
    Holding,
    /// The leg was handed on.
    Dialing,
    /// A callee is being joined, or has been.
    Joining,
    /// Long speech is being spoken in parts; the rest is `said` already.
    Speaking {
        /// What is expected behind the last part.
        then: Then,
        /// What the conversation is doing then.
        after: Box<State>,
    },
    /// The conversation is over.
    Over,
}

impl State {
    /// Whether an `anywhere` key can lead away from it. Last words are spoken to the end.
    #[must_use]
    pub fn can_be_left_by_key(&self) -> bool {
        !matches!(self, Self::Over | Self::Joining | Self::Speaking { then: Then::HangUp, .. })
    }
}

/// A scene in progress.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Frame {
    /// Its names.
    pub vars: Fields,
    /// Counters of `retry`, by node.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub retries: BTreeMap<NodeId, u32>,
    /// For a scene run by `do`: where it comes back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<Back>,
}

/// Where a scene run by `do` comes back to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Back {
    /// The `do`: what is in scope there is still needed.
    pub from: NodeId,
    /// What its value is bound to.
    pub bind: Option<Name>,
    /// Then.
    pub next: NodeId,
    /// Where an absent value leads.
    pub absent: Option<NodeId>,
}

/// A visit of a step that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// The step.
    pub node: NodeId,
    /// Which try this is, from 1; for `wait` the round.
    pub tries: u32,
    /// Keys on offer and what they choose.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub offered: BTreeMap<char, Choice>,
    /// For `wait`: when it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// For `wait`: when the pause of this round is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_round: Option<Timestamp>,
}

/// What a key chooses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// An arm.
    Arm(NodeId),
    /// An element.
    Element(Value),
}

/// The transcript of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transcript {
    /// Not there yet.
    Owed,
    /// There.
    Text(String),
    /// It will not come.
    Failed,
}

/// An `escalate` under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Escalation {
    /// Its node.
    pub node: NodeId,
    /// Which visit of an `escalate` in this call, from 1.
    pub visit: u32,
    /// The list.
    pub list: Vec<Value>,
    /// How many are phoned at most.
    pub most: u32,
    /// Index of the next element to look at.
    pub next: usize,
    /// How many were phoned: the round.
    pub round: u32,
    /// Numbers phoned in this visit.
    pub phoned: Vec<Name>,
    /// The round with which the caller was put on hold last.
    pub held_with: u32,
    /// Whether the caller is proven to be on hold.
    pub held: bool,
    /// The leg being phoned or spoken with.
    pub leg: Option<LegToken>,
    /// Whether two were joined: who.
    pub joined: Option<Value>,
}

/// A callee's leg.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalleeLeg {
    /// The node of its `escalate`.
    pub node: NodeId,
    /// The visit it belongs to.
    pub visit: u32,
    /// The round it belongs to.
    pub round: u32,
    /// The element.
    pub who: Value,
    /// The number.
    pub number: Name,
    /// How far it is.
    pub phase: Phase,
    /// The callee's part.
    pub thread: Thread,
    /// How it ended for the escalation; the leg itself may go on to hear a last sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<LegOutcome>,
    /// When the provider is asked for it, and then when it is ended.
    pub deadline: Timestamp,
    /// Whether the provider was asked at the deadline.
    #[serde(default)]
    pub asked: bool,
}

/// How far a callee's leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It has been asked for.
    Placing,
    /// The provider has taken it.
    Ringing,
    /// Somebody or something answered.
    Answered,
    /// It is being joined with the caller.
    Joining,
    /// It is joined with the caller.
    Joined,
}

impl Thread {
    /// A conversation that begins at a node with these names.
    #[must_use]
    pub fn starting(at: NodeId, vars: Fields) -> Self {
        Self { at, frames: vec![Frame { vars, ..Frame::default() }], ..Self::default() }
    }

    /// Binds a name in the current scene.
    pub fn bind(&mut self, name: &Name, value: Value) {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.vars.insert(name.clone(), value);
        }
    }

    /// The conversation is over.
    pub fn end(&mut self) {
        *self = Self { at: self.at, state: State::Over, ..Self::default() };
    }

    /// How much its names hold, in bytes, about.
    #[must_use]
    pub fn size(&self) -> usize {
        self.frames.iter().flat_map(|frame| &frame.vars).map(|(name, value)| name.len() + value.size()).sum()
    }

    /// The names of the current scene.
    #[must_use]
    pub fn vars(&self) -> Fields {
        self.frames.last().map(|frame| frame.vars.clone()).unwrap_or_default()
    }

    /// Which text a step that counts speaks.
    #[must_use]
    pub fn tries(&self) -> u32 {
        self.visit.as_ref().map_or(1, |visit| visit.tries)
    }
}

impl Session {
    /// A call that has just come in.
    #[must_use]
    pub fn new(flow: Name, version: Name, call: CallFacts, entry: NodeId) -> Self {
        let now = call.started;
        Self {
            flow,
            version,
            call,
            now,
            caller: Thread::starting(entry, Fields::new()),
            escalation: None,
            legs: BTreeMap::new(),
            transcripts: BTreeMap::new(),
            errors_in_a_row: 0,
            turns: 0,
            escalations: 0,
            requests: 0,
            sends: 0,
            music: 0,
            gone: None,
            expected_by: None,
            asked: false,
            called: false,
            admitted: false,
            over: false,
        }
    }
}

impl Visit {
    /// The first try at a step.
    #[must_use]
    pub fn of(node: NodeId) -> Self {
        Self { node, tries: 1, offered: BTreeMap::new(), until: None, next_round: None }
    }
}
