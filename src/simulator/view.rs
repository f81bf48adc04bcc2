//! Legs as the driver sees them.

use std::time::Duration;

use jiff::Timestamp;

use super::dialing::Stage;
use super::leg::{Activity, CallStatus, Direction, LegId};
use super::markup::Role;
use super::world::World;

/// What a leg is doing, as seen from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegState {
    /// Placed, not ringing yet.
    Placed,
    /// Its phone rings.
    Ringing,
    /// The server is asked what follows.
    Asking,
    /// Its person hears something (and may press a key if `keys`).
    Hearing {
        /// Whether a key is taken.
        keys: bool,
    },
    /// A `<Gather>` whose words are over.
    Listening(Listening),
    /// A `<Record>`.
    Recording {
        /// Since when.
        since: Timestamp,
        /// The longest.
        max_length: Duration,
        /// The silence that ends it; zero is never.
        timeout: Duration,
        /// The keys that end it.
        finish_on_key: String,
        /// Whether somebody is speaking into it.
        speaking: bool,
    },
    /// In a queue.
    Holding {
        /// Its name.
        queue: String,
        /// From 1; 0 while an announcement is heard.
        position: usize,
        /// Whether a key is taken.
        keys: bool,
    },
    /// In a `<Dial>` that has joined nobody yet.
    Dialing,
    /// Talking.
    Joined {
        /// With whom.
        with: LegId,
    },
    /// Over.
    Over,
}

/// A `<Gather>` that listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// Keys pressed so far.
    pub digits: String,
    /// The silence that ends it.
    pub timeout: Duration,
    /// How many keys it takes.
    pub num_digits: Option<usize>,
    /// The key that ends it.
    pub finish_on_key: Option<char>,
    /// Whether it listens to words, too.
    pub speech: bool,
    /// Where the input goes; none is the current document.
    pub action: Option<String>,
}

/// A leg, as seen from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegView {
    /// Its id.
    pub id: LegId,
    /// `CA…`.
    pub sid: String,
    /// The leg whose `<Dial>` phoned it.
    pub parent: Option<LegId>,
    /// Who began it.
    pub direction: Direction,
    /// What the called person sees.
    pub from: String,
    /// What was dialled.
    pub to: String,
    /// The provider's status.
    pub status: CallStatus,
    /// What it is doing.
    pub state: LegState,
    /// Documents it was given.
    pub documents: u32,
}

impl LegView {
    /// The number of its person.
    #[must_use]
    pub fn person(&self) -> &str {
        if self.direction == Direction::Inbound { &self.from } else { &self.to }
    }
}

impl World {
    /// A leg as seen from outside.
    pub(super) fn view(&self, id: LegId) -> Option<LegView> {
        let leg = self.leg(id)?;
        let state = match &leg.activity {
            _ if leg.is_over() => LegState::Over,
            _ if leg.role() == Role::Hold || leg.role() == Role::Announcement => self.holding(id),
            Activity::Idle if leg.held.is_some() => self.holding(id),
            Activity::Idle if leg.answered.is_none() => LegState::Placed,
            Activity::Ringing => LegState::Ringing,
            Activity::Fetching(_) => {
                if leg.held.is_some() {
                    self.holding(id)
                } else {
                    LegState::Asking
                }
            }
            Activity::Idle | Activity::Detecting => LegState::Asking,
            Activity::Sounding => LegState::Hearing { keys: false },
            Activity::Gathering(gathering) if !gathering.listening => LegState::Hearing { keys: gathering.verb.keys },
            Activity::Gathering(gathering) => LegState::Listening(Listening {
                digits: gathering.digits.clone(),
                timeout: gathering.verb.timeout,
                num_digits: gathering.verb.num_digits,
                finish_on_key: gathering.verb.finish_on_key,
                speech: gathering.verb.speech,
                action: gathering.verb.action.as_ref().map(|target| target.url.clone()),
            }),
            Activity::Recording(taking) => LegState::Recording {
                since: taking.since,
                max_length: taking.verb.max_length,
                timeout: taking.verb.timeout,
                finish_on_key: taking.verb.finish_on_key.clone(),
                speaking: taking.speaking.is_some(),
            },
            Activity::Dialing(dialing) => match dialing.stage {
                Stage::Joined { peer, .. } => LegState::Joined { with: peer },
                _ => LegState::Dialing,
            },
            Activity::Joined(with) => LegState::Joined { with: *with },
        };
        Some(LegView {
            id,
            sid: leg.sid.clone(),
            parent: leg.parent,
            direction: leg.direction,
            from: leg.from.clone(),
            to: leg.to.clone(),
            status: leg.status,
            state,
            documents: leg.documents,
        })
    }

    fn holding(&self, id: LegId) -> LegState {
        let leg = self.leg(id);
        let queue = leg.and_then(|leg| leg.held.as_ref()).map(|held| held.verb.queue.clone()).unwrap_or_default();
        let position = self
            .queues
            .iter()
            .find_map(|queue| queue.members.iter().position(|member| *member == id))
            .map_or(0, |place| place + 1);
        let keys =
            leg.is_some_and(|leg| matches!(&leg.activity, Activity::Gathering(gathering) if gathering.verb.keys));
        LegState::Holding { queue, position, keys }
    }
}
