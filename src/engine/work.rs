//! Requests of one evaluation: what was asked, what came back, what is to be asked next.

use std::cell::RefCell;

use jiff::{SignedDuration, Timestamp};

use super::effect::ServiceRequest;
use super::event::{Reply, RequestId};
use crate::decode;
use crate::eval::{Evaluated, Outside, Stop};
use crate::expr::{OperationId, QueryDefinition, QueryId};
use crate::failure::{Failure, FailureKind};
use crate::graph::Graph;
use crate::limits::server;
use crate::value::Value;

/// Time of one evaluation at most.
pub(super) const LONGEST: SignedDuration = SignedDuration::from_millis(server::LONGEST_EVALUATION.cast_signed());

/// The requests of the evaluation a conversation is at. Remembered by operation and arguments: nothing is asked
/// twice, and every part of the evaluation sees the same world.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Work {
    asked: RefCell<Vec<Asked>>,
    began: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq)]
struct Asked {
    operation: OperationId,
    args: Vec<Value>,
    id: Option<RequestId>,
    answer: Option<Evaluated>,
}

impl Work {
    /// Puts a reply to its request; false if this evaluation did not ask for it.
    pub fn answer(&mut self, id: RequestId, reply: &Reply, graph: &Graph) -> bool {
        let mut asked = self.asked.borrow_mut();
        let Some(asked) = asked.iter_mut().find(|asked| asked.id == Some(id)) else { return false };
        asked.answer = Some(decoded(graph, asked.operation, reply).map_err(Stop::Failed));
        true
    }

    /// Lets what was not answered fail: the evaluation has had its time.
    pub fn give_up(&mut self, graph: &Graph) {
        for asked in self.asked.borrow_mut().iter_mut().filter(|asked| asked.answer.is_none()) {
            let failure = named(graph, asked.operation, FailureKind::Budget, None);
            asked.answer = Some(Err(Stop::Failed(failure)));
        }
    }

    /// The requests that are to leave at a time; `now` is what the flow knows as that.
    pub fn next(&mut self, at: Timestamp, now: Timestamp, mut id: impl FnMut() -> RequestId) -> Vec<ServiceRequest> {
        self.began.get_or_insert(at);
        let mut asked = self.asked.borrow_mut();
        let under_way = asked.iter().filter(|asked| asked.id.is_some() && asked.answer.is_none()).count();
        let free = server::REQUESTS_AT_A_TIME.saturating_sub(under_way);
        let waiting = asked.iter_mut().filter(|asked| asked.id.is_none()).take(free);
        waiting
            .map(|asked| {
                let id = *asked.id.insert(id());
                ServiceRequest { id, operation: asked.operation, args: asked.args.clone(), now, key: None }
            })
            .collect()
    }

    /// Notes when the waiting began.
    pub fn begin(&mut self, at: Timestamp) {
        self.began.get_or_insert(at);
    }

    /// How long the leg has been waiting.
    #[must_use]
    pub fn waiting_since(&self) -> Option<Timestamp> {
        self.began
    }

    /// Forgets everything: the evaluation is over.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn spent(&self, at: Timestamp) -> bool {
        self.began.is_some_and(|began| at.duration_since(began) > LONGEST)
            || self.asked.borrow().len() >= server::MOST_REQUESTS
    }
}

/// The world as an evaluation sees it: a graph's operations, and the replies so far.
pub struct World<'a> {
    /// The graph.
    pub graph: &'a Graph,
    /// The requests.
    pub work: &'a Work,
    /// Now.
    pub at: Timestamp,
}

impl Outside for World<'_> {
    fn request(&self, operation: OperationId, args: &[Value]) -> Evaluated {
        let known = |asked: &Asked| asked.operation == operation && asked.args == args;
        if let Some(asked) = self.work.asked.borrow().iter().find(|asked| known(asked)) {
            return asked.answer.clone().unwrap_or(Err(Stop::Waiting));
        }
        if self.work.spent(self.at) {
            return Err(Stop::Failed(named(self.graph, operation, FailureKind::Budget, None)));
        }
        let asked = Asked { operation, args: args.to_vec(), id: None, answer: None };
        self.work.asked.borrow_mut().push(asked);
        Err(Stop::Waiting)
    }

    fn query(&self, query: QueryId) -> Option<&QueryDefinition> {
        self.graph.queries.get(usize::from(query.0))
    }
}

/// The value of a reply by the operation's declaration. Of something that was sent, a success that cannot be
/// decoded is `reply`: it has happened.
pub fn decoded(graph: &Graph, operation: OperationId, reply: &Reply) -> Result<Value, Failure> {
    let Some(declared) = graph.operations.get(usize::from(operation.0)) else {
        return Err(Failure::of(FailureKind::Unset));
    };
    let failure = |kind, status| Err(named(graph, operation, kind, status));
    let (status, body) = match reply {
        Reply::Failure(kind) => return failure(*kind, None),
        Reply::Response { status, body } => (*status, body),
    };
    if let Some((_, value)) = declared.meanings.iter().find(|(meant, _)| *meant == status) {
        return Ok(value.clone());
    }
    if !(200..300).contains(&status) {
        return failure(FailureKind::Http, Some(status));
    }
    let Some((path, ty)) = &declared.gives else { return Ok(Value::None) };
    decode::reply(body, path, ty, &graph.types).or_else(|_| {
        let kind = if declared.reads { FailureKind::Shape } else { FailureKind::Reply };
        failure(kind, Some(status))
    })
}

fn named(graph: &Graph, operation: OperationId, kind: FailureKind, status: Option<u16>) -> Failure {
    let from = graph.operations.get(usize::from(operation.0)).map(|operation| operation.name.clone());
    Failure { kind, status, from }
}
