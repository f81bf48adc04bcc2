//! The calls this process holds in memory.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::call::Call;

/// Calls by flow and token, and by flow and the provider's id.
#[derive(Default)]
pub(crate) struct Calls {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    by_token: HashMap<(String, String), Arc<Call>>,
    by_sid: HashMap<(String, String), Arc<Call>>,
    per_flow: HashMap<String, usize>,
}

impl Held {
    fn uncount(&mut self, call: &Call) {
        if call.counted.swap(false, Ordering::SeqCst)
            && let Some(count) = self.per_flow.get_mut(&call.flow)
        {
            *count = count.saturating_sub(1);
        }
    }
}

impl Calls {
    /// The call with our token.
    pub(crate) fn by_token(&self, flow: &str, token: &str) -> Option<Arc<Call>> {
        self.held().by_token.get(&(flow.to_owned(), token.to_owned())).cloned()
    }

    /// The call with the provider's id.
    pub(crate) fn by_sid(&self, flow: &str, sid: &str) -> Option<Arc<Call>> {
        self.held().by_sid.get(&(flow.to_owned(), sid.to_owned())).cloned()
    }

    /// Holds a call, unless another one with its token or the provider's id is held already: then that one.
    pub(crate) fn hold(&self, call: Arc<Call>, in_progress: bool) -> Arc<Call> {
        let mut held = self.held();
        let by_sid = (call.flow.clone(), call.sid.clone());
        if let Some(known) = held.by_sid.get(&by_sid) {
            return Arc::clone(known);
        }
        if in_progress {
            call.counted.store(true, Ordering::SeqCst);
            *held.per_flow.entry(call.flow.clone()).or_default() += 1;
        }
        held.by_token.insert((call.flow.clone(), call.token.clone()), Arc::clone(&call));
        held.by_sid.insert(by_sid, Arc::clone(&call));
        call
    }

    /// Lets a call go.
    pub(crate) fn release(&self, call: &Call) {
        let mut held = self.held();
        let token = (call.flow.clone(), call.token.clone());
        // It may have been taken up again in the meantime.
        if held.by_token.get(&token).is_some_and(|known| std::ptr::eq(known.as_ref(), call)) {
            held.by_token.remove(&token);
            held.by_sid.remove(&(call.flow.clone(), call.sid.clone()));
        }
        held.uncount(call);
    }

    /// A call is over; it is still held, for late webhooks.
    pub(crate) fn ended(&self, call: &Call) {
        self.held().uncount(call);
    }

    /// How many calls of a flow are in progress.
    pub(crate) fn count(&self, flow: &str) -> usize {
        self.held().per_flow.get(flow).copied().unwrap_or_default()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
