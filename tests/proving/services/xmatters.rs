//! xMatters: the REST API, and the two HTTP triggers of the workflow.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{Keys, Request, State};
use crate::proving::http::{Answer, Asked};
use crate::proving::world::page;

pub(super) fn operation(asked: &Asked, keys: &Keys) -> Option<(&'static str, Option<String>)> {
    let path = asked.path();
    let query = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(asked.query().as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    };
    let trigger = |key: &str| asked.method == "POST" && asked.target == key;
    if trigger(&keys.event_trigger) {
        return Some(("workflow.start", None));
    }
    if trigger(&keys.missed_trigger) {
        return Some(("workflow.missed", None));
    }
    if asked.method != "GET" {
        return None;
    }
    if let Some(id) = path.strip_prefix("/api/xm/1/people/").and_then(|rest| rest.strip_suffix("/devices")) {
        let id = percent_decode_str(id).decode_utf8_lossy().into_owned();
        return Some(("xmatters.devices", Some(id)));
    }
    match path {
        "/api/xm/1/on-call" => Some(("xmatters.on_call", query("groups"))),
        "/api/xm/1/on-call-summary" => Some(("xmatters.summary", query("groups"))),
        "/api/xm/1/events" => Some(("xmatters.events", query("requestId"))),
        _ => None,
    }
}

pub(super) fn answer(state: &mut State, request: &Request) -> Answer {
    let authorization = request.asked.header("authorization");
    if request.operation.starts_with("workflow.") {
        if authorization.is_some() {
            state.complaints.push(format!("{} shows credentials that are none of its business", request.operation));
        }
        return trigger(state, request);
    }
    let wanted = format!("Basic {}", STANDARD.encode(format!("{}:{}", state.keys.user, state.keys.password)));
    if authorization != Some(wanted.as_str()) {
        state.complaints.push(format!("{}: wrong credentials", request.operation));
        return error(401, "Unauthorized", "The credentials are not valid.");
    }
    let about = request.about.as_deref().unwrap_or_default();
    match request.operation {
        "xmatters.devices" => match state.world.devices(about) {
            Some(devices) => Answer::json(200, &devices),
            None => error(404, "Not Found", "Could not find a person with that id."),
        },
        "xmatters.on_call" => {
            let at = request.query.iter().find(|(name, _)| name == "at").map(|(_, at)| at.parse());
            match at {
                Some(Ok(at)) => Answer::json(200, &state.world.on_call_of(about, at)),
                _ => error(400, "Bad Request", "The parameter `at` is no time in ISO 8601."),
            }
        }
        "xmatters.summary" => Answer::json(200, &state.world.summary(about)),
        "xmatters.events" => Answer::json(200, &events(state, about)),
        other => unreachable!("{other}"),
    }
}

/// The trigger of a workflow: accepted, and given a request id.
fn trigger(state: &mut State, request: &Request) -> Answer {
    if request.operation == "workflow.start" {
        state.events += 1;
    }
    Answer::json(202, &json!({ "requestId": format!("req-{}", state.events) }))
}

/// The events of a request: one, with its bridge open.
fn events(state: &State, request: &str) -> Value {
    let known = (1..=state.events).any(|number| request == format!("req-{number}"));
    let event = json!({ "id": "0d0d0d0d", "eventId": "408005", "name": "Conference", "eventType": "USER",
                        "created": "2026-03-02T14:00:00.000Z", "priority": "MEDIUM", "status": "ACTIVE",
                        "conference": { "bridgeId": 17, "bridgeNumber": "778899", "type": "XMATTERS" } });
    page(if known { std::slice::from_ref(&event) } else { &[] }, "/api/xm/1/events")
}

fn error(status: u16, reason: &str, message: &str) -> Answer {
    Answer::json(status, &json!({ "code": status, "reason": reason, "message": message }))
}
