//! `NAME.toml`: the settings file.

use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::conceal;
use super::names::{Kind, Names};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::overrides::{Elsewhere, Origin, Override, Raw, RawKind};
use crate::source::{Source, SourceId, Sources, Span};

type Spanned<T> = toml::Spanned<T>;

/// Whole numbers up to here are exact in a [`RawKind::Number`]: 2^53.
const EXACT: i64 = 9_007_199_254_740_992;

/// Reads a settings file and adds it to the sources, with secrets struck out, under the name that messages call it.
///
/// The overrides are those of a file without mistakes, in its order; with one, there are none, and the findings are
/// IVR101 for what is not TOML, IVR206 for a key that stands twice, and IVR504 for a value no setting can have.
pub fn file(
    name: impl Into<Arc<str>>,
    text: &str,
    names: &Names,
    sources: &mut Sources,
) -> (Vec<Override>, Diagnostics) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shown = |key: &str| matches!(names.kind(key), Some(Kind::Setting | Kind::Phrase | Kind::Music));
    let (table, errors) = DeTable::parse_recoverable(text);
    let hidden =
        if errors.is_empty() { hidden_values(table.get_ref(), &shown) } else { conceal::hidden_parts(text, &shown) };
    let id = sources.add(Source::new(name, conceal::strike(text, &hidden)));
    let mut reader = Reader { id, names, found: Diagnostics::new() };
    for error in &errors {
        let problem = reader.syntax(error, text);
        reader.found.push(problem);
    }
    let overrides = if errors.is_empty() { reader.overrides(table.get_ref()) } else { Vec::new() };
    let overrides = if reader.found.has_errors() { Vec::new() } else { overrides };
    (overrides, reader.found)
}

/// The places of the values behind keys that may not be shown.
fn hidden_values(table: &DeTable<'_>, shown: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    for (key, value) in table {
        match value.get_ref() {
            DeValue::Table(phrases) if key.get_ref() == "phrases" => hidden.extend(hidden_values(phrases, shown)),
            _ if shown(key.get_ref()) => {}
            _ => scalars(value, &mut hidden),
        }
    }
    hidden
}

fn scalars(value: &Spanned<DeValue<'_>>, places: &mut Vec<Range<usize>>) {
    match value.get_ref() {
        DeValue::Array(items) => items.iter().for_each(|item| scalars(item, places)),
        // Where a secret is read from is no secret.
        DeValue::Table(table) => table
            .iter()
            .filter(|(key, _)| !matches!(key.get_ref().as_ref(), "env" | "file" | "none"))
            .for_each(|(_, inner)| scalars(inner, places)),
        _ => places.push(value.span()),
    }
}

struct Reader<'a> {
    id: SourceId,
    names: &'a Names,
    found: Diagnostics,
}

