//! Two people are joined, and part.

use super::{Dialled, Exchange};
use crate::engine::event::{EventKind, LeftHold, Leg, LegStatus};
use crate::scenario::happening::What;
use crate::scenario::phone::{CALLER, Doing, PhoneId, Talk};

impl Exchange<'_> {
    /// A callee is to be joined with the caller on hold.
    pub(super) fn join(&mut self, id: PhoneId, visit: u32, round: u32) {
        let Some(Leg::Callee(token)) = self.leg(id) else { return };
        let Some(Doing::Holding { visit: held, round: held_with }) = self.doing(CALLER).cloned() else {
            return self.ask(id, EventKind::JoinOver { leg: token, bridged: false });
        };
        if held != visit {
            return self.ask(id, EventKind::JoinOver { leg: token, bridged: false });
        }
        self.aside = true;
        self.happens(EventKind::Bridging { visit, round });
        self.aside = false;
        let hold = Some((visit, held_with));
        self.joined(CALLER, id, hold, false);
    }

    /// A number is dialled for the caller.
    pub(super) fn dial(&mut self, number: String, keys: Option<String>, ringing: u32, star_drops: bool) {
        self.dialled.push(Dialled { number: number.clone(), keys });
        let other = self.rings(number, None, ringing);
        self.set(CALLER, Doing::Dialing { other, star_drops });
    }

    pub(super) fn joined(&mut self, one: PhoneId, other: PhoneId, hold: Option<(u32, u32)>, star_drops: bool) {
        self.set(one, Doing::Joined(Talk { with: other, hold, star_drops }));
        self.set(other, Doing::Joined(Talk { with: one, hold, star_drops }));
        let with = self.name(other);
        self.note(Some(one), What::Talks { with });
    }

    /// One of two people hangs up.
    pub(super) fn leaves_talk(&mut self, id: PhoneId, talk: Talk) {
        self.set(id, Doing::Over);
        match (self.leg(id), talk.hold) {
            // The caller leaves: the other side of a `dial` is gone, too; a callee's attempt to be joined is over.
            (Some(Leg::Caller), hold) => {
                self.happens(EventKind::HungUp);
                match (self.leg(talk.with), hold) {
                    (Some(Leg::Callee(leg)), Some(_)) => {
                        self.ask(talk.with, EventKind::JoinOver { leg, bridged: true });
                    }
                    _ => self.set(talk.with, Doing::Over),
                }
            }
            (Some(Leg::Callee(leg)), Some((visit, round))) => {
                self.happens(EventKind::LegEnded { leg, status: LegStatus::Completed });
                self.ask(CALLER, EventKind::LeftHold { visit, round, why: LeftHold::Bridged });
            }
            _ => self.dial_over(LegStatus::Completed, true),
        }
    }

    /// A `dial` of the caller is over.
    pub(super) fn dial_over(&mut self, status: LegStatus, bridged: bool) {
        self.ask(CALLER, EventKind::DialOver { status, bridged: Some(bridged) });
    }

    /// A telephone that rang is not answered, for whatever reason.
    pub(super) fn unanswered_phone(&mut self, id: PhoneId, status: LegStatus) {
        self.note(Some(id), What::StopsRinging);
        self.set(id, Doing::Over);
        match self.leg(id) {
            Some(Leg::Callee(leg)) => self.happens(EventKind::LegEnded { leg, status }),
            _ => self.dial_over(status, false),
        }
    }
}
