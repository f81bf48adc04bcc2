//! What the names in a type mean: the values of enums, the fields of records, the rows of tables.

use super::written;
use crate::program::Setting;
use crate::types::{Field, RecordId, TableId, Type, Types};

/// A sentence for every name in the type of a setting, and for what is not in the type.
pub(super) fn explained(setting: &Setting, types: &Types) -> Vec<String> {
    let mut sentences = Vec::new();
    explain(&setting.ty, types, &mut Vec::new(), &mut sentences);
    if setting.distinct {
        sentences.push("no value twice: they become keys of a menu".to_owned());
    }
    if setting.picked {
        sentences.push("callers pick one of at most 9 by a key".to_owned());
    }
    sentences
}

/// `seen` are the records that are being explained: one may contain itself.
fn explain(ty: &Type, types: &Types, seen: &mut Vec<RecordId>, sentences: &mut Vec<String>) {
    match ty {
        Type::List(of, _) | Type::Optional(of) | Type::Pending(of) | Type::Secret(of) => {
            explain(of, types, seen, sentences);
        }
        Type::Enum(id) => {
            let Some(choice) = types.enumeration(*id) else { return };
            let values = choice.values.iter().map(|value| written::quoted(value)).collect::<Vec<_>>().join(", ");
            // A choice that is written in place says its values itself.
            if !choice.name.contains('|') {
                sentences.push(format!("{} is one of {values}", choice.name));
            }
        }
        Type::Row(id) => sentences.extend(rows(*id, types)),
        Type::Record(id) if !seen.contains(id) => {
            seen.push(*id);
            let Some(record) = types.record(*id) else { return };
            if !record.name.is_empty() {
                let fields: Vec<String> = record.fields.iter().map(|field| one(field, types)).collect();
                sentences.push(format!("{} is {{ {} }}", record.name, fields.join(", ")));
            }
            record.fields.iter().for_each(|field| explain(&field.ty, types, seen, sentences));
        }
        _ => {}
    }
}

fn one(field: &Field, types: &Types) -> String {
    let optional = if field.default.is_some() { " (may be left out)" } else { "" };
    format!("{}: {}{optional}", field.name, types.show(&field.ty))
}

fn rows(id: TableId, types: &Types) -> Option<String> {
    let table = types.table(id)?;
    let (column, _) = table.columns.first()?;
    let cells: Vec<String> = table.rows.iter().map(|row| written::toml(&row.field(column).to_wire())).collect();
    Some(format!("{} is a row of a table, named by its {column}: {}", table.name, cells.join(", ")))
}
