//! Calls that nobody would write down: people who do anything, services that say anything.

use std::fmt::Write as _;
use std::path::Path;

use ivrc::compile::Draft;
use ivrc::project;
use ivrc::scenario::{self, Run};
use ivrc::source::{Source, Sources};
use ivrc::syntax;
use ivrc::syntax::tree::ItemKind;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};

use super::feed::{Texts, drawn, read};

/// A flow with what tests of it can name.
struct Played {
    draft: Draft,
    flow: String,
    /// The head of its own tests: with it calls get far.
    head: String,
    operations: Vec<String>,
    phrases: Vec<String>,
    settings: Vec<String>,
}

fn shipped() -> Vec<Played> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = project::find(&["flows", "examples"].map(|folder| top.join(folder))).unwrap().flows;
    found
        .iter()
        .map(|flow| {
            let inputs = flow.load(&[]).unwrap();
            let (flow, tests) = (inputs.source.text, inputs.given.map(|text| text.text).unwrap_or_default());
            let draft = read(Texts { flow: flow.clone(), tests: Some(String::new()), settings: None });
            let head = tests.split("\ntest \"").next().unwrap_or_default().to_owned();
            let mut played = Played { draft, flow, head, operations: vec![], phrases: vec![], settings: vec![] };
            played.name();
            played
        })
        .collect()
}

impl Played {
    fn name(&mut self) {
        for item in syntax::parse(ivrc::source::SourceId(0), &self.flow).file.items {
            match item.kind {
                ItemKind::Service(service) => {
                    let named = service.operations.iter().map(|op| format!("{}.{}", service.name.text, op.name.text));
                    self.operations.extend(named);
                }
                ItemKind::Phrases(phrases) => self.phrases.extend(phrases.into_iter().map(|phrase| phrase.name.text)),
                ItemKind::Settings(settings) => {
                    self.settings.extend(settings.into_iter().flat_map(|setting| setting.names).map(|name| name.text));
                }
                _ => {}
            }
        }
    }

    /// Plays a test file that was made up; what is found must point into it.
    fn play(&mut self, tests: &str) -> Run {
        let mut sources = Sources::new();
        sources.add(Source::new("flow.ivr", self.flow.as_str()));
        let id = sources.add(Source::new("flow.test.ivr", tests));
        let parsed = syntax::parse_tests(id, tests);
        drawn(&parsed.diagnostics, &sources);
        (self.draft.sources, self.draft.tests) = (sources, parsed.tests);
        let run = scenario::run(&self.draft, &[]);
        drawn(&run.found, &self.draft.sources);
        for verdict in &run.verdicts {
            drawn(&verdict.found, &self.draft.sources);
            assert!(verdict.transcript().iter().all(|line| !line.is_empty()));
        }
        assert_eq!(run.coverage.unlisted, Vec::<String>::new(), "ways that the graph does not list\n{tests}");
        run
    }
}

