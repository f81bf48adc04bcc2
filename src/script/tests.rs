use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{Hearer, Line, Script, Sound};
use crate::compile::{self, Compilation, Inputs, Text};
use crate::expr::Words;
use crate::graph::{Graph, Op};
use crate::program::StepKind;
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};
use crate::template::Piece;

const EVERYTHING: &str = include_str!("../../tests/cases/tools/everything.ivr");
const XMATTERS: &str = include_str!("../../flows/xmatters.ivr");
const HELLO: &str = include_str!("../../examples/hello.ivr");
const ONCALL: &str = include_str!("../../tests/cases/syntax/ok/oncall.ivr");

fn compiled(flow: &str, text: &str, settings: Option<&str>) -> Compilation {
    let settings = settings.map(|text| Text { name: format!("{flow}.toml"), text: text.to_owned() });
    let inputs = Inputs { settings, ..Inputs::alone(flow, text) };
    let (purpose, plain_http) = (Purpose::Check, PlainHttp::Never);
    let conditions = Conditions { purpose, plain_http, environment: Environment::default(), directory: PathBuf::new() };
    compile::compile(inputs, &conditions)
}

fn script_of(compilation: &Compilation) -> Script {
    let (Some(program), Some(line)) = (&compilation.program, &compilation.line) else {
        panic!("{:?}", compilation.diagnostics)
    };
    Script::of(program, &line.graph, &compilation.sources)
}

fn script(text: &str) -> Script {
    script_of(&compiled("desk", text, None))
}

fn said(script: &Script) -> Vec<&Line> {
    script.parts.iter().flat_map(|part| &part.lines).collect()
}

/// The lines with this in one of their texts.
fn with<'a>(script: &'a Script, text: &str) -> Vec<&'a Line> {
    said(script).into_iter().filter(|line| line.variants.iter().any(|variant| variant.text.contains(text))).collect()
}

fn only<'a>(script: &'a Script, text: &str) -> &'a Line {
    let lines = with(script, text);
    assert_eq!(lines.len(), 1, "{text}: {lines:?}");
    lines[0]
}

#[test]
fn scripts_of_the_example_and_of_a_flow_with_everything() {
    let hello = script_of(&compiled("hello", HELLO, None));
    insta::assert_snapshot!("hello", super::text(&hello));
    let everything = script(EVERYTHING);
    insta::assert_snapshot!("everything", super::text(&everything));
    insta::assert_snapshot!("everything_markdown", super::markdown(&everything));
    insta::assert_snapshot!("everything_csv", super::csv(&everything).replace('\r', ""));
}

/// The longest stretch of characters in a text.
fn literal(pieces: &[Piece], longest: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Text(text) if text.trim().len() > longest.len() => text.trim().clone_into(longest),
            Piece::Condition { yes, no, .. } => {
                literal(yes, longest);
                literal(no, longest);
            }
            _ => {}
        }
    }
}

/// All words of the nodes that a call can come to.
fn words_of(graph: &Graph) -> Vec<&Words> {
    let mut all = Vec::new();
    for node in graph.reachable().into_iter().filter_map(|id| graph.node(id)) {
        match &node.op {
            Op::Say { words, .. } => all.push(words),
            Op::Menu(menu) => {
                all.push(&menu.words);
                all.extend(&menu.closing);
                let labels = menu.arms.iter().filter_map(|arm| arm.label.as_ref());
                labels.for_each(|label| all.extend(std::iter::once(&label.words).chain(&label.around)));
            }
            Op::Pick(pick) => {
                all.push(&pick.asking);
                all.extend(&pick.each);
                all.extend(pick.alone.iter().filter(|_| pick.single));
            }
            Op::Record(record) => all.push(&record.words),
            _ => {}
        }
    }
    for step in graph.music.iter().filter(|music| music.url.is_none()).flat_map(|music| &music.steps) {
        if let StepKind::Say(words) = &step.kind {
            all.push(words);
        }
    }
    all.extend([&graph.sorry]);
    all
}

#[test]
fn everything_that_can_be_heard_is_told_and_nothing_twice() {
    for text in [HELLO, XMATTERS, EVERYTHING, ONCALL] {
        let compilation = compiled("desk", text, None);
        let script = script_of(&compilation);
        for words in words_of(&compilation.line.as_ref().unwrap().graph) {
            for template in &words.tries {
                let mut longest = String::new();
                literal(&template.pattern.outline(), &mut longest);
                assert!(!with(&script, &longest).is_empty(), "{longest} of {:?}", words.phrase);
            }
        }
        let told: Vec<_> = script.told().map(|line| (&line.phrase, &line.variants)).collect();
        for (n, one) in told.iter().enumerate() {
            assert!(!told[..n].contains(one), "{one:?} is told twice");
        }
        let numbers: Vec<usize> = script.told().map(|line| line.number).collect();
        assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
        let known: BTreeSet<usize> = numbers.into_iter().collect();
        assert!(said(&script).iter().all(|line| known.contains(&line.number)));
        assert_eq!(script, script_of(&compiled("desk", text, None)), "the same every time");
    }
}

