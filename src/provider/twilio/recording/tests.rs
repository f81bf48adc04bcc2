use std::time::Duration;

use super::{LARGEST, WAITS};
use crate::http::{Method, Response};
use crate::provider::twilio::rest::tests::{Fake, api, at_once, clock, json, nobody, refusal};
use crate::provider::{Audio, NoAudio};

fn sound() -> Response {
    Response::new(200, "Audio/MPEG; charset=binary", b"sound".to_vec())
}

fn status(status: &str) -> Response {
    json(200, &format!("{{\"status\":\"{status}\"}}"))
}

/// What comes of these replies, and how long it takes.
async fn fetched(replies: Vec<Response>) -> (Result<Audio, NoAudio>, Duration, Fake) {
    let (fake, clock) = (Fake::start(replies), clock());
    let api = api(&fake.url(), &clock);
    let (result, waited) = at_once(&clock, api.recording("RE1")).await;
    (result, waited, fake)
}

#[tokio::test]
async fn audio_is_fetched_with_the_accounts_credentials() {
    let (audio, waited, fake) = fetched(vec![sound()]).await;
    assert_eq!(audio, Ok(Audio { kind: "audio/mpeg".into(), bytes: b"sound".to_vec() }));
    assert_eq!(waited, Duration::ZERO);
    let asked = fake.requests();
    assert_eq!(
        (asked[0].method, asked[0].target.as_str()),
        (Method::Get, "/2010-04-01/Accounts/AC1/Recordings/RE1.mp3")
    );
    assert_eq!(asked[0].headers.get("authorization"), Some("Basic QUMxOmZpcnN0LXRva2Vu"));
    assert_eq!(asked[0].headers.get("accept"), Some("audio/*"));
}

#[tokio::test]
async fn what_is_no_id_is_never_asked_for() {
    let (fake, clock) = (Fake::start(vec![sound()]), clock());
    let api = api(&fake.url(), &clock);
    for odd in ["", "../Calls", "RE1/..", "RE1?x", "RE1%2f", "http://elsewhere.example.com/RE1", "ä"] {
        assert_eq!(api.recording(odd).await, Err(NoAudio::Gone), "{odd}");
    }
    assert_eq!(fake.count(Method::Get), 0);
}

#[tokio::test]
async fn what_is_being_made_is_waited_for() {
    let replies = vec![refusal(404, 20404), status("processing"), refusal(404, 20404), status("completed"), sound()];
    let (audio, waited, _) = fetched(replies).await;
    assert!(audio.is_ok());
    assert_eq!(waited, WAITS[0] + WAITS[1]);
}

#[tokio::test]
async fn but_not_for_ever() {
    let replies = std::iter::repeat_n([refusal(404, 20404), status("in-progress")], 9).flatten().collect();
    let (audio, waited, fake) = fetched(replies).await;
    assert_eq!((audio, waited), (Err(NoAudio::NotReady), WAITS.iter().sum()));
    assert_eq!(fake.count(Method::Get), 2 * (WAITS.len() + 1));
}

#[tokio::test]
async fn what_will_never_be_there_is_not_waited_for() {
    for record in [refusal(404, 20404), status("absent"), status("deleted")] {
        let (audio, waited, _) = fetched(vec![refusal(404, 20404), record]).await;
        assert_eq!((audio, waited), (Err(NoAudio::Gone), Duration::ZERO));
    }
}

#[tokio::test]
async fn trouble_is_waited_out() {
    let (audio, waited, _) = fetched(vec![refusal(429, 20429), Response::empty(503), sound()]).await;
    assert!(audio.is_ok());
    assert_eq!(waited, WAITS[0] + WAITS[1]);
    // The file is missing, and the record cannot be asked for.
    let replies = std::iter::repeat_n([refusal(404, 20404), Response::empty(500)], 9).flatten().collect();
    assert_eq!(fetched(replies).await.0, Err(NoAudio::Refused));
    let clock = clock();
    let lonely = api(&nobody(), &clock);
    assert_eq!(at_once(&clock, lonely.recording("RE1")).await, (Err(NoAudio::Refused), WAITS.iter().sum()));
}

#[tokio::test]
async fn what_is_refused_is_asked_for_once() {
    let mut elsewhere = Response::empty(302);
    elsewhere.headers.push("location", "ftp://store.example.com/RE1");
    for reply in [
        refusal(401, 20003),
        refusal(403, 20003),
        elsewhere,
        Response::empty(204),
        Response::text(200, "a page"),
        Response::new(200, "text/html", "<script>alert(1)</script>"),
        Response::new(200, "audio/", "x"),
        Response::new(200, "audio/x\u{e4}", "x"),
        Response::new(200, "audio/mpeg", ""),
        Response::new(200, "audio/mpeg", vec![0; LARGEST + 1]),
    ] {
        let named = format!("{} {:?}", reply.status, reply.headers);
        let (audio, waited, fake) = fetched(vec![reply]).await;
        assert_eq!((audio, waited, fake.count(Method::Get)), (Err(NoAudio::Refused), Duration::ZERO, 1), "{named}");
    }
}

#[tokio::test]
async fn a_storage_host_does_not_see_the_credentials() {
    let storage = Fake::start(vec![sound()]);
    let mut elsewhere = Response::empty(307);
    elsewhere.headers.push("location", format!("{}/bucket/RE1?signature=x", storage.url()));
    let (audio, _, _) = fetched(vec![elsewhere]).await;
    assert!(audio.is_ok());
    let asked = storage.requests();
    assert_eq!((asked.len(), asked[0].target.as_str()), (1, "/bucket/RE1?signature=x"));
    assert_eq!(asked[0].headers.get("authorization"), None);
}
