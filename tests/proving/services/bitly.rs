//! Bitly, version 4 of its API: <https://dev.bitly.com/api-reference/#createBitlink>.

use serde_json::json;

use super::{Request, State};
use crate::proving::http::{Answer, Asked};

pub(super) fn operation(asked: &Asked) -> Option<&'static str> {
    (asked.method == "POST" && asked.target == "/v4/shorten").then_some("bitly.shorten")
}

pub(super) fn answer(state: &mut State, request: &Request) -> Answer {
    let wanted = format!("Bearer {}", state.keys.bitly_token);
    if request.asked.header("authorization") != Some(wanted.as_str()) {
        state.complaints.push("bitly.shorten: wrong token".to_owned());
        return Answer::json(403, &json!({ "message": "FORBIDDEN", "resource": "bitlinks", "description": "…" }));
    }
    let long = request.body.as_ref().and_then(|body| body["long_url"].as_str());
    if !long.is_some_and(|long| long.starts_with("http")) {
        state.complaints.push("bitly.shorten: `long_url` is no URL".to_owned());
        return Answer::json(400, &json!({ "message": "INVALID_ARG_LONG_URL", "resource": "bitlinks" }));
    }
    Answer::json(
        200,
        &json!({ "created_at": "2026-03-02T14:00:00+0000", "id": "bit.ly/2sjdsis2", "link": "https://bit.ly/2sjdsis2",
                 "custom_bitlinks": [], "long_url": long, "archived": false, "tags": [], "deeplinks": [],
                 "references": { "group": "https://api-ssl.bitly.com/v4/groups/Bi1aaaaaaaa" } }),
    )
}
