//! The one style of `.ivr` and `.test.ivr` files.
//!
//! ```text
//! planner, rules   parse tree -> plan: tokens, and what may happen in the gap before each
//! layout           plan -> where lines are broken
//! align            … -> what stands under each other
//! print            … -> text
//! same             text, text -> whether they say the same
//! ```
//!
//! What is walked is the parse tree, not the tree that is checked: that one keeps only part of the forms that are not
//! built yet.

mod align;
mod difference;
mod layout;
mod plan;
mod planner;
mod print;
mod rules;
mod same;

pub use difference::Difference;

use crate::diagnostic::Diagnostics;
use crate::source::SourceId;
use crate::syntax::{Concrete, Kind};

/// Why a text has no form in the style.
#[derive(Debug, Clone)]
pub enum Failure {
    /// It was not understood.
    Findings(Diagnostics),
    /// What came of it would say something else, from this byte of it on: a mistake of the formatter.
    Unsafe(usize),
}

/// A text in the style: with line breaks `\n`, the last of them at its end, and without a byte order mark.
///
/// It says the same as `text`, token by token and comment by comment, and formatting it again changes nothing.
pub fn format(kind: Kind, id: SourceId, text: &str) -> Result<String, Failure> {
    let concrete = Concrete::read(kind, id, text).map_err(Failure::Findings)?;
    let mut plan = planner::plan(text, &concrete);
    let places = layout::lay_out(&mut plan);
    let formatted = print::print(&plan, &align::align(&plan, &places));
    if formatted == text {
        return Ok(formatted);
    }
    let again = Concrete::again(kind, &formatted).ok_or(Failure::Unsafe(0))?;
    match same::difference((text, &concrete), (&formatted, &again)) {
        None => Ok(formatted),
        Some(at) => Err(Failure::Unsafe(at)),
    }
}

#[cfg(test)]
mod tests;
