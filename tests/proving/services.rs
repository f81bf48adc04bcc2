//! Look-alikes of xMatters, Bitly and the joke service: they answer as the real ones do, or as a fixture says.
//!
//! Each request is checked as the real service would (credentials, encoding, content type). What a real service would
//! silently put up with and a careful client does not do is a complaint, and fails the fixture.

mod bitly;
mod jokes;
mod media;
mod reply;
mod xmatters;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use url::form_urlencoded;

use super::http::{self, Answer, Asked, Making, Server};
use super::time::Time;
use super::world::World;
use reply::Reply;

/// A request that came in.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The operation, by the name that the flow has for it.
    pub(crate) operation: &'static str,
    /// The person or group that it is about.
    pub(crate) about: Option<String>,
    pub(crate) asked: Asked,
    /// The decoded query.
    pub(crate) query: Vec<(String, String)>,
    /// The body, if it is JSON.
    pub(crate) body: Option<Value>,
    /// In virtual time.
    pub(crate) at: Timestamp,
    /// Whether an expectation has seen it.
    pub(crate) seen: bool,
}

/// What the server under test is to know.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) bitly_token: String,
    pub(crate) event_trigger: String,
    pub(crate) missed_trigger: String,
}

impl Default for Keys {
    fn default() -> Self {
        let trigger = |function: &str, key: &str| {
            format!("/api/integration/1/functions/{function}-0000-4000-8000-000000000000/triggers?apiKey={key}")
        };
        Self {
            user: "Twilio_API_User".to_owned(),
            password: "s3cret-pass".to_owned(),
            bitly_token: "bitly-t0ken".to_owned(),
            event_trigger: trigger("e6e6e6e6", "key-of-the-event"),
            missed_trigger: trigger("8b8b8b8b", "key-of-the-missed-call"),
        }
    }
}

/// The services.
#[derive(Debug)]
pub(crate) struct Services {
    state: Mutex<State>,
    time: Arc<Time>,
}

#[derive(Debug)]
struct State {
    world: World,
    keys: Keys,
    scripts: Vec<Script>,
    requests: Vec<Request>,
    complaints: Vec<String>,
    /// Events started so far.
    events: u32,
    /// Requests to where music lies.
    media: u32,
    /// Called when the server under test is to crash.
    crash: Option<Crash>,
}

/// Kills the server under test and starts it again.
#[derive(Clone)]
pub(crate) struct Crash(pub(crate) Arc<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Crash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Crash")
    }
}

/// What an operation answers from now on; the last reply repeats.
#[derive(Debug)]
struct Script {
    operation: String,
    /// Only requests about this person or group.
    about: Option<String>,
    replies: VecDeque<Reply>,
}

/// Which service a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    XMatters,
    Bitly,
    Jokes,
    /// No service: a place where music lies.
    Media,
}

/// The services' base URLs. They stop when this is dropped.
#[derive(Debug)]
pub(crate) struct Doors {
    pub(crate) xmatters: String,
    pub(crate) bitly: String,
    pub(crate) jokes: String,
    pub(crate) media: String,
    _servers: Vec<Server>,
}

impl Services {
    pub(crate) fn new(time: Arc<Time>, keys: Keys) -> Arc<Self> {
        let state = State {
            world: World::new(),
            keys,
            scripts: Vec::new(),
            requests: Vec::new(),
            complaints: Vec::new(),
            events: 0,
            media: 0,
            crash: None,
        };
        Arc::new(Self { state: Mutex::new(state), time })
    }

    /// Opens a door for each; one that is `down` is locked: nobody listens at its address.
    pub(crate) async fn open(self: &Arc<Self>, down: &[String]) -> Doors {
        let door = async |service: Service| {
            let services = Arc::clone(self);
            http::serve(move |asked| -> Making {
                let services = Arc::clone(&services);
                Box::pin(async move { services.answer(service, asked).await })
            })
            .await
        };
        let mut servers = Vec::new();
        for service in [Service::XMatters, Service::Bitly, Service::Jokes, Service::Media] {
            servers.push(door(service).await);
        }
        let url = |place: usize, name: &str, path: &str| {
            // A socket of ours has the port at 127.0.0.1, so nobody else has it at 127.0.0.2.
            let host = if down.iter().any(|down| down == name) { "127.0.0.2" } else { "127.0.0.1" };
            format!("http://{host}:{}{path}", servers[place].address.port())
        };
        let (xmatters, bitly, jokes) = (url(0, "xmatters", ""), url(1, "bitly", "/v4"), url(2, "jokes", ""));
        Doors { xmatters, bitly, jokes, media: url(3, "media", ""), _servers: servers }
    }

    /// An operation answers differently from now on.
    pub(crate) fn script(&self, operation: &str, replies: &str) -> Result<(), String> {
        let (operation, about) = match operation.split_once('(') {
            Some((operation, about)) => (operation, Some(about.trim_end_matches(')').to_owned())),
            None => (operation, None),
        };
        if !OPERATIONS.contains(&operation) {
            return Err(format!("no operation is called `{operation}`"));
        }
        let replies = reply::replies(replies)?;
        let mut state = self.lock();
        state.scripts.retain(|script| script.operation != operation || script.about != about);
        state.scripts.push(Script { operation: operation.to_owned(), about, replies });
        Ok(())
    }

