//! Texts made from the grammar itself: every form, also those that nobody has written yet.

use std::collections::BTreeMap;

use pest_meta::ast::{Expr, RuleType};
use pest_meta::parser;

use ivrc::syntax::Kind;

/// Rules that are mistakes: no part of what is generated.
const MISTAKES: &[&str] =
    &["unclosed", "malformed", "reserved_name", "extra_arrow", "misplaced", "open_slot", "open_string"];

/// Tokens, by rule, that are not made from their rule.
const SAMPLES: &[(&str, &[&str])] = &[
    ("word", &["data", "a", "devices", "firstName", "open", "first_name_of_whoever_calls"]),
    ("name", &["x", "group", "main", "a_name_that_is_somewhat_longer", "hold_music"]),
    ("value_name", &["Alert", "Conference", "joke"]),
    ("int", &["1", "2", "15"]),
    ("number", &["3", "2.5", "1000000"]),
    ("duration", &["5s", "500ms", "4min", "1h"]),
    ("time_of_day", &["08:30", "17:00"]),
    ("date", &["2026-12-25"]),
    ("lang", &["fr", "en-GB"]),
    ("path", &["a", "absences.data", "service.operation"]),
    ("span", &["1..9", "1..", "..9"]),
    ("range", &["1..9"]),
    ("digit", &["1", "0"]),
    ("keyseq", &["1", "6135550142#", "*"]),
    ("string", &["\"\"", "\"Hello {{who}}.\"", "\"Press 1 to be connected, 2 to be called back.\"", "\"a \\\n  b\""]),
];

/// What stands between tokens.
const GAPS: &[&str] = &[" ", " ", " ", " ", "\n", "\n  ", "\n\n", " // c\n", "\n// own\n", "\n\n/// doc\n\n"];

/// After so many tokens, the shortest way to the end is taken.
const ENOUGH: usize = 120;

/// The grammar, as rules by name.
pub(super) struct Grammar {
    rules: BTreeMap<String, (bool, Expr)>,
    /// How many rules deep the shortest text of each is.
    heights: BTreeMap<String, usize>,
}

impl Grammar {
    pub(super) fn read() -> Self {
        let text = std::fs::read_to_string(super::root().join("grammar/ivr.pest")).unwrap();
        let pairs = parser::parse(parser::Rule::grammar_rules, &text).unwrap();
        let rules = parser::consume_rules(pairs).unwrap();
        let atomic = |ty| matches!(ty, RuleType::Atomic | RuleType::CompoundAtomic);
        let rules = rules.into_iter().map(|rule| (rule.name, (atomic(rule.ty), rule.expr))).collect();
        let mut grammar = Self { rules, heights: BTreeMap::new() };
        // Each round finds the rules that are one higher.
        loop {
            let known = grammar.heights.len();
            for (name, (_, expr)) in &grammar.rules {
                let height = if is_sample(name) { Some(0) } else { grammar.height(expr) };
                if let Some(height) = height.filter(|_| !grammar.heights.contains_key(name)) {
                    grammar.heights.insert(name.clone(), height + 1);
                }
            }
            if grammar.heights.len() == known {
                return grammar;
            }
        }
    }

    /// The height of the shortest text of an expression, as far as it is known.
    fn height(&self, expr: &Expr) -> Option<usize> {
        match expr {
            Expr::Ident(name) if is_mistake(name) => None,
            Expr::Ident(name) if !self.rules.contains_key(name) => Some(0),
            Expr::Ident(name) => self.heights.get(name).copied(),
            Expr::Seq(a, b) => Some(self.height(a)?.max(self.height(b)?)),
            Expr::Choice(a, b) => self.height(a).into_iter().chain(self.height(b)).min(),
            Expr::RepOnce(inner) | Expr::RepExact(inner, _) => self.height(inner),
            _ => Some(0),
        }
    }

    /// A file with a few things in it.
    pub(super) fn text(&self, kind: Kind, seed: u64) -> String {
        let mut writer = Writer { grammar: self, state: seed, out: String::new(), tokens: 0 };
        for _ in 0..=writer.below(2) {
            let rule = match kind {
                Kind::Flow => "item",
                Kind::Tests if writer.below(2) == 0 => "setup",
                Kind::Tests => "scenario",
            };
            writer.write(&Expr::Ident(rule.to_owned()), false);
        }
        writer.out
    }
}

fn is_mistake(name: &str) -> bool {
    name.starts_with("bad_") || MISTAKES.contains(&name)
}

fn is_sample(name: &str) -> bool {
    SAMPLES.iter().any(|(rule, _)| *rule == name)
}

struct Writer<'g> {
    grammar: &'g Grammar,
    state: u64,
    out: String,
    tokens: usize,
}

impl Writer<'_> {
    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        // xorshift64*, seeded away from zero.
        self.state ^= 0x9e37_79b9_7f4a_7c15;
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }

    fn token(&mut self, text: &str, atomic: bool) {
        if !atomic && !self.out.is_empty() {
            let gap = GAPS[self.below(GAPS.len())];
            self.out.push_str(gap);
        }
        self.out.push_str(text);
        self.tokens += 1;
    }

    fn write(&mut self, expr: &Expr, atomic: bool) {
        match expr {
            Expr::Str(text) => self.token(text, atomic),
            Expr::Ident(name) => self.rule(name, atomic),
            Expr::Seq(a, b) => {
                self.write(a, atomic);
                self.write(b, atomic);
            }
            Expr::Choice(..) => self.choose(expr, atomic),
            Expr::Opt(inner) => self.repeat(inner, 0, 1, atomic),
            Expr::Rep(inner) => self.repeat(inner, 0, 3, atomic),
            Expr::RepOnce(inner) => self.repeat(inner, 1, 3, atomic),
            Expr::RepExact(inner, count) => self.repeat(inner, *count as usize, *count as usize, atomic),
            Expr::PosPred(_) | Expr::NegPred(_) => {}
            other => panic!("the grammar has something new: {other:?}"),
        }
    }

    fn rule(&mut self, name: &str, atomic: bool) {
        if let Some((_, samples)) = SAMPLES.iter().find(|(rule, _)| *rule == name) {
            let sample = samples[self.below(samples.len())];
            return self.token(sample, atomic);
        }
        let Some((inner, expr)) = self.grammar.rules.get(name) else { return };
        if *inner && !atomic {
            // One token: the blank before it, then all of it.
            self.token("", false);
        }
        self.write(expr, atomic || *inner);
    }

    fn repeat(&mut self, inner: &Expr, least: usize, most: usize, atomic: bool) {
        if self.grammar.height(inner).is_none() {
            return;
        }
        let count = if self.tokens > ENOUGH { least } else { least + self.below(most - least + 1) };
        for _ in 0..count {
            self.write(inner, atomic);
        }
    }

    fn choose(&mut self, expr: &Expr, atomic: bool) {
        let mut choices = Vec::new();
        let mut open = vec![expr];
        while let Some(expr) = open.pop() {
            match expr {
                Expr::Choice(a, b) => open.extend([&**a, &**b]),
                other => choices.extend(self.grammar.height(other).map(|height| (height, other))),
            }
        }
        let lowest = choices.iter().map(|(height, _)| *height).min().unwrap();
        if self.tokens > ENOUGH {
            choices.retain(|(height, _)| *height == lowest);
        }
        let chosen = choices[self.below(choices.len())].1;
        self.write(chosen, atomic);
    }
}
