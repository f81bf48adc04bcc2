//! Values from the wire: tolerant where it can be, strict where it must be (section 6 of the language).

use serde_json::Value as Json;

use crate::eval::{Scope, within};
use crate::failure::FailureKind;
use crate::limits::server::MOST_URL;
use crate::phone;
use crate::types::{Length, Name, Record, Type, Types};
use crate::value::{Fields, Value};

/// The value at `path` in the body of a reply, as the type wants it.
pub fn reply(body: &[u8], path: &[Name], ty: &Type, types: &Types) -> Result<Value, FailureKind> {
    // Whitespace alone is no reply; what is optional may be missing from it.
    let json = if body.trim_ascii().is_empty() {
        Json::Null
    } else {
        serde_json::from_slice(body).map_err(|_| FailureKind::Shape)?
    };
    at(&json, path, ty, types)
}

/// The value at `path` in a reply, as the type wants it. A path that leads nowhere is an absent value.
pub fn at(json: &Json, path: &[Name], ty: &Type, types: &Types) -> Result<Value, FailureKind> {
    if !is_shallow(json, DEEPEST) {
        return Err(FailureKind::Shape);
    }
    let found = path.iter().try_fold(json, |json, part| json.get(part.as_ref())).unwrap_or(&Json::Null);
    decode(found, ty, types)
}

/// How deep a reply may be nested: what is kept of it is stored with the call, in which it lies some levels deeper, and
/// must be readable again (`serde_json` reads 128 levels).
const DEEPEST: u32 = 64;

fn is_shallow(json: &Json, levels: u32) -> bool {
    let Some(below) = levels.checked_sub(1) else { return false };
    match json {
        Json::Array(items) => items.iter().all(|item| is_shallow(item, below)),
        Json::Object(fields) => fields.values().all(|field| is_shallow(field, below)),
        _ => true,
    }
}

/// A value of a type: unknown fields are ignored, a missing list is empty, a missing `T?` is absent, a number is
/// accepted where text is expected, and a telephone number that is none is absent where it may be. Anything else is
/// the failure `shape`.
pub fn decode(json: &Json, ty: &Type, types: &Types) -> Result<Value, FailureKind> {
    match ty {
        Type::Optional(of) => optional(json, of, types),
        Type::Text | Type::Path | Type::Pending(_) | Type::Secret(_) => text(json),
        Type::Number => json.as_f64().map(Value::Number).ok_or(FailureKind::Shape),
        Type::Span { min, max } => span(json, *min, *max),
        Type::Flag => json.as_bool().map(Value::Flag).ok_or(FailureKind::Shape),
        Type::Time => json.as_str().and_then(|text| text.parse().ok()).map(Value::Time).ok_or(FailureKind::Shape),
        Type::Duration => json.as_f64().map(seconds).ok_or(FailureKind::Shape),
        Type::Phone | Type::TypedPhone => telephone(json).ok_or(FailureKind::Shape),
        Type::Url => json.as_str().filter(|text| is_url(text)).map(Value::text).ok_or(FailureKind::Shape),
        Type::Json => Ok(Value::Json(json.clone().into())),
        Type::None => Ok(Value::None),
        Type::Enum(id) => {
            let values = types.enumeration(*id).map(|e| e.values.as_slice()).unwrap_or_default();
            let text = json.as_str().ok_or(FailureKind::Shape)?;
            values
                .iter()
                .find(|value| &***value == text)
                .map(|value| Value::Text(value.clone()))
                .ok_or(FailureKind::Shape)
        }
        Type::Record(id) => record(json, types.record(*id).ok_or(FailureKind::Shape)?, types),
        Type::Row(id) => row(json, *id, types),
        Type::List(of, length) => list(json, of, *length, types),
        Type::Unknown => Err(FailureKind::Shape),
    }
}

/// What is absent, or no telephone number, is absent.
fn optional(json: &Json, of: &Type, types: &Types) -> Result<Value, FailureKind> {
    match (json, of) {
        (Json::Null, _) => Ok(Value::None),
        (_, Type::Phone | Type::TypedPhone) => Ok(telephone(json).unwrap_or_default()),
        _ => decode(json, of, types),
    }
}

fn text(json: &Json) -> Result<Value, FailureKind> {
    match json {
        Json::String(text) => Ok(Value::text(text.as_str())),
        Json::Number(number) => Ok(Value::text(number.to_string())),
        _ => Err(FailureKind::Shape),
    }
}

#[expect(clippy::cast_precision_loss, reason = "bounds in flows are small")]
fn span(json: &Json, min: Option<i64>, max: Option<i64>) -> Result<Value, FailureKind> {
    let number = json.as_f64().filter(|number| number.fract() == 0.0).ok_or(FailureKind::Shape)?;
    let fits = min.is_none_or(|min| number >= min as f64) && max.is_none_or(|max| number <= max as f64);
    if fits { Ok(Value::Number(number)) } else { Err(FailureKind::Shape) }
}

#[expect(clippy::cast_possible_truncation, reason = "a cast from float to integer saturates")]
fn seconds(seconds: f64) -> Value {
    Value::Duration((seconds * 1000.0).round() as i64)
}

