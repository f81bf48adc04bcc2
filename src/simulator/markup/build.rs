//! From elements to verbs, noting what is wrong on the way.

use std::time::Duration;

use roxmltree::Node;

use super::rules::{self, Text};
use super::verb::{Callback, Dial, DialTo, Enqueue, Gather, Phone, Piece, Record, Sound, Target, Verb, Wait};
use super::{Page, url};
use crate::http::Method;
use crate::limits::{SpeechLimit, TWILIO};
use crate::simulator::problem::Problem;

/// Reads one document.
pub(super) struct Builder<'a> {
    page: Page<'a>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(page: Page<'a>, problems: Vec<Problem>) -> Self {
        Self { page, problems }
    }

    /// The verbs of `<Response>`.
    pub(super) fn response(&mut self, root: Node<'_, '_>) -> Vec<Verb> {
        self.check(root);
        let mut verbs = Vec::new();
        for node in root.children().filter(Node::is_element) {
            let name = node.tag_name().name();
            if self.page.role.allows(name) {
                verbs.extend(self.verb(node));
            } else {
                self.fault(12_200, format!("`<{name}>` cannot stand {}", self.page.role.place()));
            }
        }
        self.unreachable(&verbs);
        verbs
    }

    fn verb(&mut self, node: Node<'_, '_>) -> Option<Verb> {
        Some(match node.tag_name().name() {
            "Say" | "Play" => Verb::Sound(self.sound(node)?),
            "Pause" => Verb::Pause(pause(node)),
            "Gather" => Verb::Gather(Box::new(self.gather(node))),
            "Record" => Verb::Record(Box::new(self.record(node))),
            "Redirect" => {
                let text = plain(&text_of(node));
                if let Some(complaint) = url::complaint(&text) {
                    self.warn(11_100, format!("the URL of `<Redirect>` {complaint}"));
                }
                // An empty one asks for the current document again.
                let place = if text.is_empty() { self.page.url.unwrap_or_default() } else { &text };
                Verb::Redirect(self.target(node, place, "method")?)
            }
            "Hangup" => Verb::Hangup,
            "Reject" => Verb::Reject { busy: node.attribute("reason") == Some("busy") },
            "Enqueue" => Verb::Enqueue(Box::new(self.enqueue(node))),
            "Leave" => Verb::Leave,
            "Dial" => Verb::Dial(Box::new(self.dial(node))),
            _ => return None,
        })
    }

    /// `<Say>` or `<Play>`; none if it fails.
    fn sound(&mut self, node: Node<'_, '_>) -> Option<Piece> {
        let times = match node.attribute("loop").and_then(|text| text.parse().ok()) {
            Some(0) => 1000,
            Some(times) => u32::min(times, 1000),
            None => 1,
        };
        if is(node, "Play") {
            if let Some(tones) = node.attribute("digits") {
                return Some(Piece { sound: Sound::Tones(tones.to_owned()), times });
            }
            let text = plain(&text_of(node));
            if let Some(complaint) = url::complaint(&text) {
                self.warn(11_100, format!("the URL of `<Play>` {complaint}"));
            }
            let url = self.resolved(&text, "`<Play>`")?;
            return Some(Piece { sound: Sound::Audio { url }, times });
        }
        let (voice, language) = (node.attribute("voice"), node.attribute("language"));
        let text = plain(&text_of(node));
        let SpeechLimit { most, bytes } = TWILIO.speech(voice.unwrap_or("man"));
        let written = || node.document().input_text().get(node.range()).map_or(0, str::len);
        let length = if bytes { written() } else { text.chars().count() };
        if length > most {
            self.fault(13_521, format!("`<Say>` has {length} characters; this voice speaks at most {most}"));
            return None;
        }
        let sound = Sound::Words { text, voice: voice.map(str::to_owned), language: language.map(str::to_owned) };
        Some(Piece { sound, times })
    }

    fn gather(&mut self, node: Node<'_, '_>) -> Gather {
        let mut prompt = Vec::new();
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "Say" | "Play" => {
                    if child.attribute("digits").is_some() {
                        self.fault(12_200, "`<Play digits>` cannot stand in `<Gather>`".to_owned());
                    } else {
                        prompt.extend(self.sound(child));
                    }
                }
                "Pause" => prompt.push(Piece { sound: Sound::Silence(pause(child)), times: 1 }),
                _ => {}
            }
        }
        self.not_simulated(node, &["partialResultCallback"]);
        let input = node.attribute("input").unwrap_or("dtmf");
        Gather {
            action: self.optional(node, "action", "method"),
            keys: input.contains("dtmf"),
            speech: input.contains("speech"),
            timeout: seconds(node, "timeout", 5),
            finish_on_key: node.attribute("finishOnKey").map_or(Some('#'), |key| key.chars().next()),
            num_digits: node.attribute("numDigits").and_then(|digits| digits.parse().ok()),
            action_on_empty: flag(node, "actionOnEmptyResult", false),
            prompt,
        }
    }

    fn record(&mut self, node: Node<'_, '_>) -> Record {
        self.not_simulated(node, &["recordingConfigurationId"]);
        let transcribe = flag(node, "transcribe", false);
        let max_length = seconds(node, "maxLength", if transcribe { 120 } else { 3600 });
        if transcribe && max_length > Duration::from_mins(2) {
            self.warn(13_613, "`maxLength` over 120 s cannot be transcribed".to_owned());
        }
        if !transcribe && node.has_attribute("transcribeCallback") {
            self.warn(12_200, "`transcribeCallback` without `transcribe`".to_owned());
        }
        Record {
            action: self.optional(node, "action", "method"),
            timeout: seconds(node, "timeout", 5),
            finish_on_key: node.attribute("finishOnKey").unwrap_or("1234567890*#").to_owned(),
            max_length,
            beep: flag(node, "playBeep", true),
            trim: node.attribute("trim") != Some("do-not-trim"),
            status_callback: self.callback(node, "recordingStatusCallback"),
            transcribe,
            transcribe_callback: self.optional(node, "transcribeCallback", "").map(|target| target.url),
        }
    }

    /// Attributes that would change what happens, and do not here.
    fn not_simulated(&mut self, node: Node<'_, '_>, attributes: &[&str]) {
        for attribute in attributes.iter().filter(|attribute| node.has_attribute(**attribute)) {
            self.fault(12_200, format!("`{attribute}` of `<{}>` is not simulated", node.tag_name().name()));
        }
    }

    fn enqueue(&mut self, node: Node<'_, '_>) -> Enqueue {
        let queue = plain(&text_of(node));
        if queue.chars().count() > 64 {
            self.fault(12_200, "the name of a queue is longer than 64 characters".to_owned());
        }
        let wait = match node.attribute("waitUrl") {
            None => Wait::Default,
            Some("") => Wait::Silence,
            Some(_) => self.optional(node, "waitUrl", "waitUrlMethod").map_or(Wait::Silence, Wait::Document),
        };
        Enqueue {
            queue,
            action: self.optional(node, "action", "method"),
            wait,
            max_size: node.attribute("maxQueueSize").and_then(|size| size.parse().ok()).unwrap_or(1000),
        }
    }

    fn dial(&mut self, node: Node<'_, '_>) -> Dial {
        let mut phones = Vec::new();
        let mut queue = None;
        for child in node.children().filter(Node::is_element) {
            let text = plain(&text_of(child));
            match child.tag_name().name() {
                "Number" => phones.push(self.phone(child, number(&text))),
                "Client" => phones.push(self.phone(child, format!("client:{text}"))),
                "Sip" => phones.push(self.phone(child, text)),
                "Queue" => queue = Some((text, self.optional(child, "url", "method"))),
                _ => {}
            }
        }
        let own: String = node.children().filter(Node::is_text).filter_map(|text| text.text()).collect();
        if !own.trim().is_empty() {
            let address = number(&plain(&own));
            phones.push(Phone { address, tones: None, whisper: None, status_callback: None });
        }
        if phones.len() > 10 {
            self.fault(13_200, "more than 10 phones in `<Dial>`".to_owned());
            phones.truncate(10);
        }
        if !phones.is_empty() && queue.is_some() {
            self.fault(12_200, "`<Queue>` beside other nouns in `<Dial>`".to_owned());
        }
        Dial {
            action: self.optional(node, "action", "method"),
            answer_on_bridge: flag(node, "answerOnBridge", false),
            caller_id: node.attribute("callerId").map(str::to_owned),
            hangup_on_star: flag(node, "hangupOnStar", false),
            sequential: flag(node, "sequential", false),
            timeout: seconds(node, "timeout", 30),
            time_limit: seconds(node, "timeLimit", 14_400),
            to: match queue {
                Some((name, announcement)) => DialTo::Queue { name, announcement },
                None => DialTo::Phones(phones),
            },
        }
    }

    fn phone(&mut self, node: Node<'_, '_>, address: String) -> Phone {
        Phone {
            address,
            tones: node.attribute("sendDigits").map(str::to_owned),
            whisper: self.optional(node, "url", "method"),
            status_callback: self.callback(node, "statusCallback"),
        }
    }

    fn callback(&mut self, node: Node<'_, '_>, name: &str) -> Option<Callback> {
        let target = self.optional(node, name, &format!("{name}Method"))?;
        let events = node.attribute(format!("{name}Event").as_str()).unwrap_or("completed");
        Some(Callback { target, events: events.split_whitespace().map(str::to_owned).collect() })
    }

    /// The target in an attribute, if it is there and names one.
    fn optional(&mut self, node: Node<'_, '_>, attribute: &str, method: &str) -> Option<Target> {
        self.target(node, node.attribute(attribute)?.trim(), method)
    }

    fn target(&mut self, node: Node<'_, '_>, text: &str, method: &str) -> Option<Target> {
        let url = self.resolved(text, &format!("`<{}>`", node.tag_name().name()))?;
        let method = if node.attribute(method) == Some("GET") { Method::Get } else { Method::Post };
        Some(Target { url, method })
    }

    fn resolved(&mut self, text: &str, place: &str) -> Option<String> {
        url::resolve(self.page.url, text)
            .map_err(|reason| self.fault(11_100, format!("the URL `{text}` in {place}: {reason}")))
            .ok()
    }

    /// Notes what follows a verb that never comes back.
    fn unreachable(&mut self, verbs: &[Verb]) {
        let last = verbs.iter().position(|verb| {
            matches!(verb, Verb::Hangup | Verb::Reject { .. } | Verb::Redirect(_) | Verb::Leave)
                || matches!(verb, Verb::Dial(dial) if dial.action.is_some())
        });
        if let Some(verb) = last.filter(|last| last + 1 < verbs.len()).and_then(|last| verbs.get(last)) {
            self.warn(12_200, format!("what follows `<{}>` is never reached", verb.name()));
        }
    }

    /// Holds an element and everything in it against the table.
    fn check(&mut self, node: Node<'_, '_>) {
        let name = node.tag_name().name();
        let Some(rule) = rules::rule(name) else { return };
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            match rule.attributes.iter().find(|(known, _)| *known == key) {
                None => self.warn(12_200, format!("`<{name}>` has no attribute `{key}`")),
                Some((_, kind)) => {
                    if let Some(complaint) = rules::misfit(*kind, value) {
                        self.warn(
                            rules::code_of_value(name, key),
                            format!("`{key}=\"{value}\"` of `<{name}>` {complaint}"),
                        );
                    }
                }
            }
        }
        let own: String = node.children().filter(Node::is_text).filter_map(|text| text.text()).collect();
        match rule.text {
            Text::None if !own.trim().is_empty() => self.warn(12_200, format!("`<{name}>` has text in it")),
            Text::Needed if text_of(node).trim().is_empty() => self.warn(12_200, format!("`<{name}>` is empty")),
            _ => {}
        }
        for child in node.children().filter(Node::is_element) {
            let inner = child.tag_name().name();
            if rule.children.contains(&inner) {
                self.check(child);
            } else if rules::rule(inner).is_some() {
                let code = if name == "Gather" { 13_320 } else { 12_200 };
                self.warn(code, format!("`<{inner}>` cannot stand in `<{name}>`"));
            } else if rules::ELSEWHERE.contains(&inner) {
                self.fault(12_200, format!("`<{inner}>` is not simulated"));
            } else {
                self.warn(12_200, format!("there is no `<{inner}>`"));
            }
        }
    }

    /// Notes what the provider only warns about, or puts right in silence.
    fn warn(&mut self, code: u32, text: String) {
        if self.page.strict {
            self.fault(code, text);
        }
    }

    /// Notes what does not work.
    fn fault(&mut self, code: u32, text: String) {
        self.problems.push(Problem { code, url: self.page.url.unwrap_or_default().to_owned(), text });
    }
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    super::is(node, name)
}

/// The text in an element and everything below it; a `<break>` and the bounds of sentences are blanks.
fn text_of(node: Node<'_, '_>) -> String {
    let mut text = String::new();
    for part in node.descendants() {
        if let Some(piece) = part.text().filter(|_| part.is_text()) {
            text.push_str(piece);
        } else if matches!(part.tag_name().name(), "break" | "p" | "s") {
            text.push(' ');
        }
    }
    text
}

/// A text with single blanks and none at its ends.
pub(super) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pause(node: Node<'_, '_>) -> Duration {
    seconds(node, "length", 1)
}

fn seconds(node: Node<'_, '_>, attribute: &str, default: u64) -> Duration {
    Duration::from_secs(node.attribute(attribute).and_then(|text| text.trim().parse().ok()).unwrap_or(default))
}

fn flag(node: Node<'_, '_>, attribute: &str, default: bool) -> bool {
    node.attribute(attribute).map_or(default, |text| text == "true")
}

/// A number as people write it, in E.164; without a country it is one of the United States, as the provider reads it.
fn number(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        _ if text.starts_with('+') => format!("+{digits}"),
        10 => format!("+1{digits}"),
        11 if digits.starts_with('1') => format!("+{digits}"),
        _ => text.to_owned(),
    }
}
