//! Running nodes until something is waited for.

use super::effect::{Effect, Entry, ServiceRequest};
use super::event::{Leg, RequestId};
use super::session::{Back, Frame, Gone, State, Thread};
use super::turn::Then;
use super::work::World;
use super::{Machine, speech};
use crate::eval::{self, Context, Evaluated, Scope, Stop};
use crate::expr::{Expr, Matcher, OperationId};
use crate::failure::{Failure, FailureKind};
use crate::graph::ways::{self, Way};
use crate::graph::{Counting, MAIN, Node, NodeId, Op, RuleKind};
use crate::limits::server::{MOST_ERRORS, MOST_NODES};
use crate::types::Name;
use crate::value::{Fields, Value};

/// What the names of a call may hold, in bytes.
const MOST_VARIABLES: usize = 64 * 1024;

/// What follows a node.
pub(super) enum Go {
    /// This node.
    To(NodeId),
    /// The leg is told what it hears and what is expected.
    Turn(Then),
    /// Something is waited for, or nothing follows.
    Rest,
}

impl Machine<'_> {
    /// Runs the conversation from its node until it waits for something.
    pub(super) fn run(&mut self, thread: &mut Thread, leg: &Leg) {
        thread.state = State::Ready;
        for _ in 0..MOST_NODES {
            let graph = self.graph;
            let Some(node) = graph.node(thread.at) else {
                thread.at = graph.apology;
                continue;
            };
            match self.node(thread, leg, node) {
                Go::To(next) => {
                    thread.work.clear();
                    thread.at = next;
                }
                Go::Turn(then) => {
                    thread.work.clear();
                    self.prune(thread, node);
                    return self.tell(thread, leg, then);
                }
                Go::Rest => return,
            }
        }
        // Only what is spoken about every element of lists from outside can be that long: the call ends.
        thread.end();
        if *leg == Leg::Caller {
            self.session.gone.get_or_insert(Gone { at: self.at, hung_up: false, rule_done: true });
        }
        let heard = speech::alone(self.graph, &self.graph.sorry);
        self.outcome.turns.push((leg.clone(), super::Turn { heard, then: Then::HangUp }));
    }

    fn node(&mut self, thread: &mut Thread, leg: &Leg, node: &Node) -> Go {
        // Without the caller nothing is waited for that nothing is sent after.
        let pointless = matches!(&node.op, Op::Wait(wait) if !wait.goes_on);
        if (node.op.needs_caller() || pointless) && *leg == Leg::Caller && self.caller_gone() {
            return self.without_caller(thread, leg, node);
        }
        self.perform(thread, leg, node).unwrap_or_else(|go| go)
    }

    /// Runs one node. The error side is a detour: a failure's edge, or rest while replies are missing.
    pub(super) fn perform(&mut self, thread: &mut Thread, leg: &Leg, node: &Node) -> Result<Go, Go> {
        Ok(match &node.op {
            Op::Say { words, counting, next } => {
                let n = match counting {
                    Counting::Nothing => 1,
                    Counting::Failures | Counting::Rounds => thread.tries(),
                };
                self.say(thread, leg, node, words, n, Fields::new())?;
                self.on(thread, Way::Next, *next)
            }
            Op::Play { url, next } => {
                let url = self.value(thread, node, url)?;
                self.play(thread, leg, &url);
                self.on(thread, Way::Next, *next)
            }
            Op::Pause { millis, next } => {
                self.pause(thread, leg, *millis);
                self.on(thread, Way::Next, *next)
            }
            Op::Let { bind, value, next, absent } => {
                let value = self.value(thread, node, value)?;
                self.room_for(thread, node, &value)?;
                match absent {
                    Some(absent) if value.is_none() => {
                        thread.bind(&"error".into(), Value::None);
                        self.on(thread, Way::Absent, *absent)
                    }
                    _ => {
                        bind.iter().for_each(|name| thread.bind(name, value.clone()));
                        self.on(thread, Way::Next, *next)
                    }
                }
            }
            Op::Branch { condition, yes, no } => {
                let holds = self.value(thread, node, condition)? == Value::Flag(true);
                if holds { self.on(thread, Way::Yes, *yes) } else { self.on(thread, Way::No, *no) }
            }
            Op::Match { subject, cases, otherwise, .. } => {
                let subject = self.value(thread, node, subject)?;
                let fits =
                    |(matchers, _): &(Vec<Matcher>, NodeId)| matchers.iter().any(|matcher| matcher.fits(&subject));
                match cases.iter().enumerate().find(|(_, case)| fits(case)) {
                    Some((n, (_, to))) => self.on(thread, Way::Case(ways::nth(n)), *to),
                    None => self.on(thread, Way::Otherwise, *otherwise),
                }
            }
            Op::For { name, list, rest, body, next, .. } => {
                self.for_each(thread, node, (name, list, rest), (*body, *next))?
            }
            Op::Send { operation, args, .. } => self.send(thread, node, *operation, args)?,
            Op::Do { scene, args, bind, next, absent } => {
                let back = Back { from: thread.at, bind: bind.clone(), next: *next, absent: *absent };
                self.enter(thread, leg, node, (*scene, args), Some(back))?
            }
            Op::Jump { scene, args } => self.enter(thread, leg, node, (*scene, args), None)?,
            Op::Return { value } => self.come_back(thread, node, value.as_ref())?,
            Op::Rule { kind, next } => self.rule(thread, leg, *kind, *next),
            Op::Retry { most, to, then } => self.retry(thread, leg, *most, *to, *then),
            Op::Menu(menu) => self.menu(thread, leg, node, menu)?,
            Op::Pick(pick) => self.pick(thread, leg, node, pick)?,
            Op::Again => self.again(thread, leg)?,
            Op::Record(record) => self.record(thread, leg, node, record)?,
            Op::Keep { record } => self.keep(thread, leg, *record),
            Op::Wait(wait) => self.wait(thread, node, wait)?,
            Op::Round => self.round(thread),
            Op::Escalate(escalate) => self.escalate(thread, node, escalate)?,
            Op::Hold => self.hold(thread),
            Op::NextLeg => self.next_leg(thread)?,
            Op::Joined => Go::Turn(Then::Nothing),
            Op::Connect => self.connect(thread, leg),
            Op::LegOver(outcome) => self.leg_over(thread, leg, *outcome),
            Op::Dial { number, ringing, keys, star_drops, .. } => {
                self.dial(thread, node, number, *ringing, keys.as_ref(), *star_drops)?
            }
            Op::HangUp { then } => self.hang_up(thread, leg, *then),
            Op::End => self.end(thread),
        })
    }

    /// Goes on to a node, and notes which way.
    pub(super) fn on(&mut self, thread: &Thread, way: Way, to: NodeId) -> Go {
        self.goes(thread.at, way);
        Go::To(to)
    }

    // ---- expressions --------------------------------------------------------------------------------------------

    /// The value of an expression; if it fails, where that leads; if replies are missing, rest.
    pub(super) fn value(&mut self, thread: &mut Thread, node: &Node, expr: &Expr) -> Result<Value, Go> {
        let result = self.try_value(thread, expr);
        self.resolved(thread, node, result)
    }

    /// The value of an expression as it stands.
    pub(super) fn try_value(&self, thread: &Thread, expr: &Expr) -> Evaluated {
        self.in_context(thread, |scope, context| eval::evaluate(expr, scope, context))
    }

    /// Works with the names of the current scene and everything else an expression can refer to.
    pub(super) fn in_context<T>(&self, thread: &Thread, work: impl FnOnce(&Scope<'_>, &Context<'_>) -> T) -> T {
        let world = World { graph: self.graph, work: &thread.work, at: self.at };
        let context = Context {
            settings: &self.graph.settings,
            call: Some(&self.session.call),
            now: self.session.now,
            zone: &self.graph.zone,
            outside: &world,
        };
        let scope = thread.frames.last().map_or_else(Scope::default, |frame| Scope::over(&frame.vars));
        work(&scope, &context)
    }

    /// What an evaluation's result means for the conversation.
    pub(super) fn resolved<T>(&mut self, thread: &mut Thread, node: &Node, result: Evaluated<T>) -> Result<T, Go> {
        match result {
            Ok(value) => Ok(value),
            Err(Stop::Failed(failure)) => Err(self.fail(thread, node, &failure)),
            Err(Stop::Waiting) => {
                self.ask(thread);
                thread.silent.get_or_insert(self.at);
                if thread.state != State::Working {
                    thread.state = State::Working;
                    self.prune(thread, node);
                }
                Err(Go::Rest)
            }
        }
    }

    /// Lets the requests go that an evaluation is missing.
    fn ask(&mut self, thread: &mut Thread) {
        let requests = &mut self.session.requests;
        let next = thread.work.next(self.at, self.session.now, || {
            *requests += 1;
            RequestId(*requests)
        });
        if !next.is_empty() {
            self.outcome.effects.push(Effect::Fetch(next));
        }
    }

    /// Where a failure leads; `error` is bound there.
    pub(super) fn fail(&mut self, thread: &mut Thread, node: &Node, failure: &Failure) -> Go {
        let from = failure.from.clone().unwrap_or_else(|| node.name.clone());
        self.log(Entry::Failed {
            node: node.name.to_string(),
            kind: failure.kind,
            status: failure.status,
            from: from.to_string(),
        });
        thread.bind(&"error".into(), failure.to_value());
        // What fails while a `wait` speaks does not end the visit of the `wait`.
        if thread.visit.as_ref().is_some_and(|visit| visit.node == thread.at) {
            thread.visit = None;
        }
        let way = match failure.kind {
            FailureKind::Late => Way::Late,
            FailureKind::Nobody => Way::Nobody,
            _ => Way::Failed,
        };
        self.on(thread, way, node.failed)
    }

    /// Keeps only what the node and the scenes around it can still see, and the step that has not been left yet (what
    /// is said between two of its tries sees nothing by itself).
    fn prune(&self, thread: &mut Thread, node: &Node) {
        let step = thread.visit.as_ref().and_then(|visit| self.graph.node(visit.node));
        let mut around = Some(node);
        for frame in thread.frames.iter_mut().rev() {
            let Some(node) = around else { break };
            let seen = |name: &Name| node.scope.contains(name) || step.is_some_and(|step| step.scope.contains(name));
            frame.vars.retain(|name, _| seen(name));
            around = frame.back.as_ref().and_then(|back| self.graph.node(back.from));
        }
    }

    /// Whether one more value can be kept; otherwise the failure `budget`.
    pub(super) fn room_for(&mut self, thread: &mut Thread, node: &Node, value: &Value) -> Result<(), Go> {
        if fits(thread, value) { Ok(()) } else { Err(self.fail(thread, node, &Failure::of(FailureKind::Budget))) }
    }

    /// Leaves the step that the conversation is at, whatever it was doing there.
    pub(super) fn leave_step(&mut self, thread: &mut Thread, leg: &Leg) {
        thread.work.clear();
        thread.visit = None;
        if *leg == Leg::Caller && self.session.escalation.take().is_some() {
            self.abandon_legs();
        }
    }

    // ---- scenes -------------------------------------------------------------------------------------------------

    fn enter(
        &mut self,
        thread: &mut Thread,
        leg: &Leg,
        node: &Node,
        (scene, args): (usize, &[Expr]),
        back: Option<Back>,
    ) -> Result<Go, Go> {
        let list = self.values(thread, node, args)?;
        self.room_for(thread, node, &Value::list(list.clone()))?;
        let Some(scene) = self.graph.scenes.get(scene) else { return Ok(Go::To(self.graph.apology)) };
        let vars: Fields = scene.params.iter().cloned().zip(list).collect();
        if back.is_none() {
            self.leave_step(thread, leg);
            thread.frames.clear();
        }
        if *leg == Leg::Caller && &*scene.name == MAIN {
            self.session.admitted = true;
        }
        // A scene run by `do` may be one that speaks while a `wait` goes on: its visit stays.
        thread.frames.push(Frame { vars, back, ..Frame::default() });
        Ok(self.on(thread, Way::Enter, scene.entry))
    }

    fn values(&mut self, thread: &mut Thread, node: &Node, exprs: &[Expr]) -> Result<Vec<Value>, Go> {
        let result = self.in_context(thread, |scope, context| eval::all(exprs, scope, context));
        self.resolved(thread, node, result)
    }

    fn come_back(&mut self, thread: &mut Thread, node: &Node, value: Option<&Expr>) -> Result<Go, Go> {
        let value = value.map_or(Ok(Value::None), |value| self.value(thread, node, value))?;
        self.room_for(thread, node, &value)?;
        let Some(back) = thread.frames.pop().and_then(|frame| frame.back) else { return Ok(self.end(thread)) };
        Ok(match back.absent {
            Some(absent) if value.is_none() => {
                thread.bind(&"error".into(), Value::None);
                self.goes(back.from, Way::Absent);
                Go::To(absent)
            }
            _ => {
                back.bind.iter().for_each(|name| thread.bind(name, value.clone()));
                self.goes(back.from, Way::Next);
                Go::To(back.next)
            }
        })
    }

    /// Every scene in progress is forgotten; `on error` keeps the error, and does not go on for ever.
    fn rule(&mut self, thread: &mut Thread, leg: &Leg, kind: RuleKind, next: NodeId) -> Go {
        let name: Name = "error".into();
        let kept = thread.frames.last().and_then(|frame| frame.vars.get(&name)).cloned();
        self.leave_step(thread, leg);
        thread.frames.clear();
        if kind != RuleKind::Own && !self.session.admitted {
            // No rule of the file leads anybody past `admit`.
            return Go::To(self.graph.apology);
        }
        if kind != RuleKind::Error {
            return self.on(thread, Way::Next, next);
        }
        self.session.errors_in_a_row += 1;
        if self.session.errors_in_a_row >= MOST_ERRORS {
            return Go::To(self.graph.apology);
        }
        thread.bind(&name, kept.unwrap_or_default());
        self.on(thread, Way::Next, next)
    }

    fn retry(&mut self, thread: &mut Thread, leg: &Leg, most: Option<u32>, to: NodeId, then: NodeId) -> Go {
        let needs_caller = self.graph.node(to).is_some_and(|node| node.op.needs_caller());
        if *leg == Leg::Caller && self.caller_gone() && needs_caller {
            // Nobody is there to try again: a bound counts as used up, and without one nothing follows.
            return if most.is_some() { self.on(thread, Way::UsedUp, then) } else { self.end(thread) };
        }
        let at = thread.at;
        let Some(most) = most else { return self.on(thread, Way::Again, to) };
        let Some(frame) = thread.frames.last_mut() else { return Go::To(then) };
        let used = frame.retries.entry(at).or_default();
        if *used >= most {
            return self.on(thread, Way::UsedUp, then);
        }
        *used += 1;
        self.on(thread, Way::Again, to)
    }

    fn for_each(
        &mut self,
        thread: &mut Thread,
        node: &Node,
        (name, list, rest): (&Name, &Expr, &Name),
        (body, next): (NodeId, NodeId),
    ) -> Result<Go, Go> {
        let begun = thread.frames.last().and_then(|frame| frame.vars.get(rest)).cloned();
        let mut items = match begun {
            Some(items) => items,
            None => self.value(thread, node, list)?,
        }
        .elements();
        if items.is_empty() {
            if let Some(frame) = thread.frames.last_mut() {
                frame.vars.shift_remove(rest);
                frame.vars.shift_remove(name);
            }
            return Ok(self.on(thread, Way::Next, next));
        }
        let item = items.remove(0);
        thread.bind(name, item);
        thread.bind(rest, Value::list(items));
        Ok(self.on(thread, Way::Each, body))
    }

    // ---- what changes the world ---------------------------------------------------------------------------------

    fn send(&mut self, thread: &mut Thread, node: &Node, operation: OperationId, args: &[Expr]) -> Result<Go, Go> {
        let args = self.values(thread, node, args)?;
        self.session.requests += 1;
        self.session.sends += 1;
        let id = RequestId(self.session.requests);
        let key = format!("{}/{}/{}", self.session.call.sid, node.name, self.session.sends);
        let request = ServiceRequest { id, operation, args, now: self.session.now, key: Some(key) };
        thread.work.clear();
        thread.work.begin(self.at);
        thread.silent.get_or_insert(self.at);
        thread.state = State::Sending { id, key: None };
        self.prune(thread, node);
        self.outcome.effects.push(Effect::Fetch(vec![request]));
        Err(Go::Rest)
    }

    /// The reply to the `send` this conversation is at.
    pub(super) fn sent(&mut self, thread: &mut Thread, leg: &Leg, result: Result<Value, Failure>) {
        let graph = self.graph;
        let Some(node) = graph.node(thread.at) else { return self.run(thread, leg) };
        let State::Sending { key, .. } = thread.state else { return };
        let Op::Send { operation, bind, next, .. } = &node.op else { return };
        let here = thread.at;
        // It has happened, but what came back cannot be kept.
        let too_large = Failure::of(FailureKind::Reply);
        let result = result.and_then(|value| if fits(thread, &value) { Ok(value) } else { Err(too_large) });
        let name = graph.operations.get(usize::from(operation.0)).map(|o| o.name.to_string()).unwrap_or_default();
        let failure = result.as_ref().err();
        self.log(Entry::Sent {
            node: node.name.to_string(),
            operation: name,
            failure: failure.map(|failure| failure.kind),
            status: failure.and_then(|failure| failure.status),
        });
        thread.work.clear();
        thread.at = match result {
            Ok(value) => {
                bind.iter().for_each(|name| thread.bind(name, value.clone()));
                self.goes(here, Way::Next);
                *next
            }
            Err(failure) => match self.fail(thread, node, &failure) {
                Go::To(to) => to,
                _ => graph.apology,
            },
        };
        if let Some(to) = key.and_then(|key| self.anywhere(leg, key)) {
            thread.said.clear();
            thread.at = to;
        }
        self.run(thread, leg);
    }
}

/// Whether one more value can be kept.
fn fits(thread: &Thread, value: &Value) -> bool {
    value.size().saturating_add(thread.size()) <= MOST_VARIABLES
}
