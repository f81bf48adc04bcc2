//! `ivrc talk`.

mod conversation;
mod input;
mod order;
mod page;
mod people;
mod stage;
#[cfg(test)]
mod tests;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use tokio::sync::mpsc;
use url::Url;

pub(super) use conversation::{Broken, Conversation, Ended};
pub(super) use input::{at_keyboard, lines_of_stdin};
pub(super) use page::Page;
pub(super) use stage::{CALLER, Setup, moved_clock, network, network_error, number, number_of, token};

use super::environment::{Surroundings, base_url, without_slash};
use super::exit::Exit;
use super::flows::{self, NotReady, Ready};
use super::logging;
use super::messages::{Complaint, Messages};
use crate::canned::CannedServices;
use crate::clock::{Busy, Clock};
use crate::http::client::Client;
use crate::project::{Beside, Project};
use crate::provider::twilio::{Twilio, TwilioConfig};
use crate::serve::line::Lines;
use crate::serve::{Behaviour, Parts, Server};
use crate::services::{Policy, Services};
use crate::settings::{Conditions, PlainHttp, Purpose};
use crate::simulator::{Caller, Network, ServerClock};
use crate::store::MemoryStore;

/// Calls a line and lets you play everybody in the call: type keys, press Enter to stay silent, `help` for the rest.
///
/// A flow is served here and now, in a time of its own: waiting takes none. Its outside services are canned: what they
/// reply stands in NAME.test.ivr beside it, before the first test (`stub`, `let`, `clock`; `given` overrides settings).
/// Without such a file the real services are asked.
///
/// A URL is the voice URL of a server that runs elsewhere. Its webhooks are signed with `TWILIO_AUTH_TOKEN`; whom
/// it phones itself, it phones by the provider it was given, not here.
///
/// Lines can also come from a pipe; when they end, the caller hangs up. The exit status is 0 when the call is over, and
/// 2 if a line was not understood or there was no call.
#[derive(Debug, Args)]
pub(super) struct Talk {
    /// A flow, or the voice URL of a running server.
    #[arg(value_name = "FLOW|URL")]
    line: String,
    /// Take canned services from the head of this file instead of NAME.test.ivr.
    #[arg(long, value_name = "FILE")]
    stubs: Option<PathBuf>,
    /// Take settings from this file instead of NAME.toml.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Who calls: a number in E.164, or `hidden`.
    #[arg(long, value_name = "NUMBER", default_value = CALLER, value_parser = stage::caller)]
    from: Caller,
}

pub(super) fn run(talk: &Talk, surroundings: &Surroundings, messages: &Messages) -> Exit {
    let done = start(talk, surroundings, messages);
    done.unwrap_or_else(|complaint| {
        messages.complain(&complaint);
        Exit::Impossible
    })
}

fn start(talk: &Talk, surroundings: &Surroundings, messages: &Messages) -> Result<Exit, Complaint> {
    logging::start("warn", surroundings)?;
    let mut terminal =
        Terminal { lines: lines_of_stdin(), page: Page::new(Box::new(std::io::stdout())), prompts: at_keyboard() };
    runtime()?.block_on(call(talk, surroundings, messages, &mut terminal))
}

async fn call(
    talk: &Talk,
    surroundings: &Surroundings,
    messages: &Messages,
    terminal: &mut Terminal,
) -> Result<Exit, Complaint> {
    if talk.line.starts_with("http://") || talk.line.starts_with("https://") {
        return call_url(talk, surroundings, terminal).await;
    }
    match prepare(talk, surroundings)? {
        Ok((ready, conditions)) => {
            messages.findings(&ready.found, &ready.sources);
            call_flow(ready, conditions, talk.from.clone(), terminal).await
        }
        Err(not_ready) => {
            not_ready.tell(messages);
            Ok(Exit::Impossible)
        }
    }
}

/// What a server and a network run in.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Complaint> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Complaint::plain(format!("cannot start: {error}")))
}

/// Where the caller sits.
struct Terminal {
    lines: mpsc::Receiver<String>,
    page: Page,
    prompts: bool,
}

type Prepared = Result<(Ready, Conditions), NotReady>;

/// The flow that is to be called.
fn prepare(talk: &Talk, surroundings: &Surroundings) -> Result<Prepared, Complaint> {
    let mut project = Project::of(Path::new(&talk.line))?;
    if let Some(stubs) = &talk.stubs {
        project.tests = Beside::Certainly(stubs.clone());
    }
    if let Some(settings) = &talk.settings {
        project.settings = Beside::Certainly(settings.clone());
    }
    let conditions = Conditions {
        purpose: Purpose::Serve,
        plain_http: PlainHttp::Loopback,
        environment: surroundings.of_flows()?,
        directory: PathBuf::new(),
    };
    let ready = flows::prepare(&project, std::slice::from_ref(&project.name), &conditions);
    Ok(ready.map(|ready| (ready, conditions)))
}

