use super::*;
use crate::diagnostic::Code;
use crate::source::{Source, Span};

const PLAIN: Style = Style { color: false, width: 100, unicode: true };

fn sources(texts: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::new();
    for (name, text) in texts {
        sources.add(Source::new(*name, *text));
    }
    sources
}

/// The span of `part` in `text`.
fn span(source: u16, text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap();
    Span::new(SourceId(source), start, start + part.len())
}

#[test]
fn looks_like_the_language_document() {
    let text = "scene a {\n  say \"hi\"\n\n\nscene b {\n";
    let diagnostic = Diagnostic::new(Code::MissingBrace, "a `}` is missing before `scene b`")
        .at(span(0, text, "scene b"), "expected `}` before this")
        .at(span(0, text, "{"), "opened here")
        .help("close `scene a` with `}`");
    let drawn = render(&diagnostic, &sources(&[("a.ivr", text)]), PLAIN);
    println!("{drawn}");
    panic!();
}
