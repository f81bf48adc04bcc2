//! How time passes: the server under test is let come to rest after everything that happens, then the next thing happens.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::config::ServerClock;
use super::control::{self, Status};
use super::error::Error;
use super::leg::{Activity, Leg};
use super::markup::Role;
use super::timeline::later;
use super::webhook::Flight;
use super::world::World;

/// More events than any sensible call has between two deeds of a person.
const MOST_EVENTS: usize = 50_000;

/// How often a server is asked until it is believed to be at rest, when something may still be on its way to it.
const SURE: u32 = 3;

/// The real time that is allowed a server to give up a request whose reply was lost.
const LOST: Duration = Duration::from_secs(20);

/// How far time may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// Until somebody has to do something, or all is over.
    Person,
    /// Until that time, whoever does nothing.
    Time(Timestamp),
}

/// What is known of the server under test.
#[derive(Debug)]
pub(super) struct ServerState {
    /// Something happened since it was last found at rest.
    pub(super) unsettled: bool,
    /// One of its timers was due since then.
    woken: bool,
    /// When its next timer wants to wake.
    next: Option<Timestamp>,
}

impl Default for ServerState {
    fn default() -> Self {
        Self { unsettled: true, woken: false, next: None }
    }
}

/// What a leg is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Over,
    /// Something goes on by itself.
    Busy,
    /// A person has to do something.
    Person,
    /// Something has to happen on another leg.
    Held,
}

/// What happens next.
enum Next {
    /// The first entry of the timeline.
    Event(Timestamp),
    /// A timer of the server.
    Timer(Timestamp),
}

impl World {
    /// Lets time pass.
    pub(super) async fn run(&mut self, goal: Goal) -> Result<(), Error> {
        for _ in 0..MOST_EVENTS {
            self.settle().await?;
            if self.stopped {
                return Err(Error::Stopped);
            }
            match self.next(goal) {
                Some(_) if self.should_wait_for_server() && self.grace().await => {}
                Some(Next::Event(at)) => {
                    self.advance(at).await?;
                    // What the server did in the meantime may have changed what is next.
                    let due = self.timeline.next().is_some_and(|(at, _)| at <= self.now);
                    if let Some((_, due)) = due.then(|| self.timeline.take()).flatten() {
                        self.fire(due);
                    }
                }
                Some(Next::Timer(at)) => self.advance(at).await?,
                None => {
                    if let Goal::Time(until) = goal {
                        self.advance(until).await?;
                        self.settle().await?;
                    }
                    return Ok(());
                }
            }
        }
        Err(Error::Endless(MOST_EVENTS))
    }

    /// What happens next, if anything may happen before a person does something.
    fn next(&self, goal: Goal) -> Option<Next> {
        let event = self.timeline.next();
        let timer = self.server.next;
        let next = match (event, timer) {
            (Some((at, _)), Some(timer)) if timer <= at => Next::Timer(timer),
            (Some((at, _)), _) => Next::Event(at),
            (None, Some(timer)) => Next::Timer(timer),
            (None, None) => return None,
        };
        let at = match next {
            Next::Event(at) | Next::Timer(at) => at,
        };
        match goal {
            Goal::Time(until) => (at <= until).then_some(next),
            Goal::Person => self.without_person(next, at),
        }
    }

    fn without_person(&self, next: Next, at: Timestamp) -> Option<Next> {
        if let (Next::Event(_), Some((_, due))) = (&next, self.timeline.next()) {
            let patient = due.patience().and_then(|leg| self.leg(leg));
            if patient.is_some_and(|leg| standing(leg) == Standing::Person) {
                return None;
            }
            if at <= self.now {
                return Some(next);
            }
        }
        let all = || self.legs.iter().map(standing);
        if all().any(|standing| standing == Standing::Busy) {
            return Some(next);
        }
        if all().any(|standing| standing == Standing::Person) {
            return None;
        }
        if all().any(|standing| standing == Standing::Held) {
            return Some(next);
        }
        // All is over: what is planned still happens, and the server has some time for what it has left to do.
        let limit = later(self.last_end, self.config.aftermath);
        (matches!(next, Next::Event(_)) || at <= limit).then_some(next)
    }

    /// Whether nothing can go on unless the server does something by itself.
    fn should_wait_for_server(&self) -> bool {
        let held = |leg: &Leg| matches!(standing(leg), Standing::Held | Standing::Over);
        !self.is_controlled()
            && self.timeline.next().is_some_and(|(at, _)| at > self.now)
            && self.legs.iter().all(held)
            && self.legs.iter().any(|leg| !leg.is_over())
    }

    /// Gives a server with its own clock some real time; true if it used it.
    async fn grace(&mut self) -> bool {
        let ServerClock::Own { grace } = self.config.clock else { return false };
        match tokio::time::timeout(grace, self.inbox.recv()).await {
            Ok(Some(message)) => {
                self.take(message);
                true
            }
            _ => false,
        }
    }

