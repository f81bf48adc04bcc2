//! The telephone network of `talk` and of `serve --dev`, and an account with it.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::messages::Complaint;
use crate::provider::twilio::TwilioConfig;
use crate::serve::control;
use crate::simulator::{self, Caller, Config, HIDDEN, Network, Number, ServerClock};

/// Who calls, unless somebody else is named. Numbers with 555-01 in them belong to nobody.
pub(in crate::cli) const CALLER: &str = "+15550119999";

/// The number of the n-th flow.
pub(in crate::cli) fn number_of(n: usize) -> String {
    format!("+1555010{:04}", n % 10_000)
}

/// How a network is set up.
pub(in crate::cli) struct Setup {
    /// When its time begins.
    pub(in crate::cli) start: Timestamp,
    /// The token that signs its webhooks.
    pub(in crate::cli) token: SecretString,
    /// Numbers that may be shown when phoning out, besides its own.
    pub(in crate::cli) shown: Vec<String>,
    /// Replies that canned services hold back.
    pub(in crate::cli) held: Arc<AtomicUsize>,
}

/// Starts a network; with it comes the account that a server uses to phone in it.
pub(in crate::cli) async fn network(setup: Setup) -> Result<(Network, TwilioConfig), Complaint> {
    let mut config = Config::new(setup.start);
    setup.token.expose_secret().clone_into(&mut config.auth_token);
    // A server that runs on knows the calls of former networks by their ids.
    config.seed = u64::from_le_bytes(random()?);
    config.verified_callers = setup.shown;
    config.held_replies = setup.held;
    // Real services may take their time.
    config.patience = Duration::from_mins(1);
    let account_sid = config.account_sid.clone();
    let network = Network::start(config).await.map_err(network_error)?;
    let account = TwilioConfig { account_sid, tokens: vec![setup.token], api_url: network.api_url().to_owned() };
    Ok((network, account))
}

/// What cannot be done with a network.
#[expect(clippy::needless_pass_by_value, reason = "it is given by value")]
pub(in crate::cli) fn network_error(error: simulator::Error) -> Complaint {
    Complaint::plain(error.to_string())
}

/// Where the calls of a number go: the three URLs of a flow, below a base URL.
pub(in crate::cli) fn number(base: &str, flow: &str) -> Number {
    urls(&format!("{}/{flow}", base.trim_end_matches('/')))
}

/// Where the calls of a number go whose voice URL is `voice`.
pub(super) fn urls(voice: &str) -> Number {
    Number {
        voice_url: voice.to_owned(),
        fallback_url: Some(format!("{voice}/fallback")),
        status_callback: Some(format!("{voice}/status")),
    }
}

/// The clock of a server on this machine, moved by the network.
pub(in crate::cli) fn moved_clock(base: &str) -> ServerClock {
    ServerClock::Controlled { url: format!("{}{}", base.trim_end_matches('/'), control::PATH) }
}

/// A token nobody knows.
pub(in crate::cli) fn token() -> Result<SecretString, Complaint> {
    let mut token = String::new();
    for byte in random::<16>()? {
        // A write to a text does not fail.
        let _ = write!(token, "{byte:02x}");
    }
    Ok(token.into())
}

fn random<const N: usize>() -> Result<[u8; N], Complaint> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Complaint::plain(format!("no random numbers: {error}")))?;
    Ok(bytes)
}

/// Who calls: a number in E.164, or `hidden`.
pub(super) fn caller(text: &str) -> Result<Caller, String> {
    if text == "hidden" || HIDDEN.contains(&text) {
        return Ok(Caller::hidden());
    }
    match crate::phone::normalise(text) {
        Some(number) => Ok(Caller::number(&number)),
        None => Err("a number is written like `+15550119999`; `hidden` withholds it".to_owned()),
    }
}
