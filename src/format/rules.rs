//! The style, rule of the grammar by rule of the grammar: what is on one line, where it may be broken, what is aligned.
//! A rule that is not named has nothing of its own: its tokens follow each other.

mod items;
mod outside;
mod steps;
mod tests;
mod values;
mod waits;

use super::plan::{Indent, Kind, RowKind, Separator};
use super::planner::Planner;
use crate::syntax::{Node, Rule};

impl<'t> Planner<'t> {
    /// A whole file.
    pub(super) fn file(&mut self, root: &Node<'t>) {
        for item in root.children() {
            self.entry();
            self.node(&item, root.rule());
        }
    }

    /// Whatever it is.
    pub(super) fn node(&mut self, node: &Node<'t>, parent: Rule) {
        match node.rule() {
            _ if node.is_token() => self.leaf(node, parent),
            Rule::enum_ | Rule::table | Rule::type_ => self.data(node),
            Rule::row => self.table_row(node),
            Rule::settings | Rule::phrases | Rule::hours => self.entries(node),
            Rule::setting => self.setting(node),
            Rule::phrase => self.phrase(node),
            Rule::open_on | Rule::closed_on => self.opening(node),
            Rule::languages => self.listed(node, 1),
            Rule::music => self.music(node),
            Rule::field => self.field(node),
            Rule::service => self.service(node),
            Rule::op => self.operation(node),
            Rule::admit => self.admit(node),
            Rule::anywhere | Rule::on_rule => self.rule(node),
            Rule::query | Rule::scene => self.scene(node),
            Rule::block => self.steps(node),
            Rule::hangup => self.fill(|planner| planner.all(node, Rule::hangup)),
            Rule::happens => self.happens(node, None),
            Rule::let_ => self.let_(node),
            Rule::act => self.act(node),
            Rule::if_ => self.if_(node, None),
            Rule::match_ => self.match_(node),
            Rule::for_ => self.for_(node, None),
            Rule::menu | Rule::pick | Rule::enter | Rule::record | Rule::wait | Rule::escalate | Rule::dial => {
                self.waiting(node);
            }
            Rule::arms | Rule::takes => self.arms(node),
            Rule::texts => self.texts(node),
            Rule::variants => self.variants(node),
            Rule::variant => self.variant(node),
            Rule::args | Rule::params | Rule::fixture_params | Rule::list | Rule::rec | Rule::record_ty => {
                self.list(node);
            }
            Rule::expr | Rule::and_ | Rule::sum | Rule::choice => self.operators(node),
            Rule::quant | Rule::if_x | Rule::paren | Rule::comprehension => self.inner(node),
            Rule::scenario => self.scenario(node),
            Rule::cases => self.cases(node),
            Rule::line => self.transcript(node),
            Rule::given | Rule::stub | Rule::fixture => self.setup(node),
            rule => self.all(node, rule),
        }
    }

    /// The children of a node.
    pub(super) fn all(&mut self, node: &Node<'t>, rule: Rule) {
        for child in node.children() {
            self.node(&child, rule);
        }
    }

    /// Broken behind its commas, under what stands behind so many first tokens.
    pub(super) fn listed(&mut self, node: &Node<'t>, behind: usize) {
        self.fill(|planner| {
            let first = planner.next() + behind;
            let mut comma = false;
            for child in node.children() {
                if comma {
                    planner.joint(Indent::Under(first, 0));
                }
                comma = child.rule() == Rule::comma;
                planner.node(&child, node.rule());
            }
        });
    }

    /// What stands in braces in a node, a line each; what stands in front of the brace is one line.
    pub(super) fn braced(&mut self, node: &Node<'t>, separator: Separator, visit: fn(&mut Self, &Node<'t>)) {
        let mut kids = node.children();
        while let Some(child) = kids.next() {
            if child.rule() == Rule::lbrace {
                self.block(&child, &mut kids, separator, visit);
            } else {
                self.node(&child, node.rule());
            }
        }
    }

    /// Something in a block that has no rules of its own there.
    pub(super) fn plain(&mut self, node: &Node<'t>) {
        self.node(node, Rule::block);
    }
}
