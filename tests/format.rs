//! The formatter: by examples, on every file of the repository, and on what nobody would write.

mod generated;
mod properties;

use std::path::{Path, PathBuf};

use ivrc::format::{Difference, format};
use ivrc::source::SourceId;
use ivrc::syntax::{Kind, parse, parse_tests};

const ID: SourceId = SourceId(0);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn kind(path: &Path) -> Kind {
    if path.to_string_lossy().contains(".test.") { Kind::Tests } else { Kind::Flow }
}

/// The tree of a text without its places, and its comments.
fn meaning(kind: Kind, text: &str) -> (String, Vec<String>) {
    let (tree, comments) = match kind {
        Kind::Flow => {
            let file = parse(ID, text).file;
            (format!("{:?}", file.items), file.comments)
        }
        Kind::Tests => {
            let tests = parse_tests(ID, text).tests;
            (format!("{:?} {:?}", tests.head, tests.scenarios), tests.comments)
        }
    };
    let mut bare = String::new();
    for (number, part) in tree.split("Span {").enumerate() {
        bare.push_str(if number == 0 { part } else { part.split_once('}').unwrap().1 });
    }
    let comments = comments.iter().map(|span| text[span.range()].trim_end().to_owned());
    (bare.replace("\\r\\n", "\\n"), comments.collect())
}

/// Files with an ending below a directory of the repository.
fn files(directory: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = vec![root().join(directory)];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Every `.ivr` file of the repository that has no mistake in its grammar, with its text.
fn well_formed() -> Vec<(PathBuf, Kind, String)> {
    let paths = ["flows", "examples", "src", "tests"].into_iter().flat_map(|directory| files(directory, ".ivr"));
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (kind(&path), path, text)
    };
    let clean = |kind, text: &str| match kind {
        Kind::Flow => parse(ID, text).diagnostics.is_empty(),
        Kind::Tests => parse_tests(ID, text).diagnostics.is_empty(),
    };
    let all = paths.map(read).filter(|(kind, _, text)| clean(*kind, text)).map(|(kind, path, text)| (path, kind, text));
    all.collect()
}

#[test]
fn every_file_of_the_repository_is_in_the_style() {
    let files = well_formed();
    assert!(files.len() > 120, "the files were not found");
    let mut wrong = String::new();
    for (path, kind, text) in files {
        let formatted = format(kind, ID, &text).unwrap();
        if let Some(difference) = Difference::first(&text, &formatted) {
            wrong += &format!("{}:{}\n{difference}", path.strip_prefix(root()).unwrap().display(), difference.line);
        }
    }
    assert!(wrong.is_empty(), "run `ivrc fmt` on:\n{wrong}");
}

/// What stands between a text and what becomes of it; without it, nothing does.
const LINE: &str = "\n======== becomes\n";

/// A text and what becomes of it.
struct Example {
    path: PathBuf,
    kind: Kind,
    given: String,
    wanted: String,
}

fn examples() -> Vec<Example> {
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let (given, wanted) = match text.split_once(LINE) {
            Some((given, wanted)) => (format!("{given}\n"), wanted.to_owned()),
            None => (text.clone(), text.clone()),
        };
        Example { kind: kind(&path), path, given, wanted }
    };
    files("tests/cases/format", ".example").into_iter().map(read).collect()
}

/// With `IVRC_BLESS=1` in the environment, the examples are rewritten.
#[test]
fn every_example_becomes_what_it_says() {
    let examples = examples();
    assert!(examples.len() > 10, "the examples are missing");
    for Example { path, kind, given, wanted } in examples {
        let formatted = match format(kind, ID, &given) {
            Ok(formatted) => formatted,
            Err(failure) => panic!("{}: {failure:?}", path.display()),
        };
        if formatted != wanted && std::env::var_os("IVRC_BLESS").is_some() {
            std::fs::write(&path, format!("{}{LINE}{formatted}", given.trim_end_matches('\n'))).unwrap();
            continue;
        }
        assert_eq!(formatted, wanted, "{}", path.display());
        assert_eq!(format(kind, ID, &wanted).unwrap(), wanted, "{} is not stable", path.display());
        assert_eq!(meaning(kind, &given), meaning(kind, &wanted), "{}", path.display());
    }
}

#[test]
fn line_breaks_are_newlines_the_last_one_at_the_end() {
    let tidy = "// c\nscene main {\n  say \"a \\\n  b\"\n  hang up\n}\n";
    for text in [
        tidy.to_owned(),
        tidy.replace('\n', "\r\n"),
        format!("\u{feff}{tidy}"),
        format!("\n\n{tidy}\n\n \n"),
        tidy.trim_end().to_owned(),
        tidy.replace("  hang", "\thang"),
        tidy.replace("// c", "// c \t"),
    ] {
        assert_eq!(format(Kind::Flow, ID, &text).unwrap(), tidy, "{text:?}");
    }
    for empty in ["", "\n", "\u{feff}", " \r\n\t"] {
        assert_eq!(format(Kind::Flow, ID, empty).unwrap(), "");
    }
    assert_eq!(format(Kind::Tests, ID, "// only this").unwrap(), "// only this\n");
}
