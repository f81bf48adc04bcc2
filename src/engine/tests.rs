//! The engine on real flows, without any provider: events in, turns and effects out.

mod admission;
mod after;
mod crash;
mod hold;
mod late;
mod limits;
mod listening;
mod names;
mod orders;
mod recording;
mod services;

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use super::effect::{Effect, Entry};
use super::event::{Event, EventKind, Leg, Reply, RequestId};
use super::session::Session;
use super::turn::{SpeechPart, Then, Turn, Utterance};
use super::{Outcome, deadline, step_traced};
use crate::compile::{Inputs, Line, Text, compile};
use crate::eval::CallFacts;
use crate::graph::ways::{Way, shown};
use crate::graph::{Graph, NodeId};
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};

/// A call on a flow, with services that answer at once.
pub(super) struct Phone {
    pub(super) line: Line,
    pub(super) session: Session,
    pub(super) at: Timestamp,
    /// What legs were told, last first to be looked at.
    pub(super) turns: Vec<(Leg, Turn)>,
    /// What was asked of the world, requests to services apart.
    pub(super) effects: Vec<Effect>,
    /// Every request to a service: operation, arguments.
    pub(super) requests: Vec<(String, Vec<crate::value::Value>)>,
    services: Services,
}

/// What services answer: operation and arguments to status and body; none: not yet.
type Services = Box<dyn FnMut(&str, &[crate::value::Value]) -> Option<(u16, Json)>>;

pub(super) fn conditions(variables: &[(&str, &str)]) -> Conditions {
    Conditions {
        purpose: Purpose::Check,
        plain_http: PlainHttp::Anywhere,
        environment: Environment::new(variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))),
        directory: PathBuf::new(),
    }
}

pub(super) fn line(flow: &str, text: &str, settings: &str, variables: &[(&str, &str)]) -> Line {
    let settings = Some(Text { name: format!("{flow}.toml"), text: settings.to_owned() });
    let inputs = Inputs { settings, ..Inputs::alone(flow, text) };
    let compilation = compile(inputs, &conditions(variables));
    let problems: Vec<String> = compilation.diagnostics.iter().map(|d| format!("{} {}", d.code, d.message)).collect();
    compilation.line.unwrap_or_else(|| panic!("{problems:#?}"))
}

/// A call that has just come in.
pub(super) fn session(line: &Line, from: Option<&str>, started: Timestamp) -> Session {
    let facts = CallFacts {
        from: from.map(Into::into),
        to: Some("+15550100100".into()),
        verified: false,
        sid: "CA1".into(),
        started,
    };
    let graph = &line.graph;
    Session::new(graph.name.clone(), graph.version.clone(), facts, graph.entry)
}

impl Phone {
    /// Calls a flow of this text.
    pub(super) fn on(text: &str) -> Self {
        Self::calls(line("test", text, "", &[]), Some("+15551110000"))
    }

    /// Calls the flow that is shipped.
    pub(super) fn on_xmatters(settings: &str) -> Self {
        let secrets = [
            ("IVR_XMATTERS_XM_USER", "svc"),
            ("IVR_XMATTERS_XM_PASS", "pass"),
            ("IVR_XMATTERS_BITLY_TOKEN", "token"),
            ("IVR_XMATTERS_EVENT_TRIGGER", "/api/start?apiKey=1"),
            ("IVR_XMATTERS_MISSED_TRIGGER", "/api/missed?apiKey=2"),
        ];
        let settings = format!("xmatters_url = \"https://acme.example.com\"\n{settings}");
        let text = include_str!("../../flows/xmatters.ivr");
        Self::calls(line("xmatters", text, &settings, &secrets), Some("+15551110000"))
    }

    pub(super) fn calls(line: Line, from: Option<&str>) -> Self {
        let at: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let session = session(&line, from, at);
        let services: Services = Box::new(|_, _| Some((503, json!({}))));
        Self { line, session, at, turns: Vec::new(), effects: Vec::new(), requests: Vec::new(), services }
    }

    /// What services answer from now on.
    pub(super) fn served(
        mut self,
        services: impl FnMut(&str, &[crate::value::Value]) -> Option<(u16, Json)> + 'static,
    ) -> Self {
        self.services = Box::new(services);
        self
    }

    pub(super) fn begins(mut self) -> Self {
        self.happens(EventKind::Continue(Leg::Caller));
        self
    }

    /// An event, and whatever services reply to what it asks for. Between any two events the session is stored.
    pub(super) fn happens(&mut self, kind: EventKind) -> &mut Self {
        self.turns.clear();
        self.effects.clear();
        self.event(kind);
        self
    }

    fn event(&mut self, kind: EventKind) {
        let mut outcome = step_traced(&self.line.graph, &mut self.session, Event { at: self.at, kind });
        self.turns.append(&mut outcome.turns);
        no_other_way(&self.line.graph, &outcome.trace.ways);
        let Outcome { effects, .. } = outcome;
        let mut replies = Vec::new();
        for effect in effects {
            match effect {
                Effect::Fetch(requests) => {
                    replies.extend(requests.into_iter().filter_map(|request| self.reply(&request)));
                }
                other => self.effects.push(other),
            }
        }
        for reply in replies {
            self.event(EventKind::Replies(vec![reply]));
        }
    }

