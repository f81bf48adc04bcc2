use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::{Tried, lost};
use crate::http::client::Failure;
use crate::http::{Method, Response};
use crate::provider::twilio::rest::tests::{Fake, api, at_once, clock, json, nobody, refusal};
use crate::provider::{PlaceCall, PlaceFailure};

const TO: &str = "+14165550123";
const FROM: &str = "+18005551212";

fn ann() -> PlaceCall {
    PlaceCall {
        to: TO.into(),
        from: FROM.into(),
        url: "https://h/x/l/K/L1/0#rc=3&rp=ct,5xx".into(),
        status_callback: "https://h/x/h/K/leg/L1#rc=3&rp=ct,5xx".into(),
        ringing: 60,
        detect_machine: false,
        marker: "L1".into(),
    }
}

/// A call in Twilio's list; the clock of these tests stands at 14:00:00.
fn listed(sid: &str, time: Option<&str>, status: &str) -> String {
    let time = time.map_or("null".to_owned(), |time| format!("\"Mon, 02 Mar 2026 {time} +0000\""));
    format!(
        "{{\"sid\":\"{sid}\",\"to\":\"{TO}\",\"from\":\"{FROM}\",\"status\":\"{status}\",\
         \"direction\":\"outbound-api\",\"date_created\":{time},\"start_time\":null}}"
    )
}

fn list(calls: &[String]) -> Response {
    json(200, &format!("{{\"calls\":[{}],\"page\":0}}", calls.join(",")))
}

/// The result with these replies, how long it took, and how many requests to create and to look there were.
async fn placed(replies: Vec<Response>) -> (Result<String, PlaceFailure>, Duration, usize, usize) {
    let fake = Fake::start(replies);
    let clock = clock();
    let api = api(&fake.url(), &clock);
    let (result, waited) = at_once(&clock, api.place(&ann())).await;
    (result, waited, fake.count(Method::Post), fake.count(Method::Get))
}

#[tokio::test]
async fn a_phone_rings() {
    let fake = Fake::start(vec![json(201, "{\"sid\":\"CA1\",\"status\":\"queued\"}"), json(201, "{\"sid\":\"CA2\"}")]);
    let api = api(&fake.url(), &clock());
    assert_eq!(api.place(&ann()).await, Ok("CA1".into()));
    assert_eq!(api.place(&PlaceCall { detect_machine: true, ..ann() }).await, Ok("CA2".into()));

    let seen = fake.seen();
    let (method, target, form) = &seen[0];
    assert_eq!((*method, target.as_str()), (Method::Post, "/2010-04-01/Accounts/AC1/Calls.json"));
    let expected = [
        ("To", TO),
        ("From", FROM),
        ("Url", "https://h/x/l/K/L1/0#rc=3&rp=ct,5xx"),
        ("Method", "POST"),
        ("StatusCallback", "https://h/x/h/K/leg/L1#rc=3&rp=ct,5xx"),
        ("StatusCallbackMethod", "POST"),
        ("StatusCallbackEvent", "completed"),
        ("Timeout", "60"),
    ];
    for (name, value) in expected {
        assert_eq!(form.get(name), Ok(Some(value)));
    }
    assert_eq!(form.get("MachineDetection"), Ok(None));
    assert_eq!(seen[1].2.get("MachineDetection"), Ok(Some("Enable")));
}

#[tokio::test]
async fn refusals_are_told_apart_and_not_repeated() {
    let refusals = [
        (401, 20003, PlaceFailure::Account(401)),
        (403, 20003, PlaceFailure::Account(403)),
        (400, 21211, PlaceFailure::Number(400)),
        (404, 20404, PlaceFailure::Number(404)),
    ];
    for (status, code, failure) in refusals {
        let (result, waited, creates, looks) = placed(vec![refusal(status, code)]).await;
        assert_eq!((result, waited, creates, looks), (Err(failure), Duration::ZERO, 1, 0), "{status}");
    }
}

#[tokio::test]
async fn too_many_requests_are_waited_out() {
    let (result, waited, creates, looks) =
        placed(vec![refusal(429, 20429), refusal(429, 20429), json(201, "{\"sid\":\"CA1\"}")]).await;
    assert_eq!(result, Ok("CA1".into()));
    assert_eq!((waited, creates, looks), (Duration::from_millis(1500), 3, 0));
}

#[tokio::test]
async fn nobody_waits_longer_than_20_seconds() {
    let (result, waited, creates, _) = placed((0..20).map(|_| refusal(429, 20429)).collect()).await;
    assert_eq!(result, Err(PlaceFailure::Account(429)));
    assert_eq!((waited, creates), (Duration::from_millis(15_500), 6));

    let clock = clock();
    let lonely = api(&nobody(), &clock);
    let (result, waited) = at_once(&clock, lonely.place(&ann())).await;
    assert_eq!(result, Err(PlaceFailure::Account(503)));
    assert_eq!(waited, Duration::from_millis(15_500));

    let wrong = api("no url", &clock);
    assert_eq!(wrong.place(&ann()).await, Err(PlaceFailure::Account(503)));
}

