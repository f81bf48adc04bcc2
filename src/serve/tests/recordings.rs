//! Links to recordings: whoever has one hears the recording, and disturbs nobody.

use std::sync::Arc;

use super::people::People;
use super::plays::plays;
use super::webhooks::post;
use super::{Death, Stage};
use crate::http::client::{Client, Outgoing};
use crate::http::{Method, Response};
use crate::serve::recording::MOST;
use crate::simulator::ApiFault;

/// A stage on which a message was left, long ago: the call is forgotten. And the path of the link that was sent.
async fn left() -> (Arc<Stage>, String) {
    let stage = Stage::new(Death::Never).await;
    stage.network.configure(|config| config.media.protected = true).await.unwrap();
    let mut people = People::call(&stage, (plays()["a message"].wish)()).await;
    people.live().await;
    let link = {
        let asked = stage.services.asked.lock().unwrap();
        let texts = asked.iter().flat_map(|(_, args, _)| args).filter_map(|arg| arg.as_text());
        let mut links: Vec<_> = texts.filter(|text| text.contains("/r/RE")).map(str::to_owned).collect();
        links.dedup();
        assert_eq!(links.len(), 1, "one and the same everywhere");
        links.remove(0)
    };
    let path = link.strip_prefix(&stage.base()).unwrap().to_owned();
    (stage, path)
}

async fn ask(stage: &Stage, method: Method, path: &str) -> Response {
    Client::new().unwrap().send(Outgoing::new(method, format!("{}{path}", stage.base()))).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_the_link_hears_the_recording() {
    let (stage, path) = left().await;
    for _ in 0..2 {
        let heard = ask(&stage, Method::Get, &path).await;
        assert_eq!((heard.status, heard.headers.get("content-type")), (200, Some("audio/mpeg")));
        assert!(String::from_utf8_lossy(&heard.body).contains("The core switch is down."));
        let head = ask(&stage, Method::Head, &path).await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(head.headers.get("content-length"), Some(heard.body.len().to_string().as_str()));
        stage.restart().await;
    }
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_else_is_a_link() {
    let (stage, path) = left().await;
    let (saves, requests) = (stage.saves(), stage.network.requests().await.unwrap().len());
    let nowhere = ask(&stage, Method::Get, "/nothing/here").await;
    let tag = path.rsplit('/').next().unwrap();
    let recording = path.split('/').nth(3).unwrap();
    for wrong in [
        format!("/another/r/{recording}/{tag}"),
        format!("/xmatters/r/RE00000000000000000000000000000009/{tag}"),
        format!("/xmatters/r/{recording}/{}", "A".repeat(24)),
        format!("/xmatters/r/{recording}/{tag}A"),
        format!("/xmatters/r/{recording}"),
    ] {
        let answer = ask(&stage, Method::Get, &wrong).await;
        assert_eq!((answer.status, &answer.body), (404, &nowhere.body), "{wrong}");
    }
    for (method, path) in [
        (Method::Post, path.as_str()),
        (Method::Put, &path),
        (Method::Delete, &path),
        (Method::Post, "/xmatters/r/RE1/x"),
    ] {
        let answer = ask(&stage, method, path).await;
        assert_eq!((answer.status, answer.headers.get("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    assert_eq!(stage.saves(), saves, "nothing has changed");
    assert_eq!(stage.network.requests().await.unwrap().len(), requests, "nothing was fetched");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listeners_do_not_keep_callers_waiting() {
    let (stage, path) = left().await;
    // The provider is silent, so each of them is held up.
    for _ in 0..MOST {
        stage.network.api_fault(".mp3", ApiFault::Lost).await.unwrap();
    }
    let listeners: Vec<_> = (0..MOST)
        .map(|_| {
            let (stage, path) = (Arc::clone(&stage), path.clone());
            tokio::spawn(async move { ask(&stage, Method::Get, &path).await })
        })
        .collect();
    while stage.listeners().await > 0 {
        tokio::task::yield_now().await;
    }
    let one_more = ask(&stage, Method::Get, &path).await;
    assert_eq!((one_more.status, one_more.headers.get("retry-after")), (503, Some("5")));
    let call = [("CallSid", "CA00000000000000000000000000000009"), ("From", "+15551110000"), ("To", super::LINE)];
    let answer = post(&stage, "/xmatters", &call, Some(&stage.token())).await;
    assert!(String::from_utf8(answer.body).unwrap().contains("Hey there"), "a caller is served");
    listeners.iter().for_each(tokio::task::JoinHandle::abort);
    stage.restart().await;
    assert_eq!(ask(&stage, Method::Get, &path).await.status, 200);
    stage.close().await;
}
