//! What people do with their telephones.

use jiff::Timestamp;

use super::{Deed, Exchange, time};
use crate::engine::event::{EventKind, Leg, LegStatus};
use crate::engine::turn::{RecordEnd, Then};
use crate::scenario::phone::{CALLER, Doing, PhoneId, Speaking};

/// Why somebody cannot do something now: what goes on with the telephone instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum Refusal {
    /// It does not ring.
    DoesNotRing,
    /// It rings and was not answered.
    NotAnswered,
    /// It was hung up.
    Over,
    /// Nothing listens to keys.
    Deaf,
    /// Nothing is recorded.
    NotRecorded,
    /// Nobody asks anything, so nobody can be silent.
    NotAsked,
    /// Words are spoken, and then the line hangs up.
    LastWords,
}

impl Refusal {
    /// For a message: "…, but his phone never rang".
    pub(in crate::scenario) fn because(self) -> &'static str {
        match self {
            Self::DoesNotRing => "the phone does not ring",
            Self::NotAnswered => "the phone was not answered",
            Self::Over => "the call is over",
            Self::Deaf => "nothing listens to keys now",
            Self::NotRecorded => "nothing is recorded now",
            Self::NotAsked => "nobody asks anything now",
            Self::LastWords => "the line has spoken its last words",
        }
    }
}

type Done = Result<(), Refusal>;

