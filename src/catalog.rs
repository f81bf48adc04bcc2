//! Everything of a flow that can be set from outside: settings, phrases and music, with their types, values and places.
//!
//! ```text
//! catalog      what there is, as data; serialised, it is the JSON of `ivrc settings`
//! explained    what the names in a type mean
//! written      values as a settings file writes them
//! text         the listing for people
//! example      an example settings file
//! ```
//!
//! Values of secrets are not in it, only where they are read.

mod example;
mod explained;
mod text;
mod written;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value as Json;

pub use example::example;
pub use text::text;

use crate::check::{Spoken, Usage, Variable};
use crate::overrides::{Elsewhere, Origin, Overrides, RawKind};
use crate::program::{Music, Phrase, Program, Setting};
use crate::prose::Prose;
use crate::settings::{self, Settings};
use crate::source::{Sources, Span};
use crate::types::{Name, Type};
use crate::value::Value;
use written::written;

/// What can be set.
#[derive(Debug, Clone, Serialize)]
pub struct Catalog {
    /// The flow's name.
    pub flow: Name,
    /// Its file.
    pub file: String,
    /// In the order of the flow.
    pub settings: Vec<SettingEntry>,
    /// In the order of the flow; those that only the language has stand last.
    pub phrases: Vec<PhraseEntry>,
    /// In the order of the flow.
    pub music: Vec<MusicEntry>,
    /// What the words of every phrase may use besides what stands with it: settings, `call.…`, `now`.
    pub everywhere: Vec<VariableEntry>,
}

/// A setting.
#[derive(Debug, Clone, Serialize)]
pub struct SettingEntry {
    /// Its name.
    pub name: Name,
    /// Its type, as the flow writes it.
    #[serde(rename = "type")]
    pub ty: String,
    /// What the names in the type mean, a sentence each.
    pub explained: Vec<String>,
    /// Whether it is a secret.
    pub secret: bool,
    /// Whether it must be given.
    pub required: bool,
    /// The default as JSON, `null` for absence; missing in secrets and in what must be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    /// The value that holds; missing in secrets, and while it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    /// An example of a value, as TOML writes it.
    pub example: String,
    /// What documents it.
    pub doc: Option<String>,
    /// Where it is declared.
    pub place: Option<Place>,
    /// The environment variable that sets it.
    pub variable: String,
    /// Where the value comes from.
    pub set: Set,
}

/// A phrase.
#[derive(Debug, Clone, Serialize)]
pub struct PhraseEntry {
    /// Its name.
    pub name: Name,
    /// The texts of the flow, or of the language, try by try.
    pub default: Vec<String>,
    /// The texts that hold.
    pub value: Vec<String>,
    /// Whether it is one of the language.
    pub built_in: bool,
    /// What documents it.
    pub doc: Option<String>,
    /// Where it is declared; none of one that only the language has.
    pub place: Option<Place>,
    /// Where it is spoken.
    pub spoken: Vec<Place>,
    /// What its words may use at every one of these places.
    pub variables: Vec<VariableEntry>,
    /// The environment variable that sets it.
    pub variable: String,
    /// Where the words come from.
    pub set: Set,
}

/// Music.
#[derive(Debug, Clone, Serialize)]
pub struct MusicEntry {
    /// Its name.
    pub name: Name,
    /// What the flow plays, a step each.
    pub default: Vec<String>,
    /// The URL that stands for it.
    pub value: Option<String>,
    /// What documents it.
    pub doc: Option<String>,
    /// Where it is declared.
    pub place: Option<Place>,
    /// The environment variable that sets it.
    pub variable: String,
    /// Where the URL comes from.
    pub set: Set,
}

/// What words may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VariableEntry {
    /// What stands between the braces: `group`, `take.seconds`.
    pub name: String,
    /// Its types after narrowing: one, unless places differ.
    pub types: Vec<String>,
    /// How it is written in a text: `{{group}}`, `{{#if x}}{{x}}{{/if}}`.
    pub write: String,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, as it was named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Set {
    /// The flow, or the language.
    Default,
    /// A settings file.
    File {
        /// Where in it.
        place: Option<Place>,
        /// Where that says a secret is read: `{ env = "NAME" }`.
        #[serde(skip_serializing_if = "Option::is_none")]
        reads: Option<String>,
    },
    /// An environment variable.
    Environment {
        /// Its name.
        variable: String,
    },
    /// Nothing: it must be given.
    Nobody,
}

/// A flow that was checked, with everything that was said about it from outside.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    /// The flow.
    pub program: &'a Program,
    /// Its settings.
    pub settings: &'a Settings,
    /// What replaces what the flow says.
    pub overrides: &'a Overrides,
    /// What its phrases may use.
    pub spoken: &'a IndexMap<Name, Spoken>,
    /// The texts of all of it; the flow's is the first.
    pub sources: &'a Sources,
}