impl Reader<'_> {
    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.id, range.start, range.end)
    }

    fn overrides(&mut self, table: &DeTable<'_>) -> Vec<Override> {
        let mut list = Vec::new();
        for (key, value) in table {
            match value.get_ref() {
                DeValue::Table(phrases) if key.get_ref() == "phrases" => {
                    list.extend(phrases.iter().map(|(key, value)| self.one(key, value, true)));
                }
                _ => list.push(self.one(key, value, false)),
            }
        }
        list
    }

    fn one(&mut self, key: &Spanned<impl AsRef<str>>, value: &Spanned<DeValue<'_>>, in_phrases: bool) -> Override {
        let name = key.get_ref().as_ref();
        let elsewhere = !in_phrases && !matches!(self.names.kind(name), Some(Kind::Setting | Kind::Phrase));
        let value = self.raw(value, elsewhere);
        let name_span = self.span(&key.span());
        Override { name: name.to_owned(), name_span, in_phrases, value, origin: Origin::File }
    }

    /// A value; `elsewhere` says whether `{ env = … }` and `{ file = … }` mean places where a secret is read, and are
    /// not a record that has such a field.
    fn raw(&mut self, value: &Spanned<DeValue<'_>>, elsewhere: bool) -> Raw {
        let span = self.span(&value.span());
        let kind = match value.get_ref() {
            DeValue::String(text) => RawKind::Text(text.as_ref().to_owned()),
            DeValue::Boolean(flag) => RawKind::Flag(*flag),
            DeValue::Integer(digits) => self.integer(digits.as_str(), digits.radix(), span),
            DeValue::Float(digits) => self.float(digits.as_str(), span),
            DeValue::Datetime(_) => {
                let problem =
                    Diagnostic::new(Code::SettingValue, "a date or time without quotes is no value of a setting");
                self.found.push(problem.at(span, "a date or time of TOML").help("put it in double quotes"));
                RawKind::None
            }
            DeValue::Array(items) => RawKind::List(items.iter().map(|item| self.raw(item, false)).collect()),
            DeValue::Table(table) => self.table(table, elsewhere, span),
        };
        Raw { span, kind }
    }

    #[expect(clippy::cast_precision_loss, reason = "within the exact range")]
    fn integer(&mut self, digits: &str, radix: u32, span: Span) -> RawKind {
        match i64::from_str_radix(digits, radix) {
            Ok(number) if (-EXACT..=EXACT).contains(&number) => RawKind::Number(number as f64),
            _ => self.no_number(span),
        }
    }

    fn float(&mut self, digits: &str, span: Span) -> RawKind {
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => RawKind::Number(number),
            _ => self.no_number(span),
        }
    }

    fn no_number(&mut self, span: Span) -> RawKind {
        let problem = Diagnostic::new(Code::SettingValue, "this number is not finite, or too large to be exact");
        self.found.push(problem.at(span, "").help("write a number of at most fifteen digits"));
        RawKind::None
    }

    fn table(&mut self, table: &DeTable<'_>, elsewhere: bool, span: Span) -> RawKind {
        let mut entries = table.iter().map(|(key, value)| (key.get_ref().as_ref(), value.get_ref()));
        match (entries.next(), entries.next()) {
            (Some(("none", DeValue::Boolean(true))), None) => return RawKind::None,
            (Some(("none", _)), None) => {
                let problem = Diagnostic::new(Code::SettingValue, "absence is written `{ none = true }`");
                self.found.push(problem.at(span, "").help("write `{ none = true }`"));
            }
            (Some(("env", DeValue::String(name))), None) if elsewhere => {
                return RawKind::Elsewhere(Elsewhere::Env(name.as_ref().to_owned()));
            }
            (Some(("file", DeValue::String(path))), None) if elsewhere => {
                return RawKind::Elsewhere(Elsewhere::File(path.as_ref().to_owned()));
            }
            _ => {}
        }
        let fields = table.iter().map(|(key, value)| {
            let place = self.span(&key.span());
            (key.get_ref().as_ref().to_owned(), place, self.raw(value, false))
        });
        RawKind::Record(fields.collect())
    }

    fn syntax(&self, error: &toml::de::Error, text: &str) -> Diagnostic {
        let range = error.span().unwrap_or(text.len()..text.len());
        let span = self.span(&range);
        let (what, expected) = match error.message().split_once(", expected ") {
            Some((what, expected)) => (what, format!("expected {expected}")),
            None => (error.message(), String::new()),
        };
        if what == "duplicate key" {
            let key = text.get(range).unwrap_or_default().trim();
            let message = format!("`{key}` stands twice in this settings file");
            return Diagnostic::new(Code::DeclaredTwice, message).at(span, "again").help("remove one of the two lines");
        }
        let help = match what {
            "string values must be quoted" => "put the text in double quotes",
            _ => "correct this place; the file is TOML: `name = value` lines, texts in double quotes",
        };
        Diagnostic::new(Code::NotUnderstood, format!("the settings file is not understood: {what}"))
            .at(span, expected)
            .help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::file;
    use crate::diagnostic::{Code, Diagnostics};
    use crate::overrides::{Elsewhere, Override, RawKind};
    use crate::settings::{Kind, Names};
    use crate::source::Sources;

    fn read(text: &str) -> (Vec<Override>, Diagnostics, Sources) {
        let names: Names = [
            ("groups", Kind::Setting),
            ("level", Kind::Setting),
            ("xm_pass", Kind::Secret),
            ("token", Kind::Secret),
            ("hold_music", Kind::Music),
            ("sorry", Kind::Phrase),
        ]
        .map(|(name, kind)| (name.to_owned(), kind))
        .into_iter()
        .collect();
        let mut sources = Sources::new();
        let (overrides, found) = file("x.toml", text, &names, &mut sources);
        (overrides, found, sources)
    }

    #[test]
    fn keys_and_values_carry_their_places() {
        let text = "level = 3\ngroups = [{ name = \"Net\" }, { none = true }]\n[phrases]\nsorry = { en = \"é\" }\n";
        let (overrides, found, sources) = read(text);
        assert!(found.is_empty(), "{found:?}");
        let [level, groups, sorry] = overrides.as_slice() else { panic!("{overrides:?}") };
        assert_eq!((sources.slice(level.name_span), sources.slice(level.value.span)), ("level", "3"));
        assert_eq!(level.value.kind, RawKind::Number(3.0));
        let RawKind::List(items) = &groups.value.kind else { panic!("{groups:?}") };
        assert!(matches!(&items[0].kind, RawKind::Record(fields) if sources.slice(fields[0].1) == "name"));
        assert_eq!(items[1].kind, RawKind::None);
        assert!(sorry.in_phrases && !level.in_phrases);
        assert_eq!(sources.slice(sorry.value.span), "{ en = \"é\" }");
    }

    #[test]
    fn a_secret_names_its_place_and_a_literal_one_is_not_shown() {
        let text = "xm_pass = \"hunter2\"\ntoken = { file = \"/run/token\" }\nxm_pas = [\"hunter3\"]\nlevel = 1\n";
        let (overrides, found, sources) = read(text);
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(overrides[0].value.kind, RawKind::Text("hunter2".into()));
        assert_eq!(overrides[1].value.kind, RawKind::Elsewhere(Elsewhere::File("/run/token".into())));
        let shown = sources.iter().next().unwrap().1.text.to_string();
        assert!(!shown.contains("hunter") && shown.contains("/run/token") && shown.contains("level = 1"), "{shown}");
        assert_eq!(shown.len(), text.len());
    }

    #[test]
    fn an_ordinary_setting_may_have_a_field_called_env() {
        let (overrides, ..) = read("groups = { env = \"X\" }\n");
        assert!(matches!(&overrides[0].value.kind, RawKind::Record(fields) if fields[0].0 == "env"));
    }

    #[test]
    fn mistakes_are_found_at_their_places_without_showing_secrets() {
        for (text, code, at) in [
            ("level = 1\nlevel = 2\n", Code::DeclaredTwice, "level"),
            ("level = three\n", Code::NotUnderstood, "three"),
            ("level = 2026-03-01\n", Code::SettingValue, "2026-03-01"),
            ("level = inf\n", Code::SettingValue, "inf"),
            ("level = 99999999999999999999\n", Code::SettingValue, "99999999999999999999"),
            ("level = { none = false }\n", Code::SettingValue, "{ none = false }"),
            ("xm_pass = \"hunter2\nlevel = 1\n", Code::NotUnderstood, ""),
            ("\u{feff}xm_pass = \"hunter2\nlevel = 1\n", Code::NotUnderstood, ""),
        ] {
            let (overrides, found, sources) = read(text);
            let first = found.iter().next().unwrap_or_else(|| panic!("nothing found in {text:?}"));
            assert_eq!(first.code, code, "{text:?}: {found:?}");
            assert!(at.is_empty() || sources.slice(first.span().unwrap()) == at, "{text:?}: {found:?}");
            assert!(overrides.is_empty() && first.help.is_some());
            assert!(!sources.iter().any(|(_, source)| source.text.contains("hunter")), "{text:?}");
            assert!(!format!("{found:?}").contains("hunter"));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*|([a-z]{1,3} ?= ?[\\[\\]{}\"'a-z0-9.:=\n]{0,12}\n){0,5}") {
            let _ = read(&text);
        }
    }
}
