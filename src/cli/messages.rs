//! What is said on stderr: findings with their places, and complaints about everything else.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use super::environment::Surroundings;
use crate::diagnostic::render::{self, Style};
use crate::diagnostic::{Code, Diagnostics, Severity};
use crate::project::Trouble;
use crate::source::Sources;

/// Why something cannot be done, in a sentence, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Complaint {
    /// A complaint with advice.
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: Some(help.into()) }
    }

    /// A complaint that speaks for itself.
    pub(super) fn plain(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }
}

impl From<Trouble> for Complaint {
    fn from(trouble: Trouble) -> Self {
        Self { message: trouble.message, help: trouble.help }
    }
}

/// Where messages go, and how they look.
#[derive(Clone)]
pub(super) struct Messages {
    style: Style,
    write: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Messages {
    /// Messages on the process's stderr.
    pub(super) fn of_the_process(surroundings: &Surroundings) -> Self {
        let width = surroundings.get("COLUMNS").and_then(|width| width.parse().ok());
        let usual = Style::default();
        let style = Style { color: surroundings.wants_color(), width: width.unwrap_or(usual.width), ..usual };
        // Nobody can be told that stderr is closed.
        let write = |text: &str| drop(std::io::stderr().write_all(text.as_bytes()));
        Self { style, write: Arc::new(write) }
    }

    /// How they look.
    pub(super) fn style(&self) -> Style {
        self.style
    }

    /// Says one line.
    pub(super) fn line(&self, text: &str) {
        (self.write)(&format!("{text}\n"));
    }

    /// Says why something cannot be done.
    pub(super) fn complain(&self, complaint: &Complaint) {
        let (error, end) = if self.style.color { ("\u{1b}[31merror\u{1b}[0m", "\u{1b}[0m") } else { ("error", "") };
        let mut text = format!("{error}: {}\n", complaint.message);
        if let Some(help) = &complaint.help {
            let start = if self.style.color { "\u{1b}[36m" } else { "" };
            // A write to a text does not fail.
            let _ = writeln!(text, "  {start}help{end}: {help}");
        }
        (self.write)(&text);
    }

    /// Shows findings, errors last: on a terminal they are what is still to be seen.
    pub(super) fn findings(&self, found: &Diagnostics, sources: &Sources) {
        for severity in [Severity::Warning, Severity::Error] {
            for diagnostic in found.iter().filter(|diagnostic| diagnostic.severity == severity) {
                (self.write)(&render::render(diagnostic, sources, self.style));
            }
        }
    }

    /// Says where more is said about what was found: once, at the end, for the gravest codes.
    pub(super) fn hint<'a>(&self, found: impl IntoIterator<Item = &'a Diagnostics>) {
        let all = found.into_iter().flatten().map(|found| (found.severity, found.code));
        let codes: BTreeSet<(Severity, Code)> = all.collect();
        if codes.is_empty() {
            return;
        }
        let codes: Vec<String> = codes.into_iter().take(HINTED).map(|(_, code)| code.to_string()).collect();
        self.line(&format!("`ivrc explain {}` says more", codes.join(" ")));
    }
}

/// How many codes a hint names.
const HINTED: usize = 3;

#[cfg(test)]
pub(super) mod tests {
    use std::sync::{Arc, Mutex};

    use super::{Complaint, Messages};
    use crate::diagnostic::render::Style;
    use crate::diagnostic::{Code, Diagnostic, Diagnostics};

    /// Messages that are kept.
    pub(in crate::cli) fn kept() -> (Messages, Arc<Mutex<String>>) {
        let said = Arc::new(Mutex::new(String::new()));
        let write = {
            let said = Arc::clone(&said);
            move |text: &str| said.lock().unwrap().push_str(text)
        };
        (Messages { style: Style::default(), write: Arc::new(write) }, said)
    }

    #[test]
    fn a_complaint_is_one_sentence_and_what_to_do() {
        let (messages, said) = kept();
        messages.complain(&Complaint::new("it rains", "take an umbrella"));
        messages.complain(&Complaint::plain("it rains"));
        assert_eq!(*said.lock().unwrap(), "error: it rains\n  help: take an umbrella\nerror: it rains\n");
    }

    #[test]
    fn a_hint_names_few_codes_errors_first() {
        let (messages, said) = kept();
        messages.hint([&Diagnostics::new()]);
        assert_eq!(*said.lock().unwrap(), "");
        let found = |codes: &[Code]| {
            let mut found = Diagnostics::new();
            codes.iter().for_each(|code| found.push(Diagnostic::new(*code, "words")));
            found
        };
        messages.hint([&found(&[Code::NeverUsed]), &found(&[Code::WrongType, Code::UnknownName])]);
        messages.hint([&found(&[Code::NotSpeakable, Code::WrongType, Code::UnknownName, Code::UnknownScene])]);
        let wanted = "`ivrc explain IVR202 IVR302 IVR902` says more\n`ivrc explain IVR201 IVR202 IVR302` says more\n";
        assert_eq!(*said.lock().unwrap(), wanted);
    }
}
