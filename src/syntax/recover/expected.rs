//! What could have stood at a place.

use crate::diagnostic::nearest::nearest;
use crate::syntax::grammar::{Rule, describe, literal};

/// Words that begin a step.
const STEPS: &[&str] = &[
    "let", "say", "play", "pause", "menu", "pick", "enter", "record", "wait", "escalate", "dial", "send", "do", "if",
    "match", "for", "yield", "give", "keep", "retry", "return", "hang", "speak", "connect",
];

/// Words that begin an item.
const ITEMS: &[&str] = &[
    "use",
    "enum",
    "table",
    "type",
    "settings",
    "phrases",
    "languages",
    "hours",
    "music",
    "service",
    "admit",
    "listen",
    "anywhere",
    "on",
    "query",
    "scene",
];

/// Words that begin a deed of a scenario.
const DEEDS: &[&str] = &[
    "is", "calls", "presses", "types", "stays", "hears", "never", "records", "arrives", "fails", "holds", "rings",
    "stops", "answers", "does", "meets", "hangs", "ends", "waits", "dials", "logs", "sent",
];

/// The reserved words that neither begin a step nor belong to another list.
const CONNECTIVES: &[&str] = &[
    "then", "else", "in", "where", "and", "or", "not", "is", "none", "true", "false", "from", "by", "asking", "each",
    "alone", "up", "every", "within", "as", "keys", "any", "all",
];

/// Whether a word begins a step.
pub(super) fn is_step(word: &str) -> bool {
    STEPS.contains(&word)
}

/// Whether a word begins a deed of a scenario.
pub(super) fn is_deed(word: &str) -> bool {
    DEEDS.contains(&word)
}

/// Whether a word is one of the 47 that cannot be names.
pub(super) fn is_reserved(word: &str) -> bool {
    STEPS.contains(&word) || CONNECTIVES.contains(&word)
}

/// How many possibilities a message names.
const SHOWN: usize = 6;

/// The rules that failed at a place.
pub(in crate::syntax) struct Expected {
    rules: Vec<Rule>,
}

impl Expected {
    /// From what pest reports, without what never helps.
    pub(in crate::syntax) fn new(mut rules: Vec<Rule>) -> Self {
        if rules.len() > 1 {
            rules.retain(|rule| *rule != Rule::EOI);
        }
        Self { rules }
    }

    /// Whether a rule is among them.
    pub(in crate::syntax) fn has(&self, rule: Rule) -> bool {
        self.rules.contains(&rule)
    }

    /// Whether a sign or a keyword is among them, alone or as the beginning of something.
    pub(in crate::syntax) fn begins_with(&self, sign: Rule) -> bool {
        let beginnings = |rule: &Rule| -> &'static [Rule] {
            match rule {
                Rule::happens => &[Rule::lbrace, Rule::arrow],
                Rule::block | Rule::arms | Rule::takes | Rule::rec | Rule::record_ty => &[Rule::lbrace],
                Rule::close | Rule::unclosed => &[Rule::rbrace],
                Rule::args | Rule::params | Rule::paren => &[Rule::lparen],
                Rule::index | Rule::list => &[Rule::lbracket],
                Rule::otherwise | Rule::handler => &[Rule::k_else],
                Rule::gives => &[Rule::k_gives],
                Rule::body => &[Rule::k_json],
                Rule::asking => &[Rule::k_asking],
                Rule::longest | Rule::most => &[Rule::k_up],
                Rule::each_round => &[Rule::k_every],
                Rule::tries => &[Rule::k_tries],
                Rule::goto => &[Rule::arrow],
                _ => &[],
            }
        };
        self.rules.iter().any(|rule| *rule == sign || beginnings(rule).contains(&sign))
    }

    /// "expected …", or nothing if nothing is known.
    pub(in crate::syntax) fn sentence(&self) -> String {
        let goes_on = |rule: &&Rule| !self.continues(**rule);
        let mut names: Vec<&str> = Vec::new();
        for rule in self.rules.iter().filter(goes_on) {
            let name = describe(*rule);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() && !self.rules.is_empty() {
            return "expected an operator".to_owned();
        }
        if names.len() > SHOWN {
            names.truncate(SHOWN);
            return format!("expected {}, …", names.join(", "));
        }
        match names.split_last() {
            None => String::new(),
            Some((last, [])) => format!("expected {last}"),
            Some((last, others)) => format!("expected {} or {last}", others.join(", ")),
        }
    }

    /// Whether a rule would only have gone on with the expression before the place.
    fn continues(&self, rule: Rule) -> bool {
        match rule {
            Rule::cmp_op
            | Rule::add_op
            | Rule::mul_op
            | Rule::dot
            | Rule::k_and
            | Rule::k_or
            | Rule::k_is
            | Rule::k_not => true,
            Rule::k_in => self.has(Rule::cmp_op),
            Rule::lparen => self.has(Rule::dot),
            Rule::lbracket => self.has(Rule::dot) || self.has(Rule::pipe),
            Rule::pipe => self.has(Rule::lbracket),
            _ => false,
        }
    }

    /// Whether a name would have fitted.
    pub(in crate::syntax) fn wants_name(&self) -> bool {
        self.rules.iter().any(|rule| {
            matches!(
                rule,
                Rule::name
                    | Rule::target
                    | Rule::primary
                    | Rule::expr
                    | Rule::and_
                    | Rule::cmp
                    | Rule::sum
                    | Rule::postfix
                    | Rule::text
                    | Rule::source
                    | Rule::heard
                    | Rule::lang
            )
        })
    }

    /// The expected word that `found` was probably meant to be.
    pub(in crate::syntax) fn nearest(&self, found: &str) -> Option<&'static str> {
        let is_word = found.len() > 1 && found.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_word.then(|| nearest(found, self.rules.iter().flat_map(|rule| words(*rule))))?
    }
}

