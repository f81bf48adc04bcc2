//! Fixtures with some bytes changed.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::Index;

use super::feed::{Texts, feed};
use super::fixtures::{self, Fixture, Kind};

/// Pieces of the language and of its neighbours, and what editors and networks put into texts.
const PIECES: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "{{",
    "}}",
    "{{{",
    "\\",
    "=>",
    "->",
    "==",
    "..",
    ".",
    ",",
    ";",
    ":",
    "|",
    "?",
    "=",
    "-",
    "*",
    "#",
    "//",
    "///",
    "\n",
    "\r",
    "\t",
    "\0",
    "\u{feff}",
    "\u{2028}",
    "e\u{301}",
    "𝄞",
    "0",
    "99999999999999999999",
    "5sec",
    "1..",
    "2min",
    "else",
    "say",
    "let",
    "scene main {",
    "menu",
    "any",
    "none",
    "if",
    "match",
    "send",
    "do",
    "for",
    "retry",
    "up to",
    "secret",
    "phrases {",
    "settings {",
    "{{#if a}}",
    "{{else}}",
    "{{/if}}",
    "{{this}}",
    "test \"x\" {",
    "stub a.b => 200",
    "caller presses 1",
    "given",
    "'''",
    "\"\"\"",
    "[[",
    "env = ",
    "true",
    "1e999",
    "0x",
];

/// One change of some bytes.
#[derive(Debug, Clone)]
enum Change {
    Set(u8),
    Flip(u8),
    Insert(&'static str),
    Delete(usize),
    Copy(usize, Index),
    Cut,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        any::<u8>().prop_map(Change::Set),
        (0..8_u8).prop_map(|bit| Change::Flip(1 << bit)),
        proptest::sample::select(PIECES).prop_map(Change::Insert),
        proptest::sample::select(PIECES).prop_map(Change::Insert),
        (1..40_usize).prop_map(Change::Delete),
        (1..200_usize, any::<Index>()).prop_map(|(length, to)| Change::Copy(length, to)),
        Just(Change::Cut),
    ]
}

fn changed(text: &str, changes: &[(Index, Change)]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (at, change) in changes {
        let at = at.index(bytes.len() + 1);
        let end = |length: usize, bytes: &[u8]| (at + length).min(bytes.len());
        match change {
            Change::Set(byte) => bytes.iter_mut().skip(at).take(1).for_each(|old| *old = *byte),
            Change::Flip(bit) => bytes.iter_mut().skip(at).take(1).for_each(|old| *old ^= bit),
            Change::Insert(piece) => drop(bytes.splice(at..at, piece.bytes())),
            Change::Delete(length) => drop(bytes.drain(at..end(*length, &bytes))),
            Change::Copy(length, to) => {
                let copy = bytes[at..end(*length, &bytes)].to_vec();
                let to = to.index(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            Change::Cut => bytes.truncate(at),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A changed text with something whole beside it that it belongs to.
fn beside(fixture: &Fixture, text: String) -> Vec<Texts> {
    let (flow, tests) = fixtures::xmatters();
    match fixture.kind {
        // A flow is read as a flow, and as what it is not.
        Kind::Flow => vec![
            Texts { flow: text.clone(), ..Texts::default() },
            Texts { flow: "scene main { hang up }".to_owned(), tests: Some(text.clone()), settings: Some(text) },
        ],
        Kind::Tests => vec![Texts { flow, tests: Some(text), settings: None }],
        Kind::Settings => vec![Texts { flow, tests: Some(tests), settings: Some(text) }],
    }
}

#[test]
fn fixtures_with_some_bytes_changed() {
    let all = fixtures::all();
    let changes = proptest::collection::vec((any::<Index>(), change()), 1..5);
    super::runner(24)
        .run(&(any::<Index>(), changes), |(which, changes)| {
            let fixture = which.get(&all);
            let text = changed(&fixture.text, &changes);
            beside(fixture, text).iter().for_each(|texts| drop(feed(texts)));
            Ok(())
        })
        .unwrap();
}

/// A piece of one fixture in the middle of another.
#[test]
fn fixtures_with_pieces_of_others() {
    let all = fixtures::all();
    let piece = (any::<Index>(), any::<Index>(), 1..400_usize);
    super::runner(12)
        .run(&(any::<Index>(), any::<Index>(), piece), |(which, to, (other, from, length))| {
            let (fixture, other) = (which.get(&all), other.get(&all));
            let (from, to) = (from.index(other.text.len() + 1), to.index(fixture.text.len() + 1));
            let from = other.text.floor_char_boundary(from);
            let end = other.text.floor_char_boundary((from + length).min(other.text.len()));
            let mut text = fixture.text.clone();
            text.insert_str(text.floor_char_boundary(to), &other.text[from..end]);
            beside(fixture, text).iter().for_each(|texts| drop(feed(texts)));
            Ok(())
        })
        .unwrap();
}

/// A fixture as it is: nothing is wrong with what ships, and with everything else something that can be drawn.
#[test]
fn every_fixture_as_it_is() {
    for fixture in fixtures::all() {
        beside(&fixture, fixture.text.clone()).iter().for_each(|texts| drop(feed(texts)));
    }
}
