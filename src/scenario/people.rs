//! Who does what in a test.

use std::collections::BTreeMap;

use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic};
use crate::phone;
use crate::source::Span;
use crate::syntax::scenario::{Deed, DeedKind, ScenarioLine};
use crate::syntax::tree::Word;

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Actor {
    /// Whoever calls.
    Caller,
    /// The line: what it sends and dials.
    Line,
    /// The call as a whole.
    Call,
    /// The transcript of what was recorded.
    Transcript,
    /// The telephone company.
    Provider,
    /// Somebody introduced by number.
    Person,
}

/// The actors of every test, by name.
const GIVEN: [(&str, Actor); 5] = [
    ("caller", Actor::Caller),
    ("ivr", Actor::Line),
    ("call", Actor::Call),
    ("transcript", Actor::Transcript),
    ("provider", Actor::Provider),
];

/// The actor with this name; a name that is none of the given ones is a person's.
pub(super) fn actor(name: &str) -> Actor {
    GIVEN.iter().find(|(given, _)| *given == name).map_or(Actor::Person, |(_, actor)| *actor)
}

/// The people of a test: name and number in E.164.
pub(super) fn introduced(lines: &[ScenarioLine]) -> (BTreeMap<String, String>, Vec<Diagnostic>) {
    let mut people: BTreeMap<String, (String, Span)> = BTreeMap::new();
    let mut problems = Vec::new();
    for line in lines {
        let ScenarioLine::Deeds { actor: name, deeds, .. } = line else { continue };
        for Deed { kind, span } in deeds {
            let DeedKind::IsNumber(number) = kind else { continue };
            if actor(&name.text) != Actor::Person {
                problems.push(not_a_person(name, *span));
                continue;
            }
            match phone::normalise(number) {
                None => {
                    problems.push(no_number(number, *span));
                    // Known all the same: one mistake is one message.
                    people.insert(name.text.clone(), (String::new(), name.span));
                }
                Some(number) => {
                    if let Some((_, first)) = people.insert(name.text.clone(), (number, name.span)) {
                        problems.push(twice(name, first));
                    }
                }
            }
        }
    }
    (people.into_iter().map(|(name, (number, _))| (name, number)).collect(), problems)
}

/// What is wrong with somebody's deed: nobody with this name, or nothing that this actor can do.
pub(super) fn wrong_deed(name: &Word, deed: &Deed, people: &BTreeMap<String, String>) -> Option<Diagnostic> {
    let who = actor(&name.text);
    if who == Actor::Person && !people.contains_key(&name.text) {
        return Some(unknown(name, people));
    }
    (!can(who, &deed.kind)).then(|| cannot(name, who, deed.span))
}

fn can(who: Actor, deed: &DeedKind) -> bool {
    use DeedKind as D;
    match deed {
        D::Calls { .. } | D::Records { .. } | D::Holds => who == Actor::Caller,
        D::Presses(_)
        | D::Types(_)
        | D::StaysSilent(_)
        | D::Hears { .. }
        | D::NeverHears(_)
        | D::HangsUp
        | D::Meets(_) => matches!(who, Actor::Caller | Actor::Person),
        D::IsNumber(_) | D::IsBusy | D::Rings | D::StopsRinging | D::Answers { .. } | D::DoesNotAnswer => {
            who == Actor::Person
        }
        D::Fails => matches!(who, Actor::Person | Actor::Transcript),
        D::ArrivesAfter(_) | D::NeverArrives => who == Actor::Transcript,
        D::Ends | D::Logs(_) => who == Actor::Call,
        D::Dials { .. } | D::SentNothing(_) | D::Sent { .. } => who == Actor::Line,
        D::RefusesCalls => who == Actor::Provider,
        D::Waits(_) => matches!(who, Actor::Caller | Actor::Person | Actor::Line),
    }
}

/// What an actor can do, for a message.
fn deeds(who: Actor) -> &'static str {
    match who {
        Actor::Caller => {
            "`calls`, `presses`, `stays silent`, `records`, `holds`, `waits`, `hangs up`, `hears`, `hears only`, `never hears`, `meets`"
        }
        Actor::Line => "`sent`, `sent nothing`, `dials`, `waits`",
        Actor::Call => "`ends`, `logs`",
        Actor::Transcript => "`arrives after N rounds`, `fails`, `never arrives`",
        Actor::Provider => "`refuses calls`",
        Actor::Person => {
            "`rings`, `answers`, `is busy`, `does not answer`, `fails`, `stops ringing`, `presses`, `stays silent`, `waits`, \
             `hangs up`, `hears`, `hears only`, `never hears`, `meets`"
        }
    }
}

fn unknown(name: &Word, people: &BTreeMap<String, String>) -> Diagnostic {
    let known = people.keys().map(String::as_str).chain(GIVEN.map(|(name, _)| name));
    let help = match nearest(&name.text, known) {
        Some(near) => format!("write `{near}`"),
        None => format!("introduce somebody by number: `{} is \"+15557770001\"`", name.text),
    };
    Diagnostic::new(Code::UnknownActor, format!("nobody in this test is called `{}`", name.text))
        .at(name.span, "")
        .help(help)
}

fn cannot(name: &Word, who: Actor, deed: Span) -> Diagnostic {
    Diagnostic::new(Code::UnknownActor, format!("this is nothing that `{}` does", name.text))
        .at(deed, "")
        .help(format!("`{}` knows {}", name.text, deeds(who)))
}

fn not_a_person(name: &Word, deed: Span) -> Diagnostic {
    Diagnostic::new(Code::UnknownActor, format!("`{}` has no number", name.text))
        .at(deed, "")
        .help("only people have numbers: choose another name; a caller shows one by `caller calls from \"+1…\"`")
}

fn no_number(number: &str, deed: Span) -> Diagnostic {
    Diagnostic::new(Code::Malformed, format!("`{number}` is no telephone number"))
        .at(deed, "")
        .help("write it in full: \"+15557770001\"")
}

fn twice(name: &Word, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("`{}` is introduced twice", name.text))
        .at(name.span, "again here")
        .at(first, "first here")
        .help("give one of them another name")
}
