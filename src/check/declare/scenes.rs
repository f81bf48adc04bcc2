//! Scenes, and what other checks must know about the rules.

use super::super::annotate::Annotator;
use super::super::report::Report;
use super::super::unbuilt::spoken_key;
use super::super::walk::{Seen, walk};
use super::super::world::{Param, Scene, World};
use super::names::{Names, Space};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Block, File, ItemKind, Key, KeyKind, Param as Written, StepKind};
use crate::types::Name;

fn parameter_twice(name: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("two parameters are called `{name}`"))
        .at(span, "again")
        .at(first, "first")
        .help("rename one of them")
}

fn key_twice(key: char, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::KeyTwice, format!("the key {key} has two `anywhere` rules"))
        .at(span, "again")
        .at(first, "first")
        .help("leave one of them out")
}

fn no_anywhere_key(span: Span) -> Diagnostic {
    Diagnostic::new(Code::KeyTaken, "this cannot be an `anywhere` key")
        .at(span, "a digit, `*` or `#` is wanted")
        .help("name the keys; every step that listens must keep the others for itself")
}

fn rule_twice(rule: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("there are two `{rule}` rules"))
        .at(span, "again")
        .at(first, "first")
        .help("leave one of them out")
}

pub(super) fn declare<'t>(file: &'t File, world: &mut World, names: &mut Names<'_>, annotator: &Annotator<'_, 't>) {
    for item in &file.items {
        if let ItemKind::Scene(scene) = &item.kind {
            // A second scene of the same name is checked as well, but nobody can go there.
            names.take(Space::Scene, &scene.name);
            let params = params(&scene.params, world, annotator);
            let gives = scene.gives.as_ref().map(|ty| annotator.annotate(world, ty));
            let name: Name = scene.name.text.as_str().into();
            let scene = Scene {
                name: name.clone(),
                params,
                gives_unsaid: returned(&scene.body).filter(|_| gives.is_none()),
                gives,
                span: scene.head,
                left_for: None,
                entered: false,
                unadmitted: None,
                waits: false,
                needs_caller: false,
            };
            world.scenes.add(name, scene);
        }
    }
    rules(file, world, annotator.report);
    for body in bodies(file) {
        leaves(body, world);
    }
}

/// Parameters in order; a name that stands twice is reported.
pub(super) fn params<'t>(params: &'t [Written], world: &World, annotator: &Annotator<'_, 't>) -> Vec<Param> {
    let mut known: Vec<Param> = Vec::new();
    for param in params {
        if let Some(first) = known.iter().find(|known| *known.name == param.name.text) {
            annotator.report.add(parameter_twice(&param.name.text, param.name.span, first.span));
        }
        known.push(Param {
            name: param.name.text.as_str().into(),
            ty: annotator.annotate(world, &param.ty),
            has_default: param.default.is_some(),
            default: None,
            span: param.name.span,
        });
    }
    known
}

/// Everything that consists of steps, queries aside.
fn bodies(file: &File) -> impl Iterator<Item = &Block> {
    file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Scene(scene) => Some(&scene.body),
        ItemKind::Admit { otherwise: happens, .. }
        | ItemKind::Anywhere { happens, .. }
        | ItemKind::On { happens, .. } => Some(&happens.body),
        _ => None,
    })
}

/// Where a body returns a value, if it does.
fn returned(body: &Block) -> Option<Span> {
    let mut found = None;
    walk(body, &mut |seen| {
        if let Seen::Step(tree::Step { kind: StepKind::Return(Some(value)), .. }) = seen {
            found.get_or_insert(value.span);
        }
    });
    found
}

/// Takes down which scenes a body leaves for.
fn leaves(body: &Block, world: &mut World) {
    walk(body, &mut |seen| {
        if let Seen::Step(tree::Step { kind: StepKind::Goto(target), .. }) = seen
            && let Some((place, _)) = world.scene(&target.name.text)
            && let Some(scene) = world.scenes.get_mut(place)
        {
            scene.left_for.get_or_insert(target.span);
        }
    });
}

fn rules(file: &File, world: &mut World, report: &Report) {
    let mut seen: Vec<(String, Span)> = Vec::new();
    let mut once = |rule: String, span: Span| match seen.iter().find(|(known, _)| *known == rule) {
        Some((_, first)) => report.add(rule_twice(&rule, span, *first)),
        None => seen.push((rule, span)),
    };
    for item in &file.items {
        match &item.kind {
            ItemKind::Admit { .. } => once("admit".into(), item.span),
            ItemKind::Listen { within, tries } => {
                once("listen".into(), item.span);
                world.rules.listen.get_or_insert(within.millis);
                if world.rules.tries.is_none() {
                    world.rules.tries = tries.map(|tries| tries.value);
                }
            }
            ItemKind::On { event, .. } => {
                once(format!("on {}", event.text), event.span);
                world.rules.on_error |= event.text == "error";
            }
            ItemKind::Anywhere { keys, .. } => keys.iter().for_each(|key| anywhere(key, world, report)),
            _ => {}
        }
    }
}

fn anywhere(key: &Key, world: &mut World, report: &Report) {
    for one in anywhere_keys(key) {
        match world.rules.anywhere.iter().find(|(known, _)| *known == one) {
            Some((_, first)) => report.add(key_twice(one, key.span, *first)),
            None => world.rules.anywhere.push((one, key.span)),
        }
    }
    match key.kind {
        KeyKind::One(_) | KeyKind::Range(..) => {}
        KeyKind::Spoken(ref words) => spoken_key(report, key.span, words),
        KeyKind::Any | KeyKind::Value(_) | KeyKind::Short | KeyKind::Limit => report.add(no_anywhere_key(key.span)),
    }
}

/// The keys that an `anywhere` rule can have.
pub(in super::super) fn anywhere_keys(key: &Key) -> Vec<char> {
    match key.kind {
        KeyKind::One(key) => vec![key],
        KeyKind::Range(from, to) => (from..=to).collect(),
        _ => Vec::new(),
    }
}
