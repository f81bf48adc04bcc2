//! Mistakes that newcomers make, and what is said about them: `tests/cases/findings`, a flow each. Its first lines say
//! everything that is to be found:
//!
//! ```text
//! // IVR101 no `,` stands between steps     the code and the message
//! //   under ,                              what is underlined, to the end of its line
//! //   help write `;`, or a line break      what to do
//! ```
//!
//! `NAME.toml` and `NAME.test.ivr` beside it are its settings, which are then complete, and its canned services;
//! `serve_NAME` is looked at as when a server starts. With `IVRC_BLESS=1` in the environment, the fixtures are rewritten
//! to say what is found.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ivrc::canned::Canned;
use ivrc::compile::{Text, compile};
use ivrc::diagnostic::{Code, Diagnostics};
use ivrc::settings::Purpose;
use ivrc::source::Sources;

use crate::consequences::{conditions, inputs};

/// Everything that is found in a fixture, as `ivrc check` finds it.
fn found(path: &Path, flow: &str) -> (Diagnostics, Sources) {
    let beside = |end: &str| {
        let path = path.with_extension(end);
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        std::fs::read_to_string(&path).ok().map(|text| Text { name, text })
    };
    let mut inputs = inputs(flow);
    inputs.settings = beside("toml");
    inputs.given = beside("test.ivr");
    let serves = path.file_name().is_some_and(|name| name.to_str().unwrap().starts_with("serve_"));
    let purpose = match inputs.settings {
        Some(_) if serves => Purpose::Serve,
        Some(_) => Purpose::Complete,
        None => Purpose::Check,
    };
    let compilation = compile(inputs, &conditions(purpose));
    let mut found = compilation.diagnostics;
    if let Some(program) = &compilation.program {
        found.extend(Canned::new(&compilation.tests.head, &program.operations, &program.types).1);
    }
    (found.sorted(), compilation.sources)
}

/// What is found, as a fixture says it.
fn told(path: &Path, flow: &str) -> String {
    let (found, sources) = found(path, flow);
    let mut told = String::new();
    for found in &found {
        let under = found.span().map_or("", |span| sources.slice(span)).lines().next().unwrap_or_default();
        let help = found.help.as_deref().unwrap_or_default();
        for line in
            [format!("// {} {}", found.code, found.message), format!("//   under {under}"), format!("//   help {help}")]
        {
            writeln!(told, "{}", line.trim_end()).unwrap();
        }
    }
    told
}

/// The flows of a folder.
fn fixtures(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_flow = |path: &PathBuf| path.to_str().is_some_and(|p| p.ends_with(".ivr") && !p.ends_with(".test.ivr"));
    let mut paths: Vec<_> = paths.filter(is_flow).collect();
    paths.sort();
    paths
}

/// Every code is given by a fixture that says which text is underlined.
#[test]
fn every_code_has_a_fixture() {
    let mut codes = BTreeSet::new();
    for path in ["tests/cases/findings", "tests/cases/check", "tests/cases/analysis"].into_iter().flat_map(fixtures) {
        let text = std::fs::read_to_string(path).unwrap();
        let said = text.lines().filter_map(|line| {
            line.strip_prefix("// IVR")
                .or_else(|| line.strip_prefix("// expect IVR").filter(|rest| rest.contains(" at \"")))
        });
        codes.extend(said.filter_map(|line| Code::parse(line.get(..3)?)));
    }
    // Those of tests are given by tests.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/scenario");
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let said = text.lines().filter_map(|line| line.strip_prefix("// expect IVR"));
        codes.extend(said.filter_map(|line| Code::parse(line.get(..3)?)));
    }
    // A test file without a flow is about no text.
    codes.insert(Code::NoFlow);
    let missing: Vec<&Code> = Code::ALL.iter().filter(|code| !codes.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn newcomers_are_told_what_to_write() {
    let paths = fixtures("tests/cases/findings");
    assert!(paths.len() > 50, "the fixtures are missing");
    let mut wrong = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let said =
            |line: &&str| line.starts_with("// IVR") || line.starts_with("//   under") || line.starts_with("//   help");
        let wanted: String = text.lines().take_while(said).map(|line| format!("{line}\n")).collect();
        let flow = text.strip_prefix(&wanted).unwrap();
        let told = told(&path, flow);
        if std::env::var_os("IVRC_BLESS").is_some() {
            std::fs::write(&path, format!("{told}{flow}")).unwrap();
        } else if wanted != told || told.is_empty() {
            write!(wrong, "{}\n  wanted\n{wanted}  found\n{told}\n", path.file_name().unwrap().display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
