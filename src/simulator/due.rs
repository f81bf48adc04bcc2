//! What can be on the timeline.

use super::leg::LegId;
use super::person::Deed;
use super::recording::{Finish, RecordingId, Script};
use super::webhook::{FlightId, Hook};
use super::world::World;

/// Something that is going to happen.
#[derive(Debug)]
pub(super) enum Due {
    /// A webhook is sent.
    Hook(Box<Hook>),
    /// The time limit of a webhook.
    WebhookTimeout(FlightId),
    /// The carrier begins to look for a phone.
    Place(LegId),
    /// A phone begins to ring.
    Ring(LegId),
    /// It has rung long enough.
    RingLimit(LegId),
    /// Whether a machine answered is known.
    Detected(LegId),
    /// The tones after an answer are sent.
    TonesSent(LegId),
    /// The piece being heard is over.
    SoundOver(LegId),
    /// The next verb.
    Proceed(LegId),
    /// A `<Gather>` gives up.
    GatherTimeout(LegId),
    /// Somebody has spoken into a recording.
    Spoken(LegId),
    /// A recording ends by itself.
    RecordEnd(LegId, Finish),
    /// A document of a queue is asked for again.
    HoldAgain(LegId),
    /// A queue may have somebody for somebody.
    Match(usize),
    /// A `<Dial>` of a queue gives up.
    DialTimeout(LegId),
    /// A talk has lasted long enough.
    TalkLimit(LegId),
    /// A call has lasted long enough.
    CallLimit(LegId),
    /// A recording can be fetched.
    RecordingReady(RecordingId),
    /// A transcription is there, or not.
    Transcript(RecordingId, Script),
    /// A person does what was planned.
    Deed(LegId, Deed),
}

impl Due {
    /// The leg whose person is given until then to do something.
    pub(super) fn patience(&self) -> Option<LegId> {
        match self {
            Self::RingLimit(leg) | Self::GatherTimeout(leg) | Self::RecordEnd(leg, _) => Some(*leg),
            _ => None,
        }
    }
}

impl World {
    /// Lets it happen.
    pub(super) fn fire(&mut self, due: Due) {
        match due {
            Due::Hook(hook) => self.launch(&hook),
            Due::WebhookTimeout(flight) => self.webhook_timeout(flight),
            Due::Place(leg) => self.placed(leg),
            Due::Ring(leg) => self.rings(leg),
            Due::RingLimit(leg) => self.unanswered(leg),
            Due::Detected(leg) => self.detected(leg),
            Due::TonesSent(leg) => self.tones_sent(leg),
            Due::SoundOver(leg) => self.sound_over(leg),
            Due::Proceed(leg) => self.proceed(leg),
            Due::GatherTimeout(leg) => self.gather_timeout(leg),
            Due::Spoken(leg) => self.spoken(leg),
            Due::RecordEnd(leg, finish) => self.record_over(leg, finish),
            Due::HoldAgain(leg) => self.hold(leg),
            Due::Match(queue) => self.match_queue(queue),
            Due::DialTimeout(leg) => self.dial_timeout(leg),
            Due::TalkLimit(leg) => self.talk_limit(leg),
            Due::CallLimit(leg) => self.complete(leg),
            Due::RecordingReady(recording) => self.recording_ready(recording),
            Due::Transcript(recording, script) => self.transcribed(recording, script),
            Due::Deed(leg, deed) => self.planned_deed(leg, deed),
        }
    }
}
