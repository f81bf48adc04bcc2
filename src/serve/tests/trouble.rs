//! A store that cannot be read or written for a while, and what is kept in it for how long.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::people::{press, speak};
use super::{CALLER, Death, LINE, Stage};
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
