//! The shipped flows: found by directory, with what stands beside them.

use std::path::{Path, PathBuf};

use ivrc::compile::Inputs;
use ivrc::project;
use ivrc::source::SourceId;
use ivrc::syntax;
use ivrc::syntax::tree::{File, ItemKind, Setting, TyKind};

use super::pieces::Pieces;
use super::text::Tokens;

/// A flow as it is shipped.
pub(super) struct Shipped {
    /// `xmatters.ivr`.
    pub(super) file: String,
    pub(super) inputs: Inputs,
    /// The settings that ship beside the flow, with their file: `NAME.example.toml`, or else `NAME.toml`.
    pub(super) settings: Option<(String, String)>,
    pub(super) tree: File,
}

/// Every flow in `flows` and `examples`.
pub(super) fn shipped() -> Vec<Shipped> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders: Vec<PathBuf> = ["flows", "examples"].map(|folder| top.join(folder)).into();
    let found = project::find(&folders).expect("the folders of flows").flows;
    assert!(found.len() > 1, "the flows were not found");
    found
        .iter()
        .map(|flow| {
            let inputs = flow.load(std::slice::from_ref(&flow.name)).expect("a flow");
            let parsed = syntax::parse(SourceId(0), &inputs.source.text);
            assert!(parsed.diagnostics.is_empty(), "{} has mistakes", flow.name);
            let files = [format!("{}.example.toml", flow.name), format!("{}.toml", flow.name)];
            let settings = files.into_iter().find_map(|file| {
                let text = std::fs::read_to_string(flow.flow.with_file_name(&file)).ok()?;
                Some((file, text))
            });
            Shipped {
                file: format!("{}.ivr", flow.name),
                inputs: Inputs { settings: None, ..inputs },
                settings,
                tree: parsed.file,
            }
        })
        .collect()
}

impl Shipped {
    /// The names of the settings that must be given.
    pub(super) fn needed(&self) -> Vec<&str> {
        let optional = |setting: &Setting| matches!(&setting.ty, Some(ty) if matches!(ty.kind, TyKind::Optional(_)));
        settings(&self.tree, |setting| setting.default.is_none() && !optional(setting))
    }
}

/// The names of some settings.
fn settings(tree: &File, wanted: impl Fn(&Setting) -> bool) -> Vec<&str> {
    let settings = tree.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Settings(settings) => Some(settings),
        _ => None,
    });
    let wanted = settings.flatten().filter(|setting| wanted(setting));
    wanted.flat_map(|setting| &setting.names).map(|name| name.text.as_str()).collect()
}

/// A flow as those see it who make mutants of it.
pub(super) struct Flow<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Tokens<'t>,
    pub(super) tree: &'t File,
    pub(super) pieces: Pieces<'t>,
}

impl<'t> Flow<'t> {
    pub(super) fn of(shipped: &'t Shipped) -> Self {
        let text = &shipped.inputs.source.text;
        Self { text, tokens: Tokens::of(text), tree: &shipped.tree, pieces: Pieces::of(&shipped.tree) }
    }

    /// What the item at a byte is called in the name of a mutant.
    pub(super) fn item(&self, byte: usize) -> String {
        let item = self.tree.items.iter().find(|item| (item.span.end as usize) > byte);
        let Some(item) = item else { return "end".to_owned() };
        match &item.kind {
            ItemKind::Enum { name, .. }
            | ItemKind::Table { name, .. }
            | ItemKind::Type { name, .. }
            | ItemKind::Music { name, .. }
            | ItemKind::On { event: name, .. } => name.text.clone(),
            ItemKind::Service(service) => service.name.text.clone(),
            ItemKind::Query(query) => query.name.text.clone(),
            ItemKind::Scene(scene) => scene.name.text.clone(),
            _ => self.tokens.at(self.tokens.from(item.span.start as usize)).to_owned(),
        }
    }

    /// The names of scenes with the number of their parameters.
    pub(super) fn scenes(&self) -> Vec<(&'t str, usize)> {
        let scenes = self.tree.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Scene(scene) => Some((scene.name.text.as_str(), scene.params.len())),
            _ => None,
        });
        scenes.collect()
    }

    /// The values of each enum and of each choice of a setting.
    pub(super) fn choices(&self) -> Vec<Vec<&'t str>> {
        let enums = self.tree.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Enum { values, .. } => Some(values),
            _ => None,
        });
        let choices = self.pieces.types.iter().filter_map(|ty| match &ty.kind {
            TyKind::Choice(values) => Some(values),
            _ => None,
        });
        enums.chain(choices).map(|values| values.iter().map(|value| value.text.as_str()).collect()).collect()
    }

    /// The value of an enum or choice that stands behind this one.
    pub(super) fn other_value(&self, value: &str) -> Option<&'t str> {
        let choice = self.choices().into_iter().find(|choice| choice.contains(&value))?;
        let place = choice.iter().position(|other| *other == value)?;
        choice.get((place + 1) % choice.len()).copied()
    }

    /// The names of the secrets.
    pub(super) fn secrets(&self) -> Vec<&'t str> {
        settings(self.tree, |setting| setting.secret)
    }
}
