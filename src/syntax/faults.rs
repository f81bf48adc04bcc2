//! Mistakes that the grammar understands well enough to go on: each is a node of its own in the parse tree.

use super::grammar::Rule;
use super::overview::Marked;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

/// What there is to say about such a mistake in `text`.
pub(super) fn fault(id: SourceId, text: &str, fault: Marked) -> Option<Diagnostic> {
    let written = text.get(fault.start..fault.end)?;
    let place = Span::new(id, fault.start, fault.end);
    Some(match fault.rule {
        Rule::malformed => {
            let (what, help) = malformed(written);
            Diagnostic::new(Code::Malformed, format!("`{written}` {what}")).at(place, "").help(help)
        }
        Rule::bad_clock => Diagnostic::new(Code::Malformed, format!("`{written}` is not a clock time"))
            .at(place, "")
            .help("write hours and minutes with two digits each: `08:30`"),
        Rule::bad_date => Diagnostic::new(Code::Malformed, format!("`{written}` is not a date"))
            .at(place, "")
            .help("write year, month and day: `2026-12-25`"),
        Rule::reserved_name => reserved(written, place),
        Rule::extra_arrow => {
            let arrow = Span { end: place.start.saturating_add(2), ..place };
            Diagnostic::new(Code::NotUnderstood, "braces need no arrow")
                .at(arrow, "one of the two is enough")
                .help("write `{ … }` for several steps, `=> STEP` for a short one")
        }
        Rule::open_string => open_string(id, fault.start, written),
        Rule::open_slot => open_slot(place),
        Rule::bad_escape => escape(written, place),
        _ => return None,
    })
}

/// A reserved word where a name is wanted.
pub(super) fn reserved(word: &str, place: Span) -> Diagnostic {
    Diagnostic::new(Code::ReservedWord, format!("`{word}` is a reserved word"))
        .at(place, "cannot be a name")
        .help(format!("choose another name, for instance `my_{word}`"))
}

/// What is wrong with something that begins with a digit, and what to write.
fn malformed(written: &str) -> (&'static str, String) {
    let number = written.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '_').trim_end();
    let whole = number.bytes().all(|byte| byte.is_ascii_digit());
    let unit = match written.strip_prefix(number).unwrap_or_default().trim_start().to_ascii_lowercase().as_str() {
        "" if whole => return ("has no unit", format!("write `{number}s`; the units are `ms`, `s`, `min` and `h`")),
        "ms" | "msec" | "millis" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "min",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        _ => {
            return (
                "is neither a number nor a name",
                "begin a name with a letter; a unit is `ms`, `s`, `min` or `h`".into(),
            );
        }
    };
    if whole {
        ("is not a duration", format!("write `{number}{unit}`"))
    } else {
        ("is not a whole number of a unit", "write a smaller unit: `90s` instead of `1.5min`".into())
    }
}

/// An escape that does not exist.
fn escape(written: &str, place: Span) -> Diagnostic {
    let help = match written {
        "\\'" => "write `'` as it is",
        _ => "write `\\\\` for a backslash; the others are `\\\"`, `\\n`, and `\\` at the end of a line",
    };
    Diagnostic::new(Code::NotUnderstood, format!("`{written}` means nothing in a string")).at(place, "").help(help)
}

fn open_slot(place: Span) -> Diagnostic {
    let braces = Span { end: place.start.saturating_add(2), ..place };
    Diagnostic::new(Code::OpenSlot, "`{{` without `}}`")
        .at(braces, "opened here")
        .help("close it with `}}` before the string ends")
}

fn open_string(id: SourceId, start: usize, written: &str) -> Diagnostic {
    Diagnostic::new(Code::OpenString, "this string has no closing quote")
        .at(Span::new(id, start, start + written.trim_end().len()), "opened here")
        .help("close it with `\"` on this line, or end the line with `\\` and go on in the next")
}
