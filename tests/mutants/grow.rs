//! What can go wrong while somebody writes a flow, one small edit each.

mod arms;
mod bounds;
mod logic;
mod names;
mod outside;
mod rules;
mod secrets;
mod settings_file;
mod steps;
mod types;
mod values;
mod waits;
mod words;

use super::flow::{Flow, Shipped};
use super::mutant::{Edit, Mutant, name};

type Grow = fn(&Flow<'_>) -> Vec<Edit>;

const ALL: [Grow; 12] = [
    arms::edits,
    bounds::edits,
    logic::edits,
    names::edits,
    outside::edits,
    rules::edits,
    secrets::edits,
    steps::edits,
    types::edits,
    values::edits,
    waits::edits,
    words::edits,
];

/// Every mutant of a flow.
pub(super) fn mutants(shipped: &Shipped) -> Vec<Mutant> {
    let flow = Flow::of(shipped);
    let edits = ALL.iter().flat_map(|grow| grow(&flow)).collect();
    name(&shipped.file, flow.text, |byte| flow.item(byte), edits)
}

pub(super) use settings_file::mutants as of_settings;
