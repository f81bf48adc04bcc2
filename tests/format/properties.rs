//! Whatever parses is formatted, says the same afterwards, and is not changed by formatting it again.

use std::cell::Cell;

use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

use ivrc::format::{Failure, format};
use ivrc::syntax::Kind;

use super::generated::Grammar;
use super::{ID, examples, meaning, well_formed};

/// What stands in a gap instead of what stood there.
const NOISE: &[&str] =
    &[" ", "", "\n", "\n\n\n", "\t", "\r\n", " // c\n", "\n// own\n", "\n\n  /// doc\n", "// a\n// b\n\n", "\u{feff}"];

/// Tokens that are put somewhere.
const TOKENS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    "=>",
    "->",
    "=",
    ":",
    ".",
    "|",
    "?",
    "-",
    "\"x\"",
    "\"a \\\n   b\"",
    "name",
    "any",
    "else",
    "then",
    "say",
    "hang up",
    "retry",
    "menu",
    "if",
    "and",
    "or",
    "not",
    "for",
    "in",
    "where",
    "yield",
    "let",
    "give",
    "1",
    "5s",
    "1..9",
    "none",
    "within 5s",
    "3 tries",
    "up to",
    "=> main",
    "{}",
];

/// One change of tokens and the gaps between them.
#[derive(Debug, Clone)]
enum Edit {
    Noise(&'static str),
    Insert(&'static str),
    Delete(usize),
    Copy(usize),
    /// Makes a name longer.
    Stretch(usize),
}

/// The things at the top of the well-formed files, with the comments before them.
fn fragments() -> Vec<(Kind, String)> {
    let begins = |line: &str| line.starts_with(|c: char| c.is_ascii_alphabetic()) && !line.starts_with("else");
    let mut fragments = Vec::new();
    let files = well_formed().into_iter().map(|(_, kind, text)| (kind, text));
    for (kind, text) in files.chain(examples().into_iter().map(|example| (example.kind, example.given))) {
        let (mut fragment, mut has_item) = (String::new(), false);
        for line in text.split_inclusive('\n') {
            if has_item && (begins(line) || line.starts_with("//")) {
                fragments.push((kind, std::mem::take(&mut fragment)));
                has_item = false;
            }
            has_item |= begins(line);
            fragment.push_str(line);
        }
        fragments.push((kind, fragment));
    }
    fragments
}

/// The gaps and tokens of a text, alternating, a gap first, roughly as the grammar sees them.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let comment = if rest.starts_with("//") { rest.find('\n').unwrap_or(rest.len()) } else { 0 };
        let length = match first {
            _ if comment > 0 => comment,
            '"' => string(rest),
            c if c.is_alphanumeric() => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len())
            }
            _ => rest.find(|c: char| !"=>-<!".contains(c)).unwrap_or(rest.len()).max(first.len_utf8()),
        };
        let (piece, behind) = rest.split_at(length);
        if comment > 0 || first.is_whitespace() || first == '\u{feff}' {
            pieces.last_mut().unwrap().push_str(piece);
        } else {
            pieces.extend([piece.to_owned(), String::new()]);
        }
        rest = behind;
    }
    pieces
}

/// The length of the string that a text begins with. In slots there are quotes, too.
fn string(text: &str) -> usize {
    let mut at = 1;
    while let Some(next) = text[at..].chars().next() {
        at += match next {
            '"' => return at + 1,
            '\\' => 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
            '{' if text[at..].starts_with("{{") => text[at..].find("}}").map_or(2, |length| length + 2),
            other => other.len_utf8(),
        };
    }
    text.len()
}

/// Changes pieces; their order, a gap and then a token, stays.
fn edit(pieces: &mut Vec<String>, at: Index, edit: &Edit) {
    if pieces.len() < 3 {
        return;
    }
    let gap = at.index(pieces.len() / 2) * 2;
    let until = |count: usize| (gap + 2 * count).min(pieces.len() - 1);
    match edit {
        Edit::Noise(noise) => pieces[gap] = (*noise).to_owned(),
        Edit::Insert(token) => drop(pieces.splice(gap..gap, [" ".to_owned(), (*token).to_owned()])),
        Edit::Delete(count) => drop(pieces.drain(gap..until(*count))),
        Edit::Copy(count) => {
            let copy = pieces[gap..until(*count)].to_vec();
            drop(pieces.splice(gap..gap, copy));
        }
        Edit::Stretch(count) if pieces[gap + 1].starts_with(char::is_alphabetic) => {
            pieces[gap + 1].push_str(&"x".repeat(*count));
        }
        Edit::Stretch(_) => {}
    }
}

