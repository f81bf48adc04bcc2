//! What a server runs in: time, the telephone network, outside services, a store. Real or simulated.

use std::sync::Arc;

use super::plan::{Mode, Plan};
use crate::canned::{Canned, CannedServices};
use crate::cli::flows::Ready;
use crate::cli::messages::Complaint;
use crate::cli::talk::{Setup, network, token};
use crate::clock::{Busy, Clock};
use crate::http::client::{Client, Failure, Options};
use crate::provider::twilio::{Twilio, TwilioConfig};
use crate::serve::line::Lines;
use crate::serve::outside::Outside;
use crate::serve::{Behaviour, Parts};
use crate::services::{Policy, Services};
use crate::simulator::Network;
use crate::store::{MemoryStore, SqliteStore, Store};

/// Everything around a server.
pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) canned: Arc<CannedServices>,
    /// Not on a real line.
    pub(super) network: Option<Network>,
    account: TwilioConfig,
    store: Arc<dyn Store>,
}

impl World {
    /// What these flows run in.
    pub(super) async fn new(plan: &Plan, ready: &[Ready]) -> Result<Self, Complaint> {
        let clock = clock(plan, ready);
        let services = Services::new(clock.clone(), Policy { allow_private: plan.allow_private })
            .map_err(|failure| no_client(&failure))?;
        let canned = Arc::new(CannedServices::new(Arc::new(services), clock.clone()));
        let store = store(plan).await?;
        if plan.mode != Mode::Simulated {
            return Ok(Self { clock, canned, network: None, account: plan.twilio(), store });
        }
        let token = plan.account.tokens.first().cloned().map_or_else(token, Ok)?;
        // What flows show when they phone out.
        let shown = ready.iter().filter_map(|ready| ready.line.graph.caller_id.as_ref());
        let shown = shown.map(ToString::to_string).collect();
        let (network, account) = network(Setup { start: clock.now(), token, shown, held: canned.held() }).await?;
        Ok(Self { clock, canned, network: Some(network), account, store })
    }

    /// The parts of the server.
    pub(super) fn parts(&self, lines: Lines, plan: &Plan) -> Result<Parts, Complaint> {
        let busy = Busy::default();
        let api = Client::new().map_err(|failure| no_client(&failure))?;
        let provider = Arc::new(Twilio::new(self.account.clone(), api, self.clock.resting(&busy)));
        // Music is fetched from where settings say, like services.
        let client = Client::with(Options { public_only: !plan.allow_private, reuse: true })
            .map_err(|failure| no_client(&failure))?;
        let outside: Arc<dyn Outside> = self.canned.clone();
        let (clock, store) = (self.clock.clone(), Arc::clone(&self.store));
        Ok(Parts { lines, provider, store, outside, client, clock, busy })
    }
}

/// How the server behaves that is reached at `public_url`.
pub(super) fn behaviour(plan: &Plan, public_url: &str) -> Behaviour {
    Behaviour {
        public_url: public_url.to_owned(),
        verify: !plan.account.tokens.is_empty(),
        most_calls: plan.most_calls,
        ..Behaviour::default()
    }
}

/// The system's clock, unless a simulator moves the time, or calls are placed from this terminal: then it begins when
/// the first flow's test file says.
fn clock(plan: &Plan, ready: &[Ready]) -> Clock {
    let wanted = || ready.iter().find_map(|ready| ready.canned.as_ref().and_then(Canned::start));
    match plan.clock {
        Some(start) => Clock::manual(start),
        None if plan.has_phone() => Clock::manual(wanted().unwrap_or_else(|| Clock::system().now())),
        None => Clock::system(),
    }
}

async fn store(plan: &Plan) -> Result<Arc<dyn Store>, Complaint> {
    let Some(path) = plan.store.clone() else { return Ok(Arc::new(MemoryStore::new())) };
    let opened = tokio::task::spawn_blocking(move || SqliteStore::open(&path)).await;
    let opened = opened.map_err(|error| Complaint::plain(format!("the store cannot be opened: {error}")))?;
    let store = opened.map_err(|error| Complaint::new(error.to_string(), "choose another file with `--store`"))?;
    Ok(Arc::new(store))
}

fn no_client(failure: &Failure) -> Complaint {
    Complaint::plain(format!("no requests can be made: {failure}"))
}
