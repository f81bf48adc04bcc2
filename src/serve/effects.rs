//! What the engine asks of the world. Every effect runs in a task of its own and comes back as an event.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Core;
use super::call::{Call, Live};
use super::record::{Record, desk_name};
use crate::compile::Line;
use crate::engine::effect::{Effect, ServiceRequest};
use crate::engine::event::{EventKind, Leg, LegToken, PlaceFailure};
use crate::provider::route::Mark;
use crate::provider::{CallState, PlaceCall, RedirectFailure, Route, TranscriptState};

impl Core {
    /// Lets effects go.
    pub(crate) fn perform(self: &Arc<Self>, call: &Arc<Call>, live: &mut Live, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Fetch(requests) => {
                    for request in requests {
                        self.fetch(call, Arc::clone(&live.line), request);
                    }
                }
                Effect::Place { leg, number, caller_id, ringing, detect_machine } => {
                    let place = Route::Turn {
                        flow: call.flow.clone(),
                        call: call.token.clone(),
                        leg: Leg::Callee(leg.clone()),
                        turn: 0,
                        mark: Mark::Plain,
                    };
                    let status =
                        Route::LegStatus { flow: call.flow.clone(), call: call.token.clone(), leg: leg.clone() };
                    let public_url = &self.behaviour.public_url;
                    let request = PlaceCall {
                        to: number,
                        from: caller_id.unwrap_or_default(),
                        url: self.provider.link(public_url, &place),
                        status_callback: self.provider.link(public_url, &status),
                        ringing,
                        detect_machine,
                        marker: format!("{}/{leg}", call.sid),
                    };
                    self.place(call, leg, request);
                }
                Effect::End(leg) => {
                    if let Some(sid) = live.record.sid(&Leg::Callee(leg)) {
                        self.end(sid);
                    }
                }
                Effect::Redirect(leg) => {
                    let turn = live.record.desk(&leg).turn;
                    let route = Route::Turn {
                        flow: call.flow.clone(),
                        call: call.token.clone(),
                        leg: leg.clone(),
                        turn,
                        mark: Mark::Plain,
                    };
                    let url = self.provider.link(&self.behaviour.public_url, &route);
                    if let Some(sid) = live.record.sid(&leg) {
                        self.redirect(call, leg, sid, url);
                    }
                }
                Effect::AskTranscript { recording } => self.ask_transcript(call, recording),
                Effect::AskLeg(leg) => self.ask_leg(call, leg, &live.record),
                // They are in the record already.
                Effect::Log(_) => {}
            }
        }
    }

    fn fetch(self: &Arc<Self>, call: &Arc<Call>, line: Arc<Line>, request: ServiceRequest) {
        let (core, call, work) = (Arc::clone(self), Arc::clone(call), self.busy.work());
        self.tasks.spawn(async move {
            let id = request.id;
            let reply = {
                core.waiting.fetch_add(1, Ordering::SeqCst);
                let _rest = core.busy.rest();
                core.outside.perform(line, request).await
            };
            core.waiting.fetch_sub(1, Ordering::SeqCst);
            core.happen(&call, EventKind::Replies(vec![(id, reply)])).await;
            drop(work);
        });
    }

    fn place(self: &Arc<Self>, call: &Arc<Call>, leg: LegToken, request: PlaceCall) {
        let (core, call, work) = (Arc::clone(self), Arc::clone(call), self.busy.work());
        self.tasks.spawn(async move {
            let result = if request.from.is_empty() {
                // The number that was called is none that can be shown, and none is set.
                tracing::warn!(call = %call.sid, "nobody can be phoned without a `caller_id`");
                Err(PlaceFailure::Number(0))
            } else {
                core.provider.place(request).await
            };
            if let Ok(sid) = &result {
                core.bind(&call, &leg, sid).await;
            }
            core.happen(&call, EventKind::Placed { leg, result }).await;
            drop(work);
        });
    }

    /// Notes the provider's id of a callee's leg. It is stored with the event that follows.
    async fn bind(&self, call: &Call, leg: &LegToken, sid: &str) {
        // Whoever has the call now has asked for the leg.
        let Ok(mut live) = call.enter().await else { return };
        live.record.desk(&Leg::Callee(leg.clone())).sid.get_or_insert_with(|| sid.to_owned());
    }

    fn end(self: &Arc<Self>, sid: String) {
        let (core, work) = (Arc::clone(self), self.busy.work());
        self.tasks.spawn(async move {
            if let Err(error) = core.provider.end(&sid).await {
                tracing::error!(leg = %sid, %error, "a leg could not be ended");
            }
            drop(work);
        });
    }

    fn redirect(self: &Arc<Self>, call: &Arc<Call>, leg: Leg, sid: String, url: String) {
        let (core, call, work) = (Arc::clone(self), Arc::clone(call), self.busy.work());
        self.tasks.spawn(async move {
            match core.provider.redirect(&sid, &url).await {
                Ok(()) => {}
                Err(RedirectFailure::Gone) => core.look_after(&call, leg, sid).await,
                // The hold music leads the caller on when its piece is over.
                Err(error) => tracing::error!(leg = %sid, %error, "a leg could not be redirected"),
            }
            drop(work);
        });
    }

    fn ask_transcript(self: &Arc<Self>, call: &Arc<Call>, recording: String) {
        let (core, call, work) = (Arc::clone(self), Arc::clone(call), self.busy.work());
        self.tasks.spawn(async move {
            let text = match core.provider.transcript(&recording).await {
                TranscriptState::Done(text) => Some(Some(text)),
                TranscriptState::Failed => Some(None),
                TranscriptState::InProgress | TranscriptState::Unknown => None,
            };
            if let Some(text) = text {
                core.happen(&call, EventKind::Transcript { recording, text }).await;
            }
            drop(work);
        });
    }

    fn ask_leg(self: &Arc<Self>, call: &Arc<Call>, leg: Leg, record: &Record) {
        let (core, call, work) = (Arc::clone(self), Arc::clone(call), self.busy.work());
        let sid = record.sid(&leg);
        let placed = record.desks.get(desk_name(&leg)).and_then(|desk| desk.placed.clone());
        self.tasks.spawn(async move {
            let sid = match (sid, placed) {
                (Some(sid), _) => Some(sid),
                // The reply that would have told the id was lost, or the process that waited for it.
                (None, Some((number, shown, since))) => core.provider.find(&number, &shown, since).await,
                (None, None) => None,
            };
            if let Some(sid) = sid {
                if let Leg::Callee(token) = &leg {
                    core.bind(&call, token, &sid).await;
                }
                core.look_after(&call, leg, sid).await;
            }
            drop(work);
        });
    }

    /// Asks the provider for a leg.
    async fn look_after(self: &Arc<Self>, call: &Arc<Call>, leg: Leg, sid: String) {
        let event = match (self.provider.status(&sid).await, leg) {
            (CallState::Ended(_), Leg::Caller) => EventKind::HungUp,
            (CallState::Ended(status), Leg::Callee(leg)) => EventKind::LegEnded { leg, status },
            (CallState::Active, leg) => EventKind::Alive(leg),
            (CallState::Unknown, _) => return,
        };
        self.happen(call, event).await;
    }
}
