//! A telephone as the person who holds it knows it.

use jiff::Timestamp;

use crate::engine::event::Leg;
use crate::engine::turn::{RecordEnd, SpeechPart, Then, Turn, Utterance};

/// Which telephone of a call: the caller's is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PhoneId(pub(super) usize);

/// The caller's telephone.
pub(super) const CALLER: PhoneId = PhoneId(0);

/// A telephone.
#[derive(Debug)]
pub(super) struct Phone {
    /// Its number; none if it is withheld.
    pub(super) number: Option<String>,
    /// The engine's leg; the other side of a `dial` is none.
    pub(super) leg: Option<Leg>,
    /// What goes on with it.
    pub(super) doing: Doing,
    /// Rises whenever that changes: what was due before is due no more.
    pub(super) serial: u32,
    /// A turn that was ready before the leg asked for it.
    pub(super) ready: Option<Turn>,
    /// Everything said on it.
    pub(super) heard: Vec<String>,
    /// The first thing said since its person did something.
    pub(super) since: usize,
    /// How far expectations have looked: a text, and a byte in it.
    pub(super) looked: (usize, usize),
    /// Whether a machine has answered: it presses nothing.
    pub(super) machine: bool,
}

/// What goes on with a telephone.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Doing {
    /// It rings.
    Ringing,
    /// It waits to be told what follows.
    Asking,
    /// Words are spoken until then; behind them something is expected.
    Document {
        /// When the words are over.
        until: Timestamp,
        /// What is expected.
        then: Then,
    },
    /// Its person speaks into a recording.
    Recording(Speaking),
    /// Its person holds.
    Holding {
        /// Which visit of an `escalate`.
        visit: u32,
        /// Which round of it.
        round: u32,
    },
    /// A number is dialled for it.
    Dialing {
        /// The other side.
        other: PhoneId,
        /// Whether a star ends the other side.
        star_drops: bool,
    },
    /// Two people talk.
    Joined(Talk),
    /// It was hung up.
    Over,
}

/// Two people who talk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Talk {
    /// The other one.
    pub(super) with: PhoneId,
    /// The hold that led to it; none for a `dial`.
    pub(super) hold: Option<(u32, u32)>,
    /// Whether a star of the caller ends it.
    pub(super) star_drops: bool,
}

/// A recording under way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Speaking {
    /// The words.
    pub(super) words: String,
    /// Milliseconds spoken so far.
    pub(super) spoken: u64,
    /// Seconds at most.
    pub(super) longest: u32,
    /// What ends it.
    pub(super) end: RecordEnd,
    /// Whether it is to be transcribed.
    pub(super) transcribe: bool,
}

impl Phone {
    /// A telephone that rings.
    pub(super) fn ringing(number: String, leg: Option<Leg>) -> Self {
        Self {
            number: Some(number),
            leg,
            doing: Doing::Ringing,
            serial: 0,
            ready: None,
            heard: Vec::new(),
            since: 0,
            looked: (0, 0),
            machine: false,
        }
    }

    /// The caller's, who has just called.
    pub(super) fn calling(number: Option<String>) -> Self {
        Self { number, doing: Doing::Asking, ..Self::ringing(String::new(), Some(Leg::Caller)) }
    }

    /// Something else goes on from now on.
    pub(super) fn set(&mut self, doing: Doing) {
        self.doing = doing;
        self.serial += 1;
    }

    /// Its person does something: expectations begin afresh.
    pub(super) fn acts(&mut self) {
        self.since = self.heard.len();
        self.looked = (self.since, 0);
    }

    /// Whether somebody talks or listens on it.
    pub(super) fn is_on(&self) -> bool {
        !matches!(self.doing, Doing::Over | Doing::Ringing)
    }
}

/// The words of something that is heard; audio by its URL.
pub(super) fn words(utterance: &Utterance) -> Option<String> {
    match utterance {
        Utterance::Say { parts, .. } => {
            let texts = parts.iter().filter_map(|part| match part {
                SpeechPart::Text(text) => Some(text.as_str()),
                SpeechPart::Break(_) => None,
            });
            Some(normal(&texts.collect::<Vec<_>>().join(" ")))
        }
        Utterance::Play { url } => Some(format!("♪ {url}")),
        Utterance::Pause { .. } => None,
    }
}

/// A text with single blanks only.
pub(super) fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
