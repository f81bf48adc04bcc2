//! What must hold after every event, whatever the events and whatever their order.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::compile::Line;
use crate::engine::effect::{Effect, Entry};
use crate::engine::event::{EventKind, Leg, LegToken};
use crate::engine::session::{Phase, Session, State};
use crate::engine::turn::Then;
use crate::engine::{Outcome, deadline};
use crate::phone;
use crate::program::LegOutcome;

/// A leg that does not talk is heard of within this: the longest document, a piece of audio, and the grace.
const SOON: SignedDuration = SignedDuration::from_mins(16);
/// A talk may last so long.
const TALK: SignedDuration = SignedDuration::from_mins(4 * 60 + 17);
/// A caller who has been called, or put on hold, is looked for after this: an announcement and the grace.
const CALLED: SignedDuration = SignedDuration::from_secs(90);
/// What is stored of a call of this flow is not larger, in bytes.
const LARGEST: usize = 8 * 1024;
/// Scenes in progress: one, and one that comes back.
const DEEPEST: usize = 2;

/// What has been seen of a call.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Keys of the sends that have left.
    sends: HashSet<String>,
    /// Legs that were asked for, with their numbers, in this order.
    pub(super) placed: Vec<(LegToken, String)>,
    /// How each ended.
    pub(super) outcomes: BTreeMap<LegToken, LegOutcome>,
    /// Legs that were told to join.
    told_to_join: HashSet<LegToken>,
    /// Recordings that ended, and messages that were sent: of each recording one at most.
    takes: usize,
    notes: usize,
    /// How often the rule of the hang-up ran.
    pub(super) byes: usize,
    /// How often the call was over.
    pub(super) overs: usize,
}

/// One step.
struct Step<'a> {
    line: &'a Line,
    before: &'a Session,
    after: &'a Session,
    at: Timestamp,
    outcome: &'a Outcome,
}

impl Book {
    /// Looks at a step; `kind` is none for the first one of a new process.
    pub(super) fn step(
        &mut self,
        line: &Line,
        before: &Session,
        after: &Session,
        at: Timestamp,
        kind: Option<&EventKind>,
        outcome: &Outcome,
    ) {
        let step = Step { line, before, after, at, outcome };
        let took = matches!(kind, Some(EventKind::Recorded { .. })) && before.caller.state == State::Recording;
        self.takes += usize::from(took);
        super::super::no_other_way(&line.graph, &outcome.trace.ways);
        self.effects(&step);
        self.turns(&step);
        step.nothing_goes_back();
        step.somebody_will_ask(kind);
        step.whoever_holds_is_being_helped();
        step.nobody_is_kept_for_nothing();
        step.whoever_asks_is_answered(kind);
        step.nothing_happens_after_the_end();
        step.it_stays_small(took);
    }

    fn effects(&mut self, step: &Step<'_>) {
        for effect in &step.outcome.effects {
            match effect {
                Effect::Fetch(requests) => {
                    for request in requests {
                        let Some(key) = &request.key else { continue };
                        assert!(self.sends.insert(key.clone()), "{key} leaves twice");
                        let name = &step.line.graph.operations[usize::from(request.operation.0)].name;
                        self.byes += usize::from(&**name == "desk.bye");
                        self.notes += usize::from(&**name == "desk.note");
                    }
                    assert!(self.notes <= self.takes, "a message is sent again");
                }
                Effect::Place { leg, number, .. } => {
                    assert!(step.after.gone.is_none(), "{number} is phoned for nobody");
                    assert!(self.placed.iter().all(|(known, _)| known != leg), "{leg} is phoned twice");
                    let visit = visit_of(leg);
                    let again = |(known, phoned): &(LegToken, String)| visit_of(known) == visit && phoned == number;
                    assert!(!self.placed.iter().any(again), "{number} is phoned twice for one thing");
                    self.placed.push((leg.clone(), number.clone()));
                }
                Effect::Log(Entry::Leg { round, number, outcome, .. }) if *outcome != LegOutcome::Duplicate => {
                    self.outcome(*round, number, *outcome);
                }
                Effect::Log(Entry::Over { .. }) => self.overs += 1,
                _ => {}
            }
        }
    }

