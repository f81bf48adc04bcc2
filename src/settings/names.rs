//! The names a flow declares that may be overridden, and how environment variables spell them.

use std::collections::BTreeMap;

use crate::syntax::tree::{File, ItemKind};

/// What an overridable name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A setting whose value may be shown.
    Setting,
    /// A secret setting.
    Secret,
    /// A phrase, declared or built in.
    Phrase,
    /// Music.
    Music,
}

/// The overridable names of a flow. They are taken from the tree and not from the checked program, because overrides
/// of phrases take part in the check; and what a tree with mistakes does not declare is treated like a secret.
#[derive(Debug, Clone, Default)]
pub struct Names {
    kinds: BTreeMap<String, Kind>,
}

impl Names {
    /// The names a flow declares, and the built-in phrases.
    #[must_use]
    pub fn of<'a>(file: &File, builtin: impl IntoIterator<Item = &'a str>) -> Self {
        let builtin = builtin.into_iter().map(|name| (name.to_owned(), Kind::Phrase));
        builtin.chain(file.items.iter().flat_map(|item| declared(&item.kind))).collect()
    }

    /// What a name stands for.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<Kind> {
        self.kinds.get(name).copied()
    }

    /// The name that an environment variable means by its upper-case spelling.
    pub(super) fn spelt(&self, upper: &str) -> Option<(&str, Kind)> {
        self.kinds.iter().find(|(name, _)| shout(name) == upper).map(|(name, kind)| (name.as_str(), *kind))
    }
}

impl FromIterator<(String, Kind)> for Names {
    fn from_iter<I: IntoIterator<Item = (String, Kind)>>(names: I) -> Self {
        Self { kinds: names.into_iter().collect() }
    }
}

fn declared(item: &ItemKind) -> Vec<(String, Kind)> {
    match item {
        ItemKind::Settings(settings) => settings
            .iter()
            .flat_map(|setting| {
                let kind = if setting.secret { Kind::Secret } else { Kind::Setting };
                setting.names.iter().map(move |name| (name.text.clone(), kind))
            })
            .collect(),
        ItemKind::Phrases(phrases) => phrases.iter().map(|phrase| (phrase.name.text.clone(), Kind::Phrase)).collect(),
        ItemKind::Music { name, .. } => vec![(name.text.clone(), Kind::Music)],
        _ => Vec::new(),
    }
}

/// The environment variable that overrides `name` in `flow`: `IVR_XMATTERS_GROUPS`.
#[must_use]
pub fn variable(flow: &str, name: &str) -> String {
    format!("{}{}", prefix(flow), shout(name))
}

/// What the variables of a flow begin with: `IVR_XMATTERS_`.
pub(super) fn prefix(flow: &str) -> String {
    format!("IVR_{}_", shout(flow))
}

/// Upper case; what cannot stand in the name of a variable becomes `_`.
fn shout(name: &str) -> String {
    name.to_uppercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Names, variable};
    use crate::source::Span;
    use crate::syntax::tree::{File, Item, ItemKind, Setting, Word};

    #[test]
    fn a_flow_declares_what_may_be_overridden() {
        let word = |text: &str| Word { text: text.to_owned(), span: Span::default() };
        let setting = |names: &[&str], secret| Setting {
            doc: None,
            secret,
            names: names.iter().map(|name| word(name)).collect(),
            ty: None,
            default: None,
            span: Span::default(),
        };
        let kinds = [
            ItemKind::Settings(vec![setting(&["groups"], false), setting(&["xm_user", "xm_pass"], true)]),
            ItemKind::Music { name: word("hold_music"), steps: Vec::new() },
        ];
        let items = kinds.map(|kind| Item { span: Span::default(), doc: None, kind }).to_vec();
        let names = Names::of(&File { items, comments: Vec::new(), incomplete: false }, ["goodbye"]);
        let expected = [
            ("groups", Some(Kind::Setting)),
            ("xm_pass", Some(Kind::Secret)),
            ("hold_music", Some(Kind::Music)),
            ("goodbye", Some(Kind::Phrase)),
            ("nothing", None),
        ];
        for (name, kind) in expected {
            assert_eq!(names.kind(name), kind, "{name}");
        }
        assert_eq!(names.spelt("XM_USER"), Some(("xm_user", Kind::Secret)));
    }

    #[test]
    fn variables_are_spelt_in_upper_case() {
        assert_eq!(variable("xmatters", "alert_types"), "IVR_XMATTERS_ALERT_TYPES");
        assert_eq!(variable("night-line", "voice"), "IVR_NIGHT_LINE_VOICE");
    }
}
