//! Requests to outside services: what an operation declares, made into HTTP, and what came back.
//!
//! Nothing is decoded here, and nothing is remembered: the engine reads replies, and the journal of sends is the
//! caller's. What is promised here is that a send leaves at most once and that its failures say what is known, that a
//! reading request is repeated where that can help, and that neither goes where the flow did not point.

mod request;
mod target;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::engine::effect::ServiceRequest;
use crate::engine::event::Reply;
use crate::failure::FailureKind;
use crate::http::client::{Client, Failure, Options, Outgoing, Redirects};
use crate::program::{Method, Operation, Service};
use crate::settings::Settings;

/// How often a reading request is tried on network failures: once, and two repeats.
const ATTEMPTS: u32 = 3;

/// How many requests the whole process has under way; more wait within their time limits.
const AT_ONCE: usize = 256;

/// What the server's configuration says about requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether services may have private, loopback and link-local addresses.
    pub allow_private: bool,
}

/// Performs requests; clones share their connections and their limit.
#[derive(Debug, Clone)]
pub struct Services {
    reading: Client,
    /// Sends use a connection of their own each: on a kept one that the other side is just closing, a send would be
    /// uncertain although it never arrived.
    sending: Client,
    clock: Clock,
    permits: Arc<Semaphore>,
}

/// A request under way.
struct Attempt<'a> {
    operation: &'a Operation,
    outgoing: Outgoing,
    limit: Duration,
}

/// A request as it would be sent, or why it cannot be made: `unset`, `path`, `header`, or what an expression of the
/// operation fails with.
pub fn prepare(
    operations: &[Operation],
    services: &[Service],
    settings: &Settings,
    request: &ServiceRequest,
) -> Result<Outgoing, FailureKind> {
    let operation = operations.get(usize::from(request.operation.0)).ok_or(FailureKind::Unset)?;
    let service = services.get(operation.service).ok_or(FailureKind::Unset)?;
    request::build(operation, service, settings, request)
}

impl Services {
    /// Fails only if the TLS library cannot be set up.
    pub fn new(clock: Clock, policy: Policy) -> Result<Self, Failure> {
        let options = Options { public_only: !policy.allow_private, reuse: true };
        Ok(Self {
            reading: Client::with(options)?,
            sending: Client::with(Options { reuse: false, ..options })?,
            clock,
            permits: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// Performs one request and returns what came of it, within the operation's time limit by the clock and by real
    /// time. `operations`, `services` and `settings` are those of the graph the request comes from.
    ///
    /// Failures: `unset` (no base URL, no credential), `path`, `header`: nothing was sent. `network`: nothing was sent,
    /// or a reading request was lost three times. `timeout` (reading), `uncertain` (send): no reply in time, or none at
    /// all. `shape` (reading), `reply` (send): a success whose body is larger than 2 MB. A status other than success is
    /// a response.
    pub async fn perform(
        &self,
        operations: &[Operation],
        services: &[Service],
        settings: &Settings,
        request: &ServiceRequest,
    ) -> Reply {
        let operation = operations.get(usize::from(request.operation.0));
        let service = operation.and_then(|operation| services.get(operation.service));
        let (Some(operation), Some(service)) = (operation, service) else {
            return Reply::Failure(FailureKind::Unset);
        };
        let began = self.clock.now();
        let reply = match request::build(operation, service, settings, request) {
            Ok(outgoing) => {
                let limit = Duration::from_millis(operation.timeout);
                self.exchange(Attempt { operation, outgoing, limit }).await
            }
            Err(kind) => Reply::Failure(kind),
        };
        let millis = self.clock.now().duration_since(began).as_millis();
        match &reply {
            Reply::Response { status, .. } => {
                tracing::info!(operation = %operation.name, status, millis, "request to a service");
            }
            Reply::Failure(kind) => {
                tracing::warn!(operation = %operation.name, failure = kind.word(), millis, "request to a service");
            }
        }
        reply
    }

    async fn exchange(&self, attempt: Attempt<'_>) -> Reply {
        let left = AtomicBool::new(false);
        let work = async {
            let _permit = self.permits.acquire().await;
            left.store(true, Ordering::Relaxed);
            self.send(&attempt).await
        };
        let result = self.within(attempt.limit, work).await;
        let left = left.load(Ordering::Relaxed);
        match result {
            Some(result) => attempt.reply(result),
            None if left || attempt.operation.reads => attempt.reply(Err(Failure::Timeout)),
            // Nothing was written: this send is not uncertain.
            None => Reply::Failure(FailureKind::Network),
        }
    }

    /// Bounded by the clock, and by real time where the clock is moved by hand.
    async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(limit, self.clock.timeout(limit, work)).await.ok().flatten()
    }

    async fn send(&self, attempt: &Attempt<'_>) -> Result<crate::http::Response, Failure> {
        if !attempt.operation.reads {
            return self.sending.send(attempt.outgoing.clone()).await;
        }
        let mut tried = 1;
        loop {
            match self.reading.send(attempt.outgoing.clone()).await {
                Err(Failure::Connect(_) | Failure::Lost(_)) if tried < ATTEMPTS => tried += 1,
                result => return result,
            }
        }
    }
}

impl Attempt<'_> {
    /// What the result means for the flow (sections 6 and 12 of the language).
    fn reply(&self, result: Result<crate::http::Response, Failure>) -> Reply {
        let sends = !self.operation.reads;
        let kind = match result {
            Ok(response) => return Reply::Response { status: response.status, body: response.body.into() },
            // Its body matters to nobody: a failure, or a success that gives nothing.
            Err(Failure::TooLarge { status, .. })
                if !(200..300).contains(&status) || self.operation.gives.is_none() =>
            {
                return Reply::Response { status, body: Arc::from([]) };
            }
            Err(Failure::TooLarge { .. }) if sends => FailureKind::Reply,
            Err(Failure::TooLarge { .. }) => FailureKind::Shape,
            Err(Failure::Timeout | Failure::Lost(_)) if sends => FailureKind::Uncertain,
            Err(Failure::Timeout) => FailureKind::Timeout,
            Err(Failure::Connect(_) | Failure::Lost(_)) => FailureKind::Network,
            Err(Failure::Private(why)) => {
                let operation = &self.operation.name;
                tracing::warn!(%operation, "`{why}` is not public: `--allow-private` permits such services");
                FailureKind::Network
            }
            Err(Failure::Url(_)) => FailureKind::Path,
        };
        Reply::Failure(kind)
    }
}

/// Redirects are followed for `get` only: not for what changes something, and not for a search by `post`, whose body
/// would have to travel on.
fn redirects(operation: &Operation) -> Redirects {
    if operation.reads && operation.method == Method::Get { Redirects::SameOrigin } else { Redirects::Refused }
}

#[cfg(test)]
mod tests;
