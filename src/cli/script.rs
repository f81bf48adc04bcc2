//! `ivrc script`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::environment::Surroundings;
use super::exit::Exit;
use super::flows;
use super::messages::{Complaint, Messages};
use super::output::print;
use crate::compile;
use crate::project::{self, Beside};
use crate::script::{self, Script};
use crate::settings::{Conditions, PlainHttp, Purpose};

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
    let done = start(sentences, surroundings, messages);
    done.unwrap_or_else(|complaint| {
        messages.complain(&complaint);
        Exit::Impossible
    })
}

fn start(sentences: &Sentences, surroundings: &Surroundings, messages: &Messages) -> Result<Exit, Complaint> {
    let mut found = project::find(&sentences.flows)?.flows;
    flows::use_settings(&mut found, sentences.settings.as_ref())?;
    if sentences.format == Format::Csv {
        flows::only_one(&found, "one table cannot hold the sentences", "name one flow with `--format csv`")?;
    }
    let names: Vec<String> = found.iter().map(|flow| flow.name.clone()).collect();
    let environment = surroundings.of_flows()?;
    let mut scripts = Vec::new();
    for flow in &mut found {
        // What tests are given is not given to the line.
        flow.tests = Beside::Not;
        let (environment, directory) = (environment.clone(), PathBuf::new());
        let conditions =
            Conditions { purpose: Purpose::Check, plain_http: PlainHttp::Anywhere, environment, directory };
        let compilation = compile::compile(flow.load(&names)?, &conditions);
        let (Some(program), Some(line)) = (&compilation.program, &compilation.line) else {
            messages.findings(&compilation.diagnostics, &compilation.sources);
            return Ok(Exit::Impossible);
        };
        scripts.push(Script::of(program, &line.graph, &compilation.sources));
    }
    let write = match sentences.format {
        Format::Text => script::text,
        Format::Markdown => script::markdown,
        Format::Csv => script::csv,
    };
    print(&scripts.iter().map(write).collect::<Vec<_>>().join("\n"))?;
    Ok(Exit::Clean)
}
