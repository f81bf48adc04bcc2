//! One call: its events are handled one at a time, and stored before anybody is answered.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, oneshot};

use super::record::{Record, desk_name};
use super::{Core, keep, stored};
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
    /// Boxed, as wherever it is handed on: futures would carry several copies of it around.
    pub(crate) record: Box<Record>,
    pub(crate) line: Arc<Line>,
    revision: u64,
    open: Vec<Open>,
    /// This is not the call any more: another writer was faster, or it could not be stored at all, or it is forgotten.
    let_go: bool,
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
    pub(crate) fn new(flow: &str, record: Box<Record>, line: Arc<Line>, revision: u64) -> Self {
        Self {
            flow: flow.to_owned(),
            token: record.call.clone(),
            sid: record.session.call.sid.to_string(),
            counted: AtomicBool::new(false),
            live: Mutex::new(Live { record, line, revision, open: Vec::new(), let_go: false }),
        }
    }

    /// The call, for one event. An error means that the call is to be looked up again.
    pub(crate) async fn enter(&self) -> Result<MutexGuard<'_, Live>, StoreError> {
        let live = self.live.lock().await;
        if live.let_go {
            let (flow, call, revision) = (self.flow.clone(), self.token.clone(), live.revision);
            return Err(StoreError::Conflict { flow, call, revision });
        }
        Ok(live)
    }
}

impl Core {
    /// An event that no webhook waits for, and that nobody will repeat: while the store is in trouble it is tried again.
    pub(crate) async fn happen(self: &Arc<Self>, call: &Arc<Call>, kind: EventKind) {
        /// Between two tries, at first and at most.
        const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
        let (mut wait, longest) = WAITS;
        let mut call = Arc::clone(call);
        loop {
            let happened = async {
                let mut live = call.enter().await?;
                self.event(&call, &mut live, kind.clone(), None).await
            };
            let error = match happened.await {
                Ok(_) | Err(StoreError::Closed) => return,
                Err(error) => error,
            };
            if matches!((&error, &kind), (StoreError::Conflict { .. }, EventKind::Replies(_))) {
                // Whoever has the call now has asked again, or knows that it must not.
                return;
            }
            {
                let _rest = self.busy.rest();
                self.clock.sleep(wait).await;
            }
            wait = (wait * 2).min(longest);
            match self.call(&call.flow, &call.token).await {
                Ok(Some(known)) => call = known,
                Ok(None) => return,
                Err(_) => {}
            }
        }
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
        if let Some(asking) = asking.filter(|_| answers_a_document(&kind)) {
            // Whatever was ready for this leg has been overtaken by what it does now.
            record.desk(&asking.leg).ready = None;
            if !matches!(kind, EventKind::Continue(_)) {
                record.fallbacks = (None, 0);
            }
        }
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
        mut record: Box<Record>,
        outcome: Outcome,
        asking: Option<&Asking>,
    ) -> Result<Option<Response>, StoreError> {
        let mut answers = Vec::new();
        for (leg, turn) in outcome.turns {
            let turn = self.with_music(&live.line, turn).await;
            let mut paths: Vec<String> =
                asking.filter(|asking| asking.leg == leg).map(|a| a.path.clone()).into_iter().collect();
            if counts(&turn.then) {
                // Every webhook of the leg that waits leads to this turn: it cannot be known which the provider minds.
                paths.extend(live.open.iter().filter(|open| open.leg == leg).map(|open| open.path.clone()));
                if paths.is_empty() {
                    record.desk(&leg).ready = Some(turn);
                    continue;
                }
            }
            if !paths.is_empty() {
                let response = self.document(call, &mut record, &leg, &paths, &turn);
                answers.push((paths, response));
            }
        }
        let effects = self.noted(&mut record, outcome.effects);
        self.save(call, live, record).await?;
        let mut own = None;
        for (paths, response) in answers {
            let answered = |open: &Open| paths.contains(&open.path);
            let (waiting, open) = std::mem::take(&mut live.open).into_iter().partition(answered);
            live.open = open;
            for open in waiting {
                // Whoever asked may have hung up in the meantime.
                let _ = open.answer.send(response.clone());
            }
            if asking.is_some_and(|asking| paths.contains(&asking.path)) {
                own = Some(response);
            }
        }
        self.perform(call, live, effects);
        Ok(own)
    }

    /// The document for a turn that answers webhooks with these paths. One that leads on is kept, so that a repeated
    /// webhook gets the same bytes.
    fn document(&self, call: &Call, record: &mut Record, leg: &Leg, paths: &[String], turn: &Turn) -> Response {
        let called = record.session.call.to.as_ref().map(ToString::to_string);
        let desk = record.desk(leg);
        let leads_on = counts(&turn.then);
        if leads_on {
            desk.turn += 1;
            desk.ready = None;
        }
        let links = self.links(call, leg, desk.turn, called);
        let document = self.provider.render(turn, &links);
        if leads_on {
            desk.keep(paths, &document);
        }
        self.provider.document(document)
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
        let links = self.links(call, leg, turn, None);
        self.rendered(&Turn::just(Then::Continue), &links)
    }

    /// A turn that is not kept for repetitions, as an answer.
    pub(crate) fn rendered(&self, turn: &Turn, links: &Links) -> Response {
        self.provider.document(self.provider.render(turn, links))
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
                    record.tidy();
                    record.desk(&Leg::Callee(leg.clone())).placed = Some((number.clone(), shown, now));
                    rest.push(effect);
                }
                effect => rest.push(effect),
            }
        }
        rest
    }

    /// Stores a record in the place of the former one, and sets the call's timer.
    pub(crate) async fn save(&self, call: &Call, live: &mut Live, mut record: Box<Record>) -> Result<(), StoreError> {
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
            state: stored::write(&record, &call.flow)?,
        };
        if let Err(error) = self.store.save(row).await {
            tracing::error!(call = %call.sid, %error, "the call cannot be stored");
            if matches!(error, StoreError::Conflict { .. }) {
                self.let_go(call, live);
            }
            return Err(error);
        }
        live.revision += 1;
        live.record = record;
        self.timers.set(&call.flow, &call.token, due);
        if ended {
            self.calls.ended(call);
            let log = keep::log_of(&live.record);
            if let Err(error) = self.write_log(call, log).await {
                // It is written again before the call is forgotten.
                tracing::error!(call = %call.sid, %error, "the log of a call cannot be stored yet");
            }
        }
        Ok(())
    }
}

impl Core {
    /// This process holds the call no longer, or not as it is stored.
    pub(crate) fn let_go(&self, call: &Call, live: &mut Live) {
        live.let_go = true;
        self.calls.release(call);
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

/// Whether an event is what a leg does after a document, and not only a sign of where it is.
fn answers_a_document(kind: &EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Holding { .. }
            | EventKind::HoldKeys { .. }
            | EventKind::LeftHold { .. }
            | EventKind::Bridging { .. }
            | EventKind::TookLong(_)
    )
}

/// Whether a document leads on to another turn. Music and what ends a hold do not: they can be asked for at any time.
fn counts(then: &Then) -> bool {
    !matches!(then, Then::Music { .. } | Then::Leave | Then::Nothing)
}
