use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use super::fake::{ANN, LINE, Stage, twiml};
use crate::http::server::{self, Limits};
use crate::http::{Request, Response};
use crate::simulator::{BeforeRetry, CallStatus, Config, Kind, Network, Number, Retry, ServerClock, What};

/// A stage whose number has a fallback URL.
async fn stage(first: Response) -> Stage {
    let stage = Stage::new(&[("/fallback", "<Say>fallback</Say>")]).await;
    stage.page("/voice", first);
    let base = stage.base().to_owned();
    let fallback_url = Some(format!("{base}/fallback"));
    let setup = Number { voice_url: format!("{base}/voice"), fallback_url, status_callback: None };
    stage.network.set_number(LINE, setup).await.unwrap();
    stage.network.call(ANN, LINE).await.unwrap();
    stage
}

#[tokio::test]
async fn what_cannot_be_performed_leads_to_the_fallback_url() {
    let cases = [
        (Response::text(500, "oops"), "11200"),
        (Response::text(404, "oops"), "11200"),
        (Response::new(200, "text/xml", "<Response>"), "12100"),
        (Response::new(200, "text/xml", ""), "12100"),
        (Response::new(200, "application/json", "{}"), "12300"),
        (Response::new(200, "text/xml", format!("<Response>{}</Response>", " ".repeat(70_000))), "11750"),
    ];
    for (first, code) in cases {
        let stage = stage(first).await;
        assert_eq!(stage.run().await, ["fallback"]);
        let fallback = stage.webhook("/fallback").await;
        assert_eq!((fallback.kind, fallback.param("ErrorCode")), (Kind::Fallback, code));
        assert!(fallback.param("ErrorUrl").ends_with("/voice"));
        assert_eq!(stage.seen(), ["/voice", "/fallback"], "5xx is not tried again unless the URL says so");
    }
}

#[tokio::test]
async fn without_a_fallback_url_the_call_ends() {
    let stage = Stage::new(&[]).await;
    let leg = stage.network.call(ANN, LINE).await.unwrap();
    let happened = stage.network.run().await.unwrap();
    assert!(happened.iter().any(|one| one.what == What::ApplicationError));
    assert!(happened.iter().any(|one| matches!(&one.what, What::WebhookFailed { webhook: 0, code: 11_200, .. })));
    assert_eq!(stage.network.leg(leg).await.unwrap().status, CallStatus::Completed);
    assert_eq!(stage.webhook("/status").await.param("CallStatus"), "completed");
}

#[tokio::test]
async fn a_failing_fallback_url_ends_the_call() {
    let stage = Stage::new(&[]).await;
    let base = stage.base().to_owned();
    let fallback_url = Some(format!("{base}/fallback"));
    let setup = Number { voice_url: format!("{base}/voice"), fallback_url, status_callback: None };
    stage.network.set_number(LINE, setup).await.unwrap();
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.seen(), ["/voice", "/fallback"]);
}

#[tokio::test]
async fn overrides_try_again_with_the_same_token_and_are_not_signed() {
    let stage = Stage::new(&[("/voice", "<Redirect>{base}/next?a=1#rc=3&amp;rp=ct,5xx</Redirect>")]).await;
    for _ in 0..3 {
        stage.page("/next", Response::text(503, "starting"));
    }
    stage.page("/next", twiml("<Say>at last</Say>"));
    stage.network.call(ANN, LINE).await.unwrap();
    assert_eq!(stage.run().await, ["at last"]);
    let next = stage.webhook("/next").await;
    assert_eq!((next.attempts, next.status), (4, Some(200)));
    assert!(next.url.ends_with("/next?a=1"));
    stage.flawless().await;
}

