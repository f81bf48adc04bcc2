//! Words on their way to a leg.

use jiff::SignedDuration;

use super::documents::{cut, pieces};
use super::effect::Entry;
use super::event::Leg;
use super::run::Go;
use super::session::{State, Thread};
use super::turn::{SpeechPart, Then, Turn, Utterance};
use super::{Effect, Machine};
use crate::eval::{self, BREAK_CLOSE, BREAK_OPEN, Context, Nothing, Scope};
use crate::expr::Words;
use crate::failure::FailureKind;
use crate::graph::{Graph, Node, NodeId};
use crate::limits::{TWILIO, server};
use crate::value::{Fields, Value};

/// Milliseconds a character takes to be spoken, about.
pub const MILLIS_A_CHARACTER: i64 = server::A_CHARACTER.cast_signed();
/// Milliseconds.
const LONGEST_AUDIO: i64 = server::LONGEST_AUDIO.cast_signed();
/// Milliseconds.
const LONGEST_TALK: i64 = TWILIO.call.cast_signed();
/// How much later than expected a leg may be heard of before the provider is asked.
pub(super) const GRACE: SignedDuration = SignedDuration::from_secs(60);

impl Machine<'_> {
    /// Speaks words; `extra` are names that only these words can see. A text that renders empty is not spoken.
    pub(super) fn say(
        &mut self,
        thread: &mut Thread,
        leg: &Leg,
        node: &Node,
        words: &Words,
        n: u32,
        extra: Fields,
    ) -> Result<(), Go> {
        let text = self.words(thread, node, words, n, extra)?;
        self.speak(thread, leg, text);
        Ok(())
    }

    /// The rendered text of words.
    pub(super) fn words(
        &mut self,
        thread: &mut Thread,
        node: &Node,
        words: &Words,
        n: u32,
        extra: Fields,
    ) -> Result<String, Go> {
        let Some(template) = words.nth(n) else { return Ok(String::new()) };
        let result = self.in_context(thread, |scope, context| eval::text(template, &scope.knowing(extra), context));
        let text = self.resolved(thread, node, result)?;
        if let Some(phrase) = words.phrase.as_ref().filter(|_| self.traced) {
            self.outcome.trace.phrases.push((phrase.clone(), text.clone()));
        }
        Ok(text)
    }

    pub(super) fn speak(&mut self, thread: &mut Thread, leg: &Leg, text: String) {
        let parts = parts(text);
        if !parts.is_empty() && self.heard(leg) {
            let say = |parts| Utterance::Say { parts, voice: self.graph.voice.clone() };
            thread.said.extend(pieces(parts).into_iter().map(say));
        }
    }

    pub(super) fn play(&mut self, thread: &mut Thread, leg: &Leg, url: &Value) {
        if let Some(url) = url.as_text().filter(|_| self.heard(leg)) {
            thread.said.push(Utterance::Play { url: url.to_owned() });
        }
    }

    pub(super) fn pause(&mut self, thread: &mut Thread, leg: &Leg, millis: u64) {
        if self.heard(leg) {
            thread.said.push(Utterance::Pause { millis });
        }
    }

    /// Whether somebody hears this leg.
    fn heard(&self, leg: &Leg) -> bool {
        *leg != Leg::Caller || !self.caller_gone()
    }

    /// Whether `anywhere` keys interrupt what this leg hears.
    pub(super) fn interrupts(&self, leg: &Leg) -> bool {
        *leg == Leg::Caller && self.session.admitted && self.graph.has_anywhere()
    }

    /// Where a key leads this leg by an `anywhere` rule.
    pub(super) fn anywhere(&self, leg: &Leg, key: char) -> Option<NodeId> {
        self.graph.anywhere(key).filter(|_| *leg == Leg::Caller && self.session.admitted)
    }

    /// Tells a leg what it hears and what is expected, unless the caller has been told too much already: then the
    /// call ends with the apology.
    pub(super) fn tell(&mut self, thread: &mut Thread, leg: &Leg, then: Then) {
        if *leg == Leg::Caller && self.session.turns >= server::MOST_TURNS && !self.caller_gone() {
            let node = self.graph.node(thread.at).map(|node| node.name.to_string()).unwrap_or_default();
            let from = "turns".to_owned();
            self.log(Entry::Failed { node, kind: FailureKind::Budget, status: None, from });
            self.leave_step(thread, leg);
            thread.said.clear();
            thread.at = self.graph.apology;
            return self.run(thread, leg);
        }
        self.reply(thread, leg, then);
    }

    /// Tells a leg what it hears and what is expected; speech that is too long for one document comes in parts.
    pub(super) fn reply(&mut self, thread: &mut Thread, leg: &Leg, then: Then) {
        thread.silent = None;
        let heard = cut(&mut thread.said);
        let then = if thread.said.is_empty() {
            then
        } else {
            let after = Box::new(std::mem::take(&mut thread.state));
            thread.state = State::Speaking { then, after };
            Then::Continue
        };
        let length = SignedDuration::from_millis(duration(&heard).saturating_add(expected(&then)));
        match leg {
            Leg::Callee(token) => self.set_leg_deadline(token, &then, length),
            Leg::Caller => {
                self.session.turns += 1;
                self.expect(length);
            }
        }
        self.outcome.turns.push((leg.clone(), Turn { heard, then }));
    }

    /// A leg that waits for slow services gets a sign of life and asks again.
    pub(super) fn took_long(&mut self, thread: &mut Thread, leg: &Leg) {
        const SILENCE: SignedDuration = SignedDuration::from_millis(server::SILENCE.cast_signed());

        if !matches!(thread.state, State::Working | State::Sending { .. }) {
            return self.goes_on(thread, leg);
        }
        if self.lost_replies(thread, leg) {
            return;
        }
        // However many requests there are one after the other.
        let long = thread.silent.is_some_and(|since| self.at.duration_since(since) >= SILENCE);
        if long && thread.said.is_empty() {
            let words = self.graph.one_moment.clone();
            if let Some(template) = words.nth(1) {
                let text = self.in_context(thread, |scope, context| eval::text(template, scope, context));
                self.speak(thread, leg, text.unwrap_or_default());
            }
        }
        let heard = cut(&mut thread.said);
        if !heard.is_empty() {
            thread.silent = self.at.checked_add(SignedDuration::from_millis(duration(&heard))).ok();
        }
        let then = Then::Pause { millis: server::INTERIM, keys: self.interrupts(leg) };
        let length = SignedDuration::from_millis(duration(&heard).saturating_add(expected(&then)));
        match leg {
            Leg::Callee(token) => self.set_leg_deadline(token, &then, length),
            Leg::Caller => self.expect(length),
        }
        self.outcome.turns.push((leg.clone(), Turn { heard, then }));
    }

    /// The leg is to ask for its current step.
    pub(super) fn redirect(&mut self, leg: Leg) {
        if leg == Leg::Caller {
            self.session.called = true;
            self.expect(SignedDuration::ZERO);
        }
        self.outcome.effects.push(Effect::Redirect(leg));
    }
}

