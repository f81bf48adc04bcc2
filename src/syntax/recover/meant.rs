//! Mistakes of which it is plain what was meant: what is said about them, and the change that makes it so.

use super::expected::{is_deed, is_reserved};
use super::token::Token;
use super::{Scene, not_understood};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::edits::Edit;
use crate::syntax::faults;
use crate::syntax::grammar::Rule;

/// A finding, and the text as if its help had been followed.
pub(super) struct Meant {
    pub(super) diagnostic: Diagnostic,
    pub(super) repair: Vec<Edit>,
}

fn quoted(start: usize, end: usize) -> Vec<Edit> {
    [start, end].map(|at| Edit { at, removed: 0, inserted: "\"".to_owned() }).into()
}

impl Scene<'_> {
    pub(super) fn meant(&self) -> Option<Meant> {
        self.bare_label().or_else(|| self.another_actor()).or_else(|| self.bare_number())
    }

    /// `1 to hear news => news`: the words between a key and what happens.
    fn bare_label(&self) -> Option<Meant> {
        let text = self.place.text;
        let key = Token::at(text, self.place.start).text;
        let is_key =
            key == "any" || key.len() == 1 && key.starts_with(|c: char| c.is_ascii_digit() || "*#".contains(c));
        if self.place.one != Rule::arm || !is_key {
            return None;
        }
        let start = self.place.comments.next(text, self.place.start + key.len());
        let line = text.get(start..)?.lines().next()?;
        let end = ["=>", "{", " if "].iter().filter_map(|sign| line.find(sign)).min()?;
        let label = line.get(..end)?.trim_end();
        let first = Token::at(label, 0);
        let several = first.text.len() < label.len() || is_reserved(label);
        let is_words = label.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '\'' | ',' | '-'));
        let fits = first.is_name() && first.text != "if" && several && is_words;
        let span = Span::new(self.id, start, start + label.len());
        (fits && (start..start + label.len()).contains(&self.at)).then(|| Meant {
            diagnostic: not_understood("a label stands in quotes").at(span, "").help(format!("write `\"{label}\"`")),
            repair: quoted(start, start + label.len()),
        })
    }

    /// `caller calls then call ends`: behind `then` somebody else does something.
    fn another_actor(&self) -> Option<Meant> {
        let (text, comments) = (self.place.text, self.place.comments);
        let end = comments.trim_end(text, self.at);
        let behind = comments.next(text, self.at + self.found.text.len());
        let fits = Token::before(text, end).text == "then"
            && self.found.is_name()
            && self.expected.has(Rule::deed)
            && is_deed(Token::at(text, behind).text);
        let line = text.get(self.at..)?.lines().next()?;
        let deed = line.split(['}', '/']).next().unwrap_or(line).trim_end();
        fits.then(|| Meant {
            diagnostic: not_understood("`then` goes on with the same actor")
                .at(self.here(), "another one")
                .help(format!("write `{deed}` on a line of its own, without `then`")),
            repair: vec![Edit { at: end - "then".len(), removed: "then".len(), inserted: String::new() }],
        })
    }

    /// `dial +1…`
    fn bare_number(&self) -> Option<Meant> {
        let digits = Token::at(self.place.text, self.at + self.found.text.len()).text;
        let joins = self.place.text.get(..self.at)?.trim_end().ends_with('"');
        let fits = self.found.text == "+" && digits.starts_with(|c: char| c.is_ascii_digit()) && !joins;
        fits.then(|| Meant {
            diagnostic: not_understood("a telephone number stands in quotes")
                .at(self.here(), "")
                .help(format!("write `\"+{digits}\"`")),
            repair: quoted(self.at, self.at + 1 + digits.len()),
        })
    }

    /// A reserved word where a name or a value is wanted: read as the name that is proposed.
    pub(super) fn reserved(&self) -> Option<Meant> {
        let word = self.found.text;
        let connects = matches!(word, "then" | "else" | "and" | "or" | "where" | "in");
        let end = self.place.comments.trim_end(self.place.text, self.at);
        let fits = is_reserved(word) && !connects && self.expected.wants_name() && self.same_line(end);
        fits.then(|| Meant {
            diagnostic: faults::reserved(word, self.here()),
            repair: vec![Edit { at: self.at, removed: word.len(), inserted: format!("my_{word}") }],
        })
    }
}
