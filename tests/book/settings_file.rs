//! `flows/xmatters.example.toml`: what `ivrc settings --format toml` writes, every setting explained, and valid once it
//! is filled in. With `IVRC_BLESS=1` in the environment, the file is written anew.

use std::process::Command;

use super::flows::{Beside, compile, shipped};
use super::{Problem, root};
use ivrc::diagnostic::render::{Style, render};

const PATH: &str = "flows/xmatters.example.toml";
/// What stands where a value is to be filled in; behind it follows an example of one.
const TO_BE_FILLED_IN: &str = "{ none = true }   # to be filled in, for example ";

/// What is wrong with the example settings file.
pub(crate) fn check() -> Vec<Problem> {
    let written = written();
    if std::env::var_os("IVRC_BLESS").is_some() {
        std::fs::write(root().join(PATH), &written).expect("the example settings file");
    }
    let text = std::fs::read_to_string(root().join(PATH)).expect("the example settings file");
    let mut problems = Vec::new();
    let mut wrong = |what: String| problems.push((PATH.to_owned(), 1, what));
    if text != written {
        wrong("is not what `ivrc settings --format toml` writes: run this test with IVRC_BLESS=1".to_owned());
    }
    let (status, said) = checked("as it is", &text);
    if status != 1 || said.matches("IVR504\n").count() != text.matches(TO_BE_FILLED_IN).count() {
        wrong(format!("what is not filled in should be refused, and nothing else:\n{said}"));
    }
    let (status, said) = checked("filled in", &filled_in(&text));
    if status != 0 {
        wrong(format!("filled in, it should be right:\n{said}"));
    }
    let flow = shipped("xmatters").expect("the flow");
    let all = switched_on(&filled_in(&text));
    let compilation = compile("xmatters", &flow, Beside { settings: Some(all.clone()), ..Beside::default() });
    for finding in &compilation.diagnostics {
        wrong(format!("with every line switched on: {}", render(finding, &compilation.sources, Style::default())));
    }
    let Some(program) = &compilation.program else { return problems };
    let music = program.music.iter().map(|music| &*music.name);
    for name in program.settings.iter().map(|setting| &*setting.name).chain(music) {
        if !explained(&all, name) {
            wrong(format!("`{name}` is not explained"));
        }
    }
    problems
}

fn written() -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ivrc"));
    let output = command.args(["settings", "--format", "toml", "flows/xmatters.ivr"]).current_dir(root()).output();
    String::from_utf8(output.expect("the command").stdout).expect("UTF-8")
}

/// The exit status of `ivrc check --settings` with this text, and what it says.
fn checked(what: &str, text: &str) -> (i32, String) {
    let path = std::env::temp_dir().join(format!("ivrc-{}-{}.toml", std::process::id(), what.replace(' ', "-")));
    std::fs::write(&path, text).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ivrc"));
    let command = command.args(["check", "flows/xmatters.ivr", "--settings"]).arg(&path).current_dir(root());
    let output = command.output().expect("the command");
    // Left behind, it would only take space.
    let _ = std::fs::remove_file(&path);
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The text with the examples of what is to be filled in.
fn filled_in(text: &str) -> String {
    text.replace(TO_BE_FILLED_IN, "")
}

/// A `#` without a space behind it, or with two and an element of a list, is a value that is switched off.
fn switched_on(text: &str) -> String {
    let line = |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line).to_owned();
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Whether a line gives the name a value and a comment stands above it.
fn explained(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let Some(at) = lines.iter().position(|line| line.split('=').next().is_some_and(|key| key.trim() == name)) else {
        return false;
    };
    let above = lines.iter().take(at).rev().take_while(|line| !line.trim().is_empty());
    above.filter(|line| line.starts_with("# ")).count() > 1
}
