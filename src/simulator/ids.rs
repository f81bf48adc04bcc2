//! Names for calls, recordings and the like, in the provider's form: two letters and 32 hexadecimal digits.

use std::fmt::Write as _;

use sha1::{Digest as _, Sha1};

/// Makes ids; the same seed gives the same ids in the same order, so that a failing test can be read twice.
#[derive(Debug)]
pub(super) struct Ids {
    seed: u64,
    count: u64,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, count: 0 }
    }

    /// The next sid with a prefix such as `CA`.
    pub(super) fn sid(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.digits())
    }

    /// The next token in the form of a UUID, as the header `I-Twilio-Idempotency-Token` carries it.
    pub(super) fn token(&mut self) -> String {
        let mut token = String::with_capacity(36);
        for (n, digit) in self.digits().chars().enumerate() {
            if matches!(n, 8 | 12 | 16 | 20) {
                token.push('-');
            }
            token.push(digit);
        }
        token
    }

    fn digits(&mut self) -> String {
        self.count += 1;
        hex(&Sha1::digest(format!("{}.{}", self.seed, self.count)))
    }
}

/// The first 16 bytes as 32 hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn ids_have_the_providers_form_and_never_repeat() {
        let mut ids = Ids::new(7);
        let first = ids.sid("CA");
        assert_eq!(first.len(), 34);
        assert_ne!(first, ids.sid("CA"));
        assert_eq!(first, Ids::new(7).sid("CA"));
        let token = ids.token();
        assert_eq!(token.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    }
}
