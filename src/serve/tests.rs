//! The server with a provider that is simulated and a store on disk: it is killed, its store fails, its webhooks come
//! twice, late and from elsewhere.

mod crash;
mod music;
mod overtaken;
mod people;
mod plays;
mod recordings;
mod trouble;
mod versions;
mod webhooks;

use std::collections::HashMap;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use tokio::sync::watch;

use super::line::Lines;
use super::outside::Outside;
use super::{Behaviour, Parts, Server};
use crate::clock::{Busy, Clock};
use crate::compile::{Inputs, Line, Text, compile};
use crate::engine::effect::ServiceRequest;
use crate::engine::event::Reply;
use crate::http::client::Client;
use crate::provider::twilio::{Twilio, TwilioConfig};
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};
use crate::simulator::{BeforeRetry, Config, Network, Number, ServerClock};
use crate::store::{LogRecord, Row, SqliteStore, Store, StoreError, StoreFuture, Version};
use crate::value::Value;

pub(super) const LINE: &str = "+15550100100";
pub(super) const CALLER: &str = "+15551110000";
pub(super) const ANN: &str = "+15557770001";
pub(super) const BOB: &str = "+15557770002";

const SECRETS: [(&str, &str); 5] = [
    ("IVR_XMATTERS_XM_USER", "svc"),
    ("IVR_XMATTERS_XM_PASS", "hunter2"),
    ("IVR_XMATTERS_BITLY_TOKEN", "token"),
    ("IVR_XMATTERS_EVENT_TRIGGER", "/api/start?apiKey=1"),
    ("IVR_XMATTERS_MISSED_TRIGGER", "/api/missed?apiKey=2"),
];

pub(super) fn conditions() -> Conditions {
    Conditions {
        purpose: Purpose::Serve,
        plain_http: PlainHttp::Anywhere,
        environment: Environment::new(SECRETS.map(|(name, value)| (name.to_owned(), value.to_owned()))),
        directory: PathBuf::new(),
    }
}

/// The flow that is shipped, with these settings.
pub(super) fn line(settings: &str) -> Line {
    let inputs = Inputs {
        settings: Some(Text {
            name: "xmatters.toml".into(),
            text: format!("xmatters_url = \"https://acme.example.com\"\nwait_style = \"static\"\n{settings}"),
        }),
        ..Inputs::alone("xmatters", include_str!("../../flows/xmatters.ivr"))
    };
    let compilation = compile(inputs, &conditions());
    let found: Vec<String> = compilation.diagnostics.iter().map(|d| format!("{} {}", d.code, d.message)).collect();
    compilation.line.unwrap_or_else(|| panic!("{found:#?}"))
}

// ---- services -------------------------------------------------------------------------------------------------------

/// Services that answer at once, and remember what they were asked.
#[derive(Clone, Default)]
pub(super) struct Canned {
    /// Operation, arguments, and what makes a `send` one and the same.
    #[expect(clippy::type_complexity, reason = "one look at everything a stage is told")]
    pub(super) asked: Arc<Mutex<Vec<(String, Vec<Value>, Option<String>)>>>,
    /// Operations that never answer, until they are taken off the list.
    pub(super) silent: Arc<watch::Sender<Vec<&'static str>>>,
    /// Replies that are held back.
    held: Arc<AtomicUsize>,
}

impl Canned {
    pub(super) fn times(&self, operation: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|(name, ..)| name == operation).count()
    }
}

fn answer(operation: &str, args: &[Value]) -> (u16, Json) {
    let person = |id: &str, first: &str| json!({ "member": { "recipientType": "PERSON", "status": "ACTIVE", "targetName": id, "firstName": first, "lastName": "Lee" } });
    match operation {
        "xmatters.summary" => (200, json!([{ "group": {} }])),
        "xmatters.on_call" => {
            (200, json!({ "data": [{ "members": { "data": [person("ann", "Ann"), person("bob", "Bob")] } }] }))
        }
        "xmatters.devices" => {
            let number = if args[0].as_text() == Some("ann") { ANN } else { BOB };
            (200, json!({ "data": [{ "deviceType": "VOICE", "phoneNumber": number }] }))
        }
        "workflow.start" => (202, json!({ "requestId": "req-1" })),
        "bitly.shorten" => (200, json!({ "link": "http://bit.ly/1" })),
        _ => (202, json!({})),
    }
}