/// Serves a flow and calls it.
async fn call_flow(
    ready: Ready,
    conditions: Conditions,
    from: Caller,
    terminal: &mut Terminal,
) -> Result<Exit, Complaint> {
    let flow = ready.line.graph.name.to_string();
    let start = ready.canned.as_ref().and_then(crate::canned::Canned::start);
    let clock = Clock::manual(start.unwrap_or_else(|| Clock::system().now()));
    let services = Services::new(clock.clone(), Policy { allow_private: true }).map_err(no_client)?;
    let canned = Arc::new(CannedServices::new(Arc::new(services), clock.clone()));
    let received = canned.listen();
    let shown = ready.line.graph.caller_id.iter().map(ToString::to_string).collect();
    let setup = Setup { start: clock.now(), token: token()?, shown, held: canned.held() };
    let (network, account) = network(setup).await?;
    canned.set(&flow, ready.canned);
    let server = serve(Lines::new([ready.line], conditions), account, canned, clock).await?;
    let base = format!("http://{}", server.address());
    let to = number_of(0);
    let connected = connect(&network, &to, number(&base, &flow), moved_clock(&base)).await;
    let ended = match connected {
        Ok(()) => hold(&network, Some(received), from, &to, false, terminal).await,
        Err(broken) => Err(broken),
    };
    server.stop().await;
    network.stop().await;
    exit(ended)
}

/// A server for one call.
async fn serve(
    lines: Lines,
    account: TwilioConfig,
    outside: Arc<CannedServices>,
    clock: Clock,
) -> Result<Server, Complaint> {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .map_err(|error| Complaint::plain(format!("cannot listen on this machine: {error}")))?;
    let busy = Busy::default();
    let client = Client::new().map_err(no_client)?;
    let provider = Twilio::new(account, client.clone(), clock.resting(&busy));
    let store = Arc::new(MemoryStore::new());
    let parts = Parts { lines, provider: Arc::new(provider), store, outside, client, clock, busy };
    let behaviour = Behaviour { workers: 1, ..Behaviour::default() };
    Server::start(listener, behaviour, parts).await.map_err(|error| Complaint::plain(error.to_string()))
}

/// Calls a server that runs elsewhere.
async fn call_url(talk: &Talk, surroundings: &Surroundings, terminal: &mut Terminal) -> Result<Exit, Complaint> {
    if talk.stubs.is_some() || talk.settings.is_some() {
        let message = "`--stubs` and `--settings` are for a flow that is served here";
        return Err(Complaint::new(message, "give them to the server, or name the flow's file"));
    }
    let url: Url = base_url(&talk.line).map_err(|why| Complaint::plain(format!("`{}` {why}", talk.line)))?;
    let token_of_account = surroundings.account()?.tokens.into_iter().next();
    let token = token_of_account.map_or_else(token, Ok)?;
    let start = Clock::system().now();
    let (network, _) = network(Setup { start, token, shown: Vec::new(), held: Arc::default() }).await?;
    let to = number_of(0);
    let clock = ServerClock::Own { grace: std::time::Duration::from_millis(500) };
    let connected = connect(&network, &to, stage::urls(&without_slash(&url)), clock).await;
    let ended = match connected {
        Ok(()) => hold(&network, None, talk.from.clone(), &to, true, terminal).await,
        Err(broken) => Err(broken),
    };
    network.stop().await;
    exit(ended)
}

async fn connect(
    network: &Network,
    to: &str,
    urls: crate::simulator::Number,
    clock: ServerClock,
) -> Result<(), Broken> {
    network.set_number(to, urls).await?;
    network.set_clock(clock).await?;
    Ok(())
}

async fn hold(
    network: &Network,
    received: Option<mpsc::UnboundedReceiver<crate::canned::Received>>,
    from: Caller,
    to: &str,
    in_real_time: bool,
    terminal: &mut Terminal,
) -> Result<Ended, Broken> {
    let Terminal { lines, page, prompts } = terminal;
    Conversation { network, received, lines, page, prompts: *prompts, in_real_time }.hold(from, to).await
}

fn no_client(error: impl std::fmt::Display) -> Complaint {
    Complaint::plain(format!("no requests can be made: {error}"))
}

fn exit(ended: Result<Ended, Broken>) -> Result<Exit, Complaint> {
    match ended {
        Ok(Ended { refused: 0, .. }) => Ok(Exit::Clean),
        Ok(_) => Ok(Exit::Impossible),
        // Whoever read the transcript has seen enough.
        Err(Broken::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Exit::Clean),
        Err(broken) => Err(Complaint::plain(broken.to_string())),
    }
}
