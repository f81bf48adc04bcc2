//! Speech in pieces that Twilio accepts.

use std::borrow::Cow;

use super::xml::{clean, has_special};
use crate::engine::turn::SpeechPart;
use crate::limits::TWILIO;

/// What a `<break>` may add to a text, in characters and in encoded bytes; some voices count the tags.
const BREAK: Size = Size { characters: 24, encoded: 48 };

/// Part of what one `<Say>` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Words; legal in XML.
    Text(String),
    /// Silence in milliseconds; not 0.
    Break(u32),
}

/// What one `<Say>` says.
pub(super) type Chunk = Vec<Piece>;

/// Cuts speech into chunks of at most what one `<Say>` may say, between sentences or else between words.
pub(super) fn chunks(parts: &[SpeechPart]) -> Vec<Chunk> {
    let mut cutter = Cutter::default();
    for part in parts {
        match part {
            SpeechPart::Text(text) => cutter.text(&cleaned(text)),
            SpeechPart::Break(0) => {}
            SpeechPart::Break(millis) => cutter.pause(*millis),
        }
    }
    cutter.next_chunk();
    cutter.done
}

/// A text with nothing in it that a document may not have.
fn cleaned(text: &str) -> Cow<'_, str> {
    if !has_special(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(clean).collect())
}

/// Whether there is anything in it to say.
pub(super) fn has_words(chunk: &Chunk) -> bool {
    chunk.iter().any(|piece| matches!(piece, Piece::Text(text) if !text.trim().is_empty()))
}

#[derive(Debug, Clone, Copy, Default)]
struct Size {
    characters: usize,
    encoded: usize,
}

impl Size {
    fn of(text: &str) -> Self {
        let plain = text.bytes().filter(u8::is_ascii_alphanumeric).count();
        Self { characters: text.chars().count(), encoded: 3 * (text.len() - plain) + plain }
    }

    fn plus(self, other: Self) -> Self {
        Self { characters: self.characters + other.characters, encoded: self.encoded + other.encoded }
    }

    fn fits(self) -> bool {
        self.characters <= TWILIO.least_speech() && self.encoded <= TWILIO.encoded_speech
    }
}

#[derive(Default)]
struct Cutter {
    done: Vec<Chunk>,
    chunk: Chunk,
    size: Size,
}

impl Cutter {
    fn next_chunk(&mut self) {
        if !self.chunk.is_empty() {
            self.done.push(std::mem::take(&mut self.chunk));
        }
        self.size = Size::default();
    }

    fn pause(&mut self, millis: u32) {
        if !self.size.plus(BREAK).fits() {
            self.next_chunk();
        }
        self.size = self.size.plus(BREAK);
        self.chunk.push(Piece::Break(millis));
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let (now, later) = self.cut(rest);
            self.size = self.size.plus(Size::of(now));
            if !now.is_empty() {
                self.chunk.push(Piece::Text(now.to_owned()));
            }
            if !later.is_empty() {
                self.next_chunk();
            }
            rest = later;
        }
    }

    /// What of a text still fits into the chunk, and the rest. Nothing fits only into a chunk that has something in it.
    fn cut<'a>(&self, text: &'a str) -> (&'a str, &'a str) {
        let longest = self.longest(text);
        if longest == text.len() {
            return (text, "");
        }
        let fitting = text.get(..longest).unwrap_or_default();
        let place = sentence_end(fitting).or_else(|| fitting.rfind(' '));
        // A word that fits into no chunk is cut anywhere; one that fits into the next is left to it.
        let place = place.unwrap_or(if self.chunk.is_empty() { longest } else { 0 });
        let (now, later) = text.split_at_checked(place).unwrap_or((text, ""));
        (now, later.trim_start_matches(' '))
    }

    /// The length in bytes of the longest beginning that fits.
    fn longest(&self, text: &str) -> usize {
        // Most texts are so short that they need not be looked at: no byte is more than three once it is encoded.
        let most = Size { characters: text.len(), encoded: 3 * text.len() };
        if self.size.plus(most).fits() {
            return text.len();
        }
        let mut size = self.size;
        for (at, c) in text.char_indices() {
            size = size.plus(Size::of(c.encode_utf8(&mut [0; 4])));
            if !size.fits() {
                return at;
            }
        }
        text.len()
    }
}