impl Outside for Canned {
    fn perform(&self, line: Arc<Line>, request: ServiceRequest) -> Pin<Box<dyn Future<Output = Reply> + Send>> {
        let name = line.graph.operations[usize::from(request.operation.0)].name.to_string();
        let (status, body) = answer(&name, &request.args);
        self.asked.lock().unwrap().push((name.clone(), request.args, request.key));
        let (mut silent, held) = (self.silent.subscribe(), Arc::clone(&self.held));
        Box::pin(async move {
            held.fetch_add(1, SeqCst);
            let _ = silent.wait_for(|silent| !silent.contains(&name.as_str())).await;
            held.fetch_sub(1, SeqCst);
            Reply::Response { status, body: serde_json::to_vec(&body).unwrap().into() }
        })
    }
}

// ---- a store that can die -------------------------------------------------------------------------------------------

/// When a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// Before this save (from 1) is on disk.
    Before(u32),
    /// After it, and before anything that follows from it.
    After(u32),
    /// Never; but these saves (from 1) fail.
    Trouble(u32, u32),
    /// Never.
    Never,
}

/// A store in a process that may die.
pub(super) struct Mortal {
    inner: SqliteStore,
    death: Death,
    saves: Arc<AtomicU32>,
    dead: watch::Sender<bool>,
    /// Whether calls can be neither read nor forgotten.
    pub(super) trouble: AtomicBool,
    /// Whether calls cannot be saved.
    pub(super) full: AtomicBool,
}

impl Mortal {
    /// Work that fails while the store is in trouble.
    fn unless_trouble<'a, T: Send + 'a>(&'a self, work: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        if self.trouble.load(SeqCst) {
            let reason = "the disk does not answer".into();
            return Box::pin(async { Err(StoreError::Failed { path: PathBuf::new(), reason }) });
        }
        self.then(work)
    }

    async fn alive(&self) {
        if *self.dead.borrow() {
            std::future::pending::<()>().await;
        }
    }

    async fn dies(&self) -> StoreError {
        self.dead.send_replace(true);
        std::future::pending().await
    }

    fn then<'a, T: Send + 'a>(&'a self, work: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        Box::pin(async move {
            self.alive().await;
            work.await
        })
    }
}

fn full() -> StoreError {
    StoreError::Failed { path: PathBuf::new(), reason: "the disk is full".into() }
}

impl Store for Mortal {
    fn save(&self, row: Row) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            self.alive().await;
            let n = self.saves.fetch_add(1, SeqCst) + 1;
            match self.death {
                Death::Before(at) if at == n => Err(self.dies().await),
                Death::After(at) if at == n => {
                    self.inner.save(row).await.unwrap();
                    Err(self.dies().await)
                }
                Death::Trouble(from, to) if (from..=to).contains(&n) => Err(full()),
                _ if self.full.load(SeqCst) => Err(full()),
                _ => self.inner.save(row).await,
            }
        })
    }

    fn load<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, Option<Row>> {
        self.unless_trouble(self.inner.load(flow, call))
    }

    fn find<'a>(&'a self, flow: &'a str, sid: &'a str) -> StoreFuture<'a, Option<Row>> {
        self.then(self.inner.find(flow, sid))
    }

    fn due(&self, until: Option<Timestamp>) -> StoreFuture<'_, Vec<(String, String, Timestamp)>> {
        self.then(self.inner.due(until))
    }

    fn delete<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, ()> {
        self.unless_trouble(self.inner.delete(flow, call))
    }

    fn count<'a>(&'a self, flow: &'a str) -> StoreFuture<'a, u64> {
        self.then(self.inner.count(flow))
    }

    fn save_version(&self, version: Version) -> StoreFuture<'_, ()> {
        self.then(self.inner.save_version(version))
    }

    fn load_version<'a>(&'a self, flow: &'a str, hash: &'a str) -> StoreFuture<'a, Option<Version>> {
        self.then(self.inner.load_version(flow, hash))
    }

    fn versions_in_use(&self) -> StoreFuture<'_, Vec<(String, String)>> {
        self.then(self.inner.versions_in_use())
    }

    fn prune_versions<'a>(&'a self, current: &'a [(String, String)]) -> StoreFuture<'a, u64> {
        self.then(self.inner.prune_versions(current))
    }

    fn append_log<'a>(&'a self, flow: &'a str, call: &'a str, at: Timestamp, record: Vec<u8>) -> StoreFuture<'a, ()> {
        self.unless_trouble(self.inner.append_log(flow, call, at, record))
    }

    fn load_log<'a>(&'a self, flow: &'a str, call: &'a str) -> StoreFuture<'a, Option<LogRecord>> {
        self.then(self.inner.load_log(flow, call))
    }

    fn prune_log(&self, before: Timestamp, most: u32) -> StoreFuture<'_, u64> {
        self.then(self.inner.prune_log(before, most))
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.inner.close()
    }
}

