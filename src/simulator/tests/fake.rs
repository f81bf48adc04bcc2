//! A server that says what it was told to say, and checks every signature.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use crate::http::client::{Client, Outgoing};
use crate::http::server::{self, Limits, Running};
use crate::http::{Headers, Method, Request, Response};
use crate::simulator::{Config, Network, Number, Occurrence, What, signature};

pub(super) const LINE: &str = "+18005550000";
pub(super) const ANN: &str = "+15551110000";
pub(super) const BOB: &str = "+15552220000";

/// A request to the API that the fake server makes when it is asked for a page for the first time: before it answers,
/// or afterwards.
#[derive(Clone)]
pub(super) struct Effect {
    pub(super) page: &'static str,
    pub(super) path: &'static str,
    pub(super) form: Vec<(&'static str, &'static str)>,
    pub(super) afterwards: bool,
}

struct Inner {
    base: String,
    /// Pages by path, in the order in which they are given; the last again and again.
    pages: Mutex<BTreeMap<String, Vec<Response>>>,
    effects: Mutex<Vec<Effect>>,
    /// Paths that were asked for, in order.
    seen: Mutex<Vec<String>>,
    forged: Mutex<Vec<String>>,
    api: Mutex<String>,
    token: String,
}

/// A fake server and the network that calls it.
pub(super) struct Stage {
    pub(super) network: Network,
    inner: Arc<Inner>,
    server: Running,
    account: (String, String),
}

/// A document.
pub(super) fn twiml(verbs: &str) -> Response {
    Response::new(200, "text/xml", format!("<Response>{verbs}</Response>"))
}

impl Stage {
    /// A network with one number whose calls begin at `/voice`; `{base}` in pages is the server's URL.
    pub(super) async fn new(pages: &[(&str, &str)]) -> Self {
        Self::with(pages, |_| {}).await
    }

    pub(super) async fn with(pages: &[(&str, &str)], change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut config = Config::new("2026-03-01T12:00:00Z".parse().unwrap());
        config.clock = crate::simulator::ServerClock::Own { grace: Duration::ZERO };
        config.retry_pause = Duration::from_millis(10);
        let number = Number {
            voice_url: format!("{base}/voice"),
            fallback_url: None,
            status_callback: Some(format!("{base}/status")),
        };
        config.numbers.insert(LINE.to_owned(), number);
        change(&mut config);
        let account = (config.account_sid.clone(), config.auth_token.clone());
        let inner = Arc::new(Inner {
            base,
            pages: Mutex::default(),
            effects: Mutex::default(),
            seen: Mutex::default(),
            forged: Mutex::default(),
            api: Mutex::default(),
            token: config.auth_token.clone(),
        });
        let handler = {
            let inner = Arc::clone(&inner);
            let account = account.clone();
            move |request: Request| {
                let (inner, account) = (Arc::clone(&inner), account.clone());
                async move {
                    for effect in inner.effects_of(request.path()) {
                        let (url, form) = inner.request(&account.0, &effect);
                        let sent = tokio::spawn(send(url, account.clone(), Method::Post, Some(form)));
                        if !effect.afterwards {
                            assert_eq!(sent.await.unwrap().unwrap().status, 201);
                        }
                    }
                    inner.answer(&request)
                }
            }
        };
        let limits = Limits { workers: 1, ..Limits::default() };
        let server = server::serve(listener, Arc::new(handler), limits).unwrap();
        let network = Network::start(config).await.unwrap();
        network.api_url().clone_into(&mut inner.api.lock().unwrap());
        let stage = Self { network, inner, server, account };
        for (path, verbs) in pages {
            stage.page(path, twiml(verbs));
        }
        stage
    }

    /// Adds a page.
    pub(super) fn page(&self, path: &str, response: Response) {
        let body = String::from_utf8(response.body).unwrap().replace("{base}", &self.inner.base);
        let response = Response { body: body.into(), ..response };
        self.inner.pages.lock().unwrap().entry(path.to_owned()).or_default().push(response);
    }

    pub(super) fn effect(&self, page: &'static str, path: &'static str, form: &[(&'static str, &'static str)]) {
        let effect = Effect { page, path, form: form.to_vec(), afterwards: false };
        self.inner.effects.lock().unwrap().push(effect);
    }

    /// From now on, requests to the API are made after the answer.
    pub(super) fn afterwards(&self) {
        self.inner.effects.lock().unwrap().iter_mut().for_each(|effect| effect.afterwards = true);
    }

    pub(super) fn base(&self) -> &str {
        &self.inner.base
    }

    /// The paths that were asked for so far, except status callbacks.
    pub(super) fn seen(&self) -> Vec<String> {
        self.inner.seen.lock().unwrap().iter().filter(|path| *path != "/status").cloned().collect()
    }

