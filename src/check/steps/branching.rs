//! `if`, `match`, `for`.

use super::super::checker::Checker;
use super::super::exprs::{constant_text, describe};
use super::super::flow::Flow;
use super::super::frames::{Around, Part};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, Matcher};
use crate::program::{Block, StepKind};
use crate::source::Span;
use crate::syntax::tree::{self, Case, Happens, Pattern, PatternKind, Word};
use crate::types::{Name, Type};
use crate::value::Value;

fn case_never(span: Span) -> Diagnostic {
    Diagnostic::new(Code::Unreachable, "this case can never be reached")
        .at(span, "taken by a case above")
        .help("leave it out, or move it up")
}

fn no_such_value(pattern: &str, span: Span, of: &str, values: &[Name]) -> Diagnostic {
    let list: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    let help = nearest(pattern, values.iter().map(|value| &**value))
        .map_or_else(|| format!("its values are {}", list.join(", ")), |near| format!("did you mean `{near}`?"));
    Diagnostic::new(Code::UnknownType, format!("`{pattern}` is no value of `{of}`")).at(span, "").help(help)
}

fn pattern_type(span: Span, subject: &str, help: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "this case can never fit").at(span, format!("{subject} is looked at")).help(help)
}

fn not_matched(subject: &tree::Expr, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("`match` cannot look at {}", describe(subject)))
        .at(subject.span, ty)
        .help("it looks at values of enums, texts and numbers")
}

fn missing_cases(subject: &tree::Expr, missing: &[String]) -> Diagnostic {
    let list = missing.join(", ");
    Diagnostic::new(Code::MissingArm, format!("{} may be {list}, which no case handles", describe(subject)))
        .at(subject.span, format!("no case for {list}"))
        .help(format!("add a case `{} => …`, or `else => …`", missing.first().map_or("", String::as_str)))
}

