//! `<Record>`: a person speaks, and what becomes of it.
//!
//! Source: <https://www.twilio.com/docs/voice/twiml/record>.

use std::time::Duration;

use jiff::Timestamp;

use super::due::Due;
use super::faults::Transcript;
use super::leg::{Activity, LegId};
use super::markup::{Callback, Record};
use super::person::Ending;
use super::timeline::between;
use super::transcript::What;
use super::webhook::{Kind, Params, Place, pair, rfc2822};
use super::world::World;

/// What lies in between is transcribed (seconds).
const TRANSCRIBED: std::ops::Range<u64> = 3..120;

/// A `<Record>` under way.
#[derive(Debug)]
pub(super) struct Taking {
    pub(super) verb: Box<Record>,
    pub(super) since: Timestamp,
    /// What was said so far; none if nobody has spoken.
    pub(super) words: Option<String>,
    /// Somebody is speaking, and then does this.
    pub(super) speaking: Option<Ending>,
}

/// How a recording ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finish {
    /// By a key.
    Key(char),
    /// By silence.
    Silence,
    /// By its longest length.
    Limit,
    /// The person hung up.
    HungUp,
    /// The leg was called away.
    Diverted,
}

/// Names a recording of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct RecordingId(pub(super) usize);

/// How a transcription ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// With the words.
    Words,
    /// With none.
    Empty,
    /// It fails.
    Failed,
}

/// A recording.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) sid: String,
    pub(super) leg: LegId,
    pub(super) since: Timestamp,
    pub(super) seconds: u64,
    pub(super) words: String,
    /// Whether it can be fetched.
    pub(super) ready: bool,
    /// Nothing was said, and nothing is kept.
    pub(super) absent: bool,
    /// Somebody has deleted it.
    pub(super) deleted: bool,
    pub(super) status_callback: Option<Callback>,
    pub(super) transcribe_callback: Option<String>,
    pub(super) transcription: Option<Transcription>,
}

/// The transcription of a recording.
#[derive(Debug)]
pub(super) struct Transcription {
    pub(super) sid: String,
    /// None: in progress.
    pub(super) script: Option<Script>,
}

impl Transcription {
    pub(super) fn status(&self) -> &'static str {
        match self.script {
            None => "in-progress",
            Some(Script::Failed) => "failed",
            Some(_) => "completed",
        }
    }
}

impl Recording {
    /// The text of its transcription, as webhooks and the API give it.
    pub(super) fn text(&self) -> &str {
        match self.transcription.as_ref().and_then(|transcription| transcription.script) {
            Some(Script::Words) => &self.words,
            Some(_) => "(blank)",
            None => "",
        }
    }
}

impl World {
    /// Begins a `<Record>`.
    pub(super) fn record(&mut self, id: LegId, verb: Box<Record>) {
        let (beep, since) = (verb.beep, self.now);
        self.change(id, Activity::Recording(Box::new(Taking { verb, since, words: None, speaking: None })));
        if beep {
            self.note(Some(id), What::Beep);
        }
        self.await_voice(id);
    }

    /// Nobody speaks: silence, or the longest length, will end it.
    fn await_voice(&mut self, id: LegId) {
        let Some(leg) = self.leg(id) else { return };
        let Activity::Recording(taking) = &leg.activity else { return };
        let left = taking.verb.max_length.saturating_sub(between(taking.since, self.now));
        let silence = taking.verb.timeout;
        if !silence.is_zero() && silence < left {
            self.after(id, silence, Due::RecordEnd(id, Finish::Silence));
        } else {
            self.after(id, left, Due::RecordEnd(id, Finish::Limit));
        }
    }

