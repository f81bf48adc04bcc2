//! What a request consists of: path, body, and what its statuses mean.

use super::super::checker::Checker;
use super::super::exprs::Typed;
use super::super::fits::fits;
use super::super::room::Room;
use super::super::slots::Landing;
use super::super::wording::Attempt;
use crate::diagnostic::{Code, Diagnostic};
use crate::eval;
use crate::expr::{Expr, Form};
use crate::program::{BodyKind, Secretive};
use crate::source::Span;
use crate::syntax::tree::{self, ExprKind, Literal};
use crate::types::Type;
use crate::value::Value;

fn must_begin_with_slash(span: Span) -> Diagnostic {
    Diagnostic::new(Code::PathPlace, "the path of an operation begins with `/`")
        .at(span, "")
        .help("write `\"/…\"`, or a setting of type `path` first: `\"{{trigger}}\"`")
}

fn path_not_first(span: Span) -> Diagnostic {
    Diagnostic::new(Code::PathPlace, "a `path` stands first in a URL, or not at all")
        .at(span, "")
        .help("only a setting of type `path` may stand there, and only at the beginning")
}

fn url_in_url(span: Span) -> Diagnostic {
    Diagnostic::new(Code::PathPlace, "a `url` cannot stand inside a URL")
        .at(span, "")
        .help("send it in the body: `json { link: … }`")
}
fn form_body(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "a form is a record").at(span, ty).help("write `form { name: value }`")
}

fn no_body(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "this cannot be sent as JSON")
        .at(span, ty)
        .help("send a value that has a form in JSON")
}

fn no_result(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "this operation gives nothing that a status could stand for")
        .at(span, "")
        .help("write `means none`, or say what the reply holds: `gives … as TYPE`")
}
impl Checker<'_> {
    /// Path and query: every value is encoded; a setting of type `path` may stand first, as it is.
    pub(super) fn path_of(&mut self, literal: &Literal) -> Secretive {
        let attempt = Attempt::of(literal, self.report);
        let starts_with_slot = matches!(literal.pieces.first(), Some(tree::Piece::Slot { .. }));
        let report = self.report;
        let (template, problems) = report.captured(|| self.template(&attempt, Landing::Url));
        let explained = !problems.is_empty() || self.hazy;
        report.add_all(problems);
        let first_is_path = starts_with_slot && template.slots.first().is_some_and(|slot| slot.form == Form::UrlPath);
        let begins = literal.pieces.first().is_some_and(|piece| match piece {
            tree::Piece::Chars { text, .. } => text.starts_with('/') && !text.starts_with("//"),
            tree::Piece::Slot { .. } => first_is_path,
        });
        for (n, (slot, hole)) in template.slots.iter().zip(&attempt.holes).enumerate() {
            if slot.form == Form::UrlPath && !(n == 0 && starts_with_slot) {
                self.report.add(path_not_first(attempt.span_of(hole)));
            }
        }
        if !begins && !explained {
            self.report.add(must_begin_with_slash(literal.span));
        }
        let secrets = self.secrets_in(&template);
        Secretive { template, secrets }
    }

    /// A body; what cannot be sent is said where it stands.
    pub(super) fn body(&mut self, kind: BodyKind, body: &tree::Expr) -> Expr {
        let want = (kind == BodyKind::Json).then_some(Type::Json);
        let typed: Typed = self.expr(body, want.as_ref());
        let typed = self.present(typed, "a body", body);
        match (kind, &typed.ty) {
            (_, Type::Unknown) | (BodyKind::Form, Type::Record(_)) => {}
            (BodyKind::Form, other) => self.report.add(form_body(body.span, &self.show(other))),
            (BodyKind::Json, other) => {
                if fits(&self.world.types, other, &Type::Json).is_err() {
                    self.report.add(no_body(body.span, &self.show(other)));
                }
            }
        }
        typed.expr
    }

    /// The value that stands for a status.
    pub(super) fn meaning(&mut self, value: &tree::Expr, ty: Option<&Type>) -> Value {
        let room = std::mem::replace(&mut self.room, Room::CONSTANT);
        let expr = if let Some(ty) = ty {
            self.expect(value, ty, "the reply")
        } else {
            if !matches!(value.kind, ExprKind::None | ExprKind::Bad) {
                self.report.add(no_result(value.span));
            }
            Expr::none()
        };
        self.room = room;
        eval::constant(&expr).unwrap_or_default()
    }

    /// The form of a `path` or a `url` in a URL; none of other types.
    pub(in super::super) fn url_form(&self, typed: &Typed, span: Span) -> Option<Form> {
        match (&typed.ty, &typed.expr) {
            (Type::Path, Expr::Setting(_)) => Some(Form::UrlPath),
            (Type::Path, _) => {
                self.report.add(path_not_first(span));
                Some(Form::UrlPart)
            }
            (Type::Url, _) => {
                self.report.add(url_in_url(span));
                Some(Form::UrlPart)
            }
            _ => None,
        }
    }
}
