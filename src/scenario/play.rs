//! The lines of a test, one after the other: deeds of people, and what is expected of the line.

mod deeds;
mod expect;
mod failure;
mod sent;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::cases::Case;
use super::exchange::Exchange;
use super::happening::{Happening, What};
use super::people;
use super::phone::{CALLER, PhoneId};
use crate::canned::{Canned, Values};
use crate::compile::Line;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::scenario::{Deed, Heard, ScenarioLine};
use crate::syntax::tree::Word;

/// What a test is played with.
pub(super) struct Props<'a> {
    pub(super) line: &'a Line,
    pub(super) canned: &'a Canned,
    pub(super) values: &'a Values<'a>,
    /// When the first call begins.
    pub(super) start: Timestamp,
}

/// What came of a test.
pub(super) struct Played<'a> {
    /// What was wrong; none: it passed.
    pub(super) failure: Option<Diagnostic>,
    /// The line as the test left it.
    pub(super) exchange: Exchange<'a>,
}

/// A test under way.
struct Play<'a> {
    props: &'a Props<'a>,
    exchange: Exchange<'a>,
    title: &'a str,
    /// People by name: their numbers.
    people: BTreeMap<String, String>,
    /// Of each operation that was looked at, how many of its requests have been.
    looked_at: BTreeMap<String, (usize, Span)>,
    /// What is never to be heard, by whom.
    nevers: Vec<(Word, Heard, Span)>,
}

/// Plays a test.
pub(super) fn play<'a>(props: &'a Props<'a>, case: &'a Case<'_>) -> Played<'a> {
    let mut exchange = Exchange::new(props.line, props.canned, props.start);
    let (people, _) = people::introduced(&case.lines);
    exchange.names = people.iter().map(|(name, number)| (number.clone(), name.clone())).collect();
    let title = &case.title;
    let (looked_at, nevers) = (BTreeMap::new(), Vec::new());
    let mut play = Play { props, exchange, title, people, looked_at, nevers };
    let failure = play.lines(&case.lines).and_then(|()| play.end(case.span)).err();
    Played { failure: failure.map(|failure| *failure), exchange: play.exchange }
}

/// Why a test does not go on. Boxed: it is large, and rare.
type Verdict = Result<(), Box<Diagnostic>>;

impl Play<'_> {
    fn lines(&mut self, lines: &[ScenarioLine]) -> Verdict {
        for line in lines {
            let ScenarioLine::Deeds { actor, deeds, .. } = line else { continue };
            for deed in deeds {
                let done = self.deed(actor, deed);
                // That a stub is missing explains everything else.
                self.all_answered(deed.span)?;
                done?;
            }
        }
        Ok(())
    }

    /// The call goes on as far as it does by itself; then what was to hold for all of it is looked at.
    fn end(&mut self, span: Span) -> Verdict {
        self.exchange.pass_all();
        self.all_answered(span)?;
        self.never_heard()?;
        self.nothing_more_sent()
    }

    /// A request that no stub answers fails the test: what a service says is part of it.
    fn all_answered(&self, span: Span) -> Verdict {
        match self.exchange.unanswered() {
            Some((received, node)) => Err(Box::new(failure::unstubbed(self, received, *node, span))),
            None => Ok(()),
        }
    }

    /// The telephone of somebody: a person's is the last one that rang.
    fn phone(&self, name: &Word) -> Option<PhoneId> {
        if people::actor(&name.text) == people::Actor::Caller {
            return self.exchange.phone(CALLER).map(|_| CALLER);
        }
        let number = self.people.get(&name.text)?;
        let of = |phone: &super::phone::Phone| phone.number.as_ref() == Some(number);
        self.exchange.phones.iter().skip(1).rposition(of).map(|place| PhoneId(place + 1))
    }

    /// Lets time pass until `met` gives something; none if it never does.
    fn until<T>(&mut self, met: impl Fn(&Self) -> Option<T>) -> Option<T> {
        loop {
            if let Some(met) = met(self) {
                return Some(met);
            }
            if !self.exchange.pass() {
                return None;
            }
        }
    }

    fn does(&mut self, name: &Word, deed: String) {
        let (at, who) = (self.exchange.now, Some(name.text.clone()));
        self.exchange.happened.push(Happening { at, who, what: What::Does(deed) });
    }

    fn fail<T>(&self, deed: &Deed, message: impl Into<String>, label: impl Into<String>) -> Result<T, Box<Diagnostic>> {
        Err(Box::new(failure::expected(self, deed.span, &message.into(), label)))
    }
}
