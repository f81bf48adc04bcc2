//! Where lines are broken.
//!
//! One pass from the first token to the last. A group that fits on its line stays on it; one that does not, or in which
//! the author broke a line, is broken at its joints as its kind says. Whether something fits depends on what may follow
//! on the same line: up to the next place where a line is broken or can be. A line break of the author at a joint is
//! never taken back, and more of them only make lines shorter: so what was laid out is laid out in the same way again.

use super::plan::{Gap, Indent, Joint, Kind, Plan, STEP, Separator, WIDTH, widths};

/// How far to the right a list may begin whose elements stand under each other.
const HALF: usize = WIDTH / 2;

/// Where the tokens are.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The column of each token.
    pub(super) columns: Vec<usize>,
    /// The column of the first token on the line of each token.
    lines: Vec<usize>,
    /// The column behind the last token.
    pub(super) end: usize,
    /// Whether nothing but closing brackets stands on the line.
    closers: bool,
}

impl Places {
    /// Places for so many tokens.
    pub(super) fn for_tokens(count: usize) -> Self {
        Self { columns: Vec::with_capacity(count), lines: Vec::with_capacity(count), ..Self::default() }
    }

    /// Where a line begins that begins so.
    pub(super) fn column(&self, indent: Indent, gaps: &[Gap]) -> usize {
        let of = |columns: &[usize], token: usize| columns.get(token).copied().unwrap_or_default();
        match indent {
            Indent::Margin => 0,
            Indent::Line(token, more) => of(&self.lines, token) + more,
            Indent::Under(token, more) => of(&self.columns, token) + more,
            Indent::Else(first) => of(&self.columns, first),
            Indent::Inside(open) if gaps.get(open + 1).is_some_and(|gap| gap.broken) => of(&self.lines, open) + STEP,
            Indent::Inside(open) => of(&self.columns, open + 1),
        }
    }

    /// Puts the next token behind the last one, `padding` blanks further to the right, or on a line of its own.
    pub(super) fn put(&mut self, plan: &Plan<'_>, padding: usize) {
        let token = self.columns.len();
        let (Some(gap), Some(next)) = (plan.gaps.get(token), plan.tokens.get(token)) else { return };
        let column = if gap.broken { self.column(gap.indent, &plan.gaps) } else { self.end + gap.width() + padding };
        let line = match gap.indent {
            _ if gap.broken || token == 0 => column,
            // An `else` behind what hangs to the right belongs to the line on which its step begins.
            Indent::Else(first) => self.lines.get(first).copied().unwrap_or_default(),
            _ => self.lines.last().copied().unwrap_or_default(),
        };
        self.closers = next.closes && (gap.broken || self.closers);
        self.columns.push(column);
        self.lines.push(line);
        let (first, last, several) = widths(next.text);
        self.end = if several { last } else { column + first };
    }
}

/// Decides where lines are broken, and says where that puts the tokens.
pub(super) fn lay_out(plan: &mut Plan<'_>) -> Places {
    let mut layout = Layout::new(plan);
    let mut group = 0;
    for token in 0..layout.plan.tokens.len() {
        layout.decide_gap(token);
        layout.places.put(layout.plan, 0);
        while layout.plan.groups.get(group).is_some_and(|group| group.first <= token) {
            layout.decide_group(group);
            group += 1;
        }
    }
    layout.places
}

struct Layout<'p, 't> {
    plan: &'p mut Plan<'t>,
    places: Places,
    /// Where tokens begin and end if no line is broken. Behind a string over several lines it counts from its end.
    flat: Vec<(usize, usize)>,
    /// From each gap on, the first one at which the line is broken, whatever is decided.
    broken: Vec<usize>,
    /// From each gap on, the first one behind the `{` of a block, which can be broken.
    blocks: Vec<usize>,
    /// From each gap on, the first one at which some group is broken if it is full.
    joints: Vec<usize>,
    /// Groups that do not fit on a line, the outer ones first.
    open: Vec<usize>,
    /// Everything before this token is on one line.
    fits_until: usize,
}

