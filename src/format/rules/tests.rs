//! Test files.

use super::{Indent, Kind, Node, Planner, RowKind, Rule, Separator};

impl<'t> Planner<'t> {
    /// `test`.
    pub(super) fn scenario(&mut self, node: &Node<'t>) {
        self.braced(node, Separator::None, Self::plain);
    }

    /// `for each { … }`: rows of cells.
    pub(super) fn cases(&mut self, node: &Node<'t>) {
        let mut kids = node.children();
        while let Some(child) = kids.next() {
            if child.rule() == Rule::lbrace {
                self.bracket(&child, &mut kids, Rule::table, Kind::Rows);
            } else {
                self.node(&child, node.rule());
            }
        }
    }

    /// A line that prepares: `given`, `stub`, `let`.
    pub(super) fn setup(&mut self, node: &Node<'t>) {
        let (kind, behind) = match node.rule() {
            Rule::given => (RowKind::Given, Rule::equals),
            Rule::stub => (RowKind::Stub, Rule::arrow),
            _ => (RowKind::Fixture, Rule::equals),
        };
        self.row(kind, |planner| {
            planner.fill(|planner| {
                let mut first = planner.next();
                for child in node.children() {
                    if child.rule() == behind {
                        planner.cell(1);
                        first = planner.next() + 1;
                    }
                    if child.rule() == Rule::k_then {
                        planner.joint(Indent::Under(first, 0));
                    }
                    planner.node(&child, node.rule());
                }
            });
        });
    }

    /// What somebody does, broken before `then` and behind commas.
    pub(super) fn transcript(&mut self, node: &Node<'t>) {
        let first = node.children().nth(1).and_then(|deed| deed.children().next());
        if first.is_some_and(|deed| deed.rule() == Rule::d_number) {
            self.row(RowKind::Person, |planner| planner.deeds(node, true));
        } else {
            self.deeds(node, false);
        }
    }

    fn deeds(&mut self, node: &Node<'t>, person: bool) {
        self.fill(|planner| {
            let behind = planner.next() + 1;
            for child in node.children() {
                match child.rule() {
                    Rule::k_then => {
                        planner.joint(Indent::Under(behind, 0));
                        planner.leaf(&child, Rule::line);
                    }
                    Rule::deed => {
                        if person && planner.next() == behind {
                            planner.cell(1);
                        }
                        planner.deed(&child);
                    }
                    _ => planner.node(&child, Rule::line),
                }
            }
        });
    }

    fn deed(&mut self, node: &Node<'t>) {
        self.fill(|planner| {
            for kind in node.children() {
                if kind.is_token() {
                    planner.leaf(&kind, Rule::deed);
                } else {
                    planner.deed_of(&kind);
                }
            }
        });
    }

    fn deed_of(&mut self, node: &Node<'t>) {
        let mut first = None;
        let mut comma = false;
        for child in node.children() {
            if matches!(child.rule(), Rule::heard | Rule::leg) {
                let first = *first.get_or_insert(self.next());
                if comma {
                    self.joint(Indent::Under(first, 0));
                }
            }
            comma = child.rule() == Rule::comma;
            match child.rule() {
                Rule::on_wire => self.on_wire(&child, first.unwrap_or(self.next())),
                Rule::path => {
                    first = Some(self.next());
                    self.node(&child, node.rule());
                }
                _ => self.node(&child, node.rule()),
            }
        }
    }

    /// How a request travels, broken before `as` and behind commas, under the operation.
    fn on_wire(&mut self, node: &Node<'t>, operation: usize) {
        self.joint(Indent::Under(operation, 0));
        let mut comma = false;
        for child in node.children() {
            if comma {
                self.joint(Indent::Under(operation, 0));
            }
            comma = child.rule() == Rule::comma;
            self.node(&child, Rule::on_wire);
        }
    }
}
