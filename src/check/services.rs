//! `service`: operations, and what they send.

use super::checker::Checker;
use super::exprs::Typed;
use super::facts::Facts;
use super::fits::fits;
use super::report::{Report, Thing};
use super::room::Room;
use super::slots::Landing;
use super::wording::Attempt;
use super::world::World;
use crate::diagnostic::{Code, Diagnostic};
use crate::eval;
use crate::expr::{Expr, Form, SettingId, Slot, Template};
use crate::program::{BodyKind, Credentials, Method, Operation, Secretive, Service};
use crate::source::Span;
use crate::syntax::tree::{self, ExprKind, Literal, ServiceOption};
use crate::template::Pattern;
use crate::types::{Name, Type};
use crate::value::Value;

fn no_setting(span: Span) -> Diagnostic {
    Diagnostic::new(Code::BaseUrlNotSetting, "the base URL of a service is a setting")
        .at(span, "")
        .help("declare it: `settings { name_url: url = \"https://…\" }`, so that tests and staging can point elsewhere")
}

fn get_with_body(span: Span) -> Diagnostic {
    Diagnostic::new(Code::BodyMismatch, "a `get` has no body")
        .at(span, "")
        .help("put the values into the path, or declare the operation as `reads post`")
}

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

/// The time limit of a request without `timeout`, milliseconds.
const TIMEOUT: u64 = 8_000;

/// A service with its operations; `first` is the number of the first one.
pub(super) fn check(
    world: &World,
    report: &Report,
    service: &tree::Service,
    place: usize,
    first: usize,
) -> (Service, Vec<Operation>) {
    let base = base(world, report, &service.base);
    let mut checker = Checker::new(world, report, Room::SERVICE, Facts::default());
    let common = checker.options(&service.options);
    let operations = service
        .operations
        .iter()
        .enumerate()
        .map(|(n, operation)| operation_of(world, report, operation, place, first + n, &common))
        .collect();
    let name = service.name.text.as_str().into();
    (Service { name, base, span: service.name.span }, operations)
}

fn base(world: &World, report: &Report, base: &tree::Expr) -> SettingId {
    if let ExprKind::Name(name) = &base.kind
        && let Some((id, setting)) = world.setting(name)
    {
        report.uses(Thing::Setting(setting.name.clone()));
        if setting.ty != Type::Url && setting.ty != Type::Unknown {
            report.add(
                Diagnostic::new(Code::WrongType, format!("the base URL `{name}` has the wrong type"))
                    .at(base.span, world.show(&setting.ty))
                    .at(setting.ty_span, "")
                    .help(format!("declare it as `{name}: url`")),
            );
        }
        return id;
    }
    if !(world.incomplete && matches!(base.kind, ExprKind::Name(_))) {
        report.add(no_setting(base.span));
    }
    SettingId(0)
}

/// What stands behind the head of a service or of an operation.
#[derive(Debug, Clone, Default)]
struct Options {
    credentials: Option<Credentials>,
    headers: Vec<(Name, Secretive)>,
    timeout: Option<u64>,
}

impl Options {
    /// These, with those of a service where they say nothing.
    fn over(mut self, common: &Self) -> Self {
        let own: Vec<String> = self.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
        let inherited = common.headers.iter().filter(|(name, _)| !own.contains(&name.to_lowercase())).cloned();
        self.headers.extend(inherited.collect::<Vec<_>>());
        self.credentials = self.credentials.or_else(|| common.credentials.clone());
        self.timeout = self.timeout.or(common.timeout);
        self
    }
}

fn operation_of(
    world: &World,
    report: &Report,
    operation: &tree::Operation,
    service: usize,
    index: usize,
    common: &Options,
) -> Operation {
    let mut checker = Checker::new(world, report, Room::SERVICE, Facts::default());
    let declared = world.operations.get(index);
    let params = declared.map(|operation| operation.params.clone()).unwrap_or_default();
    let name = declared.map_or_else(|| operation.name.text.as_str().into(), |operation| operation.name.clone());
    let (path, body) = checker.scoped(|checker| {
        checker.bind_params(&params, &operation.params);
        let path = checker.path_of(&operation.path);
        let body = operation.body.as_ref().map(|(kind, body)| (*kind, checker.body(*kind, body)));
        checker.report_unused(&params, &format!("operation `{name}`"));
        (path, body)
    });
    if let (Method::Get, Some((_, body))) = (operation.method, &operation.body) {
        report.add(get_with_body(body.span));
    }
    let ty = operation.gives.as_ref().and_then(|_| declared.and_then(|operation| operation.gives.clone()));
    let meanings = operation.options.iter().filter_map(|option| match option {
        ServiceOption::Means(status, value) => Some((status.value, checker.meaning(value, ty.as_ref()))),
        _ => None,
    });
    let meanings = meanings.map(|(status, value)| (u16::try_from(status).unwrap_or_default(), value)).collect();
    let path_words = |path: &Option<tree::Path>| {
        path.iter().flat_map(|path| &path.words).map(|word| Name::from(word.text.as_str())).collect::<Vec<_>>()
    };
    let gives = operation.gives.as_ref().zip(ty).map(|((path, _), ty)| (path_words(path), ty));
    let options = checker.options(&operation.options).over(common);
    Operation {
        name,
        service,
        reads: operation.reads || operation.method == Method::Get,
        method: operation.method,
        params: params.into_iter().map(|param| (param.name, param.ty)).collect(),
        path,
        body,
        gives,
        credentials: options.credentials,
        headers: options.headers,
        timeout: options.timeout.unwrap_or(TIMEOUT),
        meanings,
        span: operation.name.span,
    }
}

impl Checker<'_> {
    fn options(&mut self, options: &[ServiceOption]) -> Options {
        let mut known = Options::default();
        for option in options {
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
                ServiceOption::Timeout(time) => known.timeout = Some(time.millis),
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
        Template { pattern: pattern.into(), slots: vec![Slot { value: typed.expr, form }] }
    }

    fn secrets_in(&self, template: &Template) -> Vec<SettingId> {
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

    /// Path and query: every value is encoded; a setting of type `path` may stand first, as it is.
    fn path_of(&mut self, literal: &Literal) -> Secretive {
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

    fn body(&mut self, kind: BodyKind, body: &tree::Expr) -> Expr {
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
    fn meaning(&mut self, value: &tree::Expr, ty: Option<&Type>) -> Value {
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
}

impl Checker<'_> {
    /// The form of a `path` or a `url` in a URL; none of other types.
    pub(super) fn url_form(&self, typed: &Typed, span: Span) -> Option<Form> {
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
