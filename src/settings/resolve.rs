//! From overrides to the values of a program's settings.

use std::path::PathBuf;

use secrecy::SecretString;

use super::decode::{self, Decoder};
use super::environment::Environment;
use super::given::given;
use super::names::variable;
use super::secret::{Place, Secret, SecretError};
use super::transport::PlainHttp;
use super::{Settings, shape, unknown};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::expr::SettingId;
use crate::overrides::{Elsewhere, Origin, Override, Overrides, RawKind};
use crate::program::{Program, Setting};
use crate::source::Span;
use crate::syntax::scenario::Setup;
use crate::types::Type;
use crate::value::Value;

/// What the settings are resolved for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Checking a flow, or its tests: a setting without a value is absent, and secrets are not read.
    Check,
    /// Checking with a settings file (`check --settings`): every setting needs a value, but secrets are not read,
    /// because they are on another machine.
    Complete,
    /// Serving: every setting needs a value, and every secret must be readable.
    Serve,
    /// Playing tests: the same, and what is missing is given in the test file.
    Test,
}

/// Under which conditions settings are resolved.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// What for.
    pub purpose: Purpose,
    /// Where secrets may travel without TLS.
    pub plain_http: PlainHttp,
    /// The variables that `{ env = … }` and overrides of secrets name.
    pub environment: Environment,
    /// The directory of the settings file: relative paths of `{ file = … }` begin there.
    pub directory: PathBuf,
}

/// The settings of a program, or what is wrong: IVR501, 502, 504, 505 (a warning), 507 and 508. No settings come back
/// with an error among the findings.
///
/// All overrides are checked, also those that a stronger one replaces.
#[must_use]
pub fn resolve(program: &Program, overrides: &Overrides, conditions: &Conditions) -> (Option<Settings>, Diagnostics) {
    let mut resolving = Resolving::of(program, conditions, &overrides.list);
    for setting in &program.settings {
        resolving.setting(setting, &overrides.list);
    }
    resolving.base_urls();
    let Resolving { found, values, secrets, .. } = resolving;
    let settings = (!found.has_errors()).then(|| Settings {
        names: program.settings.iter().map(|setting| setting.name.clone()).collect(),
        values,
        secrets,
        environment: conditions.environment.clone(),
    });
    (settings, found)
}

/// What is wrong with the `given` lines of a test, each for itself: names that nothing has, and values of other types.
pub fn misfits<'a>(program: &Program, lines: impl IntoIterator<Item = &'a Setup>) -> Diagnostics {
    let (overrides, mut found) = given(lines);
    if overrides.is_empty() {
        return found;
    }
    let conditions = Conditions {
        purpose: Purpose::Check,
        plain_http: PlainHttp::Anywhere,
        environment: Environment::default(),
        directory: PathBuf::new(),
    };
    let mut resolving = Resolving::of(program, &conditions, &overrides);
    let is_given = |setting: &&Setting| overrides.iter().any(|given| *given.name == *setting.name);
    for setting in program.settings.iter().filter(is_given) {
        resolving.setting(setting, &overrides);
    }
    found.extend(resolving.found);
    found
}

/// Settings being resolved, in the program's order.
pub(super) struct Resolving<'a> {
    pub(super) program: &'a Program,
    pub(super) conditions: &'a Conditions,
    pub(super) found: Diagnostics,
    values: Vec<Value>,
    /// Where each value comes from.
    places: Vec<Span>,
    secrets: Vec<Option<Secret>>,
    /// The names that something is set for which is called nearly so.
    misspelt: Vec<&'a str>,
}

impl<'a> Resolving<'a> {
    /// Nothing is resolved yet; overrides of nothing have been found.
    fn of(program: &'a Program, conditions: &'a Conditions, overrides: &[Override]) -> Self {
        let mut found = Diagnostics::new();
        let misspelt = unknown::report(program, overrides, &mut found);
        let (values, places, secrets) = (Vec::new(), Vec::new(), Vec::new());
        Self { program, conditions, found, values, places, secrets, misspelt }
    }

    fn setting(&mut self, setting: &Setting, overrides: &[Override]) {
        let of_this: Vec<&Override> = overrides.iter().filter(|o| *o.name == *setting.name && !o.in_phrases).collect();
        if setting.is_secret() {
            self.secret(setting, &of_this);
        } else {
            self.open(setting, &of_this);
        }
    }

    pub(super) fn name(&self, id: SettingId) -> String {
        self.program.settings.get(usize::from(id.0)).map_or_else(String::new, |setting| setting.name.to_string())
    }

    /// The value of a text setting with its place.
    pub(super) fn text(&self, id: SettingId) -> Option<(String, Span)> {
        let at = usize::from(id.0);
        Some((self.values.get(at)?.as_text()?.to_owned(), *self.places.get(at)?))
    }

    fn put(&mut self, value: Value, place: Span, secret: Option<Secret>) {
        self.values.push(value);
        self.places.push(place);
        self.secrets.push(secret);
    }

    fn open(&mut self, setting: &Setting, overrides: &[&Override]) {
        let mut last = None;
        for entry in overrides {
            let value = Decoder::new(self.program, setting, entry.origin, &mut self.found).setting(&entry.value);
            last = Some((value, entry.value.span));
        }
        let Some((value, place)) = last else {
            if setting.default.is_none() && !setting.ty.may_be_absent() {
                self.missing(setting);
            }
            return self.put(setting.default.clone().unwrap_or_default(), setting.span, None);
        };
        // A wrong value has been reported; absence stands for it.
        self.put(value.unwrap_or_default(), place, None);
    }

