use super::super::event::{EventKind, LeftHold, Leg, LegStatus};
use super::{Effect, Entry, Phone, Then, well, words};
use crate::program::LegOutcome;

fn two_people(operation: &str, args: &[crate::value::Value]) -> Option<(u16, serde_json::Value)> {
    if operation == "xmatters.devices" {
        let number = if args[0].as_text() == Some("ann") { "+15557770001" } else { "+15557770002" };
        return Some((200, serde_json::json!({ "data": [{ "deviceType": "VOICE", "phoneNumber": number }] })));
    }
    well(operation, args)
}

/// On hold, with Ann's phone ringing.
pub(super) fn ringing() -> Phone {
    let mut phone = asked_for();
    phone.happens(EventKind::Placed { leg: "1-1".into(), result: Ok("CA2".into()) });
    phone
}

/// On hold; what the provider says to phoning Ann is not known yet.
pub(super) fn asked_for() -> Phone {
    let mut phone = Phone::on_xmatters("").served(two_people).begins();
    phone.presses('4');
    phone.presses('2').hears_only(
        "One moment please. Calling Cloud DevOps. Group, primary on call Ann Lee, good luck with your problem.",
    );
    assert_eq!(*phone.then(), Then::Hold { visit: 1, round: 1 });
    phone.happens(EventKind::Holding { visit: 1, round: 1 });
    assert_eq!(placed(&phone), vec!["+15557770001"]);
    phone
}

pub(super) fn placed(phone: &Phone) -> Vec<&str> {
    phone
        .effects
        .iter()
        .filter_map(|e| if let Effect::Place { number, .. } = e { Some(number.as_str()) } else { None })
        .collect()
}

pub(super) fn outcomes(phone: &Phone) -> Vec<LegOutcome> {
    let outcome = |entry: &&Entry| if let Entry::Leg { outcome, .. } = entry { Some(*outcome) } else { None };
    phone.log().iter().filter_map(outcome).collect()
}

fn callee() -> Leg {
    Leg::Callee("1-1".into())
}

#[test]
fn music_is_played_and_one_phone_rings_once() {
    let mut phone = ringing();
    phone.happens(EventKind::Holding { visit: 1, round: 1 });
    assert!(placed(&phone).is_empty());
    phone.hears(&["Thanks for holding"]);
}

#[test]
fn a_person_presses_a_key_and_is_joined() {
    let mut phone = ringing();
    phone.happens(EventKind::Answered { leg: "1-1".into(), machine: false });
    assert!(words(phone.turn_of(&callee())).starts_with("Hello Ann Lee, you're on-call in the Cloud DevOps. group"));
    phone.happens(EventKind::Keys(callee(), "5".into()));
    assert_eq!(phone.turn_of(&callee()).then, Then::Join { visit: 1, round: 1 });
    assert!(outcomes(&phone).is_empty(), "joining is no outcome");
    phone.happens(EventKind::Bridging { visit: 1, round: 1 });
    assert_eq!(*phone.then(), Then::Nothing);
    assert_eq!(outcomes(&phone), vec![LegOutcome::Accepted]);
    phone.happens(EventKind::LeftHold { visit: 1, round: 1, why: LeftHold::Bridged });
    assert_eq!(*phone.then(), Then::HangUp);
    assert!(phone.session.over);
}

#[test]
fn every_way_a_leg_can_end_leads_to_the_next_person() {
    let answered = || EventKind::Answered { leg: "1-1".into(), machine: false };
    let ended = |status| EventKind::LegEnded { leg: "1-1".into(), status };
    let ways: [(Vec<EventKind>, LegOutcome); 6] = [
        (vec![ended(LegStatus::Busy)], LegOutcome::Busy),
        (vec![ended(LegStatus::NoAnswer)], LegOutcome::NoAnswer),
        (vec![ended(LegStatus::Failed)], LegOutcome::Failed),
        (vec![ended(LegStatus::Canceled)], LegOutcome::Failed),
        (vec![answered(), ended(LegStatus::Completed)], LegOutcome::Declined),
        (vec![answered(), EventKind::Silence(callee())], LegOutcome::Silent),
    ];
    for (events, outcome) in ways {
        let mut phone = ringing();
        for event in events {
            phone.happens(event);
        }
        assert_eq!(outcomes(&phone), vec![outcome]);
        assert!(phone.effects.contains(&Effect::Redirect(Leg::Caller)), "{outcome:?}: {:?}", phone.effects);
        phone.goes_on().hears_only("Calling the next on-call resource, Bob Lee, please stand by..");
        phone.restarts().happens(EventKind::Holding { visit: 1, round: 2 });
        assert_eq!(placed(&phone), vec!["+15557770002"]);
    }
}

#[test]
fn a_leg_of_which_nothing_is_heard_is_ended() {
    let mut phone = ringing();
    phone.sleeps();
    assert!(phone.effects.contains(&Effect::AskLeg(callee())), "{:?}", phone.effects);
    phone.sleeps();
    assert!(phone.effects.contains(&Effect::End("1-1".into())), "{:?}", phone.effects);
    assert_eq!(outcomes(&phone), vec![LegOutcome::Failed]);
    phone.goes_on().hears(&["Calling the next"]);
}

#[test]
fn star_on_hold_stops_the_ringing() {
    let mut phone = ringing();
    phone.happens(EventKind::HoldKeys { visit: 1, round: 1, keys: "*".into() });
    assert_eq!(*phone.then(), Then::Leave);
    assert!(phone.effects.contains(&Effect::End("1-1".into())));
    assert_eq!(outcomes(&phone), vec![LegOutcome::CallerGone]);
    phone.happens(EventKind::LeftHold { visit: 1, round: 1, why: LeftHold::Left });
    phone.hears(&["Let's try again.", "Hey there"]);
    phone.happens(EventKind::Answered { leg: "1-1".into(), machine: false });
    assert_eq!(words(phone.turn_of(&callee())), "Sorry but the caller hung up the phone before you answered. Goodbye.");
}

#[test]
fn whoever_listens_is_told_at_once_that_the_caller_hung_up() {
    let mut phone = ringing();
    phone.happens(EventKind::Answered { leg: "1-1".into(), machine: false });
    phone.happens(EventKind::HungUp);
    assert!(phone.effects.contains(&Effect::Redirect(callee())));
    assert!(!phone.session.over, "the callee is still to be told");
    phone.happens(EventKind::Continue(callee()));
    assert!(words(phone.turn_of(&callee())).starts_with("Sorry but the caller hung up"));
    assert!(phone.session.over);
}

#[test]
fn nobody_answers_and_the_team_is_told() {
    let mut phone = ringing();
    phone.happens(EventKind::LegEnded { leg: "1-1".into(), status: LegStatus::NoAnswer });
    phone.goes_on().happens(EventKind::Holding { visit: 1, round: 2 });
    phone.happens(EventKind::LegEnded { leg: "1-2".into(), status: LegStatus::Busy });
    phone.goes_on().hears(&[
        "None of the on-call agents in the Cloud DevOps. group answered.",
        "Press 1, to alert",
        "Hang-up",
    ]);
    phone.presses('1').hears(&["An x matters alert has been sent"]);
    let (_, args) = phone.requests.iter().find(|(name, _)| name == "workflow.missed").unwrap();
    assert_eq!(args[1].as_text(), Some("Cloud DevOps"), "the real name, not the spoken one");
}
