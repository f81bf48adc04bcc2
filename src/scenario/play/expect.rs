//! What is expected of the line.

use super::{Play, Verdict};
use crate::phone;
use crate::program::LegOutcome;
use crate::scenario::phone::{Doing, Phone, PhoneId};
use crate::source::Span;
use crate::syntax::scenario::{Deed, DeedKind, Heard};
use crate::syntax::tree::{Expr, ExprKind, Word};

/// How many texts are shown of those that were heard instead.
const SHOWN: usize = 4;

impl Play<'_> {
    pub(super) fn expectation(&mut self, name: &Word, deed: &Deed) -> Verdict {
        match &deed.kind {
            DeedKind::Hears { only: true, heard } => self.hears_only(name, deed, heard),
            DeedKind::Hears { only: false, heard } => self.hears(name, deed, heard),
            DeedKind::NeverHears(heard) => {
                self.nevers.push((name.clone(), heard.clone(), deed.span));
                Ok(())
            }
            DeedKind::Holds => self.holds(name, deed),
            DeedKind::StopsRinging => self.stops_ringing(name, deed),
            DeedKind::Meets(other) => self.meets(name, deed, other),
            DeedKind::Ends => self.ends(deed),
            DeedKind::Logs(legs) => self.logs(deed, legs),
            DeedKind::Dials { number, keys } => self.dials(deed, number, keys.as_deref()),
            DeedKind::Sent { operation, wire, fields } => self.sent(deed, operation, wire.as_ref(), fields.as_ref()),
            DeedKind::SentNothing(operation) => self.sent_nothing(deed, operation.as_ref()),
            _ => Ok(()),
        }
    }

    fn hears(&mut self, name: &Word, deed: &Deed, expected: &[Heard]) -> Verdict {
        let id = self.there(name, deed)?;
        for heard in expected {
            let found = self.until(|play| play.find(id, heard));
            match (found, self.exchange.phones.get_mut(id.0)) {
                (Some(looked), Some(phone)) => phone.looked = looked,
                _ => return self.not_heard(name, id, heard),
            }
        }
        Ok(())
    }

    /// Where something is heard, behind what was looked at already: a text, and the byte behind the match.
    fn find(&self, id: PhoneId, heard: &Heard) -> Option<(usize, usize)> {
        let phone = self.exchange.phone(id)?;
        let (first, from) = phone.looked;
        phone.heard.iter().enumerate().skip(first).find_map(|(n, text)| {
            let from = if n == first { from } else { 0 };
            self.matches(heard, text, from).map(|end| (n, end))
        })
    }

    /// Whether a text is what was expected, from a byte on: the byte behind it.
    fn matches(&self, heard: &Heard, text: &str, from: usize) -> Option<usize> {
        match heard {
            Heard::Fragment(fragment, _) => {
                let fragment = crate::scenario::phone::normal(fragment);
                let found = text.get(from..)?.find(&fragment)?;
                Some(from + found + fragment.len())
            }
            // A phrase is a text of its own, or the label in a sentence of a menu.
            Heard::Phrase(phrase) => {
                let spoken = self.exchange.phrases.get(phrase.text.as_str())?;
                if from == 0 && spoken.contains(text) {
                    return Some(text.len());
                }
                let option = self.exchange.phrases.get("option").is_some_and(|options| options.contains(text));
                let label = spoken.iter().filter(|label| !label.is_empty()).find_map(|label| text.find(label.as_str()));
                label.filter(|at| option && *at >= from).map(|_| text.len())
            }
        }
    }

    fn not_heard(&self, name: &Word, id: PhoneId, heard: &Heard) -> Verdict {
        let phone = self.exchange.phone(id);
        let texts = phone.map(|phone| phone.heard.get(phone.since..).unwrap_or_default()).unwrap_or_default();
        let instead: Vec<String> = texts.iter().rev().take(SHOWN).rev().map(|text| format!("\"{text}\"")).collect();
        let instead = if instead.is_empty() { "nothing".to_owned() } else { instead.join(", ") };
        let before = if texts.len() > SHOWN { "…, " } else { "" };
        let message = format!("`{}` should hear {}", name.text, shown(heard));
        let label = format!("heard since then: {before}{instead}");
        Err(Box::new(super::failure::expected(self, span(heard), &message, label)))
    }

    fn hears_only(&mut self, name: &Word, deed: &Deed, expected: &[Heard]) -> Verdict {
        let id = self.there(name, deed)?;
        self.hears(name, deed, expected)?;
        self.exchange.pass_all();
        let Some(phone) = self.exchange.phone(id) else { return Ok(()) };
        let texts = phone.heard.get(phone.since..).unwrap_or_default();
        let other = texts.iter().find(|text| !expected.iter().any(|heard| self.matches(heard, text, 0).is_some()));
        match other {
            Some(other) => self.fail(deed, format!("`{}` also hears \"{other}\"", name.text), "only this was expected"),
            None => Ok(()),
        }
    }

    /// What was never to be heard in the call has not been.
    pub(super) fn never_heard(&mut self) -> Verdict {
        for (name, heard, at) in std::mem::take(&mut self.nevers) {
            let Some(phone) = self.phone(&name).and_then(|id| self.exchange.phone(id)) else { continue };
            if let Some(text) = phone.heard.iter().find(|text| self.matches(&heard, text, 0).is_some()) {
                let message = format!("`{}` should never hear {}, but heard \"{text}\"", name.text, shown(&heard));
                return Err(Box::new(super::failure::expected(self, at, &message, "")));
            }
        }
        Ok(())
    }

    fn holds(&mut self, name: &Word, deed: &Deed) -> Verdict {
        let holding = |phone: &Phone| matches!(phone.doing, Doing::Holding { .. });
        let held = self.until(|play| play.phone(name).filter(|id| play.exchange.phone(*id).is_some_and(holding)));
        match held {
            Some(_) => Ok(()),
            None => self.fail(deed, format!("`{}` is not on hold", name.text), "expected to hold here"),
        }
    }

    fn stops_ringing(&mut self, name: &Word, deed: &Deed) -> Verdict {
        let stopped = |phone: &Phone| phone.doing == Doing::Over;
        let found = self.until(|play| play.phone(name).filter(|id| play.exchange.phone(*id).is_some_and(stopped)));
        match found {
            Some(_) => Ok(()),
            None => self.fail(deed, format!("the phone of `{}` does not stop ringing", name.text), ""),
        }
    }

    fn meets(&mut self, name: &Word, deed: &Deed, other: &Word) -> Verdict {
        let talks = |play: &Self| {
            let (one, with) = (play.phone(name)?, play.phone(other)?);
            match play.exchange.phone(one)?.doing {
                Doing::Joined(talk) if talk.with == with => Some(()),
                _ => None,
            }
        };
        match self.until(talks) {
            Some(()) => Ok(()),
            None => self.fail(deed, format!("`{}` and `{}` are not connected", name.text, other.text), ""),
        }
    }

    fn ends(&mut self, deed: &Deed) -> Verdict {
        self.exchange.pass_all();
        let left: Vec<String> = (0..self.exchange.phones.len())
            .map(PhoneId)
            .filter(|id| self.exchange.phone(*id).is_some_and(Phone::is_on))
            .map(|id| if Self::is_caller(id) { "the caller".to_owned() } else { self.exchange.name(id) })
            .collect();
        if self.exchange.is_over() && left.is_empty() {
            return Ok(());
        }
        let who = if left.is_empty() { "something".to_owned() } else { left.join(" and ") };
        let verb = if left.len() > 1 { "are" } else { "is" };
        self.fail(deed, "the call is not over", format!("{who} {verb} still on the line"))
    }

    fn logs(&mut self, deed: &Deed, legs: &[(Word, Word)]) -> Verdict {
        let wanted: Vec<(String, String)> = legs
            .iter()
            .map(|(name, outcome)| {
                let number = self.people.get(&name.text).map(|number| phone::mask(number)).unwrap_or_default();
                (number, outcome.text.clone())
            })
            .collect();
        let logged = |play: &Self| -> Vec<(String, String)> {
            let outcomes = play.exchange.outcomes.iter();
            let counts = |(number, outcome): &&(String, LegOutcome)| {
                *outcome != LegOutcome::Duplicate && wanted.iter().any(|(wanted, _)| wanted == number)
            };
            outcomes.filter(counts).map(|(number, outcome)| (number.clone(), outcome.word().to_owned())).collect()
        };
        if self.until(|play| (logged(play) == wanted).then_some(())).is_some() {
            return Ok(());
        }
        let name = |number: &str| {
            let of = |known: &&(Word, Word)| self.people.get(&known.0.text).is_some_and(|n| phone::mask(n) == number);
            legs.iter().find(of).map_or(number.to_owned(), |(name, _)| name.text.clone())
        };
        let found: Vec<String> = logged(self).iter().map(|(number, o)| format!("{} {o}", name(number))).collect();
        let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
        self.fail(deed, "the call's log says something else", format!("it says: {found}"))
    }

    fn dials(&mut self, deed: &Deed, number: &Expr, keys: Option<&str>) -> Verdict {
        let ExprKind::Literal(literal) = &number.kind else {
            return self.fail(deed, "a number is written as a string", "");
        };
        let wanted = phone::normalise(&literal.template());
        let found = self.until(|play| play.exchange.dialled.last().cloned());
        match found {
            None => self.fail(deed, "the line dials nobody", ""),
            Some(dialled) if Some(&dialled.number) != wanted.as_ref() => {
                self.fail(deed, "the line dials another number", format!("it dials {}", dialled.number))
            }
            Some(dialled) if keys.is_some_and(|keys| dialled.keys.as_deref() != Some(keys)) => {
                let sent = dialled.keys.map_or_else(|| "no keys".to_owned(), |keys| format!("\"{keys}\""));
                self.fail(deed, "the line sends other keys", format!("it sends {sent}"))
            }
            Some(_) => Ok(()),
        }
    }
}

/// What is expected, as the test says it.
fn shown(heard: &Heard) -> String {
    match heard {
        Heard::Fragment(text, _) => format!("\"{text}\""),
        Heard::Phrase(word) => format!("`{}`", word.text),
    }
}

fn span(heard: &Heard) -> Span {
    match heard {
        Heard::Fragment(_, span) => *span,
        Heard::Phrase(word) => word.span,
    }
}
