//! Deadlines of calls: one task wakes each call when its time has come.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::Core;

type Key = (String, String);

/// When which call is to be woken.
#[derive(Default)]
pub(crate) struct Timers {
    due: Mutex<Due>,
    changed: Notify,
}

#[derive(Default)]
struct Due {
    by_time: BTreeSet<(Timestamp, Key)>,
    by_call: HashMap<Key, Timestamp>,
}

impl Timers {
    /// Wakes a call at a time, or not at all.
    pub(crate) fn set(&self, flow: &str, call: &str, due: Option<Timestamp>) {
        let key = (flow.to_owned(), call.to_owned());
        let mut times = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let first = times.by_time.first().map(|(time, _)| *time);
        if let Some(old) = times.by_call.remove(&key) {
            times.by_time.remove(&(old, key.clone()));
        }
        if let Some(due) = due {
            times.by_call.insert(key.clone(), due);
            times.by_time.insert((due, key));
        }
        if times.by_time.first().map(|(time, _)| *time) != first {
            self.changed.notify_one();
        }
    }

    /// When the next call is to be woken.
    pub(crate) fn first(&self) -> Option<Timestamp> {
        let due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        due.by_time.first().map(|(time, _)| *time)
    }

    /// Takes one call whose time has come.
    fn take(&self, now: Timestamp) -> Option<Key> {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let (time, key) = due.by_time.first().filter(|(time, _)| *time <= now).cloned()?;
        due.by_time.remove(&(time, key.clone()));
        due.by_call.remove(&key);
        Some(key)
    }
}

/// Wakes calls for ever.
pub(crate) async fn run(core: Arc<Core>) {
    loop {
        let changed = core.timers.changed.notified();
        match core.timers.first() {
            None => changed.await,
            Some(due) => tokio::select! {
                () = core.clock.sleep_until(due) => {}
                () = changed => {}
            },
        }
        let _work = core.busy.work();
        while let Some((flow, call)) = core.timers.take(core.clock.now()) {
            core.tasks.spawn(wake(Arc::clone(&core), core.busy.work(), flow, call));
        }
    }
}

async fn wake(core: Arc<Core>, _work: crate::clock::AtWork, flow: String, token: String) {
    match core.call(&flow, &token).await {
        Ok(Some(call)) => core.woken(&call).await,
        Ok(None) => {}
        Err(error) => {
            tracing::error!(%flow, %error, "a call that is due cannot be read");
            core.wake_again(&flow, &token);
        }
    }
}
