//! What kills a mutant.

use std::collections::VecDeque;
use std::path::PathBuf;

use ivrc::compile::{Draft, Inputs, Text};
use ivrc::diagnostic::Diagnostics;
use ivrc::scenario;
use ivrc::settings::{Conditions, Environment, PlainHttp, Purpose};

use super::flow::Shipped;

/// What became of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// `ivrc check` finds an error.
    Check,
    /// `ivrc test` fails.
    Test,
    /// `ivrc check` warns of something, and nothing else happens: it dies where warnings are denied.
    Warned,
    /// Nobody notices.
    Survives,
}

/// Judges the mutants of one flow. Tests that killed one are played first for the next: neighbours die of the same.
pub(super) struct Judge<'s> {
    shipped: &'s Shipped,
    order: VecDeque<usize>,
}

impl<'s> Judge<'s> {
    pub(super) fn of(shipped: &'s Shipped) -> Self {
        let draft = Draft::read(shipped.inputs.clone(), &testing());
        let order = (0..draft.tests.scenarios.len()).collect();
        Self { shipped, order }
    }

    /// The flow with another text.
    pub(super) fn flow(&mut self, text: String) -> Fate {
        let name = self.shipped.inputs.source.name.clone();
        let inputs = Inputs { source: Text { name, text }, ..self.shipped.inputs.clone() };
        let found = checked(inputs.clone(), Purpose::Check);
        if found.has_errors() {
            return Fate::Check;
        }
        match self.played(inputs) {
            Some(fate) => fate,
            None if !found.is_empty() => Fate::Warned,
            None => Fate::Survives,
        }
    }

    /// The flow with these settings, which must be complete.
    pub(super) fn settings(&self, text: String) -> Fate {
        let settings = Some(Text { name: "example.toml".to_owned(), text });
        let found = checked(Inputs { settings, ..self.shipped.inputs.clone() }, Purpose::Complete);
        match (found.has_errors(), found.is_empty()) {
            (true, _) => Fate::Check,
            (false, false) => Fate::Warned,
            (false, true) => Fate::Survives,
        }
    }

    /// Plays the tests, a few at a time, until one of them fails.
    fn played(&mut self, inputs: Inputs) -> Option<Fate> {
        inputs.given.as_ref()?;
        let mut draft = Draft::read(inputs, &testing());
        let all = draft.tests.scenarios.clone();
        let sizes = [2, 4, all.len()];
        let mut done = 0;
        for size in sizes {
            let chosen: Vec<usize> = self.order.iter().skip(done).take(size).copied().collect();
            draft.tests.scenarios = chosen.iter().map(|n| all[*n].clone()).collect();
            done += chosen.len();
            let run = scenario::run(&draft, &[]);
            if run.found.has_errors() {
                return Some(Fate::Check);
            }
            let failed =
                |title: &str| run.verdicts.iter().any(|verdict| !verdict.passed() && verdict.title.starts_with(title));
            if !run.passed() {
                let killer = chosen.into_iter().find(|n| failed(&all[*n].title));
                killer.into_iter().for_each(|killer| self.first(killer));
                return Some(Fate::Test);
            }
        }
        None
    }

    fn first(&mut self, killer: usize) {
        self.order.retain(|n| *n != killer);
        self.order.push_front(killer);
    }
}

/// What `ivrc check` finds in a flow that stands alone, its tests aside.
fn checked(inputs: Inputs, purpose: Purpose) -> Diagnostics {
    let conditions = Conditions { purpose, plain_http: PlainHttp::Never, ..testing() };
    let draft = Draft::read(Inputs { given: None, ..inputs }, &conditions);
    draft.make([]).diagnostics
}

/// As `ivrc test` has it.
fn testing() -> Conditions {
    Conditions {
        purpose: Purpose::Serve,
        plain_http: PlainHttp::Anywhere,
        environment: Environment::default(),
        directory: PathBuf::new(),
    }
}
