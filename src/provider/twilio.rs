//! Twilio Programmable Voice (<https://www.twilio.com/docs/voice>).

mod calls;
mod events;
mod links;
mod markup;
mod recording;
mod rest;
pub mod signature;
mod speech;
mod state;
mod tag;
mod webhook;
mod xml;

use jiff::Timestamp;
use secrecy::SecretString;

use self::rest::Api;
use super::{
    Audio, BadWebhook, CallState, EndFailure, Links, NoAudio, Pending, PlaceCall, PlaceFailure, Provider,
    RedirectFailure, Rejected, Route, TranscriptState, Webhook,
};
use crate::clock::Clock;
use crate::engine::event::EventKind;
use crate::engine::turn::Turn;
use crate::http::client::Client;
use crate::http::{Request, Response};

/// Where Twilio's API is, unless the server's configuration says otherwise.
pub const API_URL: &str = "https://api.twilio.com";

/// An account with Twilio.
#[derive(Debug, Clone)]
pub struct TwilioConfig {
    /// `AC…`.
    pub account_sid: String,
    /// The auth tokens: requests of ours are made with the first, webhooks may be signed with any, so that tokens can
    /// be rotated.
    pub tokens: Vec<SecretString>,
    /// Where the API is: [`API_URL`].
    pub api_url: String,
}

/// Twilio as a provider.
#[derive(Debug)]
pub struct Twilio {
    tokens: Vec<SecretString>,
    api: Api,
}

impl Twilio {
    /// Twilio with one account.
    #[must_use]
    pub fn new(config: TwilioConfig, client: Client, clock: Clock) -> Self {
        let api = Api::new(&config, client, clock);
        Self { tokens: config.tokens, api }
    }
}

impl Provider for Twilio {
    fn read(&self, request: &Request, signed_for: Option<&str>) -> Result<Webhook, Rejected> {
        let form = webhook::form(request);
        if let Some(public_url) = signed_for {
            signature::verify(&self.tokens, public_url, request, form.as_ref().ok())?;
        }
        Ok(webhook::read(request, form?)?)
    }

    fn event(&self, route: &Route, webhook: &Webhook) -> Result<Option<EventKind>, BadWebhook> {
        events::event(route, webhook)
    }

    fn render(&self, turn: &Turn, links: &Links) -> String {
        markup::document(turn, links)
    }

    fn document(&self, document: String) -> Response {
        Response::new(200, "text/xml; charset=utf-8", document)
    }

    fn link(&self, public_url: &str, route: &Route) -> String {
        links::link(public_url, route)
    }

    fn place(&self, request: PlaceCall) -> Pending<'_, Result<String, PlaceFailure>> {
        Box::pin(async move { self.api.place(&request).await })
    }

    fn find<'a>(&'a self, to: &'a str, from: &'a str, since: Timestamp) -> Pending<'a, Option<String>> {
        Box::pin(self.api.find(to, from, since))
    }

    fn remember(&self, call_sid: &str) {
        self.api.remember(call_sid);
    }

    fn redirect<'a>(&'a self, call_sid: &'a str, url: &'a str) -> Pending<'a, Result<(), RedirectFailure>> {
        Box::pin(self.api.redirect(call_sid, url))
    }

    fn end<'a>(&'a self, call_sid: &'a str) -> Pending<'a, Result<(), EndFailure>> {
        Box::pin(self.api.end(call_sid))
    }

    fn transcript<'a>(&'a self, recording_sid: &'a str) -> Pending<'a, TranscriptState> {
        Box::pin(self.api.transcript(recording_sid))
    }

    fn tag(&self, flow: &str, recording_sid: &str) -> Option<String> {
        tag::tag(&self.tokens, flow, recording_sid)
    }

    fn is_tag(&self, flow: &str, recording_sid: &str, tag: &str) -> bool {
        tag::is_tag(&self.tokens, flow, recording_sid, tag)
    }

    fn recording<'a>(&'a self, recording_sid: &'a str) -> Pending<'a, Result<Audio, NoAudio>> {
        Box::pin(self.api.recording(recording_sid))
    }

    fn status<'a>(&'a self, call_sid: &'a str) -> Pending<'a, CallState> {
        Box::pin(self.api.status(call_sid))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Twilio;
    use super::links::sample;
    use super::rest::tests::{Fake, clock, config, json};
    use crate::engine::event::{EventKind, Leg};
    use crate::engine::turn::{Then, Turn};
    use crate::http::client::Client;
    use crate::http::{Headers, Method, Request};
    use crate::provider::{CallState, Provider, Refused, Rejected, Route};

    fn twilio(api_url: &str) -> Arc<dyn Provider> {
        Arc::new(Twilio::new(config(api_url), Client::new().unwrap(), clock()))
    }

    /// A URL as it stands in a document, asked for as Twilio does.
    fn follow(url: &str, body: &str) -> Request {
        let (url, _) = url.split_once('#').unwrap();
        let target = url.strip_prefix("https://ivr.example.com/lines").unwrap().to_owned();
        let fields: Vec<_> = crate::provider::form::decoded(body.as_bytes()).collect();
        let signature = super::signature::sign("second-token", url, &fields);
        let headers = Headers(vec![("X-Twilio-Signature".into(), signature)]);
        Request { method: Method::Post, target, headers, body: body.into() }
    }

    #[test]
    fn every_url_of_a_document_leads_back_into_the_call() {
        let twilio = twilio("http://localhost");
        let links = sample(Leg::Caller);
        let document = twilio.render(&Turn::just(Then::Listen { digits: 1, within: 5_000 }), &links);
        let response = twilio.document(document);
        assert_eq!((response.status, response.headers.get("content-type")), (200, Some("text/xml; charset=utf-8")));
        let document = String::from_utf8(response.body).unwrap();
        let document = roxmltree::Document::parse(&document).unwrap();
        let gather = document.descendants().find(|node| node.has_tag_name("Gather")).unwrap();
        let redirect = document.descendants().find(|node| node.has_tag_name("Redirect")).unwrap();
        let urls = [gather.attribute("action").unwrap(), redirect.text().unwrap()];
        let events = [EventKind::Keys(Leg::Caller, "1".into()), EventKind::Silence(Leg::Caller)];
        for (url, event) in urls.into_iter().zip(events) {
            let request = follow(url, "CallSid=CA1&CallStatus=in-progress&Digits=1");
            let elsewhere = twilio.read(&request, Some("https://ivr.example.com"));
            assert_eq!(elsewhere, Err(Rejected::Refused(Refused::Wrong)));
            let webhook = twilio.read(&request, Some("https://ivr.example.com/lines")).unwrap();
            let route = Route::parse(request.path()).unwrap();
            assert_eq!(twilio.link("https://ivr.example.com/lines", &route), url);
            assert_eq!(twilio.event(&route, &webhook), Ok(Some(event)));
        }
    }

    #[tokio::test]
    async fn requests_can_be_made_from_a_task() {
        let fake = Fake::start(vec![json(200, "{\"status\":\"ringing\"}")]);
        let twilio = twilio(&fake.url());
        let state = tokio::spawn(async move { twilio.status("CA1").await }).await.unwrap();
        assert_eq!(state, CallState::Active);
    }
}
