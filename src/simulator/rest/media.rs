//! `Recordings` and `Transcriptions`.
//!
//! Source: <https://www.twilio.com/docs/voice/api/recording>,
//! <https://www.twilio.com/docs/voice/api/recording-transcription>.

use serde_json::{Value, json};

use super::Asked;
use super::reply::{Answer, Outcome, ok, page};
use crate::http::Response;
use crate::simulator::recording::{Recording, Transcription};
use crate::simulator::webhook::rfc2822;
use crate::simulator::world::World;

impl World {
    pub(super) fn recording_of(&self, sid: &str) -> Result<&Recording, Answer> {
        self.recordings.iter().find(|recording| recording.sid == sid && !recording.deleted).ok_or(Answer::Missing)
    }

    /// `GET Recordings/{sid}`.
    pub(super) fn fetch_recording(&self, sid: &str) -> Outcome {
        self.recording_of(sid).map(|recording| ok(200, &self.recording_json(recording)))
    }

    /// `DELETE Recordings/{sid}`.
    pub(super) fn delete_recording(&mut self, sid: &str) -> Outcome {
        let mut there = self.recordings.iter_mut().filter(|recording| !recording.deleted);
        let recording = there.find(|recording| recording.sid == sid).ok_or(Answer::Missing)?;
        recording.deleted = true;
        Ok(Response::empty(204))
    }

    /// `GET Calls/{sid}/Recordings`.
    pub(super) fn list_recordings(&self, call: &str, asked: &Asked<'_>) -> Outcome {
        let leg = self.legs.iter().find(|leg| leg.sid == call).ok_or(Answer::Missing)?.id;
        let mine = self.recordings.iter().filter(|recording| recording.leg == leg && !recording.deleted);
        Ok(page("recordings", mine.map(|recording| self.recording_json(recording)).collect(), asked))
    }

    fn recording_json(&self, recording: &Recording) -> Value {
        let uri = format!("/2010-04-01/Accounts/{}/Recordings/{}", self.config.account_sid, recording.sid);
        let status = match (recording.ready, recording.absent) {
            (_, true) => "absent",
            (true, _) => "completed",
            _ => "processing",
        };
        json!({
            "sid": recording.sid,
            "account_sid": self.config.account_sid,
            "call_sid": self.leg(recording.leg).map(|leg| &leg.sid),
            "conference_sid": null,
            "status": status,
            "duration": recording.seconds.to_string(),
            "channels": 1,
            "source": "RecordVerb",
            "error_code": null,
            "price": null,
            "price_unit": "USD",
            "start_time": rfc2822(recording.since),
            "date_created": rfc2822(recording.since),
            "date_updated": rfc2822(recording.since),
            "api_version": "2010-04-01",
            "media_url": self.recording_url(&recording.sid),
            "uri": format!("{uri}.json"),
            "subresource_uris": { "transcriptions": format!("{uri}/Transcriptions.json") },
        })
    }

    /// `GET Recordings/{sid}/Transcriptions`.
    pub(super) fn list_transcriptions(&self, sid: &str, asked: &Asked<'_>) -> Outcome {
        let recording = self.recording_of(sid)?;
        let all = recording.transcription.iter().map(|script| self.transcription_json(recording, script)).collect();
        Ok(page("transcriptions", all, asked))
    }

    /// `GET Transcriptions/{sid}`.
    pub(super) fn fetch_transcription(&self, sid: &str) -> Outcome {
        let mut all =
            self.recordings.iter().filter_map(|recording| Some((recording, recording.transcription.as_ref()?)));
        let (recording, transcription) = all.find(|(_, script)| script.sid == sid).ok_or(Answer::Missing)?;
        Ok(ok(200, &self.transcription_json(recording, transcription)))
    }

    fn transcription_json(&self, recording: &Recording, transcription: &Transcription) -> Value {
        let account = &self.config.account_sid;
        json!({
            "sid": transcription.sid,
            "account_sid": account,
            "recording_sid": recording.sid,
            "status": transcription.status(),
            "transcription_text": recording.text(),
            "type": "fast",
            "duration": recording.seconds.to_string(),
            "price": null,
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "date_created": rfc2822(recording.since),
            "date_updated": rfc2822(recording.since),
            "uri": format!("/2010-04-01/Accounts/{account}/Transcriptions/{}.json", transcription.sid),
        })
    }
}
