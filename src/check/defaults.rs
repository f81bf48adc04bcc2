//! Defaults: of fields, of settings, of parameters. They are checked when every name is declared.

use std::collections::{HashMap, HashSet};

use super::annotate::field_name;
use super::checker::Checker;
use super::facts::Facts;
use super::report::{Report, Thing};
use super::room::Room;
use super::world::{Param, Setting, World};
use crate::diagnostic::{Code, Diagnostic};
use crate::eval;
use crate::source::Span;
use crate::syntax::tree::{self, File, ItemKind};
use crate::types::{Length, Name, RecordId, Type};
use crate::value::Value;

fn literal_secret(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::LiteralSecret, "a secret stands in the flow")
        .at(span, "readable by everybody who can read this file")
        .help(format!("leave out the value and set it from outside: the environment, or `{name} = {{ file = … }}` in the settings file"))
}

fn no_type(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("the default of `{name}` does not tell its type"))
        .at(span, "")
        .help(format!("write the type: `{name}: TYPE = …`"))
}

fn no_params(span: Span) -> Diagnostic {
    Diagnostic::new(Code::ArgumentCount, "`main` has no parameters")
        .at(span, "nobody could give it")
        .help("calls begin in `main`: bind what it needs by `let`")
}

fn no_secret(name: &str, span: Span, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("the secret `{name}` has the wrong type"))
        .at(span, ty)
        .help("a secret is a `text`, a `path` or a `url`, or an optional one")
}

fn twice_in_keys(name: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::SettingValue, format!("a value stands twice in `{name}`, but a menu offers it by one key"))
        .at(again, "again")
        .at(first, "here first")
        .help("remove one of the two")
}

/// Reports a default in which a value stands twice, of a setting whose values become keys of a menu.
pub(super) fn distinct(world: &World, file: &File, report: &Report) {
    for setting in &world.settings {
        if !report.is_used(&Thing::KeysOf(setting.name.clone())) {
            continue;
        }
        let Some(tree::Expr { kind: tree::ExprKind::List(written), .. }) = written_default(file, setting) else {
            continue;
        };
        let values = setting.default.as_ref().map(Value::elements).unwrap_or_default();
        for (n, (value, again)) in values.iter().zip(written).enumerate() {
            let first = values.iter().take(n).position(|earlier| earlier == value);
            if let Some(first) = first.and_then(|first| written.get(first)) {
                report.add(twice_in_keys(&setting.name, again.span, first.span));
                break;
            }
        }
    }
}

/// The default of a setting, as it is written.
pub(super) fn written_default<'t>(file: &'t File, setting: &Setting) -> Option<&'t tree::Expr> {
    let lines = file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Settings(lines) => Some(lines),
        _ => None,
    });
    let line = lines.flatten().find(|line| line.names.iter().any(|word| word.span == setting.span))?;
    line.default.as_ref()
}

/// Checks all defaults and takes them down.
pub(super) fn check(world: &mut World, file: &File, fields: &[(RecordId, &tree::Field)], report: &Report) {
    let mut with_default: HashMap<RecordId, HashSet<Name>> = HashMap::new();
    for (id, field) in fields {
        with_default.entry(*id).or_default().extend(field.names.iter().map(field_name));
    }
    for (id, field) in fields {
        if let Some(with_default) = with_default.get(id) {
            field_default(world, *id, field, with_default, report);
        }
    }
    settings(world, file, report);
    secrets(world, report);
    params(world, file, report);
}

/// A default may refer to siblings that are there before it: those without a default, and earlier ones.
fn field_default(world: &World, id: RecordId, field: &tree::Field, with_default: &HashSet<Name>, report: &Report) {
    let Some(default) = &field.default else { return };
    let record = world.types.record(id);
    for path in &field.names {
        let name = field_name(path);
        let mut checker = Checker::new(world, report, Room::FIELD, Facts::default());
        let place = record.fields.iter().position(|known| known.name == name).unwrap_or_default();
        for (n, sibling) in record.fields.iter().enumerate() {
            let there = n < place || (n > place && !with_default.contains(&sibling.name));
            if there && !sibling.name.contains('.') {
                checker.bind_given(&sibling.name, sibling.ty.clone());
            } else if n > place {
                checker.later.push(sibling.name.clone());
            }
        }
        let Some(ty) = record.fields.get(place).map(|field| field.ty.clone()) else { continue };
        let value = checker.expect(default, &ty, &format!("`{name}`"));
        world.types.set_default(id, &name, value);
    }
}

