//! Characters of every kind, between and inside of all tokens.

use super::feed::{Texts, feed};

/// Characters that were trouble for somebody: marks that combine, run from right to left, have no width, need two units
/// of UTF-16, end lines, or are no characters.
const STRANGE: &[&str] = &[
    "\0",
    "\u{7}",
    "\u{1b}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{ad}",
    "é",
    "e\u{301}",
    "\u{301}",
    "ß",
    "\u{3a9}",
    "ı",
    "\u{5d0}",
    "\u{200b}",
    "\u{200d}",
    "\u{200f}",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}",
    "\u{2066}",
    "\u{2003}",
    "\u{3000}",
    "“",
    "”",
    "’",
    "–",
    "—",
    "…",
    "→",
    "⇒",
    "漢",
    "👩\u{200d}💻",
    "𝄞",
    "\u{feff}",
    "\u{fffd}",
    "\u{ffff}",
    "\u{10ffff}",
    "\r",
    "\u{b}",
    "\u{c}",
    "٣",
    "１",
    "Ａ",
];

const FLOW: &str = r#"/// Docs.
enum Kind { Alert, Live }
table T { n | w, 1 | HIGH, 2 | "low" }
type G { name: text, at.deep: phone?, spoken: text = name }
settings { g: G[1..9] = [{ name: "A" }] secret k: text base: url flag_ = true kinds: Kind[1..2] = [Alert, Live] n: phone[] = ["+15550100"] }
phrases { hi = "Hi {{it}}." then "Again." to_a = "to a." }
music m { play "https://m.example/a.mp3" }
service s at base, bearer k, timeout 8s { get a(x: text) "/a/{{x}}" gives d as G[], 404 means [] post b(x: json) "/b" json x }
query q(x: text) -> text { for y in s.a(x) where y.name == "a" or not (y.name in ["b"]) yield y.name }
admit q("a") is empty else { say "No."; hang up }
listen 5s, 3 tries
on error { say "Oh." ; hang up }
anywhere * => main
scene main { // here
  let one = pick g asking "Which?" each "Press {{digit}} for {{it}}." else => live
  menu "What?" from kinds { Alert to_a => live Live "to live." { say one.name; send s.b({ x: one.name, n: 1 + 2 }) ; hang up } say "Bye." }
}
scene live {
  let take = record "Speak." from 2s up to 9s, transcribed { 1 => keep any => retry short { retry up to 2 times; hang up } }
  let w = wait for take.transcript every 5s up to 1min { say "…" } else { give none }
  if w is none and flag_ { say "No." } else { hang up }
  escalate who in [for x in n: { phone: x, spoken: "a" }] up to 2, ringing 9s, music m { callee hears { menu "Hi" { any => connect } } } else { hang up }
  hang up
}
"#;

const TESTS: &str = r#"// Head.
given base = "https://a.example"
given k = "s"
stub s.a("x") => 200 { d: list("a") } then 503 then timeout
let list(n) = [ { name: n, at: { deep: "+15550100" } } ]
clock "2026-01-01T00:00:00Z"
test "one {{n}}" for each { n | k, a | 1 } {
  ann is "+15557770001"
  caller calls from "+15551110000" then presses 1 then hears hi, "x"
  ann answers then stays silent 2 times
  ivr sent s.b { x: none }
  call logs ann silent
}
"#;

const SETTINGS: &str =
    "flag_ = false\ng = [{ name = \"B\" }, { name = 'C' }]\nk = { env = \"K\" }\n[phrases]\nhi = [\"a\", \"b\"]\n";

/// Where words, signs and blanks meet.
fn boundaries(text: &str) -> Vec<usize> {
    let class = |c: char| {
        if c.is_alphanumeric() {
            0
        } else if c.is_whitespace() {
            1
        } else {
            2 + c as u32
        }
    };
    let mut found = vec![0, text.len()];
    for ((_, a), (at, b)) in text.char_indices().zip(text.char_indices().skip(1)) {
        if class(a) != class(b) {
            found.push(at);
        }
    }
    found
}

/// Every place of a text gets some of the characters, always others.
fn strange(text: &str, texts: impl Fn(String) -> Texts) {
    let every = super::wanted().is_some();
    for (n, at) in boundaries(text).into_iter().enumerate() {
        // Every sixth place gets one of them.
        let chosen = STRANGE
            .iter()
            .enumerate()
            .filter(|(place, _)| every || (n % 6 == 0 && (place + n / 6) % STRANGE.len() == 0));
        for (_, character) in chosen {
            // In front of what stands there, and behind its first character.
            let inside = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
            for at in [at, inside] {
                let mut text = text.to_owned();
                text.insert_str(at, character);
                feed(&texts(text));
            }
        }
    }
}

#[test]
fn the_texts_are_good_without_them() {
    let found =
        feed(&Texts { flow: FLOW.to_owned(), tests: Some(TESTS.to_owned()), settings: Some(SETTINGS.to_owned()) });
    let errors: Vec<String> = found.iter().map(|finding| format!("{} {}", finding.code, finding.message)).collect();
    assert!(!found.has_errors(), "{errors:#?}");
}

#[test]
fn strange_characters_in_a_flow() {
    strange(FLOW, |flow| Texts { flow, ..Texts::default() });
}

#[test]
fn strange_characters_in_tests() {
    let flow = "scene main { hang up }";
    strange(TESTS, |tests| Texts { flow: flow.to_owned(), tests: Some(tests), settings: None });
}

#[test]
fn strange_characters_in_settings() {
    let flow = "settings { flag_ = true } scene main { if flag_ { say \"a\" } hang up }";
    strange(SETTINGS, |settings| Texts { flow: flow.to_owned(), tests: None, settings: Some(settings) });
}
