//! Sending a webhook: attempts, redirects, time limits.

use std::time::Duration;

use jiff::Timestamp;
use tokio::task::AbortHandle;
use url::form_urlencoded::Serializer;

use super::log::Webhook;
use super::overrides::{self, Overrides, Reason};
use super::{Hook, Params, Purpose};
use crate::http::client::{Failure, Outgoing};
use crate::http::{Headers, Method, Response};
use crate::simulator::config::Retry;
use crate::simulator::due::Due;
use crate::simulator::faults::{Doubling, Signing};
use crate::simulator::leg::Activity;
use crate::simulator::markup;
use crate::simulator::person::Cue;
use crate::simulator::problem::Problem;
use crate::simulator::signature;
use crate::simulator::timeline::{Key, between, later};
use crate::simulator::transcript::What;
use crate::simulator::world::{Message, World};

/// HTTP redirects that are followed (error 11215).
const REDIRECTS: u32 = 10;

/// Names a webhook under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::simulator) struct FlightId(u64);

/// A webhook under way.
#[derive(Debug)]
pub(in crate::simulator) struct Flight {
    hook: Hook,
    /// Its place in the log.
    index: usize,
    overrides: Overrides,
    /// Where it goes now, after redirects; without fragment.
    url: String,
    method: Method,
    redirects: u32,
    attempts: u32,
    begun: Timestamp,
    signing: Signing,
    /// The reply is to be lost on the way.
    lost: bool,
    /// It was: nothing is under way any more, only the time limit.
    silent: bool,
    doubling: Option<Doubling>,
    timer: Option<Key>,
    abort: Option<AbortHandle>,
}

/// What an attempt came to.
#[derive(Debug)]
pub(in crate::simulator) struct Reply {
    pub(in crate::simulator) flight: FlightId,
    attempt: u32,
    result: Result<Response, Failure>,
}

/// Why an attempt failed, and whether that is a reason to try again.
struct Setback {
    code: u32,
    text: String,
    reason: Option<Reason>,
}

impl Flight {
    /// Whether something of it is under way.
    pub(in crate::simulator) fn is_open(&self) -> bool {
        !self.silent
    }

    /// For messages.
    pub(in crate::simulator) fn name(&self) -> String {
        format!("{} {}", self.hook.kind, self.url)
    }
}

impl World {
    /// Sends a planned webhook, unless its leg no longer waits for it.
    pub(in crate::simulator) fn launch(&mut self, hook: &Hook) {
        if matches!(hook.purpose, Purpose::Document(_)) && !self.awaits(hook) {
            return;
        }
        let (url, overrides, complaint) = overrides::split(&hook.target.url);
        let (url, method) = (url.to_owned(), hook.target.method);
        if let Some(text) = complaint {
            self.note(Some(hook.leg), What::Problem(Problem { code: 11_100, url: hook.target.url.clone(), text }));
        }
        let doubling = if hook.repeats.is_none() { self.faults.doubling(hook.kind, &url) } else { None };
        let signing = self.faults.signing(hook.kind, &url);
        let lost = self.faults.loses(hook.kind, &url);
        let index = self.webhooks.len();
        let flight = Flight {
            index,
            overrides,
            url: url.clone(),
            method,
            redirects: 0,
            attempts: 0,
            begun: self.now,
            signing,
            lost,
            silent: false,
            doubling,
            timer: None,
            abort: None,
            hook: hook.clone(),
        };
        self.flown += 1;
        let id = FlightId(self.flown);
        self.log(&flight);
        self.flights.insert(id, flight);
        self.attempt(id, None);
        if doubling == Some(Doubling::AtOnce) {
            self.launch(&again(hook, index));
        }
        if !self.overlap {
            self.overlap = true;
            self.cue(hook.leg, |cue| matches!(cue, Cue::Asking(fragment) if url.contains(fragment.as_str())));
            self.overlap = false;
        }
    }

    fn awaits(&self, hook: &Hook) -> bool {
        self.leg(hook.leg).is_some_and(|leg| matches!(leg.activity, Activity::Fetching(id) if id == hook.id))
    }

    /// Enters a flight into the log of webhooks.
    fn log(&mut self, flight: &Flight) {
        let params = params(flight);
        let url = if flight.method == Method::Get { with_query(&flight.url, &params) } else { flight.url.clone() };
        self.webhooks.push(Webhook {
            index: flight.index,
            at: self.now,
            kind: flight.hook.kind,
            leg: flight.hook.leg,
            method: flight.method,
            url,
            params,
            token: flight.hook.token.clone(),
            attempts: 0,
            repeats: flight.hook.repeats,
            answered: None,
            status: None,
            headers: Headers::default(),
            body: String::new(),
            failure: None,
        });
    }