    /// Somebody speaks into the recording; false if there is none, or somebody is speaking already.
    pub(super) fn speak(&mut self, id: LegId, length: Duration, words: &str, ending: Ending) -> bool {
        let now = self.now;
        let Some(leg) = self.leg_mut(id) else { return false };
        let Activity::Recording(taking) = &mut leg.activity else { return false };
        if taking.speaking.is_some() {
            return false;
        }
        let left = taking.verb.max_length.saturating_sub(between(taking.since, now));
        let said = taking.words.get_or_insert_default();
        if !said.is_empty() && !words.is_empty() {
            said.push(' ');
        }
        said.push_str(words);
        taking.speaking = Some(ending);
        leg.resigned = false;
        for timer in std::mem::take(&mut leg.timers) {
            self.timeline.cancel(timer);
        }
        self.note(Some(id), What::Speaks { length, words: words.to_owned() });
        if length >= left || ending == Ending::Limit {
            self.after(id, left, Due::RecordEnd(id, Finish::Limit));
        } else {
            self.after(id, length, Due::Spoken(id));
        }
        true
    }

    /// Somebody has spoken.
    pub(super) fn spoken(&mut self, id: LegId) {
        let Some(leg) = self.leg_mut(id) else { return };
        let Activity::Recording(taking) = &mut leg.activity else { return };
        let ending = taking.speaking.take();
        if ending == Some(Ending::HangUp) {
            self.note(Some(id), What::HangsUp);
            return self.complete(id);
        }
        leg.resigned = ending == Some(Ending::Silence);
        self.await_voice(id);
        if let Some(Ending::Key(key)) = ending {
            self.note(Some(id), What::Presses(key.to_string()));
            self.record_keys(id, &key.to_string());
        }
    }

    /// Keys are pressed while a recording is made.
    pub(super) fn record_keys(&mut self, id: LegId, keys: &str) {
        let Some(leg) = self.leg(id) else { return };
        let Activity::Recording(taking) = &leg.activity else { return };
        let end = keys.char_indices().find(|(_, key)| taking.verb.finish_on_key.contains(*key));
        let (before, after) = match end {
            Some((place, key)) => (keys.get(..place), keys.get(place + key.len_utf8()..)),
            None => (Some(keys), None),
        };
        for lost in [before, after].into_iter().flatten().filter(|lost| !lost.is_empty()) {
            self.note(Some(id), What::KeysLost(lost.to_owned()));
        }
        if let Some((_, key)) = end {
            self.record_over(id, Finish::Key(key));
        }
    }

    /// A recording ends with the leg still there.
    pub(super) fn record_over(&mut self, id: LegId, finish: Finish) {
        if let Some(Activity::Recording(taking)) = self.change(id, Activity::Idle) {
            self.keep(id, &taking, finish);
        }
    }

    /// Keeps what was recorded and tells whoever wants to know.
    pub(super) fn keep(&mut self, id: LegId, taking: &Taking, finish: Finish) {
        let verb = &taking.verb;
        let spoken = taking.words.is_some();
        let mut length = between(taking.since, self.now);
        if verb.trim && (!spoken || finish == Finish::Silence) {
            length = if spoken { length.saturating_sub(verb.timeout) } else { Duration::ZERO };
        }
        let seconds = length.as_secs() + u64::from(length.subsec_millis() >= 500);
        let calls_action = spoken || self.config.behaviour.empty_recording_calls_action;
        let recording = Recording {
            sid: self.ids.sid("RE"),
            leg: id,
            since: taking.since,
            seconds,
            words: taking.words.clone().unwrap_or_default(),
            ready: false,
            absent: !spoken && !calls_action,
            deleted: false,
            status_callback: verb.status_callback.clone(),
            transcribe_callback: verb.transcribe_callback.clone(),
            transcription: None,
        };
        let (sid, url) = (recording.sid.clone(), self.recording_url(&recording.sid));
        let place = RecordingId(self.recordings.len());
        self.recordings.push(recording);
        self.note(Some(id), What::Recorded { sid: sid.clone(), seconds });
        self.plan_after(self.config.timing.recording, Due::RecordingReady(place));
        if verb.transcribe && spoken && TRANSCRIBED.contains(&seconds) {
            self.plan_transcription(place);
        }
        if !calls_action {
            if !matches!(finish, Finish::HungUp | Finish::Diverted) {
                self.proceed(id);
            }
            return;
        }
        let mut own =
            vec![pair("RecordingUrl", url), pair("RecordingSid", sid), pair("RecordingDuration", seconds.to_string())];
        if let Some(leg) = self.leg_mut(id) {
            leg.recorded.clone_from(&own);
        }
        match finish {
            Finish::Key(key) => own.push(pair("Digits", key)),
            Finish::HungUp => own.push(pair("Digits", "hangup")),
            Finish::Silence | Finish::Limit | Finish::Diverted => {}
        }
        match (finish, verb.action.clone()) {
            (Finish::Diverted, _) | (Finish::HungUp, None) => {}
            (Finish::HungUp, Some(target)) => self.notice(id, Kind::Action, target, own),
            (_, action) => {
                if let Some(target) = self.action(id, action, "Record") {
                    self.fetch(id, Kind::Action, target, own, Place::Instead);
                }
            }
        }
    }

