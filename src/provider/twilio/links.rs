//! The URLs that Twilio is given.

use crate::limits::TWILIO;
use crate::provider::Links;
use crate::provider::route::{HoldMark, Mark, Route};

/// What makes Twilio repeat a request up to three times, whatever goes wrong with it: a repeated webhook gets the same
/// answer and changes nothing. By itself Twilio repeats once, and only when no connection can be made. It is cut off
/// before the request and the signature
/// (<https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>).
const OVERRIDES: &str = "#rc=3&rp=all";

/// The URL for a route.
pub(super) fn link(public_url: &str, route: &Route) -> String {
    format!("{}{route}{OVERRIDES}", public_url.trim_end_matches('/'))
}

impl Links {
    /// What comes back after this document.
    pub(super) fn back(&self, mark: Mark) -> String {
        let (flow, call, leg) = (self.flow.clone(), self.call.clone(), self.leg.clone());
        link(&self.public_url, &Route::Turn { flow, call, leg, turn: self.turn, mark })
    }

    /// What comes from a caller on hold.
    pub(super) fn hold(&self, visit: u32, round: u32, mark: HoldMark) -> String {
        let (flow, call) = (self.flow.clone(), self.call.clone());
        link(&self.public_url, &Route::Hold { flow, call, visit, round, mark })
    }

    /// What comes when a transcript is there.
    pub(super) fn transcript(&self) -> String {
        link(&self.public_url, &Route::Transcript { flow: self.flow.clone(), call: self.call.clone() })
    }

    /// The name of the queue that holds the caller; the caller's and the callee's document must agree on it.
    pub(super) fn queue(&self, visit: u32, round: u32) -> String {
        let suffix = format!(".v{visit}.{round}");
        // The end of an overlong token is as unguessable as the whole.
        let room = TWILIO.queue_name.saturating_sub(suffix.len());
        let skipped = self.call.chars().count().saturating_sub(room);
        self.call.chars().skip(skipped).chain(suffix.chars()).collect()
    }
}

#[cfg(test)]
pub(super) fn sample(leg: crate::engine::event::Leg) -> Links {
    Links {
        public_url: "https://ivr.example.com/lines/".into(),
        flow: "xmatters".into(),
        call: "K7f2".into(),
        leg,
        turn: 4,
        called: Some("+18005551212".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{link, sample};
    use crate::engine::event::Leg;
    use crate::provider::route::{Mark, Route};

    #[test]
    fn urls_are_absolute_and_ask_for_repetition() {
        let links = sample(Leg::Callee("L1".into()));
        assert_eq!(links.back(Mark::Join), "https://ivr.example.com/lines/xmatters/l/K7f2/L1/4/join#rc=3&rp=all");
        let status = Route::Status { flow: "x".into() };
        assert_eq!(link("http://h:8080", &status), "http://h:8080/x/status#rc=3&rp=all");
    }

    #[test]
    fn queue_names_fit_and_differ_by_round() {
        let mut links = sample(Leg::Caller);
        assert_eq!(links.queue(2, 1), "K7f2.v2.1");
        links.call = format!("{}{}", "a".repeat(20), "b".repeat(44));
        let name = links.queue(u32::MAX, u32::MAX);
        assert_eq!(name.len(), 64);
        assert!(name.ends_with("bbb.v4294967295.4294967295"), "{name}");
        assert_eq!(links.queue(1, 1), format!("{}{}.v1.1", "a".repeat(15), "b".repeat(44)));
    }
}
