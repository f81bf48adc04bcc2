//! People who know what they want, however often they are interrupted.

#![expect(clippy::unnecessary_wraps, reason = "each fits into a table of what somebody may do")]

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::{CALLER, LINE, Stage};
use crate::simulator::{Deed, Ending, LegId, LegState, LegView, Occurrence, What};

/// What a person does who has heard these words since the last deed, or whose phone rings.
pub(super) type Wish = Box<dyn FnMut(&LegView, &str) -> Option<Deed> + Send>;

/// What happens before each deed.
pub(super) type Between = Box<dyn FnMut() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// Everybody in a call.
pub(super) struct People {
    pub(super) stage: Arc<Stage>,
    pub(super) wish: Wish,
    pub(super) call: LegId,
    heard: HashMap<LegId, String>,
    pub(super) everything: Vec<Occurrence>,
    pub(super) between: Option<Between>,
}

impl People {
    /// Somebody calls.
    pub(super) async fn call(stage: &Arc<Stage>, wish: Wish) -> Self {
        let call = stage.network.call(CALLER, LINE).await.unwrap();
        Self { stage: Arc::clone(stage), wish, call, heard: HashMap::new(), everything: Vec::new(), between: None }
    }

    /// Until all is over, and some time after that.
    pub(super) async fn live(&mut self) {
        for _ in 0..60 {
            self.pass().await;
            if let Some(between) = &mut self.between {
                between().await;
                let passed = self.stage.network.settle().await;
                self.note(passed.unwrap_or_default());
            }
            let legs = self.stage.network.legs().await.unwrap();
            if legs.iter().all(|leg| leg.state == LegState::Over) {
                return self.after().await;
            }
            let mut done = false;
            for leg in legs {
                let words = self.heard.get(&leg.id).cloned().unwrap_or_default();
                let asked = match &leg.state {
                    LegState::Ringing | LegState::Joined { .. } | LegState::Listening(_) => true,
                    LegState::Holding { keys, .. } => *keys,
                    LegState::Recording { speaking, .. } => !speaking,
                    _ => false,
                };
                let Some(deed) = asked.then(|| (self.wish)(&leg, &words)).flatten() else { continue };
                self.heard.remove(&leg.id);
                self.stage.network.act(leg.id, deed).await.unwrap();
                done = true;
            }
            if !done {
                // Everybody waits.
                let passed = self.stage.network.advance(Duration::from_secs(5)).await;
                self.note(passed.unwrap_or_default());
            }
        }
        panic!("it does not end:\n{}", self.story());
    }

    /// What the server still does when nobody is on the line, until it has forgotten the call.
    async fn after(&mut self) {
        let passed = self.stage.network.advance(Duration::from_mins(16)).await;
        self.note(passed.unwrap_or_default());
    }

    async fn pass(&mut self) {
        for _ in 0..5 {
            // A server that is being replaced may not be asked.
            match self.stage.network.run().await {
                Ok(passed) => return self.note(passed),
                Err(error) => self.everything.extend(note_of(&error.to_string())),
            }
        }
    }

    fn note(&mut self, passed: Vec<Occurrence>) {
        for occurrence in &passed {
            if let (Some(leg), What::Hears { text, .. }) = (occurrence.leg, &occurrence.what) {
                let heard = self.heard.entry(leg).or_default();
                heard.push_str(text);
                heard.push('\n');
            }
        }
        self.everything.extend(passed);
    }

    /// All of it, to be read.
    pub(super) fn story(&self) -> String {
        let lines: Vec<String> = self.everything.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    /// Everything that was said to the caller.
    pub(super) fn words(&self) -> String {
        let mine = self.everything.iter().filter(|occurrence| occurrence.leg == Some(self.call));
        let words =
            mine.filter_map(|o| if let What::Hears { text, .. } = &o.what { Some(text.as_str()) } else { None });
        words.collect::<Vec<_>>().join("\n")
    }

    pub(super) fn times(&self, fits: impl Fn(&Occurrence) -> bool) -> usize {
        self.everything.iter().filter(|occurrence| fits(occurrence)).count()
    }
}

fn note_of(error: &str) -> Option<Occurrence> {
    let what = What::CannotDo(format!("run: {error}"));
    Some(Occurrence { at: jiff::Timestamp::UNIX_EPOCH, leg: None, what })
}

pub(super) fn press(key: char) -> Option<Deed> {
    Some(Deed::Press(key.to_string()))
}

/// A message, confirmed by a key.
pub(super) fn speak() -> Option<Deed> {
    Some(Deed::Record {
        length: Duration::from_secs(9),
        words: "The core switch is down.".into(),
        ending: Ending::Key('1'),
    })
}
