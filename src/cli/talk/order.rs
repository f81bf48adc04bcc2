//! What is typed while a call is on.

use std::time::Duration;

use crate::simulator::{AnsweredBy, Deed, Ending};

/// What `help` says.
pub(super) const HELP: &str = "\
  1  42#  *           press keys
  (just Enter)        stay silent, or let a phone ring
  record 8s WORDS     speak for 8 seconds; then a key, Enter or `hang up` ends it
  hang up             hang up
  wait 30s            let time pass
  in 20s hang up      do something later; time goes on until then
  answer  busy  ignore  decline  fail  machine
                      what becomes of a phone that rings
  +15557770001 press 1, +15557770001 hang up, you press *
                      what one of several people does
  quit                hang up and leave
Several things at one moment stand on one line: `record 8s It is broken; 1; in 5s hang up`.";

/// Something typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Order {
    /// Somebody does something now; without a name, whoever it must be.
    Do(Option<String>, Deed),
    /// Somebody does something later.
    Later(Option<String>, Duration, Deed),
    /// Time passes.
    Wait(Duration),
    /// The list of what can be typed.
    Help,
    /// The call ends, and so does everything else.
    Quit,
}

/// The orders on a line, or what is not understood. A line without words is silence.
pub(super) fn orders(line: &str) -> Result<Vec<Order>, String> {
    if line.trim_start().starts_with("//") {
        return Ok(Vec::new());
    }
    let orders: Vec<Order> = line.split(';').map(|part| order(part.trim())).collect::<Result<_, _>>()?;
    Ok(joined(orders))
}

/// A key, silence or hanging up behind a recording is how it ends: otherwise it would happen at its beginning.
fn joined(orders: Vec<Order>) -> Vec<Order> {
    let mut joined: Vec<Order> = Vec::new();
    for order in orders {
        if let Some(Order::Do(_, Deed::Record { ending: ending @ Ending::Open, .. })) = joined.last_mut()
            && let Order::Do(None, deed) = &order
            && let Some(end) = ends_recording(deed)
        {
            *ending = end;
        } else {
            joined.push(order);
        }
    }
    joined
}

fn ends_recording(deed: &Deed) -> Option<Ending> {
    match deed {
        Deed::Press(keys) => {
            let mut keys = keys.chars();
            keys.next().filter(|_| keys.next().is_none()).map(Ending::Key)
        }
        Deed::HangUp => Some(Ending::HangUp),
        Deed::StaySilent => Some(Ending::Silence),
        _ => None,
    }
}

fn order(text: &str) -> Result<Order, String> {
    let (first, rest) = first_word(text);
    if first.eq_ignore_ascii_case("in") {
        let (length, rest) = first_word(rest);
        let length = duration(length).ok_or_else(|| not_a_length(length))?;
        return match order(rest)? {
            Order::Do(who, deed) => Ok(Order::Later(who, length, deed)),
            _ => Err(format!("`{rest}` cannot be done later")),
        };
    }
    if let Some(who) = person(first, rest) {
        return match order(rest)? {
            Order::Do(None, deed) => Ok(Order::Do(Some(who), deed)),
            Order::Later(None, length, deed) => Ok(Order::Later(Some(who), length, deed)),
            _ => Err(format!("`{rest}` is nothing that somebody does")),
        };
    }
    deed(text, &first.to_lowercase(), rest)
}

/// A person: `you`, or a telephone number with something behind it.
fn person(word: &str, rest: &str) -> Option<String> {
    let is_you = ["you", "me", "caller"].iter().any(|name| word.eq_ignore_ascii_case(name));
    let digits = word.strip_prefix('+').unwrap_or(word);
    let is_number = digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_you && !rest.is_empty() {
        return Some("you".to_owned());
    }
    (is_number && (word.starts_with('+') || !rest.is_empty())).then(|| word.to_owned())
}

