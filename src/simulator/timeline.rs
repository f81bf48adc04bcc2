//! What is going to happen, in the order of virtual time; of two things at one moment the one planned first comes first.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Names an entry, so that it can be taken back.
pub(super) type Key = (Timestamp, u64);

/// Entries by time and order of planning.
#[derive(Debug)]
pub(super) struct Timeline<T> {
    entries: BTreeMap<Key, T>,
    planned: u64,
}

impl<T> Timeline<T> {
    pub(super) fn new() -> Self {
        Self { entries: BTreeMap::new(), planned: 0 }
    }

    /// Plans an entry.
    pub(super) fn plan(&mut self, at: Timestamp, entry: T) -> Key {
        self.planned += 1;
        let key = (at, self.planned);
        self.entries.insert(key, entry);
        key
    }

    /// Takes an entry back; nothing happens if it is gone.
    pub(super) fn cancel(&mut self, key: Key) {
        self.entries.remove(&key);
    }

    /// The next entry and its time.
    pub(super) fn next(&self) -> Option<(Timestamp, &T)> {
        self.entries.first_key_value().map(|((at, _), entry)| (*at, entry))
    }

    /// Takes the next entry out.
    pub(super) fn take(&mut self) -> Option<(Key, T)> {
        self.entries.pop_first()
    }
}

/// The time `length` after `time`; at the end of time it stands still.
pub(super) fn later(time: Timestamp, length: Duration) -> Timestamp {
    let length = SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
    time.checked_add(length).unwrap_or(Timestamp::MAX)
}

/// The length from `start` to `end`; zero if they are the other way round.
pub(super) fn between(start: Timestamp, end: Timestamp) -> Duration {
    Duration::try_from(end.duration_since(start)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_by_time_and_then_by_order_of_planning() {
        let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let mut timeline = Timeline::new();
        timeline.plan(later(start, Duration::from_secs(2)), "late");
        timeline.plan(start, "first");
        let taken_back = timeline.plan(start, "second");
        timeline.plan(start, "third");
        timeline.cancel(taken_back);
        let order: Vec<_> = std::iter::from_fn(|| timeline.take()).map(|(_, entry)| entry).collect();
        assert_eq!(order, ["first", "third", "late"]);
    }
}
