//! `IVR_<FLOW>_<NAME>`: settings, phrases and music from the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

use super::names::{Kind, Names, prefix};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::overrides::{Elsewhere, Origin, Override, Raw, RawKind};
use crate::source::{Source, Sources, Span};

/// The environment's variables, as they were at start: a process's environment does not change. Any of them may be
/// secret; `Debug` shows none.
#[derive(Clone, Default)]
pub struct Environment {
    variables: Arc<BTreeMap<String, SecretString>>,
}

impl Environment {
    /// An environment of these variables.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name, SecretString::from(value)));
        Self { variables: Arc::new(variables.collect()) }
    }

    /// The variables of a flow that are no secrets: what is kept of a version, so that it can be compiled again.
    #[must_use]
    pub fn open(&self, flow: &str, names: &Names) -> Vec<(String, String)> {
        let shown = self.variables.iter().filter(|(variable, _)| is_open(variable, flow, names));
        shown.map(|(variable, value)| (variable.clone(), value.expose_secret().to_owned())).collect()
    }

    /// This environment with the variables of a flow that are no secrets as they were once.
    #[must_use]
    pub fn pinned(&self, flow: &str, names: &Names, open: &[(String, String)]) -> Self {
        let kept = self.variables.iter().filter(|(variable, _)| !is_open(variable, flow, names));
        let kept = kept.map(|(variable, value)| (variable.clone(), value.clone()));
        let open = open.iter().map(|(variable, value)| (variable.clone(), SecretString::from(value.clone())));
        Self { variables: Arc::new(kept.chain(open).collect()) }
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&SecretString> {
        self.variables.get(name)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Environment({} variables)", self.variables.len())
    }
}

/// Whether a variable overrides something of the flow that is no secret.
fn is_open(variable: &str, flow: &str, names: &Names) -> bool {
    let name = variable.strip_prefix(&prefix(flow)).and_then(|upper| names.spelt(upper));
    name.is_some_and(|(_, kind)| kind != Kind::Secret)
}

/// The overrides of `flow` in the environment.
///
/// Each variable becomes a source of its own, called `environment variable IVR_…`. Its text is the value if the flow
/// declares the name and not as a secret; otherwise the text is the variable's name, and the override says
/// `{ env = "IVR_…" }`, so that neither a secret nor a misspelt secret is ever copied into what messages show.
/// `flows` are the names of all flows that share this environment: `IVR_CLINIC_NIGHT_VOICE` may be the `night_voice`
/// of `clinic` or the `voice` of `clinic_night`.
///
/// Values of phrases are read here (a JSON list or object is one; anything else is the words); those of settings stay
/// texts, because only their types say what they mean.
pub fn environment(
    flow: &str,
    flows: &[&str],
    variables: &Environment,
    names: &Names,
    sources: &mut Sources,
) -> (Vec<Override>, Diagnostics) {
    let mut list = Vec::new();
    let mut found = Diagnostics::new();
    let prefix = prefix(flow);
    for (variable, value) in variables.variables.iter() {
        let Some(upper) = variable.strip_prefix(&prefix) else { continue };
        let known = names.spelt(upper);
        let phrase = upper.split_once("__").filter(|(name, _)| matches!(names.spelt(name), Some((_, Kind::Phrase))));
        match (known, phrase) {
            (None, Some((phrase, _))) => found.push(one_language(variable, &format!("{prefix}{phrase}"), sources)),
            (None, None) if belongs_to_another(variable, flow, flows) => {}
            _ => list.push(one(variable, value.expose_secret(), upper, known, sources)),
        }
    }
    (list, found)
}

fn one(variable: &str, value: &str, upper: &str, known: Option<(&str, Kind)>, sources: &mut Sources) -> Override {
    let shown = matches!(known, Some((_, Kind::Setting | Kind::Phrase | Kind::Music)));
    let span = source(variable, if shown { value } else { variable }, sources);
    let kind = match known {
        Some((_, Kind::Setting | Kind::Secret)) if value == "none" => RawKind::None,
        Some((_, Kind::Setting | Kind::Music)) => RawKind::Text(value.to_owned()),
        Some((_, Kind::Phrase)) => phrase(value, span),
        Some((_, Kind::Secret)) | None => RawKind::Elsewhere(Elsewhere::Env(variable.to_owned())),
    };
    let name = known.map_or_else(|| upper.to_lowercase(), |(name, _)| name.to_owned());
    Override { name, name_span: span, in_phrases: false, value: Raw { span, kind }, origin: Origin::Environment }
}

/// Adds the source of a variable; the place of its whole text.
fn source(variable: &str, text: &str, sources: &mut Sources) -> Span {
    let id = sources.add(Source::of_variable(variable, text));
    Span::new(id, 0, text.len())
}

fn one_language(variable: &str, whole: &str, sources: &mut Sources) -> Diagnostic {
    let message = format!("`{variable}` gives a phrase in one language, which is not built yet");
    Diagnostic::new(Code::NotBuilt, message)
        .at(source(variable, variable, sources), "")
        .help(format!("set `{whole}` instead"))
}

