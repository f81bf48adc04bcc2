use serde_json::{Value as Json, json};

use super::{Canned, CannedReply};
use crate::diagnostic::Code;
use crate::expr::Template;
use crate::program::{Method, Operation, Secretive};
use crate::source::{Source, Sources, Span};
use crate::syntax;
use crate::template::Pattern;
use crate::types::{Enum, EnumId, Field, Record, RecordId, Type, Types};
use crate::value::Value;

fn operation(name: &str, params: &[(&str, Type)], gives: Option<(Vec<crate::types::Name>, Type)>) -> Operation {
    let (pattern, _) = Pattern::parse("/").unwrap();
    Operation {
        name: name.into(),
        service: 0,
        reads: true,
        method: Method::Get,
        params: params.iter().map(|(name, ty)| ((*name).into(), ty.clone())).collect(),
        path: Secretive { template: Template { pattern: pattern.into(), slots: vec![] }, secrets: vec![] },
        body: None,
        gives,
        credentials: None,
        headers: vec![],
        timeout: 8_000,
        meanings: vec![(404, Value::list(vec![]))],
        span: Span::default(),
    }
}

fn operations() -> Vec<Operation> {
    let devices = Type::Record(RecordId(0)).list();
    vec![
        operation("xm.devices", &[("user", Type::Text)], Some((vec!["data".into()], devices))),
        operation("xm.start", &[("kind", Type::Enum(EnumId(0)))], None),
    ]
}

fn types() -> Types {
    let number = Field { name: "number".into(), ty: Type::Text, default: None };
    Types {
        records: vec![Record { name: "Device".into(), fields: vec![number] }],
        enums: vec![Enum { name: "Kind".into(), values: vec!["Alert".into()] }],
        ..Types::default()
    }
}

/// The canned services of a head, and its findings as `CODE text-underlined`.
fn read(head: &str) -> (Canned, Vec<String>) {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("x.test.ivr", head));
    let parsed = syntax::parse_tests(id, head);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let (canned, found) = Canned::new(&parsed.tests.head, &operations(), &types());
    let shown = found.iter().map(|d| format!("{} {}", d.code.number(), sources.slice(d.span().unwrap())));
    (canned, shown.collect())
}

fn bodies(canned: &Canned, args: &[Json], times: usize) -> Vec<(u16, String)> {
    let reply = |_| match canned.reply("xm.devices", args) {
        Some(CannedReply::Response { status, body }) => (*status, String::from_utf8(body.to_vec()).unwrap()),
        Some(CannedReply::Timeout) => (0, "timeout".to_owned()),
        None => (0, "no stub".to_owned()),
    };
    (0..times).map(reply).collect()
}

#[test]
fn replies_come_in_order_and_the_last_one_repeats() {
    let (canned, found) = read("stub xm.devices => 404 then 500 then 200 { data: [] } then timeout");
    assert!(found.is_empty(), "{found:?}");
    let got = bodies(&canned, &[json!("ann")], 5);
    let statuses: Vec<&str> = got.iter().map(|(_, body)| body.as_str()).collect();
    assert_eq!(statuses, ["", "", "{\"data\":[]}", "timeout", "timeout"]);
    canned.rewind();
    assert_eq!(bodies(&canned, &[json!("ann")], 1)[0].0, 404);
}

#[test]
fn the_most_specific_stub_wins_and_then_the_later_one() {
    let (canned, _) = read("stub xm.devices(\"ann\") => 500\nstub xm.devices(\"bob\") => 501\nstub xm.devices => 502");
    assert_eq!(bodies(&canned, &[json!("ann")], 1)[0].0, 500);
    assert_eq!(bodies(&canned, &[json!("carl")], 1)[0].0, 502);
    let (canned, _) = read("stub xm.devices(\"ann\") => 500\nstub xm.devices(\"ann\") => 503");
    assert_eq!(bodies(&canned, &[json!("ann")], 1)[0].0, 503);
    assert_eq!(bodies(&canned, &[json!("bob")], 1)[0].1, "no stub");
}

#[test]
fn fixtures_are_put_in() {
    let head = "stub xm.devices => 200 list([one(\"5\"), one(number)])\n\
                let list(of) = { data: of, more: { n: 2, x: none, ok: true } }\n\
                let one(number) = { number }\n\
                let number = \"6\"";
    let (canned, found) = read(head);
    assert!(found.is_empty(), "{found:?}");
    let expected = "{\"data\":[{\"number\":\"5\"},{\"number\":\"6\"}],\"more\":{\"n\":2,\"x\":null,\"ok\":true}}";
    assert_eq!(bodies(&canned, &[json!("ann")], 1)[0].1, expected);
}

#[test]
fn the_clock_is_read() {
    let (canned, found) = read("clock \"2026-03-02T14:00:00Z\"");
    assert!(found.is_empty());
    assert_eq!(canned.start().unwrap().to_string(), "2026-03-02T14:00:00Z");
    assert_eq!(read("clock \"tomorrow\"").1, ["109 clock \"tomorrow\""]);
}

#[test]
fn mistakes_are_found_where_they_are() {
    for (head, expected) in [
        ("stub xm.device => 200 {}", "209 xm.device"),
        ("stub xm.devices(\"a\", \"b\") => 404", "303 \"a\", \"b\""),
        ("stub xm.devices({}) => 404", "302 {}"),
        ("stub xm.devices => 99", "109 99"),
        ("stub xm.devices => 200 { data: [ { number: [] } ] }", "701 200 { data: [ { number: [] } ] }"),
        ("stub xm.devices => 200 { data: shft() }\nlet shift = []", "202 shft"),
        ("stub xm.devices => 404\nlet f(a) = { b }", "202 b"),
        ("stub xm.devices => 404\nlet f(a) = { a: f(a) }", "202 f"),
        ("stub xm.devices => 404 one()\nlet one(a) = a", "303 one()"),
        ("stub xm.devices => 404\nlet f(a) = \"{{a}}\"", "309 \"{{a}}\""),
        ("stub xm.devices => 404\nlet f(a) = 1 + 2", "302 1 + 2"),
        ("stub xm.devices => 404\nlet f = 1\nlet f = 2", "206 f"),
        ("stub xm.start(Alarm) => 200", "302 Alarm"),
    ] {
        assert_eq!(read(head).1, [expected], "{head}");
    }
    assert!(read("stub xm.start(Alert) => 200").1.is_empty());
}

#[test]
fn a_reply_of_the_wrong_shape_says_what_is_wrong() {
    let head = "stub xm.devices => 200 { data: [ { number: [] } ] }";
    let parsed = syntax::parse_tests(crate::source::SourceId(0), head);
    let (_, found) = Canned::new(&parsed.tests.head, &operations(), &types());
    let problem = found.iter().next().unwrap();
    assert_eq!(problem.code, Code::StubShape);
    assert_eq!(problem.labels[0].text, "`data[0].number` is a list, `text` is declared");
}

#[test]
fn a_fixture_that_explodes_ends() {
    let mut head = String::from("stub xm.devices => 404 f29()\nlet f0 = []\n");
    for n in 1..30 {
        use std::fmt::Write as _;
        writeln!(head, "let f{n} = [f{0}(), f{0}()]", n - 1).unwrap();
    }
    assert!(read(&head).1.iter().all(|found| found.starts_with("701")));
}

#[test]
fn arguments_that_explode_end() {
    let nested = (0..20).fold("[]".to_owned(), |inner, _| format!("twice({inner})"));
    let head = format!("stub xm.devices => 404 twice({nested})\nlet twice(a) = [a, a]");
    assert!(read(&head).1.iter().all(|found| found.starts_with("701")));
}
