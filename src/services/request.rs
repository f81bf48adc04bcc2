//! An operation with its arguments as an HTTP request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use secrecy::ExposeSecret as _;
use url::form_urlencoded;

use super::{redirects, target};
use crate::engine::effect::ServiceRequest;
use crate::eval::{self, Context, Nothing, Scope};
use crate::expr::{Expr, SettingId};
use crate::failure::FailureKind;
use crate::http::client::Outgoing;
use crate::http::{self, Headers};
use crate::program::{BodyKind, Credentials, Method, Operation, Secretive, Service};
use crate::settings::{SecretError, Settings};
use crate::types::Name;
use crate::value::{Fields, Value};

/// What the other side sees in its logs, unless the flow says something else.
const USER_AGENT: &str = concat!("ivrc/", env!("CARGO_PKG_VERSION"));

/// The request, or why there is none: `unset`, `path`, `header`, or what an expression of the operation fails with.
pub(super) fn build(
    operation: &Operation,
    service: &Service,
    settings: &Settings,
    request: &ServiceRequest,
) -> Result<Outgoing, FailureKind> {
    let values = with_secrets(operation, settings)?;
    let params = operation.params.iter().map(|(name, _)| name.clone());
    let scope = Scope::of(params.zip(request.args.iter().cloned()).collect());
    let context = Context { settings: &values, call: None, now: request.now, zone: &TimeZone::UTC, outside: &Nothing };
    let parts = Parts { operation, settings, scope: &scope, context: &context };

    let base = settings.value(service.base).as_text().ok_or(FailureKind::Unset)?;
    parts.all_set(&operation.path)?;
    let url = target::url(base, &operation.path.template, &scope, &context)?;
    let mut headers = parts.headers()?;
    let body = parts.body(&mut headers)?;
    if let Some(key) = request.key.as_ref().filter(|_| !operation.reads) {
        default(&mut headers, "Idempotency-Key", key);
    }
    default(&mut headers, "Accept", "application/json");
    default(&mut headers, "User-Agent", USER_AGENT);
    if !headers.0.iter().all(|(name, value)| is_token(name) && is_visible(value)) {
        return Err(FailureKind::Header);
    }
    let timeout = std::time::Duration::from_millis(operation.timeout);
    let redirects = redirects(operation);
    Ok(Outgoing { headers, body, timeout, redirects, ..Outgoing::new(method(operation.method), url) })
}

/// The settings' values with the secrets of this operation among them, read now.
fn with_secrets(operation: &Operation, settings: &Settings) -> Result<Vec<Value>, FailureKind> {
    let mut values = settings.values().to_vec();
    for id in named(operation).into_iter().filter(|id| settings.has_secret(*id)) {
        let secret = settings.secret(id).map_err(|error| {
            tracing::error!(operation = %operation.name, "a secret cannot be used: {error}");
            if matches!(error, SecretError::Malformed { .. }) { FailureKind::Path } else { FailureKind::Unset }
        })?;
        if let Some(value) = values.get_mut(usize::from(id.0)) {
            *value = secret.map_or(Value::None, |secret| Value::text(secret.expose_secret()));
        }
    }
    Ok(values)
}

/// Every setting that the operation names where secrets may stand.
fn named(operation: &Operation) -> Vec<SettingId> {
    let credentials = match &operation.credentials {
        Some(Credentials::Basic(user, password)) => vec![user, password],
        Some(Credentials::Bearer(token)) => vec![token],
        None => Vec::new(),
    };
    let headers = operation.headers.iter().map(|(_, text)| text);
    let texts = credentials.into_iter().chain(headers).chain([&operation.path]);
    let mut ids: Vec<SettingId> = texts.flat_map(|text| text.secrets.iter().copied()).collect();
    if let Some((_, body)) = &operation.body {
        body.visit(&mut |expr| {
            if let Expr::Setting(id) = expr {
                ids.push(*id);
            }
        });
    }
    ids
}

struct Parts<'a> {
    operation: &'a Operation,
    settings: &'a Settings,
    scope: &'a Scope<'a>,
    context: &'a Context<'a>,
}

impl Parts<'_> {
    /// A text that may contain secrets.
    fn text(&self, text: &Secretive) -> Result<String, FailureKind> {
        self.all_set(text)?;
        eval::render(&text.template, self.scope, self.context).map_err(|failure| failure.kind)
    }

    fn all_set(&self, text: &Secretive) -> Result<(), FailureKind> {
        if text.secrets.iter().all(|id| self.settings.has_secret(*id)) { Ok(()) } else { Err(FailureKind::Unset) }
    }

    fn headers(&self) -> Result<Headers, FailureKind> {
        let mut headers = Headers::default();
        match &self.operation.credentials {
            Some(Credentials::Basic(user, password)) => {
                headers.push("Authorization", basic(&self.text(user)?, &self.text(password)?)?);
            }
            Some(Credentials::Bearer(token)) => {
                headers.push("Authorization", format!("Bearer {}", self.text(token)?));
            }
            None => {}
        }
        for (name, text) in &self.operation.headers {
            headers.push(name.as_ref(), self.text(text)?);
        }
        Ok(headers)
    }

    /// The body, and the header that says what it is.
    fn body(&self, headers: &mut Headers) -> Result<Option<Vec<u8>>, FailureKind> {
        let Some((kind, body)) = &self.operation.body else { return Ok(None) };
        let value = eval::pure(body, self.scope, self.context).map_err(|failure| failure.kind)?;
        let (content_type, text) = match kind {
            BodyKind::Json => ("application/json", value.to_wire().to_string()),
            BodyKind::Form => ("application/x-www-form-urlencoded", form(&value)),
        };
        default(headers, "Content-Type", content_type);
        Ok(Some(text.into_bytes()))
    }
}

/// RFC 7617. A colon would end the user's name early, and control characters are forbidden.
fn basic(user: &str, password: &str) -> Result<String, FailureKind> {
    if user.contains(':') || user.chars().chain(password.chars()).any(char::is_control) {
        return Err(FailureKind::Header);
    }
    Ok(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

/// The fields of a record as a form: absent ones are left out, a list is its field several times, and what has no
/// form of its own is JSON.
fn form(value: &Value) -> String {
    let none = Fields::new();
    let fields = match value {
        Value::Record(fields) => fields,
        _ => &none,
    };
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        field(&mut form, name, value);
    }
    form.finish()
}

fn field(form: &mut form_urlencoded::Serializer<'_, String>, name: &Name, value: &Value) {
    match value.to_wire() {
        serde_json::Value::Null => {}
        serde_json::Value::String(text) => drop(form.append_pair(name, &text)),
        serde_json::Value::Array(_) => value.elements().iter().for_each(|item| field(form, name, item)),
        other => drop(form.append_pair(name, &other.to_string())),
    }
}

fn default(headers: &mut Headers, name: &str, value: &str) {
    if headers.get(name).is_none() {
        headers.push(name, value);
    }
}

/// The name of a header (RFC 9110, `token`).
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Visible ASCII with spaces inside: no line break can end a header early.
fn is_visible(value: &str) -> bool {
    value.bytes().all(|b| (b' '..=b'~').contains(&b)) && !value.starts_with(' ') && !value.ends_with(' ')
}

fn method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::Get,
        Method::Post => http::Method::Post,
        Method::Put => http::Method::Put,
        Method::Delete => http::Method::Delete,
    }
}
