//! A server whose clock is moved by the network.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::Poll;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::fake::{ANN, BOB, LINE};
use crate::clock::Clock;
use crate::http::client::{Client, Outgoing};
use crate::http::server::{self, Limits};
use crate::http::{Headers, Method, Request, Response};
use crate::simulator::{Config, Error, Network, Number, ServerClock, What};

/// What the server counts of its own work.
#[derive(Clone)]
struct Work {
    clock: Clock,
    busy: Arc<AtomicUsize>,
    waiting: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    report_open: bool,
    api: Arc<std::sync::Mutex<String>>,
}

/// Whatever counts goes down again when this is dropped.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

fn say(words: &str) -> Response {
    Response::new(200, "text/xml", format!("<Response><Say>{words}</Say></Response>"))
}

impl Work {
    /// Sleeps by the server's clock; meanwhile it is not busy.
    async fn sleep(&self, busy: Counted, seconds: u64) -> Counted {
        let mut sleep = Box::pin(self.clock.sleep(Duration::from_secs(seconds)));
        // The clock knows of the sleeper before it no longer counts as busy.
        let woken = std::future::poll_fn(|context| Poll::Ready(sleep.as_mut().poll(context).is_ready())).await;
        drop(busy);
        if !woken {
            sleep.await;
        }
        Counted::new(&self.busy)
    }

    /// Asks an outside service; meanwhile it is waiting.
    async fn ask(&self, busy: Counted, outgoing: Outgoing) -> Counted {
        let waiting = Counted::new(&self.waiting);
        drop(busy);
        let _ = Client::new().unwrap().send(outgoing).await;
        let busy = Counted::new(&self.busy);
        drop(waiting);
        busy
    }

    fn call_bob(&self) -> Outgoing {
        let api = self.api.lock().unwrap().clone();
        let mut call = Outgoing::new(
            Method::Post,
            format!("{api}/2010-04-01/Accounts/AC00000000000000000000000000000001/Calls.json"),
        );
        let auth = "QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==";
        call.headers = Headers(vec![("authorization".to_owned(), format!("Basic {auth}"))]);
        call.body = Some(b"To=%2B15552220000&From=%2B18005550000&Url=http%3A%2F%2F127.0.0.1%3A1%2Fb".to_vec());
        call
    }

    async fn handle(self, request: Request, service: String) -> Response {
        if request.path() == "/control" {
            let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
            let now: Timestamp = body["now"].as_str().unwrap().parse().unwrap();
            self.clock.advance_to(now);
            let (busy, waiting) = (self.busy.load(SeqCst) + self.clock.waking(), self.waiting.load(SeqCst));
            let mut status = json!({ "now": now, "busy": busy, "waiting": waiting, "next": self.clock.next_wake() });
            if self.report_open {
                status["open"] = self.open.load(SeqCst).into();
            }
            return Response::new(200, "application/json", status.to_string());
        }
        let _open = Counted::new(&self.open);
        let busy = Counted::new(&self.busy);
        match request.path() {
            // The answer comes after four seconds of the server's own time.
            "/slow" => {
                let _busy = self.sleep(busy, 4).await;
                say("slow")
            }
            // The answer never comes.
            "/never" => {
                let _busy = self.sleep(busy, 100_000).await;
                say("never")
            }
            // The answer comes when a service has answered, or after nine seconds.
            "/service" => {
                let limit = self.clock.sleep(Duration::from_secs(9));
                tokio::select! {
                    _ = self.ask(busy, Outgoing::new(Method::Get, service)) => say("the service answered"),
                    () = limit => say("the service did not answer"),
                }
            }
            // Half a minute after the answer a phone is to ring.
            "/later" => {
                let work = self.clone();
                let more = Counted::new(&self.busy);
                tokio::spawn(async move {
                    let busy = work.sleep(more, 30).await;
                    let _busy = work.ask(busy, work.call_bob()).await;
                });
                drop(busy);
                Response::new(200, "text/xml", "<Response><Enqueue waitUrl=\"\">q</Enqueue></Response>")
            }
            // Something is always going on.
            "/restless" => {
                std::mem::forget(busy);
                say("restless")
            }
            _ => Response::empty(204),
        }
    }
}

