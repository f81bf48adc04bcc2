//! How long, how often, how many.

use super::{Edit, Flow};
use crate::mutants::text::{Shape, Tokens};

/// Keywords in front of a length of time.
const LENGTHS: [&str; 6] = ["every", "within", "ringing", "timeout", "from", "listen"];

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    let tokens = &flow.tokens;
    let mut edits = Vec::new();
    for n in 0..tokens.all.len() {
        let number = |n: usize| tokens.shape(n) == Some(Shape::Number);
        match tokens.at(n) {
            word if LENGTHS.contains(&word) && number(n + 1) => {
                edits.extend((word != "listen").then(|| without(tokens, n, n + 1)));
                edits.push(more(tokens, n + 1));
            }
            "up" if tokens.at(n + 1) == "to" => {
                let unit = matches!(tokens.at(n + 3), "times" | "deep");
                edits.push(without(tokens, n, n + 2 + usize::from(unit)));
                edits.extend(number(n + 2).then(|| more(tokens, n + 2)));
            }
            "tries" | "try" if number(n - 1) => {
                edits.push(without(tokens, n - 1, n));
                edits.push(more(tokens, n - 1));
            }
            ".." if number(n - 1) || number(n + 1) => {
                let (before, behind) = (number(n - 1), number(n + 1));
                edits.push(Edit::drop("drop a bound", tokens.range(n - usize::from(before), n + usize::from(behind))));
                edits.extend(before.then(|| less(tokens, n - 1)));
                edits.extend(behind.then(|| more(tokens, n + 1)));
            }
            _ => {}
        }
    }
    edits
}

fn without(tokens: &Tokens<'_>, first: usize, last: usize) -> Edit {
    let first = if tokens.at(first - 1) == "," { first - 1 } else { first };
    Edit::drop("drop a bound", tokens.range(first, last))
}

/// Twice as long, or once more.
fn more(tokens: &Tokens<'_>, n: usize) -> Edit {
    let (number, unit) = parts(tokens.at(n));
    let more = if unit.is_empty() { number + 1 } else { 2 * number };
    Edit::new("change a bound", tokens.range(n, n), format!("{more}{unit}"))
}

fn less(tokens: &Tokens<'_>, n: usize) -> Edit {
    let (number, _) = parts(tokens.at(n));
    Edit::new("change a bound", tokens.range(n, n), number.saturating_sub(1).to_string())
}

/// `90s` as 90 and `s`.
fn parts(number: &str) -> (u64, &str) {
    let unit = number.trim_start_matches(|c: char| c.is_ascii_digit());
    (number[..number.len() - unit.len()].parse().unwrap_or_default(), unit)
}
