//! Webhooks of two legs overtake each other, and come when what they speak of is over.

use super::super::event::{EventKind, LeftHold, Leg, LegStatus, PlaceFailure};
use super::hold::{asked_for, outcomes, placed, ringing};
use super::{Effect, Phone, Then, deadline};
use crate::program::LegOutcome;

fn ann() -> Leg {
    Leg::Callee("1-1".into())
}

/// Ann has pressed a key and is being joined.
fn joining() -> Phone {
    let mut phone = Phone::on(include_str!("orders/desk.ivr")).begins();
    phone.presses('3').happens(EventKind::Holding { visit: 1, round: 1 });
    phone.happens(EventKind::Placed { leg: "1-1".into(), result: Ok("CA2".into()) });
    phone.happens(EventKind::Answered { leg: "1-1".into(), machine: false });
    phone.happens(EventKind::Keys(ann(), "1".into()));
    assert_eq!(phone.turn_of(&ann()).then, Then::Join { visit: 1, round: 1 });
    phone
}

fn talking() -> Phone {
    let mut phone = joining();
    phone.happens(EventKind::Bridging { visit: 1, round: 1 });
    assert_eq!(outcomes(&phone), vec![LegOutcome::Accepted]);
    phone
}

fn looked_for_within(phone: &Phone, seconds: i64) -> bool {
    deadline(&phone.session).is_some_and(|due| due.duration_since(phone.at).as_secs() <= seconds)
}

#[test]
fn a_bridge_that_nobody_was_to_be_joined_by_proves_nothing() {
    let mut phone = ringing();
    phone.happens(EventKind::Bridging { visit: 1, round: 1 });
    assert_eq!(outcomes(&phone), vec![]);
    phone.happens(EventKind::LegEnded { leg: "1-1".into(), status: LegStatus::Busy });
    assert_eq!(outcomes(&phone), vec![LegOutcome::Busy]);
}

#[test]
fn a_late_word_of_the_bridge_does_not_hide_that_the_talk_is_over() {
    let mut phone = talking();
    phone.happens(EventKind::JoinOver { leg: "1-1".into(), bridged: true });
    phone.happens(EventKind::Bridging { visit: 1, round: 1 });
    assert!(looked_for_within(&phone, 60));
}

#[test]
fn a_caller_who_holds_again_after_the_talk_is_led_on() {
    let mut phone = talking();
    phone.happens(EventKind::JoinOver { leg: "1-1".into(), bridged: true });
    phone.happens(EventKind::Holding { visit: 1, round: 1 });
    assert_eq!(*phone.then(), Then::Leave, "and no more music");
    phone.happens(EventKind::LeftHold { visit: 1, round: 1, why: LeftHold::Left });
    phone.hears_only("Did it help?");
}

#[test]
fn a_talk_that_lasts_too_long_is_over_for_both() {
    let mut phone = talking();
    phone.sleeps().happens(EventKind::Holding { visit: 1, round: 1 });
    phone.sleeps();
    assert!(phone.effects.contains(&Effect::End("1-1".into())), "{:?}", phone.effects);
    assert!(looked_for_within(&phone, 60));
}

#[test]
fn a_phone_is_not_taken_up_twice() {
    let mut phone = talking();
    phone.happens(EventKind::Answered { leg: "1-1".into(), machine: true });
    assert!(phone.session.legs.contains_key("1-1"), "they still talk");
    phone.happens(EventKind::HungUp);
    assert_eq!(outcomes(&phone), vec![], "it has its outcome");
}

#[test]
fn a_leg_that_was_heard_of_was_not_refused() {
    let mut phone = joining();
    phone.happens(EventKind::Placed { leg: "1-1".into(), result: Err(PlaceFailure::Number(400)) });
    phone.happens(EventKind::Bridging { visit: 1, round: 1 });
    assert_eq!(outcomes(&phone), vec![LegOutcome::Accepted]);
}

#[test]
fn a_key_proves_that_the_caller_holds() {
    let mut phone = asked_for();
    phone.happens(EventKind::LegEnded { leg: "1-1".into(), status: LegStatus::Busy });
    phone.goes_on().happens(EventKind::HoldKeys { visit: 1, round: 2, keys: "4".into() });
    assert_eq!(placed(&phone), vec!["+15557770002"]);
}

#[test]
fn a_talk_of_which_no_proof_came_ends_what_was_begun_instead() {
    let mut phone = joining();
    phone.sleeps().sleeps();
    assert_eq!(outcomes(&phone), vec![LegOutcome::Failed]);
    phone.goes_on().happens(EventKind::Holding { visit: 1, round: 2 });
    phone.happens(EventKind::LeftHold { visit: 1, round: 2, why: LeftHold::Bridged });
    assert_eq!(outcomes(&phone), vec![LegOutcome::CallerGone], "Bob is not needed any more");
    assert!(phone.effects.contains(&Effect::End("1-2".into())), "{:?}", phone.effects);
}

#[test]
fn a_hang_up_told_by_a_recording_leads_nobody_on() {
    let mut phone = talking();
    let turns = phone.session.turns;
    let (sid, url) = ("RE9".to_owned(), "https://rec.example/9".to_owned());
    phone.happens(EventKind::Recorded { sid, url, seconds: 20, key: None, hung_up: true });
    assert_eq!(phone.session.turns, turns);
    assert!(phone.session.gone.is_some_and(|gone| gone.hung_up));
}

#[test]
fn a_key_while_the_hold_is_lost_tells_the_caller_nothing_that_is_for_the_callee() {
    let mut phone = ringing();
    phone.happens(EventKind::Answered { leg: "1-1".into(), machine: false });
    // Whoever asks for the current step does not hold: the hold begins again.
    phone.goes_on();
    assert_eq!(*phone.then(), Then::Hold { visit: 1, round: 1 });
    phone.happens(EventKind::Keys(ann(), "5".into()));
    assert_eq!(outcomes(&phone), vec![LegOutcome::CallerGone]);
    phone.goes_on().hears(&["Calling the next on-call resource, Bob Lee"]);
}
