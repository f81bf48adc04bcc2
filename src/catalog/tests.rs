use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Catalog, Checked, Set, written};
use crate::compile::{Draft, Inputs, Text};
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};

const EVERYTHING: &str = include_str!("../../tests/cases/tools/everything.ivr");
const XMATTERS: &str = include_str!("../../flows/xmatters.ivr");

fn draft(flow: &str, text: &str, settings: Option<&str>, environment: &[(&str, &str)]) -> Draft {
    let settings = settings.map(|text| Text { name: format!("{flow}.toml"), text: text.to_owned() });
    let inputs = Inputs { settings, ..Inputs::alone(flow, text) };
    let environment = Environment::new(environment.iter().map(|(name, value)| ((*name).into(), (*value).into())));
    let (purpose, plain_http, directory) = (Purpose::Check, PlainHttp::Never, "".into());
    Draft::read(inputs, &Conditions { purpose, plain_http, environment, directory })
}

fn catalog(flow: &str, text: &str, settings: Option<&str>, environment: &[(&str, &str)]) -> Catalog {
    let draft = draft(flow, text, settings, environment);
    let made = draft.make([]);
    let (Some(program), Some(line)) = (&made.program, &made.line) else { panic!("{:?}", made.diagnostics) };
    let (settings, overrides, spoken) = (&line.settings, &draft.overrides(), &draft.survey());
    Catalog::of(Checked { program, settings, overrides, spoken, sources: &draft.sources })
}

/// Everything that is switched off is switched on, and what is to be filled in is filled in with its example.
fn switched_on(example: &str) -> String {
    let on = |line: &str| {
        let line = line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line);
        match line.split_once("{ none = true }   # to be filled in, for example ") {
            Some((name, example)) => format!("{name}{example}"),
            None => line.to_owned(),
        }
    };
    example.lines().map(on).collect::<Vec<_>>().join("\n")
}

const SETTINGS: &str = "urgency = 2\npeople = [{ spoken = \"Cleo\", phone = \"+15557770003\" }]\n\
                        desk_url = \"https://desk.example\"\nkey = { file = \"/run/secrets/key\" }\nhook = \"/hush\"\n\
                        waltz = \"https://media.example.org/other.mp3\"\n[phrases]\nwrong = \"No.\"\n";
const ENVIRONMENT: [(&str, &str); 4] = [
    ("IVR_DESK_MOST", "3"),
    ("IVR_DESK_KEY", "hunter2"),
    ("IVR_DESK_WELCOME", "Hello from {{company}}."),
    ("IVR_DESK_NIGHT_DESK", "none"),
];

#[test]
fn what_can_be_set_is_listed_with_what_holds_and_where_it_comes_from() {
    let catalog = catalog("desk", EVERYTHING, Some(SETTINGS), &ENVIRONMENT);
    let text = super::text(&catalog);
    let json = serde_json::to_string_pretty(&catalog).unwrap();
    assert!(!text.contains("hunter2") && !text.contains("hush") && !json.contains("hunter2") && !json.contains("hush"));
    insta::assert_snapshot!("text", text);
    insta::assert_snapshot!("json", json);
}

#[test]
fn an_example_shows_every_setting_with_what_documents_it() {
    insta::assert_snapshot!("example", super::example(&catalog("desk", EVERYTHING, None, &[])));
}

#[test]
fn an_example_says_what_the_flow_says() {
    for (flow, text) in [("desk", EVERYTHING), ("xmatters", XMATTERS)] {
        let plain = catalog(flow, text, None, &[]);
        let written = switched_on(&super::example(&plain));
        let given = catalog(flow, text, Some(&written), &[]);
        for (before, after) in plain.settings.iter().zip(&given.settings) {
            assert!(matches!(after.set, Set::File { .. }), "{written}\n{after:?}");
            if before.default.as_ref().is_some_and(|default| !default.is_null()) {
                assert_eq!(before.default, after.value);
            }
        }
        for (before, after) in plain.phrases.iter().zip(&given.phrases) {
            assert!(matches!(after.set, Set::File { .. }), "{}", after.name);
            assert_eq!(before.default, after.value);
        }
        assert!(given.music.iter().all(|music| music.value.is_some()));
    }
}

#[test]
fn an_example_is_refused_until_it_is_filled_in() {
    let example = super::example(&catalog("desk", EVERYTHING, None, &[]));
    let found = draft("desk", EVERYTHING, Some(&example), &[]).make([]).diagnostics;
    let messages: Vec<&str> =
        found.iter().filter(|d| d.severity == crate::diagnostic::Severity::Error).map(|d| d.message.as_str()).collect();
    assert_eq!(messages, ["`desk_url` cannot be absent", "`files_url` cannot be absent"]);
}

#[test]
fn values_are_written_in_the_largest_unit_and_without_what_goes_without_saying() {
    let value = |name: &str| {
        let catalog = catalog("desk", EVERYTHING, None, &[]);
        catalog.settings.iter().find(|setting| &*setting.name == name).unwrap().default.clone().unwrap()
    };
    assert_eq!(value("patience"), json!("90s"));
    assert_eq!(value("people")[0], json!({ "spoken": "Ann \"Ace\" Lee", "phone": "+15557770001" }));
    assert_eq!(value("urgency"), Json::Null);
}

proptest! {
    /// Whatever a text holds, TOML reads it back.
    #[test]
    fn texts_and_lists_are_toml(texts in proptest::collection::vec(any::<String>(), 0..4), key in "[a-z_ é.]{1,8}") {
        let value = json!([{ key: texts }, "x".repeat(200)]);
        let text = written::assignment("name", &value).join("\n");
        let table: toml::Table = toml::from_str(&text).unwrap();
        let read: Json = serde_json::to_value(&table["name"]).unwrap();
        prop_assert_eq!(read, value);
    }
}
