//! What was skipped, in words: what stands there, what was expected, and what was probably meant.

mod expected;
pub(super) mod habits;
mod meant;
mod token;

use super::comments::Comments;
use super::edits::Edit;
use super::grammar::{self, Failure, Rule};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};
pub(super) use expected::Expected;
use meant::Meant;
pub(super) use token::Token;

/// A stretch of text that the grammar skipped.
pub(super) struct Place<'t> {
    /// The whole text.
    pub(super) text: &'t str,
    /// Its comments.
    pub(super) comments: &'t Comments,
    /// Where the stretch begins.
    pub(super) start: usize,
    /// Where the neighbour in front of it begins, if that was understood.
    pub(super) before: Option<usize>,
    /// Reads the neighbour and what may follow it.
    pub(super) after: Rule,
    /// Reads what may stand here.
    pub(super) one: Rule,
}

/// What is wrong with a place.
pub(super) struct Found {
    /// Where what was skipped begins.
    pub(super) start: usize,
    /// The byte at which reading failed.
    pub(super) at: usize,
    /// What could have stood there.
    pub(super) expected: Expected,
    /// In words.
    pub(super) diagnostic: Diagnostic,
    /// What it is worth beside other findings.
    pub(super) weight: Weight,
    /// The changes that it asks for, where they are plain; otherwise none.
    pub(super) repair: Vec<Edit>,
}

/// What a finding is worth beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// It says what was meant.
    Sure,
    /// It says what was expected: behind another finding of the same line it is probably a consequence.
    Weak,
    /// It says that something stands outside of its place: in an item with other findings it is a consequence.
    Displaced,
}

/// How long a neighbour may be to be read once more.
const NEIGHBOUR: usize = 16 * 1024;
/// How much is read once more, so that many mistakes in a long text cost no more than it is worth.
const WINDOW: usize = 2 * NEIGHBOUR;

/// Says what is wrong with a place.
pub(super) fn explain(id: SourceId, place: &Place<'_>) -> Found {
    let (at, rules) = place.furthest();
    let scene = Scene { id, place, at, found: Token::at(place.text, at), expected: Expected::new(rules) };
    let (weight, Meant { diagnostic, repair }) = scene.diagnostic();
    Found { start: place.start, at, expected: scene.expected, diagnostic, weight, repair }
}

impl Place<'_> {
    /// Whether reading stopped at `at` because the window ends there.
    fn cut(&self, at: usize, end: usize) -> bool {
        at >= end && end < self.text.len()
    }

    /// Reads strictly, and returns how far that goes and what was expected there.
    fn furthest(&self) -> (usize, Vec<Rule>) {
        let neighbour = self.before.filter(|before| self.start.saturating_sub(*before) <= NEIGHBOUR);
        let (from, rule) = neighbour.map_or((self.start, self.one), |before| (before, self.after));
        let end = self.text.floor_char_boundary(from.saturating_add(WINDOW));
        match self.text.get(from..end).map(|window| grammar::parse(rule, window)) {
            Some(Err(Failure::Expected { at, rules })) if from + at >= self.start && !self.cut(from + at, end) => {
                (from + at, rules)
            }
            _ => (self.start, Vec::new()),
        }
    }
}

/// All that is known about a mistake.
struct Scene<'t> {
    id: SourceId,
    place: &'t Place<'t>,
    /// Where reading failed.
    at: usize,
    /// What stands there.
    found: Token<'t>,
    expected: Expected,
}

