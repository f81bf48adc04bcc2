//! What can be made to go wrong, once each: the next thing that fits.

use std::collections::VecDeque;
use std::time::Duration;

use super::webhook::{Hook, Kind};

/// Which webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The next.
    Any,
    /// The next of a kind.
    Kind(Kind),
    /// The next whose URL has this fragment.
    Url(String),
}

impl Which {
    fn fits(&self, kind: Kind, url: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Kind(wanted) => *wanted == kind,
            Self::Url(fragment) => url.contains(fragment.as_str()),
        }
    }
}

/// How a webhook is delivered twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubling {
    /// Both at the same time.
    AtOnce,
    /// The second after the first was answered.
    Afterwards,
}

/// How a webhook is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// As it should be.
    Good,
    /// With another key.
    Bad,
    /// Not at all.
    Missing,
}

/// How a status callback goes astray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Astray {
    /// It comes twice.
    Twice,
    /// It comes later.
    Late(Duration),
    /// It comes after the next one of any leg.
    AfterNext,
    /// It never comes.
    Never,
}

/// What becomes of a transcription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transcript {
    /// It comes so long after the end of the recording.
    After(Duration),
    /// It fails.
    Fails,
    /// It never comes.
    Never,
    /// It comes twice.
    Twice,
    /// It comes before the recording's `action`.
    BeforeAction,
    /// It comes without words.
    Empty,
    /// It comes when [`super::Network::transcribe`] says so.
    Held,
}

/// What becomes of a request to the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiFault {
    /// It is refused with a status and an error code, such as 429 and 20429; nothing is done.
    Refused {
        /// The status.
        status: u16,
        /// The provider's error code.
        code: u32,
    },
    /// It is done, and the reply never comes.
    DoneWithoutReply,
    /// It is not done, and the reply never comes.
    Lost,
}

/// What is going to go wrong.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) doublings: Vec<(Which, Doubling)>,
    pub(super) signings: Vec<(Which, Signing)>,
    pub(super) losses: Vec<Which>,
    pub(super) astray: VecDeque<(Which, Astray)>,
    pub(super) transcripts: VecDeque<Transcript>,
    /// With the fragment of the path they are for.
    pub(super) api: Vec<(String, ApiFault)>,
    /// A status callback that waits for the next one to overtake it.
    pub(super) overtaken: Option<Hook>,
}

impl Faults {
    pub(super) fn doubling(&mut self, kind: Kind, url: &str) -> Option<Doubling> {
        let place = self.doublings.iter().position(|(which, _)| which.fits(kind, url))?;
        Some(self.doublings.remove(place).1)
    }

    pub(super) fn signing(&mut self, kind: Kind, url: &str) -> Signing {
        let place = self.signings.iter().position(|(which, _)| which.fits(kind, url));
        place.map_or(Signing::Good, |place| self.signings.remove(place).1)
    }

    pub(super) fn loses(&mut self, kind: Kind, url: &str) -> bool {
        let place = self.losses.iter().position(|which| which.fits(kind, url));
        place.map(|place| self.losses.remove(place)).is_some()
    }

    pub(super) fn goes_astray(&mut self, url: &str) -> Option<Astray> {
        let place = self.astray.iter().position(|(which, _)| which.fits(Kind::Status, url))?;
        self.astray.remove(place).map(|(_, astray)| astray)
    }

    pub(super) fn api(&mut self, line: &str) -> Option<ApiFault> {
        let place = self.api.iter().position(|(fragment, _)| line.contains(fragment.as_str()))?;
        Some(self.api.remove(place).1)
    }
}
