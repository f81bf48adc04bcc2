//! People: who calls, and what they do with their phones.

use std::time::Duration;

use super::leg::LegId;

/// How withheld numbers are spelt in `From`: as a word, or as a word typed on a keypad.
pub const HIDDEN: [&str; 9] = [
    "anonymous",
    "unknown",
    "restricted",
    "unavailable",
    "+266696687",
    "+7378742833",
    "+86282452253",
    "+8656696",
    "+2562533",
];

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// What the called side sees.
    pub from: String,
    /// Parameters that only this caller's webhooks have.
    pub params: Vec<(String, String)>,
}

impl Caller {
    /// Somebody with a number in E.164, or whatever else a carrier may send.
    #[must_use]
    pub fn number(number: &str) -> Self {
        Self { from: number.to_owned(), params: Vec::new() }
    }

    /// Somebody who withholds the number.
    #[must_use]
    pub fn hidden() -> Self {
        Self::number("anonymous")
    }

    /// Somebody who calls by SIP, such as `ann@pbx.example`.
    #[must_use]
    pub fn sip(address: &str) -> Self {
        Self::number(&format!("sip:{address}"))
    }

    /// Somebody who calls from a browser or an app.
    #[must_use]
    pub fn client(name: &str) -> Self {
        Self::number(&format!("client:{name}"))
    }

    /// With a name from the carrier's directory (`CallerName`).
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        self.with("CallerName", name)
    }

    /// With the carrier's word on whether the number is genuine (`StirVerstat`), such as `TN-Validation-Passed-A`.
    #[must_use]
    pub fn attested(self, verdict: &str) -> Self {
        self.with("StirVerstat", verdict)
    }

    /// With any other parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl From<&str> for Caller {
    fn from(number: &str) -> Self {
        Self::number(number)
    }
}

/// Whose leg: by its id, or by the number of its person (the newest leg that is not over, else the newest).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A leg.
    Leg(LegId),
    /// A person's number.
    Number(String),
}

impl From<LegId> for Line {
    fn from(leg: LegId) -> Self {
        Self::Leg(leg)
    }
}

impl From<&str> for Line {
    fn from(number: &str) -> Self {
        Self::Number(number.to_owned())
    }
}

impl From<String> for Line {
    fn from(number: String) -> Self {
        Self::Number(number)
    }
}

/// Who or what answers a phone, in the words of answering machine detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum AnsweredBy {
    Human,
    Machine,
    Fax,
    Unknown,
}

impl AnsweredBy {
    /// As webhooks and the API spell it; `to_the_end`: the machine's greeting was listened to.
    pub(super) fn word(self, to_the_end: bool) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Machine if to_the_end => "machine_end_beep",
            Self::Machine => "machine_start",
            Self::Fax => "fax",
            Self::Unknown => "unknown",
        }
    }
}

/// How somebody who speaks into a recording ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With a key.
    Key(char),
    /// By hanging up.
    HangUp,
    /// By falling silent until the recording ends by itself.
    Silence,
    /// By speaking on until the longest length.
    Limit,
    /// Not yet: the next deed will tell.
    Open,
}

/// What a person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Presses keys, one after the other, in no time.
    Press(String),
    /// Speaks where a `<Gather>` listens to words.
    Say(String),
    /// Lets the time pass: until a `<Gather>` or `<Record>` gives up, or a phone stops ringing.
    StaySilent,
    /// Speaks into a recording.
    Record {
        /// For how long.
        length: Duration,
        /// The words, for the transcription.
        words: String,
        /// And then.
        ending: Ending,
    },
    /// Hangs up; a caller whose call was not answered gives up.
    HangUp,
    /// Answers a ringing phone.
    Answer(AnsweredBy),
    /// Is busy.
    Busy,
    /// Declines without answering.
    Decline,
    /// Cannot be reached.
    Fail,
}

impl Deed {
    /// For messages: "cannot …".
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Press(_) => "press a key",
            Self::Say(_) => "speak",
            Self::StaySilent => "stay silent",
            Self::Record { .. } => "record",
            Self::HangUp => "hang up",
            Self::Answer(_) => "answer",
            Self::Busy => "be busy",
            Self::Decline => "decline",
            Self::Fail => "fail",
        }
    }
}

/// When a planned deed is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cue {
    /// After so much time.
    After(Duration),
    /// As soon as words with this fragment begin to be heard: a key pressed in the middle of a sentence.
    Hearing(String),
    /// As soon as the phone rings.
    Ringing,
    /// While a webhook of this leg, whose URL has this fragment, is under way: the reply is not there yet.
    Asking(String),
}

/// A deed and its cue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) cue: Cue,
    pub(super) deed: Deed,
}
