//! Mistakes that newcomers make, and what is said about them: `tests/cases/findings`, a flow each. Its first lines say
//! everything that is to be found:
//!
//! ```text
//! // IVR101 no `,` stands between steps     the code and the message
//! //   under ,                              what is underlined, to the end of its line
//! //   help write `;`, or a line break      what to do
//! ```
//!
//! With `IVRC_BLESS=1` in the environment, the fixtures are rewritten to say what is found.

use std::fmt::Write as _;
use std::path::Path;

use crate::consequences::check;

/// What is found, as a fixture says it.
fn told(text: &str) -> String {
    let compilation = check(text);
    let mut told = String::new();
    for found in &compilation.diagnostics {
        let under = found.span().map_or("", |span| compilation.sources.slice(span)).lines().next().unwrap_or_default();
        let help = found.help.as_deref().unwrap_or_default();
        for line in
            [format!("// {} {}", found.code, found.message), format!("//   under {under}"), format!("//   help {help}")]
        {
            writeln!(told, "{}", line.trim_end()).unwrap();
        }
    }
    told
}

#[test]
fn newcomers_are_told_what_to_write() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/findings");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 50, "the fixtures are missing");
    let mut wrong = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let said =
            |line: &&str| line.starts_with("// IVR") || line.starts_with("//   under") || line.starts_with("//   help");
        let wanted: String = text.lines().take_while(said).map(|line| format!("{line}\n")).collect();
        let flow = text.strip_prefix(&wanted).unwrap();
        let told = told(flow);
        if std::env::var_os("IVRC_BLESS").is_some() {
            std::fs::write(&path, format!("{told}{flow}")).unwrap();
        } else if wanted != told || told.is_empty() {
            write!(wrong, "{}\n  wanted\n{wanted}  found\n{told}\n", path.file_name().unwrap().display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
