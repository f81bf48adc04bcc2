//! Canned services in the place of real ones.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use super::{Answer, Canned, Received, Replied};
use crate::clock::Clock;
use crate::compile::Line;
use crate::engine::effect::ServiceRequest;
use crate::engine::event::Reply;
use crate::failure::FailureKind;
use crate::program::Operation;
use crate::serve::outside::Outside;

/// Canned services of some flows; flows without them use other services.
pub struct CannedServices {
    flows: Mutex<HashMap<String, Arc<Canned>>>,
    otherwise: Arc<dyn Outside>,
    clock: Clock,
    held: Arc<AtomicUsize>,
    listener: Mutex<Option<mpsc::UnboundedSender<Received>>>,
}

impl CannedServices {
    /// Without any canned services yet: all requests go to `otherwise`. Replies that do not come take their time by
    /// `clock`.
    #[must_use]
    pub fn new(otherwise: Arc<dyn Outside>, clock: Clock) -> Self {
        Self { flows: Mutex::default(), otherwise, clock, held: Arc::default(), listener: Mutex::default() }
    }

    /// Puts canned services in the place of a flow's former ones; none gives it the real ones.
    pub fn set(&self, flow: &str, canned: Option<Canned>) {
        let mut flows = lock(&self.flows);
        match canned {
            Some(canned) => flows.insert(flow.to_owned(), Arc::new(canned)),
            None => flows.remove(flow),
        };
    }

    /// The canned services of a flow.
    #[must_use]
    pub fn of(&self, flow: &str) -> Option<Arc<Canned>> {
        lock(&self.flows).get(flow).cloned()
    }

    /// Tells the requests that come in from now on, and no longer whoever listened before.
    pub fn listen(&self) -> mpsc::UnboundedReceiver<Received> {
        let (sender, receiver) = mpsc::unbounded_channel();
        *lock(&self.listener) = Some(sender);
        receiver
    }

    /// How many replies are held back at the moment: whoever moves the clock does not wait for them.
    #[must_use]
    pub fn held(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.held)
    }

    fn tell(&self, received: Received) {
        if let Some(listener) = lock(&self.listener).as_ref() {
            // Whoever listened may have gone.
            let _ = listener.send(received);
        }
    }

    /// What becomes of a request, noted and logged.
    fn receive(&self, canned: &Canned, line: &Line, operation: &Operation, request: &ServiceRequest) -> Answer {
        let answer = canned.answer(line, operation, request, self.clock.now());
        let (flow, replied) = (&line.graph.name, answer.received.replied);
        if replied == Replied::NoStub {
            tracing::warn!(%flow, operation = %operation.name, "no stub fits this request: it fails");
        } else {
            tracing::info!(%flow, operation = %operation.name, ?replied, "request to a canned service");
        }
        self.tell(answer.received.clone());
        answer
    }
}

impl Outside for CannedServices {
    fn perform(&self, line: Arc<Line>, request: ServiceRequest) -> Pin<Box<dyn Future<Output = Reply> + Send>> {
        let Some(canned) = self.of(&line.graph.name) else { return self.otherwise.perform(line, request) };
        let Some(operation) = line.graph.operations.get(usize::from(request.operation.0)) else {
            return Box::pin(std::future::ready(Reply::Failure(FailureKind::Unset)));
        };
        let Answer { reply, after, .. } = self.receive(&canned, &line, operation, &request);
        if after.is_zero() {
            return Box::pin(std::future::ready(reply));
        }
        let (clock, held) = (self.clock.clone(), Held::new(&self.held));
        Box::pin(async move {
            clock.sleep(after).await;
            drop(held);
            reply
        })
    }
}

/// A reply that is held back until this is dropped.
struct Held(Arc<AtomicUsize>);

impl Held {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
