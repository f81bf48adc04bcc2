//! Replies of the API.

use serde_json::{Value, json};

use super::Asked;
use crate::http::Response;

/// A request that is not answered with what it asked for.
pub(super) enum Answer {
    /// 404 and 20404.
    Missing,
    /// 400 with the provider's error code.
    Refused(u32, String),
}

impl Answer {
    pub(super) fn refused(code: u32, text: impl Into<String>) -> Self {
        Self::Refused(code, text.into())
    }
}

/// What a request is answered with.
pub(super) type Outcome = Result<Response, Answer>;

pub(super) fn ok(status: u16, value: &Value) -> Response {
    Response::new(status, "application/json;charset=utf-8", value.to_string())
}

/// An error in the provider's form.
pub(super) fn refused(status: u16, code: u32, text: &str) -> Response {
    let more = format!("https://www.twilio.com/docs/errors/{code}");
    ok(status, &json!({ "code": code, "message": text, "more_info": more, "status": status }))
}

pub(super) fn not_found(path: &str) -> Response {
    refused(404, 20_404, &format!("The requested resource {path} was not found"))
}

/// One page of a list.
pub(super) fn page(name: &str, all: Vec<Value>, asked: &Asked<'_>) -> Response {
    let number = |name| asked.query(name).and_then(|text| text.parse::<usize>().ok());
    let size = number("PageSize").unwrap_or(50).clamp(1, 1000);
    let page = number("Page").unwrap_or(0);
    let start = page.saturating_mul(size);
    let more = all.len() > start.saturating_add(size);
    let items: Vec<Value> = all.into_iter().skip(start).take(size).collect();
    let path = asked.target.split('?').next().unwrap_or_default();
    let uri = |page: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let kept = asked.query.iter().filter(|(name, _)| name != "Page" && name != "PageSize");
        query.extend_pairs(kept).append_pair("PageSize", &size.to_string()).append_pair("Page", &page.to_string());
        format!("{path}?{}", query.finish())
    };
    let previous = page.checked_sub(1).map(&uri);
    let mut envelope = json!({
        "first_page_uri": uri(0),
        "next_page_uri": more.then(|| uri(page + 1)),
        "previous_page_uri": previous,
        "page": page,
        "page_size": size,
        "start": start,
        "end": start + items.len().saturating_sub(1),
        "uri": asked.target,
    });
    if let Some(envelope) = envelope.as_object_mut() {
        envelope.insert(name.to_owned(), Value::Array(items));
    }
    ok(200, &envelope)
}