/// The words that a rule may begin with, where they are few.
fn words(rule: Rule) -> impl Iterator<Item = &'static str> {
    let keyword = literal(rule).filter(|text| text.starts_with(|c: char| c.is_ascii_alphabetic()));
    choices(rule).iter().copied().chain(keyword)
}

fn choices(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::step => STEPS,
        Rule::item => ITEMS,
        Rule::short => &[
            "keep", "retry", "return", "hang", "speak", "connect", "say", "play", "pause", "for", "yield", "send", "do",
        ],
        Rule::waits | Rule::bare_act => &["menu", "pick", "enter", "record", "wait", "escalate", "dial", "send", "do"],
        Rule::event => &["silence", "invalid", "giveup", "error", "hangup"],
        Rule::outcome | Rule::outcome_arm => OUTCOMES,
        Rule::one_part => PARTS,
        Rule::hears => &["caller", "callee"],
        Rule::method | Rule::op => &["get", "post", "put", "delete", "reads"],
        Rule::auth => &["basic", "bearer", "header"],
        Rule::limit => &["timeout"],
        Rule::star => &["star"],
        Rule::tries => &["tries", "try"],
        Rule::deed => DEEDS,
        Rule::music_step => &["say", "play", "pause"],
        Rule::one_setup | Rule::scenario => &["given", "stub", "clock", "let", "test"],
        Rule::one_line => &["given", "stub", "clock", "let"],
        Rule::day => &["mon", "tue", "wed", "thu", "fri", "sat", "sun", "closed"],
        _ => &[],
    }
}

const PARTS: &[&str] = &[
    "caller",
    "callee",
    "accepted",
    "declined",
    "silent",
    "busy",
    "no_answer",
    "failed",
    "machine",
    "caller_gone",
    "taken",
];

const OUTCOMES: &[&str] =
    &["accepted", "declined", "silent", "busy", "no_answer", "failed", "machine", "caller_gone", "taken"];

#[cfg(test)]
mod tests {
    use super::{CONNECTIVES, DEEDS, ITEMS, STEPS};
    use crate::syntax::grammar::{Rule, parse};

    #[test]
    fn the_words_are_those_of_the_grammar() {
        assert_eq!(STEPS.len() + CONNECTIVES.len(), 47, "reserved words of the language");
        for word in STEPS.iter().chain(CONNECTIVES) {
            assert!(parse(Rule::name, word).is_err(), "{word}");
            assert!(parse(Rule::reserved_name, word).is_ok(), "{word}");
        }
        for word in ITEMS.iter().chain(DEEDS).filter(|word| **word != "is") {
            assert!(parse(Rule::name, word).is_ok(), "{word} is no reserved word");
        }
        for word in STEPS {
            let text = format!("? {word}");
            let bad = parse(Rule::bad_step, &text).unwrap();
            assert_eq!(bad.as_str().trim(), "?", "recovery resumes at `{word}`");
        }
    }
}
