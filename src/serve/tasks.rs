//! Work that belongs to the server and not to the connection that caused it.
//!
//! A provider that is tired of waiting closes its connection, and whatever runs in the connection's task is dropped at
//! its next point of rest: between a call's commit and what follows from it. So nothing that changes a call runs there.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// The server's tasks.
pub(crate) struct Tasks {
    runtime: Handle,
    under_way: Arc<Count>,
    dropped: watch::Sender<bool>,
}

/// How many tasks are under way.
#[derive(Default)]
struct Count {
    tasks: AtomicUsize,
    none_left: Notify,
}

/// One task under way.
struct UnderWay(Arc<Count>);

impl UnderWay {
    fn new(count: &Arc<Count>) -> Self {
        count.tasks.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.0.tasks.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.none_left.notify_waiters();
        }
    }
}

impl Tasks {
    /// Tasks in the current runtime, wherever they are asked for: those of an HTTP server's threads end with it.
    pub(crate) fn here() -> Self {
        Self { runtime: Handle::current(), under_way: Arc::default(), dropped: watch::Sender::new(false) }
    }

    /// Begins a task; its handle gives none if it was dropped by [`Self::drop_all`].
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<Option<T>> {
        self.spawn_on(&self.runtime, work)
    }

    /// Does work for whoever waits for it here. What does not come to its end at once is a task in this thread, so that
    /// nothing has to be handed from thread to thread; it ends with the thread, which waits for its connections but not
    /// for those that were broken off. None if it was dropped or has panicked.
    pub(crate) async fn do_here<T: Send + 'static>(
        &self,
        mut work: Pin<Box<dyn Future<Output = T> + Send>>,
    ) -> Option<T> {
        match work.as_mut().now_or_never() {
            Some(done) => Some(done),
            None => self.spawn_on(&Handle::current(), work).await.ok().flatten(),
        }
    }

    fn spawn_on<T: Send + 'static>(
        &self,
        runtime: &Handle,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<Option<T>> {
        let under_way = UnderWay::new(&self.under_way);
        let mut dropped = self.dropped.subscribe();
        runtime.spawn(async move {
            let _under_way = under_way;
            tokio::select! {
                biased;
                done = work => Some(done),
                // An error means that the server is gone.
                _ = dropped.wait_for(|dropped| *dropped) => None,
            }
        })
    }

    /// Waits until no task is under way.
    pub(crate) async fn done(&self) {
        loop {
            let mut none_left = pin!(self.under_way.none_left.notified());
            none_left.as_mut().enable();
            if self.under_way.tasks.load(Ordering::SeqCst) == 0 {
                return;
            }
            none_left.await;
        }
    }

    /// Drops every task where it rests.
    pub(crate) fn drop_all(&self) {
        self.dropped.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::Tasks;

    #[tokio::test]
    async fn tasks_end_by_themselves_or_are_dropped() {
        let tasks = Tasks::here();
        assert_eq!(tasks.spawn(async { 1 }).await.unwrap(), Some(1));
        tasks.done().await;
        let rest = tasks.spawn(std::future::pending::<()>());
        assert_eq!(tasks.under_way.tasks.load(Ordering::SeqCst), 1);
        tasks.drop_all();
        assert_eq!(rest.await.unwrap(), None);
        tasks.done().await;
    }

    #[tokio::test]
    async fn work_goes_on_when_whoever_waits_for_it_is_gone() {
        let tasks = Tasks::here();
        assert_eq!(tasks.do_here(Box::pin(async { 1 })).await, Some(1));
        let (go, wait) = tokio::sync::oneshot::channel::<()>();
        let (done, seen) = tokio::sync::oneshot::channel();
        let work = Box::pin(async move {
            wait.await.unwrap();
            done.send(()).unwrap();
        });
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(1), tasks.do_here(work));
        assert!(waiting.await.is_err());
        go.send(()).unwrap();
        seen.await.unwrap();
        tasks.done().await;
    }
}
