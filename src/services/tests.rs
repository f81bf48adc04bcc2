//! Requests against real servers on loopback, well-behaved and not.

mod encoding;
mod misbehaving;

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::{Policy, Services};
use crate::clock::Clock;
use crate::engine::effect::ServiceRequest;
use crate::engine::event::{Reply, RequestId};
use crate::expr::{Expr, Form, OperationId, SettingId, Slot, Template};
use crate::failure::FailureKind;
use crate::http::server::{Limits, Running, serve};
use crate::http::{Request, Response};
use crate::program::{BodyKind, Credentials, Method, Operation, Secretive, Service};
use crate::settings::Settings;
use crate::source::Span;
use crate::template::{HoleKind, Pattern};
use crate::types::Type;
use crate::value::Value;

/// The settings of every test, by id.
const NAMES: [&str; 6] = ["base", "email", "prefix", "user", "token", "trigger"];

fn id(name: &str) -> SettingId {
    SettingId(NAMES.iter().position(|known| *known == name).unwrap().try_into().unwrap())
}

fn settings(base: &str) -> Settings {
    let open = [
        ("base", Value::text(base)),
        ("email", Value::text("ops@example.com")),
        ("prefix", Value::text("/api/1?key=a%20b")),
    ];
    Settings::of(&open, &[("user", "svc"), ("token", "t0ken"), ("trigger", "/hook/k1?apiKey=s%2F")])
}

/// A text whose slots are settings where they have such a name, and parameters otherwise.
fn text(text: &str, form: &Form) -> Secretive {
    let (pattern, holes) = Pattern::parse(text).unwrap();
    let mut secrets = Vec::new();
    let slots = holes.iter().map(|hole| {
        let (HoleKind::Value { path, .. } | HoleKind::Condition { path }) = &hole.kind else { panic!("{hole:?}") };
        let name = path[0].as_str();
        if matches!(hole.kind, HoleKind::Condition { .. }) {
            return Slot { value: Expr::Local(name.into()), ty: Type::Flag, form: Form::Truth };
        }
        if !NAMES.contains(&name) {
            return Slot { value: Expr::Local(name.into()), ty: Type::Text, form: form.clone() };
        }
        if id(name) >= id("user") {
            secrets.push(id(name));
        }
        let first = matches!(name, "prefix" | "trigger") && *form == Form::UrlPart;
        let form = if first { Form::UrlPath } else { form.clone() };
        Slot { value: Expr::Setting(id(name)), ty: Type::Text, form }
    });
    let slots = slots.collect();
    Secretive { template: Template { pattern: pattern.into(), slots }, secrets }
}

fn get(path: &str) -> Operation {
    Operation {
        name: "svc.op".into(),
        service: 0,
        reads: true,
        method: Method::Get,
        params: vec![("a".into(), Type::Text), ("b".into(), Type::Text)],
        path: text(path, &Form::UrlPart),
        body: None,
        gives: Some((Vec::new(), Type::Json)),
        credentials: None,
        headers: Vec::new(),
        timeout: 8_000,
        meanings: Vec::new(),
        span: Span::default(),
    }
}

fn post(path: &str) -> Operation {
    let body = Expr::Record(vec![("a".into(), Expr::Local("a".into())), ("b".into(), Expr::Local("b".into()))]);
    Operation { reads: false, method: Method::Post, body: Some((BodyKind::Json, body)), ..get(path) }
}

fn header(operation: Operation, name: &str, value: &str) -> Operation {
    let mut headers = operation.headers;
    headers.push((name.into(), text(value, &Form::Header)));
    Operation { headers, ..operation }
}

fn services() -> Services {
    Services::new(Clock::system(), Policy { allow_private: true }).unwrap()
}

async fn perform(services: &Services, operation: Operation, base: &str, args: &[Value]) -> Reply {
    perform_with(services, operation, &settings(base), args).await
}

async fn perform_with(services: &Services, operation: Operation, settings: &Settings, args: &[Value]) -> Reply {
    let request = request(args, (!operation.reads).then(|| "call/node/1".to_owned()));
    services.perform(&[operation], &[service()], settings, &request).await
}

fn request(args: &[Value], key: Option<String>) -> ServiceRequest {
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    ServiceRequest { id: RequestId(1), operation: OperationId(0), args: args.to_vec(), now, key }
}

fn service() -> Service {
    Service { name: "svc".into(), base: id("base"), span: Span::default() }
}

