//! Text to tree. Parsing never fails: what was not understood is reported and left out of the tree.
//!
//! The grammar (`grammar/ivr.pest`) recovers by itself: in its parse tree stand nodes for what was not understood. One
//! walk (`overview`) finds what is looked for everywhere in it, before anything is built. What was not understood becomes
//! diagnostics in four places: `faults` (mistakes it can go on after), `recover` (stretches it had to skip), `braces` (a
//! missing `}`, for which the text is read a second time) and `mend` (other small repairs, likewise).

mod braces;
mod build;
mod comments;
mod concrete;
mod depth;
mod edits;
mod faults;
mod grammar;
mod mend;
mod overview;
mod recover;
pub mod scenario;
pub mod tree;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Span};
use build::Builder;
pub use concrete::Kind;
pub(crate) use concrete::{Concrete, Node};
use edits::Edits;
pub(crate) use grammar::Rule;
use grammar::{Failure, Pair, Pairs};
use overview::Overview;

/// A flow that was read.
#[derive(Debug, Clone, Default)]
pub struct Parsed {
    /// What was understood.
    pub file: tree::File,
    /// What was not, in the order of the text.
    pub diagnostics: Diagnostics,
}

/// A test file that was read.
#[derive(Debug, Clone, Default)]
pub struct ParsedTests {
    /// What was understood.
    pub tests: scenario::Tests,
    /// What was not, in the order of the text.
    pub diagnostics: Diagnostics,
}

/// Reads a flow. Whatever was not understood is one diagnostic.
#[must_use]
pub fn parse(id: SourceId, text: &str) -> Parsed {
    let Reading { tree: items, comments, incomplete, diagnostics } = read(id, text, Rule::file, build::flow);
    Parsed { file: tree::File { items, comments, incomplete }, diagnostics }
}

/// Reads a test file. Whatever was not understood is one diagnostic.
#[must_use]
pub fn parse_tests(id: SourceId, text: &str) -> ParsedTests {
    let Reading { tree, comments, diagnostics, .. } = read(id, text, Rule::tests, build::tests);
    ParsedTests { tests: scenario::Tests { comments, ..tree }, diagnostics }
}

/// What came of one text.
struct Reading<T> {
    tree: T,
    comments: Vec<Span>,
    /// Whether something that declares names was lost.
    incomplete: bool,
    diagnostics: Diagnostics,
}

type Build<T> = fn(&mut Builder<'_>, Pair<'_>) -> T;

fn read<T: Default>(id: SourceId, text: &str, rule: Rule, build: Build<T>) -> Reading<T> {
    match understand(id, text, rule, build) {
        Ok(reading) => reading,
        Err(hopeless) => {
            let mut diagnostics = Diagnostics::new();
            diagnostics.push(hopeless.report(id, text));
            Reading { tree: T::default(), comments: Vec::new(), incomplete: true, diagnostics }
        }
    }
}

/// Reads a text, and reads it again with the missing braces if some are missing.
fn understand<T: Default>(id: SourceId, text: &str, rule: Rule, build: Build<T>) -> Result<Reading<T>, Hopeless> {
    if let Some(at) = depth::too_many_brackets(text) {
        return Err(Hopeless::Brackets(at));
    }
    let (pairs, overview) = pairs(rule, text)?;
    let missing = braces::missing(&pairs, text, &overview);
    if missing.is_empty() {
        return understand_mended(id, text, text.len(), (&pairs, &overview), rule, build);
    }
    let repaired = braces::repair(text, &missing, &overview.comments);
    let (pairs, overview) = self::pairs(rule, &repaired)?;
    let mut reading = understand_mended(id, &repaired, text.len(), (&pairs, &overview), rule, build)?;
    let mut diagnostics = Diagnostics::new();
    for brace in missing.iter().take(build::ENOUGH) {
        diagnostics.push(brace.report(id, text));
    }
    let consequence = |finding: &Diagnostic| {
        // Braces that were put in behind the text are nothing that somebody wrote.
        let behind = |span: Span| span.end as usize > text.len();
        let explained = |span: Span| missing.iter().any(|brace| brace.explains(span.start as usize));
        finding.span().is_some_and(|span| behind(span) || explained(span))
    };
    for finding in reading.diagnostics.iter().filter(|finding| !consequence(finding)) {
        diagnostics.push(finding.clone());
    }
    reading.diagnostics = diagnostics.sorted();
    Ok(reading)
}

/// Reads a text, of which the user wrote the first `written` bytes, and reads it again with small repairs if some help.
fn understand_mended<T: Default>(
    id: SourceId,
    text: &str,
    written: usize,
    (pairs, overview): (&Pairs<'_>, &Overview),
    rule: Rule,
    build: Build<T>,
) -> Result<Reading<T>, Hopeless> {
    let unchanged = Edits::default();
    let mut builder = Builder::new(id, text, written, overview, &unchanged);
    let reading = finish(&mut builder, pairs, build);
    let open = reading.diagnostics.iter().any(|finding| finding.code == Code::OpenString);
    if builder.skipped.is_empty() && !open {
        return Ok(reading);
    }
    let read = |builder: &mut Builder<'_>, root: Pair<'_>| drop(build(builder, root));
    let mend::Mended { edits, findings } = mend::mend(id, text, pairs, rule, &read);
    if edits.is_empty() {
        return Ok(reading);
    }
    let mended = edits.apply(text);
    let (pairs, overview) = self::pairs(rule, &mended)?;
    let mut builder = Builder::new(id, &mended, written, &overview, &edits);
    let mut reading = finish(&mut builder, &pairs, build);
    let mut all = Diagnostics::new();
    findings.into_iter().take(build::ENOUGH).for_each(|finding| all.push(finding));
    all.extend(reading.diagnostics);
    reading.diagnostics = all.sorted();
    Ok(reading)
}

fn pairs(rule: Rule, text: &str) -> Result<(Pairs<'_>, Overview), Hopeless> {
    let pairs = grammar::parse(rule, text).map_err(|failure| match failure {
        Failure::Expected { at, .. } | Failure::Limit { at } => Hopeless::Depth(at),
    })?;
    let overview = Overview::of(&pairs);
    overview.too_high.map_or(Ok((pairs, overview)), |at| Err(Hopeless::Depth(at)))
}

fn finish<T: Default>(builder: &mut Builder<'_>, pairs: &Pairs<'_>, build: Build<T>) -> Reading<T> {
    let tree = pairs.clone().next().map(|root| build(builder, root)).unwrap_or_default();
    let (comments, incomplete) = (builder.comments(), builder.incomplete);
    Reading { tree, comments, incomplete, diagnostics: builder.findings().sorted() }
}

/// Why a text cannot be read at all.
enum Hopeless {
    /// Too many brackets are open at this byte.
    Brackets(usize),
    /// Something that begins here is too high a tree, or the parser gave up here.
    Depth(usize),
}

impl Hopeless {
    fn report(&self, id: SourceId, text: &str) -> Diagnostic {
        let (at, message) = match *self {
            Self::Brackets(at) => (at, format!("more than {} brackets are open here", depth::BRACKETS)),
            Self::Depth(at) => (at, "this is too long, or nested too deeply, to be understood".to_owned()),
        };
        let end = text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8());
        Diagnostic::new(Code::NotUnderstood, message)
            .at(Span::new(id, at, end), "given up here")
            .help("split it: name parts of an expression with `let`, move steps into a scene of their own")
    }
}

#[cfg(test)]
mod tests;
