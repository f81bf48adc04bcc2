//! A writer of XML 1.0: elements, attributes, texts, one way to escape.

/// A document in the making.
#[derive(Debug)]
pub(super) struct Writer {
    out: String,
}

/// Attributes in the order they are written.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Writer {
    /// A document with one root element.
    pub(super) fn document(root: &'static str, content: impl FnOnce(&mut Self)) -> String {
        let mut writer = Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_owned() };
        writer.element(root, &[], content);
        writer.out
    }

    /// An element; without content it is written as an empty one.
    pub(super) fn element(&mut self, name: &'static str, attributes: Attributes, content: impl FnOnce(&mut Self)) {
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            self.text(value);
            self.out.push('"');
        }
        let open = self.out.len();
        self.out.push('>');
        content(self);
        if self.out.len() == open + 1 {
            self.out.truncate(open);
            self.out.push_str("/>");
        } else {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &'static str, attributes: Attributes) {
        self.element(name, attributes, |_| {});
    }

    /// Text, in an element or an attribute.
    pub(super) fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some((plain, special, behind)) = next_special(rest) {
            self.out.push_str(plain);
            match special {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\'' => self.out.push_str("&apos;"),
                _ => self.out.extend(clean(special)),
            }
            rest = behind;
        }
        self.out.push_str(rest);
    }

    /// Takes back everything behind a length that [`Writer::len`] gave in the same element.
    pub(super) fn truncate(&mut self, length: usize) {
        self.out.truncate(length);
    }

    /// The length so far, in bytes.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }
}

/// Whether there may be a character in a text that cannot be written as it is.
pub(super) fn has_special(text: &str) -> bool {
    text.bytes().any(may_be_special)
}

/// Most texts have no special character: looking at bytes is several times faster than at characters. 0xEF begins
/// U+FFFE and U+FFFF.
fn may_be_special(byte: u8) -> bool {
    matches!(byte, 0..0x20 | b'&' | b'<' | b'>' | b'"' | b'\'' | 0xEF)
}

/// A text divided at the first character that cannot be written as it is.
fn next_special(text: &str) -> Option<(&str, char, &str)> {
    let first = text.bytes().position(may_be_special)?;
    let (plain, rest) = text.split_at_checked(first)?;
    let special = rest.chars().next()?;
    Some((plain, special, rest.get(special.len_utf8()..)?))
}

/// A character as it may stand in a document: line ends and tabs become blanks, what XML 1.0 forbids (section 2.2,
/// `Char`) is left out, because no escape makes it legal.
pub(super) fn clean(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' => Some(' '),
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => None,
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Writer, clean};

    #[test]
    fn elements_nest_and_empty_ones_are_short() {
        let document = Writer::document("Response", |w| {
            w.element("Gather", &[("timeout", "5"), ("finishOnKey", "")], |w| w.empty("Pause", &[]));
            w.element("Say", &[], |w| w.text("a < b"));
        });
        assert_eq!(
            document,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Gather timeout=\"5\" finishOnKey=\"\"><Pause/>\
             </Gather><Say>a &lt; b</Say></Response>"
        );
    }

    proptest! {
        #[test]
        fn every_text_is_read_back(text in any::<String>()) {
            let document = Writer::document("R", |w| w.element("S", &[("a", &text)], |w| w.text(&text)));
            let parsed = roxmltree::Document::parse(&document).unwrap();
            let element = parsed.root_element().first_element_child().unwrap();
            let expected: String = text.chars().filter_map(clean).collect();
            prop_assert_eq!(element.text().unwrap_or_default(), &expected);
            prop_assert_eq!(element.attribute("a").unwrap(), &expected);
        }
    }

    #[test]
    fn control_characters_and_non_characters_are_left_out() {
        let document = Writer::document("R", |w| w.text("a\0b\u{1b}c\u{fffe}d\u{ffff}e\r\n\tf\u{7f}😀\u{10ffff}"));
        let parsed = roxmltree::Document::parse(&document).unwrap();
        assert_eq!(parsed.root_element().text().unwrap(), "abcde   f\u{7f}😀\u{10ffff}");
    }
}
