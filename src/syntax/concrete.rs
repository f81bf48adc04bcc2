//! The parse tree of a text without mistakes, comments included: what a formatter walks.
//!
//! The tree of `tree` keeps what a flow means. Here is every token of the text, of forms that are not built yet, too.

use super::braces;
use super::build::{self, Builder};
use super::comments::Comments;
use super::depth;
use super::edits::Edits;
use super::grammar::{self, Pair, Pairs, Rule};
use super::overview::Overview;
use super::{Hopeless, finish};
use crate::diagnostic::Diagnostics;
use crate::source::SourceId;

/// Which of the two kinds of files a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `NAME.ivr`.
    Flow,
    /// `NAME.test.ivr`.
    Tests,
}

/// The parse tree of a text.
#[derive(Debug)]
pub(crate) struct Concrete<'t> {
    pairs: Pairs<'t>,
    comments: Comments,
}

/// A node of it.
#[derive(Debug, Clone)]
pub(crate) struct Node<'t>(Pair<'t>);

impl<'t> Concrete<'t> {
    /// Reads a text; what was not understood in it, or said about it, are the findings instead.
    pub(crate) fn read(kind: Kind, id: SourceId, text: &'t str) -> Result<Self, Diagnostics> {
        let hopeless = |hopeless: Hopeless| {
            let mut diagnostics = Diagnostics::new();
            diagnostics.push(hopeless.report(id, text));
            diagnostics
        };
        if let Some(at) = depth::too_many_brackets(text) {
            return Err(hopeless(Hopeless::Brackets(at)));
        }
        let (pairs, overview) = super::pairs(root(kind), text).map_err(hopeless)?;
        if !braces::missing(&pairs, text, &overview).is_empty() {
            return Err(findings(kind, id, text));
        }
        let unchanged = Edits::default();
        let mut builder = Builder::new(id, text, text.len(), &overview, &unchanged);
        let found = match kind {
            Kind::Flow => finish(&mut builder, &pairs, build::flow).diagnostics,
            Kind::Tests => finish(&mut builder, &pairs, build::tests).diagnostics,
        };
        // What is said about a text is said after small repairs.
        if found.is_empty() { Ok(Self { pairs, comments: overview.comments }) } else { Err(findings(kind, id, text)) }
    }

    /// Reads a text that is known to be without mistakes; nothing if it is not even readable.
    pub(crate) fn again(kind: Kind, text: &'t str) -> Option<Self> {
        let pairs = grammar::parse(root(kind), text).ok()?;
        let comments = Overview::of(&pairs).comments;
        Some(Self { pairs, comments })
    }

    /// The nodes at the top: one for the whole file.
    pub(crate) fn roots(&self) -> impl Iterator<Item = Node<'t>> + use<'t> {
        self.pairs.clone().map(Node)
    }

    /// Where the comments are, in order: first byte, and one past the last.
    pub(crate) fn comments(&self) -> &[(usize, usize)] {
        self.comments.ranges()
    }
}

fn root(kind: Kind) -> Rule {
    match kind {
        Kind::Flow => Rule::file,
        Kind::Tests => Rule::tests,
    }
}

fn findings(kind: Kind, id: SourceId, text: &str) -> Diagnostics {
    match kind {
        Kind::Flow => super::parse(id, text).diagnostics,
        Kind::Tests => super::parse_tests(id, text).diagnostics,
    }
}

impl<'t> Node<'t> {
    /// The node that says something, if this is a level of precedence that holds nothing but the next one.
    pub(crate) fn innermost(&self) -> Self {
        Self(grammar::innermost(self.0.clone()))
    }

    /// The rule of the grammar.
    pub(crate) fn rule(&self) -> Rule {
        self.0.as_rule()
    }

    /// What was written. Behind a node that is no token, blanks and comments may be counted to it.
    pub(crate) fn text(&self) -> &'t str {
        self.0.as_str()
    }

    /// Its first byte.
    pub(crate) fn start(&self) -> usize {
        self.0.as_span().start()
    }

    /// The nodes in it; comments are none of them.
    pub(crate) fn children(&self) -> impl Iterator<Item = Node<'t>> + use<'t> {
        let silent = |pair: &Pair<'t>| matches!(pair.as_rule(), Rule::comment | Rule::EOI);
        self.0.clone().into_inner().filter(move |pair| !silent(pair)).map(Node)
    }

    /// Whether it is one token: nothing in it is laid out.
    pub(crate) fn is_token(&self) -> bool {
        match self.rule() {
            Rule::string | Rule::span | Rule::range | Rule::path => true,
            Rule::file | Rule::tests => false,
            _ => self.children().next().is_none(),
        }
    }
}
