//! From a parse tree to a plan: the rules in `rules` say what the gaps may become, here is what they say it with.

use std::collections::VecDeque;
use std::ops::Range;

use super::plan::{Comment, Gap, Group, Indent, Joint, Kind, Plan, Row, RowKind, STEP, Separator, Token};
use crate::syntax::{Concrete, Node, Rule};

/// A plan in the making.
pub(super) struct Planner<'t> {
    text: &'t str,
    /// Where the comments of the text are that stand behind the last token.
    comments: VecDeque<(usize, usize)>,
    /// Where the last token ends.
    end: usize,
    plan: Plan<'t>,
    /// What is known about the next gap.
    pub(super) gap: Gap,
    /// Whether nothing stands between the last token and the next.
    tight: bool,
    /// Groups that are open, by number.
    open: Vec<usize>,
    /// Rows that are open, by number.
    rows: Vec<usize>,
    /// The first token of the item.
    item: usize,
    /// The token on whose line a block begins: what is in it stands a step deeper than that line.
    base: usize,
}

/// The plan of a text.
pub(super) fn plan<'t>(text: &'t str, concrete: &Concrete<'t>) -> Plan<'t> {
    let comments = concrete.comments().iter().copied().collect();
    let mut planner = Planner {
        text,
        comments,
        end: 0,
        plan: Plan::default(),
        gap: Gap::default(),
        tight: false,
        open: Vec::new(),
        rows: Vec::new(),
        item: 0,
        base: 0,
    };
    for root in concrete.roots() {
        planner.file(&root);
    }
    planner.entry();
    planner.push("", text.len(), (false, false));
    planner.plan
}

impl<'t> Planner<'t> {
    /// The number of the next token.
    pub(super) fn next(&self) -> usize {
        self.plan.tokens.len()
    }

    /// The next token begins something at the top of the file.
    pub(super) fn entry(&mut self) {
        self.item = self.next();
        self.base = self.item;
        self.gap = Gap { joint: Joint::Kept, broken: true, blank: true, ..Gap::default() };
    }

    /// Here the author may break the line, and a line that is too long is broken.
    pub(super) fn joint(&mut self, indent: Indent) {
        self.gap = Gap { joint: Joint::Fill, indent, comment_indent: indent, ..Gap::default() };
        let next = self.next();
        if let Some(group) = self.innermost() {
            group.joints.push(next);
        }
    }

    /// The same in front of the `else` of a step that begins with the token `first`.
    pub(super) fn else_joint(&mut self, first: usize) {
        self.joint(Indent::Else(first));
        self.base = self.next();
    }

    /// The same between elements of the innermost list.
    pub(super) fn element(&mut self) {
        let first = self.innermost().map_or(0, |group| group.first);
        self.joint(Indent::Inside(first));
        self.gap.blank = true;
    }

    /// The same in a block; only the author, or the end of the line, breaks all of it.
    fn line(&mut self, indent: Indent) {
        self.joint(indent);
        self.gap.joint = Joint::Kept;
        self.gap.blank = true;
    }

    fn innermost(&mut self) -> Option<&mut Group> {
        self.open.last().and_then(|&open| self.plan.groups.get_mut(open))
    }

    /// What is on one line if there is room, and else broken at its joints. Blocks in it begin on the line of its first
    /// token.
    pub(super) fn fill(&mut self, inside: impl FnOnce(&mut Self)) {
        let first = self.next();
        self.based(first, |planner| planner.group(Kind::Fill, inside));
    }

