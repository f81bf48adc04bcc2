//! Legs and transcripts that exist: moving, ending and asking for them.

use serde_json::Value;

use super::events::spoken;
use super::rest::{Api, Reply, text};
use super::webhook::{ended, id};
use crate::provider::{CallState, EndFailure, RedirectFailure, TranscriptState};

/// How often a change of a leg is repeated.
const CHANGE_REPEATS: u32 = 3;

/// How often a question is repeated; it will be asked again soon enough.
const QUESTION_REPEATS: u32 = 1;

/// "Call is not in-progress. Cannot redirect." (<https://www.twilio.com/docs/api/errors/21220>)
const NOT_IN_PROGRESS: u64 = 21220;

impl Api {
    /// Makes a leg ask for a URL at once.
    pub(super) async fn redirect(&self, call_sid: &str, url: &str) -> Result<(), RedirectFailure> {
        self.change(call_sid, &[("Url", url), ("Method", "POST")]).await
    }

    /// Ends a leg in whatever state it is: `completed`, unlike `canceled`, also ends one that was answered just now.
    pub(super) async fn end(&self, call_sid: &str) -> Result<(), EndFailure> {
        match self.change(call_sid, &[("Status", "completed")]).await {
            Ok(()) | Err(RedirectFailure::Gone) => Ok(()),
            Err(RedirectFailure::Failed) => Err(EndFailure),
        }
    }

    async fn change(&self, call_sid: &str, fields: &[(&str, &str)]) -> Result<(), RedirectFailure> {
        // What cannot be an id is nobody's leg, and must not become part of a URL.
        let call_sid = id(call_sid).ok_or(RedirectFailure::Gone)?;
        let request = self.post(&format!("Calls/{call_sid}.json"), fields);
        let reply = self.send_patiently(request, CHANGE_REPEATS).await.ok_or(RedirectFailure::Failed)?;
        if reply.is_success() {
            return Ok(());
        }
        if reply.status == 404 || reply.code() == Some(NOT_IN_PROGRESS) {
            return Err(RedirectFailure::Gone);
        }
        tracing::warn!(status = reply.status, code = reply.code(), "Twilio does not change a leg");
        Err(RedirectFailure::Failed)
    }

    /// Asks for the state of a leg.
    pub(super) async fn status(&self, call_sid: &str) -> CallState {
        let Some(call_sid) = id(call_sid) else { return CallState::Unknown };
        let reply = self.ask(&format!("Calls/{call_sid}.json")).await;
        match reply.as_ref().and_then(|reply| reply.text("status")) {
            Some("queued" | "initiated" | "ringing" | "in-progress") => CallState::Active,
            Some(status) => ended(status).map_or(CallState::Unknown, CallState::Ended),
            None => CallState::Unknown,
        }
    }

    /// Asks for the transcript of a recording (<https://www.twilio.com/docs/voice/api/recording-transcription>).
    pub(super) async fn transcript(&self, recording_sid: &str) -> TranscriptState {
        let Some(recording_sid) = id(recording_sid) else { return TranscriptState::Unknown };
        let reply = self.ask(&format!("Recordings/{recording_sid}/Transcriptions.json")).await;
        let transcripts = reply.as_ref().and_then(|reply| reply.body.get("transcriptions")).and_then(Value::as_array);
        transcripts.map_or(TranscriptState::Unknown, |transcripts| best(transcripts))
    }

    async fn ask(&self, path: &str) -> Option<Reply> {
        self.send_patiently(self.get(path), QUESTION_REPEATS).await.filter(Reply::is_success)
    }
}

/// The state of several transcripts of one recording: a text, or else the hope for one.
fn best(transcripts: &[Value]) -> TranscriptState {
    let mut state = TranscriptState::Unknown;
    for transcript in transcripts {
        match text(transcript, "status") {
            Some("completed") => match text(transcript, "transcription_text").and_then(spoken) {
                Some(text) => return TranscriptState::Done(text),
                None if state == TranscriptState::Unknown => state = TranscriptState::Failed,
                None => {}
            },
            Some("in-progress") => state = TranscriptState::InProgress,
            Some("failed") if state == TranscriptState::Unknown => state = TranscriptState::Failed,
            _ => {}
        }
    }
    state
}

#[cfg(test)]
mod tests;
