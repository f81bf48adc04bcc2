mod wrong;

use secrecy::ExposeSecret as _;

use super::{Conditions, Environment, Kind, Names, PlainHttp, Purpose, Settings, environment, file, resolve};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::expr::{Expr, SettingId, Template, Words};
use crate::overrides::{Origin, Override, Overrides, Raw, RawKind};
use crate::program::{Checked, Credentials, Method, Operation, Phrase, Program, Rules, Secretive, Service, Setting};
use crate::source::{Source, Sources, Span};
use crate::template::Pattern;
use crate::types::{Enum, EnumId, Field, Length, Record, RecordId, Table, TableId, Type, Types};
use crate::value::Value;

/// Declares settings like those of `xmatters.ivr`; each declaration is a line of the flow.
struct Flow {
    settings: Vec<Setting>,
    text: String,
}

impl Flow {
    fn add(&mut self, name: &str, ty: Type, default: Option<Value>) -> &mut Setting {
        let start = self.text.len();
        self.text += name;
        let span = Span::new(crate::source::SourceId(0), start, self.text.len());
        self.text.push('\n');
        let (distinct, picked, doc) = (false, false, None);
        self.settings.push(Setting { name: name.into(), doc, ty, default, span, distinct, picked });
        self.settings.last_mut().unwrap()
    }
}

fn types() -> Types {
    let field = |name: &str, ty: Type, default: Option<Expr>| Field { name: name.into(), ty, default };
    let row = |digit: f64, priority: &str| {
        Value::record([("digit", Value::Number(digit)), ("priority", Value::text(priority))])
    };
    Types {
        enums: vec![Enum { name: "Kind".into(), values: vec!["Alert".into(), "Conference".into(), "Livecall".into()] }],
        tables: vec![Table {
            name: "Severity".into(),
            columns: vec![("digit".into(), Type::Number), ("priority".into(), Type::Text)],
            rows: vec![row(1.0, "HIGH"), row(2.0, "LOW")],
        }],
        records: vec![Record {
            name: "Group".into(),
            fields: vec![
                field("name", Type::Text, None),
                field("spoken", Type::Text, Some(Expr::Local("name".into()))),
                field("on.call", Type::Phone.optional(), None),
            ],
        }],
    }
}

fn program() -> (Program, Sources) {
    let mut flow = Flow { settings: Vec::new(), text: String::new() };
    let kinds = Type::List(Box::new(Type::Enum(EnumId(0))), Length { min: 1, max: Some(4) });
    flow.add("alert_types", kinds, Some(Value::list(vec![Value::text("Alert")]))).distinct = true;
    let groups = Type::List(Box::new(Type::Record(RecordId(0))), Length { min: 1, max: None });
    flow.add("groups", groups, Some(Value::list(vec![]))).picked = true;
    flow.add("default_severity", Type::Row(TableId(0)).optional(), Some(Value::None));
    flow.add("escalation_levels", Type::Span { min: Some(1), max: Some(20) }, Some(Value::Number(3.0)));
    flow.add("transfer_to_bridge", Type::Flag, Some(Value::Flag(true)));
    flow.add("caller_id", Type::Phone.optional(), Some(Value::None));
    flow.add("wait_static", Type::Text, Some(Value::text("Thanks.")));
    flow.add("joke_url", Type::Url, Some(Value::text("https://jokes.example")));
    flow.add("xmatters_url", Type::Url, None);
    flow.add("patience", Type::Duration, Some(Value::Duration(5_000)));
    flow.add("timezone", Type::Text, Some(Value::text("UTC")));
    flow.add("xm_pass", Type::Secret(Box::new(Type::Text)), None);
    flow.add("bitly_token", Type::Secret(Box::new(Type::Text.optional())), None);
    flow.add("event_trigger", Type::Secret(Box::new(Type::Path)), None);
    let mut sources = Sources::new();
    sources.add(Source::new("xm.ivr", flow.text));
    (with_services(flow.settings), sources)
}

