//! The environment of the process: read here, once, and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal as _;

use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

use super::messages::Complaint;
use crate::limits::server::MOST_PUBLIC_URL;
use crate::provider::twilio;
use crate::settings::Environment;

/// The variables of the environment, as they were at start.
#[derive(Clone, Default)]
pub(super) struct Surroundings {
    variables: BTreeMap<String, String>,
    /// Names of variables whose values are not UTF-8.
    unreadable: BTreeSet<String>,
}

/// An account with the provider, as the environment describes it.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// `TWILIO_ACCOUNT_SID`.
    pub(super) sid: Option<String>,
    /// `TWILIO_AUTH_TOKEN`, one or several; may be empty.
    pub(super) tokens: Vec<SecretString>,
    /// `TWILIO_API_URL`.
    pub(super) api_url: Url,
    /// Whether it says so, or this is Twilio's own.
    pub(super) api_url_is_set: bool,
}

impl Surroundings {
    /// The environment of this process.
    pub(super) fn read() -> Self {
        let mut surroundings = Self::default();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => drop(surroundings.variables.insert(name, value)),
                Err(_) => drop(surroundings.unreadable.insert(name)),
            }
        }
        surroundings
    }

    /// The value of a variable.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Whether stderr is shown in colours: on a terminal, unless `NO_COLOR` is set (<https://no-color.org>).
    pub(super) fn wants_color(&self) -> bool {
        std::io::stderr().is_terminal() && self.allows_color()
    }

    /// Whether stdout is shown in colours.
    pub(super) fn wants_color_on_stdout(&self) -> bool {
        std::io::stdout().is_terminal() && self.allows_color()
    }

    fn allows_color(&self) -> bool {
        self.get("NO_COLOR").is_none_or(str::is_empty)
    }

    /// What overrides settings of flows, and where their secrets may be.
    pub(super) fn of_flows(&self) -> Result<Environment, Complaint> {
        let read_by_us = |name: &&String| ["IVR_", "IVRC_", "TWILIO_"].iter().any(|prefix| name.starts_with(prefix));
        if let Some(name) = self.unreadable.iter().find(read_by_us) {
            return Err(Complaint::new(format!("the environment variable `{name}` is not UTF-8"), "set it anew"));
        }
        Ok(Environment::new(self.variables.clone()))
    }

    /// The account with Twilio.
    pub(super) fn account(&self) -> Result<Account, Complaint> {
        let tokens = self.get("TWILIO_AUTH_TOKEN").unwrap_or_default().split(',').map(str::trim);
        let tokens = tokens.filter(|token| !token.is_empty()).map(SecretString::from).collect();
        let sid = self.get("TWILIO_ACCOUNT_SID").map(str::trim).filter(|sid| !sid.is_empty());
        if sid.is_some_and(|sid| !sid.starts_with("AC") || !sid.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            let help = "set it to the `AC…` of your account, as Twilio's console shows it";
            return Err(Complaint::new("`TWILIO_ACCOUNT_SID` is not an account's sid", help));
        }
        let api_url = self.get("TWILIO_API_URL").filter(|url| !url.is_empty());
        let api_url_is_set = api_url.is_some();
        let api_url = base_url(api_url.unwrap_or(twilio::API_URL)).map_err(|why| {
            Complaint::new(format!("`TWILIO_API_URL` {why}"), format!("unset it, or set it like `{}`", twilio::API_URL))
        })?;
        Ok(Account { sid: sid.map(str::to_owned), tokens, api_url, api_url_is_set })
    }

    /// `IVRC_MAX_CALLS`: calls in progress per flow, if it is set.
    pub(super) fn most_calls(&self) -> Result<Option<usize>, Complaint> {
        let Some(text) = self.get("IVRC_MAX_CALLS") else { return Ok(None) };
        let number = text.trim().parse().ok().filter(|number| *number > 0).ok_or_else(|| {
            Complaint::new(
                format!("`IVRC_MAX_CALLS` is not a number of calls: `{text}`"),
                "set it to a whole number from 1",
            )
        })?;
        Ok(Some(number))
    }

    /// `IVRC_DEV_CLOCK`: when a clock that is moved by hand begins, if it is set.
    pub(super) fn dev_clock(&self) -> Result<Option<Timestamp>, Complaint> {
        let Some(text) = self.get("IVRC_DEV_CLOCK") else { return Ok(None) };
        let start = text.trim().parse().map_err(|_| {
            Complaint::new(format!("`IVRC_DEV_CLOCK` is no instant: `{text}`"), "set it like `2026-03-01T12:00:00Z`")
        })?;
        Ok(Some(start))
    }
}

/// An absolute http(s) URL that others are made from by adding to its path; or why it is none.
pub(super) fn base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|error| format!("is no URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("is no http or https URL".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a `?` or a `#`".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has credentials in it".to_owned());
    }
    if url.as_str().len() > MOST_PUBLIC_URL {
        return Err(format!("is longer than {MOST_PUBLIC_URL} characters"));
    }
    Ok(url)
}

/// A URL without the slash at its end, so that paths can be put behind it.
pub(super) fn without_slash(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

#[cfg(test)]
pub(super) mod tests {
    use secrecy::ExposeSecret;

    use super::{Surroundings, base_url};

    /// An environment of these variables.
    pub(in crate::cli) fn surroundings(variables: &[(&str, &str)]) -> Surroundings {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Surroundings { variables, ..Surroundings::default() }
    }

    #[test]
    fn tokens_can_be_rotated() {
        let account =
            surroundings(&[("TWILIO_AUTH_TOKEN", "new, old,"), ("TWILIO_ACCOUNT_SID", "AC12")]).account().unwrap();
        let tokens: Vec<&str> = account.tokens.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(tokens, ["new", "old"]);
        assert_eq!((account.sid.as_deref(), account.api_url.as_str()), (Some("AC12"), "https://api.twilio.com/"));
        assert!(surroundings(&[("TWILIO_AUTH_TOKEN", " , ")]).account().unwrap().tokens.is_empty());
    }

    #[test]
    fn what_does_not_fit_is_said_with_the_name_of_the_variable() {
        let account = |name, value| surroundings(&[(name, value)]).account().unwrap_err().message;
        assert_eq!(account("TWILIO_ACCOUNT_SID", "SK12"), "`TWILIO_ACCOUNT_SID` is not an account's sid");
        assert_eq!(
            account("TWILIO_API_URL", "api.twilio.com"),
            "`TWILIO_API_URL` is no URL: relative URL without a base"
        );
        let calls = |value| surroundings(&[("IVRC_MAX_CALLS", value)]).most_calls();
        assert_eq!(calls("12").unwrap(), Some(12));
        for wrong in ["0", "many", "-1", ""] {
            assert!(calls(wrong).is_err(), "{wrong}");
        }
        let clock = |value| surroundings(&[("IVRC_DEV_CLOCK", value)]).dev_clock();
        assert!(clock("2026-03-01T12:00:00Z").unwrap().is_some() && clock("noon").is_err());
    }

    #[test]
    fn a_base_url_takes_paths_behind_it() {
        assert!(base_url("https://ivr.example.com/lines/").is_ok());
        for wrong in ["ftp://x.example", "https://x.example/?a", "https://x.example/#a", "https://u:p@x.example", "x"] {
            assert!(base_url(wrong).is_err(), "{wrong}");
        }
    }
}
