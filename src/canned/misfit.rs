//! Where a reply does not have the declared shape, for a message. Whether it has is decided by [`crate::decode`] alone.

use serde_json::Value as Json;

use crate::decode::decode;
use crate::types::{Length, Name, Type, Types};

/// The part of a reply that does not fit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// `data[0].phoneNumber`; empty for the whole.
    pub(super) path: String,
    /// What is declared there.
    pub(super) wanted: String,
    /// What stands there: `a number`.
    pub(super) found: String,
}

/// The first part of a reply that does not fit its type; none if all of it does.
pub(super) fn misfit(reply: &Json, path: &[Name], ty: &Type, types: &Types) -> Option<Misfit> {
    let found = path.iter().try_fold(reply, |json, part| json.get(part.as_ref())).unwrap_or(&Json::Null);
    find(found, ty, types, &path.join("."))
}

fn find(json: &Json, ty: &Type, types: &Types, path: &str) -> Option<Misfit> {
    if decode(json, ty, types).is_ok() {
        return None;
    }
    let inner = match (ty.present(), json) {
        (Type::List(of, _), Json::Array(items)) => {
            items.iter().enumerate().find_map(|(n, item)| find(item, of, types, &format!("{path}[{n}]")))
        }
        (Type::Record(id), Json::Object(_)) => types.record(*id).and_then(|record| {
            record.fields.iter().find_map(|field| {
                let part = field.name.split('.').try_fold(json, |json, part| json.get(part)).unwrap_or(&Json::Null);
                let may_be_missing = part.is_null() && field.default.is_some();
                if may_be_missing { None } else { find(part, &field.ty, types, &below(path, &field.name)) }
            })
        }),
        _ => None,
    };
    Some(inner.unwrap_or_else(|| Misfit { path: path.to_owned(), wanted: types.show(ty), found: shape(json, ty) }))
}

fn below(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

/// What a value is, as far as it matters for the type it does not fit.
fn shape(json: &Json, ty: &Type) -> String {
    match (json, ty.present()) {
        (Json::Null, _) => "missing".to_owned(),
        (Json::Array(items), Type::List(_, Length { .. })) => format!("a list of {}", items.len()),
        (Json::Array(_), _) => "a list".to_owned(),
        (Json::Object(_), _) => "a record".to_owned(),
        (Json::Bool(flag), _) => format!("`{flag}`"),
        (Json::Number(number), _) => format!("the number {number}"),
        (Json::String(text), _) => format!("the text \"{text}\""),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::misfit;
    use crate::types::{Field, Length, Record, RecordId, Type, Types};

    fn types() -> Types {
        let field = |name: &str, ty| Field { name: name.into(), ty, default: None };
        let seat = Record {
            name: "Seat".into(),
            fields: vec![field("member.name", Type::Text), field("phone", Type::Phone.optional())],
        };
        Types { records: vec![seat], ..Types::default() }
    }

    #[test]
    fn the_part_that_does_not_fit_is_named() {
        let seats = Type::Record(RecordId(0)).list();
        let at = |json: &serde_json::Value| {
            misfit(json, &["data".into()], &seats, &types())
                .map(|misfit| format!("{} is {}, not {}", misfit.path, misfit.found, misfit.wanted))
        };
        assert_eq!(at(&json!({ "data": [{ "member": { "name": "a" } }] })), None);
        assert_eq!(at(&json!({ "data": {} })).unwrap(), "data is a record, not Seat[]");
        assert_eq!(
            at(&json!({ "data": [{ "member": { "name": "a" } }, { "member": {} }] })).unwrap(),
            "data[1].member.name is missing, not text"
        );
    }

    #[test]
    fn a_list_that_is_too_short_says_how_long_it_is() {
        let ty = Type::List(Box::new(Type::Text), Length { min: 2, max: None });
        let found = misfit(&json!(["a"]), &[], &ty, &types()).unwrap();
        assert_eq!((found.path.as_str(), found.found.as_str()), ("", "a list of 1"));
    }
}
