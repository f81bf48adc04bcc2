//! The types of the language.
//!
//! Records, enums and tables live in one [`Types`] and are referred to by id, because records may contain
//! themselves (`owner: Recipient?`).

use std::sync::Arc;

use crate::value::Value;

/// A shared name.
pub type Name = Arc<str>;

/// Index of a record in [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(pub u16);

/// Index of an enum in [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnumId(pub u16);

/// Index of a table in [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableId(pub u16);

/// How many elements a list may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Length {
    /// At least.
    pub min: u32,
    /// At most, if bounded.
    pub max: Option<u32>,
}

/// A type.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Any text.
    Text,
    /// Any number.
    Number,
    /// A whole number within bounds.
    Span {
        /// At least.
        min: Option<i64>,
        /// At most.
        max: Option<i64>,
    },
    /// `true` or `false`.
    Flag,
    /// An instant.
    Time,
    /// A length of time.
    Duration,
    /// A telephone number in E.164.
    Phone,
    /// A telephone number that a caller typed.
    TypedPhone,
    /// An absolute http(s) URL.
    Url,
    /// An encoded path with query; only as a setting.
    Path,
    /// Any JSON; has no fields.
    Json,
    /// The type of `none` alone.
    None,
    /// A value of an enum.
    Enum(EnumId),
    /// A record.
    Record(RecordId),
    /// A row of a table.
    Row(TableId),
    /// A list.
    List(Box<Type>, Length),
    /// A value that may be absent. Never nested.
    Optional(Box<Type>),
    /// What a service still owes us; only `wait for` opens it.
    Pending(Box<Type>),
    /// A secret setting; only services may read it.
    Secret(Box<Type>),
    /// Something about it was wrong and has been reported: fits everywhere, so that one mistake is one message.
    Unknown,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name; dots make a JSON path (`absences.data`).
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// What stands for it if it is missing; may refer to sibling fields as locals. Its result is decoded like a
    /// value from the wire.
    pub default: Option<crate::expr::Expr>,
}

/// A record type.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its name; empty for an anonymous one.
    pub name: Name,
    /// Its fields in order.
    pub fields: Vec<Field>,
}

/// An enum.
#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    /// Its name; for `a | b` the text of the choice.
    pub name: Name,
    /// Its values in order.
    pub values: Vec<Name>,
}

/// A table: rows that never change.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name, of the row type and of the list of all rows.
    pub name: Name,
    /// Column names and types (`Number` or `Text`).
    pub columns: Vec<(Name, Type)>,
    /// Every row as a record value, keyed by column.
    pub rows: Vec<Value>,
}

/// All named and anonymous types of a program.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Types {
    /// By [`RecordId`].
    pub records: Vec<Record>,
    /// By [`EnumId`].
    pub enums: Vec<Enum>,
    /// By [`TableId`].
    pub tables: Vec<Table>,
}

impl Types {
    /// The record with this id.
    #[must_use]
    pub fn record(&self, id: RecordId) -> Option<&Record> {
        self.records.get(usize::from(id.0))
    }

    /// The enum with this id.
    #[must_use]
    pub fn enumeration(&self, id: EnumId) -> Option<&Enum> {
        self.enums.get(usize::from(id.0))
    }

    /// The table with this id.
    #[must_use]
    pub fn table(&self, id: TableId) -> Option<&Table> {
        self.tables.get(usize::from(id.0))
    }

    /// The type as a person would write it.
    #[must_use]
    pub fn show(&self, ty: &Type) -> String {
        let bound = |n: Option<i64>| n.map_or_else(String::new, |n| n.to_string());
        match ty {
            Type::Text => "text".into(),
            Type::Number => "number".into(),
            Type::Span { min, max } => format!("{}..{}", bound(*min), bound(*max)),
            Type::Flag => "flag".into(),
            Type::Time => "time".into(),
            Type::Duration => "duration".into(),
            Type::Phone => "phone".into(),
            Type::TypedPhone => "typed phone".into(),
            Type::Url => "url".into(),
            Type::Path => "path".into(),
            Type::Json => "json".into(),
            Type::None => "none".into(),
            Type::Unknown => "?".into(),
            Type::Enum(id) => self.enumeration(*id).map_or_else(String::new, |e| e.name.to_string()),
            Type::Row(id) => self.table(*id).map_or_else(String::new, |t| t.name.to_string()),
            Type::Record(id) => self.record(*id).map_or_else(String::new, |record| self.show_record(record)),
            Type::List(of, length) => {
                let inner = self.show(of);
                match (length.min, length.max) {
                    (0, None) => format!("{inner}[]"),
                    (min, max) => format!("{inner}[{min}..{}]", max.map_or_else(String::new, |n| n.to_string())),
                }
            }
            Type::Optional(of) => format!("{}?", self.show(of)),
            Type::Pending(of) => format!("pending {}", self.show(of)),
            Type::Secret(of) => format!("secret {}", self.show(of)),
        }
    }

    fn show_record(&self, record: &Record) -> String {
        if !record.name.is_empty() {
            return record.name.to_string();
        }
        let fields: Vec<String> = record.fields.iter().map(|f| format!("{}: {}", f.name, self.show(&f.ty))).collect();
        format!("{{ {} }}", fields.join(", "))
    }
}

impl Type {
    /// `T?`; an optional stays as it is.
    #[must_use]
    pub fn optional(self) -> Self {
        match self {
            already @ (Self::Optional(_) | Self::None | Self::Unknown) => already,
            other => Self::Optional(Box::new(other)),
        }
    }

    /// The `T` of a `T?`; other types are themselves.
    #[must_use]
    pub fn present(&self) -> &Self {
        match self {
            Self::Optional(of) => of,
            other => other,
        }
    }

    /// Whether a value of it may be absent.
    #[must_use]
    pub fn may_be_absent(&self) -> bool {
        matches!(self, Self::Optional(_) | Self::None)
    }

    /// A list of this, of any length.
    #[must_use]
    pub fn list(self) -> Self {
        Self::List(Box::new(self), Length::default())
    }
}
