//! Requests to the server under test: what they carry, and where their replies go.

mod delivery;
mod log;
mod overrides;

use jiff::Timestamp;

pub(super) use self::delivery::{Flight, FlightId, Reply};
pub use self::log::{ApiRequest, Kind, Webhook};
use super::due::Due;
use super::leg::{Activity, Frame, Leg, LegId};
use super::markup::{self, Page, Role, Target};
use super::problem::Problem;
use super::transcript::What;
use super::world::World;
use crate::http::{Method, Response};

/// Names a webhook from the moment it is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct HookId(u64);

/// Parameters of a webhook.
pub(super) type Params = Vec<(String, String)>;

/// The most documents one leg is given; beyond it the flow goes round in circles.
const DOCUMENTS: u32 = 1000;

/// A webhook that is to be sent.
#[derive(Debug, Clone)]
pub(super) struct Hook {
    pub(super) id: HookId,
    pub(super) kind: Kind,
    pub(super) leg: LegId,
    pub(super) target: Target,
    /// What every webhook of the leg carries, as it was when this one was planned.
    pub(super) standard: Params,
    /// What only this one carries; lost on an HTTP redirect.
    pub(super) own: Params,
    pub(super) token: String,
    pub(super) purpose: Purpose,
    pub(super) repeats: Option<usize>,
}

/// What becomes of the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It is performed.
    Document(Place),
    /// Nothing.
    Notice,
}

/// Where a document is performed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Instead of the current one.
    Instead,
    /// Instead of everything the leg was doing.
    Afresh,
    /// On top of the current one.
    OnTop(Role),
}

/// A pair of a parameter.
pub(super) fn pair(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

/// A time as webhooks and the API write it (RFC 2822).
pub(super) fn rfc2822(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

impl World {
    /// Plans a request for the document that the leg is to perform next.
    pub(super) fn fetch(&mut self, leg: LegId, kind: Kind, target: Target, own: Params, place: Place) {
        let Some(hook) = self.hook(leg, kind, target, own, Purpose::Document(place)) else { return };
        let id = hook.id;
        self.change(leg, Activity::Fetching(id));
        self.plan_now(Due::Hook(Box::new(hook)));
    }

    /// Plans a request whose reply does not matter.
    pub(super) fn notice(&mut self, leg: LegId, kind: Kind, target: Target, own: Params) {
        if let Some(hook) = self.hook(leg, kind, target, own, Purpose::Notice) {
            if self.overlap {
                self.launch(&hook);
            } else {
                self.plan_now(Due::Hook(Box::new(hook)));
            }
        }
    }

    /// A webhook about a leg as it stands.
    pub(super) fn hook(
        &mut self,
        leg: LegId,
        kind: Kind,
        target: Target,
        own: Params,
        purpose: Purpose,
    ) -> Option<Hook> {
        let standard = self.standard(self.leg(leg)?);
        self.hooks += 1;
        let token = self.ids.token();
        Some(Hook { id: HookId(self.hooks), kind, leg, target, standard, own, token, purpose, repeats: None })
    }

    /// The parameters that every webhook about a leg carries. What is not known is sent as an empty text.
    fn standard(&self, leg: &Leg) -> Params {
        let mut params = vec![
            pair("AccountSid", &self.config.account_sid),
            pair("ApiVersion", "2010-04-01"),
            pair("CallSid", &leg.sid),
            pair("CallStatus", leg.status.word()),
            pair("Direction", leg.direction.word()),
        ];
        for (number, names) in [(&leg.from, ["From", "Caller"]), (&leg.to, ["To", "Called"])] {
            let country = if number.starts_with("+1") && number.len() == 12 { "US" } else { "" };
            for name in names {
                params.push(pair(name, number));
                params.push(pair(&format!("{name}Country"), country));
                params.extend(["City", "State", "Zip"].map(|part| pair(&format!("{name}{part}"), "")));
            }
        }
        if let Some(parent) = leg.parent.and_then(|parent| self.leg(parent)) {
            params.push(pair("ParentCallSid", &parent.sid));
        }
        params.extend(leg.own_params.iter().cloned());
        params.extend(self.config.extra_params.iter().cloned());
        params
    }

    /// Performs a reply, or drops it if the leg no longer waits for it.
    fn perform(&mut self, hook: &Hook, index: usize, place: Place, url: String, response: &Response) {
        let strict = self.config.strict;
        let now = self.now;
        let Some(leg) = self.leg_mut(hook.leg) else { return };
        if !matches!(leg.activity, Activity::Fetching(id) if id == hook.id) {
            return;
        }
        let role = match place {
            Place::Instead => leg.role(),
            Place::Afresh => Role::Main,
            Place::OnTop(role) => role,
        };
        let page = Page {
            url: Some(&url),
            content_type: response.headers.get("content-type"),
            body: &response.body,
            role,
            strict,
        };
        let document = match markup::read(page) {
            Ok(document) => document,
            Err(problem) => {
                let (code, reason) = (problem.code, problem.text.clone());
                self.note(Some(hook.leg), What::Problem(problem));
                return self.without_reply(hook, index, code, &reason, &url);
            }
        };
        match place {
            Place::Instead => drop(leg.frames.pop()),
            Place::Afresh => leg.frames.clear(),
            Place::OnTop(_) => {}
        }
        leg.frames.push(Frame { role, url: Some(url), verbs: document.verbs.into(), since: now });
        self.begin_document(hook.leg, document.problems);
    }

    /// Begins the document that was just put on top of a leg's frames.
    pub(super) fn begin_document(&mut self, id: LegId, problems: Vec<Problem>) {
        for problem in problems {
            self.note(Some(id), What::Problem(problem));
        }
        self.change(id, Activity::Idle);
        let Some(leg) = self.leg_mut(id) else { return };
        leg.documents += 1;
        if leg.documents > DOCUMENTS {
            let url = leg.document_url().unwrap_or_default();
            let text = format!("more than {DOCUMENTS} documents in one call");
            self.note(Some(id), What::Problem(Problem { code: 11_215, url, text }));
            return self.application_error(id);
        }
        self.proceed(id);
    }

    /// A webhook brought nothing that can be performed: the fallback URL, or the end.
    fn without_reply(&mut self, hook: &Hook, webhook: usize, code: u32, reason: &str, url: &str) {
        self.note(Some(hook.leg), What::WebhookFailed { webhook, code, reason: reason.to_owned() });
        let Purpose::Document(place) = hook.purpose else { return };
        let Some(leg) = self.leg(hook.leg) else { return };
        if !matches!(leg.activity, Activity::Fetching(id) if id == hook.id) {
            return;
        }
        match leg.fallback.clone().filter(|_| hook.kind != Kind::Fallback) {
            Some(target) => {
                let own = vec![pair("ErrorCode", code.to_string()), pair("ErrorUrl", url)];
                self.fetch(hook.leg, Kind::Fallback, target, own, place);
            }
            None => self.application_error(hook.leg),
        }
    }

    /// "We are sorry, an application error has occurred. Good bye."
    pub(super) fn application_error(&mut self, id: LegId) {
        self.note(Some(id), What::ApplicationError);
        self.complete(id);
    }

    /// A target that is posted to.
    pub(super) fn post_to(url: &str) -> Target {
        Target { url: url.to_owned(), method: Method::Post }
    }
}
