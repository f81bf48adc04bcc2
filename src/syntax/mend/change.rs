//! Changes that may repair a fault, the most likely first, and what is said about the one that does.

use super::{Fault, quotes};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};
use crate::syntax::comments::Comments;
use crate::syntax::edits::Edit;
use crate::syntax::grammar::{Rule, literal};
use crate::syntax::recover::{Token, Weight, habits};

/// Signs that can be forgotten.
const SIGNS: &[Rule] = &[
    Rule::lbrace,
    Rule::rbrace,
    Rule::lparen,
    Rule::rparen,
    Rule::lbracket,
    Rule::rbracket,
    Rule::comma,
    Rule::colon,
    Rule::equals,
    Rule::arrow,
    Rule::gives_arrow,
];

/// Signs that can be forgotten at the end of a line.
const ACROSS_LINES: &[Rule] = &[Rule::lbrace, Rule::rparen, Rule::rbracket, Rule::comma];

/// Words that can be forgotten: those that say what the next part is.
const WORDS: &[Rule] = &[
    Rule::k_else,
    Rule::k_for,
    Rule::k_in,
    Rule::k_as,
    Rule::k_at,
    Rule::k_to,
    Rule::k_up,
    Rule::k_gives,
    Rule::k_json,
    Rule::k_then,
    Rule::k_every,
    Rule::k_asking,
    Rule::k_times,
    Rule::k_tries,
    Rule::k_hears,
    Rule::k_where,
];

/// Words that begin what may stand behind `let x =` or an arrow, and are read as names if they are misspelt.
const BEGINNINGS: &[&str] = &[
    "menu", "pick", "enter", "record", "wait", "escalate", "dial", "send", "do", "first", "any", "all", "not", "if",
    "say", "play", "pause", "hang", "retry",
];

/// A change that was made.
pub(super) struct Change {
    pub(super) edits: Vec<Edit>,
    kind: Kind,
}