#[test]
fn a_line_tells_who_hears_it_and_when() {
    let script = script(EVERYTHING);
    let facts = |text: &str| {
        let line = only(&script, text);
        (line.hearer, line.when.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(facts("The caller has gone"), (Hearer::Callee, vec!["if the caller has gone"]));
    assert_eq!(facts("Please hold"), (Hearer::OnHold, vec![]));
    let opened = vec!["when desk.open fails", "if error.kind in [uncertain, reply]"];
    assert_eq!(facts("It may have been opened"), (Hearer::Caller, opened));
    assert_eq!(facts("We are phoning").1, ["before a phone rings", "if round <= 1"]);
    assert_eq!(facts("Fine").1, ["when the phone was answered", "after pressing 2"]);
    assert_eq!(facts("Have you tried").1, ["while waiting for take.transcript"]);
}

#[test]
fn labels_are_told_as_they_are_spoken_in_the_order_of_the_list() {
    let labels = |settings: &str| {
        let script = script_of(&compiled("desk", EVERYTHING, Some(settings)));
        let lines = said(&script).into_iter().filter(|line| line.step == "main/menu" && !line.again);
        lines.map(|line| line.variants[0].text.clone()).collect::<Vec<_>>()
    };
    let whole = "For anything else press 0.";
    let hardware = |digit: u32| format!("Press {digit} about a printer or the network.");
    let closing = "Or hang up.";
    assert_eq!(
        labels("topics = [\"Other\", \"Network\"]")[1..],
        [
            "Press 1 about something else.".to_owned(),
            hardware(2),
            whole.into(),
            "Press {{digit}} about a printer or the network.".into(),
            closing.into()
        ]
    );
    assert_eq!(
        labels("topics = [\"Network\", \"Other\", \"Printer\"]\n[phrases]\noption = \"{{digit}}: {{label}}\"")[1..4],
        ["1: about a printer or the network.", "2: about something else.", "3: about a printer or the network."]
    );
}

#[test]
fn variables_have_examples_from_settings_as_far_as_they_get() {
    let script = script(EVERYTHING);
    let examples = |text: &str, name: &str| {
        let line = only(&script, text);
        line.variables.iter().find(|variable| variable.name == name).unwrap().examples.clone()
    };
    assert_eq!(examples("How soon", "topic"), ["hardware", "other"]);
    assert_eq!(examples("Here is", "one"), ["Ann \"Ace\" Lee", "Bob"]);
    assert_eq!(examples("For {{it.word}}", "digit"), ["1", "2", "3"]);
    assert_eq!(examples("The number is", "number"), [""; 0]);
}

#[test]
fn overrides_are_what_is_heard() {
    let settings = "style = \"short\"\ntips = [\"One.\"]\n[phrases]\nwelcome = \"\"\nsilent = [\"Hm?\", \"Well?\"]\n";
    let script = script_of(&compiled("desk", EVERYTHING, Some(settings)));
    let labels =
        |text: &str| only(&script, text).variants.iter().map(|variant| variant.label.clone()).collect::<Vec<_>>();
    assert_eq!(labels("Hm?"), ["first time", "then"]);
    assert_eq!(labels("One."), [""]);
    assert!(super::text(&script).contains("(silence)"));
}

#[test]
fn what_cannot_be_heard_is_named_and_not_told() {
    let script = script(EVERYTHING);
    assert_eq!(script.unheard, ["\"Something does not work.\" at desk.ivr:64:14", "phrase about"]);
    assert!(with(&script, "Something does not work").is_empty());
}

#[test]
fn lengths_count_what_is_spoken() {
    let flow = "settings { who = \"Ann Lee\" }\nscene main { say \"{{who}}: {{break 700}}ten letters\"; hang up }";
    let script = script(flow);
    let line = only(&script, "ten letters");
    assert_eq!((line.words(), line.millis()), (4, 700 + 70 * 20));
    assert_eq!(line.variants[0].text, "{{who}}: [700ms of silence]ten letters");
    let speech = script.told().filter(|line| line.sound == Sound::Speech);
    assert_eq!(script.size().1, speech.map(Line::words).sum::<usize>());
}

fn read(table: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_table_has_a_row_for_every_variant_and_every_place() {
    let script = script(EVERYTHING);
    let rows = read(&super::csv(&script));
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    let wanted: usize = said(&script).iter().map(|line| line.variants.len().max(1)).sum();
    assert_eq!(rows.len(), 1 + wanted);
    let texts: Vec<&str> = said(&script).iter().flat_map(|line| &line.variants).map(|v| v.text.as_str()).collect();
    let column = rows[0].iter().position(|head| head == "text").unwrap();
    let read: Vec<&str> = rows[1..].iter().map(|row| row[column].as_str()).filter(|text| !text.is_empty()).collect();
    assert_eq!(read, texts);
}