impl<'p, 't> Layout<'p, 't> {
    fn new(plan: &'p mut Plan<'t>) -> Self {
        let count = plan.tokens.len();
        let mut flat = Vec::with_capacity(count);
        let mut end = 0;
        let mut several = vec![false; count + 1];
        for (number, (token, gap)) in plan.tokens.iter().zip(&plan.gaps).enumerate() {
            let (first, _, more) = widths(token.text);
            let start = end + gap.width();
            end = start + first;
            flat.push((start, end));
            if let Some(flag) = several.get_mut(number + 1) {
                *flag = more;
            }
        }
        let broken = |gap: usize| plan.gaps.get(gap).is_some_and(|gap| gap.broken);
        let stops = |gap: usize| broken(gap) || several.get(gap) == Some(&true);
        let mut in_block = vec![false; count + 1];
        for group in plan.groups.iter().filter(|group| group.kind == Kind::Block && group.joints.len() > 1) {
            if let Some(flag) = in_block.get_mut(group.first + 1) {
                *flag = true;
            }
        }
        let broken = next_of(count, stops);
        let blocks = next_of(count, |gap| in_block.get(gap) == Some(&true));
        let joints = next_of(count, |gap| plan.gaps.get(gap).is_some_and(|gap| gap.joint == Joint::Fill));
        let places = Places::for_tokens(count);
        Self { places, flat, broken, blocks, joints, open: Vec::new(), fits_until: 0, plan }
    }

    /// The first gap from `gap` on at which the line is broken, or can be without breaking a group that fits.
    fn stop(&self, gap: usize) -> usize {
        let end = self.plan.tokens.len();
        let fixed = [&self.broken, &self.blocks].map(|next| next.get(gap).copied().unwrap_or(end));
        let joint = self.open.iter().rev().find_map(|&open| self.joint(open, gap));
        fixed.into_iter().chain(joint).min().unwrap_or(end)
    }

    /// The first joint of a group from `gap` on.
    fn joint(&self, group: usize, gap: usize) -> Option<usize> {
        let joints = &self.plan.groups.get(group)?.joints;
        joints.get(joints.partition_point(|&joint| joint < gap)).copied()
    }

    /// Columns that tokens take, and what follows them before the line may end: it can be at any joint.
    fn reach(&self, from: usize, last: usize) -> usize {
        let stop = self.stop(last + 1);
        self.up_to(from, self.joints.get(last + 1).map_or(stop, |&joint| stop.min(joint)))
    }

    /// Columns from a token to a gap, and what is written there.
    fn up_to(&self, from: usize, gap: usize) -> usize {
        let written = |gap: &Gap| matches!(gap.separator, Separator::Comma | Separator::End);
        let separator = self.plan.gaps.get(gap).is_some_and(written);
        self.width(from, gap.saturating_sub(1)) + usize::from(separator)
    }

    /// Columns of tokens on one line.
    fn width(&self, from: usize, last: usize) -> usize {
        let start = self.flat.get(from).map_or(0, |(start, _)| *start);
        self.flat.get(last).map_or(0, |(_, end)| end.saturating_sub(start))
    }

    fn decide_gap(&mut self, token: usize) {
        while self.open.last().and_then(|&open| self.plan.groups.get(open)).is_some_and(|group| group.end <= token) {
            self.open.pop();
        }
        let Some(gap) = self.plan.gaps.get(token) else { return };
        let rejoins = matches!(gap.indent, Indent::Else(_)) && self.places.closers && gap.comments.is_empty();
        let full = gap.joint == Joint::Fill && token >= self.fits_until;
        let broken = !rejoins && (gap.broken || (full && self.is_full(token, gap)));
        if let Some(gap) = self.plan.gaps.get_mut(token) {
            gap.broken = broken;
        }
    }

