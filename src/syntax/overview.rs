//! One walk through a parse tree, before anything is built from it: what is looked for everywhere in it.

use super::comments::Comments;
use super::depth::Height;
use super::grammar::{self, Pairs, Rule, Visit};

/// What a parse tree has of each.
#[derive(Debug, Default)]
pub(super) struct Overview {
    /// Its comments.
    pub(super) comments: Comments,
    /// Nodes that are mistakes by themselves, in order.
    pub(super) faults: Vec<Marked>,
    /// Whether a `}` is missing somewhere.
    pub(super) unclosed: bool,
    /// The node that makes the tree too high for whatever walks it.
    pub(super) too_high: Option<usize>,
}

/// A node that is a mistake; of a string without closing quote, the string.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marked {
    pub(super) rule: Rule,
    /// Its first byte, and one past the last.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Overview {
    /// Looks at every node.
    pub(super) fn of(pairs: &Pairs<'_>) -> Self {
        let mut overview = Self::default();
        let mut height = Height::default();
        let (mut entered, mut string) = (0, 0);
        for visit in grammar::walk(pairs) {
            overview.too_high = overview.too_high.or(height.visit(&visit));
            match visit {
                Visit::Enter(rule, start) => {
                    entered = start;
                    match rule {
                        Rule::string => string = start,
                        Rule::unclosed => overview.unclosed = true,
                        // It is the only one of its kind that has nodes inside.
                        Rule::extra_arrow => overview.faults.push(Marked { rule, start, end: start }),
                        _ => {}
                    }
                }
                Visit::Leave(Rule::comment, end) => overview.comments.push(entered.saturating_sub("//".len()), end),
                Visit::Leave(rule, end) if is_fault(rule) => {
                    let start = if rule == Rule::open_string { string } else { entered };
                    overview.faults.push(Marked { rule, start, end });
                }
                Visit::Leave(..) => {}
            }
        }
        overview
    }
}

/// Whether a node without nodes inside is a mistake that the grammar understands well enough to go on.
fn is_fault(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::malformed
            | Rule::bad_clock
            | Rule::bad_date
            | Rule::reserved_name
            | Rule::open_string
            | Rule::open_slot
            | Rule::bad_escape
    )
}
