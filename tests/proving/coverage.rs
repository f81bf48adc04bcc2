//! What the fixtures are evidence for: every line of the issue has at least one of them.

use std::collections::{BTreeMap, BTreeSet};

use super::fixture::Fixture;
use super::script;
use super::setting::{EVERY_PHRASE, phrases};

/// The flagship flow, line by line.
const FLOW: &[&str] = &[
    "caller authorised by a voice device of listed users",
    "fail-closed",
    "hidden numbers refused",
    "empty list lets anyone in",
    "alert types in any subset and order with digits following",
    "up to 9 groups",
    "spoken names",
    "single group skipped with its own sentence",
    "severity 1-5 with priority and incident severity",
    "default severity",
    "on-call check before recording",
    "record at most 90 s",
    "1 keeps",
    "any other key again",
    "star in a recording",
    "too short",
    "limit",
    "transcription polled",
    "transcription called back",
    "transcription in progress",
    "transcription failed, record again",
    "transcription late, sent without text",
    "joke",
    "phrases in turn",
    "static",
    "joke service down",
    "bitly",
    "bitly failure",
    "no bitly token",
    "event fields",
    "failure sentence",
    "conference transfer on",
    "conference transfer off",
    "bridge not yet open",
    "bridge never open",
    "bridge digits sent",
    "nested groups to the stated depth",
    "group cycles",
    "absence now",
    "absence past",
    "absence future",
    "absence with replacement",
    "absence without replacement",
    "VACANCY",
    "device members",
    "people without voice devices",
    "several shifts",
    "empty groups",
    "inactive members",
    "escalation_levels",
    "ordered outgoing calls",
    "queue with hold music",
    "next-on-call announcement",
    "human proof by a digit",
    "voicemail presses nothing",
    "busy",
    "no answer",
    "failed",
    "canceled",
    "callee hangs up",
    "caller hangs up in the menu",
    "caller hangs up at the group",
    "caller hangs up at the severity",
    "caller hangs up while recording",
    "caller hangs up while waiting",
    "caller hangs up before anybody rings",
    "caller hangs up while a phone rings",
    "caller hangs up while the callee listens",
    "caller hangs up while joined",
    "caller hangs up while transferred",
    "caller hangs up at the end of the queue",
    "star on hold",
    "alert by 1",
    "menu by 2",
    "invalid at the end of the queue",
    "missed-call alert with the real name",
    "no missed-call workflow",
    "every phrase from TOML",
    "every phrase from the environment",
    "voice from TOML",
    "voice from the environment",
    "caller id from TOML",
    "caller id from the environment",
    "music from TOML",
    "music from the environment",
    "invalid digits at every step",
    "silence at every step",
    "giving up at every step",
    "star at every step that waits",
];

/// What happens to webhooks, and to the server.
const TROUBLE: &[&str] = &[
    "duplicated webhooks",
    "late webhooks",
    "out-of-order webhooks",
    "killed in a recording",
    "killed in a wait",
    "killed in an escalation",
    "killed in a send",
    "bad signature",
    "missing signature",
    "unknown call",
    "old step",
    "missing parameters",
    "huge parameters",
    "non-UTF-8 parameters",
    "GET instead of POST",
    "body over the limit",
    "service answers 500",
    "service answers nonsense",
    "service answers 50 MB",
    "service answers nothing",
    "service answers a redirect elsewhere",
    "nasty transcript",
    "nasty group name",
    "nasty settings",
    "nasty password",
    "edited phrase",
    "added group",
    "changed order of alert types",
    "edited flow",
    "broken edit refused",
    "reload by signal",
    "secrets stay out of logs and store",
];

/// Defects of the original scripts, by their number in the list.
const DEFECTS: std::ops::RangeInclusive<u32> = 1..=18;

fn wanted() -> BTreeSet<String> {
    let lines = FLOW.iter().chain(TROUBLE).map(|line| (*line).to_owned());
    lines.chain(DEFECTS.map(|number| format!("defect {number}"))).collect()
}

/// Claims, and the fixtures that make them.
fn claims() -> BTreeMap<String, Vec<String>> {
    let mut claims: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for fixture in Fixture::all() {
        for claim in fixture.shows {
            claims.entry(claim).or_default().push(fixture.path.to_string());
        }
    }
    claims
}

#[test]
fn every_line_has_a_call() {
    let claims = claims();
    let missing: Vec<_> = wanted().into_iter().filter(|line| !claims.contains_key(line)).collect();
    let unknown: Vec<_> = claims.keys().filter(|claim| !wanted().contains(*claim)).collect();
    for (line, fixtures) in &claims {
        println!("{line}: {}", fixtures.join(", "));
    }
    assert!(missing.is_empty(), "no call shows: {missing:#?}");
    assert!(unknown.is_empty(), "these lines are not in the list: {unknown:#?}");
}

#[test]
fn every_sentence_is_understood() {
    let lines = Fixture::all().into_iter().flat_map(|fixture| fixture.lines);
    let odd: Vec<_> = lines.filter(|line| !script::is_understood(&line.text)).collect();
    let odd: Vec<_> = odd.iter().map(|line| format!("{}: {}", line.place, line.text)).collect();
    assert!(odd.is_empty(), "not understood:\n{}", odd.join("\n"));
}

#[test]
fn there_are_many_calls_and_each_has_a_title_of_its_own() {
    let fixtures = Fixture::all();
    assert!(fixtures.len() >= 60, "{} calls", fixtures.len());
    let titles: BTreeSet<_> = fixtures.iter().map(|fixture| fixture.title.as_str()).collect();
    assert_eq!(titles.len(), fixtures.len());
    assert!(fixtures.iter().all(|fixture| !fixture.shows.is_empty()), "a call shows nothing");
}

/// Each phrase of the flow is heard where all have other words.
#[test]
fn every_phrase_is_heard_with_other_words() {
    let fixtures = Fixture::of_subject("overrides").into_iter();
    let overriding = fixtures.filter(|fixture| fixture.lines.iter().any(|line| line.text == EVERY_PHRASE));
    let heard: String = overriding.flat_map(|fixture| fixture.lines).map(|line| line.text + "\n").collect();
    let flow = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/flows/xmatters.ivr")).unwrap();
    let names = phrases(&flow).into_iter().map(|(name, _)| name);
    let words: BTreeSet<&str> = heard.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let missing: Vec<_> = names.filter(|name| !words.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "not heard: {missing:?}");
}