#[tokio::test]
async fn an_override_that_means_nothing_is_a_problem() {
    let stage = Stage::new(&[("/voice", "<Redirect>{base}/next#rc=9</Redirect>"), ("/next", "")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.problems().await.unwrap()[0].text, "the override `rc=9` means nothing");
}

#[tokio::test]
async fn http_redirects_are_followed_without_what_was_pressed() {
    let stage =
        Stage::new(&[("/voice", "<Gather numDigits=\"1\" action=\"{base}/old\"/>"), ("/new", "<Say>new</Say>")]).await;
    let mut moved = Response::empty(302);
    moved.headers.push("location", "/new?x=1");
    moved.headers.push("set-cookie", "seen=yes; Path=/");
    stage.page("/old", moved);
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.press(ANN, "4").await.unwrap();
    assert_eq!(stage.run().await, ["new"]);
    let new = stage.webhook("/new").await;
    assert_eq!(new.method, crate::http::Method::Get);
    assert!(!new.has("Digits") && new.has("CallSid"));
    assert_eq!(stage.webhook("/old").await.param("Digits"), "4");
    stage.flawless().await;
}

#[tokio::test]
async fn http_redirects_do_not_go_on_for_ever() {
    let stage = Stage::new(&[]).await;
    let mut moved = Response::empty(307);
    moved.headers.push("location", "/voice");
    stage.page("/voice", moved);
    stage.network.call(ANN, LINE).await.unwrap();
    let happened = stage.network.run().await.unwrap();
    assert!(happened.iter().any(|one| matches!(one.what, What::WebhookFailed { code: 11_215, .. })));
    assert_eq!(stage.seen().len(), 11);
}

#[tokio::test]
async fn a_server_can_be_started_again_between_two_attempts() {
    // A port on which nothing listens yet.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let attempts: Arc<Mutex<Vec<u32>>> = Arc::default();
    let served = Arc::new(AtomicUsize::new(0));
    let mut config = Config::new("2026-03-01T12:00:00Z".parse().unwrap());
    config.clock = ServerClock::Own { grace: std::time::Duration::ZERO };
    let voice_url = format!("http://{address}/voice#rc=2&rp=ct");
    config.numbers.insert(LINE.to_owned(), Number { voice_url, ..Number::default() });
    let (noted, count) = (Arc::clone(&attempts), Arc::clone(&served));
    config.before_retry = Some(BeforeRetry(Arc::new(move |retry: Retry| {
        noted.lock().unwrap().push(retry.attempt);
        let count = Arc::clone(&count);
        Box::pin(async move {
            if retry.attempt == 3 {
                let listener = TcpListener::bind(address).unwrap();
                let handler = move |_: Request| {
                    count.fetch_add(1, SeqCst);
                    std::future::ready(twiml("<Say>back again</Say>"))
                };
                server::serve(listener, Arc::new(handler), Limits::default()).unwrap();
            }
        })
    })));
    let network = Network::start(config).await.unwrap();
    network.call(ANN, LINE).await.unwrap();
    assert_eq!(Stage::heard(&network.run().await.unwrap()), ["back again"]);
    assert_eq!(*attempts.lock().unwrap(), [2, 3]);
    assert_eq!(served.load(SeqCst), 1);
    assert_eq!(network.webhooks().await.unwrap()[0].attempts, 3);
}

#[tokio::test]
async fn a_server_that_is_gone_ends_the_call() {
    let stage = Stage::new(&[("/voice", "<Gather numDigits=\"1\" action=\"{base}/key\"/>")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    let (network, _) = stage.crash().await;
    network.press(ANN, "1").await.unwrap();
    let happened = network.run().await.unwrap();
    assert!(happened.iter().any(|one| matches!(one.what, What::WebhookFailed { code: 11_205, .. })));
    let all = network.webhooks().await.unwrap();
    assert_eq!(all[1].attempts, 2, "a refused connection is tried again once");
}

#[tokio::test]
async fn a_server_may_be_reached_by_another_name() {
    let stage = Stage::new(&[("/voice", "<Say>hello</Say>")]).await;
    let base = stage.base().to_owned();
    let target = base.clone();
    stage
        .network
        .configure(move |config| config.forward.push(("https://phone.example".to_owned(), target)))
        .await
        .unwrap();
    let setup = Number { voice_url: "https://phone.example/voice".to_owned(), ..Number::default() };
    stage.network.set_number(LINE, setup).await.unwrap();
    stage.network.call(ANN, LINE).await.unwrap();
    stage.network.run().await.unwrap();
    // It arrived, and the signature is over the name, which this fake server does not know it has.
    assert_eq!(stage.forged(), ["/voice"]);
    assert_eq!(stage.webhook("/voice").await.url, "https://phone.example/voice");
}
