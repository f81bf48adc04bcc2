//! Requests to the outside: the home of reqwest.
//!
//! A [`Failure`] says what is known about the other side, because a message that was lost is not a message that was
//! refused.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;
use url::{Host, Url};

use super::address::is_public;
use super::{Headers, Method, Response};

/// Which redirects are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// None: the 3xx itself is the response.
    Refused,
    /// Up to five to the same scheme, host and port; one to elsewhere, or a sixth, is the response.
    SameOrigin,
    /// Up to five to wherever they lead, but never from https to http, nor to another scheme than these; to another
    /// scheme, host or port without credentials, also on the way back (RFC 9110, section 15.4). For requests that read.
    Anywhere,
}

/// The header fields that are meant for one host only, in lower case.
const CREDENTIALS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

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
    #[error("the reply is larger than {largest} bytes")]
    TooLarge {
        /// Its status, which came before.
        status: u16,
        /// How many bytes were accepted.
        largest: usize,
    },
    /// The host is not of the public internet, and the client keeps to that.
    #[error("{0} is no public address")]
    Private(String),
}

/// How a client connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether it connects only to addresses of the public internet.
    pub public_only: bool,
    /// Whether connections are kept for later requests. The other side may close such a connection just as a request
    /// is written to it; then it is unknown whether the request arrived.
    pub reuse: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { public_only: false, reuse: true }
    }
}

/// A client; clones share its connections.
#[derive(Debug, Clone)]
pub struct Client {
    inner: reqwest::Client,
    public_only: bool,
}

impl Client {
    /// A client with its own connections. Fails only if the TLS library cannot be set up.
    pub fn new() -> Result<Self, Failure> {
        Self::with(Options::default())
    }

    /// A client with its own connections that connects in a certain way.
    pub fn with(options: Options) -> Result<Self, Failure> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(Duration::from_secs(5))
            .no_proxy();
        if options.public_only {
            builder = builder.dns_resolver(Arc::new(PublicOnly));
        }
        if !options.reuse {
            builder = builder.pool_max_idle_per_host(0);
        }
        let inner = builder.build().map_err(|error| Failure::Connect(describe(&error)))?;
        Ok(Self { inner, public_only: options.public_only })
    }

    /// Sends a request and reads the whole response.
    pub async fn send(&self, outgoing: Outgoing) -> Result<Response, Failure> {
        let limit = outgoing.timeout;
        tokio::time::timeout(limit, self.follow(outgoing)).await.unwrap_or(Err(Failure::Timeout))
    }

    async fn follow(&self, mut outgoing: Outgoing) -> Result<Response, Failure> {
        let mut followed = 0;
        loop {
            let response = self.exchange(&outgoing).await?;
            let redirected = matches!(response.status, 301 | 302 | 303 | 307 | 308);
            let location = response.headers.get("location").filter(|_| redirected && followed < 5);
            match location.and_then(|location| next(&outgoing, location)) {
                Some(next) => outgoing = next,
                None => return Ok(response),
            }
            followed += 1;
        }
    }

    async fn exchange(&self, outgoing: &Outgoing) -> Result<Response, Failure> {
        let url = Url::parse(&outgoing.url).map_err(|error| Failure::Url(error.to_string()))?;
        if self.public_only {
            refuse_literal(&url)?;
        }
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
    let too_large = Failure::TooLarge { status, largest };
    if response.content_length().is_some_and(|length| usize::try_from(length).map_or(true, |length| length > largest)) {
        return Err(too_large);
    }
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
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response { status, headers: Headers(headers), body, held: None })
}

/// The request that follows from a redirect, if it is to be followed.
fn next(outgoing: &Outgoing, location: &str) -> Option<Outgoing> {
    let from = Url::parse(&outgoing.url).ok()?;
    let to = from.join(location).ok()?;
    let stays = to.origin() == from.origin();
    let safe = matches!((from.scheme(), to.scheme()), (_, "https") | ("http", "http"));
    let followed = match outgoing.redirects {
        Redirects::Refused => false,
        Redirects::SameOrigin => stays,
        Redirects::Anywhere => stays || safe,
    };
    let mut next = Outgoing { url: to.into(), ..outgoing.clone() };
    if !stays {
        next.headers.0.retain(|(name, _)| !CREDENTIALS.contains(&name.to_ascii_lowercase().as_str()));
    }
    followed.then_some(next)
}

/// Hosts that are addresses are never looked up, so [`PublicOnly`] does not see them.
fn refuse_literal(url: &Url) -> Result<(), Failure> {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => address.into(),
        Some(Host::Ipv6(address)) => address.into(),
        Some(Host::Domain(_)) | None => return Ok(()),
    };
    if is_public(address) { Ok(()) } else { Err(Failure::Private(address.to_string())) }
}

