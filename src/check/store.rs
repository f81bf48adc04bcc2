//! The types of the program while it is being checked: named ones, and those that expressions make on the way.

use std::cell::RefCell;

use crate::expr::Expr;
use crate::types::{Enum, EnumId, Field, Name, Record, RecordId, Table, TableId, Type, Types};
use crate::value::Value;

/// All types so far. Shared by everything that checks, hence the cell; what it gives is a copy.
#[derive(Debug, Default)]
pub(super) struct Store {
    types: RefCell<Types>,
}

impl Store {
    pub(super) fn into_types(self) -> Types {
        self.types.into_inner()
    }

    /// The type as a person would write it.
    pub(super) fn show(&self, ty: &Type) -> String {
        self.types.borrow().show(ty)
    }

    pub(super) fn with<T>(&self, look: impl FnOnce(&Types) -> T) -> T {
        look(&self.types.borrow())
    }

    /// Declares a record whose fields follow later (they may refer to it).
    pub(super) fn declare_record(&self, name: Name) -> RecordId {
        let mut types = self.types.borrow_mut();
        types.records.push(Record { name, fields: Vec::new() });
        RecordId(index(types.records.len()))
    }

    pub(super) fn set_fields(&self, id: RecordId, fields: Vec<Field>) {
        if let Some(record) = self.types.borrow_mut().records.get_mut(usize::from(id.0)) {
            record.fields = fields;
        }
    }

    pub(super) fn set_default(&self, id: RecordId, field: &str, default: Expr) {
        if let Some(record) = self.types.borrow_mut().records.get_mut(usize::from(id.0))
            && let Some(field) = record.fields.iter_mut().find(|known| &*known.name == field)
        {
            field.default = Some(default);
        }
    }

    /// A record without a name; equal ones are one.
    pub(super) fn anonymous(&self, name: &str, fields: Vec<Field>) -> Type {
        let record = Record { name: name.into(), fields };
        let mut types = self.types.borrow_mut();
        let known = types.records.iter().position(|other| *other == record);
        let place = known.unwrap_or_else(|| {
            types.records.push(record);
            types.records.len() - 1
        });
        Type::Record(RecordId(index(place + 1)))
    }

    pub(super) fn declare_enum(&self, name: Name, values: Vec<Name>) -> EnumId {
        let mut types = self.types.borrow_mut();
        types.enums.push(Enum { name, values });
        EnumId(index(types.enums.len()))
    }

    /// A choice written in place: `joke | phrase`; equal ones are one.
    pub(super) fn choice(&self, values: Vec<Name>) -> EnumId {
        let name: Vec<&str> = values.iter().map(|value| &**value).collect();
        let name: Name = name.join(" | ").into();
        let known = self.types.borrow().enums.iter().position(|e| e.name == name);
        known.map_or_else(|| self.declare_enum(name, values), |place| EnumId(index(place + 1)))
    }

    pub(super) fn declare_table(&self, table: Table) -> TableId {
        let mut types = self.types.borrow_mut();
        types.tables.push(table);
        TableId(index(types.tables.len()))
    }

    pub(super) fn record(&self, id: RecordId) -> Record {
        self.with(|types| types.record(id).cloned()).unwrap_or(Record { name: "".into(), fields: Vec::new() })
    }

    /// The values of an enum; none of another type.
    pub(super) fn values(&self, ty: &Type) -> Vec<Name> {
        match ty.present() {
            Type::Enum(id) => self.with(|types| types.enumeration(*id).map(|e| e.values.clone())).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// The name of the first enum that has a value.
    pub(super) fn enum_with(&self, value: &str) -> Option<Name> {
        let has = |known: &&Enum| known.values.iter().any(|known| **known == *value);
        self.with(|types| types.enums.iter().find(has).map(|found| found.name.clone()))
    }

    /// All rows of a table.
    pub(super) fn rows(&self, id: TableId) -> Vec<Value> {
        self.with(|types| types.table(id).map(|table| table.rows.clone())).unwrap_or_default()
    }

    /// Fields of a record, columns of a row; none of another type.
    pub(super) fn fields(&self, ty: &Type) -> Option<Vec<(Name, Type)>> {
        match ty {
            Type::Record(id) => Some(self.record(*id).fields.into_iter().map(|f| (f.name, f.ty)).collect()),
            Type::Row(id) => self.with(|types| types.table(*id).map(|table| table.columns.clone())),
            _ => None,
        }
    }

    pub(super) fn field(&self, ty: &Type, name: &str) -> Option<Type> {
        self.fields(ty)?.into_iter().find(|(known, _)| &**known == name).map(|(_, ty)| ty)
    }
}

/// The id of the last of `length` things. A file of the size that overflows it is refused before.
fn index(length: usize) -> u16 {
    u16::try_from(length.saturating_sub(1)).unwrap_or(u16::MAX)
}