    /// Tries once; `after` is why the attempt before failed.
    fn attempt(&mut self, id: FlightId, after: Option<&Setback>) {
        let Some(mut flight) = self.flights.remove(&id) else { return };
        flight.attempts += 1;
        let spent = between(flight.begun, self.now);
        let left = flight.overrides.total_timeout.saturating_sub(spent).min(flight.overrides.read_timeout);
        let outgoing = self.outgoing(&flight);
        flight.timer = Some(self.timeline.plan(later(self.now, left), Due::WebhookTimeout(id)));
        if let Some(entry) = self.webhooks.get_mut(flight.index) {
            entry.attempts = flight.attempts;
        }
        let attempt = flight.attempts;
        let (client, outbox) = (self.client.clone(), self.outbox.clone());
        let (pause, hook) = (self.config.retry_pause, self.config.before_retry.clone());
        let retry = after.map(|after| Retry { url: flight.url.clone(), attempt, reason: after.text.clone() });
        let refused = after.is_some_and(|after| after.reason == Some(Reason::Connect));
        let task = tokio::spawn(async move {
            match (retry, hook) {
                (Some(retry), Some(hook)) => (hook.0)(retry).await,
                // A server that refuses the connection may be starting again.
                (Some(_), None) if refused => tokio::time::sleep(pause).await,
                _ => {}
            }
            let result = client.send(outgoing).await;
            // Nobody listens once the network was stopped.
            let _ = outbox.send(Message::Reply(Reply { flight: id, attempt, result }));
        });
        flight.abort = Some(task.abort_handle());
        self.server.unsettled = true;
        self.flights.insert(id, flight);
    }

