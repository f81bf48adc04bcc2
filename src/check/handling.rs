//! What becomes of failures (section 12 of the language).

use super::checker::Checker;
use super::fails::Fails;
use super::frames::Unhandled;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::types::Type;

fn unhandled(fails: &Fails) -> Diagnostic {
    let (span, what) = fails.from().unwrap_or_default();
    let what = if what.is_empty() { "this".to_owned() } else { format!("`{what}`") };
    Diagnostic::new(Code::UnhandledFailure, format!("nothing handles a failure of {what}"))
        .at(span, format!("may fail: {}", fails.words()))
        .help("add `else { … }` here, or an `on error` rule")
}

fn fallible_handler(span: Span, label: String) -> Diagnostic {
    Diagnostic::new(Code::FallibleHandler, "a handler must not fail itself")
        .at(span, label)
        .help("add `else { … }` here")
}

fn useless_else(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UselessElse, "this `else` is never used")
        .at(span, "what stands before it can neither be absent, fail nor give up")
        .help("leave out the `else`")
}

/// How a step can miss its value.
#[derive(Debug, Clone, Default)]
pub(super) struct Misses {
    /// Failures.
    pub(super) fails: Fails,
    /// Giving up after its tries.
    pub(super) gives_up: bool,
    /// The value may be absent.
    pub(super) absent: bool,
}

impl Misses {
    /// Whether an `else` is told an `error`.
    fn errs(&self) -> bool {
        self.gives_up || !self.fails.is_empty()
    }
}

impl Checker<'_> {
    /// Failures that no `else` handles.
    pub(super) fn settle(&mut self, fails: &Fails) {
        if !fails.count() {
            return;
        }
        match self.around().unhandled {
            Unhandled::Rules if !self.world.rules.on_error => self.report.add(unhandled(fails)),
            Unhandled::Handler(_) => {
                let (span, _) = fails.from().unwrap_or_default();
                self.report.add(fallible_handler(span, format!("may fail: {}", fails.words())));
            }
            Unhandled::Rules | Unhandled::Ends => {}
        }
    }

    /// Failures of what was checked since the last step, which no `else` handles.
    pub(super) fn settle_here(&mut self) {
        let fails = std::mem::take(&mut self.fails);
        self.settle(&fails);
    }

    /// A step without `else`.
    pub(super) fn without_else(&mut self, misses: &Misses, span: Span) {
        self.settle(&misses.fails);
        if misses.gives_up && self.around().unhandled == Unhandled::Handler(true) {
            self.report.add(fallible_handler(span, "may give up".into()));
        }
    }

    /// A step with an `else` that stands at `span`.
    pub(super) fn with_else(&mut self, misses: &Misses, span: Span) {
        if !misses.errs() && !misses.absent {
            self.report.add(useless_else(span));
        }
    }

    /// Binds `error` in an `else`, if there can be one.
    pub(super) fn bind_error(&mut self, misses: &Misses) {
        let Some(error) = self.world.error.clone().filter(|_| misses.errs()) else { return };
        self.bind_given("error", if misses.absent { Type::optional(error) } else { error });
    }
}
