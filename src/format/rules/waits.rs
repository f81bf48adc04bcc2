//! The steps that wait: options, arms, parts.

use super::{Indent, Node, Planner, RowKind, Rule, Separator};

impl<'t> Planner<'t> {
    /// A step that waits. Its options are separated by commas, and broken under what stands behind its keyword.
    pub(super) fn waiting(&mut self, node: &Node<'t>) {
        self.fill(|planner| {
            let behind = planner.next() + 1;
            let mut options = 0;
            let mut kids = node.children();
            while let Some(child) = kids.next() {
                match child.rule() {
                    Rule::lbrace => planner.block(&child, &mut kids, Separator::None, Self::part),
                    rule if is_option(rule) => {
                        planner.joint(Indent::Under(behind, 0));
                        if options > 0 {
                            planner.gap.separator = Separator::Comma;
                        }
                        options += 1;
                        planner.node(&child, node.rule());
                    }
                    rule => {
                        if rule == Rule::k_as {
                            planner.joint(Indent::Under(behind, 0));
                        }
                        planner.node(&child, node.rule());
                    }
                }
            }
        });
    }

    /// The arms of a `menu` or `record`.
    pub(super) fn arms(&mut self, node: &Node<'t>) {
        self.braced(node, Separator::Semicolon, |planner, arm| {
            if arm.rule() == Rule::say {
                planner.node(arm, Rule::arms);
            } else {
                planner.row(RowKind::Arm, |planner| planner.leads(arm, 3));
            }
        });
    }

    /// A part of `escalate`.
    fn part(&mut self, node: &Node<'t>) {
        self.row(RowKind::Part, |planner| planner.leads(node, 1));
    }
}

/// Whether a rule is an option of a step that waits.
fn is_option(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::from_list
            | Rule::within
            | Rule::tries
            | Rule::by_column
            | Rule::asking
            | Rule::each
            | Rule::alone
            | Rule::least
            | Rule::longest
            | Rule::k_transcribed
            | Rule::each_round
            | Rule::at_once
            | Rule::most
            | Rule::ringing
            | Rule::holding
            | Rule::sending
            | Rule::star
    )
}
