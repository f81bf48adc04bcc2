//! Steps that leave: `=>`, `give`, `keep`, `retry`, `return`, `hang up`, `connect`.

use super::super::checker::Checker;
use super::super::exprs::Typed;
use super::super::fits::join;
use super::super::frames::{Arm, Around, Part, Unhandled};
use super::super::habits;
use super::super::spans::keyword;
use super::super::unbuilt::unbuilt;
use super::super::world::did_you_mean;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::Expr;
use crate::program::StepKind;
use crate::source::Span;
use crate::syntax::tree::{self, Count, Target, Text, Word};
use crate::types::Type;

fn unknown_scene(word: &Word, near: Option<String>) -> Diagnostic {
    let ends = habits::ends_the_call(&word.text).then(|| "write `hang up` to end the call".to_owned());
    Diagnostic::new(Code::UnknownScene, format!("unknown scene `{}`", word.text))
        .at(word.span, "")
        .help(near.or(ends).unwrap_or_else(|| format!("declare it: `scene {} {{ … }}`", word.text)))
}

fn gives_nothing(span: Span) -> Diagnostic {
    Diagnostic::new(Code::OutOfPlace, "`give` has no `let` around it")
        .at(span, "")
        .help("bind the value: `let x = …`, or leave out the `give`")
}

fn given_types(span: Span, this: &str, before: &str) -> Diagnostic {
    Diagnostic::new(Code::BranchTypes, "the values of a `let` have different types")
        .at(span, format!("{this}, elsewhere {before}"))
        .help("give values of one type on every way")
}

fn keeps_nothing(span: Span) -> Diagnostic {
    Diagnostic::new(Code::OutOfPlace, "there is no recording to keep here")
        .at(span, "")
        .help("`keep` stands in an arm of `record`, or of a menu inside it")
}

fn no_target(span: Span, name: Option<&str>) -> Diagnostic {
    let message = match name {
        Some(name) => format!("`retry {name}` does not lead back to a waiting step"),
        None => "`retry` stands in no arm of a waiting step".to_owned(),
    };
    Diagnostic::new(Code::RetryTarget, message)
        .at(span, "")
        .help("it leads back to `menu`, `pick`, `record`, `wait`, `escalate` or `dial`, earlier in the same scene, that every way here has passed")
}

fn unbounded(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnboundedRetry, "this `retry` needs a bound: no key of the caller leads here")
        .at(span, "could go on for ever")
        .help("write `retry up to 3 times`, and behind it what happens then")
}

fn keeps_too_little(span: Span) -> Diagnostic {
    Diagnostic::new(Code::OutOfPlace, "`keep` cannot keep a recording that is too short")
        .at(span, "in the arm `short`")
        .help("write `retry up to 3 times`, and behind it what happens without a recording")
}

fn cannot_return(span: Span, left_for: Span) -> Diagnostic {
    Diagnostic::new(Code::OutOfPlace, "there is nothing to return to here")
        .at(span, "")
        .at(left_for, "left for by `=>` here")
        .help("run the scene by `do`, or end it by `hang up` or `=> scene`")
}

fn main_cannot_return(span: Span) -> Diagnostic {
    Diagnostic::new(Code::OutOfPlace, "`main` has nothing to return to")
        .at(span, "")
        .help("end it by `hang up` or `=> scene`")
}

fn returns_nothing(head: Span, value: Span, ty: Option<&str>) -> Diagnostic {
    let written = ty.unwrap_or("TYPE");
    Diagnostic::new(Code::WrongType, "this scene does not say that it returns a value")
        .at(head, "no type behind it")
        .at(value, ty.unwrap_or("a value"))
        .help(format!("write `-> {written}` in front of its `{{`, or leave out the value behind `return`"))
}

fn returns_value(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::NoValue, "this `return` has no value")
        .at(span, format!("the scene returns {ty}"))
        .help("write `return` and the value")
}

fn never_goes_back(span: Span) -> Diagnostic {
    Diagnostic::new(Code::Unreachable, "this `retry` never goes back")
        .at(span, "no time at all")
        .help("write how often it may, `up to 3 times`, or leave it out")
}

fn unproven(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnprovenHuman, "an answering machine would be connected to the caller")
        .at(span, "reached without a key press")
        .help("ask first: `menu \"Press any key to take the call.\" within 15s, 1 try { any => connect }`")
}

