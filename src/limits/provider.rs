//! The profile of a provider.

use super::voices::{Family, Voice};

/// From one number to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// At least.
    pub least: u64,
    /// At most.
    pub most: u64,
}

impl Range {
    /// Whether a number lies in it.
    #[must_use]
    pub const fn holds(self, number: u64) -> bool {
        self.least <= number && number <= self.most
    }
}

/// How much one piece of speech may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpeechLimit {
    /// So much.
    pub most: usize,
    /// Whether bytes are counted, tags and spaces included; otherwise characters.
    pub bytes: bool,
}

/// What a provider can do. A value, so that another provider is another value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Bytes of one document.
    pub document: usize,
    /// Milliseconds until the provider gives a webhook up.
    pub webhook: u64,
    /// Milliseconds that a step may listen after the last word: below the first a person has no time, beyond the
    /// second nobody waits.
    pub listening: Range,
    /// Milliseconds that a phone may ring.
    pub ringing: Range,
    /// Milliseconds of a recording.
    pub recording: Range,
    /// Milliseconds of a recording that names no length.
    pub recording_unless_said: u64,
    /// Milliseconds of a recording that can be transcribed.
    pub transcribed: Range,
    /// The language of what can be transcribed.
    pub transcribed_language: &'static str,
    /// Milliseconds of a whole call, and of a talk.
    pub call: u64,
    /// Milliseconds of the longest silence inside of speech.
    pub silence_in_speech: u32,
    /// Characters of the name of a queue.
    pub queue_name: usize,
    /// Speech of one piece once it is percent-encoded, whatever the voice.
    pub encoded_speech: usize,
    /// The page that lists the voices, for messages.
    pub voices_page: &'static str,
}

/// Twilio.
pub const TWILIO: Profile = Profile {
    // https://www.twilio.com/docs/api/errors/11750
    document: 64 * 1024,
    // https://www.twilio.com/docs/api/errors/11205
    webhook: 15_000,
    // https://www.twilio.com/docs/voice/twiml/gather#timeout counts in whole seconds and knows no end.
    listening: Range { least: 1_000, most: 60_000 },
    // https://www.twilio.com/docs/voice/twiml/dial#timeout, https://www.twilio.com/docs/voice/api/call-resource
    ringing: Range { least: 5_000, most: 600_000 },
    // https://www.twilio.com/docs/voice/twiml/record#maxlength: whole seconds; a call lasts no longer either.
    recording: Range { least: 1_000, most: 4 * 60 * 60 * 1_000 },
    recording_unless_said: 60 * 60 * 1_000,
    // https://www.twilio.com/docs/voice/twiml/record#transcribe: not shorter than 2 s, shorter than 120 s, and in English.
    transcribed: Range { least: 2_000, most: 119_999 },
    transcribed_language: "en",
    // https://www.twilio.com/docs/voice/twiml/dial#timelimit
    call: 4 * 60 * 60 * 1_000,
    // https://www.twilio.com/docs/voice/twiml/say/text-speech#break
    silence_in_speech: 10_000,
    // https://www.twilio.com/docs/voice/twiml/enqueue
    queue_name: 64,
    // https://www.twilio.com/docs/api/errors/13521
    encoded_speech: 4_500,
    voices_page: "https://www.twilio.com/docs/voice/twiml/say/text-speech",
};

impl Profile {
    /// How much one piece of speech may hold in a voice, by its name (<https://www.twilio.com/docs/api/errors/13521>).
    /// Of a voice that is not known, as much as in any.
    #[must_use]
    pub fn speech(&self, voice: &str) -> SpeechLimit {
        match Voice::family(voice) {
            Some(Family::Basic) => SpeechLimit { most: 4096, bytes: false },
            Some(Family::Google) => SpeechLimit { most: 5000, bytes: true },
            Some(Family::Polly) | None => SpeechLimit { most: 3000, bytes: false },
        }
    }

    /// The least of what one piece of speech may hold, in characters: fits every voice.
    #[must_use]
    pub const fn least_speech(&self) -> usize {
        3000
    }
}

#[cfg(test)]
mod tests {
    use super::{Range, TWILIO};

    #[test]
    fn both_ends_of_a_range_belong_to_it() {
        let range = Range { least: 5, most: 7 };
        assert_eq!([4, 5, 7, 8].map(|n| range.holds(n)), [false, true, true, false]);
    }

    #[test]
    fn every_voice_speaks_what_the_least_limit_allows() {
        for voice in ["man", "Polly.Joanna", "Google.en-US-Standard-C", "nobody"] {
            assert!(TWILIO.speech(voice).most >= TWILIO.least_speech(), "{voice}");
        }
    }
}
