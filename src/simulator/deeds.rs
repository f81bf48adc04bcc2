//! What people do, and what it does to their legs.

use std::time::Duration;

use super::dialing::Stage;
use super::due::Due;
use super::error::Error;
use super::leg::{Activity, CallStatus, Direction, LegId};
use super::person::{Cue, Deed, Line, Plan};
use super::timeline::later;
use super::transcript::What;
use super::world::World;

impl World {
    /// A person does something.
    pub(super) fn act(&mut self, line: &Line, deed: Deed) -> Result<(), Error> {
        let id = self.line(line)?;
        self.deed(id, deed)
    }

    fn deed(&mut self, id: LegId, deed: Deed) -> Result<(), Error> {
        let name = deed.name();
        let Some(leg) = self.leg(id) else { return Err(Error::NoLeg(id.to_string())) };
        let who = format!("{} ({id})", leg.person());
        let refuse = |why: &str| Err(Error::Deed { who, deed: name, why: why.to_owned() });
        if leg.is_over() {
            return refuse("the call is over");
        }
        let ringing = matches!(leg.activity, Activity::Ringing);
        let talking = leg.status == CallStatus::InProgress;
        match deed {
            Deed::Answer(by) if ringing => self.answered(id, by),
            Deed::Busy | Deed::Decline if ringing => self.finish(id, CallStatus::Busy),
            Deed::Fail if ringing => self.finish(id, CallStatus::Failed),
            Deed::Answer(_) | Deed::Busy | Deed::Decline | Deed::Fail => return refuse("the phone does not ring"),
            Deed::HangUp if talking => {
                self.note(Some(id), What::HangsUp);
                self.complete(id);
            }
            Deed::HangUp if leg.direction == Direction::Inbound => {
                self.note(Some(id), What::HangsUp);
                self.finish(id, CallStatus::NoAnswer);
            }
            Deed::HangUp => return refuse("the phone was not answered"),
            Deed::StaySilent => {
                self.note(Some(id), What::StaysSilent);
                if let Some(leg) = self.leg_mut(id) {
                    leg.resigned = true;
                }
            }
            _ if !talking => return refuse("the call was not answered"),
            Deed::Press(keys) => {
                if keys.is_empty() || !keys.chars().all(|key| "0123456789*#ABCD".contains(key)) {
                    return refuse("there are no such keys");
                }
                self.press(id, &keys);
            }
            Deed::Say(words) => {
                self.note(Some(id), What::Says(words.clone()));
                if !self.gather_words(id, &words) {
                    return refuse("nothing listens to words");
                }
            }
            Deed::Record { length, words, ending } => {
                if !self.speak(id, length, &words, ending) {
                    return refuse("nothing is recorded, or somebody is speaking already");
                }
            }
        }
        Ok(())
    }

    fn press(&mut self, id: LegId, keys: &str) {
        self.note(Some(id), What::Presses(keys.to_owned()));
        let Some(leg) = self.leg(id) else { return };
        match &leg.activity {
            Activity::Gathering(_) => self.gather_keys(id, keys),
            Activity::Recording(_) => self.record_keys(id, keys),
            Activity::Dialing(dialing) => {
                if dialing.verb.hangup_on_star && keys.contains('*') && matches!(dialing.stage, Stage::Joined { .. }) {
                    self.talk_limit(id);
                }
            }
            // The other side hears them.
            Activity::Joined(_) => {}
            _ => self.note(Some(id), What::KeysLost(keys.to_owned())),
        }
    }

    /// A person will do something when a cue is given.
    pub(super) fn plan(&mut self, line: &Line, cue: Cue, deed: Deed) -> Result<(), Error> {
        let live = self.line(line).ok().filter(|id| self.leg(*id).is_some_and(|leg| !leg.is_over()));
        match (live, line, cue) {
            (Some(id), _, Cue::After(length)) => self.intend(id, length, deed),
            (Some(id), _, cue) => {
                if let Some(leg) = self.leg_mut(id) {
                    leg.plans.push(Plan { cue, deed });
                }
            }
            (None, Line::Number(number), cue) if !matches!(cue, Cue::After(_)) => {
                self.plans.push((number.clone(), Plan { cue, deed }));
            }
            (None, Line::Number(number), _) => return Err(Error::NoLeg(number.clone())),
            (None, Line::Leg(id), _) => return Err(Error::NoLeg(id.to_string())),
        }
        Ok(())
    }

    /// Puts a deed on the timeline.
    pub(super) fn intend(&mut self, id: LegId, length: Duration, deed: Deed) {
        self.timeline.plan(later(self.now, length), Due::Deed(id, deed));
        if let Some(leg) = self.leg_mut(id) {
            leg.intends += 1;
        }
    }

    /// The time of a planned deed has come.
    pub(super) fn planned_deed(&mut self, id: LegId, deed: Deed) {
        if let Some(leg) = self.leg_mut(id) {
            leg.intends = leg.intends.saturating_sub(1);
        }
        self.try_deed(id, deed);
    }

    /// Does a planned deed; whether it could be done is in the transcript.
    pub(super) fn try_deed(&mut self, id: LegId, deed: Deed) {
        if let Err(error) = self.deed(id, deed) {
            self.note(Some(id), What::CannotDo(error.to_string()));
        }
    }
}