/// The place behind the last sentence that is complete.
fn sentence_end(text: &str) -> Option<usize> {
    let mut end = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if c == ' ' && matches!(before, '.' | '!' | '?' | '…') || matches!(before, '。' | '！' | '？') {
            end = Some(at);
        }
        before = c;
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Chunk, Piece, TWILIO, chunks};
    use crate::engine::turn::SpeechPart;

    fn text(text: impl Into<String>) -> SpeechPart {
        SpeechPart::Text(text.into())
    }

    fn words(chunk: &Chunk) -> String {
        let words = |piece: &Piece| if let Piece::Text(text) = piece { text.clone() } else { String::new() };
        chunk.iter().map(words).collect()
    }

    #[test]
    fn short_speech_is_one_chunk() {
        let parts = [text("Hello.\n"), SpeechPart::Break(500), SpeechPart::Break(0), text(""), text("Bye\u{0}.")];
        let pieces = vec![Piece::Text("Hello. ".into()), Piece::Break(500), Piece::Text("Bye.".into())];
        assert_eq!(chunks(&parts), [pieces]);
        assert_eq!(chunks(&[]), Vec::<Chunk>::new());
    }

    #[test]
    fn long_speech_is_cut_between_sentences() {
        let sentence = "The quick brown fox jumps over the lazy dog. ";
        let cut = chunks(&[text(sentence.repeat(100))]);
        assert!(cut.len() > 1);
        for chunk in &cut {
            let words = words(chunk);
            assert!(words.starts_with("The") && words.trim_end().ends_with("dog."), "{words}");
        }
        assert_eq!(cut.iter().map(words).collect::<Vec<_>>().join(" ").trim(), sentence.repeat(100).trim());
    }

    #[test]
    fn without_sentences_it_is_cut_between_words_and_without_words_anywhere() {
        let cut = chunks(&[text(format!("{} {}", "a".repeat(2000), "b".repeat(2000)))]);
        assert_eq!(cut.iter().map(words).collect::<Vec<_>>(), ["a".repeat(2000), "b".repeat(2000)]);
        let cut = chunks(&[text("日".repeat(1200))]);
        assert_eq!(cut.iter().map(|chunk| words(chunk).chars().count()).collect::<Vec<_>>(), [500, 500, 200]);
        let cut = chunks(&[text("a".repeat(TWILIO.least_speech())), text("b")]);
        assert_eq!(cut.iter().map(words).collect::<Vec<_>>(), ["a".repeat(TWILIO.least_speech()), "b".into()]);
    }

    proptest! {
        #[test]
        fn every_chunk_fits_and_no_word_is_lost(
            parts in prop::collection::vec(("[ab日. 😀]{1,8}", 1_usize..900, any::<bool>()), 0..5)
        ) {
            let parts: Vec<_> = parts
                .into_iter()
                .flat_map(|(word, times, pause)| {
                    [text(word.repeat(times)), SpeechPart::Break(u32::from(pause))]
                })
                .collect();
            let squeeze = |text: String| text.replace(' ', "");
            let said = parts.iter().map(|part| match part {
                SpeechPart::Text(text) => squeeze(text.clone()),
                SpeechPart::Break(_) => String::new(),
            });
            let said: String = said.collect();
            let cut = chunks(&parts);
            prop_assert_eq!(cut.iter().map(|chunk| squeeze(words(chunk))).collect::<String>(), said);
            for chunk in &cut {
                let words = words(chunk);
                prop_assert!(words.chars().count() <= TWILIO.least_speech());
                let encoded = percent_encoding::utf8_percent_encode(&words, percent_encoding::NON_ALPHANUMERIC);
                prop_assert!(encoded.to_string().len() <= TWILIO.encoded_speech);
            }
        }
    }
}
