//! The values of a flow's settings: default in the flow, settings file, environment; the last one wins.
//!
//! [`file`] and [`environment`] read overrides as their sources spell them, [`resolve`] gives them types. Values of
//! secrets are never here: [`Settings`] knows where each one is and reads it when it is used.

mod conceal;
mod decode;
mod environment;
mod file;
mod given;
mod names;
mod resolve;
mod secret;
mod shape;
mod transport;
mod unknown;

use std::fmt;

use secrecy::SecretString;

pub use environment::{Environment, environment};
pub use file::file;
pub use given::given;
pub use names::{Kind, Names, variable};
pub use resolve::{Conditions, Purpose, misfits, resolve};
pub use secret::SecretError;
pub use transport::PlainHttp;

use crate::expr::SettingId;
use crate::overrides::Origin;
use crate::types::{Name, Type, Types};
use crate::value::Value;

/// The settings of one program, resolved.
#[derive(Clone)]
pub struct Settings {
    names: Vec<Name>,
    values: Vec<Value>,
    secrets: Vec<Option<secret::Secret>>,
    environment: Environment,
}

impl Settings {
    /// The value of a setting; of a secret the flag whether it is set. Absent if the program has no such setting.
    #[must_use]
    pub fn value(&self, id: SettingId) -> &Value {
        self.values.get(usize::from(id.0)).unwrap_or(&Value::None)
    }

    /// All values by id, as [`crate::eval::Context`] wants them.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value of the setting with this name; the runtime reads `voice`, `caller_id` and `timezone` so.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Value> {
        let at = self.names.iter().position(|known| **known == *name)?;
        self.values.get(at)
    }

    /// Whether a setting is a secret that is set, and so can be read.
    #[must_use]
    pub fn has_secret(&self, id: SettingId) -> bool {
        self.secrets.get(usize::from(id.0)).is_some_and(Option::is_some)
    }

    /// Reads a secret now; none if it is absent, or no secret.
    pub fn secret(&self, id: SettingId) -> Result<Option<SecretString>, SecretError> {
        match self.secrets.get(usize::from(id.0)) {
            Some(Some(secret)) => secret.read(&self.environment).map(Some),
            _ => Ok(None),
        }
    }

    /// Names and values as JSON, for the content hash that pins a call to its settings; of secrets only whether they
    /// are set, so that rotation changes no hash.
    #[must_use]
    pub fn digest_input(&self) -> serde_json::Value {
        let pairs = self.names.iter().zip(&self.values).map(|(name, value)| {
            // Values serialise into JSON without fail; absence would stand for one that did not.
            (name.to_string(), serde_json::to_value(value).unwrap_or_default())
        });
        serde_json::Value::Object(pairs.collect())
    }
}

/// An example of a value of this type, as a settings file writes it.
#[must_use]
pub fn example(ty: &Type, types: &Types) -> String {
    decode::example(ty, types, Origin::File)
}

#[cfg(test)]
impl Settings {
    /// Settings with these values and then these secrets, for tests of what uses settings.
    pub(crate) fn of(open: &[(&str, Value)], secrets: &[(&str, &str)]) -> Self {
        let mut settings = Self { names: vec![], values: vec![], secrets: vec![], environment: Environment::default() };
        for (name, value) in open {
            settings.names.push((*name).into());
            settings.values.push(value.clone());
            settings.secrets.push(None);
        }
        for (name, secret) in secrets {
            let place = secret::Place::Literal(SecretString::from(*secret));
            settings.names.push((*name).into());
            settings.values.push(Value::Flag(true));
            settings.secrets.push(Some(secret::Secret { place, ty: crate::types::Type::Text }));
        }
        settings
    }
}

/// Shows values of settings, and of secrets where they are.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for ((name, value), secret) in self.names.iter().zip(&self.values).zip(&self.secrets) {
            match secret {
                Some(secret) => map.entry(name, secret),
                None => map.entry(name, value),
            };
        }
        map.finish()
    }
}

#[cfg(test)]
mod tests;