    fn plan_transcription(&mut self, place: RecordingId) {
        let sid = self.ids.sid("TR");
        if let Some(recording) = self.recordings.get_mut(place.0) {
            recording.transcription = Some(Transcription { sid, script: None });
        }
        let usual = self.config.timing.transcription;
        let fate = self.faults.transcripts.pop_front().unwrap_or(Transcript::After(usual));
        if fate == Transcript::BeforeAction {
            return self.transcribed(place, Script::Words);
        }
        let mut plan = |after, script| self.plan_after(after, Due::Transcript(place, script));
        match fate {
            Transcript::After(length) => plan(length, Script::Words),
            Transcript::Fails => plan(usual, Script::Failed),
            Transcript::Empty => plan(usual, Script::Empty),
            Transcript::Twice => {
                plan(usual, Script::Words);
                plan(usual, Script::Words);
            }
            Transcript::BeforeAction | Transcript::Never | Transcript::Held => {}
        }
    }

    /// A transcription is there, or has failed.
    pub(super) fn transcribed(&mut self, place: RecordingId, script: Script) {
        let Some(recording) = self.recordings.get_mut(place.0) else { return };
        let Some(transcription) = &mut recording.transcription else { return };
        transcription.script = Some(script);
        let (sid, status) = (transcription.sid.clone(), transcription.status());
        let Some(recording) = self.recordings.get(place.0) else { return };
        let Some(url) = &recording.transcribe_callback else { return };
        let (leg, target) = (recording.leg, Self::post_to(url));
        let own = vec![
            pair("RecordingSid", &recording.sid),
            pair("RecordingUrl", self.recording_url(&recording.sid)),
            pair("TranscriptionSid", &sid),
            pair("TranscriptionStatus", status),
            pair("TranscriptionText", recording.text()),
            pair("TranscriptionType", "fast"),
            pair("TranscriptionUrl", format!("{}/Transcriptions/{sid}", self.recording_url(&recording.sid))),
        ];
        self.notice(leg, Kind::Transcription, target, own);
    }

    /// A recording can be fetched, or it turns out that there is nothing in it.
    pub(super) fn recording_ready(&mut self, place: RecordingId) {
        let Some(recording) = self.recordings.get_mut(place.0) else { return };
        recording.ready = !recording.absent;
        let status = if recording.absent { "absent" } else { "completed" };
        let leg = recording.leg;
        let Some(callback) = recording.status_callback.clone() else { return };
        if !callback.events.iter().any(|event| event == status) {
            return;
        }
        let own = self.recording_params(place, status);
        self.notice(leg, Kind::Recording, callback.target, own);
    }

    fn recording_params(&self, place: RecordingId, status: &str) -> Params {
        let Some(recording) = self.recordings.get(place.0) else { return Vec::new() };
        vec![
            pair("RecordingSid", &recording.sid),
            pair("RecordingUrl", self.recording_url(&recording.sid)),
            pair("RecordingStatus", status),
            pair("RecordingDuration", recording.seconds.to_string()),
            pair("RecordingChannels", "1"),
            pair("RecordingSource", "RecordVerb"),
            pair("RecordingStartTime", rfc2822(recording.since)),
            pair("RecordingTrack", "inbound"),
        ]
    }

    /// Where a recording can be fetched: without a suffix, as webhooks give it.
    pub(super) fn recording_url(&self, sid: &str) -> String {
        format!("{}/2010-04-01/Accounts/{}/Recordings/{sid}", self.api, self.config.account_sid)
    }
}