/// What it means.
enum Kind {
    /// What the finding asks for.
    AsSaid,
    /// Arms stand in no braces, but the closing one is there.
    Opening,
    /// The word at this byte was meant to be this keyword.
    Keyword(usize, &'static str),
    /// This is missing behind the token that ends at this byte.
    Missing(usize, &'static str),
    /// What stands at the fault is too much.
    TooMuch,
    /// The string that begins here has no closing quote; it was closed at the second byte.
    Unclosed(usize, usize),
    /// The text from here to the second byte has no opening quote.
    Unopened(usize, usize),
    /// The text from here to the second byte stands in other quotes.
    OtherQuotes(usize, usize),
}

impl Change {
    fn insert(at: usize, text: &'static str) -> Self {
        Self { edits: vec![Edit { at, removed: 0, inserted: format!(" {text}") }], kind: Kind::Missing(at, text) }
    }

    fn replace(at: usize, word: &str, keyword: &'static str) -> Self {
        let edit = Edit { at, removed: word.len(), inserted: format!("{keyword} ") };
        Self { edits: vec![edit], kind: Kind::Keyword(at, keyword) }
    }

    pub(super) fn close(string: usize, at: usize) -> Self {
        Self { edits: vec![quote(at)], kind: Kind::Unclosed(string, at) }
    }

    pub(super) fn open(at: usize, end: usize) -> Self {
        Self { edits: vec![quote(at)], kind: Kind::Unopened(at, end) }
    }

    pub(super) fn requote(first: (usize, usize), last: (usize, usize)) -> Self {
        let straight = |(at, removed)| Edit { at, removed, inserted: "\"".to_owned() };
        Self { edits: vec![straight(first), straight(last)], kind: Kind::OtherQuotes(first.0, last.0 + last.1) }
    }
}

fn quote(at: usize) -> Edit {
    Edit { at, removed: 0, inserted: "\"".to_owned() }
}

/// Every change that is tried at a fault.
pub(super) fn all(text: &str, comments: &Comments, fault: &Fault) -> Vec<Change> {
    let mut changes = Vec::new();
    let Some(skipped) = &fault.skipped else { return quotes::all(text, comments, fault.at) };
    let found = Token::at(text, fault.at);
    let end = comments.trim_end(text, fault.at);
    let before = Token::before(text, end);
    let begins = end - before.text.len();
    if !skipped.repair.is_empty() {
        changes.push(Change { edits: skipped.repair.clone(), kind: Kind::AsSaid });
    }
    if matches!(found.text, ":" | "->" | "→" | "⇒") && skipped.expected.begins_with(Rule::arrow) {
        changes.push(Change::replace(fault.at, found.text, "=>"));
    }
    let rest = text.get(fault.at..).unwrap_or_default();
    if let Some(comment) = habits::foreign_comment(rest, fault.at == skipped.start) {
        changes.extend(rest.get(..comment).map(|comment| too_much(fault.at, comment)));
    }
    if let Some(word) = habits::sign(found.text) {
        changes.push(Change::replace(fault.at, found.text, word));
    }
    if let Some(keyword) = skipped.expected.nearest(found.text) {
        changes.push(Change::replace(fault.at, found.text, keyword));
    }
    let same_line = text.get(end..fault.at).is_some_and(|between| !between.contains('\n'));
    if same_line
        && before.is_name()
        && let Some(keyword) = nearest(before.text, BEGINNINGS.iter().copied())
    {
        changes.push(Change::replace(begins, before.text, keyword));
    }
    changes.extend(quotes::all(text, comments, fault.at));
    let counts = !before.text.is_empty() && before.text.bytes().all(|byte| byte.is_ascii_digit());
    if counts && skipped.expected.has(Rule::k_tries) {
        let brace = Change::insert(comments.trim_end(text, begins), "{");
        changes.push(Change { kind: Kind::Opening, ..brace });
        changes.extend(braces(text, begins));
    }
    if before.is_name() && skipped.expected.begins_with(Rule::arrow) {
        changes.push(Change::insert(comments.trim_end(text, begins), "=>"));
    }
    let is_sign = !found.text.is_empty() && !found.is_name() && !found.is_operand();
    if is_sign {
        changes.push(too_much(fault.at, found.text));
    }
    let missing = |rules: &'static [Rule]| {
        let wanted = rules.iter().filter(|rule| skipped.expected.begins_with(**rule));
        wanted.filter(|rule| same_line || ACROSS_LINES.contains(rule)).filter_map(|rule| literal(*rule))
    };
    changes.extend(missing(SIGNS).map(|sign| Change::insert(end, sign)));
    if skipped.expected.begins_with(Rule::lparen) {
        changes.push(Change::insert(end, "()"));
    }
    if skipped.start != fault.at {
        let end = comments.trim_end(text, skipped.start);
        let deed = skipped.expected.has(Rule::deed);
        changes.extend(["{", "=>"].into_iter().chain(deed.then_some("then")).map(|sign| Change::insert(end, sign)));
    }
    changes.extend(missing(WORDS).map(|word| Change::insert(end, word)));
    if !is_sign && (found.is_name() || found.text.bytes().all(|byte| byte.is_ascii_digit())) {
        changes.push(too_much(fault.at, found.text));
    }
    changes
}

/// Arms without braces: from here to the last brace of the text.
fn braces(text: &str, at: usize) -> Option<Change> {
    let end = text.rfind('}').filter(|end| *end > at)?;
    let brace = |at, brace: &str| Edit { at, removed: 0, inserted: brace.to_owned() };
    Some(Change { edits: vec![brace(at, "{ "), brace(end, "} ")], kind: Kind::Missing(at, "{") })
}

/// A token is taken out.
fn too_much(at: usize, token: &str) -> Change {
    Change { edits: vec![Edit { at, removed: token.len(), inserted: String::new() }], kind: Kind::TooMuch }
}

impl Change {
    /// The finding.
    pub(super) fn finding(&self, id: SourceId, text: &str, comments: &Comments, fault: &Fault) -> Diagnostic {
        let span = |start: usize, end: usize| Span::new(id, start, end);
        if matches!(self.kind, Kind::Opening) {
            return fault.diagnostic.clone().help("write `{` behind the text of the menu");
        }
        let quotes = matches!(self.kind, Kind::Unclosed(..) | Kind::Unopened(..) | Kind::OtherQuotes(..));
        if !quotes && fault.skipped.as_ref().is_some_and(|skipped| skipped.weight == Weight::Sure) {
            return fault.diagnostic.clone();
        }
        match self.kind {
            Kind::AsSaid | Kind::Opening => fault.diagnostic.clone(),
            Kind::Keyword(at, keyword) => {
                let help = format!("did you mean `{keyword}`?");
                if fault.diagnostic.help.as_ref() == Some(&help) {
                    return fault.diagnostic.clone();
                }
                let word = Token::at(text, at);
                Diagnostic::new(Code::NotUnderstood, format!("{} is not understood here", word.quoted()))
                    .at(span(at, at + word.text.len()), "")
                    .help(help)
            }
            Kind::Missing(end, sign) => missing(id, text, comments, end, sign),
            Kind::TooMuch => {
                let is_it = fault.diagnostic.span().is_some_and(|span| span.start as usize == fault.at);
                let found = fault.diagnostic.clone();
                if is_it && found.help.is_none() { found.help("take it out") } else { found }
            }
            Kind::Unclosed(start, end) => {
                let last = text.get(start + 1..end).and_then(|words| words.split_whitespace().next_back());
                let behind = last.map_or_else(|| "here".to_owned(), |word| format!("behind `{word}`"));
                Diagnostic::new(Code::OpenString, "this string has no closing quote")
                    .at(span(start, end), "opened here")
                    .help(format!("close it with `\"` {behind}"))
            }
            Kind::Unopened(start, end) => {
                let first = Token::at(text, start);
                Diagnostic::new(Code::NotUnderstood, "this text has no opening quote")
                    .at(span(start, end), "words that are spoken, and other texts, stand in quotes")
                    .help(format!("write `\"` in front of {}", first.quoted()))
            }
            Kind::OtherQuotes(start, end) => {
                let inside = text.get(start..end).unwrap_or_default().trim_matches(quotes::OTHER);
                let short = inside.chars().count() <= 40;
                let shown = if short { format!("\"{inside}\"") } else { "\"…\"".to_owned() };
                Diagnostic::new(Code::NotUnderstood, "texts stand in double quotes")
                    .at(span(start, end), "")
                    .help(format!("write `{shown}`"))
            }
        }
    }
}

/// Something is missing behind the token that ends at `end`.
fn missing(id: SourceId, text: &str, comments: &Comments, end: usize, sign: &str) -> Diagnostic {
    let start = comments.next(text, end);
    let (next, last) = (Token::at(text, start), Token::before(text, end));
    let same_line = text.get(end..start).is_some_and(|between| !between.contains('\n'));
    if same_line && !next.text.is_empty() {
        Diagnostic::new(Code::NotUnderstood, format!("`{sign}` is missing before {}", next.quoted()))
            .at(Span::new(id, start, start + next.text.len()), format!("expected `{sign}` before this"))
            .help(format!("write `{sign}` here; the rest was checked as if it were there"))
    } else {
        Diagnostic::new(Code::NotUnderstood, format!("`{sign}` is missing after {}", last.quoted()))
            .at(Span::new(id, end - last.text.len(), end), format!("expected `{sign}` behind this"))
            .help(format!("write `{sign}` here; the rest was checked as if it were there"))
    }
}
