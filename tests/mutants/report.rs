//! How many mutants of each kind died, and of what.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Judged;
use super::judge::Fate;

/// A line of the table.
#[derive(Default, Clone, Copy)]
struct Row {
    check: usize,
    test: usize,
    warned: usize,
    survive: usize,
}

impl Row {
    fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Check => self.check += 1,
            Fate::Test => self.test += 1,
            Fate::Warned => self.warned += 1,
            Fate::Survives => self.survive += 1,
        }
    }

    fn all(self) -> usize {
        self.check + self.test + self.warned + self.survive
    }

    fn line(self, name: &str) -> String {
        let killed = 100.0 * part(self.all() - self.survive, self.all());
        format!(
            "{name:34} {:6} {:6} {:6} {:6} {:6} {killed:7.1} %\n",
            self.all(),
            self.check,
            self.test,
            self.warned,
            self.survive
        )
    }
}

/// From 0 to 1.
pub(super) fn part(some: usize, all: usize) -> f64 {
    some as f64 / all.max(1) as f64
}

pub(super) fn table(judged: &[Judged]) -> String {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    let mut files: BTreeMap<&str, Row> = BTreeMap::new();
    let mut all = Row::default();
    for one in judged {
        rows.entry(one.mutant.edit.kind).or_default().count(one.fate);
        files.entry(one.mutant.name.split(' ').next().unwrap()).or_default().count(one.fate);
        all.count(one.fate);
    }
    let mut text = String::new();
    let _ = writeln!(text, "{:34} {:>6} {:>6} {:>6} {:>6} {:>6}  killed", "", "all", "check", "test", "warned", "live");
    for (name, row) in rows.iter().chain(&files) {
        text += &row.line(name);
    }
    text + &all.line("all")
}
