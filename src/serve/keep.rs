//! Calls between memory and store: taken up again after a restart, and forgotten after their end.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::call::Call;
use super::record::Record;
use super::{Core, stored};
use crate::clock::AtWork;
use crate::compile::Line;
use crate::engine::event::EventKind;
use crate::engine::session::Session;
use crate::engine::{self};
use crate::store::{Row, StoreError};

/// How long a call that is over is kept: late and repeated webhooks still find it.
const KEPT: SignedDuration = SignedDuration::from_mins(15);

impl Core {
    /// The time of a call has come.
    pub(crate) async fn woken(self: &Arc<Self>, call: &Arc<Call>) {
        let over = match call.enter().await {
            Ok(live) => live.record.over,
            Err(_) => None,
        };
        match over {
            None => self.happen(call, EventKind::Tick).await,
            Some(_) => self.forget(call).await,
        }
    }

    /// Nothing is left of the call but its log, and of its version nothing, if this was the last call to use it.
    async fn forget(&self, call: &Arc<Call>) {
        let Ok(mut live) = call.enter().await else { return };
        // The process may have died between the end of the call and its log.
        let log = log_of(&live.record);
        let forgotten = async {
            self.write_log(call, log).await?;
            self.store.delete(&call.flow, &call.token).await
        };
        if let Err(error) = forgotten.await {
            tracing::error!(call = %call.sid, %error, "a call that is over cannot be forgotten yet");
            return self.wake_again(&call.flow, &call.token);
        }
        self.let_go(call, &mut live);
        if Arc::strong_count(&live.line) == 1 {
            let version = &*live.line.graph.version;
            let used: Vec<_> = self.lines.versions().into_iter().filter(|(_, used)| used != version).collect();
            if let Err(error) = self.store.prune_versions(&used).await {
                tracing::error!(call = %call.sid, %error, "former versions cannot be deleted");
            }
        }
        drop(live);
        self.prune_log().await;
    }

    /// What is due cannot be done now: a store in trouble is tried again after a while.
    pub(crate) fn wake_again(&self, flow: &str, call: &str) {
        const REST: SignedDuration = SignedDuration::from_secs(10);
        self.timers.set(flow, call, self.clock.now().checked_add(REST).ok());
    }

    /// Writes what is left of a call that has ended.
    pub(crate) async fn write_log(&self, call: &Call, log: Option<(Timestamp, Vec<u8>)>) -> Result<(), StoreError> {
        let Some((over, line)) = log else { return Ok(()) };
        self.store.append_log(&call.flow, &call.token, over, line).await
    }

    /// The calls that were in progress when the last process ended, and the timers of all that are stored.
    pub(crate) async fn interrupted(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut interrupted = Vec::new();
        for (flow, token, due) in self.store.due(None).await? {
            self.timers.set(&flow, &token, Some(due));
            let Some(row) = self.store.load(&flow, &token).await? else { continue };
            let Some(record) = stored::read(&row.state) else { continue };
            // Looking for a leg that was lost must not find one that is known.
            record.desks.values().filter_map(|desk| desk.sid.as_deref()).for_each(|sid| self.provider.remember(sid));
            if record.over.is_none() {
                interrupted.push((flow, token));
            }
        }
        Ok(interrupted)
    }

    /// Takes up calls without waiting for their next webhook: there may be none, and what was decided may not have been
    /// done.
    pub(crate) async fn take_up_all(self: Arc<Self>, interrupted: Vec<(String, String)>, _work: AtWork) {
        for (flow, token) in interrupted {
            if let Err(error) = self.call(&flow, &token).await {
                tracing::error!(%flow, %error, "a call cannot be taken up");
            }
        }
    }

    /// The call with our token, from memory or from the store.
    pub(crate) async fn call(self: &Arc<Self>, flow: &str, token: &str) -> Result<Option<Arc<Call>>, StoreError> {
        if let Some(call) = self.calls.by_token(flow, token) {
            return Ok(Some(call));
        }
        match self.store.load(flow, token).await? {
            Some(row) => self.revive(row).await,
            None => Ok(None),
        }
    }

