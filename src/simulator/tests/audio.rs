use std::time::Duration;

use super::fake::{ANN, LINE, Stage};
use crate::http::client::{Client, Outgoing, Redirects};
use crate::http::{Method, Response};
use crate::simulator::{Ending, Media};

const PAGES: [(&str, &str); 2] =
    [("/voice", "<Record action=\"{base}/done\"/>"), ("/done", "<Gather timeout=\"600\"><Say>thanks</Say></Gather>")];

/// A stage on which somebody has recorded, and the path of the recording.
async fn recorded(media: Media) -> (Stage, String) {
    let stage = Stage::with(&PAGES, |config| config.media = media).await;
    stage.network.call(ANN, LINE).await.unwrap();
    stage.run().await;
    stage.network.record(ANN, Duration::from_secs(6), "disk is full", Ending::Key('1')).await.unwrap();
    stage.run().await;
    let path = format!("/Recordings/{}", stage.webhook("/done").await.param("RecordingSid"));
    (stage, path)
}

async fn anybody(stage: &Stage, path: &str, redirects: Redirects) -> Response {
    let request = Outgoing { redirects, ..Outgoing::new(Method::Get, stage.api_path(path)) };
    Client::new().unwrap().send(request).await.unwrap()
}

#[tokio::test]
async fn audio_is_there_when_it_is_ready_and_until_it_is_deleted() {
    let (stage, path) = recorded(Media::default()).await;
    let mp3 = format!("{path}.mp3");
    let json = format!("{path}.json");
    assert_eq!(anybody(&stage, &mp3, Redirects::Refused).await.status, 404);
    assert_eq!(stage.api(Method::Get, &json, &[]).await.1["status"], "processing");
    stage.network.advance(Duration::from_secs(3)).await.unwrap();
    let audio = anybody(&stage, &mp3, Redirects::Refused).await;
    assert_eq!((audio.status, audio.headers.get("content-type")), (200, Some("audio/mpeg")));
    assert!(String::from_utf8_lossy(&audio.body).contains("disk is full"));
    assert_eq!(anybody(&stage, &path, Redirects::Refused).await.headers.get("content-type"), Some("audio/x-wav"));
    assert_eq!(anybody(&stage, &format!("{path}.ogg"), Redirects::Refused).await.status, 404);
    assert_eq!(anybody(&stage, &json, Redirects::Refused).await.status, 401, "the record is never public");

    assert_eq!(stage.api(Method::Delete, &json, &[]).await.0, 204);
    assert_eq!(anybody(&stage, &mp3, Redirects::Refused).await.status, 404);
    assert_eq!(stage.api(Method::Get, &json, &[]).await.0, 404);
    assert_eq!(stage.api(Method::Delete, &json, &[]).await.0, 404);
}

#[tokio::test]
async fn an_account_can_protect_its_audio() {
    let (stage, path) = recorded(Media { protected: true, ..Media::default() }).await;
    stage.network.advance(Duration::from_secs(3)).await.unwrap();
    let refused = anybody(&stage, &format!("{path}.mp3"), Redirects::Refused).await;
    assert_eq!(refused.status, 401);
    assert!(String::from_utf8_lossy(&refused.body).contains("20003"));
    assert_eq!(stage.api(Method::Get, &format!("{path}.mp3"), &[]).await.0, 200);
}

#[tokio::test]
async fn a_storage_host_wants_no_credentials() {
    let (stage, path) = recorded(Media { stored_elsewhere: true, ..Media::default() }).await;
    stage.network.advance(Duration::from_secs(3)).await.unwrap();
    let mp3 = format!("{path}.mp3");
    let led_on = anybody(&stage, &mp3, Redirects::Refused).await;
    let location = led_on.headers.get("location").unwrap().to_owned();
    assert!(led_on.status == 302 && location.starts_with("http://localhost:"), "{location}");
    assert_eq!(anybody(&stage, &mp3, Redirects::Anywhere).await.status, 200);
    let mut request = Outgoing::new(Method::Get, location);
    request.headers.push("authorization", "Basic eDp5");
    assert_eq!(Client::new().unwrap().send(request).await.unwrap().status, 400);
}
