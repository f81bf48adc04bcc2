//! The ways out of a node: every edge of the graph has a name.
//!
//! The engine notes which way a conversation takes ([`crate::engine::Outcome::ways`]); tests count them, drawings show
//! them. [`Graph::ways`] lists exactly the ways that can be taken, whatever callers, callees and services do.

use std::collections::BTreeSet;
use std::fmt;

use super::{Graph, Hearing, Menu, Node, NodeId, Op, Pick, Record};
use crate::expr::Expr;
use crate::program::{Keys, LegOutcome};

/// A way out of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// To what follows.
    Next,
    /// The value is absent.
    Absent,
    /// The condition holds.
    Yes,
    /// The condition does not hold.
    No,
    /// A case of a `match`, from 0.
    Case(u16),
    /// No case fits.
    Otherwise,
    /// One more element of a `for`.
    Each,
    /// Into a scene.
    Enter,
    /// An arm of a `menu` or a key arm of a `record`, from 0.
    Arm(u16),
    /// Nothing was pressed, and there is another try.
    Silence,
    /// A key that is not offered, and there is another try.
    Invalid,
    /// The last try failed.
    GiveUp,
    /// An element was chosen.
    Picked,
    /// There was only one element.
    Alone,
    /// A recording that is too short.
    Short,
    /// A recording of the full length.
    Limit,
    /// A recording that is kept.
    Kept,
    /// What was waited for is there.
    Ready,
    /// It is not there yet.
    Round,
    /// It was not there in time.
    Late,
    /// The caller hears about the next person.
    CallerHears,
    /// A phone was answered.
    CalleeHears,
    /// An arm of `escalate`.
    Outcome(LegOutcome),
    /// The talk with the person found is over.
    Joined,
    /// Nobody was found, or nobody answered.
    Nobody,
    /// The other side of a `dial` has hung up.
    Over,
    /// Back by `retry`.
    Again,
    /// The times of a `retry` are used up.
    UsedUp,
    /// What happens after hanging up.
    After,
    /// A request or the step failed.
    Failed,
    /// An `anywhere` key.
    Anywhere(char),
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Next => "next",
            Self::Absent => "absent",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Case(n) => return write!(f, "case {}", u32::from(*n) + 1),
            Self::Otherwise => "else",
            Self::Each => "each",
            Self::Enter => "enter",
            Self::Arm(n) => return write!(f, "arm {}", u32::from(*n) + 1),
            Self::Silence => "silence",
            Self::Invalid => "invalid",
            Self::GiveUp => "giveup",
            Self::Picked => "picked",
            Self::Alone => "alone",
            Self::Short => "short",
            Self::Limit => "limit",
            Self::Kept => "kept",
            Self::Ready => "ready",
            Self::Round => "round",
            Self::Late => "late",
            Self::CallerHears => "caller hears",
            Self::CalleeHears => "callee hears",
            Self::Outcome(outcome) => outcome.word(),
            Self::Joined => "joined",
            Self::Nobody => "nobody",
            Self::Over => "over",
            Self::Again => "again",
            Self::UsedUp => "used up",
            Self::After => "then",
            Self::Failed => "failed",
            Self::Anywhere(key) => return write!(f, "{key}"),
        };
        f.write_str(word)
    }
}

