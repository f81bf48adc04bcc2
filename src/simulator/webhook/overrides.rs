//! Connection overrides in the fragment of a webhook's URL: `#rc=3&rp=ct,5xx`.
//!
//! Source: <https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>.

use std::time::Duration;

/// How often and why a webhook is tried again, and how long it may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Overrides {
    /// Attempts after the first.
    pub(super) retries: u32,
    /// What a failure must be to be tried again.
    pub(super) policy: Vec<Reason>,
    /// For one reply.
    pub(super) read_timeout: Duration,
    /// For all attempts.
    pub(super) total_timeout: Duration,
}

/// A reason for trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Connect,
    Read,
    ClientError,
    ServerError,
}

impl Default for Overrides {
    fn default() -> Self {
        let timeout = Duration::from_secs(15);
        Self { retries: 1, policy: vec![Reason::Connect], read_timeout: timeout, total_timeout: timeout }
    }
}

/// Splits a URL into what is requested (and signed) and its overrides; the complaint names what is ignored.
pub(super) fn split(url: &str) -> (&str, Overrides, Option<String>) {
    let mut overrides = Overrides::default();
    let Some((place, fragment)) = url.split_once('#') else { return (url, overrides, None) };
    let mut complaint = None;
    for part in fragment.split('&').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        if overrides.set(key, value).is_none() {
            complaint = Some(format!("the override `{part}` means nothing"));
        }
    }
    (place, overrides, complaint)
}

impl Overrides {
    fn set(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "rc" => self.retries = value.parse().ok().filter(|count| *count <= 5)?,
            "rt" => self.read_timeout = milliseconds(value, 15_000)?,
            "tt" => self.total_timeout = milliseconds(value, 15_000)?,
            "ct" => drop(milliseconds(value, 10_000)?),
            "rp" => self.policy = policy(value)?,
            "sni" if matches!(value, "y" | "n") => {}
            "e" if !value.is_empty() => {}
            _ => return None,
        }
        Some(())
    }

    /// Whether a failure of this kind is tried again.
    pub(super) fn again(&self, reason: Reason) -> bool {
        self.policy.contains(&reason)
    }
}

fn milliseconds(value: &str, most: u64) -> Option<Duration> {
    value.parse().ok().filter(|time| (100..=most).contains(time)).map(Duration::from_millis)
}

fn policy(value: &str) -> Option<Vec<Reason>> {
    let mut reasons = Vec::new();
    for word in value.split(',') {
        match word {
            "ct" => reasons.push(Reason::Connect),
            "rt" => reasons.push(Reason::Read),
            "4xx" => reasons.push(Reason::ClientError),
            "5xx" => reasons.push(Reason::ServerError),
            "all" => reasons.extend([Reason::Connect, Reason::Read, Reason::ClientError, Reason::ServerError]),
            _ => return None,
        }
    }
    Some(reasons)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_are_read_and_not_part_of_the_url() {
        let (url, overrides, complaint) = split("https://a.example/b?c=d#rc=3&rp=ct,5xx&tt=9000");
        assert_eq!(url, "https://a.example/b?c=d");
        assert_eq!(complaint, None);
        assert_eq!(overrides.retries, 3);
        assert!(overrides.again(Reason::Connect) && overrides.again(Reason::ServerError));
        assert!(!overrides.again(Reason::Read));
        assert_eq!(overrides.total_timeout, Duration::from_secs(9));
    }

    #[test]
    fn without_a_fragment_only_a_refused_connection_is_tried_again_once() {
        assert_eq!(split("https://a.example/b"), ("https://a.example/b", Overrides::default(), None));
    }

    #[test]
    fn an_override_out_of_range_is_complained_about() {
        for bad in ["rc=6", "rp=later", "tt=15001", "x=1"] {
            assert!(split(&format!("https://a.example/#{bad}")).2.is_some(), "{bad}");
        }
    }
}
