//! Where secrets go: to the requests of services, and nowhere else.
//!
//! That nothing else can hold one needs no analysis: their values are not in the graph, which knows of each only whether
//! it is set, and an engine that has not got a value can neither speak, store nor log it. What is left to say is which
//! request gets which secret, and at which base URL.

use crate::expr::{Expr, SettingId};
use crate::program::{Credentials, Operation, Program, Secretive};

/// A secret in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) secret: SettingId,
    /// Index of the operation.
    pub(super) operation: usize,
    /// What it is there.
    pub(super) role: &'static str,
}

/// Every secret of every request, in the order of the operations.
pub(super) fn sent(program: &Program) -> Vec<Sent> {
    let is_secret =
        |id: SettingId| program.settings.get(usize::from(id.0)).is_some_and(crate::program::Setting::is_secret);
    let mut all = Vec::new();
    for (n, operation) in program.operations.iter().enumerate() {
        let mut add = |secret: SettingId, role| {
            let one = Sent { secret, operation: n, role };
            let known = all.iter().rev().take_while(|sent: &&Sent| sent.operation == n).any(|sent| *sent == one);
            if is_secret(secret) && !known {
                all.push(one);
            }
        };
        for (secretive, role) in texts(operation) {
            secretive.secrets.iter().for_each(|secret| add(*secret, role));
        }
        if let Some((_, body)) = &operation.body {
            body.visit(&mut |expr| {
                if let Expr::Setting(id) = expr {
                    add(*id, "body");
                }
            });
        }
    }
    all
}

fn texts(operation: &Operation) -> Vec<(&Secretive, &'static str)> {
    let mut texts = vec![(&operation.path, "path")];
    match &operation.credentials {
        Some(Credentials::Basic(user, password)) => texts.extend([(user, "basic"), (password, "basic")]),
        Some(Credentials::Bearer(token)) => texts.push((token, "bearer")),
        None => {}
    }
    texts.extend(operation.headers.iter().map(|(_, value)| (value, "header")));
    texts
}