    fn reply(&mut self, request: &super::effect::ServiceRequest) -> Option<(RequestId, Reply)> {
        let name = self.line.graph.operations[usize::from(request.operation.0)].name.to_string();
        self.requests.push((name.clone(), request.args.clone()));
        let (status, body) = (self.services)(&name, &request.args)?;
        let body = serde_json::to_vec(&body).unwrap();
        Some((request.id, Reply::Response { status, body: body.into() }))
    }

    /// Through the store and back: nothing that matters is lost.
    pub(super) fn restarts(&mut self) -> &mut Self {
        let stored = serde_json::to_string(&self.session).unwrap();
        self.session = serde_json::from_str(&stored).unwrap();
        self.turns.clear();
        self.effects.clear();
        let outcome = super::recover(&self.line.graph, &mut self.session, self.at);
        self.turns = outcome.turns;
        self.effects = outcome.effects;
        self
    }

    pub(super) fn presses(&mut self, key: char) -> &mut Self {
        self.happens(EventKind::Keys(Leg::Caller, key.to_string()))
    }

    pub(super) fn is_silent(&mut self) -> &mut Self {
        self.happens(EventKind::Silence(Leg::Caller))
    }

    pub(super) fn goes_on(&mut self) -> &mut Self {
        self.happens(EventKind::Continue(Leg::Caller))
    }

    pub(super) fn waits(&mut self, seconds: i64) -> &mut Self {
        self.at += SignedDuration::from_secs(seconds);
        self
    }

    /// Lets time pass until the session wants to be woken, and wakes it.
    pub(super) fn sleeps(&mut self) -> &mut Self {
        self.at = deadline(&self.session).expect("a deadline");
        self.happens(EventKind::Tick)
    }

    pub(super) fn records(&mut self, seconds: u32, key: Option<char>) -> &mut Self {
        let n = self.session.turns;
        self.happens(EventKind::Recorded {
            sid: format!("RE{n}"),
            url: format!("https://rec.example/{n}"),
            seconds,
            key,
            hung_up: false,
        })
    }

    /// What the caller was told last.
    pub(super) fn turn(&self) -> &Turn {
        self.turn_of(&Leg::Caller)
    }

    pub(super) fn turn_of(&self, leg: &Leg) -> &Turn {
        let mine = self.turns.iter().rev().find(|(whose, _)| whose == leg);
        &mine.unwrap_or_else(|| panic!("{leg:?} was told nothing: {:?}", self.turns)).1
    }

    pub(super) fn hears(&self, texts: &[&str]) -> &Self {
        let heard = words(self.turn());
        let mut rest = heard.as_str();
        for text in texts {
            let found = rest.split_once(text);
            rest = found.unwrap_or_else(|| panic!("`{text}` is not in order in: {heard}")).1;
        }
        self
    }

    pub(super) fn hears_only(&self, text: &str) -> &Self {
        assert_eq!(words(self.turn()), text);
        self
    }

    pub(super) fn then(&self) -> &Then {
        &self.turn().then
    }

    pub(super) fn log(&self) -> Vec<&Entry> {
        self.effects.iter().filter_map(|e| if let Effect::Log(entry) = e { Some(entry) } else { None }).collect()
    }

    /// Operations asked for since the beginning.
    pub(super) fn asked(&self, operation: &str) -> usize {
        self.requests.iter().filter(|(name, _)| name == operation).count()
    }
}

/// Whatever happens, a call takes the ways of its graph and no other.
pub(super) fn no_other_way(graph: &Graph, taken: &[(NodeId, Way)]) {
    for (node, way) in taken {
        let known = graph.ways(*node);
        assert!(known.iter().any(|(known, _)| known == way), "{} is none of {known:?}", shown(graph, (*node, *way)));
    }
}

/// All words of a turn.
pub(super) fn words(turn: &Turn) -> String {
    let mut all = Vec::new();
    for utterance in &turn.heard {
        match utterance {
            Utterance::Say { parts, .. } => all.extend(parts.iter().filter_map(|part| match part {
                SpeechPart::Text(text) => Some(text.clone()),
                SpeechPart::Break(_) => None,
            })),
            Utterance::Play { url } => all.push(format!("♪{url}")),
            Utterance::Pause { .. } => {}
        }
    }
    all.join(" ")
}

/// Services of the xMatters flow when all is well.
#[expect(clippy::unnecessary_wraps, reason = "it is one of many `Services`")]
pub(super) fn well(operation: &str, _: &[crate::value::Value]) -> Option<(u16, Json)> {
    let person = |id: &str, first: &str| json!({ "member": { "recipientType": "PERSON", "status": "ACTIVE", "targetName": id, "firstName": first, "lastName": "Lee" } });
    Some(match operation {
        "xmatters.summary" => (200, json!([{ "group": {} }])),
        "xmatters.on_call" => {
            (200, json!({ "data": [{ "members": { "data": [person("ann", "Ann"), person("bob", "Bob")] } }] }))
        }
        "xmatters.devices" => (
            200,
            json!({ "data": [{ "deviceType": "EMAIL" }, { "deviceType": "VOICE", "phoneNumber": "+15557770001" }] }),
        ),
        "xmatters.events" => (200, json!({ "data": [{ "conference": { "bridgeNumber": "778899" } }] })),
        "workflow.start" => (202, json!({ "requestId": "req-1" })),
        "workflow.missed" => (202, json!({})),
        "bitly.shorten" => (200, json!({ "link": "http://bit.ly/1" })),
        "jokes.random" => (200, json!({ "joke": "Kernel." })),
        _ => (404, json!({})),
    })
}
