//! What is kept of a call between two webhooks: the session, and what every leg was told last.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::engine::effect::Entry;
use crate::engine::event::Leg;
use crate::engine::session::{Session, State};
use crate::engine::turn::Turn;
use crate::graph::NodeId;

/// Answers that are kept of a leg: a webhook that is repeated gets the same bytes.
const KEPT: usize = 2;
/// Lines of a call's log at most; what comes after is counted only.
const LONGEST_LOG: usize = 2000;

/// A call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Our token of the call.
    pub(crate) call: String,
    /// The engine's part.
    pub(crate) session: Session,
    /// By leg; the caller's under the empty name.
    // Boxed: a map has room for eleven at once, and most calls have one.
    pub(crate) desks: BTreeMap<String, Box<Desk>>,
    /// What has happened.
    #[serde(default)]
    pub(crate) log: Vec<Entry>,
    /// The node at which the fallback URL was asked, and how often in a row.
    #[serde(default)]
    pub(crate) fallbacks: (Option<NodeId>, u32),
    /// Since when nothing happens any more.
    #[serde(default)]
    pub(crate) over: Option<Timestamp>,
}

/// What a leg was told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Desk {
    /// The provider's id of the leg.
    #[serde(default)]
    pub(crate) sid: Option<String>,
    /// For a callee's leg: its number, the number it is shown, and since when it may exist.
    #[serde(default)]
    pub(crate) placed: Option<(String, String, Timestamp)>,
    /// The turn of its last document; 0 before the first.
    #[serde(default)]
    pub(crate) turn: u32,
    /// Its last answers; stored apart.
    #[serde(skip)]
    pub(crate) answers: VecDeque<Answer>,
    /// A turn that is ready although no webhook was open for it: the next one gets it.
    #[serde(default)]
    pub(crate) ready: Option<Turn>,
}

/// What webhooks were answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// Their paths.
    pub(crate) paths: Vec<String>,
    /// The document; the record is copied at every event, and this is most of it.
    pub(crate) document: Arc<str>,
}

/// The name of a leg's desk.
pub(crate) fn desk_name(leg: &Leg) -> &str {
    match leg {
        Leg::Caller => "",
        Leg::Callee(token) => token,
    }
}

impl Record {
    pub(crate) fn new(call: String, session: Session) -> Self {
        let desk = Desk { sid: Some(session.call.sid.to_string()), ..Desk::default() };
        Self {
            call,
            session,
            desks: BTreeMap::from([(String::new(), Box::new(desk))]),
            log: Vec::new(),
            fallbacks: (None, 0),
            over: None,
        }
    }

    pub(crate) fn desk(&mut self, leg: &Leg) -> &mut Desk {
        self.desks.entry(desk_name(leg).to_owned()).or_default()
    }

    pub(crate) fn sid(&self, leg: &Leg) -> Option<String> {
        self.desks.get(desk_name(leg)).and_then(|desk| desk.sid.clone())
    }

    /// Whether a leg is to go on somewhere else than where its last turn left it, or is over: then a turn that is ready
    /// for it has been overtaken.
    pub(crate) fn is_called(&self, leg: &Leg) -> bool {
        match leg {
            Leg::Caller => self.session.caller.state == State::Ready,
            Leg::Callee(token) => self.session.legs.get(token).is_none_or(|leg| leg.thread.state == State::Ready),
        }
    }

    /// Drops the documents of callees' legs that are over: a call may phone many people in its time.
    pub(crate) fn tidy(&mut self) {
        let legs = &self.session.legs;
        let over = self.desks.iter_mut().filter(|(name, _)| !name.is_empty() && !legs.contains_key(name.as_str()));
        over.for_each(|(_, desk)| {
            desk.answers.clear();
            desk.ready = None;
        });
    }

    pub(crate) fn note(&mut self, entry: Entry) {
        if self.log.len() < LONGEST_LOG {
            self.log.push(entry);
        }
    }
}

impl Desk {
    /// The answer that a webhook with this path got.
    pub(crate) fn answer(&self, path: &str) -> Option<&str> {
        let asked = |answer: &&Answer| answer.paths.iter().any(|asked| asked == path);
        self.answers.iter().find(asked).map(|answer| &*answer.document)
    }

    pub(crate) fn keep(&mut self, paths: &[String], document: &str) {
        self.answers.push_back(Answer { paths: paths.to_vec(), document: document.into() });
        while self.answers.len() > KEPT {
            self.answers.pop_front();
        }
    }
}
