//! What one leg hears, and what is expected of it then: the engine's answer to a webhook, without any provider in it.

use std::sync::Arc;

/// A piece of speech.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SpeechPart {
    /// Words; plain text, nothing escaped.
    Text(String),
    /// A silence of so many milliseconds.
    Break(u32),
}

/// One thing that is heard.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Utterance {
    /// Speech in one voice. Never without words.
    Say {
        /// What is said.
        parts: Vec<SpeechPart>,
        /// The voice, in the provider's spelling (`Polly.Joanna-Neural`).
        voice: Arc<str>,
    },
    /// Audio at an absolute URL, fetched by the provider.
    Play {
        /// The URL.
        url: String,
    },
    /// Silence in milliseconds.
    Pause {
        /// How long.
        millis: u64,
    },
}

/// How a recording ends.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum RecordEnd {
    /// By any key; silence never ends it.
    AnyKey,
    /// By these keys or by silence.
    These {
        /// `#`, and the `anywhere` keys.
        keys: String,
        /// Seconds of silence.
        silence: u32,
    },
}

/// What is expected of a leg behind what it hears.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Then {
    /// Keys, while it listens and then for `within` milliseconds: the words can be interrupted by a key.
    Listen {
        /// How many keys at most.
        digits: u32,
        /// Milliseconds after the last word.
        within: u64,
    },
    /// A recording behind a beep.
    Record {
        /// Seconds at most.
        longest: u32,
        /// What ends it.
        end: RecordEnd,
        /// Whether the provider is to transcribe it.
        transcribe: bool,
        /// Whether keys during the words are reported (because `anywhere` keys exist); without, a key skips nothing.
        keys: bool,
    },
    /// Silence of `millis`, then the leg asks again.
    Pause {
        /// How long.
        millis: u64,
        /// Whether keys are reported meanwhile.
        keys: bool,
    },
    /// The caller holds, hearing music.
    Hold {
        /// Which visit of an `escalate`.
        visit: u32,
        /// Which round of it.
        round: u32,
    },
    /// One piece of hold music; the provider asks for the next.
    Music {
        /// Whether keys are reported meanwhile.
        keys: bool,
        /// Which visit.
        visit: u32,
        /// Which round.
        round: u32,
    },
    /// The caller leaves the hold and asks for the current step.
    Leave,
    /// The leg is handed to one number.
    Dial {
        /// E.164.
        number: String,
        /// What the other side sees; none: the number that was called.
        caller_id: Option<String>,
        /// Seconds of ringing.
        ringing: u32,
        /// Keys sent after the answer.
        keys: Option<String>,
        /// Whether a star ends the other side.
        star_drops: bool,
    },
    /// The callee is joined with the caller who holds.
    Join {
        /// Which visit.
        visit: u32,
        /// The round with which the caller was put on hold.
        round: u32,
    },
    /// The leg asks for the next step at once.
    Continue,
    /// The leg ends.
    HangUp,
    /// The call is refused as busy, before it is answered.
    Busy,
    /// Nothing: an empty document. For a caller about to be joined that means: now join.
    Nothing,
}

/// What one leg hears, and what is expected then.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Turn {
    /// In order.
    pub heard: Vec<Utterance>,
    /// Behind it.
    pub then: Then,
}

impl Turn {
    /// Nothing heard.
    #[must_use]
    pub fn just(then: Then) -> Self {
        Self { heard: Vec::new(), then }
    }
}
