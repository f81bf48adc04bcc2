//! What can be handled by an `else`: `send`, `do`, and the steps that wait.

mod announced;
mod dial;
mod escalate;
mod keys;
mod menu;
mod pick;
mod prompted;
mod record;
mod wait;

use super::checker::Checker;
use super::exprs::word_of;
use super::flow::Flow;
use super::frames::Part;
use super::handling::Misses;
use super::spans;
use super::unbuilt::unbuilt;
use super::world::Operation;
use crate::diagnostic::{Code, Diagnostic};
use crate::failure::FailureKind;
use crate::limits::{Range, TWILIO, server};
use crate::program::{Act, ActKind, Hearing};
use crate::source::Span;
use crate::syntax::tree::{self, Target, Time};
use crate::types::Type;

use super::fails::Fails;

fn reads(operation: &Operation, span: Span) -> Diagnostic {
    Diagnostic::new(Code::SendOfRead, format!("`{}` only reads", operation.name))
        .at(span, "")
        .at(operation.span, format!("declared as `{}`", word_of(operation.method)))
        .help(format!("call it without `send`: `let … = {}(…)`", operation.name))
}

fn no_operation(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnknownOperation, "`send` wants an operation of a service")
        .at(span, "")
        .help("write `send service.operation(…)`")
}

/// `range` in words: "1 s to 60 s".
pub(super) fn out_of_range(span: Span, what: &str, range: &str) -> Diagnostic {
    Diagnostic::new(Code::TimeRange, format!("{what} lies outside {range}"))
        .at(span, "")
        .help(format!("write a time within {range}"))
}

fn no_tries(span: Span) -> Diagnostic {
    Diagnostic::new(Code::TimeRange, "a step that listens needs at least one try").at(span, "").help("write `1 try`")
}

fn needs_caller(scene: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::OutOfPlace, format!("`{scene}` needs the caller, who is gone here"))
        .at(span, "")
        .help("run a scene that only asks and sends, without speaking, waiting for keys or leaving")
}

fn scene_waits(scene: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::OutOfPlace, format!("`{scene}` waits, in the block of a `wait`"))
        .at(span, "")
        .help("run a scene that only speaks, asks and sends")
}

/// A checked act.
pub(super) struct Done {
    /// None if it has no meaning; that has been reported.
    pub(super) act: Option<Act>,
    /// The type of its value; none if it has none of its own.
    pub(super) ty: Option<Type>,
    /// How it can miss.
    pub(super) misses: Misses,
    /// Where its `else` begins.
    pub(super) before: Flow,
    /// Whether its arms give the value of a `let`.
    pub(super) arms_give: bool,
}

