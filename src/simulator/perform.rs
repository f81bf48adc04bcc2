//! Performing a document, verb by verb.

use std::time::Duration;

use super::due::Due;
use super::leg::{Activity, CallStatus, HeldState, LegId};
use super::markup::{Piece, Role, Sound, Verb};
use super::problem::Problem;
use super::queue::Afterwards;
use super::transcript::What;
use super::webhook::{Kind, Place};
use super::world::World;

impl World {
    /// Goes on with the next verb of the current document.
    pub(super) fn proceed(&mut self, id: LegId) {
        let Some(leg) = self.leg_mut(id).filter(|leg| !leg.is_over()) else { return };
        match leg.frames.last_mut().and_then(|frame| frame.verbs.pop_front()) {
            Some(verb) => self.begin(id, verb),
            None => self.document_over(id),
        }
    }

    /// The same, after what is happening now: a document of nothing but failures must not go deeper and deeper.
    pub(super) fn proceed_soon(&mut self, id: LegId) {
        self.after(id, Duration::ZERO, Due::Proceed(id));
    }

    fn begin(&mut self, id: LegId, verb: Verb) {
        // A pause at the very beginning delays the answer, and a redirect does not answer.
        let answers = match &verb {
            Verb::Pause(_) | Verb::Redirect(_) | Verb::Reject { .. } => false,
            Verb::Dial(dial) => !dial.answer_on_bridge,
            _ => true,
        };
        if answers {
            self.answer_first(id);
        }
        match verb {
            Verb::Sound(piece) => self.sound(id, piece),
            Verb::Pause(length) => self.sound(id, Piece { sound: Sound::Silence(length), times: 1 }),
            Verb::Gather(gather) => self.gather(id, gather),
            Verb::Record(record) => self.record(id, record),
            Verb::Redirect(target) => self.fetch(id, Kind::Redirect, target, Vec::new(), Place::Instead),
            Verb::Hangup => self.complete(id),
            Verb::Reject { busy } => self.reject(id, busy),
            Verb::Enqueue(enqueue) => self.enqueue(id, enqueue),
            Verb::Leave => self.leave_queue(id, "leave", Afterwards::GoesOn),
            Verb::Dial(dial) => self.dial(id, dial),
        }
    }

    fn reject(&mut self, id: LegId, busy: bool) {
        let Some(leg) = self.leg(id) else { return };
        if leg.status == CallStatus::Ringing {
            return self.finish(id, if busy { CallStatus::Busy } else { CallStatus::NoAnswer });
        }
        let url = leg.document_url().unwrap_or_default();
        let text = "`<Reject>` after the call was answered".to_owned();
        self.note(Some(id), What::Problem(Problem { code: 12_200, url, text }));
        self.complete(id);
    }

    /// A document has no verbs left.
    fn document_over(&mut self, id: LegId) {
        let Some(leg) = self.leg(id) else { return };
        match (leg.role(), leg.parent, &leg.held) {
            (Role::Hold, ..) => self.hold_over(id),
            (Role::Announcement, _, Some(held)) => match held.state {
                HeldState::Announcing(dialer) => self.join(dialer, id),
                _ => self.complete(id),
            },
            (Role::Whisper, Some(parent), _) => self.join(parent, id),
            _ => {
                self.answer_first(id);
                self.complete(id);
            }
        }
    }

    /// Lets a leg do something else. What it did is handed back; its timers are gone.
    pub(super) fn change(&mut self, id: LegId, activity: Activity) -> Option<Activity> {
        let leg = self.legs.get_mut(id.0)?;
        for timer in leg.timers.drain(..) {
            self.timeline.cancel(timer);
        }
        leg.playing.clear();
        leg.resigned = false;
        Some(std::mem::replace(&mut leg.activity, activity))
    }
}