/// The place of an arm or case in its list as it stands in a [`Way`].
#[must_use]
pub fn nth(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

impl Graph {
    /// Every way out of a node, with the node it leads to, in the order of the text.
    ///
    /// What leads back by itself is no way: the end of `on silence` to the step that asks again, the end of a round to
    /// its `wait`, the end of a scene to the step behind its `do` (that is a way of the `do`).
    #[must_use]
    pub fn ways(&self, id: NodeId) -> Vec<(Way, NodeId)> {
        let Some(node) = self.node(id) else { return Vec::new() };
        let mut ways = node.op.ways(id);
        if let Op::Do { scene, .. } | Op::Jump { scene, .. } = &node.op {
            ways.extend(self.scenes.get(*scene).map(|scene| (Way::Enter, scene.entry)));
        }
        if node.op.listens() && !node.callee && !node.alone {
            let taken = node.op.keys();
            let rules = self.anywhere.iter().filter(|(key, _)| !taken.contains(key));
            ways.extend(rules.map(|(key, to)| (Way::Anywhere(*key), *to)));
        }
        ways.extend(node.op.failures().into_iter().map(|way| (way, node.failed)));
        ways
    }

    /// What a way is called where it is shown: the keys of an arm instead of its place.
    #[must_use]
    pub fn way_name(&self, id: NodeId, way: Way) -> String {
        let op = self.node(id).map(|node| &node.op);
        // A phone that could not be reached has `failed`, too.
        if matches!((op, way), (Some(Op::Escalate(_)), Way::Failed)) {
            return "refused".to_owned();
        }
        let keys = match (op, way) {
            (Some(Op::Menu(menu)), Way::Arm(n)) => menu.arms.get(usize::from(n)).map(|arm| &arm.keys),
            (Some(Op::Record(record)), Way::Arm(n)) => record.arms.get(usize::from(n)).map(|(keys, _)| keys),
            (Some(Op::Match { cases, .. }), Way::Case(n)) => {
                let matchers = cases.get(usize::from(n)).map(|(matchers, _)| matchers.as_slice()).unwrap_or_default();
                let shown: Vec<String> = matchers.iter().map(ToString::to_string).collect();
                return shown.join(", ");
            }
            _ => None,
        };
        keys.map_or_else(|| way.to_string(), ToString::to_string)
    }

    /// The nodes that a call can come to: from the entry, and by `on hangup`.
    #[must_use]
    pub fn reachable(&self) -> BTreeSet<NodeId> {
        self.reach(std::iter::once(self.entry).chain(self.hangup), |_| true)
    }

    fn reach(&self, from: impl Iterator<Item = NodeId>, takes: impl Fn(Way) -> bool) -> BTreeSet<NodeId> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<NodeId> = from.collect();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(self.ways(id).into_iter().filter(|(way, _)| takes(*way)).map(|(_, to)| to));
            }
        }
        seen
    }

    /// Notes the nodes where nobody is on the line, whatever has happened before.
    pub(super) fn find_alone(&mut self) {
        let with_somebody = self.reach(std::iter::once(self.entry), |way| way != Way::After);
        for (n, node) in (0..).zip(&mut self.nodes) {
            node.alone = !with_somebody.contains(&NodeId(n));
        }
    }
}

impl Op {
    /// The ways of this node alone: without those into scenes, `anywhere` keys and failures.
    #[must_use]
    pub fn ways(&self, here: NodeId) -> Vec<(Way, NodeId)> {
        match self {
            Self::Say { next, .. }
            | Self::Play { next, .. }
            | Self::Pause { next, .. }
            | Self::Send { next, .. }
            | Self::Rule { next, .. } => vec![(Way::Next, *next)],
            Self::Let { next, absent, .. } | Self::Do { next, absent, .. } => {
                std::iter::once((Way::Next, *next)).chain(absent.map(|to| (Way::Absent, to))).collect()
            }
            Self::Branch { yes, no, .. } => vec![(Way::Yes, *yes), (Way::No, *no)],
            Self::Match { cases, otherwise, exhaustive, .. } => {
                let cases = cases.iter().enumerate().map(|(n, (_, to))| (Way::Case(nth(n)), *to));
                cases.chain((!exhaustive).then_some((Way::Otherwise, *otherwise))).collect()
            }
            Self::For { body, next, .. } => vec![(Way::Each, *body), (Way::Next, *next)],
            Self::Menu(menu) => menu.ways(here),
            Self::Pick(pick) => pick.ways(here),
            Self::Record(record) => record.ways(here),
            Self::Keep { record } => vec![(Way::Next, *record)],
            Self::Wait(wait) => vec![(Way::Ready, wait.next), (Way::Round, wait.body)],
            Self::Escalate(escalate) => {
                let mut ways =
                    vec![(Way::CallerHears, escalate.caller_hears), (Way::CalleeHears, escalate.callee_hears)];
                ways.extend(escalate.outcomes.iter().map(|(outcome, to)| (Way::Outcome(*outcome), *to)));
                ways.push((Way::Joined, escalate.next));
                ways
            }
            Self::Dial { next, .. } => vec![(Way::Over, *next)],
            Self::Retry { most, to, then } => {
                std::iter::once((Way::Again, *to)).chain(most.map(|_| (Way::UsedUp, *then))).collect()
            }
            Self::HangUp { then } => then.iter().map(|to| (Way::After, *to)).collect(),
            Self::Return { .. }
            | Self::Jump { .. }
            | Self::Again
            | Self::Round
            | Self::Hold
            | Self::NextLeg
            | Self::Joined
            | Self::Connect
            | Self::LegOver(_)
            | Self::End => Vec::new(),
        }
    }

    /// The expressions that are evaluated before anything else happens here; slots of words and what is sent are none.
    #[must_use]
    pub fn evaluates(&self) -> Vec<&Expr> {
        match self {
            Self::Let { value, .. } => vec![value],
            Self::Branch { condition, .. } => vec![condition],
            Self::Match { subject, .. } => vec![subject],
            Self::Play { url, .. } => vec![url],
            Self::For { list, .. } => vec![list],
            Self::Do { args, .. } | Self::Jump { args, .. } => args.iter().collect(),
            Self::Return { value } => value.iter().collect(),
            Self::Menu(menu) => menu.arms.iter().filter_map(|arm| arm.condition.as_ref()).chain(&menu.from).collect(),
            Self::Pick(pick) => vec![&pick.list],
            Self::Wait(wait) => vec![&wait.value],
            Self::Escalate(escalate) => std::iter::once(&escalate.list).chain(&escalate.most).collect(),
            Self::Dial { number, .. } => vec![number],
            _ => Vec::new(),
        }
    }

