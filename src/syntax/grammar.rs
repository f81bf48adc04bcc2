//! The home of pest: the parser made from `grammar/ivr.pest`, and what its failures mean.
//!
//! pest reports a failure at the furthest place at which a *named* rule began and failed. The grammar therefore names
//! every keyword and every punctuation mark that can be forgotten, and no global switch (`set_error_detail`) is needed.

mod names;

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};

pub(super) use names::{describe, literal};

#[derive(pest_derive::Parser)]
#[grammar = "grammar/ivr.pest"]
struct Grammar;

/// A node of the parse tree.
pub(super) type Pair<'i> = pest::iterators::Pair<'i, Rule>;
/// Nodes side by side.
pub(super) type Pairs<'i> = pest::iterators::Pairs<'i, Rule>;

/// Steps of the parser after which a short text counts as hopeless: one that makes it try everything again and again.
const CALLS: usize = 1_000_000;
/// Steps more for each byte. Flows need about ten, nothing but parentheses some hundred.
const CALLS_A_BYTE: usize = 512;

/// Why a text is not an instance of a rule.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something else was expected.
    Expected {
        /// The furthest byte that was looked at.
        at: usize,
        /// What could have stood there.
        rules: Vec<Rule>,
    },
    /// The parser gave up: too long, or too deeply nested for the stack.
    Limit {
        /// Where it was.
        at: usize,
    },
}

/// Reads `text` from its beginning as `rule`; what follows the rule is not looked at, unless the rule ends in `EOI`.
pub(super) fn parse(rule: Rule, text: &str) -> Result<Pairs<'_>, Failure> {
    allow(text.len());
    Grammar::parse(rule, text).map_err(|error| {
        let at = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
        };
        match error.variant {
            ErrorVariant::ParsingError { positives, .. } => Failure::Expected { at, rules: positives },
            ErrorVariant::CustomError { .. } => Failure::Limit { at },
        }
    })
}

/// Lets the parser take as many steps as a text of this length may need. The limit is pest's and global, for templates
/// (handlebars), too: it only grows, so that nobody's is cut short by somebody else's.
fn allow(bytes: usize) {
    static LIMIT: Mutex<usize> = Mutex::new(0);
    let mut limit = LIMIT.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = CALLS.saturating_add(bytes.saturating_mul(CALLS_A_BYTE));
    if wanted > *limit {
        *limit = wanted;
        pest::set_call_limit(NonZeroUsize::new(wanted));
    }
}

/// Whether a node says nothing that its parent does not say: comments, punctuation, most keywords.
pub(super) fn is_silent(rule: Rule) -> bool {
    rule == Rule::comment || rule == Rule::EOI || (literal(rule).is_some() && !tells(rule))
}

/// Keywords that are the only trace of what was chosen.
fn tells(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::k_secret
            | Rule::k_reads
            | Rule::k_typed
            | Rule::k_json
            | Rule::k_form
            | Rule::k_basic
            | Rule::k_bearer
            | Rule::k_or
            | Rule::k_and
            | Rule::k_not
            | Rule::k_in
            | Rule::k_is
            | Rule::k_true
            | Rule::k_false
            | Rule::k_none
            | Rule::k_any
            | Rule::k_all
            | Rule::k_first
            | Rule::k_where
            | Rule::k_transcribed
            | Rule::k_short
            | Rule::k_limit
            | Rule::k_caller
            | Rule::k_callee
            | Rule::k_drops
            | Rule::k_passes
            | Rule::k_timeout
            | Rule::k_hidden
            | Rule::k_only
            | Rule::k_machine
            | Rule::neg
            | Rule::star_key
            | Rule::pound_key
    )
}

/// The nodes inside a node, without those that say nothing.
#[derive(Clone)]
pub(super) struct Kids<'i> {
    pairs: Pairs<'i>,
}

impl<'i> Kids<'i> {
    /// The children of `pair`.
    pub(super) fn of(pair: Pair<'i>) -> Self {
        Self { pairs: pair.into_inner() }
    }

    /// The rule of the next node.
    pub(super) fn peek(&mut self) -> Option<Rule> {
        while let Some(pair) = self.pairs.peek() {
            if !is_silent(pair.as_rule()) {
                return Some(pair.as_rule());
            }
            self.pairs.next();
        }
        None
    }

    /// The next node, if it is of this rule.
    pub(super) fn eat(&mut self, rule: Rule) -> Option<Pair<'i>> {
        if self.peek() == Some(rule) { self.pairs.next() } else { None }
    }

    /// Takes the next node if it is of this rule, and says whether it did.
    pub(super) fn eats(&mut self, rule: Rule) -> bool {
        self.eat(rule).is_some()
    }
}

impl<'i> Iterator for Kids<'i> {
    type Item = Pair<'i>;

    fn next(&mut self) -> Option<Pair<'i>> {
        self.peek()?;
        self.pairs.next()
    }
}

/// The node that says something: the levels of precedence that hold nothing but the next one are left out, all at once,
/// so that nesting costs little of the stack.
pub(super) fn innermost(pair: Pair<'_>) -> Pair<'_> {
    let mut pair = pair;
    loop {
        let level =
            matches!(pair.as_rule(), Rule::expr | Rule::and_ | Rule::cmp | Rule::sum | Rule::postfix | Rule::primary);
        let mut kids = Kids::of(pair.clone());
        match kids.next() {
            Some(only) if level && kids.peek().is_none() => pair = only,
            _ => return pair,
        }
    }
}

/// A step of a walk through a parse tree, without recursion.
pub(super) enum Visit {
    /// A node begins at this byte.
    Enter(Rule, usize),
    /// The node that began last is complete; it ends before this byte.
    Leave(Rule, usize),
}

/// Walks through all nodes.
pub(super) fn walk<'i>(pairs: &Pairs<'i>) -> impl Iterator<Item = Visit> + use<'i> {
    pairs.clone().tokens().map(|token| match token {
        pest::Token::Start { rule, pos } => Visit::Enter(rule, pos.pos()),
        pest::Token::End { rule, pos } => Visit::Leave(rule, pos.pos()),
    })
}

/// A bracket outside of strings and comments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bracket {
    /// Its byte.
    pub(super) at: usize,
    /// Whether it opens.
    pub(super) opens: bool,
    /// Which one: `{`, `(` or `[`, also for those that close.
    pub(super) kind: char,
}

/// The brackets in a parse of `brackets`.
pub(super) fn brackets(pairs: Pairs<'_>) -> impl Iterator<Item = Bracket> {
    pairs.flat_map(Pair::into_inner).filter_map(|pair| {
        let opens = match pair.as_rule() {
            Rule::opening => true,
            Rule::closing => false,
            _ => return None,
        };
        let kind = match pair.as_str() {
            "{" | "}" => '{',
            "(" | ")" => '(',
            _ => '[',
        };
        Some(Bracket { at: pair.as_span().start(), opens, kind })
    })
}
