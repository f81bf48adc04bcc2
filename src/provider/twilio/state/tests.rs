use std::time::Duration;

use crate::engine::event::LegStatus;
use crate::http::{Method, Response};
use crate::provider::twilio::rest::tests::{Fake, api, at_once, clock, json, nobody, refusal};
use crate::provider::{CallState, EndFailure, RedirectFailure, TranscriptState};

/// The results of redirecting and of ending with these replies, and how long the former took.
async fn changed(replies: &[Response]) -> (Result<(), RedirectFailure>, Result<(), EndFailure>, Duration) {
    let clock = clock();
    let fake = Fake::start([replies, replies].concat());
    let api = api(&fake.url(), &clock);
    let (redirected, waited) = at_once(&clock, api.redirect("CA1", "https://h/x/c/K/4")).await;
    let (ended, _) = at_once(&clock, api.end("CA1")).await;
    let forms = fake.seen();
    for (method, target, _) in &forms {
        assert_eq!((*method, target.as_str()), (Method::Post, "/2010-04-01/Accounts/AC1/Calls/CA1.json"));
    }
    assert_eq!(forms.len(), replies.len() * 2);
    let (first, last) = (&forms[0].2, &forms[forms.len() - 1].2);
    assert_eq!((first.get("Url"), first.get("Method")), (Ok(Some("https://h/x/c/K/4")), Ok(Some("POST"))));
    assert_eq!((last.get("Status"), last.get("Url")), (Ok(Some("completed")), Ok(None)));
    (redirected, ended, waited)
}

#[tokio::test]
async fn legs_are_moved_and_ended() {
    assert_eq!(changed(&[json(200, "{}")]).await, (Ok(()), Ok(()), Duration::ZERO));
}

#[tokio::test]
async fn a_leg_that_is_over_is_gone() {
    for gone in [refusal(400, 21220), refusal(404, 20404)] {
        assert_eq!(changed(&[gone]).await, (Err(RedirectFailure::Gone), Ok(()), Duration::ZERO));
    }
    let api = api(&nobody(), &clock());
    assert_eq!(api.redirect("../Queues", "https://h/").await, Err(RedirectFailure::Gone), "never asked");
    assert_eq!(api.end("").await, Ok(()));
}

#[tokio::test]
async fn trouble_is_repeated_three_times() {
    let trouble = [refusal(429, 20429), Response::empty(500), Response::empty(502)];
    let waited = Duration::from_millis(500 + 1000 + 2000);
    let saved = [trouble.as_slice(), &[json(200, "{}")]].concat();
    assert_eq!(changed(&saved).await, (Ok(()), Ok(()), waited));
    let lost = [trouble.as_slice(), &[Response::empty(503)]].concat();
    assert_eq!(changed(&lost).await, (Err(RedirectFailure::Failed), Err(EndFailure), waited));
}

#[tokio::test]
async fn other_refusals_are_final() {
    for refused in [refusal(401, 20003), refusal(400, 21205), Response::text(400, "?")] {
        assert_eq!(changed(&[refused]).await, (Err(RedirectFailure::Failed), Err(EndFailure), Duration::ZERO));
    }
    let clock = clock();
    let api = api(&nobody(), &clock);
    assert_eq!(at_once(&clock, api.redirect("CA1", "https://h/")).await.0, Err(RedirectFailure::Failed));
    assert_eq!(at_once(&clock, api.end("CA1")).await.0, Err(EndFailure));
}

#[tokio::test]
async fn the_state_of_a_leg_is_asked_for() {
    let states = [
        ("queued", CallState::Active),
        ("initiated", CallState::Active),
        ("ringing", CallState::Active),
        ("in-progress", CallState::Active),
        ("completed", CallState::Ended(LegStatus::Completed)),
        ("busy", CallState::Ended(LegStatus::Busy)),
        ("no-answer", CallState::Ended(LegStatus::NoAnswer)),
        ("failed", CallState::Ended(LegStatus::Failed)),
        ("canceled", CallState::Ended(LegStatus::Canceled)),
        ("dreaming", CallState::Unknown),
    ];
    let mut replies: Vec<_> =
        states.iter().map(|(status, _)| json(200, &format!("{{\"sid\":\"CA1\",\"status\":\"{status}\"}}"))).collect();
    // The `status` of a refusal is a number, that of a call a word.
    replies.extend([refusal(404, 20404), json(404, "{\"status\":\"completed\"}"), json(200, "[]")]);
    replies.extend([Response::empty(500), json(200, "{\"status\":\"busy\"}")]);
    let fake = Fake::start(replies);
    let clock = clock();
    let api = api(&fake.url(), &clock);
    for (status, state) in states {
        assert_eq!(api.status("CA1").await, state, "{status}");
    }
    for _ in 0..3 {
        assert_eq!(api.status("CA1").await, CallState::Unknown);
    }
    assert_eq!(at_once(&clock, api.status("CA1")).await.0, CallState::Ended(LegStatus::Busy), "the second time");
    assert_eq!(api.status("CA1/../x").await, CallState::Unknown);
    assert_eq!(fake.count(Method::Get), states.len() + 3 + 2);
    assert_eq!(fake.seen()[0].1, "/2010-04-01/Accounts/AC1/Calls/CA1.json");
}

#[tokio::test]
async fn transcripts_are_asked_for() {
    let transcript = |status: &str, text: &str| {
        format!("{{\"sid\":\"TR1\",\"status\":\"{status}\",\"transcription_text\":\"{text}\"}}")
    };
    let list = |transcripts: &[String]| json(200, &format!("{{\"transcriptions\":[{}]}}", transcripts.join(",")));
    let (blank, failed) = (transcript("completed", "(blank)"), transcript("failed", "(blank)"));
    let (hello, going) = (transcript("completed", " Hello. "), "{\"status\":\"in-progress\"}".to_owned());
    let cases = [
        (list(&[]), TranscriptState::Unknown),
        (list(std::slice::from_ref(&going)), TranscriptState::InProgress),
        (list(std::slice::from_ref(&hello)), TranscriptState::Done("Hello.".into())),
        (list(&[failed.clone(), going.clone(), hello]), TranscriptState::Done("Hello.".into())),
        (list(&[going.clone(), blank.clone(), failed.clone()]), TranscriptState::InProgress),
        (list(&[failed.clone(), going]), TranscriptState::InProgress),
        (list(&[failed]), TranscriptState::Failed),
        (list(&[blank]), TranscriptState::Failed),
        (list(&["{\"status\":\"new\"}".to_owned(), "7".to_owned()]), TranscriptState::Unknown),
        (json(200, "{}"), TranscriptState::Unknown),
        (refusal(404, 20404), TranscriptState::Unknown),
    ];
    let fake = Fake::start(cases.iter().map(|(reply, _)| reply.clone()).collect());
    let api = api(&fake.url(), &clock());
    for (reply, state) in &cases {
        assert_eq!(api.transcript("RE1").await, *state, "{}", String::from_utf8_lossy(&reply.body));
    }
    assert_eq!(fake.seen()[0].1, "/2010-04-01/Accounts/AC1/Recordings/RE1/Transcriptions.json");
    assert_eq!(api.transcript("RE1/x").await, TranscriptState::Unknown);
    assert_eq!(fake.count(Method::Get), cases.len());
}
