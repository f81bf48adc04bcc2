//! What people do in a test is done again on a real server behind the simulated telephone network, over HTTP and in
//! TwiML: everybody must hear the same, and services must be asked the same.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::super::cases::{self, Case};
use super::super::exchange::{Deed, Exchange, Fate, Input};
use super::super::happening::{self, Happening};
use super::super::phone::normal;
use super::super::play::{self, Props};
use super::super::{START, check};
use crate::canned::{Canned, CannedServices, Received, Values};
use crate::clock::{Busy, Clock};
use crate::compile::{Draft, Line};
use crate::engine::event::LegStatus;
use crate::http::client::Client;
use crate::program::StepKind;
use crate::provider::twilio::{Twilio, TwilioConfig};
use crate::serve::line::Lines;
use crate::serve::{Behaviour, Parts, Server, control};
use crate::services::{Policy, Services};
use crate::settings::{Conditions, Environment, PlainHttp, Purpose};
use crate::simulator::{
    AnsweredBy, Caller, Config, Direction, Ending, LegId, LegState, LegView, Network, Number, ServerClock, Transcript,
    What,
};
use crate::store::MemoryStore;
use crate::syntax::scenario::Setup;

/// The number that is called, in both worlds.
const LINE: &str = "+15550100000";
/// More rounds than any test waits for a transcript.
const LATER: u32 = 1000;
/// More than any call in a test does.
const MOST_MOVES: usize = 500;

/// What each person heard, by number (the caller's is empty), and what services were asked for.
#[derive(Debug, Default, PartialEq)]
struct Heard {
    people: BTreeMap<String, Vec<String>>,
    asked: Vec<String>,
}

/// Plays a test both ways.
async fn both(draft: &Draft, case: &Case<'_>) -> (Heard, Heard) {
    let own = check::setups(&case.lines);
    let all: Vec<&Setup> = draft.tests.head.iter().chain(own.iter().copied()).collect();
    let made = draft.make(all.iter().copied());
    let (Some(line), Some(program)) = (made.line, made.program) else { panic!("{:#?}", made.diagnostics) };
    let canned = || Canned::of_test(&draft.tests.head, own.iter().copied(), &program.operations, &program.types).0;
    let music = music(&line);
    let operations = line.graph.operations.iter().filter(|operation| operation.reads);
    let reads: Vec<String> = operations.map(|operation| format!("{} ", operation.name)).collect();
    let (exchanged, inputs, fates) = {
        let canned = canned();
        let start = canned.start().unwrap_or(START);
        let props = Props { line: &line, canned: &canned, values: &Values::of(&all), start };
        let played = play::play(&props, case);
        assert!(played.failure.is_none(), "{}: {:#?}", case.title, played.failure);
        let mut heard = Heard::of(&played.exchange);
        heard.tidy(&music, &reads);
        let fates = played.exchange.fates();
        (heard, played.exchange.inputs, fates)
    };
    let mut stage = Stage::set(line, canned(), fates).await;
    for (n, input) in inputs.iter().enumerate() {
        stage.input(input, n.checked_sub(1).and_then(|n| inputs.get(n)), inputs.get(n + 1)).await;
    }
    let mut heard = stage.finish().await;
    heard.tidy(&music, &reads);
    (exchanged, heard)
}

impl Heard {
    fn of(exchange: &Exchange<'_>) -> Self {
        let mut heard = Self::default();
        for Happening { who, what, .. } in &exchange.happened {
            let (Some(who), happening::What::Hears(text)) = (who, what) else { continue };
            let named = exchange.names.iter().find(|(_, name)| *name == who).map(|(number, _)| number.clone());
            let number = if who == "caller" { String::new() } else { named.unwrap_or_else(|| who.clone()) };
            heard.people.entry(number).or_default().push(text.clone());
        }
        heard.asked = exchange.requests.iter().map(|(received, _)| shown(received)).collect();
        heard
    }

    /// How often music is heard depends on how long a voice takes; and a phone on which nothing was said is nothing.
    fn tidy(&mut self, music: &[String], reads: &[String]) {
        for texts in self.people.values_mut() {
            texts.retain(|text| !music.contains(text) && !text.starts_with('♪'));
        }
        self.people.retain(|_, texts| !texts.is_empty());
        // Requests of one moment leave together; how often something is read depends on how long a voice takes.
        self.asked.sort();
        self.asked.dedup_by(|a, b| a == b && reads.iter().any(|read| a.starts_with(read.as_str())));
    }
}

