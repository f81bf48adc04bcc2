use std::time::Duration;

use super::fake::{ANN, LINE, Stage};
use crate::http::Response;
use crate::simulator::{CallStatus, Caller, Cue, Deed, HIDDEN, Kind, LegState, What};

#[tokio::test]
async fn a_document_without_verbs_left_ends_the_call() {
    let stage = Stage::new(&[(
        "/voice",
        "<Say>Good day to you</Say><Pause length=\"3\"/><Play loop=\"2\">https://a.example/b.mp3</Play>",
    )])
    .await;
    let leg = stage.network.call(ANN, LINE).await.unwrap();
    let heard = stage.run().await;
    assert_eq!(heard, ["Good day to you", "~3", "https://a.example/b.mp3", "https://a.example/b.mp3"]);
    assert_eq!(stage.network.leg(leg).await.unwrap().status, CallStatus::Completed);
    // 4 words of 0.4 s, 3 s, twice 30 s; the status callback tells.
    assert_eq!(stage.network.now().await.unwrap().to_string(), "2026-03-01T12:01:04.6Z");
    let status = stage.webhook("/status").await;
    assert_eq!((status.param("CallStatus"), status.param("CallDuration")), ("completed", "64"));
    assert_eq!((status.param("Duration"), status.param("SequenceNumber")), ("2", "0"));
    assert_eq!(status.param("Timestamp"), "Sun, 01 Mar 2026 12:01:04 +0000");
    stage.flawless().await;
}

#[tokio::test]
async fn the_first_webhook_carries_everything_a_call_has() {
    let stage = Stage::with(&[("/voice", "<Hangup/>")], |config| {
        config.extra_params.push(("NewParameter".to_owned(), "ñ & +".to_owned()));
    })
    .await;
    stage.network.call(Caller::number(ANN).named("Ann").attested("TN-Validation-Passed-A"), LINE).await.unwrap();
    stage.run().await;
    let first = stage.webhook("/voice").await;
    assert_eq!(first.kind, Kind::Voice);
    let expected = [
        ("CallStatus", "ringing"),
        ("Direction", "inbound"),
        ("ApiVersion", "2010-04-01"),
        ("From", ANN),
        ("Caller", ANN),
        ("To", LINE),
        ("Called", LINE),
        ("FromCity", ""),
        ("CalledZip", ""),
        ("CallerName", "Ann"),
        ("StirVerstat", "TN-Validation-Passed-A"),
        ("NewParameter", "ñ & +"),
    ];
    for (name, value) in expected {
        assert!(first.has(name), "{name}");
        assert_eq!(first.param(name), value);
    }
    assert!(first.param("CallSid").starts_with("CA"));
    stage.flawless().await;
}

#[tokio::test]
async fn a_hidden_number_has_many_spellings() {
    let stage = Stage::new(&[("/voice", "<Hangup/>")]).await;
    for spelling in HIDDEN {
        stage.network.call(Caller::number(spelling), LINE).await.unwrap();
        stage.run().await;
        assert_eq!(stage.webhook("/voice").await.param("From"), spelling);
    }
    stage.network.call(Caller::hidden(), LINE).await.unwrap();
    stage.network.call(Caller::sip("ann@pbx.example"), LINE).await.unwrap();
    stage.network.call(Caller::client("ann"), LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.legs().await.unwrap().last().unwrap().from, "client:ann");
    stage.flawless().await;
}

#[tokio::test]
async fn redirects_lead_on_with_get_or_post() {
    let stage = Stage::new(&[
        ("/voice", "<Say>one</Say><Redirect>{base}/next?a=b%20c</Redirect>"),
        ("/next", "<Redirect method=\"GET\">{base}/last?x=1</Redirect>"),
        ("/last", "<Say>three</Say>"),
    ])
    .await;
    stage.network.call(ANN, LINE).await.unwrap();
    assert_eq!(stage.run().await, ["one", "three"]);
    let last = stage.webhook("/last").await;
    assert!(last.url.contains("/last?x=1&AccountSid="), "{}", last.url);
    assert_eq!(last.param("CallStatus"), "in-progress");
    stage.flawless().await;
}

