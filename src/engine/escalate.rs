//! `escalate` on the caller's side: one person after the other, and the caller on hold meanwhile.

use jiff::SignedDuration;

use super::caller::seconds;
use super::documents::documents;
use super::effect::Effect;
use super::event::{LeftHold, Leg, LegToken};
use super::run::Go;
use super::session::{CalleeLeg, Escalation, Phase, State, Thread};
use super::turn::{Then, Turn, Utterance};
use super::{Machine, Outcome, speech, wait};
use crate::failure::{Failure, FailureKind};
use crate::graph::ways::Way;
use crate::graph::{self, Node, Op};
use crate::limits::server::{RINGING_GRACE, SILENT_MUSIC};
use crate::program::{LegOutcome, StepKind};
use crate::value::{Fields, Value};

impl Machine<'_> {
    /// A new visit.
    pub(super) fn escalate(&mut self, thread: &mut Thread, node: &Node, escalate: &graph::Escalate) -> Result<Go, Go> {
        let list = self.value(thread, node, &escalate.list)?;
        self.room_for(thread, node, &list)?;
        let list = list.elements();
        let most = match &escalate.most {
            None => u32::MAX,
            Some(most) => self.value(thread, node, most)?.as_number().map_or(u32::MAX, whole),
        };
        self.session.escalations += 1;
        self.session.escalation = Some(Escalation {
            node: thread.at,
            visit: self.session.escalations,
            list,
            most,
            next: 0,
            round: 0,
            phoned: Vec::new(),
            held_with: 0,
            held: false,
            leg: None,
            joined: None,
        });
        self.next_leg(thread)
    }

    /// The next person is announced, or there is none left.
    pub(super) fn next_leg(&mut self, thread: &mut Thread) -> Result<Go, Go> {
        let graph = self.graph;
        let Some(mut escalation) = self.session.escalation.take() else { return Ok(Go::To(graph.apology)) };
        let Some((node, escalate)) = escalate_at(graph, escalation.node) else { return Ok(Go::To(graph.apology)) };
        while escalation.round < escalation.most {
            let Some(who) = escalation.list.get(escalation.next).cloned() else { break };
            escalation.next += 1;
            let number = who.field("phone");
            let Some(number) = number.as_text() else { continue };
            if escalation.phoned.iter().any(|phoned| &**phoned == number) {
                self.log_leg(escalation.node, escalation.round, number, LegOutcome::Duplicate);
                continue;
            }
            escalation.round += 1;
            escalation.phoned.push(number.into());
            thread.bind(&escalate.name, who);
            thread.bind(&"round".into(), Value::Number(f64::from(escalation.round)));
            self.goes(escalation.node, Way::CallerHears);
            self.session.escalation = Some(escalation);
            return Ok(Go::To(escalate.caller_hears));
        }
        thread.at = escalation.node;
        Err(self.fail(thread, node, &Failure::of(FailureKind::Nobody)))
    }

    /// The announcement has been spoken: the caller holds.
    pub(super) fn hold(&mut self, thread: &mut Thread) -> Go {
        let Some(escalation) = &mut self.session.escalation else { return Go::To(self.graph.apology) };
        escalation.held = false;
        escalation.held_with = escalation.round;
        thread.at = escalation.node;
        thread.state = State::Holding;
        Go::Turn(Then::Hold { visit: escalation.visit, round: escalation.round })
    }

    /// A caller on hold asks for the current step: the hold was lost.
    pub(super) fn hold_again(&mut self, thread: &mut Thread, leg: &Leg) {
        match &mut self.session.escalation {
            None => self.run(thread, leg),
            // Whoever was joined holds no longer: that the talk is over has been lost.
            Some(escalation) if escalation.joined.is_some() => self.talk_over(thread, leg),
            Some(escalation) => {
                escalation.held = false;
                let then = Then::Hold { visit: escalation.visit, round: escalation.held_with };
                self.tell(thread, leg, then);
            }
        }
    }

    /// A caller on hold asks for music. The first time in a round proves that the hold has begun: only now somebody
    /// is phoned, so that nobody who answers finds the caller missing.
    pub(super) fn holding(&mut self, visit: u32, round: u32) {
        let holding = self.session.caller.state == State::Holding && !self.caller_gone();
        let talks = self.talks();
        let Some(escalation) = self.session.escalation.as_mut().filter(|e| holding && e.is(visit, round)) else {
            return self.leave();
        };
        if escalation.joined.is_some() && !talks {
            // Whoever was joined has gone, and that is all that can be waited for here.
            return self.leave();
        }
        let first = !std::mem::replace(&mut escalation.held, true);
        if first && escalation.leg.is_none() && escalation.joined.is_none() {
            self.place();
        }
        self.music(visit, round);
    }

    fn leave(&mut self) {
        if !self.caller_gone() {
            self.expect(SignedDuration::ZERO);
        }
        let then = if self.caller_gone() { Then::HangUp } else { Then::Leave };
        self.outcome.turns.push((Leg::Caller, Turn::just(then)));
    }

    /// One piece of music.
    fn music(&mut self, visit: u32, round: u32) {
        let pieces = self.pieces();
        let place = (self.session.music as usize).checked_rem(pieces.len()).unwrap_or_default();
        self.session.music = self.session.music.wrapping_add(1);
        let heard = pieces.into_iter().nth(place).unwrap_or_default();
        self.expect(SignedDuration::from_millis(speech::duration(&heard)));
        let then = Then::Music { keys: self.interrupts(&Leg::Caller), visit, round };
        self.outcome.turns.push((Leg::Caller, Turn { heard, then }));
    }

    /// The music of the escalation: each `play` is a piece, and so is what stands between.
    fn pieces(&mut self) -> Vec<Vec<Utterance>> {
        let graph = self.graph;
        let silence = || vec![vec![Utterance::Pause { millis: SILENT_MUSIC }]];
        let node = self.session.escalation.as_ref().and_then(|escalation| escalate_at(graph, escalation.node));
        let Some((node, escalate)) = node else { return silence() };
        let Some(music) = escalate.music.and_then(|index| graph.music.get(index)) else { return silence() };
        if let Some(url) = &music.url {
            return vec![vec![Utterance::Play { url: url.clone() }]];
        }
        // Music sees settings and the call only: a conversation of its own.
        let mut thread = Thread::default();
        let mut pieces: Vec<Vec<Utterance>> = vec![Vec::new()];
        for step in &music.steps {
            let done = match &step.kind {
                StepKind::Say(words) => self.say(&mut thread, &Leg::Caller, node, words, 1, Fields::new()),
                StepKind::Pause(millis) => {
                    self.pause(&mut thread, &Leg::Caller, *millis);
                    Ok(())
                }
                StepKind::Play(url) => self.value(&mut thread, node, url).map(|url| {
                    self.play(&mut thread, &Leg::Caller, &url);
                }),
                _ => Ok(()),
            };
            let said = std::mem::take(&mut thread.said);
            if done.is_err() || said.is_empty() {
                continue;
            }
            if matches!(step.kind, StepKind::Play(_)) {
                pieces.push(said);
                pieces.push(Vec::new());
            } else if let Some(piece) = pieces.last_mut() {
                piece.extend(said);
            }
        }
        let pieces: Vec<Vec<Utterance>> = pieces.into_iter().flat_map(documents).collect();
        if pieces.is_empty() { silence() } else { pieces }
    }

    /// Phones the person of this round.
    fn place(&mut self) {
        let graph = self.graph;
        let (ringing, detect_machine, name, callee_hears) =
            match self.session.escalation.as_ref().and_then(|e| escalate_at(graph, e.node)) {
                None => return,
                Some((_, escalate)) => {
                    let machine = escalate.outcomes.iter().any(|(outcome, _)| *outcome == LegOutcome::Machine);
                    (escalate.ringing, machine, &escalate.name, escalate.callee_hears)
                }
            };
        let vars = self.session.caller.vars();
        let who = vars.get(name).cloned().unwrap_or_default();
        let Some(escalation) = &mut self.session.escalation else { return };
        let Some(number) = escalation.phoned.last().cloned() else { return };
        let token: LegToken = format!("{}-{}", escalation.visit, escalation.round).into();
        escalation.leg = Some(token.clone());
        let leg = CalleeLeg {
            node: escalation.node,
            visit: escalation.visit,
            round: escalation.round,
            who,
            number: number.clone(),
            phase: Phase::Placing,
            // The callee's part reads the caller's names, also when the caller has gone.
            thread: Thread::starting(callee_hears, vars),
            outcome: None,
            deadline: wait::later(self.at, ringing.saturating_add(RINGING_GRACE)),
            asked: false,
        };
        self.session.legs.insert(token.clone(), leg);
        self.outcome.effects.push(Effect::Place {
            leg: token,
            number: number.to_string(),
            caller_id: self.caller_id(),
            ringing: seconds(ringing),
            detect_machine,
        });
    }

    /// A leg of this escalation has ended without being joined: the next one. What the caller is to hear about it
    /// needs the caller to be called away from the music; if there is nothing to hear, the music goes on.
    pub(super) fn escalate_on(&mut self, outcome: LegOutcome) {
        let graph = self.graph;
        let Some(escalation) = &self.session.escalation else { return };
        let Some((_, escalate)) = escalate_at(graph, escalation.node) else { return };
        // What a callee is told when the caller has left is not for the caller.
        let for_caller = !matches!(outcome, LegOutcome::CallerGone | LegOutcome::Taken);
        let own = escalate.outcomes.iter().find(|(of, _)| for_caller && *of == outcome).map(|(_, to)| *to);
        let arm = own.unwrap_or(escalate.next_leg);
        let (node, held, held_with) = (escalation.node, escalation.held, escalation.held_with);
        if own.is_some() {
            self.goes(node, Way::Outcome(outcome));
        }

        let mut session = self.session.clone();
        session.caller.at = arm;
        let (at, traced) = (self.at, self.traced);
        let mut trial = Machine { graph, session: &mut session, at, traced, outcome: Outcome::default() };
        trial.with(&Leg::Caller, Machine::run);
        let outcome = trial.outcome;
        let silent = outcome.turns.iter().all(|(_, turn)| turn.heard.is_empty());
        let holds = session.caller.state == State::Holding;
        if let Some(escalation) = session.escalation.as_mut().filter(|_| silent && holds && held) {
            escalation.held = held;
            escalation.held_with = held_with;
            *self.session = session;
            self.outcome.effects.extend(outcome.effects);
            self.outcome.trace.ways.extend(outcome.trace.ways);
            self.outcome.trace.phrases.extend(outcome.trace.phrases);
            self.place();
            return;
        }
        self.session.caller.at = arm;
        self.session.caller.state = State::Ready;
        self.redirect(Leg::Caller);
    }

    /// Keys on hold.
    pub(super) fn hold_keys(&mut self, visit: u32, round: u32, keys: &str) {
        let holding = self.session.caller.state == State::Holding && !self.caller_gone();
        if !self.session.escalation.as_ref().is_some_and(|e| holding && e.is(visit, round)) {
            return self.leave();
        }
        self.session.errors_in_a_row = 0;
        let being_joined = self
            .session
            .legs
            .values()
            .any(|leg| leg.visit == visit && matches!(leg.phase, Phase::Joining | Phase::Joined));
        let rule = keys.chars().next().and_then(|key| self.anywhere(&Leg::Caller, key));
        // A key that means nothing proves as well as a request for music that the hold has begun.
        let Some(to) = rule.filter(|_| !being_joined) else { return self.holding(visit, round) };
        let key = keys.chars().next().unwrap_or_default();
        if let Some(node) = self.session.escalation.as_ref().map(|escalation| escalation.node) {
            self.goes(node, Way::Anywhere(key));
        }
        self.abandon_legs();
        self.session.escalation = None;
        self.session.caller.at = to;
        self.session.caller.state = State::Ready;
        self.leave();
    }

    /// The caller is no longer on hold.
    pub(super) fn left_hold(&mut self, visit: u32, _round: u32, why: LeftHold) {
        let current = self.session.escalation.as_ref().is_some_and(|escalation| escalation.visit == visit);
        match why {
            LeftHold::HungUp => {
                self.hung_up();
                self.outcome.turns.push((Leg::Caller, Turn::just(Then::HangUp)));
            }
            LeftHold::Redirected => self.outcome.turns.push((Leg::Caller, Turn::just(Then::Nothing))),
            LeftHold::Bridged if current => {
                self.accept();
                self.with(&Leg::Caller, Self::talk_over);
            }
            LeftHold::Refused if current => self.refused(),
            LeftHold::Bridged | LeftHold::Refused | LeftHold::Left => self.with(&Leg::Caller, Self::goes_on),
        }
    }

    /// The talk with a callee is over: the flow goes on.
    fn talk_over(&mut self, thread: &mut Thread, leg: &Leg) {
        let graph = self.graph;
        let Some(escalation) = self.session.escalation.take() else { return };
        let joined = self.session.legs.iter().filter(|(_, leg)| leg.phase == Phase::Joined);
        let joined: Vec<LegToken> = joined.map(|(token, _)| token.clone()).collect();
        for token in joined {
            self.session.legs.remove(&token);
            self.outcome.effects.push(Effect::End(token));
        }
        // Whoever is being phoned all the same is not needed any more.
        self.abandon_legs();
        let Some((_, escalate)) = escalate_at(graph, escalation.node) else { return };
        let who = escalation.joined.unwrap_or_default();
        self.goes(escalation.node, Way::Joined);
        escalate.bind.iter().for_each(|name| thread.bind(name, who.clone()));
        thread.at = escalate.next;
        self.run(thread, leg);
    }

    /// The provider cannot hold the caller.
    fn refused(&mut self) {
        self.abandon_legs();
        self.give_up_escalation(&Failure::of(FailureKind::Queue));
        self.with(&Leg::Caller, Self::goes_on);
    }

    /// The whole escalation fails; the caller's next question leads to its `else`.
    pub(super) fn give_up_escalation(&mut self, failure: &Failure) {
        let graph = self.graph;
        let Some(escalation) = self.session.escalation.take() else { return };
        let Some((node, _)) = escalate_at(graph, escalation.node) else { return };
        self.with(&Leg::Caller, |machine, thread, _| {
            thread.at = escalation.node;
            if let Go::To(to) = machine.fail(thread, node, failure) {
                thread.at = to;
            }
            thread.state = State::Ready;
        });
    }
}

impl Escalation {
    /// Whether a caller on hold with this visit and round is this escalation's.
    fn is(&self, visit: u32, round: u32) -> bool {
        self.visit == visit && self.held_with == round
    }
}

pub(super) fn escalate_at(graph: &graph::Graph, id: graph::NodeId) -> Option<(&Node, &graph::Escalate)> {
    let node = graph.node(id)?;
    match &node.op {
        Op::Escalate(escalate) => Some((node, escalate)),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from float to integer saturates")]
fn whole(number: f64) -> u32 {
    number as u32
}
