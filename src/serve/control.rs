//! The hand on a manual clock: how a simulator lets time pass in a server under test.
//!
//! Only a server whose clock is moved by hand has this page; it never has on a real line.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Core;
use crate::http::{Method, Request, Response};

/// Where the clock is moved.
pub const PATH: &str = "/-/clock";

/// A wish to move the clock.
#[derive(Debug, Serialize, Deserialize)]
pub struct Move {
    /// The time it is to be; an earlier one leaves the clock where it is.
    pub now: Timestamp,
}

/// What the server is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doing {
    /// The time it is.
    pub now: Timestamp,
    /// Work under way that waits neither for services nor for time.
    pub busy: usize,
    /// Requests to services under way.
    pub waiting: usize,
    /// Webhooks taken in and not answered yet.
    pub open: usize,
    /// When something happens by itself.
    pub next: Option<Timestamp>,
}

/// Moves the clock and tells what the server is doing.
pub(super) fn answer(core: &Arc<Core>, request: &Request) -> Response {
    if !core.clock.is_manual() || request.method != Method::Post {
        return Response::text(404, "no such page\n");
    }
    let Ok(wish) = serde_json::from_slice::<Move>(&request.body) else {
        return Response::text(400, "not understood: {\"now\":\"2026-03-01T12:00:00Z\"} is wanted\n");
    };
    core.clock.advance_to(wish.now);
    let now = core.clock.now();
    // First what is open, then who works on it, then when somebody wakes and which services are waited for: whoever
    // falls asleep in between is counted once too often, not missed.
    let open = core.open.count();
    let busy = core.busy.count() + core.clock.waking();
    let timer = core.timers.first();
    let next = [core.clock.next_wake(), timer].into_iter().flatten().min();
    // A timer that is due has work to do, even if its task has not been given the processor yet.
    let busy = busy + usize::from(timer.is_some_and(|timer| timer <= now));
    let doing = Doing { now, busy, waiting: core.waiting.load(Ordering::SeqCst), open, next };
    Response::new(200, "application/json", serde_json::to_vec(&doing).unwrap_or_default())
}
