//! How values, types and lines of settings are named in messages.

use serde_json::Value as Json;

use crate::overrides::{Origin, Raw, RawKind};
use crate::settings::names::variable;
use crate::types::{Length, Type, Types};
use crate::value::Value;

/// What a raw value is.
pub(super) fn kind(raw: &Raw) -> &'static str {
    match raw.kind {
        RawKind::None => "absent",
        RawKind::Text(_) => "a text",
        RawKind::Number(_) => "a number",
        RawKind::Flag(_) => "a flag",
        RawKind::List(_) => "a list",
        RawKind::Record(_) => "a record",
        RawKind::Elsewhere(_) => "a place where a secret is read",
    }
}

/// Whether it is written like the place of a secret: `{ env = … }`, `{ file = … }`.
pub(super) fn is_elsewhere(raw: &Raw) -> bool {
    match &raw.kind {
        RawKind::Elsewhere(_) => true,
        RawKind::Record(fields) => matches!(fields.as_slice(), [(name, ..)] if name == "env" || name == "file"),
        _ => false,
    }
}

/// What a type wants.
pub(super) fn wanted(ty: &Type, types: &Types) -> String {
    match ty {
        Type::Text => "a text".into(),
        Type::Number => "a number".into(),
        Type::Span { min: Some(min), max: Some(max) } => format!("a whole number from {min} to {max}"),
        Type::Span { min: Some(min), max: None } => format!("a whole number from {min}"),
        Type::Span { min: None, max: Some(max) } => format!("a whole number up to {max}"),
        Type::Span { min: None, max: None } => "a whole number".into(),
        Type::Flag => "`true` or `false`".into(),
        Type::Time => "a time as a text".into(),
        Type::Duration => "a duration as a text".into(),
        Type::Phone | Type::TypedPhone => "a telephone number as a text".into(),
        Type::Url => "a URL".into(),
        Type::Path => "a path".into(),
        Type::Enum(_) => format!("a value of `{}` as a text", types.show(ty)),
        Type::Row(_) => format!("a row of `{}`, named by its first column", types.show(ty)),
        Type::Record(_) => "a record".into(),
        Type::List(..) => "a list".into(),
        Type::Optional(of) => wanted(of, types),
        Type::Json | Type::None | Type::Pending(_) | Type::Secret(_) | Type::Unknown => format!("`{}`", types.show(ty)),
    }
}

/// How many elements: `1 to 9 elements`.
pub(super) fn count(length: Length) -> String {
    match (length.min, length.max) {
        (1, None) => "at least 1 element".to_owned(),
        (min, None) => format!("at least {min} elements"),
        (min, Some(max)) if min == max => format!("exactly {min}"),
        (0, Some(max)) => format!("at most {max}"),
        (min, Some(max)) => format!("{min} to {max} elements"),
    }
}

/// A user's text in backticks: one line, not too long.
pub(super) fn quote(text: &str) -> String {
    const LONGEST: usize = 60;
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= LONGEST {
        return format!("`{line}`");
    }
    format!("`{}…`", line.chars().take(LONGEST).collect::<String>())
}

/// `` `a`, `b`, `c` ``.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A line that sets a setting, as its source writes it.
pub(in crate::settings) fn line(flow: &str, name: &str, value: &str, origin: Origin) -> String {
    match origin {
        Origin::File => format!("{name} = {value}"),
        Origin::Environment => format!("{}={value}", variable(flow, name)),
        Origin::Test => format!("given {name} = {value}"),
    }
}

/// An example of a value, as its source writes it.
pub(in crate::settings) fn example(ty: &Type, types: &Types, origin: Origin) -> String {
    let text = part(ty, types, origin, 0);
    let scalar = !matches!(ty.present(), Type::List(..) | Type::Record(_) | Type::Json);
    // A variable that is no list or record needs no quotes.
    if origin == Origin::Environment && scalar { text.trim_matches('"').to_owned() } else { text }
}

/// An example of a part, `depth` records and lists inside the whole; a type may contain itself.
fn part(ty: &Type, types: &Types, origin: Origin, depth: u8) -> String {
    if depth > 4 {
        return "…".to_owned();
    }
    let inner = |ty: &Type| part(ty, types, origin, depth + 1);
    match ty.present() {
        Type::Number | Type::Unknown | Type::None => "1".into(),
        Type::Span { min, max } => min.or(*max).unwrap_or(1).to_string(),
        Type::Flag => "true".into(),
        Type::Time => "\"2026-03-01T12:00:00Z\"".into(),
        Type::Duration => "\"5s\"".into(),
        Type::Phone | Type::TypedPhone => "\"+16135550142\"".into(),
        Type::Url => "\"https://example.com\"".into(),
        Type::Path => "\"/api/triggers?apiKey=1\"".into(),
        Type::Enum(id) => {
            let first = types.enumeration(*id).and_then(|e| e.values.first()).map_or("", |value| value);
            if origin == Origin::Test { first.to_owned() } else { format!("\"{first}\"") }
        }
        Type::Row(id) => first_row(types.table(*id)),
        Type::List(of, _) => format!("[{}]", inner(of)),
        Type::Record(id) => {
            let fields = types.record(*id).map_or(&[][..], |record| &record.fields);
            let needed = fields.iter().filter(|field| field.default.is_none() && !field.ty.may_be_absent());
            let fields: Vec<String> = needed.map(|f| entry(&f.name, &inner(&f.ty), origin)).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Type::Secret(of) => inner(of),
        Type::Text | Type::Optional(_) | Type::Pending(_) => "\"some text\"".into(),
        Type::Json => "{}".into(),
    }
}

fn entry(name: &str, value: &str, origin: Origin) -> String {
    match origin {
        Origin::File => format!("{name} = {value}"),
        Origin::Environment => format!("\"{name}\": {value}"),
        Origin::Test => format!("{name}: {value}"),
    }
}

fn first_row(table: Option<&crate::types::Table>) -> String {
    let cell = table.and_then(|table| Some(table.rows.first()?.field(&table.columns.first()?.0)));
    match cell {
        Some(Value::Text(text)) => format!("\"{text}\""),
        Some(Value::Number(number)) => crate::value::number_text(number),
        _ => "1".to_owned(),
    }
}

/// A raw value as JSON.
pub(super) fn json(raw: &Raw) -> Json {
    match &raw.kind {
        RawKind::None | RawKind::Elsewhere(_) => Json::Null,
        RawKind::Text(text) => Json::String(text.clone()),
        RawKind::Number(number) => Value::Number(*number).to_wire(),
        RawKind::Flag(flag) => Json::Bool(*flag),
        RawKind::List(items) => items.iter().map(json).collect(),
        RawKind::Record(fields) => fields.iter().map(|(name, _, value)| (name.clone(), json(value))).collect(),
    }
}
