//! Turns as documents for Twilio (<https://www.twilio.com/docs/voice/twiml>).
//!
//! Attributes whose defaults differ between providers of the same family are written; every URL is absolute; no
//! document depends on Twilio asking for the same one again.

use super::speech::{Chunk, Piece, chunks, has_words};
use super::xml::Writer;
use crate::engine::documents;
use crate::engine::turn::{RecordEnd, Then, Turn, Utterance};
use crate::limits::{Range, TWILIO};
use crate::provider::Links;
use crate::provider::route::{HoldMark, Mark};

/// What is heard may take this much of a document, in bytes; the rest is for what follows. The engine gives no more.
const MOST_HEARD: usize = TWILIO.document - documents::REST;

/// Music without music, in seconds: a document that takes no time would be asked for again at once, without end.
const SILENT_MUSIC: &str = "10";

/// Seconds that a callee waits for the caller to be joined; the caller is in the queue already.
const JOIN_TIMEOUT: &str = "5";

/// The document for a turn.
pub(super) fn document(turn: &Turn, links: &Links) -> String {
    Writer::document("Response", |w| Page { w, links, heard: &turn.heard }.then(&turn.then))
}

struct Page<'a> {
    w: &'a mut Writer,
    links: &'a Links,
    heard: &'a [Utterance],
}

impl Page<'_> {
    fn then(&mut self, then: &Then) {
        match then {
            Then::Listen { digits, within } => self.listen(*digits, *within),
            Then::Record { longest, end, transcribe, keys } => self.record(*longest, end, *transcribe, *keys),
            Then::Pause { millis, keys } => self.pause(*millis, *keys),
            Then::Hold { visit, round } => self.hold(*visit, *round),
            Then::Music { keys, visit, round } => self.music(*keys, *visit, *round),
            Then::Leave => self.last("Leave"),
            Then::Dial { number, caller_id, ringing, keys, star_drops } => {
                self.dial(number, caller_id.as_deref(), *ringing, keys.as_deref(), *star_drops);
            }
            Then::Join { visit, round } => self.join(*visit, *round),
            Then::Continue => {
                self.words();
                self.redirect(Mark::Plain);
            }
            Then::HangUp => self.last("Hangup"),
            // Only a `<Reject>` that comes first leaves the call unanswered.
            Then::Busy => self.w.empty("Reject", &[("reason", "busy")]),
            Then::Nothing => self.words(),
        }
    }

    fn listen(&mut self, digits: u32, within: u64) {
        // One key is any key, the pound as well. Of several, the pound is the one that ends the entry early.
        let finish = if digits > 1 { "#" } else { "" };
        let gather = Gather { digits, seconds: seconds(within), finish, even_if_empty: true };
        let action = self.links.back(Mark::Keys);
        self.gather(&gather, &action);
        self.redirect(Mark::None);
    }

    fn record(&mut self, longest: u32, end: &RecordEnd, transcribe: bool, keys: bool) {
        if keys && !self.heard.is_empty() {
            let action = self.links.back(Mark::Skip);
            // Without a key it goes on to the recording, hence no action then.
            self.gather(&Gather { digits: 1, seconds: 1, finish: "", even_if_empty: false }, &action);
        } else {
            self.words();
        }
        let (silence, finish) = match end {
            RecordEnd::AnyKey => (0, "0123456789*#"),
            RecordEnd::These { keys, silence } => (*silence, keys.as_str()),
        };
        let (longest, silence) = (longest.to_string(), silence.to_string());
        let (action, callback) = (self.links.back(Mark::Record), self.links.transcript());
        let mut attributes = vec![
            ("maxLength", longest.as_str()),
            ("timeout", &silence),
            ("finishOnKey", finish),
            ("trim", "do-not-trim"),
            ("playBeep", "true"),
        ];
        if transcribe {
            attributes.extend([("transcribe", "true"), ("transcribeCallback", &callback)]);
        }
        attributes.extend([("action", action.as_str()), ("method", "POST")]);
        self.w.empty("Record", &attributes);
        self.redirect(Mark::Empty);
    }

    fn pause(&mut self, millis: u64, keys: bool) {
        let length = seconds(millis);
        if keys {
            let action = self.links.back(Mark::Wait);
            self.gather(&Gather { digits: 1, seconds: length, finish: "", even_if_empty: true }, &action);
        } else {
            self.words();
            self.w.empty("Pause", &[("length", &length.to_string())]);
        }
        self.redirect(Mark::Wait);
    }

    fn hold(&mut self, visit: u32, round: u32) {
        self.words();
        let music = self.links.hold(visit, round, HoldMark::Music);
        let left = self.links.hold(visit, round, HoldMark::Left);
        let name = self.links.queue(visit, round);
        let attributes =
            [("waitUrl", music.as_str()), ("waitUrlMethod", "POST"), ("action", &left), ("method", "POST")];
        self.w.element("Enqueue", &attributes, |w| w.text(&name));
        // Not reached as long as the action is honoured; where it is not, the call goes on.
        self.redirect(Mark::Plain);
    }

    fn music(&mut self, keys: bool, visit: u32, round: u32) {
        let silent = self.heard.is_empty();
        if keys {
            let action = self.links.hold(visit, round, HoldMark::Keys);
            self.gather(&Gather { digits: 1, seconds: 1, finish: "", even_if_empty: false }, &action);
        } else {
            self.words();
        }
        if silent {
            self.w.empty("Pause", &[("length", SILENT_MUSIC)]);
        }
        let again = self.links.hold(visit, round, HoldMark::Music);
        self.redirect_to(&again);
    }

    fn dial(&mut self, number: &str, caller_id: Option<&str>, ringing: u32, keys: Option<&str>, star_drops: bool) {
        self.words();
        let action = self.links.back(Mark::Dial);
        let Range { least, most } = TWILIO.ringing;
        let timeout = u64::from(ringing).clamp(least / 1000, most / 1000).to_string();
        let star_drops = star_drops.to_string();
        let mut attributes = Vec::new();
        // Without it the other side would see the caller's number.
        if let Some(shown) = caller_id.or(self.links.called.as_deref()) {
            attributes.push(("callerId", shown));
        }
        attributes.extend([
            ("timeout", timeout.as_str()),
            ("hangupOnStar", &star_drops),
            ("action", &action),
            ("method", "POST"),
        ]);
        self.w.element("Dial", &attributes, |w| {
            let keys: Vec<_> = keys.iter().map(|keys| ("sendDigits", *keys)).collect();
            w.element("Number", &keys, |w| w.text(number));
        });
    }

    fn join(&mut self, visit: u32, round: u32) {
        self.words();
        let action = self.links.back(Mark::Join);
        let joining = self.links.hold(visit, round, HoldMark::Join);
        let name = self.links.queue(visit, round);
        self.w.element("Dial", &[("timeout", JOIN_TIMEOUT), ("action", &action), ("method", "POST")], |w| {
            w.element("Queue", &[("url", joining.as_str()), ("method", "POST")], |w| w.text(&name));
        });
    }

    fn last(&mut self, verb: &'static str) {
        self.words();
        self.w.empty(verb, &[]);
    }

    fn words(&mut self) {
        words(self.w, self.heard);
    }

    fn gather(&mut self, gather: &Gather, action: &str) {
        let (digits, seconds) = (gather.digits.max(1).to_string(), gather.seconds.to_string());
        let mut attributes = vec![
            ("input", "dtmf"),
            ("numDigits", digits.as_str()),
            ("timeout", &seconds),
            ("finishOnKey", gather.finish),
        ];
        if gather.even_if_empty {
            attributes.push(("actionOnEmptyResult", "true"));
        }
        attributes.extend([("method", "POST"), ("action", action)]);
        let heard = self.heard;
        self.w.element("Gather", &attributes, |w| words(w, heard));
    }

    fn redirect(&mut self, mark: Mark) {
        let url = self.links.back(mark);
        self.redirect_to(&url);
    }

    fn redirect_to(&mut self, url: &str) {
        self.w.element("Redirect", &[("method", "POST")], |w| w.text(url));
    }
}