/// Words outside of any call: they see settings only.
pub(super) fn alone(graph: &Graph, words: &Words) -> Vec<Utterance> {
    let context = Context {
        settings: &graph.settings,
        call: None,
        now: jiff::Timestamp::UNIX_EPOCH,
        zone: &graph.zone,
        outside: &Nothing,
    };
    let text = words.nth(1).and_then(|template| eval::render(template, &Scope::default(), &context).ok());
    let parts = parts(text.unwrap_or_default());
    if parts.is_empty() { Vec::new() } else { vec![Utterance::Say { parts, voice: graph.voice.clone() }] }
}

/// How long a turn keeps a leg, in milliseconds, at most.
pub(super) fn duration(heard: &[Utterance]) -> i64 {
    time_to_hear(heard, LONGEST_AUDIO)
}

/// How long it takes to hear this, in milliseconds, about; audio is taken to last `audio`.
#[must_use]
pub fn time_to_hear(heard: &[Utterance], audio: i64) -> i64 {
    let one = |utterance: &Utterance| match utterance {
        Utterance::Say { parts, .. } => parts.iter().map(part_duration).sum(),
        Utterance::Play { .. } => audio,
        Utterance::Pause { millis } => i64::try_from(*millis).unwrap_or(LONGEST_AUDIO),
    };
    heard.iter().map(one).fold(0, i64::saturating_add)
}

fn part_duration(part: &SpeechPart) -> i64 {
    match part {
        SpeechPart::Text(text) => i64::try_from(text.chars().count()).unwrap_or(0).saturating_mul(MILLIS_A_CHARACTER),
        SpeechPart::Break(millis) => i64::from(*millis),
    }
}

/// How long what is expected of a leg may take, in milliseconds.
fn expected(then: &Then) -> i64 {
    match then {
        Then::Listen { within, .. } => i64::try_from(*within).unwrap_or(LONGEST_AUDIO),
        Then::Pause { millis, .. } => i64::try_from(*millis).unwrap_or(LONGEST_AUDIO),
        Then::Record { longest, .. } => i64::from(*longest) * 1000,
        Then::Dial { ringing, .. } => i64::from(*ringing).saturating_mul(1000).saturating_add(LONGEST_TALK),
        _ => 0,
    }
}

/// Rendered text as words and silences; nothing if there is not a word in it.
fn parts(text: String) -> Vec<SpeechPart> {
    if !text.contains(BREAK_OPEN) {
        return if text.trim().is_empty() { Vec::new() } else { vec![SpeechPart::Text(text)] };
    }
    let mut parts = Vec::new();
    for (n, piece) in text.split(BREAK_OPEN).enumerate() {
        let mut words = piece;
        if let Some((millis, rest)) = piece.split_once(BREAK_CLOSE).filter(|_| n > 0) {
            parts.extend(millis.parse().ok().map(SpeechPart::Break));
            words = rest;
        }
        if !words.is_empty() {
            parts.push(SpeechPart::Text(words.to_owned()));
        }
    }
    let speaks = parts.iter().any(|part| match part {
        SpeechPart::Text(text) => !text.trim().is_empty(),
        SpeechPart::Break(_) => true,
    });
    if speaks { parts } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::{SpeechPart, parts};

    #[test]
    fn silences_are_cut_out_of_the_words() {
        let text = |text: &str| SpeechPart::Text(text.to_owned());
        assert_eq!(parts("a \u{E000}500\u{E001} b".to_owned()), vec![text("a "), SpeechPart::Break(500), text(" b")]);
        assert_eq!(parts("  ".to_owned()), vec![]);
        assert_eq!(parts(String::new()), vec![]);
    }
}
