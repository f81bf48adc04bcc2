//! What can be known to be wrong with a test without playing it.

use std::collections::BTreeMap;

use super::cases::{self, Case};
use super::{fields, people, slots, twice, vacuous};
use crate::canned::{Canned, Values};
use crate::compile::Draft;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::phone;
use crate::program::{Operation, Program};
use crate::settings;
use crate::syntax::scenario::{Deed, DeedKind, Heard, OnWire, Pressed, Scenario, ScenarioLine, Setup, Tests};
use crate::syntax::tree::{Expr, ExprKind, Path, Word};

/// The lines that prepare a test, of those that make it up.
pub(super) fn setups(lines: &[ScenarioLine]) -> Vec<&Setup> {
    let mut setups = Vec::new();
    for line in lines {
        if let ScenarioLine::Setup(setup) = line {
            setups.push(setup);
        }
    }
    setups
}

/// Everything wrong with the tests of a flow that needs no playing: unknown people, phrases and operations, deeds that
/// nobody can do, replies that no service sends.
#[must_use]
pub fn check(tests: &Tests, program: &Program) -> Diagnostics {
    let (_, mut found) = Canned::new(&tests.head, &program.operations, &program.types);
    let of_head = Values::of(&tests.head.iter().collect::<Vec<_>>());
    found.extend(twice::check(&tests.head));
    found.extend(reasons(&tests.head));
    for scenario in &tests.scenarios {
        found.extend(titled_once(tests, scenario));
        found.extend(slots::unknown(scenario));
        found.extend(twice::check(setups(&scenario.lines)));
        vacuous::check(scenario).into_iter().for_each(|problem| found.push(problem));
        for case in cases::expand(scenario) {
            let own = setups(&case.lines);
            let mut of_case = settings::misfits(program, own.iter().copied());
            // Without lines of its own it has what the head says, and that has been looked at.
            if !own.is_empty() {
                of_case.extend(Canned::wrong_lines(&tests.head, &own, &program.operations, &program.types));
            }
            let has_fixtures = own.iter().any(|line| matches!(line, Setup::Fixture { .. }));
            let lines = tests.head.iter().chain(own.iter().copied());
            let of_test = has_fixtures.then(|| Values::of(&lines.collect::<Vec<_>>()));
            let values = of_test.as_ref().unwrap_or(&of_head);
            let (people, problems) = people::introduced(&case.lines);
            problems.into_iter().for_each(|problem| of_case.push(problem));
            Checking { program, values, people, found: &mut of_case }.case(&case);
            of_case.iter().for_each(|problem| found.push(case.at_cell(problem.clone())));
        }
    }
    found.sorted()
}

/// What is wrong with the words that tests give for themselves: only with them the flow shows it. Of the others the
/// program is the one that has been checked.
#[must_use]
pub fn words(draft: &Draft, program: &Program) -> Diagnostics {
    let mut found = Diagnostics::new();
    for case in draft.tests.scenarios.iter().flat_map(cases::expand) {
        let own = setups(&case.lines);
        if Draft::is_about_words(program, own.iter().copied()) {
            let wrong = draft.wrong_for_test(own.iter().copied());
            let errors = wrong.iter().filter(|finding| finding.severity == Severity::Error);
            errors.for_each(|finding| found.push(case.at_cell(finding.clone())));
        }
    }
    found
}

/// Reasons that say nothing.
fn reasons(head: &[Setup]) -> Diagnostics {
    let mut found = Diagnostics::new();
    for line in head {
        if let Setup::Unreached { edge, span, reason } = line
            && reason.trim().is_empty()
        {
            let message = format!("no reason is given why no test reaches \"{edge}\"");
            let problem = Diagnostic::new(Code::Malformed, message).at(*span, "");
            found.push(problem.help("say it: `unreached \"EDGE\" because \"…\"`, or write a test that reaches it"));
        }
    }
    found
}

/// `METHOD /path`, or with a whole URL.
fn is_request(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(method, place)| {
        ["GET", "POST", "PUT", "DELETE"].contains(&method)
            && (place.starts_with('/') || place.starts_with("http://") || place.starts_with("https://"))
    })
}

fn no_request(wire: &OnWire) -> Diagnostic {
    Diagnostic::new(Code::Malformed, format!("`{}` is no request", wire.request))
        .at(wire.span, "")
        .help("write a method and a path, as in \"POST /v1/notes?key=1\", or a whole URL")
}

/// Two tests of one title cannot be told apart.
fn titled_once(tests: &Tests, scenario: &Scenario) -> Diagnostics {
    let mut found = Diagnostics::new();
    let first = tests.scenarios.iter().find(|other| other.title == scenario.title);
    if let Some(first) = first.filter(|first| first.span != scenario.span) {
        found.push(
            Diagnostic::new(Code::DeclaredTwice, format!("two tests are called \"{}\"", scenario.title))
                .at(scenario.span, "again here")
                .at(first.span, "first here")
                .help("say in the title what is special about it"),
        );
    }
    found
}

