//! Recordings and their transcripts.

use super::time::Due;
use super::{Exchange, time};
use crate::engine::event::EventKind;
use crate::engine::session::{State, Transcript};
use crate::engine::turn::RecordEnd;
use crate::scenario::phone::{Doing, PhoneId, Speaking};

/// Recordings of this length, in seconds, are transcribed (<https://www.twilio.com/docs/voice/twiml/record>).
const TRANSCRIBED: std::ops::Range<u64> = 3..120;

/// What becomes of a transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum Fate {
    /// It arrives after so many rounds of a `wait`.
    Arrives(u32),
    /// It fails then.
    Fails,
    /// It never arrives.
    Never,
}

/// A transcript arrives in the first round, unless a test says something else.
const USUAL: u32 = 1;

/// A recording.
#[derive(Debug)]
pub(in crate::scenario) struct Take {
    sid: String,
    words: String,
    fate: Fate,
    /// Whether it is transcribed at all.
    #[cfg(test)]
    transcribed: bool,
    /// Whether its transcript came when the line had hung up.
    #[cfg(test)]
    alone: bool,
    /// Whether nothing more comes of it.
    settled: bool,
}

impl Exchange<'_> {
    /// Somebody begins to speak, or speaks on.
    pub(super) fn speak(&mut self, id: PhoneId, speaking: Speaking) {
        let Speaking { spoken, longest, ref end, .. } = speaking;
        let full = u64::from(longest) * 1000;
        let alone = match end {
            RecordEnd::AnyKey => full,
            RecordEnd::These { silence, .. } => spoken.saturating_add(u64::from(*silence) * 1000).min(full),
        };
        let since = self.now;
        self.set(id, Doing::Recording(speaking));
        let ends = time::later(since, i64::try_from(alone).unwrap_or(i64::MAX));
        self.plan(ends, |serial| Due::Recorded(id, serial), id);
        // The words take their time.
        let spoken = time::later(since, i64::try_from(spoken.min(full)).unwrap_or(i64::MAX));
        self.pass_until(spoken);
    }

    /// A recording ends: by a key, or by itself.
    pub(super) fn recording_over(&mut self, id: PhoneId, key: Option<char>) {
        let Some(Doing::Recording(speaking)) = self.doing(id).cloned() else { return };
        let event = self.recorded(&speaking, key, false);
        self.ask(id, event);
    }

    /// Its person hangs up while recording.
    pub(super) fn recording_left(&mut self, id: PhoneId) {
        let Some(Doing::Recording(speaking)) = self.doing(id).cloned() else { return };
        let event = self.recorded(&speaking, None, true);
        self.set(id, Doing::Over);
        self.happens(event);
    }

    fn recorded(&mut self, speaking: &Speaking, key: Option<char>, hung_up: bool) -> EventKind {
        let silence = match &speaking.end {
            RecordEnd::These { silence, .. } if key.is_none() && !hung_up => u64::from(*silence) * 1000,
            // Without a key nothing ends it but its full length.
            RecordEnd::AnyKey if key.is_none() && !hung_up => u64::MAX,
            _ => 0,
        };
        let full = u64::from(speaking.longest) * 1000;
        let millis = speaking.spoken.saturating_add(silence).min(full);
        let seconds = (millis + 500) / 1000;
        let sid = format!("RE{:032}", self.takes.len() + 1);
        let transcribed = speaking.transcribe && TRANSCRIBED.contains(&seconds);
        let fate = if transcribed { self.next_fate.take() } else { Some(Fate::Never) };
        let fate = fate.unwrap_or(Fate::Arrives(USUAL));
        self.takes.push(Take {
            sid: sid.clone(),
            words: speaking.words.clone(),
            fate,
            #[cfg(test)]
            transcribed,
            #[cfg(test)]
            alone: false,
            settled: !transcribed,
        });
        EventKind::Recorded {
            url: format!("https://recordings.example/{sid}"),
            sid,
            seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
            key,
            hung_up,
        }
    }

    /// Nobody waits for the transcripts of a former call.
    pub(super) fn forget_takes(&mut self) {
        self.takes.iter_mut().for_each(|take| take.settled = true);
    }

    /// What became of the transcripts, in the order of the recordings; whether the line had hung up by then.
    #[cfg(test)]
    pub(in crate::scenario) fn fates(&self) -> Vec<(Fate, bool)> {
        self.takes.iter().filter(|take| take.transcribed).map(|take| (take.fate, take.alone)).collect()
    }

    /// What becomes of the transcript of the last recording, or of the next one if the last has its transcript already.
    pub(in crate::scenario) fn decide(&mut self, fate: Fate) {
        match self.takes.last_mut().filter(|take| !take.settled) {
            Some(take) => take.fate = fate,
            None => self.next_fate = Some(fate),
        }
    }

    /// Brings a transcript whose time has come.
    pub(super) fn deliver_transcript(&mut self) -> bool {
        let Some(session) = &self.session else { return false };
        let round = match session.caller.state {
            State::Pausing => session.caller.visit.as_ref().map_or(0, |visit| visit.tries),
            _ => 0,
        };
        let owed = |take: &Take| session.transcripts.get(&take.sid) == Some(&Transcript::Owed);
        let due = |fate: Fate| match fate {
            Fate::Arrives(after) => round >= after,
            Fate::Fails => round >= USUAL,
            Fate::Never => false,
        };
        let come = self.takes.iter_mut().find(|take| !take.settled && owed(take) && due(take.fate));
        let Some(take) = come else { return false };
        take.settled = true;
        #[cfg(test)]
        {
            take.alone = session.gone.as_ref().is_some_and(|gone| !gone.hung_up);
        }
        let text = (take.fate != Fate::Fails).then(|| take.words.clone());
        let recording = take.sid.clone();
        self.happens(EventKind::Transcript { recording, text });
        true
    }
}
