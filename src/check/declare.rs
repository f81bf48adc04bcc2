//! First pass: what the file declares, before any body is looked at.

mod names;
mod outside;
mod phrases;
mod scenes;
mod settings;
mod types;

use std::cell::RefCell;

use super::annotate::Annotator;
use super::report::Report;
use super::unbuilt::unbuilt;
use super::world::World;
use crate::failure::FailureKind;
use crate::overrides::{Origin, Override, Overrides, RawKind};
use crate::source::Span;
use crate::syntax::tree::{self, File, ItemKind};
use crate::types::{Field, Name, RecordId, Type};
use names::{Names, Space};

pub(super) use names::GIVEN as GIVEN_NAMES;
pub use phrases::NAMES as BUILT_IN_PHRASES;
pub(super) use phrases::is_built_in as is_built_in_phrase;
pub(super) use scenes::anywhere_keys;

/// The declarations, and the defaults of fields that are still to be checked.
pub(super) fn declare<'t>(
    file: &'t File,
    overrides: &Overrides,
    report: &Report,
) -> (World, Vec<(RecordId, &'t tree::Field)>) {
    let mut world = World { incomplete: file.incomplete, ..World::default() };
    let mut names = Names::new(report);
    let annotator = Annotator { report, within: RefCell::new(None), defaults: RefCell::new(Vec::new()) };
    world.error = Some(error_type(&world));
    not_built(file, report, &mut world, &mut names);
    types::declare(file, &mut world, &mut names, &annotator);
    settings::declare(file, &mut world, &mut names, &annotator);
    phrases::declare(file, overrides, &mut world, &mut names);
    world.given_voice = overrides.get("voice").and_then(|given| match &given.value.kind {
        RawKind::Text(voice) => Some(voice.clone()),
        _ => None,
    });
    world.lists = overrides.list.iter().filter_map(elements).collect();
    for item in &file.items {
        if let ItemKind::Music { name, .. } = &item.kind
            && names.take(Space::Value("music"), name)
        {
            world.music.insert(name.text.as_str().into(), name.span);
        }
    }
    outside::declare(file, &mut world, &mut names, &annotator);
    scenes::declare(file, &mut world, &mut names, &annotator);
    (world, annotator.defaults.into_inner())
}

/// How many elements an override of a list has. In the environment a list is JSON.
fn elements(given: &Override) -> Option<(String, (u32, Span))> {
    let count = match &given.value.kind {
        RawKind::List(items) => items.len(),
        RawKind::Text(text) if given.origin == Origin::Environment => {
            serde_json::from_str::<Vec<serde_json::Value>>(text).ok()?.len()
        }
        _ => return None,
    };
    Some((given.name.clone(), (u32::try_from(count).ok()?, given.value.span)))
}

/// Whole items of forms that are not built; the names they declare are known all the same.
fn not_built(file: &File, report: &Report, world: &mut World, names: &mut Names<'_>) {
    for item in &file.items {
        match &item.kind {
            ItemKind::Use(_) => {
                unbuilt(report, item.span, "`use`");
                world.incomplete = true;
            }
            ItemKind::Languages(_) => unbuilt(report, item.span, "`languages`"),
            ItemKind::Hours { name } => {
                unbuilt(report, item.span, "`hours`");
                if names.take(Space::Value("hours"), name) {
                    world.hours.insert(name.text.as_str().into(), name.span);
                }
            }
            _ => {}
        }
    }
}

/// `error`: what an `else` is told.
fn error_type(world: &World) -> Type {
    let words: Vec<Name> = FailureKind::ALL.iter().map(|(word, _)| (*word).into()).collect();
    let kind = Type::Enum(world.types.declare_enum("kind of failure".into(), words));
    let field = |name: &str, ty| Field { name: name.into(), ty, default: None };
    let fields =
        vec![field("kind", kind), field("status", Type::Number.optional()), field("from", Type::Text.optional())];
    world.types.anonymous("error", fields)
}
