//! A small HTTP/1.1 server that can do what no real one would offer: hang up, talk nonsense, say half of a reply.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Path and query, as they stood on the request line.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    /// The query without the `?`.
    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// What comes back.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A reply with a body.
    Reply { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// Bytes, and then nothing more.
    Bytes(Vec<u8>),
    /// The connection is closed.
    HangUp,
}

impl Answer {
    /// A reply with one header.
    pub(crate) fn of(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self::Reply { status, headers, body: body.into() }
    }

    /// A reply in JSON.
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::of(status, "application/json", body.to_string())
    }

    /// As it goes over the wire.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::HangUp => Vec::new(),
            Self::Bytes(bytes) => bytes.clone(),
            Self::Reply { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} As-Told\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.extend([name, ": ", value, "\r\n"]);
                }
                head.push_str("\r\n");
                [head.as_bytes(), body].concat()
            }
        }
    }
}

/// An answer in the making. It is dropped when whoever asked has gone.
pub(crate) type Making = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A server; it stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves on a free local port.
pub(crate) async fn serve(handler: impl Fn(Asked) -> Making + Send + Sync + 'static) -> Server {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let handler = Arc::new(handler);
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let handler = Arc::clone(&handler);
            // A connection that breaks is the business of whoever opened it.
            tokio::spawn(async move { drop(converse(stream, &*handler).await) });
        }
    });
    Server { address, task }
}

async fn converse(mut stream: TcpStream, handler: &(impl Fn(Asked) -> Making + Sync)) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut read = Vec::new();
    while let Some(asked) = next(&mut stream, &mut read).await? {
        let answer = tokio::select! {
            answer = handler(asked) => answer,
            () = gone(&stream) => return Ok(()),
        };
        stream.write_all(&answer.bytes()).await?;
        if !matches!(answer, Answer::Reply { .. }) {
            return stream.shutdown().await;
        }
    }
    Ok(())
}

/// Comes to an end when the other side has closed the connection.
async fn gone(stream: &TcpStream) {
    let mut one = [0];
    if matches!(stream.peek(&mut one).await, Ok(count) if count > 0) {
        // The next request already: whoever sends it is there.
        std::future::pending::<()>().await;
    }
}

/// The next request of a connection; none when it was closed between two.
async fn next(stream: &mut TcpStream, read: &mut Vec<u8>) -> io::Result<Option<Asked>> {
    let head_end = loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(read).await? == 0 {
            return Ok(None);
        }
    };
    let head: Vec<u8> = read.drain(..head_end).collect();
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.trim_end().split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let pairs = lines.filter_map(|line| line.split_once(':'));
    let headers: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
    let mut asked = Asked { method: method.to_owned(), target: target.to_owned(), headers, body: Vec::new() };
    let length: usize = asked.header("content-length").and_then(|length| length.parse().ok()).unwrap_or_default();
    while read.len() < length {
        if stream.read_buf(read).await? == 0 {
            return Ok(None);
        }
    }
    asked.body = read.drain(..length).collect();
    Ok(Some(asked))
}