struct Checking<'a> {
    program: &'a Program,
    values: &'a Values<'a>,
    people: BTreeMap<String, String>,
    found: &'a mut Diagnostics,
}

impl<'a> Checking<'a> {
    fn case(&mut self, case: &Case<'_>) {
        for line in case.lines.iter() {
            let ScenarioLine::Deeds { actor, deeds, .. } = line else { continue };
            for deed in deeds {
                match people::wrong_deed(actor, deed, &self.people) {
                    Some(wrong) => self.found.push(wrong),
                    None => self.deed(deed),
                }
            }
        }
    }

    fn deed(&mut self, deed: &Deed) {
        match &deed.kind {
            DeedKind::Hears { heard, .. } => heard.iter().for_each(|heard| self.heard(heard)),
            DeedKind::NeverHears(heard) => self.heard(heard),
            DeedKind::Presses(Pressed::Named(name)) => self.found.push(no_column(name)),
            DeedKind::Presses(Pressed::Keys(keys)) if !is_keys(&keys.text) => self.found.push(no_keys(keys)),
            DeedKind::Types(_) => self.found.push(not_built(deed)),
            DeedKind::Meets(name) if people::actor(&name.text) != people::Actor::Caller => self.person(name),
            DeedKind::Logs(legs) => legs.iter().for_each(|(name, _)| self.person(name)),
            DeedKind::Calls { from: Some(number), .. } | DeedKind::Dials { number, .. } => self.number(number),
            DeedKind::SentNothing(Some(path)) => drop(self.operation(path)),
            DeedKind::Sent { operation, wire, fields } => {
                let known = self.operation(operation);
                if let Some((operation, fields)) = known.zip(fields.as_ref()) {
                    self.found.extend(fields::unknown(self.program, operation, fields));
                }
                wire.iter()
                    .filter(|wire| !is_request(&wire.request))
                    .for_each(|wire| self.found.push(no_request(wire)));
                if let Some(Err(problem)) = fields.as_ref().map(|fields| self.values.json(fields)) {
                    self.found.push(problem);
                }
            }
            _ => {}
        }
    }

    fn heard(&mut self, heard: &Heard) {
        let Heard::Phrase(name) = heard else { return };
        let known = || self.program.phrases.iter().map(|phrase| phrase.name.as_ref());
        if !known().any(|known| *known == name.text) {
            let help = match nearest(&name.text, known()) {
                Some(near) => format!("write `{near}`"),
                None => "name a phrase of the flow, or write a part of the words in quotes".to_owned(),
            };
            let message = format!("the flow has no phrase `{}`", name.text);
            self.found.push(Diagnostic::new(Code::NoSuchText, message).at(name.span, "").help(help));
        }
    }

    fn person(&mut self, name: &Word) {
        if !self.people.contains_key(&name.text) {
            let help = match nearest(&name.text, self.people.keys().map(String::as_str)) {
                Some(near) => format!("write `{near}`"),
                None => format!("introduce somebody by number: `{} is \"+15557770001\"`", name.text),
            };
            let message = format!("nobody in this test is called `{}`", name.text);
            self.found.push(Diagnostic::new(Code::UnknownActor, message).at(name.span, "").help(help));
        }
    }

    fn number(&mut self, number: &Expr) {
        let good = match &number.kind {
            ExprKind::Literal(literal) => phone::normalise(&literal.template()).is_some(),
            _ => false,
        };
        if !good {
            let problem = Diagnostic::new(Code::Malformed, "this is no telephone number");
            self.found.push(problem.at(number.span, "").help("write it in full: \"+15557770001\""));
        }
    }

    /// The operation with this name.
    fn operation(&mut self, path: &Path) -> Option<&'a Operation> {
        let name = path.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(".");
        let found = self.program.operations.iter().find(|operation| *operation.name == *name);
        if found.is_none() {
            let known = || self.program.operations.iter().map(|operation| operation.name.as_ref());
            let help = match nearest(&name, known()) {
                Some(near) => format!("write `{near}`"),
                None => "name an operation of a service of the flow: `service.operation`".to_owned(),
            };
            let problem = Diagnostic::new(Code::UnknownOperation, format!("the flow has no operation `{name}`"));
            self.found.push(problem.at(path.span, "").help(help));
        }
        found
    }
}

/// Whether a text is what `presses` takes.
fn is_keys(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|key| key.is_ascii_digit() || key == b'*' || key == b'#')
}

fn no_keys(keys: &Word) -> Diagnostic {
    Diagnostic::new(Code::Malformed, format!("nobody can press \"{}\"", keys.text))
        .at(keys.span, "")
        .help("write keys, one after the other: digits, `*` and `#`, as in \"12#\"")
}

fn no_column(name: &Word) -> Diagnostic {
    Diagnostic::new(Code::UnknownName, format!("`{}` is no column of this test", name.text))
        .at(name.span, "")
        .help("write a key, or name a column of `for each { … }`")
}

fn not_built(deed: &Deed) -> Diagnostic {
    Diagnostic::new(Code::NotBuilt, "no step takes several digits in this version of ivrc")
        .at(deed.span, "")
        .help("press one key at a time: `presses 1`")
}
