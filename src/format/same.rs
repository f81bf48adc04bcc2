//! Whether two texts say the same: the formatter's guard against itself.

use crate::syntax::{Concrete, Node, Rule};

/// A node or a comment, as far as the way it is laid out does not matter.
#[derive(Debug, Clone, Copy)]
struct Piece<'t> {
    /// Its first byte.
    start: usize,
    rule: Rule,
    depth: usize,
    /// What was written, if it is one token or a comment.
    text: &'t str,
    /// Of a comment that documents something: whether it does so here, too.
    documents: bool,
}

impl Piece<'_> {
    fn same(&self, other: &Self) -> bool {
        let texts = self.text == other.text
            // A line break in a string is one of the file, however it is written.
            || (self.text.contains('\r') && self.text.replace("\r\n", "\n") == other.text);
        texts && (self.rule, self.depth, self.documents) == (other.rule, other.depth, other.documents)
    }
}

/// The first byte of a text from which on what came of it says something else, if it does.
///
/// Compared are the parse trees, every token of them, and the comments between the tokens. What is built from a text is
/// built from these.
pub(super) fn difference(text: (&str, &Concrete<'_>), formatted: (&str, &Concrete<'_>)) -> Option<usize> {
    let (a, b) = (pieces(text.0, text.1), pieces(formatted.0, formatted.1));
    let different = a.iter().zip(&b).position(|(a, b)| !a.same(b));
    let at = different.or_else(|| (a.len() != b.len()).then(|| a.len().min(b.len())))?;
    Some(a.get(at).map_or(text.0.len(), |piece| piece.start))
}

/// The pieces of a text, in order.
fn pieces<'t>(text: &'t str, concrete: &Concrete<'t>) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    for root in concrete.roots() {
        nodes(&root, 0, &mut pieces);
    }
    for &(start, end) in concrete.comments() {
        let written = text.get(start..end).unwrap_or_default().trim_end();
        let documents = written.starts_with("///") && documents(text, start, end);
        pieces.push(Piece { start, rule: Rule::comment, depth: 0, text: written, documents });
    }
    // Stable: a node stands before its children.
    pieces.sort_by_key(|piece| piece.start);
    // Elsewhere, `///` is a comment like any other.
    let mut documented = false;
    for piece in pieces.iter_mut().rev() {
        if piece.rule == Rule::comment {
            piece.documents &= documented;
        } else {
            documented = matches!(piece.rule, Rule::item | Rule::setting | Rule::phrase | Rule::op);
        }
    }
    pieces
}

fn nodes<'t>(node: &Node<'t>, depth: usize, pieces: &mut Vec<Piece<'t>>) {
    // How many levels of precedence stand around a value depends on what follows it.
    let node = node.innermost();
    let token = node.is_token();
    let text = if token { node.text() } else { "" };
    pieces.push(Piece { start: node.start(), rule: node.rule(), depth, text, documents: false });
    if !token {
        node.children().for_each(|child| nodes(&child, depth + 1, pieces));
    }
}

/// Whether a comment begins its line and stands directly above what follows.
fn documents(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
    let behind = text.get(end..).and_then(|behind| behind.split('\n').nth(1)).unwrap_or_default();
    let empty = |line: &str| line.chars().all(|c| c.is_whitespace() || c == '\u{feff}');
    empty(before) && !empty(behind)
}
