//! The phone in the terminal of `serve --dev`: Enter places a call.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use super::served::Served;
use crate::canned::CannedServices;
use crate::cli::messages::Complaint;
use crate::cli::talk::{Broken, CALLER, Conversation, Ended, Page, moved_clock, network_error, number, number_of};
use crate::clock::Clock;
use crate::simulator::{Caller, Network};

/// How often the server's clock follows the time while nobody is on the phone.
const TICK: Duration = Duration::from_millis(200);

/// A phone that can be used.
pub(super) struct Phone {
    task: JoinHandle<()>,
    hung_up: Arc<Notify>,
}

/// What the phone is connected with.
pub(super) struct Desk {
    pub(super) network: Network,
    pub(super) canned: Arc<CannedServices>,
    pub(super) clock: Clock,
    /// Whether the clock follows the time between calls.
    pub(super) ticks: bool,
    /// The flows with their numbers; never empty.
    pub(super) numbers: Vec<(String, String)>,
    pub(super) lines: mpsc::Receiver<String>,
    pub(super) page: Page,
}

impl Phone {
    /// Lets somebody use the phone.
    pub(super) fn install(desk: Desk) -> Self {
        let hung_up = Arc::new(Notify::new());
        let task = tokio::spawn({
            let hung_up = Arc::clone(&hung_up);
            async move {
                let Desk { network, .. } = desk.attend().await;
                network.stop().await;
                hung_up.notify_one();
            }
        });
        Self { task, hung_up }
    }

    /// Waits until whoever sits at the phone has had enough; for ever if there is no phone.
    pub(super) async fn hung_up(phone: &mut Option<Self>) {
        match phone {
            Some(phone) => phone.hung_up.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Takes the phone away, in the middle of a call if need be.
    pub(super) async fn remove(self) {
        self.task.abort();
        // An error means that it was in the middle of a call.
        let _ = self.task.await;
    }
}

impl Desk {
    /// Connects the network with the server at `public_url`, which this machine reaches at `local_url`.
    pub(super) async fn connect(
        &mut self,
        served: &Served,
        public_url: &str,
        local_url: &str,
    ) -> Result<(), Complaint> {
        self.numbers.clear();
        for (n, flow) in served.flows.iter().enumerate() {
            let called = number_of(n);
            let urls = number(public_url, &flow.name);
            self.network.set_number(&called, urls).await.map_err(network_error)?;
            self.numbers.push((flow.name.clone(), called));
        }
        self.network.set_clock(moved_clock(local_url)).await.map_err(network_error)?;
        let forward = vec![(public_url.to_owned(), local_url.to_owned())];
        self.network.configure(|config| config.forward = forward).await.map_err(network_error)
    }

    /// Places calls until nobody wants any more.
    pub(super) async fn attend(mut self) -> Self {
        let mut ask = true;
        loop {
            if std::mem::replace(&mut ask, false) && self.page.remark(&self.question()).is_err() {
                return self;
            }
            let line = tokio::select! {
                line = self.lines.recv() => line,
                () = tokio::time::sleep(TICK) => {
                    if self.ticks {
                        self.clock.advance_to(self.clock.after(TICK));
                    }
                    continue;
                }
            };
            ask = true;
            let Some(line) = line else { return self };
            let said = match self.wish(line.trim()) {
                Wish::Call(number) => match self.call(&number).await {
                    Ok(Ended { quit: false, .. }) => Ok(()),
                    Ok(Ended { quit: true, .. }) | Err(Broken::Output(_)) => return self,
                    Err(broken) => self.page.remark(&format!("the call broke off: {broken}")),
                },
                Wish::Leave => return self,
                Wish::Unknown(text) => self.page.remark(&format!("`{text}` is not served here")),
            };
            if said.is_err() {
                return self;
            }
        }
    }

    fn question(&self) -> String {
        match self.numbers.as_slice() {
            [(flow, _)] => format!("press Enter to call {flow}, Ctrl-C to stop"),
            flows => {
                let names: Vec<&str> = flows.iter().map(|(flow, _)| flow.as_str()).collect();
                format!("type a name to call that line ({}), Ctrl-C to stop", names.join(", "))
            }
        }
    }

    fn wish(&self, line: &str) -> Wish {
        match (line, self.numbers.as_slice()) {
            ("quit" | "exit", _) => Wish::Leave,
            ("", [(_, number), ..]) => Wish::Call(number.clone()),
            (name, flows) => match flows.iter().find(|(flow, _)| flow == name) {
                Some((_, number)) => Wish::Call(number.clone()),
                None => Wish::Unknown(name.to_owned()),
            },
        }
    }

    /// One call, in the network's time.
    async fn call(&mut self, to: &str) -> Result<Ended, Broken> {
        // The network's time stood still between calls, the server's did not.
        let behind = self.clock.now().duration_since(self.network.now().await?);
        self.network.advance(Duration::try_from(behind).unwrap_or_default()).await?;
        for (flow, _) in &self.numbers {
            if let Some(canned) = self.canned.of(flow) {
                canned.rewind();
            }
        }
        let conversation = Conversation {
            network: &self.network,
            received: Some(self.canned.listen()),
            lines: &mut self.lines,
            page: &mut self.page,
            prompts: true,
            in_real_time: false,
        };
        conversation.hold(Caller::number(CALLER), to).await
    }
}

/// What somebody at the phone wants.
enum Wish {
    Call(String),
    Leave,
    Unknown(String),
}
