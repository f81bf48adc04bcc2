//! `service`: operations, and what they send.

mod request;
mod texts;

use super::checker::Checker;
use super::facts::Facts;
use super::report::{Report, Thing};
use super::room::Room;
use super::world::World;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::SettingId;
use crate::limits::server;
use crate::program::{Method, Operation, Service};
use crate::source::Span;
use crate::syntax::tree::{self, ExprKind, ServiceOption};
use crate::types::{Name, Type};
use texts::Options;

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
    let result = declared.and_then(|operation| operation.gives.clone());
    let meanings = operation.options.iter().filter_map(|option| match option {
        ServiceOption::Means(status, value) => Some((status.value, checker.meaning(value, result.as_ref()))),
        _ => None,
    });
    let meanings = meanings.map(|(status, value)| (u16::try_from(status).unwrap_or_default(), value)).collect();
    let words = |path: &Option<tree::Path>| path.iter().flat_map(|path| &path.words).map(name_of).collect::<Vec<_>>();
    let reply = declared.and_then(|operation| operation.reply.clone());
    let gives = operation.gives.as_ref().zip(reply).map(|((path, _), ty)| (words(path), ty));
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
        timeout: options.timeout.unwrap_or(server::REQUEST),
        meanings,
        span: operation.name.span,
    }
}
fn name_of(word: &tree::Word) -> Name {
    word.text.as_str().into()
}
