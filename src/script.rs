//! Everything that callers and callees can hear, for the people who translate, record or approve it.
//!
//! ```text
//! walk, acts     the steps of a scene in their order, with the conditions around them
//! outside        rules, music, what the language says
//! conditions     these conditions in words
//! words          texts: tries, readings, variables, lengths
//! examples       what stands in a variable, as far as the settings tell
//! text markdown csv   the script as it is printed
//! ```
//!
//! The scenes come in the order in which a conversation reaches them; what no way leads to is not heard, and is only
//! named at the end. A sentence that is heard in several places has one number, and is told once.

mod acts;
mod conditions;
mod csv;
mod examples;
mod markdown;
mod outside;
mod text;
mod walk;
mod words;

use crate::graph::Graph;
use crate::program::Program;
use crate::source::Sources;
use crate::types::Name;

pub use csv::csv;
pub use markdown::markdown;
pub use text::text;

/// A script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The flow's name.
    pub flow: Name,
    /// In the order of the conversation, then what belongs to no scene.
    pub parts: Vec<Part>,
    /// What is declared and heard nowhere: `scene cellar`, `phrase old_greeting`.
    pub unheard: Vec<String>,
}

/// A scene, or something that is no scene: a rule, music, the language itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `scene main`, `music hold_music`, `at any time`.
    pub title: String,
    /// In the order of the text.
    pub lines: Vec<Line>,
}

/// Something that is heard in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the script, from 1. The same words have the same number everywhere.
    pub number: usize,
    /// Whether it has been told before: then there are no variants here.
    pub again: bool,
    /// The step, as logs and drawings call it: `main/menu`.
    pub step: String,
    /// The place in the flow, `file:line:column`.
    pub place: String,
    /// Who hears it.
    pub hearer: Hearer,
    /// Under which conditions, outermost first.
    pub when: Vec<String>,
    /// The phrase, if it has a name; `option(to_alert)` for one inside of another.
    pub phrase: Option<String>,
    /// What is heard.
    pub sound: Sound,
    /// What is said, each with what it depends on.
    pub variants: Vec<Variant>,
    /// What stands in the braces.
    pub variables: Vec<Variable>,
}

/// Who hears something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearer {
    /// The caller.
    Caller,
    /// The caller, while somebody is phoned for them.
    OnHold,
    /// Somebody who was phoned.
    Callee,
}

/// What is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sound {
    /// Words.
    Speech,
    /// Audio from elsewhere: the text is its URL.
    Audio,
    /// Words around other words, which are told where they are heard.
    Frame,
}

/// One way to say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// On which try, under which condition: `first time`, `if take.seconds is none`; empty if there is only one.
    pub label: String,
    /// The text, with its variables in braces.
    pub text: String,
    /// Words to be spoken; a variable counts as its example.
    pub words: usize,
    /// Milliseconds it takes to say it, about.
    pub millis: u64,
}

/// What stands in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// What stands between the braces.
    pub name: String,
    /// Its type.
    pub ty: String,
    /// How it is spoken, if that is not how it is written.
    pub spoken: Option<String>,
    /// How it may sound: values of the settings, as far as they get here.
    pub examples: Vec<String>,
}

impl Hearer {
    /// In a word or two.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::OnHold => "on hold",
            Self::Callee => "callee",
        }
    }
}

impl Line {
    /// Words of all variants.
    #[must_use]
    pub fn words(&self) -> usize {
        self.variants.iter().map(|variant| variant.words).sum()
    }

    /// Milliseconds of all variants.
    #[must_use]
    pub fn millis(&self) -> u64 {
        self.variants.iter().map(|variant| variant.millis).sum()
    }
}

impl Script {
    /// The script of a flow with its settings, as they are.
    #[must_use]
    pub fn of(program: &Program, graph: &Graph, sources: &Sources) -> Self {
        walk::Walk::new(program, graph, sources).script()
    }

    /// Every line that tells something, and not only where it is heard again.
    pub fn told(&self) -> impl Iterator<Item = &Line> {
        self.parts.iter().flat_map(|part| &part.lines).filter(|line| !line.again)
    }

    /// How much there is: numbered sentences, and of all their variants the words and the milliseconds of speech.
    #[must_use]
    pub fn size(&self) -> (usize, usize, u64) {
        let spoken = || self.told().filter(|line| line.sound == Sound::Speech);
        let sentences = self.told().filter(|line| line.sound != Sound::Audio).count();
        (sentences, spoken().map(Line::words).sum(), spoken().map(Line::millis).sum())
    }

    /// `56 sentences, 612 words, about 4 min 10 s`.
    #[must_use]
    pub fn summary(&self) -> String {
        let (sentences, words, millis) = self.size();
        let seconds = millis.div_ceil(1000);
        let time =
            if seconds < 60 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) };
        format!("{sentences} sentences, {words} words, about {time} of speech")
    }
}

#[cfg(test)]
mod tests;
