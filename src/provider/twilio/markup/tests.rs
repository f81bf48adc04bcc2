use proptest::prelude::*;

use super::document;
use crate::engine::documents;
use crate::engine::event::Leg;
use crate::engine::turn::{RecordEnd, SpeechPart, Then, Turn, Utterance};
use crate::limits::TWILIO;
use crate::limits::server::{MOST_PUBLIC_URL, MOST_URL};
use crate::provider::Links;
use crate::provider::twilio::links::sample;

fn say(parts: Vec<SpeechPart>) -> Utterance {
    Utterance::Say { parts, voice: "Polly.Joanna-Neural".into() }
}

fn hello() -> Utterance {
    say(vec![SpeechPart::Text("Hello & \"you\".".into())])
}

const HELLO: &str = "<Say voice=\"Polly.Joanna-Neural\">Hello &amp; &quot;you&quot;.</Say>";

/// What stands in the response; a `~` stands for where the call's URLs begin, a `!` for how they end.
fn inside(heard: Vec<Utterance>, then: Then, leg: Leg) -> String {
    let document = document(&Turn { heard, then }, &sample(leg));
    roxmltree::Document::parse(&document).unwrap();
    let content = document.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap();
    let content = content.replace("https://ivr.example.com/lines/xmatters/", "~").replace("#rc=3&amp;rp=all", "!");
    let content = content.replace("#rc=3&rp=all", "!");
    content.strip_prefix("<Response>").and_then(|rest| rest.strip_suffix("</Response>")).unwrap_or(&content).to_owned()
}

fn caller(heard: Vec<Utterance>, then: Then) -> String {
    inside(heard, then, Leg::Caller)
}

#[test]
fn listening_is_a_gather_around_the_words() {
    let within = 9_001;
    assert_eq!(
        caller(vec![hello(), hello()], Then::Listen { digits: 1, within }),
        format!(
            "<Gather input=\"dtmf\" numDigits=\"1\" timeout=\"10\" finishOnKey=\"\" actionOnEmptyResult=\"true\" \
             method=\"POST\" action=\"~c/K7f2/4/keys!\">{HELLO}{HELLO}</Gather>\
             <Redirect method=\"POST\">~c/K7f2/4/none!</Redirect>"
        )
    );
    let leg = Leg::Callee("L1".into());
    assert_eq!(
        inside(vec![], Then::Listen { digits: 6, within: 0 }, leg),
        "<Gather input=\"dtmf\" numDigits=\"6\" timeout=\"1\" finishOnKey=\"#\" actionOnEmptyResult=\"true\" \
         method=\"POST\" action=\"~l/K7f2/L1/4/keys!\"/><Redirect method=\"POST\">~l/K7f2/L1/4/none!</Redirect>"
    );
}

#[test]
fn a_recording_may_be_skipped_to_only_where_keys_count() {
    let record = |end, transcribe, keys| Then::Record { longest: 90, end, transcribe, keys };
    let empty = "<Redirect method=\"POST\">~c/K7f2/4/empty!</Redirect>";
    assert_eq!(
        caller(vec![hello()], record(RecordEnd::AnyKey, true, true)),
        format!(
            "<Gather input=\"dtmf\" numDigits=\"1\" timeout=\"1\" finishOnKey=\"\" method=\"POST\" \
             action=\"~c/K7f2/4/skip!\">{HELLO}</Gather>\
             <Record maxLength=\"90\" timeout=\"0\" finishOnKey=\"0123456789*#\" trim=\"do-not-trim\" \
             playBeep=\"true\" transcribe=\"true\" transcribeCallback=\"~h/K7f2/transcript!\" \
             action=\"~c/K7f2/4/record!\" method=\"POST\"/>{empty}"
        )
    );
    let plain = "<Record maxLength=\"90\" timeout=\"7\" finishOnKey=\"#\" trim=\"do-not-trim\" playBeep=\"true\" \
                 action=\"~c/K7f2/4/record!\" method=\"POST\"/>";
    let end = RecordEnd::These { keys: "#".into(), silence: 7 };
    assert_eq!(caller(vec![hello()], record(end.clone(), false, false)), format!("{HELLO}{plain}{empty}"));
    assert_eq!(caller(vec![], record(end, false, true)), format!("{plain}{empty}"), "nothing to skip");
}

#[test]
fn pauses_come_back_to_the_same_place() {
    let wait = "<Redirect method=\"POST\">~c/K7f2/4/wait!</Redirect>";
    assert_eq!(
        caller(vec![hello()], Then::Pause { millis: 4_500, keys: false }),
        format!("{HELLO}<Pause length=\"5\"/>{wait}")
    );
    assert_eq!(
        caller(vec![hello()], Then::Pause { millis: 5_000, keys: true }),
        format!(
            "<Gather input=\"dtmf\" numDigits=\"1\" timeout=\"5\" finishOnKey=\"\" actionOnEmptyResult=\"true\" \
             method=\"POST\" action=\"~c/K7f2/4/wait!\">{HELLO}</Gather>{wait}"
        )
    );
    assert_eq!(caller(vec![], Then::Pause { millis: 0, keys: false }), format!("<Pause length=\"1\"/>{wait}"));
}

