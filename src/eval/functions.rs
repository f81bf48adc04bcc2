//! The functions of section 10.3 of the language.

use crate::expr::Function;
use crate::value::{Value, number_text};

/// A function on a value. Of an absent value, all but `count` are absent.
pub(super) fn apply(function: Function, of: &Value, args: &[Value]) -> Value {
    let whole = args.first().and_then(Value::as_number).map_or(0, whole);
    match function {
        Function::First => of.elements().into_iter().next().unwrap_or_default(),
        Function::Last => of.elements().into_iter().next_back().unwrap_or_default(),
        Function::Cycle => cycle(&of.elements(), whole),
        Function::Count => count(of.elements().len()),
        Function::UpTo => Value::list(of.elements().into_iter().take(whole).collect()),
        Function::Unique => Value::list(unique(of.elements())),
        Function::Short => {
            of.as_text().map_or(Value::None, |text| Value::text(text.chars().take(whole).collect::<String>()))
        }
        Function::Text => match of {
            Value::Number(number) => Value::text(number_text(*number)),
            other => other.as_text().map_or(Value::None, Value::text),
        },
    }
}

/// `list[at]`, counting from 0.
pub(super) fn index(of: &Value, at: &Value) -> Value {
    let Some(at) = at.as_number().filter(|at| *at >= 0.0 && at.fract() == 0.0) else { return Value::None };
    of.elements().into_iter().nth(whole(at)).unwrap_or_default()
}

/// Counting from 1, and round and round.
fn cycle(items: &[Value], n: usize) -> Value {
    let place = n.saturating_sub(1).checked_rem(items.len());
    place.and_then(|place| items.get(place)).cloned().unwrap_or_default()
}

/// Without repetitions, keeping the first of each.
fn unique(items: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}

#[expect(clippy::cast_precision_loss, reason = "lists are far shorter than 2^53")]
fn count(length: usize) -> Value {
    Value::Number(length as f64)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from float to integer saturates; below zero is zero"
)]
fn whole(number: f64) -> usize {
    number as usize
}
