//! What the parser does with whole files.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, RngSeed, TestRunner};

use super::tree::{ItemKind, StepKind};
use super::*;

const FLOWS: &[(&str, &str)] = &[
    ("xmatters", include_str!("../../flows/xmatters.ivr")),
    ("hello", include_str!("../../examples/hello.ivr")),
    ("clinic", include_str!("../../tests/cases/syntax/ok/clinic.ivr")),
    ("outage", include_str!("../../tests/cases/syntax/ok/outage.ivr")),
    ("oncall", include_str!("../../tests/cases/syntax/ok/oncall.ivr")),
];

const TESTS: &[(&str, &str)] = &[
    ("xmatters", include_str!("../../flows/xmatters.test.ivr")),
    ("clinic", include_str!("../../tests/cases/syntax/ok/clinic.test.ivr")),
];

const ID: SourceId = SourceId(0);

/// Every finding as `CODE text under the first label`.
fn findings(text: &str) -> Vec<String> {
    let found = parse(ID, text).diagnostics;
    found.iter().map(|d| format!("{} {}", d.code, text.get(d.span().unwrap().range()).unwrap())).collect()
}

#[test]
fn the_design_files_are_understood() {
    for (name, text) in FLOWS {
        let parsed = parse(ID, text);
        assert!(parsed.diagnostics.is_empty(), "{name}: {:#?}", parsed.diagnostics);
        assert!(!parsed.file.incomplete);
        assert!(!format!("{:?}", parsed.file).contains("Bad"), "{name}");
    }
    for (name, text) in TESTS {
        let parsed = parse_tests(ID, text);
        assert!(parsed.diagnostics.is_empty(), "{name}: {:#?}", parsed.diagnostics);
        assert!(!parsed.tests.scenarios.is_empty(), "{name}");
    }
}

#[test]
fn line_breaks_byte_order_mark_and_the_last_line_do_not_matter() {
    let flow = "/// Doc.\r\nscene main { // here\r\n  hang up\r\n}";
    for text in [flow.to_owned(), format!("\u{feff}{flow}"), format!("{flow} // the end"), flow.replace('\r', "")] {
        let parsed = parse(ID, &text);
        assert!(parsed.diagnostics.is_empty(), "{text:?}: {:?}", parsed.diagnostics);
        assert_eq!(parsed.file.items[0].doc.as_deref(), Some("Doc."), "{text:?}");
    }
    assert!(parse(ID, "").diagnostics.is_empty());
    assert!(parse(ID, "\u{feff}").diagnostics.is_empty());
}