    /// Blocks in this begin on the line of the token `base`.
    pub(super) fn based(&mut self, base: usize, inside: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.base, base);
        inside(self);
        self.base = outer;
    }

    fn group(&mut self, kind: Kind, inside: impl FnOnce(&mut Self)) {
        let number = self.plan.groups.len();
        let first = self.next();
        self.plan.groups.push(Group { kind, first, end: first, joints: Vec::new() });
        self.open.push(number);
        inside(self);
        self.open.pop();
        let end = self.next();
        if let Some(group) = self.plan.groups.get_mut(number) {
            group.end = end;
        }
    }

    /// Something that is aligned with its neighbours.
    pub(super) fn row(&mut self, kind: RowKind, inside: impl FnOnce(&mut Self)) {
        let number = self.plan.rows.len();
        let first = self.next();
        self.plan.rows.push(Row { kind, first, end: first, cells: Vec::new() });
        self.rows.push(number);
        inside(self);
        self.rows.pop();
        let end = self.next();
        if let Some(row) = self.plan.rows.get_mut(number) {
            row.end = end;
        }
    }

    /// The next token begins this column of the row.
    pub(super) fn cell(&mut self, column: usize) {
        let next = self.next();
        if let Some(row) = self.rows.last().and_then(|&row| self.plan.rows.get_mut(row)) {
            row.cells.push((column, next));
        }
    }

    /// The next token begins another column of a phrase, if one is open: a language.
    pub(super) fn language(&mut self) {
        let row = self.rows.last().and_then(|&row| self.plan.rows.get(row));
        if let Some(row) = row.filter(|row| row.kind == RowKind::Phrase) {
            let column = row.cells.len() + 1;
            self.cell(column);
        }
    }

    /// A block: from its `{` on to its `}`, with `separator` between what stands in it on one line. What nothing
    /// separates has lines of its own.
    pub(super) fn block(
        &mut self,
        opener: &Node<'t>,
        kids: &mut dyn Iterator<Item = Node<'t>>,
        separator: Separator,
        visit: fn(&mut Self, &Node<'t>),
    ) {
        let (number, base) = (self.plan.groups.len(), self.base);
        let mut forced = false;
        self.group(Kind::Block, |planner| {
            planner.leaf(opener, Rule::block);
            let from = planner.end;
            let mut before: Option<Node<'t>> = None;
            for (count, child) in kids.enumerate() {
                if child.rule() == Rule::rbrace {
                    let inside = planner.text.get(from..child.start());
                    forced = inside.is_some_and(|inside| inside.contains('\n'));
                    forced |= separator == Separator::None && count > 1;
                    if count > 0 {
                        planner.line(Indent::Line(base, 0));
                    }
                    planner.closer(&child, (Indent::Line(base, 0), Indent::Line(base, STEP)), count > 0);
                    break;
                }
                planner.line(Indent::Line(base, STEP));
                if let Some(before) = before.replace(child.clone()) {
                    planner.gap.separator = if takes(&before, &child) { Separator::End } else { separator };
                }
                let next = planner.next();
                planner.based(next, |planner| visit(planner, &child));
            }
        });
        if forced || self.has_broken_block(number) {
            self.break_all(number);
        }
    }

    /// Whether a block inside of this group is broken.
    fn has_broken_block(&self, number: usize) -> bool {
        let inside = self.plan.groups.get(number + 1..).unwrap_or_default();
        let broken = |group: &Group| self.plan.gaps.get(group.first + 1).is_some_and(|gap| gap.broken);
        inside.iter().any(|group| group.kind == Kind::Block && broken(group))
    }

    fn break_all(&mut self, number: usize) {
        let Some(group) = self.plan.groups.get(number) else { return };
        for &joint in &group.joints {
            if let Some(gap) = self.plan.gaps.get_mut(joint) {
                gap.broken = true;
            }
        }
    }

    /// A closing bracket, and where it and comments before it go on a line of their own.
    fn closer(&mut self, node: &Node<'t>, (indent, comments): (Indent, Indent), full: bool) {
        self.gap.indent = indent;
        self.gap.comment_indent = comments;
        self.gap.blank = true;
        self.leaf(node, if full { Rule::block } else { Rule::EOI });
    }

    /// A list in brackets: all of a node whose first child is the opening one.
    pub(super) fn list(&mut self, node: &Node<'t>) {
        let mut kids = node.children();
        if let Some(opener) = kids.next() {
            self.bracket(&opener, &mut kids, node.rule(), Kind::List { nested: false });
        }
    }

    /// From an opening bracket on to the closing one, with commas between, or nothing.
    pub(super) fn bracket(
        &mut self,
        opener: &Node<'t>,
        kids: &mut dyn Iterator<Item = Node<'t>>,
        parent: Rule,
        kind: Kind,
    ) {
        self.nest();
        let (number, open) = (self.plan.groups.len(), self.next());
        self.group(kind, |planner| {
            planner.leaf(opener, parent);
            let mut full = false;
            for child in kids {
                match child.rule() {
                    Rule::rbrace | Rule::rparen | Rule::rbracket => {
                        planner.closer(&child, (Indent::Line(open, 0), Indent::Inside(open)), full);
                        break;
                    }
                    Rule::comma => planner.leaf(&child, parent),
                    _ => {
                        planner.first_or_element(open, full);
                        full = true;
                        planner.node(&child, parent);
                    }
                }
            }
        });
        self.settle(number);
    }

    fn first_or_element(&mut self, open: usize, full: bool) {
        if full {
            self.element();
        } else {
            // Broken by the author only, or if everything is.
            let indent = Indent::Inside(open);
            self.gap = Gap { joint: Joint::Kept, blank: true, indent, comment_indent: indent, ..Gap::default() };
        }
    }

    /// The innermost list has lists in it.
    fn nest(&mut self) {
        let lists = self.open.iter().rev().filter_map(|&open| {
            let kind = self.plan.groups.get(open)?.kind;
            matches!(kind, Kind::List { .. } | Kind::Block).then_some((open, kind))
        });
        if let Some((open, Kind::List { .. })) = lists.into_iter().next()
            && let Some(group) = self.plan.groups.get_mut(open)
        {
            group.kind = Kind::List { nested: true };
        }
    }

    /// What follows from the line breaks of the author in a bracket: behind the opening one is one before the closing
    /// one; of rows, all are broken or none.
    fn settle(&mut self, number: usize) {
        let Some(group) = self.plan.groups.get(number) else { return };
        let broken = |gap: usize| self.plan.gaps.get(gap).is_some_and(|gap| gap.broken);
        let (opened, closer) = (broken(group.first + 1), group.closer());
        let rows = group.kind == Kind::Rows && (opened || group.joints.iter().any(|&joint| broken(joint)));
        if rows {
            self.break_all(number);
        }
        if opened && let Some(gap) = self.plan.gaps.get_mut(closer) {
            gap.broken = true;
        }
    }

    /// One token.
    pub(super) fn leaf(&mut self, node: &Node<'t>, parent: Rule) {
        let rule = node.rule();
        let (text, start) = (node.text(), node.start());
        let last_opens = self.plan.tokens.last().is_some_and(|token| token.opens);
        let close = match rule {
            Rule::comma | Rule::rparen | Rule::rbracket | Rule::dot | Rule::suffix => true,
            Rule::colon => parent != Rule::auth,
            Rule::lparen => matches!(parent, Rule::args | Rule::params | Rule::fixture_params),
            Rule::lbracket => matches!(parent, Rule::index | Rule::suffix),
            Rule::rbrace => last_opens && parent == Rule::EOI,
            _ => false,
        };
        let opens = matches!(rule, Rule::lbrace | Rule::lparen | Rule::lbracket);
        let closes = matches!(rule, Rule::rbrace | Rule::rparen | Rule::rbracket);
        self.gap.space = !close;
        self.sign(start);
        self.push(text, start, (opens, closes));
        self.tight = matches!(rule, Rule::lparen | Rule::lbracket | Rule::dot | Rule::neg);
    }

    /// A sign that is no node of the grammar, in front of what begins at `start`: the `-` of `2-9`.
    fn sign(&mut self, start: usize) {
        if self.text.get(self.end..start).is_none_or(|between| between.chars().all(is_blank)) {
            return;
        }
        let mut from = self.end;
        let comments: Vec<_> = self.comments.iter().take_while(|(comment, _)| *comment < start).copied().collect();
        for (comment, end) in comments.into_iter().chain([(start, start)]) {
            let piece = self.text.get(from..comment).unwrap_or_default();
            if let Some((at, sign)) = piece.char_indices().find(|(_, c)| !is_blank(*c)) {
                let at = from + at;
                let gap = std::mem::take(&mut self.gap);
                self.tight = true;
                self.push(self.text.get(at..at + sign.len_utf8()).unwrap_or_default(), at, (false, false));
                self.gap = gap;
                self.tight = true;
                return;
            }
            from = end;
        }
    }

    /// Adds a token with the gap before it.
    fn push(&mut self, text: &'t str, start: usize, (opens, closes): (bool, bool)) {
        let mut gap = std::mem::take(&mut self.gap);
        let first = self.plan.comments.len();
        let mut from = self.end;
        while let Some((comment, end)) = self.comments.pop_front_if(|(comment, _)| *comment < start) {
            let text = self.text.get(comment..end).unwrap_or_default().trim_end();
            // Nothing stands before a comment that begins the file.
            let begins = self.plan.tokens.is_empty() && self.plan.comments.is_empty();
            let breaks = self.breaks(from..comment) + usize::from(begins);
            self.plan.comments.push(Comment { text, breaks });
            from = end;
        }
        gap.comments = first..self.plan.comments.len();
        gap.breaks = self.breaks(from..start);
        let commented = !gap.comments.is_empty();
        gap.broken |= commented || (gap.joint != Joint::Never && gap.breaks > 0);
        gap.space &= !std::mem::take(&mut self.tight);
        if gap.joint == Joint::Never && gap.indent == Indent::Margin {
            // Broken by a comment only.
            let begun = |&open: &usize| self.plan.groups.get(open).map(|group| group.first);
            let first = self.open.iter().rev().filter_map(begun).find(|&first| first < self.next());
            gap.indent = Indent::Line(first.unwrap_or(self.item), 2 * STEP);
            gap.comment_indent = gap.indent;
        }
        self.plan.gaps.push(gap);
        self.plan.tokens.push(Token { text, opens, closes });
        self.end = start + text.len();
    }

    /// Line breaks side by side: two are an empty line.
    fn breaks(&self, between: Range<usize>) -> usize {
        let blanks = self.text.get(between).unwrap_or_default();
        blanks.split([',', ';']).map(|blanks| blanks.matches('\n').count()).max().unwrap_or_default()
    }
}

/// Whether a step without `;` behind it would take the next one for a part of itself: a `return` without a value.
fn takes(step: &Node<'_>, next: &Node<'_>) -> bool {
    let bare = |kind: Node<'_>| kind.rule() == Rule::return_ && kind.children().count() == 1;
    step.children().next().is_some_and(bare) && next.children().any(|kind| kind.rule() == Rule::act)
}

/// What the formatter writes or leaves out by itself.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | ',' | ';')
}
