//! Flows and test files of the pages are in the style of `ivrc fmt`: complete ones and lists of items, as far as they
//! have no mistake in their grammar. Steps without a scene around them are not looked at.
//!
//! With `IVRC_BLESS=1` in the environment, pages are rewritten (`cargo test --test all style`).

use ivrc::format::{Difference, format};
use ivrc::source::SourceId;
use ivrc::syntax::Kind;

use super::page::{Block, Page};
use super::{Problem, root};

/// The problems of a page.
pub(crate) fn check(page: &Page) -> Vec<Problem> {
    let wrong: Vec<(&Block, String)> =
        page.blocks.iter().filter_map(|block| Some((block, formatted(block)?))).collect();
    if std::env::var_os("IVRC_BLESS").is_some() {
        bless(page, &wrong);
    }
    let difference = |block: &Block, formatted: &str| Difference::first(&block.text, formatted);
    let problem = |(block, formatted): &(&Block, String)| {
        let difference = difference(block, formatted)?;
        Some((page.path.clone(), block.line + difference.line - 1, format!("not in the style:\n{difference}")))
    };
    wrong.iter().filter_map(problem).collect()
}

/// A block in the style, if it is not.
fn formatted(block: &Block) -> Option<String> {
    let kind = match block.kind.as_str() {
        "ivr" | "ivr-items" if !block.hidden => Kind::Flow,
        "test-ivr" => Kind::Tests,
        _ => return None,
    };
    format(kind, SourceId(0), &block.text).ok().filter(|formatted| *formatted != block.text)
}

/// Puts the style into a page, from the end to the beginning.
fn bless(page: &Page, wrong: &[(&Block, String)]) {
    let mut lines: Vec<&str> = page.text.lines().collect();
    for (block, formatted) in wrong.iter().rev() {
        let first = block.line - 1;
        lines.splice(first..first + block.text.lines().count(), formatted.lines());
    }
    if !wrong.is_empty() {
        std::fs::write(root().join(&page.path), lines.join("\n") + "\n").expect("a page");
    }
}
