//! Keys that words name (IVR903, IVR910) and how many choices they offer at once (IVR904). Of the words only the
//! plainest English is understood: "press 1", "press star", "1 to 5".

use super::super::checker::Checker;
use super::super::frames::Part;
use super::keys::{Offered, named};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::Words;
use crate::source::Span;

fn not_offered(key: char, span: Span) -> Diagnostic {
    Diagnostic::new(Code::PromptedKey, format!("the prompt names the key {key}, which is not offered"))
        .at(span, "")
        .help("add an arm for it, or change the words")
}

fn not_always_offered(key: char, span: Span, condition: Span) -> Diagnostic {
    Diagnostic::new(Code::PromptedKey, format!("the prompt names the key {key}, which is not always offered"))
        .at(span, "")
        .at(condition, "offered only if this holds")
        .help("give the arm a label: it is spoken only when the key is offered")
}

fn silent_key(key: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::SilentKey, format!("no prompt mentions {key}"))
        .at(span, "nobody knows of it")
        .help("give the arm a label, or name the key in the prompt")
}

fn too_many(what: &str, choices: &Choices) -> Diagnostic {
    let (count, most) = (choices.count, MOST_CHOICES);
    let message = if choices.exact {
        format!("this {what} offers {count} choices in one breath")
    } else {
        format!("this {what} may offer {count} choices in one breath")
    };
    let diagnostic = Diagnostic::new(Code::ManyChoices, message);
    let diagnostic = match choices.list {
        Some(list) => diagnostic.at(list, "so many").at(choices.at, "offered here"),
        None => diagnostic.at(choices.at, ""),
    };
    diagnostic.help(format!("nobody remembers more than {most}: ask in two steps, or offer fewer"))
}

/// More choices than this are forgotten before the last one has been spoken.
const MOST_CHOICES: u32 = 5;

/// How many choices a prompt offers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choices {
    pub(super) count: u32,
    /// Whether it is always that many.
    pub(super) exact: bool,
    /// The step.
    pub(super) at: Span,
    /// Where the list comes from, if from outside.
    pub(super) list: Option<Span>,
}

impl Checker<'_> {
    /// Warns of keys that the words at `span` name and no arm takes; the first `digits` digits are those of a list.
    /// Answers whether there is none.
    pub(super) fn prompted(&self, span: Span, words: &Words, offered: &Offered, digits: u32) -> bool {
        let mut agree = true;
        for key in words.tries.iter().flat_map(|template| keys_in(template.pattern.text())) {
            if let Some(condition) = offered.condition(key) {
                self.report.add(not_always_offered(key, span, condition));
                agree = false;
                continue;
            }
            let of_list = key.to_digit(10).is_some_and(|digit| (1..=digits).contains(&digit));
            let anywhere = self.around().part != Part::CalleeHears
                && self.world.rules.anywhere.iter().any(|(known, _)| *known == key);
            if !of_list && !anywhere && !offered.has("`any`") && !offered.has(&named(key)) {
                self.report.add(not_offered(key, span));
                agree = false;
            }
        }
        agree
    }

    /// Warns of keys without a label that none of the words mention, nor anything said before in this body.
    pub(super) fn mentioned(&self, words: &[&Words], keys: &[(char, Span)]) {
        for (key, span) in keys {
            if !self.mentions(words, &|text| names(text, *key)) {
                self.report.lint(silent_key(&format!("the key {key}"), *span));
            }
        }
    }

    /// Warns if none of these keys is mentioned; `what` says whose they are.
    pub(super) fn any_mentioned(&self, words: &[&Words], keys: &[char], what: &str, span: Span) {
        if !keys.is_empty() && !self.mentions(words, &|text| keys.iter().any(|key| names(text, *key))) {
            self.report.lint(silent_key(what, span));
        }
    }

    fn mentions(&self, words: &[&Words], in_text: &dyn Fn(&str) -> bool) -> bool {
        let texts = words.iter().flat_map(|words| &words.tries).map(|template| template.pattern.text());
        texts.chain(self.said.iter().map(|text| &**text)).any(in_text)
    }

    /// Warns of more choices than anybody remembers.
    pub(super) fn memorable(&self, what: &str, choices: &Choices) {
        if choices.count > MOST_CHOICES {
            self.report.lint(too_many(what, choices));
        }
    }
}

/// The words of a text: lower case, without what stands around them.
fn words_of(text: &str) -> Vec<String> {
    let own = |c: char| c.is_alphanumeric() || c == '*' || c == '#';
    text.split_whitespace().map(|word| word.trim_matches(|c| !own(c)).to_lowercase()).collect()
}

/// The keys named behind the word "press".
fn keys_in(text: &str) -> Vec<char> {
    let words = words_of(text);
    let behind = words.iter().zip(words.iter().skip(1));
    behind.filter(|(word, _)| *word == "press").filter_map(|(_, key)| key_of(key)).collect()
}

/// Whether a text may tell of a key: by its name, in a span, or among "any". A text that is nothing but a value may
/// tell of everything.
fn names(text: &str, key: char) -> bool {
    let text = text.trim();
    if text.starts_with("{{") && text.ends_with("}}") && text.matches("{{").count() == 1 {
        return true;
    }
    let spaced = text.replace(['-', '–', '—', '/'], " - ");
    let words = words_of(&spaced);
    let general = |word: &String| ["any", "every", "other", "digit", "number"].contains(&word.as_str());
    if words.iter().any(|word| key_of(word) == Some(key) || general(word)) {
        return true;
    }
    // "1 to 5", "2-9": where a word was nothing but a dash, nothing is left of it.
    words.windows(3).any(|span| match span {
        [from, between, to] if ["to", "through", "until", ""].contains(&between.as_str()) => {
            let digit = |word: &String| key_of(word).and_then(|key| key.to_digit(10));
            digit(from).zip(digit(to)).zip(key.to_digit(10)).is_some_and(|((from, to), key)| from <= key && key <= to)
        }
        _ => false,
    })
}

fn key_of(word: &str) -> Option<char> {
    const WORDS: [(&str, char); 17] = [
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
        ("asterisk", '*'),
        ("*", '*'),
        ("pound", '#'),
        ("hash", '#'),
        ("square", '#'),
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
    use super::{keys_in, names};

    #[test]
    fn only_what_follows_the_word_press_is_a_key() {
        assert_eq!(
            keys_in("Press 1, or press STAR. Dial 2. Press any digit, then press {{digit}}. Press 12."),
            ['1', '*']
        );
        assert!(keys_in("press").is_empty());
    }

    #[test]
    fn a_key_is_mentioned_by_its_name_or_in_a_span() {
        for text in
            ["Press 3.", "For help, three.", "Dial 1 to 5.", "1-5, please", "one through nine", "Any key.", "{{it}}"]
        {
            assert!(names(text, '3'), "{text}");
        }
        for text in ["Press 2.", "Dial 5 to 9.", "Speak after the beep.", "13 people wait.", "Hello {{who}}, stay.", ""]
        {
            assert!(!names(text, '3'), "{text}");
        }
        assert!(names("or star", '*') && names("then pound", '#') && !names("1 to 5", '*'));
    }
}
