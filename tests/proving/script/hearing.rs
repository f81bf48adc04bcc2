//! What people notice.

use std::time::Duration;

use ivrc::simulator::{CallStatus, Direction, LegState, What};

use super::{Outcome, Play};

/// How far time passes before somebody listens again.
const ROUND: Duration = Duration::from_secs(1);
/// Longer than anything is waited for.
const MOST_ROUNDS: usize = 600;

impl Play {
    /// What somebody has noticed since the last thing they did or that was expected: place in the transcript, and what.
    async fn noticed(&self, who: &str) -> Result<Vec<(usize, What)>, String> {
        let leg = self.leg(who).await?.id;
        let from = self.since.get(&leg).copied().unwrap_or_default();
        let transcript = self.stage.network.transcript().await.map_err(|error| error.to_string())?;
        let mine = transcript.into_iter().enumerate().skip(from).filter(|(_, it)| it.leg == Some(leg));
        Ok(mine.map(|(place, it)| (place, it.what)).collect())
    }

    /// The words among them.
    async fn words(&self, who: &str) -> Result<Vec<(usize, String)>, String> {
        let words = self.noticed(who).await?.into_iter().filter_map(|(place, what)| match what {
            What::Hears { text, .. } => Some((place, text)),
            _ => None,
        });
        Ok(words.collect())
    }

    /// What comes before a place of the transcript has been talked about.
    async fn noted(&mut self, who: &str, place: usize) -> Outcome {
        let leg = self.leg(who).await?.id;
        self.since.insert(leg, place + 1);
        Ok(())
    }

    pub(super) async fn hears(&mut self, who: &str, wanted: &[String]) -> Outcome {
        let words = self.words(who).await?;
        let mut heard = words.iter();
        let mut last = None;
        for text in wanted {
            match heard.find(|(_, words)| words.contains(text)) {
                Some((place, _)) => last = Some(*place),
                None => return Err(format!("{who} does not hear {text:?} {}, but {}", after(last), list(&words))),
            }
        }
        match last {
            Some(place) => self.noted(who, place).await,
            None => Ok(()),
        }
    }

    pub(super) async fn hears_only(&mut self, who: &str, wanted: &[String]) -> Outcome {
        let words = self.words(who).await?;
        let fits =
            words.len() == wanted.len() && words.iter().zip(wanted).all(|((_, words), text)| words.contains(text));
        match words.last() {
            _ if !fits => Err(format!("{who} hears {}", list(&words))),
            Some((place, _)) => self.noted(who, *place).await,
            None => Ok(()),
        }
    }

    /// Lets the time pass, whatever people should be doing, until the words come.
    pub(super) async fn hears_at_last(&mut self, who: &str, wanted: &[String]) -> Outcome {
        for text in wanted {
            let mut rounds = 0;
            loop {
                let words = self.words(who).await?;
                if let Some((place, _)) = words.iter().find(|(_, words)| words.contains(text)) {
                    self.noted(who, *place).await?;
                    break;
                }
                rounds += 1;
                if rounds > MOST_ROUNDS || self.leg(who).await?.status.is_final() {
                    return Err(format!("{who} does not hear {text:?}, but {}", list(&words)));
                }
                self.stage.network.advance(ROUND).await.map_err(|error| error.to_string())?;
            }
        }
        self.go().await
    }

    pub(super) async fn has_never_heard(&mut self, who: &str, unwanted: &[String]) -> Outcome {
        let leg = self.leg(who).await?.id;
        let transcript = self.stage.network.transcript().await.map_err(|error| error.to_string())?;
        for it in transcript.iter().filter(|it| it.leg == Some(leg)) {
            if let What::Hears { text, .. } = &it.what
                && unwanted.iter().any(|unwanted| text.contains(unwanted))
            {
                return Err(format!("{who} has heard {text:?}"));
            }
        }
        Ok(())
    }

    async fn notices(&mut self, who: &str, name: &str, fits: impl Fn(&What) -> bool) -> Outcome {
        let noticed = self.noticed(who).await?;
        if let Some((place, _)) = noticed.iter().find(|(_, what)| fits(what)) {
            return self.noted(who, *place).await;
        }
        let all: Vec<String> = noticed.iter().map(|(_, what)| what.to_string()).collect();
        Err(format!("{who} notices no {name}, but: {}", all.join(", ")))
    }

    pub(super) async fn hears_beep(&mut self, who: &str) -> Outcome {
        self.notices(who, "beep", |what| *what == What::Beep).await
    }