/// Words of music.
fn music(line: &Line) -> Vec<String> {
    let context = crate::eval::Context {
        settings: &line.graph.settings,
        call: None,
        now: START,
        zone: &line.graph.zone,
        outside: &crate::eval::Nothing,
    };
    let mut texts = Vec::new();
    for step in line.graph.music.iter().flat_map(|music| &music.steps) {
        if let StepKind::Say(words) = &step.kind {
            let template = words.nth(1).unwrap();
            texts.push(normal(&crate::eval::render(template, &crate::eval::Scope::default(), &context).unwrap()));
        }
    }
    texts
}

fn shown(received: &Received) -> String {
    // Recordings have names of their own in each world.
    let text = format!("{} {:?}", received.operation, received.args);
    let mut parts = text.split("RE");
    let first = parts.next().unwrap_or_default().to_owned();
    let cut = |part: &str| part.chars().skip_while(char::is_ascii_hexdigit).collect::<String>();
    let text = parts.fold(first, |text, part| format!("{text}RE{}", cut(part)));
    let at = text.find("http").unwrap_or(text.len());
    if text.contains("RE") { format!("{}…", text.get(..at).unwrap_or_default()) } else { text }
}

/// A server and a network for one call after the other.
struct Stage {
    network: Network,
    server: Server,
    received: tokio::sync::mpsc::UnboundedReceiver<Received>,
    caller: Option<LegId>,
    /// Pauses of the caller's `wait`s so far in this call, and since the last recording.
    pauses: u32,
    rounds: u32,
    fates: std::vec::IntoIter<(Fate, bool)>,
    owed: Option<Fate>,
}

impl Stage {
    async fn set(line: Line, canned: Canned, fates: Vec<(Fate, bool)>) -> Self {
        let flow = line.graph.name.to_string();
        let clock = Clock::manual(canned.start().unwrap_or(START));
        let services = Services::new(clock.clone(), Policy { allow_private: true }).unwrap();
        let outside = Arc::new(CannedServices::new(Arc::new(services), clock.clone()));
        let received = outside.listen();
        let mut config = Config::new(clock.now());
        config.held_replies = outside.held();
        config.calls_per_second = None;
        config.behaviour.empty_recording_calls_action = false;
        config.verified_callers = line.graph.caller_id.iter().map(ToString::to_string).collect();
        let account = (config.account_sid.clone(), config.auth_token.clone());
        let network = Network::start(config).await.unwrap();
        let account = TwilioConfig {
            account_sid: account.0,
            tokens: vec![account.1.into()],
            api_url: network.api_url().to_owned(),
        };
        outside.set(&flow, Some(canned));
        let (client, busy) = (Client::new().unwrap(), Busy::default());
        let conditions = Conditions {
            purpose: Purpose::Serve,
            plain_http: PlainHttp::Anywhere,
            environment: Environment::default(),
            directory: PathBuf::new(),
        };
        let parts = Parts {
            lines: Lines::new([line], conditions),
            provider: Arc::new(Twilio::new(account, client.clone(), clock.resting(&busy))),
            store: Arc::new(MemoryStore::new()),
            outside,
            client,
            clock,
            busy,
        };
        let behaviour = Behaviour { workers: 1, ..Behaviour::default() };
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let server = Server::start(listener, behaviour, parts).await.unwrap();
        let base = format!("http://{}", server.address());
        let url = |path: &str| format!("{base}/{flow}{path}");
        let (fallback_url, status_callback) = (Some(url("/fallback")), Some(url("/status")));
        network.set_number(LINE, Number { voice_url: url(""), fallback_url, status_callback }).await.unwrap();
        network.set_clock(ServerClock::Controlled { url: format!("{base}{}", control::PATH) }).await.unwrap();
        let (fates, owed) = (fates.into_iter(), None);
        Self { network, server, received, caller: None, pauses: 0, rounds: 0, fates, owed }
    }

