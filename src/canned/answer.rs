//! One request to a canned service: what the service receives, and what comes back.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::{Canned, CannedReply};
use crate::compile::Line;
use crate::engine::effect::ServiceRequest;
use crate::engine::event::Reply;
use crate::eval::{self, Context, Nothing, Scope};
use crate::failure::FailureKind;
use crate::http::{Headers, Method};
use crate::program::Operation;
use crate::services;
use crate::types::Name;

/// A request that canned services received.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// When, by the server's clock.
    pub at: Timestamp,
    /// `workflow.start`.
    pub operation: Name,
    /// Its arguments as they would travel.
    pub args: Vec<Json>,
    /// Its body, if it has one; `true` stands in the place of a secret.
    pub body: Option<Json>,
    /// As it travels, if it can be made.
    pub wire: Option<Wire>,
    /// What came back.
    pub replied: Replied,
}

/// A request as it travels.
#[derive(Clone, PartialEq)]
pub struct Wire {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: String,
    /// The header.
    pub headers: Headers,
}

/// Secrets stand in it: it is not shown by accident.
impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} …", self.method)
    }
}

/// What a canned service did with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replied {
    /// It replied with this status.
    Status(u16),
    /// It does not reply within the operation's time limit.
    Timeout,
    /// No stub fits: the request fails as if nobody could be reached.
    NoStub,
    /// It was never received: the request cannot be made, for this reason.
    NotMade(FailureKind),
}

/// A request with what comes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The request.
    pub received: Received,
    /// The reply.
    pub reply: Reply,
    /// How long it takes.
    pub after: Duration,
}

impl Canned {
    /// What comes of a request of this line at this time.
    #[must_use]
    pub fn answer(&self, line: &Line, operation: &Operation, request: &ServiceRequest, at: Timestamp) -> Answer {
        let args: Vec<Json> = request.args.iter().map(crate::value::Value::to_wire).collect();
        let made = services::prepare(&line.graph.operations, &line.graph.services, &line.settings, request);
        let (reply, replied, after) = match &made {
            Err(kind) => (Reply::Failure(*kind), Replied::NotMade(*kind), Duration::ZERO),
            Ok(_) => self.reply_to(operation, &args),
        };
        let wire = made.ok().map(|made| Wire { method: made.method, url: made.url, headers: made.headers });
        let body = body(line, operation, request);
        let received = Received { at, operation: operation.name.clone(), args, body, wire, replied };
        Answer { received, reply, after }
    }

    fn reply_to(&self, operation: &Operation, args: &[Json]) -> (Reply, Replied, Duration) {
        match self.reply(&operation.name, args) {
            Some(CannedReply::Response { status, body }) => {
                (Reply::Response { status: *status, body: body.clone() }, Replied::Status(*status), Duration::ZERO)
            }
            None => (Reply::Failure(FailureKind::Network), Replied::NoStub, Duration::ZERO),
            Some(CannedReply::Timeout) => {
                let late = if operation.reads { FailureKind::Timeout } else { FailureKind::Uncertain };
                (Reply::Failure(late), Replied::Timeout, Duration::from_millis(operation.timeout))
            }
        }
    }
}

/// The body that a request would have.
fn body(line: &Line, operation: &Operation, request: &ServiceRequest) -> Option<Json> {
    let (_, body) = operation.body.as_ref()?;
    let params = operation.params.iter().map(|(name, _)| name.clone());
    let scope = Scope::of(params.zip(request.args.iter().cloned()).collect());
    let context = Context {
        settings: line.settings.values(),
        call: None,
        now: request.now,
        zone: &TimeZone::UTC,
        outside: &Nothing,
    };
    eval::pure(body, &scope, &context).ok().map(|value| value.to_wire())
}
