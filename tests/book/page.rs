//! Pages and their blocks.
//!
//! ````text
//! ```ivr                      a complete flow that is checked clean
//! ```ivr,fails=IVR205         a complete flow with findings of exactly this code
//! ```ivr,file=hello.ivr       … that console sessions and settings below it can name
//! ```ivr-items ```ivr-steps   a part of a flow, put into the page's frame (an HTML comment `<!-- ivr-steps … -->` with
//!                             a line `@@` where the part goes); lints about what is unused are not counted
//! ```toml,for=hello           a settings file of that flow; `serve`: every setting needs a value
//! ```env,for=hello            environment variables of that flow
//! ```test-ivr,for=hello       a test file of that flow, as `serve --dev` and `talk` take it
//! ```console                  a session, run in a directory with the page's files
//! ```sh                       commands for another machine: those of `ivrc` have options that exist
//! ```xml,of=hello,keys=2      the answer of that flow to these keys
//! ```text ```json             shown; JSON is well-formed
//! ````

use std::path::Path;

/// A page of the documentation.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its path from the repository's root.
    pub(crate) path: String,
    /// Its whole text.
    pub(crate) text: String,
    /// Its blocks and frames, in order.
    pub(crate) blocks: Vec<Block>,
}

/// A fenced block, or a hidden frame for such blocks.
#[derive(Debug)]
pub(crate) struct Block {
    /// `ivr`, `console` …
    pub(crate) kind: String,
    /// What stands behind the kind: `fails=IVR205`.
    pub(crate) options: Vec<(String, String)>,
    /// The line of its first line of content, from 1.
    pub(crate) line: usize,
    /// What is in it.
    pub(crate) text: String,
    /// Whether it is a frame in a comment.
    pub(crate) hidden: bool,
}

impl Page {
    pub(crate) fn read(root: &Path, path: &Path) -> Self {
        let text = std::fs::read_to_string(root.join(path)).expect("a page");
        let blocks = blocks(&text);
        Self { path: path.display().to_string(), text, blocks }
    }
}

impl Block {
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The fenced blocks and the frames of a text.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // The block that is being read, with the line that ends it.
    let mut open: Option<(Block, String)> = None;
    for (number, line) in text.lines().enumerate() {
        if let Some((block, end)) = &mut open {
            if line.trim() == end {
                blocks.extend(open.take().map(|(block, _)| block));
            } else {
                block.text.push_str(line);
                block.text.push('\n');
            }
        } else if let Some(info) = line.trim_start().strip_prefix("```") {
            let ticks = info.len() - info.trim_start_matches('`').len();
            let block = block(info.trim_start_matches('`'), number + 2, false);
            open = Some((block, "`".repeat(3 + ticks)));
        } else if let Some(info) = line.strip_prefix("<!-- ").filter(|info| !info.contains("-->")) {
            open = Some((block(info, number + 2, true), "-->".to_owned()));
        }
    }
    if let Some((block, end)) = open {
        blocks.push(Block { kind: format!("(no {end} for a block `{}`)", block.kind), ..block });
    }
    blocks
}

fn block(info: &str, line: usize, hidden: bool) -> Block {
    let mut words = info.trim().split(',');
    let kind = words.next().unwrap_or_default().to_owned();
    let options = words.map(|word| word.split_once('=').unwrap_or((word, ""))).map(|(a, b)| (a.into(), b.into()));
    Block { kind, options: options.collect(), line, text: String::new(), hidden }
}

#[test]
fn blocks_and_frames_are_found_with_their_lines() {
    let text = "a\n```ivr,file=x.ivr,clean\nscene main {}\n```\n<!-- ivr-steps\n@@\n-->\n````text\n```\n````\n";
    let found = blocks(text);
    let seen: Vec<_> = found.iter().map(|b| (b.kind.as_str(), b.line, b.text.as_str(), b.hidden)).collect();
    let wanted = [("ivr", 3, "scene main {}\n", false), ("ivr-steps", 6, "@@\n", true), ("text", 9, "```\n", false)];
    assert_eq!(seen, wanted);
    assert_eq!(
        (found[0].option("file"), found[0].option("clean"), found[0].option("x")),
        (Some("x.ivr"), Some(""), None)
    );
}
