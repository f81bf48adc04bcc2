use std::time::Duration;

use super::fake::{ANN, LINE, Stage};
use crate::simulator::{Cue, Deed, LegState, What};

const MENU: &str = "<Gather numDigits=\"1\" timeout=\"10\" finishOnKey=\"\" actionOnEmptyResult=\"true\" action=\"{base}/key\">\
                    <Say>Press one</Say><Say>or two</Say></Gather><Redirect>{base}/none</Redirect>";

async fn stage(document: &str) -> Stage {
    let pages = [("/voice", document), ("/key", "<Say>key</Say>"), ("/none", "<Say>nothing</Say>")];
    let stage = Stage::new(&pages).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage
}

#[tokio::test]
async fn a_key_goes_to_the_action() {
    let stage = stage(MENU).await;
    let LegState::Listening(listening) = stage.network.leg(ANN).await.unwrap().state else { panic!() };
    assert_eq!((listening.num_digits, listening.timeout), (Some(1), Duration::from_secs(10)));
    stage.network.press(ANN, "1").await.unwrap();
    assert_eq!(stage.run().await, ["key"]);
    let action = stage.webhook("/key").await;
    assert_eq!((action.param("Digits"), action.param("CallStatus")), ("1", "in-progress"));
    stage.flawless().await;
}

#[tokio::test]
async fn without_a_finishing_key_pound_and_star_are_keys() {
    for key in ["#", "*"] {
        let stage = stage(MENU).await;
        stage.network.press(ANN, key).await.unwrap();
        stage.run().await;
        assert_eq!(stage.webhook("/key").await.param("Digits"), key);
    }
}

#[tokio::test]
async fn silence_is_told_if_it_is_wanted() {
    let stage = stage(MENU).await;
    let before = stage.network.now().await.unwrap();
    stage.network.stay_silent(ANN).await.unwrap();
    assert_eq!(stage.run().await, ["key"]);
    let action = stage.webhook("/key").await;
    assert!(!action.has("Digits"));
    assert_eq!(action.at.duration_since(before).as_secs(), 10);
}

#[tokio::test]
async fn empty_digits_can_be_sent_instead_of_none() {
    let pages = [("/voice", MENU), ("/key", "<Say>key</Say>")];
    let stage = Stage::with(&pages, |config| config.behaviour.empty_digits_are_sent = true).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.stay_silent(ANN).await.unwrap();
    stage.run().await;
    assert!(stage.webhook("/key").await.has("Digits"));
}

#[tokio::test]
async fn silence_falls_through_if_it_is_not_wanted() {
    let stage = stage("<Gather action=\"{base}/key\"/><Redirect>{base}/none</Redirect>").await;
    stage.network.stay_silent(ANN).await.unwrap();
    assert_eq!(stage.run().await, ["nothing"]);
    assert_eq!(stage.seen(), ["/voice", "/none"]);
}

#[tokio::test]
async fn the_finishing_key_alone_falls_through() {
    let stage = stage("<Gather action=\"{base}/key\"/><Redirect>{base}/none</Redirect>").await;
    stage.network.press(ANN, "#").await.unwrap();
    assert_eq!(stage.run().await, ["nothing"]);
    assert_eq!(stage.seen(), ["/voice", "/none"]);
}

#[tokio::test]
async fn the_finishing_key_is_not_among_the_digits() {
    let stage = stage("<Gather action=\"{base}/key\"/>").await;
    stage.network.press(ANN, "613").await.unwrap();
    assert_eq!(stage.run().await, Vec::<String>::new());
    assert!(
        matches!(stage.network.leg(ANN).await.unwrap().state, LegState::Listening(listening) if listening.digits == "613")
    );
    stage.network.press(ANN, "5#9").await.unwrap();
    let happened = stage.network.run().await.unwrap();
    assert!(happened.iter().any(|one| one.what == What::KeysLost("9".to_owned())));
    assert_eq!(stage.webhook("/key").await.param("Digits"), "6135");
}

#[tokio::test]
async fn digits_are_sent_when_no_more_come() {
    let stage = stage("<Gather action=\"{base}/key\" timeout=\"3\"/>").await;
    stage.network.advance(Duration::from_secs(2)).await.unwrap();
    stage.network.press(ANN, "12").await.unwrap();
    stage.network.advance(Duration::from_secs(2)).await.unwrap();
    stage.network.press(ANN, "3").await.unwrap();
    stage.run().await;
    assert_eq!(stage.seen(), ["/voice"]);
    stage.network.stay_silent(ANN).await.unwrap();
    stage.run().await;
    assert_eq!(stage.webhook("/key").await.param("Digits"), "123");
}

#[tokio::test]
async fn a_key_breaks_off_the_words() {
    let pages = [("/voice", MENU), ("/key", "<Say>key</Say>")];
    let stage = Stage::new(&pages).await;
    let leg = stage.network.call(ANN, LINE).await.unwrap();
    stage.network.plan(leg, Cue::Hearing("one".to_owned()), Deed::Press("2".to_owned())).await.unwrap();
    let happened = stage.network.run().await.unwrap();
    assert_eq!(Stage::heard(&happened), ["Press one", "key"]);
    assert!(happened.iter().any(|one| one.what == What::BrokenOff));
    assert_eq!(stage.webhook("/key").await.param("Digits"), "2");
}

#[tokio::test]
async fn without_an_action_the_document_itself_is_asked() {
    let stage = Stage::new(&[]).await;
    stage.page("/voice", super::fake::twiml("<Gather numDigits=\"1\"/>"));
    stage.page("/voice", super::fake::twiml("<Say>again</Say>"));
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.press(ANN, "7").await.unwrap();
    assert_eq!(stage.run().await, ["again"]);
    assert_eq!(stage.webhook("/voice").await.param("Digits"), "7");
}

#[tokio::test]
async fn words_are_heard_where_they_are_listened_to() {
    let stage = stage("<Gather input=\"dtmf speech\" action=\"{base}/key\"/>").await;
    stage.network.say(ANN, "opening hours").await.unwrap();
    stage.run().await;
    let action = stage.webhook("/key").await;
    assert_eq!((action.param("SpeechResult"), action.param("Confidence")), ("opening hours", "0.9"));
    assert!(!action.has("Digits"));
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_reach_the_action_unless_it_is_wanted() {
    let stage = stage(MENU).await;
    stage.network.hang_up(ANN).await.unwrap();
    stage.run().await;
    assert_eq!(stage.all_seen(), ["/voice", "/status"]);

    let pages = [("/voice", MENU), ("/key", "<Say>key</Say>")];
    let stage = Stage::with(&pages, |config| config.behaviour.gather_action_after_hangup = true).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.hang_up(ANN).await.unwrap();
    assert_eq!(stage.run().await, Vec::<String>::new());
    assert_eq!(stage.all_seen(), ["/voice", "/key", "/status"]);
    assert_eq!(stage.webhook("/key").await.param("CallStatus"), "completed");
}
