//! What a service is told to answer.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use crate::proving::http::Answer;
use crate::proving::sentence;

/// One reply.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// As the service usually does.
    Usual,
    /// A status and JSON.
    Status(u16, Value),
    /// JSON with status 200.
    Json(Value),
    /// A list of the service without anything in it.
    Empty,
    /// Status 200 and a page that is no JSON.
    Nonsense,
    /// Bytes that are no HTTP.
    NoHttp,
    /// JSON of 50 MB.
    Huge,
    /// The connection is closed without a word.
    HangUp,
    /// The connection is closed in the middle of the reply.
    Half,
    /// Nothing, and the connection stays open.
    Never,
    /// A redirect.
    Redirect(String),
    /// The server under test is killed while it waits for this reply, and started again.
    Crash,
    /// Another reply, later by the virtual clock.
    After(Duration, Box<Self>),
}

/// `503 then 200 {"link": "…"} then after 12s as usual`.
pub(super) fn replies(text: &str) -> Result<VecDeque<Reply>, String> {
    let mut replies = VecDeque::new();
    let mut rest = text.trim();
    loop {
        let (reply, behind) = reply(rest).ok_or_else(|| format!("`{rest}` is no reply"))?;
        replies.push_back(reply);
        rest = behind.trim_start();
        if rest.is_empty() {
            return Ok(replies);
        }
        rest = rest.strip_prefix("then ").ok_or_else(|| format!("`then` is missing before `{rest}`"))?.trim_start();
    }
}

/// The reply at the beginning of a text, and what is left.
fn reply(text: &str) -> Option<(Reply, &str)> {
    let fixed = [
        ("as usual", Reply::Usual),
        ("empty", Reply::Empty),
        ("nonsense", Reply::Nonsense),
        ("no HTTP", Reply::NoHttp),
        ("50 MB", Reply::Huge),
        ("a hang-up", Reply::HangUp),
        ("half a reply", Reply::Half),
        ("nothing", Reply::Never),
        ("a crash of the server", Reply::Crash),
    ];
    for (words, reply) in fixed {
        if let Some(rest) = text.strip_prefix(words) {
            return Some((reply, rest));
        }
    }
    if let Some(rest) = text.strip_prefix("after ") {
        let (length, rest) = rest.split_once(' ')?;
        let (then, rest) = reply(rest)?;
        return Some((Reply::After(sentence::time(length)?, Box::new(then)), rest));
    }
    if let Some(rest) = text.strip_prefix("a joke of ") {
        let (length, rest) = rest.split_once(" characters")?;
        let joke = "ha ".repeat(length.parse::<usize>().ok()? / 3);
        return Some((Reply::Json(json!({ "id": "long", "joke": joke, "status": 200 })), rest));
    }
    if let Some(rest) = text.strip_prefix("a redirect to ") {
        let (url, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        return Some((Reply::Redirect(url.to_owned()), rest));
    }
    if text.starts_with(['{', '[']) {
        return sentence::json(text).map(|(value, rest)| (Reply::Json(value), rest));
    }
    let (status, rest) = text.split_at_checked(3)?;
    let status = status.parse().ok()?;
    match sentence::json(rest.trim_start()).filter(|(value, _)| !value.is_number()) {
        Some((value, rest)) => Some((Reply::Status(status, value), rest)),
        None => Some((Reply::Status(status, json!({ "code": status, "reason": "As told" })), rest)),
    }
}

impl Reply {
    /// What goes over the wire; `usual` is what the service would say by itself.
    pub(super) fn answer(self, usual: Answer) -> Answer {
        match self {
            Self::Usual => usual,
            Self::Status(status, body) => Answer::json(status, &body),
            Self::Json(body) => Answer::json(200, &body),
            Self::Empty => empty(usual),
            Self::Nonsense => Answer::of(200, "text/html", "<!DOCTYPE html><title>Sign in</title>{{nonsense}}"),
            Self::NoHttp => Answer::Bytes(b"220 smtp.example.com ready\r\n".to_vec()),
            Self::Huge => {
                let body = format!("{{\"data\":[],\"link\":\"http://x/{}\"}}", "x".repeat(50_000_000));
                Answer::of(200, "application/json", body)
            }
            Self::Half => {
                let whole = usual.bytes();
                Answer::Bytes(whole[..whole.len() - 5].to_vec())
            }
            Self::Redirect(url) => {
                Answer::Reply { status: 302, headers: vec![("Location".to_owned(), url)], body: Vec::new() }
            }
            Self::HangUp | Self::Never | Self::Crash => Answer::HangUp,
            Self::After(..) => unreachable!("delays are taken off before"),
        }
    }
}

/// The usual list without anything in it.
fn empty(usual: Answer) -> Answer {
    let Answer::Reply { body, .. } = &usual else { return usual };
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Array(_)) => Answer::json(200, &json!([])),
        _ => Answer::json(200, &json!({ "count": 0, "total": 0, "data": [] })),
    }
}

#[cfg(test)]
mod tests {
    use super::{Reply, replies};

    #[test]
    fn replies_are_read_one_after_the_other() {
        let list =
            replies(r#"503 then 200 {"a": "then"} then after 12s {"b": 1} then a redirect to http://x/ then as usual"#);
        let list = list.unwrap();
        assert!(matches!(&list[0], Reply::Status(503, _)));
        assert!(matches!(&list[1], Reply::Status(200, body) if body["a"] == "then"));
        assert!(matches!(&list[2], Reply::After(length, _) if length.as_secs() == 12));
        assert!(matches!(&list[3], Reply::Redirect(url) if url == "http://x/"));
        assert!(matches!(&list[4], Reply::Usual));
        assert_eq!(replies("503 and 500").unwrap_err(), "`then` is missing before `and 500`");
    }
}
