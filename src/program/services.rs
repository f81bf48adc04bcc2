//! Services and their operations.

use super::{BodyKind, Method};
use crate::expr::{Expr, SettingId, Template};
use crate::source::Span;
use crate::types::{Name, Type};
use crate::value::Value;

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: Name,
    /// The setting that holds its base URL.
    pub base: SettingId,
    /// Where it is declared.
    pub span: Span,
}

/// Credentials of an operation; its own, or those of its service.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// `basic user : password`.
    Basic(Secretive, Secretive),
    /// `bearer token`.
    Bearer(Secretive),
}

/// A text that may contain secrets; only the services layer evaluates it.
#[derive(Debug, Clone)]
pub struct Secretive {
    /// The text; its slots are only `Expr::Setting` (a secret one is read when the request is made), or literals.
    pub template: Template,
    /// The secret settings it needs; if one of them is absent, the request fails with `unset`.
    pub secrets: Vec<SettingId>,
}

/// An operation of a service.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `xmatters.devices`.
    pub name: Name,
    /// Index of its service.
    pub service: usize,
    /// Whether it only reads.
    pub reads: bool,
    /// The method.
    pub method: Method,
    /// Its parameters with types; locals of the expressions below.
    pub params: Vec<(Name, Type)>,
    /// Path and query behind the base URL. Slots: parameters, settings, `now` (form `UrlPart`), and a `path`
    /// setting first (form `UrlPath`).
    pub path: Secretive,
    /// The body: an expression over the parameters, in which `Expr::Setting` of a secret is allowed.
    pub body: Option<(BodyKind, Expr)>,
    /// JSON path into the reply (empty: the whole) and the type found there; none: the reply is ignored.
    pub gives: Option<(Vec<Name>, Type)>,
    /// Its credentials.
    pub credentials: Option<Credentials>,
    /// Its headers (those of the service that it does not replace, too).
    pub headers: Vec<(Name, Secretive)>,
    /// Its time limit in milliseconds.
    pub timeout: u64,
    /// Values that stand for statuses (`404 means []`).
    pub meanings: Vec<(u16, Value)>,
    /// Where it is declared.
    pub span: Span,
}
