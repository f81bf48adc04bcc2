use std::time::Duration;

use super::fake::{ANN, BOB, LINE, Stage};
use crate::http::Method;
use crate::simulator::{CallStatus, Cue, Deed, LegState, ServerClock, What};

const PAGES: [(&str, &str); 7] = [
    ("/voice", "<Enqueue waitUrl=\"{base}/wait\" action=\"{base}/left\">help</Enqueue>"),
    (
        "/wait",
        "<Gather numDigits=\"1\" timeout=\"5\" action=\"{base}/holdkey\"><Play>https://a.example/m.mp3</Play></Gather>",
    ),
    ("/holdkey", "<Leave/>"),
    ("/left", "<Gather action=\"{base}/x\" timeout=\"20\"><Say>left</Say></Gather>"),
    ("/bob", "<Gather numDigits=\"1\" timeout=\"15\" action=\"{base}/connect\"><Say>a caller</Say></Gather><Hangup/>"),
    ("/connect", "<Dial action=\"{base}/joined\" timeout=\"5\"><Queue url=\"{base}/announce\">help</Queue></Dial>"),
    ("/announce", "<Say>now</Say>"),
];

/// Ann holds, and the server phones Bob as soon as it knows.
async fn holding() -> Stage {
    let stage = Stage::new(&PAGES).await;
    stage.page("/joined", super::fake::twiml("<Say>done</Say>"));
    let form =
        [("To", BOB), ("From", LINE), ("Url", "{base}/bob"), ("StatusCallback", "{base}/status"), ("Timeout", "60")];
    stage.effect("/wait", "/Calls.json", &form);
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.leg(BOB).await.unwrap().state, LegState::Ringing);
    let held = LegState::Holding { queue: "help".to_owned(), position: 1, keys: true };
    assert_eq!(stage.network.leg(ANN).await.unwrap().state, held);
    stage
}

/// Bob has answered and is asked for a key.
async fn asked() -> Stage {
    let stage = holding().await;
    stage.network.answer(BOB).await.unwrap();
    assert_eq!(stage.run().await, ["a caller"]);
    stage
}

/// Bob and Ann talk.
async fn joined() -> Stage {
    let stage = asked().await;
    stage.network.press(BOB, "5").await.unwrap();
    assert_eq!(stage.run().await, ["now"]);
    let (ann, bob) = (stage.network.leg(ANN).await.unwrap(), stage.network.leg(BOB).await.unwrap());
    assert_eq!(ann.state, LegState::Joined { with: bob.id });
    assert_eq!(bob.state, LegState::Joined { with: ann.id });
    stage
}

async fn queue_result(stage: &Stage) -> String {
    stage.webhook("/left").await.param("QueueResult").to_owned()
}

#[tokio::test]
async fn a_caller_on_hold_and_a_callee_meet_and_the_callee_hangs_up() {
    let stage = joined().await;
    let (ann, bob) = (stage.network.leg(ANN).await.unwrap(), stage.network.leg(BOB).await.unwrap());
    let wait = stage.webhook("/wait").await;
    assert_eq!((wait.param("QueuePosition"), wait.param("CurrentQueueSize")), ("1", "1"));
    assert_eq!((wait.param("MaxQueueSize"), wait.param("QueueTime"), wait.param("AvgQueueTime")), ("1000", "0", "0"));
    let announce = stage.webhook("/announce").await;
    assert_eq!((announce.param("CallSid"), announce.param("DequeingCallSid")), (ann.sid.as_str(), bob.sid.as_str()));
    assert!(announce.has("QueueSid") && announce.has("QueueTime"));
    assert!(!stage.seen().contains(&"/left".to_owned()), "the action waits for the end of the talk");
    let answered = stage.webhook("/bob").await;
    assert_eq!((answered.param("Direction"), answered.param("CallStatus")), ("outbound-api", "in-progress"));
    stage.network.advance(Duration::from_secs(30)).await.unwrap();
    stage.network.hang_up(BOB).await.unwrap();
    assert_eq!(stage.run().await, ["left"]);
    assert_eq!(queue_result(&stage).await, "bridged");
    let dial = stage.webhook("/joined").await;
    assert_eq!((dial.param("DialCallStatus"), dial.param("DialBridged")), ("completed", "true"));
    assert_eq!((dial.param("DialCallDuration"), dial.param("CallStatus")), ("30", "completed"));
    stage.flawless().await;
}

