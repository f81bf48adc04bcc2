//! `<Gather>`: keys and words of a person.
//!
//! Source: <https://www.twilio.com/docs/voice/twiml/gather>.

use super::due::Due;
use super::leg::{Activity, LegId};
use super::markup::{Gather, Target};
use super::problem::Problem;
use super::transcript::What;
use super::webhook::{Kind, Params, Place, pair};
use super::world::World;

/// A `<Gather>` under way.
#[derive(Debug)]
pub(super) struct Gathering {
    pub(super) verb: Box<Gather>,
    pub(super) digits: String,
    /// The words are over, or were broken off.
    pub(super) listening: bool,
}

/// What a key does to a `<Gather>`.
enum Pressed {
    /// It is one of several.
    Kept,
    /// It was the last.
    Complete,
    /// It ended the input before there was any.
    Nothing,
}

impl Gathering {
    fn press(&mut self, key: char) -> Pressed {
        if self.verb.finish_on_key == Some(key) {
            return if self.digits.is_empty() { Pressed::Nothing } else { Pressed::Complete };
        }
        self.digits.push(key);
        if self.verb.num_digits.is_some_and(|most| self.digits.len() >= most) {
            Pressed::Complete
        } else {
            Pressed::Kept
        }
    }
}

impl World {
    /// Begins a `<Gather>`.
    pub(super) fn gather(&mut self, id: LegId, verb: Box<Gather>) {
        let prompt = verb.prompt.clone();
        self.change(id, Activity::Gathering(Box::new(Gathering { verb, digits: String::new(), listening: false })));
        if let Some(leg) = self.leg_mut(id) {
            leg.playing = prompt.into();
        }
        if !self.next_sound(id) {
            self.listen(id);
        }
    }

    /// The words are over: the time limit begins.
    pub(super) fn listen(&mut self, id: LegId) {
        let Some(leg) = self.leg_mut(id) else { return };
        let Activity::Gathering(gathering) = &mut leg.activity else { return };
        gathering.listening = true;
        let timeout = gathering.verb.timeout;
        self.note(Some(id), What::Listens);
        self.after(id, timeout, Due::GatherTimeout(id));
    }

    /// Keys are pressed while a `<Gather>` is under way. The first breaks off what is being heard.
    pub(super) fn gather_keys(&mut self, id: LegId, keys: &str) {
        let Some(leg) = self.leg_mut(id) else { return };
        let Activity::Gathering(gathering) = &mut leg.activity else { return };
        if !gathering.verb.keys {
            return self.note(Some(id), What::KeysLost(keys.to_owned()));
        }
        let broken_off = !std::mem::replace(&mut gathering.listening, true);
        let timeout = gathering.verb.timeout;
        let mut rest = keys.chars();
        let mut end = None;
        for key in rest.by_ref() {
            match gathering.press(key) {
                Pressed::Kept => {}
                Pressed::Complete => end = Some(std::mem::take(&mut gathering.digits)),
                Pressed::Nothing => end = Some(String::new()),
            }
            if end.is_some() {
                break;
            }
        }
        leg.resigned = false;
        leg.playing.clear();
        let timers = std::mem::take(&mut leg.timers);
        for timer in timers {
            self.timeline.cancel(timer);
        }
        if broken_off {
            self.note(Some(id), What::BrokenOff);
        }
        let lost = rest.as_str();
        if !lost.is_empty() {
            self.note(Some(id), What::KeysLost(lost.to_owned()));
        }
        match end {
            None => self.after(id, timeout, Due::GatherTimeout(id)),
            Some(digits) if digits.is_empty() => self.gathered_nothing(id),
            Some(digits) => self.gathered(id, vec![pair("Digits", digits)]),
        }
    }

    /// Words are spoken to a `<Gather>`; false if it does not listen to words.
    pub(super) fn gather_words(&mut self, id: LegId, words: &str) -> bool {
        let speech = self.leg(id).is_some_and(
            |leg| matches!(&leg.activity, Activity::Gathering(gathering) if gathering.verb.speech && gathering.digits.is_empty()),
        );
        if speech {
            self.gathered(id, vec![pair("SpeechResult", words), pair("Confidence", "0.9")]);
        }
        speech
    }

    /// Nothing came in time, or nothing more.
    pub(super) fn gather_timeout(&mut self, id: LegId) {
        let Some(leg) = self.leg_mut(id) else { return };
        let Activity::Gathering(gathering) = &mut leg.activity else { return };
        let digits = std::mem::take(&mut gathering.digits);
        if digits.is_empty() { self.gathered_nothing(id) } else { self.gathered(id, vec![pair("Digits", digits)]) }
    }

    /// Without input the next verb runs, unless the document wants to know.
    fn gathered_nothing(&mut self, id: LegId) {
        let wanted = self.leg(id).is_some_and(
            |leg| matches!(&leg.activity, Activity::Gathering(gathering) if gathering.verb.action_on_empty),
        );
        if wanted {
            let own = if self.config.behaviour.empty_digits_are_sent { vec![pair("Digits", "")] } else { Vec::new() };
            self.gathered(id, own);
        } else {
            self.change(id, Activity::Idle);
            self.proceed(id);
        }
    }

    fn gathered(&mut self, id: LegId, own: Params) {
        let Some(leg) = self.leg(id) else { return };
        let Activity::Gathering(gathering) = &leg.activity else { return };
        let action = gathering.verb.action.clone();
        if let Some(target) = self.action(id, action, "Gather") {
            self.fetch(id, Kind::Action, target, own, Place::Instead);
        }
    }

    /// The target of a verb's `action`, or of the current document. A document without a URL of its own has none:
    /// that is the end of the call (error 11100).
    pub(super) fn action(&mut self, id: LegId, action: Option<Target>, verb: &str) -> Option<Target> {
        if let Some(target) = action.or_else(|| self.leg(id)?.document_url().map(|url| Self::post_to(&url))) {
            return Some(target);
        }
        let text = format!("`<{verb}>` without `action` in a document without a URL of its own");
        self.note(Some(id), What::Problem(Problem { code: 11_100, url: String::new(), text }));
        self.application_error(id);
        None
    }

    /// The caller hung up in a `<Gather>`.
    pub(super) fn gather_gone(&mut self, id: LegId, gathering: &Gathering) {
        if !self.config.behaviour.gather_action_after_hangup {
            return;
        }
        if let Some(target) = gathering.verb.action.clone() {
            self.notice(id, Kind::Action, target, vec![pair("Digits", "")]);
        }
    }
}
