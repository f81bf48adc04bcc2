//! Server, network and services, wired to each other.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ivrc::simulator::{BeforeRetry, Config, Network, Number, ServerClock};

use super::http;
use super::server::Server;
use super::services::{Crash, Doors, Services};
use super::setting::Setting;
use super::time::Time;

/// The number of the line.
pub(crate) const LINE: &str = "+18005550100";
/// What makes the provider repeat requests; `ivrc setup` gives the number's URLs the same.
const OVERRIDES: &str = "#rc=3&rp=all";

/// Everything a call needs.
pub(crate) struct Stage {
    pub(crate) setting: Setting,
    pub(crate) services: Arc<Services>,
    pub(crate) network: Network,
    pub(crate) server: Server,
    pub(crate) account: (String, String),
    /// The server comes back when the network has tried again so often; never by itself, if 0.
    pub(crate) back_at_retry: Arc<AtomicU32>,
    doors: Doors,
    folder: Folder,
    _page: http::Server,
}

impl Stage {
    pub(crate) async fn set(setting: Setting) -> Self {
        let time = Time::new(setting.start);
        let services = Services::new(Arc::clone(&time), setting.keys.clone());
        let doors = services.open(&setting.down).await;
        let page = time.page().await;

        let clock = if setting.dev {
            ServerClock::Controlled { url: format!("http://{}/", page.address) }
        } else {
            // A real line has a real clock.
            ServerClock::Own { grace: Duration::from_millis(300) }
        };
        let config = Config {
            clock,
            verified_callers: setting.verified_callers.clone(),
            held_replies: Arc::clone(&time.held),
            behaviour: setting.behaviour,
            timing: setting.timing.clone(),
            media: setting.media,
            ..Config::new(setting.start)
        };
        let account = (config.account_sid.clone(), config.auth_token.clone());
        let network = Network::start(config).await.unwrap();

        let folder = Folder::new();
        setting.write(&folder.0, &doors);
        let mut variables = vec![
            ("TWILIO_ACCOUNT_SID".to_owned(), account.0.clone()),
            ("TWILIO_AUTH_TOKEN".to_owned(), account.1.clone()),
            ("TWILIO_API_URL".to_owned(), network.api_url().to_owned()),
        ];
        let given = setting.variables().iter();
        variables.extend(given.map(|(name, value)| (name.clone(), with_media(value, &doors))));
        let (dev, path, clock) = (setting.dev, folder.0.clone(), Arc::clone(&time));
        let server = tokio::task::spawn_blocking(move || Server::start(&path, variables, dev, &clock)).await.unwrap();

        let url = |path: &str| format!("{}/xmatters{path}{OVERRIDES}", server.url());
        let number =
            Number { voice_url: url(""), fallback_url: Some(url("/fallback")), status_callback: Some(url("/status")) };
        network.set_number(LINE, number).await.unwrap();

        let back_at_retry = Arc::default();
        let stage = Self { setting, services, network, server, account, back_at_retry, doors, folder, _page: page };
        stage.wire().await;
        stage
    }

    /// Lets services crash the server, and the server come back when the network tries again.
    async fn wire(&self) {
        let server = self.server.clone();
        self.services.set_crash(Crash(Arc::new(move || {
            server.restart();
        })));
        let (server, back) = (self.server.clone(), Arc::clone(&self.back_at_retry));
        let before_retry = BeforeRetry(Arc::new(move |_| {
            let (server, back) = (server.clone(), Arc::clone(&back));
            Box::pin(async move {
                let left = back.load(Ordering::SeqCst);
                back.store(left.saturating_sub(1), Ordering::SeqCst);
                let work = move || if left == 1 { server.run() } else { server.settled() };
                tokio::task::spawn_blocking(work).await.unwrap();
            })
        }));
        self.network.configure(|config| config.before_retry = Some(before_retry)).await.unwrap();
    }

    /// Writes the files again; whether anything has changed.
    pub(crate) fn write(&self) -> bool {
        self.setting.write(&self.folder.0, &self.doors)
    }

    /// Puts the address of the place where music lies into a text.
    pub(crate) fn with_media(&self, text: &str) -> String {
        with_media(text, &self.doors)
    }

    /// The folder of the line.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder.0
    }

    /// The end.
    pub(crate) async fn strike(self) {
        self.network.stop().await;
        let server = self.server.clone();
        tokio::task::spawn_blocking(move || server.kill()).await.unwrap();
    }
}

fn with_media(text: &str, doors: &Doors) -> String {
    text.replace("{media}", &doors.media)
}

/// A folder that is deleted when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("call-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be deleted lies in the folder of build products.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
