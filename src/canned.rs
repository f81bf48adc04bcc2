//! Canned outside services: what the head of a test file says they reply.
//!
//! ```text
//! read      lines of a test file -> stubs, with findings
//! values    fixtures and literals -> JSON
//! misfit    where a reply does not have the declared shape
//! outside   stubs in the place of services
//! ```

mod misfit;
mod outside;
mod read;
mod values;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use serde_json::Value as Json;

pub use outside::{CannedServices, Received, Replied};

use crate::diagnostic::Diagnostics;
use crate::program::Operation;
use crate::syntax::scenario::Setup;
use crate::types::{Name, Types};

/// The canned services of one flow.
#[derive(Debug, Default)]
pub struct Canned {
    stubs: Vec<Stub>,
    /// When the call begins.
    start: Option<Timestamp>,
}

/// `stub svc.op(args) => …`.
#[derive(Debug)]
struct Stub {
    operation: Name,
    /// As they travel; none fits any.
    args: Option<Vec<Json>>,
    /// In order; never empty.
    replies: Vec<CannedReply>,
    used: AtomicUsize,
}

/// What a stub replies.
#[derive(Debug, Clone, PartialEq, Eq)]
enum CannedReply {
    Response { status: u16, body: Arc<[u8]> },
    Timeout,
}

impl Canned {
    /// The services that `lines` describe, for a flow with these operations. Replies are held against the declared
    /// types, so that a wrong declaration shows before the first call.
    pub fn new<'a>(
        lines: impl IntoIterator<Item = &'a Setup>,
        operations: &[Operation],
        types: &Types,
    ) -> (Self, Diagnostics) {
        read::read(lines, operations, types)
    }

    /// The time at which a call begins (`clock "…Z"`), if the lines say it.
    #[must_use]
    pub fn start(&self) -> Option<Timestamp> {
        self.start
    }

    /// Every stub begins with its first reply again.
    pub fn rewind(&self) {
        for stub in &self.stubs {
            stub.used.store(0, Ordering::SeqCst);
        }
    }

    /// The reply to one request: the stub with just these arguments wins over the one without arguments, and a later
    /// stub over an earlier one. None if no stub fits.
    fn reply(&self, operation: &str, args: &[Json]) -> Option<&CannedReply> {
        let fits = |stub: &&Stub| *stub.operation == *operation && stub.args.as_ref().is_none_or(|known| known == args);
        let stub = self.stubs.iter().filter(fits).max_by_key(|stub| stub.args.is_some())?;
        let used = stub.used.fetch_add(1, Ordering::SeqCst);
        stub.replies.get(used).or_else(|| stub.replies.last())
    }
}

#[cfg(test)]
mod tests;
