//! The network's state, and the one task that owns it.
//!
//! Everything comes in through one channel: replies of the server under test, its requests to the API, and what the
//! driver wants. A webhook is therefore awaited while requests to the API are served.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::config::{Config, ServerClock};
use super::due::Due;
use super::error::Error;
use super::faults::Faults;
use super::ids::Ids;
use super::leg::{Direction, Leg, LegId};
use super::pace::{Goal, ServerState};
use super::person::{Cue, Line, Plan};
use super::queue::Queue;
use super::recording::Recording;
use super::timeline::{Timeline, later};
use super::transcript::{Occurrence, What};
use super::webhook::{ApiRequest, Flight, FlightId, Reply, Webhook};
use crate::http::client::Client;
use crate::http::{Request, Response};

/// What the network is told.
pub(super) enum Message {
    /// An attempt at a webhook came to something.
    Reply(Reply),
    /// A request to the API, and where its reply goes.
    Request(Request, oneshot::Sender<Response>),
    /// Something is done to the state, or read from it.
    Do(Box<dyn FnOnce(&mut World) + Send>),
    /// Time may pass.
    Run(Goal, oneshot::Sender<Result<Vec<Occurrence>, Error>>),
    /// The end.
    Stop,
}

/// The network.
pub(super) struct World {
    pub(super) config: Config,
    /// The base URL of the API.
    pub(super) api: String,
    pub(super) client: Client,
    pub(super) outbox: mpsc::UnboundedSender<Message>,
    pub(super) inbox: mpsc::UnboundedReceiver<Message>,
    pub(super) now: Timestamp,
    pub(super) timeline: Timeline<Due>,
    pub(super) legs: Vec<Leg>,
    pub(super) queues: Vec<Queue>,
    pub(super) recordings: Vec<Recording>,
    pub(super) ids: Ids,
    pub(super) hooks: u64,
    pub(super) flown: u64,
    pub(super) flights: BTreeMap<FlightId, Flight>,
    pub(super) webhooks: Vec<Webhook>,
    pub(super) requests: Vec<ApiRequest>,
    /// Requests to the API that are never answered.
    pub(super) withheld: Vec<oneshot::Sender<Response>>,
    pub(super) occurrences: Vec<Occurrence>,
    /// How many of them a run has handed out.
    pub(super) reported: usize,
    pub(super) faults: Faults,
    /// Plans of people whose phones do not ring yet, by number.
    pub(super) plans: Vec<(String, Plan)>,
    /// What a person does now happens while a webhook is under way.
    pub(super) overlap: bool,
    /// When the API may start the next call.
    pub(super) next_start: Timestamp,
    pub(super) last_end: Timestamp,
    pub(super) server: ServerState,
    pub(super) stopped: bool,
}

impl World {
    pub(super) fn new(
        config: Config,
        api: String,
        client: Client,
        (outbox, inbox): (mpsc::UnboundedSender<Message>, mpsc::UnboundedReceiver<Message>),
    ) -> Self {
        let now = config.start;
        Self {
            ids: Ids::new(config.seed),
            config,
            api,
            client,
            outbox,
            inbox,
            now,
            timeline: Timeline::new(),
            legs: Vec::new(),
            queues: Vec::new(),
            recordings: Vec::new(),
            hooks: 0,
            flown: 0,
            flights: BTreeMap::new(),
            webhooks: Vec::new(),
            requests: Vec::new(),
            withheld: Vec::new(),
            occurrences: Vec::new(),
            reported: 0,
            faults: Faults::default(),
            plans: Vec::new(),
            overlap: false,
            next_start: now,
            last_end: now,
            server: ServerState::default(),
            stopped: false,
        }
    }

