//! What fits into one document of a provider, so that nothing that is said is lost.
//!
//! Sizes are characters. Escaped, and with the tags between pieces of speech, a character takes [`BYTES`] bytes at most;
//! a tag takes as much as [`TAG`] characters. So [`server::MOST_SPEECH`] characters leave [`REST`] bytes of a document
//! for what is expected of the leg then.

use super::turn::{SpeechPart, Utterance};
use crate::limits::{TWILIO, server};

/// Bytes of a character: `&quot;` has six, and of the tag around a piece of speech less than one falls to each.
const BYTES: usize = 7;

/// What a tag takes besides its content, in characters.
const TAG: usize = 24;

/// Bytes of a document that are left for what is expected: a few tags with a few URLs of the server.
pub const REST: usize = 8 * 1024;

const _: () = assert!(server::MOST_SPEECH * BYTES + REST <= TWILIO.document, "a document is too small");

/// What is heard, divided so that each part fits into a document.
#[must_use]
pub fn documents(heard: Vec<Utterance>) -> Vec<Vec<Utterance>> {
    let mut rest = whole(heard);
    let mut documents = Vec::new();
    while !rest.is_empty() {
        documents.push(cut(&mut rest));
    }
    documents
}

/// Takes what fits into one document off the beginning: at least one utterance.
pub(super) fn cut(said: &mut Vec<Utterance>) -> Vec<Utterance> {
    let mut total: usize = 0;
    let fitting = said.iter().take_while(|utterance| {
        total = total.saturating_add(size(utterance));
        total <= server::MOST_SPEECH
    });
    let count = fitting.count().max(1).min(said.len());
    let rest = said.split_off(count);
    std::mem::replace(said, rest)
}

/// Utterances of which each fits into a document.
fn whole(heard: Vec<Utterance>) -> Vec<Utterance> {
    let divided = |utterance| match utterance {
        Utterance::Say { parts, voice } => {
            let say = |parts| Utterance::Say { parts, voice: voice.clone() };
            pieces(parts).into_iter().map(say).collect()
        }
        other => vec![other],
    };
    heard.into_iter().flat_map(divided).collect()
}

fn size(utterance: &Utterance) -> usize {
    match utterance {
        Utterance::Say { parts, .. } => TAG + parts.iter().map(part_size).sum::<usize>(),
        Utterance::Play { url } => TAG + url.chars().count(),
        Utterance::Pause { .. } => TAG,
    }
}

fn part_size(part: &SpeechPart) -> usize {
    match part {
        SpeechPart::Text(text) => text.chars().count(),
        SpeechPart::Break(_) => TAG,
    }
}

/// Speech in pieces of which each fits into a document, divided between words where there are some.
pub(super) fn pieces(parts: Vec<SpeechPart>) -> Vec<Vec<SpeechPart>> {
    if parts.iter().map(part_size).sum::<usize>() <= room(0) {
        return vec![parts];
    }
    let (mut pieces, mut piece, mut size) = (Vec::new(), Vec::new(), 0);
    for part in parts {
        let mut next = Some(part);
        while let Some(part) = next.take() {
            let (now, later) = divided(part, room(size), piece.is_empty());
            size += now.as_ref().map_or(0, part_size);
            piece.extend(now);
            if later.is_some() {
                pieces.push(std::mem::take(&mut piece));
                size = 0;
            }
            next = later;
        }
    }
    pieces.push(piece);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Characters that are left in a document beside so many.
fn room(size: usize) -> usize {
    server::MOST_SPEECH.saturating_sub(TAG + size)
}

/// What of a part fits, and the rest. A word is cut only if it `must` be: where nothing else is in the piece.
fn divided(part: SpeechPart, room: usize, must: bool) -> (Option<SpeechPart>, Option<SpeechPart>) {
    if part_size(&part) <= room {
        return (Some(part), None);
    }
    let SpeechPart::Text(text) = part else { return (None, Some(part)) };
    let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    let fitting = text.get(..end).unwrap_or_default();
    let place = fitting.rfind(' ').filter(|place| *place > 0).unwrap_or(if must { end } else { 0 });
    let (now, later) = text.split_at_checked(place).unwrap_or((&text, ""));
    let part = |text: &str| (!text.is_empty()).then(|| SpeechPart::Text(text.to_owned()));
    (part(now), part(later.trim_start_matches(' ')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{SpeechPart, documents, pieces, size};
    use crate::engine::turn::Utterance;
    use crate::limits::server::MOST_SPEECH;

    fn text(text: impl Into<String>) -> SpeechPart {
        SpeechPart::Text(text.into())
    }

    fn words(parts: &[SpeechPart]) -> String {
        let words = |part: &SpeechPart| if let SpeechPart::Text(text) = part { text.clone() } else { String::new() };
        parts.iter().map(words).collect()
    }

    #[test]
    fn what_fits_stays_together() {
        let parts = vec![text("Hello."), SpeechPart::Break(500), text("Bye.")];
        assert_eq!(pieces(parts.clone()), [parts]);
        assert_eq!(documents(Vec::new()), Vec::<Vec<Utterance>>::new());
    }

    #[test]
    fn long_speech_is_divided_between_words() {
        let cut = pieces(vec![text("well then ".repeat(2_000))]);
        assert_eq!(cut.len(), 3);
        assert!(cut.iter().all(|piece| words(piece).trim_end().ends_with("then") || words(piece).ends_with("well")));
        let cut = pieces(vec![text("well "), text("x".repeat(MOST_SPEECH)), text("y")]);
        assert_eq!(cut.iter().map(|piece| words(piece).len()).collect::<Vec<_>>(), [5, MOST_SPEECH - 24, 25]);
    }

    proptest! {
        #[test]
        fn every_document_is_small_enough_and_no_word_is_lost(
            heard in prop::collection::vec(prop::collection::vec(("[ab日. ]{1,8}", 0_usize..4_000), 1..3), 0..4)
        ) {
            let parts = |parts: Vec<(String, usize)>| {
                let part = |(word, times): (String, usize)| [text(word.repeat(times)), SpeechPart::Break(7)];
                parts.into_iter().flat_map(part).collect::<Vec<_>>()
            };
            let heard: Vec<Utterance> =
                heard.into_iter().map(|of| Utterance::Say { parts: parts(of), voice: "man".into() }).collect();
            let said = |heard: &[Utterance]| {
                let one = |utterance: &Utterance| match utterance {
                    Utterance::Say { parts, .. } => words(parts).replace(' ', ""),
                    _ => String::new(),
                };
                heard.iter().map(one).collect::<String>()
            };
            let whole = said(&heard);
            let divided = documents(heard);
            prop_assert_eq!(divided.iter().map(|heard| said(heard)).collect::<String>(), whole);
            for heard in &divided {
                prop_assert!(heard.iter().map(size).sum::<usize>() <= MOST_SPEECH);
            }
        }
    }
}
