//! One call: its events are handled one at a time, and stored before anybody is answered.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::{Mutex, MutexGuard, oneshot};

use super::record::{Record, desk_name};
use super::{Core, keep};
use crate::compile::Line;
use crate::engine::effect::Effect;
use crate::engine::event::{Event, EventKind, Leg};
use crate::engine::session::State;
use crate::engine::turn::{Then, Turn};
use crate::engine::{self, Outcome};
use crate::http::Response;
use crate::provider::Links;
use crate::store::{Row, StoreError};

/// A call that this process holds.
pub(crate) struct Call {
    /// The flow.
    pub(crate) flow: String,
    /// Our token.
    pub(crate) token: String,
    /// The provider's id.
    pub(crate) sid: String,
    /// Whether it counts among the calls in progress.
    pub(super) counted: AtomicBool,
    live: Mutex<Live>,
}

/// The parts of a call that events change.
pub(crate) struct Live {
    pub(crate) record: Record,
    pub(crate) line: Arc<Line>,
    revision: u64,
    open: Vec<Open>,
}

/// A webhook that waits for its answer.
struct Open {
    leg: Leg,
    path: String,
    answer: oneshot::Sender<Response>,
}

/// A webhook that wants an answer.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    /// For which leg.
    pub(crate) leg: Leg,
    /// Its path: the key of its answer.
    pub(crate) path: String,
}

/// What a webhook gets.
pub(crate) enum Got {
    /// Its answer.
    Answer(Response),
    /// The promise of one, as soon as services have replied.
    Later(oneshot::Receiver<Response>),
}

impl Call {
    pub(crate) fn new(flow: &str, record: Record, line: Arc<Line>, revision: u64) -> Self {
        Self {
            flow: flow.to_owned(),
            token: record.call.clone(),
            sid: record.session.call.sid.to_string(),
            counted: AtomicBool::new(false),
            live: Mutex::new(Live { record, line, revision, open: Vec::new() }),
        }
    }

    /// The call, for one event.
    pub(crate) async fn enter(&self) -> MutexGuard<'_, Live> {
        self.live.lock().await
    }
}

impl Core {
    /// An event that no webhook waits for.
    pub(crate) async fn happen(self: &Arc<Self>, call: &Arc<Call>, kind: EventKind) {
        let mut live = call.enter().await;
        // An error has been logged; the event is lost, and the deadlines of the session see to the rest.
        let _ = self.event(call, &mut live, kind, None).await;
    }

    /// An event, perhaps with a webhook that wants an answer. An error means that nothing has changed.
    pub(crate) async fn event(
        self: &Arc<Self>,
        call: &Arc<Call>,
        live: &mut Live,
        kind: EventKind,
        asking: Option<&Asking>,
    ) -> Result<Option<Response>, StoreError> {
        let mut record = live.record.clone();
        let replies = matches!(kind, EventKind::Replies(_));
        let event = Event { at: self.clock.now(), kind };
        let outcome = engine::step(&live.line.graph, &mut record.session, event);
        if replies && only_reads_on(&record, &outcome) {
            // Replies of an evaluation under way are not stored: after a crash they are asked for again.
            live.record = record;
            self.perform(call, live, outcome.effects);
            return Ok(None);
        }
        self.settle(call, live, record, outcome, asking).await
    }

    /// Stores what a step changed, answers whoever waits, and lets the effects go: in this order.
    pub(crate) async fn settle(
        self: &Arc<Self>,
        call: &Arc<Call>,
        live: &mut Live,
        mut record: Record,
        outcome: Outcome,
        asking: Option<&Asking>,
    ) -> Result<Option<Response>, StoreError> {
        let mut answers = Vec::new();
        for (leg, turn) in outcome.turns {
            let turn = self.with_music(&live.line, turn).await;
            let asked = asking.filter(|asking| asking.leg == leg).cloned();
            let waiting = live
                .open
                .iter()
                .find(|open| open.leg == leg)
                .map(|open| Asking { leg: leg.clone(), path: open.path.clone() });
            match asked.or(waiting) {
                Some(asking) => {
                    let response = self.document(call, &mut record, &asking, &turn);
                    answers.push((asking, response));
                }
                None if counts(&turn.then) => record.desk(&leg).ready = Some(turn),
                None => {}
            }
        }
        let effects = self.noted(&mut record, outcome.effects);
        self.save(call, live, record).await?;
        let mut own = None;
        for (asked, response) in answers {
            let (waiting, open) = std::mem::take(&mut live.open).into_iter().partition(|open| open.path == asked.path);
            live.open = open;
            for open in waiting {
                // Whoever asked may have hung up in the meantime.
                let _ = open.answer.send(response.clone());
            }
            if asking.is_some_and(|asking| asking.path == asked.path) {
                own = Some(response);
            }
        }
        self.perform(call, live, effects);
        Ok(own)
    }

