//! What is due, and letting it pass.

use jiff::{SignedDuration, Timestamp};

use super::Exchange;
use crate::engine;
use crate::engine::event::{EventKind, Leg, LegStatus, Reply, RequestId};
use crate::engine::turn::Then;
use crate::scenario::happening::What;
use crate::scenario::phone::{Doing, PhoneId};

/// Audio is taken to last so long, in milliseconds.
pub(super) const AUDIO: i64 = 30_000;
/// A leg waits so long for replies of services before it is given something to hear, in milliseconds: what the server
/// does (`serve::Behaviour::patience`).
const PATIENCE: i64 = 9_000;
/// Pieces of music in a row while nothing else is due: then nothing else will come.
const MOST_MUSIC: u32 = 12;
/// Things that happen by themselves in a row: the checker proves that this is never reached by a flow.
pub(super) const MOST_PASSING: u32 = 100_000;

/// What happens at a time.
#[derive(Debug)]
pub(super) enum Due {
    /// What a leg hears is over, and what is expected behind it if that needs nobody.
    Document(PhoneId, u32),
    /// A leg has waited long for services.
    Impatient(PhoneId, u32),
    /// A telephone has rung long enough.
    Unanswered(PhoneId, u32),
    /// A recording ends by itself.
    Recorded(PhoneId, u32),
    /// A reply arrives.
    Reply(RequestId, Reply),
}

/// A time so many milliseconds later.
pub(super) fn later(at: Timestamp, millis: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_millis(millis.max(0))).unwrap_or(Timestamp::MAX)
}

