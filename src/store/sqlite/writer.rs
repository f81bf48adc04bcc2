//! The one writer. All changes that wait are written in one transaction, so that they share the disk's one fsync.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::file;
use super::worker::{Next, Queue};
use crate::store::StoreError;

/// How many changes share a transaction at most; the first of them waits for the last.
const LARGEST_BATCH: usize = 256;

/// One statement, or several that may be done in part. Says how many rows it changed.
pub(super) type Change = Box<dyn FnOnce(&Connection) -> rusqlite::Result<usize> + Send>;

/// A change and who waits for it.
pub(super) struct Job {
    pub(super) change: Change,
    /// Whether it deletes what should leave the disk soon.
    pub(super) erases: bool,
    pub(super) answer: oneshot::Sender<Result<usize, StoreError>>,
}

/// The writing side of a file. Fields are dropped in their order: the lock goes last.
pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) path: Arc<Path>,
    /// Transactions committed so far.
    pub(super) commits: Arc<AtomicU64>,
    /// How long deleted rows may stay in the write-ahead log.
    pub(super) erase_after: Duration,
    pub(super) lock: File,
}

impl Writer {
    /// Works until the queue ends.
    pub(super) fn run(self, mut queue: Queue<Job>) {
        let mut erase_at = None;
        loop {
            match queue.wait(erase_at) {
                Next::Job(first) => {
                    if self.write(first, &mut queue) && erase_at.is_none() {
                        erase_at = Instant::now().checked_add(self.erase_after);
                    }
                }
                Next::TimeIsUp => {}
                Next::Ended => break,
            }
            let now = Instant::now();
            if erase_at.is_some_and(|at| at <= now) {
                erase_at = if self.erase() { None } else { now.checked_add(self.erase_after) };
            }
        }
        // The last connection to close brings everything from the write-ahead log into the file and removes the log.
        drop(self.conn);
        drop(self.lock);
    }

    /// Commits the first job and all that wait behind it, then answers them. Says whether something is to be erased.
    fn write(&self, first: Job, queue: &mut Queue<Job>) -> bool {
        let mut outcome = self.execute("BEGIN IMMEDIATE");
        let mut erases = false;
        let mut answers = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next {
            answers.push((job.answer, self.change(&mut outcome, job.change)));
            erases |= job.erases;
            next = if answers.len() < LARGEST_BATCH { queue.next_waiting() } else { None };
        }
        let outcome = outcome.and_then(|()| self.execute("COMMIT"));
        match outcome {
            Ok(()) => {
                self.commits.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => self.roll_back(),
        }
        for (answer, result) in answers {
            // Whoever asked may have gone.
            let _ = answer.send(outcome.clone().and(result));
        }
        erases && outcome.is_ok()
    }

    /// Makes one change of a transaction, unless that has failed.
    fn change(&self, outcome: &mut Result<(), StoreError>, change: Change) -> Result<usize, StoreError> {
        outcome.clone()?;
        let result = change(&self.conn).map_err(|error| file::failed(&self.path, &error));
        // A change that fails leaves the others alone, except that a full disk and the like may undo the transaction
        // (sqlite.org/lang_transaction.html, 3). Outside of it, nothing more may be written.
        if let Err(error) = &result
            && self.conn.is_autocommit()
        {
            *outcome = Err(error.clone());
        }
        result
    }

    /// Leaves a failed transaction, if it is still there. Should that fail too, so does the next `BEGIN`, and it is
    /// tried again after it.
    fn roll_back(&self) {
        if !self.conn.is_autocommit() {
            let _ = self.conn.execute_batch("ROLLBACK");
        }
    }

    /// Empties the write-ahead log, where deleted rows can still be read. Says whether it could: another program that
    /// reads the file is not waited for.
    fn erase(&self) -> bool {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let busy = self.conn.busy_timeout(Duration::ZERO).and_then(|()| self.conn.query_row(sql, [], |row| row.get(0)));
        let restored = self.conn.busy_timeout(file::BUSY_TIMEOUT);
        busy == Ok(0) && restored.is_ok()
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.conn.execute_batch(sql).map_err(|error| file::failed(&self.path, &error))
    }
}
