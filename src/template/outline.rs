//! What a text is made of, for those who show it and do not speak it.

use super::{Part, Pattern, split};

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Characters.
    Text(String),
    /// `{{ }}` with a value, or a silence.
    Slot {
        /// The number of its hole.
        hole: usize,
        /// What stands between the braces: `group`, `short title 30`.
        inner: String,
    },
    /// `{{#if}}` or `{{#unless}}` with what stands in it.
    Condition {
        /// The number of the hole with the condition.
        hole: usize,
        /// What is spoken if the condition holds.
        yes: Vec<Piece>,
        /// What is spoken if it does not.
        no: Vec<Piece>,
    },
}

/// A condition that is not closed yet.
struct Open {
    hole: usize,
    /// Whether what comes is spoken if the condition holds.
    holds: bool,
    yes: Vec<Piece>,
    no: Vec<Piece>,
}

impl Open {
    fn here(&mut self) -> &mut Vec<Piece> {
        if self.holds { &mut self.yes } else { &mut self.no }
    }
}

impl Pattern {
    /// The parts of the text, in its order; holes are counted as in the list that [`Pattern::parse`] gives.
    #[must_use]
    pub fn outline(&self) -> Vec<Piece> {
        let text = Piece::Text(self.text.to_string());
        // In a text without holes braces are characters.
        let Some(parts) = self.compiled.as_ref().and_then(|_| split(&self.text).ok()) else { return vec![text] };
        let (mut done, mut open, mut holes) = (Vec::new(), Vec::<Open>::new(), 0..);
        for part in parts {
            let piece = match part {
                Part::Text(text) => Some(Piece::Text(text.to_owned())),
                Part::Slot(inner) => slot(inner.trim(), &mut holes, &mut open),
            };
            open.last_mut().map_or(&mut done, Open::here).extend(piece);
        }
        done
    }
}

/// What a slot adds to the text around it, if it adds something.
fn slot(inner: &str, holes: &mut std::ops::RangeFrom<usize>, open: &mut Vec<Open>) -> Option<Piece> {
    let word = inner.split_whitespace().next().unwrap_or_default();
    match word {
        "#if" | "#unless" => {
            let (yes, no) = (Vec::new(), Vec::new());
            open.push(Open { hole: holes.next()?, holds: word == "#if", yes, no });
            None
        }
        "else" => {
            open.iter_mut().last()?.holds ^= true;
            None
        }
        "/if" | "/unless" => {
            let Open { hole, yes, no, .. } = open.pop()?;
            Some(Piece::Condition { hole, yes, no })
        }
        _ => Some(Piece::Slot { hole: holes.next()?, inner: inner.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::Piece;
    use crate::template::{HoleKind, Pattern};

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    fn slot(hole: usize, inner: &str) -> Piece {
        Piece::Slot { hole, inner: inner.to_owned() }
    }

    #[test]
    fn holes_are_those_of_the_pattern() {
        let source = "A {{x}}{{#unless a.b}}{{break 500}}B{{#if c}} {{short y 3}}{{/if}}{{else}}{{ z }}{{/unless}}.";
        let (pattern, holes) = Pattern::parse(source).unwrap();
        let inner = Piece::Condition { hole: 3, yes: vec![text(" "), slot(4, "short y 3")], no: vec![] };
        let no = vec![slot(2, "break 500"), text("B"), inner];
        let condition = Piece::Condition { hole: 1, yes: vec![slot(5, "z")], no };
        assert_eq!(pattern.outline(), [text("A "), slot(0, "x"), condition, text(".")]);
        assert!(matches!(&holes[3].kind, HoleKind::Condition { path } if path == &["c"]));
        assert_eq!(holes[5].root(), Some("z"));
    }

    #[test]
    fn braces_of_a_plain_text_are_characters() {
        assert_eq!(Pattern::plain("{{x}}").outline(), [text("{{x}}")]);
    }
}
