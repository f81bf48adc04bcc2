//! The lines of a source that a frame shows.
//!
//! miette is given only these lines, made fit for a terminal: without control characters, cut where they are too long.
//! Line and column numbers are those of the source.

use std::collections::HashMap;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::diagnostic::Label;
use crate::source::Source;

/// Columns that a frame needs besides the text.
const MARGIN: usize = 12;
/// Columns of a line that are shown at most, however far its labels reach: miette cannot draw lines of any length.
const MOST: usize = 400;
/// Columns in front of a label that stay where the beginning of a line is left out.
const LEAD: usize = 40;

/// Lines of a source with labels.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    /// The name of the source.
    name: String,
    /// The lines that are shown, each with a line break.
    text: String,
    lines: Vec<Line>,
    labels: Vec<LabeledSpan>,
    /// The column in the source, from 0, of each label; of two at one place that of the primary one.
    columns: HashMap<usize, usize>,
}

/// A line that is shown.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// Its number in the source, from 0.
    number: usize,
    /// Its first byte in the excerpt.
    start: usize,
}

/// The columns of a line that are shown.
#[derive(Debug, Clone, Copy)]
struct Window {
    first: usize,
    columns: usize,
    /// What stands for the columns before.
    dots: &'static str,
}

/// A label as columns, from 0, of a line.
struct Place {
    /// From 1.
    line: usize,
    start: usize,
    end: usize,
    text: String,
    primary: bool,
}

impl Excerpt {
    /// The lines on which labels begin, at most `width` columns of them or as far as the labels reach.
    pub(super) fn new(source: &Source, labels: &[&Label], width: usize, unicode: bool) -> Self {
        let mut places: Vec<Place> =
            labels.iter().enumerate().map(|(n, label)| place(source, label, n == 0, unicode)).collect();
        places.sort_by_key(|place| (place.line, place.start));
        let mut excerpt = Self { name: printable(&source.name, unicode), ..Self::default() };
        while let Some(line) = places.first().map(|place| place.line) {
            let here = places.iter().take_while(|place| place.line == line).count();
            let later = places.split_off(here);
            excerpt.add(line - 1, source.line(line).unwrap_or(""), places, (width, unicode));
            places = later;
        }
        excerpt
    }

    /// Adds a line, if there are labels on it.
    fn add(&mut self, number: usize, line: &str, places: Vec<Place>, (width, unicode): (usize, bool)) {
        let Some(window) = Window::over(&places, width, unicode) else { return };
        let start = self.text.len();
        self.lines.push(Line { number, start });
        let mut shown = window.dots.to_owned();
        shown.extend(line.chars().skip(window.first).take(window.columns).map(|c| visible(c, unicode)));
        if places.iter().any(|place| window.column(place.start) >= shown.chars().count()) {
            // miette draws no label behind the last character.
            shown.push(' ');
        }
        let offset = |column| start + shown.chars().take(window.column(column)).map(char::len_utf8).sum::<usize>();
        for place in places {
            let from = offset(place.start);
            let length = offset(place.end) - from;
            let label = (!place.text.is_empty()).then_some(place.text);
            if place.primary || !self.columns.contains_key(&from) {
                self.columns.insert(from, place.start);
            }
            self.labels.push(if place.primary {
                LabeledSpan::new_primary_with_span(label, (from, length))
            } else {
                LabeledSpan::new_with_span(label, (from, length))
            });
        }
        if line.chars().nth(window.first + window.columns).is_some() {
            shown.push_str(if unicode { " …" } else { " ..." });
        }
        self.text.push_str(&shown);
        self.text.push('\n');
    }

    /// The labels, with their places in the excerpt.
    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> {
        self.labels.iter().cloned()
    }

    /// The line of a byte of the excerpt, as an index.
    fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.start <= at).saturating_sub(1)
    }
}

impl Window {
    /// As much as fits, or as far as the labels reach; of a very long line the surroundings of the primary label, or
    /// else of the first. None without labels.
    fn over(places: &[Place], width: usize, unicode: bool) -> Option<Self> {
        let reach = places.iter().map(|place| place.end).max()?;
        let place = places.iter().find(|place| place.primary).or_else(|| places.first())?;
        let first = place.start.saturating_sub(LEAD);
        let dots = if unicode { "… " } else { "... " };
        if reach <= MOST || first <= dots.len() {
            let columns = width.saturating_sub(MARGIN).max(reach).min(MOST);
            return Some(Self { first: 0, columns, dots: "" });
        }
        Some(Self { first, columns: width.saturating_sub(MARGIN).max(place.end - first).min(MOST), dots })
    }

    /// Where a column of the line stands in what is shown; a label that is not there is drawn at its edge.
    fn column(&self, column: usize) -> usize {
        self.dots.chars().count() + column.saturating_sub(self.first).min(self.columns)
    }
}

impl SourceCode for Excerpt {
    /// Whole lines, whatever context is asked for.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let first = self.line_of(span.offset());
        let last = self.line_of(span.offset() + span.len());
        let line = self.lines.get(first).ok_or(MietteError::OutOfBounds)?;
        let end = self.lines.get(last + 1).map_or(self.text.len(), |next| next.start).saturating_sub(1);
        let data = self.text.get(line.start..end).ok_or(MietteError::OutOfBounds)?;
        let before = || self.text.get(line.start..span.offset()).map_or(0, |before| before.chars().count());
        let column = self.columns.get(&span.offset()).copied().unwrap_or_else(before);
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data.as_bytes(),
            (line.start, data.len()).into(),
            line.number,
            column,
            last - first + 1,
        )))
    }
}

/// Line and columns of a label. One that reaches beyond its line is cut.
fn place(source: &Source, label: &Label, primary: bool, unicode: bool) -> Place {
    let range = source.shown(label.span);
    let at_break = source.text.get(range.start..).is_some_and(|rest| rest.starts_with(['\n', '\r']));
    let under = source.text.get(range.clone()).unwrap_or("").split(['\n', '\r']).next().unwrap_or("");
    let start = source.position(range.start);
    let column = start.column - 1;
    Place {
        line: start.line,
        start: column,
        end: column + if at_break { 0 } else { under.chars().count() },
        text: printable(&label.text, unicode),
        primary,
    }
}

/// A text without characters that a terminal would obey.
pub(super) fn printable(text: &str, unicode: bool) -> String {
    text.chars().map(|c| visible(c, unicode)).collect()
}

/// A character, or a sign for it if a terminal would obey it: control characters and those that turn the direction of
/// writing. Tabs stay; miette widens them.
fn visible(c: char, unicode: bool) -> char {
    match c {
        '\t' => c,
        _ if !(c.is_control() || is_direction(c)) => c,
        _ if !unicode => '?',
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        _ => '\u{fffd}',
    }
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
