//! A telephone exchange without telephones: it drives the engine with what people do, in virtual time.
//!
//! What the provider and the server do around the engine is done here in the simplest way that tells the engine the
//! same: a leg that asks is answered by a turn, time passes while words are spoken, phones ring until they are answered,
//! a request is answered by its stub. Time passes only when something is waited for.
//!
//! ```text
//! time     what is due, and letting it pass
//! people   keys, silence, answers, hanging up
//! talk     two people are joined
//! takes    recordings and their transcripts
//! ```

mod people;
mod takes;
mod talk;
mod time;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use jiff::Timestamp;

use super::happening::{Happening, What};
use super::phone::{CALLER, Doing, Phone, PhoneId, words};
use crate::canned::{Answer, Canned, Received, Replied};
use crate::compile::Line;
use crate::engine::effect::{Effect, Entry, ServiceRequest};
use crate::engine::event::{Event, EventKind, LeftHold, Leg, LegStatus, PlaceFailure};
use crate::engine::session::Session;
use crate::engine::turn::{Then, Turn};
use crate::engine::{self, Outcome};
use crate::eval::CallFacts;
use crate::graph::NodeId;
use crate::graph::ways::Way;
use crate::program::LegOutcome;
use crate::types::Name;
pub(super) use people::Refusal;
pub(super) use takes::Fate;
use takes::Take;
use time::Due;

/// The number that is called.
const LINE: &str = "+15550100000";
/// The status with which a provider refuses to phone for an account.
const REFUSED: u16 = 403;

/// Something that a person did: enough to do it again on another network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    /// The number of whoever did it; none: the caller.
    pub(super) who: Option<String>,
    pub(super) deed: Deed,
    /// In how many pauses of a `wait` the caller had been by then.
    pub(super) pauses: u32,
    /// Whether it was done on hold.
    pub(super) on_hold: bool,
    /// Whether it was done in a pause.
    pub(super) in_pause: bool,
}

/// What people do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    Calls(Option<String>),
    Presses(char),
    Records { millis: u64, words: String },
    StaysSilent,
    HangsUp,
    Answers { machine: bool },
    IsUnanswered(LegStatus),
}

/// A number that was dialled for the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dialled {
    pub(super) number: String,
    pub(super) keys: Option<String>,
}

/// One line, the people on it and its services.
pub(super) struct Exchange<'a> {
    pub(super) line: &'a Line,
    pub(super) canned: &'a Canned,
    /// Names of people by their numbers, for what is shown.
    pub(super) names: BTreeMap<String, String>,
    pub(super) now: Timestamp,
    /// The current call; none before the first.
    pub(super) session: Option<Session>,
    pub(super) phones: Vec<Phone>,
    pub(super) takes: Vec<Take>,
    /// What the transcript of the next take does, if that was said already.
    pub(super) next_fate: Option<takes::Fate>,
    due: BTreeMap<(Timestamp, u64), Due>,
    order: u64,
    inbox: VecDeque<EventKind>,
    /// Pieces of music in a row while nothing else happened.
    music: u32,
    /// Whether what the caller is told now is said on hold, before being joined.
    aside: bool,
    /// Whether the provider refuses to phone anybody.
    pub(super) refuses: bool,
    /// Calls so far: each has an id of its own.
    calls: u32,

    pub(super) happened: Vec<Happening>,
    /// What people did, in order.
    pub(super) inputs: Vec<Input>,
    /// Pauses of the caller's `wait`s in the current call.
    pauses: u32,
    /// Every request of all calls with the node that made it.
    pub(super) requests: Vec<(Received, NodeId)>,
    /// Outcomes of legs of the current call: masked number, outcome.
    pub(super) outcomes: Vec<(String, LegOutcome)>,
    pub(super) dialled: Vec<Dialled>,
    /// Words of each phrase in the current call.
    pub(super) phrases: HashMap<Name, BTreeSet<String>>,
    /// The ways of the graph that were taken.
    pub(super) taken: BTreeSet<(NodeId, Way)>,
}

