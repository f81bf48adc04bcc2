//! `ivrc fmt`.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::messages::{Complaint, Messages};
use crate::compile::Text;
use crate::diagnostic::render::summary;
use crate::format::{Difference, Failure, format};
use crate::project;
use crate::source::{Position, Source, SourceId, Sources};
use crate::syntax::Kind;

/// Puts flows and test files into the one style.
///
/// There is nothing to choose. Where a block is broken into lines is left to its author, and comments stay where they
/// are; blanks, commas, semicolons, indentation and columns are not. Files that change are named.
///
/// A file with a mistake in its grammar is left alone, and the mistake is shown. Nothing is written unless the result
/// says the same as the file.
///
/// The exit status is 0 if everything is in the style now, 1 if a file has mistakes or, with `--check`, is not in the
/// style, and 2 if something could not be done at all.
#[derive(Debug, Args)]
pub(super) struct Fmt {
    /// Flows and test files, and directories to search for them (the current one, if none is named). With `--stdin`, what
    /// the text is called.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write nothing: name the files that are not in the style, and the first lines of each.
    #[arg(long)]
    check: bool,
    /// Read a text from stdin and write it to stdout. It is a flow, or a test file if PATH ends in `.test.ivr`; no file
    /// needs to be there.
    #[arg(long)]
    stdin: bool,
}

pub(super) fn run(fmt: &Fmt, messages: &Messages) -> Exit {
    let done = if fmt.stdin { stdin(fmt, messages) } else { files(fmt, messages) };
    done.unwrap_or_else(|complaint| {
        messages.complain(&complaint);
        Exit::Impossible
    })
}

fn files(fmt: &Fmt, messages: &Messages) -> Result<Exit, Complaint> {
    let mut exit = Exit::Clean;
    let here = [PathBuf::from(".")];
    let paths = if fmt.paths.is_empty() { &here[..] } else { &fmt.paths };
    for path in project::files(paths)? {
        let done = file(&path, fmt.check, messages).unwrap_or_else(|complaint| {
            messages.complain(&complaint);
            Exit::Impossible
        });
        exit = exit.max(done);
    }
    Ok(exit)
}

fn file(path: &Path, check: bool, messages: &Messages) -> Result<Exit, Complaint> {
    let text = project::read(path)?;
    let Some(formatted) = formatted(&text, kind(path), messages)? else { return Ok(Exit::Findings) };
    if formatted == text.text {
        return Ok(Exit::Clean);
    }
    if check {
        return Ok(tell(&text, &formatted, messages));
    }
    project::save(path, &formatted)?;
    messages.line(&format!("{}: formatted", text.name));
    Ok(Exit::Clean)
}

fn stdin(fmt: &Fmt, messages: &Messages) -> Result<Exit, Complaint> {
    let path = match &fmt.paths[..] {
        [] => Path::new("stdin"),
        [path] => path,
        _ => return Err(Complaint::plain("one text comes from stdin: it can have one name only")),
    };
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Complaint::plain(format!("cannot read from stdin: {error}")))?;
    let text = Text { name: path.display().to_string(), text };
    let Some(formatted) = formatted(&text, kind(path), messages)? else { return Ok(Exit::Findings) };
    if fmt.check {
        return Ok(if formatted == text.text { Exit::Clean } else { tell(&text, &formatted, messages) });
    }
    std::io::stdout()
        .write_all(formatted.as_bytes())
        .map_err(|error| Complaint::plain(format!("cannot write to stdout: {error}")))?;
    Ok(Exit::Clean)
}

fn kind(path: &Path) -> Kind {
    if project::is_tests(path) { Kind::Tests } else { Kind::Flow }
}

/// The text in the style; nothing if it has mistakes, which are told.
fn formatted(text: &Text, kind: Kind, messages: &Messages) -> Result<Option<String>, Complaint> {
    let source = Source::new(text.name.as_str(), text.text.as_str());
    match format(kind, SourceId::default(), &text.text) {
        Ok(formatted) => Ok(Some(formatted)),
        Err(Failure::Findings(found)) => {
            let mut sources = Sources::new();
            sources.add(source);
            messages.findings(&found, &sources);
            messages.line(&format!("{}: {}", text.name, summary(&found)));
            Ok(None)
        }
        Err(Failure::Unsafe(at)) => {
            let Position { line, column, .. } = source.position(at);
            Err(Complaint::new(
                format!("{}:{line}:{column}: formatted, this would say something else", text.name),
                "this is a mistake of `ivrc`, not of the text, which is left as it is: please report it",
            ))
        }
    }
}

/// Says where a text is not in the style.
fn tell(text: &Text, formatted: &str, messages: &Messages) -> Exit {
    if let Some(difference) = Difference::first(&text.text, formatted) {
        messages.line(&format!("{}:{}: not in the style", text.name, difference.line));
        messages.line(difference.to_string().trim_end());
    }
    Exit::Findings
}
