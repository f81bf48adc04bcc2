//! A server that is tried out, with somebody at its phone.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use clap::Parser;
use tokio::sync::mpsc;

use super::Serve;
use super::phone::Desk;
use super::plan::{Mode, Plan, local_url};
use super::served::Served;
use super::world::{World, behaviour};
use crate::cli::environment::tests::surroundings;
use crate::cli::messages::tests::kept;
use crate::cli::talk::Page;
use crate::serve::Server;
use crate::serve::line::Lines;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    serve: Serve,
}

fn serve(args: &[&str]) -> Serve {
    let flow = concat!(env!("CARGO_MANIFEST_DIR"), "/flows/xmatters.ivr");
    Line::parse_from(["serve", flow].iter().chain(args)).serve
}

#[test]
fn how_much_is_real_follows_from_flags_and_environment() {
    let token = ("TWILIO_AUTH_TOKEN", "t");
    let api = ("TWILIO_API_URL", "http://127.0.0.1:9");
    let mode = |args: &[&str], environment: &[(&str, &str)]| Plan::of(&serve(args), &surroundings(environment));
    assert_eq!(mode(&["--dev"], &[]).unwrap().mode, Mode::Simulated);
    assert_eq!(mode(&["--dev"], &[token]).unwrap().mode, Mode::Simulated);
    assert_eq!(mode(&["--dev"], &[api]).unwrap().mode, Mode::Canned);
    assert_eq!(mode(&["--dev", "--live"], &[]).unwrap().mode, Mode::Live);
    let account = [token, ("TWILIO_ACCOUNT_SID", "AC1")];
    assert_eq!(mode(&[], &account).unwrap().mode, Mode::Real);
    assert!(mode(&[], &[account[0], account[1], api]).is_err(), "the token would travel over plain http");
    assert!(mode(&["--dev"], &[account[0], account[1], api]).is_ok());
    assert!(mode(&["--dev"], &[token, api]).is_err(), "an account that phones has an id");
}

#[test]
fn a_server_that_listens_everywhere_is_reached_on_this_machine() {
    assert_eq!(local_url("0.0.0.0:80".parse().unwrap()), "http://127.0.0.1:80");
    assert_eq!(local_url("[::]:80".parse().unwrap()), "http://[::1]:80");
    assert_eq!(local_url("10.0.0.1:80".parse().unwrap()), "http://10.0.0.1:80");
}

/// What is written, kept for reading.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Serves the flow under a public URL of its own, and types this at its phone.
async fn typed(lines: &str) -> String {
    let arguments = serve(&["--dev", "--public-url", "https://ivr.example.com/lines"]);
    let environment = [("IVRC_DEV_CLOCK", "2026-03-02T14:00:00Z"), ("TWILIO_AUTH_TOKEN", "t")];
    let plan = Plan::of(&arguments, &surroundings(&environment)).unwrap();
    let (messages, said) = kept();
    let Some((served, ready)) = Served::compile(&arguments, &plan, &messages).unwrap() else {
        panic!("{}", said.lock().unwrap());
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let public_url = plan.public_url(address);
    let world = World::new(&plan, &ready).await.unwrap();
    let mut all = Vec::new();
    for flow in ready {
        world.canned.set("xmatters", flow.canned);
        all.push(flow.line);
    }
    let parts = world.parts(Lines::new(all, served.conditions.clone()), &plan).unwrap();
    let server = Server::start(listener, behaviour(&plan, &public_url), parts).await.unwrap();
    let (sender, receiver) = mpsc::channel(100);
    lines.lines().for_each(|line| sender.try_send(line.to_owned()).unwrap());
    drop(sender);
    let page = Kept::default();
    let World { clock, canned, network, .. } = world;
    let mut desk = Desk {
        network: network.unwrap(),
        canned,
        clock,
        ticks: false,
        numbers: Vec::new(),
        lines: receiver,
        page: Page::new(Box::new(page.clone())),
    };
    desk.connect(&served, &public_url, &local_url(address)).await.unwrap();
    let Desk { network, .. } = desk.attend().await;
    network.stop().await;
    server.stop().await;
    String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn enter_places_a_call_and_afterwards_another() {
    let page = typed("\n4\n2\nhang up\nnobody\nxmatters\n4\n1\nbusy\nhang up\n").await;
    let calls: Vec<&str> = page.split("press Enter to call xmatters").collect();
    assert_eq!(calls.len(), 5, "{page}");
    assert!(calls[1].contains("\"Hey there, What's the problem?\"") && calls[1].contains("you hang up"), "{page}");
    assert!(calls[2].contains("`nobody` is not served here"), "{page}");
    assert!(calls[3].contains("+15557770001 is off the line: busy"), "{page}");
    assert!(!page.contains("  ! "), "{page}");
}
