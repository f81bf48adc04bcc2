//! A store that cannot be read or written for a while, and what is kept in it for how long.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::people::{press, speak};
use super::webhooks::post;
use super::{ANN, BOB, CALLER, Death, LINE, Stage};
use crate::simulator::Deed;
use crate::store::Store as _;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_over_is_logged_and_forgotten_as_soon_as_that_can_be_stored() {
    let stage = Stage::new(Death::Never).await;
    let call = stage.network.call(CALLER, LINE).await.unwrap();
    stage.network.run().await.unwrap();
    let store = stage.the_store();
    let (token, _) = stage.only_row().await;
    store.trouble.store(true, SeqCst);
    stage.network.hang_up(call).await.unwrap();
    stage.network.advance(Duration::from_mins(16)).await.unwrap();
    store.trouble.store(false, SeqCst);
    assert_eq!(store.count("xmatters").await.unwrap(), 1);
    stage.network.advance(Duration::from_mins(1)).await.unwrap();
    assert_eq!(store.count("xmatters").await.unwrap(), 0);
    assert!(store.load_log("xmatters", &token).await.unwrap().is_some());
    drop(store);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_was_due_while_it_could_not_be_read_is_woken_again() {
    let stage = Stage::new(Death::Never).await;
    let network = &stage.network;
    let call = network.call(CALLER, LINE).await.unwrap();
    network.run().await.unwrap();
    for deed in [press('1'), press('2'), speak()] {
        network.act(call, deed.unwrap()).await.unwrap();
        network.advance(Duration::from_secs(10)).await.unwrap();
    }
    // The author is gone, and nothing but its own deadlines wakes the call.
    network.act(call, Deed::HangUp).await.unwrap();
    network.settle().await.unwrap();
    assert_eq!(stage.services.times("workflow.start"), 0);
    let store = stage.the_store();
    let (token, _) = stage.only_row().await;
    stage.let_go(&token).await;
    store.trouble.store(true, SeqCst);
    network.advance(Duration::from_mins(1)).await.unwrap();
    store.trouble.store(false, SeqCst);
    network.advance(Duration::from_mins(6)).await.unwrap();
    assert_eq!(stage.services.times("workflow.start"), 1);
    drop(store);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_kept_for_90_days() {
    let stage = Stage::new(Death::Never).await;
    let store = stage.the_store();
    let at = |day: &str| format!("{day}T12:00:00Z").parse().unwrap();
    for (call, day) in [("old", "2025-11-01"), ("new", "2025-12-24")] {
        store.append_log("xmatters", call, at(day), b"{}".to_vec()).await.unwrap();
    }
    stage.network.advance(Duration::from_hours(2)).await.unwrap();
    let call = stage.network.call(CALLER, LINE).await.unwrap();
    stage.network.run().await.unwrap();
    stage.network.hang_up(call).await.unwrap();
    stage.network.advance(Duration::from_mins(16)).await.unwrap();
    assert_eq!(store.load_log("xmatters", "old").await.unwrap(), None);
    assert!(store.load_log("xmatters", "new").await.unwrap().is_some());
    drop(store);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_a_phone_is_busy_is_not_lost_to_a_full_disk() {
    let stage = Stage::new(Death::Never).await;
    let network = &stage.network;
    let call = network.call(CALLER, LINE).await.unwrap();
    network.run().await.unwrap();
    for key in ["4", "2"] {
        network.press(call, key).await.unwrap();
        network.run().await.unwrap();
    }
    let leg_of = async |number: &str| {
        let legs = network.legs().await.unwrap();
        legs.iter().find(|leg| leg.to == number).map(|leg| leg.id)
    };
    let ann = leg_of(ANN).await.expect("Ann's phone rings");
    let store = stage.the_store();
    store.full.store(true, SeqCst);
    network.act(ann, Deed::Busy).await.unwrap();
    network.advance(Duration::from_secs(3)).await.unwrap();
    store.full.store(false, SeqCst);
    network.advance(Duration::from_secs(12)).await.unwrap();
    assert!(leg_of(BOB).await.is_some(), "Bob's phone rings");
    drop(store);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fallback_answers_although_the_disk_is_full() {
    let stage = Stage::new(Death::Never).await;
    let network = &stage.network;
    network.call(CALLER, LINE).await.unwrap();
    network.run().await.unwrap();
    let sid = network.webhooks().await.unwrap()[0].param("CallSid").to_owned();
    let store = stage.the_store();
    store.full.store(true, SeqCst);
    let fields = [("CallSid", sid.as_str()), ("CallStatus", "in-progress"), ("ErrorCode", "11200")];
    let mut answers = Vec::new();
    for _ in 0..2 {
        let answer = post(&stage, "/xmatters/fallback", &fields, Some(&stage.token())).await;
        answers.push((answer.status, String::from_utf8(answer.body).unwrap()));
    }
    assert!(answers[0].0 == 200 && answers[0].1.contains("<Redirect"), "{answers:?}");
    assert!(answers[1].1.contains("something went wrong"), "not for ever: {answers:?}");
    drop(store);
    stage.close().await;
}
