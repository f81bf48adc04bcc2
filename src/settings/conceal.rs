//! Keeping secrets out of what messages show.
//!
//! Messages print the lines they are about, so a source must not hold a secret in the first place. Values of secret
//! settings are struck out before a settings file becomes a source; and so are values of names the flow does not
//! declare, because a misspelt secret is one too. Offsets and columns stay what they were, however they are counted.

use std::ops::Range;

/// The text with these byte ranges struck out, mostly by asterisks; line breaks stay.
pub(super) fn strike(text: &str, ranges: &[Range<usize>]) -> String {
    let shown = |(at, c)| if c != '\n' && ranges.iter().any(|range| range.contains(&at)) { blot(c) } else { c };
    text.char_indices().map(shown).collect()
}

/// What is shown instead of a character: as long as it, in UTF-8 and in UTF-16.
fn blot(c: char) -> char {
    match c.len_utf8() {
        1 => '*',
        2 => '·',
        3 => '•',
        _ => '\u{1f7d0}',
    }
}

/// What is to be struck out of a TOML text that does not parse: everything behind the `=` of a key that may not be
/// shown, up to the next line that has a key or is the head of a table.
pub(super) fn hidden_parts(text: &str, shown: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut hidden = false;
    let mut at = 0;
    let mut parts = Vec::new();
    for line in text.split_inclusive('\n') {
        let mut from = at;
        if let Some((key, behind)) = key(line) {
            hidden = !shown(key);
            from = at + behind;
        } else if is_head(line) {
            hidden = false;
        }
        at += line.len();
        if hidden {
            parts.push(from..at);
        }
    }
    parts
}

/// The key that a line begins with, and the offset behind its `=`.
fn key(line: &str) -> Option<(&str, usize)> {
    let (key, _) = line.split_once('=')?;
    let name = key.trim().trim_matches(['"', '\'']);
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    plain.then_some((name, key.len() + 1))
}

/// Whether a line is the head of a table: `[phrases]`, `[[groups]]`.
fn is_head(line: &str) -> bool {
    let Some((inner, _)) = line.trim_start().trim_start_matches('[').split_once(']') else { return false };
    line.trim_start().starts_with('[') && !inner.is_empty() && inner.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::{hidden_parts, strike};

    #[test]
    fn struck_out_text_keeps_its_length_and_lines() {
        let text = "a = 'xé\nb€😀'";
        let struck = strike(text, std::slice::from_ref(&(5..text.len() - 1)));
        assert_eq!(struck, "a = '*·\n*•\u{1f7d0}'");
        let lengths = |text: &str| (text.len(), text.chars().count(), text.encode_utf16().count());
        assert_eq!(lengths(&struck), lengths(text));
    }

    #[test]
    fn a_file_that_does_not_parse_shows_only_what_is_known_to_be_public() {
        let text = "voice = \"x\"\npass = \"hunter2\n'key' = '''\nhunter3\n[\"hunter4\"]\n'''\n[phrases]\nvoice = 1\n";
        let struck = strike(text, &hidden_parts(text, &|name| name == "voice"));
        assert!(!struck.contains("hunter"), "{struck}");
        assert!(struck.contains("voice = \"x\"\npass =") && struck.ends_with("[phrases]\nvoice = 1\n"), "{struck}");
    }
}
