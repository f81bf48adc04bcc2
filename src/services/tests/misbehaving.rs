//! Servers that do not answer as they should.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::super::AT_ONCE;
use super::*;

/// A server that reads a request and then does with the connection what it is told.
struct Rude {
    base: String,
    met: Arc<AtomicUsize>,
}

async fn rude<F: Future<Output = ()> + Send>(then: impl Fn(TcpStream) -> F + Send + 'static) -> Rude {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let met = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&met);
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = connection.read(&mut request).await;
            count.fetch_add(1, Ordering::SeqCst);
            then(connection).await;
        }
    });
    Rude { base, met }
}

impl Rude {
    fn met(&self) -> usize {
        self.met.load(Ordering::SeqCst)
    }
}

fn manual() -> (Clock, Services) {
    let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
    let services = Services::new(clock.clone(), Policy { allow_private: true }).unwrap();
    (clock, services)
}

/// Waits until the request has arrived and its time limit is running, then lets the limit pass.
async fn let_time_pass(clock: &Clock, arrived: impl Fn() -> bool) {
    while !arrived() || clock.next_wake().is_none() {
        tokio::task::yield_now().await;
    }
    clock.advance_to(clock.after(Duration::from_millis(7_999)));
    assert!(clock.next_wake().is_some(), "the limit is not over yet");
    clock.advance_to(clock.after(Duration::from_millis(1)));
}

#[tokio::test]
async fn a_lost_reply_is_asked_for_again_but_never_sent_again() {
    let server = rude(|connection| async move { drop(connection) }).await;
    let reply = perform(&services(), get("/x"), &server.base, &[]).await;
    assert_eq!((reply, server.met()), (Reply::Failure(FailureKind::Network), 3));
    let search = Operation { reads: true, ..post("/x") };
    let reply = perform(&services(), search, &server.base, &[]).await;
    assert_eq!((reply, server.met()), (Reply::Failure(FailureKind::Network), 6));
    let reply = perform(&services(), post("/x"), &server.base, &[]).await;
    assert_eq!((reply, server.met()), (Reply::Failure(FailureKind::Uncertain), 7));
}

#[tokio::test]
async fn a_reply_that_breaks_off_is_lost() {
    let server = rude(|mut connection| async move {
        let _ = connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":").await;
    })
    .await;
    assert_eq!(perform(&services(), get("/x"), &server.base, &[]).await, Reply::Failure(FailureKind::Network));
    assert_eq!(perform(&services(), post("/x"), &server.base, &[]).await, Reply::Failure(FailureKind::Uncertain));
}

#[tokio::test]
async fn what_is_not_http_is_lost() {
    let server = rude(|mut connection| async move {
        let _ = connection.write_all(b"SSH-2.0-OpenSSH_9.6\r\n").await;
    })
    .await;
    assert_eq!(perform(&services(), get("/x"), &server.base, &[]).await, Reply::Failure(FailureKind::Network));
    assert_eq!(perform(&services(), post("/x"), &server.base, &[]).await, Reply::Failure(FailureKind::Uncertain));
}

#[tokio::test]
async fn nobody_there_is_certain() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for operation in [get("/x"), post("/x")] {
        let reply = perform(&services(), operation, &format!("http://{free}"), &[]).await;
        assert_eq!(reply, Reply::Failure(FailureKind::Network));
    }
}

#[tokio::test]
async fn without_a_reply_the_limit_is_the_clocks() {
    for (operation, kind) in [(get("/x"), FailureKind::Timeout), (post("/x"), FailureKind::Uncertain)] {
        let (clock, services) = manual();
        let server = rude(|connection| async move {
            let _held = connection;
            std::future::pending::<()>().await;
        })
        .await;
        let base = server.base.clone();
        let reply = tokio::spawn(async move { perform(&services, operation, &base, &[]).await });
        let_time_pass(&clock, || server.met() == 1).await;
        assert_eq!(reply.await.unwrap(), Reply::Failure(kind));
        assert_eq!(server.met(), 1);
    }
}

