//! Who has to do something, and whom an order means.

use std::time::Duration;

use crate::simulator::{Deed, Direction, LegId, LegState, LegView};

/// What the network waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Moment {
    /// Everybody has gone.
    Over,
    /// A pause that passes by itself: whose, and how long it is.
    Pause(LegId, Duration),
    /// Somebody has to do something.
    People,
}

impl Moment {
    pub(super) fn of(legs: &[LegView]) -> Self {
        let pause = legs.iter().find_map(|leg| match &leg.state {
            LegState::Listening(listening) if listening.action.as_deref().is_some_and(is_pause) => {
                Some(Self::Pause(leg.id, listening.timeout))
            }
            _ => None,
        });
        match pause {
            _ if legs.iter().all(|leg| leg.state == LegState::Over) => Self::Over,
            Some(pause) if !legs.iter().any(|leg| is_asked(leg) && !is_of(leg, &pause)) => pause,
            _ => Self::People,
        }
    }
}

fn is_of(leg: &LegView, pause: &Moment) -> bool {
    matches!(pause, Moment::Pause(id, _) if *id == leg.id)
}

/// Whether a listening `<Gather>` is the pause of a `wait`, or the moment before a beep: its action says so. A person
/// usually does nothing then.
fn is_pause(action: &str) -> bool {
    let path = action.split(['?', '#']).next().unwrap_or_default();
    path.ends_with("/wait") || path.ends_with("/skip")
}

/// Whether the person on this leg has to do something.
pub(super) fn is_asked(leg: &LegView) -> bool {
    matches!(
        leg.state,
        LegState::Ringing
            | LegState::Listening(_)
            | LegState::Recording { speaking: false, .. }
            | LegState::Joined { .. }
    )
}

/// The question that the next line answers.
pub(super) fn prompt(legs: &[LegView]) -> String {
    let asked: Vec<&LegView> = legs.iter().filter(|leg| is_asked(leg)).collect();
    let ringing = asked.iter().find(|leg| leg.state == LegState::Ringing);
    let callee = asked.iter().find(|leg| leg.direction != Direction::Inbound);
    match (ringing, callee, asked.first().map(|leg| &leg.state)) {
        (Some(leg), ..) => format!("{} rings (answer, busy, ignore …)> ", leg.to),
        (_, Some(leg), _) if matches!(leg.state, LegState::Listening(_)) => format!("{}> ", leg.to),
        (_, _, Some(LegState::Joined { .. })) => "talking> ".to_owned(),
        (_, _, Some(LegState::Recording { .. })) => "recording> ".to_owned(),
        _ => "> ".to_owned(),
    }
}

/// The legs that do something, or why nobody does.
pub(super) fn whom(who: Option<&str>, deed: &Deed, legs: &[LegView]) -> Result<Vec<LegId>, String> {
    let live: Vec<&LegView> = legs.iter().filter(|leg| leg.state != LegState::Over).collect();
    if let Some(who) = who {
        return named(who, &live).map(|leg| vec![leg]);
    }
    let first = |fits: &dyn Fn(&LegView) -> bool| live.iter().find(|leg| fits(leg)).map(|leg| vec![leg.id]);
    let caller = || first(&|leg| leg.direction == Direction::Inbound);
    let found = match deed {
        Deed::Answer(_) | Deed::Busy | Deed::Decline | Deed::Fail => {
            return first(&|leg| leg.state == LegState::Ringing).ok_or_else(|| "no phone rings".to_owned());
        }
        Deed::StaySilent => Some(live.iter().filter(|leg| is_asked(leg)).map(|leg| leg.id).collect()),
        Deed::HangUp => caller(),
        Deed::Record { .. } => first(&|leg| matches!(leg.state, LegState::Recording { .. })).or_else(caller),
        // While the caller holds, keys are those of whoever is asked something.
        Deed::Press(_) | Deed::Say(_) => {
            first(&|leg| leg.direction != Direction::Inbound && matches!(leg.state, LegState::Listening(_)))
                .or_else(caller)
        }
    };
    found.or_else(|| live.first().map(|leg| vec![leg.id])).ok_or_else(|| "nobody is on the line".to_owned())
}

/// The newest leg of somebody: `you`, or how a number ends.
fn named(who: &str, live: &[&LegView]) -> Result<LegId, String> {
    let number = |leg: &LegView| if leg.direction == Direction::Inbound { leg.from.clone() } else { leg.to.clone() };
    let fits = |leg: &LegView| match who {
        "you" => leg.direction == Direction::Inbound,
        who => number(leg).ends_with(who),
    };
    let mut people: Vec<String> = live.iter().filter(|leg| fits(leg)).map(|leg| number(leg)).collect();
    people.dedup();
    if people.len() > 1 {
        return Err(format!("`{who}` could be {}", people.join(" or ")));
    }
    let leg = live.iter().rev().find(|leg| fits(leg));
    leg.map(|leg| leg.id).ok_or_else(|| format!("`{who}` is not on the line"))
}
