//! Scenes, queries and their steps.

use super::{Indent, Node, Planner, RowKind, Rule, Separator};
use crate::format::plan::STEP;

impl<'t> Planner<'t> {
    /// `scene` and `query`: the head is one line, broken where it ends or before `->`.
    pub(super) fn scene(&mut self, node: &Node<'t>) {
        let mut body = None;
        let first = self.next();
        self.fill(|planner| {
            let behind = planner.next() + 1;
            let mut comma = false;
            for child in node.children() {
                match child.rule() {
                    Rule::block => {
                        body = Some(child);
                        return;
                    }
                    Rule::gives_arrow => planner.joint(Indent::Under(behind, 0)),
                    _ if comma => planner.joint(Indent::Under(behind, 0)),
                    _ => {}
                }
                comma = child.rule() == Rule::comma;
                planner.node(&child, node.rule());
            }
        });
        if let Some(body) = body {
            self.based(first, |planner| planner.steps(&body));
        }
    }

    /// A block of steps.
    pub(super) fn steps(&mut self, node: &Node<'t>) {
        self.braced(node, Separator::Semicolon, Self::plain);
    }

    /// What happens: a block, or `=>` and something short, in a line of its own if there is no room behind the token
    /// `owner`. Behind `else` it is not broken: that has a joint of its own.
    pub(super) fn happens(&mut self, node: &Node<'t>, owner: Option<usize>) {
        for child in node.children() {
            if let (Rule::arrow, Some(owner)) = (child.rule(), owner) {
                self.joint(Indent::Line(owner, STEP));
            }
            self.node(&child, Rule::happens);
        }
    }

    /// Something that leads to what happens, which is its last child and a column.
    pub(super) fn leads(&mut self, node: &Node<'t>, column: usize) {
        self.fill(|planner| {
            let first = planner.next();
            for child in node.children() {
                match child.rule() {
                    Rule::happens => {
                        planner.cell(column);
                        planner.happens(&child, Some(first));
                    }
                    Rule::block => {
                        planner.cell(column);
                        planner.steps(&child);
                    }
                    Rule::label => {
                        planner.cell(1);
                        planner.node(&child, node.rule());
                    }
                    Rule::when => {
                        planner.cell(2);
                        planner.joint(Indent::Line(first, 2 * STEP));
                        planner.node(&child, node.rule());
                    }
                    _ => planner.node(&child, node.rule()),
                }
            }
        });
    }

    /// `let`.
    pub(super) fn let_(&mut self, node: &Node<'t>) {
        for child in node.children() {
            if child.rule() == Rule::source {
                self.source(&child, None);
            } else {
                self.node(&child, Rule::let_);
            }
        }
    }

    /// What `let` binds. Every `else` of it stands under the first value.
    fn source(&mut self, node: &Node<'t>, first: Option<usize>) {
        self.fill(|planner| {
            let first = first.unwrap_or(planner.next());
            for child in node.children() {
                if child.rule() == Rule::otherwise {
                    planner.otherwise(&child, first);
                } else {
                    planner.node(&child, Rule::source);
                }
            }
        });
    }

    fn otherwise(&mut self, node: &Node<'t>, first: usize) {
        for child in node.children() {
            match child.rule() {
                Rule::k_else => {
                    self.else_joint(first);
                    self.leaf(&child, Rule::otherwise);
                }
                Rule::source => self.source(&child, Some(first)),
                _ => self.node(&child, Rule::otherwise),
            }
        }
    }

    /// A step that can fail, with what happens then.
    pub(super) fn act(&mut self, node: &Node<'t>) {
        self.fill(|planner| {
            let first = planner.next();
            for child in node.children() {
                if child.rule() == Rule::handler {
                    planner.otherwise(&child, first);
                } else {
                    planner.node(&child, Rule::act);
                }
            }
        });
    }

    /// `if`. In a chain, every `else` stands under the first `if`.
    pub(super) fn if_(&mut self, node: &Node<'t>, chain: Option<usize>) {
        self.fill(|planner| {
            let first = planner.next();
            let chain = chain.unwrap_or(first);
            let mut otherwise = false;
            for child in node.children() {
                match child.rule() {
                    Rule::k_else => {
                        otherwise = true;
                        planner.else_joint(chain);
                        planner.leaf(&child, Rule::if_);
                    }
                    Rule::if_ => planner.if_(&child, Some(chain)),
                    Rule::happens => planner.happens(&child, (!otherwise).then_some(first)),
                    _ => planner.node(&child, Rule::if_),
                }
            }
        });
    }

    /// `match`.
    pub(super) fn match_(&mut self, node: &Node<'t>) {
        self.braced(node, Separator::Semicolon, |planner, case| {
            planner.row(RowKind::Case, |planner| planner.leads(case, 1));
        });
    }

    /// `for`. In a chain, every `for` stands under the first.
    pub(super) fn for_(&mut self, node: &Node<'t>, chain: Option<usize>) {
        self.fill(|planner| {
            let first = planner.next();
            let chain = chain.unwrap_or(first);
            for child in node.children() {
                match child.rule() {
                    Rule::for_ => {
                        planner.joint(Indent::Under(chain, 0));
                        planner.for_(&child, Some(chain));
                        continue;
                    }
                    Rule::yield_ => planner.joint(Indent::Under(chain, STEP)),
                    Rule::k_where => planner.joint(Indent::Under(first + 1, 0)),
                    _ => {}
                }
                planner.node(&child, Rule::for_);
            }
        });
    }
}
