//! What can happen to a call, without any provider in it.

use std::sync::Arc;

use jiff::Timestamp;

pub use crate::expr::OperationId;
pub use crate::failure::FailureKind;

/// The token of a callee's leg: unguessable, in its URLs.
pub type LegToken = Arc<str>;

/// Which leg of the call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Leg {
    /// The caller's.
    Caller,
    /// A callee's.
    Callee(LegToken),
}

/// How a leg or a call ended, in the carrier's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum LegStatus {
    Completed,
    Busy,
    NoAnswer,
    Failed,
    Canceled,
}

/// Why a caller is no longer on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftHold {
    /// Joined with a callee, and that talk is over.
    Bridged,
    /// Called away by the provider's API, or in the act of being joined: no event of its own.
    Redirected,
    /// By [`crate::engine::turn::Then::Leave`].
    Left,
    /// Hung up.
    HungUp,
    /// The provider could not hold the caller.
    Refused,
}

/// An event with its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When the server saw it.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
}

/// The kinds of events.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// The leg asks for its next words: the call begins, a document has ended, or a pause is over.
    Continue(Leg),
    /// Keys were pressed; never empty.
    Keys(Leg, String),
    /// A leg that listened heard nothing.
    Silence(Leg),
    /// A key was pressed while the words before a recording were spoken.
    SkippedTo(char),
    /// A recording ended.
    Recorded {
        /// The provider's id of the recording.
        sid: String,
        /// Where it can be fetched.
        url: String,
        /// Its length in whole seconds.
        seconds: u32,
        /// The key that ended it.
        key: Option<char>,
        /// Whether the caller hung up while recording.
        hung_up: bool,
    },
    /// A recording ended without any sound.
    RecordedNothing,
    /// A caller on hold asks for music: proof of being on hold.
    Holding {
        /// Which visit.
        visit: u32,
        /// Which round.
        round: u32,
    },
    /// A caller on hold pressed keys.
    HoldKeys {
        /// Which visit.
        visit: u32,
        /// Which round.
        round: u32,
        /// The keys; never empty.
        keys: String,
    },
    /// A caller is no longer on hold.
    LeftHold {
        /// Which visit.
        visit: u32,
        /// Which round.
        round: u32,
        /// Why.
        why: LeftHold,
    },
    /// A caller on hold is about to be joined with a callee: proof of a bridge.
    Bridging {
        /// Which visit.
        visit: u32,
        /// Which round.
        round: u32,
    },
    /// A callee's attempt to be joined is over: joined and finished, or never joined.
    JoinOver {
        /// Which callee.
        leg: LegToken,
        /// Whether they were joined.
        bridged: bool,
    },
    /// A `dial` is over.
    DialOver {
        /// How.
        status: LegStatus,
        /// Whether the two were joined; none if the provider does not say.
        bridged: Option<bool>,
    },
    /// A callee answered.
    Answered {
        /// Which callee.
        leg: LegToken,
        /// Whether a machine or fax was detected.
        machine: bool,
    },
    /// A callee's leg has ended.
    LegEnded {
        /// Which callee.
        leg: LegToken,
        /// How.
        status: LegStatus,
    },
    /// The provider's reply to the request to phone a callee: its id for the leg, or why not.
    Placed {
        /// Which callee.
        leg: LegToken,
        /// The reply.
        result: Result<String, PlaceFailure>,
    },
    /// The caller's leg is over.
    HungUp,
    /// A transcript arrived, or failed for good (no text).
    Transcript {
        /// The provider's id of the recording.
        recording: String,
        /// The text.
        text: Option<String>,
    },
    /// Replies of services.
    Replies(Vec<(RequestId, Reply)>),
    /// Time has passed: the session's deadline may have come.
    Tick,
    /// The leg has waited so long for the replies of services that it must be given something to hear.
    TookLong(Leg),
    /// The provider says that the leg is still there, although it was not heard of in time.
    Alive(Leg),
}

/// Why a callee could not be phoned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceFailure {
    /// The provider refuses our account or its limits do not let us through: nobody can be phoned.
    Account(u16),
    /// The provider refuses this number.
    Number(u16),
    /// No phone rings: the request was lost, as the provider shows by now.
    NotThere,
    /// It is unknown whether the phone rings: its webhooks will tell, or the leg's deadline.
    Unknown,
}

/// Identifies a request of a call; never used twice in one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct RequestId(pub u64);

/// What came back from a service, before it is decoded.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// A response.
    Response {
        /// The status code.
        status: u16,
        /// The body; at most 2 MB.
        body: Arc<[u8]>,
    },
    /// None; the kind is one of section 12 of the language.
    Failure(FailureKind),
}
