//! Pages say everything once, and look as they were meant: what an edit or a merge glues together is found here.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::Problem;
use super::page::Page;

/// Headings that stand twice, rules of tables among their rows, items of lists in the middle of a sentence.
pub(crate) fn check(page: &Page) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut known = BTreeSet::new();
    let (mut in_heading, mut in_cell, mut in_code) = (false, false, false);
    let mut text = String::new();
    for (event, range) in Parser::new_ext(&page.text, Options::ENABLE_TABLES).into_offset_iter() {
        let line = page.text[..range.start].matches('\n').count() + 1;
        let mut wrong = |what: String| problems.push((page.path.clone(), line, what));
        match event {
            Event::Start(Tag::Heading { .. }) => (in_heading, text) = (true, String::new()),
            Event::End(TagEnd::Heading(level)) => {
                in_heading = false;
                if !known.insert((level, text.clone())) {
                    wrong(format!("the heading `{text}` stands here twice"));
                }
            }
            Event::Start(Tag::TableCell) => (in_cell, text) = (true, String::new()),
            Event::End(TagEnd::TableCell) => {
                in_cell = false;
                if text.len() > 2 && text.chars().all(|c| c == '-') {
                    wrong("a table begins in the middle of another one".to_owned());
                }
            }
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(part) | Event::Code(part) if in_heading || in_cell => text.push_str(&part),
            Event::Text(part) if !in_code && (part.contains(". - ") || part.starts_with("- ")) => {
                wrong("an item of a list in the middle of a paragraph".to_owned());
            }
            _ => {}
        }
    }
    problems
}
