//! Braces that are missing: which one, and where it belongs.
//!
//! The grammar notices at the next item that a `}` is missing. Which block was meant to end, and where, is a guess from
//! the indentation, made only where the braces do not add up. The text is then read again with the missing brace put
//! into the white space in front of that place, so that no byte moves and one missing brace is one finding.

use super::comments::Comments;
use super::grammar::{self, Bracket, Pairs, Rule};
use super::overview::Overview;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

/// A brace that is missing.
#[derive(Debug, Clone)]
pub(super) struct Missing {
    /// The `{` without `}`.
    opener: usize,
    /// What stands where the `}` was expected; the end of the text if nothing does.
    before: usize,
    /// Whether the indentation says so. If it does not, what follows the opener may be misread because of it.
    sure: bool,
}

/// The braces that are missing in the items of a parse tree.
pub(super) fn missing(pairs: &Pairs<'_>, text: &str, overview: &Overview) -> Vec<Missing> {
    if !overview.unclosed {
        return Vec::new();
    }
    let comments = &overview.comments;
    let items = pairs.clone().flat_map(grammar::Pair::into_inner);
    let mut all = Vec::new();
    for item in items {
        let start = item.as_span().start();
        let nodes = item.into_inner().flatten();
        let Some(end) = nodes.filter(|node| node.as_rule() == Rule::unclosed).map(|node| node.as_span().start()).max()
        else {
            continue;
        };
        // The documentation of the next item belongs to that item.
        let region = Region { text, start, end: comments.trim_end(text, end), next: end };
        all.extend(region.missing(comments));
    }
    all
}

/// The text of an item whose braces do not add up.
struct Region<'t> {
    text: &'t str,
    start: usize,
    /// End of its last token.
    end: usize,
    /// Where the next item begins, or the end of the text.
    next: usize,
}

impl Region<'_> {
    fn missing(&self, comments: &Comments) -> Vec<Missing> {
        let Some(Ok(pairs)) = self.text.get(self.start..self.end).map(|text| grammar::parse(Rule::brackets, text))
        else {
            return Vec::new();
        };
        let brackets = grammar::brackets(pairs).map(|bracket| Bracket { at: bracket.at + self.start, ..bracket });
        let brackets: Vec<Bracket> = brackets.collect();
        let braces = |opens| brackets.iter().filter(|other| other.kind == '{' && other.opens == opens).count();
        let wanted = braces(true).saturating_sub(braces(false));
        let mut found = Vec::new();
        let mut open: Vec<Bracket> = Vec::new();
        for bracket in brackets {
            if bracket.opens {
                open.push(bracket);
            } else if bracket.kind == '{' {
                self.close_brace(bracket.at, &mut open, &mut found, wanted);
            } else if let Some(depth) = open.iter().rposition(|other| other.kind == bracket.kind) {
                // A `)` or `]` behind a `{` of its own inside: that one was meant to be closed.
                let inside = open.split_off(depth).into_iter().skip(1).filter(|other| other.kind == '{');
                found.extend(inside.rev().map(|other| (other.at, bracket.at)));
            }
        }
        found.extend(open.iter().rev().filter(|other| other.kind == '{').map(|other| (other.at, self.next)));
        found.into_iter().map(|(opener, revealed)| self.place(opener, revealed, comments)).collect()
    }

    /// A `}` at `at`: closes the innermost `{`, unless it begins a line that is indented less than the line of that `{`.
    fn close_brace(&self, at: usize, open: &mut Vec<Bracket>, found: &mut Vec<(usize, usize)>, wanted: usize) {
        while let Some(top) = open.pop() {
            if top.kind != '{' {
                continue;
            }
            let too_deep = self.begins_line(at) && self.indentation(top.at) > self.indentation(at);
            if !too_deep || found.len() >= wanted || !open.iter().any(|other| other.kind == '{') {
                return;
            }
            found.push((top.at, at));
        }
    }

    /// Where the brace for `opener` belongs, whose absence shows at `revealed`: in front of the first line that is
    /// indented no more than the line of the opener. A block that begins on a line of its own must be indented at all,
    /// and an `else` ends it that is indented less than its steps.
    fn place(&self, opener: usize, revealed: usize, comments: &Comments) -> Missing {
        let depth = self.indentation(opener);
        let lines = self.lines(opener, revealed.min(self.end), comments);
        let inner = lines.first().map_or(depth, |&line| self.indentation(line));
        let in_line = self.has_text_behind(opener);
        let dedent = lines.into_iter().find(|&line| {
            let otherwise = self.text.get(line..).is_some_and(|rest| rest.starts_with("else"));
            self.indentation(line) <= depth || (otherwise && (in_line || self.indentation(line) < inner))
        });
        let before = dedent.filter(|_| in_line || inner > depth).unwrap_or(revealed);
        Missing { opener, before, sure: !in_line && inner > depth }
    }

    /// Whether more stands on the line of the brace at `opener`.
    fn has_text_behind(&self, opener: usize) -> bool {
        let line = self.text.get(opener + 1..).and_then(|rest| rest.split('\n').next()).unwrap_or("");
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with("//")
    }

    /// The first bytes of the lines behind `from`, up to `to`, without lines that are empty or comments.
    fn lines(&self, from: usize, to: usize, comments: &Comments) -> Vec<usize> {
        let inside = self.text.get(from..to).unwrap_or("");
        let mut at = from;
        let starts = inside.split_inclusive('\n').map(|line| {
            let start = at;
            at += line.len();
            (start, line)
        });
        let first_bytes = starts.skip(1).filter(|(_, line)| !line.trim().is_empty());
        let first_bytes = first_bytes.map(|(start, line)| start + (line.len() - line.trim_start().len()));
        first_bytes.filter(|&first| comments.after(first).is_none_or(|(start, _)| start != first)).collect()
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
    }

    /// Blanks at the beginning of the line of `at`.
    fn indentation(&self, at: usize) -> usize {
        let line = self.text.get(self.line_start(at)..).unwrap_or("");
        line.len() - line.trim_start_matches([' ', '\t']).len()
    }

    fn begins_line(&self, at: usize) -> bool {
        self.text.get(self.line_start(at)..at).is_some_and(|before| before.trim().is_empty())
    }
}

