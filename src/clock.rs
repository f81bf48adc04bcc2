//! Time as the server knows it: the system's, or one moved by hand.
//!
//! Everything above the engine that waits or asks for the time does it here, so that a test (or `ivrc talk`) can let
//! four minutes pass without sleeping. The engine itself is told the time with each event.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

/// A clock; clones are the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    manual: Option<Arc<Mutex<Manual>>>,
    /// Who sleeps on this clock rests from being busy.
    busy: Option<Busy>,
}

/// How many pieces of work are under way that wait neither for time nor for the outside: whoever moves a clock by
/// hand lets them finish first.
#[derive(Clone, Debug, Default)]
pub struct Busy(Arc<AtomicUsize>);

/// A piece of work under way; it ends when this is dropped.
#[derive(Debug)]
pub struct AtWork(Busy);

/// A pause of a piece of work; it ends when this is dropped.
#[derive(Debug)]
pub struct AtRest(Busy);

impl Busy {
    /// Begins a piece of work.
    #[must_use]
    pub fn work(&self) -> AtWork {
        self.0.fetch_add(1, Ordering::SeqCst);
        AtWork(self.clone())
    }

    /// Pauses a piece of work, of which there must be one.
    #[must_use]
    pub fn rest(&self) -> AtRest {
        self.0.fetch_sub(1, Ordering::SeqCst);
        AtRest(self.clone())
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for AtRest {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// The state of a clock that is moved by hand.
#[derive(Debug, Default)]
struct Manual {
    now: Timestamp,
    /// A sleeper is woken with a piece of work, which ends when the sleeper goes on.
    sleepers: BTreeMap<(Timestamp, u64), oneshot::Sender<AtWork>>,
    next_sleeper: u64,
    waking: Busy,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at `start` until [`Clock::advance_to`] moves it.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self { manual: Some(Arc::new(Mutex::new(Manual { now: start, ..Manual::default() }))), busy: None }
    }

    /// The same clock for work that counts as busy: while it sleeps here it does not.
    #[must_use]
    pub fn resting(&self, busy: &Busy) -> Self {
        Self { busy: Some(busy.clone()), ..self.clone() }
    }

    /// Whether it is moved by hand.
    #[must_use]
    pub fn is_manual(&self) -> bool {
        self.manual.is_some()
    }

    /// Now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    pub fn now(&self) -> Timestamp {
        self.manual.as_ref().map_or_else(Timestamp::now, |manual| lock(manual).now)
    }

    /// Moves a manual clock forward and wakes whoever slept until then; never backward. A system clock stays as it is.
    pub fn advance_to(&self, time: Timestamp) {
        let Some(manual) = &self.manual else { return };
        let mut manual = lock(manual);
        manual.now = manual.now.max(time);
        let now = manual.now;
        let later = manual.sleepers.split_off(&(now, u64::MAX));
        for (_, wake) in std::mem::replace(&mut manual.sleepers, later) {
            // Whoever slept may have given up in the meantime.
            let _ = wake.send(manual.waking.work());
        }
    }

    /// How many sleepers of a manual clock were woken and have not gone on yet: work that is about to be done.
    #[must_use]
    pub fn waking(&self) -> usize {
        self.manual.as_ref().map_or(0, |manual| lock(manual).waking.count())
    }

    /// When the next sleeper of a manual clock wants to be woken.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        let manual = self.manual.as_ref()?;
        let mut manual = lock(manual);
        manual.sleepers.retain(|_, wake| !wake.is_closed());
        manual.sleepers.keys().next().map(|(time, _)| *time)
    }

    /// Sleeps until `time`.
    pub async fn sleep_until(&self, time: Timestamp) {
        let _rest = self.busy.as_ref().map(Busy::rest);
        match &self.manual {
            None => {
                let wait = time.duration_since(self.now());
                tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
            }
            Some(manual) => {
                if let Some(woken) = enlist(manual, time) {
                    // An error means that the clock is gone; then nobody waits for this either.
                    let _ = woken.await;
                }
            }
        }
    }

    /// Sleeps for `length`.
    pub async fn sleep(&self, length: Duration) {
        self.sleep_until(self.after(length)).await;
    }

    /// The result of `work`, or `None` if it takes longer than `limit` by this clock.
    pub async fn timeout<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.sleep(limit) => None,
        }
    }

    /// The time `length` from now.
    #[must_use]
    pub fn after(&self, length: Duration) -> Timestamp {
        let length = SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
        self.now().checked_add(length).unwrap_or(Timestamp::MAX)
    }
}

fn lock(manual: &Mutex<Manual>) -> MutexGuard<'_, Manual> {
    manual.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts a sleeper on the list; none if the time has come already.
fn enlist(manual: &Mutex<Manual>, time: Timestamp) -> Option<oneshot::Receiver<AtWork>> {
    let mut manual = lock(manual);
    if time <= manual.now {
        return None;
    }
    let (wake, woken) = oneshot::channel();
    manual.next_sleeper += 1;
    let key = (time, manual.next_sleeper);
    manual.sleepers.insert(key, wake);
    Some(woken)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Clock;

    #[tokio::test]
    async fn a_manual_clock_wakes_sleepers_when_it_is_moved() {
        let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.timeout(Duration::from_mins(4), std::future::pending::<()>()).await }
        });
        while clock.next_wake().is_none() {
            tokio::task::yield_now().await;
        }
        assert_eq!(clock.next_wake().unwrap().to_string(), "2026-03-01T12:04:00Z");
        assert_eq!(clock.waking(), 0);
        clock.advance_to(clock.after(Duration::from_mins(4)));
        assert_eq!(clock.waking(), 1);
        assert_eq!(sleeper.await.unwrap(), None);
        assert_eq!(clock.waking(), 0);
        assert_eq!(clock.next_wake(), None);
    }
}
