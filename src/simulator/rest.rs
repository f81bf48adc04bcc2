//! The provider's API, as far as a phone line needs it: calls, recordings, transcriptions, numbers.
//!
//! Source: <https://www.twilio.com/docs/voice/api>, shapes as in `twilio_api_v2010.json` of twilio-oai.

mod audio;
mod calls;
mod media;
mod numbers;
mod reply;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::oneshot;
use url::form_urlencoded;

use self::reply::Answer;
use super::faults::ApiFault;
use super::transcript::What;
use super::webhook::ApiRequest;
use super::world::World;
use crate::http::{Method, Request, Response};

/// A request, taken apart.
struct Asked<'a> {
    method: Method,
    /// The parts of the path below the account, without `.json`.
    path: Vec<&'a str>,
    /// What stands after the last dot of the path.
    suffix: &'a str,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
    /// Path and query, for replies that name themselves.
    target: &'a str,
}

impl Asked<'_> {
    /// A field of the form; none if it is missing or empty.
    fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a field that may be repeated.
    fn fields<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b str> {
        self.form.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query.
    fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl World {
    /// Answers a request to the API.
    pub(super) fn serve(&mut self, request: &Request, reply: oneshot::Sender<Response>) {
        self.server.unsettled = true;
        let line = format!("{} {}", request.method, request.target);
        let form: Vec<(String, String)> = form_urlencoded::parse(&request.body).into_owned().collect();
        let fault = self.faults.api(&line);
        let response = match fault {
            Some(ApiFault::Refused { status, code }) => Some(reply::refused(status, code, "as the test wants it")),
            Some(ApiFault::Lost) => None,
            Some(ApiFault::DoneWithoutReply) => {
                self.answer(request, form.clone());
                None
            }
            None => Some(self.answer(request, form.clone())),
        };
        let index = self.requests.len();
        let status = response.as_ref().map(|response| response.status);
        self.requests.push(ApiRequest {
            index,
            at: self.now,
            method: request.method,
            target: request.target.clone(),
            params: form,
            status,
            body: response
                .as_ref()
                .map(|response| String::from_utf8_lossy(&response.body).into_owned())
                .unwrap_or_default(),
        });
        self.note(None, What::Requested { request: index, line, status });
        match response {
            // The server may have given up.
            Some(response) => drop(reply.send(response)),
            None => self.withheld.push(reply),
        }
    }

    fn answer(&mut self, request: &Request, form: Vec<(String, String)>) -> Response {
        if let Some(response) = self.storage(request) {
            return response;
        }
        let not_found = || reply::not_found(request.path());
        let prefix = format!("/2010-04-01/Accounts/{}", self.config.account_sid);
        let Some(rest) = request.path().strip_prefix(&prefix) else { return not_found() };
        let (rest, suffix) = match rest.rsplit_once('.') {
            Some((rest, suffix)) if !suffix.contains('/') => (rest, suffix),
            _ => (rest, ""),
        };
        let path: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
        let query = form_urlencoded::parse(request.query().as_bytes()).into_owned().collect();
        let asked = Asked { method: request.method, path, suffix, query, form, target: &request.target };
        let authorized = self.is_authorized(request);
        if suffix != "json" {
            return self.audio(&asked, authorized);
        }
        if !authorized {
            return reply::refused(401, 20_003, "Authenticate");
        }
        let answer = match (asked.method, asked.path.as_slice()) {
            (Method::Post, ["Calls"]) => self.create_call(&asked),
            (Method::Get, ["Calls"]) => Ok(self.list_calls(&asked)),
            (Method::Get, ["Calls", sid]) => self.fetch_call(sid),
            (Method::Post, ["Calls", sid]) => self.update_call(sid, &asked),
            (Method::Delete, ["Calls", sid]) => self.delete_call(sid),
            (Method::Get, ["Recordings", sid]) => self.fetch_recording(sid),
            (Method::Delete, ["Recordings", sid]) => self.delete_recording(sid),
            (Method::Get, ["Calls", sid, "Recordings"]) => self.list_recordings(sid, &asked),
            (Method::Get, ["Recordings", sid, "Transcriptions"]) => self.list_transcriptions(sid, &asked),
            (Method::Get, ["Transcriptions", sid] | ["Recordings", _, "Transcriptions", sid]) => {
                self.fetch_transcription(sid)
            }
            (Method::Get, ["IncomingPhoneNumbers"]) => Ok(self.list_numbers(&asked)),
            (Method::Get, ["IncomingPhoneNumbers", sid]) => self.fetch_number(sid),
            (Method::Post, ["IncomingPhoneNumbers", sid]) => self.update_number(sid, &asked),
            _ => Err(Answer::Missing),
        };
        match answer {
            Ok(response) => response,
            Err(Answer::Missing) => not_found(),
            Err(Answer::Refused(code, text)) => reply::refused(400, code, &text),
        }
    }

    fn is_authorized(&self, request: &Request) -> bool {
        let wanted = STANDARD.encode(format!("{}:{}", self.config.account_sid, self.config.auth_token));
        let given = request.headers.get("authorization").and_then(|value| value.split_once(' '));
        given.is_some_and(|(scheme, value)| scheme.eq_ignore_ascii_case("basic") && value.trim() == wanted)
    }
}
