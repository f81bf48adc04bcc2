//! Everything around a call: the provider, the telephones, the services, and what of it is still on its way.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};

use super::laws::Book;
use crate::compile::Line;
use crate::engine::effect::{Effect, ServiceRequest};
use crate::engine::event::{Event, EventKind, FailureKind, Leg, LegStatus, LegToken, Reply};
use crate::engine::session::Session;
use crate::engine::tests::session;
use crate::engine::turn::Then;
use crate::engine::{Outcome, recover, step_traced};

/// A flow with every step that waits. Its lecture is longer than a document.
static DESK: LazyLock<Line> = LazyLock::new(|| {
    let text = include_str!("desk.ivr").replace("LONG", &"and so on, ".repeat(140));
    crate::engine::tests::line("desk", &text, "", &[])
});

/// A call and its surroundings.
pub(super) struct World {
    pub(super) line: &'static Line,
    pub(super) session: Session,
    pub(super) at: Timestamp,
    /// What the caller was told last; none: the caller has asked and waits.
    pub(super) caller: Option<Then>,
    /// Whether the caller is on the line in truth.
    pub(super) caller_there: bool,
    /// The queue that the caller was put into last: visit and round.
    pub(super) queue: (u32, u32),
    /// Whom the caller talks with.
    pub(super) talking: Option<LegToken>,
    /// The telephones that were asked for.
    pub(super) phones: BTreeMap<LegToken, Telephone>,
    /// What will happen soon.
    pub(super) coming: Vec<Coming>,
    /// Effects of the last step: a crash may still prevent them.
    pub(super) undone: Vec<Effect>,
    /// Everything that has happened.
    pub(super) past: Vec<EventKind>,
    pub(super) recordings: u32,
    pub(super) book: Book,
}

/// An event on its way.
#[derive(Debug, Clone)]
pub(super) struct Coming {
    pub(super) event: EventKind,
    /// Whether it dies with the process: replies of services and of the provider's API do, webhooks come all the same.
    pub(super) dies: bool,
}

/// A callee's telephone, in truth.
#[derive(Debug)]
pub(super) struct Telephone {
    pub(super) state: Activity,
    /// Until when it rings.
    pub(super) rings_until: Timestamp,
    /// Whether the server knows the provider's id of it: only then it can be ended.
    pub(super) known: bool,
    /// What it was told last; none: it has asked and waits.
    pub(super) told: Option<Then>,
}

/// What a telephone is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activity {
    Ringing,
    Answered,
    Over,
}

impl World {
    /// A call that has just come in.
    pub(super) fn new() -> Self {
        let at: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let mut world = Self {
            line: &DESK,
            session: session(&DESK, Some("+15551110000"), at),
            at,
            caller: None,
            caller_there: true,
            queue: (0, 0),
            talking: None,
            phones: BTreeMap::new(),
            coming: Vec::new(),
            undone: Vec::new(),
            past: Vec::new(),
            recordings: 0,
            book: Book::default(),
        };
        world.happens(EventKind::Continue(Leg::Caller));
        world
    }

    /// Lets time pass.
    pub(super) fn waits(&mut self, seconds: i64) {
        self.at += SignedDuration::from_secs(seconds);
    }

    /// An event.
    pub(super) fn happens(&mut self, kind: EventKind) {
        self.perform();
        self.is_true(&kind);
        let before = self.session.clone();
        let outcome = step_traced(&self.line.graph, &mut self.session, Event { at: self.at, kind: kind.clone() });
        self.trace(&format!("{kind:?}"), &outcome);
        self.book.step(self.line, &before, &self.session, self.at, Some(&kind), &outcome);
        self.past.push(kind);
        self.heard(outcome);
    }

    /// The process dies, before the effects of the last step or after them, and another one takes over.
    pub(super) fn crashes(&mut self, effects_are_lost: bool) {
        if effects_are_lost {
            self.undone.clear();
        }
        self.perform();
        self.coming.retain(|coming| !coming.dies);
        let stored = serde_json::to_string(&self.session).unwrap();
        let mut session: Session = serde_json::from_str(&stored).unwrap();
        self.session.caller.work.clear();
        self.session.legs.values_mut().for_each(|leg| leg.thread.work.clear());
        assert_eq!(session, self.session, "nothing but requests is lost");
        let outcome = recover(&self.line.graph, &mut session, self.at);
        let before = std::mem::replace(&mut self.session, session);
        self.trace(if effects_are_lost { "crash before effects" } else { "crash" }, &outcome);
        self.book.step(self.line, &before, &self.session, self.at, None, &outcome);
        self.heard(outcome);
    }

    fn trace(&self, what: &str, outcome: &Outcome) {
        if super::TRACE.load(Ordering::SeqCst) {
            let then: Vec<_> = outcome.turns.iter().map(|(leg, turn)| (leg, &turn.then)).collect();
            println!("{} {what}\n    {then:?} {:?}\n    {:?}", self.at, outcome.effects, self.session.caller.state);
        }
    }