    /// All paths that were asked for so far.
    pub(super) fn all_seen(&self) -> Vec<String> {
        self.inner.seen.lock().unwrap().clone()
    }

    /// Requests with a wrong signature.
    pub(super) fn forged(&self) -> Vec<String> {
        self.inner.forged.lock().unwrap().clone()
    }

    /// Asks the API for something.
    pub(super) async fn api(&self, method: Method, path: &str, form: &[(&str, &str)]) -> (u16, serde_json::Value) {
        let (url, body) = (self.api_path(path), self.inner.form(form));
        let body = (method == Method::Post).then_some(body);
        let response = send(url, self.account.clone(), method, body).await.unwrap();
        (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
    }

    pub(super) fn api_path(&self, path: &str) -> String {
        format!("{}/2010-04-01/Accounts/{}{path}", self.network.api_url(), self.account.0)
    }

    /// What is said on a leg in these occurrences: words, URLs of audio, `~` for silence, `beep`.
    pub(super) fn heard(occurrences: &[Occurrence]) -> Vec<String> {
        let heard = |occurrence: &Occurrence| match &occurrence.what {
            What::Hears { text, .. } => Some(text.clone()),
            What::Plays { url, .. } => Some(url.clone()),
            What::Silence(length) => Some(format!("~{}", length.as_secs())),
            What::Beep => Some("beep".to_owned()),
            _ => None,
        };
        occurrences.iter().filter_map(heard).collect()
    }

    /// Lets time pass, and says what was heard.
    pub(super) async fn run(&self) -> Vec<String> {
        Self::heard(&self.network.run().await.unwrap())
    }

    /// Nothing is wrong with what was said, and everything was signed well.
    pub(super) async fn flawless(&self) {
        assert_eq!(self.network.problems().await.unwrap(), []);
        assert_eq!(self.forged(), Vec::<String>::new());
    }

    /// The newest webhook to a path.
    pub(super) async fn webhook(&self, path: &str) -> crate::simulator::Webhook {
        let all = self.network.webhooks().await.unwrap();
        let found = all.into_iter().rev().find(|webhook| webhook.url.contains(path));
        found.unwrap_or_else(|| panic!("no webhook to {path}"))
    }

    /// Number and state in each status callback to `/progress`, in the order they came.
    pub(super) async fn progress(&self) -> Vec<String> {
        let all = self.network.webhooks().await.unwrap();
        let progress = all.iter().filter(|one| one.url.ends_with("/progress"));
        progress.map(|one| format!("{} {}", one.param("SequenceNumber"), one.param("CallStatus"))).collect()
    }

    /// Stops the server, as if it had crashed.
    pub(super) async fn crash(self) -> (Network, String) {
        let base = self.inner.base.clone();
        self.server.kill().await;
        (self.network, base)
    }
}

impl Inner {
    fn answer(&self, request: &Request) -> Response {
        let path = request.path().to_owned();
        self.seen.lock().unwrap().push(path.clone());
        let url = format!("{}{}", self.base, request.target);
        let form: Vec<(String, String)> = form_urlencoded::parse(&request.body).into_owned().collect();
        let expected = signature::sign(&self.token, &url, &form);
        if request.headers.get("x-twilio-signature") != Some(expected.as_str()) {
            self.forged.lock().unwrap().push(path);
            return Response::text(403, "forged");
        }
        let mut pages = self.pages.lock().unwrap();
        let Some(replies) = pages.get_mut(&path) else {
            return if path == "/status" { Response::empty(204) } else { Response::text(404, "no such page") };
        };
        if replies.len() > 1 { replies.remove(0) } else { replies[0].clone() }
    }

    fn effects_of(&self, path: &str) -> Vec<Effect> {
        let mut effects = self.effects.lock().unwrap();
        let (now, later) = std::mem::take(&mut *effects).into_iter().partition(|effect: &Effect| effect.page == path);
        *effects = later;
        now
    }

    fn request(&self, account: &str, effect: &Effect) -> (String, Vec<u8>) {
        let url = format!("{}/2010-04-01/Accounts/{account}{}", self.api.lock().unwrap(), effect.path);
        (url, self.form(&effect.form))
    }

    fn form(&self, fields: &[(&str, &str)]) -> Vec<u8> {
        let fields = fields.iter().map(|(name, value)| (*name, value.replace("{base}", &self.base)));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
    }
}

async fn send(
    url: String,
    (account, token): (String, String),
    method: Method,
    body: Option<Vec<u8>>,
) -> Result<Response, crate::http::client::Failure> {
    let mut outgoing = Outgoing::new(method, url);
    let auth = STANDARD.encode(format!("{account}:{token}"));
    outgoing.headers = Headers(vec![("authorization".to_owned(), format!("Basic {auth}"))]);
    outgoing.body = body;
    Client::new().unwrap().send(outgoing).await
}