// ---- the stage ------------------------------------------------------------------------------------------------------

/// A file that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ivrc-serve-{}-{}", std::process::id(), NEXT.fetch_add(1, SeqCst));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server, the network that calls it, and what both stand on.
pub(super) struct Stage {
    pub(super) network: Arc<Network>,
    pub(super) services: Canned,
    pub(super) store: Mutex<Option<Arc<Mortal>>>,
    server: tokio::sync::Mutex<Option<Server>>,
    account: (String, String),
    address: Mutex<Option<SocketAddr>>,
    up: watch::Sender<bool>,
    saves: Arc<AtomicU32>,
    settings: Mutex<String>,
    scratch: Scratch,
}

impl Stage {
    /// With a server that dies in its time.
    pub(super) async fn new(death: Death) -> Arc<Self> {
        let up = watch::Sender::new(false);
        let mut config = Config::new("2026-03-01T12:00:00Z".parse().unwrap());
        let waiting = up.clone();
        config.before_retry = Some(BeforeRetry(Arc::new(move |_| {
            let mut up = waiting.subscribe();
            Box::pin(async move {
                let _ = up.wait_for(|up| *up).await;
            })
        })));
        let services = Canned::default();
        config.held_replies = Arc::clone(&services.held);
        let account = (config.account_sid.clone(), config.auth_token.clone());
        let network = Arc::new(Network::start(config).await.unwrap());
        let stage = Arc::new(Self {
            network,
            services,
            store: Mutex::default(),
            server: tokio::sync::Mutex::default(),
            account,
            address: Mutex::default(),
            up,
            saves: Arc::default(),
            settings: Mutex::default(),
            scratch: Scratch::new(),
        });
        stage.start(death).await;
        let base = format!("http://{}", stage.address.lock().unwrap().unwrap());
        let url = |path: &str| format!("{base}/xmatters{path}#rc=3&rp=all");
        let number =
            Number { voice_url: url(""), status_callback: Some(url("/status")), fallback_url: Some(url("/fallback")) };
        stage.network.set_number(LINE, number).await.unwrap();
        let clock = ServerClock::Controlled { url: format!("{base}/-/clock") };
        stage.network.set_clock(clock).await.unwrap();
        stage
    }

    /// Starts a server on the file and the port of its predecessor.
    pub(super) async fn start(self: &Arc<Self>, death: Death) {
        let address = *self.address.lock().unwrap();
        let listener = TcpListener::bind(address.unwrap_or(([127, 0, 0, 1], 0).into())).unwrap();
        *self.address.lock().unwrap() = Some(listener.local_addr().unwrap());
        let inner = SqliteStore::open(&self.scratch.0.join("calls.db")).unwrap();
        let dead = watch::Sender::new(false);
        let mut died = dead.subscribe();
        let store = Arc::new(Mortal {
            inner,
            death,
            saves: Arc::clone(&self.saves),
            dead,
            trouble: AtomicBool::default(),
            full: AtomicBool::default(),
        });
        *self.store.lock().unwrap() = Some(Arc::clone(&store));
        let (clock, busy) = (Clock::manual(self.network.now().await.unwrap()), Busy::default());
        let client = Client::new().unwrap();
        let (account_sid, token) = self.account.clone();
        let config =
            TwilioConfig { account_sid, tokens: vec![token.into()], api_url: self.network.api_url().to_owned() };
        let provider = Twilio::new(config, client.clone(), clock.resting(&busy));
        let settings = self.settings.lock().unwrap().clone();
        let parts = Parts {
            lines: Lines::new([line(&settings)], conditions()),
            provider: Arc::new(provider),
            store,
            outside: Arc::new(self.services.clone()),
            client,
            clock,
            busy,
        };
        let behaviour = Behaviour { workers: 1, ..Behaviour::default() };
        *self.server.lock().await = Some(Server::start(listener, behaviour, parts).await.unwrap());
        self.up.send_replace(true);
        let stage = Arc::downgrade(self);
        tokio::spawn(async move {
            let dead = died.wait_for(|dead| *dead).await.is_ok();
            if let Some(stage) = stage.upgrade().filter(|_| dead) {
                stage.restart().await;
            }
        });
    }

