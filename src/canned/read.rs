//! From the lines of a test file to stubs.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::misfit::{Misfit, misfit};
use super::values::{self, Fixtures, Wrong};
use super::{Canned, CannedReply, Stub};
use crate::decode;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::program::Operation;
use crate::source::Span;
use crate::syntax::scenario::{Reply, ReplyKind, Setup};
use crate::syntax::tree::{Count, Expr, ExprKind, Path, Word};
use crate::types::{Type, Types};

/// Whether fixtures are looked at for themselves, and not only where they are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// They are.
    No,
    /// They have been.
    Fixtures,
}

/// What the lines say, and what is wrong with them.
pub(super) fn read<'a>(
    head: impl IntoIterator<Item = &'a Setup>,
    own: impl IntoIterator<Item = &'a Setup>,
    operations: &[Operation],
    types: &Types,
    known: Known,
) -> (Canned, Diagnostics) {
    let mut lines: Vec<&Setup> = head.into_iter().collect();
    let in_head = lines.len();
    lines.extend(own);
    let mut found = Diagnostics::new();
    let fixtures = match known {
        Known::No => Fixtures::checked(&lines, &mut found),
        Known::Fixtures => Fixtures::of(&lines),
    };
    let mut reader = Reader { operations, types, fixtures, found };
    let mut canned = Canned::default();
    for (n, line) in lines.into_iter().enumerate() {
        match line {
            Setup::Stub { operation, args, replies, span } => {
                let stub = reader.stub(operation, args.as_deref(), replies, *span);
                canned.stubs.extend(stub.map(|stub| Stub { own: n >= in_head, ..stub }));
            }
            Setup::Clock { text, span } => canned.start = reader.clock(text, *span).or(canned.start),
            // Settings are overridden before anything is canned, and fixtures have been read.
            Setup::Given { .. } | Setup::Fixture { .. } | Setup::Unreached { .. } => {}
        }
    }
    (canned, reader.found.sorted())
}

struct Reader<'a> {
    operations: &'a [Operation],
    types: &'a Types,
    fixtures: Fixtures<'a>,
    found: Diagnostics,
}

