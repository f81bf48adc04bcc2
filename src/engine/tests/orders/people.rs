//! Everybody does what they are told: the provider, the telephones, and people who know what they want.

use jiff::Timestamp;

use super::world::{Activity, Telephone, World};
use crate::engine::deadline;
use crate::engine::event::{EventKind, LeftHold, Leg, LegStatus, LegToken};
use crate::engine::turn::Then;

/// What people want.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// The key that the caller presses when asked; none: the caller is silent.
    pub(super) key: Option<char>,
    /// How the caller ends a recording; none: by silence.
    pub(super) ends_recording: Option<char>,
    /// What a telephone does.
    pub(super) phone: Phones,
}

/// What telephones that ring do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phones {
    /// They ring until the provider gives up.
    RingOut,
    /// They are busy.
    Busy,
    /// Whoever takes them up presses this key.
    Press(char),
    /// Whoever takes them up, or whatever, presses nothing.
    StaySilent,
}

impl Phones {
    pub(super) const SOME: [Self; 4] = [Self::RingOut, Self::Busy, Self::Press('1'), Self::StaySilent];
}

/// How often a wish is followed until it must have come true.
const PATIENCE: usize = 1000;

impl World {
    /// Everybody follows a wish until something is so.
    pub(super) fn until(&mut self, wish: Wish, so: impl Fn(&Self) -> bool) {
        for _ in 0..PATIENCE {
            if so(self) {
                return;
            }
            self.goes_on(wish);
        }
        panic!("it does not come to that: {:?}\n{:#?}", self.session, &self.past[self.past.len() - 3..]);
    }

    /// The next thing that happens when everybody does what they are told.
    pub(super) fn goes_on(&mut self, wish: Wish) {
        self.perform();
        if !self.coming.is_empty() {
            let next = self.coming.remove(0);
            return self.happens(next.event);
        }
        let event = self.callees_deed(wish).or_else(|| self.callers_deed(wish)).or_else(|| self.patience_ends());
        match event {
            Some(event) => self.happens(event),
            None => self.time_passes(),
        }
    }

    fn callees_deed(&mut self, wish: Wish) -> Option<EventKind> {
        let tokens: Vec<LegToken> = self.phones.keys().cloned().collect();
        tokens.into_iter().find_map(|token| self.callee_deed(&token, wish))
    }

    fn callee_deed(&mut self, token: &LegToken, wish: Wish) -> Option<EventKind> {
        let phone = self.phones.get(token)?;
        let leg = Leg::Callee(token.clone());
        match phone.state {
            Activity::Over => None,
            Activity::Ringing => match wish.phone {
                Phones::RingOut => None,
                Phones::Busy => Some(EventKind::LegEnded { leg: token.clone(), status: LegStatus::Busy }),
                Phones::Press(_) | Phones::StaySilent => {
                    Some(EventKind::Answered { leg: token.clone(), machine: false })
                }
            },
            Activity::Answered => match phone.told.clone()? {
                Then::HangUp => Some(EventKind::LegEnded { leg: token.clone(), status: LegStatus::Completed }),
                Then::Listen { .. } => Some(match wish.phone {
                    Phones::Press(key) => EventKind::Keys(leg, key.to_string()),
                    _ => EventKind::Silence(leg),
                }),
                Then::Join { visit, round } => self.join(token, visit, round),
                _ => Some(EventKind::Continue(leg)),
            },
        }
    }

    /// Whoever has asked and has got no answer, although no service is slow, is not left waiting for one.
    fn patience_ends(&mut self) -> Option<EventKind> {
        let waits = |phone: &Telephone| phone.state == Activity::Answered && phone.told.is_none();
        let callee = self.phones.iter().find(|(_, phone)| waits(phone)).map(|(token, _)| Leg::Callee(token.clone()));
        let leg = callee.or((self.caller_there && self.caller.is_none()).then_some(Leg::Caller))?;
        self.waits(9);
        Some(EventKind::TookLong(leg))
    }

    /// Two are joined if one of them stands in the other's queue.
    fn join(&mut self, token: &LegToken, visit: u32, round: u32) -> Option<EventKind> {
        if self.talking.as_ref() == Some(token) {
            return None;
        }
        let holds = matches!(self.caller, Some(Then::Hold { .. } | Then::Music { .. }));
        if self.caller_there && holds && self.queue == (visit, round) {
            self.talking = Some(token.clone());
            return Some(EventKind::Bridging { visit, round });
        }
        Some(EventKind::JoinOver { leg: token.clone(), bridged: false })
    }

    fn callers_deed(&mut self, wish: Wish) -> Option<EventKind> {
        let (visit, round) = self.queue;
        if let Some(token) = self.talking.take() {
            // One of the two has hung up.
            if self.caller_there {
                self.comes(EventKind::LeftHold { visit, round, why: LeftHold::Bridged });
            }
            self.phones.get_mut(&token).into_iter().for_each(|phone| phone.told = None);
            return Some(EventKind::JoinOver { leg: token, bridged: true });
        }
        if !self.caller_there {
            return None;
        }
        match self.caller.clone()? {
            Then::Listen { .. } => Some(match wish.key {
                Some(key) => EventKind::Keys(Leg::Caller, key.to_string()),
                None => EventKind::Silence(Leg::Caller),
            }),
            Then::Record { .. } => Some(self.recorded(9, wish.ends_recording)),
            Then::Pause { millis, .. } => {
                self.waits(i64::try_from(millis / 1000).unwrap());
                Some(EventKind::Continue(Leg::Caller))
            }
            Then::Hold { visit, round } => Some(EventKind::Holding { visit, round }),
            Then::Leave => Some(EventKind::LeftHold { visit, round, why: LeftHold::Left }),
            Then::Dial { .. } => Some(EventKind::DialOver { status: LegStatus::Completed, bridged: Some(true) }),
            Then::Continue => Some(EventKind::Continue(Leg::Caller)),
            Then::HangUp | Then::Busy => Some(EventKind::HungUp),
            Then::Music { .. } | Then::Join { .. } | Then::Nothing => None,
        }
    }

    /// A recording of the caller.
    pub(super) fn recorded(&mut self, seconds: u32, key: Option<char>) -> EventKind {
        self.recordings += 1;
        let sid = format!("RE{}", self.recordings);
        EventKind::Recorded { url: format!("https://rec.example/{sid}"), sid, seconds, key, hung_up: false }
    }

    /// Nobody does anything: a piece of music ends, a phone has rung long enough, or a deadline comes.
    fn time_passes(&mut self) {
        /// Of a piece of music, in seconds.
        const MUSIC: i64 = 20;
        let ringing = self.phones.iter().filter(|(_, phone)| phone.state == Activity::Ringing);
        let rung = ringing.map(|(token, phone)| (phone.rings_until, token.clone())).min();
        let music = matches!(self.caller, Some(Then::Music { .. })) && self.caller_there;
        let music = music.then(|| self.at + jiff::SignedDuration::from_secs(MUSIC));
        let due = deadline(&self.session).unwrap_or(Timestamp::MAX);
        let next = due.min(music.unwrap_or(Timestamp::MAX)).min(rung.as_ref().map_or(Timestamp::MAX, |(at, _)| *at));
        if next == Timestamp::MAX {
            return;
        }
        self.at = self.at.max(next);
        if due <= next {
            return self.happens(EventKind::Tick);
        }
        if let Some((_, leg)) = rung.filter(|(at, _)| *at <= next) {
            return self.happens(EventKind::LegEnded { leg, status: LegStatus::NoAnswer });
        }
        let (visit, round) = self.queue;
        self.happens(EventKind::Holding { visit, round });
    }
}