/// A line of a test; `Index`es choose among the names of the flow.
#[derive(Debug, Clone)]
enum Line {
    Deeds(&'static str, Vec<Deed>),
    Given(Index, &'static str),
    Stub(Index, Vec<String>),
}

#[derive(Debug, Clone)]
enum Deed {
    Plain(String),
    /// Followed by the name of a phrase.
    Phrase(&'static str, Index),
    /// Followed by the name of an operation, and something behind it.
    Operation(&'static str, Index, &'static str),
}

const VALUES: &[&str] = &[
    "none",
    "true",
    "false",
    "0",
    "1",
    "4",
    "-1",
    "1.5",
    "\"\"",
    "\"a\"",
    "\"+15550100\"",
    "\"https://a.example\"",
    "[]",
    "[1]",
    "{}",
    "[ { name: \"A\" } ]",
    "[ { name: \"A\", spoken: \"B\" }, { name: \"C\" } ]",
    "[Alert]",
    "phrase",
    "static",
    "2",
    "[\"ann\"]",
    "\"{{group}}\"",
    "99999999999999999999",
];

const BODIES: &[&str] = &[
    "",
    "{}",
    "[]",
    "[ { group: {} } ]",
    "{ data: [] }",
    "{ data: none }",
    "{ data: 1 }",
    "{ data: [ {} ] }",
    "{ data: [ { deviceType: \"VOICE\", phoneNumber: \"+15557770001\" } ] }",
    "{ data: [ { deviceType: \"VOICE\", phoneNumber: \"nonsense\" } ] }",
    "{ data: [ { members: { data: [ { member: { recipientType: \"PERSON\", status: \"ACTIVE\", targetName: \"ann\" } } ] } } ] }",
    "{ data: [ { members: { data: [ { member: { recipientType: \"GROUP\", status: \"ACTIVE\", targetName: \"Network\" } } ] } } ] }",
    "{ data: [ { conference: { bridgeNumber: \"77\" } } ] }",
    "{ data: [ { conference: { bridgeNumber: \"x\" } } ] }",
    "{ requestId: \"r\" }",
    "{ requestId: none }",
    "{ link: \"http://b.example\" }",
    "{ link: \"nonsense\" }",
    "{ joke: \"\" }",
    "{ joke: [1] }",
    "{ joke: \"<b>&amp;\" }",
];

const LENGTHS: &[&str] = &["0s", "1s", "3s", "90s", "1h", "99h", "9999999999999h", "18446744073709551615ms"];

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec!["1", "2", "3", "4", "1", "2", "*", "9", "0", "#", "11", "1212", "*1*2*"]).prop_map(str::to_owned),
        "[0-9*#]{1,30}",
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    let plain = |deeds: &'static [&'static str]| select(deeds).prop_map(|deed| Deed::Plain(deed.to_owned()));
    prop_oneof![
        6 => key().prop_map(|keys| Deed::Plain(format!("presses {keys}"))),
        3 => (select(LENGTHS), select(vec!["", " \"words\"", " \"\""])).prop_map(|(l, w)| Deed::Plain(format!("records {l}{w}"))),
        2 => select(LENGTHS).prop_map(|length| Deed::Plain(format!("waits {length}"))),
        4 => plain(&["stays silent", "stays silent 3 times", "stays silent 7 times", "stays silent 4000000000 times", "holds", "hangs up"]),
        4 => plain(&["calls", "calls hidden", "calls from \"+15551110000\"", "calls from \"nonsense\"", "calls from 5", "ends"]),
        5 => plain(&["rings", "answers", "answers as machine", "is busy", "does not answer", "fails", "stops ringing", "refuses calls"]),
        2 => plain(&["meets caller", "meets ann", "logs ann busy, ann accepted", "types 12", "presses column", "dials \"+18777777777\" keys \"ww1#\""]),
        3 => plain(&["arrives after 0 rounds", "arrives after 2 rounds", "arrives after 4000000000 rounds", "never arrives", "fails"]),
        2 => (select(vec!["hears", "hears only", "never hears", "hears \"\","]), any::<Index>()).prop_map(|(how, name)| Deed::Phrase(how, name)),
        2 => (select(vec!["sent", "sent nothing to"]), any::<Index>(), select(vec!["", " { what: \"Alert\" }", " { a: none }"]))
            .prop_map(|(how, name, fields)| Deed::Operation(how, name, if how == "sent" { fields } else { "" })),
        1 => Just(Deed::Plain("sent nothing".to_owned())),
    ]
}

/// Who could do such a thing; sometimes somebody else.
fn line() -> impl Strategy<Value = Line> {
    let reply = prop_oneof![
        1 => Just("timeout".to_owned()),
        5 => (select(vec![200, 200, 200, 202, 204, 301, 400, 404, 429, 500, 503, 0, 999]), select(BODIES)).prop_map(|(status, body)| format!("{status} {body}")),
    ];
    prop_oneof![
        12 => (select(vec!["caller", "caller", "caller", "caller", "ann", "ann", "bob", "ivr", "call", "transcript"]), proptest::collection::vec(deed(), 1..4))
            .prop_map(|(who, deeds)| Line::Deeds(who, deeds)),
        1 => (any::<Index>(), select(VALUES)).prop_map(|(name, value)| Line::Given(name, value)),
        2 => (any::<Index>(), proptest::collection::vec(reply, 1..4)).prop_map(|(name, replies)| Line::Stub(name, replies)),
    ]
}

