//! From a webhook to its answer.

use std::sync::Arc;

use super::call::{Asking, Call, Got, Live};
use super::record::Record;
use super::{Core, control, recording};
use crate::engine;
use crate::engine::event::{EventKind, LeftHold, Leg};
use crate::engine::session::{Session, State};
use crate::engine::turn::{Then, Turn};
use crate::eval::CallFacts;
use crate::http::{Method, Request, Response};
use crate::provider::route::{HoldMark, Mark};
use crate::provider::{Links, Rejected, Route, Webhook};
use crate::store::StoreError;

/// How often in a row the fallback URL is asked at one and the same node until the call ends with an apology.
const MOST_FALLBACKS: u32 = 2;

/// Answers a request.
pub(super) async fn answer(core: Arc<Core>, request: Request) -> Response {
    if request.path() == control::PATH {
        return control::answer(&core, &request);
    }
    let path = request.path().to_owned();
    let Some(route) = Route::parse(&path) else { return Response::text(404, "no such page\n") };
    if let Route::Recording { flow, recording, tag } = &route {
        return recording::answer(&core, (flow, recording, tag), &request).await;
    }
    if request.method != Method::Post {
        let mut response = Response::text(405, "webhooks are POST requests\n");
        response.headers.push("allow", "POST");
        return response;
    }
    let signed_for = core.behaviour.verify.then_some(core.behaviour.public_url.as_str());
    let webhook = match core.provider.read(&request, signed_for) {
        Ok(webhook) => webhook,
        Err(Rejected::Refused(refused)) => {
            tracing::warn!(%path, %refused, "webhook refused");
            return Response::text(403, "not signed by the provider\n");
        }
        Err(Rejected::Bad(bad)) => {
            tracing::warn!(%path, %bad, "webhook not understood");
            return Response::text(400, "not understood\n");
        }
    };
    // Whoever sees that it is open sees that it is worked on: busy from before to after.
    let busy = core.busy.work();
    let under_way = (core.open.work(), busy);
    let task = {
        let core = Arc::clone(&core);
        async move {
            let _under_way = under_way;
            core.webhook(&route, &webhook, path).await
        }
    };
    match core.tasks.do_here(Box::pin(task)).await {
        Some(Ok(response)) => response,
        // Nothing has changed; the provider tries again, or asks the fallback URL.
        _ => Response::text(503, "try again\n"),
    }
}

impl Core {
    async fn webhook(self: &Arc<Self>, route: &Route, webhook: &Webhook, path: String) -> Result<Response, StoreError> {
        let flow = route.flow();
        let call = match (route, route.call()) {
            (_, Some(token)) => self.call(flow, token).await?,
            (Route::Call { .. }, None) if webhook.status.is_none() && self.has_room(flow) => {
                // Nearly always a new call: should the store know it, it refuses to store it once more.
                self.calls.by_sid(flow, &webhook.call_sid)
            }
            (_, None) => self.call_by_sid(flow, &webhook.call_sid).await?,
        };
        match (route, call) {
            (Route::Call { .. } | Route::Fallback { .. }, Some(call)) if webhook.status.is_some() => {
                let mut live = call.enter().await?;
                self.event(&call, &mut live, EventKind::HungUp, None).await?;
                Ok(self.bare(flow, Then::HangUp))
            }
            (Route::Call { .. }, Some(call)) => self.begun(&call, path).await,
            (Route::Call { .. }, None) => match self.begin(flow, webhook, path.clone()).await {
                Err(conflict @ StoreError::Conflict { .. }) => {
                    let known = self.call_by_sid(flow, &webhook.call_sid).await?;
                    self.begun(&known.ok_or(conflict)?, path).await
                }
                answered => answered,
            },
            (Route::Fallback { .. }, Some(call)) => self.fall_back(&call, webhook).await,
            (Route::Fallback { .. }, None) => Ok(self.apology(flow)),
            (Route::Status { .. } | Route::LegStatus { .. } | Route::Transcript { .. }, None) => {
                Ok(Response::empty(204))
            }
            (_, None) => Ok(self.bare(flow, Then::HangUp)),
            (_, Some(call)) => self.continued(&call, route, webhook, path).await,
        }
    }

