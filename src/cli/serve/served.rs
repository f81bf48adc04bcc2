//! The flows that are served: compiled at start, and again when they change.

use std::path::PathBuf;

use super::Serve;
use super::plan::Plan;
use crate::canned::CannedServices;
use crate::cli::flows::{self, NotReady, Ready};
use crate::cli::messages::{Complaint, Messages};
use crate::project::{self, Beside, Project};
use crate::serve::Server;
use crate::settings::Conditions;

/// The flows of one server.
pub(super) struct Served {
    /// Where they come from.
    pub(super) flows: Vec<Project>,
    names: Vec<String>,
    pub(super) conditions: Conditions,
}

impl Served {
    /// Finds and compiles the flows. Everything that is wrong with any of them is told; none then.
    pub(super) fn compile(
        serve: &Serve,
        plan: &Plan,
        messages: &Messages,
    ) -> Result<Option<(Self, Vec<Ready>)>, Complaint> {
        let found = project::find(&serve.flows)?;
        found.all_distinct()?;
        let mut flows = found.flows;
        if let Some(orphan) = found.orphans.first().filter(|_| flows.is_empty()) {
            return Err(Complaint::plain(format!("there is no flow beside `{}`", orphan.display())));
        }
        flows::use_settings(&mut flows, serve.settings.as_ref())?;
        flows::use_stubs(&mut flows, serve.stubs.as_deref())?;
        if !plan.mode.has_canned_services() {
            for flow in &mut flows {
                flow.tests = Beside::Not;
            }
        }
        let names = flows.iter().map(|flow| flow.name.clone()).collect();
        let served = Self { flows, names, conditions: plan.conditions.clone() };
        let ready = served.ready(messages);
        Ok(ready.map(|ready| (served, ready)))
    }

    fn ready(&self, messages: &Messages) -> Option<Vec<Ready>> {
        let prepared: Vec<Result<Ready, NotReady>> = self.flows.iter().map(|flow| self.prepare(flow)).collect();
        for flow in &prepared {
            match flow {
                Ok(ready) => messages.findings(&ready.found, &ready.sources),
                Err(not_ready) => not_ready.tell(messages),
            }
        }
        prepared.into_iter().collect::<Result<_, _>>().ok()
    }

    fn prepare(&self, flow: &Project) -> Result<Ready, NotReady> {
        flows::prepare(flow, &self.names, &self.conditions)
    }

    /// Every file that has a part in what is served.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        self.flows.iter().flat_map(Project::files).map(ToOwned::to_owned).collect()
    }

    /// Takes what has changed for new calls. A flow that is broken is refused, and goes on as it is.
    pub(super) async fn reload(&self, server: &Server, canned: &CannedServices, messages: &Messages) {
        for flow in &self.flows {
            let current = server.lines().current(&flow.name).map(|line| line.graph.version.clone());
            let version = current.as_deref().unwrap_or_default();
            match self.prepare(flow) {
                Ok(ready) if *ready.line.graph.version == *version => {
                    tracing::info!(flow = %flow.name, %version, "nothing has changed");
                }
                Ok(ready) => replace(flow, ready, server, canned, messages).await,
                Err(not_ready) => {
                    not_ready.tell(messages);
                    messages.line(&format!("{}: refused; the line goes on with version {version}", flow.name));
                }
            }
        }
    }
}

async fn replace(flow: &Project, ready: Ready, server: &Server, canned: &CannedServices, messages: &Messages) {
    messages.findings(&ready.found, &ready.sources);
    let version = ready.line.graph.version.clone();
    match server.replace(ready.line).await {
        Ok(()) => {
            canned.set(&flow.name, ready.canned);
            messages.line(&format!("{}: reloaded; version {version} is taken for new calls", flow.name));
        }
        Err(error) => messages.complain(&Complaint::plain(format!("{}: {error}", flow.name))),
    }
}
