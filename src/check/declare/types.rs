//! `enum`, `table`, `type`.

use super::super::annotate::{self, Annotator};
use super::super::world::World;
use super::names::{Names, Space};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{Cell, File, ItemKind, Row, Word};
use crate::types::{Name, Table, Type};
use crate::value::Value;

fn column_twice(cell: &Cell, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, format!("two columns are called `{}`", cell.text))
        .at(cell.span, "again")
        .at(first, "first")
        .help("rename one of them")
}

/// Names first, because types may refer to each other; fields afterwards.
pub(super) fn declare<'t>(file: &'t File, world: &mut World, names: &mut Names<'_>, annotator: &Annotator<'_, 't>) {
    let mut records = Vec::new();
    for item in &file.items {
        match &item.kind {
            ItemKind::Enum { name, values } if takes(names, name) => {
                let values = annotate::values(annotator.report, values);
                let id = world.types.declare_enum(name.text.as_str().into(), values);
                world.type_names.insert(name.text.as_str().into(), (Type::Enum(id), name.span));
            }
            ItemKind::Table { name, rows } if takes(names, name) => {
                names.take(Space::Value("table"), name);
                let id = world.types.declare_table(table(name, rows, annotator));
                world.tables.insert(name.text.as_str().into(), id);
                world.type_names.insert(name.text.as_str().into(), (Type::Row(id), name.span));
            }
            ItemKind::Type { name, fields } if takes(names, name) => {
                let id = world.types.declare_record(name.text.as_str().into());
                world.type_names.insert(name.text.as_str().into(), (Type::Record(id), name.span));
                records.push((id, name, fields));
            }
            _ => {}
        }
    }
    for (id, name, fields) in records {
        annotator.within.replace(Some(name.text.as_str().into()));
        let fields = annotator.fields(world, fields, Some(id));
        world.types.set_fields(id, fields);
    }
    annotator.within.replace(None);
}

fn takes(names: &mut Names<'_>, name: &Word) -> bool {
    if annotate::is_built_in(&name.text) {
        names.refuse(name);
        return false;
    }
    names.take(Space::Type, name)
}

/// The first row names the columns; one in which every cell is a number is a column of numbers.
fn table(name: &Word, rows: &[Row], annotator: &Annotator<'_, '_>) -> Table {
    let (head, body) = rows.split_first().map_or((&[][..], &[][..]), |(head, body)| (head.cells.as_slice(), body));
    for (n, cell) in head.iter().enumerate() {
        if let Some(first) = head.iter().take(n).find(|first| first.text == cell.text) {
            annotator.report.add(column_twice(cell, first.span));
        }
    }
    let column = |n: usize, cell: &Cell| {
        // A cell that is missing has been reported, and says nothing about the others.
        let numbers = body.iter().filter_map(|row| row.cells.get(n)).all(|cell| cell.number.is_some());
        (Name::from(cell.text.as_str()), if numbers { Type::Number } else { Type::Text })
    };
    let columns: Vec<(Name, Type)> = head.iter().enumerate().map(|(n, cell)| column(n, cell)).collect();
    let value = |ty: &Type, cell: &Cell| match (ty, cell.number) {
        (Type::Number, Some(number)) => Value::Number(number),
        _ => Value::text(cell.text.as_str()),
    };
    let row = |row: &Row| {
        let cells = columns.iter().zip(&row.cells).map(|((name, ty), cell)| (name.clone(), value(ty, cell)));
        Value::record(cells.collect::<Vec<_>>())
    };
    let rows = body.iter().map(row).collect();
    Table { name: name.text.as_str().into(), columns, rows }
}