impl Exchange<'_> {
    pub(super) fn after(&self, millis: i64) -> Timestamp {
        later(self.now, millis)
    }

    pub(super) fn plan_at(&mut self, when: Timestamp, due: Due) {
        self.order += 1;
        self.due.insert((when, self.order), due);
    }

    /// Plans something that is due only as long as the telephone does what it does now.
    pub(super) fn plan(&mut self, when: Timestamp, due: impl FnOnce(u32) -> Due, id: PhoneId) {
        let serial = self.phone(id).map_or(0, |phone| phone.serial);
        self.plan_at(when, due(serial));
    }

    /// Whoever asks and has not been told anything waits for services.
    pub(super) fn grow_impatient(&mut self) {
        let waiting: Vec<PhoneId> = (0..self.phones.len())
            .map(PhoneId)
            .filter(|id| self.doing(*id) == Some(&Doing::Asking))
            .filter(|id| {
                let serial = self.phone(*id).map(|phone| phone.serial);
                !self
                    .due
                    .values()
                    .any(|due| matches!(due, Due::Impatient(of, since) if of == id && Some(*since) == serial))
            })
            .collect();
        for id in waiting {
            self.plan(self.after(PATIENCE), |serial| Due::Impatient(id, serial), id);
        }
    }

    /// Whether something is due no more, because the telephone does something else by now.
    fn is_stale(&self, due: &Due) -> bool {
        let (id, serial) = match due {
            Due::Document(id, serial)
            | Due::Impatient(id, serial)
            | Due::Unanswered(id, serial)
            | Due::Recorded(id, serial) => (*id, *serial),
            Due::Reply(..) => return false,
        };
        self.phone(id).is_none_or(|phone| phone.serial != serial)
    }

    fn is_music(&self, due: &Due) -> bool {
        matches!(due, Due::Document(id, _) if matches!(self.doing(*id), Some(Doing::Holding { .. })))
    }

    /// When the next thing is due that is due at all; whether it is more than one more piece of music.
    pub(super) fn next(&mut self) -> Option<Timestamp> {
        let stale: Vec<_> = self.due.iter().filter(|(_, due)| self.is_stale(due)).map(|(key, _)| *key).collect();
        for key in stale {
            self.due.remove(&key);
        }
        let only_music = self.due.values().all(|due| self.is_music(due));
        if only_music && self.music >= MOST_MUSIC {
            return None;
        }
        self.due.keys().next().map(|(when, _)| *when)
    }

    /// Lets the next thing happen that happens by itself; false if nothing does until somebody acts.
    pub(in crate::scenario) fn pass(&mut self) -> bool {
        if self.deliver_transcript() {
            return true;
        }
        // Without a caller the engine wants to be woken; with one, only if something was lost, which nothing is here.
        let session = self.session.as_ref().filter(|session| session.gone.is_some() && !session.over);
        let tick = session.and_then(engine::deadline);
        let next = self.next();
        if let Some(tick) = tick.filter(|tick| next.is_none_or(|next| *tick < next)) {
            self.now = self.now.max(tick);
            self.happens(EventKind::Tick);
            return true;
        }
        let Some((when, order)) = next.and_then(|_| self.due.keys().next().copied()) else { return false };
        let Some(due) = self.due.remove(&(when, order)) else { return false };
        self.now = self.now.max(when);
        self.music = if self.is_music(&due) { self.music + 1 } else { 0 };
        self.fall_due(due);
        true
    }

    /// Lets everything happen that happens by itself.
    pub(in crate::scenario) fn pass_all(&mut self) {
        for _ in 0..MOST_PASSING {
            if !self.pass() {
                return;
            }
        }
    }

    /// Lets time pass until `when`, with everything that is due by then.
    pub(in crate::scenario) fn pass_until(&mut self, when: Timestamp) {
        for _ in 0..MOST_PASSING {
            if self.next().is_none_or(|next| next > when) || !self.pass() {
                break;
            }
        }
        self.now = self.now.max(when);
    }

    fn fall_due(&mut self, due: Due) {
        match due {
            Due::Reply(id, reply) => self.happens(EventKind::Replies(vec![(id, reply)])),
            Due::Impatient(id, _) => {
                if let Some(leg) = self.leg(id) {
                    // What it is told now changes its serial: if it is told nothing, it waits on.
                    if let Some(phone) = self.phone_mut(id) {
                        phone.serial += 1;
                    }
                    self.happens(EventKind::TookLong(leg));
                }
            }
            Due::Unanswered(id, _) => self.unanswered_phone(id, LegStatus::NoAnswer),
            Due::Recorded(id, _) => self.recording_over(id, None),
            Due::Document(id, _) => self.document_over(id),
        }
    }

    fn document_over(&mut self, id: PhoneId) {
        let (Some(doing), Some(leg)) = (self.doing(id).cloned(), self.leg(id)) else { return };
        match doing {
            Doing::Holding { visit, round } => self.ask(id, EventKind::Holding { visit, round }),
            Doing::Document { then, .. } => match then {
                Then::Pause { .. } | Then::Continue => self.ask(id, EventKind::Continue(leg)),
                Then::Hold { visit, round } => {
                    self.note(Some(id), What::Holds);
                    self.ask(id, EventKind::Holding { visit, round });
                }
                Then::Dial { number, keys, ringing, star_drops, .. } => self.dial(number, keys, ringing, star_drops),
                Then::Join { visit, round } => self.join(id, visit, round),
                Then::HangUp | Then::Busy => self.over(id),
                // A machine answered.
                Then::Listen { .. } => self.ask(id, EventKind::Silence(leg)),
                Then::Record { .. } | Then::Music { .. } | Then::Leave | Then::Nothing => {}
            },
            _ => {}
        }
    }

    /// The line has hung up.
    fn over(&mut self, id: PhoneId) {
        let Some(leg) = self.leg(id) else { return };
        self.set(id, Doing::Over);
        self.note(Some(id), What::Over);
        self.happens(match leg {
            Leg::Caller => EventKind::HungUp,
            Leg::Callee(leg) => EventKind::LegEnded { leg, status: LegStatus::Completed },
        });
    }

    /// Lets time pass until somebody can act on this telephone: words are over, services have replied.
    pub(in crate::scenario) fn comes_to(&mut self, id: PhoneId) {
        for _ in 0..MOST_PASSING {
            let until = match self.doing(id) {
                Some(Doing::Document { until, then }) => match then {
                    Then::Listen { .. } | Then::Record { .. } | Then::Pause { .. } => Some(*until),
                    Then::HangUp | Then::Busy => return,
                    _ => None,
                },
                Some(Doing::Asking) => None,
                _ => return,
            };
            let goes_on = match until {
                Some(until) if until > self.now => {
                    self.pass_until(until);
                    true
                }
                Some(_) => false,
                None => self.pass(),
            };
            if !goes_on {
                return;
            }
        }
    }
}
