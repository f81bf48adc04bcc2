//! What happened, in the order in which it happened.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::leg::{CallStatus, LegId};
use super::problem::Problem;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// When, in virtual time.
    pub at: Timestamp,
    /// On which leg, if on one.
    pub leg: Option<LegId>,
    /// What.
    pub what: What,
}

/// What happened. What is heard is noted when it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A person calls.
    Calls {
        /// What the called side sees.
        from: String,
        /// The number called.
        to: String,
    },
    /// A phone rings.
    Rings {
        /// What it shows.
        from: String,
        /// Its number.
        to: String,
    },
    /// The call is answered.
    Answers,
    /// Words.
    Hears {
        /// The words, without markup.
        text: String,
        /// The voice, if the document names one.
        voice: Option<String>,
        /// The language, if the document names one.
        language: Option<String>,
        /// How long they take.
        length: Duration,
    },
    /// An audio file.
    Plays {
        /// Its URL.
        url: String,
        /// How long it takes.
        length: Duration,
    },
    /// A pause.
    Silence(Duration),
    /// A beep: speak now.
    Beep,
    /// Tones are sent to the person's side.
    Tones(String),
    /// A `<Gather>` begins to listen.
    Listens,
    /// What was heard is broken off.
    BrokenOff,
    /// The person presses keys.
    Presses(String),
    /// Keys that nothing listened to.
    KeysLost(String),
    /// The person speaks to a `<Gather>`.
    Says(String),
    /// The person lets the time pass.
    StaysSilent,
    /// The person speaks into a recording.
    Speaks {
        /// For how long.
        length: Duration,
        /// The words.
        words: String,
    },
    /// A recording is over.
    Recorded {
        /// `RE…`.
        sid: String,
        /// Whole seconds.
        seconds: u64,
    },
    /// In a queue.
    Holds {
        /// Its name.
        queue: String,
        /// From 1.
        position: usize,
    },
    /// Out of the queue.
    Leaves {
        /// Its name.
        queue: String,
        /// The `QueueResult`.
        result: &'static str,
    },
    /// Two legs are joined.
    Joined {
        /// With whom.
        with: LegId,
    },
    /// They are no longer.
    Parted,
    /// The person hangs up.
    HangsUp,
    /// The person could not do what was planned.
    CannotDo(String),
    /// The leg is over.
    Over(CallStatus),
    /// Something is wrong with what the server says.
    Problem(Problem),
    /// The server asked the API for something.
    Requested {
        /// Its place in the log of requests.
        request: usize,
        /// Method and path.
        line: String,
        /// The status of the reply; none if there was none.
        status: Option<u16>,
    },
    /// A webhook failed.
    WebhookFailed {
        /// Its place in the log of webhooks.
        webhook: usize,
        /// The provider's error code.
        code: u32,
        /// Why.
        reason: String,
    },
    /// "An application error has occurred": the provider gives up.
    ApplicationError,
}

impl fmt::Display for Occurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at.strftime("%H:%M:%S"))?;
        if let Some(leg) = self.leg {
            write!(f, "  {leg}")?;
        }
        write!(f, "  {}", self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Calls { from, to } => write!(f, "{from} calls {to}"),
            Self::Rings { from, to } => write!(f, "{to} rings and shows {from}"),
            Self::Answers => f.write_str("answers"),
            Self::Hears { text, .. } => write!(f, "hears \"{text}\""),
            Self::Plays { url, .. } => write!(f, "hears {url}"),
            Self::Silence(length) => write!(f, "hears {} s of silence", length.as_secs_f32()),
            Self::Beep => f.write_str("hears a beep"),
            Self::Tones(tones) => write!(f, "is sent the tones {tones}"),
            Self::Listens => f.write_str("is listened to"),
            Self::BrokenOff => f.write_str("hears no more of it"),
            Self::Presses(keys) => write!(f, "presses {keys}"),
            Self::KeysLost(keys) => write!(f, "presses {keys}, to which nothing listens"),
            Self::Says(words) => write!(f, "says \"{words}\""),
            Self::StaysSilent => f.write_str("stays silent"),
            Self::Speaks { length, words } => write!(f, "speaks for {} s: \"{words}\"", length.as_secs_f32()),
            Self::Recorded { sid, seconds } => write!(f, "was recorded for {seconds} s ({sid})"),
            Self::Holds { queue, position } => write!(f, "holds in {queue}, position {position}"),
            Self::Leaves { queue, result } => write!(f, "leaves {queue}: {result}"),
            Self::Joined { with } => write!(f, "is joined with {with}"),
            Self::Parted => f.write_str("is parted"),
            Self::HangsUp => f.write_str("hangs up"),
            Self::CannotDo(why) => write!(f, "CANNOT: {why}"),
            Self::Over(status) => write!(f, "is over: {status}"),
            Self::Problem(problem) => write!(f, "PROBLEM {problem}"),
            Self::Requested { line, status: Some(status), .. } => write!(f, "the server asks {line}: {status}"),
            Self::Requested { line, status: None, .. } => write!(f, "the server asks {line}: no reply"),
            Self::WebhookFailed { code, reason, .. } => write!(f, "WEBHOOK FAILED {code}: {reason}"),
            Self::ApplicationError => f.write_str("hears \"an application error has occurred\""),
        }
    }
}
