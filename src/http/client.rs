//! Requests to the outside: the home of reqwest.
//!
//! A [`Failure`] says what is known about the other side, because a message that was lost is not a message that was
//! refused.

use std::time::Duration;

use futures_util::StreamExt as _;
use thiserror::Error;
use url::Url;

use super::{Headers, Method, Response};

/// Which redirects are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// None: the 3xx itself is the response.
    Refused,
    /// Up to five to the same scheme, host and port; one to elsewhere is [`Failure::Redirect`].
    SameOrigin,
}

/// A request to be sent.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: String,
    /// The header.
    pub headers: Headers,
    /// The body, if any.
    pub body: Option<Vec<u8>>,
    /// The limit for the whole exchange, in real time.
    pub timeout: Duration,
    /// The largest accepted body of the response, in bytes.
    pub largest: usize,
    /// Redirects.
    pub redirects: Redirects,
}

impl Outgoing {
    /// A request with an 8 s limit, a 2 MB response and no redirects.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Headers::default(),
            body: None,
            timeout: Duration::from_secs(8),
            largest: 2 * 1024 * 1024,
            redirects: Redirects::Refused,
        }
    }
}

/// Why there is no response.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The URL cannot be requested.
    #[error("not a URL that can be requested: {0}")]
    Url(String),
    /// No connection: nothing was sent.
    #[error("no connection: {0}")]
    Connect(String),
    /// Time ran out; whether it arrived is unknown.
    #[error("no reply in time")]
    Timeout,
    /// The connection broke after something was sent; whether it arrived is unknown.
    #[error("the reply was lost: {0}")]
    Lost(String),
    /// The response is larger than accepted.
    #[error("the reply is larger than {0} bytes")]
    TooLarge(usize),
    /// A redirect that is not followed.
    #[error("redirected to {0}")]
    Redirect(String),
}

/// A client; clones share its connections.
#[derive(Debug, Clone)]
pub struct Client {
    inner: reqwest::Client,
}

impl Client {
    /// A client with its own connections. Fails only if the TLS library cannot be set up.
    pub fn new() -> Result<Self, Failure> {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .no_proxy()
            .build()
            .map(|inner| Self { inner })
            .map_err(|error| Failure::Connect(describe(&error)))
    }

    /// Sends a request and reads the whole response.
    pub async fn send(&self, outgoing: Outgoing) -> Result<Response, Failure> {
        let limit = outgoing.timeout;
        tokio::time::timeout(limit, self.follow(outgoing)).await.unwrap_or(Err(Failure::Timeout))
    }

    async fn follow(&self, mut outgoing: Outgoing) -> Result<Response, Failure> {
        for _ in 0..=5 {
            let response = self.exchange(&outgoing).await?;
            let redirected = matches!(response.status, 301 | 302 | 303 | 307 | 308);
            if !redirected || outgoing.redirects == Redirects::Refused {
                return Ok(response);
            }
            outgoing.url = next_url(&outgoing.url, response.headers.get("location").unwrap_or_default())?;
        }
        Err(Failure::Redirect(outgoing.url))
    }

    async fn exchange(&self, outgoing: &Outgoing) -> Result<Response, Failure> {
        let url = Url::parse(&outgoing.url).map_err(|error| Failure::Url(error.to_string()))?;
        let method = match outgoing.method {
            Method::Get => reqwest::Method::GET,
            Method::Head => reqwest::Method::HEAD,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
            Method::Other => return Err(Failure::Url("unknown method".to_owned())),
        };
        let mut request = self.inner.request(method, url);
        for (name, value) in &outgoing.headers.0 {
            request = request.header(name, value);
        }
        if let Some(body) = &outgoing.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.map_err(|error| failure(&error))?;
        read(response, outgoing.largest).await
    }
}

async fn read(response: reqwest::Response, largest: usize) -> Result<Response, Failure> {
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| failure(&error))?;
        if body.len() + chunk.len() > largest {
            return Err(Failure::TooLarge(largest));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response { status, headers: Headers(headers), body })
}

/// The target of a redirect, if it stays on the same scheme, host and port.
fn next_url(from: &str, location: &str) -> Result<String, Failure> {
    let base = Url::parse(from).map_err(|error| Failure::Url(error.to_string()))?;
    let to = base.join(location).map_err(|error| Failure::Url(error.to_string()))?;
    if to.origin() == base.origin() { Ok(to.into()) } else { Err(Failure::Redirect(to.into())) }
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_connect() {
        Failure::Connect(describe(error))
    } else if error.is_builder() || error.is_request() && error.url().is_none() {
        Failure::Url(describe(error))
    } else if error.is_timeout() {
        Failure::Timeout
    } else {
        Failure::Lost(describe(error))
    }
}

/// The innermost cause, without the URL: a URL may carry a secret path.
fn describe(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text = cause.to_string();
    error.url().map_or_else(|| text.clone(), |url| text.replace(url.as_str(), "the URL"))
}
