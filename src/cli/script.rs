//! `ivrc script`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::environment::Surroundings;
use super::exit::Exit;
use super::flows::{self, NotReady};
use super::messages::Messages;
use crate::project;
use crate::script::{self, Script};

/// Prints every sentence that callers and callees can hear, for the people who translate, record or approve them.
///
/// In the order of the conversation, scene by scene: with the step that says it, who hears it, under which conditions,
/// each try of counted texts, what stands in the braces, and how long it takes. Labels of menus are told as they are
/// spoken ("Press 1 to …"). What is heard in several places is told once, with its number. Settings and phrases are
/// those of NAME.toml and the environment.
#[derive(Debug, Args)]
pub(super) struct Sentences {
    /// Flows, and directories to search for them.
    #[arg(required = true, value_name = "FLOW")]
    flows: Vec<PathBuf>,
    /// How to print it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Take settings from this file instead of NAME.toml. For one flow only.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading.
    Text,
    /// A table for each scene.
    Markdown,
    /// One table for spreadsheets and translation tools. For one flow only.
    Csv,
}

pub(super) fn run(sentences: &Sentences, surroundings: &Surroundings, messages: &Messages) -> Exit {
    flows::show(text(sentences, surroundings), messages)
}

fn text(sentences: &Sentences, surroundings: &Surroundings) -> Result<String, NotReady> {
    let mut found = project::find(&sentences.flows)?.flows;
    flows::use_settings(&mut found, sentences.settings.as_ref())?;
    if sentences.format == Format::Csv {
        flows::only_one(&found, "one table cannot hold the sentences", "name one flow with `--format csv`")?;
    }
    let write = match sentences.format {
        Format::Text => script::text,
        Format::Markdown => script::markdown,
        Format::Csv => script::csv,
    };
    let shown = flows::to_be_shown(&mut found, &surroundings.of_flows()?)?;
    let scripts = shown.iter().map(|shown| Script::of(&shown.program, &shown.line.graph, &shown.draft.sources));
    Ok(scripts.map(|script| write(&script)).collect::<Vec<_>>().join("\n"))
}
