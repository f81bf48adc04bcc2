//! Sessions between two webhooks: rows that outlive the process.
//!
//! The store knows nothing of flows, graphs or languages. It keeps opaque bytes under the names of a flow and of a call,
//! and promises two things: what was saved is there after a crash, and of two writers that saw the same revision only one
//! wins. The second is what several servers on one store need.

mod memory;
mod sqlite;

#[cfg(test)]
mod contract;

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use jiff::Timestamp;
use thiserror::Error;

pub use memory::MemoryStore;
pub use sqlite::SqliteStore;

/// What a store gives: a future, because the answer may take a disk or a network. Once polled, a change may happen even
/// if the future is dropped before it resolves.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A call as it lies in the store. A flow has at most one row per [`Row::call`] and one per [`Row::sid`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The flow's name.
    pub flow: String,
    /// Our token of the call.
    pub call: String,
    /// The provider's id of the call.
    pub sid: String,
    /// The content hash of the graph it began with, see [`Version::hash`].
    pub version: String,
    /// 1 when it is first saved, one more with each save.
    pub revision: u64,
    /// When something is to happen without a webhook. Kept to the microsecond, finer parts are cut off.
    pub due: Option<Timestamp>,
    /// The session, opaque.
    pub state: Vec<u8>,
}

/// A version of a flow, kept as long as a call uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The flow's name.
    pub flow: String,
    /// The content hash of its graph.
    pub hash: String,
    /// What it can be compiled from again, opaque.
    pub sources: Vec<u8>,
}

/// What is left of a call that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRecord {
    /// When it ended, to the microsecond.
    pub at: Timestamp,
    /// The record, opaque.
    pub record: Vec<u8>,
}

/// Where sessions are kept.
///
/// A change is durable when its future resolves with `Ok`, and every read that begins after that sees it.
pub trait Store: Send + Sync {
    /// Saves a call in place of its former row.
    ///
    /// [`StoreError::Conflict`] if the stored revision is not the one before, or the `sid` is that of another
    /// call of the flow or not the call's own; then nothing is changed. Revision 1 is for a call that is not stored yet.
    fn save(&self, row: Row) -> StoreFuture<'_, ()>;

    /// The call with our token.
    fn load<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, Option<Row>>;

    /// The call with the provider's id.
    fn find<'a>(&'a self, flow: &'a str, sid: &'a str) -> StoreFuture<'a, Option<Row>>;

    /// Flow, call and time of what is due at or before `until` (none: of all that will ever be due), earliest first.
    fn due(&self, until: Option<Timestamp>) -> StoreFuture<'_, Vec<(String, String, Timestamp)>>;

    /// Forgets a call; one that is not stored is forgotten already.
    fn delete<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, ()>;

    /// How many calls of a flow are stored.
    fn count<'a>(&'a self, flow: &'a str) -> StoreFuture<'a, u64>;

    /// Keeps a version; one that is kept already stays as it is.
    fn save_version(&self, version: Version) -> StoreFuture<'_, ()>;

    /// A version by its hash.
    fn load_version<'a>(&'a self, flow: &'a str, hash: &'a str) -> StoreFuture<'a, Option<Version>>;

    /// Flow and hash of every version that a stored call refers to, in the order of their names.
    fn versions_in_use(&self) -> StoreFuture<'_, Vec<(String, String)>>;

    /// Drops the versions that no stored call refers to, except the `current` ones (flow and hash). Returns how many.
    fn prune_versions<'a>(&'a self, current: &'a [(String, String)]) -> StoreFuture<'a, u64>;

    /// Writes the one log record of a call that is over. Written again after a crash, it takes the former's place.
    fn append_log<'a>(&'a self, flow: &'a str, call: &'a str, at: Timestamp, record: Vec<u8>) -> StoreFuture<'a, ()>;

    /// The log record of a call.
    fn load_log<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, Option<LogRecord>>;

    /// Drops log records of calls that ended before a time, the oldest first and `most` at a time. Returns how many.
    fn prune_log(&self, before: Timestamp, most: u32) -> StoreFuture<'_, u64>;

    /// Finishes the changes under way and lets go of what lies beneath. Afterwards everything else is
    /// [`StoreError::Closed`]; closing again does nothing.
    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// Why a store did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Somebody else saved the call in the meantime, or this is not the next revision.
    #[error("call `{call}` of flow `{flow}` cannot be saved as revision {revision}: it was changed by someone else")]
    Conflict {
        /// The flow.
        flow: String,
        /// The call.
        call: String,
        /// The revision that was to be saved.
        revision: u64,
    },
    /// The call has no form that could be stored.
    #[error("call `{call}` of flow `{flow}` cannot be written: {reason}")]
    Unstorable {
        /// The flow.
        flow: String,
        /// The call.
        call: String,
        /// Why.
        reason: String,
    },
    /// The store was closed.
    #[error("the session store is closed")]
    Closed,
    /// Another server, or another program, holds the file.
    #[error("`{}` is in use by another server", .path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be opened for reading and writing.
    #[error("cannot open `{}`: {reason}", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is none of ours.
    #[error("`{}` is not a session store", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a later release.
    #[error("`{}` was written by a newer ivrc: its schema is {found}, this one knows up to {known}", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The latest schema known here.
        known: i64,
    },
    /// The file is damaged.
    #[error("`{}` is damaged: {reason}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Reading or writing failed. Nothing of the change is stored; it can be tried again.
    #[error("cannot use `{}`: {reason}", .path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
}

/// The time so many microseconds after 1970. Not `Timestamp::from_microsecond`: that refuses the last second there is.
fn from_microsecond(microseconds: i64) -> Result<Timestamp, jiff::Error> {
    Timestamp::from_nanosecond(i128::from(microseconds) * 1000)
}
