//! `escalate`: find a person for the caller.

use super::super::checker::Checker;
use super::super::exprs::describe;
use super::super::flow::Flow;
use super::super::frames::{Around, Part, Unhandled};
use super::super::handling::Misses;
use super::super::report::Thing;
use super::super::spans::keyword;
use super::super::speech::Counted;
use super::super::unbuilt::unbuilt;
use super::super::walk::{Seen, walk};
use super::super::world::did_you_mean;
use super::{Made, fails};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::Expr;
use crate::failure::FailureKind;
use crate::program::{ActKind, Block, Escalate, LegOutcome};
use crate::source::Span;
use crate::syntax::tree::{self, OutcomeArm, StepKind, Word};
use crate::types::Type;
use crate::value::Value;

fn no_list(list: &tree::Expr, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("{} is no list of people", describe(list)))
        .at(list.span, ty)
        .help("`escalate` walks through a list of records with a field `phone: phone`")
}

fn no_phone(list: &tree::Expr, ty: &str, phone: Option<String>) -> Diagnostic {
    let label = phone.map_or_else(|| "no field `phone`".to_owned(), |ty| format!("its `phone` is {ty}"));
    Diagnostic::new(Code::WrongType, format!("`{ty}` cannot be phoned"))
        .at(list.span, label)
        .help("the elements need a field `phone: phone`")
}

fn unknown_music(word: &Word, near: Option<String>) -> Diagnostic {
    Diagnostic::new(Code::UnknownMusic, format!("unknown music `{}`", word.text))
        .at(word.span, "")
        .help(near.unwrap_or_else(|| format!("declare it: `music {} {{ play \"…\" }}`", word.text)))
}

fn no_music(span: Span) -> Diagnostic {
    Diagnostic::new(Code::NoMusic, "a caller on hold hears nothing").at(span, "").help("add `music NAME`")
}

fn nobody_joined(span: Span, has_part: bool) -> Diagnostic {
    let help = if has_part {
        "let a key join them: `menu \"…\" within 15s, 1 try { any => connect }`"
    } else {
        "ask whoever answers: `callee hears { menu \"…\" within 15s, 1 try { any => connect } }`"
    };
    Diagnostic::new(Code::NobodyJoined, "whoever answers can never be joined with the caller")
        .at(span, "no `connect` in it")
        .help(help)
}

fn phones_nobody(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "this `escalate` phones nobody")
        .at(span, "no person at all")
        .help("write how many people it may phone, or leave out the `up to`")
}

fn outcome_twice(word: &Word, first: Span) -> Diagnostic {
    Diagnostic::new(Code::KeyTwice, format!("the outcome `{}` has two arms", word.text))
        .at(word.span, "again")
        .at(first, "first")
        .help("leave one of them out")
}