    /// Whether what stands between this joint and the next one of its group belongs on the next line.
    fn is_full(&self, token: usize, gap: &Gap) -> bool {
        let Some((&open, group)) = self.open.last().and_then(|open| Some((open, self.plan.groups.get(*open)?))) else {
            return false;
        };
        let (here, there) = (self.places.end + gap.width(), self.places.column(gap.indent, &self.plan.gaps));
        let last = self.joint(open, token + 1).unwrap_or(group.end).saturating_sub(1);
        let stop = self.stop(token + 1);
        let width = if stop <= last { self.up_to(token, stop) } else { self.reach(token, last) };
        if here + width <= WIDTH || here <= there {
            return false;
        }
        if there + width <= WIDTH || group.kind != Kind::Fill {
            return true;
        }
        // It has to be broken in any case: it begins here if its first part fits.
        let part = self.joints.get(token + 1).copied().unwrap_or(group.end);
        here + self.up_to(token, part.min(stop)) > WIDTH
    }

    /// Decides whether a group is on one line, once its first token has its place.
    fn decide_group(&mut self, number: usize) {
        let Some(group) = self.plan.groups.get(number) else { return };
        let (kind, first, last, end) = (group.kind, group.first, group.closer(), group.end);
        if first < self.fits_until {
            return;
        }
        let column = self.places.columns.get(first).copied().unwrap_or_default();
        let whole = self.broken.get(first + 1).is_none_or(|&gap| gap >= end);
        if whole && column + self.reach(first, last) <= WIDTH {
            self.fits_until = end;
            return;
        }
        match kind {
            Kind::Fill => {}
            Kind::Block | Kind::Rows => self.break_at(number),
            Kind::List { nested } => self.break_list(number, column, (nested, whole)),
        }
        self.open.push(number);
    }

    /// Breaks a group at its joints.
    fn break_at(&mut self, number: usize) {
        let Some(group) = self.plan.groups.get(number) else { return };
        for &joint in &group.joints {
            if let Some(gap) = self.plan.gaps.get_mut(joint) {
                gap.broken = true;
            }
        }
    }

    /// A list that is too long for its line, or broken in it: its elements stand under the first one if there is room
    /// for each of them there, else on lines of their own, deeper by a step. A list of one element is left to that.
    fn break_list(&mut self, number: usize, column: usize, (nested, whole): (bool, bool)) {
        let Some(group) = self.plan.groups.get(number) else { return };
        let broken = |gap: usize| self.plan.gaps.get(gap).is_some_and(|gap| gap.broken);
        let by_author = group.joints.iter().any(|&joint| broken(joint));
        if broken(group.first + 1) || group.joints.is_empty() {
            return;
        }
        let space = self.plan.gaps.get(group.first + 1).is_some_and(|gap| gap.space);
        let under = column + 1 + usize::from(space);
        let starts = std::iter::once(group.first + 1).chain(group.joints.iter().copied());
        let ends = group.joints.iter().copied().chain([group.closer()]);
        let line = |(from, to): (usize, usize)| {
            let end = self.broken.get(from + 1).map_or(to, |&broken| broken.min(to));
            self.width(from, end.saturating_sub(1))
        };
        let widest = starts.zip(ends).map(line).max().unwrap_or(0);
        let hangs = (!whole || under <= HALF) && under + widest < WIDTH;
        // Records in a list are a table.
        let table = nested && self.plan.tokens.get(group.first).is_some_and(|token| token.text == "[");
        if !hangs {
            let brackets = [group.first + 1, group.closer()];
            for gap in brackets {
                if let Some(gap) = self.plan.gaps.get_mut(gap) {
                    gap.broken = true;
                }
            }
        }
        if if hangs { table && whole } else { nested && !by_author } {
            self.break_at(number);
        }
    }
}

/// From each number on, the first for which something holds.
fn next_of(count: usize, holds: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut next = vec![count; count + 2];
    for number in (0..count).rev() {
        let found = if holds(number) { number } else { next.get(number + 1).copied().unwrap_or(count) };
        if let Some(slot) = next.get_mut(number) {
            *slot = found;
        }
    }
    next
}
