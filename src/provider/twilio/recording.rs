//! The audio of recordings (<https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media-file>).
//!
//! It is there only when the recording is `completed`, which may be seconds after the `action` of its `<Record>`. An
//! account may protect its audio: then it is given only to whoever has the account's name and password.

use std::time::Duration;

use super::rest::{Api, is_trouble};
use super::webhook::id;
use crate::http::Response;
use crate::http::client::{Failure, Redirects};
use crate::provider::{Audio, NoAudio};

/// How long to wait before each further try.
const WAITS: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// How long one try may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The largest file in bytes: more than an hour at the 32 kbit/s of Twilio's MP3.
const LARGEST: usize = 16 * 1024 * 1024;

/// What came of one try.
enum Tried {
    Audio(Audio),
    /// It may be there in a moment.
    NotNow(NoAudio),
    Never(NoAudio),
}

impl Api {
    /// Fetches the audio of a recording.
    pub(super) async fn recording(&self, recording_sid: &str) -> Result<Audio, NoAudio> {
        // What cannot be an id is nobody's recording, and must not become part of a URL.
        let recording_sid = id(recording_sid).ok_or(NoAudio::Gone)?;
        let mut waits = WAITS.into_iter();
        loop {
            match (self.try_recording(&recording_sid).await, waits.next()) {
                (Tried::Audio(audio), _) => return Ok(audio),
                (Tried::NotNow(_), Some(wait)) => self.clock.sleep(wait).await,
                (Tried::NotNow(failure) | Tried::Never(failure), _) => return Err(failure),
            }
        }
    }

    async fn try_recording(&self, recording_sid: &str) -> Tried {
        let mut request = self.get_audio(&format!("Recordings/{recording_sid}.mp3"));
        request.timeout = TIMEOUT;
        request.largest = LARGEST;
        // Audio may lie at a storage host, which is not to see the credentials.
        request.redirects = Redirects::Anywhere;
        match self.client.send(request).await {
            Ok(response) if response.status == 200 => match audio(response) {
                Some(audio) => Tried::Audio(audio),
                None => refused(recording_sid, "it is no audio"),
            },
            Ok(response) if response.status == 404 => self.why_missing(recording_sid).await,
            Ok(response) if is_trouble(response.status) => Tried::NotNow(NoAudio::Refused),
            Ok(response) => refused(recording_sid, &format!("status {}", response.status)),
            Err(Failure::Connect(_) | Failure::Lost(_)) => Tried::NotNow(NoAudio::Refused),
            Err(failure) => refused(recording_sid, &failure.to_string()),
        }
    }

    /// Why there is no file: the recording's record tells whether there will be one.
    async fn why_missing(&self, recording_sid: &str) -> Tried {
        let request = self.get(&format!("Recordings/{recording_sid}.json"));
        match self.send(request).await {
            Ok(reply) if reply.status == 404 => Tried::Never(NoAudio::Gone),
            Ok(reply) if reply.is_success() => match reply.text("status") {
                Some("absent" | "deleted" | "failed") => Tried::Never(NoAudio::Gone),
                _ => Tried::NotNow(NoAudio::NotReady),
            },
            Ok(_) | Err(_) => Tried::NotNow(NoAudio::Refused),
        }
    }
}

fn refused(recording_sid: &str, why: &str) -> Tried {
    tracing::warn!(recording = recording_sid, %why, "Twilio does not give a recording");
    Tried::Never(NoAudio::Refused)
}

/// What a response holds, if it is audio.
fn audio(response: Response) -> Option<Audio> {
    let kind = response.headers.get("content-type")?.split(';').next()?.trim().to_ascii_lowercase();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'+');
    let name = kind.strip_prefix("audio/").filter(|name| !name.is_empty() && name.bytes().all(plain));
    (name.is_some() && !response.body.is_empty()).then_some(Audio { kind, bytes: response.body })
}

#[cfg(test)]
mod tests;
