//! One virtual time for all: the network moves it, the services hold replies back by it, the server is told of it.
//!
//! Between the network and the control page of the server stands a page of our own. The server hears of the new time
//! before replies are let go whose time has come: what it asks for next must not seem to have been asked for earlier.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use ivrc::http::client::{Client, Outgoing};
use ivrc::http::{Headers, Method};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::http::{self, Answer, Asked, Server};

/// The time, and what waits for it.
#[derive(Debug)]
pub(crate) struct Time {
    state: Mutex<State>,
    /// How many replies are held back, for the network.
    pub(crate) held: Arc<AtomicUsize>,
    client: Client,
}

#[derive(Debug)]
struct State {
    now: Timestamp,
    holds: Vec<Hold>,
    next: u64,
    /// The control page of the server; none while it is down.
    server: Option<String>,
}

#[derive(Debug)]
struct Hold {
    id: u64,
    /// When the reply is let go; never, if none.
    due: Option<Timestamp>,
    /// When whoever asked gives up waiting.
    given_up: Timestamp,
    release: oneshot::Sender<()>,
}

impl Time {
    pub(crate) fn new(start: Timestamp) -> Arc<Self> {
        let state = Mutex::new(State { now: start, holds: Vec::new(), next: 0, server: None });
        Arc::new(Self { state, held: Arc::default(), client: Client::new().unwrap() })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.lock().now
    }

    /// Where the server's control page is; none while there is no server.
    pub(crate) fn set_server(&self, control: Option<String>) {
        self.lock().server = control;
    }

    /// Waits for a moment of virtual time, or for ever. False if whoever asked has given up before; that happens after
    /// `patience`.
    pub(crate) async fn hold(self: &Arc<Self>, length: Option<Duration>, patience: Duration) -> bool {
        let (release, released) = oneshot::channel();
        let held = {
            let mut state = self.lock();
            state.next += 1;
            let (id, now) = (state.next, state.now);
            let due = length.map(|length| later(now, length));
            state.holds.push(Hold { id, due, given_up: later(now, patience), release });
            self.count(&state);
            Held { time: Arc::clone(self), id }
        };
        let in_time = released.await.is_ok();
        drop(held);
        in_time
    }

    /// The page for the network.
    pub(crate) async fn page(self: &Arc<Self>) -> Server {
        let time = Arc::clone(self);
        http::serve(move |asked| {
            let time = Arc::clone(&time);
            Box::pin(async move { time.moved(&asked).await })
        })
        .await
    }

    async fn moved(&self, asked: &Asked) -> Answer {
        let wish: Value = serde_json::from_slice(&asked.body).unwrap();
        let now: Timestamp = wish["now"].as_str().unwrap().parse().unwrap();
        let server = self.begin(now);
        // A server that is down does nothing and waits for nothing.
        let mut doing = match server {
            Some(url) => self.ask(url, &asked.body).await,
            None => None,
        }
        .unwrap_or_else(|| json!({ "now": now.to_string(), "busy": 0, "waiting": 0, "next": null }));
        self.let_go();
        let own = self.lock().holds.iter().filter_map(|hold| hold.due).min();
        let theirs = doing["next"].as_str().map(|next| next.parse().unwrap());
        doing["next"] = [own, theirs].into_iter().flatten().min().map_or(Value::Null, |next| json!(next.to_string()));
        Answer::json(200, &doing)
    }

    /// It is now; returns the control page of the server.
    fn begin(&self, now: Timestamp) -> Option<String> {
        let mut state = self.lock();
        state.now = state.now.max(now);
        state.server.clone()
    }

    /// Lets go what is due.
    fn let_go(&self) {
        let mut state = self.lock();
        let now = state.now;
        for hold in std::mem::take(&mut state.holds) {
            if hold.due.is_some_and(|due| due <= now) {
                // Whoever waited may have gone.
                let _ = hold.release.send(());
            } else if hold.given_up > now {
                state.holds.push(hold);
            }
        }
        self.count(&state);
    }

    async fn ask(&self, url: String, body: &[u8]) -> Option<Value> {
        let mut request = Outgoing::new(Method::Post, url);
        request.headers = Headers(vec![("content-type".to_owned(), "application/json".to_owned())]);
        request.body = Some(body.to_vec());
        let response = self.client.send(request).await.ok()?;
        assert_eq!(response.status, 200, "the control page: {}", String::from_utf8_lossy(&response.body));
        serde_json::from_slice(&response.body).ok()
    }

    fn count(&self, state: &State) {
        self.held.store(state.holds.len(), Ordering::SeqCst);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// Takes a hold off the list when whoever asked has gone.
struct Held {
    time: Arc<Time>,
    id: u64,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut state = self.time.lock();
        state.holds.retain(|hold| hold.id != self.id);
        self.time.count(&state);
    }
}

fn later(at: Timestamp, length: Duration) -> Timestamp {
    at.checked_add(SignedDuration::try_from(length).unwrap()).unwrap()
}
