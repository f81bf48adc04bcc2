//! Work that belongs to the server and not to the connection that caused it.
//!
//! A provider that is tired of waiting closes its connection, and whatever runs in the connection's task is dropped at
//! its next point of rest: between a call's commit and what follows from it. So nothing that changes a call runs there.

use std::future::Future;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The server's tasks.
pub(crate) struct Tasks {
    runtime: Handle,
    under_way: watch::Sender<usize>,
    dropped: watch::Sender<bool>,
}

/// One task under way.
struct UnderWay(watch::Sender<usize>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl Tasks {
    /// Tasks in the current runtime, wherever they are asked for: those of an HTTP server's threads end with it.
    pub(crate) fn here() -> Self {
        Self { runtime: Handle::current(), under_way: watch::Sender::new(0), dropped: watch::Sender::new(false) }
    }

    /// Begins a task; its handle gives none if it was dropped by [`Self::drop_all`].
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<Option<T>> {
        self.spawn_on(&self.runtime, work)
    }

    /// Begins a task in the thread that asks for it, for whoever waits there: nothing has to be handed from thread to
    /// thread. It ends with that thread, which waits for its connections but not for those that were broken off.
    pub(crate) fn spawn_near<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<Option<T>> {
        self.spawn_on(&Handle::current(), work)
    }

    fn spawn_on<T: Send + 'static>(
        &self,
        runtime: &Handle,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<Option<T>> {
        self.under_way.send_modify(|count| *count += 1);
        let under_way = UnderWay(self.under_way.clone());
        let mut dropped = self.dropped.subscribe();
        runtime.spawn(async move {
            let _under_way = under_way;
            tokio::select! {
                done = work => Some(done),
                // An error means that the server is gone.
                _ = dropped.wait_for(|dropped| *dropped) => None,
            }
        })
    }

    /// Waits until no task is under way.
    pub(crate) async fn done(&self) {
        // The sender is held by `self`.
        let _ = self.under_way.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Drops every task where it rests.
    pub(crate) fn drop_all(&self) {
        self.dropped.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::Tasks;

    #[tokio::test]
    async fn tasks_end_by_themselves_or_are_dropped() {
        let tasks = Tasks::here();
        assert_eq!(tasks.spawn(async { 1 }).await.unwrap(), Some(1));
        tasks.done().await;
        let rest = tasks.spawn(std::future::pending::<()>());
        assert_eq!(*tasks.under_way.borrow(), 1);
        tasks.drop_all();
        assert_eq!(rest.await.unwrap(), None);
        tasks.done().await;
    }
}