impl Checker<'_> {
    /// The scene of a target with its arguments.
    pub(in super::super) fn target(&mut self, target: &Target) -> Option<(usize, Vec<Expr>, Option<Type>)> {
        let args = target.args.as_deref().unwrap_or_default();
        let world = self.world;
        let Some((index, scene)) = world.scene(&target.name.text) else {
            if !self.world.incomplete {
                let near = did_you_mean(&target.name.text, world.scenes.iter().map(|scene| &*scene.name));
                self.report.add(unknown_scene(&target.name, near));
            }
            self.loose(args);
            return None;
        };
        let args = self.args(&format!("`{}`", scene.name), &scene.params, args, target.span);
        let gives = scene.gives.clone().or(scene.gives_unsaid.map(|_| Type::Unknown));
        Some((index, args, gives))
    }

    pub(super) fn goto(&mut self, target: &Target) -> Option<StepKind> {
        let found = self.target(target);
        self.settle_here();
        self.flow.leave();
        found.map(|(scene, args, _)| StepKind::Goto { scene, args })
    }

    pub(super) fn give(&mut self, text: &Text, span: Span) -> Option<StepKind> {
        let Some(index) = self.around().bound else {
            self.report.add(gives_nothing(keyword(span, "give")));
            return None;
        };
        let want = self.frames.lets.get(index).and_then(|frame| frame.ty.clone());
        let value = self.given(text, want.as_ref());
        self.settle_here();
        let ty = match &want {
            None => value.ty,
            Some(before) => join(&self.world.types, before, &value.ty).unwrap_or_else(|| {
                self.report.add(given_types(text.span(), &self.show(&value.ty), &self.show(before)));
                Type::Unknown
            }),
        };
        let flow = self.flow.clone();
        if let Some(frame) = self.frames.lets.get_mut(index) {
            frame.ty = Some(ty);
            frame.exits.push(flow);
        }
        self.flow.leave();
        Some(StepKind::Give(value.expr))
    }

    /// What is given: a value, so a text in quotes is a text value.
    fn given(&mut self, text: &Text, want: Option<&Type>) -> Typed {
        match text {
            Text::Expr(expr) => self.expr(expr, want),
            Text::Texts(texts) => match texts.tries.as_slice() {
                [literal] => {
                    self.expr(&tree::Expr { span: literal.span, kind: tree::ExprKind::Literal(literal.clone()) }, want)
                }
                literals => {
                    let second = literals.get(1).map_or(texts.span, |literal| literal.span);
                    self.report.add(
                        Diagnostic::new(Code::NothingCounts, "several texts, and nothing counts here")
                            .at(second, "")
                            .help("give one text"),
                    );
                    Typed::unknown()
                }
            },
            Text::Variants(_, span) => {
                unbuilt(self.report, *span, "a text in several languages");
                Typed::unknown()
            }
        }
    }

    pub(super) fn keep(&mut self, span: Span) -> Option<StepKind> {
        let Some(index) = self.around().take else {
            self.report.add(keeps_nothing(span));
            self.flow.leave_doubtfully();
            return None;
        };
        let flow = self.flow.clone();
        self.flow.leave();
        let frame = self.frames.takes.get_mut(index)?;
        if frame.short {
            self.report.add(keeps_too_little(span));
        }
        frame.exits.push(flow);
        Some(StepKind::Keep { record: frame.span })
    }

    pub(super) fn retry(&mut self, name: Option<&Word>, times: Option<&Count>, span: Span) -> Option<StepKind> {
        let target = match name {
            None => self.around().step,
            Some(word) => self.step_of(&word.text),
        };
        if let Some(times) = times.filter(|times| times.value == 0) {
            self.report.add(never_goes_back(times.span));
        }
        let span = times.map_or(span, |_| keyword(span, "retry"));
        if times.is_none() {
            let known = target.is_some() || self.hazy;
            if known && self.around().arm != Arm::Key {
                self.report.add(unbounded(span));
                self.flow.leave_doubtfully();
            } else {
                self.flow.leave();
            }
        }
        if target.is_none() && !self.hazy {
            self.report.add(no_target(span, name.map(|word| word.text.as_str())));
        }
        target.map(|target| StepKind::Retry { target, times: times.map(|times| times.value) })
    }

    /// The waiting step that binds a name: one behind us, or one we are in.
    fn step_of(&mut self, name: &str) -> Option<Span> {
        if let Some(local) = self.locals.get(name) {
            return local.step;
        }
        // Only those around us: a part of its own begins anew.
        let around = self.around().bound?;
        let frames = self.frames.lets.get(..=around)?;
        frames.iter().rev().find(|frame| &*frame.name == name).and_then(|frame| frame.step)
    }

    pub(super) fn return_step(&mut self, value: Option<&tree::Expr>, span: Span) -> Option<StepKind> {
        let returns = self.frames.returns.clone()?;
        let at = keyword(span, "return");
        if returns.is_main {
            self.report.add(main_cannot_return(at));
        } else if let Some(left_for) = returns.left_for {
            self.report.add(cannot_return(at, left_for));
        }
        let value = match (value, &returns.gives) {
            (Some(value), Some(ty)) => Some(self.expect(value, ty, "the scene")),
            (Some(value), None) => {
                let ty = self.expr(value, None).ty;
                if !returns.is_main {
                    let shown = (ty != Type::Unknown && ty != Type::None).then(|| self.show(&ty));
                    self.report.add(returns_nothing(returns.head, value.span, shown.as_deref()));
                }
                // It is one mistake, however often something is returned.
                if let Some(returns) = &mut self.frames.returns {
                    returns.gives = Some(Type::Unknown);
                }
                None
            }
            (None, Some(ty)) if *ty != Type::Unknown => {
                self.report.add(returns_value(at, &self.show(ty)));
                None
            }
            (None, _) => None,
        };
        self.settle_here();
        self.flow.leave();
        Some(StepKind::Return(value))
    }

    pub(super) fn hang_up(&mut self, then: Option<&tree::Block>) -> StepKind {
        let then = then.map(|block| {
            if self.around().part == Part::CalleeHears {
                self.refuse_step("hang up then", keyword(block.span, "{"));
            }
            let around = Around::of(Part::Nobody, Unhandled::Ends);
            let start = self.flow.clone();
            self.branch(start, |checker| checker.inside(around, |checker| checker.block(block))).0
        });
        self.flow.leave();
        StepKind::HangUp { then }
    }

    pub(super) fn connect(&mut self, span: Span) -> StepKind {
        if self.flow.live && !self.flow.pressed {
            self.report.add(unproven(span));
        }
        self.flow.leave();
        StepKind::Connect
    }
}
