//! Which steps may stand where (IVR415, IVR424).

use super::checker::Checker;
use super::frames::Part;
use super::spans;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{ActKind, SourceValue, Step, StepKind};

fn out_of_place(word: &str, span: Span, part: Part) -> Diagnostic {
    if part == Part::CalleeHears {
        return Diagnostic::new(Code::CalleeWanders, format!("`{word}` cannot stand in the callee's part"))
            .at(span, "the caller's conversation cannot be changed from here")
            .help("the callee's part may `say play pause if match let menu pick connect` and `hang up`");
    }
    Diagnostic::new(Code::OutOfPlace, format!("`{word}` cannot stand {}", place(part)))
        .at(span, "")
        .help(format!("what may stand there is `{}`", wanted(part)))
}

fn place(part: Part) -> &'static str {
    match part {
        Part::Scene => "in a scene",
        Part::Rule => "in a rule",
        Part::Repeat => "in `on silence` and `on invalid`",
        Part::Rounds => "in the block of a `wait`",
        Part::CallerHears => "in `caller hears`",
        Part::Outcome(_) => "in this arm of an `escalate`",
        Part::CalleeHears => "in `callee hears`",
        Part::Spoken => "in a `for` that speaks",
        Part::Music => "in music",
        Part::Nobody | Part::QuietRounds => "where nobody listens any more",
    }
}

fn wanted(part: Part) -> &'static str {
    match part {
        Part::Scene | Part::Rule => {
            "say play pause let if match for send do => hang up` and the steps that wait, not `connect yield"
        }
        Part::Repeat | Part::CallerHears | Part::Outcome(false) => "say play pause if match let",
        Part::Outcome(true) => "say play pause if match let =>",
        Part::Rounds => "say play pause if match let send do",
        Part::CalleeHears => "say play pause if match let menu pick connect hang up",
        Part::Spoken => "say play pause if match let for",
        Part::Music => "say play pause",
        Part::Nobody => "let send wait if match do",
        Part::QuietRounds => "let send if match do",
    }
}

impl Checker<'_> {
    /// Whether a step may stand here; reports it if not.
    pub(super) fn may_stand(&self, step: &Step) -> bool {
        let part = self.around().part;
        let bound = match &step.kind {
            StepKind::Let { source, .. } => match &source.value {
                SourceValue::Act(act) if !allows_act(part, &act.kind) => {
                    Some((spans::act_word(&act.kind), spans::of_act(act)))
                }
                _ => None,
            },
            _ if !allows(part, step) => Some((spans::word_of(step), spans::of_step(step))),
            _ => None,
        };
        if let Some((word, span)) = bound {
            self.report.add(out_of_place(word, span, part));
        }
        bound.is_none()
    }

    /// Reports a step that stands outside its place.
    pub(super) fn refuse_step(&self, word: &str, span: Span) {
        self.report.add(out_of_place(word, span, self.around().part));
    }
}

fn allows(part: Part, step: &Step) -> bool {
    match &step.kind {
        StepKind::If { .. } | StepKind::Match { .. } | StepKind::Let { .. } => part != Part::Music,
        // `give` looks for what it belongs to itself.
        StepKind::Bad | StepKind::Give(_) => true,
        StepKind::Keep | StepKind::Retry { .. } => matches!(part, Part::Scene | Part::Rule),
        StepKind::Return(_) => part == Part::Scene,
        StepKind::Say(_) | StepKind::Play(_) | StepKind::Pause(_) => !matches!(part, Part::Nobody | Part::QuietRounds),
        StepKind::For { .. } | StepKind::Speak(_) => matches!(part, Part::Scene | Part::Rule | Part::Spoken),
        StepKind::Goto(_) => matches!(part, Part::Scene | Part::Rule | Part::Outcome(true)),
        StepKind::HangUp { .. } => matches!(part, Part::Scene | Part::Rule | Part::CalleeHears),
        StepKind::Connect => part == Part::CalleeHears,
        StepKind::Yield { .. } => false,
        StepKind::Act { act, .. } => allows_act(part, &act.kind),
    }
}

fn allows_act(part: Part, act: &ActKind) -> bool {
    match part {
        Part::Scene | Part::Rule => true,
        Part::Rounds | Part::QuietRounds => matches!(act, ActKind::Send { .. } | ActKind::Do(_)),
        Part::CalleeHears => matches!(act, ActKind::Menu(_) | ActKind::Pick(_) | ActKind::Enter),
        Part::Nobody => matches!(act, ActKind::Send { .. } | ActKind::Do(_) | ActKind::Wait(_)),
        Part::Repeat | Part::CallerHears | Part::Outcome(_) | Part::Spoken | Part::Music => false,
    }
}
