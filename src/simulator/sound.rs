//! What is heard on a leg: `<Say>`, `<Play>`, `<Pause>`, and the same inside `<Gather>`.

use std::time::Duration;

use super::due::Due;
use super::leg::{Activity, LegId};
use super::markup::{Piece, Sound};
use super::person::Cue;
use super::transcript::What;
use super::world::World;

/// A digit among tones, in milliseconds; `w` and `W` are the provider's half and whole second.
const TONE: u64 = 100;

impl World {
    /// Begins with a piece that is a verb of its own.
    pub(super) fn sound(&mut self, id: LegId, piece: Piece) {
        self.change(id, Activity::Sounding);
        if let Some(leg) = self.leg_mut(id) {
            leg.playing.push_back(piece);
        }
        self.next_sound(id);
    }

    /// Begins with the next piece; false if there is none.
    pub(super) fn next_sound(&mut self, id: LegId) -> bool {
        let Some(leg) = self.leg_mut(id) else { return false };
        leg.timers.clear();
        let Some(mut piece) = leg.playing.pop_front() else { return false };
        if piece.times > 1 {
            piece.times -= 1;
            leg.playing.push_front(piece.clone());
        }
        let length = self.length_of(&piece.sound);
        let mut words = String::new();
        let what = match piece.sound {
            Sound::Words { text, voice, language } => {
                words.clone_from(&text);
                What::Hears { text, voice, language, length }
            }
            Sound::Audio { url } => What::Plays { url, length },
            Sound::Silence(length) => What::Silence(length),
            Sound::Tones(tones) => What::Tones(tones),
        };
        self.note(Some(id), what);
        self.after(id, length, Due::SoundOver(id));
        if !words.is_empty() {
            self.cue(id, |cue| matches!(cue, Cue::Hearing(fragment) if words.contains(fragment.as_str())));
        }
        true
    }

    /// The piece being heard is over.
    pub(super) fn sound_over(&mut self, id: LegId) {
        if self.next_sound(id) {
            return;
        }
        match self.leg(id).map(|leg| &leg.activity) {
            Some(Activity::Sounding) => self.proceed(id),
            Some(Activity::Gathering(_)) => self.listen(id),
            _ => {}
        }
    }

    /// How long a sound takes.
    fn length_of(&self, sound: &Sound) -> Duration {
        let timing = &self.config.timing;
        match sound {
            Sound::Words { text, .. } => {
                timing.word * u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX)
            }
            Sound::Audio { url } => timing.audio_of.get(url).copied().unwrap_or(timing.audio),
            Sound::Silence(length) => *length,
            Sound::Tones(tones) => length_of_tones(tones),
        }
    }
}

/// How long it takes to send tones.
pub(super) fn length_of_tones(tones: &str) -> Duration {
    let length = tones.chars().map(|tone| match tone {
        'w' => 500,
        'W' => 1000,
        _ => TONE,
    });
    Duration::from_millis(length.sum())
}
