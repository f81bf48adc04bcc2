//! One fault is one finding: the shipped flows with a fault each, seeded in many ways.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use ivrc::compile::{Compilation, Inputs, compile};
use ivrc::diagnostic::Diagnostic;
use ivrc::settings::{Conditions, Environment, PlainHttp, Purpose};

pub(crate) fn inputs(text: &str) -> Inputs {
    Inputs::alone("flow", text)
}

pub(crate) fn conditions(purpose: Purpose) -> Conditions {
    let nothing: [(String, String); 0] = [];
    Conditions {
        purpose,
        plain_http: PlainHttp::Never,
        environment: Environment::new(nothing),
        directory: std::path::PathBuf::new(),
    }
}

fn check(text: &str) -> Compilation {
    compile(inputs(text), &conditions(Purpose::Check))
}

/// A fault: what kind it is, what it does, and the text with it.
struct Seed {
    kind: &'static str,
    what: String,
    text: String,
    /// How many findings are fair.
    fair: usize,
}

/// The flows, by name.
fn flows() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["flows", "examples", "tests/cases/check"] {
        let mut paths: Vec<_> = std::fs::read_dir(root.join(folder)).unwrap().map(|e| e.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let ours = folder != "tests/cases/check" || name.starts_with("ok_");
            if ours && name.ends_with(".ivr") && !name.ends_with(".test.ivr") {
                found.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    found
}

/// A token of a text, outside of comments.
#[derive(Clone, Copy, PartialEq)]
enum Token {
    Word,
    String,
    Sign,
}

/// Tokens with their bytes.
fn tokens(text: &str) -> Vec<(Token, usize, usize)> {
    let bytes = text.as_bytes();
    let mut list = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let from = at;
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
                continue;
            }
            b'"' => {
                at += 1;
                while bytes[at] != b'"' {
                    // A slot may have strings of its own.
                    at += if bytes[at] == b'\\' {
                        2
                    } else if text[at..].starts_with("{{") {
                        text[at..].find("}}").unwrap()
                    } else {
                        1
                    };
                }
                at += 1;
                list.push((Token::String, from, at));
            }
            byte if byte.is_ascii_alphanumeric() => {
                while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
                    at += 1;
                }
                list.push((Token::Word, from, at));
            }
            byte if byte.is_ascii_whitespace() => at += 1,
            _ => {
                at += if text[at..].starts_with("=>") || text[at..].starts_with("..") { 2 } else { 1 };
                while !text.is_char_boundary(at) {
                    at += 1;
                }
                list.push((Token::Sign, from, at));
            }
        }
    }
    list
}

const STEPS: &[&str] = &[
    "let",
    "say",
    "play",
    "pause",
    "menu",
    "pick",
    "record",
    "wait",
    "escalate",
    "dial",
    "send",
    "do",
    "if",
    "else",
    "match",
    "for",
    "yield",
    "give",
    "keep",
    "retry",
    "return",
    "hang",
    "connect",
    "where",
    "within",
    "every",
    "asking",
    "from",
    "up",
    "ringing",
    "music",
    "transcribed",
    "as",
    "gives",
    "json",
    "get",
    "post",
    "scene",
    "query",
    "service",
    "settings",
    "phrases",
    "admit",
    "listen",
    "on",
    "anywhere",
    "enum",
    "type",
    "table",
    "secret",
];