    fn outgoing(&self, flight: &Flight) -> Outgoing {
        let params = params(flight);
        let get = flight.method == Method::Get;
        let url = if get { with_query(&flight.url, &params) } else { flight.url.clone() };
        let form: &[(String, String)] = if get { &[] } else { &params };
        let mut outgoing = Outgoing::new(flight.method, self.connect_to(&url));
        let mut add = |name: &str, value: &str| outgoing.headers.push(name, value);
        add("accept", "*/*");
        add("user-agent", "TwilioProxy/1.1");
        add("x-home-region", "us1");
        add("i-twilio-idempotency-token", &flight.hook.token);
        match flight.signing {
            Signing::Good => add("x-twilio-signature", &signature::sign(&self.config.auth_token, &url, form)),
            Signing::Bad => add("x-twilio-signature", &signature::sign("another token", &url, form)),
            Signing::Missing => {}
        }
        if let Some(cookies) = self.leg(flight.hook.leg).map(|leg| &leg.cookies).filter(|cookies| !cookies.is_empty()) {
            let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            add("cookie", &pairs.join("; "));
        }
        if !get {
            add("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
            outgoing.body = Some(Serializer::new(String::new()).extend_pairs(&params).finish().into_bytes());
        }
        // A server whose clock is moved by us may answer late in real time; its limit is virtual.
        outgoing.timeout = if self.is_controlled() { Duration::from_mins(1) } else { Duration::from_secs(15) };
        outgoing
    }

    /// The URL by which a server is reached that calls itself something else.
    fn connect_to(&self, url: &str) -> String {
        self.config
            .forward
            .iter()
            .find_map(|(from, to)| url.strip_prefix(from.as_str()).map(|rest| format!("{to}{rest}")))
            .unwrap_or_else(|| url.to_owned())
    }

    /// Takes in what an attempt came to.
    pub(in crate::simulator) fn arrived(&mut self, reply: Reply) {
        self.server.unsettled = true;
        let Some(flight) = self.flights.get_mut(&reply.flight) else { return };
        if flight.attempts != reply.attempt {
            return;
        }
        let (index, lost) = (flight.index, flight.lost);
        flight.silent = lost;
        if let (Ok(response), Some(entry)) = (&reply.result, self.webhooks.get_mut(index)) {
            entry.answered = Some(self.now);
            entry.status = Some(response.status);
            entry.headers = response.headers.clone();
            entry.body = String::from_utf8_lossy(&response.body).into_owned();
        }
        if lost {
            // The time limit will find out.
            return;
        }
        match reply.result {
            Ok(response) if matches!(response.status, 301 | 302 | 303 | 307 | 308) => {
                self.follow(reply.flight, &response);
            }
            Ok(response) if (200..300).contains(&response.status) => self.delivered(reply.flight, &response),
            Ok(response) => {
                let reason = match response.status {
                    400..500 => Some(Reason::ClientError),
                    500.. => Some(Reason::ServerError),
                    _ => None,
                };
                let text = format!("status {}", response.status);
                self.setback(reply.flight, &Setback { code: 11_200, text, reason });
            }
            Err(failure) => {
                let reason = match failure {
                    Failure::Connect(_) => Some(Reason::Connect),
                    Failure::Timeout | Failure::Lost(_) => Some(Reason::Read),
                    _ => None,
                };
                let code = if matches!(failure, Failure::TooLarge { .. }) { 11_750 } else { 11_205 };
                self.setback(reply.flight, &Setback { code, text: failure.to_string(), reason });
            }
        }
    }

    /// The time limit of an attempt has come.
    pub(in crate::simulator) fn webhook_timeout(&mut self, id: FlightId) {
        let Some(flight) = self.flights.get_mut(&id) else { return };
        if let Some(abort) = flight.abort.take() {
            abort.abort();
        }
        flight.lost = false;
        flight.silent = false;
        let text = "no reply in time".to_owned();
        self.setback(id, &Setback { code: 11_205, text, reason: Some(Reason::Read) });
    }

    /// An attempt failed: again, or not.
    fn setback(&mut self, id: FlightId, setback: &Setback) {
        let Some(flight) = self.flights.get(&id) else { return };
        if let Some(timer) = flight.timer {
            self.timeline.cancel(timer);
        }
        let in_time = between(flight.begun, self.now) < flight.overrides.total_timeout;
        let allowed = setback.reason.is_some_and(|reason| flight.overrides.again(reason));
        if allowed && in_time && flight.attempts <= flight.overrides.retries {
            return self.attempt(id, Some(setback));
        }
        let Some(flight) = self.flights.remove(&id) else { return };
        if let Some(entry) = self.webhooks.get_mut(flight.index) {
            entry.failure = Some(setback.text.clone());
        }
        self.without_reply(&flight.hook, flight.index, setback.code, &setback.text, &flight.url);
    }

    /// Goes where a reply points to. What only this webhook carried is not sent there.
    fn follow(&mut self, id: FlightId, response: &Response) {
        let Some(mut flight) = self.flights.remove(&id) else { return };
        if let Some(timer) = flight.timer.take() {
            self.timeline.cancel(timer);
        }
        let location = response.headers.get("location").unwrap_or_default();
        flight.redirects += 1;
        let failure = if flight.redirects > REDIRECTS {
            Err(format!("more than {REDIRECTS} redirects"))
        } else {
            markup::resolve(Some(&flight.url), location)
        };
        match failure {
            Err(text) => self.without_reply(&flight.hook, flight.index, 11_215, &text, &flight.url),
            Ok(url) => {
                url.split('#').next().unwrap_or_default().clone_into(&mut flight.url);
                if response.status < 307 {
                    flight.method = Method::Get;
                }
                flight.index = self.webhooks.len();
                flight.attempts = 0;
                self.log(&flight);
                self.flights.insert(id, flight);
                self.attempt(id, None);
            }
        }
    }

    /// A reply with a status of success.
    fn delivered(&mut self, id: FlightId, response: &Response) {
        let Some(flight) = self.flights.remove(&id) else { return };
        if let Some(timer) = flight.timer {
            self.timeline.cancel(timer);
        }
        if let Some(leg) = self.leg_mut(flight.hook.leg) {
            remember(&mut leg.cookies, &response.headers);
        }
        if flight.doubling == Some(Doubling::Afterwards) {
            self.plan_now(Due::Hook(Box::new(again(&flight.hook, flight.index))));
        }
        match flight.hook.purpose {
            Purpose::Document(place) => self.perform(&flight.hook, flight.index, place, flight.url, response),
            Purpose::Notice => self.check_notice(&flight, response),
        }
    }

    /// A notice is answered with nothing, or with a document that is not performed (error 12300).
    fn check_notice(&mut self, flight: &Flight, response: &Response) {
        let kind = response.headers.get("content-type").unwrap_or_default();
        if self.config.strict && !response.body.is_empty() && !kind.contains("/xml") {
            let text = format!("a notice was answered with `{kind}`; nothing or XML is expected");
            self.note(Some(flight.hook.leg), What::Problem(Problem { code: 12_300, url: flight.url.clone(), text }));
        }
    }
}

/// What a flight carries: after a redirect only what every webhook carries.
fn params(flight: &Flight) -> Params {
    let mut params = flight.hook.standard.clone();
    if flight.redirects == 0 {
        params.extend(flight.hook.own.iter().cloned());
    }
    params
}

/// The same webhook once more; its reply does not matter.
fn again(hook: &Hook, index: usize) -> Hook {
    Hook { purpose: Purpose::Notice, repeats: Some(index), ..hook.clone() }
}

fn with_query(url: &str, params: &[(String, String)]) -> String {
    if params.is_empty() {
        return url.to_owned();
    }
    let query = Serializer::new(String::new()).extend_pairs(params).finish();
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}{query}")
}

fn remember(cookies: &mut Vec<(String, String)>, headers: &Headers) {
    for (_, value) in headers.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
        let Some((name, value)) = value.split(';').next().and_then(|pair| pair.split_once('=')) else { continue };
        cookies.retain(|(known, _)| known != name.trim());
        cookies.push((name.trim().to_owned(), value.trim().to_owned()));
    }
}
