//! The command line: the home of clap. One file per command.
//!
//! ```text
//! environment  what the environment says, read once     exit      how a command ends
//! messages     findings and complaints on stderr        logging   the log on stderr
//! report       what was found, in any format            output    what was asked for, on stdout
//! flows        files -> lines ready to be called
//! check explain fmt test settings script graph talk serve   the commands
//! ```

mod check;
mod environment;
mod exit;
mod explain;
mod flows;
mod fmt;
mod graph;
mod logging;
mod messages;
mod output;
mod report;
mod script;
mod serve;
mod settings;
mod talk;
mod test;

use clap::{Parser, Subcommand};

use environment::Surroundings;
pub use exit::Exit;
use messages::Messages;

/// A phone line is a text file: compiler, server and simulator for the .ivr call-flow language.
#[derive(Debug, Parser)]
#[command(name = "ivrc", version, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Test(test::Test),
    Settings(settings::Listing),
    Script(script::Sentences),
    Graph(graph::Drawing),
    Explain(explain::Explain),
    Fmt(fmt::Fmt),
    Talk(talk::Talk),
    Serve(serve::Serve),
}

/// Runs the command that the process was started with. A command line that is not understood ends the process with
/// status 2, a question for help or for the version with 0.
pub fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => return tell(&told),
    };
    let surroundings = Surroundings::read();
    let messages = Messages::of_the_process(&surroundings);
    match cli.command {
        Command::Check(check) => check::run(&check, &surroundings, &messages),
        Command::Test(test) => test::run(&test, &messages),
        Command::Settings(listing) => settings::run(&listing, &surroundings, &messages),
        Command::Script(sentences) => script::run(&sentences, &surroundings, &messages),
        Command::Graph(drawing) => graph::run(&drawing, &surroundings, &messages),
        Command::Explain(explain) => explain::run(&explain, &surroundings, &messages),
        Command::Fmt(fmt) => fmt::run(&fmt, &messages),
        Command::Talk(talk) => talk::run(&talk, &surroundings, &messages),
        Command::Serve(serve) => serve::run(&serve, &surroundings, &messages),
    }
}

/// Says what clap has to say: help and the version on stdout, what was not understood on stderr.
fn tell(told: &clap::Error) -> Exit {
    let written = told.print();
    if let Err(error) = output::written(written) {
        Messages::of_the_process(&Surroundings::read()).complain(&error);
        return Exit::Impossible;
    }
    if told.exit_code() == 0 { Exit::Clean } else { Exit::Impossible }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_cannot_be_combined_is_refused() {
        let parses = |line: &str| Cli::try_parse_from(line.split_whitespace()).is_ok();
        assert!(parses("ivrc check --deny warnings"));
        assert!(parses("ivrc test --coverage"));
        assert!(parses("ivrc test --coverage=html:x.html live --at-least 100 --format junit"));
        assert!(parses("ivrc check flows --format sarif --deny IVR902 --deny 907 --allow ivr911"));
        assert!(parses("ivrc explain") && parses("ivrc explain IVR205 nonsense"));
        assert!(parses("ivrc serve flows/xmatters.ivr --dev --live --listen 127.0.0.1:0"));
        assert!(parses("ivrc fmt flows examples --check"));
        assert!(parses("ivrc fmt --stdin"));
        assert!(parses("ivrc talk flows/xmatters.ivr --stubs other.test.ivr"));
        for line in [
            "ivrc",
            "ivrc serve",
            "ivrc talk",
            "ivrc serve a.ivr --live",
            "ivrc serve a.ivr --stubs x.test.ivr",
            "ivrc serve a.ivr --dev --live --stubs x.test.ivr",
            "ivrc serve a.ivr --listen nowhere",
            "ivrc serve a.ivr --public-url ftp://x.example",
            "ivrc check a.ivr --deny everything",
            "ivrc test --coverage=pdf",
            "ivrc test --at-least 101",
            "ivrc settings",
            "ivrc script",
            "ivrc graph",
            "ivrc graph a.ivr b.ivr",
            "ivrc settings a.ivr --format xml",
            "ivrc check a.ivr --allow warnings",
            "ivrc check a.ivr --allow IVR201",
            "ivrc check a.ivr --format xml",
        ] {
            assert!(!parses(line), "{line}");
        }
    }
}