    async fn input(&mut self, input: &Input, before: Option<&Input>, next: Option<&Input>) {
        let deed = match &input.deed {
            Deed::Calls(from) => {
                self.run_out().await;
                let caller = from.as_deref().map_or_else(Caller::hidden, Caller::number);
                self.caller = Some(self.network.call(caller, LINE).await.unwrap());
                (self.pauses, self.rounds) = (0, 0);
                return;
            }
            Deed::Presses(key) => crate::simulator::Deed::Press(key.to_string()),
            Deed::StaysSilent | Deed::IsUnanswered(LegStatus::NoAnswer) => crate::simulator::Deed::StaySilent,
            Deed::HangsUp => crate::simulator::Deed::HangUp,
            Deed::Answers { machine: false } => crate::simulator::Deed::Answer(AnsweredBy::Human),
            Deed::Answers { machine: true } => crate::simulator::Deed::Answer(AnsweredBy::Machine),
            Deed::IsUnanswered(LegStatus::Busy) => crate::simulator::Deed::Busy,
            Deed::IsUnanswered(_) => crate::simulator::Deed::Fail,
            Deed::Records { millis, words } => {
                let length = Duration::from_millis(*millis);
                // Whoever does nothing next that ends it falls silent.
                let goes_on = |next: &Input| next.who == input.who && !matches!(next.deed, Deed::Calls(_));
                let ending = if next.is_some_and(goes_on) { Ending::Open } else { Ending::Silence };
                crate::simulator::Deed::Record { length, words: words.clone(), ending }
            }
        };
        let Some(leg) = self.until_possible(input).await else { return };
        let speaks_on = before.is_some_and(|before| matches!(before.deed, Deed::Records { .. }));
        if let Deed::Records { millis, .. } = input.deed
            && !speaks_on
        {
            self.record_begins(millis).await;
        }
        self.network.act(leg, deed).await.unwrap_or_else(|error| panic!("{input:?}: {error}"));
        if input.deed == Deed::HangsUp && Some(leg) == self.caller {
            // Without a caller nobody pauses, and the line waits by itself.
            self.rounds = LATER;
            self.transcribe().await;
        }
    }

    /// The next recording's transcript comes as it came in the test.
    async fn record_begins(&mut self, millis: u64) {
        self.rounds = 0;
        if (2_500..119_500).contains(&millis) {
            let what = match self.fates.next() {
                // Behind `hang up then` the line waits by itself.
                Some((Fate::Fails, true)) => Transcript::Fails,
                Some((_, true)) => Transcript::After(Duration::from_secs(1)),
                fate => {
                    self.owed = fate.map(|(fate, _)| fate);
                    Transcript::Held
                }
            };
            self.network.next_transcript(what).await.unwrap();
        }
    }

    /// Lets time pass until this can be done, and everybody else do nothing meanwhile. None: it is done already, by the
    /// line, which has hung up; nobody hangs up in the middle of last words here.
    async fn until_possible(&mut self, input: &Input) -> Option<LegId> {
        for _ in 0..MOST_MOVES {
            self.network.run().await.unwrap();
            let legs = self.network.legs().await.unwrap();
            let mine = |leg: &&LegView| match &input.who {
                None => Some(leg.id) == self.caller,
                Some(number) => leg.direction != Direction::Inbound && leg.to == *number,
            };
            let leg = legs.iter().rev().find(mine);
            if let Some(leg) = leg.filter(|leg| self.can(leg, input)) {
                return Some(leg.id);
            }
            if input.deed == Deed::HangsUp && leg.is_some_and(|leg| leg.state == LegState::Over) {
                return None;
            }
            if !self.moves_on(&legs).await && !self.gives_in(&legs).await {
                break;
            }
        }
        panic!("{input:?} cannot be done: {:#?}", self.network.legs().await.unwrap());
    }

    fn can(&self, leg: &LegView, input: &Input) -> bool {
        let pause = is_pause(leg);
        match (&leg.state, &input.deed) {
            (LegState::Ringing, deed) => {
                matches!(deed, Deed::Answers { .. } | Deed::IsUnanswered(_) | Deed::StaysSilent)
            }
            (LegState::Recording { speaking, .. }, deed) => !speaking || !matches!(deed, Deed::Records { .. }),
            (_, Deed::Answers { .. } | Deed::IsUnanswered(_) | Deed::Records { .. }) => false,
            (LegState::Listening(_), Deed::Presses(_)) if pause == Some("skip") => true,
            (LegState::Listening(_), _) if pause == Some("wait") => input.in_pause && self.pauses + 1 >= input.pauses,
            (LegState::Holding { .. }, _) => input.on_hold,
            (LegState::Listening(_) | LegState::Joined { .. }, _) => pause.is_none() && !input.on_hold,
            (LegState::Dialing, deed) => *deed == Deed::HangsUp,
            _ => false,
        }
    }

