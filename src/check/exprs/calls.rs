//! Calls of queries and of operations that read; arguments.

use super::super::checker::Checker;
use super::super::fails::Fails;
use super::super::fits::fits;
use super::super::report::Thing;
use super::super::world::{Operation, Param, did_you_mean};
use super::{Typed, describe};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, OperationId};
use crate::failure::FailureKind;
use crate::source::Span;
use crate::syntax::tree::{self, Method, Word};
use crate::types::Type;

fn unknown_query(word: &Word, near: Option<String>) -> Diagnostic {
    Diagnostic::new(Code::UnknownOperation, format!("unknown query `{}`", word.text)).at(word.span, "").help(
        near.unwrap_or_else(|| {
            "declare it by `query`; a scene is run by `do`, an operation is called as `service.operation(…)`".into()
        }),
    )
}

fn scene_called(word: &Word, args: &[tree::Expr]) -> Diagnostic {
    let (name, args) = (&word.text, if args.is_empty() { "()" } else { "(…)" });
    Diagnostic::new(Code::UnknownOperation, format!("`{name}` is a scene, and no query"))
        .at(word.span, "")
        .help(format!("a scene is run by `do`: write `let … = do {name}{args}`"))
}

fn unknown_service(name: &str, span: Span, near: Option<String>) -> Diagnostic {
    Diagnostic::new(Code::UnknownOperation, format!("unknown service `{name}`"))
        .at(span, "")
        .help(near.unwrap_or_else(|| "declare it by `service`".into()))
}

fn unknown_operation(service: &str, operation: &Word, near: Option<String>, known: &[&str]) -> Diagnostic {
    let list = || format!("it has {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
    Diagnostic::new(Code::UnknownOperation, format!("the service `{service}` has no operation `{}`", operation.text))
        .at(operation.span, "")
        .help(near.unwrap_or_else(list))
}

fn changes(operation: &Operation, span: Span) -> Diagnostic {
    let method = word_of(operation.method);
    Diagnostic::new(
        Code::ChangeWithoutSend,
        format!("`{}` changes something: it is a {}", operation.name, method.to_uppercase()),
    )
    .at(span, "")
    .at(operation.span, format!("declared as `{method}`"))
    .help(format!("write `let … = send {}(…) else {{ … }}`", operation.name))
}

fn gives_nothing(operation: &Operation, span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("`{}` gives no value", operation.name))
        .at(span, "its reply is ignored")
        .at(operation.span, "declared without `gives`")
        .help("say what the reply holds: `gives … as TYPE`")
}

fn too_many(who: &str, most: usize, span: Span) -> Diagnostic {
    let arguments = if most == 1 { "one argument".to_owned() } else { format!("{most} arguments") };
    let takes = if most == 0 { "no arguments".to_owned() } else { arguments };
    Diagnostic::new(Code::ArgumentCount, format!("{who} takes {takes}")).at(span, "one too many").help("leave it out")
}

fn missing(who: &str, param: &Param, span: Span) -> Diagnostic {
    Diagnostic::new(Code::ArgumentCount, format!("{who} needs `{}`", param.name))
        .at(span, "missing here")
        .at(param.span, "")
        .help(format!("give a value for `{}`", param.name))
}

/// An argument in front of another one was forgotten.
fn missing_before(who: &str, param: &Param, next: &tree::Expr) -> Diagnostic {
    let next_words = describe(next);
    let next_words = if next_words == "this" { "this argument" } else { next_words.as_str() };
    Diagnostic::new(Code::ArgumentCount, format!("{who} needs `{}` before {next_words}", param.name))
        .at(next.span, "missing before this")
        .at(param.span, "")
        .help(format!("give a value for `{}` before {next_words}", param.name))
}

fn no_requests(place: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::OutOfPlace, format!("no service can be asked {place}"))
        .at(span, "a request")
        .help("bind the value by `let` before")
}

/// `post`, `get`, …
pub(in super::super) fn word_of(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Delete => "delete",
    }
}

