use serde_json::json;

use super::super::event::EventKind;
use super::super::turn::RecordEnd;
use super::{Effect, Phone, Then, well};

fn at_the_beep(settings: &str) -> Phone {
    let mut phone = Phone::on_xmatters(settings).served(well).begins();
    phone.presses('1');
    phone.presses('2').hears(&["Record your message"]);
    phone
}

#[test]
fn a_message_is_recorded_transcribed_and_sent() {
    let mut phone = at_the_beep("");
    let then = Then::Record { longest: 90, end: RecordEnd::AnyKey, transcribe: true, keys: true };
    assert_eq!(*phone.then(), then);
    phone.records(4, Some('7')).hears(&["Without failure", "Record your message"]);
    phone.records(12, Some('1')).hears(&["Hang on while I transcribe", "How about a joke", "Kernel."]);
    assert_eq!(*phone.then(), Then::Pause { millis: 5000, keys: true });
    let sid = phone.session.transcripts.keys().next().unwrap().clone();
    phone.waits(8).goes_on().hears_only("... Kernel....");
    phone.happens(EventKind::Transcript { recording: sid, text: Some("Disk {{full}}".into()) });
    phone.waits(8).goes_on().hears(&["You are a natural", "Goodbye."]);
    let (_, args) = phone.requests.iter().find(|(name, _)| name == "workflow.start").unwrap();
    let event = args[0].to_wire();
    assert_eq!(event["transcriptionText"], json!("Disk {{full}}"));
    assert_eq!(event["recipient"], json!("Cloud DevOps"));
    assert_eq!(event["shorturl"], json!("http://bit.ly/1"));
    assert_eq!(event.get("severity"), None);
    assert!(phone.session.over);
}

#[test]
fn too_short_is_no_message_and_too_long_is_asked_about() {
    let mut phone = at_the_beep("");
    phone.records(2, Some('1')).hears(&["something went wrong transcribing", "Record your message"]);
    phone.records(90, None).hears_only(
        "That is all I can record. Press 1 if you are happy with your recording, any other key to restart.",
    );
    phone.presses('4').hears(&["Without failure", "Record your message"]);
    phone.records(90, None);
    phone.presses('1').hears(&["Hang on"]);
}

#[test]
fn a_transcript_that_never_comes_is_not_waited_for_for_ever() {
    let mut phone = at_the_beep("wait_style = \"static\"");
    phone.records(9, Some('1'));
    let mut rounds = 0;
    while matches!(phone.then(), Then::Pause { .. }) {
        let asked = phone.effects.iter().any(|e| matches!(e, Effect::AskTranscript { .. }));
        assert_eq!(asked, rounds >= 2, "round {rounds}");
        rounds += 1;
        phone.waits(8).goes_on();
    }
    assert_eq!(rounds, 30, "4 minutes in rounds of 8 s");
    phone.hears(&["You are a natural"]);
    assert_eq!(phone.asked("workflow.start"), 1);
}

#[test]
fn a_confirmed_message_is_sent_although_its_author_has_gone() {
    let mut phone = at_the_beep("");
    phone.records(9, Some('1'));
    let sid = phone.session.transcripts.keys().next().unwrap().clone();
    phone.waits(1).happens(EventKind::HungUp);
    assert!(!phone.session.over);
    phone.sleeps();
    phone.restarts();
    phone.happens(EventKind::Transcript { recording: sid, text: None });
    assert_eq!(phone.asked("workflow.start"), 1);
    assert!(phone.session.over);
    assert!(phone.turns.is_empty(), "nobody is spoken to: {:?}", phone.turns);
}

#[test]
fn an_unconfirmed_recording_is_dropped_at_the_hang_up() {
    let mut phone = at_the_beep("");
    let (sid, url) = ("RE9".to_owned(), "https://rec.example/9".to_owned());
    phone.happens(EventKind::Recorded { sid, url, seconds: 20, key: None, hung_up: true });
    assert!(phone.session.over);
    assert_eq!(phone.asked("workflow.start"), 0);
}
