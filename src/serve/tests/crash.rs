//! The process is killed at every commit there is: before it, and after it but before anything that follows from it.

use super::people::People;
use super::plays::{Play, check, plays};
use super::{Death, Stage};

async fn performed(play: &Play, death: Death) -> u32 {
    let stage = Stage::new(death).await;
    let mut people = People::call(&stage, (play.wish)()).await;
    people.live().await;
    let saves = stage.saves();
    check(play, death, &people).await;
    drop(people);
    stage.close().await;
    saves
}

async fn at_every_commit(name: &str) {
    let plays = plays();
    let play = &plays[name];
    let saves = performed(play, Death::Never).await;
    assert!(saves > 8, "{saves}");
    for n in 1..=saves {
        performed(play, Death::After(n)).await;
        if n % 2 == 1 {
            performed(play, Death::Before(n)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message() {
    at_every_commit("a message").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_whose_author_has_gone() {
    at_every_commit("a message whose author has gone").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_found() {
    at_every_commit("somebody is found").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn star_on_hold() {
    at_every_commit("star on hold").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_caller_hangs_up_too_early() {
    at_every_commit("the caller hangs up too early").await;
}
