//! Handlebars: what may stand in a string, and putting values into its slots.
//!
//! The only module that knows the crate. A string is parsed once, at compile time, into a [`Pattern`] whose slots are
//! numbered; the checker resolves each slot's path as an expression of the language, and at run time Handlebars
//! puts the encoded values in. Values are never parsed as templates.

/// A parsed template.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern;
