use proptest::prelude::*;

use super::event;
use crate::engine::event::{EventKind, LeftHold, Leg, LegStatus};
use crate::http::{Headers, Method, Request};
use crate::provider::route::{Mark, Route};
use crate::provider::twilio::webhook::{form, read};
use crate::provider::{BadWebhook, Webhook};

fn webhook(fields: &str) -> Webhook {
    let body = format!("CallSid=CA1&{fields}").into_bytes();
    let request = Request { method: Method::Post, target: "/".into(), headers: Headers::default(), body };
    read(&request, form(&request).unwrap()).unwrap()
}

fn heard(path: &str, fields: &str) -> Result<Option<EventKind>, BadWebhook> {
    let route = Route::parse(&format!("/x{path}")).unwrap_or_else(|| panic!("{path} is no route"));
    event(&route, &webhook(fields))
}

fn one(path: &str, fields: &str) -> EventKind {
    heard(path, fields).unwrap().unwrap_or_else(|| panic!("{path} {fields} is no event"))
}

fn callee() -> Leg {
    Leg::Callee("L1".into())
}

const ENDED: [(&str, LegStatus); 5] = [
    ("completed", LegStatus::Completed),
    ("busy", LegStatus::Busy),
    ("no-answer", LegStatus::NoAnswer),
    ("failed", LegStatus::Failed),
    ("canceled", LegStatus::Canceled),
];

#[test]
fn a_call_begins() {
    assert_eq!(one("", "CallStatus=ringing"), EventKind::Continue(Leg::Caller));
    assert_eq!(one("", "CallStatus=canceled"), EventKind::HungUp);
}

#[test]
fn listening_gives_keys_or_silence() {
    for (path, leg) in [("/c/K/4", Leg::Caller), ("/l/K/L1/4", callee())] {
        let keys = |mark: &str, fields| one(&format!("{path}{mark}"), fields);
        for mark in ["", "/keys", "/wait"] {
            assert_eq!(keys(mark, "Digits=12%23"), EventKind::Keys(leg.clone(), "12#".into()), "{mark}");
            assert_eq!(keys(mark, "Digits=A1b"), EventKind::Keys(leg.clone(), "1".into()), "{mark}");
        }
        for empty in ["Digits=", "", "Digits=A"] {
            assert_eq!(keys("/keys", empty), EventKind::Silence(leg.clone()), "{empty}");
            assert_eq!(keys("/none", empty), EventKind::Silence(leg.clone()), "{empty}");
            assert_eq!(keys("/wait", empty), EventKind::Continue(leg.clone()), "{empty}");
        }
        assert_eq!(keys("", ""), EventKind::Continue(leg.clone()), "a redirect");
        assert_eq!(keys("", "Digits="), EventKind::Silence(leg.clone()), "redirects have no keys");
    }
}

#[test]
fn keys_that_do_not_exist_are_refused() {
    let long = format!("Digits={}", "1".repeat(256));
    for digits in ["Digits=1x", "Digits=%C3%A4", "Digits=TIMEOUT", "Digits=1%202", long.as_str()] {
        for path in ["/c/K/4", "/c/K/4/keys", "/c/K/4/skip", "/c/K/4/record", "/l/K/L1/4/wait", "/m/K/1.1/keys"] {
            assert_eq!(heard(path, digits), Err(BadWebhook::Value("Digits")), "{path} {digits:.20}");
        }
    }
    assert_eq!(heard("/c/K/4", "Digits=1&Digits=2"), Err(BadWebhook::Duplicate("Digits")));
}

#[test]
fn the_end_of_the_callers_leg_comes_first() {
    let paths = [
        "/c/K/4",
        "/c/K/4/keys",
        "/c/K/4/none",
        "/c/K/4/skip",
        "/c/K/4/empty",
        "/c/K/4/wait",
        "/c/K/4/dial",
        "/m/K/1.1",
        "/m/K/1.1/keys",
        "/m/K/1.1/left",
        "/m/K/1.1/join",
        "/status",
        "/fallback",
    ];
    for path in paths {
        for (status, _) in ENDED {
            let fields = format!("CallStatus={status}&Digits=1&DialCallStatus=completed&QueueResult=bridged");
            assert_eq!(one(path, &fields), EventKind::HungUp, "{path} {status}");
        }
    }
    for path in ["/c/K/4", "/c/K/4/keys", "/c/K/4/wait", "/c/K/4/skip", "/m/K/1.1/keys", "/c/K/4/record"] {
        assert_eq!(one(path, "CallStatus=in-progress&Digits=hangup"), EventKind::HungUp, "{path}");
    }
    assert_eq!(one("/m/K/1.1/left", "QueueResult=hangup"), EventKind::HungUp);
    assert_eq!(one("/c/K/4/dial", "DialCallStatus=canceled"), EventKind::HungUp);
}

