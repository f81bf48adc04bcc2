//! Tree to checked program: names, types, narrowing, flow, and everything that can be said about a text before the
//! first call (sections 3 to 14 of the language).
//!
//! First everything is declared ([`declare`]), then defaults are checked, then bodies. A [`checker::Checker`] checks
//! one body: it knows the local names, the point of the conversation with what is known there ([`flow`], [`facts`]),
//! and what surrounds a step ([`frames`]). What was wrong once is of unknown type afterwards, and fits everywhere: one
//! mistake is one message.

mod acts;
mod allowed;
mod annotate;
mod checker;
mod comings;
mod consequences;
mod declare;
mod defaults;
mod exprs;
mod facts;
mod fails;
mod fits;
mod flow;
mod frames;
mod habits;
mod handling;
mod lints;
mod locals;
mod music;
mod named;
mod queries;
mod replace;
mod report;
mod room;
mod rules;
mod runs;
mod runtime;
mod scenes;
mod secrets;
mod services;
mod slots;
mod spans;
mod speech;
mod steps;
mod store;
mod survey;
mod unbuilt;
mod walk;
mod wording;
mod world;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::expr::{QueryDefinition, Words};
use crate::overrides::Overrides;
use crate::program::{Checked, Operation, Phrase, Program, Scene, Service, Setting};
use crate::syntax::tree::{File, ItemKind};
use crate::types::{Name, Type};
use checker::Checker;
use facts::Facts;
use report::{Report, Thing};
use room::Room;
use speech::Counted;
use world::World;

pub use consequences::without_consequences;
pub use declare::BUILT_IN_PHRASES;
pub use survey::{Spoken, Usage, Variable, survey};

fn no_main(file: &File) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::UnknownScene, "there is no `scene main`");
    let meant = file.items.iter().find_map(|item| match &item.kind {
        ItemKind::Scene(scene) if scene.name.text.eq_ignore_ascii_case("main") => Some(scene.name.span),
        _ => None,
    });
    match meant {
        Some(place) => diagnostic.at(place, "calls do not begin here").help("names are case-sensitive: write `main`"),
        None => diagnostic.help("declare it: calls begin there"),
    }
}

/// Checks a flow. There is a program only if there is no error; overrides of phrases and music replace what the flow
/// says before it is checked.
#[must_use]
pub fn check(name: &str, file: &File, overrides: &Overrides) -> (Option<Program>, Diagnostics) {
    let report = Report::default();
    let program = run(name, file, overrides, &report);
    (program, report.into_diagnostics())
}

fn run(name: &str, file: &File, overrides: &Overrides, report: &Report) -> Option<Program> {
    let (mut world, fields) = declare::declare(file, overrides, report);
    defaults::check(&mut world, file, &fields, report);
    runtime::check(&world, file, overrides, report);
    runs::check(&mut world, file, report);
    comings::check(&mut world, file, report);
    let (admit, facts) = rules::admit(&world, report, file);
    let bodies = Bodies::of(&world, report, file, &facts);
    defaults::distinct(&world, file, report);
    secrets::check(&world, report, &bodies.services, &bodies.operations);
    let rules = rules::check(&world, report, file, &facts, admit);
    let music = music::check(&world, report, file, overrides);
    if world.scene("main").is_none() && !world.incomplete {
        report.add(no_main(file));
    }
    lints::check(&world, report);
    // The language itself speaks these, wherever the call is: nothing but settings and `call` is in scope.
    let spoken = |name: &str| {
        let place = world.phrases.get(name).and_then(|phrase| phrase.span).unwrap_or_default();
        Checker::new(&world, report, Room::WORDS, Facts::default()).phrase(name, place, Counted::No)
    };
    let (apology, one_moment, goodbye): (Words, Words, Words) =
        (spoken("apology"), spoken("one_moment"), spoken("goodbye"));
    if report.has_errors() {
        return None;
    }
    Some(Program {
        name: name.into(),
        settings: settings(&world, report),
        services: bodies.services,
        operations: bodies.operations,
        queries: bodies.queries,
        music,
        rules,
        scenes: bodies.scenes,
        apology,
        one_moment,
        goodbye,
        phrases: phrases(&world),
        types: world.types.into_types(),
        checked: Checked::by_the_checker(),
    })
}

/// Everything that has a body, rules aside.
#[derive(Default)]
struct Bodies {
    services: Vec<Service>,
    operations: Vec<Operation>,
    queries: Vec<QueryDefinition>,
    scenes: Vec<Scene>,
}

impl Bodies {
    fn of(world: &World, report: &Report, file: &File, facts: &Facts) -> Self {
        let mut bodies = Self::default();
        for item in &file.items {
            match &item.kind {
                ItemKind::Service(service) => {
                    let (place, first) = (bodies.services.len(), bodies.operations.len());
                    let (service, operations) = services::check(world, report, service, place, first);
                    bodies.services.push(service);
                    bodies.operations.extend(operations);
                }
                ItemKind::Query(query) => {
                    let place = bodies.queries.len();
                    bodies.queries.push(queries::check(world, report, place, query, &Facts::default()));
                }
                ItemKind::Scene(scene) => {
                    let place = bodies.scenes.len();
                    bodies.scenes.push(scenes::check(world, report, place, scene, facts));
                }
                _ => {}
            }
        }
        queries::check_recursion(world, report, &bodies.queries);
        bodies
    }
}

/// The settings, with what the steps that read them demand.
fn settings(world: &World, report: &Report) -> Vec<Setting> {
    let one = |setting: &world::Setting| {
        let ty = if setting.secret { Type::Secret(Box::new(setting.ty.clone())) } else { setting.ty.clone() };
        Setting {
            name: setting.name.clone(),
            doc: setting.doc.clone(),
            ty,
            default: setting.default.clone(),
            span: setting.span,
            distinct: report.is_used(&Thing::KeysOf(setting.name.clone())),
            picked: report.is_used(&Thing::ChoiceOf(setting.name.clone())),
        }
    };
    world.settings.iter().map(one).collect()
}

/// Every phrase with its texts, for tools.
fn phrases(world: &World) -> Vec<Phrase> {
    let texts = |wording: &wording::Wording| {
        wording.tries.iter().map(|attempt| attempt.pattern.text().to_owned()).collect::<Vec<_>>()
    };
    let one = |(name, phrase): (&Name, &world::Phrase)| Phrase {
        name: name.clone(),
        doc: phrase.doc.clone(),
        default: texts(phrase.replaced.as_ref().unwrap_or(&phrase.wording)),
        texts: texts(&phrase.wording),
        span: phrase.span,
    };
    world.phrases.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