#[tokio::test]
async fn a_server_with_its_own_clock_is_given_time_to_do_something() {
    let stage = Stage::with(&PAGES, |config| config.clock = ServerClock::Own { grace: Duration::from_mins(1) }).await;
    stage.effect("/wait", "/Calls.json", &[("To", BOB), ("From", LINE), ("Url", "{base}/bob")]);
    stage.afterwards();
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.leg(BOB).await.unwrap().state, LegState::Ringing);
    assert_eq!(stage.network.now().await.unwrap().to_string(), "2026-03-01T12:00:01Z", "nobody heard the music end");
}

#[tokio::test]
async fn a_caller_who_hangs_up_ends_the_talk_and_the_callee_goes_on() {
    let stage = joined().await;
    stage.network.hang_up(ANN).await.unwrap();
    assert_eq!(stage.run().await, ["done"]);
    assert_eq!(queue_result(&stage).await, "bridged");
    assert_eq!(stage.webhook("/left").await.param("CallStatus"), "completed");
    assert_eq!(stage.webhook("/joined").await.param("DialCallStatus"), "completed");
}

#[tokio::test]
async fn a_caller_can_hang_up_on_hold_and_the_callee_finds_nobody() {
    let stage = asked().await;
    stage.network.hang_up(ANN).await.unwrap();
    stage.run().await;
    assert_eq!(queue_result(&stage).await, "hangup");
    stage.network.press(BOB, "5").await.unwrap();
    // The queue exists and is empty: the `<Dial>` waits for its timeout.
    let before = stage.network.now().await.unwrap();
    assert_eq!(stage.run().await, ["done"]);
    let dial = stage.webhook("/joined").await;
    assert_eq!((dial.param("DialCallStatus"), dial.param("DialBridged")), ("no-answer", "false"));
    assert_eq!(dial.at.duration_since(before).as_secs(), 5);
}

#[tokio::test]
async fn a_key_on_hold_leaves_the_queue() {
    let stage = holding().await;
    stage.network.press(ANN, "1").await.unwrap();
    assert_eq!(stage.run().await, ["left"]);
    assert_eq!(queue_result(&stage).await, "leave");
    assert_eq!(stage.webhook("/holdkey").await.param("Digits"), "1");
}

#[tokio::test]
async fn the_music_is_asked_for_again_and_again() {
    let stage = holding().await;
    stage.network.advance(Duration::from_secs(50)).await.unwrap();
    let all = stage.network.webhooks().await.unwrap();
    let times: Vec<_> =
        all.iter().filter(|one| one.url.ends_with("/wait")).map(|one| one.param("QueueTime").to_owned()).collect();
    assert_eq!(times, ["0", "35"]);
}

#[tokio::test]
async fn the_api_calls_a_caller_on_hold_away() {
    let stage = holding().await;
    let sid = stage.network.leg(ANN).await.unwrap().sid;
    stage.page("/next", super::fake::twiml("<Say>next</Say><Enqueue waitUrl=\"{base}/wait\">other</Enqueue>"));
    let (status, _) = stage.api(Method::Post, &format!("/Calls/{sid}.json"), &[("Url", "{base}/next")]).await;
    assert_eq!(status, 200);
    assert_eq!(stage.run().await[0], "next");
    assert_eq!(queue_result(&stage).await, "redirected");
    let seen = stage.seen();
    let place = |path: &str| seen.iter().position(|seen| seen == path).unwrap();
    assert!(place("/left") < place("/next"));
    assert!(matches!(stage.network.leg(ANN).await.unwrap().state, LegState::Holding { queue, .. } if queue == "other"));
}

#[tokio::test]
async fn the_api_calls_a_caller_out_of_a_talk() {
    let stage = joined().await;
    let sid = stage.network.leg(ANN).await.unwrap().sid;
    stage.page("/next", super::fake::twiml("<Say>next</Say>"));
    stage.api(Method::Post, &format!("/Calls/{sid}.json"), &[("Url", "{base}/next")]).await;
    let heard = stage.run().await;
    assert!(heard.contains(&"next".to_owned()) && heard.contains(&"done".to_owned()), "{heard:?}");
    assert_eq!(queue_result(&stage).await, "redirected-from-bridged");
}