fn with_services(settings: Vec<Setting>) -> Program {
    let id = |name: &str| SettingId(settings.iter().position(|s| &*s.name == name).unwrap().try_into().unwrap());
    let text = |secrets: Vec<SettingId>| Secretive {
        template: Template { pattern: Pattern::plain("/").into(), slots: Vec::new() },
        secrets,
    };
    let operation = |name: &str, service: usize, path: Secretive, credentials: Option<Credentials>| Operation {
        name: name.into(),
        service,
        reads: true,
        method: Method::Get,
        params: Vec::new(),
        path,
        body: None,
        gives: None,
        credentials,
        headers: Vec::new(),
        timeout: 8_000,
        meanings: Vec::new(),
        span: Span::default(),
    };
    let service = |name: &str, base: &str| Service { name: name.into(), base: id(base), span: Span::default() };
    let words = || Words { phrase: None, tries: vec![text(Vec::new()).template] };
    let basic = Credentials::Basic(text(Vec::new()), text(vec![id("xm_pass")]));
    let (services, operations) = (
        vec![service("xmatters", "xmatters_url"), service("jokes", "joke_url")],
        vec![
            operation("xmatters.devices", 0, text(Vec::new()), Some(basic)),
            operation("jokes.random", 1, text(Vec::new()), None),
        ],
    );
    Program {
        name: "xm".into(),
        types: types(),
        settings,
        services,
        operations,
        queries: Vec::new(),
        music: Vec::new(),
        rules: Rules {
            admit: None,
            listen: 5_000,
            tries: 3,
            silence: None,
            invalid: None,
            giveup: None,
            error: None,
            hangup: None,
            anywhere: Vec::new(),
        },
        scenes: Vec::new(),
        apology: words(),
        one_moment: words(),
        goodbye: words(),
        phrases: vec![Phrase {
            name: "sorry".into(),
            doc: None,
            default: vec!["Sorry.".into()],
            texts: vec!["Sorry.".into()],
            span: None,
        }],
        checked: Checked::by_the_checker(),
    }
}

struct Resolved {
    program: Program,
    settings: Option<Settings>,
    found: Diagnostics,
    sources: Sources,
}

impl Resolved {
    fn value(&self, name: &str) -> Value {
        let settings = self.settings.as_ref().unwrap_or_else(|| panic!("{:?}", self.found));
        settings.named(name).unwrap().clone()
    }

    fn id(&self, name: &str) -> SettingId {
        SettingId(self.program.settings.iter().position(|s| &*s.name == name).unwrap().try_into().unwrap())
    }

    /// The only finding.
    fn finding(&self) -> &Diagnostic {
        let all: Vec<&Diagnostic> = self.found.iter().collect();
        let [one] = all.as_slice() else { panic!("{all:#?}") };
        one
    }

    fn at(&self) -> &str {
        self.sources.slice(self.finding().span().unwrap())
    }
}