impl Checker<'_> {
    /// An act; afterwards the conversation is where it ended well. `bound` says that a `let` wants its value.
    pub(super) fn act(&mut self, act: &tree::Act, bound: bool) -> Done {
        let before = self.flow.clone();
        let (made, fails) = self.failing(|checker| checker.act_inside(act, bound));
        let Made { kind, ty, mut misses } = made;
        misses.fails.add(fails);
        let arms_give = matches!(act.kind, tree::ActKind::Menu(_)) || kind.is_none();
        Done { act: kind.map(|kind| Act { span: act.span, kind }), ty, misses, before, arms_give }
    }

    fn act_inside(&mut self, act: &tree::Act, bound: bool) -> Made {
        match &act.kind {
            tree::ActKind::Send { path, args } => self.send(path, args),
            tree::ActKind::Do(target) => self.run(target),
            tree::ActKind::Menu(menu) => self.menu(menu, act.span, bound),
            tree::ActKind::Pick(pick) => self.pick(pick, act.span),
            tree::ActKind::Enter => {
                unbuilt(self.report, spans::of_act(act), "`enter`");
                Made::nothing()
            }
            tree::ActKind::Record(record) => self.record_step(record, act.span, bound),
            tree::ActKind::Wait(wait) => self.wait(wait, act.span),
            tree::ActKind::Escalate(escalate) => self.escalate(escalate, act.span),
            tree::ActKind::Dial(dial) => self.dial(dial, act.span),
        }
    }

    fn send(&mut self, path: &tree::Path, args: &[tree::Expr]) -> Made {
        let [service, operation] = path.words.as_slice() else {
            self.report.add(no_operation(path.span));
            self.loose(args);
            return Made::nothing();
        };
        let Some((id, known)) = self.operation(&service.text, operation, path.span) else {
            self.loose(args);
            return Made::nothing();
        };
        if known.reads {
            self.report.add(reads(known, path.span));
            self.loose(args);
            return Made::nothing();
        }
        let args = self.args(&format!("`{}`", known.name), &known.params, args, path.span);
        let fails = Fails::of(path.span, known.name.to_string(), &known.failures);
        Made {
            kind: Some(ActKind::Send { operation: id, args }),
            ty: known.gives.clone(),
            misses: Misses { fails, ..Misses::default() },
        }
    }

    fn run(&mut self, target: &Target) -> Made {
        let Some((index, args, gives)) = self.target(target) else { return Made::nothing() };
        self.may_run(index, target.span);
        let absent = gives.as_ref().is_some_and(Type::may_be_absent);
        Made {
            kind: Some(ActKind::Do { scene: index, args }),
            ty: gives,
            misses: Misses { absent, ..Misses::default() },
        }
    }

    /// In the block of a `wait`, and where nobody listens, not every scene can be run.
    fn may_run(&self, scene: usize, span: Span) {
        let Some(scene) = self.world.scenes.get(scene) else { return };
        match self.around().part {
            Part::Rounds if scene.waits => self.report.add(scene_waits(&scene.name, span)),
            Part::Nobody | Part::QuietRounds if scene.needs_caller => self.report.add(needs_caller(&scene.name, span)),
            _ => {}
        }
    }

    /// How a step listens: its own words, or those of the file.
    pub(super) fn hearing(&self, hearing: tree::Hearing) -> Hearing {
        if let Some(within) = hearing.within {
            self.in_range(within, TWILIO.listening, "this listening time");
        }
        Hearing {
            within: hearing.within.map_or(self.world.rules.listen.unwrap_or(server::LISTEN), |time| time.millis),
            tries: self.tries(hearing.tries),
        }
    }

    fn tries(&self, tries: Option<tree::Count>) -> u32 {
        if let Some(tries) = tries.filter(|tries| tries.value == 0) {
            self.report.add(no_tries(tries.span));
        }
        tries.map_or(self.world.rules.tries.unwrap_or(server::TRIES), |tries| tries.value)
    }

    /// Reports a time outside of a range.
    pub(super) fn in_range(&self, time: Time, range: Range, what: &str) {
        if !range.holds(time.millis) {
            self.report.add(out_of_range(time.span, what, &in_words(range)));
        }
    }

    /// `ringing D`, by default half a minute.
    fn ringing(&self, ringing: Option<Time>) -> u64 {
        if let Some(time) = ringing {
            self.in_range(time, TWILIO.ringing, "this ringing time");
        }
        ringing.map_or(server::RINGING, |time| time.millis)
    }
}

/// What becomes of an act before its `else` is looked at.
struct Made {
    kind: Option<ActKind>,
    ty: Option<Type>,
    misses: Misses,
}

impl Made {
    /// Something wrong that has been reported; it can end in every way.
    fn nothing() -> Self {
        let misses = Misses { fails: Fails::unknown(), ..Misses::default() };
        Self { kind: None, ty: Some(Type::Unknown), misses }
    }

    fn gives_up(kind: ActKind, ty: Option<Type>) -> Self {
        Self { kind: Some(kind), ty, misses: Misses { gives_up: true, ..Misses::default() } }
    }
}

/// "1 s to 60 s".
fn in_words(range: Range) -> String {
    let words = |millis: u64| {
        if millis.is_multiple_of(1_000) { format!("{} s", millis / 1_000) } else { format!("{millis} ms") }
    };
    format!("{} to {}", words(range.least), words(range.most))
}

/// The failures of a step of the language itself.
fn fails(span: Span, word: &str, kinds: &[FailureKind]) -> Fails {
    Fails::of(span, word, kinds)
}