    fn heard(&mut self, outcome: Outcome) {
        for (leg, turn) in outcome.turns {
            match leg {
                Leg::Caller => {
                    if let Then::Hold { visit, round } = turn.then {
                        self.queue = (visit, round);
                    }
                    self.caller = Some(turn.then);
                }
                Leg::Callee(token) => {
                    if let Some(phone) = self.phones.get_mut(&token) {
                        phone.told = Some(turn.then);
                    }
                }
            }
        }
        self.undone = outcome.effects;
    }

    /// What an event says is so from now on.
    fn is_true(&mut self, kind: &EventKind) {
        use EventKind as E;
        match kind {
            E::HungUp
            | E::Recorded { hung_up: true, .. }
            | E::LeftHold { why: crate::engine::event::LeftHold::HungUp, .. } => self.caller_there = false,
            E::Answered { leg, .. } => self.phone(leg, |phone| {
                phone.known = true;
                phone.told = None;
                if phone.state == Activity::Ringing {
                    phone.state = Activity::Answered;
                }
            }),
            E::LegEnded { leg, .. } => self.phone(leg, |phone| phone.state = Activity::Over),
            E::Placed { leg, result } => self.phone(leg, |phone| match result {
                Ok(_) => phone.known = true,
                Err(crate::engine::event::PlaceFailure::Unknown) => {}
                Err(_) => phone.state = Activity::Over,
            }),
            _ => {}
        }
        match kind {
            E::Keys(Leg::Callee(leg), _) | E::Silence(Leg::Callee(leg)) | E::Continue(Leg::Callee(leg)) => {
                self.phone(leg, |phone| phone.told = None);
            }
            E::Continue(Leg::Caller) | E::Keys(Leg::Caller, _) | E::Silence(Leg::Caller) => self.caller = None,
            _ => {}
        }
    }

    fn phone(&mut self, leg: &LegToken, change: impl FnOnce(&mut Telephone)) {
        if let Some(phone) = self.phones.get_mut(leg) {
            change(phone);
        }
    }

    /// Does what the last step asked of the world.
    pub(super) fn perform(&mut self) {
        for effect in std::mem::take(&mut self.undone) {
            match effect {
                Effect::Fetch(requests) => requests.iter().for_each(|request| self.fetch(request)),
                Effect::Place { leg, ringing, .. } => self.place(leg, ringing),
                Effect::End(token) => self.end(token),
                Effect::Redirect(Leg::Caller) if self.caller_there => self.comes(EventKind::Continue(Leg::Caller)),
                Effect::Redirect(Leg::Caller) => self.comes(EventKind::HungUp),
                Effect::Redirect(Leg::Callee(token)) => {
                    if self.phones.get(&token).is_some_and(|phone| phone.state == Activity::Answered && phone.known) {
                        self.comes(EventKind::Continue(Leg::Callee(token)));
                    }
                }
                Effect::AskTranscript { recording } => {
                    self.dies(EventKind::Transcript { recording, text: Some("found".into()) });
                }
                Effect::AskLeg(leg) => self.look_for(leg),
                Effect::Log(_) => {}
            }
        }
    }

    fn fetch(&mut self, request: &ServiceRequest) {
        let name = &self.line.graph.operations[usize::from(request.operation.0)].name;
        let reply = match (&**name, request.id.0 % 5) {
            ("desk.ready", 0) => Reply::Failure(FailureKind::Timeout),
            ("desk.ready", 1) => Reply::Response { status: 200, body: b"null".as_slice().into() },
            ("desk.ready", _) => Reply::Response { status: 200, body: b"\"soon\"".as_slice().into() },
            (_, 0) => Reply::Response { status: 500, body: b"".as_slice().into() },
            _ => Reply::Response { status: 202, body: b"{}".as_slice().into() },
        };
        self.dies(EventKind::Replies(vec![(request.id, reply)]));
    }

    fn place(&mut self, leg: LegToken, ringing: u32) {
        let rings_until = self.at + SignedDuration::from_secs(i64::from(ringing));
        let phone = Telephone { state: Activity::Ringing, rings_until, known: false, told: None };
        let sid = format!("CA-{leg}");
        self.phones.insert(leg.clone(), phone);
        self.dies(EventKind::Placed { leg, result: Ok(sid) });
    }

    fn end(&mut self, token: LegToken) {
        let Some(phone) = self.phones.get_mut(&token).filter(|phone| phone.known) else { return };
        if phone.state != Activity::Over {
            phone.state = Activity::Over;
            self.comes(EventKind::LegEnded { leg: token, status: LegStatus::Canceled });
        }
    }

    /// The provider is asked for a leg; one whose id was lost is found.
    fn look_for(&mut self, leg: Leg) {
        let event = match &leg {
            Leg::Caller if self.caller_there => EventKind::Alive(leg),
            Leg::Caller => EventKind::HungUp,
            Leg::Callee(token) => {
                let Some(phone) = self.phones.get_mut(token) else { return };
                phone.known = true;
                match phone.state {
                    Activity::Over => EventKind::LegEnded { leg: token.clone(), status: LegStatus::Completed },
                    _ => EventKind::Alive(leg),
                }
            }
        };
        self.dies(event);
    }

    pub(super) fn comes(&mut self, event: EventKind) {
        self.coming.push(Coming { event, dies: false });
    }

    fn dies(&mut self, event: EventKind) {
        self.coming.push(Coming { event, dies: true });
    }
}