impl<'a> Exchange<'a> {
    /// A line nobody has called yet; its time begins at `start`.
    pub(super) fn new(line: &'a Line, canned: &'a Canned, start: Timestamp) -> Self {
        Self {
            line,
            canned,
            names: BTreeMap::new(),
            now: start,
            session: None,
            phones: Vec::new(),
            takes: Vec::new(),
            next_fate: None,
            due: BTreeMap::new(),
            order: 0,
            inbox: VecDeque::new(),
            music: 0,
            aside: false,
            refuses: false,
            calls: 0,
            happened: Vec::new(),
            inputs: Vec::new(),
            pauses: 0,
            requests: Vec::new(),
            outcomes: Vec::new(),
            dialled: Vec::new(),
            phrases: HashMap::new(),
            taken: BTreeSet::new(),
        }
    }

    /// Somebody calls the line. The former call is forgotten.
    pub(super) fn call(&mut self, from: Option<String>) {
        self.pauses = 0;
        self.inputs.push(Input {
            who: None,
            deed: Deed::Calls(from.clone()),
            pauses: 0,
            on_hold: false,
            in_pause: false,
        });
        self.calls += 1;
        let graph = &self.line.graph;
        let facts = CallFacts {
            from: from.as_deref().map(Into::into),
            to: Some(LINE.into()),
            verified: false,
            sid: format!("CA{:032}", self.calls).into(),
            started: self.now,
        };
        self.session = Some(Session::new(graph.name.clone(), graph.version.clone(), facts, graph.entry));
        self.phones = vec![Phone::calling(from)];
        self.forget_takes();
        self.due.clear();
        self.outcomes.clear();
        self.dialled.clear();
        self.phrases.clear();
        self.music = 0;
        self.happens(EventKind::Continue(Leg::Caller));
    }

    /// Whether the call has ended in every respect.
    pub(super) fn is_over(&self) -> bool {
        self.session.as_ref().is_none_or(|session| session.over)
    }

    /// Where the caller's conversation is.
    pub(super) fn place(&self) -> Option<NodeId> {
        self.session.as_ref().map(|session| session.caller.at)
    }

    pub(super) fn phone(&self, id: PhoneId) -> Option<&Phone> {
        self.phones.get(id.0)
    }

    fn phone_mut(&mut self, id: PhoneId) -> Option<&mut Phone> {
        self.phones.get_mut(id.0)
    }

    fn set(&mut self, id: PhoneId, doing: Doing) {
        if let Some(phone) = self.phone_mut(id) {
            phone.set(doing);
        }
    }

    fn doing(&self, id: PhoneId) -> Option<&Doing> {
        self.phone(id).map(|phone| &phone.doing)
    }

    fn of_leg(&self, leg: &Leg) -> Option<PhoneId> {
        self.phones.iter().position(|phone| phone.leg.as_ref() == Some(leg)).map(PhoneId)
    }

    fn leg(&self, id: PhoneId) -> Option<Leg> {
        self.phone(id).and_then(|phone| phone.leg.clone())
    }

    /// What somebody is called where things are shown.
    pub(super) fn name(&self, id: PhoneId) -> String {
        let number = self.phone(id).and_then(|phone| phone.number.clone()).unwrap_or_default();
        if id == CALLER { "caller".to_owned() } else { self.names.get(&number).cloned().unwrap_or(number) }
    }

    /// Somebody does something.
    fn input(&mut self, id: PhoneId, deed: Deed) {
        if deed == Deed::StaysSilent && self.phone(id).is_some_and(|phone| phone.machine) {
            // A machine does that by itself.
            return;
        }
        let who = self.phone(id).filter(|_| id != CALLER).and_then(|phone| phone.number.clone());
        let on_hold = matches!(self.doing(id), Some(Doing::Holding { .. }));
        let in_pause = matches!(self.doing(id), Some(Doing::Document { then: Then::Pause { .. }, .. }));
        self.inputs.push(Input { who, deed, pauses: self.pauses, on_hold, in_pause });
    }

    pub(super) fn note(&mut self, who: Option<PhoneId>, what: What) {
        let who = who.map(|id| self.name(id));
        self.happened.push(Happening { at: self.now, who, what });
    }

    // ---- events and what comes of them ------------------------------------------------------------------------------

    /// A leg asks what follows.
    fn ask(&mut self, id: PhoneId, kind: EventKind) {
        let goes_on = matches!(kind, EventKind::Continue(_));
        if let Some(phone) = self.phone_mut(id) {
            phone.set(Doing::Asking);
            if !goes_on {
                phone.ready = None;
            }
        }
        self.happens(kind);
    }

