//! Forms of the language that this version parses but does not build.

use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// Reports a form as not built; what depends on it is of unknown type, and silent.
pub(super) fn unbuilt(report: &Report, span: Span, form: &str) {
    report.add(
        Diagnostic::new(Code::NotBuilt, format!("{form} is not built yet in this version of ivrc"))
            .at(span, "")
            .help("leave it out, or express it by the forms that are built"),
    );
}

/// Reports words where a key is wanted: speech is not built, and mostly was not meant.
pub(super) fn spoken_key(report: &Report, span: Span, words: &str) {
    let is_key = |text: &str| matches!(text.as_bytes(), [b'0'..=b'9' | b'*' | b'#']);
    let key = words.split([' ', ',', '.']).find(|word| is_key(word));
    let help = match key {
        Some(key) if key == words => format!("a key stands without quotes: write `{key}`"),
        Some(key) => format!("an arm begins with its key: write `{key} \"…\" => …`; \"Press {key}\" is said by itself"),
        None => "an arm begins with its key: write `1 \"…\" => …`".to_owned(),
    };
    report.add(
        Diagnostic::new(Code::NotBuilt, "speech as input is not built yet in this version of ivrc")
            .at(span, "words instead of a key")
            .help(help),
    );
}
