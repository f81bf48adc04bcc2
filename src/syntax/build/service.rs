//! Services and their operations.

use super::Builder;
use crate::syntax::grammar::{Kids, Pair, Rule};
use crate::syntax::tree::{BodyKind, Method, Operation, Service, ServiceOption};

impl Builder<'_> {
    pub(super) fn service(&mut self, mut kids: Kids<'_>) -> Option<Service> {
        let name = self.next_word(&mut kids)?;
        let base = self.expr(kids.next()?);
        let mut options = Vec::new();
        while matches!(kids.peek(), Some(Rule::auth | Rule::limit)) {
            options.push(self.service_option(kids.next()?)?);
        }
        let operations = self.entries(kids, (Rule::after_op, Rule::op), Self::operation);
        Some(Service { name, base, options, operations })
    }

    /// `auth`, `limit` or `means`.
    fn service_option(&mut self, pair: Pair<'_>) -> Option<ServiceOption> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let mut kids = Kids::of(pair);
        Some(match rule {
            Rule::limit => {
                kids.eat(Rule::k_timeout);
                ServiceOption::Timeout(self.time(&kids.next()?))
            }
            Rule::means => {
                let status = self.count(&kids.next()?);
                ServiceOption::Means(status, self.expr(kids.next()?))
            }
            _ if kids.eats(Rule::k_basic) => {
                let user = self.expr(kids.next()?);
                ServiceOption::Basic(user, self.expr(kids.next()?), span)
            }
            _ if kids.eats(Rule::k_bearer) => ServiceOption::Bearer(self.expr(kids.next()?), span),
            _ => {
                let name = self.literal(kids.next()?);
                ServiceOption::Header(name, self.expr(kids.next()?), span)
            }
        })
    }

    fn operation(&mut self, pair: Pair<'_>) -> Option<Operation> {
        let span = self.span(&pair);
        let doc = self.doc(span);
        let mut kids = Kids::of(pair);
        let reads = kids.eats(Rule::k_reads);
        let method_pair = kids.eat(Rule::method)?;
        let method_span = self.span(&method_pair);
        let method = match method_pair.as_str() {
            "get" => Method::Get,
            "post" => Method::Post,
            "put" => Method::Put,
            _ => Method::Delete,
        };
        let name = self.next_word(&mut kids)?;
        let params = self.params(kids.next()?)?;
        let path = self.literal(kids.next()?);
        let mut operation = Operation {
            doc,
            reads,
            method,
            method_span,
            name,
            params,
            path,
            body: None,
            gives: None,
            options: Vec::new(),
            span,
        };
        for part in kids {
            match part.as_rule() {
                Rule::body => {
                    let mut inner = Kids::of(part);
                    let kind = if inner.next()?.as_rule() == Rule::k_json { BodyKind::Json } else { BodyKind::Form };
                    operation.body = Some((kind, self.expr(inner.next()?)));
                }
                Rule::gives => {
                    let mut inner = Kids::of(part);
                    let path = inner.eat(Rule::path).map(|path| self.path(path));
                    operation.gives = Some((path, self.ty(inner.next()?)));
                }
                _ => operation.options.push(self.service_option(part)?),
            }
        }
        Some(operation)
    }
}
