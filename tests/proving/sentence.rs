//! Sentences of fixtures: patterns such as `<who> presses <word>`, matched against a line.
//!
//! A pattern is words and slots. What a slot takes follows from its name:
//!
//! | slot | takes |
//! | --- | --- |
//! | `<texts>` | quoted texts with `/` between them |
//! | `<text>` | one quoted text, with the escapes of JSON |
//! | `<json>` | a JSON value |
//! | `<number>` | a whole number |
//! | `<time>` | `500ms`, `5s`, `4min`, `2h`, `3d` |
//! | `<rest>` | everything up to the end of the line |
//! | any other | one word, or a quoted text |
//!
//! Something that stands directly behind a slot (`<name>:`) must stand there in the line, too.

use std::time::Duration;

use serde_json::Value;

/// What the slots of a pattern took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Args(Vec<(String, Arg)>);

#[derive(Debug, Clone)]
enum Arg {
    Text(String),
    Texts(Vec<String>),
    Number(u64),
    Time(Duration),
    Json(Value),
}

impl Args {
    fn get(&self, slot: &str) -> &Arg {
        let found = self.0.iter().find(|(name, _)| name == slot);
        found.map_or_else(|| panic!("the sentence has no slot <{slot}>"), |(_, arg)| arg)
    }

    /// A word, a text, or the rest of the line.
    pub(crate) fn text(&self, slot: &str) -> &str {
        match self.get(slot) {
            Arg::Text(text) => text,
            other => panic!("<{slot}> is no text: {other:?}"),
        }
    }

    /// Several quoted texts.
    pub(crate) fn texts(&self) -> &[String] {
        match self.get("texts") {
            Arg::Texts(texts) => texts,
            other => panic!("<texts> are no texts: {other:?}"),
        }
    }

    /// A number.
    pub(crate) fn number(&self) -> u64 {
        match self.get("number") {
            Arg::Number(number) => *number,
            other => panic!("<number> is no number: {other:?}"),
        }
    }

    /// A length of time.
    pub(crate) fn time(&self) -> Duration {
        match self.get("time") {
            Arg::Time(time) => *time,
            other => panic!("<time> is no time: {other:?}"),
        }
    }

    /// A JSON value.
    pub(crate) fn json(&self) -> &Value {
        match self.get("json") {
            Arg::Json(json) => json,
            other => panic!("<json> is no JSON: {other:?}"),
        }
    }

    /// Who it is about; the caller if the sentence does not say.
    pub(crate) fn who(&self) -> &str {
        self.text("who")
    }
}

/// Matches a line against a pattern; none if it is another sentence.
pub(crate) fn matches(pattern: &str, line: &str) -> Option<Args> {
    let mut rest = line.trim();
    let mut args = Args::default();
    for part in pattern.split_whitespace() {
        rest = rest.trim_start();
        let Some((name, suffix)) = part.strip_prefix('<').and_then(|slot| slot.split_once('>')) else {
            rest = rest.strip_prefix(part).filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))?;
            continue;
        };
        let (arg, behind) = take(name, suffix, rest)?;
        rest = behind.strip_prefix(suffix)?;
        args.0.push((name.to_owned(), arg));
    }
    rest.trim().is_empty().then_some(args)
}

/// What a slot takes from the beginning of a text, and what is left.
fn take<'a>(name: &str, suffix: &str, text: &'a str) -> Option<(Arg, &'a str)> {
    if text.is_empty() {
        return None;
    }
    match name {
        "rest" => Some((Arg::Text(text.to_owned()), "")),
        "json" => json(text).map(|(value, rest)| (Arg::Json(value), rest)),
        "text" => quoted(text).map(|(text, rest)| (Arg::Text(text), rest)),
        "texts" => {
            let (first, mut rest) = quoted(text)?;
            let mut texts = vec![first];
            while let Some(more) = rest.trim_start().strip_prefix('/') {
                let (next, behind) = quoted(more.trim_start())?;
                texts.push(next);
                rest = behind;
            }
            Some((Arg::Texts(texts), rest))
        }
        "number" => word(text, suffix).and_then(|(word, rest)| Some((Arg::Number(word.parse().ok()?), rest))),
        "time" => word(text, suffix).and_then(|(word, rest)| Some((Arg::Time(time(word)?), rest))),
        _ if text.starts_with('"') => quoted(text).map(|(text, rest)| (Arg::Text(text), rest)),
        _ => word(text, suffix).map(|(word, rest)| (Arg::Text(word.to_owned()), rest)),
    }
}

fn word<'a>(text: &'a str, suffix: &str) -> Option<(&'a str, &'a str)> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let word = text.get(..end)?.strip_suffix(suffix)?;
    (!word.is_empty()).then_some((word, text.get(word.len()..)?))
}

/// A length of time.
pub(crate) fn time(word: &str) -> Option<Duration> {
    let unit = word.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = word.get(..unit)?.parse().ok()?;
    match word.get(unit..)? {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "min" => Some(Duration::from_secs(number * 60)),
        "h" => Some(Duration::from_secs(number * 3600)),
        "d" => Some(Duration::from_secs(number * 86_400)),
        _ => None,
    }
}

/// A JSON value at the beginning of a text, and what is left.
pub(crate) fn json(text: &str) -> Option<(Value, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((value, text.get(values.byte_offset()..)?))
}

fn quoted(text: &str) -> Option<(String, &str)> {
    match json(text)? {
        (Value::String(text), rest) => Some((text, rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_line_fits_its_pattern() {
        let args = matches("<who> hears <texts>", r#"caller hears "a \"b\"" / "c""#).unwrap();
        assert_eq!((args.who(), args.texts()), ("caller", ["a \"b\"".to_owned(), "c".to_owned()].as_slice()));
        let args = matches("on-call <group>: <rest>", r#"on-call "CAB Approval": ann, bob"#).unwrap();
        assert_eq!((args.text("group"), args.text("rest")), ("CAB Approval", "ann, bob"));
        let args = matches("<time> pass", "20s pass").unwrap();
        assert_eq!(args.time().as_secs(), 20);
        let args = matches("sent <op> <json>", r#"sent workflow.start { "what": "Alert" }"#).unwrap();
        assert_eq!(args.json()["what"], "Alert");
    }

    #[test]
    fn another_line_does_not() {
        assert!(matches("<who> is busy", "ann is busybody").is_none());
        assert!(matches("<who> presses <word>", "presses 4").is_none());
        assert!(matches("<who> holds", "ann holds on").is_none());
        assert!(matches("<time> pass", "20 pass").is_none());
    }
}
