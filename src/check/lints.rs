//! What is declared and never used, and scenes that nobody enters.

use std::collections::HashSet;

use super::declare::is_built_in_phrase;
use super::report::{Report, Thing};
use super::world::{Operation, World};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::HOLD_BUDGET;
use crate::source::Span;

fn replaces(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::ReplacesBuiltin, format!("the phrase `{name}` replaces the one of the language"))
        .at(span, "")
        .help("rename it if that is not meant")
}

fn never_used(kind: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::NeverUsed, format!("the {kind} `{name}` is never used")).at(span, "").help("leave it out")
}

fn never_entered(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::NeverEntered, format!("no path leads to scene `{name}`"))
        .at(span, "")
        .help("leave it out, or lead to it by `=>` or `do`")
}

/// Settings that are read by their names.
const READ_BY_RUNTIME: [&str; 4] = ["voice", "caller_id", "timezone", HOLD_BUDGET];

/// Takes down warnings; they are given only if there is no error.
pub(super) fn check(world: &World, report: &Report) {
    if world.incomplete {
        return;
    }
    let unused = |thing: Thing, kind: &str, name: &str, span: Span| {
        if !report.is_used(&thing) {
            report.lint(never_used(kind, name, span));
        }
    };
    for setting in &world.settings {
        if !READ_BY_RUNTIME.contains(&&*setting.name) {
            unused(Thing::Setting(setting.name.clone()), "setting", &setting.name, setting.span);
        }
    }
    // What the language says by itself is English: on other lines it has to be replaced.
    let english = world.speaks("en");
    for (name, phrase) in &world.phrases {
        let Some(span) = phrase.span else { continue };
        if !is_built_in_phrase(name) {
            unused(Thing::Phrase(name.clone()), "phrase", name, span);
        } else if english {
            report.lint(replaces(name, span));
        }
    }
    let with_operations: HashSet<&str> = world.operations.iter().map(Operation::service).collect();
    for (name, span) in world.services.iter().filter(|(name, _)| !with_operations.contains(&***name)) {
        report.lint(never_used("service", name, *span));
    }
    for operation in &world.operations {
        unused(Thing::Operation(operation.name.clone()), "operation", &operation.name, operation.span);
    }
    for query in &world.queries {
        unused(Thing::Query(query.name.clone()), "query", &query.name, query.span);
    }
    for (name, (_, span)) in &world.type_names {
        unused(Thing::Type(name.clone()), "type", name, *span);
    }
    for (name, span) in &world.music {
        unused(Thing::Music(name.clone()), "music", name, *span);
    }
    for scene in &world.scenes {
        if !scene.entered {
            report.lint(never_entered(&scene.name, scene.span));
        }
    }
}
