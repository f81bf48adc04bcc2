//! Steps, and what happens.

use super::Builder;
use crate::source::Span;
use crate::syntax::grammar::{self, Kids, Pair, Rule};
use crate::syntax::tree::{
    Block, Case, Expr, ExprKind, Happens, Otherwise, Pattern, PatternKind, Source, SourceValue, Step, StepKind, Target,
    Word,
};

impl Builder<'_> {
    /// `block`.
    pub(super) fn block(&mut self, pair: Pair<'_>) -> Block {
        let span = self.span(&pair);
        Block { steps: self.steps(Kids::of(pair)), span }
    }

    /// Steps side by side, some of them perhaps not understood.
    pub(super) fn steps(&mut self, kids: Kids<'_>) -> Vec<Step> {
        let mut before = None;
        let mut steps = Vec::new();
        for pair in kids {
            match pair.as_rule() {
                Rule::unclosed => {}
                Rule::bad_step => {
                    let span = self.bad(&pair, before.take(), Rule::after_step, Rule::step);
                    steps.push(Step { span, kind: self.bad_step(&pair, span) });
                }
                _ => {
                    before = Some(pair.as_span().start());
                    steps.push(self.step(pair));
                }
            }
        }
        steps
    }

    /// A step that was not understood: a `let` still binds its name, so that only the `let` is reported.
    fn bad_step(&self, pair: &Pair<'_>, span: Span) -> StepKind {
        let head = grammar::parse(Rule::let_head, pair.as_str()).ok();
        let name = head.and_then(|mut head| Kids::of(head.next()?).next());
        name.map_or(StepKind::Bad, |name| {
            let start = pair.as_span().start() + name.as_span().start();
            let place = self.place(start, start + name.as_str().len());
            let name = Word { text: name.as_str().to_owned(), span: place };
            let value = SourceValue::Expr(bad_expr(span));
            StepKind::Let { name, source: Source { value, otherwise: None, span } }
        })
    }

    /// `step`, or the rule of one kind of step.
    pub(super) fn step(&mut self, pair: Pair<'_>) -> Step {
        let span = self.span(&pair);
        let kind = self.step_kind(pair).unwrap_or_else(|| {
            self.lost(span);
            StepKind::Bad
        });
        Step { span, kind }
    }

    // The kinds with steps inside have functions of their own: this one is on the stack once per level.
    fn step_kind(&mut self, pair: Pair<'_>) -> Option<StepKind> {
        let rule = pair.as_rule();
        let mut kids = Kids::of(pair);
        match rule {
            Rule::step => self.step_kind(kids.next()?),
            Rule::let_ => self.let_step(kids),
            Rule::if_ => self.if_step(kids),
            Rule::match_ => self.match_step(kids),
            Rule::for_ => self.for_step(kids),
            Rule::act | Rule::bare_act => self.act_step(kids),
            Rule::hangup => Some(StepKind::HangUp { then: kids.next().map(|then| self.block(then)) }),
            _ => self.plain_step(rule, kids),
        }
    }

    fn let_step(&mut self, mut kids: Kids<'_>) -> Option<StepKind> {
        let name = self.next_word(&mut kids)?;
        Some(StepKind::Let { name, source: self.source(kids.next()?)? })
    }

    fn if_step(&mut self, mut kids: Kids<'_>) -> Option<StepKind> {
        let condition = self.expr(kids.next()?);
        let then = self.happens(kids.next()?)?;
        let otherwise = match kids.next() {
            Some(next) => Some(self.otherwise_of_if(next)?),
            None => None,
        };
        Some(StepKind::If { condition, then, otherwise })
    }

    fn match_step(&mut self, mut kids: Kids<'_>) -> Option<StepKind> {
        let subject = self.expr(kids.next()?);
        Some(StepKind::Match { subject, cases: self.cases(kids) })
    }

    fn for_step(&mut self, mut kids: Kids<'_>) -> Option<StepKind> {
        let (name, list, condition) = self.binding(&mut kids)?;
        Some(StepKind::For { name, list, condition, body: self.body(kids.next()?) })
    }

    fn act_step(&mut self, mut kids: Kids<'_>) -> Option<StepKind> {
        let act = self.act(kids.next()?)?;
        let otherwise = match kids.next() {
            Some(handler) => Some(self.happens(Kids::of(handler).next()?)?),
            None => None,
        };
        Some(StepKind::Act { act, otherwise })
    }

    /// The kinds without steps inside.
    fn plain_step(&mut self, rule: Rule, mut kids: Kids<'_>) -> Option<StepKind> {
        Some(match rule {
            Rule::say => StepKind::Say(self.text(kids.next()?)?),
            Rule::play => StepKind::Play(self.expr(kids.next()?)),
            Rule::pause => StepKind::Pause(self.time(&kids.next()?)),
            Rule::yield_ => {
                let all = kids.eats(Rule::k_all);
                StepKind::Yield { all, value: self.expr(kids.next()?) }
            }
            Rule::goto => StepKind::Goto(self.target(kids.next()?)?),
            Rule::give => StepKind::Give(self.text(kids.next()?)?),
            Rule::keep => StepKind::Keep,
            Rule::retry | Rule::retry_bare => {
                let name = kids.eat(Rule::name).map(|name| self.word(&name));
                StepKind::Retry { name, times: kids.next().map(|times| self.count(&times)) }
            }
            Rule::return_ | Rule::return_bare => StepKind::Return(kids.next().map(|value| self.expr(value))),
            Rule::speak => StepKind::Speak(self.next_word(&mut kids)?),
            Rule::connect => StepKind::Connect,
            _ => return None,
        })
    }

    /// Behind `for`: a block, or the single step that it repeats.
    fn body(&mut self, pair: Pair<'_>) -> Block {
        if pair.as_rule() == Rule::block {
            return self.block(pair);
        }
        let step = self.step(pair);
        Block { span: step.span, steps: vec![step] }
    }

    /// Behind the `else` of an `if`: what happens, or the next `if`.
    fn otherwise_of_if(&mut self, pair: Pair<'_>) -> Option<Happens> {
        if pair.as_rule() == Rule::happens {
            return self.happens(pair);
        }
        Some(single(self.step(pair)))
    }

    /// `happens`.
    pub(super) fn happens(&mut self, pair: Pair<'_>) -> Option<Happens> {
        let span = self.span(&pair);
        let inner = Kids::of(pair).next()?;
        match inner.as_rule() {
            Rule::short => {
                let step = self.step(Kids::of(inner).next()?);
                Some(Happens { span, ..single(step) })
            }
            Rule::block => Some(Happens { braces: true, body: self.block(inner), span }),
            // The arrow has been reported.
            Rule::extra_arrow => Some(Happens { braces: true, body: self.block(Kids::of(inner).next()?), span }),
            _ => {
                let target = self.target(inner)?;
                let step = Step { span: target.span, kind: StepKind::Goto(target) };
                Some(Happens { span, ..single(step) })
            }
        }
    }

    /// `source`: the right side of `let`.
    fn source(&mut self, pair: Pair<'_>) -> Option<Source> {
        let span = self.span(&pair);
        let mut kids = Kids::of(pair);
        let first = kids.next()?;
        let value = if first.as_rule() == Rule::expr {
            SourceValue::Expr(self.expr(first))
        } else {
            SourceValue::Act(self.act(first)?)
        };
        let otherwise = match kids.next() {
            Some(otherwise) => Some(Box::new(self.otherwise(otherwise)?)),
            None => None,
        };
        Some(Source { value, otherwise, span })
    }

    fn otherwise(&mut self, pair: Pair<'_>) -> Option<Otherwise> {
        let inner = Kids::of(pair).next()?;
        Some(if inner.as_rule() == Rule::happens {
            Otherwise::Happens(self.happens(inner)?)
        } else {
            Otherwise::Source(self.source(inner)?)
        })
    }

    /// `target`.
    pub(super) fn target(&mut self, pair: Pair<'_>) -> Option<Target> {
        let span = self.span(&pair);
        let mut kids = Kids::of(pair);
        let name = self.next_word(&mut kids)?;
        Some(Target { name, args: kids.next().map(|args| self.args(args)), span })
    }

    fn cases(&mut self, kids: Kids<'_>) -> Vec<Case> {
        let mut before = None;
        let mut cases = Vec::new();
        for pair in kids {
            match pair.as_rule() {
                Rule::unclosed => {}
                Rule::bad_case => {
                    let span = self.bad(&pair, before.take(), Rule::after_case, Rule::case);
                    cases.push(Case { patterns: Vec::new(), happens: not_understood(span) });
                }
                _ => {
                    before = Some(pair.as_span().start());
                    let span = self.span(&pair);
                    match self.case(pair) {
                        Some(case) => cases.push(case),
                        None => self.lost(span),
                    }
                }
            }
        }
        cases
    }

    fn case(&mut self, pair: Pair<'_>) -> Option<Case> {
        let mut kids = Kids::of(pair);
        let mut patterns = Vec::new();
        while let Some(pattern) = kids.eat(Rule::pattern) {
            patterns.push(self.pattern(pattern)?);
        }
        Some(Case { patterns, happens: self.happens(kids.next()?)? })
    }

    fn pattern(&mut self, pair: Pair<'_>) -> Option<Pattern> {
        let span = self.span(&pair);
        // `else` says nothing as a node, so that it is the empty pattern.
        let Some(inner) = Kids::of(pair).next() else { return Some(Pattern { span, kind: PatternKind::Else }) };
        let kind = match inner.as_rule() {
            Rule::k_none => PatternKind::None,
            Rule::string => PatternKind::Literal(self.literal(inner)),
            Rule::number => PatternKind::Number(inner.as_str().parse().ok()?),
            _ => PatternKind::Word(inner.as_str().to_owned()),
        };
        Some(Pattern { span, kind })
    }
}

/// A single step behind an arrow.
fn single(step: Step) -> Happens {
    let span = step.span;
    Happens { braces: false, body: Block { steps: vec![step], span }, span }
}

/// What happens at an arm or a case that was not understood.
pub(super) fn not_understood(span: Span) -> Happens {
    single(Step { span, kind: StepKind::Bad })
}

/// An expression that was not understood.
pub(super) fn bad_expr(span: Span) -> Expr {
    Expr { span, kind: ExprKind::Bad }
}