struct Gather {
    digits: u32,
    /// After the last word, and between keys.
    seconds: u64,
    finish: &'static str,
    /// Whether the action is asked for without any key.
    even_if_empty: bool,
}

/// Whole seconds, rounded up, at least one.
fn seconds(millis: u64) -> u64 {
    millis.div_ceil(1000).max(1)
}

fn words(w: &mut Writer, heard: &[Utterance]) {
    for utterance in heard {
        let complete = match utterance {
            Utterance::Say { parts, voice } => chunks(parts).iter().all(|chunk| within(w, |w| say(w, voice, chunk))),
            Utterance::Play { url } => within(w, |w| w.element("Play", &[], |w| w.text(url))),
            Utterance::Pause { millis } => within(w, |w| pause(w, *millis)),
        };
        if !complete {
            tracing::warn!("what is heard is longer than one document; the end of it is left out");
            return;
        }
    }
}

/// Writes something unless it makes the document too large.
fn within(w: &mut Writer, write: impl FnOnce(&mut Writer)) -> bool {
    let before = w.len();
    write(w);
    let fits = w.len() <= MOST_HEARD;
    if !fits {
        w.truncate(before);
    }
    fits
}

fn pause(w: &mut Writer, millis: u64) {
    w.empty("Pause", &[("length", &seconds(millis).to_string())]);
}

fn say(w: &mut Writer, voice: &str, chunk: &Chunk) {
    // The basic voices (`man`, `woman`) know no SSML; all others have a vendor in front of their names.
    if voice.contains('.') && has_words(chunk) {
        w.element("Say", &[("voice", voice)], |w| {
            for piece in chunk {
                match piece {
                    Piece::Text(text) => w.text(text),
                    Piece::Break(millis) => breaks(w, *millis),
                }
            }
        });
        return;
    }
    for piece in chunk {
        match piece {
            Piece::Text(text) if text.trim().is_empty() => {}
            Piece::Text(text) => w.element("Say", &[("voice", voice)], |w| w.text(text)),
            Piece::Break(millis) => pause(w, u64::from(*millis)),
        }
    }
}

fn breaks(w: &mut Writer, millis: u32) {
    let mut rest = millis;
    while rest > 0 {
        let now = rest.min(TWILIO.silence_in_speech);
        w.empty("break", &[("time", &format!("{now}ms"))]);
        rest -= now;
    }
}

#[cfg(test)]
mod tests;
