use std::time::Duration;

use super::fake::{ANN, BOB, LINE, Stage};
use crate::simulator::{AnsweredBy, CallStatus, Direction, LegState, What};

const DIAL: &str = "<Dial timeout=\"40\" action=\"{base}/over\" hangupOnStar=\"true\"><Number url=\"{base}/whisper\" \
                    sendDigits=\"wW12#\" statusCallback=\"{base}/progress\" \
                    statusCallbackEvent=\"initiated ringing answered completed\">+15552220000</Number></Dial>";

/// Bob's phone rings because Ann called.
async fn ringing(whisper: &str) -> Stage {
    let stage =
        Stage::new(&[("/voice", DIAL), ("/whisper", whisper), ("/over", "<Say>over</Say>"), ("/progress", "")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.leg(BOB).await.unwrap().state, LegState::Ringing);
    stage
}

async fn result(stage: &Stage) -> (String, String) {
    let over = stage.webhook("/over").await;
    (over.param("DialCallStatus").to_owned(), over.param("DialBridged").to_owned())
}

fn words(status: &str, bridged: &str) -> (String, String) {
    (status.to_owned(), bridged.to_owned())
}

#[tokio::test]
async fn a_callee_is_phoned_hears_a_whisper_and_is_joined() {
    let stage = ringing("<Say>somebody for you</Say>").await;
    let (ann, bob) = (stage.network.leg(ANN).await.unwrap(), stage.network.leg(BOB).await.unwrap());
    assert_eq!((bob.direction, bob.parent, bob.from.as_str()), (Direction::OutboundDial, Some(ann.id), ANN));
    stage.network.answer(BOB).await.unwrap();
    let happened = stage.network.run().await.unwrap();
    assert!(happened.iter().any(|one| one.what == What::Tones("wW12#".to_owned())));
    assert_eq!(Stage::heard(&happened), ["somebody for you"]);
    assert_eq!(stage.network.leg(ANN).await.unwrap().state, LegState::Joined { with: bob.id });
    assert_eq!(stage.network.leg(BOB).await.unwrap().state, LegState::Joined { with: ann.id });
    let whisper = stage.webhook("/whisper").await;
    assert_eq!((whisper.param("CallSid"), whisper.param("ParentCallSid")), (bob.sid.as_str(), ann.sid.as_str()));
    assert_eq!((whisper.param("Direction"), whisper.param("CallStatus")), ("outbound-dial", "in-progress"));
    stage.network.advance(Duration::from_secs(33)).await.unwrap();
    stage.network.hang_up(BOB).await.unwrap();
    assert_eq!(stage.run().await, ["over"]);
    assert_eq!(result(&stage).await, words("completed", "true"));
    let over = stage.webhook("/over").await;
    assert_eq!((over.param("DialCallSid"), over.param("DialCallDuration")), (bob.sid.as_str(), "33"));
    assert_eq!(stage.progress().await, ["0 initiated", "1 ringing", "2 in-progress", "3 completed"]);
    stage.flawless().await;
}

#[tokio::test]
async fn a_callee_can_decline_in_the_whisper() {
    let stage = ringing("<Gather action=\"{base}/yes\" timeout=\"5\"><Say>key?</Say></Gather><Hangup/>").await;
    stage.network.answer(BOB).await.unwrap();
    stage.run().await;
    stage.network.stay_silent(BOB).await.unwrap();
    assert_eq!(stage.run().await, ["over"]);
    assert_eq!(result(&stage).await, words("no-answer", "false"));

    let stage = ringing("<Gather action=\"{base}/yes\"><Say>key?</Say></Gather><Hangup/>").await;
    stage.page("/yes", super::fake::twiml(""));
    stage.network.answer(BOB).await.unwrap();
    stage.run().await;
    stage.network.press(BOB, "1#").await.unwrap();
    stage.run().await;
    assert!(matches!(stage.network.leg(BOB).await.unwrap().state, LegState::Joined { .. }));
}

#[tokio::test]
async fn a_callee_who_is_not_reached_has_a_status() {
    for (status, code) in [("busy", "486"), ("no-answer", "487"), ("failed", "404")] {
        let stage = ringing("").await;
        match status {
            "busy" => stage.network.busy(BOB).await.unwrap(),
            "failed" => stage.network.fail(BOB).await.unwrap(),
            _ => stage.network.ignore(BOB).await.unwrap(),
        }
        let before = stage.network.now().await.unwrap();
        stage.run().await;
        assert_eq!(result(&stage).await, words(status, "false"));
        let waited = stage.webhook("/over").await.at.duration_since(before).as_secs();
        assert_eq!(waited, if status == "no-answer" { 40 } else { 0 });
        assert_eq!(stage.webhook("/progress").await.param("SipResponseCode"), code);
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_stops_the_ringing() {
    let stage = ringing("").await;
    stage.network.hang_up(ANN).await.unwrap();
    assert_eq!(stage.run().await, Vec::<String>::new());
    assert_eq!(stage.network.leg(BOB).await.unwrap().status, CallStatus::Canceled);
    assert_eq!(result(&stage).await, words("canceled", "false"));
    assert_eq!(stage.webhook("/over").await.param("CallStatus"), "completed");
}

#[tokio::test]
async fn a_caller_who_hangs_up_ends_the_talk() {
    let stage = ringing("").await;
    stage.network.answer(BOB).await.unwrap();
    stage.run().await;
    stage.network.hang_up(ANN).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.leg(BOB).await.unwrap().status, CallStatus::Completed);
    assert_eq!(result(&stage).await, words("completed", "true"));
}

#[tokio::test]
async fn star_drops_the_callee_and_the_caller_goes_on() {
    let stage = ringing("").await;
    stage.network.answer(BOB).await.unwrap();
    stage.run().await;
    stage.network.press(ANN, "5").await.unwrap();
    stage.network.press(BOB, "*").await.unwrap();
    assert_eq!(stage.run().await, Vec::<String>::new());
    stage.network.press(ANN, "*").await.unwrap();
    assert_eq!(stage.run().await, ["over"]);
    assert_eq!(stage.network.leg(BOB).await.unwrap().status, CallStatus::Completed);
    assert_eq!(result(&stage).await, words("completed", "true"));
}

#[tokio::test]
async fn without_an_action_the_next_verb_follows() {
    let stage = Stage::new(&[("/voice", "<Dial timeLimit=\"60\">+15552220000</Dial><Say>next</Say>")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.answer(BOB).await.unwrap();
    stage.run().await;
    // The talk lasts no longer than its limit.
    let heard = Stage::heard(&stage.network.advance(Duration::from_secs(61)).await.unwrap());
    assert_eq!(heard, ["next"]);
    assert_eq!(stage.network.leg(BOB).await.unwrap().status, CallStatus::Completed);
}

#[tokio::test]
async fn several_phones_ring_and_the_first_to_answer_wins() {
    let dial = "<Dial action=\"{base}/over\"><Number>+15552220000</Number><Number>+15553330000</Number></Dial>";
    let stage = Stage::new(&[("/voice", dial), ("/over", "<Say>over</Say>")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.answer("+15553330000").await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.leg(BOB).await.unwrap().status, CallStatus::Canceled);
    assert!(matches!(stage.network.leg("+15553330000").await.unwrap().state, LegState::Joined { .. }));
}

#[tokio::test]
async fn phones_can_ring_one_after_the_other() {
    let dial = "<Dial sequential=\"true\" action=\"{base}/over\"><Number>+15552220000</Number><Number>oops</Number>\
                <Number>+15553330000</Number></Dial>";
    let stage = Stage::new(&[("/voice", dial), ("/over", "<Say>over</Say>")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.legs().await.unwrap().len(), 2);
    stage.network.busy(BOB).await.unwrap();
    stage.run().await;
    stage.network.answer_as("+15553330000", AnsweredBy::Machine).await.unwrap();
    stage.run().await;
    assert!(matches!(stage.network.leg(ANN).await.unwrap().state, LegState::Joined { .. }));
    let problems = stage.network.problems().await.unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, 13_224);
}

#[tokio::test]
async fn only_own_numbers_can_be_shown() {
    let dial = "<Dial callerId=\"+15559990000\" action=\"{base}/over\">+15552220000</Dial>";
    let stage = Stage::new(&[("/voice", dial), ("/over", "<Say>over</Say>")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    assert_eq!(stage.run().await, ["over"]);
    assert_eq!(result(&stage).await, words("failed", "false"));
    assert_eq!(stage.network.problems().await.unwrap()[0].code, 13_214);
}

#[tokio::test]
async fn the_caller_can_hear_ringing_until_somebody_answers() {
    let dial = "<Dial answerOnBridge=\"true\">+15552220000</Dial>";
    let stage = Stage::new(&[("/voice", dial)]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.leg(ANN).await.unwrap().status, CallStatus::Ringing);
    stage.network.answer(BOB).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.leg(ANN).await.unwrap().status, CallStatus::InProgress);
}