#[test]
fn six_faults_are_six_findings() {
    let text = "\
enum Kind { Alert Incident }

listen 5sec, 3 tries

scene main {
  say \"Hello
  menu \"What?\" withn 5s { 1 => other }
  foo(1)
  if a {
    say \"yes\"
  hang up
}

scene other { hang up }
";
    assert_eq!(
        findings(text),
        ["IVR101 Incident", "IVR109 5sec", "IVR102 \"Hello", "IVR101 withn", "IVR106 foo", "IVR104 hang",]
    );
    let parsed = parse(ID, text);
    assert!(!parsed.file.incomplete, "the enum was read as if it were right");
    assert_eq!(parsed.file.items.len(), 4);
}

#[test]
fn an_item_that_is_lost_makes_the_file_incomplete_and_a_step_does_not() {
    assert!(!parse(ID, "scen main { hang up }").file.incomplete, "a slip is read as what was meant");
    assert!(parse(ID, "blob main { hang up }").file.incomplete);
    assert!(parse(ID, "settings { a ~ b }").file.incomplete);
    let parsed = parse(ID, "scene main { say ; hang up }");
    assert!(!parsed.file.incomplete);
    let ItemKind::Scene(scene) = &parsed.file.items[0].kind else { panic!("a scene") };
    let kinds: Vec<&StepKind> = scene.body.steps.iter().map(|step| &step.kind).collect();
    assert!(matches!(kinds[..], [StepKind::Bad, StepKind::HangUp { .. }]), "{kinds:?}");
}

#[test]
fn every_missing_brace_is_found() {
    for (name, text) in FLOWS {
        for (at, _) in text.match_indices('}') {
            let mut broken = (*text).to_owned();
            broken.remove(at);
            let found = parse(ID, &broken).diagnostics;
            let codes: Vec<Code> = found.iter().map(|d| d.code).collect();
            assert!(matches!(codes.len(), 1..=2), "{name} without the brace at {at}: {found:#?}");
            assert!(
                codes.iter().any(|code| matches!(code, Code::MissingBrace | Code::OpenSlot)),
                "{name} without the brace at {at}: {found:#?}"
            );
        }
    }
}

#[test]
fn a_missing_brace_is_put_where_the_indentation_ends() {
    let flow = FLOWS[0].1;
    let gone = "    say transcribe_fail_phrase\n    retry take up to 3 times\n    give none\n  }\n";
    let broken = flow.replacen(gone, &gone.replace("  }\n", ""), 1);
    assert_ne!(broken, flow);
    let found = parse(ID, &broken).diagnostics;
    let found: Vec<&Diagnostic> = found.iter().collect();
    let [missing] = found[..] else { panic!("{found:#?}") };
    assert_eq!(missing.message, "a `}` is missing before `let request`");
    let under: Vec<&str> = missing.labels.iter().map(|label| broken.get(label.span.range()).unwrap()).collect();
    assert_eq!(under, ["let", "{"]);
    assert_eq!(
        missing.help.as_deref(),
        Some("close `else` with `}`; the rest of the file was checked as if it were there")
    );
}

#[test]
fn a_brace_that_nobody_wrote_is_no_finding() {
    // The brace that is missing belongs to a scene which stands in a comment, once that is one.
    let text = "// a\n/* my flowscene main {\n  h";
    let parsed = parse(SourceId(0), text);
    assert!(!parsed.diagnostics.is_empty());
    for finding in &parsed.diagnostics {
        assert!(finding.labels.iter().all(|label| text.get(label.span.range()).is_some()), "{finding:?}");
    }
}

#[test]
fn a_missing_brace_at_the_end_and_without_indentation() {
    assert_eq!(findings("scene main {\n  hang up\n"), ["IVR104 "]);
    assert_eq!(findings("scene main {\n  hang up // the end"), ["IVR104 "]);
    assert_eq!(findings("scene main { hang up"), ["IVR104 "]);
    assert_eq!(findings("scene main {\nif a {\nhang up\n}\nscene b { hang up }"), ["IVR104 scene"]);
    assert_eq!(findings("scene main { hang up// the end"), ["IVR104 "]);
    let items = parse(ID, "scene main {\n  hang up\n\n/// About b.\nscene b { hang up }").file.items;
    assert_eq!(items[1].doc.as_deref(), Some("About b."));
}

/// Texts that nest or repeat something `n` times.
fn monsters(n: usize) -> Vec<String> {
    let scene = |step: String| format!("scene main {{ {step} }}");
    let value = |value: String| format!("scene main {{ let x = {value} }}");
    let around = |open: &str, close: &str| format!("{}a{}", open.repeat(n), close.repeat(n));
    vec![
        value(around("(", ")")),
        value(around("[", "]")),
        value(around("a.f(", ")")),
        value(around("{ a: ", " }")),
        value(around("(wait for ", ")")),
        value("(".repeat(n)),
        value(format!("{}a", "not ".repeat(n))),
        value(format!("{}a", "any x in ".repeat(n))),
        value(format!("{}a", "if a then a else ".repeat(n))),
        value(format!("a{}", ".a".repeat(n))),
        value(format!("a{}", "[1]".repeat(n))),
        value(format!("a{}", " + a".repeat(n))),
        value(format!("a{}", " and a".repeat(n))),
        value(format!("a{}", " else a".repeat(n))),
        value("\"".repeat(n)),
        value("\"{{".repeat(n)),
        scene(around("if a { ", " }")),
        scene(around("menu a { 1 { ", " } }")),
        scene(around("let x = a else { ", " }")),
        scene(format!("if a {{}} {}", "else if a {} ".repeat(n))),
        scene(format!("{} {{}}", "for x in a ".repeat(n))),
        scene(format!("play {}a", "wait for ".repeat(n))),
        scene(format!("play {}a", "pick a asking ".repeat(n))),
        scene("=> ".repeat(n)),
        scene("let x = ".repeat(n)),
        scene("foo(a) ".repeat(n)),
        scene(format!("menu a {{ 1{} }}", ", 1".repeat(n))),
        scene(format!("match a {{ b{} }}", ", b".repeat(n))),
        scene(format!("escalate a in b {{ busy{} }}", ", busy".repeat(n))),
        format!("type T {{ a: {} }}", around("{ a: ", " }")),
        format!("type T {{ a: number{} }}", "[]".repeat(n)),
        "{".repeat(n),
        "}".repeat(n),
        "scene a {".repeat(n),
        "scene a {\n  ".repeat(n),
        "\0".repeat(n),
        "é\u{202e}".repeat(n),
    ]
}

#[test]
fn depth_and_length_are_bounded() {
    for text in monsters(15) {
        assert!(parse(ID, &text).diagnostics.iter().all(|d| !d.message.contains("brackets")), "{text}");
    }
    for n in [500, 5_000] {
        for text in monsters(n) {
            let found = parse(ID, &text).diagnostics;
            assert!(!found.is_empty() && found.iter().len() <= 100, "{n}: {}", text.get(..40).unwrap_or_default());
        }
    }
    let deep = format!("scene main {{ play {}a{} }}", "(".repeat(32), ")".repeat(32));
    let found = parse(ID, &deep).diagnostics;
    let one: Vec<&Diagnostic> = found.iter().collect();
    assert_eq!(one[0].message, "more than 32 brackets are open here");
    assert_eq!(one[0].span().unwrap().start as usize, deep.rfind('(').unwrap());
    // Brackets in strings and comments do not count.
    let harmless = format!("scene main {{ say \"{}\" }} // {}", "(".repeat(200), "[".repeat(200));
    assert!(parse(ID, &harmless).diagnostics.is_empty());
}

/// There was a limit that no long text could keep.
#[test]
fn a_flow_may_be_long() {
    let text = format!("scene main {{ {} hang up }}\n", "if ((((1)))) == 1 { say \"a\" }\n".repeat(5_000));
    assert_eq!(findings(&text), Vec::<String>::new());
}

#[test]
fn byte_soup_ends_quickly() {
    // A linear congruential generator: the same soup every time.
    let mut state: u32 = 1;
    let mut soup = String::new();
    while soup.len() < 100_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        soup.push(char::from(u8::try_from(state >> 25).unwrap()));
    }
    assert!(!parse(ID, &soup).diagnostics.is_empty());
    assert!(!parse_tests(ID, &soup).diagnostics.is_empty());
}

