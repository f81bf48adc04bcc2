//! Scenes as wholes: how they may end, and who comes to them.

use super::checker::Checker;
use super::facts::Facts;
use super::frames::{Around, Part, Returns, Unhandled};
use super::report::Report;
use super::room::Room;
use super::spans;
use super::world::{Param, World};
use crate::diagnostic::{Code, Diagnostic};
use crate::program;
use crate::source::Span;
use crate::syntax::tree::{self, ActKind, Block, StepKind};

fn runs_off(scene: &str, span: Span, label: &str) -> Diagnostic {
    Diagnostic::new(Code::RunsOffEnd, format!("the conversation can run off the end of scene `{scene}`"))
        .at(span, label)
        .help("end with `hang up` or `=> scene`; only scenes run by `do` may simply end")
}

fn returns_nothing(scene: &str, ty: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::NoValue, format!("scene `{scene}` can end without the value it returns"))
        .at(span, format!("{ty} is wanted"))
        .help("end every way with `return …`, `=> scene` or `hang up`")
}

fn unused_parameter(param: &Param, of: &str) -> Diagnostic {
    Diagnostic::new(Code::NeverUsed, format!("the parameter `{}` of {of} is never used", param.name))
        .at(param.span, "")
        .help("leave it out")
}

/// A scene; `facts` is what `admit` proves of whoever comes to it.
pub(super) fn check(
    world: &World,
    report: &Report,
    index: usize,
    scene: &tree::Scene,
    facts: &Facts,
) -> program::Scene {
    let Some(refused) = world.scenes.get(index).and_then(|scene| scene.unadmitted) else {
        return body(world, report, index, scene, facts);
    };
    // Of those whom it refused nothing is known.
    let (scene, problems) = report.captured(|| body(world, report, index, scene, &Facts::default()));
    for problem in &problems {
        let about_facts = matches!(problem.code, Code::MayBeAbsent | Code::AbsentComparison);
        let problem = problem.clone();
        report.add(if about_facts {
            problem.at(refused, "those who are not admitted come here, too")
        } else {
            problem
        });
    }
    scene
}

fn body(world: &World, report: &Report, index: usize, scene: &tree::Scene, facts: &Facts) -> program::Scene {
    let mut checker = Checker::new(world, report, Room::CONVERSATION, facts.clone());
    let declared = world.scenes.get(index);
    let params = declared.map(|scene| scene.params.clone()).unwrap_or_default();
    let gives = declared.and_then(|scene| scene.gives.clone());
    let left_for = declared.and_then(|scene| scene.left_for);
    let is_main = scene.name.text == "main";
    checker.frames.around = Around::of(Part::Scene, Unhandled::Rules);
    checker.frames.returns = Some(Returns { gives: gives.clone(), left_for, is_main, head: scene.head });
    let body = checker.scoped(|checker| {
        checker.bind_params(&params, &scene.params);
        let body = checker.block(&scene.body);
        checker.report_unused(&params, &format!("scene `{}`", scene.name.text));
        body
    });
    if checker.flow.live && !checker.hazy {
        let (span, label) = end_of(&scene.body, scene.head);
        if is_main || left_for.is_some() {
            report.add(runs_off(&scene.name.text, span, label));
        } else if let Some(ty) = &gives {
            report.add(returns_nothing(&scene.name.text, &world.show(ty), span));
        }
    }
    let params = params.into_iter().map(|param| (param.name, param.default)).collect();
    program::Scene { name: scene.name.text.as_str().into(), params, body, span: scene.head }
}

impl Checker<'_> {
    /// Binds parameters in front of a body.
    pub(super) fn bind_params(&mut self, params: &[Param], written: &[tree::Param]) {
        for (n, (param, word)) in params.iter().zip(written).enumerate() {
            // Two of the same name have been reported.
            if params.iter().take(n).all(|earlier| earlier.name != param.name) {
                self.bind(&word.name, param.ty.clone(), None);
            }
        }
    }

    /// Warns of parameters that nothing mentions.
    pub(super) fn report_unused(&self, params: &[Param], of: &str) {
        for param in params {
            if !self.locals.is_used(&param.name) {
                self.report.lint(unused_parameter(param, of));
            }
        }
    }
}

/// The step behind which nothing follows, and what to say about it.
fn end_of(body: &Block, head: Span) -> (Span, &'static str) {
    let Some(step) = body.steps.last() else { return (head, "this scene is empty") };
    let label = match &step.kind {
        StepKind::Act { act, .. } => match act.kind {
            ActKind::Dial(_) => "when that call is over, nothing follows",
            ActKind::Escalate(_) => "when they have finished, nothing follows",
            ActKind::Menu(_) => "behind an arm that does not leave, nothing follows",
            ActKind::Wait(_) => "when the waiting is over, nothing follows",
            _ => "nothing follows",
        },
        StepKind::If { .. } | StepKind::Match { .. } => "on a way through this that does not leave, nothing follows",
        _ => "nothing follows",
    };
    (spans::of_step(step), label)
}
