//! Calls between memory and store: taken up again after a restart, and forgotten after their end.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Core;
use super::call::Call;
use super::record::Record;
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
        let over = call.enter().await.record.over;
        match over {
            None => self.happen(call, EventKind::Tick).await,
            Some(_) => self.forget(call).await,
        }
    }

    /// Nothing is left of the call but its log.
    async fn forget(&self, call: &Arc<Call>) {
        self.calls.release(call);
        if let Err(error) = self.store.delete(&call.flow, &call.token).await {
            tracing::error!(call = %call.sid, %error, "a call that is over cannot be deleted");
        }
    }

    /// Writes what is left of a call that has just ended.
    pub(crate) async fn write_log(&self, call: &Call, over: Timestamp, line: Vec<u8>) {
        if let Err(error) = self.store.append_log(&call.flow, &call.token, over, line).await {
            tracing::error!(call = %call.sid, %error, "the log of a call cannot be stored");
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
        let Ok(mut record) = serde_json::from_slice::<Record>(&row.state) else {
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

    async fn take_up(self: &Arc<Self>, row: &Row, record: Record, line: Arc<Line>) -> Result<Arc<Call>, StoreError> {
        let call = Arc::new(Call::new(&row.flow, record, line, row.revision));
        let mut live = call.enter().await;
        let held = self.calls.hold(Arc::clone(&call));
        if !Arc::ptr_eq(&held, &call) {
            // Somebody else was faster.
            return Ok(held);
        }
        let mut record = live.record.clone();
        let outcome = engine::recover(&live.line.graph, &mut record.session, self.clock.now());
        let recovered = self.settle(&call, &mut live, record, outcome, None).await;
        drop(live);
        if let Err(error) = recovered {
            self.calls.release(&call);
            return Err(error);
        }
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

/// The one record that is left of a call: numbers are masked, and nothing that was pressed or said is in it.
pub(super) fn log_line(record: &Record, over: Timestamp) -> Vec<u8> {
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
    serde_json::to_vec(&line).unwrap_or_default()
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
}
