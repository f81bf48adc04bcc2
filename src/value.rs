//! Values at run time.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value as Json, json};

use crate::types::Name;

/// The fields of a record, in order.
pub type Fields = IndexMap<Name, Value>;

/// A value. Phones, URLs, paths and values of enums are texts here: the checker has told them apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Absent.
    #[default]
    None,
    /// `true`, `false`.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(Arc<str>),
    /// An instant.
    Time(Timestamp),
    /// A length of time in milliseconds.
    Duration(i64),
    /// A list.
    List(Arc<Vec<Value>>),
    /// A record or a row of a table.
    Record(Arc<Fields>),
    /// JSON of no declared shape.
    Json(Arc<Json>),
    /// The transcript of the recording with this provider id.
    Pending(Arc<str>),
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A list value.
    #[must_use]
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(Arc::new(items))
    }

    /// A record value.
    pub fn record<N: Into<Name>>(fields: impl IntoIterator<Item = (N, Self)>) -> Self {
        Self::Record(Arc::new(fields.into_iter().map(|(name, value)| (name.into(), value)).collect()))
    }

    /// Whether it is absent.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The text of a text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of a number.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The elements: of a list its own, none of an absent value, any other value once (an optional is a list of at
    /// most one).
    #[must_use]
    pub fn elements(&self) -> Vec<Self> {
        match self {
            Self::None => Vec::new(),
            Self::List(items) => items.as_ref().clone(),
            Self::Json(json) => match json.as_ref() {
                Json::Null => Vec::new(),
                Json::Array(items) => items.iter().map(|item| Self::Json(Arc::new(item.clone()))).collect(),
                _ => vec![self.clone()],
            },
            other => vec![other.clone()],
        }
    }

    /// A field of a record; absent of anything else.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        match self {
            Self::Record(fields) => fields.get(name).cloned().unwrap_or_default(),
            _ => Self::None,
        }
    }

    /// How much it holds, in bytes: about as much as it takes in a session.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::None | Self::Flag(_) => 4,
            Self::Number(_) => 8,
            Self::Time(_) | Self::Duration(_) => 32,
            Self::Text(text) | Self::Pending(text) => text.len() + 2,
            Self::List(items) => items.iter().map(|item| item.size() + 1).sum::<usize>() + 2,
            Self::Record(fields) => fields.iter().map(|(name, value)| name.len() + 4 + value.size()).sum::<usize>() + 2,
            Self::Json(json) => json_size(json),
        }
    }

    /// The value as it travels in a JSON body: absent fields are left out, times are ISO 8601, numbers that are
    /// whole have no fraction, durations are seconds.
    #[must_use]
    pub fn to_wire(&self) -> Json {
        match self {
            Self::None => Json::Null,
            Self::Flag(flag) => Json::Bool(*flag),
            Self::Number(number) => number_to_json(*number),
            Self::Text(text) | Self::Pending(text) => Json::String(text.to_string()),
            Self::Time(time) => Json::String(time.to_string()),
            Self::Duration(millis) => number_to_json(millis_to_seconds(*millis)),
            Self::List(items) => Json::Array(items.iter().map(Self::to_wire).collect()),
            Self::Record(fields) => record_to_wire(fields),
            Self::Json(json) => json.as_ref().clone(),
        }
    }
}

fn json_size(json: &Json) -> usize {
    match json {
        Json::Null | Json::Bool(_) => 4,
        Json::Number(_) => 8,
        Json::String(text) => text.len() + 2,
        Json::Array(items) => items.iter().map(|item| json_size(item) + 1).sum::<usize>() + 2,
        Json::Object(fields) => fields.iter().map(|(name, value)| name.len() + 4 + json_size(value)).sum::<usize>() + 2,
    }
}

/// A dotted field (`absences.data`) becomes nested objects again.
fn record_to_wire(fields: &Fields) -> Json {
    let mut object = serde_json::Map::new();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_none()) {
        insert_nested(&mut object, name, value.to_wire());
    }
    Json::Object(object)
}

fn insert_nested(object: &mut serde_json::Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            let inner = object.entry(head).or_insert_with(|| json!({}));
            if let Json::Object(inner) = inner {
                insert_nested(inner, rest, value);
            }
        }
    }
}