    /// Waits until the server has nothing to do but wait.
    async fn settle(&mut self) -> Result<(), Error> {
        // A request that is never answered keeps the server busy until its own time limit, which is in real time.
        let withheld = if self.withheld.is_empty() { Duration::ZERO } else { LOST };
        let patience = Instant::now() + self.config.patience + withheld;
        let mut calm = 0;
        let mut polls = 0_u32;
        loop {
            while let Ok(message) = self.inbox.try_recv() {
                self.take(message);
            }
            if !self.server.unsettled || self.stopped {
                return Ok(());
            }
            let ServerClock::Controlled { url } = self.config.clock.clone() else {
                return self.settle_uncontrolled().await;
            };
            let status = self.poll(url).await;
            let known = status.as_ref().ok().copied();
            calm = if known.is_some_and(|status| self.at_rest(status)) { calm + 1 } else { 0 };
            if calm >= self.polls_needed(known) {
                self.server.next = known.and_then(|status| status.next);
                self.server.unsettled = false;
                self.server.woken = false;
                return Ok(());
            }
            if Instant::now() > patience {
                return Err(match status {
                    Err(error) => error,
                    Ok(status) => Error::Restless(self.describe(status)),
                });
            }
            polls += 1;
            if polls > 8 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            } else {
                tokio::task::yield_now().await;
            }
        }
    }

    /// A server with its own clock is at rest when every webhook has its reply.
    async fn settle_uncontrolled(&mut self) -> Result<(), Error> {
        while self.flights.values().any(Flight::is_open) && !self.stopped {
            match self.inbox.recv().await {
                Some(message) => self.take(message),
                None => return Err(Error::Stopped),
            }
        }
        self.server.unsettled = false;
        Ok(())
    }

    /// How many calm replies are believed. A webhook that was sent may not have arrived, a task that was woken may
    /// not have begun: the server does not know of them yet.
    fn polls_needed(&self, status: Option<Status>) -> u32 {
        let open = self.flights.values().filter(|flight| flight.is_open()).count();
        let known = status.and_then(|status| status.open) == Some(open);
        if (open > 0 && !known) || self.server.woken { SURE } else { 2 }
    }

    /// Whether a server that says this of itself has nothing to do but wait for what is held back on purpose.
    fn at_rest(&mut self, status: Status) -> bool {
        self.withheld.retain(|reply| !reply.is_closed());
        let held = self.config.held_replies.load(std::sync::atomic::Ordering::SeqCst) + self.withheld.len();
        let open = self.flights.values().filter(|flight| flight.is_open()).count();
        // A webhook that is under way is held up by something: a request, or a timer.
        let stuck = open > 0 && status.waiting == 0 && status.next.is_none();
        status.busy == 0
            && status.waiting <= held
            && status.open.is_none_or(|known| known == open)
            && status.next.is_none_or(|next| next > self.now)
            && !stuck
    }

    fn describe(&self, status: Status) -> String {
        let held = self.config.held_replies.load(std::sync::atomic::Ordering::SeqCst);
        let open: Vec<_> = self.flights.values().filter(|flight| flight.is_open()).map(Flight::name).collect();
        format!("{status:?}; {held} replies are held back; webhooks under way: {open:?}")
    }

    /// Moves the server's clock to ours, and serves the API in the meantime.
    async fn poll(&mut self, url: String) -> Result<Status, Error> {
        let request = control::set(self.client.clone(), url, self.now);
        tokio::pin!(request);
        loop {
            tokio::select! {
                biased;
                status = &mut request => return status,
                Some(message) = self.inbox.recv() => self.take(message),
            }
        }
    }

    /// Lets time pass to a moment; a server whose clock is ours does what it has to do then.
    async fn advance(&mut self, to: Timestamp) -> Result<(), Error> {
        if to <= self.now {
            return Ok(());
        }
        self.now = to;
        if !self.is_controlled() {
            return Ok(());
        }
        self.server.unsettled = true;
        self.server.woken = self.server.next.is_some_and(|next| next <= to);
        self.settle().await
    }
}

/// What a leg is waiting for.
fn standing(leg: &Leg) -> Standing {
    let person = if leg.resigned { Standing::Busy } else { Standing::Person };
    let in_queue = leg.held.is_some() && leg.role() == Role::Hold;
    match &leg.activity {
        _ if leg.is_over() => Standing::Over,
        // Its person is going to do something.
        _ if leg.intends > 0 => Standing::Busy,
        Activity::Idle | Activity::Sounding | Activity::Gathering(_) if in_queue => Standing::Held,
        Activity::Gathering(gathering) if gathering.listening && leg.machine => Standing::Busy,
        Activity::Gathering(gathering) if gathering.listening => person,
        Activity::Recording(taking) if taking.speaking.is_none() => person,
        Activity::Ringing | Activity::Joined(_) => person,
        Activity::Dialing(_) => Standing::Held,
        _ => Standing::Busy,
    }
}