#[tokio::test]
async fn a_leg_whose_fate_is_unknown_is_looked_for() {
    let strangers = [
        listed("CA7", Some("13:59:50"), "completed"),
        listed("CA8", Some("14:00:01"), "queued").replace(TO, "+14165550199"),
        listed("CA9", Some("14:00:01"), "queued").replace("outbound-api", "inbound"),
        listed("CA../9", Some("14:00:01"), "queued"),
        listed("CA6", None, "completed"),
        listed("CA5", Some("yesterday"), "queued"),
    ];
    let mut calls = strangers.to_vec();
    calls.push(listed("CA1", Some("14:00:01"), "queued"));
    let (result, waited, creates, looks) = placed(vec![Response::empty(500), list(&strangers), list(&calls)]).await;
    assert_eq!(result, Ok("CA1".into()));
    assert_eq!((waited, creates, looks), (Duration::from_secs(3), 1, 2), "the list lags behind");

    let (result, ..) = placed(vec![Response::empty(500), list(&[listed("CA1", None, "queued")])]).await;
    assert_eq!(result, Ok("CA1".into()), "one that is queued has no time yet");
}

#[tokio::test]
async fn a_leg_that_is_not_found_is_never_created_again() {
    let nothing = || list(&[]);
    for uncertain in [json(500, "{}"), Response::empty(302), json(503, "")] {
        let replies = vec![uncertain, nothing(), nothing(), nothing(), nothing()];
        let (result, waited, creates, looks) = placed(replies).await;
        assert_eq!(result, Err(PlaceFailure::NotThere), "it was not created");
        assert_eq!((waited, creates, looks), (Duration::from_secs(15), 1, 4));
    }
    for created in [json(201, "{}"), json(200, "no JSON")] {
        let replies = vec![created, nothing(), nothing(), nothing(), nothing()];
        assert_eq!(placed(replies).await.0, Err(PlaceFailure::Unknown), "it was created");
    }
}

#[tokio::test]
async fn that_a_leg_is_not_there_is_not_guessed() {
    let nothing = || list(&[]);
    let refused = || refusal(401, 20003);
    // Of a clock that is wrong, or of another call to the same number a moment ago.
    let near = || list(&[listed("CA3", Some("13:59:00"), "ringing")]);
    for last in [refused(), json(200, "no JSON"), near()] {
        let replies = vec![Response::empty(500), nothing(), nothing(), nothing(), last];
        let (result, _, creates, looks) = placed(replies).await;
        assert_eq!((result, creates, looks), (Err(PlaceFailure::Unknown), 1, 4));
    }
}

#[tokio::test]
async fn of_two_legs_that_could_be_it_none_is_taken() {
    let two = [listed("CA1", Some("14:00:00"), "queued"), listed("CA2", Some("14:00:01"), "ringing")];
    let (result, _, creates, looks) = placed(vec![Response::empty(500), list(&two)]).await;
    assert_eq!((result, creates, looks), (Err(PlaceFailure::Unknown), 1, 1));
}

#[tokio::test]
async fn a_leg_that_belongs_to_somebody_is_not_taken() {
    let two = [listed("CA1", Some("14:00:00"), "queued"), listed("CA2", Some("14:00:01"), "queued")];
    let one = json(201, "{\"sid\":\"CA1\"}");
    let fake = Fake::start(vec![one, Response::empty(500), list(&two), list(&two)]);
    let clock = clock();
    let since = clock.now();
    let api = api(&fake.url(), &clock);
    assert_eq!(api.place(&ann()).await, Ok("CA1".into()));
    assert_eq!(at_once(&clock, api.place(&ann())).await.0, Ok("CA2".into()));
    assert_eq!(api.find(TO, FROM, since).await, None, "both are known by now");
}

#[tokio::test]
async fn a_leg_lost_in_a_crash_is_found() {
    let calls = [listed("CA1", Some("14:00:02"), "in-progress"), listed("CA2", Some("13:00:00"), "completed")];
    let fake = Fake::start(vec![list(&calls)]);
    let clock = clock();
    let api = api(&fake.url(), &clock);
    assert_eq!(api.find(TO, FROM, clock.now()).await.as_deref(), Some("CA1"));
    let (_, target, _) = &fake.seen()[0];
    assert_eq!(target, "/2010-04-01/Accounts/AC1/Calls.json?To=%2B14165550123&From=%2B18005551212&PageSize=50");
}

/// Reads a request to its end.
fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap();
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8(request.clone()).unwrap();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if read == 0 || body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
    }
}

#[tokio::test]
async fn a_reply_that_is_lost_after_the_creation_does_not_phone_twice() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let twilio = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let create = read_request(&mut stream);
        drop(stream);
        let (mut stream, _) = listener.accept().unwrap();
        let look = read_request(&mut stream);
        let body = list(&[listed("CA1", Some("14:00:00"), "ringing")]).body;
        write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len()).unwrap();
        stream.write_all(&body).unwrap();
        (create, look)
    });
    let clock = clock();
    let api = api(&url, &clock);
    let (result, _) = at_once(&clock, api.place(&ann())).await;
    assert_eq!(result, Ok("CA1".into()));
    let (create, look) = twilio.join().unwrap();
    assert!(create.starts_with("POST ") && look.starts_with("GET "), "{create} {look}");
}

#[test]
fn only_a_request_that_was_not_sent_is_certainly_not_carried_out() {
    assert!(matches!(lost(&Failure::Connect(String::new())), Tried::NotNow(_)));
    let sent = [Failure::Timeout, Failure::Lost(String::new()), Failure::TooLarge { status: 200, largest: 1 }];
    for failure in sent {
        assert!(matches!(lost(&failure), Tried::Uncertain), "{failure}");
    }
}
