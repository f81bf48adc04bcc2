//! A stand-in of the API that gives prepared replies, and time that passes by itself.

use std::collections::VecDeque;
use std::future::Future;
use std::net::TcpListener;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Api, REMEMBERED};
use crate::clock::Clock;
use crate::http::client::Client;
use crate::http::server::{Limits, Running, serve};
use crate::http::{Method, Request, Response};
use crate::provider::form::Form;
use crate::provider::twilio::TwilioConfig;

pub(in crate::provider::twilio) struct Fake {
    running: Running,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    /// Gives the replies one after the other, then 418.
    pub(in crate::provider::twilio) fn start(replies: Vec<Response>) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let replies = Mutex::new(VecDeque::from(replies));
        let handler = {
            let seen = Arc::clone(&seen);
            move |request: Request| {
                seen.lock().unwrap().push(request);
                let reply = replies.lock().unwrap().pop_front();
                async move { reply.unwrap_or_else(|| Response::empty(418)) }
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let limits = Limits { workers: 1, ..Limits::default() };
        Self { running: serve(listener, Arc::new(handler), limits).unwrap(), seen }
    }

    pub(in crate::provider::twilio) fn url(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// The requests so far.
    pub(in crate::provider::twilio) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// The requests so far, as method, target and form.
    pub(in crate::provider::twilio) fn seen(&self) -> Vec<(Method, String, Form)> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|r| (r.method, r.target.clone(), Form::parse(&r.body).unwrap())).collect()
    }

    pub(in crate::provider::twilio) fn count(&self, method: Method) -> usize {
        self.seen().iter().filter(|(seen, _, _)| *seen == method).count()
    }
}

pub(in crate::provider::twilio) fn json(status: u16, body: &str) -> Response {
    Response::new(status, "application/json", body)
}

/// A refusal as Twilio writes it.
pub(in crate::provider::twilio) fn refusal(status: u16, code: u32) -> Response {
    json(status, &format!("{{\"code\":{code},\"message\":\"no\",\"status\":{status}}}"))
}

pub(in crate::provider::twilio) fn clock() -> Clock {
    Clock::manual("2026-03-02T14:00:00Z".parse().unwrap())
}

pub(in crate::provider::twilio) fn config(api_url: &str) -> TwilioConfig {
    TwilioConfig {
        account_sid: "AC1".into(),
        tokens: vec!["first-token".into(), "second-token".into()],
        api_url: api_url.to_owned(),
    }
}

pub(in crate::provider::twilio) fn api(api_url: &str, clock: &Clock) -> Api {
    Api::new(&config(api_url), Client::new().unwrap(), clock.clone())
}

/// An address where nobody listens.
pub(in crate::provider::twilio) fn nobody() -> String {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("http://{address}")
}

/// Works without waiting: the clock jumps to whatever is slept for. Also how long that would have been.
pub(in crate::provider::twilio) async fn at_once<T>(clock: &Clock, work: impl Future<Output = T>) -> (T, Duration) {
    let start = clock.now();
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return (done, clock.now().duration_since(start).try_into().unwrap()),
            () = tokio::task::yield_now() => {
                if let Some(time) = clock.next_wake() {
                    clock.advance_to(time);
                }
            }
        }
    }
}

#[tokio::test]
async fn requests_are_authorized_by_the_first_token() {
    let fake = Fake::start(vec![json(200, "{\"a\":\"b\"}"), Response::text(200, "no JSON")]);
    let api = api(&format!("{}/", fake.url()), &clock());
    let reply = api.send(api.post("Calls/CA1.json", &[("Url", "https://h/x#rc=3&rp=ct,5xx")])).await.unwrap();
    assert_eq!((reply.status, reply.text("a"), reply.code()), (200, Some("b"), None));
    let reply = api.send(api.get("Calls.json?To=%2B1")).await.unwrap();
    assert!(reply.is_success() && reply.body.is_null());

    let seen = fake.requests();
    assert_eq!(seen[0].target, "/2010-04-01/Accounts/AC1/Calls/CA1.json");
    assert_eq!(seen[0].headers.get("authorization"), Some("Basic QUMxOmZpcnN0LXRva2Vu"), "AC1:first-token");
    assert_eq!(seen[0].headers.get("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen[0].body, b"Url=https%3A%2F%2Fh%2Fx%23rc%3D3%26rp%3Dct%2C5xx");
    assert_eq!(seen[1].target, "/2010-04-01/Accounts/AC1/Calls.json?To=%2B1");
}

#[tokio::test]
async fn trouble_is_waited_out_with_growing_pauses() {
    let fake = Fake::start(vec![refusal(429, 20429), Response::empty(503), json(200, "{}")]);
    let clock = clock();
    let api = api(&fake.url(), &clock);
    let (reply, waited) = at_once(&clock, api.send_patiently(api.get("x"), 3)).await;
    assert_eq!(reply.unwrap().status, 200);
    assert_eq!(waited, Duration::from_millis(500 + 1000));

    let (reply, waited) = at_once(&clock, api.send_patiently(api.get("x"), 3)).await;
    assert_eq!((reply.unwrap().status, waited), (418, Duration::ZERO), "settled at once");
}

#[tokio::test]
async fn patience_has_an_end() {
    let clock = clock();
    let fake = Fake::start(vec![Response::empty(500), Response::empty(502), Response::empty(503)]);
    let troubled = api(&fake.url(), &clock);
    let (reply, _) = at_once(&clock, troubled.send_patiently(troubled.get("x"), 2)).await;
    assert_eq!(reply.unwrap().status, 503);
    assert_eq!(fake.count(Method::Get), 3);

    let lonely = api(&nobody(), &clock);
    let (reply, waited) = at_once(&clock, lonely.send_patiently(lonely.get("x"), 3)).await;
    assert!(reply.is_none());
    assert_eq!(waited, Duration::from_millis(500 + 1000 + 2000));
}

#[test]
fn only_so_many_legs_are_remembered() {
    let api = api("http://localhost", &clock());
    for leg in 0..=REMEMBERED {
        api.remember(&format!("CA{leg}"));
    }
    assert!(!api.is_remembered("CA0"));
    assert!(api.is_remembered("CA1") && api.is_remembered(&format!("CA{REMEMBERED}")));
}

#[test]
fn secrets_are_not_printed() {
    let config = config("http://localhost");
    let api = Api::new(&config, Client::new().unwrap(), clock());
    let printed = format!("{config:?} {api:?}");
    for secret in ["first-token", "second-token", "QUMxOmZpcnN0LXRva2Vu"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
