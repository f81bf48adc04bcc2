//! An HTTP server around one handler: the home of actix-web.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::{ServerHandle, Service as _};
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

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
        App::new()
            .app_data(web::PayloadConfig::new(limits.body))
            .wrap_fn(|request, service| service.call(request))
            .default_service(web::to(move |request: HttpRequest, body: Result<web::Bytes, actix_web::Error>| {
                answer(Arc::clone(&handler), request, body)
            }))
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
    builder.body(response.body)
}