    /// The log names no leg: it is the first of this round and number that has no outcome yet.
    fn outcome(&mut self, round: u32, number: &str, outcome: LegOutcome) {
        let fits = |(leg, phoned): &&(LegToken, String)| {
            leg.ends_with(&format!("-{round}")) && phone::mask(phoned) == number && !self.outcomes.contains_key(leg)
        };
        let leg = self.placed.iter().find(fits).map(|(leg, _)| leg.clone());
        let leg = leg.unwrap_or_else(|| panic!("a second outcome of round {round}: {outcome:?}, {:?}", self.outcomes));
        let joined = outcome != LegOutcome::Accepted || self.told_to_join.contains(&leg);
        assert!(joined, "{leg} is taken for joined although it was not told to join");
        self.outcomes.insert(leg, outcome);
    }

    fn turns(&mut self, step: &Step<'_>) {
        for (leg, turn) in &step.outcome.turns {
            match (leg, &turn.then) {
                (Leg::Callee(token), Then::Join { visit, .. }) => {
                    let holds = step.after.gone.is_none() && step.after.caller.state == State::Holding;
                    let escalation = step.after.escalation.as_ref().filter(|e| e.held && e.leg.as_ref() == Some(token));
                    let current = escalation.is_some_and(|escalation| escalation.visit == *visit);
                    assert!(holds && current, "{token} is joined with nobody");
                    self.told_to_join.insert(token.clone());
                }
                (Leg::Caller, Then::HangUp) => assert!(step.after.gone.is_some(), "whoever is there is hung up on"),
                _ => {}
            }
        }
    }
}

fn visit_of(leg: &str) -> &str {
    leg.split('-').next().unwrap()
}