#[test]
fn the_end_of_a_callees_leg_is_its_own() {
    for (word, status) in ENDED {
        let ended = EventKind::LegEnded { leg: "L1".into(), status };
        let fields = format!("CallStatus={word}&Digits=1");
        for path in ["/l/K/L1/0", "/l/K/L1/4", "/l/K/L1/4/keys", "/l/K/L1/4/none", "/h/K/leg/L1"] {
            assert_eq!(one(path, &fields), ended, "{path}");
        }
    }
    let ended = EventKind::LegEnded { leg: "L1".into(), status: LegStatus::Completed };
    assert_eq!(one("/l/K/L1/4/keys", "Digits=hangup"), ended);
    for status in ["initiated", "ringing", "in-progress", "queued", ""] {
        assert_eq!(heard("/h/K/leg/L1", &format!("CallStatus={status}")), Ok(None), "{status}");
    }
    assert_eq!(heard("/status", "CallStatus=in-progress"), Ok(None));
    assert_eq!(heard("/fallback", "CallStatus=in-progress&ErrorCode=11200"), Ok(None));
}

#[test]
fn a_phone_is_answered_once_at_turn_0() {
    let answered = |machine| EventKind::Answered { leg: "L1".into(), machine };
    assert_eq!(one("/l/K/L1/0", "CallStatus=in-progress"), answered(false));
    assert_eq!(one("/l/K/L1/0", "AnsweredBy=human"), answered(false));
    assert_eq!(one("/l/K/L1/0", "AnsweredBy=unknown"), answered(false));
    assert_eq!(one("/l/K/L1/0", "AnsweredBy=machine_start"), answered(true));
    assert_eq!(one("/l/K/L1/0", "AnsweredBy=fax"), answered(true));
    assert_eq!(one("/l/K/L1/1", "AnsweredBy=fax"), EventKind::Continue(callee()));
}

const TAKE: &str = "RecordingUrl=https%3A%2F%2Fapi.twilio.com%2FRecordings%2FRE1&RecordingSid=RE1&RecordingDuration=12";

fn take(key: Option<char>, hung_up: bool) -> EventKind {
    let url = "https://api.twilio.com/Recordings/RE1".into();
    EventKind::Recorded { sid: "RE1".into(), url, seconds: 12, key, hung_up }
}

#[test]
fn a_recording_is_kept_however_it_ended() {
    assert_eq!(one("/c/K/4/record", TAKE), take(None, false));
    assert_eq!(one("/c/K/4/record", &format!("{TAKE}&Digits=")), take(None, false));
    assert_eq!(one("/c/K/4/record", &format!("{TAKE}&Digits=*")), take(Some('*'), false));
    assert_eq!(one("/c/K/4/record", &format!("{TAKE}&Digits=hangup")), take(None, true));
    assert_eq!(one("/c/K/4/record", &format!("{TAKE}&Digits=hangup&CallStatus=completed")), take(None, true));
    assert_eq!(one("/c/K/4/record", &format!("{TAKE}&CallStatus=completed")), take(None, true));
    let unnamed = TAKE.replace("&RecordingSid=RE1", "").replace("%2FRE1", "%2FRE1.wav");
    let EventKind::Recorded { sid, .. } = one("/c/K/4/record", &unnamed) else { panic!("no recording") };
    assert_eq!(sid, "RE1", "from the URL");
}

#[test]
fn nothing_recorded_is_no_recording() {
    assert_eq!(one("/c/K/4/empty", ""), EventKind::RecordedNothing);
    assert_eq!(one("/c/K/4/record", "Digits="), EventKind::RecordedNothing);
    let empty = TAKE.replace("=12", "=0");
    assert_eq!(one("/c/K/4/record", &empty), EventKind::RecordedNothing);
    let key = one("/c/K/4/record", &format!("{empty}&Digits=*"));
    assert!(matches!(key, EventKind::Recorded { seconds: 0, key: Some('*'), .. }), "{key:?}");
    for broken in ["=-1", "=", "=12.5", "=99999999999"] {
        let refused = heard("/c/K/4/record", &TAKE.replace("=12", broken));
        assert!(matches!(refused, Err(BadWebhook::Value(_) | BadWebhook::Missing(_))), "{broken}: {refused:?}");
    }
    let path = heard("/c/K/4/record", &TAKE.replace("Sid=RE1", "Sid=..%2FRE1"));
    assert_eq!(path, Err(BadWebhook::Value("RecordingSid")));
}

#[test]
fn words_before_a_recording_are_skipped() {
    assert_eq!(one("/c/K/4/skip", "Digits=*"), EventKind::SkippedTo('*'));
    assert_eq!(one("/c/K/4/skip", "Digits="), EventKind::Continue(Leg::Caller));
}

#[test]
fn a_dial_ends_in_one_of_five_ways() {
    let over = |fields: &str| one("/c/K/4/dial", fields);
    let dial = |status, bridged| EventKind::DialOver { status, bridged };
    assert_eq!(over("DialCallStatus=completed&DialBridged=true"), dial(LegStatus::Completed, Some(true)));
    assert_eq!(over("DialCallStatus=completed&DialBridged=false"), dial(LegStatus::Completed, Some(false)));
    assert_eq!(over("DialCallStatus=answered"), dial(LegStatus::Completed, None));
    assert_eq!(over("DialCallStatus=busy"), dial(LegStatus::Busy, None));
    assert_eq!(over("DialCallStatus=no-answer&DialBridged=perhaps"), dial(LegStatus::NoAnswer, None));
    assert_eq!(over("DialCallStatus=failed"), dial(LegStatus::Failed, None));
    assert_eq!(over("DialCallStatus=vanished"), dial(LegStatus::Failed, None));
    assert_eq!(heard("/c/K/4/dial", ""), Err(BadWebhook::Missing("DialCallStatus")));
}

