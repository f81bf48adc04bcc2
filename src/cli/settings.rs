//! `ivrc settings`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::environment::Surroundings;
use super::exit::Exit;
use super::flows::{self, NotReady, Shown};
use super::messages::Messages;
use crate::catalog::{self, Catalog, Checked};
use crate::project::{self, Beside};
use crate::settings::Environment;

/// Lists what can be set without touching a flow: settings, phrases and music, with types, values and places.
///
/// Each with its type, what documents it, its default, the value that holds and where that comes from (the flow,
/// NAME.toml, or an environment variable), and the variable that sets it. With a phrase stands what its words may use
/// at every place that speaks it. Values of secrets are not shown.
///
/// With `--format toml`, an example settings file: everything that can be set, switched off by a `#` where the flow
/// has a value of its own. What holds now has no influence on it.
#[derive(Debug, Args)]
pub(super) struct Listing {
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
    /// A listing for people.
    Text,
    /// For tools: a list with one object for each flow.
    Json,
    /// An example settings file. For one flow only.
    Toml,
}

pub(super) fn run(listing: &Listing, surroundings: &Surroundings, messages: &Messages) -> Exit {
    flows::show(text(listing, surroundings), messages)
}

fn text(listing: &Listing, surroundings: &Surroundings) -> Result<String, NotReady> {
    let mut found = project::find(&listing.flows)?.flows;
    flows::use_settings(&mut found, listing.settings.as_ref())?;
    let mut environment = surroundings.of_flows()?;
    if listing.format == Format::Toml {
        flows::only_one(&found, "one settings file cannot be an example", "name one flow with `--format toml`")?;
        found.iter_mut().for_each(|flow| flow.settings = Beside::Not);
        environment = Environment::default();
    }
    let catalogs: Vec<Catalog> = flows::to_be_shown(&mut found, &environment)?.iter().map(catalog).collect();
    Ok(printed(&catalogs, listing.format))
}

fn catalog(Shown { draft, program, line }: &Shown) -> Catalog {
    let (settings, overrides, spoken) = (&line.settings, &draft.overrides(), &draft.survey());
    Catalog::of(Checked { program, settings, overrides, spoken, sources: &draft.sources })
}

fn printed(catalogs: &[Catalog], format: Format) -> String {
    let all = |write: fn(&Catalog) -> String| catalogs.iter().map(write).collect::<Vec<_>>().join("\n");
    match format {
        Format::Text => all(catalog::text),
        Format::Toml => all(catalog::example),
        // Names and texts serialise without fail.
        Format::Json => serde_json::to_string_pretty(catalogs).unwrap_or_default() + "\n",
    }
}
