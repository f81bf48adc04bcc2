//! Calls, and what must be true at their end whatever goes wrong on the way.

use std::collections::{BTreeMap, HashSet};

use super::people::{People, Wish, press, speak};
use super::{ANN, BOB, CALLER, Death};
use crate::simulator::{AnsweredBy, Deed, LegState, LegView, Occurrence, What};
use crate::store::Store as _;

/// A call, and what must be true at its end however often it was interrupted.
pub(super) struct Play {
    pub(super) wish: fn() -> Wish,
    /// One of these is the last that the caller hears; none: the caller hangs up.
    pub(super) last_words: &'static [&'static str],
    /// Sends that must have been tried exactly once.
    pub(super) sends: &'static [&'static str],
    /// Sends that must not have been tried twice.
    pub(super) at_most: &'static [&'static str],
}

fn caller(leg: &LegView) -> bool {
    leg.person() == CALLER
}

fn message() -> Wish {
    Box::new(|leg, words| match &leg.state {
        LegState::Recording { .. } => speak(),
        LegState::Listening(_) if words.contains("to alert an xMatters group") => press('1'),
        LegState::Listening(_) if words.contains("What group") => press('2'),
        _ => None,
    })
}

/// As soon as the message is confirmed its author hangs up.
fn message_and_away() -> Wish {
    Box::new(|leg, words| match &leg.state {
        LegState::Listening(_) if words.contains("Hang on") || words.contains("Thanks for waiting") => {
            Some(Deed::HangUp)
        }
        LegState::Recording { .. } => speak(),
        LegState::Listening(_) if words.contains("to alert an xMatters group") => press('1'),
        LegState::Listening(_) if words.contains("What group") => press('2'),
        _ => None,
    })
}

/// Ann is busy, Bob talks with the caller and hangs up.
fn somebody() -> Wish {
    Box::new(|leg, words| match &leg.state {
        LegState::Ringing if leg.to == ANN => Some(Deed::Busy),
        LegState::Ringing => Some(Deed::Answer(AnsweredBy::Human)),
        LegState::Joined { .. } if leg.to == BOB => Some(Deed::HangUp),
        LegState::Listening(_) if leg.to == BOB => press('5'),
        LegState::Listening(_) if words.contains("Press 1, to alert the team") => press('1'),
        LegState::Listening(_) if words.contains("speak directly with?") => press('2'),
        LegState::Listening(_) if words.contains("speak directly with the primary") => press('4'),
        _ => None,
    })
}

/// Star while Ann's phone rings; then the caller has had enough.
fn star() -> Wish {
    let mut pressed = false;
    Box::new(move |leg, words| match &leg.state {
        LegState::Holding { keys: true, .. } if !pressed => {
            pressed = true;
            press('*')
        }
        LegState::Ringing if leg.to == BOB => Some(Deed::Busy),
        LegState::Listening(_) if caller(leg) && pressed && words.contains("Let's try again") => Some(Deed::HangUp),
        LegState::Listening(_) if words.contains("Press 1, to alert the team") => Some(Deed::HangUp),
        LegState::Listening(_) if words.contains("speak directly with?") => press('2'),
        LegState::Listening(_) if words.contains("speak directly with the primary") => press('4'),
        _ => None,
    })
}

/// The caller hangs up while Ann listens.
fn too_late() -> Wish {
    let mut answered = false;
    Box::new(move |leg, words| match &leg.state {
        LegState::Ringing => {
            answered = true;
            Some(Deed::Answer(AnsweredBy::Human))
        }
        LegState::Holding { .. } if answered && caller(leg) => Some(Deed::HangUp),
        LegState::Listening(_) if !caller(leg) && words.contains("someone needs your help") => Some(Deed::StaySilent),
        LegState::Listening(_) if words.contains("Press 1, to alert the team") => Some(Deed::HangUp),
        LegState::Listening(_) if words.contains("speak directly with?") => press('2'),
        LegState::Listening(_) if words.contains("speak directly with the primary") => press('4'),
        _ => None,
    })
}

pub(super) fn plays() -> BTreeMap<&'static str, Play> {
    const START: &[&str] = &["workflow.start"];
    const MISSED: &[&str] = &["workflow.missed"];
    BTreeMap::from([
        (
            "a message",
            Play {
                wish: message,
                last_words: &["Sit back and relax", "I could not find out"],
                sends: START,
                at_most: &[],
            },
        ),
        (
            "a message whose author has gone",
            Play { wish: message_and_away, last_words: &[], sends: START, at_most: &[] },
        ),
        ("somebody is found", Play { wish: somebody, last_words: &[""], sends: &[], at_most: MISSED }),
        ("star on hold", Play { wish: star, last_words: &[], sends: &[], at_most: MISSED }),
        ("the caller hangs up too early", Play { wish: too_late, last_words: &[], sends: &[], at_most: MISSED }),
    ])
}

pub(super) async fn check(play: &Play, death: Death, people: &People) {
    let (stage, story, words) = (&people.stage, people.story(), people.words());
    let context = format!("{death:?}\n{story}");
    for operation in play.sends {
        let times = stage.services.times(operation);
        // Whoever died with the request in hand cannot know whether it had left.
        let unknown = times == 0 && matches!(death, Death::After(_));
        let told = words.contains("I could not find out whether") || play.last_words.is_empty();
        assert!(times == 1 || (unknown && told), "{operation} {times} times: {context}");
    }
    let foreign = |value: &crate::value::Value| value.as_text().is_some_and(|text| text.contains("/Accounts/AC"));
    let asked = stage.services.asked.lock().unwrap().clone();
    let handed_on = asked.iter().any(|(_, args, _)| args.iter().any(foreign));
    assert!(!handed_on, "a URL of the provider was handed on: {context}");
    let keys: Vec<_> = stage.services.asked.lock().unwrap().iter().filter_map(|(.., key)| key.clone()).collect();
    let different: HashSet<_> = keys.iter().collect();
    assert_eq!(keys.len(), different.len(), "a `send` left twice: {context}");
    for operation in play.at_most {
        assert!(stage.services.times(operation) <= 1, "{operation}: {context}");
    }
    for number in [ANN, BOB] {
        let rang = people.times(|o| matches!(&o.what, What::Rings { to, .. } if to == number));
        assert!(rang <= 1, "{number} rang {rang} times: {context}");
    }
    assert_eq!(people.times(|o| o.what == What::ApplicationError), 0, "{context}");
    let hung_up = people.times(|o: &Occurrence| o.leg == Some(people.call) && o.what == What::HangsUp);
    assert_eq!(hung_up == 1, play.last_words.is_empty(), "{context}");
    assert!(play.last_words.is_empty() || play.last_words.iter().any(|last| words.contains(last)), "{context}");
    assert_eq!(stage.network.problems().await.unwrap(), vec![], "{context}");

    let logs = stage.logs().await;
    assert_eq!(logs.len(), 1, "{context}");
    let legs = logs[0]["log"].as_array().unwrap().iter().filter(|entry| entry["what"] == "leg");
    let rounds: Vec<_> = legs.map(|entry| (entry["node"].clone(), entry["round"].clone())).collect();
    for (n, round) in rounds.iter().enumerate() {
        assert!(!rounds[..n].contains(round), "two outcomes of {round:?}: {context}");
    }
    assert_eq!(stage.the_store().due(None).await.unwrap(), vec![], "the call is forgotten: {context}");
    assert_eq!(stage.the_store().count("xmatters").await.unwrap(), 0, "the call is forgotten: {context}");
}