#[tokio::test]
async fn real_time_is_a_limit_too() {
    let (_, services) = manual();
    let server = rude(|mut connection| async move {
        let _ = connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{").await;
        std::future::pending::<()>().await;
    })
    .await;
    let operation = Operation { timeout: 50, ..get("/x") };
    assert_eq!(perform(&services, operation, &server.base, &[]).await, Reply::Failure(FailureKind::Timeout));
}

#[tokio::test]
async fn a_send_that_never_found_a_free_place_is_certain() {
    for (operation, kind) in [(get("/x"), FailureKind::Timeout), (post("/x"), FailureKind::Network)] {
        let (clock, services) = manual();
        let stand = Stand::new(|_| ok());
        let base = stand.base();
        let permits = Arc::clone(&services.permits);
        let _all = permits.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap();
        let reply = tokio::spawn(async move { perform(&services, operation, &base, &[]).await });
        let_time_pass(&clock, || true).await;
        assert_eq!(reply.await.unwrap(), Reply::Failure(kind));
        assert!(stand.seen().is_empty());
    }
}

#[tokio::test]
async fn every_send_has_a_connection_of_its_own() {
    let server = rude(|mut connection| async move {
        tokio::spawn(async move {
            let mut request = [0; 4096];
            while connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.is_ok() {
                if matches!(connection.read(&mut request).await, Ok(0) | Err(_)) {
                    return;
                }
            }
        });
    })
    .await;
    let services = services();
    for (operation, connections) in [(get("/x"), 1), (post("/x"), 2), (post("/x"), 3)] {
        assert_eq!(perform(&services, operation, &server.base, &[]).await, response(200, b"{}"));
        assert_eq!(server.met(), connections);
    }
}

#[tokio::test]
async fn a_body_without_end_is_not_read_to_its_end() {
    let endless = |status: &'static str| {
        rude(move |mut connection| async move {
            let head = format!("HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n");
            let _ = connection.write_all(head.as_bytes()).await;
            let chunk = [b"1000\r\n".as_slice(), &[b'x'; 0x1000], b"\r\n"].concat();
            while connection.write_all(&chunk).await.is_ok() {}
        })
    };
    let (fine, broken) = (endless("200 OK").await, endless("500 Broken").await);
    let nothing = |operation: Operation| Operation { gives: None, ..operation };
    for (operation, server, wanted) in [
        (get("/x"), &fine, Reply::Failure(FailureKind::Shape)),
        (post("/x"), &fine, Reply::Failure(FailureKind::Reply)),
        (nothing(post("/x")), &fine, response(200, b"")),
        (get("/x"), &broken, response(500, b"")),
        (post("/x"), &broken, response(500, b"")),
    ] {
        assert_eq!(perform(&services(), operation, &server.base, &[]).await, wanted);
    }
}

#[tokio::test]
async fn a_body_of_fifty_megabytes_is_refused() {
    let stand = Stand::new(|_| Response::new(200, "application/json", vec![b' '; 50 * 1024 * 1024]));
    assert_eq!(perform(&services(), get("/x"), &stand.base(), &[]).await, Reply::Failure(FailureKind::Shape));
    let allowed = Stand::new(|_| Response::new(200, "application/json", vec![b' '; 2 * 1024 * 1024]));
    let reply = perform(&services(), get("/x"), &allowed.base(), &[]).await;
    assert!(matches!(reply, Reply::Response { status: 200, body } if body.len() == 2 * 1024 * 1024));
}

#[tokio::test]
async fn private_addresses_are_refused_unless_allowed() {
    let stand = Stand::new(|_| ok());
    let port = stand.running.address.port();
    let guarded = Services::new(Clock::system(), Policy::default()).unwrap();
    for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0"] {
        for operation in [get("/x"), post("/x")] {
            let reply = perform(&guarded, operation, &format!("http://{host}:{port}"), &[]).await;
            assert_eq!(reply, Reply::Failure(FailureKind::Network), "{host}");
        }
    }
    assert!(stand.seen().is_empty());
    let reply = perform(&services(), get("/x"), &format!("http://localhost:{port}"), &[]).await;
    assert_eq!(reply, response(200, br#"{"ok":true}"#));
}