impl Reader<'_> {
    fn clock(&mut self, text: &str, span: Span) -> Option<Timestamp> {
        let time = text.parse().ok();
        if time.is_none() {
            self.found.push(
                Diagnostic::new(Code::Malformed, format!("`{text}` is no instant"))
                    .at(span, "")
                    .help("write date, time and zone, such as \"2026-03-02T14:00:00Z\""),
            );
        }
        time
    }

    fn stub(&mut self, path: &Path, args: Option<&[Expr]>, replies: &[Reply], span: Span) -> Option<Stub> {
        let name = path.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(".");
        let operations = self.operations;
        let Some(operation) = operations.iter().find(|operation| *operation.name == *name) else {
            self.unknown(&name, path.span);
            return None;
        };
        let args = args.map(|args| self.args(operation, args, span));
        let replies: Vec<Result<CannedReply, Wrong>> =
            replies.iter().map(|reply| self.reply(operation, reply)).collect();
        let replies = replies.into_iter().collect::<Result<Vec<_>, _>>().ok()?;
        Some(Stub {
            operation: operation.name.clone(),
            span,
            own: false,
            args: args.transpose().ok()?,
            replies,
            used: AtomicUsize::new(0),
        })
    }

    fn unknown(&mut self, name: &str, span: Span) {
        let known = self.operations.iter().map(|operation| operation.name.as_ref());
        let help = match nearest(name, known) {
            Some(near) => format!("write `{near}`"),
            None => "declare it in a `service` of the flow, or remove the stub".to_owned(),
        };
        let problem = Diagnostic::new(Code::UnknownOperation, format!("the flow has no operation `{name}`"));
        self.found.push(problem.at(span, "").help(help));
    }

    /// Arguments as they will come: what the operation's types make of them.
    fn args(&mut self, operation: &Operation, args: &[Expr], span: Span) -> Result<Vec<Json>, Wrong> {
        if args.len() != operation.params.len() {
            let place = args.first().zip(args.last()).map_or(span, |(first, last)| first.span.to(last.span));
            let (wanted, declared) = (operation.params.len(), operation.span);
            self.found.push(values::count(&operation.name, wanted, args.len(), place, declared));
            return Err(Wrong);
        }
        let made: Vec<Result<Json, Wrong>> =
            args.iter().zip(&operation.params).map(|(arg, (_, ty))| self.arg(operation, arg, ty)).collect();
        made.into_iter().collect()
    }

    fn arg(&mut self, operation: &Operation, arg: &Expr, ty: &Type) -> Result<Json, Wrong> {
        let json = match (&arg.kind, ty.present()) {
            // As in the flow, a value of an enum is a bare name.
            (ExprKind::Name(name), Type::Enum(_)) => Json::String(name.clone()),
            _ => self.fixtures.json(arg, &mut self.found)?,
        };
        if let Ok(value) = decode::decode(&json, ty, self.types) {
            return Ok(value.to_wire());
        }
        let message = format!("`{}` is never called with this: it takes `{}`", operation.name, self.types.show(ty));
        let problem = Diagnostic::new(Code::WrongType, message).at(arg.span, "").at(operation.span, "declared here");
        self.found.push(problem.help("write a value of that type"));
        Err(Wrong)
    }

    fn reply(&mut self, operation: &Operation, reply: &Reply) -> Result<CannedReply, Wrong> {
        let (status, body) = match &reply.kind {
            ReplyKind::Timeout => return Ok(CannedReply::Timeout),
            ReplyKind::Status(status, body) => (self.status(*status)?, body),
            ReplyKind::Column(name, _) => {
                self.found.push(no_column(name));
                return Err(Wrong);
            }
        };
        let json = body.as_ref().map(|body| self.fixtures.json(body, &mut self.found)).transpose()?;
        let body: Arc<[u8]> = json.as_ref().map_or_else(Vec::new, |json| json.to_string().into_bytes()).into();
        self.fits(operation, status, json.as_ref().unwrap_or(&Json::Null), reply.span);
        Ok(CannedReply::Response { status, body })
    }

    fn status(&mut self, status: Count) -> Result<u16, Wrong> {
        let known = u16::try_from(status.value).ok().filter(|status| (200..600).contains(status));
        known.ok_or_else(|| {
            let problem = Diagnostic::new(Code::Malformed, format!("{} is no status of a reply", status.value));
            self.found.push(problem.at(status.span, "").help("write a status from 200 to 599"));
            Wrong
        })
    }

    /// A success must be what the operation `gives`, unless the status has a meaning of its own.
    fn fits(&mut self, operation: &Operation, status: u16, json: &Json, span: Span) {
        let Some((path, ty)) = &operation.gives else { return };
        let success = (200..300).contains(&status) && operation.meanings.iter().all(|(known, _)| *known != status);
        if !success || decode::at(json, path, ty, self.types).is_ok() {
            return;
        }
        let misfit = misfit(json, path, ty, self.types);
        self.found.push(wrong_shape(operation, misfit, span));
    }
}

fn no_column(name: &Word) -> Diagnostic {
    Diagnostic::new(Code::UnknownName, format!("`{}` is no reply, and no column of this test", name.text))
        .at(name.span, "")
        .help("write a status, `timeout`, or a column of `for each { … }` that holds them")
}

fn wrong_shape(operation: &Operation, misfit: Option<Misfit>, span: Span) -> Diagnostic {
    let message = format!("this reply is not what `{}` gives", operation.name);
    let label = misfit.map_or_else(String::new, |Misfit { path, wanted, found }| {
        let part = if path.is_empty() { "the reply".to_owned() } else { format!("`{path}`") };
        format!("{part} is {found}, `{wanted}` is declared")
    });
    Diagnostic::new(Code::StubShape, message)
        .at(span, label)
        .at(operation.span, "declared here")
        .help("write what the service really sends; if that is this, change the type")
}
