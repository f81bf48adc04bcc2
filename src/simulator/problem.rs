//! What is wrong with what the server under test says.

use std::fmt;

/// A fault of the server under test that a caller would perhaps not notice: a test treats it as a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The provider's error code, <https://www.twilio.com/docs/api/errors>.
    pub code: u32,
    /// Where: the URL of the document or of the request; empty for a document that was sent to the API.
    pub url: String,
    /// What.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.code, self.text, self.url)
    }
}
