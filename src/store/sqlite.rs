//! Sessions in one `SQLite` file: one thread writes, one reads.
//!
//! A commit costs one fsync, however many calls are in it. So the writer takes all changes that have come in while the
//! disk was busy and commits them together: the more calls at once, the fewer fsyncs for each.

mod file;
mod statements;
mod worker;
mod writer;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::oneshot;

use self::worker::{Next, Queue, Worker};
use self::writer::{Job, Writer};
use super::{LogRecord, Row, Store, StoreError, StoreFuture, Version};

/// How many changes, and how many reads, may wait. Whoever comes later waits for a place.
const QUEUE: usize = 1024;

/// How long the state of a call that is over may stay in the write-ahead log.
const ERASE_AFTER: Duration = Duration::from_secs(1);

/// A read, with its own way to answer.
type Read = Box<dyn FnOnce(&Connection) + Send>;

/// Sessions in a `SQLite` file.
///
/// The file belongs to one store at a time. It is free again when [`Store::close`] resolves or the store is dropped;
/// dropping waits for the changes under way.
pub struct SqliteStore {
    // The reader is dropped first: the writer's connection must be the last to close the file.
    reader: Worker<Read>,
    writer: Worker<Job>,
    path: Arc<Path>,
    commits: Arc<AtomicU64>,
}

impl SqliteStore {
    /// Opens a file, or creates it with mode 0600; beside it lie `….lock`, `…-wal` and `…-shm`. Blocks while it reads
    /// through the calls that are in it, and for at most 2 s while another program uses it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, ERASE_AFTER)
    }

    fn open_with(path: &Path, erase_after: Duration) -> Result<Self, StoreError> {
        let (path, lock) = file::claim(path)?;
        let path: Arc<Path> = path.into();
        let conn = file::open(&path)?;
        let reading = file::open_reader(&path)?;
        let commits = Arc::default();
        let writer = Writer { conn, path: Arc::clone(&path), commits: Arc::clone(&commits), erase_after, lock };
        let no_thread =
            |error: std::io::Error| StoreError::Open { path: path.to_path_buf(), reason: error.to_string() };
        let writer = Worker::start("store-writer", QUEUE, |queue| writer.run(queue)).map_err(no_thread)?;
        let reader = Worker::start("store-reader", QUEUE, move |mut queue: Queue<Read>| {
            while let Next::Job(read) = queue.wait(None) {
                read(&reading);
            }
        });
        let reader = reader.map_err(no_thread)?;
        Ok(Self { reader, writer, path, commits })
    }

    /// Transactions committed since it was opened; with many calls at once, far fewer than saves.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Makes a change and waits until it is on disk; the number of rows it changed.
    async fn change(
        &self,
        erases: bool,
        change: impl FnOnce(&Connection) -> rusqlite::Result<usize> + Send + 'static,
    ) -> Result<usize, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.writer.send(Job { change: Box::new(change), erases, answer }).await?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Reads what is committed.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: Read = Box::new(move |conn| {
            // Whoever asked may have gone.
            let _ = answer.send(read(conn));
        });
        self.reader.send(job).await?;
        let result = answered.await.map_err(|_| StoreError::Closed)?;
        result.map_err(|error| file::failed(&self.path, &error))
    }
}

impl Store for SqliteStore {
    fn save(&self, row: Row) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let (flow, call, revision) = (row.flow.clone(), row.call.clone(), row.revision);
            match self.change(false, move |conn| statements::save(conn, &row)).await? {
                0 => Err(StoreError::Conflict { flow, call, revision }),
                _ => Ok(()),
            }
        })
    }

    fn load<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, Option<Row>> {
        let (flow, call) = (flow.to_owned(), call.to_owned());
        Box::pin(self.read(move |conn| statements::load(conn, &flow, &call)))
    }

    fn find<'a>(&'a self, flow: &'a str, sid: &'a str) -> StoreFuture<'a, Option<Row>> {
        let (flow, sid) = (flow.to_owned(), sid.to_owned());
        Box::pin(self.read(move |conn| statements::find(conn, &flow, &sid)))
    }

    fn due(&self, until: Option<Timestamp>) -> StoreFuture<'_, Vec<(String, String, Timestamp)>> {
        Box::pin(self.read(move |conn| statements::due(conn, until)))
    }

    fn delete<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, ()> {
        let (flow, call) = (flow.to_owned(), call.to_owned());
        Box::pin(async move { self.change(true, move |conn| statements::delete(conn, &flow, &call)).await.map(drop) })
    }

    fn count<'a>(&'a self, flow: &'a str) -> StoreFuture<'a, u64> {
        let flow = flow.to_owned();
        Box::pin(self.read(move |conn| statements::count(conn, &flow)))
    }

    fn save_version(&self, version: Version) -> StoreFuture<'_, ()> {
        Box::pin(
            async move { self.change(false, move |conn| statements::save_version(conn, &version)).await.map(drop) },
        )
    }

    fn load_version<'a>(&'a self, flow: &'a str, hash: &'a str) -> StoreFuture<'a, Option<Version>> {
        let (flow, hash) = (flow.to_owned(), hash.to_owned());
        Box::pin(self.read(move |conn| statements::load_version(conn, &flow, &hash)))
    }

    fn versions_in_use(&self) -> StoreFuture<'_, Vec<(String, String)>> {
        Box::pin(self.read(statements::versions_in_use))
    }

    fn prune_versions<'a>(&'a self, current: &'a [(String, String)]) -> StoreFuture<'a, u64> {
        let current = current.to_vec();
        Box::pin(async move {
            let dropped = self.change(false, move |conn| statements::prune_versions(conn, &current)).await?;
            Ok(dropped as u64)
        })
    }

    fn append_log<'a>(&'a self, flow: &'a str, call: &'a str, at: Timestamp, record: Vec<u8>) -> StoreFuture<'a, ()> {
        let (flow, call, log) = (flow.to_owned(), call.to_owned(), LogRecord { at, record });
        Box::pin(async move {
            self.change(false, move |conn| statements::append_log(conn, &flow, &call, &log)).await.map(drop)
        })
    }

    fn load_log<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, Option<LogRecord>> {
        let (flow, call) = (flow.to_owned(), call.to_owned());
        Box::pin(self.read(move |conn| statements::load_log(conn, &flow, &call)))
    }

    fn prune_log(&self, before: Timestamp, most: u32) -> StoreFuture<'_, u64> {
        Box::pin(async move {
            let dropped = self.change(true, move |conn| statements::prune_log(conn, before, most)).await?;
            Ok(dropped as u64)
        })
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {
            for thread in [self.reader.end(), self.writer.end()].into_iter().flatten() {
                // An error is a panic of the thread, which has said so on its own.
                let _ = tokio::task::spawn_blocking(move || thread.join()).await;
            }
        })
    }
}