    /// Owns the state until the network is stopped.
    pub(super) async fn live(mut self) {
        while !self.stopped {
            match self.inbox.recv().await {
                None => break,
                Some(Message::Run(goal, reply)) => {
                    let result = self.run(goal).await;
                    // Whoever asked may have given up; what happened is then reported by the next run.
                    let news = self.occurrences.get(self.reported..).unwrap_or_default().to_vec();
                    let count = news.len();
                    if reply.send(result.map(|()| news)).is_ok() {
                        self.reported += count;
                    }
                }
                Some(message) => self.take(message),
            }
        }
    }

    /// Takes in a message that needs no time to pass.
    pub(super) fn take(&mut self, message: Message) {
        match message {
            Message::Reply(reply) => self.arrived(reply),
            Message::Request(request, reply) => self.serve(&request, reply),
            Message::Do(deed) => deed(self),
            // Nobody listens if the asker has given up.
            Message::Run(_, reply) => drop(reply.send(Err(Error::Running))),
            Message::Stop => self.stopped = true,
        }
    }

    pub(super) fn is_controlled(&self) -> bool {
        matches!(self.config.clock, ServerClock::Controlled { .. })
    }

    pub(super) fn leg(&self, id: LegId) -> Option<&Leg> {
        self.legs.get(id.0)
    }

    pub(super) fn leg_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        self.legs.get_mut(id.0)
    }

    /// A new leg. Its person does what was planned for the number.
    pub(super) fn new_leg(&mut self, direction: Direction, from: &str, to: &str) -> LegId {
        let id = LegId(self.legs.len());
        let sid = self.ids.sid("CA");
        let mut leg = Leg::new(id, sid, direction, from, to, self.now);
        let person = leg.person().to_owned();
        let (mine, others) = std::mem::take(&mut self.plans).into_iter().partition(|(number, _)| *number == person);
        self.plans = others;
        leg.plans = mine.into_iter().map(|(_, plan)| plan).collect();
        self.legs.push(leg);
        id
    }

    /// The leg that is meant.
    pub(super) fn line(&self, line: &Line) -> Result<LegId, Error> {
        match line {
            Line::Leg(id) => self.leg(*id).map(|leg| leg.id).ok_or_else(|| Error::NoLeg(id.to_string())),
            Line::Number(number) => {
                let mine = || self.legs.iter().rev().filter(|leg| leg.person() == number);
                let leg = mine().find(|leg| !leg.is_over()).or_else(|| mine().next());
                leg.map(|leg| leg.id).ok_or_else(|| Error::NoLeg(number.clone()))
            }
        }
    }

    /// Whether a number may be shown to those who are called.
    pub(super) fn may_show(&self, number: &str) -> bool {
        self.config.numbers.contains_key(number) || self.config.verified_callers.iter().any(|known| known == number)
    }

    /// Notes what happened.
    pub(super) fn note(&mut self, leg: Option<LegId>, what: What) {
        self.occurrences.push(Occurrence { at: self.now, leg, what });
    }

    /// Plans something for this moment, after everything that is planned for it already.
    pub(super) fn plan_now(&mut self, due: Due) {
        self.timeline.plan(self.now, due);
    }

    /// Plans something that happens whatever a leg is doing then.
    pub(super) fn plan_after(&mut self, length: Duration, due: Due) {
        self.timeline.plan(later(self.now, length), due);
    }

    /// Plans something that belongs to what a leg is doing.
    pub(super) fn after(&mut self, id: LegId, length: Duration, due: Due) {
        let key = self.timeline.plan(later(self.now, length), due);
        if let Some(leg) = self.leg_mut(id) {
            leg.timers.push(key);
        }
    }

    /// The cue for what a person planned to do.
    pub(super) fn cue(&mut self, id: LegId, given: impl Fn(&Cue) -> bool) {
        let Some(leg) = self.leg_mut(id) else { return };
        let Some(place) = leg.plans.iter().position(|plan| given(&plan.cue)) else { return };
        let deed = leg.plans.remove(place).deed;
        if self.overlap {
            self.try_deed(id, deed);
        } else {
            self.intend(id, Duration::ZERO, deed);
        }
    }
}