/// Whether a variable whose name this flow does not know begins like the variables of another one with a longer name.
fn belongs_to_another(variable: &str, flow: &str, flows: &[&str]) -> bool {
    flows.iter().any(|other| *other != flow && other.len() > flow.len() && variable.starts_with(&prefix(other)))
}

/// The words of a phrase: counted texts and languages are JSON, everything else is said as it is.
fn phrase(words: &str, span: Span) -> RawKind {
    match serde_json::from_str(words) {
        Ok(json @ (Json::Array(_) | Json::Object(_))) => raw(&json, span).kind,
        _ => RawKind::Text(words.to_owned()),
    }
}

/// JSON as a raw value; every part has the place of the whole.
pub(super) fn raw(json: &Json, span: Span) -> Raw {
    let kind = match json {
        Json::Null => RawKind::None,
        Json::Bool(flag) => RawKind::Flag(*flag),
        Json::Number(number) => number.as_f64().map_or(RawKind::None, RawKind::Number),
        Json::String(text) => RawKind::Text(text.clone()),
        Json::Array(items) => RawKind::List(items.iter().map(|item| raw(item, span)).collect()),
        Json::Object(fields) => {
            RawKind::Record(fields.iter().map(|(name, value)| (name.clone(), span, raw(value, span))).collect())
        }
    };
    Raw { span, kind }
}

#[cfg(test)]
mod tests {
    use super::{Environment, environment};
    use crate::diagnostic::{Code, Diagnostics};
    use crate::overrides::{Elsewhere, Override, RawKind};
    use crate::settings::{Kind, Names};
    use crate::source::Sources;

    fn read(variables: &[(&str, &str)]) -> (Vec<Override>, Diagnostics, Sources) {
        let names: Names = [
            ("groups", Kind::Setting),
            ("night_voice", Kind::Setting),
            ("xm_pass", Kind::Secret),
            ("bitly_token", Kind::Secret),
            ("sorry", Kind::Phrase),
            ("hold_music", Kind::Music),
        ]
        .map(|(name, kind)| (name.to_owned(), kind))
        .into_iter()
        .collect();
        let environment_ = Environment::new(variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let mut sources = Sources::new();
        let (list, found) = environment("xm", &["xm", "xm_night"], &environment_, &names, &mut sources);
        assert!(!format!("{environment_:?}").contains(variables[0].1));
        (list, found, sources)
    }

    #[test]
    fn a_variable_is_a_source_whose_text_is_its_value() {
        let (list, found, sources) = read(&[("IVR_XM_GROUPS", "[{\"name\": 1}]"), ("PATH", "/bin")]);
        assert!(found.is_empty() && list.len() == 1);
        assert_eq!(list[0].name, "groups");
        assert_eq!(sources.slice(list[0].value.span), "[{\"name\": 1}]");
        assert_eq!(&*sources.get(list[0].value.span.source).unwrap().name, "environment variable IVR_XM_GROUPS");
        assert_eq!(list[0].value.kind, RawKind::Text("[{\"name\": 1}]".into()));
    }

    #[test]
    fn secrets_and_what_may_be_a_misspelt_secret_are_not_copied() {
        let (list, _, sources) = read(&[("IVR_XM_XM_PASS", "hunter2"), ("IVR_XM_XM_PAS", "hunter3")]);
        assert!(!format!("{list:?} {sources:?}").contains("hunter"));
        assert_eq!(list[0].name, "xm_pas");
        assert_eq!(list[1].value.kind, RawKind::Elsewhere(Elsewhere::Env("IVR_XM_XM_PASS".into())));
    }

    #[test]
    fn none_is_absence_but_a_word_of_a_phrase() {
        let (list, ..) = read(&[("IVR_XM_BITLY_TOKEN", "none"), ("IVR_XM_GROUPS", "none"), ("IVR_XM_SORRY", "none")]);
        assert_eq!(list[0].value.kind, RawKind::None);
        assert_eq!(list[1].value.kind, RawKind::None);
        assert_eq!(list[2].value.kind, RawKind::Text("none".into()));
    }

    #[test]
    fn a_phrase_is_its_words_or_json() {
        let (list, ..) = read(&[("IVR_XM_SORRY", "[\"a\", \"b\"]")]);
        assert!(matches!(&list[0].value.kind, RawKind::List(texts) if texts.len() == 2));
        let (list, ..) = read(&[("IVR_XM_SORRY", "[beep] sorry")]);
        assert_eq!(list[0].value.kind, RawKind::Text("[beep] sorry".into()));
    }

    #[test]
    fn a_phrase_in_one_language_is_not_built() {
        let (list, found, _) = read(&[("IVR_XM_SORRY__FR", "Pardon")]);
        assert!(list.is_empty());
        let problem = found.iter().next().unwrap();
        assert_eq!(problem.code, Code::NotBuilt);
        assert_eq!(problem.help.as_deref(), Some("set `IVR_XM_SORRY` instead"));
    }

    #[test]
    fn flows_with_one_beginning_do_not_take_each_others_variables() {
        let (list, ..) = read(&[("IVR_XM_NIGHT_VOICE", "Joanna"), ("IVR_XM_NIGHT_GROUPS", "[]")]);
        assert_eq!(list.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(), ["night_voice"]);
    }
}
