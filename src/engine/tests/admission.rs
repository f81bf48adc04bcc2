//! Nobody gets past `admit`: until `main` is entered no rule of the file holds.

use serde_json::json;

use super::super::event::{EventKind, Leg};
use super::{Effect, Phone, RequestId, Then, line};
use crate::engine::event::Reply;

const CLUB: &str = r#"
settings { club_url: url }
service club at club_url {
  get  members()      "/members" gives text[]
  post refused(n: 1..9) "/refused" json { n }
}
admit call.from is not none and "ann" in club.members()
else { send club.refused(1) else { say "Nobody hears of you." }; say "Members only."; hang up }
on error  { say "Something broke."; => main }
on hangup { send club.refused(2) }
anywhere * => main
scene main { menu "Welcome." { 1 => main } }
"#;

fn club(members: Option<(u16, serde_json::Value)>) -> Phone {
    let line = line("test", CLUB, "club_url = \"https://club.example.com\"", &[]);
    Phone::calls(line, Some("+15551110000"))
        .served(move |operation, _| if operation == "club.members" { members.clone() } else { Some((500, json!({}))) })
}

#[test]
fn star_during_a_slow_admission_admits_nobody() {
    let mut phone = club(None).begins();
    phone.waits(9).happens(EventKind::TookLong(Leg::Caller));
    assert_eq!(*phone.then(), Then::Pause { millis: 2000, keys: false });
    phone.presses('*');
    assert!(phone.turns.is_empty(), "still undecided: {:?}", phone.turns);
    let body = serde_json::to_vec(&json!(["bob"])).unwrap();
    phone.happens(EventKind::Replies(vec![(RequestId(1), Reply::Response { status: 200, body: body.into() })]));
    phone.hears(&["Members only."]);
    assert_eq!(*phone.then(), Then::HangUp);
}

#[test]
fn whoever_is_refused_and_hangs_up_is_nobodys_business() {
    let mut phone = club(None).begins();
    phone.happens(EventKind::HungUp);
    let body = serde_json::to_vec(&json!(["bob"])).unwrap();
    phone.happens(EventKind::Replies(vec![(RequestId(1), Reply::Response { status: 200, body: body.into() })]));
    assert!(phone.session.over);
    let sends: Vec<_> =
        phone.requests.iter().filter(|(name, _)| name == "club.refused").map(|(_, args)| args[0].clone()).collect();
    assert_eq!(sends, vec![crate::value::Value::Number(1.0)], "`on hangup` did not run");
}

#[test]
fn the_admitted_have_the_rules() {
    let mut phone = club(Some((200, json!(["ann"])))).begins();
    phone.hears_only("Welcome.");
    phone.restarts().presses('*').hears_only("Welcome.");
    phone.happens(EventKind::HungUp);
    assert_eq!(phone.asked("club.refused"), 1);
    assert!(!phone.effects.iter().any(|e| matches!(e, Effect::Fetch(_))));
}

#[test]
fn a_rule_leads_nobody_past_the_admission() {
    let text = r#"
        settings { club_url: url }
        service club at club_url { get members() "/members" gives text[] }
        admit "ann" in club.members() else => refused
        on error { say "Something broke."; => main }
        anywhere * => main
        scene main { menu "Welcome." { 1 => main } }
        scene refused {
          menu "Members only." { 1 { let n = club.members().count; say "We are {{n}}."; hang up } }
        }
    "#;
    let line = line("test", text, "club_url = \"https://club.example.com\"", &[]);
    let mut phone = Phone::calls(line, None).served(|_, _| Some((500, json!({})))).begins();
    phone.hears_only("Members only.");
    assert_eq!(*phone.then(), Then::Listen { digits: 1, within: 5000 });
    phone.presses('*').hears_only("Members only.");
    phone.presses('1').hears(&["something went wrong"]);
    assert_eq!(*phone.then(), Then::HangUp);
}
