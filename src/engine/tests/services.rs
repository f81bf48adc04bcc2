use serde_json::json;

use super::super::event::{EventKind, Leg, Reply};
use super::{Effect, Phone, Then, line, well};
use crate::failure::FailureKind;

#[test]
fn an_unknown_number_is_nobodys_number() {
    let users = "authorized_users = [\"ann\"]";
    let mut phone =
        Phone::on_xmatters(users).served(|_, _| Some((200, json!({ "data": [{ "deviceType": "VOICE" }] }))));
    phone.session.call.from = None;
    phone.happens(EventKind::Continue(Leg::Caller)).hears(&["Sorry, you are not authorized"]);
    assert_eq!(*phone.then(), Then::HangUp);
}

#[test]
fn a_look_up_that_fails_authorises_nobody_and_shuts_nobody_else_out() {
    let users = "authorized_users = [\"ghost\", \"ann\"]";
    let mut phone = Phone::on_xmatters(users).served(|_, args| {
        let ann = args[0].as_text() == Some("ann");
        Some(if ann {
            (200, json!({ "data": [{ "deviceType": "VOICE", "phoneNumber": "+1 555 111 0000" }] }))
        } else {
            (500, json!(1))
        })
    });
    phone.happens(EventKind::Continue(Leg::Caller)).hears(&["Hey there"]);
    assert_eq!(phone.asked("xmatters.devices"), 2);
}

#[test]
fn a_failure_without_an_else_is_spoken_and_does_not_go_round_for_ever() {
    let mut phone = Phone::on_xmatters("").begins();
    phone.presses('4');
    phone.presses('2').hears(&["Oops, something went wrong. Please try again.", "Hey there"]);
}

#[test]
fn a_slow_service_gets_a_sign_of_life_and_star_abandons_what_only_reads() {
    let mut phone = Phone::on_xmatters("")
        .served(|operation, args| if operation == "xmatters.on_call" { None } else { well(operation, args) })
        .begins();
    phone.presses('4');
    phone.presses('2');
    assert!(phone.turns.is_empty(), "the webhook waits: {:?}", phone.turns);
    phone.waits(9).happens(EventKind::TookLong(Leg::Caller)).hears_only("One moment please.");
    assert_eq!(*phone.then(), Then::Pause { millis: 2000, keys: true });
    phone.waits(12).happens(EventKind::TookLong(Leg::Caller)).hears_only("");
    phone.waits(12).happens(EventKind::TookLong(Leg::Caller)).hears_only("One moment please.");
    phone.presses('*').hears(&["Let's try again.", "Hey there"]);
    phone.happens(EventKind::Replies(vec![(super::RequestId(1), Reply::Failure(FailureKind::Timeout))]));
    assert!(phone.turns.is_empty(), "nobody waits for that any more");
}

#[test]
fn patience_is_asked_for_in_one_silence_however_many_requests_it_is_made_of() {
    let text = r#"
        settings { shop_url: url }
        service shop at shop_url { get price() "/price" gives text  get stock() "/stock" gives text }
        scene main {
          let price = shop.price() else { hang up }
          let stock = shop.stock() else { hang up }
          say "The price is {{price}}, {{stock}} are left."
          hang up
        }
    "#;
    let settings = "shop_url = \"https://shop.example.com\"";
    let mut phone = Phone::calls(line("test", text, settings, &[]), None).served(|_, _| None);
    phone.happens(EventKind::Continue(Leg::Caller));
    phone.waits(9).happens(EventKind::TookLong(Leg::Caller)).hears_only("");
    let reply = Reply::Response { status: 200, body: b"\"low\"".as_slice().into() };
    phone.waits(3).happens(EventKind::Replies(vec![(super::RequestId(1), reply)]));
    assert_eq!(phone.asked("shop.stock"), 1);
    phone.waits(8).happens(EventKind::TookLong(Leg::Caller)).hears_only("One moment please.");
    phone.waits(11).happens(EventKind::TookLong(Leg::Caller)).hears_only("");
}

#[test]
fn a_send_is_not_repeated_after_a_crash() {
    let mut phone = Phone::on_xmatters("wait_style = \"static\"")
        .served(|operation, args| if operation == "workflow.start" { None } else { well(operation, args) })
        .begins();
    phone.presses('1');
    phone.presses('2');
    phone.records(9, Some('1'));
    let sid = phone.session.transcripts.keys().next().unwrap().clone();
    phone.happens(EventKind::Transcript { recording: sid, text: Some("x".into()) });
    phone.goes_on();
    assert_eq!(phone.asked("workflow.start"), 1);
    phone.restarts().hears(&["I could not find out whether x matters received this."]);
    assert_eq!(phone.asked("workflow.start"), 1);
    assert!(!phone.effects.iter().any(|e| matches!(e, Effect::Fetch(_))));
}

#[test]
fn nested_groups_are_asked_for_level_by_level() {
    let group = |name: &str| json!({ "member": { "recipientType": "GROUP", "status": "ACTIVE", "targetName": name } });
    let mut phone = Phone::on_xmatters("")
        .served(move |operation, args| {
            if operation != "xmatters.on_call" {
                return well(operation, args);
            }
            let name = args[0].as_text().unwrap_or_default();
            let members = match name {
                "Cloud DevOps" => vec![group("A"), group("Cloud DevOps"), group("B")],
                "A" => vec![group("B")],
                _ => return well(operation, args),
            };
            Some((200, json!({ "data": [{ "members": { "data": members } }] })))
        })
        .begins();
    phone.presses('4');
    phone.presses('2').hears(&["primary on call Ann Lee"]);
    assert_eq!(phone.asked("xmatters.on_call"), 3, "each group once: {:?}", phone.requests);
    assert_eq!(phone.asked("xmatters.devices"), 2, "each person once");
}

#[test]
fn a_failure_inside_of_an_else_is_not_taken_for_the_outer_one() {
    let text = r#"
        settings { shop_url: url }
        service shop at shop_url { get price() "/price" gives text  get offer() "/offer" gives text  get stock() "/stock" gives text }
        scene main {
          let price = shop.price() else {
            let offer = shop.offer() else { say "Inside {{error.kind}}."; give "none" }
            say "Outside {{error.kind}}, {{offer}}."
            let stock = shop.stock() else shop.offer() else { give "few" }
            say "Still {{error.kind}}, {{stock}}."
            give "unknown"
          }
          say "The price is {{price}}."
          hang up
        }
    "#;
    let settings = "shop_url = \"https://shop.example.com\"";
    let mut phone = Phone::calls(line("test", text, settings, &[]), None).served(|operation, _| match operation {
        "shop.price" => Some((404, json!(null))),
        _ => Some((200, json!({}))),
    });
    phone.happens(EventKind::Continue(Leg::Caller));
    phone.hears_only("Inside shape. Outside http, none. Still http, few. The price is unknown.");
}
