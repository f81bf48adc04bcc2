//! What stands in a block, and at the ways out of it.

use super::{Chart, Kind, Row};
use crate::expr::{Expr, Words};
use crate::graph::ways::Way;
use crate::graph::{Graph, NodeId, Op};
use crate::program::LegOutcome;
use crate::prose::{Prose, duration, shortened, spoken_value};

/// Characters of an expression or of a sentence that are shown.
const MOST: usize = 72;
/// Characters of what announces a key.
const ANNOUNCED: usize = 30;

/// Whether a step waits: for a person, for time, for a service.
pub(super) fn waits(graph: &Graph, id: NodeId) -> bool {
    let Some(node) = graph.node(id) else { return false };
    let op = &node.op;
    op.listens() || matches!(op, Op::Send { .. } | Op::Dial { .. } | Op::Hold) || asks(graph, id)
}

/// Whether a service is asked.
fn asks(graph: &Graph, id: NodeId) -> bool {
    graph.ways(id).iter().any(|(way, _)| *way == Way::Failed)
}

/// What kind of block these nodes make.
pub(super) fn kind(graph: &Graph, nodes: &[NodeId]) -> Kind {
    let Some((last, node)) = nodes.last().and_then(|id| Some((*id, graph.node(*id)?))) else { return Kind::Plain };
    match &node.op {
        Op::Menu(_) | Op::Pick(_) | Op::Record(_) | Op::Escalate(_) | Op::Dial { .. } | Op::Hold => Kind::Person,
        Op::Wait(_) => Kind::Wait,
        Op::Send { .. } => Kind::Send,
        Op::HangUp { .. } | Op::LegOver(_) | Op::End => Kind::End,
        Op::Branch { .. } | Op::Match { .. } => Kind::Choice,
        Op::Jump { .. } if nodes.len() == 1 => Kind::Leave,
        _ if asks(graph, last) => Kind::Ask,
        _ => Kind::Plain,
    }
}

/// What is written at a way.
pub(super) fn label(graph: &Graph, id: NodeId, way: Way) -> String {
    let name = graph.way_name(id, way);
    match (way, graph.node(id).map(|node| &node.op)) {
        (Way::Next, _) => {
            let others = graph.ways(id).iter().any(|(way, _)| matches!(way, Way::Failed | Way::Absent | Way::Each));
            if others { "ok".to_owned() } else { String::new() }
        }
        (Way::Arm(n), Some(Op::Menu(menu))) if menu.arms.get(usize::from(n)).is_some_and(|a| a.condition.is_some()) => {
            format!("{name} (if)")
        }
        _ => shortened(&name, MOST),
    }
}

/// How a key of a menu is announced, as far as there is room for it.
pub(super) fn announced(chart: &Chart<'_>, id: NodeId, way: Way) -> Option<String> {
    let (Op::Menu(menu), Way::Arm(n)) = (&chart.graph.node(id)?.op, way) else { return None };
    let arm = menu.arms.get(usize::from(n))?;
    let template = arm.label.as_ref()?.words.nth(1)?;
    let text = match spoken_value(template) {
        Some(value) => chart.prose.expr(value),
        None => template.pattern.text().replace("{{digit}}", &arm.keys.to_string()),
    };
    Some(shortened(&text, ANNOUNCED))
}

/// The rows of a node.
pub(super) fn rows(chart: &Chart<'_>, id: NodeId) -> Vec<Row> {
    let Some(node) = chart.graph.node(id) else { return Vec::new() };
    let (prose, graph) = (chart.prose, chart.graph);
    let scene = |index: usize| graph.scenes.get(index).map_or("", |scene| &*scene.name);
    let stands_for =
        |way: Way, text: String| vec![Row { text: shortened(&text, MOST), detail: false, way: Some((id, way)) }];
    match &node.op {
        op if super::chains::is_silent(op) => Vec::new(),
        Op::Do { scene: index, args, bind, .. } => {
            stands_for(Way::Enter, bound(bind.as_deref(), &format!("do {}", call(prose, scene(*index), args))))
        }
        Op::Jump { scene: index, args } => stands_for(Way::Enter, format!("=> {}", call(prose, scene(*index), args))),
        Op::Keep { record } => stands_for(Way::Next, format!("keep {}", inner_name(graph, *record))),
        Op::Retry { most, to, .. } => {
            let times = most.map(|most| format!(" up to {most} times")).unwrap_or_default();
            stands_for(Way::Again, format!("retry {}{times}", inner_name(graph, *to)))
        }
        op => {
            let texts = own(chart, op).into_iter().enumerate().filter(|(_, text)| !text.is_empty());
            texts.map(|(n, text)| Row { text: shortened(&text, MOST), detail: n > 0, way: None }).collect()
        }
    }
}