#[tokio::test]
async fn a_queue_can_be_full_or_its_name_too_long() {
    let stage = Stage::new(&PAGES).await;
    let small = "<Enqueue waitUrl=\"{base}/wait\" maxQueueSize=\"1\" action=\"{base}/left\">small</Enqueue>";
    stage.page("/small", super::fake::twiml(small));
    let long = format!("<Enqueue action=\"{{base}}/left\">{}</Enqueue>", "x".repeat(65));
    stage.page("/long", super::fake::twiml(&long));
    let base = stage.base().to_owned();
    for path in ["small", "long"] {
        let number = crate::simulator::Number { voice_url: format!("{base}/{path}"), ..Default::default() };
        stage
            .network
            .set_number(&format!("+1800555{}", if path == "small" { "0001" } else { "0002" }), number)
            .await
            .unwrap();
    }
    stage.network.call(ANN, "+18005550001").await.unwrap();
    stage.network.call(BOB, "+18005550001").await.unwrap();
    stage.network.settle().await.unwrap();
    assert_eq!(queue_result(&stage).await, "queue-full");
    stage.network.call("+15553330000", "+18005550002").await.unwrap();
    stage.run().await;
    assert_eq!(queue_result(&stage).await, "error");
    assert_eq!(stage.network.problems().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_queue_that_does_not_exist_is_a_failure() {
    let stage =
        Stage::new(&[("/voice", "<Dial action=\"{base}/over\"><Queue>nobody</Queue></Dial>"), ("/over", "")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.webhook("/over").await.param("DialCallStatus"), "failed");
}

#[tokio::test]
async fn without_an_action_the_next_verb_follows_the_queue() {
    let stage = Stage::new(&[
        ("/voice", "<Enqueue waitUrl=\"{base}/wait\">help</Enqueue><Say>after</Say>"),
        ("/wait", "<Say>music</Say><Leave/>"),
    ])
    .await;
    stage.network.call(ANN, LINE).await.unwrap();
    assert_eq!(stage.run().await, ["music", "after"]);
    stage.flawless().await;
}

#[tokio::test]
async fn a_callee_can_wait_for_a_caller() {
    let stage = Stage::new(&PAGES).await;
    stage.page("/joined", super::fake::twiml(""));
    // The queue must exist before somebody waits for it.
    stage.network.call("+15553330000", LINE).await.unwrap();
    stage.network.settle().await.unwrap();
    stage.network.hang_up("+15553330000").await.unwrap();
    stage.run().await;
    let base = stage.base().to_owned();
    let number = crate::simulator::Number { voice_url: format!("{base}/connect"), ..Default::default() };
    stage.network.set_number("+18005550001", number).await.unwrap();
    stage.network.call(BOB, "+18005550001").await.unwrap();
    stage.network.advance(Duration::from_secs(3)).await.unwrap();
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert!(matches!(stage.network.leg(ANN).await.unwrap().state, LegState::Joined { .. }));
}

#[tokio::test]
async fn a_caller_who_hangs_up_during_the_announcement_was_not_joined() {
    let stage = asked().await;
    stage.network.plan(ANN, Cue::Hearing("now".to_owned()), Deed::HangUp).await.unwrap();
    stage.network.press(BOB, "5").await.unwrap();
    let happened = stage.network.run().await.unwrap();
    assert!(!happened.iter().any(|one| matches!(one.what, What::Joined { .. })));
    assert_eq!(queue_result(&stage).await, "hangup");
    assert_eq!(stage.webhook("/joined").await.param("DialCallStatus"), "no-answer");
}

#[tokio::test]
async fn a_callee_who_hangs_up_during_the_announcement_leaves_an_error() {
    let stage = asked().await;
    stage.network.plan(BOB, Cue::After(Duration::from_millis(100)), Deed::HangUp).await.unwrap();
    stage.network.press(BOB, "5").await.unwrap();
    assert_eq!(stage.run().await, ["now", "left"]);
    assert_eq!(queue_result(&stage).await, "error");
}

#[tokio::test]
async fn the_caller_and_the_callee_can_act_at_the_same_moment() {
    let stage = asked().await;
    stage.network.hang_up(ANN).await.unwrap();
    stage.network.press(BOB, "5").await.unwrap();
    let first = stage.network.settle().await.unwrap();
    assert!(first.iter().any(|one| one.what == What::Over(CallStatus::Completed)));
    let seen = stage.seen();
    let place = |path: &str| seen.iter().position(|seen| seen == path).unwrap();
    assert!(place("/left") < place("/connect"), "webhooks leave in the order of what people did");
}

#[tokio::test]
async fn music_that_lies_elsewhere_is_heard_and_not_fetched() {
    let stage = Stage::new(&[("/voice", "<Enqueue waitUrl=\"https://music.example/a.mp3\">help</Enqueue>")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    let heard = Stage::heard(&stage.network.advance(Duration::from_secs(65)).await.unwrap());
    assert_eq!(heard, ["https://music.example/a.mp3"; 3]);
}
