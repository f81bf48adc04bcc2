//! Keys of arms: which are offered, which twice, which are taken away from `anywhere`.

use super::super::checker::Checker;
use super::super::frames::Part;
use super::super::unbuilt::spoken_key;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{Key, KeyKind};
use crate::types::Name;

/// The keys of a telephone.
const KEYS: [char; 12] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'];

fn key_twice(key: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::KeyTwice, format!("{key} is offered twice"))
        .at(span, "again")
        .at(first, "first")
        .help("give every arm keys of its own; an arm with `if` keeps its key")
}

fn key_taken(key: char, span: Span, rule: Span) -> Diagnostic {
    Diagnostic::new(Code::KeyTaken, format!("the key {key} belongs to an `anywhere` rule"))
        .at(span, "taken away here")
        .at(rule, "works everywhere")
        .help("use another key; `any` leaves `anywhere` keys alone")
}

fn no_key_left(span: Span) -> Diagnostic {
    Diagnostic::new(Code::Unreachable, "this arm can never be reached")
        .at(span, "every key is taken already")
        .help("leave it out, or leave it a key")
}

fn backwards(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "this range holds no key").at(span, "").help("write the smaller digit first")
}

/// What the keys of an arm come to.
#[derive(Debug, Default)]
pub(super) struct Pressed {
    /// Single keys, ranges taken apart.
    pub(super) keys: Vec<char>,
    /// `any`.
    pub(super) any: Option<Span>,
    /// Values of an enum, with their places.
    pub(super) values: Vec<(Name, Span)>,
    /// `short` and `limit`, with their places.
    pub(super) short: Option<Span>,
    pub(super) limit: Option<Span>,
}

impl Pressed {
    /// Whether nothing that can be pressed was understood.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.any.is_none() && self.values.is_empty()
    }
}

/// The keys of the arms so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Offered {
    list: Vec<(String, Span)>,
    /// Keys that are offered only if a condition holds, with its place.
    conditional: Vec<(char, Span)>,
}

impl Offered {
    /// Takes a key; gives the place of an arm that has it already.
    fn take(&mut self, key: &str, span: Span) -> Option<Span> {
        let known = self.place(key);
        if known.is_none() {
            self.list.push((key.to_owned(), span));
        }
        known
    }

    /// Takes a single key.
    pub(super) fn add(&mut self, key: char, span: Span) {
        self.take(&named(key), span);
    }

    /// Notes that keys are offered only if the condition at `span` holds.
    pub(super) fn only_if(&mut self, span: Span, keys: &[char]) {
        self.conditional.extend(keys.iter().map(|key| (*key, span)));
    }

    /// The same, without the conditions of some keys: what is said only when they are offered may name them.
    pub(super) fn whenever(&self, keys: &[(char, Span)]) -> Self {
        let others = |(key, _): &&(char, Span)| !keys.iter().any(|(own, _)| own == key);
        Self { conditional: self.conditional.iter().filter(others).copied().collect(), ..self.clone() }
    }

    /// Where the condition stands under which a key is offered.
    pub(super) fn condition(&self, key: char) -> Option<Span> {
        self.conditional.iter().find(|(known, _)| *known == key).map(|(_, span)| *span)
    }

    /// Where a key is offered.
    fn place(&self, key: &str) -> Option<Span> {
        self.list.iter().find(|(known, _)| known == key).map(|(_, span)| *span)
    }

    /// Whether a key is offered.
    pub(super) fn has(&self, key: &str) -> bool {
        self.list.iter().any(|(known, _)| known == key)
    }
}

impl Checker<'_> {
    /// The keys of an arm. In the callee's part the `anywhere` keys do not work, so they can be taken.
    pub(super) fn keys(&mut self, keys: &[Key], offered: &mut Offered) -> Pressed {
        let mut pressed = Pressed::default();
        for key in keys {
            match &key.kind {
                KeyKind::One(one) => self.offer(*one, key.span, offered, &mut pressed),
                KeyKind::Range(from, to) => {
                    if from > to {
                        self.report.add(backwards(key.span));
                    }
                    for one in *from..=*to {
                        self.offer(one, key.span, offered, &mut pressed);
                    }
                }
                KeyKind::Any => {
                    self.once("`any`", key.span, offered);
                    pressed.any = Some(key.span);
                }
                KeyKind::Value(name) => {
                    self.once(&format!("`{name}`"), key.span, offered);
                    pressed.values.push((name.as_str().into(), key.span));
                }
                KeyKind::Short => {
                    self.once("`short`", key.span, offered);
                    pressed.short = Some(key.span);
                }
                KeyKind::Limit => {
                    self.once("`limit`", key.span, offered);
                    pressed.limit = Some(key.span);
                }
                KeyKind::Spoken(words) => spoken_key(self.report, key.span, words),
            }
        }
        pressed
    }

    fn offer(&mut self, key: char, span: Span, offered: &mut Offered, pressed: &mut Pressed) {
        self.once(&named(key), span, offered);
        self.leave_anywhere(key, span);
        pressed.keys.push(key);
    }

    /// Reports `any` if the other arms, and the `anywhere` rules, leave no key to it; the first `digits` digits are
    /// those of a list.
    pub(super) fn any_covers(&self, offered: &Offered, digits: u32) {
        let Some(any) = offered.place("`any`") else { return };
        let callee = self.around().part == Part::CalleeHears;
        let taken = |key: char| {
            offered.has(&named(key))
                || key.to_digit(10).is_some_and(|digit| (1..=digits).contains(&digit))
                || !callee && self.world.rules.anywhere.iter().any(|(known, _)| *known == key)
        };
        if KEYS.into_iter().all(taken) {
            self.report.add(no_key_left(any));
        }
    }

    fn once(&self, key: &str, span: Span, offered: &mut Offered) {
        if let Some(first) = offered.take(key, span) {
            self.report.add(key_twice(key, span, first));
        }
    }

    /// Reports a key that belongs to an `anywhere` rule.
    pub(super) fn leave_anywhere(&self, key: char, span: Span) {
        if self.around().part == Part::CalleeHears {
            return;
        }
        if let Some((_, rule)) = self.world.rules.anywhere.iter().find(|(known, _)| *known == key) {
            self.report.add(key_taken(key, span, *rule));
        }
    }
}

/// The keys that are named one by one: a span stands for all the rest.
pub(super) fn single_keys(keys: &[Key]) -> impl Iterator<Item = (char, Span)> {
    keys.iter().filter_map(|key| match key.kind {
        KeyKind::One(one) => Some((one, key.span)),
        _ => None,
    })
}

/// What [`Offered`] calls a single key.
pub(super) fn named(key: char) -> String {
    format!("the key {key}")
}