fn deed(text: &str, verb: &str, rest: &str) -> Result<Order, String> {
    let alone = |deed: Deed| Ok(Order::Do(None, deed));
    let low = rest.to_lowercase();
    match (verb, low.as_str()) {
        ("", _) | ("silence" | "silent" | "ignore" | "ignores", "") | ("stay" | "stays", "silent") => {
            alone(Deed::StaySilent)
        }
        ("no", "answer") | ("does", "not answer") => alone(Deed::StaySilent),
        ("hangup" | "bye", "") | ("hang" | "hangs", "up") => alone(Deed::HangUp),
        ("answer" | "answers", "") | ("pick" | "picks", "up") => alone(Deed::Answer(AnsweredBy::Human)),
        ("machine", "") => alone(Deed::Answer(AnsweredBy::Machine)),
        ("busy", "") | ("is", "busy") => alone(Deed::Busy),
        ("decline" | "declines", "") => alone(Deed::Decline),
        ("fail" | "fails", "") => alone(Deed::Fail),
        ("record" | "records" | "speak" | "speaks", _) => record(rest),
        ("wait" | "waits", length) => Ok(Order::Wait(duration(length).ok_or_else(|| not_a_length(rest))?)),
        ("help" | "?", "") => Ok(Order::Help),
        ("quit" | "exit", "") => Ok(Order::Quit),
        ("press" | "presses" | "type" | "types", keys) | (keys, "") if are_keys(keys) => {
            alone(Deed::Press(keys.to_owned()))
        }
        _ => Err(format!("`{text}` is not understood; `help` lists what is")),
    }
}

fn record(rest: &str) -> Result<Order, String> {
    let (length, words) = first_word(rest);
    let length = duration(length).ok_or_else(|| not_a_length(length))?;
    let unquoted = words.strip_prefix('"').and_then(|words| words.strip_suffix('"'));
    let words = unquoted.unwrap_or(words).to_owned();
    Ok(Order::Do(None, Deed::Record { length, words, ending: Ending::Open }))
}

fn are_keys(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'#'))
}

fn first_word(text: &str) -> (&str, &str) {
    text.trim().split_once(char::is_whitespace).map_or((text.trim(), ""), |(first, rest)| (first, rest.trim()))
}

fn not_a_length(text: &str) -> String {
    format!("`{text}` is no length of time; write it like `8s` or `2min`")
}

/// A length of time as the language writes it; a bare number is seconds.
fn duration(text: &str) -> Option<Duration> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let millis = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "min" | "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    // A call that lasts longer than a day is none.
    number.checked_mul(millis).filter(|millis| *millis <= 86_400_000).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Order, orders};
    use crate::simulator::{AnsweredBy, Deed, Ending};

    fn one(line: &str) -> Order {
        let orders = orders(line).unwrap();
        assert_eq!(orders.len(), 1, "{line}");
        orders.into_iter().next().unwrap()
    }

    fn record(seconds: u64, words: &str, ending: Ending) -> Order {
        Order::Do(None, Deed::Record { length: Duration::from_secs(seconds), words: words.to_owned(), ending })
    }

    #[test]
    fn keys_and_silence_are_typed_as_they_are() {
        assert_eq!(one("*"), Order::Do(None, Deed::Press("*".into())));
        assert_eq!(one(" 6135550142# "), Order::Do(None, Deed::Press("6135550142#".into())));
        assert_eq!(one(""), Order::Do(None, Deed::StaySilent));
        assert_eq!(one("presses 1"), one("1"));
    }

    #[test]
    fn what_ends_a_recording_may_stand_behind_it() {
        assert_eq!(one("record 8s It is broken"), record(8, "It is broken", Ending::Open));
        assert_eq!(one("records 12s \"Disk full\"; 1"), record(12, "Disk full", Ending::Key('1')));
        assert_eq!(one("record 4 no; hang up"), record(4, "no", Ending::HangUp));
        let later = Order::Later(None, Duration::from_secs(20), Deed::HangUp);
        assert_eq!(orders("record 4s no; 1; in 20s hang up").unwrap(), [record(4, "no", Ending::Key('1')), later]);
    }

    #[test]
    fn several_people_are_told_apart() {
        assert_eq!(one("+15557770001 answer"), Order::Do(Some("+15557770001".into()), Deed::Answer(AnsweredBy::Human)));
        assert_eq!(one("0001 press 1"), Order::Do(Some("0001".into()), Deed::Press("1".into())));
        assert_eq!(one("you *"), Order::Do(Some("you".into()), Deed::Press("*".into())));
        assert_eq!(one("is busy"), Order::Do(None, Deed::Busy));
        assert_eq!(one("wait 2min"), Order::Wait(Duration::from_mins(2)));
    }

    #[test]
    fn comments_are_skipped_and_nonsense_is_not() {
        assert_eq!(orders("// the first menu").unwrap(), []);
        for line in
            ["hello", "record now", "wait", "in 5s wait 3s", "press x", "1 2", "you", "wait 99999999999h", "+1555"]
        {
            assert!(orders(line).is_err() || line == "+1555", "{line}: {:?}", orders(line));
        }
    }
}