/// Whole numbers travel without a fraction.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small enough")]
fn number_to_json(number: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT { json!(number as i64) } else { json!(number) }
}

#[expect(clippy::cast_precision_loss, reason = "a call is far shorter than 2^53 ms")]
fn millis_to_seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

/// A number in digits, as it stands in text values: `12`, `2.5`.
#[must_use]
pub fn number_text(number: f64) -> String {
    number_to_json(number).to_string()
}

/// A record with a key that could be mistaken for a tag.
#[derive(Serialize)]
struct Escaped<'a> {
    #[serde(rename = "$record")]
    fields: &'a Fields,
}

/// In a session values are plain JSON where JSON has the shape; the rest is an object with one `$` key.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_unit(),
            Self::Flag(flag) => flag.serialize(serializer),
            Self::Number(number) => number_to_json(*number).serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
            Self::Time(time) => json!({ "$time": time.to_string() }).serialize(serializer),
            Self::Duration(millis) => json!({ "$ms": millis }).serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Record(fields) if fields.keys().any(|name| name.starts_with('$')) => {
                Escaped { fields }.serialize(serializer)
            }
            Self::Record(fields) => fields.serialize(serializer),
            Self::Json(json) => json!({ "$json": json.as_ref() }).serialize(serializer),
            Self::Pending(recording) => json!({ "$pending": recording.as_ref() }).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_stored(Json::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn from_stored(json: Json) -> Result<Value, String> {
    Ok(match json {
        Json::Null => Value::None,
        Json::Bool(flag) => Value::Flag(flag),
        Json::Number(number) => Value::Number(number.as_f64().ok_or("a number out of range")?),
        Json::String(text) => Value::text(text),
        Json::Array(items) => Value::list(items.into_iter().map(from_stored).collect::<Result<_, _>>()?),
        Json::Object(fields) => match fields.iter().next() {
            Some((key, inner)) if key.starts_with('$') => tagged(key, inner)?,
            _ => stored_record(fields)?,
        },
    })
}

fn stored_record(fields: serde_json::Map<String, Json>) -> Result<Value, String> {
    let fields = fields.into_iter().map(|(name, value)| Ok((name.into(), from_stored(value)?)));
    Ok(Value::Record(Arc::new(fields.collect::<Result<_, String>>()?)))
}

fn tagged(key: &str, inner: &Json) -> Result<Value, String> {
    let text = || inner.as_str().ok_or_else(|| format!("`{key}` wants a text"));
    match key {
        "$time" => text()?.parse().map(Value::Time).map_err(|error| format!("{error}")),
        "$ms" => inner.as_i64().map(Value::Duration).ok_or_else(|| "`$ms` wants a number".to_owned()),
        "$json" => Ok(Value::Json(Arc::new(inner.clone()))),
        "$record" => match inner {
            Json::Object(fields) => stored_record(fields.clone()),
            _ => Err("`$record` wants an object".to_owned()),
        },
        "$pending" => Ok(Value::Pending(text()?.into())),
        other => Err(format!("unknown tag `{other}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, number_text};
    use serde_json::json;

    #[test]
    fn stored_values_come_back_as_they_were() {
        let value = Value::record([
            ("a", Value::None),
            ("b", Value::list(vec![Value::Flag(true), Value::Number(2.5), Value::Number(3.0)])),
            ("c", Value::Time("2026-03-01T12:00:00Z".parse().unwrap())),
            ("d", Value::Duration(1500)),
            ("e", Value::Json(std::sync::Arc::new(json!({ "$time": 1 })))),
            ("f", Value::Pending("RE1".into())),
            ("g", Value::record([("$ms", Value::text("not a tag"))])),
        ]);
        let stored = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&stored).unwrap(), value);
    }

    #[test]
    fn on_the_wire_absent_fields_are_left_out_and_paths_are_nested() {
        let value = Value::record([("a.b", Value::Number(1.0)), ("a.c", Value::text("x")), ("d", Value::None)]);
        assert_eq!(value.to_wire(), json!({ "a": { "b": 1, "c": "x" } }));
        assert_eq!(number_text(12.0), "12");
    }
}
