//! `flows/xmatters.example.toml`: every setting explained, and valid.

use super::flows::{Beside, compile, shipped};
use super::{Problem, root};
use ivrc::diagnostic::render::{Style, render};

const PATH: &str = "flows/xmatters.example.toml";

/// What is wrong with the example settings file.
pub(crate) fn check() -> Vec<Problem> {
    let text = std::fs::read_to_string(root().join(PATH)).expect("the example settings file");
    let flow = shipped("xmatters").expect("the flow");
    let mut problems = Vec::new();
    // As it is, and with everything that is switched off in it switched on.
    for (what, text) in [("as it is", text.clone()), ("with every line switched on", switched_on(&text))] {
        let compilation = compile("xmatters", &flow, Beside { settings: Some(text), ..Beside::default() });
        for finding in &compilation.diagnostics {
            problems.push((
                PATH.to_owned(),
                1,
                format!("{what}: {}", render(finding, &compilation.sources, Style::default())),
            ));
        }
        let Some(program) = &compilation.program else { continue };
        let music = program.music.iter().map(|music| &*music.name);
        for name in program.settings.iter().map(|setting| &*setting.name).chain(music) {
            if !explained(&switched_on(&self::read()), name) {
                problems.push((PATH.to_owned(), 1, format!("{what}: `{name}` is not explained")));
            }
        }
    }
    problems
}

fn read() -> String {
    std::fs::read_to_string(root().join(PATH)).unwrap_or_default()
}

/// Lines like `#name = value`, without a space behind the sign, are values that are switched off.
fn switched_on(text: &str) -> String {
    let line = |line: &str| {
        let off = line.strip_prefix('#').filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
        off.unwrap_or(line).to_owned()
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Whether a line gives the name a value and a comment stands above it, or above the group of lines it belongs to.
fn explained(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let Some(at) = lines.iter().position(|line| line.split('=').next().is_some_and(|key| key.trim() == name)) else {
        return false;
    };
    lines.iter().take(at).rev().take_while(|line| !line.trim().is_empty()).any(|line| line.starts_with("# "))
}