    /// An event, and everything that follows from it at once.
    fn happens(&mut self, kind: EventKind) {
        self.inbox.push_back(kind);
        while let Some(kind) = self.inbox.pop_front() {
            let ready = match &kind {
                EventKind::Continue(leg) => {
                    self.of_leg(leg).filter(|id| self.phone(*id).is_some_and(|p| p.ready.is_some()))
                }
                _ => None,
            };
            match ready {
                Some(id) => {
                    let turn = self.phone_mut(id).and_then(|phone| phone.ready.take());
                    turn.into_iter().for_each(|turn| self.give(id, turn));
                }
                None => self.step(kind),
            }
        }
        self.grow_impatient();
    }

    fn step(&mut self, kind: EventKind) {
        let Some(session) = &mut self.session else { return };
        let at = session.caller.at;
        let outcome = engine::step_traced(&self.line.graph, session, Event { at: self.now, kind });
        let Outcome { turns, effects, trace } = outcome;
        self.taken.extend(trace.ways);
        for (phrase, text) in trace.phrases {
            self.phrases.entry(phrase).or_default().insert(super::phone::normal(&text));
        }
        let (logged, effects): (Vec<Effect>, Vec<Effect>) =
            effects.into_iter().partition(|effect| matches!(effect, Effect::Log(_)));
        logged.into_iter().for_each(|effect| self.effect(effect, at));
        for (leg, turn) in turns {
            self.turn(&leg, turn);
        }
        effects.into_iter().for_each(|effect| self.effect(effect, at));
    }

    /// A leg is told something. Unless it asks, that is kept until it does.
    fn turn(&mut self, leg: &Leg, turn: Turn) {
        let Some(id) = self.of_leg(leg) else { return };
        if self.aside && id == CALLER {
            return self.hear(id, &turn);
        }
        let leads_on = !matches!(turn.then, Then::Music { .. } | Then::Leave | Then::Nothing);
        match self.phone_mut(id) {
            Some(phone) if phone.doing == Doing::Asking => self.give(id, turn),
            Some(phone) if leads_on && phone.is_on() => phone.ready = Some(turn),
            _ => {}
        }
    }

    fn hear(&mut self, id: PhoneId, turn: &Turn) {
        for text in turn.heard.iter().filter_map(words).filter(|text| !text.is_empty()) {
            self.note(Some(id), What::Hears(text.clone()));
            if let Some(phone) = self.phone_mut(id) {
                phone.heard.push(text);
            }
        }
    }

    /// A leg hears what it asked for.
    fn give(&mut self, id: PhoneId, turn: Turn) {
        self.hear(id, &turn);
        let until = self.after(engine::time_to_hear(&turn.heard, time::AUDIO));
        match turn.then {
            Then::Leave => {
                if let Some((visit, round)) = self.hold() {
                    self.inbox.push_back(EventKind::LeftHold { visit, round, why: LeftHold::Left });
                }
            }
            Then::Nothing => {}
            Then::Music { visit, round, .. } => {
                self.set(id, Doing::Holding { visit, round });
                self.plan(until, |serial| Due::Document(id, serial), id);
            }
            then => {
                let machine = self.phone(id).is_some_and(|phone| phone.machine);
                // What follows by itself when the words are over, and after how long.
                let follows = match &then {
                    Then::Pause { millis, .. } => Some(*millis),
                    Then::Listen { within, .. } => machine.then_some(*within),
                    Then::Record { .. } => None,
                    _ => Some(0),
                };
                if id == CALLER && matches!(then, Then::Pause { .. }) {
                    self.pauses += 1;
                }
                self.set(id, Doing::Document { until, then });
                if let Some(millis) = follows {
                    let over = time::later(until, i64::try_from(millis).unwrap_or(i64::MAX));
                    self.plan(over, |serial| Due::Document(id, serial), id);
                }
            }
        }
    }

    /// Visit and round with which the caller was put on hold.
    fn hold(&self) -> Option<(u32, u32)> {
        let escalation = self.session.as_ref()?.escalation.as_ref();
        let known = escalation.map(|escalation| (escalation.visit, escalation.held_with));
        known.or_else(|| self.session.as_ref().map(|session| (session.escalations, 0)))
    }

