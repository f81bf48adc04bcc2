//! Music at a URL: audio is played by the provider; a TwiML document is fetched here, reduced to what can be heard,
//! and never executed as such.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Core;
use super::call::Call;
use crate::compile::Line;
use crate::engine::turn::{SpeechPart, Then, Turn, Utterance};
use crate::http::client::{Outgoing, Redirects};
use crate::http::{Method, Response};
use crate::limits::TWILIO;
use crate::limits::VOICE;
use crate::limits::server::SILENT_MUSIC;
use crate::store::StoreError;

/// How long a fetched document is used.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// How long a document may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Documents that were fetched lately.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<String, (Timestamp, Music)>>);

/// What is at a URL.
#[derive(Debug, Clone, PartialEq)]
enum Music {
    /// Audio: the provider fetches it.
    Audio,
    /// What a document plays and says.
    Pieces(Vec<Utterance>),
}

impl Core {
    /// A turn of music whose URL is a document gets what the document would play.
    pub(crate) async fn with_music(&self, line: &Line, turn: Turn) -> Turn {
        let (Then::Music { .. }, [Utterance::Play { url }]) = (&turn.then, turn.heard.as_slice()) else { return turn };
        if !line.graph.music.iter().any(|music| music.url.as_deref() == Some(url)) {
            return turn;
        }
        match self.music_at(url).await {
            Music::Audio => turn,
            Music::Pieces(heard) => Turn { heard, ..turn },
        }
    }

    /// Fetches the music of a caller on hold while the call is free for whatever else happens to it.
    pub(crate) async fn fetch_ahead(&self, call: &Call) -> Result<(), StoreError> {
        let (line, node) = {
            let live = call.enter().await?;
            (Arc::clone(&live.line), live.record.session.escalation.as_ref().map(|escalation| escalation.node))
        };
        if let Some(url) = node.and_then(|node| line.graph.music_at(node)) {
            self.music_at(url).await;
        }
        Ok(())
    }

    async fn music_at(&self, url: &str) -> Music {
        let now = self.clock.now();
        let cached = self.music.0.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned();
        if let Some((_, music)) = cached.filter(|(since, _)| now.duration_since(*since) < FRESH) {
            return music;
        }
        let music = self.fetch_music(url).await;
        let mut cache = self.music.0.lock().unwrap_or_else(PoisonError::into_inner);
        // URLs of former settings are not asked for any more.
        cache.retain(|_, (since, _)| now.duration_since(*since) < FRESH);
        cache.insert(url.to_owned(), (now, music.clone()));
        drop(cache);
        music
    }

    async fn fetch_music(&self, url: &str) -> Music {
        // The beginning of the audio is enough to tell what it is, but a client cannot be told to stop there: audio
        // shows by its type, and anything larger than a document is taken for audio.
        let outgoing = Outgoing {
            timeout: PATIENCE,
            largest: TWILIO.document,
            redirects: Redirects::SameOrigin,
            ..Outgoing::new(Method::Get, url)
        };
        match self.client.send(outgoing).await {
            Ok(response) if response.status == 200 => reduce(&response),
            Err(crate::http::client::Failure::TooLarge { .. }) => Music::Audio,
            Ok(response) => silence(url, &format!("status {}", response.status)),
            Err(failure) => silence(url, &failure.to_string()),
        }
    }
}

fn silence(url: &str, why: &str) -> Music {
    tracing::warn!(%url, %why, "the music cannot be fetched");
    Music::Pieces(vec![Utterance::Pause { millis: SILENT_MUSIC }])
}

/// `Play`, `Say` and `Pause` of a document, wherever they stand in it.
fn reduce(response: &Response) -> Music {
    let kind = response.headers.get("content-type").unwrap_or_default().to_ascii_lowercase();
    if kind.starts_with("audio/") {
        return Music::Audio;
    }
    let text = String::from_utf8_lossy(&response.body);
    let Ok(document) = roxmltree::Document::parse(text.trim()) else { return Music::Audio };
    let heard: Vec<Utterance> = document.descendants().filter_map(utterance).collect();
    if heard.is_empty() { Music::Pieces(vec![Utterance::Pause { millis: SILENT_MUSIC }]) } else { Music::Pieces(heard) }
}

fn utterance(element: roxmltree::Node<'_, '_>) -> Option<Utterance> {
    let text = element.text().unwrap_or_default().trim().to_owned();
    match element.tag_name().name() {
        "Play" if !text.is_empty() => Some(Utterance::Play { url: text }),
        "Say" if !text.is_empty() => {
            let voice = element.attribute("voice").unwrap_or(VOICE).into();
            Some(Utterance::Say { parts: vec![SpeechPart::Text(text)], voice })
        }
        "Pause" => {
            let seconds: u64 = element.attribute("length").and_then(|length| length.parse().ok()).unwrap_or(1);
            Some(Utterance::Pause { millis: seconds.saturating_mul(1000) })
        }
        _ => None,
    }
}
