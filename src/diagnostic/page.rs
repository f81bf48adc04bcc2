//! The page of a code, for terminals and for tools: the home of pulldown-cmark and textwrap.
//!
//! What is in HTML comments is for the tests of the book and is never shown; a link into the book is shown as the title
//! in quotes, and where that page is.

mod layout;
mod table;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::Code;
use super::render::Style;
use layout::Layout;

/// A page of the book about one code.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    markdown: &'a str,
}

/// How wide the text of a page is where nobody says how wide it may be.
const WIDTH: usize = 100;

impl Page<'static> {
    /// The page of a code.
    #[must_use]
    pub fn of(code: Code) -> Self {
        Self { markdown: code.page() }
    }
}

impl Page<'_> {
    /// The first paragraph, in one line, without any markup but the backticks.
    #[must_use]
    pub fn introduction(&self) -> String {
        let mut words = String::new();
        let mut inside = false;
        for event in events(self.markdown) {
            match event {
                Event::Start(Tag::Paragraph) => inside = true,
                Event::End(TagEnd::Paragraph) => break,
                Event::Text(text) if inside => words.push_str(&text),
                Event::Code(code) if inside => words = words + "`" + &code + "`",
                Event::SoftBreak | Event::HardBreak if inside => words.push(' '),
                _ => {}
            }
        }
        words
    }

    /// The page as plain text.
    #[must_use]
    pub fn plain(&self) -> String {
        self.render(Style { color: false, width: WIDTH, unicode: true })
    }

    /// The page as Markdown that can stand alone.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        let mut copied = 0;
        for (event, range) in events(self.markdown).into_offset_iter() {
            let whole = self.markdown.get(range.clone()).unwrap_or_default();
            let (skipped, kept) = match event {
                Event::Html(_) | Event::InlineHtml(_) => (range, String::new()),
                // The words of `[words](target)`.
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let words = whole.strip_prefix('[').and_then(|rest| rest.rsplit_once("](")).map(|(words, _)| words);
                    let words = words.unwrap_or(whole);
                    (range, page(&dest_url).map_or_else(|| words.to_owned(), |page| format!("\"{words}\" ({page})")))
                }
                _ => continue,
            };
            text.push_str(self.markdown.get(copied..skipped.start).unwrap_or_default());
            text.push_str(&kept);
            copied = skipped.end.max(copied);
        }
        text.push_str(self.markdown.get(copied..).unwrap_or_default());
        text
    }

    /// The page as it is read in a terminal, with a line break at its end.
    #[must_use]
    pub fn render(&self, style: Style) -> String {
        let mut layout = Layout::new(Style { width: style.width.clamp(40, WIDTH), ..style });
        let mut blocks = Blocks::default();
        let mut linked = None;
        for event in events(self.markdown) {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let info = if let CodeBlockKind::Fenced(info) = kind { info.into_string() } else { String::new() };
                    layout.begin_code(blocks.caption(&info));
                }
                Event::Start(Tag::Link { dest_url, .. }) => {
                    linked = page(&dest_url);
                    layout.text(if linked.is_some() { "\"" } else { "" });
                }
                Event::End(TagEnd::Link) => {
                    linked.take().iter().for_each(|page| layout.text(&format!("\" ({page})")));
                }
                Event::Start(tag) => layout.begin(&tag),
                Event::End(tag) => layout.end(tag),
                Event::Text(text) => layout.text(&text),
                Event::Code(code) => layout.code(&code),
                Event::SoftBreak | Event::HardBreak => layout.text(" "),
                Event::Rule
                | Event::Html(_)
                | Event::InlineHtml(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::FootnoteReference(_)
                | Event::TaskListMarker(_) => {}
            }
        }
        layout.finish()
    }
}

/// Where the page is to which a link of a page about a code leads; none if its words say it, as the code does.
fn page(target: &str) -> Option<String> {
    match target.strip_prefix("../") {
        Some(page) => Some(format!("book/src/{page}")),
        None if target.starts_with("IVR") => None,
        None if target.contains("://") => Some(target.to_owned()),
        None => Some(format!("book/src/errors/{target}")),
    }
}

fn events(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES)
}

/// What stands above a block of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caption<'t> {
    /// It gives the code of the page.
    Wrong,
    /// It is the one before it, repaired.
    Right,
    /// It is this file.
    File(&'t str),
    /// Nothing.
    None,
}

/// The blocks of code so far: the language of the last one that fails.
#[derive(Default)]
struct Blocks {
    failed: Option<String>,
}

impl Blocks {
    /// The caption of a block with this info: `ivr,file=desk.ivr,fails=IVR205`.
    fn caption<'t>(&mut self, info: &'t str) -> Caption<'t> {
        let mut words = info.split(',');
        let language = words.next().unwrap_or_default();
        let option = |name: &str| info.split(',').find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        if option("fails").is_some() {
            self.failed = Some(language.to_owned());
            return Caption::Wrong;
        }
        match option("file") {
            _ if self.failed.as_deref() == Some(language) => Caption::Right,
            Some(file) => Caption::File(file),
            None => Caption::None,
        }
    }
}

#[cfg(test)]
mod tests;
