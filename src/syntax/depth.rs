//! Bounds on nesting, so that no text can exhaust the stack: not of the parser, and not of whatever walks the tree.
//!
//! pest watches its own stack. Here are the two bounds that give a message at the place: brackets, counted before
//! parsing, and the height of the tree to come, counted on the parse tree, where chains (`a.b.c`, `a + b + c`,
//! `else if`) nest without brackets.

use super::grammar::{self, Failure, Rule, Visit};

/// Brackets that may be open at once.
pub(super) const BRACKETS: usize = 32;
/// Height of an expression, a type or a nest of steps; each bracket may count several times.
const HEIGHT: usize = 96;

/// The bracket that is one too many.
pub(super) fn too_many_brackets(text: &str) -> Option<usize> {
    // Strings and comments are told apart only if it matters.
    deepest(text.bytes().enumerate().filter_map(|(at, byte)| Some((at, opens(byte)?))))?;
    match grammar::parse(Rule::brackets, text) {
        Ok(pairs) => deepest(grammar::brackets(pairs).map(|bracket| (bracket.at, bracket.opens))),
        Err(Failure::Expected { at, .. } | Failure::Limit { at }) => Some(at),
    }
}

/// Whether a byte is a bracket that opens or closes.
fn opens(byte: u8) -> Option<bool> {
    match byte {
        b'{' | b'(' | b'[' => Some(true),
        b'}' | b')' | b']' => Some(false),
        _ => None,
    }
}

fn deepest(brackets: impl Iterator<Item = (usize, bool)>) -> Option<usize> {
    let mut open: usize = 0;
    for (at, opens) in brackets {
        open = if opens { open + 1 } else { open.saturating_sub(1) };
        if open > BRACKETS {
            return Some(at);
        }
    }
    None
}

/// The height of the tree to come, in a walk through a parse tree.
#[derive(Debug, Default)]
pub(super) struct Height {
    open: Vec<Node>,
}

impl Height {
    /// The next step of the walk: the node that makes the tree too high, if this is it.
    pub(super) fn visit(&mut self, visit: &Visit) -> Option<usize> {
        match *visit {
            Visit::Enter(_, at) => self.open.push(Node { at, highest: 0, children: 0 }),
            Visit::Leave(rule, _) => {
                let node = self.open.pop()?;
                let height = node.highest + levels(rule, node.children);
                if height > HEIGHT {
                    return Some(node.at);
                }
                if let Some(parent) = self.open.last_mut() {
                    parent.highest = height.max(parent.highest);
                    parent.children += 1;
                }
            }
        }
        None
    }
}

/// A node whose end has not been seen.
#[derive(Debug)]
struct Node {
    at: usize,
    /// The height of its highest child so far.
    highest: usize,
    children: usize,
}

/// How much a node adds to the height of what stands in it.
fn levels(rule: Rule, children: usize) -> usize {
    match rule {
        Rule::expr | Rule::and_ | Rule::cmp | Rule::sum | Rule::postfix | Rule::ty => children.saturating_sub(1),
        Rule::paren
        | Rule::list
        | Rule::rec
        | Rule::args
        | Rule::quant
        | Rule::if_x
        | Rule::misplaced
        | Rule::record_ty
        | Rule::block
        | Rule::if_
        | Rule::for_
        | Rule::source
        | Rule::menu
        | Rule::record
        | Rule::escalate
        | Rule::match_ => 1,
        _ => 0,
    }
}