/// Every way of making one mistake in a text.
fn seeds(text: &str) -> Vec<Seed> {
    let tokens = tokens(text);
    let mut seeds = Vec::new();
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let mut add = |kind: &'static str, fair: usize, at: usize, end: usize, new: &str| {
        let what = format!("line {}: {:?} -> {new:?}", line(at), &text[at..end]);
        seeds.push(Seed { kind, what, text: format!("{}{new}{}", &text[..at], &text[end..]), fair });
    };
    let swapped = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        let n = letters.len();
        if n >= 4 && letters[n - 2] != letters[n - 3] {
            letters.swap(n - 2, n - 3);
        } else {
            letters.insert(1, 'x');
        }
        letters.into_iter().collect::<String>()
    };
    for (n, &(kind, from, to)) in tokens.iter().enumerate() {
        let token = &text[from..to];
        let before = n.checked_sub(1).map_or("", |n| &text[tokens[n].1..tokens[n].2]);
        let after = tokens.get(n + 1).map_or("", |token| &text[token.1..token.2]);
        match (kind, token) {
            (Token::Sign, "}") => add("a `}` is missing", 1, from, to, ""),
            (Token::Sign, "{") => add("a `{` is missing", 2, from, to, ""),
            (Token::Sign, "(" | ")") => add("a parenthesis is missing", 1, from, to, ""),
            (Token::Sign, "[" | "]") => add("a bracket is missing", 1, from, to, ""),
            (Token::Sign, "=>") => add("an arrow is missing", 1, from, to, ""),
            (Token::Sign, ",") => add("a comma is missing", 1, from, to, ""),
            (Token::Sign, ":" | "=") => add("a sign is missing", 1, from, to, ""),
            (Token::String, _) => {
                add("a closing quote is missing", 1, to - 1, to, "");
                add("an opening quote is missing", 1, from, from + 1, "");
                add("a string is missing", 1, from, to, "");
                add("single quotes", 1, from, to, &format!("'{}'", &text[from + 1..to - 1]));
            }
            (Token::Word, word) if STEPS.contains(&word) && before != "." && after != ":" && before != "=>" => {
                add("a keyword is misspelt", 1, from, to, &swapped(word));
                add("a keyword is missing", 1, from, to, "");
            }
            (Token::Word, word) if word.starts_with(|c: char| c.is_ascii_digit()) => {
                add("a number is missing", 1, from, to, "");
            }
            (Token::Word, word) => {
                let uses = text.match_indices(word).count();
                let declared = matches!(
                    before,
                    "scene"
                        | "let"
                        | "enum"
                        | "type"
                        | "table"
                        | "service"
                        | "query"
                        | "music"
                        | "escalate"
                        | "for"
                        | "get"
                        | "post"
                        | "put"
                        | "delete"
                        | "secret"
                ) || matches!(after, "=" | ":");
                let kind = if declared { "a declaration is misspelt" } else { "a name is misspelt" };
                add(kind, if declared { uses.max(1) } else { 1 }, from, to, &swapped(word));
            }
            _ => {}
        }
        if n % 7 == 0 {
            add("a stray sign", 1, from, from, "@ ");
        }
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        if !words.is_empty() && !words.starts_with("//") {
            let balanced = words.matches('{').count() == words.matches('}').count()
                && words.matches('(').count() == words.matches(')').count();
            if balanced {
                let name = words.split([' ', ':', '=']).next().unwrap_or("");
                let name = if name == "let" { words.split(' ').nth(1).unwrap_or("") } else { name };
                let uses = if name.is_empty() { 0 } else { text.matches(name).count() };
                add("a line is missing", uses.max(1), at, at + line.len(), "");
            }
        }
        at += line.len();
    }
    seeds
}

/// What is found, a line each.
fn told(compilation: &Compilation) -> Vec<String> {
    let place = |span| compilation.sources.place(span);
    let line = |found: &Diagnostic| {
        format!("    {} {} {}", found.code, found.message, found.span().map_or(String::new(), place))
    };
    compilation.diagnostics.iter().map(line).collect()
}

/// How many of the faults are seeded; `IVRC_SEEDS=all` seeds every one, which takes a minute or two.
fn step() -> usize {
    if std::env::var("IVRC_SEEDS").is_ok_and(|which| which == "all") { 1 } else { 17 }
}

#[test]
fn one_fault_is_one_finding() {
    let flows = flows();
    let clean = flows.iter().filter(|(_, text)| check(text).diagnostics.is_empty());
    let seeds: Vec<(&str, Seed)> =
        clean.flat_map(|(name, text)| seeds(text).into_iter().map(move |seed| (name.as_str(), seed))).collect();
    let seeds: Vec<&(&str, Seed)> = seeds.iter().step_by(step()).collect();
    assert!(seeds.len() > 150, "the flows are missing");
    let (todo, worse) = (Mutex::new(seeds.iter()), Mutex::new(Vec::new()));
    let counts = Mutex::new(BTreeMap::<&str, BTreeMap<usize, usize>>::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((name, seed)) = todo.lock().unwrap().next() else { break };
                    let told = told(&check(&seed.text));
                    *counts.lock().unwrap().entry(seed.kind).or_default().entry(told.len()).or_default() += 1;
                    if told.len() > seed.fair {
                        let what = format!("{name}: {}, {}\n{}", seed.kind, seed.what, told.join("\n"));
                        worse.lock().unwrap().push((told.len() - seed.fair, what));
                    }
                }
            });
        }
    });
    let mut worse = worse.into_inner().unwrap();
    worse.sort_by_key(|(more, _)| std::cmp::Reverse(*more));
    let worst = worse.first().map_or(0, |(more, _)| *more);
    println!("{} of {} faults have more findings than is fair, at most {worst} more", worse.len(), seeds.len());
    let list: Vec<&str> = worse.iter().map(|(_, what)| what.as_str()).collect();
    assert!(
        worse.len() * 100 <= seeds.len() * 5 && worst <= 7,
        "{} of {} faults have more findings than is fair\n{}\n{:#?}",
        worse.len(),
        seeds.len(),
        list.join("\n"),
        counts.into_inner().unwrap()
    );
}

#[test]
fn five_faults_are_five_findings() {
    let text = include_str!("cases/findings/five_faults.ivr");
    let compilation = check(text);
    let found: Vec<String> = compilation
        .diagnostics
        .iter()
        .map(|found| format!("{} {}", found.code, compilation.sources.slice(found.span().unwrap())))
        .collect();
    assert_eq!(
        found,
        [
            "IVR210 string",
            "IVR102 \"We bake from seven to three.",
            "IVR104 scene",
            "IVR204 {{tkae.seconds}}",
            "IVR201 mian"
        ]
    );
}