impl Checker<'_> {
    pub(super) fn if_step(&mut self, condition: &tree::Expr, then: &Happens, otherwise: Option<&Happens>) -> StepKind {
        let condition = self.condition(condition);
        self.settle_here();
        let mut start = self.flow.clone();
        start.facts.assume(&condition, true);
        let (yes, after_yes) = self.branch(start, |checker| checker.happens(then));
        let mut start = self.flow.clone();
        start.facts.assume(&condition, false);
        let (no, after_no) =
            self.branch(start, |checker| otherwise.map(|happens| checker.happens(happens)).unwrap_or_default());
        self.flow = after_yes.join(after_no);
        StepKind::If { condition, yes, no }
    }

    pub(super) fn match_step(&mut self, subject: &tree::Expr, cases: &[Case]) -> StepKind {
        let typed = self.expr(subject, None);
        self.settle_here();
        let (cases, exhaustive) =
            self.cases(subject, &typed.expr, &typed.ty, cases, |checker, case| checker.happens(&case.happens));
        StepKind::Match { subject: typed.expr, cases, exhaustive }
    }

    /// Cases in order, each with what `body` makes of it, and whether one of them always fits.
    pub(in super::super) fn cases<T>(
        &mut self,
        written: &tree::Expr,
        subject: &Expr,
        ty: &Type,
        cases: &[Case],
        mut body: impl FnMut(&mut Self, &Case) -> T,
    ) -> (Vec<(Vec<Matcher>, T)>, bool) {
        let looks = matches!(
            ty.present(),
            Type::Enum(_) | Type::Text | Type::Number | Type::Span { .. } | Type::Phone | Type::Unknown
        );
        if !looks {
            self.report.add(not_matched(written, &self.show(ty)));
        }
        let ty = if looks { ty.clone() } else { Type::Unknown };
        let mut seen: Vec<Value> = Vec::new();
        let mut rest = self.flow.clone();
        let mut ends: Vec<Flow> = Vec::new();
        let mut arms = Vec::new();
        let (mut closed, mut misread) = (false, false);
        for case in cases {
            let (matchers, values) = self.matchers(&case.patterns, &ty, &seen, closed);
            let mut start = rest.clone();
            if !matchers.contains(&Matcher::Anything) && !values.is_empty() {
                start.facts.assume_one_of(subject, &values);
            }
            let (arm, end) = self.branch(start, |checker| body(checker, case));
            ends.push(end);
            // A case that means nothing may be the one that is missed.
            misread |= matchers.len() < case.patterns.len();
            closed |= matchers.contains(&Matcher::Anything);
            rest.facts.assume_none_of(subject, &values);
            seen.extend(values);
            arms.push((matchers, arm));
        }
        let exhaustive = closed || misread || self.exhausts(written, subject, &ty, &seen);
        if exhaustive {
            rest.leave();
        }
        ends.push(rest);
        self.flow = Flow::join_all(ends, &self.flow);
        (arms, exhaustive)
    }

    fn matchers(&self, patterns: &[Pattern], ty: &Type, seen: &[Value], closed: bool) -> (Vec<Matcher>, Vec<Value>) {
        let (mut matchers, mut values): (Vec<Matcher>, Vec<Value>) = (Vec::new(), Vec::new());
        for pattern in patterns {
            let value = match self.pattern(pattern, ty) {
                Some(Matcher::Anything) => None,
                Some(Matcher::Absent) => Some(Value::None),
                Some(Matcher::Equal(value)) => Some(value),
                None => continue,
            };
            let taken = closed || value.as_ref().is_some_and(|value| seen.contains(value) || values.contains(value));
            if taken {
                self.report.add(case_never(pattern.span));
            }
            matchers.push(match value {
                None => Matcher::Anything,
                Some(Value::None) => {
                    values.push(Value::None);
                    Matcher::Absent
                }
                Some(value) => {
                    values.push(value.clone());
                    Matcher::Equal(value)
                }
            });
        }
        (matchers, values)
    }

    /// What a pattern means; none if it is wrong.
    fn pattern(&self, pattern: &Pattern, ty: &Type) -> Option<Matcher> {
        let wrong = |help: &str| {
            self.report.add(pattern_type(pattern.span, &self.show(ty), help));
            None
        };
        let values = self.world.types.values(ty);
        match (&pattern.kind, ty.present()) {
            (PatternKind::Else, _) => Some(Matcher::Anything),
            (PatternKind::None, _) if ty.may_be_absent() || *ty == Type::Unknown => Some(Matcher::Absent),
            (PatternKind::None, _) => wrong("it is never absent: leave the case out"),
            (_, Type::Unknown) => None,
            (PatternKind::Word(word), Type::Enum(_)) => {
                let value = values.iter().find(|value| &***value == word);
                if value.is_none() {
                    self.report.add(no_such_value(word, pattern.span, &self.show(ty.present()), &values));
                }
                value.map(|value| Matcher::Equal(Value::Text(value.clone())))
            }
            (PatternKind::Word(_), _) => wrong("write a text in quotes"),
            (PatternKind::Number(number), Type::Number | Type::Span { .. }) => {
                Some(Matcher::Equal(Value::Number(*number)))
            }
            (PatternKind::Literal(literal), other) => match (literal.plain(), other) {
                (Some(text), Type::Text) => Some(Matcher::Equal(Value::text(text))),
                (Some(text), Type::Phone) => match constant_text(&text, &Type::Phone) {
                    Some(Ok(value)) => Some(Matcher::Equal(value)),
                    _ => wrong("this is no telephone number"),
                },
                (None, _) => wrong("a case is a constant: write it without slots"),
                (Some(_), Type::Enum(_)) => wrong("write the value without quotes"),
                _ => wrong("write a value of its type"),
            },
            (PatternKind::Number(_), _) => wrong("write a value of its type"),
        }
    }

    /// Whether every value of an enum has its case; reports those that have none.
    fn exhausts(&self, written: &tree::Expr, subject: &Expr, ty: &Type, seen: &[Value]) -> bool {
        let Type::Enum(_) = ty.present() else { return false };
        let values = self.flow.facts.possible(subject, self.world.types.values(ty));
        let handled = |value: &Name| seen.contains(&Value::Text(value.clone()));
        let mut missing: Vec<String> = values.iter().filter(|value| !handled(value)).map(ToString::to_string).collect();
        if ty.may_be_absent() && !seen.contains(&Value::None) {
            missing.push("none".into());
        }
        if !missing.is_empty() {
            self.report.add(missing_cases(written, &missing));
        }
        true
    }

    /// A `for` that speaks.
    pub(super) fn for_step(
        &mut self,
        name: &Word,
        list: &tree::Expr,
        condition: Option<&tree::Expr>,
        body: &tree::Block,
    ) -> StepKind {
        self.without_requests("in a `for` that speaks", |checker| checker.speak_each(name, list, condition, body))
    }

    fn speak_each(
        &mut self,
        name: &Word,
        list: &tree::Expr,
        condition: Option<&tree::Expr>,
        body: &tree::Block,
    ) -> StepKind {
        let (list, element, most) = self.walked(list);
        let around = Around { part: Part::Spoken, step: None, take: None, bound: None, ..self.around() };
        let start = self.flow.clone();
        let ((condition, body), _) = self.branch(start, |checker| {
            checker.scoped(|checker| {
                checker.bind(name, element, None);
                let condition = condition.map(|condition| checker.condition(condition));
                if let Some(condition) = &condition {
                    checker.flow.facts.assume(condition, true);
                }
                let body: Block = checker.inside(around, |checker| checker.block(body));
                (condition, body)
            })
        });
        StepKind::For { name: name.text.as_str().into(), list, most, condition, body }
    }
}
