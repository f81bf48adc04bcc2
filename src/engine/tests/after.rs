//! What still happens when the caller has gone: section 15.6 of the language.

use serde_json::json;

use super::super::event::EventKind;
use super::{Effect, Phone, deadline, line};

fn desk(text: &str) -> Phone {
    let text = format!(
        r#"
        settings {{ desk_url: url }}
        service desk at desk_url {{
          get  ready()          "/ready" gives text?
          post note(what: text) "/note"  json {{ what }}
        }}
        on error => hang up
        {text}
        "#
    );
    Phone::calls(line("test", &text, "desk_url = \"https://desk.example.com\"", &[]), Some("+15551110000"))
}

#[test]
fn nothing_is_waited_for_that_nothing_is_sent_after() {
    let text = r#"
        on hangup { send desk.note("gone") else {} }
        scene main {
          let first = desk.ready()
          let later = wait for desk.ready() every 5s up to 3min { say "Wait." } else { give "late" }
          menu "{{later}}" { 1 => main }
        }
    "#;
    let mut phone =
        desk(text).served(|operation, _| if operation == "desk.ready" { None } else { Some((200, json!({}))) });
    phone.happens(EventKind::Continue(super::Leg::Caller));
    phone.happens(EventKind::HungUp);
    let body = b"null".as_slice().into();
    let reply = super::super::event::Reply::Response { status: 200, body };
    phone.happens(EventKind::Replies(vec![(super::RequestId(1), reply)]));
    assert_eq!(phone.asked("desk.ready"), 1, "the `wait` has nothing to go on for");
    assert_eq!(phone.asked("desk.note"), 1);
    assert!(phone.session.over);
}

#[test]
fn a_wait_in_a_scene_that_comes_back_goes_on_for_what_is_sent_behind_it() {
    let text = r#"
        scene main {
          menu "Press one." { 1 {} }
          let what = do patience()
          send desk.note(what) else {}
          hang up
        }
        scene patience() -> text {
          let it_is = wait for desk.ready() every 5s up to 3min { say "Wait." } else { give "late" }
          return it_is
        }
    "#;
    let mut phone = desk(text).served(|_, _| Some((200, json!(null)))).begins();
    phone.presses('1').hears(&["Wait."]);
    phone.happens(EventKind::HungUp);
    assert!(!phone.session.over);
    while !phone.session.over {
        phone.sleeps();
    }
    let (_, args) = phone.requests.iter().find(|(name, _)| name == "desk.note").expect("the note");
    assert_eq!(args[0].as_text(), Some("late"));
}

#[test]
fn a_wait_goes_on_if_its_else_sends() {
    let text = r#"
        scene main {
          let word = wait for desk.ready() every 5s up to 1min { say "Wait." } else { send desk.note("never") else {}; hang up }
          menu "{{word}}" { 1 => main }
        }
    "#;
    let mut phone = desk(text).served(|_, _| Some((200, json!(null)))).begins();
    phone.happens(EventKind::HungUp);
    while !phone.session.over {
        phone.sleeps();
    }
    assert_eq!(phone.asked("desk.note"), 1);
}

#[test]
fn a_hang_up_in_the_middle_of_something_else_counts() {
    let mut phone = desk(r#"scene main { menu "Press one." { 1 => main } }"#).begins();
    let (sid, url) = ("RE9".to_owned(), "https://rec.example/9".to_owned());
    phone.happens(EventKind::Recorded { sid, url, seconds: 20, key: None, hung_up: true });
    assert!(phone.session.over, "{:?}", phone.session);
    assert_eq!(deadline(&phone.session), None);
}

#[test]
fn on_hangup_runs_once_and_last() {
    let text = r#"
        on hangup { send desk.note("gone") else {} }
        scene main {
          menu "Press one." { 1 { send desk.note("first") else {}; menu "And now?" { 1 => main } } }
        }
    "#;
    let mut phone = desk(text).served(|_, _| None).begins();
    phone.presses('1');
    phone.happens(EventKind::HungUp);
    phone.happens(EventKind::HungUp);
    phone.restarts();
    let sent: Vec<_> =
        phone.effects.iter().filter_map(|e| if let Effect::Fetch(all) = e { Some(all.len()) } else { None }).collect();
    assert_eq!(sent, vec![1], "the first note may have arrived; now the second leaves");
    phone.restarts();
    assert!(phone.session.over);
}