impl Step<'_> {
    /// Counters only grow, and who is gone does not come back.
    fn nothing_goes_back(&self) {
        let counters = |session: &Session| {
            [session.turns, session.escalations, session.sends, u32::try_from(session.requests).unwrap()]
        };
        let pairs = counters(self.before).into_iter().zip(counters(self.after));
        assert!(pairs.into_iter().all(|(before, after)| before <= after), "a counter goes back");
        assert!(self.before.gone.is_none() || self.after.gone.is_some(), "the caller comes back");
        assert!(!self.before.over || self.after.over, "a call that was over is not");
        assert!(!self.before.admitted || self.after.admitted);
        let told = self.outcome.turns.iter().filter(|(leg, turn)| *leg == Leg::Caller && counts(&turn.then));
        let most = u32::try_from(told.count()).unwrap() + self.after.escalations + 1;
        assert!(self.after.turns - self.before.turns <= most, "turns are counted that nobody heard");
    }

    /// A call that is not over has a time at which something happens by itself, and that is not far away unless two
    /// talk. When it has come, something is done about it.
    fn somebody_will_ask(&self, kind: Option<&EventKind>) {
        let after = self.after;
        let due = deadline(after);
        if after.over {
            return assert_eq!(due, None);
        }
        let due = due.unwrap_or_else(|| panic!("nobody will ever ask: {after:?}"));
        if kind == Some(&EventKind::Tick) {
            assert!(due > self.at || self.before != after, "a deadline has come and nothing is done about it");
        }
        let joined = after.legs.values().any(|leg| leg.phase == Phase::Joined);
        let talk = after.caller.state == State::Dialing || joined;
        if after.gone.is_none() {
            let expected = after.expected_by.expect("the caller is expected");
            let longest = if talk { TALK } else { SOON };
            assert!(expected.duration_since(self.at) <= longest, "the caller is forgotten until {expected}");
        }
        for (token, leg) in &after.legs {
            let longest = if leg.phase == Phase::Joined { TALK } else { SOON };
            assert!(leg.deadline.duration_since(self.at) <= longest, "{token} is forgotten until {}", leg.deadline);
        }
    }

    /// Of a caller on hold somebody is being phoned, or is talking with, or the caller is to be called soon.
    fn whoever_holds_is_being_helped(&self) {
        let after = self.after;
        if after.gone.is_some() {
            return assert_eq!(after.escalation, None, "nobody needs help");
        }
        let soon = after.expected_by.is_some_and(|expected| expected.duration_since(self.at) <= CALLED);
        match after.caller.state {
            State::Holding => {
                let escalation = after.escalation.as_ref().expect("somebody to wait for");
                let leg = escalation.leg.as_ref().and_then(|leg| after.legs.get(leg));
                let helped = leg.is_some_and(|leg| leg.outcome.is_none() || leg.phase == Phase::Joined);
                assert!(helped || soon, "on hold for ever: {escalation:?}");
                assert!(helped || escalation.joined.is_some() || !escalation.held, "nobody is phoned: {escalation:?}");
            }
            State::Ready => assert!(soon, "whoever was called is looked for: {after:?}"),
            _ => {}
        }
    }

    /// A callee whom the caller has left is told, or the phone stops ringing: at once.
    fn nobody_is_kept_for_nothing(&self) {
        for (token, leg) in &self.after.legs {
            if leg.outcome.is_none() {
                let escalation = self.after.escalation.as_ref();
                let current = escalation.is_some_and(|escalation| escalation.visit == leg.visit);
                assert!(current, "a leg of a visit that is over has no outcome: {leg:?}");
            }
            let wanted = self.before.legs.get(token).is_some_and(|before| before.outcome.is_none());
            if wanted && leg.outcome == Some(LegOutcome::CallerGone) {
                let effect = match leg.phase {
                    Phase::Placing | Phase::Ringing => Effect::End(token.clone()),
                    Phase::Answered => Effect::Redirect(Leg::Callee(token.clone())),
                    Phase::Joining | Phase::Joined => continue,
                };
                assert!(self.outcome.effects.contains(&effect), "{token} is not told: {:?}", self.outcome.effects);
            }
        }
    }

    /// Whoever is on the line and asks gets an answer, or services are waited for.
    fn whoever_asks_is_answered(&self, kind: Option<&EventKind>) {
        use EventKind as E;
        let leg = match kind {
            Some(E::Continue(leg) | E::Keys(leg, _) | E::Silence(leg) | E::TookLong(leg)) => leg.clone(),
            Some(E::Answered { leg, .. } | E::JoinOver { leg, .. }) => Leg::Callee(leg.clone()),
            Some(
                E::SkippedTo(_)
                | E::Recorded { .. }
                | E::RecordedNothing
                | E::Holding { .. }
                | E::HoldKeys { .. }
                | E::LeftHold { .. }
                | E::Bridging { .. }
                | E::DialOver { .. },
            ) => Leg::Caller,
            _ => return,
        };
        if leg == Leg::Caller && self.after.gone.is_some() {
            return;
        }
        let state = match &leg {
            Leg::Caller => Some(&self.after.caller.state),
            Leg::Callee(token) => self.after.legs.get(token).map(|leg| &leg.thread.state),
        };
        let answered = self.outcome.turns.iter().any(|(whose, _)| *whose == leg);
        let works = matches!(state, Some(State::Working | State::Sending { .. }));
        assert!(answered || works, "{leg:?} is left without an answer to {kind:?}");
    }

    fn nothing_happens_after_the_end(&self) {
        if self.after.over {
            assert_eq!(self.after.caller.state, State::Over);
            assert!(self.after.legs.is_empty(), "a leg outlives its call: {:?}", self.after.legs);
        }
        if self.before.over {
            let harmless = |effect: &Effect| matches!(effect, Effect::End(_));
            assert!(self.outcome.effects.iter().all(harmless), "after the end: {:?}", self.outcome.effects);
        }
    }

    fn it_stays_small(&self, took: bool) {
        let size = serde_json::to_vec(self.after).unwrap().len();
        assert!(size < LARGEST, "{size} bytes");
        assert!(self.after.caller.frames.len() <= DEEPEST, "scenes pile up");
        assert!(!took || self.after.transcripts.len() <= 2, "transcripts pile up: {:?}", self.after.transcripts);
    }
}

fn counts(then: &Then) -> bool {
    !matches!(then, Then::Music { .. } | Then::Leave | Then::Nothing)
}
