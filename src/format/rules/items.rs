//! Data, settings, words and sound.

use super::{Indent, Kind, Node, Planner, RowKind, Rule, Separator};

impl<'t> Planner<'t> {
    /// `enum`, `table` and `type`: neighbours have their names and braces under each other.
    pub(super) fn data(&mut self, node: &Node<'t>) {
        self.row(RowKind::Data, |planner| {
            let mut kids = node.children();
            while let Some(child) = kids.next() {
                match child.rule() {
                    Rule::word => {
                        planner.cell(1);
                        planner.leaf(&child, node.rule());
                    }
                    Rule::lbrace if node.rule() == Rule::table => {
                        planner.cell(2);
                        planner.bracket(&child, &mut kids, Rule::table, Kind::Rows);
                    }
                    Rule::lbrace => {
                        planner.cell(2);
                        planner.bracket(&child, &mut kids, node.rule(), Kind::List { nested: false });
                    }
                    Rule::record_ty => {
                        planner.cell(2);
                        planner.list(&child);
                    }
                    _ => planner.node(&child, node.rule()),
                }
            }
        });
    }

    /// A row of a table.
    pub(super) fn table_row(&mut self, node: &Node<'t>) {
        self.row(RowKind::Table, |planner| {
            for (column, child) in node.children().enumerate() {
                if child.rule() == Rule::pipe {
                    planner.cell(column);
                }
                planner.node(&child, Rule::row);
            }
        });
    }

    /// Fields of one type: a list in the list.
    pub(super) fn field(&mut self, node: &Node<'t>) {
        let mut comma = false;
        for child in node.children() {
            if comma {
                self.element();
            }
            comma = child.rule() == Rule::comma;
            self.node(&child, Rule::field);
        }
    }

    /// `settings`, `phrases` and `hours`.
    pub(super) fn entries(&mut self, node: &Node<'t>) {
        self.braced(node, Separator::None, Self::plain);
    }

    /// A setting.
    pub(super) fn setting(&mut self, node: &Node<'t>) {
        self.row(RowKind::Setting, |planner| {
            planner.fill(|planner| {
                let first = planner.next();
                let mut comma = false;
                for child in node.children() {
                    match child.rule() {
                        Rule::equals => planner.cell(1),
                        _ if comma => planner.joint(Indent::Under(first, 0)),
                        _ => {}
                    }
                    comma = child.rule() == Rule::comma;
                    planner.node(&child, Rule::setting);
                }
            });
        });
    }

    /// A phrase.
    pub(super) fn phrase(&mut self, node: &Node<'t>) {
        self.row(RowKind::Phrase, |planner| {
            for child in node.children() {
                if child.rule() == Rule::equals {
                    planner.cell(1);
                }
                planner.node(&child, Rule::phrase);
            }
        });
    }

    /// Texts for one try after the other.
    pub(super) fn texts(&mut self, node: &Node<'t>) {
        self.fill(|planner| {
            let first = planner.next();
            for child in node.children() {
                if child.rule() == Rule::k_then {
                    planner.joint(Indent::Under(first, 0));
                }
                planner.node(&child, Rule::texts);
            }
        });
    }

    /// Texts in several languages: in the phrases, each of them is a column.
    pub(super) fn variants(&mut self, node: &Node<'t>) {
        let mut kids = node.children();
        let Some(opener) = kids.next() else { return };
        self.bracket(&opener, &mut kids, Rule::variants, Kind::Rows);
    }

    /// One of them.
    pub(super) fn variant(&mut self, node: &Node<'t>) {
        self.language();
        self.all(node, Rule::variant);
    }

    /// A line of `hours`.
    pub(super) fn opening(&mut self, node: &Node<'t>) {
        self.row(RowKind::Hours, |planner| {
            planner.fill(|planner| {
                let mut first = None;
                let mut comma = false;
                for child in node.children() {
                    if matches!(child.rule(), Rule::times | Rule::date) {
                        if first.is_none() {
                            planner.cell(1);
                        }
                        let first = *first.get_or_insert(planner.next());
                        if comma {
                            planner.joint(Indent::Under(first, 0));
                        }
                    }
                    comma = child.rule() == Rule::comma;
                    planner.node(&child, node.rule());
                }
            });
        });
    }

    /// `music`.
    pub(super) fn music(&mut self, node: &Node<'t>) {
        self.row(RowKind::Rule, |planner| {
            let mut kids = node.children();
            while let Some(child) = kids.next() {
                if child.rule() == Rule::lbrace {
                    planner.cell(1);
                    planner.block(&child, &mut kids, Separator::Semicolon, Self::sound);
                } else {
                    planner.node(&child, Rule::music);
                }
            }
        });
    }

    /// A step of `music`.
    fn sound(&mut self, node: &Node<'t>) {
        self.row(RowKind::Sound, |planner| {
            for (number, child) in node.children().enumerate() {
                if number == 1 {
                    planner.cell(1);
                }
                planner.node(&child, node.rule());
            }
        });
    }
}