#[test]
fn hold_and_join_name_the_same_queue() {
    assert_eq!(
        caller(vec![hello()], Then::Hold { visit: 2, round: 1 }),
        format!(
            "{HELLO}<Enqueue waitUrl=\"~m/K7f2/2.1!\" waitUrlMethod=\"POST\" action=\"~m/K7f2/2.1/left!\" \
             method=\"POST\">K7f2.v2.1</Enqueue><Redirect method=\"POST\">~c/K7f2/4!</Redirect>"
        )
    );
    assert_eq!(
        inside(vec![hello()], Then::Join { visit: 2, round: 1 }, Leg::Callee("L1".into())),
        format!(
            "{HELLO}<Dial timeout=\"5\" action=\"~l/K7f2/L1/4/join!\" method=\"POST\">\
             <Queue url=\"~m/K7f2/2.1/join!\" method=\"POST\">K7f2.v2.1</Queue></Dial>"
        )
    );
}

#[test]
fn music_goes_round() {
    let play = || Utterance::Play { url: "https://cdn.example.com/a.mp3?x=1&y='2'".into() };
    let played = "<Play>https://cdn.example.com/a.mp3?x=1&amp;y=&apos;2&apos;</Play>";
    let again = "<Redirect method=\"POST\">~m/K7f2/2.3!</Redirect>";
    let music = |keys| Then::Music { keys, visit: 2, round: 3 };
    assert_eq!(caller(vec![play()], music(false)), format!("{played}{again}"));
    let gather = "<Gather input=\"dtmf\" numDigits=\"1\" timeout=\"1\" finishOnKey=\"\" method=\"POST\" \
                  action=\"~m/K7f2/2.3/keys!\"";
    assert_eq!(caller(vec![play()], music(true)), format!("{gather}>{played}</Gather>{again}"));
    assert_eq!(caller(vec![], music(true)), format!("{gather}/><Pause length=\"10\"/>{again}"));
    assert_eq!(caller(vec![], Then::Leave), "<Leave/>");
}

#[test]
fn a_dial_shows_the_number_that_was_called_unless_told_otherwise() {
    let dial = |caller_id: Option<&str>, ringing, keys: Option<&str>, star_drops| Then::Dial {
        number: "+14165550123".into(),
        caller_id: caller_id.map(Into::into),
        ringing,
        keys: keys.map(Into::into),
        star_drops,
    };
    assert_eq!(
        caller(vec![hello()], dial(None, 40, Some("ww12#"), false)),
        format!(
            "{HELLO}<Dial callerId=\"+18005551212\" timeout=\"40\" hangupOnStar=\"false\" action=\"~c/K7f2/4/dial!\" \
             method=\"POST\"><Number sendDigits=\"ww12#\">+14165550123</Number></Dial>"
        )
    );
    assert_eq!(
        caller(vec![], dial(Some("+14165550199"), 1, None, true)),
        "<Dial callerId=\"+14165550199\" timeout=\"5\" hangupOnStar=\"true\" action=\"~c/K7f2/4/dial!\" \
         method=\"POST\"><Number>+14165550123</Number></Dial>"
    );
}

#[test]
fn the_rest_is_short() {
    assert_eq!(
        caller(vec![hello()], Then::Continue),
        format!("{HELLO}<Redirect method=\"POST\">~c/K7f2/4!</Redirect>")
    );
    assert_eq!(caller(vec![hello()], Then::HangUp), format!("{HELLO}<Hangup/>"));
    assert_eq!(caller(vec![hello()], Then::Busy), "<Reject reason=\"busy\"/>");
    assert_eq!(caller(vec![], Then::Nothing), "<Response/>");
    assert_eq!(caller(vec![hello()], Then::Nothing), HELLO);
}

#[test]
fn silences_are_breaks_where_the_voice_knows_them() {
    let parts = vec![SpeechPart::Text("One,".into()), SpeechPart::Break(12_500), SpeechPart::Text("two.".into())];
    assert_eq!(
        caller(vec![say(parts.clone())], Then::Nothing),
        "<Say voice=\"Polly.Joanna-Neural\">One,<break time=\"10000ms\"/><break time=\"2500ms\"/>two.</Say>"
    );
    assert_eq!(
        caller(vec![Utterance::Say { parts, voice: "woman".into() }], Then::Nothing),
        "<Say voice=\"woman\">One,</Say><Pause length=\"13\"/><Say voice=\"woman\">two.</Say>"
    );
    assert_eq!(
        caller(vec![say(vec![SpeechPart::Text(" \n".into()), SpeechPart::Break(500)])], Then::Nothing),
        "<Pause length=\"1\"/>"
    );
    let (one, none) = (Utterance::Pause { millis: 1_001 }, Utterance::Pause { millis: 0 });
    assert_eq!(caller(vec![one, none], Then::Nothing), "<Pause length=\"2\"/><Pause length=\"1\"/>");
}

