//! Deeds of people.

use std::time::Duration;

use super::{Play, Verdict};
use crate::engine::event::LegStatus;
use crate::phone;
use crate::scenario::exchange::{Fate, Refusal};
use crate::scenario::people;
use crate::scenario::phone::{CALLER, Doing, Phone, PhoneId};
use crate::syntax::scenario::{Deed, DeedKind, Pressed};
use crate::syntax::tree::{Expr, ExprKind, Word};

/// Who calls, unless a test says something else. Numbers with 555-01 in them belong to nobody.
const ORDINARY: &str = "+15550119999";

impl Play<'_> {
    pub(super) fn deed(&mut self, name: &Word, deed: &Deed) -> Verdict {
        if let Some(wrong) = people::wrong_deed(name, deed, &self.people) {
            return Err(Box::new(wrong));
        }
        match &deed.kind {
            DeedKind::IsNumber(_) => Ok(()),
            DeedKind::Calls { hidden, from } => self.calls(name, deed, *hidden, from.as_ref()),
            DeedKind::Presses(keys) => self.presses(name, deed, keys),
            DeedKind::Types(_) => self.fail(deed, "no step takes several digits yet", "press one key at a time"),
            DeedKind::StaysSilent(times) => {
                for _ in 0..times.map_or(1, |times| times.value) {
                    let id = self.there(name, deed)?;
                    self.does(name, "stays silent".to_owned());
                    let done = self.exchange.is_silent(id);
                    self.done(name, deed, "be silent", done)?;
                }
                Ok(())
            }
            DeedKind::Records { length, words } => {
                let id = self.there(name, deed)?;
                let words = words.as_deref().unwrap_or_default();
                self.exchange.comes_to(id);
                self.does(name, format!("speaks for {} s: \"{words}\"", length.millis.div_ceil(1000)));
                let done = self.exchange.records(id, length.millis, words);
                self.done(name, deed, "record", done)
            }
            DeedKind::HangsUp => {
                let id = self.there(name, deed)?;
                self.does(name, "hangs up".to_owned());
                let done = self.exchange.hangs_up(id);
                self.done(name, deed, "hang up", done)
            }
            DeedKind::Rings => self.ringing(name, deed).map(drop),
            DeedKind::Answers { machine } => {
                let id = self.ringing(name, deed)?;
                self.does(name, if *machine { "answers as a machine" } else { "answers" }.to_owned());
                let done = self.exchange.answers(id, *machine);
                self.done(name, deed, "answer", done)
            }
            DeedKind::IsBusy => self.unanswered(name, deed, "is busy", LegStatus::Busy),
            DeedKind::DoesNotAnswer => self.unanswered(name, deed, "does not answer", LegStatus::NoAnswer),
            DeedKind::Fails if people::actor(&name.text) == people::Actor::Person => {
                self.unanswered(name, deed, "cannot be reached", LegStatus::Failed)
            }
            DeedKind::Fails => {
                self.exchange.decide(Fate::Fails);
                Ok(())
            }
            DeedKind::ArrivesAfter(rounds) => {
                self.exchange.decide(Fate::Arrives(rounds.value));
                Ok(())
            }
            DeedKind::NeverArrives => {
                self.exchange.decide(Fate::Never);
                Ok(())
            }
            DeedKind::RefusesCalls => {
                self.exchange.refuses = true;
                Ok(())
            }
            DeedKind::Waits(length) => {
                let until = self.exchange.now.checked_add(Duration::from_millis(length.millis));
                self.exchange.nobody_acts_until(until.unwrap_or(jiff::Timestamp::MAX));
                Ok(())
            }
            _ => self.expectation(name, deed),
        }
    }

    fn calls(&mut self, name: &Word, deed: &Deed, hidden: bool, from: Option<&Expr>) -> Verdict {
        self.exchange.pass_all();
        if !self.exchange.is_over() {
            return self.fail(deed, "the former call is not over", "somebody calls again here");
        }
        // What is said before the first call is said of that call.
        if self.exchange.session.is_some() {
            self.never_heard()?;
        }
        let number = match from.map(|from| &from.kind) {
            None if hidden => None,
            None => Some(ORDINARY.to_owned()),
            Some(ExprKind::Literal(literal)) => {
                let text = literal.template();
                match phone::normalise(&text) {
                    Some(number) => Some(number),
                    None => return self.fail(deed, format!("`{text}` is no telephone number"), ""),
                }
            }
            Some(_) => return self.fail(deed, "a number is written as a string", ""),
        };
        let shown = number.clone().unwrap_or_else(|| "no number".to_owned());
        self.exchange.phones.clear();
        self.does(name, format!("calls, showing {shown}"));
        self.exchange.call(number);
        Ok(())
    }

    fn presses(&mut self, name: &Word, deed: &Deed, keys: &Pressed) -> Verdict {
        let keys = match keys {
            Pressed::Keys(keys) => keys,
            Pressed::Named(name) => {
                return self.fail(deed, format!("`{}` is no column of this test", name.text), "");
            }
        };
        for key in keys.text.chars() {
            let id = self.there(name, deed)?;
            self.exchange.comes_to(id);
            self.does(name, format!("presses {key}"));
            let done = self.exchange.press(id, key);
            self.done(name, deed, &format!("press {key}"), done)?;
        }
        Ok(())
    }

    /// The telephone of somebody who is to do something.
    pub(super) fn there(&mut self, name: &Word, deed: &Deed) -> Result<PhoneId, Box<crate::diagnostic::Diagnostic>> {
        let found = self.until(|play| play.phone(name));
        match found {
            Some(id) => Ok(id),
            None if people::actor(&name.text) == people::Actor::Caller => self.fail(deed, "nobody has called yet", ""),
            None => self.fail(deed, format!("`{}` should do this, but that phone never rang", name.text), "too early"),
        }
    }

    /// The telephone of somebody, which rings.
    fn ringing(&mut self, name: &Word, deed: &Deed) -> Result<PhoneId, Box<crate::diagnostic::Diagnostic>> {
        let rings = |phone: &Phone| phone.doing == Doing::Ringing;
        let found = self.until(|play| play.phone(name).filter(|id| play.exchange.phone(*id).is_some_and(rings)));
        match found {
            Some(id) => Ok(id),
            None => self.fail(deed, format!("the phone of `{}` does not ring", name.text), "expected to ring here"),
        }
    }

    fn unanswered(&mut self, name: &Word, deed: &Deed, shown: &str, status: LegStatus) -> Verdict {
        let id = self.ringing(name, deed)?;
        self.does(name, shown.to_owned());
        let done = self.exchange.is_unanswered(id, status);
        self.done(name, deed, shown, done)
    }

    fn done(&self, name: &Word, deed: &Deed, what: &str, done: Result<(), Refusal>) -> Verdict {
        match done {
            Ok(()) => Ok(()),
            Err(refusal) => {
                self.fail(deed, format!("`{}` cannot {what}: {}", name.text, refusal.because()), "not possible here")
            }
        }
    }

    /// Whether this telephone is the caller's.
    pub(super) fn is_caller(id: PhoneId) -> bool {
        id == CALLER
    }
}
