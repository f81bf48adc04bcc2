//! A store that lasts as long as the process: for tests, and for a line that is tried out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::{LogRecord, Row, Store, StoreError, StoreFuture, Version, from_microsecond};

/// Sessions in memory. No operation holds the lock for longer than it takes to move one row; only [`Store::due`] and
/// what concerns versions look at all of them.
#[derive(Debug, Default)]
pub struct MemoryStore {
    content: Mutex<Content>,
}

#[derive(Debug, Default)]
struct Content {
    closed: bool,
    flows: HashMap<String, Calls>,
    versions: BTreeMap<(String, String), Vec<u8>>,
    log: HashMap<(String, String), LogRecord>,
}

/// The calls of one flow.
#[derive(Debug, Default)]
struct Calls {
    rows: HashMap<String, Row>,
    /// The call of each provider's id.
    sids: HashMap<String, String>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A future that does `work` when it is polled, as that of a store on disk would.
    fn with<'a, T>(
        &'a self,
        work: impl FnOnce(&mut Content) -> Result<T, StoreError> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
            if content.closed { Err(StoreError::Closed) } else { work(&mut content) }
        })
    }
}

impl Calls {
    fn save(&mut self, row: Row) -> Result<(), StoreError> {
        let stored = self.rows.get(&row.call);
        let is_next = row.revision.checked_sub(1) == Some(stored.map_or(0, |stored| stored.revision));
        let has_its_sid = match stored {
            Some(stored) => stored.sid == row.sid,
            None => !self.sids.contains_key(&row.sid),
        };
        if !is_next || !has_its_sid {
            return Err(StoreError::Conflict { flow: row.flow, call: row.call, revision: row.revision });
        }
        if stored.is_none() {
            self.sids.insert(row.sid.clone(), row.call.clone());
        }
        self.rows.insert(row.call.clone(), row);
        Ok(())
    }

    fn delete(&mut self, call: &str) {
        if let Some(row) = self.rows.remove(call) {
            self.sids.remove(&row.sid);
        }
    }
}

impl Content {
    fn versions_in_use(&self) -> BTreeSet<(String, String)> {
        let rows = self.flows.values().flat_map(|calls| calls.rows.values());
        rows.map(|row| (row.flow.clone(), row.version.clone())).collect()
    }

    fn prune(&mut self, current: &[(String, String)]) -> usize {
        let used = self.versions_in_use();
        let before = self.versions.len();
        self.versions.retain(|version, _| used.contains(version) || current.contains(version));
        before - self.versions.len()
    }
}

impl Store for MemoryStore {
    fn save(&self, row: Row) -> StoreFuture<'_, ()> {
        let mut row = Row { due: row.due.map(to_microsecond), ..row };
        row.state.shrink_to_fit();
        self.with(|content| match content.flows.get_mut(&row.flow) {
            Some(calls) => calls.save(row),
            None => content.flows.entry(row.flow.clone()).or_default().save(row),
        })
    }

    fn load<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, Option<Row>> {
        self.with(move |content| Ok(content.flows.get(flow).and_then(|calls| calls.rows.get(call)).cloned()))
    }

    fn find<'a>(&'a self, flow: &'a str, sid: &'a str) -> StoreFuture<'a, Option<Row>> {
        self.with(move |content| {
            let calls = content.flows.get(flow);
            Ok(calls.and_then(|calls| calls.rows.get(calls.sids.get(sid)?)).cloned())
        })
    }

    fn due(&self, until: Option<Timestamp>) -> StoreFuture<'_, Vec<(String, String, Timestamp)>> {
        self.with(move |content| {
            let rows = content.flows.values().flat_map(|calls| calls.rows.values());
            let mut due: Vec<_> = rows
                .filter_map(|row| row.due.map(|at| (row, at)))
                .filter(|(_, at)| until.is_none_or(|until| *at <= until))
                .map(|(row, at)| (row.flow.clone(), row.call.clone(), at))
                .collect();
            due.sort_by(|a, b| (a.2, &a.0, &a.1).cmp(&(b.2, &b.0, &b.1)));
            Ok(due)
        })
    }

    fn delete<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, ()> {
        self.with(move |content| {
            if let Some(calls) = content.flows.get_mut(flow) {
                calls.delete(call);
            }
            Ok(())
        })
    }

    fn count<'a>(&'a self, flow: &'a str) -> StoreFuture<'a, u64> {
        self.with(move |content| Ok(content.flows.get(flow).map_or(0, |calls| calls.rows.len() as u64)))
    }

    fn save_version(&self, version: Version) -> StoreFuture<'_, ()> {
        self.with(|content| {
            content.versions.entry((version.flow, version.hash)).or_insert(version.sources);
            Ok(())
        })
    }

    fn load_version<'a>(&'a self, flow: &'a str, hash: &'a str) -> StoreFuture<'a, Option<Version>> {
        self.with(move |content| {
            let (flow, hash) = (flow.to_owned(), hash.to_owned());
            let key = (flow, hash);
            let sources = content.versions.get(&key).cloned();
            Ok(sources.map(|sources| Version { flow: key.0, hash: key.1, sources }))
        })
    }

    fn versions_in_use(&self) -> StoreFuture<'_, Vec<(String, String)>> {
        self.with(|content| Ok(content.versions_in_use().into_iter().collect()))
    }

    fn prune_versions<'a>(&'a self, current: &'a [(String, String)]) -> StoreFuture<'a, u64> {
        self.with(move |content| Ok(content.prune(current) as u64))
    }

    fn append_log<'a>(&'a self, flow: &'a str, call: &'a str, at: Timestamp, record: Vec<u8>) -> StoreFuture<'a, ()> {
        self.with(move |content| {
            let record = LogRecord { at: to_microsecond(at), record };
            content.log.insert((flow.to_owned(), call.to_owned()), record);
            Ok(())
        })
    }

    fn load_log<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, Option<LogRecord>> {
        self.with(move |content| Ok(content.log.get(&(flow.to_owned(), call.to_owned())).cloned()))
    }

    fn prune_log(&self, before: Timestamp, most: u32) -> StoreFuture<'_, u64> {
        self.with(move |content| {
            let old = content.log.iter().filter(|(_, log)| log.at < before);
            let mut old: Vec<_> = old.map(|(key, log)| (log.at, key.clone())).collect();
            old.sort();
            old.truncate(usize::try_from(most).unwrap_or(usize::MAX));
            old.iter().for_each(|(_, key)| drop(content.log.remove(key)));
            Ok(old.len() as u64)
        })
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {
            let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
            *content = Content { closed: true, ..Content::default() };
        })
    }
}

/// A time as the stores keep it.
fn to_microsecond(time: Timestamp) -> Timestamp {
    from_microsecond(time.as_microsecond()).unwrap_or(time)
}
