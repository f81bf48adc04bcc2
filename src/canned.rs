//! Canned outside services: what the head of a test file says they reply.
//!
//! ```text
//! read      lines of a test file -> stubs, with findings
//! values    fixtures and literals -> JSON
//! misfit    where a reply does not have the declared shape
//! answer    one request -> what is received and what comes back
//! outside   stubs in the place of services
//! ```

mod answer;
mod misfit;
mod outside;
mod read;
mod values;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use serde_json::Value as Json;

pub use answer::{Answer, Received, Replied, Wire};
pub use outside::CannedServices;
use read::Known;
pub use values::Values;

use crate::diagnostic::Diagnostics;
use crate::program::Operation;
use crate::source::Span;
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
    /// Where it stands.
    span: Span,
    /// Whether it stands in a test, and not in the head of the file.
    own: bool,
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
        read::read(lines, [], operations, types, Known::No)
    }

    /// The same with the lines of a test besides: its stubs win over those of the head.
    pub fn of_test<'a>(
        head: impl IntoIterator<Item = &'a Setup>,
        own: impl IntoIterator<Item = &'a Setup>,
        operations: &[Operation],
        types: &Types,
    ) -> (Self, Diagnostics) {
        read::read(head, own, operations, types, Known::Fixtures)
    }

    /// What is wrong with the lines of a test, if what the head says has been looked at.
    pub fn wrong_lines<'a>(
        head: impl IntoIterator<Item = &'a Setup>,
        own: &[&'a Setup],
        operations: &[Operation],
        types: &Types,
    ) -> Diagnostics {
        // Stubs of the head may be made of other fixtures now; nothing else of it can have changed.
        let other_fixtures = own.iter().any(|line| matches!(line, Setup::Fixture { .. }));
        let counts = |line: &&Setup| other_fixtures || matches!(line, Setup::Fixture { .. });
        let known = if other_fixtures { Known::No } else { Known::Fixtures };
        read::read(head.into_iter().filter(counts), own.iter().copied(), operations, types, known).1
    }

    /// Where each stub stands and whether it has replied yet.
    pub fn stubs(&self) -> impl Iterator<Item = (Span, bool)> {
        self.stubs.iter().map(|stub| (stub.span, stub.used.load(Ordering::SeqCst) > 0))
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

    /// The reply to one request: a stub of the test wins over one of the head, then one with just these arguments over
    /// the one without arguments, then a later stub over an earlier one. None if no stub fits.
    fn reply(&self, operation: &str, args: &[Json]) -> Option<&CannedReply> {
        let fits = |stub: &&Stub| *stub.operation == *operation && stub.args.as_ref().is_none_or(|known| known == args);
        let stub = self.stubs.iter().filter(fits).max_by_key(|stub| (stub.own, stub.args.is_some()))?;
        let used = stub.used.fetch_add(1, Ordering::SeqCst);
        stub.replies.get(used).or_else(|| stub.replies.last())
    }
}

#[cfg(test)]
mod tests;
