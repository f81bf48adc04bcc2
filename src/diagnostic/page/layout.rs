//! The lines of a page: paragraphs are filled, code is set in, headings stand out.

use pulldown_cmark::{Tag, TagEnd};
use textwrap::{WordSeparator, WordSplitter};

use super::Caption;
use super::table::Table;
use crate::diagnostic::render::Style;

const BOLD: &str = "\u{1b}[1m";
const FAINT: &str = "\u{1b}[2m";
const CODE: &str = "\u{1b}[36m";
const WRONG: &str = "\u{1b}[31m";
const RIGHT: &str = "\u{1b}[32m";
const END: &str = "\u{1b}[0m";

/// A page that is being laid out.
pub(super) struct Layout {
    style: Style,
    done: String,
    /// The words of the paragraph, heading, item or cell so far.
    words: String,
    /// Whether code is being read, whose lines stay as they are.
    in_code: bool,
    /// How many lists are open.
    lists: usize,
    table: Option<Table>,
}

impl Layout {
    pub(super) fn new(style: Style) -> Self {
        Self { style, done: String::new(), words: String::new(), in_code: false, lists: 0, table: None }
    }

    /// An empty line, unless this is the beginning.
    fn gap(&mut self) {
        if !self.done.is_empty() && !self.done.ends_with("\n\n") {
            self.done.push('\n');
        }
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.style.color { format!("{color}{text}{END}") } else { text.to_owned() }
    }

    pub(super) fn begin(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::List(_) => {
                self.fill();
                self.lists += 1;
            }
            Tag::Table(_) => self.table = Some(Table::default()),
            _ => {}
        }
    }

    pub(super) fn begin_code(&mut self, caption: Caption<'_>) {
        self.fill();
        self.gap();
        let line = match caption {
            Caption::Wrong => self.paint(WRONG, "wrong:"),
            Caption::Right => self.paint(RIGHT, "right:"),
            Caption::File(file) => self.paint(FAINT, &format!("{file}:")),
            Caption::None => String::new(),
        };
        if !line.is_empty() {
            self.done = format!("{}  {line}\n", self.done);
        }
        self.in_code = true;
    }

    pub(super) fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.gap();
                let heading = self.paint(BOLD, &self.words);
                self.words.clear();
                self.done = format!("{}{heading}\n", self.done);
            }
            TagEnd::CodeBlock => {
                self.in_code = false;
                let code = std::mem::take(&mut self.words);
                let code = if code.trim().is_empty() { "(empty)" } else { &code };
                for line in code.lines() {
                    let line = format!("    {line}");
                    self.done = format!("{}{}\n", self.done, line.trim_end());
                }
            }
            TagEnd::Paragraph | TagEnd::Item => self.fill(),
            TagEnd::List(_) => self.lists = self.lists.saturating_sub(1),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.words);
                self.table.iter_mut().for_each(|table| table.cell(cell.clone()));
            }
            TagEnd::TableHead | TagEnd::TableRow => self.table.iter_mut().for_each(Table::end_row),
            TagEnd::Table => {
                let Some(table) = self.table.take() else { return };
                self.gap();
                for (n, line) in table.lines(self.style).into_iter().enumerate() {
                    let line = if n == 0 { self.paint(BOLD, &line) } else { line };
                    self.done = format!("{}{line}\n", self.done);
                }
            }
            _ => {}
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.words.push_str(text);
    }

    pub(super) fn code(&mut self, code: &str) {
        let quoted = format!("`{code}`");
        // Columns of a table are as wide as what is seen of them.
        let painted = if self.table.is_some() { quoted } else { self.paint(CODE, &quoted) };
        self.words.push_str(&painted);
    }

    /// Ends the paragraph or the item of a list.
    fn fill(&mut self) {
        let words = std::mem::take(&mut self.words);
        if words.trim().is_empty() {
            return;
        }
        let bullet = if self.lists > 0 { format!("{}- ", "  ".repeat(self.lists - 1)) } else { String::new() };
        if bullet.is_empty() || !self.done.lines().last().is_some_and(|line| line.trim_start().starts_with("- ")) {
            self.gap();
        }
        let behind = " ".repeat(bullet.len());
        let options = textwrap::Options::new(self.style.width)
            .initial_indent(&bullet)
            .subsequent_indent(&behind)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation);
        self.done = format!("{}{}\n", self.done, textwrap::fill(words.trim(), options));
    }

    pub(super) fn finish(mut self) -> String {
        self.fill();
        self.done
    }
}