fn unknown_outcome(word: &Word) -> Diagnostic {
    let all: Vec<&str> = LegOutcome::NAMED.iter().map(|(word, _)| *word).collect();
    Diagnostic::new(Code::UnknownType, format!("`{}` is no outcome", word.text))
        .at(word.span, "")
        .help(format!("the outcomes are {}", all.join(", ")))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from float to integer saturates")]
fn whole(number: f64) -> u32 {
    number as u32
}

/// Whether a callee's part joins anybody, or has a mistake of its own where it should.
fn connects(part: Option<&tree::Block>) -> bool {
    let mut connects = false;
    if let Some(block) = part {
        walk(block, &mut |seen| {
            connects |= matches!(seen, Seen::Step(step) if matches!(step.kind, StepKind::Connect | StepKind::Goto(_) | StepKind::Bad));
        });
    }
    connects
}

impl Checker<'_> {
    pub(super) fn escalate(&mut self, escalate: &tree::Escalate, span: Span) -> Made {
        let at = keyword(span, "escalate");
        if let Some(span) = escalate.all_at_once {
            unbuilt(self.report, span, "`all at once`");
        }
        if !connects(escalate.callee_hears.as_ref()) && !self.world.incomplete {
            self.report.add(nobody_joined(at, escalate.callee_hears.is_some()));
        }
        let (list, element, people) = self.people(&escalate.list);
        let (most, at_most) = escalate.most.as_ref().map(|most| self.at_most(most)).unzip();
        let bound = people.into_iter().chain(at_most.flatten()).min();
        let ringing = self.ringing(escalate.ringing);
        let music = match &escalate.music {
            None => {
                self.report.add(no_music(at));
                None
            }
            Some(word) => self.music(word),
        };
        let parts = self.scoped(|checker| {
            checker.bind(&escalate.name, element.clone(), None);
            checker.bind_given("round", Type::Number);
            checker.parts(escalate)
        });
        let (caller_hears, callee_hears, outcomes) = parts;
        let kinds = [FailureKind::Nobody, FailureKind::Http, FailureKind::Queue];
        Made {
            kind: Some(ActKind::Escalate(Escalate {
                name: escalate.name.text.as_str().into(),
                list,
                most,
                bound,
                ringing,
                music,
                caller_hears,
                callee_hears,
                outcomes,
            })),
            ty: Some(element),
            misses: Misses { fails: fails(at, "escalate", &kinds), ..Misses::default() },
        }
    }

    /// `up to N`, and how much that is at most.
    fn at_most(&mut self, written: &tree::Expr) -> (Expr, Option<u32>) {
        let typed = self.expr(written, Some(&Type::Number));
        self.require(&typed, &Type::Number, "`up to`", written);
        let most = match (&typed.expr, &typed.ty) {
            (Expr::Literal(Value::Number(most)), _) => {
                if *most < 1.0 {
                    self.report.add(phones_nobody(written.span));
                }
                Some(whole(*most))
            }
            (_, Type::Span { max, .. }) => max.and_then(|max| u32::try_from(max).ok()),
            _ => None,
        };
        (typed.expr, most)
    }

    /// The list, its elements, and how many it has at most.
    fn people(&mut self, written: &tree::Expr) -> (Expr, Type, Option<u32>) {
        let list = self.expr(written, None);
        let list = self.present(list, "`escalate`", written);
        let (element, most) = match &list.ty {
            Type::List(of, length) => (of.as_ref().clone(), length.max),
            Type::Unknown => (Type::Unknown, None),
            other => {
                self.report.add(no_list(written, &self.show(other)));
                (Type::Unknown, None)
            }
        };
        if element != Type::Unknown {
            let phone = self.world.types.field(&element, "phone");
            if !matches!(phone, Some(Type::Phone | Type::Unknown)) {
                let phone = phone.map(|ty| self.show(&ty));
                self.report.add(no_phone(written, &self.show(&element), phone));
            }
        }
        (list.expr, element, most)
    }

    fn music(&mut self, word: &Word) -> Option<usize> {
        self.report.uses(Thing::Music(word.text.as_str().into()));
        let place = self.world.music.get_index_of(word.text.as_str());
        if place.is_none() && !self.world.incomplete {
            let near = did_you_mean(&word.text, self.world.music.keys().map(|name| &**name));
            self.report.add(unknown_music(word, near));
        }
        place
    }

    fn parts(&mut self, escalate: &tree::Escalate) -> (Block, Block, Vec<(Vec<LegOutcome>, Block)>) {
        let caller = escalate.caller_hears.as_ref().map(|block| self.meanwhile(Part::CallerHears, block));
        let callee = escalate.callee_hears.as_ref().map(|block| {
            let start = Flow { pressed: false, ..self.flow.clone() };
            let around = Around::of(Part::CalleeHears, Unhandled::Ends);
            self.branch(start, |checker| checker.inside(around, |checker| checker.block(block))).0
        });
        let mut seen: Vec<(LegOutcome, Span)> = Vec::new();
        let mut outcomes = Vec::new();
        for arm in &escalate.outcomes {
            let named = self.outcomes(arm, &mut seen);
            let may_leave = named
                .iter()
                .all(|outcome| !matches!(outcome, LegOutcome::Accepted | LegOutcome::CallerGone | LegOutcome::Taken));
            let block = self.meanwhile(Part::Outcome(may_leave), &arm.happens.body);
            outcomes.push((named, block));
        }
        (caller.unwrap_or_default(), callee.unwrap_or_default(), outcomes)
    }

    fn outcomes(&mut self, arm: &OutcomeArm, seen: &mut Vec<(LegOutcome, Span)>) -> Vec<LegOutcome> {
        let mut named = Vec::new();
        for word in &arm.outcomes {
            let Some((_, outcome)) = LegOutcome::NAMED.iter().find(|(known, _)| *known == word.text) else {
                self.report.add(unknown_outcome(word));
                continue;
            };
            if *outcome == LegOutcome::Taken {
                unbuilt(self.report, word.span, "`taken`, which belongs to `all at once`,");
            }
            match seen.iter().find(|(known, _)| known == outcome) {
                Some((_, first)) => self.report.add(outcome_twice(word, *first)),
                None => seen.push((*outcome, word.span)),
            }
            named.push(*outcome);
        }
        named
    }

    /// Words that are spoken while phones ring.
    fn meanwhile(&mut self, part: Part, block: &tree::Block) -> Block {
        let start = self.flow.clone();
        let (block, _) = self.branch(start, |checker| {
            checker.without_requests("while phones ring", |checker| {
                checker.part(part, Counted::No, |checker| checker.block(block))
            })
        });
        block
    }
}
