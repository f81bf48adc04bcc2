use std::time::Duration;

use super::fake::{ANN, LINE, Stage};
use crate::http::Method;
use crate::simulator::{Ending, LegState, Transcript};

const RECORD: &str = "<Say>speak</Say><Record maxLength=\"90\" timeout=\"0\" finishOnKey=\"0123456789*#\" trim=\"do-not-trim\" \
                      transcribe=\"true\" transcribeCallback=\"{base}/words\" recordingStatusCallback=\"{base}/recorded\" \
                      action=\"{base}/done\"/><Redirect>{base}/empty</Redirect>";
const PAGES: [(&str, &str); 5] = [
    ("/voice", RECORD),
    ("/done", "<Gather timeout=\"30\" action=\"{base}/key\"><Say>thanks</Say></Gather>"),
    ("/words", ""),
    ("/recorded", ""),
    ("/empty", "<Say>empty</Say>"),
];

async fn recording() -> Stage {
    let stage = Stage::new(&PAGES).await;
    stage.network.call(ANN, LINE).await.unwrap();
    assert_eq!(stage.run().await, ["speak", "beep"]);
    assert!(matches!(stage.network.leg(ANN).await.unwrap().state, LegState::Recording { speaking: false, .. }));
    stage
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[tokio::test]
async fn a_key_ends_a_recording_and_the_transcript_follows() {
    let stage = recording().await;
    stage.network.record(ANN, seconds(12), "disk is full", Ending::Key('1')).await.unwrap();
    assert_eq!(stage.run().await, ["thanks"]);
    let done = stage.webhook("/done").await;
    assert_eq!((done.param("Digits"), done.param("RecordingDuration")), ("1", "12"));
    let sid = done.param("RecordingSid").to_owned();
    let url = done.param("RecordingUrl").to_owned();
    assert!(url.ends_with(&format!("/Recordings/{sid}")), "{url}");
    // It cannot be fetched yet, and the transcription is in progress.
    assert_eq!(stage.api(Method::Get, &format!("/Recordings/{sid}"), &[]).await.0, 404);
    let list = format!("/Recordings/{sid}/Transcriptions.json");
    let (_, body) = stage.api(Method::Get, &list, &[]).await;
    assert_eq!(body["transcriptions"][0]["status"], "in-progress");
    stage.network.advance(seconds(20)).await.unwrap();
    assert_eq!(stage.seen(), ["/voice", "/done", "/recorded", "/words"]);
    assert_eq!(stage.webhook("/recorded").await.param("RecordingStatus"), "completed");
    let words = stage.webhook("/words").await;
    assert_eq!((words.param("TranscriptionText"), words.param("TranscriptionStatus")), ("disk is full", "completed"));
    assert_eq!(words.param("RecordingSid"), sid);
    assert_eq!(stage.api(Method::Get, &format!("/Recordings/{sid}.wav"), &[]).await.0, 200);
    let (_, body) = stage.api(Method::Get, &list, &[]).await;
    assert_eq!(body["transcriptions"][0]["transcription_text"], "disk is full");
    stage.flawless().await;
}

#[tokio::test]
async fn the_longest_length_ends_a_recording() {
    let stage = recording().await;
    stage.network.record(ANN, seconds(500), "a very long story", Ending::Key('1')).await.unwrap();
    stage.run().await;
    let done = stage.webhook("/done").await;
    assert_eq!(done.param("RecordingDuration"), "90");
    assert!(!done.has("Digits"));
}

#[tokio::test]
async fn what_was_said_and_the_key_can_come_apart() {
    let stage = recording().await;
    stage.network.record(ANN, seconds(4), "no", Ending::Open).await.unwrap();
    assert!(stage.network.record(ANN, seconds(1), "at the same time", Ending::Open).await.is_err());
    stage.run().await;
    stage.network.advance(seconds(2)).await.unwrap();
    stage.network.record(ANN, seconds(3), "yes", Ending::Open).await.unwrap();
    stage.run().await;
    stage.network.press(ANN, "7").await.unwrap();
    stage.run().await;
    let done = stage.webhook("/done").await;
    assert_eq!((done.param("Digits"), done.param("RecordingDuration")), ("7", "9"));
    stage.network.advance(seconds(20)).await.unwrap();
    assert_eq!(stage.webhook("/words").await.param("TranscriptionText"), "no yes");
}

#[tokio::test]
async fn hanging_up_while_recording_is_told_to_the_action() {
    let stage = recording().await;
    stage.network.record(ANN, seconds(7), "smoke", Ending::HangUp).await.unwrap();
    assert_eq!(stage.run().await, Vec::<String>::new());
    assert_eq!(stage.all_seen(), ["/voice", "/done", "/status", "/recorded", "/words"]);
    let done = stage.webhook("/done").await;
    assert_eq!((done.param("Digits"), done.param("CallStatus")), ("hangup", "completed"));
    assert_eq!(stage.webhook("/status").await.param("RecordingDuration"), "7");
}

#[tokio::test]
async fn silence_ends_a_recording_and_is_cut_off() {
    let stage = Stage::new(&[("/voice", "<Record action=\"{base}/done\"/>"), ("/done", "<Say>thanks</Say>")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.record(ANN, seconds(6), "well", Ending::Silence).await.unwrap();
    let before = stage.network.now().await.unwrap();
    stage.run().await;
    let done = stage.webhook("/done").await;
    assert_eq!(done.param("RecordingDuration"), "6");
    assert_eq!(done.at.duration_since(before).as_secs(), 11);
}

#[tokio::test]
async fn an_empty_recording_calls_the_action_or_falls_through() {
    let stage = recording().await;
    stage.network.press(ANN, "5").await.unwrap();
    assert_eq!(stage.run().await, ["thanks"]);
    assert_eq!(stage.webhook("/done").await.param("RecordingDuration"), "0");

    let stage = Stage::with(&PAGES, |config| config.behaviour.empty_recording_calls_action = false).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.press(ANN, "5").await.unwrap();
    assert_eq!(stage.run().await, ["empty"]);
    assert!(!stage.seen().contains(&"/done".to_owned()));
}

#[tokio::test]
async fn a_short_recording_is_not_transcribed() {
    let stage = recording().await;
    stage.network.record(ANN, seconds(2), "oh", Ending::Key('1')).await.unwrap();
    stage.run().await;
    stage.network.advance(seconds(25)).await.unwrap();
    assert!(!stage.seen().contains(&"/words".to_owned()));
    let sid = stage.webhook("/done").await.param("RecordingSid").to_owned();
    let (_, body) = stage.api(Method::Get, &format!("/Recordings/{sid}/Transcriptions.json"), &[]).await;
    assert_eq!(body["transcriptions"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_transcription_can_go_wrong_in_many_ways() {
    let cases = [
        (Transcript::After(seconds(1)), vec!["completed:help"]),
        (Transcript::Fails, vec!["failed:(blank)"]),
        (Transcript::Never, vec![]),
        (Transcript::Held, vec![]),
        (Transcript::Twice, vec!["completed:help", "completed:help"]),
        (Transcript::Empty, vec!["completed:(blank)"]),
        (Transcript::BeforeAction, vec!["completed:help"]),
    ];
    for (what, expected) in cases {
        let stage = recording().await;
        stage.network.next_transcript(what).await.unwrap();
        stage.network.record(ANN, seconds(9), "help", Ending::Key('1')).await.unwrap();
        stage.run().await;
        stage.network.advance(seconds(25)).await.unwrap();
        let all = stage.network.webhooks().await.unwrap();
        let words = all.iter().filter(|webhook| webhook.url.ends_with("/words"));
        let got: Vec<_> = words
            .map(|webhook| format!("{}:{}", webhook.param("TranscriptionStatus"), webhook.param("TranscriptionText")))
            .collect();
        assert_eq!(got, expected, "{what:?}");
        let order = stage.seen();
        let place = |path: &str| order.iter().position(|seen| seen == path);
        if what == Transcript::BeforeAction {
            assert!(place("/words") < place("/done"), "{order:?}");
        }
        if what == Transcript::Held {
            stage.network.transcribe(true).await.unwrap();
            stage.network.settle().await.unwrap();
            assert_eq!(stage.webhook("/words").await.param("TranscriptionText"), "help");
            assert!(stage.network.transcribe(true).await.is_err());
        }
    }
}
