//! What was decided and stored, but perhaps not done, when the process died.

use super::super::event::{EventKind, LeftHold, Leg, LegStatus, PlaceFailure};
use super::hold::{asked_for, outcomes, ringing};
use super::{Effect, Then, words};
use crate::program::LegOutcome;

fn ann() -> Leg {
    Leg::Callee("1-1".into())
}

#[test]
fn a_caller_who_was_to_be_called_away_from_the_music_is_called_again() {
    let mut phone = ringing();
    phone.happens(EventKind::LegEnded { leg: "1-1".into(), status: LegStatus::Busy });
    assert!(phone.effects.contains(&Effect::Redirect(Leg::Caller)));
    phone.restarts();
    assert!(phone.effects.contains(&Effect::Redirect(Leg::Caller)), "{:?}", phone.effects);
    phone.goes_on().hears(&["Calling the next"]);
    phone.restarts();
    assert!(!phone.effects.contains(&Effect::Redirect(Leg::Caller)), "the caller has come: {:?}", phone.effects);
}

#[test]
fn without_a_restart_a_lost_redirect_is_repeated_soon() {
    let mut phone = ringing();
    phone.happens(EventKind::LegEnded { leg: "1-1".into(), status: LegStatus::Busy });
    let before = phone.at;
    phone.sleeps().happens(EventKind::Alive(Leg::Caller));
    assert!(phone.effects.contains(&Effect::Redirect(Leg::Caller)));
    assert!(phone.at.duration_since(before).as_secs() <= 60);
}

#[test]
fn the_provider_is_asked_for_every_leg() {
    let mut phone = ringing();
    phone.restarts();
    assert!(phone.effects.contains(&Effect::AskLeg(ann())));
    phone.happens(EventKind::LegEnded { leg: "1-1".into(), status: LegStatus::NoAnswer });
    phone.goes_on().hears(&["Calling the next"]);
}

#[test]
fn whoever_is_still_to_be_told_is_told() {
    let mut phone = ringing();
    phone.happens(EventKind::Answered { leg: "1-1".into(), machine: false });
    phone.happens(EventKind::HungUp);
    phone.restarts();
    assert!(phone.effects.contains(&Effect::Redirect(ann())));
}

#[test]
fn a_phone_that_nobody_wants_any_more_stops_ringing() {
    let mut phone = ringing();
    phone.happens(EventKind::HungUp);
    phone.restarts();
    assert!(phone.effects.contains(&Effect::End("1-1".into())));
}

#[test]
fn a_talk_whose_end_was_lost_is_over_all_the_same() {
    let mut phone = ringing();
    phone.happens(EventKind::Answered { leg: "1-1".into(), machine: false });
    phone.happens(EventKind::Keys(ann(), "5".into()));
    phone.happens(EventKind::Bridging { visit: 1, round: 1 });
    phone.sleeps().happens(EventKind::Alive(Leg::Caller));
    assert!(!phone.effects.contains(&Effect::Redirect(Leg::Caller)), "they are talking");
    phone.happens(EventKind::JoinOver { leg: "1-1".into(), bridged: true });
    phone.restarts();
    phone.sleeps().happens(EventKind::Alive(Leg::Caller));
    assert!(phone.effects.contains(&Effect::Redirect(Leg::Caller)));
    phone.goes_on();
    assert_eq!(*phone.then(), Then::HangUp, "what follows the `escalate`, and no more music");
    assert!(phone.session.over);
}

#[test]
fn a_callee_is_not_left_alone_on_the_line() {
    let mut phone = ringing();
    phone.happens(EventKind::Answered { leg: "1-1".into(), machine: false });
    phone.happens(EventKind::Keys(ann(), "5".into()));
    phone.happens(EventKind::Bridging { visit: 1, round: 1 });
    phone.happens(EventKind::HungUp);
    let before = phone.at;
    phone.sleeps().sleeps();
    assert!(phone.effects.contains(&Effect::End("1-1".into())), "{:?}", phone.effects);
    assert!(phone.session.over);
    assert!(phone.at.duration_since(before).as_secs() < 120);
}

#[test]
fn a_leg_has_one_outcome() {
    let mut phone = asked_for();
    phone.happens(EventKind::HungUp);
    assert_eq!(outcomes(&phone), vec![LegOutcome::CallerGone]);
    phone.happens(EventKind::Placed { leg: "1-1".into(), result: Err(PlaceFailure::Account(403)) });
    assert_eq!(outcomes(&phone), vec![]);
    assert!(phone.session.over);
}

#[test]
fn the_ringing_time_begins_when_the_provider_has_taken_the_call() {
    let mut phone = ringing();
    phone.happens(EventKind::LegEnded { leg: "1-1".into(), status: LegStatus::Busy });
    phone.goes_on().happens(EventKind::Holding { visit: 1, round: 2 });
    phone.waits(20).happens(EventKind::Placed { leg: "1-2".into(), result: Ok("CA3".into()) });
    let deadline = phone.session.legs["1-2"].deadline;
    assert_eq!(deadline.duration_since(phone.at).as_secs(), 75);
}

#[test]
fn leaving_by_a_scene_ends_the_escalation() {
    let mut phone = asked_for();
    phone.happens(EventKind::Placed { leg: "1-1".into(), result: Err(PlaceFailure::Account(401)) });
    phone.goes_on();
    assert_eq!(phone.session.escalation, None);
    phone.happens(EventKind::LeftHold { visit: 1, round: 1, why: LeftHold::Bridged });
    assert!(!phone.session.over, "a late word of an old hold ends nothing");
    assert!(!words(phone.turn()).is_empty());
}

#[test]
fn a_phone_whose_reply_was_lost_is_taken_over_when_it_is_found() {
    let mut phone = asked_for();
    phone.waits(40).restarts();
    assert!(phone.effects.contains(&Effect::AskLeg(ann())));
    phone.happens(EventKind::Alive(ann()));
    assert_eq!(phone.session.legs["1-1"].deadline.duration_since(phone.at).as_secs(), 75);
    assert_eq!(phone.effects, vec![]);
}

#[test]
fn a_phone_that_is_found_when_nobody_wants_it_any_more_stops_ringing() {
    let mut phone = asked_for();
    phone.happens(EventKind::HungUp);
    // Its id is not known yet, so this ends nothing.
    assert!(phone.effects.contains(&Effect::End("1-1".into())));
    phone.restarts().happens(EventKind::Alive(ann()));
    assert!(phone.effects.contains(&Effect::End("1-1".into())), "{:?}", phone.effects);
}