/// The text with the missing braces in it, each in place of a blank behind the last token before its place. No other
/// byte moves; at the end of the text they are added. A brace for which there is no blank is left out.
pub(super) fn repair(text: &str, missing: &[Missing], comments: &Comments) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut added = 0;
    for Missing { before, .. } in missing {
        let mut at = comments.trim_end(text, *before);
        while at < *before && bytes.get(at) == Some(&b'}') {
            at += 1;
        }
        match bytes.get_mut(at) {
            Some(byte) if at < *before && byte.is_ascii_whitespace() => *byte = b'}',
            None => added += 1,
            Some(_) if *before == text.len() => added += 1,
            Some(_) => {}
        }
    }
    // A comment without line break at the end would swallow them.
    bytes.push(b'\n');
    bytes.extend(std::iter::repeat_n(b'}', added));
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

impl Missing {
    /// Whether a finding may be nothing but a consequence of this brace.
    pub(super) fn explains(&self, at: usize) -> bool {
        !self.sure && (self.opener..=self.before).contains(&at)
    }

    /// The finding.
    pub(super) fn report(&self, id: SourceId, text: &str) -> Diagnostic {
        let opened = opening_words(text, self.opener);
        let next = words(text.get(self.before..).unwrap_or(""), 2);
        let first = text.get(self.before..).map_or(0, |rest| words(rest, 1).len());
        let expected = Span::new(id, self.before, self.before + first);
        let (message, label) = if next.is_empty() {
            ("a `}` is missing at the end of the file".to_owned(), "expected `}` here")
        } else {
            (format!("a `}}` is missing before `{next}`"), "expected `}` before this")
        };
        Diagnostic::new(Code::MissingBrace, message)
            .at(expected, label)
            .at(Span::new(id, self.opener, self.opener + 1), "opened here")
            .help(format!("close `{opened}` with `}}`; the rest of the file was checked as if it were there"))
    }
}

/// What a reader calls the block that begins with the brace at `opener`: the first words of its statement.
fn opening_words(text: &str, opener: usize) -> String {
    let line = text.get(..opener).and_then(|before| before.rsplit('\n').next()).unwrap_or("");
    let statement = line.rsplit(['{', '}', ';']).next().unwrap_or("").trim();
    let name = words(statement, 2);
    if name.is_empty() { "{".to_owned() } else { name.to_owned() }
}

/// The first `count` words of a text that stand on its first line; a text that begins with something else is cut there.
fn words(text: &str, count: usize) -> &str {
    let mut end = 0;
    for _ in 0..count {
        let rest = text.get(end..).unwrap_or("");
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        let word = rest.trim_start_matches(' ').chars().take_while(|c| c.is_alphanumeric() || *c == '_');
        let length: usize = word.map(char::len_utf8).sum();
        if length == 0 {
            break;
        }
        end += blanks + length;
    }
    if end == 0 {
        let first = text.chars().next().filter(|c| !c.is_whitespace()).map_or(0, char::len_utf8);
        end = if text.starts_with("=>") { 2 } else { first };
    }
    text.get(..end).unwrap_or("")
}
