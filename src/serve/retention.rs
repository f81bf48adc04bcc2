//! How long the log of calls is kept.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::Core;

/// How long what is left of a call is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long it takes at least until it is looked again for what is too old.
const EVERY: SignedDuration = SignedDuration::from_hours(1);
/// So many records are dropped at a time: whoever else waits for the store comes in between.
const BATCH: u32 = 500;

/// When the log was looked through last.
#[derive(Default)]
pub(crate) struct Retention(Mutex<Option<Timestamp>>);

impl Retention {
    /// Whether it is time to look, which is noted.
    fn is_due(&self, now: Timestamp) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|last| now.duration_since(last) >= EVERY);
        if due {
            *last = Some(now);
        }
        due
    }
}

impl Core {
    /// Drops the log records that are too old, now and then.
    pub(crate) async fn prune_log(&self) {
        let now = self.clock.now();
        let Ok(before) = now.checked_sub(KEPT) else { return };
        if !self.retention.is_due(now) {
            return;
        }
        loop {
            match self.store.prune_log(before, BATCH).await {
                Ok(dropped) if dropped >= u64::from(BATCH) => {}
                Ok(_) => return,
                Err(error) => return tracing::error!(%error, "the old log of calls cannot be dropped"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::Retention;

    #[test]
    fn the_log_is_looked_through_once_an_hour() {
        let retention = Retention::default();
        let start: jiff::Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let due: Vec<bool> =
            [0, 10, 59, 60, 61, 121].map(|minutes| retention.is_due(start + SignedDuration::from_mins(minutes))).into();
        assert_eq!(due, [true, false, false, true, false, true]);
    }
}
