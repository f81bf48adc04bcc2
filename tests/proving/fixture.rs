//! A fixture: a title, what it shows, and sentences.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A call as it is written down.
#[derive(Debug)]
pub(crate) struct Fixture {
    /// Where it stands, from the top of the repository.
    pub(crate) path: Arc<str>,
    /// Its first line.
    pub(crate) title: String,
    /// Lines of the issue it is evidence for.
    pub(crate) shows: Vec<String>,
    /// What happens.
    pub(crate) lines: Vec<Line>,
}

/// A sentence with its place.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) place: Place,
    pub(crate) text: String,
}

/// A line of a file.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    path: Arc<str>,
    line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/calls")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Every folder of fixtures.
pub(crate) fn subjects() -> Vec<String> {
    let folders = entries(&folder()).into_iter().filter(|path| path.is_dir());
    folders.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

impl Fixture {
    /// Every fixture.
    pub(crate) fn all() -> Vec<Self> {
        subjects().iter().flat_map(|subject| Self::of_subject(subject)).collect()
    }

    /// The fixtures of one folder; with `IVRC_CALL=NAME` only those whose file name contains it.
    pub(crate) fn of_subject(subject: &str) -> Vec<Self> {
        let wanted = std::env::var("IVRC_CALL").unwrap_or_default();
        let paths = entries(&folder().join(subject)).into_iter();
        let named = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().contains(&wanted);
        paths
            .filter(|path| path.extension().is_some_and(|end| end == "call"))
            .filter(named)
            .map(|p| Self::read(&p))
            .collect()
    }

    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let shown = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path);
        Self::parse(&shown.to_string_lossy(), &text)
    }

    /// `//` begins a line that is no sentence; one that begins with `/ ` or `"` goes on with the one above.
    pub(crate) fn parse(path: &str, text: &str) -> Self {
        let path: Arc<str> = path.into();
        let mut lines: Vec<Line> = Vec::new();
        for (number, text) in text.lines().enumerate() {
            let text = text.trim();
            if text.is_empty() || text.starts_with("//") {
                continue;
            }
            match lines.last_mut().filter(|_| text.starts_with("/ ") || text.starts_with('"')) {
                Some(before) => before.text = format!("{} {text}", before.text),
                None => {
                    lines.push(Line { place: Place { path: path.clone(), line: number + 1 }, text: text.to_owned() });
                }
            }
        }
        assert!(!lines.is_empty(), "{path} is empty");
        let title = lines.remove(0).text;
        let mut shows = Vec::new();
        lines.retain(|line| {
            let claims = line.text.strip_prefix("shows:");
            shows.extend(claims.into_iter().flat_map(|claims| claims.split(';')).map(|claim| claim.trim().to_owned()));
            claims.is_none()
        });
        Self { path, title, shows, lines }
    }
}

#[cfg(test)]
mod tests {
    use super::Fixture;

    #[test]
    fn a_fixture_has_a_title_claims_and_sentences() {
        let text = "A title\nshows: one; two\n\n// a remark\ncaller calls\n  hears \"a\"\n    / \"b\"\nsent x {\"a\": 1,\n  \"b\": 2}\n";
        let fixture = Fixture::parse("x.call", text);
        assert_eq!((fixture.title.as_str(), fixture.shows), ("A title", vec!["one".to_owned(), "two".to_owned()]));
        let lines: Vec<String> = fixture.lines.iter().map(|line| format!("{} {}", line.place, line.text)).collect();
        assert_eq!(
            lines,
            ["x.call:5 caller calls", "x.call:6 hears \"a\" / \"b\"", "x.call:8 sent x {\"a\": 1, \"b\": 2}"]
        );
    }
}
