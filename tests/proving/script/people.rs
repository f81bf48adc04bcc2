//! What people do.

use std::time::Duration;

use ivrc::simulator::{Caller, Cue, Deed, Ending, LegId, LegState, LegView, Line};

use super::{Outcome, Play};
use crate::proving::sentence::Args;
use crate::proving::stage::LINE;

impl Play {
    /// The number of somebody: as introduced, or of the first phone that xMatters knows.
    pub(super) fn number(&self, who: &str) -> Result<String, String> {
        let known = self.cast.get(who).cloned();
        let known = known.or_else(|| self.stage.services.world(|world| world.number(who)));
        known.ok_or_else(|| format!("nobody is called `{who}`, or {who} has no phone"))
    }

    /// Somebody's line: the call they made, or their phone.
    pub(super) fn line(&self, who: &str) -> Result<Line, String> {
        match self.legs.get(who) {
            Some(leg) => Ok(Line::Leg(*leg)),
            None => self.number(who).map(Line::Number),
        }
    }

    /// Somebody's leg as it is now.
    pub(super) async fn leg(&self, who: &str) -> Result<LegView, String> {
        let line = self.line(who)?;
        self.stage.network.leg(line).await.map_err(|error| format!("{who}: {error}"))
    }

    pub(super) async fn call(&mut self, who: &str, from: Option<&str>) -> Outcome {
        let from = match from {
            Some(from) => from.to_owned(),
            None => self.number(who)?,
        };
        let leg = self.stage.network.call(Caller::number(&from), LINE).await.map_err(|error| error.to_string())?;
        self.legs.insert(who.to_owned(), leg);
        self.listen_from_here(leg).await?;
        self.go().await
    }

    /// What is heard from now on counts for a leg.
    pub(super) async fn listen_from_here(&mut self, leg: LegId) -> Outcome {
        let now = self.stage.network.transcript().await.map_err(|error| error.to_string())?.len();
        self.since.insert(leg, now);
        Ok(())
    }

    pub(super) async fn act(&mut self, who: &str, deed: Deed) -> Outcome {
        let leg = self.leg(who).await?.id;
        self.listen_from_here(leg).await?;
        self.stage.network.act(leg, deed).await.map_err(|error| error.to_string())?;
        self.go().await
    }

    pub(super) async fn silent(&mut self, who: &str, times: u64) -> Outcome {
        for _ in 0..times {
            self.act(who, Deed::StaySilent).await?;
        }
        Ok(())
    }

    pub(super) async fn record(&mut self, who: &str, args: &Args, ending: Ending) -> Outcome {
        let (length, words) = (args.time(), args.text("text").to_owned());
        self.act(who, Deed::Record { length, words, ending }).await
    }

    pub(super) async fn plan_hearing(&mut self, who: &str, words: &str, deed: Deed) -> Outcome {
        self.plan(who, Cue::Hearing(words.to_owned()), deed).await
    }

    pub(super) async fn plan_after(&mut self, who: &str, length: Duration, deed: Deed) -> Outcome {
        self.plan(who, Cue::After(length), deed).await
    }

    pub(super) async fn plan_asking(&mut self, who: &str, url: &str, deed: Deed) -> Outcome {
        self.plan(who, Cue::Asking(url.to_owned()), deed).await
    }

    async fn plan(&mut self, who: &str, cue: Cue, deed: Deed) -> Outcome {
        let line = self.line(who)?;
        self.stage.network.plan(line, cue, deed).await.map_err(|error| error.to_string())
    }

    /// Time passes until somebody has to do something.
    pub(super) async fn go(&mut self) -> Outcome {
        self.together = self.together.saturating_sub(1);
        if self.together > 0 {
            return Ok(());
        }
        let network = &self.stage.network;
        loop {
            network.run().await.map_err(|error| error.to_string())?;
            let legs = network.legs().await.map_err(|error| error.to_string())?;
            let Some(leg) = legs.iter().find(|leg| waits_for_the_beep(&leg.state)) else { return Ok(()) };
            network.stay_silent(leg.id).await.map_err(|error| error.to_string())?;
        }
    }

    /// Everything happens that happens at this moment.
    pub(super) async fn settle(&mut self) -> Outcome {
        self.together = 0;
        self.stage.network.settle().await.map(drop).map_err(|error| error.to_string())
    }

    /// Time passes, whatever people should be doing.
    pub(super) async fn pass(&mut self, length: Duration) -> Outcome {
        self.stage.network.advance(length).await.map_err(|error| error.to_string())?;
        self.go().await
    }
}

/// The second between the words and the beep, in which a key would still count. Who wants to press one has planned it.
fn waits_for_the_beep(state: &LegState) -> bool {
    matches!(state, LegState::Listening(listening) if listening.timeout == Duration::from_secs(1))
}