    fn effect(&mut self, effect: Effect, at: NodeId) {
        match effect {
            Effect::Fetch(requests) => requests.iter().for_each(|request| self.fetch(request, at)),
            Effect::Place { leg, number, ringing, .. } => {
                if self.refuses {
                    let result = Err(PlaceFailure::Account(REFUSED));
                    return self.inbox.push_back(EventKind::Placed { leg, result });
                }
                let id = self.rings(number, Some(Leg::Callee(leg.clone())), ringing);
                let result = Ok(format!("CA{:032}", 1000 * self.calls + u32::try_from(id.0).unwrap_or(0)));
                self.inbox.push_back(EventKind::Placed { leg, result });
            }
            Effect::End(token) => self.ended_by_the_line(&Leg::Callee(token)),
            Effect::Redirect(leg) => self.called_away(leg),
            // What is there has been brought already.
            Effect::AskTranscript { .. } => {}
            Effect::AskLeg(leg) => {
                let there =
                    self.of_leg(&leg).and_then(|id| self.phone(id)).is_some_and(|phone| phone.doing != Doing::Over);
                self.inbox.push_back(match leg {
                    leg if there => EventKind::Alive(leg),
                    Leg::Caller => EventKind::HungUp,
                    Leg::Callee(leg) => EventKind::LegEnded { leg, status: LegStatus::Completed },
                });
            }
            Effect::Log(entry) => self.logged(entry),
        }
    }

    fn logged(&mut self, entry: Entry) {
        match entry {
            Entry::Leg { number, outcome, .. } => self.outcomes.push((number, outcome)),
            Entry::Failed { node, kind, status, .. } => {
                let why = status.map_or_else(|| kind.word().to_owned(), |status| format!("{} {status}", kind.word()));
                self.note(None, What::Fails { step: node, why });
            }
            Entry::Node { .. } | Entry::Sent { .. } | Entry::Over { .. } => {}
        }
    }

    fn fetch(&mut self, request: &ServiceRequest, at: NodeId) {
        let place = self.place().unwrap_or(at);
        let Some(operation) = self.line.graph.operations.get(usize::from(request.operation.0)) else { return };
        let Answer { received, reply, after } = self.canned.answer(self.line, operation, request, self.now);
        self.note(None, What::request(&received));
        self.requests.push((received, place));
        if after.is_zero() {
            self.inbox.push_back(EventKind::Replies(vec![(request.id, reply)]));
        } else {
            let when = self.after(i64::try_from(after.as_millis()).unwrap_or(i64::MAX));
            self.plan_at(when, Due::Reply(request.id, reply));
        }
    }

    /// The first request that no stub answered, and the node that made it.
    pub(super) fn unanswered(&self) -> Option<&(Received, NodeId)> {
        self.requests.iter().find(|(received, _)| received.replied == Replied::NoStub)
    }

    /// A telephone begins to ring.
    fn rings(&mut self, number: String, leg: Option<Leg>, seconds: u32) -> PhoneId {
        let id = PhoneId(self.phones.len());
        self.phones.push(Phone::ringing(number, leg));
        self.note(Some(id), What::Rings);
        let until = self.after(i64::from(seconds) * 1000);
        self.plan(until, |serial| Due::Unanswered(id, serial), id);
        id
    }

    /// The line ends a leg, in whatever state it is.
    fn ended_by_the_line(&mut self, leg: &Leg) {
        let (Some(id), Leg::Callee(token)) = (self.of_leg(leg), leg) else { return };
        let status = match self.doing(id) {
            None | Some(Doing::Over) => return,
            Some(Doing::Ringing) => {
                self.note(Some(id), What::StopsRinging);
                LegStatus::Canceled
            }
            Some(_) => {
                self.note(Some(id), What::Over);
                LegStatus::Completed
            }
        };
        self.set(id, Doing::Over);
        self.inbox.push_back(EventKind::LegEnded { leg: token.clone(), status });
    }

    /// A leg is called away from what it hears, to ask for its current step.
    fn called_away(&mut self, leg: Leg) {
        let Some(id) = self.of_leg(&leg).filter(|id| self.phone(*id).is_some_and(Phone::is_on)) else { return };
        if let Some(Doing::Holding { visit, round }) = self.doing(id).cloned() {
            self.inbox.push_back(EventKind::LeftHold { visit, round, why: LeftHold::Redirected });
        }
        self.set(id, Doing::Asking);
        self.inbox.push_back(EventKind::Continue(leg));
    }
}
