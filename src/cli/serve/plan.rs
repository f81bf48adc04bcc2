//! What the command line and the environment ask for, held against each other before anything starts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use jiff::Timestamp;
use url::Url;

use super::Serve;
use crate::cli::environment::{Account, Surroundings, without_slash};
use crate::cli::messages::Complaint;
use crate::cli::talk::at_keyboard;
use crate::provider::twilio::TwilioConfig;
use crate::serve::Behaviour;
use crate::settings::{Conditions, PlainHttp, Purpose};

/// Where sessions are kept unless the command line says otherwise.
const STORE: &str = "ivrc.sqlite";

/// How the server is to run.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) mode: Mode,
    pub(super) listen: SocketAddr,
    pub(super) public_url: Option<Url>,
    /// None: in memory.
    pub(super) store: Option<PathBuf>,
    pub(super) account: Account,
    pub(super) most_calls: usize,
    /// When a clock that is moved by hand begins.
    pub(super) clock: Option<Timestamp>,
    pub(super) allow_private: bool,
    pub(super) conditions: Conditions,
    /// Whether somebody sits at a keyboard.
    at_keyboard: bool,
}

/// How much of the world is real, from all to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// A real line.
    Real,
    /// A line that is tried out with real services and a real account.
    Live,
    /// The same with canned services, where there are stubs.
    Canned,
    /// With canned services in a simulated telephone network.
    Simulated,
}

impl Mode {
    fn of(serve: &Serve, account: &Account) -> Self {
        match (serve.dev, serve.live, account.api_url_is_set) {
            (false, ..) => Self::Real,
            (true, true, _) => Self::Live,
            (true, false, true) => Self::Canned,
            (true, false, false) => Self::Simulated,
        }
    }

    /// Whether a line is tried out.
    pub(super) fn is_dev(self) -> bool {
        self >= Self::Live
    }

    /// Whether services are canned, where there are stubs.
    pub(super) fn has_canned_services(self) -> bool {
        self >= Self::Canned
    }
}

impl Plan {
    pub(super) fn of(serve: &Serve, surroundings: &Surroundings) -> Result<Self, Complaint> {
        let account = surroundings.account()?;
        let mode = Mode::of(serve, &account);
        let plain_http = match (serve.allow_plain_http, mode.is_dev()) {
            (true, _) => PlainHttp::Anywhere,
            (false, false) => PlainHttp::Never,
            (false, true) => PlainHttp::Loopback,
        };
        usable(&account, mode, plain_http)?;
        let clock = surroundings.dev_clock()?;
        if clock.is_some() && !mode.is_dev() {
            let message = "`IVRC_DEV_CLOCK` is set, but a real line has a real clock";
            return Err(Complaint::new(message, "unset it, or try the line out with `--dev`"));
        }
        let store = serve.store.clone().or_else(|| (!mode.is_dev()).then(|| STORE.into()));
        Ok(Self {
            mode,
            listen: serve.listen,
            public_url: serve.public_url.clone(),
            store,
            account,
            most_calls: surroundings.most_calls()?.unwrap_or(Behaviour::default().most_calls),
            clock,
            allow_private: serve.allow_private || mode.is_dev(),
            conditions: Conditions {
                purpose: Purpose::Serve,
                plain_http,
                environment: surroundings.of_flows()?,
                directory: PathBuf::new(),
            },
            at_keyboard: at_keyboard(),
        })
    }

    /// Whether somebody can place calls from this terminal.
    pub(super) fn has_phone(&self) -> bool {
        self.mode == Mode::Simulated && self.at_keyboard
    }

    /// The account that the environment describes.
    pub(super) fn twilio(&self) -> TwilioConfig {
        TwilioConfig {
            account_sid: self.account.sid.clone().unwrap_or_default(),
            tokens: self.account.tokens.clone(),
            api_url: without_slash(&self.account.api_url),
        }
    }

    /// Where the provider reaches a server that listens on `address`.
    pub(super) fn public_url(&self, address: SocketAddr) -> String {
        self.public_url.as_ref().map_or_else(|| local_url(address), without_slash)
    }
}

/// Where this machine reaches a server that listens on `address`.
pub(super) fn local_url(address: SocketAddr) -> String {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(host, address.port()))
}

/// Whether the account is enough for what is wanted.
fn usable(account: &Account, mode: Mode, plain_http: PlainHttp) -> Result<(), Complaint> {
    if mode == Mode::Simulated {
        return Ok(());
    }
    if mode == Mode::Real && account.tokens.is_empty() {
        return Err(Complaint::new(
            "`TWILIO_AUTH_TOKEN` is not set: anybody could send webhooks",
            "set it to the auth token of your account, or try the line out with `--dev`",
        ));
    }
    if !account.tokens.is_empty() && account.sid.is_none() {
        return Err(Complaint::new(
            "`TWILIO_ACCOUNT_SID` is not set: nobody could be phoned",
            "set it to the `AC…` of your account",
        ));
    }
    if account.api_url.scheme() == "http" && !plain_http.allows(&account.api_url) {
        return Err(Complaint::new(
            "the auth token would travel over plain http: `TWILIO_API_URL` is an http URL",
            "use https; for a stub on a trusted network, pass `--allow-plain-http`",
        ));
    }
    Ok(())
}
