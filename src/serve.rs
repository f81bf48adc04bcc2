//! The server: webhooks in, documents out; one call's events one after the other.

mod call;
mod calls;
pub mod control;
mod effects;
mod keep;
pub mod line;
mod music;
pub mod outside;
mod record;
mod recording;
mod retention;
mod routes;
mod stored;
mod tasks;
#[cfg(test)]
mod tests;
mod timers;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::clock::{Busy, Clock};
use crate::http::client::Client;
use crate::http::server::{self, Limits, Running};
use crate::limits::server::PATIENCE;
use crate::provider::Provider;
use crate::store::{Store, StoreError};

use crate::compile::Line;
use calls::Calls;
use line::Lines;
use outside::Outside;
use tasks::Tasks;
use timers::Timers;

/// What a server is made of.
pub struct Parts {
    /// The flows it serves.
    pub lines: Lines,
    /// The provider; its requests back off on the same clock.
    pub provider: Arc<dyn Provider>,
    /// Where calls are kept.
    pub store: Arc<dyn Store>,
    /// The services of the flows.
    pub outside: Arc<dyn Outside>,
    /// For music that is a document at a URL.
    pub client: Client,
    /// Time.
    pub clock: Clock,
    /// Work under way, for whoever moves a manual clock.
    pub busy: Busy,
}

/// How a server behaves.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// `scheme://host[:port][/prefix]` under which the provider reaches it.
    pub public_url: String,
    /// Whether webhooks must be signed.
    pub verify: bool,
    /// Calls in progress per flow; more are refused as busy.
    pub most_calls: usize,
    /// How long a webhook may wait for services before the leg is given something to hear.
    pub patience: Duration,
    /// Worker threads.
    pub workers: usize,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            public_url: String::new(),
            verify: true,
            most_calls: 1000,
            patience: Duration::from_millis(PATIENCE),
            workers: std::thread::available_parallelism().map_or(2, usize::from),
        }
    }
}

/// Everything the handlers of webhooks share.
pub(crate) struct Core {
    pub(crate) behaviour: Behaviour,
    pub(crate) lines: Lines,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) outside: Arc<dyn Outside>,
    pub(crate) client: Client,
    pub(crate) clock: Clock,
    pub(crate) busy: Busy,
    pub(crate) calls: Calls,
    pub(crate) timers: Timers,
    pub(crate) tasks: Tasks,
    pub(crate) music: music::Cache,
    pub(crate) retention: retention::Retention,
    pub(crate) waiting: std::sync::atomic::AtomicUsize,
    /// Places for those who listen to recordings.
    pub(crate) listeners: Arc<Semaphore>,
    /// Webhooks taken in and not answered yet.
    pub(crate) open: Busy,
}

/// A running server.
pub struct Server {
    running: Running,
    core: Arc<Core>,
    timers: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Serves on `listener`. Calls that were in progress when the last process ended go on. An empty public URL
    /// stands for the listener's own address.
    pub async fn start(listener: TcpListener, mut behaviour: Behaviour, parts: Parts) -> Result<Self, StartFailure> {
        if behaviour.public_url.is_empty() {
            behaviour.public_url = format!("http://{}", listener.local_addr()?);
        }
        let core = Arc::new(Core {
            lines: parts.lines,
            provider: parts.provider,
            store: parts.store,
            outside: parts.outside,
            client: parts.client,
            clock: parts.clock,
            busy: parts.busy,
            calls: Calls::default(),
            timers: Timers::default(),
            tasks: Tasks::here(),
            music: music::Cache::default(),
            retention: retention::Retention::default(),
            waiting: std::sync::atomic::AtomicUsize::default(),
            listeners: Arc::new(Semaphore::new(recording::MOST)),
            open: Busy::default(),
            behaviour,
        });
        for line in core.lines.all() {
            core.store.save_version(line.version()).await?;
        }
        core.store.prune_versions(&core.lines.versions()).await?;
        let interrupted = core.interrupted().await?;
        core.prune_log().await;
        let timers = tokio::spawn(timers::run(Arc::clone(&core)));
        let limits = Limits { workers: core.behaviour.workers, ..Limits::default() };
        let handler = {
            let core = Arc::clone(&core);
            move |request| routes::answer(Arc::clone(&core), request)
        };
        let running = server::serve(listener, Arc::new(handler), limits)?;
        core.tasks.spawn(Arc::clone(&core).take_up_all(interrupted, core.busy.work()));
        Ok(Self { running, core, timers })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// The flows it serves; they can be replaced while it runs.
    #[must_use]
    pub fn lines(&self) -> &Lines {
        &self.core.lines
    }

    /// Puts a flow in the place of its former version, for calls that begin from now on.
    pub async fn replace(&self, line: Line) -> Result<(), StoreError> {
        self.core.store.save_version(line.version()).await?;
        self.core.lines.replace(line);
        self.core.store.prune_versions(&self.core.lines.versions()).await.map(|_| ())
    }

    /// Answers what is under way, accepts nothing more, and closes the store.
    pub async fn stop(self) {
        /// What was asked of services and of the provider has so long to come to an end: a `send` whose reply nobody
        /// waits for would be uncertain for ever.
        const LAST: Duration = Duration::from_secs(10);
        self.running.stop().await;
        self.timers.abort();
        if !self.core.clock.is_manual() {
            // What takes longer is taken up by the next process.
            let _ = self.core.clock.timeout(LAST, self.core.tasks.done()).await;
        }
        self.core.tasks.drop_all();
        self.core.store.close().await;
    }

    /// Stops as a process does that is killed: nothing under way comes to an end.
    #[cfg(test)]
    pub(crate) async fn kill(self) {
        self.core.tasks.drop_all();
        self.timers.abort();
        self.running.kill().await;
        self.core.tasks.done().await;
        self.core.store.close().await;
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFailure {
    /// The socket.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
