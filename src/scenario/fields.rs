//! The names that `ivr sent svc.op { … }` holds against a request: fields of its body, names in the query of its URL,
//! parameters of the operation.

use url::form_urlencoded;

use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::expr::{Expr, Form, Template};
use crate::program::{Operation, Program};
use crate::syntax::tree::{self, ExprKind, Pair, Word};
use crate::template::Piece;
use crate::types::{Name, Type, Types};

/// Stands for a value in a path; no URL contains it.
const MARK: char = '\0';

/// Names among these fields that no request of the operation has; nothing is known to be wrong with them if the names
/// depend on the call.
pub(super) fn unknown(program: &Program, operation: &Operation, fields: &tree::Expr) -> Diagnostics {
    let mut found = Diagnostics::new();
    let ExprKind::Record(pairs) = &fields.kind else { return found };
    let reading = Reading { types: &program.types, params: &operation.params };
    let (body, query) = (reading.body(operation), query(&operation.path.template));
    let (Some(body), Some(query)) = (body, query) else { return found };
    for pair in pairs {
        if let Some((_, part)) = body.iter().find(|(name, _)| *name == pair.name.text) {
            reading.inner(*part, pair, operation, &mut found);
            continue;
        }
        let params = operation.params.iter().map(|(name, _)| &**name);
        let known: Vec<&str> =
            body.iter().map(|(name, _)| *name).chain(query.iter().map(String::as_str)).chain(params).collect();
        if !known.contains(&pair.name.text.as_str()) {
            found.push(no_such(&pair.name, operation, &known));
        }
    }
    found
}

/// A part of a body: as it is written in the operation, or of a known type.
#[derive(Clone, Copy)]
enum Part<'a> {
    Written(&'a Expr),
    Typed(&'a Type),
}

/// The fields of a part by name; none if they depend on the call.
type Known<'a> = Option<Vec<(&'a str, Part<'a>)>>;

struct Reading<'a> {
    types: &'a Types,
    params: &'a [(Name, Type)],
}

impl<'a> Reading<'a> {
    fn body(&self, operation: &'a Operation) -> Known<'a> {
        operation.body.as_ref().map_or(Some(Vec::new()), |(_, body)| self.fields(Part::Written(body)))
    }

    fn fields(&self, part: Part<'a>) -> Known<'a> {
        match part {
            Part::Written(Expr::Record(pairs)) => {
                Some(pairs.iter().map(|(name, value)| (&**name, Part::Written(value))).collect())
            }
            Part::Written(Expr::Local(name)) => {
                let (_, ty) = self.params.iter().find(|(param, _)| param == name)?;
                self.fields(Part::Typed(ty))
            }
            Part::Written(_) => None,
            Part::Typed(ty) => match ty.present() {
                Type::Record(id) => {
                    let fields = &self.types.record(*id)?.fields;
                    // A dotted name is a path into the JSON it is read from.
                    let plain = fields.iter().all(|field| !field.name.contains('.'));
                    plain.then(|| fields.iter().map(|field| (&*field.name, Part::Typed(&field.ty))).collect())
                }
                _ => None,
            },
        }
    }

    /// Unknown names in a record that is expected as a field.
    fn inner(&self, part: Part<'a>, pair: &Pair, operation: &Operation, found: &mut Diagnostics) {
        let Some(tree::Expr { kind: ExprKind::Record(pairs), .. }) = &pair.value else { return };
        let Some(fields) = self.fields(part) else { return };
        for pair in pairs {
            if let Some((_, part)) = fields.iter().find(|(name, _)| *name == pair.name.text) {
                self.inner(*part, pair, operation, found);
            } else {
                let known: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
                found.push(no_such(&pair.name, operation, &known));
            }
        }
    }
}

/// The names in the query of a path; none if they depend on the call.
fn query(path: &Template) -> Option<Vec<String>> {
    // A setting that holds an encoded path may hold a query, too.
    if path.slots.iter().any(|slot| slot.form == Form::UrlPath) {
        return None;
    }
    let text = marked(&path.pattern.outline());
    let query = text.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    let names: Vec<String> = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    names.iter().all(|name| !name.contains(MARK)).then_some(names)
}

/// A text with everything that may stand in it, and a mark for each value.
fn marked(pieces: &[Piece]) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Slot { .. } => MARK.to_string(),
        Piece::Condition { yes, no, .. } => marked(yes) + &marked(no),
    };
    pieces.iter().map(text).collect()
}

fn no_such(name: &Word, operation: &Operation, known: &[&str]) -> Diagnostic {
    let list = || known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let help = match nearest(&name.text, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "remove it: there is nothing in the request that changes".to_owned(),
        None => format!("name one of {}", list()),
    };
    Diagnostic::new(Code::UnknownField, format!("`{}` has nothing called `{}`", operation.name, name.text))
        .at(name.span, "")
        .at(operation.span, "declared here")
        .help(help)
}