    /// Whether one more call may begin.
    fn has_room(&self, flow: &str) -> bool {
        self.calls.count(flow) < self.behaviour.most_calls
    }

    // ---- the call as a whole ----------------------------------------------------------------------------------------

    /// A new call.
    async fn begin(self: &Arc<Self>, flow: &str, webhook: &Webhook, path: String) -> Result<Response, StoreError> {
        let Some(line) = self.lines.current(flow) else { return Ok(Response::text(404, "no such flow\n")) };
        if webhook.status.is_some() {
            return Ok(self.bare(flow, Then::HangUp));
        }
        if !self.has_room(flow) {
            tracing::warn!(%flow, "too many calls in progress: one is refused as busy");
            return Ok(self.bare(flow, Then::Busy));
        }
        let facts = CallFacts {
            from: webhook.from.as_deref().map(Into::into),
            to: webhook.to.as_deref().map(Into::into),
            verified: webhook.verified,
            sid: webhook.call_sid.as_str().into(),
            started: self.clock.now(),
        };
        let graph = &line.graph;
        let session = Session::new(graph.name.clone(), graph.version.clone(), facts, graph.entry);
        let Some(token) = token() else { return Ok(Response::text(503, "try again\n")) };
        let call = Call::new(flow, Box::new(Record::new(token, session)), Arc::clone(&line), 0);
        let call = self.calls.hold(Arc::new(call), true);
        // Of two webhooks that begin the same call at the same time one gets here second: it finds the call begun.
        self.begun(&call, path).await
    }

    /// The webhook that begins a call, for the first time or again.
    async fn begun(self: &Arc<Self>, call: &Arc<Call>, path: String) -> Result<Response, StoreError> {
        let asking = Asking { leg: Leg::Caller, path };
        let got = {
            let mut live = call.enter().await?;
            if let Some(again) = self.again(&mut live, &asking) {
                again
            } else if live.record.desk(&Leg::Caller).turn > 0 || live.record.over.is_some() {
                Got::Answer(self.to_current_step(call, &live.record, &Leg::Caller))
            } else {
                match self.ask(call, &mut live, EventKind::Continue(Leg::Caller), &asking).await {
                    Ok(got) => got,
                    Err(error) => {
                        // It was never stored: the next webhook begins it once more.
                        self.let_go(call, &mut live);
                        return Err(error);
                    }
                }
            }
        };
        self.patiently(call, asking, got).await
    }

    /// The provider could not use an answer of ours.
    async fn fall_back(self: &Arc<Self>, call: &Arc<Call>, webhook: &Webhook) -> Result<Response, StoreError> {
        let mut live = call.enter().await?;
        let mut record = live.record.clone();
        let (node, turn) = (Some(record.session.caller.at), record.desk(&Leg::Caller).turn);
        record.fallbacks = if record.fallbacks.0 == node { (node, record.fallbacks.1 + 1) } else { (node, 1) };
        let fallbacks = record.fallbacks;
        let often = fallbacks.1 >= MOST_FALLBACKS;
        tracing::warn!(call = %call.sid, turn, "the fallback URL was asked");
        match self.save(call, &mut live, record).await {
            Ok(()) => {}
            Err(error @ StoreError::Conflict { .. }) => return Err(error),
            // This is the last URL there is: whatever the store says, the caller is not left to the provider.
            Err(_) => live.record.fallbacks = fallbacks,
        }
        if often || live.record.over.is_some() {
            return Ok(self.apology(&call.flow));
        }
        let failed = webhook.error_url.as_deref().and_then(|url| url.strip_prefix(&self.behaviour.public_url));
        let failed = failed.and_then(|path| Route::parse(path.split(['?', '#']).next().unwrap_or_default()));
        Ok(match failed {
            // In a queue a step cannot go on: the caller leaves it first.
            Some(Route::Hold { mark: HoldMark::Music | HoldMark::Keys, .. }) => self.bare(&call.flow, Then::Leave),
            Some(Route::Hold { mark: HoldMark::Join, .. }) => self.bare(&call.flow, Then::Nothing),
            _ => self.to_current_step(call, &live.record, &Leg::Caller),
        })
    }