impl<'a> Checker<'a> {
    /// Runs `work` as if no negation stood around it: what is inside cannot be turned around.
    pub(super) fn plainly<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let negated = std::mem::replace(&mut self.negated, false);
        let result = work(self);
        self.negated = negated;
        result
    }

    /// `name(…)`.
    pub(super) fn query_call(&mut self, name: &Word, args: &[tree::Expr], span: Span) -> Typed {
        let Some((id, query)) = self.world.query(&name.text) else {
            if self.world.scene(&name.text).is_some() {
                self.report.add(scene_called(name, args));
            } else if !self.world.incomplete {
                let near = did_you_mean(&name.text, self.world.queries.iter().map(|query| &*query.name));
                self.report.add(unknown_query(name, near));
            }
            self.loose(args);
            return Typed::unknown();
        };
        let refused = self.refuses_request(span);
        if self.query.as_ref() != Some(&query.name) {
            self.report.uses(Thing::Query(query.name.clone()));
        }
        let args = self.args(&format!("`{}`", query.name), &query.params, args, span);
        let mut kinds = self.reading_failures();
        kinds.push(FailureKind::Budget);
        if query.bounded {
            kinds.push(FailureKind::Depth);
        }
        let fails = Fails::of(name.span, query.name.to_string(), &kinds);
        self.fails.add(if refused { Fails::unknown() } else { fails });
        Typed::new(Expr::Query(id, args), query.gives.clone().list())
    }

    /// How any of the operations that read can fail.
    fn reading_failures(&self) -> Vec<FailureKind> {
        self.world.operations.iter().filter(|operation| operation.reads).flat_map(|o| o.failures.clone()).collect()
    }

    /// `service.operation(…)` in an expression.
    pub(super) fn operation_call(&mut self, service: &str, operation: &Word, args: &[tree::Expr], path: Span) -> Typed {
        let Some((id, known)) = self.operation(service, operation, path.head()) else {
            self.loose(args);
            self.fails.add(Fails::unknown());
            return Typed::unknown();
        };
        if !known.reads {
            self.report.add(changes(known, path));
            self.loose(args);
            self.fails.add(Fails::unknown());
            return Typed::unknown();
        }
        let refused = self.refuses_request(path);
        let args = self.args(&format!("`{}`", known.name), &known.params, args, path);
        let fails = Fails::of(path, known.name.to_string(), &known.failures);
        self.fails.add(if refused { Fails::unknown() } else { fails });
        let Some(ty) = known.gives.clone() else {
            self.report.add(gives_nothing(known, path));
            return Typed::unknown();
        };
        Typed::new(Expr::Request(id, args), ty)
    }

    /// The operation of a service; counts as used.
    pub(in super::super) fn operation(
        &self,
        service: &str,
        operation: &Word,
        at: Span,
    ) -> Option<(OperationId, &'a Operation)> {
        if let Some((id, known)) = self.world.operation(service, &operation.text) {
            self.report.uses(Thing::Operation(known.name.clone()));
            return Some((id, known));
        }
        if self.world.incomplete {
            return None;
        }
        if !self.world.services.contains_key(service) {
            let near = did_you_mean(service, self.world.services.keys().map(|name| &**name));
            let end = at.start + u32::try_from(service.len()).unwrap_or_default();
            self.report.add(unknown_service(service, Span { end, ..at }, near));
            return None;
        }
        let of_service = |operation: &Operation| {
            operation.name.split_once('.').filter(|(of, _)| *of == service).map(|(_, name)| name.to_owned())
        };
        let known: Vec<String> = self.world.operations.iter().filter_map(of_service).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let near = did_you_mean(&operation.text, known.iter().copied());
        self.report.add(unknown_operation(service, operation, near, &known));
        None
    }

    /// One value per parameter, defaults filled in. If their number is wrong, nothing is said about their types: they
    /// may be meant for other parameters.
    pub(in super::super) fn args(&mut self, who: &str, params: &[Param], args: &[tree::Expr], span: Span) -> Vec<Expr> {
        if let Some(extra) = args.get(params.len()) {
            self.report.add(too_many(who, params.len(), extra.span));
            self.loose(args);
            return Vec::new();
        }
        if let Some(owed) = params.iter().skip(args.len()).find(|param| !param.has_default) {
            let left_out = self.left_out(params, args);
            self.report.add(match left_out {
                Some((param, next)) => missing_before(who, param, next),
                None => missing(who, owed, span),
            });
            self.loose(args);
            return Vec::new();
        }
        let mut values = Vec::new();
        for (param, arg) in params.iter().zip(args) {
            values.push(self.plainly(|checker| checker.expect(arg, &param.ty, who)));
        }
        values.extend(params.iter().skip(args.len()).map(|param| param.default.clone().unwrap_or_else(Expr::none)));
        values
    }

    /// The parameter that was forgotten, and the argument behind it, if the arguments fit those around it only.
    fn left_out<'x>(&mut self, params: &'x [Param], args: &'x [tree::Expr]) -> Option<(&'x Param, &'x tree::Expr)> {
        let own: Vec<bool> = params.iter().zip(args).map(|(param, arg)| self.could_be(arg, param)).collect();
        let next: Vec<bool> = params.iter().skip(1).zip(args).map(|(param, arg)| self.could_be(arg, param)).collect();
        let fits = |place: usize| {
            let behind = next.get(place..).unwrap_or_default();
            next.len() == args.len() && own.iter().take(place).chain(behind).all(|fits| *fits)
        };
        // That all of them fit as they stand says that the last one is missing.
        let place = (0..=args.len()).rev().find(|place| fits(*place))?;
        params.get(place).zip(args.get(place))
    }

    /// Whether an argument has the type of a parameter; what is wrong with it is not said.
    fn could_be(&mut self, arg: &tree::Expr, param: &Param) -> bool {
        let (report, unknown) = (self.report, self.unknown.clone());
        let ((typed, _), problems) =
            report.captured(|| self.failing(|checker| checker.plainly(|checker| checker.expr(arg, Some(&param.ty)))));
        self.unknown = unknown;
        !problems.has_errors() && fits(&self.world.types, typed.ty.present(), &param.ty).is_ok()
    }

    /// Arguments of something unknown: only looked at for their own mistakes.
    pub(in super::super) fn loose(&mut self, args: &[tree::Expr]) {
        for arg in args {
            self.plainly(|checker| checker.expr(arg, Some(&Type::Unknown)));
        }
    }

    /// Whether no service can be asked here, which is reported. How the request fails matters to nobody then.
    fn refuses_request(&self, span: Span) -> bool {
        let place = self.room.no_requests;
        if let Some(place) = place {
            self.report.add(no_requests(place, span));
        }
        place.is_some()
    }
}