    pub(super) async fn hears_audio(&mut self, who: &str, wanted: &str) -> Outcome {
        self.notices(who, wanted, |what| matches!(what, What::Plays { url, .. } if url == wanted)).await
    }

    pub(super) async fn hears_silence(&mut self, who: &str, length: Duration) -> Outcome {
        self.notices(who, "such silence", |what| *what == What::Silence(length)).await
    }

    pub(super) async fn is_sent_tones(&mut self, who: &str, wanted: &str) -> Outcome {
        self.notices(who, "such tones", |what| *what == What::Tones(wanted.to_owned())).await
    }

    pub(super) async fn hears_in(&mut self, who: &str, wanted: &str) -> Outcome {
        let leg = self.leg(who).await?.id;
        let transcript = self.stage.network.transcript().await.map_err(|error| error.to_string())?;
        let voices = transcript.iter().filter(|it| it.leg == Some(leg)).filter_map(|it| match &it.what {
            What::Hears { voice, .. } => Some(voice.clone().unwrap_or_default()),
            _ => None,
        });
        let voices: Vec<String> = voices.collect();
        let fits = !voices.is_empty() && voices.iter().all(|voice| voice == wanted);
        if fits { Ok(()) } else { Err(format!("{who} hears the voices {voices:?}")) }
    }

    // ---- what somebody's phone is doing

    async fn is(&self, who: &str, wanted: &str, fits: impl Fn(&LegState) -> bool) -> Outcome {
        let leg = self.leg(who).await?;
        if fits(&leg.state) { Ok(()) } else { Err(format!("{who} is not {wanted}, but {:?}", leg.state)) }
    }

    pub(super) async fn is_listened_to(&mut self, who: &str, length: Duration) -> Outcome {
        let fits = |state: &LegState| matches!(state, LegState::Listening(listening) if listening.timeout == length);
        self.is(who, "asked for a key that long", fits).await
    }

    pub(super) async fn is_recorded(&mut self, who: &str, length: Duration) -> Outcome {
        let fits = |state: &LegState| matches!(state, LegState::Recording { max_length, .. } if *max_length == length);
        self.is(who, "recorded that long", fits).await
    }

    pub(super) async fn holds(&mut self, who: &str) -> Outcome {
        self.is(who, "on hold", |state| matches!(state, LegState::Holding { .. })).await
    }

    pub(super) async fn rings(&mut self, who: &str, shows: Option<&str>) -> Outcome {
        self.is(who, "ringing", |state| *state == LegState::Ringing).await?;
        let leg = self.leg(who).await?;
        match shows {
            Some(shows) if shows != leg.from => Err(format!("{who}'s phone shows {}", leg.from)),
            _ => Ok(()),
        }
    }

    pub(super) async fn does_not_ring(&mut self, who: &str) -> Outcome {
        match self.leg(who).await {
            Ok(leg) if leg.state == LegState::Ringing => Err(format!("{who}'s phone rings")),
            _ => Ok(()),
        }
    }

    pub(super) async fn talks_with(&mut self, who: &str, other: &str) -> Outcome {
        let with = self.leg(other).await?.id;
        self.is(who, &format!("talking with {other}"), |state| *state == LegState::Joined { with }).await
    }

    pub(super) async fn is_there(&mut self, who: &str) -> Outcome {
        let status = self.leg(who).await?.status;
        if status == CallStatus::InProgress { Ok(()) } else { Err(format!("{who}'s call is over: {status}")) }
    }

    pub(super) async fn ends_as(&mut self, who: &str, wanted: &str) -> Outcome {
        let leg = self.leg(who).await?;
        let over = leg.state == LegState::Over && leg.status.word() == wanted;
        if over { Ok(()) } else { Err(format!("{who}'s call is {}, {:?}", leg.status, leg.state)) }
    }

    /// How many legs there were to somebody's phone, in all.
    pub(super) async fn was_phoned(&mut self, who: &str, times: u64) -> Outcome {
        let number = self.number(who)?;
        let legs = self.stage.network.legs().await.map_err(|error| error.to_string())?;
        let phoned = legs.iter().filter(|leg| leg.direction != Direction::Inbound && leg.to == number).count();
        if phoned as u64 == times { Ok(()) } else { Err(format!("{who} was phoned {phoned} times")) }
    }
}

fn after(place: Option<usize>) -> &'static str {
    if place.is_some() { "after that" } else { "at all" }
}

fn list(words: &[(usize, String)]) -> String {
    if words.is_empty() {
        return "nothing".to_owned();
    }
    let words: Vec<String> = words.iter().map(|(_, words)| format!("{words:?}")).collect();
    words.join(" / ")
}