    /// The call with the provider's id.
    pub(crate) async fn call_by_sid(self: &Arc<Self>, flow: &str, sid: &str) -> Result<Option<Arc<Call>>, StoreError> {
        if let Some(call) = self.calls.by_sid(flow, sid) {
            return Ok(Some(call));
        }
        match self.store.find(flow, sid).await? {
            Some(row) => self.revive(row).await,
            None => Ok(None),
        }
    }

    /// A call that a former process began goes on.
    async fn revive(self: &Arc<Self>, row: Row) -> Result<Option<Arc<Call>>, StoreError> {
        let Some(mut record) = stored::read(&row.state) else {
            tracing::error!(call = %row.sid, "a stored call cannot be read");
            return Ok(None);
        };
        let Some(line) = self.version_of(&row).await? else {
            let Some(line) = self.lines.current(&row.flow) else { return Ok(None) };
            begin_again(&mut record, &line);
            return Ok(Some(self.take_up(&row, record, line).await?));
        };
        Ok(Some(self.take_up(&row, record, line).await?))
    }

    /// The version a call is pinned to, compiled again from its stored sources if need be.
    async fn version_of(&self, row: &Row) -> Result<Option<Arc<Line>>, StoreError> {
        if let Some(line) = self.lines.known(&row.flow, &row.version) {
            return Ok(Some(line));
        }
        let stored = self.store.load_version(&row.flow, &row.version).await?;
        let line = stored.and_then(|stored| self.lines.revive(&stored));
        if line.is_none() {
            tracing::error!(call = %row.sid, version = %row.version, "the version of a call cannot be compiled any more");
        }
        Ok(line)
    }

    async fn take_up(
        self: &Arc<Self>,
        row: &Row,
        record: Box<Record>,
        line: Arc<Line>,
    ) -> Result<Arc<Call>, StoreError> {
        let in_progress = record.over.is_none();
        let call = Arc::new(Call::new(&row.flow, record, line, row.revision));
        let mut live = call.enter().await?;
        let held = self.calls.hold(Arc::clone(&call), in_progress);
        if !Arc::ptr_eq(&held, &call) {
            // Somebody else was faster.
            return Ok(held);
        }
        if !in_progress {
            drop(live);
            return Ok(call);
        }
        let mut record = live.record.clone();
        let outcome = engine::recover(&live.line.graph, &mut record.session, self.clock.now());
        if let Err(error) = self.settle(&call, &mut live, record, outcome, None).await {
            self.let_go(&call, &mut live);
            return Err(error);
        }
        drop(live);
        Ok(call)
    }
}

/// When something is to happen to a call without a webhook: its deadline, or being forgotten.
pub(super) fn due(record: &Record) -> Option<Timestamp> {
    match record.over {
        Some(over) => over.checked_add(KEPT).ok(),
        None => engine::deadline(&record.session),
    }
}

/// The one record that is left of a call that is over, and since when it is: numbers are masked, and nothing that was
/// pressed or said is in it.
pub(super) fn log_of(record: &Record) -> Option<(Timestamp, Vec<u8>)> {
    let over = record.over?;
    let session = &record.session;
    let line = serde_json::json!({
        "flow": session.flow,
        "version": session.version,
        "call": session.call.sid,
        "from": session.call.from.as_deref().map(crate::phone::mask),
        "began": session.call.started,
        "ended": over,
        "log": record.log,
    });
    Some((over, serde_json::to_vec(&line).unwrap_or_default()))
}

/// The version of a call is lost: the caller hears the apology and enters the present flow from its beginning.
fn begin_again(record: &mut Record, line: &Line) {
    let graph = &line.graph;
    let old = &record.session;
    let mut session = Session::new(graph.name.clone(), graph.version.clone(), old.call.clone(), graph.entry);
    session.gone = old.gone;
    session.over = old.over || old.gone.is_some();
    session.caller.said = engine::apology(graph);
    record.session = session;
    // What was ready to be heard belongs to the version that is lost.
    record.desks.values_mut().for_each(|desk| desk.ready = None);
}
