//! Mistakes that the grammar understands well enough to go on: each is a node of its own in the parse tree.

use super::grammar::{Kids, Pair, Pairs, Rule};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

/// Every such mistake in a parse tree, in order.
pub(super) fn all<'i>(id: SourceId, pairs: &Pairs<'i>) -> impl Iterator<Item = Diagnostic> + use<'i> {
    pairs.clone().flatten().flat_map(move |pair| match pair.as_rule() {
        Rule::string => in_string(id, &pair),
        _ => fault(id, &pair).into_iter().collect(),
    })
}

fn at(id: SourceId, pair: &Pair<'_>) -> Span {
    Span::new(id, pair.as_span().start(), pair.as_span().end())
}

fn fault(id: SourceId, pair: &Pair<'_>) -> Option<Diagnostic> {
    let written = pair.as_str();
    let place = at(id, pair);
    Some(match pair.as_rule() {
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
    let number = written.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '_');
    let whole = number.bytes().all(|byte| byte.is_ascii_digit());
    let unit = match written.strip_prefix(number).unwrap_or_default().to_ascii_lowercase().as_str() {
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

fn in_string(id: SourceId, string: &Pair<'_>) -> Vec<Diagnostic> {
    let parts = Kids::of(string.clone());
    parts
        .filter_map(|part| match part.as_rule() {
            Rule::open_string => Some(open_string(id, string)),
            Rule::open_slot => {
                let place = at(id, &part);
                let braces = Span { end: place.start.saturating_add(2), ..place };
                Some(
                    Diagnostic::new(Code::OpenSlot, "`{{` without `}}`")
                        .at(braces, "opened here")
                        .help("close it with `}}` before the string ends"),
                )
            }
            Rule::bad_escape => Some(
                Diagnostic::new(Code::NotUnderstood, format!("`{}` means nothing in a string", part.as_str()))
                    .at(at(id, &part), "")
                    .help(match part.as_str() {
                        "\\'" => "write `'` as it is",
                        _ => {
                            "write `\\\\` for a backslash; the others are `\\\"`, `\\n`, and `\\` at the end of a line"
                        }
                    }),
            ),
            _ => None,
        })
        .collect()
}

fn open_string(id: SourceId, string: &Pair<'_>) -> Diagnostic {
    let start = string.as_span().start();
    let place = Span::new(id, start, start + string.as_str().trim_end().len());
    Diagnostic::new(Code::OpenString, "this string has no closing quote")
        .at(place, "opened here")
        .help("close it with `\"` on this line, or end the line with `\\` and go on in the next")
}
