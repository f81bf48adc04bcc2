use std::time::Duration;

use super::fake::{ANN, BOB, LINE, Stage, twiml};
use crate::http::Method;
use crate::simulator::{Astray, Cue, Deed, Doubling, Kind, Signing, Webhook, What, Which};

const MENU: &str = "<Gather numDigits=\"1\" action=\"{base}/key\"><Say>menu</Say></Gather>";

async fn at_the_menu() -> Stage {
    let stage = Stage::new(&[("/voice", MENU), ("/key", MENU)]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage
}

async fn to(stage: &Stage, path: &str) -> Vec<Webhook> {
    let all = stage.network.webhooks().await.unwrap();
    all.into_iter().filter(|webhook| webhook.url.contains(path)).collect()
}

#[tokio::test]
async fn a_webhook_can_be_delivered_twice() {
    for how in [Doubling::AtOnce, Doubling::Afterwards] {
        let stage = at_the_menu().await;
        stage.network.double(Which::Url("/key".to_owned()), how).await.unwrap();
        stage.network.press(ANN, "1").await.unwrap();
        assert_eq!(stage.run().await, ["menu"]);
        let keys = to(&stage, "/key").await;
        assert_eq!(keys.len(), 2);
        assert_eq!(keys[1].repeats, Some(keys[0].index));
        assert_eq!((&keys[0].token, &keys[0].params, &keys[0].body), (&keys[1].token, &keys[1].params, &keys[1].body));
        stage.network.press(ANN, "2").await.unwrap();
        stage.run().await;
        let keys = to(&stage, "/key").await;
        assert_eq!(keys.len(), 3, "it is done once");
        assert_ne!(keys[2].token, keys[0].token);
        stage.flawless().await;
    }
}

#[tokio::test]
async fn an_old_webhook_can_be_delivered_again() {
    let stage =
        Stage::new(&[("/voice", "<Gather numDigits=\"1\" method=\"GET\" action=\"{base}/key?a=1\"/>"), ("/key", MENU)])
            .await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.press(ANN, "1").await.unwrap();
    stage.run().await;
    stage.network.replay(0).await.unwrap();
    stage.network.replay(1).await.unwrap();
    stage.run().await;
    let all = stage.network.webhooks().await.unwrap();
    assert_eq!((all[2].repeats, all[3].repeats), (Some(0), Some(1)));
    assert_eq!((&all[2].params, &all[2].body), (&all[0].params, &all[0].body));
    assert_eq!((&all[3].url, &all[3].token), (&all[1].url, &all[1].token));
    assert!(stage.network.replay(99).await.is_err());
    stage.flawless().await;
}

#[tokio::test]
async fn signatures_can_be_bad_or_missing() {
    for how in [Signing::Bad, Signing::Missing] {
        let stage = at_the_menu().await;
        stage.network.sign(Which::Kind(Kind::Action), how).await.unwrap();
        stage.network.press(ANN, "1").await.unwrap();
        stage.run().await;
        assert_eq!(stage.forged(), ["/key"]);
        assert_eq!(stage.webhook("/key").await.status, Some(403));
    }
}

#[tokio::test]
async fn a_reply_can_be_lost() {
    let stage = at_the_menu().await;
    stage.network.lose_reply(Which::Any).await.unwrap();
    stage.network.press(ANN, "1").await.unwrap();
    let happened = stage.network.run().await.unwrap();
    let failed = happened.iter().find(|one| matches!(one.what, What::WebhookFailed { code: 11_205, .. })).unwrap();
    let key = stage.webhook("/key").await;
    assert_eq!(failed.at.duration_since(key.at).as_secs(), 15);
    assert!(key.status == Some(200) && key.failure.is_some(), "the server did answer");
}

#[tokio::test]
async fn a_lost_reply_is_tried_again_if_the_url_says_so() {
    let stage =
        Stage::new(&[("/voice", "<Redirect>{base}/next#rp=all&amp;rt=4000</Redirect>"), ("/next", "<Say>next</Say>")])
            .await;
    stage.network.lose_reply(Which::Url("/next".to_owned())).await.unwrap();
    stage.network.call(ANN, LINE).await.unwrap();
    assert_eq!(stage.run().await, ["next"]);
    assert_eq!(stage.seen(), ["/voice", "/next", "/next"]);
    assert_eq!(stage.webhook("/next").await.attempts, 2);
}

#[tokio::test]
async fn status_callbacks_go_astray() {
    let events = ["initiated", "ringing", "answered", "completed"];
    for (how, expected) in [
        (Astray::Twice, vec!["0", "0", "1", "2", "3"]),
        (Astray::Never, vec!["1", "2", "3"]),
        (Astray::AfterNext, vec!["1", "0", "2", "3"]),
        (Astray::Late(Duration::from_secs(9)), vec!["1", "2", "3", "0"]),
    ] {
        let stage = Stage::new(&[("/bob", "<Say>hello</Say>"), ("/progress", "")]).await;
        stage.network.stray(Which::Url("/progress".to_owned()), how).await.unwrap();
        let mut form = vec![("To", BOB), ("From", LINE), ("Url", "{base}/bob"), ("StatusCallback", "{base}/progress")];
        form.extend(events.map(|event| ("StatusCallbackEvent", event)));
        stage.api(Method::Post, "/Calls.json", &form).await;
        stage.run().await;
        stage.network.answer(BOB).await.unwrap();
        stage.run().await;
        let order: Vec<_> =
            to(&stage, "/progress").await.iter().map(|one| one.param("SequenceNumber").to_owned()).collect();
        assert_eq!(order, expected, "{how:?}");
    }
}

#[tokio::test]
async fn a_person_can_hang_up_while_a_webhook_is_under_way() {
    let stage = at_the_menu().await;
    stage.network.plan(ANN, Cue::Asking("/key".to_owned()), Deed::HangUp).await.unwrap();
    stage.network.press(ANN, "1").await.unwrap();
    assert_eq!(stage.run().await, Vec::<String>::new(), "the reply is dropped");
    let mut seen = stage.all_seen();
    seen.sort();
    assert_eq!(seen, ["/key", "/status", "/voice"]);
}

#[tokio::test]
async fn a_person_can_plan_what_to_do_with_a_phone_that_does_not_ring_yet() {
    let stage = Stage::new(&[("/voice", "<Dial>+15552220000</Dial><Say>nobody</Say>")]).await;
    stage.network.plan(BOB, Cue::Ringing, Deed::Busy).await.unwrap();
    stage.network.call(ANN, LINE).await.unwrap();
    assert_eq!(stage.run().await, ["nobody"]);
    assert!(stage.network.plan(BOB, Cue::After(Duration::ZERO), Deed::Busy).await.is_err(), "nothing rings");
}

#[tokio::test]
async fn time_passes_until_somebody_does_what_was_planned() {
    let stage = at_the_menu().await;
    stage.network.plan(ANN, Cue::After(Duration::from_secs(3)), Deed::Press("4#".to_owned())).await.unwrap();
    assert_eq!(stage.run().await, ["menu"]);
    assert_eq!(stage.webhook("/key").await.param("Digits"), "4");
}

#[tokio::test]
async fn what_cannot_be_done_is_refused() {
    let stage = at_the_menu().await;
    assert!(stage.network.answer(ANN).await.is_err());
    assert!(stage.network.press(ANN, "x").await.is_err());
    assert!(stage.network.say(ANN, "words").await.is_err());
    assert!(stage.network.record(ANN, Duration::ZERO, "", crate::simulator::Ending::Open).await.is_err());
    assert!(stage.network.press("+15559999999", "1").await.is_err());
    assert!(stage.network.call(ANN, "+15559999999").await.is_err());
    stage
        .network
        .plan(ANN, Cue::After(Duration::ZERO), Deed::Answer(crate::simulator::AnsweredBy::Human))
        .await
        .unwrap();
    let happened = stage.network.run().await.unwrap();
    assert!(happened.iter().any(|one| matches!(&one.what, What::CannotDo(why) if why.contains("does not ring"))));
}

#[tokio::test]
async fn a_notice_is_answered_with_nothing_or_xml() {
    let stage = Stage::new(&[("/voice", "<Say>x</Say>")]).await;
    stage.page("/status", crate::http::Response::text(200, "thanks"));
    stage.page("/status", twiml(""));
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.problems().await.unwrap()[0].code, 12_300);
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.problems().await.unwrap().len(), 1);
}
