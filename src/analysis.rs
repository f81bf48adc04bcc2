//! What can be proved about a compiled flow before the first call.
//!
//! Each analysis is one file: what it claims, over which model of time and people, why its algorithm proves that, and
//! what it does not prove, is written down in the book (`analyses.md`). [`check`] gives findings, [`facts`] what was
//! found out about a flow in which nothing is wrong.
//!
//! ```text
//! machine                  the ways that nobody has to take
//! cycles                   they have no cycle: every call ends (IVR402)
//! longest                  the longest way along them, by some measure, with what is counted
//! hold budget              the time held (IVR908)          steps   steps taken (IVR429)
//! quiet dead_air           silence (IVR905)                resend  what may be sent twice (IVR913)
//! gate secrets outcomes    whom `admit` lets in, where secrets go, what can happen at steps that wait
//! facts gather             all of it as data
//! ```

mod bound;
mod budget;
mod cycles;
mod dead_air;
mod facts;
mod gate;
mod gather;
mod hold;
mod longest;
mod machine;
mod outcomes;
mod outside;
mod place;
mod quiet;
mod resend;
mod scenes;
mod secrets;
mod steps;
#[cfg(test)]
mod tests;
mod words;

use crate::diagnostic::Diagnostics;
use crate::graph::Graph;
use crate::program::Program;
use crate::source::Sources;
use gather::Gathering;
use machine::Machine;
use quiet::{Silences, Turns};
use scenes::Scenes;

pub use bound::Bound;
pub use facts::{Admission, Assumptions, Facts, Held, Outcomes, Secret, Silent, Stretch};

/// What is wrong with a flow as a whole.
#[must_use]
pub fn check(program: &Program, graph: &Graph) -> Diagnostics {
    let machine = Machine::of(graph);
    let order = match cycles::order(&machine) {
        Ok(order) => order,
        Err(found) => return found,
    };
    let scenes = Scenes::of(graph);
    let mut found = steps::check(&machine, &scenes, &order);
    let turns = Turns::of(&machine, &scenes, &order);
    found.extend(dead_air::check(&Silences::of(&machine, &scenes, &order, &turns), &order));
    found.extend(resend::check(&machine));
    if let Some(budget) = budget::of(program, &graph.settings) {
        found.extend(budget::check(&machine, budget, &hold::holds(&machine, &scenes, &order)));
    }
    found
}

/// What is known about a flow; nothing of one that can go round for ever.
#[must_use]
pub fn facts(program: &Program, graph: &Graph, sources: &Sources) -> Option<Facts> {
    let machine = Machine::of(graph);
    let order = cycles::order(&machine).ok()?;
    let scenes = Scenes::of(graph);
    let turns = Turns::of(&machine, &scenes, &order);
    let silence = Silences::of(&machine, &scenes, &order, &turns).longest();
    let gathering = Gathering { program, machine: &machine, scenes: &scenes, order: &order, sources };
    Some(gathering.facts(silence))
}