    fn missing(&mut self, setting: &Setting) {
        // Of a name that is misspelt where it is set, that is said.
        if self.conditions.purpose == Purpose::Check || self.misspelt.contains(&&*setting.name) {
            return;
        }
        let problem = Diagnostic::new(Code::SettingMissing, format!("setting `{}` has no value", setting.name))
            .at(setting.span, "declared here without a default")
            .help(self.how_to_set(setting));
        self.found.push(problem);
    }

    /// Where a setting can be given a value; tests look at no environment.
    fn how_to_set(&self, setting: &Setting) -> String {
        let (flow, types) = (&self.program.name, &self.program.types);
        if self.conditions.purpose == Purpose::Test {
            let example = decode::example(inner(&setting.ty), types, Origin::Test);
            let line = decode::line(flow, &setting.name, &example, Origin::Test);
            return format!("write `{line}` in `{flow}.test.ivr`");
        }
        let example = if setting.is_secret() {
            format!("{{ file = \"/run/secrets/{}\" }}", setting.name)
        } else {
            decode::example(&setting.ty, types, Origin::File)
        };
        let line = decode::line(flow, &setting.name, &example, Origin::File);
        format!("set the environment variable `{}`, or write in `{flow}.toml`: `{line}`", variable(flow, &setting.name))
    }

    fn secret(&mut self, setting: &Setting, overrides: &[&Override]) {
        let mut last = None;
        for entry in overrides {
            last = Some((self.place(setting, entry), entry.value.span));
        }
        if last.is_none() && !optional(setting) {
            self.missing(setting);
        }
        let (place, span) = last.unwrap_or((None, setting.span));
        let secret = place.map(|place| Secret { place, ty: inner(&setting.ty).clone() });
        if let Some(secret) = &secret {
            self.readable(setting, secret, span);
        }
        // While a flow is only checked, a secret that must be given counts as given.
        let set = secret.is_some() || !optional(setting);
        self.put(Value::Flag(set), span, secret);
    }

    /// Where an override says that the secret is; none for an absent or a wrong one.
    fn place(&mut self, setting: &Setting, entry: &Override) -> Option<Place> {
        let span = entry.value.span;
        let name = &setting.name;
        match &entry.value.kind {
            RawKind::Elsewhere(Elsewhere::Env(variable)) => Some(Place::Variable(variable.clone())),
            RawKind::Elsewhere(Elsewhere::File(path)) => Some(Place::File(self.conditions.directory.join(path))),
            RawKind::Text(text) => {
                if entry.origin == Origin::File {
                    self.literal(setting, span);
                }
                if let Err((wanted, why)) = shape::check(text, inner(&setting.ty)) {
                    self.wrong(setting, span, format!("secret `{name}` is not {wanted}: {why}"));
                }
                Some(Place::Literal(SecretString::from(text.as_str())))
            }
            RawKind::None if optional(setting) => None,
            RawKind::None => {
                self.wrong(setting, span, format!("secret `{name}` cannot be absent"));
                None
            }
            RawKind::Number(_) | RawKind::Flag(_) | RawKind::List(_) | RawKind::Record(_) => {
                self.wrong(setting, span, format!("secret `{name}` wants a text, or a place where it is read"));
                None
            }
        }
    }

    fn literal(&mut self, setting: &Setting, span: Span) {
        let name = &setting.name;
        let variable = variable(&self.program.name, name);
        let mut problem = Diagnostic::new(Code::LiteralSecret, format!("secret `{name}` stands in the settings file"))
            .at(span, "")
            .at(setting.span, "declared as a secret")
            .help(format!("write `{name} = {{ file = \"/run/secrets/{name}\" }}`, or set `{variable}`"));
        problem.severity = Severity::Warning;
        self.found.push(problem);
    }

    fn wrong(&mut self, setting: &Setting, span: Span, message: String) {
        let name = &setting.name;
        let problem = Diagnostic::new(Code::SettingValue, message)
            .at(span, "")
            .at(setting.span, "declared as a secret")
            .help(format!("write `{name} = {{ file = \"/run/secrets/{name}\" }}`"));
        self.found.push(problem);
    }

    /// Before serving, a secret is read once, so that a missing file is found now and not by a caller.
    fn readable(&mut self, setting: &Setting, secret: &Secret, span: Span) {
        // The shape of a literal one has been checked.
        let is_used = matches!(self.conditions.purpose, Purpose::Serve | Purpose::Test);
        if !is_used || matches!(secret.place, Place::Literal(_)) {
            return;
        }
        let Err(error) = secret.read(&self.conditions.environment) else { return };
        let (code, help) = match &error {
            SecretError::NotSet(variable) => {
                (Code::SecretUnreadable, format!("set `{variable}` before the server starts"))
            }
            SecretError::File { path, .. } => {
                (Code::SecretUnreadable, format!("let the server read `{path}`, or name another file"))
            }
            SecretError::Empty(_) => (Code::SecretUnreadable, "put the secret there".to_owned()),
            SecretError::Malformed { wanted, .. } => (Code::SettingValue, format!("put {wanted} there")),
        };
        let problem = Diagnostic::new(code, format!("secret `{}` cannot be used: {error}", setting.name))
            .at(span, "")
            .at(setting.span, "declared as a secret")
            .help(help);
        self.found.push(problem);
    }
}

/// Whether a secret may be absent: `secret text?`.
fn optional(setting: &Setting) -> bool {
    match &setting.ty {
        Type::Secret(of) => of.may_be_absent(),
        other => other.may_be_absent(),
    }
}

/// The type behind `secret` and `?`.
fn inner(ty: &Type) -> &Type {
    match ty {
        Type::Secret(of) | Type::Optional(of) => inner(of),
        other => other,
    }
}