/// The rows of a node whose ways are drawn apart.
fn own(chart: &Chart<'_>, op: &Op) -> Vec<String> {
    let prose = chart.prose;
    let one = |text: String| vec![text];
    match op {
        Op::Say { words, .. } => one(format!("say {}", said(prose, words))),
        Op::Play { url, .. } => one(format!("play {}", prose.expr(url))),
        Op::Pause { millis, .. } => one(format!("pause {}", duration(*millis))),
        Op::Let { bind, value, .. } => one(bound(bind.as_deref(), &prose.expr(value))),
        Op::Branch { condition, .. } => one(format!("if {}", prose.expr(condition))),
        Op::Match { subject, .. } => one(format!("match {}", prose.expr(subject))),
        Op::For { name, list, .. } => one(format!("for {name} in {}", prose.expr(list))),
        Op::Send { operation, args, bind, .. } => {
            one(bound(bind.as_deref(), &format!("send {}", call(prose, &prose.operation(*operation), args))))
        }
        Op::Return { value } => {
            one(value.as_ref().map_or("return".into(), |value| format!("return {}", prose.expr(value))))
        }
        Op::Menu(_) | Op::Pick(_) | Op::Record(_) | Op::Wait(_) | Op::Escalate(_) | Op::Dial { .. } => {
            waiting(chart, op)
        }
        Op::Again => one("ask again".into()),
        Op::Round => one("wait again".into()),
        Op::Hold => one("hold".into()),
        Op::NextLeg => one("the next person".into()),
        Op::Joined => one("the two are joined".into()),
        Op::Connect => one("connect".into()),
        Op::LegOver(outcome) => one(format!("hang up: {}", outcome.map_or("as it was", LegOutcome::word))),
        Op::HangUp { then } => one(if then.is_some() { "hang up then".into() } else { "hang up".into() }),
        Op::End => one("end".into()),
        Op::Rule { .. } | Op::Do { .. } | Op::Jump { .. } | Op::Keep { .. } | Op::Retry { .. } => Vec::new(),
    }
}

/// The rows of a step that waits: what it says or wants, and how long it waits.
fn waiting(chart: &Chart<'_>, op: &Op) -> Vec<String> {
    let prose = chart.prose;
    match op {
        Op::Menu(menu) => {
            let from = menu.from.as_ref().map(|from| format!("from {}, ", prose.expr(from))).unwrap_or_default();
            let hearing = &menu.hearing;
            vec![
                format!("menu {}", said(prose, &menu.words)),
                format!("{from}listens {}, tries {}", duration(hearing.within), hearing.tries),
            ]
        }
        Op::Pick(pick) => {
            let by = pick.by.as_ref().map(|column| format!(" by {column}")).unwrap_or_default();
            vec![
                bound(pick.bind.as_deref(), &format!("pick {}{by}", prose.expr(&pick.list))),
                format!("asking {}", said(prose, &pick.asking)),
            ]
        }
        Op::Record(record) => {
            let least = record.least.map(|least| format!("from {} ", duration(least))).unwrap_or_default();
            let transcribed = if record.transcribed { ", transcribed" } else { "" };
            vec![
                format!("record {}", said(prose, &record.words)),
                format!("{least}up to {}{transcribed}", duration(record.longest)),
            ]
        }
        Op::Wait(wait) => vec![
            bound(wait.bind.as_deref(), &format!("wait for {}", prose.expr(&wait.value))),
            format!("every {} up to {}", duration(wait.every), duration(wait.longest)),
        ],
        Op::Escalate(escalate) => {
            let most = escalate.most.as_ref().map(|most| format!(" up to {}", prose.expr(most))).unwrap_or_default();
            let music = escalate.music.and_then(|music| chart.graph.music.get(music));
            let music = music.map(|music| format!(", music {}", music.name)).unwrap_or_default();
            vec![
                format!("escalate {} in {}{most}", escalate.name, prose.expr(&escalate.list)),
                format!("ringing {}{music}", duration(escalate.ringing)),
            ]
        }
        Op::Dial { number, ringing, keys, .. } => {
            let keys = keys.as_ref().map(|keys| format!(", keys {}", prose.said(keys))).unwrap_or_default();
            vec![format!("dial {}", prose.expr(number)), format!("ringing {}{keys}", duration(*ringing))]
        }
        _ => Vec::new(),
    }
}

/// The words of the first try.
fn said(prose: Prose<'_>, words: &Words) -> String {
    let Some(template) = words.nth(1) else { return String::new() };
    match spoken_value(template) {
        Some(value) => prose.expr(value),
        None => format!("“{}”", shortened(template.pattern.text(), MOST - 8)),
    }
}

/// `let NAME = …`; names with a space are those of the compiler.
fn bound(name: Option<&str>, value: &str) -> String {
    match name {
        Some(name) if !name.contains(' ') => format!("let {name} = {value}"),
        _ => value.to_owned(),
    }
}

fn call(prose: Prose<'_>, name: &str, args: &[Expr]) -> String {
    if args.is_empty() { name.to_owned() } else { prose.call(name, args) }
}

/// The name of a step without its scene.
fn inner_name(graph: &Graph, id: NodeId) -> String {
    let name = graph.node(id).map_or("", |node| &*node.name);
    name.split_once('/').map_or(name, |(_, inner)| inner).to_owned()
}
