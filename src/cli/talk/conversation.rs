//! One call, from its beginning to its end, with the people in it played by lines of text.

use std::io;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::mpsc;

use super::order::{HELP, Order, orders};
use super::page::Page;
use super::people::{Moment, is_asked, prompt, whom};
use crate::canned::Received;
use crate::simulator::{self, Caller, Cue, Deed, Direction, LegId, LegState, LegView, Network, Occurrence};

/// How long two people talk when nobody says for how long.
const TALK: Duration = Duration::from_secs(10);
/// How often time passes at the end of a call before it is given up: after the caller has gone, others only wait.
const MOST_SILENCES: usize = 1000;

/// Why a call cannot go on.
#[derive(Debug, Error)]
pub(in crate::cli) enum Broken {
    /// The simulated network.
    #[error(transparent)]
    Network(#[from] simulator::Error),
    /// Nobody reads what is written.
    #[error("the transcript cannot be written: {0}")]
    Output(#[from] io::Error),
}

/// What a call left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Ended {
    /// Lines that were not understood or could not be done.
    pub(in crate::cli) refused: usize,
    /// Whether more calls are wanted.
    pub(in crate::cli) quit: bool,
}

/// Everything that a call needs.
pub(in crate::cli) struct Conversation<'a> {
    /// The network it is placed in.
    pub(in crate::cli) network: &'a Network,
    /// What canned services receive.
    pub(in crate::cli) received: Option<mpsc::UnboundedReceiver<Received>>,
    /// What is typed.
    pub(in crate::cli) lines: &'a mut mpsc::Receiver<String>,
    /// Where the call is shown.
    pub(in crate::cli) page: &'a mut Page,
    /// Whether somebody sits at a keyboard.
    pub(in crate::cli) prompts: bool,
    /// Whether pauses take as long as they take: for a server with a clock of its own.
    pub(in crate::cli) in_real_time: bool,
}

impl Conversation<'_> {
    /// Calls a number and goes on until everybody has hung up. When the lines end, the caller hangs up.
    pub(in crate::cli) async fn hold(mut self, from: Caller, to: &str) -> Result<Ended, Broken> {
        let mut ended = Ended { refused: 0, quit: false };
        if self.prompts {
            self.page.remark("type keys, Enter to stay silent, `help` for everything else")?;
        }
        self.page.begin(self.network.now().await?);
        self.network.call(from, to).await?;
        let mut unprompted = None;
        loop {
            let happened = self.network.run().await?;
            let legs = self.show(&happened, unprompted.take()).await?;
            match Moment::of(&legs) {
                Moment::Over => return Ok(ended),
                Moment::Pause(leg, length) => {
                    if self.in_real_time {
                        tokio::time::sleep(length).await;
                    }
                    self.network.stay_silent(leg).await?;
                    unprompted = Some(leg);
                }
                Moment::People => {
                    if !self.next_line(&legs, &mut ended).await? {
                        self.finish(&legs).await?;
                        return Ok(ended);
                    }
                }
            }
        }
    }

    /// Shows what happened; the legs as they are now.
    async fn show(&mut self, happened: &[Occurrence], unprompted: Option<LegId>) -> Result<Vec<LegView>, Broken> {
        let legs = self.network.legs().await?;
        self.page.learn(&legs);
        let mut received = Vec::new();
        while let Some(request) = self.received.as_mut().and_then(|received| received.try_recv().ok()) {
            received.push(request);
        }
        self.page.show(happened, received, unprompted)?;
        Ok(legs)
    }

    /// Does what the next line says; false if there is none, or it says that this is enough.
    async fn next_line(&mut self, legs: &[LegView], ended: &mut Ended) -> Result<bool, Broken> {
        if self.prompts {
            self.page.prompt(&prompt(legs))?;
        }
        let Some(line) = self.lines.recv().await else {
            if self.prompts {
                self.page.remark("")?;
            }
            ended.quit = true;
            return Ok(false);
        };
        let orders = match orders(&line) {
            Ok(orders) => orders,
            Err(why) => {
                ended.refused += 1;
                self.page.remark(&format!("        {why}"))?;
                return Ok(true);
            }
        };
        for order in orders {
            match order {
                Order::Quit => {
                    ended.quit = true;
                    return Ok(false);
                }
                order => {
                    if let Err(why) = self.obey(order, legs).await? {
                        ended.refused += 1;
                        self.page.remark(&format!("        {why}"))?;
                    }
                }
            }
        }
        Ok(true)
    }

    /// Does one thing; the inner error is why it cannot be done now.
    async fn obey(&mut self, order: Order, legs: &[LegView]) -> Result<Result<(), String>, Broken> {
        match order {
            Order::Help | Order::Quit => self.page.remark(HELP)?,
            Order::Wait(length) => self.wait(length).await?,
            Order::Do(None, Deed::StaySilent) if only_talking(legs) => self.wait(TALK).await?,
            Order::Do(who, deed) => {
                let people = match whom(who.as_deref(), &deed, legs) {
                    Ok(people) => people,
                    Err(why) => return Ok(Err(why)),
                };
                for leg in people {
                    if let Err(why) = possible(self.network.act(leg, deed.clone()).await)? {
                        return Ok(Err(why));
                    }
                }
            }
            Order::Later(who, length, deed) => {
                let people = match whom(who.as_deref(), &deed, legs) {
                    Ok(people) => people,
                    Err(why) => return Ok(Err(why)),
                };
                for leg in people {
                    if let Err(why) = possible(self.network.plan(leg, Cue::After(length), deed.clone()).await)? {
                        return Ok(Err(why));
                    }
                }
            }
        }
        Ok(Ok(()))
    }

    async fn wait(&mut self, length: Duration) -> Result<(), Broken> {
        if self.in_real_time {
            tokio::time::sleep(length).await;
        }
        let happened = self.network.advance(length).await?;
        self.show(&happened, None).await.map(drop)
    }

    /// The caller hangs up, and everybody else lets the time pass.
    async fn finish(&mut self, legs: &[LegView]) -> Result<(), Broken> {
        let caller = legs.iter().find(|leg| leg.direction == Direction::Inbound && leg.state != LegState::Over);
        if let Some(caller) = caller {
            // Who cannot hang up has hung up.
            let _ = possible(self.network.hang_up(caller.id).await)?;
        }
        for _ in 0..MOST_SILENCES {
            let happened = self.network.run().await?;
            let legs = self.show(&happened, None).await?;
            if Moment::of(&legs) == Moment::Over {
                break;
            }
            for leg in legs.iter().filter(|leg| is_asked(leg)) {
                let _ = possible(self.network.stay_silent(leg.id).await)?;
            }
        }
        Ok(())
    }
}

/// Whether all that goes on is people talking with each other.
fn only_talking(legs: &[LegView]) -> bool {
    let mut asked = legs.iter().filter(|leg| is_asked(leg)).peekable();
    asked.peek().is_some() && asked.all(|leg| matches!(leg.state, LegState::Joined { .. }))
}

/// What a person cannot do now is said; anything else is the end.
fn possible(result: Result<(), simulator::Error>) -> Result<Result<(), String>, Broken> {
    match result {
        Ok(()) => Ok(Ok(())),
        Err(error @ (simulator::Error::Deed { .. } | simulator::Error::NoLeg(_))) => Ok(Err(error.to_string())),
        Err(error) => Err(error.into()),
    }
}
