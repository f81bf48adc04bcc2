//! Every outcome of every waiting step is handled.
//!
//! For each step that waits the outcomes are listed from outside, by what a caller, a callee, a service or the network
//! can do, not from the edges of the graph; each must have a way. By construction there is one: this says so for a
//! graph, and a test holds it over all of them.

use crate::graph::ways::{Way, nth};
use crate::graph::{Graph, Hearing, Menu, Node, NodeId, Op, Pick, Record};
use crate::program::{Keys, LegOutcome};

/// The keys of a telephone.
const KEYS: [char; 12] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'];

/// What can happen at a waiting step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// In words: "key 5", "silence", "busy".
    pub(super) what: String,
    /// The ways it can take; one of them is enough.
    pub(super) ways: Vec<Way>,
}

/// What can happen at a node; nothing if it does not wait.
pub(super) fn of(graph: &Graph, id: NodeId) -> Vec<Outcome> {
    let Some(node) = graph.node(id) else { return Vec::new() };
    let mut outcomes = match &node.op {
        Op::Menu(menu) => of_menu(graph, node, menu),
        Op::Pick(pick) => of_pick(graph, node, pick),
        Op::Record(record) => of_record(graph, record),
        Op::Wait(_) => vec![
            one("it is there", [Way::Ready]),
            one("it is not there yet", [Way::Round]),
            one("it is too late", [Way::Late]),
        ],
        Op::Escalate(escalate) => {
            let arm = |outcome: LegOutcome| escalate.outcomes.iter().any(|(of, _)| *of == outcome);
            // Without an arm the next person is phoned, or there is none left.
            let leg = |(word, outcome): (&str, LegOutcome)| {
                one(word, [if arm(outcome) { Way::Outcome(outcome) } else { Way::Nobody }])
            };
            let legs =
                LegOutcome::NAMED.into_iter().filter(|(_, o)| !matches!(o, LegOutcome::Taken | LegOutcome::CallerGone));
            let mut all: Vec<Outcome> = legs.map(leg).collect();
            all.extend([
                one("a phone is answered", [Way::CalleeHears]),
                one("a talk is over", [Way::Joined]),
                one("nobody is left", [Way::Nobody]),
                one("the provider refuses", [Way::Failed]),
            ]);
            all
        }
        Op::Dial { .. } => vec![
            one("the talk is over", [Way::Over]),
            one("busy", [Way::Nobody]),
            one("no answer", [Way::Nobody]),
            one("failed", [Way::Nobody]),
        ],
        Op::Send { .. } => vec![one("it is done", [Way::Next]), one("it fails", [Way::Failed])],
        _ => Vec::new(),
    };
    if matches!(node.op, Op::Wait(_) | Op::Escalate(_)) && !node.callee && !node.alone {
        outcomes.extend(graph.anywhere.iter().map(|(key, _)| one(&format!("key {key}"), [Way::Anywhere(*key)])));
    }
    outcomes
}

fn one(what: &str, ways: impl IntoIterator<Item = Way>) -> Outcome {
    Outcome { what: what.to_owned(), ways: ways.into_iter().collect() }
}

/// A key that means nothing here, and silence, end a try.
fn missed(hearing: &Hearing, miss: Way) -> Way {
    if hearing.tries > 1 { miss } else { Way::GiveUp }
}

/// Where a key leads that nobody has taken.
fn free(graph: &Graph, node: &Node, key: char, hearing: &Hearing) -> Way {
    let rule = !node.callee && graph.anywhere(key).is_some();
    if rule { Way::Anywhere(key) } else { missed(hearing, Way::Invalid) }
}

fn of_menu(graph: &Graph, node: &Node, menu: &Menu) -> Vec<Outcome> {
    let arm = |fits: &dyn Fn(&Keys) -> bool| menu.arms.iter().position(|arm| fits(&arm.keys));
    let any = arm(&|keys| *keys == Keys::Any);
    let key = |key: char| {
        let own = arm(&|keys| matches!(keys, Keys::These(these) if these.contains(&key)));
        let value = |arm: &crate::graph::Arm| matches!(arm.keys, Keys::Value(_));
        let listed = key.is_ascii_digit() && key != '0' && menu.arms.iter().any(value);
        let sure = |arm: Option<usize>| arm.and_then(|n| menu.arms.get(n)).is_some_and(|arm| arm.condition.is_none());
        let mut ways: Vec<Way> = own.or(any).map(|n| Way::Arm(nth(n))).into_iter().collect();
        if listed {
            ways.extend(menu.arms.iter().enumerate().filter(|(_, arm)| value(arm)).map(|(n, _)| Way::Arm(nth(n))));
        }
        // Of a conditional arm the key is not always offered.
        if ways.is_empty() || !sure(own.or(any)) {
            ways.push(free(graph, node, key, &menu.hearing));
        }
        one(&format!("key {key}"), ways)
    };
    KEYS.into_iter().map(key).chain([one("silence", [missed(&menu.hearing, Way::Silence)])]).collect()
}

fn of_pick(graph: &Graph, node: &Node, pick: &Pick) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    if pick.single {
        outcomes.push(one("a single element", [Way::Alone]));
    }
    if pick.several {
        let key = |key: char| {
            let mut ways = vec![free(graph, node, key, &pick.hearing)];
            if key.is_ascii_digit() {
                ways.push(Way::Picked);
            }
            one(&format!("key {key}"), ways)
        };
        outcomes.extend(KEYS.into_iter().map(key));
        outcomes.push(one("silence", [missed(&pick.hearing, Way::Silence)]));
    }
    outcomes
}

fn of_record(graph: &Graph, record: &Record) -> Vec<Outcome> {
    let short = match (record.short, record.tries) {
        (Some(_), _) => Way::Short,
        (None, tries) if tries > 1 => Way::Short,
        (None, _) => Way::GiveUp,
    };
    let mut outcomes = vec![one("nothing is said", [short])];
    outcomes.push(one("the full length", [if record.limit.is_some() { Way::Limit } else { Way::Kept }]));
    for key in KEYS {
        let fits = |(keys, _): &(Keys, NodeId)| matches!(keys, Keys::These(these) if these.contains(&key));
        let own = record.arms.iter().position(fits);
        let any = record.arms.iter().position(|(keys, _)| *keys == Keys::Any);
        let ways = match (own, graph.anywhere(key), any) {
            (Some(n), _, _) | (None, None, Some(n)) => vec![Way::Arm(nth(n))],
            (None, Some(_), _) => vec![Way::Anywhere(key)],
            // Without key arms the pound ends and keeps it, and no other key is heard.
            (None, None, None) if key == '#' => vec![Way::Kept],
            (None, None, None) => continue,
        };
        outcomes.push(one(&format!("key {key}"), ways));
    }
    outcomes
}

/// The outcomes of a node for which there is no way.
pub(super) fn unhandled(graph: &Graph, id: NodeId) -> Vec<Outcome> {
    let ways = graph.ways(id);
    let has = |way: &Way| ways.iter().any(|(known, to)| known == way && graph.node(*to).is_some());
    of(graph, id).into_iter().filter(|outcome| !outcome.ways.iter().any(has)).collect()
}