fn settings(world: &mut World, file: &File, report: &Report) {
    let lines = file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Settings(lines) => Some(lines),
        _ => None,
    });
    let places: HashMap<Span, usize> = world.settings.iter().map(|setting| setting.span).zip(0..).collect();
    for line in lines.flatten() {
        for name in &line.names {
            let Some(place) = places.get(&name.span).copied() else { continue };
            let checked = setting(world, line, place, report);
            if let Some(setting) = world.settings.get_mut(place) {
                (setting.ty, setting.default) = checked;
            }
        }
    }
}

/// The type and the default of a setting.
fn setting(world: &World, line: &tree::Setting, place: usize, report: &Report) -> (Type, Option<Value>) {
    let Some(setting) = world.settings.get(place) else { return (Type::Unknown, None) };
    let Some(written) = &line.default else {
        let default = setting.ty.may_be_absent() && !setting.secret;
        return (setting.ty.clone(), default.then_some(Value::None));
    };
    let mut checker = Checker::new(world, report, Room::CONSTANT, Facts::default());
    let (ty, expr) = if line.ty.is_some() {
        (setting.ty.clone(), checker.expect(written, &setting.ty, &format!("`{}`", setting.name)))
    } else {
        let typed = checker.expr(written, None);
        let ty = widened(typed.ty);
        if holds_nothing(&ty) {
            report.add(no_type(&setting.name, written.span));
            return (Type::Unknown, None);
        }
        (ty, typed.expr)
    };
    if setting.secret {
        // Only whether it may be absent is known before the server reads it.
        if !matches!(written.kind, tree::ExprKind::None) {
            report.add(literal_secret(written.span, &setting.name));
        }
        return (ty, None);
    }
    // Nothing but constants can stand there; what is wrong has been reported.
    (ty, eval::constant(&expr).ok())
}

/// A list of three is a list of any length.
fn widened(ty: Type) -> Type {
    match ty {
        Type::List(of, _) => Type::List(Box::new(widened(*of)), Length::default()),
        other => other,
    }
}

fn holds_nothing(ty: &Type) -> bool {
    match ty {
        Type::None => true,
        Type::List(of, _) => **of == Type::Unknown,
        _ => false,
    }
}

/// A secret is read from a text.
fn secrets(world: &World, report: &Report) {
    for setting in world.settings.iter().filter(|setting| setting.secret) {
        if !matches!(setting.ty.present(), Type::Text | Type::Path | Type::Url | Type::Unknown) {
            report.add(no_secret(&setting.name, setting.ty_span, &world.show(&setting.ty)));
        }
    }
}

fn params(world: &mut World, file: &File, report: &Report) {
    let (mut scenes, mut queries, mut operations) = (Vec::new(), Vec::new(), Vec::new());
    for item in &file.items {
        match &item.kind {
            ItemKind::Scene(scene) => scenes.push(scene.params.as_slice()),
            ItemKind::Query(query) => queries.push(query.params.as_slice()),
            ItemKind::Service(service) => operations.extend(service.operations.iter().map(|o| o.params.as_slice())),
            _ => {}
        }
    }
    let of_scenes = with_defaults(world, &scenes, |n| world.scenes.get(n).map(|scene| scene.params.as_slice()), report);
    let of_queries =
        with_defaults(world, &queries, |n| world.queries.get(n).map(|query| query.params.as_slice()), report);
    let of_operations =
        with_defaults(world, &operations, |n| world.operations.get(n).map(|o| o.params.as_slice()), report);
    world.scenes.iter_mut().zip(of_scenes).for_each(|(scene, params)| scene.params = params);
    world.queries.iter_mut().zip(of_queries).for_each(|(query, params)| query.params = params);
    world.operations.iter_mut().zip(of_operations).for_each(|(operation, params)| operation.params = params);
    if let Some((_, main)) = world.scene("main")
        && let Some(param) = main.params.first()
    {
        report.add(no_params(param.span));
    }
}

/// The parameters of several things, each with its default.
fn with_defaults<'w>(
    world: &'w World,
    written: &[&[tree::Param]],
    params: impl Fn(usize) -> Option<&'w [Param]>,
    report: &Report,
) -> Vec<Vec<Param>> {
    let one = |(n, written): (usize, &&[tree::Param])| {
        let known = params(n).unwrap_or_default();
        known.iter().zip(written.iter()).map(|(param, written)| with_default(world, param, written, report)).collect()
    };
    written.iter().enumerate().map(one).collect()
}

fn with_default(world: &World, param: &Param, written: &tree::Param, report: &Report) -> Param {
    let default = written.default.as_ref().map(|default| {
        let mut checker = Checker::new(world, report, Room::PARAMETER, Facts::default());
        checker.expect(default, &param.ty, &format!("`{}`", param.name))
    });
    Param { default, ..param.clone() }
}
