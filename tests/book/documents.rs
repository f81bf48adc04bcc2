//! Documents for the provider that pages show: the real answers of a flow.

use std::collections::BTreeMap;
use std::sync::Arc;

use ivrc::clock::Clock;
use ivrc::engine::event::{Event, EventKind, Leg};
use ivrc::engine::session::Session;
use ivrc::engine::step;
use ivrc::eval::CallFacts;
use ivrc::graph::Graph;
use ivrc::http::client::Client;
use ivrc::provider::twilio::{API_URL, Twilio, TwilioConfig};
use ivrc::provider::{Links, Provider as _};

/// What a caller who presses these keys gets last, as the book's pages write URLs.
pub(crate) fn answer(graph: &Graph, keys: &str) -> String {
    let at = "2026-03-02T14:00:00Z".parse().expect("a time");
    let call = CallFacts {
        from: Some("+15550119999".into()),
        to: Some("+15550100000".into()),
        verified: false,
        sid: Arc::from("CA1"),
        started: at,
    };
    let mut session = Session::new(graph.name.clone(), graph.version.clone(), call, graph.entry);
    let pressed = keys.chars().map(|key| EventKind::Keys(Leg::Caller, key.to_string()));
    let mut last = None;
    for (turn, kind) in (1..).zip([EventKind::Continue(Leg::Caller)].into_iter().chain(pressed)) {
        let turns = step(graph, &mut session, Event { at, kind }).turns;
        last = turns.into_iter().find(|(leg, _)| *leg == Leg::Caller).map(|(_, said)| (turn, said)).or(last);
    }
    let (turn, said) = last.expect("a turn");
    let links = Links {
        public_url: "https://ivr.example.com".to_owned(),
        flow: graph.name.to_string(),
        call: "K7f2".to_owned(),
        leg: Leg::Caller,
        turn,
        called: None,
    };
    let config = TwilioConfig { account_sid: String::new(), tokens: Vec::new(), api_url: API_URL.to_owned() };
    let provider = Twilio::new(config, Client::new().expect("a client"), Clock::system());
    provider.render(&said, &links)
}

/// A piece of a document: the name of an element with its attributes, or words.
pub(crate) type Piece = (String, BTreeMap<String, String>);

/// The pieces of a document in their order; line breaks and the order of attributes mean nothing.
pub(crate) fn in_order(text: &str) -> Result<Vec<Piece>, String> {
    let document = roxmltree::Document::parse(text.trim()).map_err(|error| error.to_string())?;
    let pieces = document.descendants().filter_map(|node| {
        if node.is_element() {
            let attributes = node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned()));
            return Some((node.tag_name().name().to_owned(), attributes.collect()));
        }
        let words = node.text().map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "))?;
        (node.is_text() && !words.is_empty()).then(|| (words, BTreeMap::new()))
    });
    Ok(pieces.collect())
}
