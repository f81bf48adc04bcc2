//! `ivrc serve`.

mod banner;
mod phone;
mod plan;
mod running;
mod served;
mod signals;
mod world;

use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::path::PathBuf;

use clap::Args;
use url::Url;

use self::plan::Plan;
use self::running::Running;
use self::served::Served;
use super::environment::{Surroundings, base_url};
use super::exit::Exit;
use super::logging;
use super::messages::{Complaint, Messages};
use super::talk::runtime;

/// Answers the webhooks of one or several phone lines.
///
/// At Twilio, the voice URL of a number is POST /NAME on this server, its fallback /NAME/fallback, and its status
/// callback /NAME/status. Webhooks must be signed. `TWILIO_AUTH_TOKEN` holds the token of the account (several,
/// separated by commas, while it is being rotated), `TWILIO_ACCOUNT_SID` its id, and `TWILIO_API_URL` where the API is,
/// if it is not Twilio's own. Settings of a flow stand in NAME.toml and in variables `IVR_<NAME>_<SETTING>`. Links to
/// recordings lead to GET /NAME/r/…, for whoever is given one.
///
/// A changed flow or settings file is taken for new calls on SIGHUP, with `--dev` at once; calls in progress go on with
/// what they began with. What is broken is refused, and the line goes on. SIGTERM and SIGINT end the server after what
/// it is answering.
///
/// With `--dev` nothing but the flow is needed. Outside services are canned: what they reply stands in NAME.test.ivr,
/// before the first test (`stub`, `let`; `given` overrides settings); without that file the real ones are asked. The
/// telephone network is simulated, unless `TWILIO_API_URL` is set; in a terminal, Enter places a call. Sessions are
/// kept in memory. Webhooks need no signature unless `TWILIO_AUTH_TOKEN` is set.
///
/// Further variables: `IVRC_MAX_CALLS`, how many calls of a flow may be in progress before more are refused as busy
/// (1000). `RUST_LOG`, what is logged on stderr, and `IVRC_LOG=json`, how. With `--dev` only, `IVRC_DEV_CLOCK`: the
/// time at which a clock begins that stands until a simulator moves it by POST /-/clock.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line are flags")]
pub(super) struct Serve {
    /// Flows, and directories to search for them.
    #[arg(required = true, value_name = "FLOW")]
    flows: Vec<PathBuf>,
    /// Take settings from this file instead of NAME.toml. For one flow only.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Address and port to listen on; port 0 is any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", value_parser = address)]
    listen: SocketAddr,
    /// Where Twilio reaches this server: scheme, host, and the path below which a proxy serves it.
    #[arg(long, value_name = "URL", value_parser = base_url)]
    public_url: Option<Url>,
    /// The file that keeps calls over a restart. Default: ivrc.sqlite; with `--dev`, nothing is kept.
    #[arg(long, value_name = "PATH")]
    store: Option<PathBuf>,
    /// Try a line out: canned services, a simulated telephone network, no account. Changed files are taken at once.
    #[arg(long)]
    dev: bool,
    /// With `--dev`: real services and the account of the environment, nothing canned or simulated.
    #[arg(long, requires = "dev")]
    live: bool,
    /// With `--dev`: take canned services from the head of this file instead of NAME.test.ivr. For one flow only.
    #[arg(long, value_name = "FILE", requires = "dev", conflicts_with = "live")]
    stubs: Option<PathBuf>,
    /// Let credentials travel without TLS: for services on a trusted network.
    #[arg(long)]
    allow_plain_http: bool,
    /// Let services have private, loopback and link-local addresses. With `--dev` they may.
    #[arg(long)]
    allow_private: bool,
}

/// `HOST:PORT` as an address.
fn address(text: &str) -> Result<SocketAddr, String> {
    let mut addresses = text.to_socket_addrs().map_err(|_| "write it like `127.0.0.1:8080`".to_owned())?;
    addresses.next().ok_or_else(|| format!("`{text}` has no address"))
}

pub(super) fn run(serve: &Serve, surroundings: &Surroundings, messages: &Messages) -> Exit {
    start(serve, surroundings, messages).unwrap_or_else(|complaint| {
        messages.complain(&complaint);
        Exit::Impossible
    })
}

fn start(serve: &Serve, surroundings: &Surroundings, messages: &Messages) -> Result<Exit, Complaint> {
    let plan = Plan::of(serve, surroundings)?;
    // Somebody who is on the phone in this terminal does not want to read how the server does it.
    let usual = if plan.has_phone() { "warn" } else { "info,actix_server=warn" };
    logging::start(usual, surroundings)?;
    let Some((served, ready)) = Served::compile(serve, &plan, messages)? else { return Ok(Exit::Impossible) };
    let listener = listen(plan.listen)?;
    runtime()?.block_on(async {
        let running = Running::start(plan, served, ready, listener, messages).await?;
        running.until_told(messages).await;
        Ok(Exit::Clean)
    })
}

fn listen(address: SocketAddr) -> Result<TcpListener, Complaint> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Complaint::new(
            format!("cannot listen on {address}: another program does"),
            "stop that one, or choose another port with `--listen`",
        ),
        std::io::ErrorKind::PermissionDenied => Complaint::new(
            format!("cannot listen on {address}: this is not permitted"),
            "choose a port from 1024 with `--listen`",
        ),
        _ => Complaint::plain(format!("cannot listen on {address}: {error}")),
    })
}

#[cfg(test)]
mod tests;
