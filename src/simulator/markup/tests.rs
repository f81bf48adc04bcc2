use std::time::Duration;

use super::*;
use crate::http::Method;

fn page(body: &str) -> Page<'_> {
    Page {
        url: Some("https://phone.example/flow/a?x=1"),
        content_type: Some("text/xml; charset=utf-8"),
        body: body.as_bytes(),
        role: Role::Main,
        strict: true,
    }
}

fn problems(body: &str) -> Vec<String> {
    let document = read(page(body)).unwrap();
    document.problems.into_iter().map(|problem| format!("{} {}", problem.code, problem.text)).collect()
}

fn verbs(body: &str) -> Vec<Verb> {
    let document = read(page(body)).unwrap();
    assert_eq!(document.problems, []);
    document.verbs
}

#[test]
fn a_gather_has_the_providers_defaults() {
    let verbs =
        verbs("<Response><Gather><Say>Press <break time=\"1s\"/>1 &amp; wait</Say><Pause/></Gather></Response>");
    let [Verb::Gather(gather)] = verbs.as_slice() else { panic!("{verbs:?}") };
    assert_eq!(gather.action, None);
    assert_eq!(gather.timeout, Duration::from_secs(5));
    assert_eq!(gather.finish_on_key, Some('#'));
    assert_eq!(gather.num_digits, None);
    assert!(!gather.action_on_empty);
    let words = Sound::Words { text: "Press 1 & wait".to_owned(), voice: None, language: None };
    let pause = Sound::Silence(Duration::from_secs(1));
    assert_eq!(gather.prompt, [Piece { sound: words, times: 1 }, Piece { sound: pause, times: 1 }]);
}

#[test]
fn an_empty_finishing_key_is_none() {
    let verbs = verbs("<Response><Gather finishOnKey=\"\" action=\"https://a.example/b#rc=3\"/></Response>");
    let [Verb::Gather(gather)] = verbs.as_slice() else { panic!("{verbs:?}") };
    assert_eq!(gather.finish_on_key, None);
    assert_eq!(gather.action, Some(Target { url: "https://a.example/b#rc=3".to_owned(), method: Method::Post }));
}

#[test]
fn numbers_and_queues_are_dialled() {
    let all = verbs(
        "<Response><Dial> 415-123-4567 </Dial><Dial timeout=\"5\"><Queue url=\"https://a.example/q\">support</Queue></Dial></Response>",
    );
    let [Verb::Dial(number), Verb::Dial(queue)] = all.as_slice() else { panic!("{all:?}") };
    let DialTo::Phones(phones) = &number.to else { panic!("{number:?}") };
    assert_eq!(phones.first().unwrap().address, "+14151234567");
    assert!(matches!(&queue.to, DialTo::Queue { name, announcement: Some(_) } if name == "support"));
}

#[test]
fn what_the_provider_only_warns_about_is_noted_when_strict() {
    let body = "<Response><Say pitch=\"high\">Hi</Say><Gather timeout=\"soon\"><Record/></Gather><Hangup/><Say>x</Say></Response>";
    assert_eq!(
        problems(body),
        [
            "12200 `<Say>` has no attribute `pitch`",
            "13313 `timeout=\"soon\"` of `<Gather>` must be a whole number from 1 to 600",
            "13320 `<Record>` cannot stand in `<Gather>`",
            "12200 what follows `<Hangup>` is never reached",
        ]
    );
    assert_eq!(read(Page { strict: false, ..page(body) }).unwrap().problems, []);
}

#[test]
fn relative_and_empty_urls_are_noted_and_still_work() {
    let body = "<Response><Redirect>b</Redirect></Response>";
    assert_eq!(problems(body), ["11100 the URL of `<Redirect>` is relative; an absolute URL is expected"]);
    let target = Target { url: "https://phone.example/flow/b".to_owned(), method: Method::Post };
    assert_eq!(read(page(body)).unwrap().verbs, [Verb::Redirect(target)]);
    let again = read(page("<Response><Redirect> </Redirect></Response>")).unwrap();
    assert!(
        matches!(again.verbs.as_slice(), [Verb::Redirect(target)] if target.url == "https://phone.example/flow/a?x=1")
    );
    assert!(!again.problems.is_empty());
}

#[test]
fn what_cannot_be_read_has_the_providers_code() {
    let code = |page: Page<'_>| read(page).unwrap_err().code;
    assert_eq!(code(page("<Response><Say>")), 12_100);
    assert_eq!(code(page("<response/>")), 12_100);
    assert_eq!(code(page(" <?xml version=\"1.0\"?><Response/>")), 12_100);
    assert_eq!(code(page("\u{feff}<Response/>")), 12_100);
    assert_eq!(code(page("")), 12_100);
    assert_eq!(code(page(&format!("<Response>{}</Response>", " ".repeat(64 * 1024)))), 11_750);
    assert_eq!(code(Page { content_type: None, ..page("<Response/>") }), 12_300);
    assert_eq!(code(Page { content_type: Some("application/json"), ..page("<Response/>") }), 12_300);
}

#[test]
fn long_speech_fails() {
    let body = format!("<Response><Say voice=\"Polly.Joanna\">{}</Say></Response>", "a".repeat(3001));
    assert_eq!(problems(&body), ["13521 `<Say>` has 3001 characters; this voice speaks at most 3000"]);
    assert_eq!(read(page(&body)).unwrap().verbs, []);
}

#[test]
fn verbs_know_their_place() {
    let held = Page { role: Role::Hold, ..page("<Response><Leave/></Response>") };
    assert_eq!(read(held).unwrap().problems, []);
    assert_eq!(problems("<Response><Leave/></Response>"), ["12200 `<Leave>` cannot stand outside a queue"]);
    let whisper = Page { role: Role::Whisper, ..page("<Response><Dial>+15550001111</Dial></Response>") };
    assert_eq!(read(whisper).unwrap().verbs, []);
}

#[test]
fn audio_and_plain_text_are_heard() {
    let audio = read(Page { content_type: Some("audio/mpeg"), ..page("ID3") }).unwrap();
    assert!(matches!(audio.verbs.as_slice(), [Verb::Sound(Piece { sound: Sound::Audio { .. }, .. })]));
    let text = read(Page { content_type: Some("text/plain"), strict: false, ..page("Good  day") }).unwrap();
    assert!(
        matches!(text.verbs.as_slice(), [Verb::Sound(Piece { sound: Sound::Words { text, .. }, .. })] if text == "Good day")
    );
}
