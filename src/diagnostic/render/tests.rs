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

#[track_caller]
fn drawn(diagnostic: &Diagnostic, texts: &[(&str, &str)], style: Style, wanted: &str) {
    let drawn = render(diagnostic, &sources(texts), style);
    let lines: Vec<&str> = drawn.lines().map(str::trim_end).collect();
    assert_eq!(lines.join("\n").trim_end_matches('\n'), wanted.trim_matches('\n'), "\n{drawn}");
}

#[test]
fn looks_like_the_language_document() {
    let text = "// a\nscene a {\n  say \"hi\"\n\n\nscene b {\n";
    let diagnostic = Diagnostic::new(Code::MissingBrace, "a `}` is missing before `scene b`")
        .at(span(0, text, "scene b"), "expected `}` before this")
        .at(span(0, text, "{"), "opened here")
        .help("close `scene a` with `}`");
    drawn(
        &diagnostic,
        &[("a.ivr", text)],
        PLAIN,
        r"
IVR104
  × a `}` is missing before `scene b`
   ╭─[a.ivr:2:9]
 2 │ scene a {
   ·         ┬
   ·         ╰── opened here
   ╰────
   ╭─[a.ivr:6:1]
 6 │ scene b {
   · ───┬───
   ·    ╰── expected `}` before this
   ╰────
  help: close `scene a` with `}`
",
    );
}

#[test]
fn labels_of_one_line_and_of_neighbouring_lines_share_a_frame() {
    let text = "let a = b\nlet c = d\n";
    let diagnostic = Diagnostic::new(Code::DeclaredTwice, "twice")
        .at(span(0, text, "d"), "second")
        .at(span(0, text, "b"), "first")
        .at(span(0, text, "a"), "");
    drawn(
        &diagnostic,
        &[("é.ivr", text)],
        PLAIN,
        r"
IVR206
  × twice
   ╭─[é.ivr:2:9]
 1 │ let a = b
   ·     ─   ┬
   ·     │   ╰── first
 2 │ let c = d
   ·         ┬
   ·         ╰── second
   ╰────
",
    );
}

#[test]
fn warnings_colours_and_plain_ascii() {
    let text = "music x {}";
    let diagnostic = Diagnostic::new(Code::NeverUsed, "`x` is never used").at(span(0, text, "x"), "declared here");
    drawn(
        &diagnostic,
        &[("a.ivr", text)],
        Style { unicode: false, ..PLAIN },
        r"
IVR902 warning
  ! `x` is never used
   ,-[a.ivr:1:7]
 1 | music x {}
   :       |
   :       `-- declared here
   `----
",
    );
    let colored = render(&diagnostic, &sources(&[("a.ivr", text)]), Style { color: true, ..PLAIN });
    assert!(colored.starts_with('\u{1b}') && colored.contains("IVR902 warning"), "{colored:?}");
    assert!(!colored.contains("\u{1b}]8"), "no links");
}

#[test]
fn further_sources_have_frames_of_their_own() {
    let flow = "settings { tries: 1..20 = 3 }";
    let toml = "# mine\ntries = 70\n";
    let diagnostic = Diagnostic::new(Code::SettingValue, "`tries` is 70, more than 20")
        .at(span(1, toml, "70"), "too many")
        .at(span(0, flow, "1..20"), "declared here")
        .help("write a number from 1 to 20");
    drawn(
        &diagnostic,
        &[("a.ivr", flow), ("a.toml", toml)],
        PLAIN,
        r"
IVR504
  × `tries` is 70, more than 20
   ╭─[a.toml:2:9]
 2 │ tries = 70
   ·         ─┬
   ·          ╰── too many
   ╰────
   ╭─[a.ivr:1:19]
 1 │ settings { tries: 1..20 = 3 }
   ·                   ──┬──
   ·                     ╰── declared here
   ╰────
  help: write a number from 1 to 20
",
    );
}

#[test]
fn without_labels_there_is_no_frame() {
    let diagnostic = Diagnostic::new(Code::UnknownSetting, "unknown variable `IVR_X_Y`").help("remove it");
    let wanted = "IVR502\n  × unknown variable `IVR_X_Y`\n  help: remove it";
    drawn(&diagnostic, &[], PLAIN, wanted);
    // Nor with a label in a source that does not exist.
    drawn(&diagnostic.at(Span::new(SourceId(7), 3, 4), "here"), &[], PLAIN, wanted);
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let text = "a\u{1b}[31m\u{0}\u{202e}b\u{9b}c\rd \te";
    let diagnostic = Diagnostic::new(Code::NotUnderstood, "bad \u{1b}[2J thing")
        .at(span(0, text, "e"), "la\u{7}bel")
        .help("he\u{1b}lp");
    for unicode in [true, false] {
        let drawn = render(&diagnostic, &sources(&[("n\u{1b}ame", text)]), Style { unicode, ..PLAIN });
        assert!(!drawn.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{drawn:?}");
        assert!(drawn.contains('e'));
    }
}

#[test]
fn long_lines_are_cut_behind_the_last_label() {
    let text = format!("say \"{}\" oops {}", "a".repeat(120), "b".repeat(120));
    let diagnostic = Diagnostic::new(Code::NotUnderstood, "what").at(span(0, &text, "oops"), "this");
    let drawn = render(&diagnostic, &sources(&[("a.ivr", &text)]), PLAIN);
    assert!(drawn.contains("oops …\n"), "{drawn}");
    let text = format!("oops {}", "b".repeat(300));
    let diagnostic = Diagnostic::new(Code::NotUnderstood, "what").at(span(0, &text, "oops"), "this");
    let drawn = render(&diagnostic, &sources(&[("a.ivr", &text)]), PLAIN);
    assert!(drawn.lines().all(|line| line.chars().count() <= 100), "{drawn}");
}

#[test]
fn columns_count_characters() {
    let text = "say \"éèê\" x";
    let diagnostic = Diagnostic::new(Code::NotUnderstood, "what").at(span(0, text, "x"), "this");
    let sources = sources(&[("a.ivr", text)]);
    assert!(render(&diagnostic, &sources, PLAIN).contains("[a.ivr:1:11]"));
    assert_eq!(sources.place(diagnostic.span().unwrap()), "a.ivr:1:11");
}

#[test]
fn a_label_of_several_lines_shows_the_first() {
    let text = "menu a {\n  1 => b\n}\n";
    let diagnostic = Diagnostic::new(Code::NoChoice, "none").at(Span::new(SourceId(0), 0, text.len() - 1), "this");
    drawn(
        &diagnostic,
        &[("a.ivr", text)],
        PLAIN,
        r"
IVR420
  × none
   ╭─[a.ivr:1:1]
 1 │ menu a {
   · ────┬───
   ·     ╰── this
   ╰────
",
    );
}

#[test]
fn a_place_at_the_end_is_shown_behind_the_last_word() {
    let text = "scene a {\n  hang up\n\n";
    let diagnostic = Diagnostic::new(Code::MissingBrace, "missing")
        .at(Span::new(SourceId(0), text.len(), text.len()), "expected here");
    drawn(
        &diagnostic,
        &[("a.ivr", text)],
        PLAIN,
        r"
IVR104
  × missing
   ╭─[a.ivr:2:10]
 2 │   hang up
   ·          ▲
   ·          ╰── expected here
   ╰────
",
    );
}

/// Any span, however wrong, draws something and does not panic.
#[test]
fn odd_places_are_drawn() {
    for text in ["", "\n", "a", "é\n\né", "\r\n\r\n", "a\r\nb", "\t\ta", "日本\u{301}語 x", " \n \n"] {
        for start in 0..=text.len() + 2 {
            for end in start..=text.len() + 2 {
                for style in [PLAIN, Style { width: 0, unicode: false, color: true }] {
                    let diagnostic = Diagnostic::new(Code::NotUnderstood, "message")
                        .at(Span::new(SourceId(0), start, end), "label")
                        .at(Span::new(SourceId(0), end, start), "")
                        .at(Span::new(SourceId(0), 0, 0), "zero");
                    let drawn = render(&diagnostic, &sources(&[("a.ivr", text)]), style);
                    assert!(drawn.contains("message") && drawn.contains("label"), "{text:?} {start}..{end}: {drawn}");
                }
            }
        }
    }
}

#[test]
fn counts() {
    let mut found = Diagnostics::new();
    assert_eq!(summary(&found), "no errors");
    found.push(Diagnostic::new(Code::NeverUsed, "a"));
    assert_eq!(summary(&found), "1 warning");
    found.push(Diagnostic::new(Code::NotUnderstood, "b"));
    found.push(Diagnostic::new(Code::NotUnderstood, "c"));
    assert_eq!(summary(&found), "2 errors, 1 warning");
}

#[test]
fn of_a_very_long_line_the_surroundings_of_the_labels_are_shown() {
    let text = format!("say \"{}\"; say weather; say \"{}\"\n", "x".repeat(70_000), "y".repeat(70_000));
    let diagnostic = Diagnostic::new(Code::NoSuchText, "no such text").at(span(0, &text, "weather"), "here");
    let line = format!("{}\"; say weather; say \"{}", "x".repeat(33), "y".repeat(34));
    let wanted = format!(
        "
IVR203
  × no such text
   ╭─[a.ivr:1:70013]
 1 │ … {line} …
   ·                                           ───┬───
   ·                                              ╰── here
   ╰────
"
    );
    drawn(&diagnostic, &[("a.ivr", &text)], PLAIN, &wanted);
    // Labels that are far apart, and one that is long itself, are drawn as far as the line is shown.
    let whole = Diagnostic::new(Code::NoSuchText, "no such text")
        .at(Span::new(SourceId(0), 0, text.len() - 1), "all of it")
        .at(span(0, &text, "weather"), "there");
    let drawn = render(&whole, &sources(&[("a.ivr", &text)]), PLAIN);
    assert!(drawn.contains("[a.ivr:1:1]") && drawn.contains("all of it") && drawn.contains("there"), "{drawn}");
    assert!(drawn.len() < 10_000, "{} bytes", drawn.len());
    let far = Diagnostic::new(Code::MissingBrace, "a `}` is missing")
        .at(Span::new(SourceId(0), text.len() - 1, text.len() - 1), "here")
        .at(span(0, &text, "say"), "opened here");
    let drawn = render(&far, &sources(&[("a.ivr", &text)]), PLAIN);
    assert!(drawn.contains(&format!("[a.ivr:1:{}]", text.len())) && drawn.contains("opened here"), "{drawn}");
}
