//! An HTTP server around one handler: the home of actix-web.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;

use actix_web::body::SizedStream;
use actix_web::dev::ServerHandle;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use futures_util::StreamExt as _;

use super::pieces::Pieces;
use super::{Headers, Method, Request, Response};

/// The answer of a handler, in the making.
pub type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// What answers requests.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request. Must not panic; every outcome is a response.
    fn handle(&self, request: Request) -> Answer;
}

impl<F, A> Handler for F
where
    F: Fn(Request) -> A + Send + Sync + 'static,
    A: Future<Output = Response> + Send + 'static,
{
    fn handle(&self, request: Request) -> Answer {
        Box::pin(self(request))
    }
}

/// How a server is to run.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Worker threads.
    pub workers: usize,
    /// Largest accepted body in bytes; more is answered 413.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { workers: 2, body: 64 * 1024 }
    }
}

/// A running server; dropping it does not stop it.
#[derive(Debug)]
pub struct Running {
    /// The address it listens on.
    pub address: SocketAddr,
    handle: ServerHandle,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// Stops accepting, lets requests under way finish, and waits for that.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        // The task's own result says no more than that it has ended.
        let _ = self.task.await;
    }

    /// Stops at once, requests under way included.
    pub async fn kill(self) {
        self.handle.stop(false).await;
        let _ = self.task.await;
    }
}

/// Serves `handler` on `listener` in the current tokio runtime.
pub fn serve(listener: TcpListener, handler: Arc<dyn Handler>, limits: Limits) -> std::io::Result<Running> {
    let address = listener.local_addr()?;
    let server = HttpServer::new(move || {
        let handler = Arc::clone(&handler);
        App::new().app_data(web::PayloadConfig::new(limits.body)).default_service(web::to(
            move |request: HttpRequest, body: Result<web::Bytes, actix_web::Error>| {
                answer(Arc::clone(&handler), request, body)
            },
        ))
    })
    .workers(limits.workers)
    .disable_signals()
    .shutdown_timeout(15)
    .listen(listener)?
    .run();
    let handle = server.handle();
    let task = tokio::spawn(server);
    Ok(Running { address, handle, task })
}

async fn answer(
    handler: Arc<dyn Handler>,
    request: HttpRequest,
    body: Result<web::Bytes, actix_web::Error>,
) -> HttpResponse {
    let body = match body {
        Ok(body) => body.to_vec(),
        // Too large, cut off or not decodable: actix knows the status.
        Err(error) => return HttpResponse::build(error.as_response_error().status_code()).finish(),
    };
    let response = handler.handle(incoming(&request, body)).await;
    outgoing(response)
}

fn incoming(request: &HttpRequest, body: Vec<u8>) -> Request {
    let method = match request.method().as_str() {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        _ => Method::Other,
    };
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    Request { method, target, headers: Headers(headers), body }
}

fn outgoing(response: Response) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(response.status)
        .unwrap_or(actix_web::http::StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    for (name, value) in &response.headers.0 {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str())) {
            // `content-type` must replace what actix would choose itself.
            if name == CONTENT_TYPE {
                builder.insert_header((name, value))
            } else {
                builder.append_header((name, value))
            };
        }
    }
    let Some(held) = response.held else { return builder.body(response.body) };
    let size = response.body.len() as u64;
    let pieces = Pieces::new(response.body, held).map(|piece| piece.map(web::Bytes::from));
    builder.body(SizedStream::new(size, pieces))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::{Limits, Running, serve};
    use crate::http::{Held, Request, Response};

    const SIZE: usize = 8 * 1024 * 1024;

    /// A server of one page, and what is held as long as a response is under way.
    fn server(at_most: Duration) -> (Running, Arc<()>) {
        let place = Arc::new(());
        let handler = {
            let place = Arc::clone(&place);
            move |_: Request| {
                let mut response = Response::new(200, "audio/mpeg", vec![7; SIZE]);
                response.held = Some(Held::new(Arc::clone(&place), at_most));
                async move { response }
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        (serve(listener, Arc::new(handler), Limits { workers: 1, ..Limits::default() }).unwrap(), place)
    }

    async fn ask(server: &Running, method: &str) -> TcpStream {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = format!("{method} / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    async fn is_let_go(place: &Arc<()>) {
        // One is the handler's own, one the test's.
        while Arc::strong_count(place) > 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    #[tokio::test]
    async fn a_held_body_arrives_as_it_is_and_not_at_all_for_head() {
        let (server, place) = server(Duration::from_mins(1));
        for (method, size) in [("GET", SIZE), ("HEAD", 0)] {
            let mut bytes = Vec::new();
            ask(&server, method).await.read_to_end(&mut bytes).await.unwrap();
            let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_ascii_lowercase();
            assert!(head.contains(&format!("content-length: {SIZE}\r\n")), "{head}");
            assert_eq!(bytes.len() - end, size, "{method}");
            is_let_go(&place).await;
        }
        server.kill().await;
    }

    #[tokio::test]
    async fn whoever_does_not_read_on_is_given_up() {
        let (server, place) = server(Duration::from_millis(50));
        let mut stalled = ask(&server, "GET").await;
        assert_eq!(stalled.read_u8().await.unwrap(), b'H');
        is_let_go(&place).await;
        let mut rest = Vec::new();
        let _ = stalled.read_to_end(&mut rest).await;
        assert!(rest.len() < SIZE, "the rest has not been sent");
        server.kill().await;
    }
}
