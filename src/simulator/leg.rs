//! One leg of a call: the line between the network and one person's phone.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::dialing::Dialing;
use super::gather::Gathering;
use super::markup::{Callback, Enqueue, Piece, Role, Target, Verb};
use super::person::{AnsweredBy, Plan};
use super::recording::Taking;
use super::timeline::Key;
use super::webhook::HookId;

/// Names a leg of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LegId(pub(super) usize);

impl fmt::Display for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leg {}", self.0 + 1)
    }
}

/// Where a leg is in its life, in the provider's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the provider's")]
pub enum CallStatus {
    Queued,
    Initiated,
    Ringing,
    InProgress,
    Completed,
    Busy,
    Failed,
    NoAnswer,
    Canceled,
}

impl CallStatus {
    /// Every status with its word.
    const WORDS: [(Self, &'static str); 9] = [
        (Self::Queued, "queued"),
        (Self::Initiated, "initiated"),
        (Self::Ringing, "ringing"),
        (Self::InProgress, "in-progress"),
        (Self::Completed, "completed"),
        (Self::Busy, "busy"),
        (Self::Failed, "failed"),
        (Self::NoAnswer, "no-answer"),
        (Self::Canceled, "canceled"),
    ];

    /// As webhooks and the API spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(status, _)| *status == self).map_or("", |(_, word)| word)
    }

    /// Whether nothing comes after it.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Initiated | Self::Ringing | Self::InProgress)
    }
}

impl fmt::Display for CallStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Who began a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A person.
    Inbound,
    /// A request to the API.
    OutboundApi,
    /// A `<Dial>` of another leg.
    OutboundDial,
}

impl Direction {
    /// As webhooks and the API spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::OutboundApi => "outbound-api",
            Self::OutboundDial => "outbound-dial",
        }
    }
}

/// A document being performed.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) role: Role,
    /// Its own URL; none for one sent to the API.
    pub(super) url: Option<String>,
    /// What is still to be performed.
    pub(super) verbs: VecDeque<Verb>,
    /// When it came.
    pub(super) since: Timestamp,
}

/// Where to tell about a leg's progress.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    pub(super) callback: Callback,
    pub(super) sequence: u32,
}

/// A leg's place in a queue.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) verb: Box<Enqueue>,
    pub(super) since: Timestamp,
    pub(super) state: HeldState,
}

/// How far a held leg has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeldState {
    /// In the queue.
    Waiting,
    /// Taken out of it by this leg's `<Dial>`; an announcement is heard.
    Announcing(LegId),
    /// Joined with that leg.
    Joined(LegId),
}

/// What a leg is doing.
#[derive(Debug)]
pub(super) enum Activity {
    /// Nothing: placed and not ringing yet, or between two things of one moment.
    Idle,
    /// A phone rings.
    Ringing,
    /// Answered; whether by a machine is being found out.
    Detecting,
    /// The next document is asked for.
    Fetching(HookId),
    /// Something is heard.
    Sounding,
    /// In `<Gather>`.
    Gathering(Box<Gathering>),
    /// In `<Record>`.
    Recording(Box<Taking>),
    /// In `<Dial>`.
    Dialing(Box<Dialing>),
    /// Joined with the leg whose `<Dial>` did it.
    Joined(LegId),
}

/// What is to be found out about whoever answers.
#[derive(Debug, Clone)]
pub(super) struct Detection {
    pub(super) to_the_end: bool,
    /// Told when the document is not to wait for the result.
    pub(super) callback: Option<Target>,
}

/// A leg.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) id: LegId,
    pub(super) sid: String,
    pub(super) parent: Option<LegId>,
    pub(super) direction: Direction,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) status: CallStatus,
    pub(super) created: Timestamp,
    pub(super) answered: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    /// How long it may ring.
    pub(super) ring_limit: Duration,
    /// What is performed when it is answered.
    pub(super) entry: Option<Entry>,
    pub(super) fallback: Option<Target>,
    pub(super) progress: Option<Progress>,
    pub(super) detection: Option<Detection>,
    pub(super) answered_by: Option<AnsweredBy>,
    /// Parameters that only this leg's webhooks have, such as `CallerName`.
    pub(super) own_params: Vec<(String, String)>,
    pub(super) frames: Vec<Frame>,
    pub(super) activity: Activity,
    pub(super) held: Option<Held>,
    /// What is still to be heard of the current verb.
    pub(super) playing: VecDeque<Piece>,
    /// Entries of the timeline that belong to what the leg is doing.
    pub(super) timers: Vec<Key>,
    /// The longest a call lasts.
    pub(super) call_limit: Option<Key>,
    /// Deeds of its person that are on the timeline.
    pub(super) intends: usize,
    /// Whether its person lets the time pass.
    pub(super) resigned: bool,
    /// Whether a machine has answered: it presses nothing.
    pub(super) machine: bool,
    /// What its person is going to do when something happens.
    pub(super) plans: Vec<Plan>,
    pub(super) documents: u32,
    pub(super) cookies: Vec<(String, String)>,
    /// What `<Record>` left behind, for the last status callback.
    pub(super) recorded: Vec<(String, String)>,
}

/// The first document of a leg that is phoned.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    Url(Target),
    Inline(String),
}

impl Leg {
    /// A leg that was just made.
    pub(super) fn new(id: LegId, sid: String, direction: Direction, from: &str, to: &str, now: Timestamp) -> Self {
        Self {
            id,
            sid,
            parent: None,
            direction,
            from: from.to_owned(),
            to: to.to_owned(),
            status: if direction == Direction::Inbound { CallStatus::Ringing } else { CallStatus::Queued },
            created: now,
            answered: None,
            ended: None,
            ring_limit: Duration::from_mins(1),
            entry: None,
            fallback: None,
            progress: None,
            detection: None,
            answered_by: None,
            own_params: Vec::new(),
            frames: Vec::new(),
            activity: Activity::Idle,
            held: None,
            playing: VecDeque::new(),
            timers: Vec::new(),
            call_limit: None,
            intends: 0,
            resigned: false,
            machine: false,
            plans: Vec::new(),
            documents: 0,
            cookies: Vec::new(),
            recorded: Vec::new(),
        }
    }

    /// The number of its person.
    pub(super) fn person(&self) -> &str {
        if self.direction == Direction::Inbound { &self.from } else { &self.to }
    }

    pub(super) fn is_over(&self) -> bool {
        self.status.is_final()
    }

    pub(super) fn role(&self) -> Role {
        self.frames.last().map_or(Role::Main, |frame| frame.role)
    }

    /// The URL of the document being performed.
    pub(super) fn document_url(&self) -> Option<String> {
        self.frames.last().and_then(|frame| frame.url.clone())
    }

    /// Whole seconds of talking.
    pub(super) fn seconds(&self) -> u64 {
        match (self.answered, self.ended) {
            (Some(answered), Some(ended)) => super::timeline::between(answered, ended).as_secs(),
            _ => 0,
        }
    }
}
