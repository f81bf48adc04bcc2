//! Expressions and types.

use super::{Indent, Node, Planner, Rule};

impl<'t> Planner<'t> {
    /// A chain of operators of one strength, broken before them.
    pub(super) fn operators(&mut self, node: &Node<'t>) {
        if node.children().nth(1).is_none() {
            return self.all(node, node.rule());
        }
        self.fill(|planner| {
            let first = planner.next();
            for child in node.children() {
                if matches!(child.rule(), Rule::k_or | Rule::k_and | Rule::add_op | Rule::mul_op | Rule::pipe) {
                    planner.joint(Indent::Under(first, 0));
                }
                planner.node(&child, node.rule());
            }
        });
    }

    /// Expressions that begin with a word or a parenthesis, broken before the words in them.
    pub(super) fn inner(&mut self, node: &Node<'t>) {
        self.fill(|planner| {
            let behind = planner.next() + 1;
            let mut colon = false;
            for child in node.children() {
                if colon || matches!(child.rule(), Rule::k_where | Rule::k_then | Rule::k_else) {
                    planner.joint(Indent::Under(behind, 0));
                }
                colon = child.rule() == Rule::colon;
                planner.node(&child, node.rule());
            }
        });
    }
}
