//! Findings for people: the home of miette, which draws and nothing else. No global hook is installed.

mod excerpt;

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles};

use super::{Diagnostic, Diagnostics, Label, Severity};
use crate::source::{SourceId, Sources};
use excerpt::{Excerpt, printable};

/// How findings are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours may be used.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether frames may use more than ASCII.
    pub unicode: bool,
}

impl Default for Style {
    /// Frames without colours, 120 columns wide.
    fn default() -> Self {
        Self { color: false, width: 120, unicode: true }
    }
}

/// One finding as it is printed, with a line break at its end:
///
/// ```text
/// IVR405
///   × `bitly.shorten` changes something: it is a POST
///      ╭─[xmatters.ivr:239:14]
///  239 │   let link = bitly.shorten(long) else { … }
///      ·              ──────┬──────
///      ·                    ╰── declared as `post` at line 144
///      ╰────
///   help: write `let link = send bitly.shorten(long) else { … }`
/// ```
///
/// Labels in further sources have frames of their own below. Control characters, of the source and of messages, are
/// replaced by signs for them.
#[must_use]
pub fn render(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let mut frames = frames(diagnostic, sources, style);
    let first = if frames.is_empty() { None } else { Some(frames.remove(0)) };
    let help = diagnostic.help.as_deref().map(|help| printable(help, style.unicode));
    let mut head = Report::new(diagnostic, style, first);
    if frames.is_empty() {
        head.help.clone_from(&help);
    }
    let mut text = head.draw(style).replacen("\n\n", "\n", 1);
    let last = frames.len().saturating_sub(1);
    for (n, frame) in frames.into_iter().enumerate() {
        let mut report = Report {
            code: None,
            message: String::new(),
            severity: diagnostic.severity,
            frame: Some(frame),
            help: None,
        };
        if n == last {
            report.help.clone_from(&help);
        }
        // miette begins with the message, which has been printed.
        let drawn = report.draw(style);
        text.push_str(drawn.split_once('\n').map_or("", |(_, rest)| rest));
    }
    text
}

/// How many findings there are: `2 errors, 1 warning`.
#[must_use]
pub fn summary(diagnostics: &Diagnostics) -> String {
    let count = |severity, name: &str| match diagnostics.count(severity) {
        0 => None,
        1 => Some(format!("1 {name}")),
        n => Some(format!("{n} {name}s")),
    };
    let parts = [count(Severity::Error, "error"), count(Severity::Warning, "warning")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "no errors".to_owned() } else { parts.join(", ") }
}

/// One frame for each source, that of the primary label first.
fn frames(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> Vec<Excerpt> {
    let mut by_source: Vec<(SourceId, Vec<&Label>)> = Vec::new();
    for label in &diagnostic.labels {
        match by_source.iter_mut().find(|(id, _)| *id == label.span.source) {
            Some((_, labels)) => labels.push(label),
            None => by_source.push((label.span.source, vec![label])),
        }
    }
    let known = by_source.into_iter().filter_map(|(id, labels)| Some((sources.get(id)?, labels)));
    known.map(|(source, labels)| Excerpt::new(source, &labels, style.width, style.unicode)).collect()
}

/// What miette draws in one go.
#[derive(Debug)]
struct Report {
    code: Option<String>,
    message: String,
    severity: Severity,
    frame: Option<Excerpt>,
    help: Option<String>,
}

impl Report {
    fn new(diagnostic: &Diagnostic, style: Style, frame: Option<Excerpt>) -> Self {
        let kind = if diagnostic.severity == Severity::Warning { " warning" } else { "" };
        Self {
            code: Some(format!("{}{kind}", diagnostic.code)),
            message: printable(&diagnostic.message, style.unicode),
            severity: diagnostic.severity,
            frame,
            help: None,
        }
    }

    fn draw(&self, style: Style) -> String {
        let characters = if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
        let styles = if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
            .with_width(style.width.max(40))
            .with_links(false)
            .without_syntax_highlighting();
        let mut text = String::new();
        match handler.render_report(&mut text, self) {
            Ok(()) => text,
            // A frame that cannot be drawn must not hide the message.
            Err(fmt::Error) => format!("{self}\n"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.frame.as_ref().map(|frame| frame as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let frame = self.frame.as_ref()?;
        Some(Box::new(frame.labels()))
    }
}

#[cfg(test)]
mod tests;
