//! Everything the file declares: what names outside of bodies mean.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::named::Named;
use super::store::Store;
use super::wording::Wording;
use crate::diagnostic::nearest::nearest;
use crate::expr::{Expr, OperationId, QueryId, SettingId};
use crate::failure::FailureKind;
use crate::limits::{VOICE, Voice};
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
    pub(super) settings: Named<Setting>,
    /// The voice that an override asks for.
    pub(super) given_voice: Option<String>,
    /// How many elements a list from outside has, by its setting, and where.
    pub(super) lists: HashMap<String, (u32, Span)>,
    /// The phrases, built-in ones too.
    pub(super) phrases: IndexMap<Name, Phrase>,
    /// The music, in the order of the program.
    pub(super) music: IndexMap<Name, Span>,
    /// Calendars (not built yet): only their names.
    pub(super) hours: HashMap<Name, Span>,
    /// The services.
    pub(super) services: IndexMap<Name, Span>,
    /// The operations, by [`OperationId`]; their names are `service.operation`.
    pub(super) operations: Named<Operation>,
    /// The queries, by [`QueryId`].
    pub(super) queries: Named<Query>,
    /// The scenes, in the order of the program.
    pub(super) scenes: Named<Scene>,
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

impl Operation {
    /// The service it belongs to.
    pub(super) fn service(&self) -> &str {
        self.name.split_once('.').map_or("", |(service, _)| service)
    }
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
    /// Where something is returned in it although it does not say so, which is reported there.
    pub(super) gives_unsaid: Option<Span>,
    /// Its head.
    pub(super) span: Span,
    /// Where somebody leaves for it.
    pub(super) left_for: Option<Span>,
    /// Whether a call can come to it.
    pub(super) entered: bool,
    /// Where those whom `admit` refuses go on to it, if they come to it.
    pub(super) unadmitted: Option<Span>,
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
        let (place, setting) = self.settings.named(name)?;
        Some((SettingId(u16::try_from(place).ok()?), setting))
    }

    /// The voice of the line.
    pub(super) fn voice(&self) -> &str {
        let default = self.setting("voice").and_then(|(_, setting)| setting.default.as_ref());
        self.given_voice.as_deref().or(default.and_then(Value::as_text)).unwrap_or(VOICE)
    }

    /// Whether the line speaks a language, as far as its voice is known.
    pub(super) fn speaks(&self, language: &str) -> bool {
        Voice::named(self.voice()).map_or(true, |known| known.speaks(language))
    }

    /// How many elements the list in a setting has, as far as known here, and where, if from outside.
    pub(super) fn elements(&self, setting: &Setting) -> Option<(u32, Option<Span>)> {
        let outside = self.lists.get(&*setting.name).map(|(count, span)| (*count, Some(*span)));
        let default = || match &setting.default {
            Some(Value::List(items)) => u32::try_from(items.len()).ok().map(|count| (count, None)),
            _ => None,
        };
        outside.or_else(default)
    }

    pub(super) fn setting_by(&self, id: SettingId) -> Option<&Setting> {
        self.settings.get(usize::from(id.0))
    }

    pub(super) fn operation(&self, service: &str, operation: &str) -> Option<(OperationId, &Operation)> {
        let (place, operation) = self.operations.named(&format!("{service}.{operation}"))?;
        Some((OperationId(u16::try_from(place).ok()?), operation))
    }

    pub(super) fn query(&self, name: &str) -> Option<(QueryId, &Query)> {
        let (place, query) = self.queries.named(name)?;
        Some((QueryId(u16::try_from(place).ok()?), query))
    }

    pub(super) fn scene(&self, name: &str) -> Option<(usize, &Scene)> {
        self.scenes.named(name)
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
