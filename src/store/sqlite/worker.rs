//! A thread with a bounded queue: `SQLite` blocks, the tasks that use it must not.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::StoreError;

/// A thread that works off jobs in the order they were sent.
pub(super) struct Worker<J> {
    jobs: Sender<Message<J>>,
    room: Arc<Semaphore>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// A job with the place it takes in the queue, or the end of the queue.
enum Message<J> {
    Job(J, OwnedSemaphorePermit),
    End,
}

/// The thread's side of the queue.
pub(super) struct Queue<J> {
    jobs: Receiver<Message<J>>,
    ended: bool,
}

/// What [`Queue::wait`] waited for.
pub(super) enum Next<J> {
    Job(J),
    TimeIsUp,
    Ended,
}

impl<J: Send + 'static> Worker<J> {
    /// Starts a thread with room for `capacity` waiting jobs.
    pub(super) fn start(name: &str, capacity: usize, run: impl FnOnce(Queue<J>) + Send + 'static) -> io::Result<Self> {
        let (sender, jobs) = channel();
        let queue = Queue { jobs, ended: false };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || run(queue))?;
        let room = Arc::new(Semaphore::new(capacity));
        Ok(Self { jobs: sender, room, thread: Mutex::new(Some(thread)) })
    }

    /// Queues a job; waits while the queue is full.
    pub(super) async fn send(&self, job: J) -> Result<(), StoreError> {
        let place = Arc::clone(&self.room).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        self.jobs.send(Message::Job(job, place)).map_err(|_| StoreError::Closed)
    }

    /// How many more jobs may be queued.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.room.available_permits()
    }
}

impl<J> Worker<J> {
    /// Ends the queue behind the jobs that wait in it. The first to ask gets the thread, to wait for it.
    pub(super) fn end(&self) -> Option<JoinHandle<()>> {
        self.room.close();
        // An error means that the thread is gone already.
        let _ = self.jobs.send(Message::End);
        self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<J> Drop for Worker<J> {
    /// Waits for the thread, so that what it holds is free when the worker is gone.
    fn drop(&mut self) {
        if let Some(thread) = self.end() {
            // A thread that panicked has said so on its own.
            let _ = thread.join();
        }
    }
}

impl<J> Queue<J> {
    /// The next job; gives up at `deadline`.
    pub(super) fn wait(&mut self, deadline: Option<Instant>) -> Next<J> {
        if self.ended {
            return Next::Ended;
        }
        let received = match deadline {
            None => self.jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(deadline) => self.jobs.recv_timeout(deadline.saturating_duration_since(Instant::now())),
        };
        match received {
            Err(RecvTimeoutError::Timeout) => Next::TimeIsUp,
            Err(RecvTimeoutError::Disconnected) => Next::Ended,
            Ok(message) => self.open(message).map_or(Next::Ended, Next::Job),
        }
    }

    /// The next job, if one waits already.
    pub(super) fn next_waiting(&mut self) -> Option<J> {
        if self.ended {
            return None;
        }
        let message = self.jobs.try_recv().ok()?;
        self.open(message)
    }

    fn open(&mut self, message: Message<J>) -> Option<J> {
        match message {
            Message::Job(job, place) => {
                drop(place);
                Some(job)
            }
            Message::End => {
                self.ended = true;
                None
            }
        }
    }
}
