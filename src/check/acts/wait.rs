//! `wait`: until something is there.

use super::super::checker::Checker;
use super::super::exprs::describe;
use super::super::frames::Part;
use super::super::spans::keyword;
use super::super::speech::Counted;
use super::{Made, fails, out_of_range};
use crate::diagnostic::{Code, Diagnostic};
use crate::failure::FailureKind;
use crate::limits::server::MOST_ROUNDS;
use crate::program::{ActKind, Wait};
use crate::source::Span;
use crate::syntax::tree::{self, Time};
use crate::types::Type;

use super::super::handling::Misses;

fn unbounded(span: Span, missing: &str) -> Diagnostic {
    Diagnostic::new(Code::UnboundedWait, format!("this `wait` has no `{missing}`"))
        .at(span, "")
        .help("say how often and how long: `every 5s up to 4min`")
}

fn no_round(every: Span, longest: Span) -> Diagnostic {
    Diagnostic::new(Code::TimeRange, "the time between rounds is longer than the whole `wait`")
        .at(every, "")
        .at(longest, "over by then")
        .help("write a longer `up to`, or look more often")
}

fn there_already(value: &tree::Expr, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("{} needs no waiting", describe(value)))
        .at(value.span, ty)
        .help("`wait for` wants a value that is pending or may be absent")
}

impl Checker<'_> {
    pub(super) fn wait(&mut self, wait: &tree::Wait, span: Span) -> Made {
        let at = keyword(span, "wait");
        // A request that fails in one round counts as "not yet".
        let (value, _) = self.failing(|checker| checker.expr(&wait.value, None));
        let (ty, pending) = match value.ty.present() {
            Type::Pending(of) => (of.present().clone(), true),
            present if value.ty.may_be_absent() => (present.clone(), false),
            Type::Unknown => (Type::Unknown, true),
            other => {
                self.report.add(there_already(&wait.value, &self.show(other)));
                (Type::Unknown, true)
            }
        };
        let (every, longest) = self.times(wait, at);
        let quiet = matches!(self.around().part, Part::Nobody | Part::QuietRounds);
        let part = if quiet { Part::QuietRounds } else { Part::Rounds };
        let start = self.flow.clone();
        let (body, _) = self.branch(start, |checker| {
            checker.scoped(|checker| {
                checker.bind_given("round", Type::Number);
                let counted = if quiet { Counted::No } else { Counted::Yes };
                checker.part(part, counted, |checker| wait.body.as_ref().map(|block| checker.block(block)))
            })
        });
        let kinds: &[FailureKind] =
            if pending { &[FailureKind::Late, FailureKind::Failed] } else { &[FailureKind::Late] };
        Made {
            kind: Some(ActKind::Wait(Wait { value: value.expr, every, longest, body: body.unwrap_or_default() })),
            ty: Some(ty),
            misses: Misses { fails: fails(at, "wait", kinds), ..Misses::default() },
        }
    }

    fn times(&self, wait: &tree::Wait, at: Span) -> (u64, u64) {
        let (Some(every), Some(longest)) = (wait.every, wait.longest) else {
            let missing = match (wait.every, wait.longest) {
                (None, None) => "every … up to …",
                (None, _) => "every …",
                _ => "up to …",
            };
            self.report.add(unbounded(at, missing));
            return (1_000, 1_000);
        };
        self.whole_seconds(every);
        if every.millis > longest.millis {
            self.report.add(no_round(every.span, longest.span));
        }
        if every.millis > 0 && longest.millis > every.millis.saturating_mul(MOST_ROUNDS) {
            self.report.add(out_of_range(longest.span, "this waiting time", "400 rounds"));
        }
        (every.millis, longest.millis)
    }

    fn whole_seconds(&self, every: Time) {
        if every.millis == 0 || !every.millis.is_multiple_of(1_000) {
            self.report.add(out_of_range(every.span, "this time between rounds", "whole seconds"));
        }
    }
}
