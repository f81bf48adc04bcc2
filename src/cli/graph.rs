//! `ivrc graph`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::environment::Surroundings;
use super::exit::Exit;
use super::flows::{self, NotReady};
use super::messages::Messages;
use crate::draw::{self, Chart};
use crate::project;

/// Draws a flow: its steps and every way between them, scene by scene.
///
/// Steps that do not wait are drawn as one with those that follow. Keys stand at the ways they lead to, ways that are
/// taken when something fails are dashed, and what belongs to somebody who is phoned is set apart. What no call can
/// come to is not drawn.
#[derive(Debug, Args)]
pub(super) struct Drawing {
    /// The flow.
    #[arg(value_name = "FLOW")]
    flow: PathBuf,
    /// How to draw it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Take settings from this file instead of NAME.toml.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A listing: a line for each block of steps.
    Text,
    /// A picture, to be printed and hung on the wall.
    Svg,
    /// A flowchart for Mermaid, which viewers of Markdown draw.
    Mermaid,
    /// For Graphviz.
    Dot,
    /// For tools: every node and every way.
    Json,
}

pub(super) fn run(drawing: &Drawing, surroundings: &Surroundings, messages: &Messages) -> Exit {
    flows::show(text(drawing, surroundings), messages)
}

fn text(drawing: &Drawing, surroundings: &Surroundings) -> Result<String, NotReady> {
    let mut found = project::find(std::slice::from_ref(&drawing.flow))?.flows;
    flows::use_settings(&mut found, drawing.settings.as_ref())?;
    flows::only_one(&found, "one drawing is too small", "name one of them")?;
    let shown = flows::to_be_shown(&mut found, &surroundings.of_flows()?)?;
    let drawn = shown.iter().map(|shown| {
        let chart = Chart::of(&shown.program, &shown.line.graph);
        match drawing.format {
            Format::Text => draw::text(&chart),
            Format::Svg => draw::svg(&chart),
            Format::Mermaid => draw::mermaid(&chart),
            Format::Dot => draw::dot(&chart),
            Format::Json => draw::json(&chart, &shown.draft.sources),
        }
    });
    Ok(drawn.collect())
}