fn resolved_for(purpose: Purpose, plain_http: PlainHttp, toml: &str, variables: &[(&str, &str)]) -> Resolved {
    let (program, mut sources) = program();
    let names: Names = (program.settings.iter())
        .map(|s| (s.name.to_string(), if s.is_secret() { Kind::Secret } else { Kind::Setting }))
        .chain([("sorry".to_owned(), Kind::Phrase)])
        .collect();
    let variables = Environment::new(variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let (mut list, mut found) = file("xm.toml", toml, &names, &mut sources);
    let (more, also) = environment("xm", &["xm"], &variables, &names, &mut sources);
    list.extend(more);
    found.extend(also);
    let directory = std::env::temp_dir();
    let conditions = Conditions { purpose, plain_http, environment: variables, directory };
    let (settings, also) = resolve(&program, &Overrides { list }, &conditions);
    found.extend(also);
    assert!(settings.is_none() == found.has_errors() || !toml.is_empty());
    Resolved { program, settings, found, sources }
}

fn check(toml: &str) -> Resolved {
    resolved_for(Purpose::Check, PlainHttp::Never, toml, &[])
}

fn from_variables(variables: &[(&str, &str)]) -> Resolved {
    resolved_for(Purpose::Check, PlainHttp::Never, "", variables)
}

#[test]
fn the_file_replaces_defaults_and_the_environment_replaces_the_file() {
    let toml = "alert_types = [\"Livecall\", \"Alert\"]\nescalation_levels = 5\ndefault_severity = 2\n\
                caller_id = \"+1 613 555 0142\"\npatience = \"2min\"\n";
    let resolved = resolved_for(Purpose::Check, PlainHttp::Never, toml, &[("IVR_XM_ESCALATION_LEVELS", "7")]);
    assert_eq!(resolved.value("alert_types"), Value::list(vec![Value::text("Livecall"), Value::text("Alert")]));
    assert_eq!(resolved.value("escalation_levels"), Value::Number(7.0));
    assert_eq!(resolved.value("default_severity").field("priority"), Value::text("LOW"));
    assert_eq!(resolved.value("caller_id"), Value::text("+16135550142"));
    assert_eq!(resolved.value("patience"), Value::Duration(120_000));
    assert_eq!(resolved.value("wait_static"), Value::text("Thanks."));
    assert_eq!(resolved.value("xmatters_url"), Value::None);
}

#[test]
fn records_fill_in_their_defaults() {
    let resolved =
        check("groups = [{ name = \"Net\" }, { spoken = \"D.B.\", name = \"DB\", on.call = \"+16135550142\" }]\n");
    let group = |name: &str, spoken: &str, call: Value| {
        Value::record([("name", Value::text(name)), ("spoken", Value::text(spoken)), ("on.call", call)])
    };
    let wanted = vec![group("Net", "Net", Value::None), group("DB", "D.B.", Value::text("+16135550142"))];
    assert_eq!(resolved.value("groups"), Value::list(wanted));
}

#[test]
fn variables_are_read_by_type() {
    let resolved = from_variables(&[
        ("IVR_XM_ALERT_TYPES", "[\"Livecall\"]"),
        ("IVR_XM_GROUPS", "[{\"name\": \"Net\"}]"),
        ("IVR_XM_DEFAULT_SEVERITY", "2"),
        ("IVR_XM_TRANSFER_TO_BRIDGE", "false"),
        ("IVR_XM_CALLER_ID", "none"),
        ("IVR_XM_WAIT_STATIC", "[12]"),
        ("IVR_XM_JOKE_URL", "https://other.example"),
        ("IVR_XM_PATIENCE", "1h"),
    ]);
    assert_eq!(resolved.value("alert_types"), Value::list(vec![Value::text("Livecall")]));
    assert_eq!(resolved.value("groups").elements()[0].field("spoken"), Value::text("Net"));
    assert_eq!(resolved.value("default_severity").field("digit"), Value::Number(2.0));
    assert_eq!(resolved.value("transfer_to_bridge"), Value::Flag(false));
    assert_eq!(resolved.value("caller_id"), Value::None);
    assert_eq!(resolved.value("wait_static"), Value::text("[12]"));
    assert_eq!(resolved.value("patience"), Value::Duration(3_600_000));
}

#[test]
fn before_serving_every_setting_needs_a_value() {
    let complete = resolved_for(Purpose::Complete, PlainHttp::Never, "", &[]);
    let missing: Vec<&str> = complete.found.iter().map(|d| complete.sources.slice(d.span().unwrap())).collect();
    assert_eq!(missing, ["xmatters_url", "xm_pass", "event_trigger"]);
    assert!(complete.found.iter().all(|d| d.code == Code::SettingMissing));
    let helps: Vec<&str> = complete.found.iter().filter_map(|d| d.help.as_deref()).collect();
    assert_eq!(
        helps[0],
        "set the environment variable `IVR_XM_XMATTERS_URL`, or write in `xm.toml`: `xmatters_url = \"https://example.com\"`"
    );
    assert!(helps[1].ends_with("`xm_pass = { file = \"/run/secrets/xm_pass\" }`"));
}

#[test]
fn secrets_are_read_when_they_are_used_and_never_shown() {
    let path = std::env::temp_dir().join(format!("ivrc-settings-{}", std::process::id()));
    std::fs::write(&path, "/api/hunter1\n").unwrap();
    let toml = format!(
        "xmatters_url = \"https://xm.example\"\nevent_trigger = {{ file = '{}' }}\nbitly_token = {{ env = \"BITLY\" }}\n",
        path.file_name().unwrap().display()
    );
    let variables = [("IVR_XM_XM_PASS", "hunter2"), ("BITLY", "hunter3")];
    let resolved = resolved_for(Purpose::Serve, PlainHttp::Never, &toml, &variables);
    assert!(resolved.found.is_empty(), "{:?}", resolved.found);
    let settings = resolved.settings.as_ref().unwrap();
    let read = |name: &str| settings.secret(resolved.id(name)).unwrap().map(|s| s.expose_secret().to_owned());
    assert_eq!(read("event_trigger").as_deref(), Some("/api/hunter1"));
    std::fs::write(&path, "/api/hunter4\n").unwrap();
    assert_eq!(read("event_trigger").as_deref(), Some("/api/hunter4"));
    assert_eq!((read("xm_pass").as_deref(), read("bitly_token").as_deref()), (Some("hunter2"), Some("hunter3")));
    assert_eq!(read("joke_url"), None);
    assert_eq!(settings.value(resolved.id("bitly_token")), &Value::Flag(true));
    assert!(!format!("{settings:?}{:?}{}", resolved.sources, settings.digest_input()).contains("hunter"));
    std::fs::write(&path, "no path\n").unwrap();
    assert!(settings.secret(resolved.id("event_trigger")).is_err());
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn an_absent_secret_is_not_set() {
    let resolved = from_variables(&[("IVR_XM_BITLY_TOKEN", "none"), ("IVR_XM_XM_PASS", "x")]);
    assert_eq!(resolved.value("bitly_token"), Value::Flag(false));
    assert_eq!(resolved.value("event_trigger"), Value::Flag(true), "it must be given, so a test may rely on it");
    let resolved = from_variables(&[("IVR_XM_XM_PASS", "none")]);
    assert_eq!(resolved.finding().message, "secret `xm_pass` cannot be absent");
}

#[test]
fn a_literal_secret_in_the_file_is_a_warning() {
    let resolved = check("xm_pass = \"hunter2\"\n");
    let finding = resolved.finding();
    assert_eq!((finding.code, finding.severity, resolved.at()), (Code::LiteralSecret, Severity::Warning, "*********"));
    let settings = resolved.settings.as_ref().unwrap();
    assert_eq!(settings.secret(resolved.id("xm_pass")).unwrap().unwrap().expose_secret(), "hunter2");
    assert!(!format!("{settings:?}{finding:?}").contains("hunter2"));
}

#[test]
fn a_test_gives_secrets_and_values_as_it_likes() {
    let (program, mut sources) = program();
    let id = sources.add(Source::new("xm.test.ivr", "given"));
    let span = Span::new(id, 0, 5);
    let given = |name: &str, kind: RawKind| Override {
        name: name.to_owned(),
        name_span: span,
        in_phrases: false,
        value: Raw { span, kind },
        origin: Origin::Test,
    };
    let conditions = Conditions {
        purpose: Purpose::Check,
        plain_http: PlainHttp::Never,
        environment: Environment::default(),
        directory: std::path::PathBuf::new(),
    };
    let list = vec![given("xm_pass", RawKind::Text("s3cret".into())), given("bitly_token", RawKind::None)];
    let (settings, found) = resolve(&program, &Overrides { list }, &conditions);
    assert!(found.is_empty() && settings.unwrap().named("bitly_token") == Some(&Value::Flag(false)));
    let list = vec![given("alert_types", RawKind::List(vec![]))];
    let (_, found) = resolve(&program, &Overrides { list }, &conditions);
    assert_eq!(found.iter().next().unwrap().help.as_deref(), Some("give it 1 to 4 elements"));
    let list = vec![given("groups", RawKind::Flag(true))];
    let (_, found) = resolve(&program, &Overrides { list }, &conditions);
    let help = found.iter().next().unwrap().help.as_deref();
    assert_eq!(help, Some("write for example `given groups = [{ name: \"some text\" }]`"));
}

#[test]
fn secrets_that_cannot_be_used_are_found_before_serving() {
    let toml =
        "xmatters_url = \"https://xm.example\"\nxm_pass = { file = \"/nowhere\" }\nbitly_token = { env = \"NO\" }\n";
    let trigger = ("IVR_XM_EVENT_TRIGGER", "//hunter2");
    let resolved = resolved_for(Purpose::Serve, PlainHttp::Never, toml, &[trigger]);
    let found: Vec<(Code, &str)> = resolved.found.iter().map(|d| (d.code, d.message.as_str())).collect();
    assert_eq!(
        found,
        [
            (Code::SecretUnreadable, "secret `xm_pass` cannot be used: `/nowhere` cannot be read: entity not found"),
            (Code::SecretUnreadable, "secret `bitly_token` cannot be used: environment variable `NO` is not set"),
            (
                Code::SettingValue,
                "secret `event_trigger` cannot be used: environment variable `IVR_XM_EVENT_TRIGGER` does not hold a path: \
                 it begins with `//`, which would name another host"
            ),
        ]
    );
    assert!(!format!("{:?}", resolved.found).contains("hunter2"));
    assert!(check(toml).found.is_empty(), "checking reads no secrets");
}

#[test]
fn credentials_do_not_travel_over_plain_http() {
    let toml = "xmatters_url = \"http://xm.example\"\n";
    let finding = |plain_http, toml: &str| {
        let resolved = resolved_for(Purpose::Check, plain_http, toml, &[]);
        resolved.found.iter().map(|d| (d.code, d.message.clone())).collect::<Vec<_>>()
    };
    let refused = vec![(Code::PlainHttp, "secrets of `xmatters.devices` would travel over plain http".to_owned())];
    assert_eq!(finding(PlainHttp::Never, toml), refused);
    assert_eq!(finding(PlainHttp::Loopback, toml), refused);
    assert_eq!(finding(PlainHttp::Anywhere, toml), []);
    for local in ["http://127.0.0.1:80", "http://localhost:8080/x", "http://[::1]"] {
        let toml = format!("xmatters_url = \"{local}\"");
        assert_eq!(finding(PlainHttp::Loopback, &toml), [], "{local}");
        assert_eq!(finding(PlainHttp::Never, &toml), refused, "{local}");
    }
    assert_eq!(finding(PlainHttp::Never, "joke_url = \"http://jokes.example\""), [], "nothing secret goes there");
}