/// One change of a text.
#[derive(Debug, Clone)]
enum Edit {
    Insert(&'static str),
    Delete(usize),
    Copy(usize),
}

fn edit(text: &mut String, at: f64, edit: &Edit) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a test"
    )]
    let at = text.floor_char_boundary((at * text.len() as f64) as usize);
    match edit {
        Edit::Insert(piece) => text.insert_str(at, piece),
        Edit::Delete(length) => {
            let end = text.ceil_char_boundary((at + length).min(text.len()));
            text.replace_range(at..end, "");
        }
        Edit::Copy(length) => {
            let end = text.ceil_char_boundary((at + length).min(text.len()));
            let copy = text.get(at..end).unwrap().to_owned();
            text.insert_str(at, &copy);
        }
    }
}

#[test]
fn random_edits_never_panic_and_every_place_is_in_the_text() {
    let pieces: Vec<&'static str> = vec![
        "@",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "\"",
        "{{",
        "}}",
        "\\",
        "=>",
        "else",
        "say",
        "let",
        "scene",
        "\n",
        "//",
        "é",
        ",",
        "5sec",
        "menu",
        "any",
        "\0",
        "\u{feff}",
        ";",
        "..",
        "test \"x\" {",
    ];
    let change = prop_oneof![
        proptest::sample::select(pieces).prop_map(Edit::Insert),
        (1_usize..60).prop_map(Edit::Delete),
        (1_usize..200).prop_map(Edit::Copy),
        Just(Edit::Delete(1)),
    ];
    let edits = proptest::collection::vec((0.0..1.0_f64, change), 1..6);
    let config = Config { cases: 96, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..Config::default() };
    let strategy = (any::<proptest::sample::Index>(), edits);
    TestRunner::new(config)
        .run(&strategy, |(file, edits)| {
            let files: Vec<&str> = FLOWS.iter().chain(TESTS).map(|(_, text)| *text).collect();
            let mut text = file.get(&files).to_string();
            for (at, change) in &edits {
                edit(&mut text, *at, change);
            }
            let found = [parse(ID, &text).diagnostics, parse_tests(ID, &text).diagnostics];
            for finding in found.iter().flatten() {
                for label in &finding.labels {
                    assert!(text.get(label.span.range()).is_some(), "{finding:?}");
                }
            }
            Ok(())
        })
        .unwrap();
}
