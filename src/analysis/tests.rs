//! Flows in `tests/cases/analysis`: what is found in each stands in its first lines (`// expect IVR402 at "=> main"`).

mod gates;
mod secrets;
mod walks;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::bound::Bound;
use super::cycles::order;
use super::hold::{self, Held};
use super::longest::Longest;
use super::machine::Machine;
use super::scenes::Scenes;
use super::{facts, gather, outcomes};
use crate::compile::{Compilation, Inputs, compile};
use crate::program::HOLD_BUDGET;
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};

/// A flow compiled by itself.
pub(super) fn compiled(text: &str) -> Compilation {
    let conditions = Conditions {
        purpose: Purpose::Check,
        plain_http: PlainHttp::Anywhere,
        environment: Environment::default(),
        directory: PathBuf::new(),
    };
    compile(Inputs::alone("test", text), &conditions)
}

/// The flows that are shipped, and those of this directory and of the checker.
fn flows() -> Vec<(String, Compilation)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut flows = Vec::new();
    for folder in
        ["flows", "examples", "examples/clinic", "examples/oncall", "tests/cases/analysis", "tests/cases/check"]
    {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.extension().is_some_and(|end| end == "ivr") && !name.contains(".test.") {
                let text = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
                flows.push((name, compiled(&text)));
            }
        }
    }
    flows.retain(|(_, compiled)| compiled.line.is_some());
    assert!(flows.len() > 15, "the flows are missing");
    flows
}

/// Code and underlined text of everything found.
fn found(text: &str) -> Vec<String> {
    let compiled = compiled(text);
    let show = |d: &crate::diagnostic::Diagnostic| match d.span() {
        Some(span) => format!("{} at \"{}\"", d.code, compiled.sources.slice(span)),
        None => d.code.to_string(),
    };
    compiled.diagnostics.iter().map(show).collect()
}

#[test]
fn every_flow_has_the_findings_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/analysis");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 5, "the flows are missing");
    let mut wrong = String::new();
    for path in paths {
        let text = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
        let mut wanted: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("// expect ")).collect();
        let mut found = found(&text);
        wanted.sort_unstable();
        found.sort_unstable();
        if wanted != found {
            let _ = write!(wrong, "{}\n  wanted {wanted:?}\n  found  {found:?}\n", path.file_name().unwrap().display());
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_outcome_of_every_waiting_step_has_a_way() {
    let mut steps = 0;
    for (name, compiled) in flows() {
        let graph = &compiled.line.as_ref().unwrap().graph;
        for id in gather::waiting(graph) {
            steps += 1;
            assert_eq!(outcomes::unhandled(graph, id), [], "{name}: {}", graph.node(id).unwrap().name);
        }
    }
    assert!(steps > 40, "{steps} steps are too few");
}

#[test]
fn no_walk_is_longer_than_the_longest() {
    let mut walked = 0;
    for (name, compiled) in flows() {
        let graph = &compiled.line.as_ref().unwrap().graph;
        let machine = Machine::of(graph);
        let (order, scenes) = (order(&machine).unwrap(), Scenes::of(graph));
        let longest = Longest::of(&machine, &scenes, &order, Held { machine: &machine });
        for start in hold::starts(&machine) {
            let bound = longest.bound(start.at).unwrap_or(Bound::NONE);
            let Some(walk) = walks::longest(&machine, &longest, start.at) else { continue };
            walked += 1;
            assert!(walk <= bound, "{name}: from {start:?} {walk:?} is more than {bound:?}");
        }
    }
    assert!(walked > 40, "{walked} walks are too few");
}

/// What the facts say about a flow: the longest hold, the longest silence, in milliseconds, and the most steps.
fn measured(text: &str) -> (Bound, Bound, Bound) {
    let compiled = compiled(text);
    let problems: Vec<_> =
        compiled.diagnostics.iter().filter(|d| d.severity == crate::diagnostic::Severity::Error).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    let line = compiled.line.as_ref().unwrap();
    let facts = facts(compiled.program.as_ref().unwrap(), &line.graph, &compiled.sources).unwrap();
    (facts.held[0].millis, facts.silent.millis, facts.steps)
}

#[test]
fn bounds_are_what_a_person_would_work_out() {
    let within = Bound::Within;
    // Ten characters take 700 ms. A menu is asked three times by default, five seconds each; then "Goodbye." is said.
    let menu = r#"scene main { menu "Press one." { 1 => main } }"#;
    assert_eq!(measured(menu).0, within(3 * (700 + 5_000) + 560));
    // The try that fails is complained about twice: the third time it is given up.
    let complaint = r#"on silence => say "Hello?" on giveup => hang up scene main { menu "Press one." { 1 => main } }"#;
    assert_eq!(measured(complaint).0, within(3 * 5_700 + 2 * 420));
    // A `retry` of a menu that nobody answers: once, and two times more; without words of its own.
    let retry = r#"scene main { menu "Press one." 1 try { 1 => main } else { retry up to 2 times; hang up } }"#;
    assert_eq!(measured(retry).0, within(3 * 5_700));
    // A pause is silent; what is said on both sides is not.
    let pause = r#"scene main { say "Well then."; pause 4s; say "Well then."; hang up }"#;
    assert_eq!(measured(pause), (within(5_400), within(4_000), within(5)));
    // A scene that is run counts where it is run.
    let run = "scene main { do wait_a_bit(); do wait_a_bit(); hang up } scene wait_a_bit() { pause 3s }";
    assert_eq!(measured(run).0, within(6_000));
    // The elements of a list are counted, those of a service cannot be.
    let each = "scene main { for n in 1..4 { pause 1s } hang up }";
    assert_eq!(measured(each).0, within(4_000));
    let unknown = r#"settings { u: url } service s at u { get l() "/l" gives text[] }
        scene main { let l = s.l() else { hang up } for x in l { say x } hang up }"#;
    assert_eq!(measured(unknown).0, Bound::Open);
    // Two failures lead to `on error`, the third ends the call: eight seconds each, and "Sorry." in between.
    let errors = r#"settings { u: url } service s at u { get l() "/l" gives text }
        phrases { apology = "Over." } on error { say "Sorry."; => main } scene main { let x = s.l(); say x; hang up }"#;
    // What the service has to say comes after two failures at the latest, and has a hundred characters.
    assert_eq!(measured(errors).0, within(3 * 8_000 + 2 * 420 + 7_000));
}

#[test]
fn a_budget_is_a_duration() {
    let flow = |budget: &str| {
        format!("settings {{ {HOLD_BUDGET}: duration = {budget} }} scene main {{ pause 9s; say \"Well.\"; hang up }}")
    };
    let codes = |text: &str| compiled(text).diagnostics.iter().map(|d| d.code.number()).collect::<Vec<_>>();
    assert_eq!(codes(&flow("10s")), Vec::<u16>::new());
    assert_eq!(codes(&flow("9s")), [908]);
    assert_eq!(codes(&flow("9s").replace(": duration = 9s", " = 9")), [302]);
}