impl Played {
    /// A test file with these lines.
    fn written(&self, tests: &[Vec<Line>]) -> String {
        let pick = |names: &[String], index: &Index| {
            names.get(index.index(names.len().max(1))).cloned().unwrap_or_else(|| "x".to_owned())
        };
        let mut text = format!("{}\n", self.head);
        for (n, lines) in tests.iter().enumerate() {
            let _ =
                writeln!(text, "test \"{n}\" {{\n  ann is \"+15557770001\"\n  bob is \"+15557770002\"\n  caller calls");
            for line in lines {
                let line = match line {
                    Line::Given(name, value) => format!("given {} = {value}", pick(&self.settings, name)),
                    Line::Stub(name, replies) => {
                        format!("stub {} => {}", pick(&self.operations, name), replies.join(" then "))
                    }
                    Line::Deeds(who, deeds) => {
                        let deeds: Vec<String> = deeds
                            .iter()
                            .map(|deed| match deed {
                                Deed::Plain(deed) => deed.clone(),
                                Deed::Phrase(how, name) => format!("{how} {}", pick(&self.phrases, name)),
                                Deed::Operation(how, name, behind) => {
                                    format!("{how} {}{behind}", pick(&self.operations, name))
                                }
                            })
                            .collect();
                        format!("{who} {}", deeds.join(" then "))
                    }
                };
                let _ = writeln!(text, "  {line}");
            }
            text += "}\n";
        }
        text
    }
}

/// One wrong line stops a file before anything is played, so lines are taken out until it is played, or nothing is left.
fn played(flow: &mut Played, mut tests: Vec<Vec<Line>>) -> Run {
    loop {
        let text = flow.written(&tests);
        let run = flow.play(&text);
        if !run.verdicts.is_empty() || tests.iter().all(Vec::is_empty) {
            return run;
        }
        // The line on which the first error stands.
        let error = run.found.iter().find(|finding| finding.severity == ivrc::diagnostic::Severity::Error);
        let at = error.and_then(|error| error.span()).map_or(0, |span| span.start as usize);
        let line = text.get(..at).unwrap_or_default().matches('\n').count();
        let mut next = flow.head.matches('\n').count() + 1;
        for lines in &mut tests {
            // Title, two people and the call stand in front of the lines, a brace behind them.
            let first = next + 4;
            next = first + lines.len() + 1;
            if line < next {
                if lines.is_empty() {
                    return run;
                }
                lines.remove(line.saturating_sub(first).min(lines.len() - 1));
                break;
            }
        }
        if line >= next {
            return run;
        }
    }
}

#[test]
fn whatever_people_do_a_test_comes_to_a_verdict() {
    let mut flows = shipped();
    let tests = proptest::collection::vec(proptest::collection::vec(line(), 1..12), 1..4);
    let (mut verdicts, mut calls) = (0, 0);
    let seen = std::cell::RefCell::new((&mut flows, &mut verdicts, &mut calls));
    super::runner(24)
        .run(&(any::<Index>(), tests), |(which, tests)| {
            let mut seen = seen.borrow_mut();
            let (flows, verdicts, calls) = &mut *seen;
            let place = which.index(flows.len());
            let run = played(&mut flows[place], tests);
            **verdicts += run.verdicts.len();
            **calls += run.verdicts.iter().filter(|verdict| verdict.happened.len() > 3).count();
            Ok(())
        })
        .unwrap();
    assert!(verdicts > 10 && calls > 10, "too little was played: {verdicts} tests, {calls} calls");
}

/// Waits and silences without end are over at once.
#[test]
fn no_test_lasts_for_ever() {
    for mut flow in shipped() {
        for deeds in [
            "caller stays silent 4000000000 times",
            "caller waits 18446744073709551615ms",
            "caller waits 99999999h then waits 99999999h",
            "caller presses 4 then presses 2 then waits 99999999h",
            "caller presses 4 then holds then waits 99999999h",
            "caller presses 1 then presses 2 then records 99999999h",
            "caller presses 1 then presses 2 then records 12s then presses 1\n transcript arrives after 4000000000 rounds\n caller waits 99999999h",
            "caller presses 4 then presses 2\n ann answers then presses 1 then waits 99999999h",
        ] {
            let text =
                format!("{}\ntest \"a\" {{ ann is \"+15557770001\" caller calls\n {deeds}\n call ends }}", flow.head);
            let run = flow.play(&text);
            let long = run.verdicts.iter().map(|verdict| verdict.happened.len()).max().unwrap_or_default();
            assert!(long < 100_000, "{deeds}: {long}");
        }
    }
}
