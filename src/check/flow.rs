//! Where the conversation can be: whether it gets there at all, and what is known there.

use super::facts::Facts;

/// A point of the conversation.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    /// Whether any way leads here.
    pub(super) live: bool,
    /// If none does: whether that is the fault of something wrong, which has been reported.
    pub(super) doubtful: bool,
    /// What is known here.
    pub(super) facts: Facts,
    /// Whether every way here passes a key press (IVR414).
    pub(super) pressed: bool,
}

impl Flow {
    /// A beginning where `facts` hold.
    pub(super) fn begin(facts: Facts) -> Self {
        Self { live: true, doubtful: false, facts, pressed: false }
    }

    /// Nothing follows here.
    pub(super) fn leave(&mut self) {
        self.live = false;
    }

    /// Nothing follows here, but only because of something wrong.
    pub(super) fn leave_doubtfully(&mut self) {
        self.live = false;
        self.doubtful = true;
    }

    /// Where ways meet. Those that leave do not arrive, so the others keep what they know.
    pub(super) fn join(self, other: Self) -> Self {
        match (self.live, other.live) {
            (true, true) => Self {
                live: true,
                doubtful: false,
                facts: self.facts.meet(&other.facts),
                pressed: self.pressed && other.pressed,
            },
            (false, true) => other,
            (true, false) => self,
            (false, false) => Self { doubtful: self.doubtful || other.doubtful, ..self },
        }
    }

    /// Where all of these meet; `otherwise`, as a place nobody reaches, if there are none.
    pub(super) fn join_all(flows: impl IntoIterator<Item = Self>, otherwise: &Self) -> Self {
        let dead = Self { live: false, doubtful: false, ..otherwise.clone() };
        flows.into_iter().fold(dead, Self::join)
    }
}