impl Exchange<'_> {
    fn act(&mut self, id: PhoneId, deed: Deed) -> Result<Doing, Refusal> {
        self.comes_to(id);
        self.input(id, deed);
        self.music = 0;
        if let Some(phone) = self.phone_mut(id) {
            phone.acts();
        }
        match self.doing(id) {
            None | Some(Doing::Over) => Err(Refusal::Over),
            Some(Doing::Document { then: Then::HangUp | Then::Busy, .. }) => Err(Refusal::LastWords),
            Some(doing) => Ok(doing.clone()),
        }
    }

    /// Somebody presses a key.
    pub(in crate::scenario) fn press(&mut self, id: PhoneId, key: char) -> Done {
        let doing = self.act(id, Deed::Presses(key))?;
        let Some(leg) = self.leg(id) else { return Ok(()) };
        match doing {
            Doing::Ringing => return Err(Refusal::NotAnswered),
            Doing::Document { then: Then::Listen { .. } | Then::Pause { keys: true, .. }, .. } => {
                self.ask(id, EventKind::Keys(leg, key.to_string()));
            }
            Doing::Document { then: Then::Record { keys: true, .. }, .. } => {
                self.ask(id, EventKind::SkippedTo(key));
            }
            Doing::Document { then: then @ Then::Record { .. }, .. } => {
                self.begin_recording(id, &then, 0, "");
                return self.end_recording(id, key);
            }
            Doing::Recording(_) => return self.end_recording(id, key),
            Doing::Holding { visit, round } if self.hears_keys_on_hold() => {
                self.ask(id, EventKind::HoldKeys { visit, round, keys: key.to_string() });
            }
            Doing::Joined(talk) if talk.hold.is_none() && talk.star_drops && key == '*' && leg == Leg::Caller => {
                if let Some(other) = self.phone_mut(talk.with) {
                    other.set(Doing::Over);
                }
                self.dial_over(LegStatus::Completed, true);
            }
            // The other side hears it.
            Doing::Joined(_) => {}
            _ => return Err(Refusal::Deaf),
        }
        Ok(())
    }

    fn hears_keys_on_hold(&self) -> bool {
        self.line.graph.has_anywhere() && self.session.as_ref().is_some_and(|session| session.admitted)
    }

    fn end_recording(&mut self, id: PhoneId, key: char) -> Done {
        let Some(Doing::Recording(speaking)) = self.doing(id) else { return Err(Refusal::NotRecorded) };
        let ends = match &speaking.end {
            RecordEnd::AnyKey => true,
            RecordEnd::These { keys, .. } => keys.contains(key),
        };
        if !ends {
            return Err(Refusal::Deaf);
        }
        self.recording_over(id, Some(key));
        Ok(())
    }

    /// Somebody speaks after the beep.
    pub(in crate::scenario) fn records(&mut self, id: PhoneId, millis: u64, words: &str) -> Done {
        match self.act(id, Deed::Records { millis, words: words.to_owned() })? {
            Doing::Document { then: then @ Then::Record { .. }, .. } => {
                self.begin_recording(id, &then, millis, words);
                Ok(())
            }
            Doing::Recording(speaking) => {
                let words = format!("{} {words}", speaking.words).trim().to_owned();
                self.speak(id, Speaking { words, spoken: speaking.spoken.saturating_add(millis), ..speaking });
                Ok(())
            }
            _ => Err(Refusal::NotRecorded),
        }
    }

    fn begin_recording(&mut self, id: PhoneId, then: &Then, spoken: u64, words: &str) {
        let Then::Record { longest, end, transcribe, .. } = then else { return };
        let words = words.to_owned();
        self.speak(id, Speaking { words, spoken, longest: *longest, end: end.clone(), transcribe: *transcribe });
    }

    /// Somebody lets the time pass that is theirs: a step that listens hears nothing, a recording ends by itself, a
    /// phone rings until it stops.
    pub(in crate::scenario) fn is_silent(&mut self, id: PhoneId) -> Done {
        let doing = self.act(id, Deed::StaysSilent)?;
        self.silence(id, doing)
    }

    /// What comes of silence on a telephone that does this.
    fn silence(&mut self, id: PhoneId, doing: Doing) -> Done {
        match doing {
            Doing::Ringing => self.unanswered_phone(id, LegStatus::NoAnswer),
            Doing::Document { until, then: then @ Then::Listen { .. } } => {
                let silent = silent_at(until, &then);
                // A machine would be silent by itself.
                self.set(id, Doing::Document { until, then });
                self.pass_until(silent.unwrap_or(until));
                let leg = self.leg(id).unwrap_or(Leg::Caller);
                self.ask(id, EventKind::Silence(leg));
            }
            Doing::Document { until, then: Then::Pause { millis, .. } } => {
                self.pass_until(time::later(until, i64::try_from(millis).unwrap_or(i64::MAX)));
            }
            Doing::Document { until, then: then @ Then::Record { .. } } => {
                self.pass_until(silent_at(until, &then).unwrap_or(until));
                self.ask(id, EventKind::RecordedNothing);
            }
            Doing::Recording(_) => self.recording_over(id, None),
            _ => return Err(Refusal::NotAsked),
        }
        Ok(())
    }

    /// Lets time pass until `when`, in which nobody does anything: whoever is asked is silent whenever the time is up.
    /// That is no deed of theirs: what they have heard before still counts as heard since their last one.
    pub(in crate::scenario) fn nobody_acts_until(&mut self, when: Timestamp) {
        for _ in 0..time::MOST_PASSING {
            let silence = self.next_silence().filter(|(silent, _)| *silent <= when);
            let next = self.next().filter(|next| *next <= when);
            let goes_on = match silence {
                Some((silent, id)) if next.is_none_or(|next| silent < next) => {
                    self.input(id, Deed::StaysSilent);
                    self.doing(id).cloned().is_some_and(|doing| self.silence(id, doing).is_ok())
                }
                _ => next.is_some() && self.pass(),
            };
            if !goes_on {
                break;
            }
        }
        self.pass_until(when);
    }

    /// When the next step that listens or records has heard nothing for too long, and on whose telephone. A machine is
    /// silent by itself.
    fn next_silence(&self) -> Option<(Timestamp, PhoneId)> {
        let people = self.phones.iter().enumerate().filter(|(_, phone)| !phone.machine);
        let silence = people.filter_map(|(n, phone)| match &phone.doing {
            Doing::Document { until, then } => Some((silent_at(*until, then)?, PhoneId(n))),
            _ => None,
        });
        silence.min_by_key(|(silent, id)| (*silent, id.0))
    }

    /// Somebody hangs up.
    pub(in crate::scenario) fn hangs_up(&mut self, id: PhoneId) -> Done {
        match self.act(id, Deed::HangsUp) {
            Ok(Doing::Ringing) => return Err(Refusal::NotAnswered),
            Ok(Doing::Joined(talk)) => self.leaves_talk(id, talk),
            Ok(Doing::Recording(_)) => {
                self.recording_left(id);
                self.happens(EventKind::HungUp);
            }
            Ok(Doing::Dialing { other, .. }) => {
                self.set(other, Doing::Over);
                self.leaves(id);
            }
            // Whoever is told goodbye may hang up before it is over.
            Ok(_) | Err(Refusal::LastWords) => self.leaves(id),
            Err(refusal) => return Err(refusal),
        }
        Ok(())
    }

    fn leaves(&mut self, id: PhoneId) {
        let leg = self.leg(id);
        self.set(id, Doing::Over);
        match leg {
            Some(Leg::Callee(leg)) => self.happens(EventKind::LegEnded { leg, status: LegStatus::Completed }),
            _ => self.happens(EventKind::HungUp),
        }
    }

    /// Somebody answers a phone that rings.
    pub(in crate::scenario) fn answers(&mut self, id: PhoneId, machine: bool) -> Done {
        self.act(id, Deed::Answers { machine })?;
        if self.doing(id) != Some(&Doing::Ringing) {
            return Err(Refusal::DoesNotRing);
        }
        if let Some(phone) = self.phone_mut(id) {
            phone.machine = machine;
        }
        if let Some(Leg::Callee(leg)) = self.leg(id) {
            self.ask(id, EventKind::Answered { leg, machine });
        } else {
            let star_drops = matches!(self.doing(CALLER), Some(Doing::Dialing { star_drops: true, .. }));
            self.joined(CALLER, id, None, star_drops);
        }
        Ok(())
    }

    /// A phone that rings is not answered: how.
    pub(in crate::scenario) fn is_unanswered(&mut self, id: PhoneId, status: LegStatus) -> Done {
        if self.act(id, Deed::IsUnanswered(status))? != Doing::Ringing {
            return Err(Refusal::DoesNotRing);
        }
        self.unanswered_phone(id, status);
        Ok(())
    }
}

/// When a step has heard nothing for too long whose words are over at a time; none if nobody is asked anything.
fn silent_at(words_over: Timestamp, then: &Then) -> Option<Timestamp> {
    let millis = match then {
        Then::Listen { within, .. } => i64::try_from(*within).unwrap_or(i64::MAX),
        Then::Record { longest, end: RecordEnd::AnyKey, .. } => i64::from(*longest) * 1000,
        Then::Record { end: RecordEnd::These { silence, .. }, .. } => i64::from(*silence) * 1000,
        _ => return None,
    };
    Some(time::later(words_over, millis))
}
