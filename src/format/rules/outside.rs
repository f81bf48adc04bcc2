//! Services, and the rules that hold everywhere.

use super::{Indent, Node, Planner, RowKind, Rule, Separator};

impl<'t> Planner<'t> {
    /// `service`: its head is broken behind commas.
    pub(super) fn service(&mut self, node: &Node<'t>) {
        let mut kids = node.children();
        let mut brace = None;
        let first = self.next();
        self.fill(|planner| {
            let behind = planner.next() + 1;
            let mut comma = false;
            for child in kids.by_ref() {
                if child.rule() == Rule::lbrace {
                    brace = Some(child);
                    return;
                }
                if comma {
                    planner.joint(Indent::Under(behind, 0));
                }
                comma = child.rule() == Rule::comma;
                planner.node(&child, Rule::service);
            }
        });
        if let Some(brace) = brace {
            self.based(first, |planner| planner.block(&brace, &mut kids, Separator::None, Self::plain));
        }
    }

    /// An operation: name, URL and what follows it are columns.
    pub(super) fn operation(&mut self, node: &Node<'t>) {
        self.row(RowKind::Operation, |planner| {
            planner.fill(|planner| {
                let mut name = planner.next();
                let (mut comma, mut tail) = (false, false);
                for child in node.children() {
                    let rule = child.rule();
                    if rule == Rule::name {
                        name = planner.next();
                        planner.cell(1);
                    }
                    let ends = matches!(rule, Rule::body | Rule::gives);
                    if ends && !std::mem::replace(&mut tail, true) {
                        planner.cell(3);
                    }
                    if rule == Rule::string {
                        planner.cell(2);
                    }
                    if comma || ends || rule == Rule::string {
                        planner.joint(Indent::Under(name, 0));
                    }
                    comma = rule == Rule::comma;
                    planner.node(&child, Rule::op);
                }
            });
        });
    }

    /// `admit`.
    pub(super) fn admit(&mut self, node: &Node<'t>) {
        self.fill(|planner| {
            let first = planner.next();
            for child in node.children() {
                if child.rule() == Rule::k_else {
                    planner.else_joint(first);
                }
                planner.node(&child, Rule::admit);
            }
        });
    }

    /// `anywhere` and `on`.
    pub(super) fn rule(&mut self, node: &Node<'t>) {
        self.row(RowKind::Rule, |planner| planner.leads(node, 1));
    }
}
