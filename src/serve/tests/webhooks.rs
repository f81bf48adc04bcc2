//! Webhooks come twice, late, never, in another order, and from elsewhere; the provider's API and the store fail.

use std::time::Duration;

use super::people::People;
use super::plays::{check, plays};
use super::{CALLER, Death, LINE, Stage};
use crate::http::client::{Client, Outgoing};
use crate::http::{Headers, Method, Response};
use crate::provider::form::Form;
use crate::provider::twilio::signature;
use crate::simulator::{ApiFault, Astray, Doubling, Kind, LegState, Network, What, Which};

/// More than any play has of anything.
const ALL: usize = 150;

async fn each(prepare: impl AsyncFn(&Network)) {
    every(&[], prepare).await;
}

/// Every play, or those whose names are given.
async fn every(names: &[&str], prepare: impl AsyncFn(&Network)) {
    for (name, play) in plays().into_iter().filter(|(name, _)| names.is_empty() || names.contains(name)) {
        let stage = Stage::new(Death::Never).await;
        prepare(&stage.network).await;
        let mut people = People::call(&stage, (play.wish)()).await;
        println!("{name}");
        people.live().await;
        check(&play, Death::Never, &people).await;
        drop(people);
        stage.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_webhook_comes_twice_at_once() {
    each(async |network| {
        for _ in 0..ALL {
            network.double(Which::Any, Doubling::AtOnce).await.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_webhook_comes_again_when_it_was_answered() {
    each(async |network| {
        for _ in 0..ALL {
            network.double(Which::Any, Doubling::Afterwards).await.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn status_callbacks_come_twice_late_never_or_in_another_order() {
    for how in [Astray::Twice, Astray::Late(Duration::from_secs(7)), Astray::AfterNext, Astray::Never] {
        each(async |network| {
            for _ in 0..ALL {
                network.stray(Which::Kind(Kind::Status), how).await.unwrap();
            }
        })
        .await;
    }
}

/// Old webhooks come again at every turn, as they were: whoever waits for an answer is not disturbed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_of_the_past_change_nothing() {
    for (name, play) in plays() {
        println!("{name}");
        let stage = Stage::new(Death::Never).await;
        let mut wish = (play.wish)();
        let network = std::sync::Arc::clone(&stage.network);
        let mut people = People::call(&stage, Box::new(move |leg, words| wish(leg, words))).await;
        people.between = Some(Box::new(move || {
            let network = std::sync::Arc::clone(&network);
            Box::pin(async move {
                let known = network.webhooks().await.unwrap();
                // Those of legs that are there; that a leg is over is true whenever it is said.
                let legs = network.legs().await.unwrap();
                let there = |leg| legs.iter().any(|known| known.id == leg && known.state != LegState::Over);
                for webhook in known.iter().filter(|w| w.repeats.is_none() && there(w.leg)) {
                    network.replay(webhook.index).await.unwrap();
                }
            })
        }));
        people.live().await;
        check(&play, Death::Never, &people).await;
        drop(people);
        stage.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_refuses_or_does_not_answer() {
    let refused = |status| ApiFault::Refused { status, code: 20_429 };
    for line in ["POST /2010-04-01/Accounts/AC00000000000000000000000000000001/Calls.json", "/Calls/CA"] {
        for fault in [refused(429), refused(500), ApiFault::DoneWithoutReply, ApiFault::Lost] {
            println!("{line} {fault:?}");
            every(&["somebody is found"], async |network| network.api_fault(line, fault).await.unwrap()).await;
        }
    }
}

/// Whenever it begins: the store fails three times, then it works again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_to_a_store_in_trouble() {
    for (name, play) in plays() {
        let mut n = 1;
        loop {
            println!("{name} {n}");
            let death = Death::Trouble(n, n + 2);
            let stage = Stage::new(death).await;
            let mut people = People::call(&stage, (play.wish)()).await;
            people.live().await;
            check(&play, death, &people).await;
            let saves = stage.saves();
            drop(people);
            stage.close().await;
            n += 3;
            if n > saves {
                break;
            }
        }
    }
}

// ---- from elsewhere ---------------------------------------------------------------------------------------------------

/// A webhook as the provider would send it, with what is wrong with it.
pub(super) async fn post(stage: &Stage, path: &str, fields: &[(&str, &str)], token: Option<&str>) -> Response {
    let base = stage.base();
    let url = format!("{base}{path}");
    let mut outgoing = Outgoing::new(Method::Post, url.clone());
    outgoing.headers = Headers(vec![("content-type".into(), "application/x-www-form-urlencoded".into())]);
    if let Some(token) = token {
        let body = Form::encode(fields.iter().copied());
        let decoded: Vec<_> = crate::provider::form::decoded(body.as_bytes()).collect();
        outgoing.headers.push("x-twilio-signature", signature::sign(token, &url, &decoded));
    }
    outgoing.body = Some(Form::encode(fields.iter().copied()).into_bytes());
    Client::new().unwrap().send(outgoing).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_from_elsewhere_changes_nothing() {
    let stage = Stage::new(Death::Never).await;
    let network = &stage.network;
    let call = network.call(CALLER, LINE).await.unwrap();
    network.run().await.unwrap();
    let before = stage.saves();
    let asked = network.webhooks().await.unwrap();
    let sid = asked[0].param("CallSid").to_owned();
    let document = asked.last().unwrap().body.clone();
    let action = document.split("action=\"").nth(1).unwrap().split(['#', '"']).next().unwrap();
    let path = action.strip_prefix(&stage.base()).unwrap().to_owned();
    let key = stage.token();

    let keys = [("CallSid", sid.as_str()), ("Digits", "4")];
    assert_eq!(post(&stage, &path, &keys, None).await.status, 403);
    assert_eq!(post(&stage, &path, &keys, Some("another token")).await.status, 403);
    let foreign = [("CallSid", "CA00000000000000000000000000000009"), ("Digits", "4")];
    assert_eq!(post(&stage, &path, &foreign, Some(&key)).await.status, 403);
    let status = [("CallSid", "CA00000000000000000000000000000009"), ("CallStatus", "completed")];
    assert_eq!(post(&stage, "/xmatters/status", &status, Some(&key)).await.status, 204);
    let unknown = path.replace(path.split('/').nth(3).unwrap(), &"0".repeat(32));
    let answer = post(&stage, &unknown, &keys, Some(&key)).await;
    assert!(String::from_utf8(answer.body).unwrap().contains("<Hangup/>"));
    assert_eq!(post(&stage, "/xmatters/c", &keys, Some(&key)).await.status, 404);
    assert_eq!(post(&stage, &path, &[("CallSid", sid.as_str()), ("Digits", "4x")], Some(&key)).await.status, 200);
    assert_eq!(stage.saves(), before, "nothing has changed");

    network.press(call, "4").await.unwrap();
    let heard = network.run().await.unwrap();
    assert!(heard.iter().any(|o| matches!(&o.what, What::Hears { text, .. } if text.contains("speak directly with?"))));
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_the_provider_cannot_use_is_not_tried_for_ever() {
    let stage = Stage::new(Death::Never).await;
    let network = &stage.network;
    network.call(CALLER, LINE).await.unwrap();
    network.run().await.unwrap();
    let sid = network.webhooks().await.unwrap()[0].param("CallSid").to_owned();
    let key = stage.token();
    let fields = [("CallSid", sid.as_str()), ("CallStatus", "in-progress"), ("ErrorCode", "12100")];
    let first = post(&stage, "/xmatters/fallback", &fields, Some(&key)).await;
    let first = String::from_utf8(first.body).unwrap();
    let target = first.split("<Redirect method=\"POST\">").nth(1).unwrap().split('#').next().unwrap();
    let path = target.strip_prefix(&stage.base()).unwrap().to_owned();
    let again = post(&stage, &path, &fields[..2], Some(&key)).await;
    assert!(String::from_utf8(again.body).unwrap().contains("Hey there"));
    let second = post(&stage, "/xmatters/fallback", &fields, Some(&key)).await;
    assert!(String::from_utf8(second.body).unwrap().contains("something went wrong"));
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_while_a_service_is_slow_hears_what_comes_of_it() {
    let stage = Stage::new(Death::Never).await;
    let network = &stage.network;
    let call = network.call(CALLER, LINE).await.unwrap();
    network.run().await.unwrap();
    network.press(call, "4").await.unwrap();
    network.run().await.unwrap();
    stage.services.silent.send_replace(vec!["xmatters.on_call"]);
    network.press(call, "2").await.unwrap();
    network.settle().await.unwrap();
    // The connection of the webhook was lost: the provider asks the fallback URL, and is sent to the current step.
    let sid = network.webhooks().await.unwrap()[0].param("CallSid").to_owned();
    let fields = [("CallSid", sid.as_str()), ("CallStatus", "in-progress")];
    let key = stage.token();
    let fallback = String::from_utf8(post(&stage, "/xmatters/fallback", &fields, Some(&key)).await.body).unwrap();
    let target = fallback.split("<Redirect method=\"POST\">").nth(1).unwrap().split('#').next().unwrap();
    let path = target.strip_prefix(&stage.base()).unwrap().to_owned();
    let silent = std::sync::Arc::clone(&stage.services.silent);
    let open = {
        let (stage, key) = (std::sync::Arc::clone(&stage), key.clone());
        let sid = sid.clone();
        tokio::spawn(async move {
            let fields = [("CallSid", sid.as_str()), ("CallStatus", "in-progress")];
            post(&stage, &path, &fields, Some(&key)).await
        })
    };
    stage.open(2).await;
    silent.send_replace(Vec::new());
    let answer = String::from_utf8(open.await.unwrap().body).unwrap();
    assert!(answer.contains("Calling Cloud DevOps"), "{answer}");
    stage.close().await;
}