#[tokio::test]
async fn a_call_can_be_rejected_before_it_is_answered() {
    let stage = Stage::new(&[("/voice", "<Reject reason=\"busy\"/>")]).await;
    let leg = stage.network.call(ANN, LINE).await.unwrap();
    let happened = stage.network.run().await.unwrap();
    assert!(!happened.iter().any(|occurrence| occurrence.what == What::Answers));
    assert_eq!(stage.network.leg(leg).await.unwrap().status, CallStatus::Busy);
    assert_eq!(stage.webhook("/status").await.param("CallStatus"), "busy");
    stage.page("/voice", Response::new(200, "text/xml", "<Response><Reject/></Response>"));
    stage.page("/voice", Response::new(200, "text/xml", "<Response><Reject/></Response>"));
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.webhook("/status").await.param("CallStatus"), "no-answer");
}

#[tokio::test]
async fn a_pause_at_the_beginning_delays_the_answer() {
    let stage = Stage::new(&[("/voice", "<Pause length=\"4\"/><Say>hello</Say>")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    let happened = stage.network.run().await.unwrap();
    let place = |wanted: &dyn Fn(&What) -> bool| happened.iter().position(|one| wanted(&one.what)).unwrap();
    assert!(place(&|what| matches!(what, What::Silence(_))) < place(&|what| *what == What::Answers));
    assert_eq!(stage.webhook("/status").await.param("CallDuration"), "0");
}

#[tokio::test]
async fn hanging_up_in_the_middle_of_words_tells_the_status_callback_only() {
    let stage = Stage::new(&[("/voice", "<Say>a b c d e f g h i j</Say><Redirect>{base}/next</Redirect>")]).await;
    let leg = stage.network.call(ANN, LINE).await.unwrap();
    stage.network.plan(leg, Cue::After(Duration::from_secs(2)), Deed::HangUp).await.unwrap();
    stage.run().await;
    assert_eq!(stage.all_seen(), ["/voice", "/status"]);
    assert_eq!(stage.network.leg(ANN).await.unwrap().state, LegState::Over);
    assert_eq!(stage.webhook("/status").await.param("CallDuration"), "2");
}

#[tokio::test]
async fn keys_pressed_outside_a_gather_are_lost() {
    let stage = Stage::new(&[("/voice", "<Say>one two three</Say><Gather action=\"{base}/key\"/>")]).await;
    let leg = stage.network.call(ANN, LINE).await.unwrap();
    stage.network.plan(leg, Cue::Hearing("two".to_owned()), Deed::Press("5".to_owned())).await.unwrap();
    let happened = stage.network.run().await.unwrap();
    assert!(happened.iter().any(|occurrence| occurrence.what == What::KeysLost("5".to_owned())));
    assert!(
        matches!(stage.network.leg(leg).await.unwrap().state, LegState::Listening(listening) if listening.digits.is_empty())
    );
}

#[tokio::test]
async fn a_flow_that_goes_round_in_circles_is_stopped() {
    let stage = Stage::new(&[("/voice", "<Redirect>{base}/voice</Redirect>")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    let problems = stage.network.problems().await.unwrap();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].text.contains("more than 1000 documents"));
    assert_eq!(stage.network.leg(ANN).await.unwrap().status, CallStatus::Completed);
}

#[tokio::test]
async fn two_calls_of_one_caller_are_two_calls() {
    let stage =
        Stage::new(&[("/voice", "<Gather action=\"{base}/key\"><Say>key</Say></Gather>"), ("/key", "<Say>ok</Say>")])
            .await;
    let first = stage.network.call(ANN, LINE).await.unwrap();
    let second = stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.press(first, "1#").await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.leg(first).await.unwrap().state, LegState::Over);
    assert!(matches!(stage.network.leg(second).await.unwrap().state, LegState::Listening(_)));
    // By number, the one that is not over is meant.
    stage.network.hang_up(ANN).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.leg(second).await.unwrap().state, LegState::Over);
    assert!(stage.network.press(ANN, "1").await.is_err());
}
