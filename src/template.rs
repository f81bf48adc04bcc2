//! Handlebars: what may stand in a string, and putting values into its slots.
//!
//! The only module that knows the crate. A string is parsed once, at compile time, into a [`Pattern`] whose slots are
//! numbered; the checker resolves each slot's path as an expression of the language, and at run time Handlebars
//! puts the encoded values in. Values are never parsed as templates.

/// A parsed template.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    text: String,
}

/// What fills a slot.
#[derive(Debug, Clone, PartialEq)]
pub enum SlotValue {
    /// Of a value: its text, encoded for the place.
    Text(String),
    /// Of a condition.
    Truth(bool),
}

impl Pattern {
    /// A pattern without slots.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// (being built)
    pub fn render(&self, _slots: &[SlotValue]) -> Result<String, String> {
        Ok(self.text.clone())
    }
}
