//! Base URLs: what may stand in them, and that nothing secret travels over plain http.

use std::net::IpAddr;

use url::{Host, Url};

use super::resolve::Resolving;
use super::shape;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, SettingId};
use crate::program::{Credentials, Operation, Program, Secretive};
use crate::source::Span;

/// Where secrets may travel without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlainHttp {
    /// Nowhere.
    #[default]
    Never,
    /// To this machine only (`ivrc talk`, `ivrc serve --dev`).
    Loopback,
    /// Anywhere (`--allow-plain-http`).
    Anywhere,
}

impl Resolving<'_> {
    /// Checks the base URL of every service; `value` is its setting's value with its place.
    pub(super) fn base_urls(&mut self) {
        let program = self.program;
        for (number, service) in program.services.iter().enumerate() {
            let Some((text, place)) = self.text(service.base) else { continue };
            let Ok(url) = shape::url(&text) else { continue };
            let name = self.name(service.base);
            if let Err(why) = shape::base(&url) {
                let message = format!("`{name}` cannot be the base URL of service `{}`: {why}", service.name);
                let problem = Diagnostic::new(Code::SettingValue, message).at(place, "").at(service.span, "used here");
                self.found.push(problem.help("write scheme, host and perhaps the beginning of all paths"));
            }
            let revealing = || program.operations.iter().find(|o| o.service == number && carries_secret(program, o));
            if url.scheme() != "http" || self.conditions.plain_http.allows(&url) {
                continue;
            }
            if let Some(operation) = revealing() {
                self.plain(&name, &text, place, &operation.name, operation.span);
            }
        }
    }

    fn plain(&mut self, setting: &str, url: &str, place: Span, operation: &str, declared: Span) {
        let secure = url.replacen("http://", "https://", 1);
        let message = format!("secrets of `{operation}` would travel over plain http");
        let problem = Diagnostic::new(Code::PlainHttp, message)
            .at(place, format!("`{setting}` is an http URL"))
            .at(declared, "carries credentials or a secret")
            .help(format!("write `{secure}`; for a stub on a trusted network, pass `--allow-plain-http`"));
        self.found.push(problem);
    }
}

impl PlainHttp {
    /// Whether secrets may travel to this http URL.
    #[must_use]
    pub fn allows(self, url: &Url) -> bool {
        match self {
            Self::Never => false,
            Self::Anywhere => true,
            Self::Loopback => match url.host() {
                Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
                Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
                Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
                None => false,
            },
        }
    }
}

/// Whether an operation sends something secret: credentials, or a secret in its path, a header or its body.
fn carries_secret(program: &Program, operation: &Operation) -> bool {
    let with_secret = |text: &Secretive| !text.secrets.is_empty();
    let credentials = match &operation.credentials {
        Some(Credentials::Basic(..) | Credentials::Bearer(_)) => true,
        None => false,
    };
    let is_secret =
        |id: SettingId| program.settings.get(usize::from(id.0)).is_some_and(crate::program::Setting::is_secret);
    let mut in_body = false;
    if let Some((_, body)) = &operation.body {
        body.visit(&mut |expr| in_body |= matches!(expr, Expr::Setting(id) if is_secret(*id)));
    }
    credentials
        || in_body
        || with_secret(&operation.path)
        || operation.headers.iter().any(|(_, text)| with_secret(text))
}