    /// The document for a turn. One that leads on is kept, so that a repeated webhook gets the same bytes.
    fn document(&self, call: &Call, record: &mut Record, asking: &Asking, turn: &Turn) -> Response {
        let called = record.session.call.to.as_ref().map(ToString::to_string);
        let desk = record.desk(&asking.leg);
        let leads_on = counts(&turn.then);
        if leads_on {
            desk.turn += 1;
            desk.ready = None;
        }
        let links = self.links(call, &asking.leg, desk.turn, called);
        let response = self.provider.render(turn, &links);
        if leads_on {
            desk.keep(&asking.path, &String::from_utf8_lossy(&response.body));
        }
        response
    }

    pub(crate) fn links(&self, call: &Call, leg: &Leg, turn: u32, called: Option<String>) -> Links {
        Links {
            public_url: self.behaviour.public_url.clone(),
            flow: call.flow.clone(),
            call: call.token.clone(),
            leg: leg.clone(),
            turn,
            called,
        }
    }

    /// A document that makes a leg ask for its current step.
    pub(crate) fn to_current_step(&self, call: &Call, record: &Record, leg: &Leg) -> Response {
        let turn = record.desks.get(desk_name(leg)).map_or(0, |desk| desk.turn);
        self.provider.render(&Turn::just(Then::Continue), &self.links(call, leg, turn, None))
    }

    /// Puts the log's lines into the record; the effects that are left are for the world.
    fn noted(&self, record: &mut Record, effects: Vec<Effect>) -> Vec<Effect> {
        let mut rest = Vec::new();
        for effect in effects {
            match effect {
                Effect::Log(entry) => {
                    tracing::info!(call = %record.session.call.sid, entry = ?entry, "call");
                    record.note(entry);
                }
                Effect::Place { ref leg, ref number, ref caller_id, .. } => {
                    let now = self.clock.now();
                    let shown = caller_id.clone().unwrap_or_default();
                    record.desk(&Leg::Callee(leg.clone())).placed = Some((number.clone(), shown, now));
                    rest.push(effect);
                }
                effect => rest.push(effect),
            }
        }
        rest
    }

    /// Stores a record in the place of the former one, and sets the call's timer.
    pub(crate) async fn save(&self, call: &Call, live: &mut Live, mut record: Record) -> Result<(), StoreError> {
        let ended = record.session.over && record.over.is_none();
        if ended {
            record.over = Some(self.clock.now());
        }
        let due = keep::due(&record);
        let row = Row {
            flow: call.flow.clone(),
            call: call.token.clone(),
            sid: call.sid.clone(),
            version: live.line.graph.version.to_string(),
            revision: live.revision + 1,
            due,
            state: serde_json::to_vec(&record).unwrap_or_default(),
        };
        if let Err(error) = self.store.save(row).await {
            tracing::error!(call = %call.sid, %error, "the call cannot be stored");
            return Err(error);
        }
        live.revision += 1;
        live.record = record;
        self.timers.set(&call.flow, &call.token, due);
        if let Some(over) = live.record.over.filter(|_| ended) {
            self.calls.ended(call);
            let line = keep::log_line(&live.record, over);
            self.write_log(call, over, line).await;
        }
        Ok(())
    }
}

impl Live {
    /// A webhook that waits for services.
    pub(crate) fn wait(&mut self, asking: &Asking) -> oneshot::Receiver<Response> {
        let (answer, later) = oneshot::channel();
        self.open.push(Open { leg: asking.leg.clone(), path: asking.path.clone(), answer });
        later
    }

    /// Whether a webhook with this path waits for services.
    pub(crate) fn is_waiting(&self, path: &str) -> bool {
        self.open.iter().any(|open| open.path == path)
    }
}

/// Whether an evaluation that only reads is still under way.
fn only_reads_on(record: &Record, outcome: &Outcome) -> bool {
    let reads = |effect: &Effect| matches!(effect, Effect::Fetch(all) if all.iter().all(|one| one.key.is_none()));
    let working = record.session.caller.state == State::Working;
    outcome.turns.is_empty() && working && outcome.effects.iter().all(reads)
}

/// Whether a document leads on to another turn. Music and what ends a hold do not: they can be asked for at any time.
fn counts(then: &Then) -> bool {
    !matches!(then, Then::Music { .. } | Then::Leave | Then::Nothing)
}
