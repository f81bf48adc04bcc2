//! Everything ends: section 15.9 of the language.

use serde_json::json;

use super::super::event::{EventKind, Leg, LegStatus, Reply};
use super::{Effect, Entry, Phone, RequestId, Then, deadline, line};
use crate::failure::FailureKind;
use crate::value::Value;

const SHOP: &str = r#"
settings { shop_url: url }
service shop at shop_url {
  get  list()          "/list"  gives text[]
  post order(at: time) "/order" json { at }
}
anywhere * => main
scene main {
  menu "Shop." {
    1 { let things = shop.list() else { say "Failed: {{error.kind}}."; => main }; say "We have {{plural things.count "thing" "things"}}."; => main }
    2 { send shop.order(now) else { say "Failed: {{error.kind}}."; hang up }; say "Done."; hang up }
    3 { dial "+15557770001" ringing 40s, star drops else { say "Nobody." }; say "Over."; hang up }
    any { retry }
  }
}
"#;

fn shop() -> Phone {
    Phone::calls(line("test", SHOP, "shop_url = \"https://shop.example.com\"", &[]), Some("+15551110000"))
}

#[test]
fn a_call_has_so_many_turns_and_then_the_apology() {
    let mut phone = shop().begins();
    let mut turns = 1;
    while *phone.then() != Then::HangUp {
        phone.presses('7');
        turns += 1;
        assert!(turns < 1000);
    }
    phone.hears(&["something went wrong. Goodbye."]);
    assert_eq!(turns, 501);
    assert!(phone.session.over);
}

#[test]
fn what_is_too_large_to_keep_is_a_failure() {
    let large: Vec<String> = (0..100).map(|n| format!("{n}{}", "x".repeat(1000))).collect();
    let mut phone = shop().served(move |_, _| Some((200, json!(large)))).begins();
    phone.presses('1').hears(&["Failed: budget.", "Shop."]);
    let small: Vec<String> = (0..50).map(|n| format!("{n}{}", "x".repeat(1000))).collect();
    let mut phone = shop().served(move |_, _| Some((200, json!(small)))).begins();
    phone.presses('1').hears(&["We have 50 things.", "Shop."]);
}

#[test]
fn a_reply_that_is_lost_is_not_waited_for_for_ever() {
    let mut phone = shop().served(|_, _| None).begins();
    phone.presses('1');
    for _ in 0..6 {
        phone.waits(10).happens(EventKind::TookLong(Leg::Caller));
        assert_eq!(*phone.then(), Then::Pause { millis: 2000, keys: true });
    }
    phone.waits(10).happens(EventKind::TookLong(Leg::Caller)).hears(&["Failed: budget.", "Shop."]);

    phone.presses('2');
    phone.waits(60).happens(EventKind::TookLong(Leg::Caller));
    assert_eq!(*phone.then(), Then::Pause { millis: 2000, keys: true });
    phone.waits(60).happens(EventKind::TookLong(Leg::Caller)).hears_only("Failed: uncertain.");
    assert_eq!(phone.asked("shop.order"), 1);
}

#[test]
fn now_stays_the_same_while_a_service_is_slow() {
    let text = r#"
        settings { shop_url: url }
        service shop at shop_url { get at(at: time) "/at?at={{at}}&now={{now}}" gives text  get list() "/list" gives text[] }
        scene main { if shop.list() is empty and shop.at(now) == "x" { say "Yes." }; hang up }
        on error => hang up
    "#;
    let line = line("test", text, "shop_url = \"https://shop.example.com\"", &[]);
    let mut phone = Phone::calls(line, None).served(|_, _| None);
    let began = phone.at;
    phone.happens(EventKind::Continue(Leg::Caller));
    phone.waits(9).happens(EventKind::TookLong(Leg::Caller));
    phone.waits(2).happens(EventKind::Continue(Leg::Caller));
    let reply = Reply::Response { status: 200, body: b"[]".as_slice().into() };
    phone.happens(EventKind::Replies(vec![(RequestId(1), reply)]));
    assert_eq!(phone.requests.len(), 2, "{:?}", phone.requests);
    assert_eq!(phone.requests[1].1, vec![Value::Time(began)], "every part sees the same now");
}

#[test]
fn a_dial_is_not_over_before_it_has_begun() {
    let mut phone = shop().begins();
    phone.presses('3');
    let dial = phone.then().clone();
    assert!(matches!(dial, Then::Dial { .. }));
    // Its document was lost: the fallback leads the caller back to the current step.
    phone.restarts().goes_on();
    assert_eq!(*phone.then(), dial);
    phone.happens(EventKind::DialOver { status: LegStatus::Completed, bridged: Some(true) }).hears_only("Over.");
}

#[test]
fn star_before_a_dial_was_heard_of_still_leads_away() {
    let mut phone = shop().begins();
    phone.presses('3');
    phone.presses('*').hears_only("Shop.");
}

#[test]
fn a_call_of_which_nothing_is_heard_ends() {
    // Whatever the caller is told, and even if nothing at all: somebody asks in time.
    for keys in ["", "3", "1"] {
        let mut phone = shop().served(|_, _| None).begins();
        keys.chars().for_each(|key| {
            phone.presses(key);
        });
        let mut asked = 0;
        let began = phone.at;
        while !phone.session.over {
            phone.sleeps();
            asked += phone.effects.iter().filter(|e| **e == Effect::AskLeg(Leg::Caller)).count();
            assert!(asked < 1000 && phone.at.duration_since(began).as_hours() < 10);
        }
        assert!(asked > 0, "{keys}");
    }
}

#[test]
fn a_caller_who_is_there_is_not_disturbed_twice() {
    let mut phone = shop().begins();
    phone.sleeps();
    assert!(phone.effects.contains(&Effect::AskLeg(Leg::Caller)));
    phone.happens(EventKind::Alive(Leg::Caller));
    assert!(phone.effects.contains(&Effect::Redirect(Leg::Caller)));
    phone.happens(EventKind::Alive(Leg::Caller));
    assert_eq!(phone.effects, vec![], "a redirect that failed is not repeated at once");

    let mut phone = shop().begins();
    phone.sleeps();
    phone.presses('7');
    phone.happens(EventKind::Alive(Leg::Caller));
    assert_eq!(phone.effects, vec![], "the caller was heard of in the meantime");
}

#[test]
fn long_talks_are_not_interrupted() {
    let mut phone = shop().begins();
    phone.presses('3');
    assert!(deadline(&phone.session).unwrap().duration_since(phone.at).as_hours() >= 4);
    phone.sleeps().happens(EventKind::Alive(Leg::Caller));
    assert!(!phone.effects.contains(&Effect::Redirect(Leg::Caller)));
}

#[test]
fn failures_are_in_the_log() {
    let mut phone = shop().served(|_, _| Some((500, json!({})))).begins();
    phone.presses('1');
    assert!(phone.log().iter().any(|entry| matches!(entry, Entry::Failed { kind: FailureKind::Http, .. })));
}
