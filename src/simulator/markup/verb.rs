//! What a document says, verb by verb, with the provider's defaults filled in.

use std::time::Duration;

use crate::http::Method;

/// Where to ask for what follows: an absolute URL, perhaps with overrides in its fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) struct Target {
    pub(in crate::simulator) url: String,
    pub(in crate::simulator) method: Method,
}

/// Something that can be heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) enum Sound {
    Words { text: String, voice: Option<String>, language: Option<String> },
    Audio { url: String },
    Silence(Duration),
    Tones(String),
}

/// A sound and how often it is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) struct Piece {
    pub(in crate::simulator) sound: Sound,
    pub(in crate::simulator) times: u32,
}

/// A verb.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::simulator) enum Verb {
    /// `<Say>` and `<Play>`.
    Sound(Piece),
    Pause(Duration),
    Gather(Box<Gather>),
    Record(Box<Record>),
    Redirect(Target),
    Hangup,
    Reject {
        busy: bool,
    },
    Enqueue(Box<Enqueue>),
    Leave,
    Dial(Box<Dial>),
}

impl Verb {
    /// Its name in a document.
    pub(in crate::simulator) fn name(&self) -> &'static str {
        match self {
            Self::Sound(Piece { sound: Sound::Words { .. }, .. }) => "Say",
            Self::Sound(_) => "Play",
            Self::Pause(_) => "Pause",
            Self::Gather(_) => "Gather",
            Self::Record(_) => "Record",
            Self::Redirect(_) => "Redirect",
            Self::Hangup => "Hangup",
            Self::Reject { .. } => "Reject",
            Self::Enqueue(_) => "Enqueue",
            Self::Leave => "Leave",
            Self::Dial(_) => "Dial",
        }
    }
}

/// `<Gather>`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::simulator) struct Gather {
    /// None: the current document again.
    pub(in crate::simulator) action: Option<Target>,
    pub(in crate::simulator) keys: bool,
    pub(in crate::simulator) speech: bool,
    pub(in crate::simulator) timeout: Duration,
    pub(in crate::simulator) finish_on_key: Option<char>,
    pub(in crate::simulator) num_digits: Option<usize>,
    pub(in crate::simulator) action_on_empty: bool,
    pub(in crate::simulator) prompt: Vec<Piece>,
}

/// `<Record>`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::simulator) struct Record {
    /// None: the current document again.
    pub(in crate::simulator) action: Option<Target>,
    /// Seconds of silence that end it; zero is never.
    pub(in crate::simulator) timeout: Duration,
    pub(in crate::simulator) finish_on_key: String,
    pub(in crate::simulator) max_length: Duration,
    pub(in crate::simulator) beep: bool,
    pub(in crate::simulator) trim: bool,
    pub(in crate::simulator) status_callback: Option<Callback>,
    pub(in crate::simulator) transcribe: bool,
    pub(in crate::simulator) transcribe_callback: Option<String>,
}

/// Where to tell about events, and about which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) struct Callback {
    pub(in crate::simulator) target: Target,
    pub(in crate::simulator) events: Vec<String>,
}

/// `<Enqueue>`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::simulator) struct Enqueue {
    pub(in crate::simulator) queue: String,
    pub(in crate::simulator) action: Option<Target>,
    pub(in crate::simulator) wait: Wait,
    pub(in crate::simulator) max_size: usize,
}

/// What a caller in a queue hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) enum Wait {
    /// The provider's own music.
    Default,
    /// Nothing.
    Silence,
    /// A document, again and again.
    Document(Target),
}

/// `<Dial>`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::simulator) struct Dial {
    /// None: the next verb.
    pub(in crate::simulator) action: Option<Target>,
    pub(in crate::simulator) answer_on_bridge: bool,
    pub(in crate::simulator) caller_id: Option<String>,
    pub(in crate::simulator) hangup_on_star: bool,
    pub(in crate::simulator) sequential: bool,
    pub(in crate::simulator) timeout: Duration,
    pub(in crate::simulator) time_limit: Duration,
    pub(in crate::simulator) to: DialTo,
}

/// Whom a `<Dial>` looks for.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::simulator) enum DialTo {
    Phones(Vec<Phone>),
    Queue { name: String, announcement: Option<Target> },
}

/// `<Number>`, `<Client>`, `<Sip>` or plain text in a `<Dial>`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::simulator) struct Phone {
    /// E.164, `client:…` or `sip:…`.
    pub(in crate::simulator) address: String,
    pub(in crate::simulator) tones: Option<String>,
    pub(in crate::simulator) whisper: Option<Target>,
    pub(in crate::simulator) status_callback: Option<Callback>,
}
