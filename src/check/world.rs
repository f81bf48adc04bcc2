//! Everything the file declares: what names outside of bodies mean.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::store::Store;
use super::wording::Wording;
use crate::diagnostic::nearest::nearest;
use crate::expr::{Expr, OperationId, QueryId, SettingId};
use crate::failure::FailureKind;
use crate::source::Span;
use crate::syntax::tree::Method;
use crate::types::{Name, TableId, Type};
use crate::value::Value;

/// The declarations.
#[derive(Debug, Default)]
pub(super) struct World {
    /// All types.
    pub(super) types: Store,
    /// What names of types mean, with their places.
    pub(super) type_names: IndexMap<Name, (Type, Span)>,
    /// Tables by name.
    pub(super) tables: HashMap<Name, TableId>,
    /// The settings, by [`SettingId`].
    pub(super) settings: Vec<Setting>,
    /// The voice that an override asks for.
    pub(super) voice: Option<String>,
    /// The phrases, built-in ones too.
    pub(super) phrases: IndexMap<Name, Phrase>,
    /// The music, in the order of the program.
    pub(super) music: IndexMap<Name, Span>,
    /// Calendars (not built yet): only their names.
    pub(super) hours: HashMap<Name, Span>,
    /// The services.
    pub(super) services: IndexMap<Name, Span>,
    /// The operations, by [`OperationId`]; their names are `service.operation`.
    pub(super) operations: Vec<Operation>,
    /// The queries, by [`QueryId`].
    pub(super) queries: Vec<Query>,
    /// The scenes, in the order of the program.
    pub(super) scenes: Vec<Scene>,
    /// The rules that other checks depend on.
    pub(super) rules: Rules,
    /// The type of `error`.
    pub(super) error: Option<Type>,
    /// Something was not understood that may have declared a name.
    pub(super) incomplete: bool,
}

/// A setting.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) name: Name,
    pub(super) doc: Option<String>,
    /// Without `secret`.
    pub(super) ty: Type,
    pub(super) secret: bool,
    pub(super) default: Option<Value>,
    /// Where its name stands.
    pub(super) span: Span,
    /// Where its type stands, or its name.
    pub(super) ty_span: Span,
}

/// A phrase.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) wording: Wording,
    /// What the flow or the language says, if an override says something else.
    pub(super) replaced: Option<Wording>,
    pub(super) doc: Option<String>,
    /// Where it is declared; none for a built-in one.
    pub(super) span: Option<Span>,
}

/// An operation of a service.
#[derive(Debug)]
pub(super) struct Operation {
    /// `service.operation`.
    pub(super) name: Name,
    pub(super) params: Vec<Param>,
    /// What its reply holds; none if the reply is ignored.
    pub(super) reply: Option<Type>,
    /// What a call gives: the reply, or what a status means.
    pub(super) gives: Option<Type>,
    pub(super) method: Method,
    /// Called plainly, not by `send`.
    pub(super) reads: bool,
    pub(super) failures: Vec<FailureKind>,
    /// Where its name stands.
    pub(super) span: Span,
}

/// A query.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) name: Name,
    pub(super) params: Vec<Param>,
    /// Of one element.
    pub(super) gives: Type,
    pub(super) bounded: bool,
    pub(super) span: Span,
}

/// A scene.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) name: Name,
    pub(super) params: Vec<Param>,
    pub(super) gives: Option<Type>,
    /// Its head.
    pub(super) span: Span,
    /// Where somebody leaves for it.
    pub(super) left_for: Option<Span>,
    /// Where somebody runs it by `do`.
    pub(super) run: Option<Span>,
    /// Whether it, or a scene it runs, waits.
    pub(super) waits: bool,
    /// Whether it, or a scene it runs, speaks, listens or leaves.
    pub(super) needs_caller: bool,
}

/// A parameter.
#[derive(Debug, Clone)]
pub(super) struct Param {
    pub(super) name: Name,
    pub(super) ty: Type,
    pub(super) has_default: bool,
    pub(super) default: Option<Expr>,
    pub(super) span: Span,
}

/// What other checks must know about the rules.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// Whether there is `on error`.
    pub(super) on_error: bool,
    /// The `anywhere` keys.
    pub(super) anywhere: Vec<(char, Span)>,
    /// `listen D`, milliseconds.
    pub(super) listen: Option<u64>,
    /// `listen …, N tries`.
    pub(super) tries: Option<u32>,
}

impl World {
    pub(super) fn setting(&self, name: &str) -> Option<(SettingId, &Setting)> {
        let place = self.settings.iter().position(|setting| &*setting.name == name)?;
        Some((SettingId(u16::try_from(place).ok()?), self.settings.get(place)?))
    }

    pub(super) fn setting_by(&self, id: SettingId) -> Option<&Setting> {
        self.settings.get(usize::from(id.0))
    }

    pub(super) fn operation(&self, service: &str, operation: &str) -> Option<(OperationId, &Operation)> {
        let named = |known: &Operation| known.name.split_once('.') == Some((service, operation));
        let place = self.operations.iter().position(named)?;
        Some((OperationId(u16::try_from(place).ok()?), self.operations.get(place)?))
    }

    pub(super) fn query(&self, name: &str) -> Option<(QueryId, &Query)> {
        let place = self.queries.iter().position(|query| &*query.name == name)?;
        Some((QueryId(u16::try_from(place).ok()?), self.queries.get(place)?))
    }

    pub(super) fn scene(&self, name: &str) -> Option<(usize, &Scene)> {
        self.scenes.iter().enumerate().find(|(_, scene)| &*scene.name == name)
    }

    /// The words for a value's type.
    pub(super) fn show(&self, ty: &Type) -> String {
        self.types.show(ty)
    }
}

/// "did you mean `x`?", if something is near enough.
pub(super) fn did_you_mean<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wanted, candidates).map(|near| format!("did you mean `{near}`?"))
}