    /// Changes what xMatters knows.
    pub(crate) fn world<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.lock().world)
    }

    /// What a crash of the server is.
    pub(crate) fn set_crash(&self, crash: Crash) {
        self.lock().crash = Some(crash);
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.lock().requests.clone()
    }

    /// Requests of an operation that no expectation has seen yet; they are seen now.
    pub(crate) fn see(&self, operation: &str) -> Vec<Request> {
        let (operation, about) = operation
            .split_once('(')
            .map_or((operation, None), |(operation, about)| (operation, Some(about.trim_end_matches(')'))));
        assert!(OPERATIONS.contains(&operation), "no operation is called `{operation}`");
        let mut state = self.lock();
        let fits = |request: &&mut Request| {
            !request.seen
                && request.operation == operation
                && about.is_none_or(|about| request.about.as_deref() == Some(about))
        };
        let mut seen = Vec::new();
        for request in state.requests.iter_mut().filter(fits) {
            request.seen = true;
            seen.push(request.clone());
        }
        seen
    }

    /// What a careful client would not have done.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.lock().complaints.clone()
    }

    /// How often somebody asked where music lies.
    pub(crate) fn media_requests(&self) -> u32 {
        self.lock().media
    }

    async fn answer(self: &Arc<Self>, service: Service, asked: Asked) -> Answer {
        if service == Service::Media {
            self.lock().media += 1;
            return media::answer(&asked);
        }
        let (reply, usual) = self.take(service, asked);
        self.perform(service, reply, usual).await
    }

    /// Notes a request; what is answered to it, and what would be usually.
    fn take(&self, service: Service, asked: Asked) -> (Reply, Answer) {
        let mut state = self.lock();
        let at = self.time.now();
        let Some((operation, about)) = operation(service, &asked, &state.keys) else {
            state.complaints.push(format!("{service:?} has no page {} {}", asked.method, asked.target));
            return (Reply::Usual, Answer::of(404, "text/html", "<html>Not found</html>"));
        };
        let query = form_urlencoded::parse(asked.query().as_bytes()).into_owned().collect();
        let body = serde_json::from_slice(&asked.body).ok();
        let request = Request { operation, about, asked, query, body, at, seen: false };
        for complaint in complaints(&request) {
            state.complaints.push(format!("{operation}: {complaint}"));
        }
        let usual = match service {
            Service::XMatters => xmatters::answer(&mut state, &request),
            Service::Bitly => bitly::answer(&mut state, &request),
            Service::Jokes => jokes::answer(&mut state, &request),
            Service::Media => unreachable!("music is no operation"),
        };
        let reply = state.reply(&request);
        state.requests.push(request);
        (reply, usual)
    }

    async fn perform(self: &Arc<Self>, service: Service, reply: Reply, usual: Answer) -> Answer {
        let patience = if service == Service::Jokes { Duration::from_secs(3) } else { Duration::from_secs(8) };
        let (mut reply, mut after) = (reply, None);
        while let Reply::After(length, then) = reply {
            (reply, after) = (*then, Some(length));
        }
        let in_time = match (&reply, after) {
            (Reply::Never, _) => self.time.hold(None, patience).await,
            (_, Some(length)) => self.time.hold(Some(length), patience).await,
            _ => true,
        };
        if !in_time {
            return Answer::HangUp;
        }
        if matches!(reply, Reply::Crash) {
            let crash = self.lock().crash.clone();
            tokio::task::spawn_blocking(move || (crash.expect("there is a server to crash").0)()).await.unwrap();
            return Answer::HangUp;
        }
        reply.answer(usual)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    fn reply(&mut self, request: &Request) -> Reply {
        let fits = |script: &&mut Script| {
            script.operation == request.operation && (script.about.is_none() || script.about == request.about)
        };
        // What is said about one person or group counts more than what is said about all.
        let script = self.scripts.iter_mut().filter(fits).max_by_key(|script| script.about.is_some());
        let Some(script) = script else { return Reply::Usual };
        if script.replies.len() > 1 { script.replies.pop_front().unwrap() } else { script.replies[0].clone() }
    }
}

/// The operations, by the names that the flow has for them.
pub(crate) const OPERATIONS: [&str; 8] = [
    "xmatters.devices",
    "xmatters.on_call",
    "xmatters.summary",
    "xmatters.events",
    "workflow.start",
    "workflow.missed",
    "bitly.shorten",
    "jokes.random",
];

/// Which operation a request is, and whom it is about.
fn operation(service: Service, asked: &Asked, keys: &Keys) -> Option<(&'static str, Option<String>)> {
    match service {
        Service::XMatters => xmatters::operation(asked, keys),
        Service::Bitly => bitly::operation(asked).map(|operation| (operation, None)),
        Service::Jokes => jokes::operation(asked).map(|operation| (operation, None)),
        Service::Media => None,
    }
}

/// What is wrong with a request whatever its operation.
fn complaints(request: &Request) -> Vec<String> {
    let mut complaints = Vec::new();
    let target = &request.asked.target;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%/?&=:".contains(c);
    if !target.chars().all(plain) {
        complaints.push(format!("`{target}` is not percent-encoded"));
    }
    if !request.asked.header("accept").is_some_and(|accept| accept.contains("application/json")) {
        complaints.push("JSON is not accepted".to_owned());
    }
    if request.asked.header("user-agent").is_none() {
        complaints.push("there is no User-Agent".to_owned());
    }
    let changes = request.asked.method == "POST";
    if changes && !request.asked.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
        complaints.push("the body does not say that it is JSON".to_owned());
    }
    if changes && request.body.is_none() {
        complaints.push(format!("the body is no JSON: {}", String::from_utf8_lossy(&request.asked.body)));
    }
    if changes && request.asked.header("idempotency-key").is_none() {
        complaints.push("there is no Idempotency-Key".to_owned());
    }
    complaints
}
