//! Links to recordings, and whoever follows them.
//!
//! What a flow hands on is not the provider's URL of a recording but one of ours: the provider's asks responders for the
//! account's credentials where the account protects its audio. A link is valid as long as its flow is served and the
//! token that made its tag is in use; nothing is kept for it, and nothing is changed by it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::Core;
use crate::engine::event::EventKind;
use crate::http::range::{Wanted, wanted};
use crate::http::{Held, Method, Request, Response};
use crate::provider::{Audio, NoAudio, Route};

/// How many recordings may be on their way at the same time, each with its audio in memory: webhooks come first.
pub(super) const MOST: usize = 8;
/// How long somebody may take to read one.
const LONGEST: Duration = Duration::from_mins(2);
/// After how many seconds another try is worth it.
const RETRY_AFTER: &str = "5";

impl Core {
    /// An event as the flow is to know it: a recording is where our link leads.
    pub(super) fn with_link(&self, flow: &str, mut event: EventKind) -> EventKind {
        if let EventKind::Recorded { sid, url, .. } = &mut event
            && let Some(tag) = self.provider.tag(flow, sid)
        {
            let route = Route::Recording { flow: flow.to_owned(), recording: sid.clone(), tag };
            *url = format!("{}{route}", self.behaviour.public_url.trim_end_matches('/'));
        }
        event
    }
}

/// Answers whoever follows a link.
pub(super) async fn answer(core: &Arc<Core>, link: (&str, &str, &str), request: &Request) -> Response {
    let (flow, recording, tag) = link;
    if !matches!(request.method, Method::Get | Method::Head) {
        let mut response = Response::text(405, "a recording is for listening\n");
        response.headers.push("allow", "GET, HEAD");
        return response;
    }
    // Whether it is the flow, the recording or the tag that is wrong is nobody's business.
    if core.lines.current(flow).is_none() || !core.provider.is_tag(flow, recording, tag) {
        return Response::text(404, "no such page\n");
    }
    let Ok(place) = Arc::clone(&core.listeners).try_acquire_owned() else {
        tracing::warn!(%flow, recording, "too many listen to recordings: one has to wait");
        return later("Too many people are listening right now. Please try again in a few seconds.\n");
    };
    match fetch(core, recording.to_owned(), place).await {
        Some((Ok(audio), place)) => {
            let mut response = part(recording, audio, request);
            response.held = Some(Held::new(place, LONGEST));
            response
        }
        Some((Err(why), _)) => failure(why),
        None => later("Please try again in a few seconds.\n"),
    }
}

/// The audio, fetched in a task of the server, which holds the place even if whoever asked is gone.
async fn fetch(
    core: &Arc<Core>,
    recording: String,
    place: OwnedSemaphorePermit,
) -> Option<(Result<Audio, NoAudio>, OwnedSemaphorePermit)> {
    let (server, work) = (Arc::clone(core), core.busy.work());
    let task = async move {
        let _work = work;
        (server.provider.recording(&recording).await, place)
    };
    // None: the server is being stopped.
    core.tasks.spawn(task).await.ok().flatten()
}

/// The audio, or the part of it that is wanted (RFC 9110, section 14).
fn part(recording: &str, audio: Audio, request: &Request) -> Response {
    let Audio { kind, bytes } = audio;
    let length = bytes.len();
    // Ranges are for GET only; and `If-Range` names a version of the audio, of which we have never named any.
    let ranges = request.method == Method::Get && request.headers.get("if-range").is_none();
    let (mut response, range) = match wanted(request.headers.get("range").filter(|_| ranges), length) {
        Wanted::Whole => (Response::new(200, &kind, bytes), None),
        Wanted::Part(part) => {
            let range = format!("bytes {}-{}/{length}", part.start(), part.end());
            (Response::new(206, &kind, bytes.get(part).unwrap_or_default()), Some(range))
        }
        Wanted::Beyond => (Response::text(416, "the recording ends before that\n"), Some(format!("bytes */{length}"))),
    };
    if let Some(range) = range {
        response.headers.push("content-range", range);
    }
    let name = if kind == "audio/mpeg" { format!("{recording}.mp3") } else { recording.to_owned() };
    response.headers.push("accept-ranges", "bytes");
    response.headers.push("cache-control", "private");
    response.headers.push("content-disposition", format!("inline; filename=\"{name}\""));
    response.headers.push("x-content-type-options", "nosniff");
    response
}

/// What somebody reads who opens a link behind which there is no audio.
fn failure(why: NoAudio) -> Response {
    match why {
        // The provider knows nothing of it: there is nothing to wait for.
        NoAudio::Gone => without_cache(Response::text(404, "This recording does not exist any more.\n")),
        // The provider knows of it and has not finished it: the same link will do.
        NoAudio::NotReady => later("The recording is not ready yet. Please try again in a few seconds.\n"),
        NoAudio::Refused => {
            let words =
                "The recording cannot be fetched from the telephone provider right now. Please try again later.\n";
            without_cache(Response::text(502, words))
        }
    }
}

fn later(words: &str) -> Response {
    let mut response = without_cache(Response::text(503, words));
    response.headers.push("retry-after", RETRY_AFTER);
    response
}

/// What is so now may be otherwise in a moment.
fn without_cache(mut response: Response) -> Response {
    response.headers.push("cache-control", "no-store");
    response
}

#[cfg(test)]
mod tests;