    /// Whether keys of the caller are heard here.
    #[must_use]
    pub fn listens(&self) -> bool {
        matches!(self, Self::Menu(_) | Self::Pick(_) | Self::Record(_) | Self::Wait(_) | Self::Escalate(_))
    }

    /// Keys that this step takes for itself.
    fn keys(&self) -> Vec<char> {
        let arms: Vec<&Keys> = match self {
            Self::Menu(menu) => menu.arms.iter().map(|arm| &arm.keys).collect(),
            Self::Record(record) => record.arms.iter().map(|(keys, _)| keys).collect(),
            _ => Vec::new(),
        };
        let these = arms.into_iter().filter_map(|keys| if let Keys::These(these) = keys { Some(these) } else { None });
        these.flatten().copied().collect()
    }

    /// The ways that lead to where a failure leads.
    fn failures(&self) -> Vec<Way> {
        let fails = match self {
            Self::Send { .. } => true,
            // A request that fails is asked again; what is owed can become impossible.
            Self::Wait(wait) => {
                let owed = (!wait.value.asks_outside()).then_some(Way::Failed);
                return std::iter::once(Way::Late).chain(owed).collect();
            }
            // The provider may refuse to phone anybody.
            Self::Escalate(_) => return vec![Way::Nobody, Way::Failed],
            Self::Dial { number, keys, .. } => {
                let slots = keys.iter().any(|keys| !keys.slots.is_empty());
                let failed = (slots || number.may_fail()).then_some(Way::Failed);
                return std::iter::once(Way::Nobody).chain(failed).collect();
            }
            _ => self.evaluates().into_iter().any(Expr::may_fail),
        };
        if fails { vec![Way::Failed] } else { Vec::new() }
    }
}

impl Hearing {
    /// What can become of tries. `invalid` says whether there is a key that chooses nothing.
    fn ways(&self, here: NodeId, invalid: bool) -> Vec<(Way, NodeId)> {
        let mut ways = Vec::new();
        if self.tries > 1 {
            ways.push((Way::Silence, self.silence.unwrap_or(here)));
            if invalid {
                ways.push((Way::Invalid, self.invalid.unwrap_or(here)));
            }
        }
        ways.push((Way::GiveUp, self.giveup));
        ways
    }
}

impl Menu {
    fn ways(&self, here: NodeId) -> Vec<(Way, NodeId)> {
        let arms = self.arms.iter().enumerate().map(|(n, arm)| (Way::Arm(nth(n)), arm.to));
        // `any` takes every key that no arm names; a named one whose arm is not offered is wrong.
        let any = self.arms.iter().any(|arm| arm.keys == Keys::Any && arm.condition.is_none());
        let named = self.arms.iter().any(|arm| arm.keys != Keys::Any && arm.condition.is_some());
        arms.chain(self.hearing.ways(here, !any || named)).collect()
    }
}

impl Pick {
    fn ways(&self, here: NodeId) -> Vec<(Way, NodeId)> {
        let mut ways = Vec::new();
        if self.several {
            ways.push((Way::Picked, self.next));
        }
        if self.single {
            ways.push((Way::Alone, self.next));
        }
        if self.several {
            ways.extend(self.hearing.ways(here, true));
        }
        ways
    }
}

impl Record {
    fn ways(&self, here: NodeId) -> Vec<(Way, NodeId)> {
        let arms = self.arms.iter().enumerate().map(|(n, (_, to))| (Way::Arm(nth(n)), *to));
        let mut ways: Vec<_> = arms.collect();
        match self.short {
            Some(short) => ways.push((Way::Short, short)),
            None if self.tries > 1 => ways.push((Way::Short, here)),
            None => {}
        }
        ways.extend(self.limit.map(|to| (Way::Limit, to)));
        ways.push((Way::Kept, self.next));
        if self.short.is_none() {
            ways.push((Way::GiveUp, self.giveup));
        }
        ways
    }
}

/// The name of a node and of a way out of it, as tests and drawings show them: `report/take: short`.
#[must_use]
pub fn shown(graph: &Graph, (id, way): (NodeId, Way)) -> String {
    let name = graph.node(id).map_or("", |node: &Node| &*node.name);
    format!("{name}: {}", graph.way_name(id, way))
}