    fn apology(&self, flow: &str) -> Response {
        let words = self.lines.current(flow).map(|line| engine::apology(&line.graph));
        let turn = Turn { heard: words.unwrap_or_default(), then: Then::HangUp };
        self.rendered(&turn, &self.nowhere(flow))
    }

    /// A document without any words.
    fn bare(&self, flow: &str, then: Then) -> Response {
        self.rendered(&Turn::just(then), &self.nowhere(flow))
    }

    fn nowhere(&self, flow: &str) -> Links {
        Links {
            public_url: self.behaviour.public_url.clone(),
            flow: flow.to_owned(),
            call: String::new(),
            leg: Leg::Caller,
            turn: 0,
            called: None,
        }
    }

    // ---- a call in progress -----------------------------------------------------------------------------------------

    async fn continued(
        self: &Arc<Self>,
        call: &Arc<Call>,
        route: &Route,
        webhook: &Webhook,
        path: String,
    ) -> Result<Response, StoreError> {
        let leg = leg_of(route);
        if matches!(route, Route::Hold { mark: HoldMark::Music | HoldMark::Keys, .. }) {
            self.fetch_ahead(call).await?;
        }
        let mut live = call.enter().await?;
        if !owns(&mut live, &leg, webhook) {
            tracing::warn!(call = %call.sid, %path, "a webhook of another call");
            return Ok(Response::text(403, "not of this call\n"));
        }
        let event = match self.provider.event(route, webhook) {
            Ok(event) => event.map(|event| self.with_link(&call.flow, event)),
            Err(bad) => {
                tracing::warn!(call = %call.sid, %path, %bad, "webhook not understood");
                return Ok(self.unchanged(call, &live, route, &leg));
            }
        };
        let asking = Asking { leg, path };
        if matches!(route, Route::Status { .. } | Route::LegStatus { .. } | Route::Transcript { .. }) {
            drop(live);
            if let Some(event) = event {
                // It may not be told again.
                self.happen(call, event).await;
            }
            return Ok(Response::empty(204));
        }
        let got = match event {
            None => return Ok(self.unchanged(call, &live, route, &asking.leg)),
            Some(event) => match self.again(&mut live, &asking) {
                Some(again) => again,
                None if is_old(route, &mut live, &event) => return Ok(self.unchanged(call, &live, route, &asking.leg)),
                None => self.next(call, &mut live, event, &asking).await?,
            },
        };
        drop(live);
        self.patiently(call, asking, got).await
    }

    /// The answer that leaves everything as it is.
    fn unchanged(&self, call: &Call, live: &Live, route: &Route, leg: &Leg) -> Response {
        match route {
            Route::Status { .. } | Route::LegStatus { .. } | Route::Transcript { .. } => Response::empty(204),
            _ if live.record.over.is_some() => self.bare(&call.flow, Then::HangUp),
            _ => self.to_current_step(call, &live.record, leg),
        }
    }

    /// What a webhook gets that was answered before, or is being answered.
    fn again(&self, live: &mut Live, asking: &Asking) -> Option<Got> {
        if let Some(document) = live.record.desk(&asking.leg).answer(&asking.path) {
            return Some(Got::Answer(self.provider.document(document.to_owned())));
        }
        live.is_waiting(&asking.path).then(|| Got::Later(live.wait(asking)))
    }

    /// The next webhook of a leg: it gets the turn that is ready for it, or its event is taken.
    async fn next(
        self: &Arc<Self>,
        call: &Arc<Call>,
        live: &mut Live,
        event: EventKind,
        asking: &Asking,
    ) -> Result<Got, StoreError> {
        let mut record = live.record.clone();
        let Some(turn) = record.desk(&asking.leg).ready.take() else {
            return self.ask(call, live, event, asking).await;
        };
        let overtakes = match &event {
            // A key that was pressed while a service was waited for is no answer to a question not asked yet.
            EventKind::Keys(Leg::Caller, keys) => {
                let session = &record.session;
                keys.chars().next().is_some_and(|key| engine::leads_away(&live.line.graph, session, key))
            }
            EventKind::Keys(..)
            | EventKind::Silence(_)
            | EventKind::Continue(_)
            | EventKind::LeftHold { why: LeftHold::Left, .. } => false,
            _ => true,
        };
        if overtakes || record.is_called(&asking.leg) {
            return self.ask(call, live, event, asking).await;
        }
        let turns = vec![(asking.leg.clone(), turn)];
        let outcome = engine::Outcome { turns, ..engine::Outcome::default() };
        let response = self.settle(call, live, record, outcome, Some(asking)).await?;
        Ok(Got::Answer(response.unwrap_or_else(|| self.to_current_step(call, &live.record, &asking.leg))))
    }