#[test]
fn words_are_escaped_and_kept() {
    let heard = "a\u{1}\u{b}b\r\nc\td <é> & \u{fffe}\u{ffff}'😀' \u{10ffff}";
    let document = document(
        &Turn { heard: vec![say(vec![SpeechPart::Text(heard.into())])], then: Then::HangUp },
        &sample(Leg::Caller),
    );
    let parsed = roxmltree::Document::parse(&document).unwrap();
    let said = parsed.descendants().find(|node| node.has_tag_name("Say")).unwrap();
    assert_eq!(said.text(), Some("ab  c d <é> & '😀' \u{10ffff}"));
    assert_eq!(said.children().count(), 1, "one text node");
}

#[test]
fn a_document_never_outgrows_the_limit_and_keeps_its_end() {
    // The engine divides what is too long; what it would give nobody is left out.
    let long = say(vec![SpeechPart::Text("'".repeat(40_000))]);
    let document = document(
        &Turn { heard: vec![long, hello()], then: Then::Listen { digits: 1, within: 5_000 } },
        &sample(Leg::Caller),
    );
    assert!(document.len() < 64 * 1024, "{}", document.len());
    let parsed = roxmltree::Document::parse(&document).unwrap();
    let verbs: Vec<_> = parsed.root_element().children().map(|node| node.tag_name().name()).collect();
    assert_eq!(verbs, ["Gather", "Redirect"]);
    assert!(parsed.descendants().filter(|node| node.has_tag_name("Say")).count() > 3);
}

/// What is expected, at its longest.
fn longest(then: usize) -> Then {
    let thens = [
        Then::Listen { digits: u32::MAX, within: u64::MAX },
        Then::Record {
            longest: u32::MAX,
            end: RecordEnd::These { keys: "0123456789*#".into(), silence: u32::MAX },
            transcribe: true,
            keys: true,
        },
        Then::Hold { visit: u32::MAX, round: u32::MAX },
        Then::Music { keys: true, visit: u32::MAX, round: u32::MAX },
        Then::Join { visit: u32::MAX, round: u32::MAX },
        Then::Continue,
    ];
    thens[then % thens.len()].clone()
}

/// The longest addresses there are.
fn far(leg: Leg) -> Links {
    let public_url = format!("https://{}", "a".repeat(MOST_PUBLIC_URL - 8));
    Links { public_url, flow: "f".repeat(64), call: "c".repeat(64), leg, ..sample(Leg::Caller) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn whatever_the_engine_gives_fits_and_no_word_is_lost(
        texts in prop::collection::vec(("[ab日é😀&\"'<. ]{1,6}", 0_usize..3_000, 0_u32..3), 0..5),
        voice in prop::sample::select(vec!["man", "Polly.Joanna-Neural", "Google.en-US-Chirp3-HD-Aoede"]),
        then in 0_usize..6,
    ) {
        let part = |(text, times, pause): (String, usize, u32)| {
            [SpeechPart::Text(text.repeat(times)), SpeechPart::Break(pause)]
        };
        let said: String = texts.iter().map(|(text, times, _)| text.repeat(*times)).collect();
        let parts = texts.into_iter().flat_map(part).collect();
        let url = format!("https://a.example/{}", "&".repeat(MOST_URL - 18));
        let heard = vec![Utterance::Say { parts, voice: voice.into() }, Utterance::Play { url: url.clone() }];
        let mut heard_in_all = String::new();
        for heard in documents::documents(heard) {
            let document = document(&Turn { heard, then: longest(then) }, &far(Leg::Caller));
            prop_assert!(document.len() <= TWILIO.document, "{}", document.len());
            let parsed = roxmltree::Document::parse(&document).unwrap();
            for node in parsed.descendants().filter(|node| node.has_tag_name("Say") || node.has_tag_name("Play")) {
                heard_in_all.extend(node.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()));
            }
        }
        prop_assert_eq!(heard_in_all.replace(' ', ""), format!("{said}{url}").replace(' ', ""));
    }
}

fn utterance() -> impl Strategy<Value = Utterance> {
    let part = prop_oneof![any::<String>().prop_map(SpeechPart::Text), any::<u32>().prop_map(SpeechPart::Break)];
    prop_oneof![
        (prop::collection::vec(part, 0..4), any::<String>())
            .prop_map(|(parts, voice)| Utterance::Say { parts, voice: voice.into() }),
        any::<String>().prop_map(|url| Utterance::Play { url }),
        any::<u64>().prop_map(|millis| Utterance::Pause { millis }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_heard_is_well_formed(heard in prop::collection::vec(utterance(), 0..5), digits: u32, within: u64) {
        let turn = Turn { heard, then: Then::Listen { digits, within } };
        let document = document(&turn, &sample(Leg::Caller));
        let parsed = roxmltree::Document::parse(&document).unwrap();
        prop_assert_eq!(parsed.root_element().children().count(), 2);
        prop_assert!(document.len() < 64 * 1024);
    }
}
