//! Keys that a prompt names (IVR903): only the plainest English, "press 1", "press star".

use super::super::checker::Checker;
use super::super::frames::Part;
use super::keys::{Offered, named};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::Words;
use crate::source::Span;
use crate::syntax::tree::Text;

fn not_offered(key: char, span: Span) -> Diagnostic {
    Diagnostic::new(Code::PromptedKey, format!("the prompt names the key {key}, which is not offered"))
        .at(span, "")
        .help("add an arm for it, or change the words")
}

impl Checker<'_> {
    /// Warns of keys that the words name and no arm takes; the first `digits` digits are those of a list.
    pub(super) fn prompted(&self, text: &Text, words: &Words, offered: &Offered, digits: u32) {
        if offered.has("`any`") {
            return;
        }
        for key in words.tries.iter().flat_map(|template| keys_in(template.pattern.text())) {
            let of_list = key.to_digit(10).is_some_and(|digit| (1..=digits).contains(&digit));
            let anywhere = self.around().part != Part::CalleeHears
                && self.world.rules.anywhere.iter().any(|(known, _)| *known == key);
            if !of_list && !anywhere && !offered.has(&named(key)) {
                self.report.add(not_offered(key, text.span()));
            }
        }
    }
}

/// The keys named behind the word "press".
fn keys_in(text: &str) -> Vec<char> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '*' && c != '#').to_lowercase())
        .collect();
    let behind = words.iter().zip(words.iter().skip(1));
    behind.filter(|(word, _)| *word == "press").filter_map(|(_, key)| key_of(key)).collect()
}

fn key_of(word: &str) -> Option<char> {
    const WORDS: [(&str, char); 15] = [
        ("zero", '0'),
        ("one", '1'),
        ("two", '2'),
        ("three", '3'),
        ("four", '4'),
        ("five", '5'),
        ("six", '6'),
        ("seven", '7'),
        ("eight", '8'),
        ("nine", '9'),
        ("star", '*'),
        ("*", '*'),
        ("pound", '#'),
        ("hash", '#'),
        ("#", '#'),
    ];
    let mut characters = word.chars();
    match (characters.next(), characters.next()) {
        (Some(digit), None) if digit.is_ascii_digit() => Some(digit),
        _ => WORDS.iter().find(|(known, _)| *known == word).map(|(_, key)| *key),
    }
}

#[cfg(test)]
mod tests {
    use super::keys_in;

    #[test]
    fn only_what_follows_the_word_press_is_a_key() {
        assert_eq!(
            keys_in("Press 1, or press STAR. Dial 2. Press any digit, then press {{digit}}. Press 12."),
            ['1', '*']
        );
        assert!(keys_in("press").is_empty());
    }
}