/// A network, and the number of replies that the outside service holds back.
async fn network(report_open: bool) -> (Network, Arc<AtomicUsize>, tokio::sync::watch::Sender<bool>) {
    let (release, released) = tokio::sync::watch::channel(false);
    let held = Arc::new(AtomicUsize::new(0));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let service = format!("http://{}/", listener.local_addr().unwrap());
    let holding = Arc::clone(&held);
    let handler = move |_: Request| {
        let (holding, mut released) = (Counted::new(&holding), released.clone());
        async move {
            let _ = released.wait_for(|released| *released).await;
            drop(holding);
            Response::empty(204)
        }
    };
    server::serve(listener, Arc::new(handler), Limits::default()).unwrap();

    let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let work = Work {
        clock: Clock::manual(start),
        busy: Arc::default(),
        waiting: Arc::default(),
        open: Arc::default(),
        report_open,
        api: Arc::default(),
    };
    let api = Arc::clone(&work.api);
    let handler = move |request: Request| work.clone().handle(request, service.clone());
    server::serve(listener, Arc::new(handler), Limits::default()).unwrap();

    let mut config = Config::new(start);
    config.clock = ServerClock::Controlled { url: format!("{base}/control") };
    config.held_replies = Arc::clone(&held);
    for (number, page) in [("1", "slow"), ("2", "never"), ("3", "service"), ("4", "later"), ("5", "restless")] {
        let number = format!("+1800555000{number}");
        config.numbers.insert(number, Number { voice_url: format!("{base}/{page}"), ..Number::default() });
    }
    config.verified_callers.push(LINE.to_owned());
    let network = Network::start(config).await.unwrap();
    network.api_url().clone_into(&mut api.lock().unwrap());
    (network, held, release)
}

async fn at(network: &Network) -> String {
    network.now().await.unwrap().strftime("%M:%S").to_string()
}

#[tokio::test]
async fn a_webhook_may_wait_for_time() {
    for report_open in [false, true] {
        let (network, ..) = network(report_open).await;
        network.call(ANN, "+18005550001").await.unwrap();
        let happened = network.run().await.unwrap();
        let heard = happened.iter().find(|one| matches!(&one.what, What::Hears { text, .. } if text == "slow"));
        assert_eq!(heard.unwrap().at.to_string(), "2026-03-01T12:00:04Z");
    }
}

#[tokio::test]
async fn a_webhook_that_waits_too_long_is_given_up_after_fifteen_seconds() {
    let (network, ..) = network(false).await;
    network.call(ANN, "+18005550002").await.unwrap();
    let happened = network.run().await.unwrap();
    let failed = happened.iter().find(|one| matches!(one.what, What::WebhookFailed { code: 11_205, .. })).unwrap();
    assert_eq!(failed.at.to_string(), "2026-03-01T12:00:15Z");
    assert!(happened.iter().any(|one| one.what == What::ApplicationError));
}

#[tokio::test]
async fn time_passes_while_a_service_holds_its_reply_back() {
    for report_open in [false, true] {
        let (network, held, _release) = network(report_open).await;
        network.call(ANN, "+18005550003").await.unwrap();
        let happened = network.run().await.unwrap();
        let heard = happened.iter().find(|one| matches!(&one.what, What::Hears { .. })).unwrap();
        assert_eq!(heard.at.to_string(), "2026-03-01T12:00:09Z");
        assert!(heard.to_string().contains("did not answer"));
        assert_eq!(held.load(SeqCst), 1);
    }
}

#[tokio::test]
async fn no_time_passes_while_a_service_is_about_to_reply() {
    let (network, _, release) = network(false).await;
    release.send(true).unwrap();
    network.call(ANN, "+18005550003").await.unwrap();
    let happened = network.run().await.unwrap();
    let heard = happened.iter().find(|one| matches!(&one.what, What::Hears { .. })).unwrap();
    assert_eq!(heard.to_string(), "12:00:00  leg 1  hears \"the service answered\"");
}

#[tokio::test]
async fn the_servers_own_timers_take_part() {
    let (network, ..) = network(false).await;
    network.call(ANN, "+18005550004").await.unwrap();
    let happened = network.run().await.unwrap();
    let rings = happened.iter().find(|one| matches!(one.what, What::Rings { .. })).unwrap();
    assert_eq!(rings.at.to_string(), "2026-03-01T12:00:31Z");
    assert_eq!(at(&network).await, "00:31");
    network.ignore(BOB).await.unwrap();
    network.advance(Duration::from_secs(61)).await.unwrap();
    assert_eq!(at(&network).await, "01:32");
}

#[tokio::test]
async fn a_server_that_never_rests_is_an_error() {
    let (network, ..) = network(false).await;
    network.configure(|config| config.patience = Duration::from_millis(300)).await.unwrap();
    network.call(ANN, "+18005550005").await.unwrap();
    let error = network.run().await.unwrap_err();
    assert!(matches!(&error, Error::Restless(why) if why.contains("busy: 1")), "{error}");
}

#[tokio::test]
async fn a_control_url_that_does_not_answer_is_an_error() {
    let mut config = Config::new("2026-03-01T12:00:00Z".parse().unwrap());
    config.clock = ServerClock::Controlled { url: "http://127.0.0.1:1/control".to_owned() };
    config.patience = Duration::from_millis(50);
    let network = Network::start(config).await.unwrap();
    assert!(matches!(network.run().await, Err(Error::Control { .. })));
    network.stop().await;
}