    /// Kills the server and starts another one.
    pub(super) fn restart(self: &Arc<Self>) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            self.up.send_replace(false);
            let server = self.server.lock().await.take();
            if let Some(server) = server {
                server.kill().await;
            }
            self.store.lock().unwrap().take();
            self.start(Death::Never).await;
        })
    }

    /// The flow has other settings from now on.
    pub(super) async fn reload(&self, settings: &str) {
        settings.clone_into(&mut self.settings.lock().unwrap());
        self.serve(line(settings)).await;
    }

    /// Serves a flow, perhaps in the place of its former version.
    pub(super) async fn serve(&self, line: Line) {
        let server = self.server.lock().await;
        server.as_ref().unwrap().replace(line).await.unwrap();
    }

    pub(super) fn the_store(&self) -> Arc<Mortal> {
        self.store.lock().unwrap().clone().unwrap()
    }

    pub(super) fn saves(&self) -> u32 {
        self.saves.load(SeqCst)
    }

    pub(super) async fn lines<T>(&self, look: impl FnOnce(&Lines) -> T) -> T {
        look(self.server.lock().await.as_ref().unwrap().lines())
    }

    pub(super) fn base(&self) -> String {
        format!("http://{}", self.address.lock().unwrap().unwrap())
    }

    /// What signs webhooks.
    pub(super) fn token(&self) -> String {
        self.account.1.clone()
    }

    pub(super) async fn in_progress(&self) -> usize {
        self.server.lock().await.as_ref().unwrap().core.calls.count("xmatters")
    }

    /// The server does not hold a call in memory any more.
    pub(super) async fn let_go(&self, call: &str) {
        let server = self.server.lock().await;
        let calls = &server.as_ref().unwrap().core.calls;
        calls.release(&calls.by_token("xmatters", call).unwrap());
    }

    /// How many more may listen to recordings.
    pub(super) async fn listeners(&self) -> usize {
        self.server.lock().await.as_ref().unwrap().core.listeners.available_permits()
    }

    /// The token and the row of the only call.
    pub(super) async fn only_row(&self) -> (String, Row) {
        let due = self.the_store().due(None).await.unwrap();
        let (flow, token, _) = due[0].clone();
        let row = self.the_store().load(&flow, &token).await.unwrap().unwrap();
        (token, row)
    }

    /// What the store kept of a version becomes unreadable.
    pub(super) async fn spoil(&self, (flow, hash): &(String, String)) {
        let store = self.the_store();
        let row = self.only_row().await.1;
        // Nobody refers to it for a moment.
        store.delete(flow, &row.call).await.unwrap();
        store.prune_versions(&[]).await.unwrap();
        let sources = b"{}".to_vec();
        store.save_version(Version { flow: flow.clone(), hash: hash.clone(), sources }).await.unwrap();
        store.save(Row { revision: 1, ..row }).await.unwrap();
    }

    /// Waits until so many webhooks are in the server's hands.
    pub(super) async fn open(&self, count: usize) {
        let core = Arc::clone(&self.server.lock().await.as_ref().unwrap().core);
        while core.open.count() < count || core.busy.count() > 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Ends everything.
    pub(super) async fn close(self: Arc<Self>) {
        let server = self.server.lock().await.take();
        if let Some(server) = server {
            server.kill().await;
        }
        self.store.lock().unwrap().take();
    }

    /// What the log says of every call, in any order.
    pub(super) async fn logs(&self) -> Vec<Json> {
        let mut logs = Vec::new();
        let mut tokens = HashMap::new();
        for webhook in self.network.webhooks().await.unwrap() {
            let parts: Vec<&str> = webhook.url.split('/').collect();
            if let [_, _, _, flow, kind, token, ..] = parts.as_slice()
                && ["c", "m", "l", "h"].contains(kind)
            {
                tokens.insert((*token).to_owned(), (*flow).to_owned());
            }
        }
        for (token, flow) in tokens {
            let log = self.the_store().load_log(&flow, &token).await.unwrap();
            logs.extend(log.map(|log| serde_json::from_slice::<Json>(&log.record).unwrap()));
        }
        logs
    }
}