fn telephone(json: &Json) -> Option<Value> {
    let text = match json {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    phone::normalise(&text).map(Value::text)
}

fn is_url(text: &str) -> bool {
    text.len() <= MOST_URL
        && url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn row(json: &Json, id: crate::types::TableId, types: &Types) -> Result<Value, FailureKind> {
    let table = types.table(id).ok_or(FailureKind::Shape)?;
    let (column, ty) = table.columns.first().ok_or(FailureKind::Shape)?;
    let key = decode(json, ty, types)?;
    table.rows.iter().find(|row| row.field(column) == key).cloned().ok_or(FailureKind::Shape)
}

/// A missing list is empty; whether that is enough is checked like any other length.
fn list(json: &Json, of: &Type, length: Length, types: &Types) -> Result<Value, FailureKind> {
    let items = match json {
        Json::Null => Vec::new(),
        Json::Array(items) => items.iter().map(|item| decode(item, of, types)).collect::<Result<_, _>>()?,
        _ => return Err(FailureKind::Shape),
    };
    let enough = items.len() >= length.min as usize && length.max.is_none_or(|max| items.len() <= max as usize);
    if enough { Ok(Value::list(items)) } else { Err(FailureKind::Shape) }
}

/// Fields with what is on the wire first, so that the defaults of others can refer to them; then defaults in order.
fn record(json: &Json, record: &Record, types: &Types) -> Result<Value, FailureKind> {
    let Json::Object(_) = json else { return Err(FailureKind::Shape) };
    let on_wire = |name: &str| name.split('.').try_fold(json, |json, part| json.get(part)).unwrap_or(&Json::Null);
    let mut known = Fields::new();
    for field in &record.fields {
        let json = on_wire(&field.name);
        if !json.is_null() || field.default.is_none() {
            known.insert(field.name.clone(), decode(json, &field.ty, types)?);
        }
    }
    fill_defaults(&mut known, record, types)?;
    // In the order of the type, so that equal records are equal.
    let fields =
        record.fields.iter().filter_map(|field| known.swap_remove(&field.name).map(|v| (field.name.clone(), v)));
    Ok(Value::record(fields.collect::<Vec<_>>()))
}

/// Gives the missing fields of a record their defaults; what a default gives is decoded like a value from the wire.
pub fn fill_defaults(known: &mut Fields, record: &Record, types: &Types) -> Result<(), FailureKind> {
    for field in &record.fields {
        let Some(default) = field.default.as_ref().filter(|_| !known.contains_key(&field.name)) else { continue };
        let value = within(default, &Scope::of(known.clone())).map_err(|failure| failure.kind)?;
        let value = match field.ty.present() {
            Type::Phone | Type::TypedPhone | Type::Url => decode(&value.to_wire(), &field.ty, types)?,
            _ => value,
        };
        known.insert(field.name.clone(), value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{decode, reply};
    use crate::expr::Expr;
    use crate::failure::FailureKind;
    use crate::types::{Field, Record, RecordId, Type, Types};
    use crate::value::Value;

    fn field(name: &str, ty: Type, default: Option<Expr>) -> Field {
        Field { name: name.into(), ty, default }
    }

    fn types() -> Types {
        let device = Record {
            name: "Device".into(),
            fields: vec![
                field("name", Type::Text, None),
                field("spoken", Type::Text, Some(Expr::Local("name".into()))),
                field("phoneNumber", Type::Phone.optional(), None),
                field("absences.data", Type::Text.list(), None),
            ],
        };
        Types { records: vec![device], ..Types::default() }
    }

    #[test]
    fn what_may_be_missing_may_be_missing() {
        let device = Type::Record(RecordId(0)).list();
        let body = br#"{ "data": [ { "name": 7, "phoneNumber": "anonymous", "other": [] } ] }"#;
        let value = reply(body, &["data".into()], &device, &types()).unwrap();
        let device = value.elements().remove(0);
        assert_eq!(device.field("spoken"), Value::text("7"));
        assert_eq!(device.field("phoneNumber"), Value::None);
        assert_eq!(device.field("absences.data"), Value::list(vec![]));
    }

    #[test]
    fn what_is_kept_can_be_read_again() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(reply(nested(100).as_bytes(), &[], &Type::Json, &types()), Err(FailureKind::Shape));
        let kept = reply(nested(60).as_bytes(), &[], &Type::Json, &types()).unwrap();
        let stored =
            serde_json::to_string(&json!({ "session": { "caller": { "frames": [{ "vars": { "x": kept } }] } } }));
        assert!(serde_json::from_str::<serde_json::Value>(&stored.unwrap()).is_ok());
    }

    #[test]
    fn anything_else_is_the_wrong_shape() {
        let device = Type::Record(RecordId(0));
        for wrong in [json!({}), json!([]), json!({ "name": {} }), json!({ "name": "x", "absences": { "data": 1 } })] {
            assert_eq!(decode(&wrong, &device, &types()), Err(FailureKind::Shape), "{wrong}");
        }
        assert_eq!(reply(b"<html>", &[], &device, &types()), Err(FailureKind::Shape));
        assert_eq!(reply(b"", &["link".into()], &Type::Url, &types()), Err(FailureKind::Shape));
        assert_eq!(reply(b"", &["link".into()], &Type::Url.optional(), &types()), Ok(Value::None));
        assert_eq!(decode(&json!("javascript:x"), &Type::Url, &types()), Err(FailureKind::Shape));
    }
}
