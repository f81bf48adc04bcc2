//! A look at the text without the grammar: the token at a place.

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) struct Token<'t> {
    /// As written; empty at the end of the text.
    pub(in crate::syntax) text: &'t str,
}

/// Punctuation of more than one character.
const LONG: &[&str] = &["=>", "->", "==", "!=", "<=", ">=", "..", "&&", "||"];

impl<'t> Token<'t> {
    /// The token that begins at byte `at`.
    pub(in crate::syntax) fn at(text: &'t str, at: usize) -> Self {
        let rest = text.get(at..).unwrap_or("");
        let word = word_len(rest);
        let length = if word > 0 {
            word
        } else if rest.starts_with('"') {
            string_len(rest)
        } else if let Some(long) = LONG.iter().find(|long| rest.starts_with(**long)) {
            long.len()
        } else {
            rest.chars().next().map_or(0, char::len_utf8)
        };
        Self { text: rest.get(..length).unwrap_or("") }
    }

    /// The token that ends at byte `end`.
    pub(in crate::syntax) fn before(text: &'t str, end: usize) -> Self {
        let before = text.get(..end).unwrap_or("");
        let word = before.bytes().rev().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let long = LONG.iter().find(|long| before.ends_with(**long)).map(|long| long.len());
        let length = if word > 0 { word } else { long.or(before.chars().last().map(char::len_utf8)).unwrap_or(0) };
        Self { text: before.get(before.len() - length..).unwrap_or("") }
    }

    /// For messages: in backticks, a string without its words, what cannot be printed by its number.
    pub(in crate::syntax) fn quoted(&self) -> String {
        match self.text.chars().next() {
            Some('"') => "this string".to_owned(),
            Some(c) if c.is_control() || (c.is_whitespace()) || is_invisible(c) => format!("U+{:04X}", u32::from(c)),
            _ => format!("`{}`", self.text),
        }
    }

    /// Whether it looks like a name.
    pub(in crate::syntax) fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_ascii_alphabetic())
    }

    /// Whether it could begin a value.
    pub(in crate::syntax) fn is_operand(&self) -> bool {
        self.text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '"' | '(' | '[' | '-'))
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn word_len(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

/// Length of the string at the beginning of a text, to its closing quote or the end of the line.
fn string_len(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return at,
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// `name.name…` at the beginning of a text.
pub(super) fn dotted(text: &str) -> &str {
    let mut end = word_len(text);
    while let Some(more) = text.get(end..).and_then(|rest| rest.strip_prefix('.')).map(word_len).filter(|n| *n > 0) {
        end += 1 + more;
    }
    text.get(..end).unwrap_or("")
}

/// The parentheses at the beginning of a text as a message shows them: as written if they are short.
pub(super) fn arguments(text: &str) -> &str {
    const SHORT: usize = 40;
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().take(SHORT) {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return text.get(..=at).unwrap_or("(…)"),
            ')' => depth = depth.saturating_sub(1),
            c if c.is_control() || c == '`' => break,
            _ => {}
        }
    }
    "(…)"
}
