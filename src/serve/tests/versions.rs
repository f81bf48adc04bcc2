//! A call keeps the flow and the settings it began with, and nothing is kept longer than a call needs it.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::{CALLER, Death, LINE, SECRETS, Stage};
use crate::engine::session::Session;
use crate::serve::stored;
use crate::simulator::{LegId, Occurrence, What};
use crate::store::Store as _;

fn hears(passed: &[Occurrence], words: &str) -> bool {
    passed.iter().any(|o| matches!(&o.what, What::Hears { text, .. } if text.contains(words)))
}

async fn called(stage: &Stage) -> LegId {
    let call = stage.network.call(CALLER, LINE).await.unwrap();
    assert!(hears(&stage.network.run().await.unwrap(), "Press 4 to speak directly"));
    call
}

const OTHER: &str = "alert_types = [\"Livecall\"]\n[phrases]\nlivecall_phrase = \"Whom?\"";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_keeps_its_version_through_reload_and_restart() {
    let stage = Stage::new(Death::Never).await;
    let old = stage.lines(crate::serve::line::Lines::versions).await;
    let call = called(&stage).await;
    stage.reload(OTHER).await;
    assert_eq!(stage.the_store().versions_in_use().await.unwrap(), old);
    stage.restart().await;
    stage.network.press(call, "4").await.unwrap();
    let passed = stage.network.run().await.unwrap();
    assert!(hears(&passed, "What group would you like to speak directly with?"), "{passed:?}");
    // New calls get the new one.
    stage.network.call("+15551110009", LINE).await.unwrap();
    let passed = stage.network.run().await.unwrap();
    assert!(hears(&passed, "Press 1 to speak directly") && !hears(&passed, "Press 2"), "{passed:?}");
    assert_eq!(stage.lines(|lines| lines.versions().len()).await, 2);
    // When its last call is forgotten, nothing is left of it.
    stage.network.hang_up(call).await.unwrap();
    stage.network.advance(Duration::from_mins(16)).await.unwrap();
    let (flow, hash) = old[0].clone();
    assert!(stage.lines(|lines| lines.known(&flow, &hash).is_none()).await);
    assert_eq!(stage.lines(|lines| lines.versions().len()).await, 1);
    assert_eq!(stage.the_store().load_version(&flow, &hash).await.unwrap(), None);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_whose_version_is_lost_begins_again() {
    let stage = Stage::new(Death::Never).await;
    let call = called(&stage).await;
    let versions = stage.lines(crate::serve::line::Lines::versions).await;
    stage.reload(OTHER).await;
    // The row still says which version it was, but that is not there any more.
    stage.spoil(&versions[0]).await;
    stage.restart().await;
    stage.network.press(call, "4").await.unwrap();
    let passed = stage.network.run().await.unwrap();
    assert!(hears(&passed, "We are sorry, something went wrong."), "{passed:?}");
    assert!(hears(&passed, "Press 1 to speak directly"), "{passed:?}");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_in_progress_are_counted_through_a_restart() {
    let stage = Stage::new(Death::Never).await;
    let call = called(&stage).await;
    assert_eq!(stage.in_progress().await, 1);
    stage.restart().await;
    stage.open(0).await;
    assert_eq!(stage.in_progress().await, 1);
    stage.network.hang_up(call).await.unwrap();
    stage.network.run().await.unwrap();
    assert_eq!(stage.in_progress().await, 0);
    // A late webhook of a call that is over makes nothing of it.
    stage.restart().await;
    stage.network.replay(1).await.unwrap();
    stage.network.settle().await.unwrap();
    assert_eq!(stage.in_progress().await, 0);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_and_no_number_stands_where_it_must_not() {
    let stage = Stage::new(Death::Never).await;
    let call = called(&stage).await;
    stage.network.press(call, "4").await.unwrap();
    stage.network.run().await.unwrap();
    stage.network.press(call, "2").await.unwrap();
    stage.network.run().await.unwrap();
    let (token, row) = stage.only_row().await;
    let state = String::from_utf8(row.state.clone()).unwrap();
    for (_, secret) in SECRETS {
        assert!(!state.contains(secret) || secret == "token", "{secret} in {state}");
    }
    let version = stage.the_store().load_version("xmatters", &row.version).await.unwrap().unwrap();
    let sources = String::from_utf8(version.sources).unwrap();
    assert!(!sources.contains("hunter2") && !sources.contains("apiKey=1"), "{sources}");
    let record = *stored::read(&row.state).unwrap();
    assert_eq!(record.call, token);
    let session: Session = serde_json::from_str(&serde_json::to_string(&record.session).unwrap()).unwrap();
    assert_eq!(session, record.session);

    stage.network.hang_up(call).await.unwrap();
    stage.network.advance(Duration::from_mins(2)).await.unwrap();
    let logs = stage.logs().await;
    let log = logs[0].to_string();
    assert!(log.contains("+1555•••0000") && !log.contains("+15551110000") && !log.contains("5557770001"), "{log}");
    assert!(stage.saves.load(SeqCst) > 3);
    stage.close().await;
}
