//! What is said when a test fails.

use super::Play;
use crate::canned::Received;
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::turn::Then;
use crate::graph::{NodeId, Op};
use crate::scenario::phone::{CALLER, Doing};
use crate::source::Span;

/// An expectation failed: the place in the test, and where the call is in the flow.
pub(super) fn expected(play: &Play<'_>, span: Span, message: &str, label: impl Into<String>) -> Diagnostic {
    let problem = Diagnostic::new(Code::ExpectationFailed, format!("test \"{}\": {message}", play.title));
    let problem = problem.at(span, label);
    let problem = match play.exchange.place().and_then(|node| place(play, node)) {
        Some((span, what)) => problem.at(span, what),
        None => problem,
    };
    problem.help(situation(play))
}

/// A request without a stub.
pub(super) fn unstubbed(play: &Play<'_>, received: &Received, node: NodeId, span: Span) -> Diagnostic {
    let operation = &received.operation;
    let message = format!("test \"{}\": no stub replies to `{operation}`", play.title);
    let problem = Diagnostic::new(Code::UnstubbedRequest, message).at(span, "asked for here");
    let problem = match place(play, node) {
        Some((span, _)) => problem.at(span, "by this step"),
        None => problem,
    };
    let args: Vec<String> = received.args.iter().map(ToString::to_string).collect();
    problem.help(format!("say what it replies: `stub {operation} => 200 …`; it was asked with ({})", args.join(", ")))
}

/// Where a node is in the flow's text.
fn place(play: &Play<'_>, node: NodeId) -> Option<(Span, &'static str)> {
    let graph = &play.props.line.graph;
    let node = graph.node(node).filter(|node| !node.span.is_empty())?;
    let what = match &node.op {
        Op::Menu(_) | Op::Pick(_) => "the call is here, and listens",
        Op::Record(_) => "the call is here, and records",
        Op::Wait(_) => "the call is here, and waits",
        Op::Escalate(_) => "the call is here, and looks for somebody",
        Op::Dial { .. } => "the call is here, and dials",
        _ => "the call is here",
    };
    Some((node.span, what))
}

/// What goes on, and what could be done: the help of a failure.
pub(super) fn situation(play: &Play<'_>) -> String {
    let exchange = &play.exchange;
    if exchange.session.is_none() {
        return "begin with `caller calls`".to_owned();
    }
    if exchange.is_over() {
        return "by then the call was over; below is what happened in it".to_owned();
    }
    let ringing: Vec<String> = (1..exchange.phones.len())
        .map(crate::scenario::phone::PhoneId)
        .filter(|id| exchange.phone(*id).is_some_and(|phone| phone.doing == Doing::Ringing))
        .map(|id| exchange.name(id))
        .collect();
    if !ringing.is_empty() {
        return format!("{} rings: say who answers, `NAME is \"+1…\"`, or `does not answer`", ringing.join(", "));
    }
    match exchange.phone(CALLER).map(|phone| &phone.doing) {
        Some(Doing::Document { then: Then::Listen { .. }, .. }) => {
            "the line listens: `caller presses KEY`, or `stays silent`".to_owned()
        }
        Some(Doing::Document { then: Then::Record { .. }, .. }) => {
            "the line records: `caller records 9s \"words\"`, then a key, `stays silent` or `hangs up`".to_owned()
        }
        Some(Doing::Recording(_)) => "the line records: a key, `stays silent` or `hangs up` ends that".to_owned(),
        Some(Doing::Joined(_)) => "two people talk: somebody `hangs up`".to_owned(),
        Some(Doing::Holding { .. }) => "the caller holds: somebody who was phoned must do something".to_owned(),
        _ => "below is what happened".to_owned(),
    }
}
