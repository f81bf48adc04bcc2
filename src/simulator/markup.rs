//! Documents: what a webhook is answered with, read as strictly as wanted.

mod build;
mod rules;
mod url;
mod verb;

use roxmltree::{Document as Xml, Node};

pub(super) use self::url::{is_absolute, resolve};
pub(super) use self::verb::{Callback, Dial, DialTo, Enqueue, Gather, Phone, Piece, Record, Sound, Target, Verb, Wait};
use super::problem::Problem;
use crate::limits::TWILIO;

/// Where a document is performed. Some verbs exist only in some places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// On a leg of its own.
    Main,
    /// To a caller in a queue (`waitUrl`).
    Hold,
    /// To a caller who is about to be taken out of a queue (`url` of `<Queue>`).
    Announcement,
    /// To a callee before the two are joined (`url` of `<Number>`).
    Whisper,
}

impl Role {
    fn allows(self, verb: &str) -> bool {
        match self {
            Self::Main => verb != "Leave",
            Self::Hold => matches!(verb, "Play" | "Say" | "Pause" | "Hangup" | "Redirect" | "Leave" | "Gather"),
            Self::Announcement => matches!(verb, "Play" | "Say" | "Pause" | "Redirect"),
            Self::Whisper => matches!(verb, "Play" | "Say" | "Pause" | "Gather" | "Hangup" | "Redirect"),
        }
    }

    fn place(self) -> &'static str {
        match self {
            Self::Main => "outside a queue",
            Self::Hold => "in a document for a queue",
            Self::Announcement => "in an announcement before two are joined",
            Self::Whisper => "in a document for a callee before two are joined",
        }
    }
}

/// What came back from a webhook.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    /// Its URL; none for a document sent to the API.
    pub(super) url: Option<&'a str>,
    /// The header of that name.
    pub(super) content_type: Option<&'a str>,
    /// The body.
    pub(super) body: &'a [u8],
    /// Where it is performed.
    pub(super) role: Role,
    /// Whether to note what the provider only warns about, or silently puts right.
    pub(super) strict: bool,
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Document {
    pub(super) verbs: Vec<Verb>,
    pub(super) problems: Vec<Problem>,
}

/// Reads a document; the problem if it cannot be performed at all.
pub(super) fn read(page: Page<'_>) -> Result<Document, Problem> {
    let refuse =
        |code, text: &str| Problem { code, url: page.url.unwrap_or_default().to_owned(), text: text.to_owned() };
    if page.body.len() > TWILIO.document {
        return Err(refuse(11_750, "the document is larger than 64 kB"));
    }
    let kind = page.content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind.starts_with("audio/") {
        let url = page.url.unwrap_or_default().to_owned();
        return Ok(Document {
            verbs: vec![Verb::Sound(Piece { sound: Sound::Audio { url }, times: 1 })],
            problems: vec![],
        });
    }
    if !matches!(kind.as_str(), "text/xml" | "application/xml" | "text/html" | "text/plain") {
        let text = if kind.is_empty() { "no content type" } else { "a content type that is no document" };
        return Err(refuse(12_300, text));
    }
    let text = std::str::from_utf8(page.body).map_err(|_| refuse(12_100, "the document is not UTF-8"))?;
    let mut problems = Vec::new();
    if page.strict && !matches!(kind.as_str(), "text/xml" | "application/xml") {
        problems.push(refuse(12_300, &format!("the content type is `{kind}`; `text/xml` is expected")));
    }
    if kind == "text/plain" && !text.trim_start().starts_with('<') {
        let sound = Sound::Words { text: build::plain(text), voice: None, language: None };
        return Ok(Document { verbs: vec![Verb::Sound(Piece { sound, times: 1 })], problems });
    }
    let start = text.trim_start_matches('\u{feff}');
    if start.len() != text.len() || start.trim_start().starts_with("<?xml") && !start.starts_with("<?xml") {
        return Err(refuse(12_100, "something stands before `<?xml`"));
    }
    let xml = Xml::parse(text).map_err(|error| refuse(12_100, &format!("not well-formed: {error}")))?;
    let root = xml.root_element();
    if !is(root, "Response") {
        return Err(refuse(12_100, &format!("the root is `<{}>`, not `<Response>`", root.tag_name().name())));
    }
    let mut builder = build::Builder::new(page, problems);
    let verbs = builder.response(root);
    Ok(Document { verbs, problems: builder.problems })
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

#[cfg(test)]
mod tests;