    /// Takes the event of a webhook; without an answer yet, services are waited for.
    async fn ask(
        self: &Arc<Self>,
        call: &Arc<Call>,
        live: &mut Live,
        event: EventKind,
        asking: &Asking,
    ) -> Result<Got, StoreError> {
        let ends = matches!(event, EventKind::HungUp | EventKind::LegEnded { .. });
        Ok(match self.event(call, live, event, Some(asking)).await? {
            Some(response) => Got::Answer(response),
            None if ends || (asking.leg == Leg::Caller && live.record.session.gone.is_some()) => {
                Got::Answer(self.bare(&call.flow, Then::HangUp))
            }
            None => Got::Later(live.wait(asking)),
        })
    }

    /// The answer, or a sign of life if services take too long.
    async fn patiently(self: &Arc<Self>, call: &Arc<Call>, asking: Asking, got: Got) -> Result<Response, StoreError> {
        let later = match got {
            Got::Answer(response) => return Ok(response),
            Got::Later(later) => later,
        };
        let in_time = {
            let _rest = self.busy.rest();
            self.clock.timeout(self.behaviour.patience, later).await
        };
        if let Some(Ok(response)) = in_time {
            return Ok(response);
        }
        let mut live = call.enter().await?;
        if let Some(Got::Answer(response)) = self.again(&mut live, &asking) {
            return Ok(response);
        }
        let took_long = EventKind::TookLong(asking.leg.clone());
        let response = self.event(call, &mut live, took_long, Some(&asking)).await?;
        Ok(response.unwrap_or_else(|| self.to_current_step(call, &live.record, &asking.leg)))
    }
}

/// Whether the webhook is of the leg whose URL it has. The first webhook of a callee's leg tells its id.
fn owns(live: &mut Live, leg: &Leg, webhook: &Webhook) -> bool {
    match leg {
        Leg::Caller => live.record.session.call.sid.as_ref() == webhook.call_sid,
        Leg::Callee(token) => {
            let Some(desk) = live.record.desks.get_mut(token.as_ref()) else { return false };
            desk.sid.get_or_insert_with(|| webhook.call_sid.clone()) == &webhook.call_sid
        }
    }
}

fn leg_of(route: &Route) -> Leg {
    match route {
        Route::Turn { leg, .. } => leg.clone(),
        Route::LegStatus { leg, .. } => Leg::Callee(leg.clone()),
        _ => Leg::Caller,
    }
}

/// Whether a webhook belongs to a document that is not the leg's last one. An end of the leg is never old.
fn is_old(route: &Route, live: &mut Live, event: &EventKind) -> bool {
    match route {
        Route::Turn { leg, turn, mark, .. } => {
            let ends = matches!(event, EventKind::HungUp | EventKind::LegEnded { .. });
            let current = live.record.desk(leg).turn;
            let hung_up = matches!(event, EventKind::Recorded { hung_up: true, .. });
            !ends && !hung_up && *turn != current && !(*mark == Mark::Join)
        }
        // The end of a hold that the caller left otherwise in the meantime.
        Route::Hold { mark: HoldMark::Left, .. } => {
            let state = &live.record.session.caller.state;
            matches!(event, EventKind::LeftHold { why: LeftHold::Left | LeftHold::Bridged | LeftHold::Refused, .. })
                && !matches!(state, State::Ready | State::Holding)
        }
        _ => false,
    }
}

/// An unguessable token: 128 bits, as letters and digits.
fn token() -> Option<String> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("{:032x}", u128::from_be_bytes(bytes)))
}
