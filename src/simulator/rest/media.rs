//! `Recordings` and `Transcriptions`.
//!
//! Source: <https://www.twilio.com/docs/voice/api/recording>,
//! <https://www.twilio.com/docs/voice/api/recording-transcription>.

use serde_json::{Value, json};

use super::Asked;
use super::reply::{Answer, Outcome, ok, page};
use crate::http::{Method, Response};
use crate::simulator::recording::{Recording, Transcription};
use crate::simulator::webhook::rfc2822;
use crate::simulator::world::World;

impl World {
    fn recording_of(&self, sid: &str) -> Result<&Recording, Answer> {
        self.recordings.iter().find(|recording| recording.sid == sid).ok_or(Answer::Missing)
    }

    /// `GET Recordings/{sid}`.
    pub(super) fn fetch_recording(&self, sid: &str) -> Outcome {
        self.recording_of(sid).map(|recording| ok(200, &self.recording_json(recording)))
    }

    /// `DELETE Recordings/{sid}`.
    pub(super) fn delete_recording(&mut self, sid: &str) -> Outcome {
        let recording = self.recordings.iter_mut().find(|recording| recording.sid == sid).ok_or(Answer::Missing)?;
        recording.ready = false;
        recording.absent = true;
        Ok(Response::empty(204))
    }

    /// `GET Calls/{sid}/Recordings`.
    pub(super) fn list_recordings(&self, call: &str, asked: &Asked<'_>) -> Outcome {
        let leg = self.legs.iter().find(|leg| leg.sid == call).ok_or(Answer::Missing)?.id;
        let mine = self.recordings.iter().filter(|recording| recording.leg == leg);
        Ok(page("recordings", mine.map(|recording| self.recording_json(recording)).collect(), asked))
    }

    /// The sound itself: a file with nothing but silence, as long as the recording says; none while it is made.
    pub(super) fn media(&self, asked: &Asked<'_>) -> Option<Response> {
        let (Method::Get | Method::Head, ["Recordings", sid], "" | "wav" | "mp3") =
            (asked.method, asked.path.as_slice(), asked.suffix)
        else {
            return None;
        };
        let recording = self.recording_of(sid).ok().filter(|recording| recording.ready)?;
        let kind = if asked.suffix == "mp3" { "audio/mpeg" } else { "audio/x-wav" };
        Some(Response::new(200, kind, silence(recording.seconds)))
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

/// A WAV file with 8000 bytes of silence a second (8 bits, one channel), at most ten seconds.
fn silence(seconds: u64) -> Vec<u8> {
    let length = u32::try_from(seconds.min(10)).unwrap_or_default() * 8000;
    let mut file = Vec::with_capacity(44 + 80_000);
    file.extend(b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    for (value, bytes) in [(16_u32, 4), (1, 2), (1, 2), (8000, 4), (8000, 4), (1, 2), (8, 2)] {
        file.extend(value.to_le_bytes().into_iter().take(bytes));
    }
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.resize(file.len() + usize::try_from(length).unwrap_or_default(), 0x80);
    file
}
