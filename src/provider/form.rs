//! `application/x-www-form-urlencoded`, both ways (URL Standard, section 5).

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use percent_encoding::percent_decode;

use super::webhook::BadWebhook;

/// The most fields a form may have.
pub const MOST_FIELDS: usize = 500;

/// The longest form, in bytes, before it is decoded.
pub const LONGEST_FORM: usize = 64 * 1024;

/// A decoded form, in the order it was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Names and values one behind the other.
    text: String,
    /// Where in it each name ends, and where its value, which begins there.
    ends: Vec<(usize, usize)>,
}

impl Form {
    /// Decodes a form; strictly, because a value that is guessed at is worse than none.
    pub fn parse(encoded: &[u8]) -> Result<Self, BadWebhook> {
        if encoded.len() > LONGEST_FORM {
            return Err(BadWebhook::TooLarge);
        }
        let mut form = Self { text: String::with_capacity(encoded.len()), ends: Vec::with_capacity(32) };
        for (name, value) in pairs(encoded) {
            if form.ends.len() == MOST_FIELDS {
                return Err(BadWebhook::TooLarge);
            }
            push_text(&mut form.text, name)?;
            let name_end = form.text.len();
            push_text(&mut form.text, value)?;
            form.ends.push((name_end, form.text.len()));
        }
        Ok(form)
    }

    /// The fields: name and value.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places().map(|(name, value)| (self.part(name), self.part(value)))
    }

    /// Where each name and its value are.
    fn places(&self) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        self.ends.iter().scan(0, |start, &(name_end, end)| {
            let name = *start..name_end;
            *start = end;
            Some((name, name_end..end))
        })
    }

    fn part(&self, place: Range<usize>) -> &str {
        self.text.get(place).unwrap_or_default()
    }

    /// The value of a field; one that is there several times must have one value.
    pub fn get(&self, name: &'static str) -> Result<Option<&str>, BadWebhook> {
        // Most names differ in length already.
        let named = self.places().filter(|(place, _)| place.len() == name.len() && self.part(place.clone()) == name);
        let mut values = named.map(|(_, value)| self.part(value));
        let first = values.next();
        if values.all(|value| Some(value) == first) { Ok(first) } else { Err(BadWebhook::Duplicate(name)) }
    }

    /// The value of a field that is there and not empty.
    pub fn given(&self, name: &'static str) -> Result<Option<&str>, BadWebhook> {
        Ok(self.get(name)?.filter(|value| !value.is_empty()))
    }

    /// The value of a field that must be there and not be empty.
    pub fn required(&self, name: &'static str) -> Result<&str, BadWebhook> {
        self.given(name)?.ok_or(BadWebhook::Missing(name))
    }

    /// Encodes fields.
    #[must_use]
    pub fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        let mut encoded = String::new();
        for (name, value) in fields {
            if !encoded.is_empty() {
                encoded.push('&');
            }
            push_escaped(&mut encoded, name);
            encoded.push('=');
            push_escaped(&mut encoded, value);
        }
        encoded
    }
}

/// The fields of an encoded form as bytes; escapes that are none stand for themselves.
pub fn decoded(encoded: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    pairs(encoded).map(|(name, value)| (unescaped(name), unescaped(value)))
}

fn pairs(encoded: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    encoded.split(|byte| *byte == b'&').filter(|field| !field.is_empty()).map(|field| {
        let mut parts = field.splitn(2, |byte| *byte == b'=');
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    })
}

fn unescaped(encoded: &[u8]) -> Cow<'_, [u8]> {
    if !encoded.contains(&b'+') {
        return percent_decode(encoded).into();
    }
    let blanks: Vec<u8> = encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    Cow::Owned(percent_decode(&blanks).collect())
}

fn push_text(text: &mut String, encoded: &[u8]) -> Result<(), BadWebhook> {
    let mut escapes = encoded.split(|byte| *byte == b'%').skip(1);
    let is_complete = |rest: &[u8]| rest.iter().take(2).filter(|byte| byte.is_ascii_hexdigit()).count() == 2;
    // Most texts have no escapes, and finding that out is quick.
    if encoded.contains(&b'%') && !escapes.all(is_complete) {
        return Err(BadWebhook::Escape);
    }
    text.push_str(std::str::from_utf8(&unescaped(encoded)).map_err(|_| BadWebhook::Utf8)?);
    Ok(())
}

fn push_escaped(encoded: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => encoded.push(char::from(byte)),
            b' ' => encoded.push('+'),
            // Writing to a string cannot fail.
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::{Form, LONGEST_FORM, MOST_FIELDS, decoded};
    use crate::provider::BadWebhook;

    fn parse(text: &str) -> Form {
        Form::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn fields_are_decoded() {
        let form = parse("From=%2B14165550123&CallerName=Zo%C3%AB+%26+Co&FromCity=&Digits=a=b&&Flag");
        assert_eq!(form.get("From"), Ok(Some("+14165550123")));
        assert_eq!(form.get("CallerName"), Ok(Some("Zoë & Co")));
        assert_eq!(form.get("FromCity"), Ok(Some("")));
        assert_eq!(form.given("FromCity"), Ok(None));
        assert_eq!(form.get("Digits"), Ok(Some("a=b")));
        assert_eq!(form.get("Flag"), Ok(Some("")));
        assert_eq!(form.get("from"), Ok(None));
        assert_eq!(form.required("FromCity"), Err(BadWebhook::Missing("FromCity")));
    }

    #[test]
    fn two_values_are_none() {
        let form = parse("To=1&To=1&From=1&From=2");
        assert_eq!(form.get("To"), Ok(Some("1")));
        assert_eq!(form.get("From"), Err(BadWebhook::Duplicate("From")));
    }

    #[test]
    fn what_is_broken_is_refused_with_a_reason() {
        let refused = |bytes: &[u8]| Form::parse(bytes).unwrap_err();
        for broken in ["a=%", "a=%4", "a=%4g", "a=%%41", "%zz=1", "a=%4%31"] {
            assert_eq!(refused(broken.as_bytes()), BadWebhook::Escape, "{broken}");
        }
        assert_eq!(refused(b"a=%FF"), BadWebhook::Utf8);
        assert_eq!(refused(b"a=\xc3\x28"), BadWebhook::Utf8);
        assert_eq!(refused(&vec![b'a'; LONGEST_FORM + 1]), BadWebhook::TooLarge);
        assert_eq!(refused("a&".repeat(MOST_FIELDS + 1).as_bytes()), BadWebhook::TooLarge);
        assert!(Form::parse("a&".repeat(MOST_FIELDS).as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn fields_survive_the_encoding(fields in prop::collection::vec((".{1,8}", ".{0,20}"), 0..6)) {
            let encoded = Form::encode(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            let form = Form::parse(encoded.as_bytes()).unwrap();
            let decoded_fields: Vec<_> = form.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            prop_assert_eq!(&decoded_fields, &fields);
            let bytes: Vec<_> = fields
                .into_iter()
                .map(|(name, value)| (Cow::Owned(name.into_bytes()), Cow::Owned(value.into_bytes())))
                .collect();
            prop_assert_eq!(decoded(encoded.as_bytes()).collect::<Vec<_>>(), bytes);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Form::parse(&bytes);
            let _ = decoded(&bytes).count();
        }
    }
}
