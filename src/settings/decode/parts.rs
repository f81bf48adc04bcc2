//! Lists and records, and the rules that hold for a whole setting.

use super::{Decoder, words};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic};
use crate::eval::{self, Scope};
use crate::overrides::{Raw, RawKind};
use crate::phone;
use crate::source::Span;
use crate::types::{Field, Length, RecordId, Type};
use crate::value::{Fields, Value, number_text};

type RawField = (String, Span, Raw);

/// `pick` and `menu … from` have the keys 1 to 9.
const PICKED: Length = Length { min: 1, max: Some(9) };

impl Decoder<'_> {
    /// The rules for the setting as a whole; false if one is broken, which has been reported then.
    pub(super) fn whole(&mut self, value: &Value, raw: &Raw) -> bool {
        let before = self.found.count(crate::diagnostic::Severity::Error);
        if let Value::List(items) = value {
            if self.setting.picked && !fits(items.len(), PICKED) {
                let message =
                    format!("`{}` has {} elements, but a caller picks by one key", self.setting.name, items.len());
                let problem = Diagnostic::new(Code::SettingValue, message).at(raw.span, "");
                self.report(problem, Some("give it 1 to 9 elements".to_owned()));
            }
            if self.setting.distinct {
                self.no_repetitions(items, raw);
            }
        }
        if &*self.setting.name == "timezone" {
            self.zone(value, raw.span);
        }
        self.found.count(crate::diagnostic::Severity::Error) == before
    }

    fn no_repetitions(&mut self, items: &[Value], raw: &Raw) {
        let place = |n: usize| match &raw.kind {
            RawKind::List(raws) => raws.get(n).map_or(raw.span, |item| item.span),
            _ => raw.span,
        };
        for (n, item) in items.iter().enumerate() {
            let Some(first) = items.iter().take(n).position(|earlier| earlier == item) else { continue };
            let what = item.as_text().map_or_else(|| "an element".to_owned(), words::quote);
            let message = format!("{what} stands twice in `{}`, but a menu offers it by one key", self.setting.name);
            let mut problem = Diagnostic::new(Code::SettingValue, message).at(place(n), "again");
            if place(first) != place(n) {
                problem = problem.at(place(first), "here first");
            }
            self.report(problem, Some("remove one of the two".to_owned()));
            return;
        }
    }

    fn zone(&mut self, value: &Value, span: Span) {
        let Some(name) = value.as_text() else { return };
        if jiff::tz::TimeZone::get(name).is_ok() {
            return;
        }
        let known: Vec<String> = jiff::tz::db().available().map(|zone| zone.as_str().to_owned()).collect();
        let help = match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write an IANA name such as `America/Toronto`, or `UTC`".to_owned(),
        };
        let message = format!("{} is no time zone this machine knows", words::quote(name));
        self.report(Diagnostic::new(Code::SettingValue, message).at(span, ""), Some(help));
    }

    pub(super) fn list(&mut self, items: &[Raw], of: &Type, length: Length, span: Span, path: &str) -> Option<Value> {
        let decoded: Vec<Option<Value>> =
            items.iter().enumerate().map(|(n, item)| self.value(item, of, &format!("{path}[{n}]"))).collect();
        if !fits(items.len(), length) {
            let count = items.len();
            let allowed = words::count(length);
            let message = format!(
                "`{path}` has {count} {}, but wants {allowed}",
                if count == 1 { "element" } else { "elements" }
            );
            let problem = Diagnostic::new(Code::SettingValue, message).at(span, "");
            self.report(problem, Some(format!("give it {allowed}")));
            return None;
        }
        decoded.into_iter().collect::<Option<Vec<Value>>>().map(Value::list)
    }

    pub(super) fn record(&mut self, written: &[RawField], id: RecordId, span: Span, path: &str) -> Option<Value> {
        let types = self.types;
        let fields = &types.record(id)?.fields;
        let mut complete = self.only_known(written, fields, path);
        let mut values = Fields::new();
        for field in fields {
            if let Some(raw) = find(written, &field.name) {
                match self.value(raw, &field.ty, &format!("{path}.{}", field.name)) {
                    Some(value) => drop(values.insert(field.name.clone(), value)),
                    None => complete = false,
                }
            }
        }
        for field in fields.iter().filter(|field| find(written, &field.name).is_none()) {
            match stand_in(field, &values) {
                Some(value) => drop(values.insert(field.name.clone(), value)),
                // With another field wrong, a default that refers to it says nothing new.
                None if !complete => {}
                None => {
                    self.wrong(
                        span,
                        &format!("`{path}` has no `{}`", field.name),
                        &format!("`{}` is missing", field.name),
                    );
                    complete = false;
                }
            }
        }
        // In the order of the type, whatever the order in which they were written and filled in.
        let ordered = fields.iter().filter_map(|field| Some((field.name.clone(), values.swap_remove(&field.name)?)));
        let record = Value::record(ordered.collect::<Vec<_>>());
        complete.then_some(record)
    }

    fn only_known(&mut self, written: &[RawField], fields: &[Field], path: &str) -> bool {
        let heads: Vec<&str> = fields.iter().map(|field| head(&field.name)).collect();
        let mut known = true;
        for (name, place, _) in written.iter().filter(|(name, ..)| !heads.contains(&head(name))) {
            let help = match nearest(name, heads.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("remove it; the fields are {}", words::listed(heads.iter().copied())),
            };
            let message = format!("`{path}` has no field `{name}`");
            self.report(Diagnostic::new(Code::SettingValue, message).at(*place, "unknown field"), Some(help));
            known = false;
        }
        known
    }
}

fn fits(count: usize, length: Length) -> bool {
    count >= length.min as usize && length.max.is_none_or(|max| count <= max as usize)
}

/// The first name of a dotted one.
fn head(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// The raw value of a field; a dotted one stands in nested records.
fn find<'r>(written: &'r [RawField], name: &str) -> Option<&'r Raw> {
    let at = |name: &str| written.iter().find(|(key, ..)| key == name).map(|(.., raw)| raw);
    at(name).or_else(|| {
        let (head, rest) = name.split_once('.')?;
        match &at(head)?.kind {
            RawKind::Record(inner) => find(inner, rest),
            _ => None,
        }
    })
}

/// What stands for a missing field: its default, decoded like a value from the wire, absence, an empty list.
fn stand_in(field: &Field, siblings: &Fields) -> Option<Value> {
    let value = match &field.default {
        Some(default) => eval::within(default, &Scope::of(siblings.clone())).unwrap_or_default(),
        None => Value::None,
    };
    let value = match (field.ty.present(), value) {
        (Type::Phone | Type::TypedPhone, Value::Text(text)) => phone::normalise(&text).map_or(Value::None, Value::text),
        (Type::Text, Value::Number(number)) => Value::text(number_text(number)),
        (Type::List(_, Length { min: 0, .. }), Value::None) if !field.ty.may_be_absent() => Value::list(Vec::new()),
        (_, value) => value,
    };
    (!value.is_none() || field.ty.may_be_absent()).then_some(value)
}
