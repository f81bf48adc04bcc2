//! The pages about diagnostic codes.

use ivrc::diagnostic::Code;

use super::Problem;
use super::page::{Block, Page};

/// Where the pages are.
const PAGES: &str = "book/src/errors/";
/// The list of all codes.
const LIST: &str = "book/src/errors/index.md";

/// What is wrong with the pages about codes.
pub(crate) fn check(pages: &[Page]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let list = pages.iter().find(|page| page.path == LIST).map_or("", |page| page.text.as_str());
    for code in Code::ALL {
        let path = format!("{PAGES}{code}.md");
        let row =
            format!("| [{code}]({code}.md) | {:?} | {} |", code.severity(), code.summary()).replace("Error", "error");
        let row = row.replace("Warning", "warning");
        if !list.lines().any(|line| line == row) {
            problems.push((LIST.to_owned(), 1, format!("no row `{row}`")));
        }
        match pages.iter().find(|page| page.path == path) {
            Some(page) => problems.extend(wrong_with(page, *code).map(|what| (path, 1, what))),
            None => problems.push((path, 1, format!("no page for {code}: {}", code.summary()))),
        }
    }
    for page in pages.iter().filter(|page| page.path.starts_with(PAGES) && page.path != LIST) {
        let known = Code::ALL.iter().any(|code| page.path == format!("{PAGES}{code}.md"));
        if !known {
            problems.push((page.path.clone(), 1, "a page for a code that does not exist".to_owned()));
        }
    }
    problems
}

fn wrong_with(page: &Page, code: Code) -> Option<String> {
    let title = format!("# {code}: {}", code.summary());
    if page.text.lines().next() != Some(title.as_str()) {
        return Some(format!("the title is not `{title}`"));
    }
    let fails = |block: &Block| block.option("fails") == Some(&code.to_string());
    let Some(failing) = page.blocks.iter().position(fails) else {
        // A code that only a command gives is shown by a session.
        let session = |block: &&Block| block.kind == "console" && block.text.contains(&code.to_string());
        let clean = |block: &&Block| block.kind == "console" && !block.text.contains(&code.to_string());
        let both = page.blocks.iter().any(|b| session(&b)) && page.blocks.iter().any(|b| clean(&b));
        return (!both).then(|| "no example that fails".to_owned());
    };
    let kind = page.blocks.get(failing).map(|block| block.kind.as_str());
    let repaired = page
        .blocks
        .iter()
        .skip(failing + 1)
        .any(|block| Some(block.kind.as_str()) == kind && !block.hidden && block.option("fails").is_none());
    (!repaired).then(|| "no repair behind the example that fails".to_owned())
}
