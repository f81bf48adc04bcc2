//! Overrides of settings, by the settings' types.
//!
//! Unlike replies of services, settings are written by people for this flow: nothing is tolerated that is probably a
//! slip, and every message says which part of the value is meant, because a value from the environment has one place.

mod parts;
mod words;

use serde_json::Value as Json;

pub(super) use words::{example, line};

use super::{environment, shape};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::overrides::{Origin, Raw, RawKind};
use crate::phone;
use crate::program::{Program, Setting};
use crate::source::Span;
use crate::types::{EnumId, TableId, Type, Types};
use crate::value::{Value, number_text};

/// Decodes the overrides of one setting.
pub(super) struct Decoder<'a> {
    flow: &'a str,
    types: &'a Types,
    setting: &'a Setting,
    origin: Origin,
    found: &'a mut Diagnostics,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(program: &'a Program, setting: &'a Setting, origin: Origin, found: &'a mut Diagnostics) -> Self {
        Self { flow: &program.name, types: &program.types, setting, origin, found }
    }

    /// The value of an override; none if it was wrong, which has been reported then.
    pub(super) fn setting(&mut self, raw: &Raw) -> Option<Value> {
        let ty = &self.setting.ty;
        let name = self.setting.name.clone();
        let value = match &raw.kind {
            RawKind::Text(text) if self.origin == Origin::Environment => self.variable(text, raw.span, ty.present())?,
            _ => self.value(raw, ty, &name)?,
        };
        self.whole(&value, raw).then_some(value)
    }

    /// A variable's text is read by the type alone: texts need no quotes.
    fn variable(&mut self, text: &str, span: Span, ty: &Type) -> Option<Value> {
        let name = self.setting.name.clone();
        let known = match ty {
            Type::List(..) | Type::Record(_) | Type::Json => {
                let json = self.json(text, span)?;
                return self.value(&environment::raw(&json, span), ty, &name);
            }
            Type::Number | Type::Span { .. } => {
                text.trim().parse().ok().filter(|n: &f64| n.is_finite()).map(RawKind::Number)
            }
            Type::Flag => text.trim().parse().ok().map(RawKind::Flag),
            _ => None,
        };
        self.value(&Raw { span, kind: known.unwrap_or_else(|| RawKind::Text(text.to_owned())) }, ty, &name)
    }

    fn json(&mut self, text: &str, span: Span) -> Option<Json> {
        let error = match serde_json::from_str(text) {
            Ok(json) => return Some(json),
            Err(error) => error,
        };
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let at = (before + error.column().saturating_sub(1)).min(text.len());
        let place = Span::new(span.source, at, (at + 1).min(text.len()));
        let message = format!("the value of `{}` is not JSON, as a list or record must be here", self.setting.name);
        self.report(Diagnostic::new(Code::SettingValue, message).at(place, said), None);
        None
    }

    pub(super) fn value(&mut self, raw: &Raw, ty: &Type, path: &str) -> Option<Value> {
        match (ty, &raw.kind) {
            (Type::Optional(_), RawKind::None) => Some(Value::None),
            (Type::Optional(of), _) => self.value(raw, of, path),
            (_, RawKind::None) => self.wrong(raw.span, &format!("`{path}` cannot be absent"), "absent"),
            (Type::Text, RawKind::Text(text)) => Some(Value::text(text.as_str())),
            (Type::Number, RawKind::Number(number)) => Some(Value::Number(*number)),
            (Type::Span { min, max }, RawKind::Number(number)) => {
                self.whole_number(*number, *min, *max, raw.span, path)
            }
            (Type::Flag, RawKind::Flag(flag)) => Some(Value::Flag(*flag)),
            (Type::Time, RawKind::Text(text)) => match text.parse() {
                Ok(time) => Some(Value::Time(time)),
                Err(_) => self.misfit(text, "no time in ISO 8601", raw.span, path),
            },
            (Type::Duration, RawKind::Text(text)) => match shape::duration(text) {
                Some(millis) => Some(Value::Duration(millis)),
                None => self.misfit(text, "no duration", raw.span, path),
            },
            (Type::Phone | Type::TypedPhone, RawKind::Text(text)) => match phone::normalise(text) {
                Some(number) => Some(Value::text(number)),
                None => self.misfit(text, "no telephone number in E.164", raw.span, path),
            },
            (Type::Url | Type::Path, RawKind::Text(text)) => match shape::check(text, ty) {
                Ok(()) => Some(Value::text(text.as_str())),
                Err((wanted, why)) => {
                    self.wrong(raw.span, &format!("`{path}` is not {wanted}: {why}"), &words::quote(text))
                }
            },
            (Type::Enum(id), RawKind::Text(text)) => self.choice(text, *id, raw.span, path),
            (Type::Row(id), RawKind::Text(_) | RawKind::Number(_)) => self.row(raw, *id, path),
            (Type::Record(id), RawKind::Record(fields)) => self.record(fields, *id, raw.span, path),
            (Type::List(of, length), RawKind::List(items)) => self.list(items, of, *length, raw.span, path),
            (Type::Json, _) => Some(Value::Json(words::json(raw).into())),
            _ if words::is_elsewhere(raw) => {
                self.wrong(raw.span, &format!("`{path}` is no secret: its value must be written here"), "")
            }
            _ => {
                let (wanted, is) = (words::wanted(ty, self.types), words::kind(raw));
                self.wrong(raw.span, &format!("`{path}` wants {wanted}, but this is {is}"), is)
            }
        }
    }

    fn whole_number(&mut self, n: f64, min: Option<i64>, max: Option<i64>, span: Span, path: &str) -> Option<Value> {
        #[expect(clippy::cast_precision_loss, reason = "bounds of spans are small; a huge one is only less exact")]
        let within = n.fract() == 0.0 && min.is_none_or(|min| n >= min as f64) && max.is_none_or(|max| n <= max as f64);
        if within {
            return Some(Value::Number(n));
        }
        let wanted = words::wanted(&Type::Span { min, max }, self.types);
        let message = format!("`{path}` is {}, but wants {wanted}", number_text(n));
        self.wrong(span, &message, "out of range")
    }

    fn choice(&mut self, text: &str, id: EnumId, span: Span, path: &str) -> Option<Value> {
        let enumeration = self.types.enumeration(id)?;
        if enumeration.values.iter().any(|value| &**value == text) {
            return Some(Value::text(text));
        }
        let values = enumeration.values.iter().map(|value| &**value);
        let help = match nearest(text, values.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}", words::listed(values)),
        };
        let message = format!("`{path}` is {}, which is no value of `{}`", words::quote(text), enumeration.name);
        self.report(Diagnostic::new(Code::SettingValue, message).at(span, ""), Some(help));
        None
    }

    /// A row of a table is named by its first column.
    fn row(&mut self, raw: &Raw, id: TableId, path: &str) -> Option<Value> {
        let table = self.types.table(id)?;
        let (column, _) = table.columns.first()?;
        let wanted = match &raw.kind {
            RawKind::Number(number) => number_text(*number),
            RawKind::Text(text) => text.clone(),
            _ => return None,
        };
        let first = |row: &Value| match row.field(column) {
            Value::Number(number) => number_text(number),
            cell => cell.as_text().unwrap_or_default().to_owned(),
        };
        if let Some(row) = table.rows.iter().find(|row| first(row) == wanted) {
            return Some(row.clone());
        }
        let names: Vec<String> = table.rows.iter().map(first).collect();
        let message =
            format!("`{path}` is {}, but no row of `{}` has that `{column}`", words::quote(&wanted), table.name);
        let help = format!("write one of {}", words::listed(names.iter().map(String::as_str)));
        self.report(Diagnostic::new(Code::SettingValue, message).at(raw.span, ""), Some(help));
        None
    }

    /// The text is of the right kind, but not what it should say.
    fn misfit(&mut self, text: &str, what: &str, span: Span, path: &str) -> Option<Value> {
        self.wrong(span, &format!("`{path}` is {}, which is {what}", words::quote(text)), "")
    }

    /// Reports a wrong value with an example of a right one.
    fn wrong(&mut self, span: Span, message: &str, label: &str) -> Option<Value> {
        self.report(Diagnostic::new(Code::SettingValue, message).at(span, label), None);
        None
    }

    /// Adds where the setting is declared, and the help: an example unless there is better.
    fn report(&mut self, problem: Diagnostic, help: Option<String>) {
        let help = help.unwrap_or_else(|| {
            let example = example(&self.setting.ty, self.types, self.origin);
            format!("write for example `{}`", line(self.flow, &self.setting.name, &example, self.origin))
        });
        let declared = format!("declared as `{}`", self.types.show(&self.setting.ty));
        self.found.push(problem.at(self.setting.span, declared).help(help));
    }
}
