//! Fixtures in `tests/cases/scenario`: tests of `desk.ivr` (a flow with every step that waits), whose first lines say
//! what is to be found (`// expect IVR703 at "…": …`: the code, the text that is underlined, and a part of the message
//! or of a label), and how much of the graph they reach (`// reaches 100`). One without such lines passes.

mod replay;

use std::path::{Path, PathBuf};

use super::run;
use crate::compile::{Draft, Inputs, Text};
use crate::diagnostic::{Code, Diagnostic};
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};
use crate::source::Sources;

const DESK: &str = include_str!("../engine/tests/orders/desk.ivr");

pub(super) fn draft(flow: &str, tests: &str) -> Draft {
    let given = Some(Text { name: "desk.test.ivr".to_owned(), text: tests.to_owned() });
    let inputs = Inputs { given, ..Inputs::alone("desk", flow) };
    let conditions = Conditions {
        purpose: Purpose::Test,
        plain_http: PlainHttp::Anywhere,
        environment: Environment::default(),
        directory: PathBuf::new(),
    };
    Draft::read(inputs, &conditions)
}

/// `IVR703 at "…": message / label / …`.
fn shown(finding: &Diagnostic, sources: &Sources) -> String {
    let at = finding.span().map(|span| sources.slice(span)).unwrap_or_default();
    let labels: Vec<&str> = finding.labels.iter().map(|label| label.text.as_str()).collect();
    let help = finding.help.as_deref().unwrap_or_default();
    assert!(!help.is_empty() || finding.code == Code::NotUnderstood, "{finding:?}");
    format!("{} at \"{at}\": {} / {} / {help}", finding.code, finding.message, labels.join(" / "))
}

fn compare(name: &str, text: &str) -> Result<(), String> {
    let draft = draft(DESK, text);
    let run = run(&draft, &[]);
    let verdicts = run.verdicts.iter().flat_map(|verdict| verdict.found.iter());
    // The flow has no music in one place, names few of its keys, and means it.
    let counts = |finding: &&Diagnostic| !matches!(finding.code, Code::NoMusic | Code::SilentKey);
    let found = run.found.iter().chain(verdicts).filter(counts);
    let found: Vec<String> = found.map(|finding| shown(finding, &draft.sources)).collect();
    let wanted: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("// expect ")).collect();
    let fits = |found: &String, wanted: &str| {
        let (place, part) = wanted.split_once("\": ").unwrap_or((wanted.trim_end_matches('"'), ""));
        found.starts_with(&format!("{place}\"")) && found.contains(part)
    };
    let unexpected: Vec<&String> =
        found.iter().filter(|found| !wanted.iter().any(|wanted| fits(found, wanted))).collect();
    let missing: Vec<_> = wanted.iter().filter(|wanted| !found.iter().any(|found| fits(found, wanted))).collect();
    if !unexpected.is_empty() || !missing.is_empty() || found.len() != wanted.len() {
        let transcripts: Vec<String> =
            run.verdicts.iter().filter(|v| !v.passed()).flat_map(super::Verdict::transcript).collect();
        return Err(format!("{name}\n  found {found:#?}\n  missing {missing:#?}\n{}", transcripts.join("\n")));
    }
    let reaches = text.lines().find_map(|line| line.strip_prefix("// reaches "));
    let wanted: usize = reaches.map_or(0, |reaches| reaches.parse().unwrap());
    if run.coverage.percent() < wanted {
        let missing: Vec<String> = run.coverage.missing().map(super::Edge::name).collect();
        return Err(format!("{name} reaches {} %, not {missing:#?}", run.coverage.percent()));
    }
    Ok(())
}

#[test]
fn every_fixture_has_the_findings_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/scenario");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let wrong: Vec<String> = paths
        .iter()
        .filter_map(|path| {
            let text = String::from_utf8(std::fs::read(path).unwrap()).unwrap();
            compare(&path.file_name().unwrap().to_string_lossy(), &text).err()
        })
        .collect();
    assert!(paths.len() >= 10 && wrong.is_empty(), "{} fixtures\n{}", paths.len(), wrong.join("\n\n"));
}

/// What is found without playing, and by playing, in tests of a small flow.
fn found(settings: &str, service: &str, tests: &str) -> Vec<String> {
    let flow = format!("settings {{ {settings} }}\n{service}\nscene main {{ say \"Hello.\"; hang up }}\n");
    let draft = draft(&flow, tests);
    let run = run(&draft, &[]);
    let errors = run.found.iter().filter(|finding| finding.severity == crate::diagnostic::Severity::Error);
    errors.map(|finding| shown(finding, &draft.sources)).collect()
}

#[test]
fn a_name_that_no_request_has_cannot_be_expected() {
    let sent = |operation: &str, fields: &str| {
        let service = format!(
            "type Who {{ name: text, phone: phone }}\ntype Any {{ name.first: text }}\n\
             service desk at base {{ post ask(who: Who, any: Any, words: text, raw: json) {operation} }}"
        );
        let test = format!("test \"a\" {{ caller calls\n ivr sent desk.ask {{ {fields} }} }}");
        let found = found("base: url = \"https://a.example\"", &service, &test);
        found.into_iter().filter(|finding| finding.starts_with("IVR208")).collect::<Vec<_>>()
    };
    let unknown = |operation: &str, fields: &str, at: &str, help: &str| {
        let found = sent(operation, fields);
        assert!(found.len() == 1 && found[0].starts_with(&format!("IVR208 at \"{at}\"")), "{operation} {found:?}");
        assert!(found[0].ends_with(help), "{found:?}");
    };
    unknown("\"/a?key=1&top={{words}}\"", "kee: none", "kee", "did you mean `key`?");
    unknown("\"/a?key=1\"", "word: none", "word", "did you mean `words`?");
    unknown("\"/a\" json { who, a: { b: words } }", "who: { nam: \"x\" }", "nam", "did you mean `name`?");
    unknown("\"/a\" json { who, a: { b: words } }", "a: { c: none }", "c", "did you mean `b`?");
    for (operation, fields) in [
        ("\"/a?key=1&top={{words}}\"", "key: \"1\", top: \"x\", words: \"x\""),
        ("\"/a\" json { who, a: { b: words } }", "who: { name: \"x\", phone: none }, a: { b: \"x\" }"),
        ("\"/a\" json raw", "anything: none"),
        ("\"/a\" json { raw, any }", "raw: { anything: none }, any: { name: none }"),
    ] {
        assert_eq!(sent(operation, fields), Vec::<String>::new(), "{operation}");
    }
}

#[test]
fn a_setting_that_tests_lack_is_to_be_given_there_and_a_slip_is_one_finding() {
    let missing = found("desk_url: url\nsecret token: text", "", "test \"a\" { caller calls }");
    let help = |finding: &String| finding.rsplit(" / ").next().unwrap().to_owned();
    assert_eq!(
        missing.iter().map(help).collect::<Vec<_>>(),
        [
            "write `given desk_url = \"https://example.com\"` in `desk.test.ivr`",
            "write `given token = \"some text\"` in `desk.test.ivr`"
        ]
    );
    let slip = "given desk_ur = \"https://a.example\"\ntest \"a\" { caller calls }";
    let slip = found("desk_url: url", "", slip);
    assert!(slip.len() == 1 && slip[0].starts_with("IVR502 at \"desk_ur\""), "{slip:?}");
}
