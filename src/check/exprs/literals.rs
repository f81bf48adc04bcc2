//! Literals: what they mean depends on what is expected.

use jiff::Timestamp;

use super::super::checker::Checker;
use super::super::slots::Landing;
use super::super::wording::Attempt;
use super::Typed;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::Expr;
use crate::limits::server::MOST_URL;
use crate::phone;
use crate::source::Span;
use crate::syntax::tree::Literal;
use crate::types::{Length, TableId, Type};
use crate::value::Value;

/// Longer lists written as a span are a slip of the finger.
const LONGEST_RANGE: i64 = 1000;

fn out_of_span(number: f64, span: Span, wanted: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("{number} does not lie in {wanted}"))
        .at(span, "")
        .help("give a whole number within the bounds")
}

fn not_a(kind: &str, span: Span, help: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("this is not {kind}")).at(span, "").help(help)
}

fn no_row(key: &str, span: Span, table: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("the table `{table}` has no row {key}"))
        .at(span, "")
        .help("a row is named by its first column")
}

fn empty_range(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "this span is no list")
        .at(span, "")
        .help(format!("write the smaller number first, and at most {LONGEST_RANGE} numbers"))
}

pub(super) fn duration(millis: u64) -> Typed {
    let millis = i64::try_from(millis).unwrap_or(i64::MAX);
    Typed::new(Expr::Literal(Value::Duration(millis)), Type::Duration)
}

pub(super) fn flag(flag: bool) -> Typed {
    Typed::new(Expr::Literal(Value::Flag(flag)), Type::Flag)
}

/// The value of a text where a telephone number, a URL, a path or a time is wanted; none of any other type. The error
/// says what the text is not, and what it should be.
pub(in super::super) fn constant_text(text: &str, want: &Type) -> Option<Result<Value, (&'static str, &'static str)>> {
    let wanted = match want.present() {
        Type::Phone | Type::TypedPhone => phone::normalise(text)
            .map(Value::text)
            .ok_or(("a telephone number", "write it with `+` and the country: \"+16135550142\"")),
        Type::Url => {
            is_url(text).then(|| Value::text(text)).ok_or(("a URL", "write it with `https://` or `http://` and a host"))
        }
        Type::Path => is_path(text)
            .then(|| Value::text(text))
            .ok_or(("a path", "it begins with one `/` and contains no `\\`, `#` or control character")),
        Type::Time => text
            .parse::<Timestamp>()
            .map(Value::Time)
            .map_err(|_| ("a time", "write it in ISO 8601: \"2026-03-02T14:00:00Z\"")),
        _ => return None,
    };
    Some(wanted)
}

/// An absolute http(s) URL.
fn is_url(text: &str) -> bool {
    text.len() <= MOST_URL
        && url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// A path with query, as section 6 of the language wants it.
fn is_path(text: &str) -> bool {
    let one_slash = text.starts_with('/') && !text.starts_with("//");
    one_slash && !text.chars().any(|c| c == '\\' || c == '#' || c.is_control())
}

impl Checker<'_> {
    #[expect(clippy::cast_precision_loss, reason = "bounds in flows are small")]
    pub(super) fn number(&mut self, number: f64, span: Span, want: Option<&Type>) -> Typed {
        let value = Expr::Literal(Value::Number(number));
        match want.map(Type::present) {
            Some(want @ Type::Span { min, max }) => {
                let inside = number.fract() == 0.0
                    && min.is_none_or(|min| number >= min as f64)
                    && max.is_none_or(|max| number <= max as f64);
                if !inside {
                    self.report.add(out_of_span(number, span, &self.show(want)));
                    return Typed::unknown();
                }
                Typed::new(value, want.clone())
            }
            Some(Type::Row(id)) if self.room.rows_by_key() => {
                self.row(*id, &Value::Number(number), &number.to_string(), span)
            }
            _ => Typed::new(value, Type::Number),
        }
    }

    pub(super) fn literal(&mut self, literal: &Literal, want: Option<&Type>) -> Typed {
        let Some(text) = literal.plain() else {
            let attempt = Attempt::of(literal, self.report);
            let template = self.template(&attempt, Landing::Plain);
            let reads = |ty: &Type| matches!(ty, Type::Phone | Type::TypedPhone | Type::Url | Type::Time);
            let wire = self.room.wire().then_some(want).flatten().map(Type::present).filter(|ty| reads(ty));
            return Typed::new(Expr::Template(Box::new(template)), wire.cloned().unwrap_or(Type::Text));
        };
        if let Some(want) = want.map(Type::present) {
            if let (Type::Row(id), true) = (want, self.room.rows_by_key()) {
                return self.row(*id, &Value::text(text.as_str()), &format!("`{text}`"), literal.span);
            }
            if let Some(result) = constant_text(&text, want) {
                return match result {
                    Ok(value) => Typed::new(Expr::Literal(value), want.clone()),
                    Err((kind, help)) => {
                        self.report.add(not_a(kind, literal.span, help));
                        Typed::unknown()
                    }
                };
            }
        }
        Typed::new(Expr::Literal(Value::text(text)), Type::Text)
    }

    /// A row named by its first column.
    fn row(&self, id: TableId, key: &Value, shown: &str, span: Span) -> Typed {
        let (column, name) = self.world.types.with(|types| {
            let table = types.table(id);
            let column = table.and_then(|table| table.columns.first()).map(|(name, _)| name.clone());
            (column.unwrap_or_default(), table.map(|table| table.name.clone()).unwrap_or_default())
        });
        let row = self.world.types.rows(id).into_iter().find(|row| row.field(&column) == *key);
        row.map_or_else(
            || {
                self.report.add(no_row(shown, span, &name));
                Typed::unknown()
            },
            |row| Typed::new(Expr::Literal(row), Type::Row(id)),
        )
    }

    /// `1..5` as a list.
    #[expect(clippy::cast_precision_loss, reason = "the bounds are small")]
    pub(super) fn range(&mut self, from: i64, to: i64, span: Span) -> Typed {
        let count = to.checked_sub(from).and_then(|n| n.checked_add(1)).filter(|n| (1..=LONGEST_RANGE).contains(n));
        let Some(count) = count.and_then(|count| u32::try_from(count).ok()) else {
            self.report.add(empty_range(span));
            return Typed::unknown();
        };
        let numbers = (from..=to).map(|n| Value::Number(n as f64)).collect();
        let element = Type::Span { min: Some(from), max: Some(to) };
        let length = Length { min: count, max: Some(count) };
        Typed::new(Expr::Literal(Value::list(numbers)), Type::List(Box::new(element), length))
    }
}
