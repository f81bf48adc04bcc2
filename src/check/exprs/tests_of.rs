//! `is none`, `is empty`, `is open`.

use super::super::checker::Checker;
use super::super::exprs::Found;
use super::super::habits;
use super::{Typed, describe};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, Test};
use crate::syntax::tree::{self, ExprKind, Word};
use crate::types::Type;

fn unknown_test(what: &Word) -> Diagnostic {
    const TESTS: [&str; 4] = ["none", "empty", "open", "closed"];
    let meant = habits::value_of(&what.text).or_else(|| nearest(&what.text, TESTS));
    let help = meant.map_or_else(
        || "`is` is followed by `none`, `empty`, `open` or `closed`; values are compared by `==`".to_owned(),
        |word| if TESTS.contains(&word) { format!("write `is {word}`") } else { format!("write `== {word}`") },
    );
    Diagnostic::new(Code::UnknownName, format!("`is {}` asks nothing", what.text)).at(what.span, "").help(help)
}

fn never_empty(of: &tree::Expr, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("{} cannot be empty", describe(of)))
        .at(of.span, ty)
        .help("lists can; whether something is there is asked by `is none`")
}

fn never_absent(of: &tree::Expr, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("{} is never absent", describe(of)))
        .at(of.span, ty)
        .help("leave out the test: only a value of a type with `?` may be absent")
}

fn still_pending(of: &tree::Expr) -> Diagnostic {
    Diagnostic::new(Code::StillPending, format!("{} is not there yet", describe(of)))
        .at(of.span, "pending")
        .help("wait for it: `let … = wait for … every 5s up to 4min else { … }`")
}

fn no_hours(of: &tree::Expr) -> Diagnostic {
    Diagnostic::new(Code::UnknownMusic, format!("{} is no calendar", describe(of)))
        .at(of.span, "")
        .help("`is open` and `is closed` ask one that is declared by `hours`")
}

impl Checker<'_> {
    pub(super) fn is(&mut self, negated: bool, of: &tree::Expr, what: &Word) -> Typed {
        let expr = match what.text.as_str() {
            "none" => self.is_none(negated, of),
            "empty" => self.is_empty(negated, of),
            "open" | "closed" => {
                self.is_open(of);
                return Typed::new(Expr::none(), Type::Unknown);
            }
            _ => {
                self.report.add(unknown_test(what));
                return Typed::unknown();
            }
        };
        Typed::new(if negated { Expr::Not(Box::new(expr)) } else { expr }, Type::Flag)
    }

    /// Nothing found is nothing known: a test for absence turns around what is compared inside.
    fn asked(&mut self, negated: bool, of: &tree::Expr) -> Typed {
        if negated { self.expr(of, None) } else { self.turned(|checker| checker.expr(of, None)) }
    }

    fn is_none(&mut self, negated: bool, of: &tree::Expr) -> Expr {
        if let ExprKind::Name(name) = &of.kind
            && let Found::Secret(id) = self.find(name)
        {
            if let Some(setting) = self.world.setting_by(id).filter(|setting| !setting.ty.may_be_absent()) {
                self.report.add(never_absent(of, &self.show(&setting.ty)));
            }
            return Expr::Not(Box::new(Expr::SecretIsSet(id)));
        }
        let typed = self.asked(negated, of);
        let known = self.flow.facts.is_present(&typed.expr);
        match &typed.ty {
            ty if matches!(ty.present(), Type::Pending(_)) => self.report.add(still_pending(of)),
            Type::Optional(_) | Type::None | Type::Unknown => {}
            // What was tested before is there; asking once more does no harm.
            _ if known => {}
            ty => self.report.add(never_absent(of, &self.show(ty))),
        }
        Expr::Is(Test::None, Box::new(typed.expr))
    }

    fn is_empty(&mut self, negated: bool, of: &tree::Expr) -> Expr {
        let typed = self.asked(negated, of);
        if !matches!(typed.ty.present(), Type::List(..) | Type::Json | Type::Unknown) {
            self.report.add(never_empty(of, &self.show(&typed.ty)));
        }
        Expr::Is(Test::Empty, Box::new(typed.expr))
    }

    /// Calendars are not built; their declaration has been reported.
    fn is_open(&mut self, of: &tree::Expr) {
        let known = matches!(&of.kind, ExprKind::Name(name) if self.world.hours.contains_key(name.as_str()));
        if !known && !self.hazy {
            self.report.add(no_hours(of));
        }
    }
}