fn edits() -> impl Strategy<Value = Vec<(Index, Edit)>> {
    let noise = select(NOISE).prop_map(Edit::Noise);
    let stretch = (1_usize..60).prop_map(Edit::Stretch);
    let token = prop_oneof![
        select(TOKENS).prop_map(Edit::Insert),
        (1_usize..6).prop_map(Edit::Delete),
        (1_usize..30).prop_map(Edit::Copy),
    ];
    let many = proptest::collection::vec((any::<Index>(), prop_oneof![8 => noise, 1 => stretch]), 0..40);
    let few = proptest::collection::vec((any::<Index>(), token), 0..2);
    (many, few).prop_map(|(mut many, few)| {
        many.extend(few);
        many
    })
}

/// Formats a text if it parses; says whether it did.
fn holds(kind: Kind, text: &str) -> Result<bool, TestCaseError> {
    let formatted = match format(kind, ID, text) {
        Ok(formatted) => formatted,
        Err(Failure::Findings(_)) => return Ok(false),
        Err(Failure::Unsafe(at)) => return Err(TestCaseError::fail(format!("unsafe at {at}:\n{text}"))),
    };
    let fail = |what: &str| Err(TestCaseError::fail(format!("{what}:\n{text}\n-------- becomes\n{formatted}")));
    match format(kind, ID, &formatted) {
        Ok(again) if again == formatted => {}
        Ok(again) => return fail(&format!("not stable, but\n{again}\n-------- from")),
        Err(_) => return fail("not formatted again"),
    }
    if meaning(kind, text) != meaning(kind, &formatted) {
        return fail("not the same");
    }
    let tidy = |line: &str| !line.ends_with([' ', '\t', '\r', '\u{feff}']) && !line.starts_with('\t');
    let ends = formatted.is_empty() || formatted.ends_with('\n');
    if ends && formatted.lines().all(tidy) && !formatted.contains("\n\n\n") { Ok(true) } else { fail("not tidy") }
}

/// Runs a property over so many texts; as many as that must parse.
fn run<S: Strategy>(cases: u32, least: u32, strategy: &S, text: impl Fn(S::Value) -> (Kind, String)) {
    let cases = std::env::var("CASES").map_or(cases, |n| n.parse().unwrap());
    let rng_seed = RngSeed::Fixed(std::env::var("SEED").map_or(5, |n| n.parse().unwrap()));
    let config = Config { cases, failure_persistence: None, rng_seed, max_shrink_iters: 2000, ..Config::default() };
    let parsed = Cell::new(0);
    let result = TestRunner::new(config).run(strategy, |value| {
        let (kind, text) = text(value);
        parsed.set(parsed.get() + u32::from(holds(kind, &text)?));
        Ok(())
    });
    match result {
        Ok(()) => assert!(parsed.get() >= least, "only {} of {cases} texts parse", parsed.get()),
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn what_is_written_badly_is_formatted_and_says_the_same() {
    let fragments = fragments();
    run(250, 50, &(any::<Index>(), 0..4, edits()), |(fragment, gaps, edits)| {
        let (kind, text) = fragment.get(&fragments);
        let mut pieces = pieces(text);
        for gap in pieces.iter_mut().step_by(2).filter(|gap| !gap.is_empty()) {
            match gaps {
                0 => " ".clone_into(gap),
                1 => "\n".clone_into(gap),
                _ => {}
            }
        }
        for (at, change) in &edits {
            edit(&mut pieces, *at, change);
        }
        (*kind, pieces.concat())
    });
}

#[test]
fn what_the_grammar_allows_is_formatted_and_says_the_same() {
    let grammar = Grammar::read();
    run(250, 80, &any::<u64>(), |seed| {
        let kind = if seed % 4 == 0 { Kind::Tests } else { Kind::Flow };
        (kind, grammar.text(kind, seed))
    });
}

/// A comment in each gap of a text, all at once.
#[test]
fn comments_stay_wherever_they_are() {
    let mut parsed = 0;
    let fragments = fragments();
    for (kind, text) in &fragments {
        for (before, behind) in [(" // ", "\n"), ("\n// ", "\n\n")] {
            let mut commented = String::new();
            for (number, piece) in pieces(text).iter().enumerate() {
                if number % 2 == 0 {
                    commented.push_str(&format!("{before}{number}{behind}"));
                } else {
                    commented.push_str(piece);
                }
            }
            match holds(*kind, &commented) {
                Ok(holds) => parsed += u32::from(holds),
                Err(error) => panic!("{error}"),
            }
        }
    }
    eprintln!("{parsed} of {}", fragments.len());
}