impl Scene<'_> {
    fn diagnostic(&self) -> (Weight, Meant) {
        let only_said = |diagnostic| Meant { diagnostic, repair: Vec::new() };
        if let Some(displaced) = self.displaced() {
            return (Weight::Displaced, only_said(displaced));
        }
        let sure = self
            .meant()
            .or_else(|| self.habit().map(only_said))
            .or_else(|| self.beginning().map(only_said))
            .or_else(|| self.braceless().map(only_said))
            .or_else(|| self.braceless_operand().map(only_said))
            .or_else(|| self.reserved())
            .or_else(|| self.call_or_assignment().map(only_said))
            .or_else(|| self.misspelt().map(only_said))
            .or_else(|| self.typography().map(only_said));
        match sure {
            Some(sure) => (Weight::Sure, sure),
            None => (Weight::Weak, only_said(self.lone_name().unwrap_or_else(|| self.plain()))),
        }
    }

    fn here(&self) -> Span {
        Span::new(self.id, self.at, self.at + self.found.text.len())
    }

    /// Nothing is known but what was expected.
    fn plain(&self) -> Diagnostic {
        let end = self.place.comments.trim_end(self.place.text, self.at);
        if end > self.place.start && !self.same_line(end) {
            return self.unfinished(end);
        }
        let message = if self.found.text.is_empty() {
            "the text ends too early".to_owned()
        } else {
            format!("{} is not understood here", self.found.quoted())
        };
        not_understood(message).at(self.here(), self.expected.sentence())
    }

    /// What was begun is not finished at the end of a line; `end` is the end of its last token.
    fn unfinished(&self, end: usize) -> Diagnostic {
        let last = Token::before(self.place.text, end);
        let span = Span::new(self.id, end - last.text.len(), end);
        not_understood(format!("something is missing after {}", last.quoted())).at(span, self.expected.sentence())
    }

    /// What belongs to something that has ended, or never began.
    fn displaced(&self) -> Option<Diagnostic> {
        if self.at != self.place.start {
            return None;
        }
        let word = self.found.text;
        let top = matches!(self.place.one, Rule::item | Rule::one_setup);
        if word == "}" && top {
            return Some(
                not_understood("this `}` closes nothing")
                    .at(self.here(), "")
                    .help("remove it, or look for a `{` that is missing before it"),
            );
        }
        if word == "else" && self.place.one == Rule::step {
            return Some(not_understood("this `else` belongs to nothing").at(self.here(), "").help(
                "write it behind an `if`, a `let`, a `send` or a step that waits; a step behind `=>` takes none: give it braces",
            ));
        }
        if top && expected::is_step(word) && word != "let" {
            return Some(
                not_understood(format!("`{word}` stands outside of a scene"))
                    .at(self.here(), "a step")
                    .help("move it into a `scene`, or remove a `}` before it"),
            );
        }
        None
    }

    /// Things that cannot stand at the beginning of what was skipped, whatever follows them.
    fn beginning(&self) -> Option<Diagnostic> {
        if self.at != self.place.start {
            return None;
        }
        let word = self.found.text;
        let is_key = self.place.one == Rule::arm || self.place.one == Rule::take_arm;
        if is_key && word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(
                not_understood(format!("`{word}` is not a key"))
                    .at(self.here(), "more than one digit")
                    .help("a key is one of 0–9, `*`, `#`, a range `2-9`, or `any`"),
            );
        }
        None
    }

    /// Steps that need braces, behind an arrow.
    fn braceless(&self) -> Option<Diagnostic> {
        let end = self.place.comments.trim_end(self.place.text, self.at);
        let before = self.place.text.get(..end)?;
        let word = self.found.text;
        if before.ends_with("=>") && matches!(word, "give" | "let" | "if" | "match") {
            return Some(needs_braces(word, self.here()));
        }
        None
    }

    /// `=> retry NAME`, `=> return E`: the operand was taken for the next arm or step.
    fn braceless_operand(&self) -> Option<Diagnostic> {
        let start = self.place.start;
        let end = self.place.comments.trim_end(self.place.text, start);
        let (rest, step) = self.place.text.get(..end)?.rsplit_once(char::is_whitespace)?;
        let operand = Token::at(self.place.text, start);
        let same_line = self.place.text.get(end..start).is_some_and(|between| !between.contains('\n'));
        let fits =
            rest.trim_end().ends_with("=>") && matches!(step, "retry" | "return") && operand.is_operand() && same_line;
        let span = Span::new(self.id, end - step.len(), start + operand.text.len());
        fits.then(|| needs_braces(&format!("{step} {}", operand.text), span))
    }

    /// Whether what was found stands on the line on which the token before it ends.
    fn same_line(&self, end: usize) -> bool {
        self.place.text.get(end..self.at).is_some_and(|between| !between.contains('\n'))
    }

    /// A keyword with a slip of the finger.
    fn misspelt(&self) -> Option<Diagnostic> {
        let keyword = self.expected.nearest(self.found.text)?;
        let message = format!("{} is not understood here", self.found.quoted());
        Some(
            not_understood(message)
                .at(self.here(), self.expected.sentence())
                .help(format!("did you mean `{keyword}`?")),
        )
    }

    /// The name with which a step begins, and what follows it.
    fn leading_name(&self) -> Option<(&str, &str)> {
        if self.at != self.place.start || self.place.one != Rule::step || !self.found.is_name() {
            return None;
        }
        let rest = self.place.text.get(self.at..)?;
        let name = token::dotted(rest);
        Some((name, rest.get(name.len()..)?.trim_start()))
    }

    /// A step that is a call or an assignment.
    fn call_or_assignment(&self) -> Option<Diagnostic> {
        let (name, behind) = self.leading_name()?;
        let help = if behind.starts_with('(') {
            let call = format!("{name}{}", token::arguments(behind));
            if name.contains('.') {
                format!("write `send {call}` if it changes something, `let x = {call}` if it reads")
            } else {
                format!(
                    "write `do {call}` to run a scene, `=> {call}` to leave for it, `let x = {call}` to ask a query"
                )
            }
        } else if behind.starts_with('=') && !behind.starts_with("==") && !behind.starts_with("=>") {
            format!("write `let {name} = …`: a name is bound once")
        } else {
            return None;
        };
        Some(self.begins_with_name(name).help(help))
    }

    /// A step that is nothing but a name.
    fn lone_name(&self) -> Option<Diagnostic> {
        let (name, _) = self.leading_name()?;
        let help =
            format!("write `=> {name}` to leave for a scene, `do {name}` to run one, `say {name}` to speak a phrase");
        Some(self.begins_with_name(name).help(help))
    }

    fn begins_with_name(&self, name: &str) -> Diagnostic {
        Diagnostic::new(Code::StepBeginsWithName, format!("a step cannot begin with the name `{name}`"))
            .at(Span::new(self.id, self.at, self.at + name.len()), "every step begins with a keyword")
    }

    /// Quotes: inside of a string, or curly.
    fn typography(&self) -> Option<Diagnostic> {
        let before = self.place.text.get(..self.at)?;
        let help = match self.found.text {
            "“" | "”" | "„" | "«" | "»" => "write straight quotes: `\"`",
            "'" | "‘" | "’" | "`" => "strings stand in double quotes: `\"`",
            "=" if self.expected.has(Rule::cmp_op) => {
                return Some(not_understood("`=` does not compare").at(self.here(), "").help("write `==`"));
            }
            "->" | "=" | ":" | "→" | "⇒" if self.expected.begins_with(Rule::arrow) => {
                return Some(not_understood("what happens stands behind `=>`").at(self.here(), "").help("write `=>`"));
            }
            word if before.ends_with('"') && !word.is_empty() => "a `\"` inside of a string is written `\\\"`",
            _ => return None,
        };
        Some(self.plain().help(help))
    }
}

fn not_understood(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::NotUnderstood, message)
}

fn needs_braces(step: &str, span: Span) -> Diagnostic {
    not_understood(format!("`{step}` needs braces here"))
        .at(span, "behind an arrow stands one short step")
        .help(format!("write `{{ {step}{} }}`", if step.contains(' ') { "" } else { " …" }))
}

#[cfg(test)]
mod tests;
