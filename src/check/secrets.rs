//! A secret goes to one place (IVR215): credentials of one service are nothing another one should see.

use std::collections::{HashMap, HashSet};

use super::report::Report;
use super::world::World;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, SettingId};
use crate::program::{Credentials, Operation, Service};
use crate::source::Span;

fn two_places(secret: (&str, Span), first: (&str, Span), second: (&str, Span)) -> Diagnostic {
    let name = secret.0;
    Diagnostic::new(Code::SecretShared, format!("the secret `{name}` goes to two places"))
        .at(second.1, format!("to `{}` here", second.0))
        .at(first.1, format!("to `{}` here", first.0))
        .at(secret.1, "declared here")
        .help(format!("declare one secret for each: `secret {name}, {name}_too: text`; both may have the same value"))
}

/// Reports secrets that are sent to services with different base URLs.
pub(super) fn check(world: &World, report: &Report, services: &[Service], operations: &[Operation]) {
    let mut places: HashMap<SettingId, (SettingId, Span)> = HashMap::new();
    let mut told = HashSet::new();
    for operation in operations {
        let Some(base) = services.get(operation.service).map(|service| service.base) else { continue };
        for secret in secrets(world, operation) {
            let (first, span) = *places.entry(secret).or_insert((base, operation.span));
            // Once is enough for each.
            if first != base && told.insert((secret, base)) {
                let name = |id| world.setting_by(id).map_or("", |setting| &*setting.name);
                let declared = world.setting_by(secret).map_or(span, |setting| setting.span);
                report.add(two_places((name(secret), declared), (name(first), span), (name(base), operation.span)));
            }
        }
    }
}

/// The secrets that an operation sends.
fn secrets(world: &World, operation: &Operation) -> Vec<SettingId> {
    let mut secrets = operation.path.secrets.clone();
    match &operation.credentials {
        Some(Credentials::Basic(user, password)) => secrets.extend(user.secrets.iter().chain(&password.secrets)),
        Some(Credentials::Bearer(token)) => secrets.extend(&token.secrets),
        None => {}
    }
    secrets.extend(operation.headers.iter().flat_map(|(_, value)| &value.secrets));
    if let Some((_, body)) = &operation.body {
        body.visit(&mut |expr| {
            if let Expr::Setting(id) = expr
                && world.setting_by(*id).is_some_and(|setting| setting.secret)
            {
                secrets.push(*id);
            }
        });
    }
    secrets
}