#[test]
fn joining_is_over_with_or_without_a_talk() {
    let over = |fields: &str| {
        let EventKind::JoinOver { leg, bridged } = one("/l/K/L1/4/join", fields) else { panic!("{fields}") };
        assert_eq!(&*leg, "L1");
        bridged
    };
    assert!(over("DialBridged=true&DialCallStatus=completed"));
    assert!(over("DialBridged=True&CallStatus=completed"), "the callee hung up after the talk");
    assert!(over("DialCallStatus=completed"));
    assert!(over("DialCallStatus=answered"));
    assert!(!over("DialBridged=false&DialCallStatus=completed"));
    assert!(!over("DialCallStatus=no-answer"));
    assert!(!over("CallStatus=completed"));
}

#[test]
fn a_caller_on_hold_waits_and_leaves() {
    let (visit, round) = (2, 3);
    assert_eq!(one("/m/K/2.3", "QueuePosition=1"), EventKind::Holding { visit, round });
    assert_eq!(one("/m/K/2.3/keys", "Digits=*"), EventKind::HoldKeys { visit, round, keys: "*".into() });
    assert_eq!(one("/m/K/2.3/keys", "Digits="), EventKind::Holding { visit, round });
    assert_eq!(one("/m/K/2.3/join", "DequeingCallSid=CA2"), EventKind::Bridging { visit, round });
    let results = [
        ("bridged", LeftHold::Bridged),
        ("bridging-in-process", LeftHold::Redirected),
        ("bridging-in-progress", LeftHold::Redirected),
        ("redirected", LeftHold::Redirected),
        ("redirected-from-bridged", LeftHold::Redirected),
        ("leave", LeftHold::Left),
        ("queue-full", LeftHold::Refused),
        ("error", LeftHold::Refused),
        ("system-error", LeftHold::Refused),
        ("a-new-word", LeftHold::Refused),
    ];
    for (result, why) in results {
        let left = one("/m/K/2.3/left", &format!("QueueResult={result}"));
        assert_eq!(left, EventKind::LeftHold { visit, round, why }, "{result}");
    }
    assert_eq!(heard("/m/K/2.3/left", ""), Err(BadWebhook::Missing("QueueResult")));
}

#[test]
fn transcripts_come_even_after_the_call() {
    let got = |fields: &str| heard("/h/K/transcript", &format!("CallStatus=completed&RecordingSid=RE1&{fields}"));
    let transcript =
        |text: Option<&str>| Ok(Some(EventKind::Transcript { recording: "RE1".into(), text: text.map(Into::into) }));
    assert_eq!(got("TranscriptionStatus=completed&TranscriptionText=+Hello.%0A"), transcript(Some("Hello.")));
    assert_eq!(got("TranscriptionText=Hello."), transcript(Some("Hello.")));
    assert_eq!(got("TranscriptionStatus=failed&TranscriptionText=Hello."), transcript(None));
    assert_eq!(got("TranscriptionStatus=failed"), transcript(None));
    for blank in ["", "(blank)", "+%0A", "%28blank%29+"] {
        assert_eq!(
            got(&format!("TranscriptionStatus=completed&TranscriptionText={blank}")),
            transcript(None),
            "{blank}"
        );
    }
    assert_eq!(got("TranscriptionStatus=in-progress"), Ok(None));
    assert_eq!(got(""), Err(BadWebhook::Missing("TranscriptionStatus")));
    assert_eq!(heard("/h/K/transcript", "TranscriptionStatus=failed"), Err(BadWebhook::Missing("RecordingSid")));
}

#[test]
fn urls_that_no_document_carries_are_refused() {
    let turn = |leg, mark| Route::Turn { flow: "x".into(), call: "K".into(), leg, turn: 1, mark };
    assert_eq!(event(&turn(Leg::Caller, Mark::Join), &webhook("")), Err(BadWebhook::Route));
    for mark in [Mark::Skip, Mark::Record, Mark::Empty, Mark::Dial] {
        assert_eq!(event(&turn(callee(), mark), &webhook("")), Err(BadWebhook::Route), "{mark:?}");
    }
}

proptest! {
    #[test]
    fn no_values_panic(
        path in "/[clmh]/K/(L1/)?[0-2](\\.1)?(/(keys|none|wait|skip|record|empty|dial|join|left))?",
        values in prop::collection::vec(".{0,9}", 6),
    ) {
        let Some(route) = Route::parse(&format!("/x{path}")) else { return Ok(()) };
        let names = ["Digits", "QueueResult", "DialCallStatus", "RecordingUrl", "RecordingDuration", "CallStatus"];
        let fields = names.into_iter().zip(values.iter().map(String::as_str));
        let _ = event(&route, &webhook(&crate::provider::form::Form::encode(fields)));
    }
}
