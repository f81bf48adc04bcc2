//! What the engine asks the world for. Each effect's outcome comes back as an event; none is waited for inside.

use jiff::Timestamp;

use super::event::{FailureKind, Leg, LegToken, OperationId, RequestId};
use crate::program::LegOutcome;
use crate::value::Value;

/// A request to a service.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceRequest {
    /// Its id in the call.
    pub id: RequestId,
    /// Which operation.
    pub operation: OperationId,
    /// One argument per parameter.
    pub args: Vec<Value>,
    /// The engine's `now`, for paths that name it.
    pub now: Timestamp,
    /// For a `send`: what makes it one and the same request, however often it is asked for (call, node and visit).
    /// A request with a key is journalled and leaves at most once.
    pub key: Option<String>,
}

/// What the engine asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Requests to services; each is answered in one `Replies` event or several.
    Fetch(Vec<ServiceRequest>),
    /// Phone a callee; answered by `Placed`.
    Place {
        /// The callee's leg.
        leg: LegToken,
        /// E.164.
        number: String,
        /// What the callee sees; none: the number that was called.
        caller_id: Option<String>,
        /// Seconds of ringing.
        ringing: u32,
        /// Whether a machine is to be detected.
        detect_machine: bool,
    },
    /// End a callee's leg, in whatever state it is.
    End(LegToken),
    /// Make a leg ask for its current step at once.
    Redirect(Leg),
    /// Ask the provider for a transcript; answered by `Transcript`, or not at all while it is in progress.
    AskTranscript {
        /// The provider's id of the recording.
        recording: String,
    },
    /// Ask the provider for the state of a leg; answered by `LegEnded` (or `HungUp`) if it is over.
    AskLeg(Leg),
    /// A line of the call's log.
    Log(Entry),
}

/// A line of the call's log. Numbers, keys and texts of callers are not in it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Entry {
    /// A step was reached.
    Node {
        /// Its name.
        node: String,
    },
    /// A callee's leg has its outcome.
    Leg {
        /// The node of the `escalate`.
        node: String,
        /// The position in the list, from 1.
        round: u32,
        /// The number, masked.
        number: String,
        /// The outcome.
        outcome: LegOutcome,
    },
    /// A `send` returned.
    Sent {
        /// The node.
        node: String,
        /// The operation's name.
        operation: String,
        /// How it ended; none is success.
        failure: Option<FailureKind>,
        /// The HTTP status, if there was one.
        status: Option<u16>,
    },
    /// Something failed and was handled by the flow.
    Failed {
        /// The node.
        node: String,
        /// Which kind of failure.
        kind: FailureKind,
        /// The HTTP status, if there was one.
        status: Option<u16>,
        /// The operation or step it came from.
        from: String,
    },
    /// The call is over.
    Over {
        /// Whether the caller hung up.
        caller_hung_up: bool,
        /// Webhooks answered.
        turns: u32,
    },
}
