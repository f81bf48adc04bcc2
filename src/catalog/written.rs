//! Values as a settings file writes them: as JSON for tools, as TOML for people.

use serde_json::{Map, Value as Json, json};

use crate::eval::{self, Scope};
use crate::program::StepKind;
use crate::prose::{Prose, duration};
use crate::types::{Field, RecordId, TableId, Type, Types};
use crate::value::{Fields, Value, number_text};

/// Columns of a settings file; a longer list is broken up.
const WIDTH: usize = 120;

/// The value of a setting as JSON: a row of a table is its first cell, a duration a text, absence `null`. Fields of
/// records that are absent or have their default are left out.
pub(super) fn written(value: &Value, ty: &Type, types: &Types) -> Json {
    match (value, ty.present()) {
        (Value::Duration(millis), _) => Json::String(duration(u64::try_from(*millis).unwrap_or_default())),
        (Value::List(items), Type::List(of, _)) => items.iter().map(|item| written(item, of, types)).collect(),
        (Value::Record(fields), Type::Record(id)) => record(fields, *id, types),
        (Value::Record(fields), Type::Row(id)) => row(fields, *id, types),
        _ => value.to_wire(),
    }
}

fn row(fields: &Fields, id: TableId, types: &Types) -> Json {
    let first = types.table(id).and_then(|table| table.columns.first());
    first.and_then(|(column, _)| fields.get(column)).map_or(Json::Null, Value::to_wire)
}

fn record(fields: &Fields, id: RecordId, types: &Types) -> Json {
    let mut object = Map::new();
    for field in types.record(id).map(|record| record.fields.as_slice()).unwrap_or_default() {
        let value = fields.get(&field.name).cloned().unwrap_or_default();
        if !value.is_none() && !is_default(field, &value, fields) {
            insert(&mut object, &field.name, written(&value, &field.ty, types));
        }
    }
    Json::Object(object)
}

/// Whether a field would have this value if it were left out.
fn is_default(field: &Field, value: &Value, siblings: &Fields) -> bool {
    let Some(default) = &field.default else { return matches!(value, Value::List(items) if items.is_empty()) };
    let mut siblings = siblings.clone();
    siblings.swap_remove(&field.name);
    match eval::within(default, &Scope::of(siblings)) {
        Ok(Value::Number(number)) if field.ty.present() == &Type::Text => value.as_text() == Some(&number_text(number)),
        Ok(default) => default == *value,
        Err(_) => false,
    }
}

/// A dotted field stands in nested records.
fn insert(object: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => drop(object.insert(path.to_owned(), value)),
        Some((head, rest)) => {
            if let Json::Object(inner) = object.entry(head).or_insert_with(|| json!({})) {
                insert(inner, rest, value);
            }
        }
    }
}

/// A value in TOML, on one line.
pub(super) fn toml(json: &Json) -> String {
    match json {
        Json::Null => "{ none = true }".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Json::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Json::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{} = {}", key(name), toml(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
    }
}

/// The lines that set a name: one, unless it is a long list.
pub(super) fn assignment(name: &str, value: &Json) -> Vec<String> {
    let line = format!("{} = {}", key(name), toml(value));
    match value {
        Json::Array(items) if line.chars().count() > WIDTH => {
            let items = items.iter().map(|item| format!("  {},", toml(item)));
            std::iter::once(format!("{} = [", key(name))).chain(items).chain(["]".to_owned()]).collect()
        }
        _ => vec![line],
    }
}

/// A text in double quotes, as TOML and the language escape it.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.extend(format!("\\u{:04X}", u32::from(c)).chars()),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if bare { name.to_owned() } else { quoted(name) }
}

/// A step of music, as the flow writes it.
pub(super) fn music(step: &StepKind, prose: Prose<'_>) -> Option<String> {
    match step {
        StepKind::Say(words) => Some(format!("say {}", prose.words(words))),
        StepKind::Play(url) => Some(format!("play {}", prose.expr(url))),
        StepKind::Pause(millis) => Some(format!("pause {}", duration(*millis))),
        _ => None,
    }
}
