//! `phrases`, those of the language, and what replaces them.

use super::super::report::Report;
use super::super::unbuilt::unbuilt;
use super::super::wording::Wording;
use super::super::world::{Phrase, World};
use super::names::{Names, Space};
use crate::diagnostic::{Code, Diagnostic};
use crate::overrides::{Origin, Override, Overrides, Raw, RawKind};
use crate::source::Span;
use crate::syntax::tree::{self, File, ItemKind, Text};
use crate::types::Name;

fn no_words(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::SettingValue,
        format!("`{name}` is a phrase: a text is wanted, or a list of texts for its tries"),
    )
    .at(span, "")
    .help("write the words in quotes")
}

/// The phrases of the language, in English (section 5).
const BUILT_IN: [(&str, &str); 5] = [
    ("option", "Press {{digit}} {{label}}"),
    ("choice", "Press {{digit}} for {{it}}."),
    ("apology", "We are sorry, something went wrong. Goodbye."),
    ("goodbye", "Goodbye."),
    ("one_moment", "One moment please."),
];

/// The names of the phrases of the language.
pub const NAMES: [&str; 5] = ["option", "choice", "apology", "goodbye", "one_moment"];

/// Whether the language has a phrase of this name.
pub(in super::super) fn is_built_in(name: &str) -> bool {
    BUILT_IN.iter().any(|(known, _)| *known == name)
}

pub(super) fn declare(file: &File, overrides: &Overrides, world: &mut World, names: &mut Names<'_>) {
    let report = names.report();
    let bilingual = file.items.iter().any(|item| matches!(item.kind, ItemKind::Languages(_)));
    let mut variants_seen = bilingual;
    for item in &file.items {
        let ItemKind::Phrases(lines) = &item.kind else { continue };
        for line in lines {
            let wording = words(line, &mut variants_seen, report);
            if names.take(Space::Value("phrase"), &line.name) {
                insert(
                    world,
                    &line.name.text,
                    Phrase { wording, replaced: None, doc: line.doc.clone(), span: Some(line.name.span) },
                );
            }
        }
    }
    for (name, text) in BUILT_IN {
        if !world.phrases.contains_key(name) {
            let wording = Wording::built_in(text);
            insert(world, name, Phrase { wording, replaced: None, doc: None, span: None });
        }
    }
    for (name, phrase) in &mut world.phrases {
        if let Some(given) = overrides.get(name)
            && let Some(wording) = replacement(given, report)
        {
            phrase.replaced = Some(std::mem::replace(&mut phrase.wording, wording));
        }
    }
}

fn insert(world: &mut World, name: &str, phrase: Phrase) {
    world.phrases.insert(Name::from(name), phrase);
}

fn words(line: &tree::Phrase, variants_seen: &mut bool, report: &Report) -> Wording {
    match &line.text {
        Text::Texts(texts) => Wording::of(texts, report),
        Text::Variants(variants, span) => {
            // Without `languages` this is the first sign of a second language; with it, all has been said.
            if !std::mem::replace(variants_seen, true) {
                unbuilt(report, *span, "a text in several languages");
            }
            variants.first().map_or_else(|| Wording::built_in(""), |(_, texts)| Wording::of(texts, report))
        }
        Text::Expr(_) => Wording::built_in(""),
    }
}

/// The words of an override.
fn replacement(given: &Override, report: &Report) -> Option<Wording> {
    let span = given.value.span;
    let texts: Option<Vec<String>> = match &given.value.kind {
        RawKind::Text(text) => Some(list_in_environment(given.origin, text).unwrap_or_else(|| vec![text.clone()])),
        RawKind::List(items) if !items.is_empty() => items.iter().map(text_of).collect(),
        RawKind::Record(_) => {
            unbuilt(report, span, "a text in several languages");
            return None;
        }
        _ => None,
    };
    let Some(texts) = texts else {
        report.add(no_words(&given.name, span));
        return None;
    };
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    Some(Wording::overriding(&texts, span, report))
}

fn text_of(raw: &Raw) -> Option<String> {
    match &raw.kind {
        RawKind::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// In the environment a list is JSON.
fn list_in_environment(origin: Origin, text: &str) -> Option<Vec<String>> {
    let is_list = origin == Origin::Environment && text.trim_start().starts_with('[');
    let texts: Vec<String> = is_list.then(|| serde_json::from_str(text).ok()).flatten()?;
    (!texts.is_empty()).then_some(texts)
}
