//! The audio of recordings: given by the API itself, or by a storage host to which it redirects.
//!
//! Source: <https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media-file>. That audio needs the account's
//! name and password is a setting of the account; all else in the API needs them always.

use super::Asked;
use super::reply;
use crate::http::{Method, Request, Response};
use crate::simulator::audio::{mp3, wav};
use crate::simulator::world::World;

/// Below which path the storage host has its files.
const STORAGE: &str = "/storage/";

impl World {
    /// `GET Recordings/{sid}`, with `.mp3`, `.wav` or nothing.
    pub(super) fn audio(&self, asked: &Asked<'_>, authorized: bool) -> Response {
        let path = asked.target.split('?').next().unwrap_or_default();
        let (Method::Get | Method::Head, ["Recordings", sid]) = (asked.method, asked.path.as_slice()) else {
            return reply::not_found(path);
        };
        if self.config.media.protected && !authorized {
            return reply::refused(401, 20_003, "Authenticate");
        }
        match self.file(sid, asked.suffix) {
            None => reply::not_found(path),
            Some(_) if self.config.media.stored_elsewhere => {
                let mut response = Response::empty(302);
                response.headers.push("location", format!("{}{STORAGE}{sid}.{}", self.storage_url(), asked.suffix));
                response
            }
            Some(file) => file,
        }
    }

    /// A request to the storage host; none if it is one to the API.
    pub(super) fn storage(&self, request: &Request) -> Option<Response> {
        let (sid, suffix) = request.path().strip_prefix(STORAGE)?.split_once('.')?;
        // As hosts do whose URLs are signed: two ways to prove who one is are one too many.
        if request.headers.get("authorization").is_some() {
            let error = "<Error><Code>InvalidArgument</Code></Error>";
            return Some(Response::new(400, "application/xml", error));
        }
        Some(self.file(sid, suffix).unwrap_or_else(|| Response::new(404, "application/xml", "<Error/>")))
    }

    /// Another host than the API's, as far as names go.
    fn storage_url(&self) -> String {
        self.api.replace("127.0.0.1", "localhost")
    }

    /// The file; none while it is made, and when it is gone.
    fn file(&self, sid: &str, suffix: &str) -> Option<Response> {
        let recording = self.recording_of(sid).ok().filter(|recording| recording.ready)?;
        match suffix {
            "mp3" => Some(Response::new(200, "audio/mpeg", mp3(recording.seconds, &recording.words))),
            "" | "wav" => Some(Response::new(200, "audio/x-wav", wav(recording.seconds))),
            _ => None,
        }
    }
}
