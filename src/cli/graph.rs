//! `ivrc graph`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::environment::Surroundings;
use super::exit::Exit;
use super::flows;
use super::messages::{Complaint, Messages};
use super::output::print;
use crate::compile;
use crate::draw::{self, Chart};
use crate::project::{self, Beside};
use crate::settings::{Conditions, PlainHttp, Purpose};

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
    let done = start(drawing, surroundings, messages);
    done.unwrap_or_else(|complaint| {
        messages.complain(&complaint);
        Exit::Impossible
    })
}

fn start(drawing: &Drawing, surroundings: &Surroundings, messages: &Messages) -> Result<Exit, Complaint> {
    let mut found = project::find(std::slice::from_ref(&drawing.flow))?.flows;
    flows::use_settings(&mut found, drawing.settings.as_ref())?;
    flows::only_one(&found, "one drawing is too small", "name one of them")?;
    let environment = surroundings.of_flows()?;
    let (purpose, plain_http, directory) = (Purpose::Check, PlainHttp::Anywhere, PathBuf::new());
    let conditions = Conditions { purpose, plain_http, environment, directory };
    let mut text = String::new();
    for flow in &mut found {
        // What tests are given is not given to the line.
        flow.tests = Beside::Not;
        let compilation = compile::compile(flow.load(std::slice::from_ref(&flow.name))?, &conditions);
        let (Some(program), Some(line)) = (&compilation.program, &compilation.line) else {
            messages.findings(&compilation.diagnostics, &compilation.sources);
            return Ok(Exit::Impossible);
        };
        let chart = Chart::of(program, &line.graph);
        text = match drawing.format {
            Format::Text => draw::text(&chart),
            Format::Svg => draw::svg(&chart),
            Format::Mermaid => draw::mermaid(&chart),
            Format::Dot => draw::dot(&chart),
            Format::Json => draw::json(&chart, &compilation.sources),
        };
    }
    print(&text)?;
    Ok(Exit::Clean)
}
