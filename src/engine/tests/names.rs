//! Names live as long as anything can see them.

use serde_json::json;

use super::super::event::{EventKind, Leg, LegStatus};
use super::{Phone, line, well, words};

#[test]
fn a_wrong_key_forgets_nothing() {
    let mut phone = Phone::on_xmatters("").served(well).begins();
    phone.presses('3');
    phone.presses('2').hears(&["invite to the incident?"]);
    phone.presses('9').hears(&["Invalid Digit", "invite to the incident?"]);
    phone.presses('1').hears(&["Record your message"]);
    phone.records(9, Some('1'));
    let sid = phone.session.transcripts.keys().next().unwrap().clone();
    phone.happens(EventKind::Transcript { recording: sid, text: Some("x".into()) }).goes_on();
    let (_, args) = phone.requests.iter().find(|(name, _)| name == "workflow.start").unwrap();
    assert_eq!(args[0].to_wire()["severity"], json!("2"));
}

#[test]
fn an_else_still_knows_what_its_arm_knew() {
    let text = r#"
        settings { shop_url: url }
        service shop at shop_url { get price(what: text) "/{{what}}" gives text? }
        scene main {
          menu "Press one." {
            1 {
              let what = "bread"
              let price = do look_up(what) else { say "No {{what}} today."; give "nothing" }
            }
          }
          say "Goodbye."
          hang up
        }
        scene look_up(what: text) -> text? { menu "Press two." { 2 {} }; let price = shop.price(what) else { give none }; return price }
    "#;
    let line = line("test", text, "shop_url = \"https://shop.example.com\"", &[]);
    let mut phone = Phone::calls(line, None).served(|_, _| Some((500, json!({})))).begins();
    phone.presses('1').hears_only("Press two.");
    phone.presses('2').hears_only("No bread today. Goodbye.");
}

/// The callee's words name what only the caller's part knows.
const HELP: &str = r#"
type Person { spoken: text, phone: phone }
settings { people: Person[1..9] }
on invalid => say "No."
scene main {
  menu "Press one." { 1 => find("plumbing") }
}
scene find(about: text) {
  escalate who in people {
    callee hears { menu "{{who}}, {{about}}?" { 1 => connect; 2 => hang up } }
    caller_gone => say "{{who}}, nobody wants {{about}} any more."
  } else { say "Nobody." }
  hang up
}
"#;

fn ringing() -> Phone {
    let people = r#"people = [{ spoken = "Ann", phone = "+15557770001" }, { spoken = "Bob", phone = "+15557770002" }]"#;
    let mut phone = Phone::calls(line("test", HELP, people, &[]), Some("+15551110000")).begins();
    phone.presses('1').happens(EventKind::Holding { visit: 1, round: 1 });
    phone.happens(EventKind::Placed { leg: "1-1".into(), result: Ok("CA2".into()) });
    phone
}

#[test]
fn a_callee_who_presses_a_wrong_key_is_still_told_what_it_is_about() {
    let mut phone = ringing();
    let ann = Leg::Callee("1-1".into());
    phone.happens(EventKind::Answered { leg: "1-1".into(), machine: false });
    assert_eq!(words(phone.turn_of(&ann)), "Ann, plumbing?");
    phone.happens(EventKind::Keys(ann.clone(), "7".into()));
    assert_eq!(words(phone.turn_of(&ann)), "No. Ann, plumbing?");
}

#[test]
fn whoever_answers_too_late_is_told_what_it_was_about() {
    let mut phone = ringing();
    phone.happens(EventKind::HungUp);
    phone.restarts().happens(EventKind::Answered { leg: "1-1".into(), machine: false });
    assert_eq!(words(phone.turn_of(&Leg::Callee("1-1".into()))), "Ann, nobody wants plumbing any more.");
    phone.happens(EventKind::LegEnded { leg: "1-1".into(), status: LegStatus::Completed });
    assert!(phone.session.over);
}

#[test]
fn whoever_was_being_joined_is_told_what_it_was_about() {
    let mut phone = ringing();
    let ann = Leg::Callee("1-1".into());
    phone.happens(EventKind::Answered { leg: "1-1".into(), machine: false });
    phone.happens(EventKind::Keys(ann.clone(), "1".into()));
    phone.happens(EventKind::HungUp);
    phone.happens(EventKind::JoinOver { leg: "1-1".into(), bridged: false });
    assert_eq!(words(phone.turn_of(&ann)), "Ann, nobody wants plumbing any more.");
    assert!(phone.session.over);
}