/// Looks names up as the system does, and leaves out addresses that are not public: what is not handed out is not
/// connected to, whatever the name meant a moment ago.
#[derive(Debug)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let all = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = all.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(Box::new(NoPublicAddress(name.as_str().to_owned())) as _);
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// A name without a public address.
#[derive(Debug, Error)]
#[error("`{0}` has no public address")]
struct NoPublicAddress(String);

fn failure(error: &reqwest::Error) -> Failure {
    if let Some(NoPublicAddress(name)) = find(error) {
        Failure::Private(name.clone())
    } else if error.is_connect() {
        Failure::Connect(describe(error))
    } else if error.is_builder() || error.is_request() && error.url().is_none() {
        Failure::Url(describe(error))
    } else if error.is_timeout() {
        Failure::Timeout
    } else {
        Failure::Lost(describe(error))
    }
}

/// A cause of a certain type.
fn find<'e, E: std::error::Error + 'static>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e E> {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(found) = inner.downcast_ref() {
            return Some(found);
        }
        cause = inner.source();
    }
    None
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{Client, Failure, Options, Outgoing, Redirects, next};
    use crate::http::server::{Limits, serve};
    use crate::http::{Method, Response};

    #[tokio::test]
    async fn a_client_of_the_public_internet_says_what_it_refused() {
        let client = Client::with(Options { public_only: true, reuse: true }).unwrap();
        let refused = |host: &str| client.send(Outgoing::new(Method::Get, format!("http://{host}:9/x?key=s3cret")));
        assert_eq!(refused("localhost").await, Err(Failure::Private("localhost".into())));
        assert_eq!(refused("127.1").await, Err(Failure::Private("127.0.0.1".into())));
        assert_eq!(refused("[::1]").await, Err(Failure::Private("::1".into())));
    }

    #[tokio::test]
    async fn a_failure_does_not_show_the_url() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let url = format!("http://{free}/hook?key=s3cret");
        let failure = Client::new().unwrap().send(Outgoing::new(Method::Get, url)).await.unwrap_err();
        assert!(matches!(failure, Failure::Connect(_)), "{failure:?}");
        assert!(!format!("{failure:?} {failure}").contains("s3cret"));
    }

    #[test]
    fn a_redirect_takes_credentials_nowhere_else() {
        let mut first = Outgoing::new(Method::Get, "https://api.example.com/a/b");
        first.headers.push("Authorization", "Basic c2VjcmV0");
        first.headers.push("accept", "audio/*");
        first.redirects = Redirects::Anywhere;
        let authorized = |request: &Outgoing| request.headers.get("authorization").is_some();

        let same = next(&first, "c?d").unwrap();
        assert_eq!((same.url.as_str(), authorized(&same)), ("https://api.example.com/a/c?d", true));
        for elsewhere in ["https://store.example.com/x", "https://api.example.com:8443/x", "//store.example.com/x"] {
            let second = next(&first, elsewhere).unwrap();
            assert!(!authorized(&second), "{elsewhere}");
            assert_eq!(second.headers.get("accept"), Some("audio/*"));
            assert!(!authorized(&next(&second, "https://api.example.com/a/b").unwrap()), "nor back");
        }
        for unsafe_one in ["http://api.example.com/a", "file:///etc/passwd", "ftp://api.example.com/", "data:,x", "//"]
        {
            assert!(next(&first, unsafe_one).is_none(), "{unsafe_one}");
        }
    }

    #[test]
    fn other_requests_do_not_leave_their_host() {
        let mut first = Outgoing::new(Method::Get, "http://one.example.com/");
        assert!(next(&first, "/elsewhere").is_none());
        first.redirects = Redirects::SameOrigin;
        assert_eq!(next(&first, "/elsewhere").unwrap().url, "http://one.example.com/elsewhere");
        assert!(next(&first, "http://two.example.com/").is_none());
    }

    #[tokio::test]
    async fn redirects_come_to_an_end() {
        let asked = Arc::new(AtomicUsize::new(0));
        let handler = {
            let asked = Arc::clone(&asked);
            move |_| {
                asked.fetch_add(1, Ordering::SeqCst);
                let mut response = Response::empty(302);
                response.headers.push("location", "/again");
                async move { response }
            }
        };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let server = serve(listener, Arc::new(handler), Limits { workers: 1, ..Limits::default() }).unwrap();
        let mut request = Outgoing::new(Method::Get, format!("http://{}/", server.address));
        request.redirects = Redirects::Anywhere;
        assert_eq!(Client::new().unwrap().send(request).await.unwrap().status, 302);
        assert_eq!(asked.load(Ordering::SeqCst), 6);
        server.kill().await;
    }
}