    /// Pauses pass, and phones that nobody answers stop ringing; false if nothing moves on.
    async fn moves_on(&mut self, legs: &[LegView]) -> bool {
        if let Some(leg) = legs.iter().find(|leg| is_pause(leg).is_some()) {
            if is_pause(leg) == Some("wait") {
                self.pauses += 1;
                self.rounds += 1;
                self.transcribe().await;
            }
            self.network.stay_silent(leg.id).await.unwrap();
            return true;
        }
        match legs.iter().find(|leg| leg.state == LegState::Ringing) {
            Some(leg) => self.network.stay_silent(leg.id).await.is_ok(),
            None => false,
        }
    }

    /// Whoever does not speak on falls silent.
    async fn gives_in(&mut self, legs: &[LegView]) -> bool {
        let idle = |leg: &&LegView| matches!(leg.state, LegState::Recording { speaking: false, .. });
        match legs.iter().find(idle) {
            Some(leg) => self.network.stay_silent(leg.id).await.is_ok(),
            None => false,
        }
    }

    async fn transcribe(&mut self) {
        let fails = match self.owed {
            Some(Fate::Arrives(after)) if self.rounds >= after => false,
            Some(Fate::Fails) => true,
            _ => return,
        };
        self.owed = None;
        self.network.transcribe(!fails).await.unwrap();
    }

    async fn run_out(&mut self) {
        for _ in 0..MOST_MOVES {
            self.network.run().await.unwrap();
            let legs = self.network.legs().await.unwrap();
            if !self.moves_on(&legs).await {
                return;
            }
        }
    }

    async fn finish(mut self) -> Heard {
        self.run_out().await;
        let mut heard = Heard::default();
        let legs = self.network.legs().await.unwrap();
        for occurrence in self.network.transcript().await.unwrap() {
            let leg = occurrence.leg.and_then(|id| legs.iter().find(|leg| leg.id == id));
            let who = leg.filter(|leg| leg.direction != Direction::Inbound).map_or(String::new(), |leg| leg.to.clone());
            match occurrence.what {
                What::Hears { text, .. } => heard.people.entry(who).or_default().push(normal(&text)),
                What::Problem(problem) => panic!("the provider would object: {problem}"),
                _ => {}
            }
        }
        while let Ok(received) = self.received.try_recv() {
            heard.asked.push(shown(&received));
        }
        self.server.stop().await;
        self.network.stop().await;
        heard
    }
}

/// What kind of pause a listening `<Gather>` is, if it is one.
fn is_pause(leg: &LegView) -> Option<&'static str> {
    let LegState::Listening(listening) = &leg.state else { return None };
    let path = listening.action.as_deref()?.split(['?', '#']).next()?;
    ["wait", "skip"].into_iter().find(|kind| path.ends_with(&format!("/{kind}")))
}

/// Plays the tests both ways, but those in which something is done that cannot be done again.
async fn compare(draft: &Draft, left_out: &[&str]) {
    let mut wrong = Vec::new();
    let cases: Vec<Case<'_>> = draft.tests.scenarios.iter().flat_map(cases::expand).collect();
    let again = |case: &&Case<'_>| {
        let lines = format!("{:?}", case.lines);
        !left_out.iter().any(|deed| lines.contains(deed))
    };
    for case in cases.iter().filter(again) {
        let (exchange, network) = both(draft, case).await;
        if exchange != network {
            wrong.push(format!("{}\nin the test {exchange:#?}\nby telephone {network:#?}", case.title));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

/// A provider that phones nobody is played by other tests.
const REFUSED: &str = "RefusesCalls";
/// Without `anywhere` keys nothing listens while the line waits: here it cannot be told when a transcript comes.
const RECORDS: &str = "Records";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_sounds_the_same_by_telephone() {
    let tests = include_str!("../../../tests/cases/scenario/ok_desk.test.ivr");
    compare(&super::draft(super::DESK, tests), &[REFUSED]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn xmatters_sounds_the_same_by_telephone() {
    let flow = include_str!("../../../flows/xmatters.ivr");
    compare(&super::draft(flow, include_str!("../../../flows/xmatters.test.ivr")), &[REFUSED]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clinic_sounds_the_same_by_telephone() {
    let flow = include_str!("../../../examples/clinic/clinic.ivr");
    compare(&super::draft(flow, include_str!("../../../examples/clinic/clinic.test.ivr")), &[REFUSED]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_line_of_those_on_call_sounds_the_same_by_telephone() {
    let flow = include_str!("../../../examples/oncall/oncall.ivr");
    let tests = include_str!("../../../examples/oncall/oncall.test.ivr");
    compare(&super::draft(flow, tests), &[REFUSED, RECORDS]).await;
}
