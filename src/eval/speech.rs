//! How values are spoken (section 11 of the language).

use jiff::tz::TimeZone;

use crate::expr::Speech;
use crate::value::{Value, number_text};

/// Opens a silence in rendered speech; what follows are its milliseconds. From the private use area, and removed
/// from every value, so that only `{{break}}` can make one.
pub const BREAK_OPEN: char = '\u{E000}';
/// Closes a silence in rendered speech.
pub const BREAK_CLOSE: char = '\u{E001}';

/// The words for a value.
pub(super) fn spoken(value: &Value, form: &Speech, zone: &TimeZone) -> String {
    let words = match form {
        Speech::AsIs | Speech::Number => match value {
            Value::Number(number) => number_text(*number),
            other => other.as_text().unwrap_or_default().to_owned(),
        },
        Speech::Spelled => spelled(value),
        Speech::Date => on_zone(value, zone, date),
        Speech::Clock => on_zone(value, zone, clock),
        Speech::DateAndClock => on_zone(value, zone, |at| format!("{} at {}", date(at), clock(at))),
        Speech::Duration => match value {
            Value::Duration(millis) => duration(*millis),
            _ => String::new(),
        },
        Speech::Short(most) => short(value.as_text().unwrap_or_default(), *most as usize),
        Speech::Plural { one, many } => plural(value, one, many),
        Speech::Break(millis) => return format!("{BREAK_OPEN}{millis}{BREAK_CLOSE}"),
    };
    words.chars().filter(|c| *c != BREAK_OPEN && *c != BREAK_CLOSE).collect()
}

/// Character by character; of a telephone number the digits.
fn spelled(value: &Value) -> String {
    let text = match value {
        Value::Number(number) => number_text(*number),
        other => other.as_text().unwrap_or_default().to_owned(),
    };
    let characters: Vec<String> = text.chars().filter(|c| c.is_alphanumeric()).map(String::from).collect();
    characters.join(" ")
}

fn on_zone(value: &Value, zone: &TimeZone, words: impl Fn(&jiff::Zoned) -> String) -> String {
    match value {
        Value::Time(time) => words(&time.to_zoned(zone.clone())),
        _ => String::new(),
    }
}

/// "March 2nd".
fn date(at: &jiff::Zoned) -> String {
    let day = at.day();
    let ending = match (day % 10, day) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{} {day}{ending}", at.strftime("%B"))
}

/// "9 a.m.", "9:05 p.m.".
fn clock(at: &jiff::Zoned) -> String {
    let half = if at.hour() < 12 { "a.m." } else { "p.m." };
    let hour = match at.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    if at.minute() == 0 { format!("{hour} {half}") } else { format!("{hour}:{:02} {half}", at.minute()) }
}

/// "2 minutes", "1 hour and 5 minutes"; parts below a second are left out, unless there is nothing else.
fn duration(millis: i64) -> String {
    let seconds = millis / 1000;
    let parts = [(seconds / 3600, "hour"), (seconds / 60 % 60, "minute"), (seconds % 60, "second")];
    let mut words: Vec<String> = parts.iter().filter(|(n, _)| *n != 0).map(|(n, unit)| count(*n, unit)).collect();
    match words.pop() {
        None => count(seconds, "second"),
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} and {last}", words.join(", ")),
    }
}

fn count(n: i64, unit: &str) -> String {
    if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") }
}

/// The first `most` characters, up to a whole word.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    let ends_on_word = text.chars().nth(most).is_some_and(char::is_whitespace);
    match cut.rsplit_once(char::is_whitespace) {
        Some((words, _)) if !ends_on_word => words.to_owned(),
        _ => cut,
    }
}

fn plural(value: &Value, one: &str, many: &str) -> String {
    match value.as_number() {
        Some(1.0) => format!("1 {one}"),
        Some(number) => format!("{} {many}", number_text(number)),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{Speech, spoken};
    use crate::value::Value;

    fn say(value: &Value, form: &Speech) -> String {
        spoken(value, form, &TimeZone::get("America/Toronto").unwrap())
    }

    #[test]
    fn values_are_spoken_as_people_say_them() {
        let time = Value::Time("2026-03-02T14:00:00Z".parse().unwrap());
        assert_eq!(say(&time, &Speech::DateAndClock), "March 2nd at 9 a.m.");
        assert_eq!(say(&Value::text("+1613"), &Speech::Spelled), "1 6 1 3");
        assert_eq!(say(&Value::Duration(3_905_000), &Speech::Duration), "1 hour, 5 minutes and 5 seconds");
        assert_eq!(say(&Value::text("Core switch is down"), &Speech::Short(13)), "Core switch");
        assert_eq!(say(&Value::text("Core switch is down"), &Speech::Short(11)), "Core switch");
        let plural = Speech::Plural { one: "call".into(), many: "calls".into() };
        assert_eq!(say(&Value::Number(1.0), &plural), "1 call");
        assert_eq!(say(&Value::Number(3.0), &plural), "3 calls");
    }

    #[test]
    fn a_value_cannot_make_a_silence() {
        let value = Value::text("a\u{E000}9000\u{E001}b");
        assert_eq!(say(&value, &Speech::AsIs), "a9000b");
    }
}