impl Catalog {
    /// What can be set in a flow.
    #[must_use]
    pub fn of(checked: Checked<'_>) -> Self {
        let program = checked.program;
        let everywhere = everywhere(checked.spoken);
        Self {
            flow: program.name.clone(),
            file: checked.sources.iter().next().map(|(_, source)| source.name.to_string()).unwrap_or_default(),
            settings: program.settings.iter().enumerate().map(|(n, setting)| checked.setting(n, setting)).collect(),
            phrases: program.phrases.iter().map(|phrase| checked.phrase(phrase, &everywhere)).collect(),
            music: program.music.iter().map(|music| checked.music(music)).collect(),
            everywhere: everywhere.into_iter().map(VariableEntry::of).collect(),
        }
    }
}

impl Checked<'_> {
    fn setting(&self, n: usize, setting: &Setting) -> SettingEntry {
        let types = &self.program.types;
        let secret = setting.is_secret();
        let json = |value: &Value| written(value, &setting.ty, types);
        let required = if secret { !may_be_absent(&setting.ty) } else { setting.default.is_none() };
        let set = match self.set(&setting.name) {
            Set::Default if required => Set::Nobody,
            set => set,
        };
        let value = self.settings.values().get(n).filter(|_| !secret && set != Set::Nobody).map(json);
        SettingEntry {
            name: setting.name.clone(),
            ty: types.show(&setting.ty),
            explained: explained::explained(setting, types),
            secret,
            required,
            default: setting.default.as_ref().filter(|_| !secret).map(json),
            value,
            example: settings::example(&setting.ty, types),
            doc: setting.doc.clone(),
            place: self.place(setting.span),
            variable: self.variable(&setting.name),
            set,
        }
    }

    fn phrase(&self, phrase: &Phrase, everywhere: &[&Variable]) -> PhraseEntry {
        let none = Spoken::default();
        let spoken = self.spoken.get(&phrase.name).unwrap_or(&none);
        let own = spoken.variables.iter().filter(|variable| is_useful(variable) && !everywhere.contains(variable));
        PhraseEntry {
            name: phrase.name.clone(),
            default: phrase.default.clone(),
            value: phrase.texts.clone(),
            built_in: crate::check::BUILT_IN_PHRASES.contains(&&*phrase.name),
            doc: phrase.doc.clone(),
            place: phrase.span.and_then(|span| self.place(span)),
            spoken: spoken.places.iter().filter_map(|span| self.place(*span)).collect(),
            variables: own.map(VariableEntry::of).collect(),
            variable: self.variable(&phrase.name),
            set: self.set(&phrase.name),
        }
    }

    fn music(&self, music: &Music) -> MusicEntry {
        let prose = Prose::of(self.program);
        MusicEntry {
            name: music.name.clone(),
            default: music.steps.iter().filter_map(|step| written::music(&step.kind, prose)).collect(),
            value: music.url.clone(),
            doc: music.doc.clone(),
            place: self.place(music.span),
            variable: self.variable(&music.name),
            set: self.set(&music.name),
        }
    }

    fn variable(&self, name: &str) -> String {
        settings::variable(&self.program.name, name)
    }

    fn place(&self, span: Span) -> Option<Place> {
        let source = self.sources.get(span.source)?;
        let crate::source::Position { line, column, .. } = source.position(span.start as usize);
        Some(Place { file: source.name.to_string(), line, column })
    }

    /// Where the value of a name comes from.
    fn set(&self, name: &str) -> Set {
        let Some(given) = self.overrides.get(name) else { return Set::Default };
        match given.origin {
            Origin::Environment => Set::Environment { variable: self.variable(name) },
            Origin::File | Origin::Test => {
                let reads = match &given.value.kind {
                    RawKind::Elsewhere(Elsewhere::Env(name)) => Some(format!("{{ env = {} }}", written::quoted(name))),
                    RawKind::Elsewhere(Elsewhere::File(path)) => {
                        Some(format!("{{ file = {} }}", written::quoted(path)))
                    }
                    _ => None,
                };
                Set::File { place: self.place(given.name_span), reads }
            }
        }
    }
}

impl VariableEntry {
    fn of(variable: &Variable) -> Self {
        let (name, types) = (variable.path.clone(), variable.types.clone());
        Self { name, types, write: variable.usage.text(&variable.path) }
    }

    /// `group: Group`; what can only be tested is marked.
    fn shown(&self) -> String {
        let only = if self.write.contains('…') { " (for #if only)" } else { "" };
        format!("{}: {}{only}", self.name, self.types.join(" or "))
    }
}

/// What words may use wherever they are spoken. The language itself speaks `apology` at any moment of a call, when
/// nothing is known for certain; what another phrase knows better stands in its own list.
fn everywhere(spoken: &IndexMap<Name, Spoken>) -> Vec<&Variable> {
    let apology = spoken.get("apology").map(|spoken| spoken.variables.as_slice()).unwrap_or_default();
    apology.iter().filter(|variable| variable.global && is_useful(variable)).collect()
}

/// Whether there is something to be learnt from a test, where a variable can only be tested.
fn is_useful(variable: &Variable) -> bool {
    variable.usage != Usage::Tested || variable.types.iter().any(|ty| ty == "flag" || ty.ends_with('?'))
}

/// Whether a secret may be absent.
fn may_be_absent(ty: &Type) -> bool {
    match ty {
        Type::Secret(of) => of.may_be_absent(),
        other => other.may_be_absent(),
    }
}

#[cfg(test)]
mod tests;
