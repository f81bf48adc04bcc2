//! A server from its start to its end.

use std::net::TcpListener;
use std::sync::Arc;

use super::banner;
use super::phone::{Desk, Phone};
use super::plan::{Plan, local_url};
use super::served::Served;
use super::signals::{Signal, Signals};
use super::world::{World, behaviour};
use crate::canned::CannedServices;
use crate::cli::flows::Ready;
use crate::cli::messages::{Complaint, Messages};
use crate::cli::talk::{Page, lines_of_stdin};
use crate::project::Watch;
use crate::serve::Server;
use crate::serve::line::Lines;
use crate::simulator::Network;

/// A server with what it listens to.
pub(super) struct Running {
    server: Server,
    served: Served,
    canned: Arc<CannedServices>,
    signals: Signals,
    watch: Option<Watch>,
    phone: Option<Phone>,
    /// The network of a server without a phone: nobody calls in it, but the server can phone.
    network: Option<Network>,
}

impl Running {
    pub(super) async fn start(
        plan: Plan,
        served: Served,
        ready: Vec<Ready>,
        listener: TcpListener,
        messages: &Messages,
    ) -> Result<Self, Complaint> {
        let no_server = |error: &dyn std::fmt::Display| Complaint::plain(error.to_string());
        let address = listener.local_addr().map_err(|error| no_server(&error))?;
        let public_url = plan.public_url(address);
        let signals = Signals::new().map_err(|error| no_server(&error))?;
        let world = World::new(&plan, &ready).await?;
        let mut lines = Vec::new();
        for Ready { line, canned, .. } in ready {
            world.canned.set(&line.graph.name, canned);
            lines.push(line);
        }
        let parts = world.parts(Lines::new(lines, served.conditions.clone()), &plan)?;
        let server = Server::start(listener, behaviour(&plan, &public_url), parts).await;
        let server = server.map_err(|error| no_server(&error))?;
        banner::print(&plan, &served, &server, &public_url, &local_url(address));
        let watch = if plan.mode.is_dev() { watch(&served, messages) } else { None };
        let World { clock, canned, network, .. } = world;
        let (phone, network) = match network {
            Some(network) if plan.has_phone() => {
                let (lines, page) = (lines_of_stdin(), Page::new(Box::new(std::io::stdout())));
                let (canned, ticks) = (Arc::clone(&canned), plan.clock.is_none());
                let mut desk = Desk { network, canned, clock, ticks, numbers: Vec::new(), lines, page };
                desk.connect(&served, &public_url, &local_url(address)).await?;
                (Some(Phone::install(desk)), None)
            }
            network => (None, network),
        };
        Ok(Self { server, served, canned, signals, watch, phone, network })
    }

    /// Serves until a signal says that it is enough, or whoever sits at the phone does.
    pub(super) async fn until_told(mut self, messages: &Messages) {
        loop {
            let told = tokio::select! {
                signal = self.signals.next() => signal,
                () = changed(&mut self.watch) => Signal::Reload,
                () = Phone::hung_up(&mut self.phone) => Signal::Stop,
            };
            match told {
                Signal::Reload => self.served.reload(&self.server, &self.canned, messages).await,
                Signal::Stop => break,
            }
        }
        tracing::info!("stopping: what is under way is answered first");
        if let Some(phone) = self.phone {
            phone.remove().await;
        }
        tokio::select! {
            () = self.server.stop() => {}
            // Whoever says it twice means it.
            () = self.signals.stop() => {}
        }
        if let Some(network) = self.network {
            network.stop().await;
        }
    }
}

/// Notices changed files, if the system can.
fn watch(served: &Served, messages: &Messages) -> Option<Watch> {
    let watch = Watch::start(&served.files());
    watch.map_err(|why| messages.line(&format!("changed files are not noticed (SIGHUP takes them): {why}"))).ok()
}

/// Waits for a change; for ever if nothing is watched.
async fn changed(watch: &mut Option<Watch>) {
    match watch {
        Some(watch) => watch.changed().await,
        None => std::future::pending().await,
    }
}
