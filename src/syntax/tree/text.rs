//! Strings, and words that are spoken.

use super::{Expr, Word};
use crate::source::Span;

/// A string in double quotes: a Handlebars template.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// Its pieces in order.
    pub pieces: Vec<Piece>,
    /// With the quotes.
    pub span: Span,
}

/// A stretch of a string.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Characters, escapes already resolved.
    Chars {
        /// The characters meant.
        text: String,
        /// Where they are written.
        span: Span,
    },
    /// `{{ … }}`.
    Slot {
        /// Between the braces, as written.
        inner: String,
        /// With the braces.
        span: Span,
    },
}

impl Literal {
    /// The whole text as Handlebars sees it, slots included.
    #[must_use]
    pub fn template(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Chars { text, .. } => text.clone(),
                Piece::Slot { inner, .. } => format!("{{{{{inner}}}}}"),
            })
            .collect()
    }

    /// The text if there is no slot in it.
    #[must_use]
    pub fn plain(&self) -> Option<String> {
        let slots = self.pieces.iter().any(|piece| matches!(piece, Piece::Slot { .. }));
        (!slots).then(|| self.template())
    }
}

/// `"first" then "second"`: the n-th try hears the n-th text.
#[derive(Debug, Clone, PartialEq)]
pub struct Texts {
    /// At least one.
    pub tries: Vec<Literal>,
    /// The whole.
    pub span: Span,
}

/// What `say` and its like take.
#[derive(Debug, Clone, PartialEq)]
pub enum Text {
    /// `"…"`, perhaps counted.
    Texts(Texts),
    /// `{ en "…" fr "…" }`.
    Variants(Vec<(Word, Texts)>, Span),
    /// A phrase's name or a value that is text.
    Expr(Expr),
}

impl Text {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Texts(texts) => texts.span,
            Self::Variants(_, span) => *span,
            Self::Expr(expr) => expr.span,
        }
    }
}
