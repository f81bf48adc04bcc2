//! HTTP, in and out: the only modules that know actix-web ([`server`]) and reqwest ([`client`]).
//!
//! The rest of the program sees plain requests and responses, so that the server's routes, the simulator of the
//! provider's API and the stand-ins of outside services are all made of the same two pieces.

pub mod address;
pub mod client;
mod pieces;
pub mod range;
pub mod server;

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Header fields in the order of the message; names compare without case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first value of a header.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Adds a header.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }
}

/// Request methods that occur here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Delete,
    Other,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Other => "OTHER",
        })
    }
}

/// A request that came in.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query exactly as they stood on the request line, percent-encoding untouched.
    pub target: String,
    /// The header; values that are no text are lossy.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The path without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query without the `?`; empty if there is none.
    #[must_use]
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// A response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
    /// What is held until the body has left.
    pub held: Option<Held>,
}

/// Something that is held until a response has left, such as a place among those that may leave at the same time; it is
/// let go, too, when whoever asked is gone, or takes too long to read.
#[derive(Clone)]
pub struct Held {
    what: Arc<dyn Any + Send + Sync>,
    at_most: Duration,
}

impl Held {
    /// Holds something for so long at most, in real time; then the rest of the response is given up.
    pub fn new(what: impl Send + Sync + 'static, at_most: Duration) -> Self {
        Self { what: Arc::new(what), at_most }
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("at_most", &self.at_most).finish_non_exhaustive()
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.what, &other.what)
    }
}

impl Eq for Held {}

impl Response {
    /// A response with a body of a content type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut headers = Headers::default();
        headers.push("content-type", content_type);
        Self { status, headers, body: body.into(), held: None }
    }

    /// A short text.
    #[must_use]
    pub fn text(status: u16, text: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text)
    }

    /// A status without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, ..Self::default() }
    }
}
