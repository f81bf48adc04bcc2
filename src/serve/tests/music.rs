//! Music that takes its time.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::webhooks::post;
use super::{CALLER, Death, LINE, Stage};

/// A host that takes requests and answers none; and its URL.
fn silent_host() -> (std::thread::JoinHandle<()>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/music", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let connection = listener.accept().unwrap();
        // Whoever asked waits as long as there is a connection.
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(8));
            drop(connection);
        });
    });
    (asked, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_not_held_up_by_slow_music() {
    let (asked, url) = silent_host();
    let stage = Stage::new(Death::Never).await;
    stage.reload(&format!("hold_music = \"{url}\"")).await;
    let network = Arc::clone(&stage.network);
    let call = network.call(CALLER, LINE).await.unwrap();
    network.run().await.unwrap();
    network.press(call, "4").await.unwrap();
    network.run().await.unwrap();
    network.press(call, "2").await.unwrap();
    let running = tokio::spawn({
        let network = Arc::clone(&network);
        async move { network.run().await }
    });
    tokio::task::spawn_blocking(|| asked.join().unwrap()).await.unwrap();
    let sid = network.webhooks().await.unwrap()[0].param("CallSid").to_owned();
    let began = Instant::now();
    let fields = [("CallSid", sid.as_str()), ("CallStatus", "completed")];
    let answer = post(&stage, "/xmatters/status", &fields, Some(&stage.token())).await;
    assert_eq!(answer.status, 204);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    running.await.unwrap().unwrap();
    stage.close().await;
}
