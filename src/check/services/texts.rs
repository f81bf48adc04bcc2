//! Credentials and headers: the texts in which secrets may stand.

use super::super::checker::Checker;
use super::super::slots::Landing;
use super::super::wording::Attempt;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, Form, SettingId, Slot, Template};
use crate::limits::server;
use crate::program::{Credentials, Secretive};
use crate::source::Span;
use crate::syntax::tree::{self, ExprKind, Literal, ServiceOption};
use crate::template::Pattern;
use crate::types::{Name, Type};

fn header_value(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "a header or a credential is a text, a setting or a secret")
        .at(span, "")
        .help("write a literal, a setting, a secret, or a string whose `{{…}}` name only these")
}

fn header_name(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "this is no name of a header")
        .at(span, "")
        .help("letters, digits and hyphens: \"User-Agent\"")
}

fn invisible(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "a header consists of visible ASCII characters")
        .at(span, "")
        .help("write it without line breaks and without accents")
}

fn literal_secret(span: Span) -> Diagnostic {
    Diagnostic::new(Code::LiteralSecret, "a secret stands in the flow")
        .at(span, "readable by everybody who can read this file")
        .help("declare it in `settings`: `secret name: text`, and name it here")
}
fn said_twice(what: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("{what} stands here twice"))
        .at(again, "again")
        .at(first, "first")
        .help("leave one of them out: those of an operation replace those of its service")
}

fn no_status(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "no reply has this status").at(span, "").help("statuses are 100 to 599")
}

/// What stands behind the head of a service or of an operation.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    pub(super) credentials: Option<Credentials>,
    pub(super) headers: Vec<(Name, Secretive)>,
    pub(super) timeout: Option<u64>,
}

impl Options {
    /// These, with those of a service where they say nothing.
    pub(super) fn over(mut self, common: &Self) -> Self {
        let own: Vec<String> = self.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
        let inherited = common.headers.iter().filter(|(name, _)| !own.contains(&name.to_lowercase())).cloned();
        self.headers.extend(inherited.collect::<Vec<_>>());
        self.credentials = self.credentials.or_else(|| common.credentials.clone());
        self.timeout = self.timeout.or(common.timeout);
        self
    }
}
impl Checker<'_> {
    pub(super) fn options(&mut self, options: &[ServiceOption]) -> Options {
        let mut known = Options::default();
        let mut said: Vec<(String, Span)> = Vec::new();
        for option in options {
            let (what, span) = said_by(option);
            match said.iter().find(|(known, _)| *known == what) {
                Some((_, first)) => self.report.add(said_twice(&what, span, *first)),
                None => said.push((what, span)),
            }
            match option {
                ServiceOption::Basic(user, password, _) => {
                    self.no_literal(password);
                    let user = self.secretive(user, Landing::Plain);
                    let password = self.secretive(password, Landing::Plain);
                    known.credentials = Some(Credentials::Basic(user, password));
                }
                ServiceOption::Bearer(token, _) => {
                    self.no_literal(token);
                    known.credentials = Some(Credentials::Bearer(self.secretive(token, Landing::Header)));
                }
                ServiceOption::Header(name, value, _) => {
                    self.sendable_header(name, value);
                    let value = self.secretive(value, Landing::Header);
                    known.headers.push((name.template().into(), value));
                }
                ServiceOption::Timeout(time) => {
                    self.in_range(*time, server::REQUESTS, "the time limit of a request");
                    known.timeout = Some(time.millis);
                }
                ServiceOption::Means(status, _) if !(100..=599).contains(&status.value) => {
                    self.report.add(no_status(status.span));
                }
                ServiceOption::Means(..) => {}
            }
        }
        known
    }

    fn no_literal(&self, value: &tree::Expr) {
        if let ExprKind::Literal(literal) = &value.kind
            && literal.plain().is_some()
        {
            self.report.add(literal_secret(value.span));
        }
    }

    /// What would make every request fail is said now.
    fn sendable_header(&self, name: &Literal, value: &tree::Expr) {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if !name.plain().is_some_and(|name| !name.is_empty() && name.chars().all(token)) {
            self.report.add(header_name(name.span));
        }
        if let ExprKind::Literal(value) = &value.kind
            && value.pieces.iter().any(|piece| matches!(piece, tree::Piece::Chars { text, .. } if !is_visible(text)))
        {
            self.report.add(invisible(value.span));
        }
    }

    /// A text that may contain secrets: a literal, a setting, or a string whose slots name settings.
    fn secretive(&mut self, value: &tree::Expr, landing: Landing) -> Secretive {
        let template = match &value.kind {
            ExprKind::Literal(literal) => {
                let attempt = Attempt::of(literal, self.report);
                self.template(&attempt, landing)
            }
            ExprKind::Name(_) => self.lone_setting(value, landing),
            ExprKind::Bad => empty(),
            _ => {
                self.report.add(header_value(value.span));
                empty()
            }
        };
        if template.slots.iter().any(|slot| !names_setting(&slot.value)) {
            self.report.add(header_value(value.span));
        }
        let secrets = self.secrets_in(&template);
        Secretive { template, secrets }
    }

    /// A bare setting is a text with nothing but it.
    fn lone_setting(&mut self, value: &tree::Expr, landing: Landing) -> Template {
        let typed = self.expr(value, None);
        let typed = self.present(typed, "a request", value);
        let fits = matches!(
            typed.ty,
            Type::Text
                | Type::Number
                | Type::Span { .. }
                | Type::Enum(_)
                | Type::Phone
                | Type::Url
                | Type::Path
                | Type::Unknown
        );
        if !fits {
            self.report.add(header_value(value.span));
        }
        let form = if landing == Landing::Header { Form::Header } else { Form::Plain };
        let Ok((pattern, _)) = Pattern::parse("{{value}}") else { return empty() };
        Template { pattern: pattern.into(), slots: vec![Slot { value: typed.expr, ty: typed.ty, form }] }
    }

    pub(super) fn secrets_in(&self, template: &Template) -> Vec<SettingId> {
        let mut secrets = Vec::new();
        for slot in &template.slots {
            slot.value.visit(&mut |expr| {
                if let Expr::Setting(id) = expr
                    && self.world.setting_by(*id).is_some_and(|setting| setting.secret)
                    && !secrets.contains(id)
                {
                    secrets.push(*id);
                }
            });
        }
        secrets
    }
}

/// What an option says something about, and where.
fn said_by(option: &ServiceOption) -> (String, Span) {
    match option {
        ServiceOption::Basic(_, _, span) | ServiceOption::Bearer(_, span) => ("a credential".into(), *span),
        ServiceOption::Header(name, _, _) => (format!("the header `{}`", name.template().to_lowercase()), name.span),
        ServiceOption::Timeout(time) => ("`timeout`".into(), time.span),
        ServiceOption::Means(status, _) => (format!("the status {}", status.value), status.span),
    }
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn names_setting(expr: &Expr) -> bool {
    match expr {
        Expr::Setting(_) | Expr::Literal(_) | Expr::SecretIsSet(_) => true,
        Expr::Field(of, _) | Expr::Not(of) | Expr::Is(_, of) => names_setting(of),
        _ => false,
    }
}

fn empty() -> Template {
    Template { pattern: Pattern::plain("").into(), slots: Vec::new() }
}