/// A server that answers by `answer` and remembers what it was asked.
struct Stand {
    running: Running,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Stand {
    fn new(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let handler = {
            let seen = Arc::clone(&seen);
            move |request: Request| {
                let response = answer(&request);
                seen.lock().unwrap().push(request);
                std::future::ready(response)
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let running = serve(listener, Arc::new(handler), Limits { workers: 1, ..Limits::default() }).unwrap();
        Self { running, seen }
    }

    fn base(&self) -> String {
        format!("http://{}", self.running.address)
    }

    fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

fn ok() -> Response {
    Response::new(200, "application/json", r#"{"ok":true}"#)
}

fn response(status: u16, body: &[u8]) -> Reply {
    Reply::Response { status, body: Arc::from(body) }
}

#[tokio::test]
async fn a_request_carries_what_the_operation_declares() {
    let stand = Stand::new(|_| ok());
    let user = text("{{user}}", &Form::Header);
    let token = text("{{token}}", &Form::Header);
    let operation = Operation { credentials: Some(Credentials::Basic(user, token)), ..get("/people/{{a}}?at={{b}}") };
    let at = Value::Time("2026-03-01T12:00:00Z".parse().unwrap());
    let reply = perform(&services(), operation, &format!("{}/v4/", stand.base()), &[Value::text("ann"), at]).await;
    assert_eq!(reply, response(200, br#"{"ok":true}"#));
    let seen = stand.seen();
    assert_eq!(seen[0].target, "/v4/people/ann?at=2026-03-01T12%3A00%3A00Z");
    assert_eq!(seen[0].headers.get("authorization"), Some("Basic c3ZjOnQwa2Vu"));
    assert_eq!(seen[0].headers.get("accept"), Some("application/json"));
    assert!(seen[0].headers.get("user-agent").unwrap().starts_with("ivrc/"));
    assert_eq!((seen[0].headers.get("idempotency-key"), seen[0].body.len()), (None, 0));
}

#[tokio::test]
async fn a_send_carries_its_body_its_key_and_its_secret_path() {
    let stand = Stand::new(|_| Response::empty(202));
    let operation = header(header(post("{{trigger}}"), "Accept", "text/x"), "From", "<{{email}}>");
    let reply = perform(&services(), operation, &stand.base(), &[Value::text("x\"\n"), Value::None]).await;
    assert_eq!(reply, response(202, b""));
    let seen = stand.seen();
    assert_eq!(seen[0].target, "/hook/k1?apiKey=s%2F");
    assert_eq!(seen[0].body, br#"{"a":"x\"\n"}"#);
    assert_eq!(seen[0].headers.get("content-type"), Some("application/json"));
    assert_eq!(seen[0].headers.get("idempotency-key"), Some("call/node/1"));
    assert_eq!(seen[0].headers.get("accept"), Some("text/x"));
    assert_eq!(seen[0].headers.get("from"), Some("<ops@example.com>"));
}

#[tokio::test]
async fn a_secret_may_stand_in_a_body_and_a_bearer_in_a_header() {
    let stand = Stand::new(|_| ok());
    let body = Expr::Record(vec![("key".into(), Expr::Setting(id("token"))), ("a".into(), Expr::Local("a".into()))]);
    let bearer = Credentials::Bearer(text("{{token}}", &Form::Header));
    let operation = Operation { body: Some((BodyKind::Form, body)), credentials: Some(bearer), ..post("/x") };
    let list = Value::list(vec![Value::text("1&2"), Value::Number(3.0)]);
    perform(&services(), operation, &stand.base(), &[list]).await;
    let seen = stand.seen();
    assert_eq!(seen[0].body, b"key=t0ken&a=1%262&a=3");
    assert_eq!(seen[0].headers.get("authorization"), Some("Bearer t0ken"));
    assert_eq!(seen[0].headers.get("content-type"), Some("application/x-www-form-urlencoded"));
}

#[tokio::test]
async fn what_is_not_set_makes_no_request() {
    let stand = Stand::new(|_| ok());
    let unset = Reply::Failure(FailureKind::Unset);
    let services = services();
    let poor = Settings::of(&[("base", Value::text(stand.base()))], &[]);
    let bearer = Credentials::Bearer(text("{{token}}", &Form::Header));
    let operation = Operation { credentials: Some(bearer), ..get("/x") };
    assert_eq!(perform_with(&services, operation, &poor, &[]).await, unset);
    assert_eq!(perform_with(&services, get("{{trigger}}"), &poor, &[]).await, unset);
    let homeless = Settings::of(&[("base", Value::None)], &[]);
    assert_eq!(perform_with(&services, get("/x"), &homeless, &[]).await, unset);
    assert_eq!(services.perform(&[], &[service()], &poor, &request(&[], None)).await, unset);
    assert_eq!(services.perform(&[get("/x")], &[], &poor, &request(&[], None)).await, unset);
    assert!(stand.seen().is_empty());
}

#[tokio::test]
async fn any_status_and_any_nonsense_is_a_response() {
    for status in [200, 204, 404, 429, 500, 503] {
        let stand =
            Stand::new(move |_| Response::new(status, "text/html", if status == 204 { "" } else { "<nonsense" }));
        for operation in [get("/x"), post("/x")] {
            let body: &[u8] = if status == 204 { b"" } else { b"<nonsense" };
            assert_eq!(perform(&services(), operation, &stand.base(), &[]).await, response(status, body));
        }
        assert_eq!(stand.seen().len(), 2, "a status is never a reason to repeat a request");
    }
}

#[tokio::test]
async fn redirects_are_followed_by_get_on_the_same_origin_only() {
    let other = Stand::new(|_| ok());
    let away = other.base();
    let stand = Stand::new(move |request| {
        let mut response = Response::empty(302);
        match request.path() {
            "/here" => response.headers.push("location", "/there"),
            "/away" => response.headers.push("location", format!("{away}/x")),
            "/round" => response.headers.push("location", "/round"),
            "/nowhere" => {}
            _ => return ok(),
        }
        response
    });
    let services = services();
    let base = stand.base();
    assert_eq!(perform(&services, get("/here"), &base, &[]).await, response(200, br#"{"ok":true}"#));
    assert_eq!(perform(&services, get("/away"), &base, &[]).await, response(302, b""));
    assert_eq!(perform(&services, get("/round"), &base, &[]).await, response(302, b""));
    assert_eq!(perform(&services, get("/nowhere"), &base, &[]).await, response(302, b""));
    assert_eq!(perform(&services, post("/here"), &base, &[]).await, response(302, b""));
    let search = Operation { reads: true, ..post("/here") };
    assert_eq!(perform(&services, search, &base, &[]).await, response(302, b""));
    assert!(other.seen().is_empty(), "credentials must not travel to another host");
    let targets: Vec<String> = stand.seen().into_iter().map(|request| request.target).collect();
    assert_eq!(targets.iter().filter(|target| *target == "/round").count(), 6);
    assert_eq!(targets.iter().filter(|target| *target == "/there").count(), 1);
}
