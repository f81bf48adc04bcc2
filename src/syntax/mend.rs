//! Small repairs of a text that was not understood, so that one fault is one finding.
//!
//! What the grammar skips is often more than what is wrong: behind a bracket that is missing, nothing fits any more. So
//! small changes are tried at the place of a fault: a word is replaced by the keyword that it resembles, a sign is put in
//! or taken out. The one after which least is left that is not understood is kept, and the text is read as if it had been
//! written so. It is one finding, at the place of the fault; what comes of it is none.
//!
//! Only a few items around a fault are read again, and only so often: a text full of faults costs no more than it is
//! worth.

mod change;
mod quotes;

use super::build::Builder;
use super::comments::Comments;
use super::edits::Edits;
use super::grammar::{self, Pair, Pairs, Rule};
use super::overview::Overview;
use super::recover::Found;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};
use change::Change;

/// How long a stretch of a text may be for repairs in it to be tried.
const LONGEST: usize = 12 * 1024;
/// How many bytes are read for trials in one text.
const BUDGET: usize = 160 * 1024;
/// How many faults of one stretch are repaired.
const FAULTS: usize = 12;
/// How many faults of one stretch may resist.
const HOPELESS_FAULTS: usize = 2;
/// How many changes are tried for one fault.
const CHANGES: usize = 24;

/// What was changed, and what is to be said about it.
#[derive(Debug, Default)]
pub(super) struct Mended {
    /// The changes.
    pub(super) edits: Edits,
    /// A finding for each of them, in the order of the text.
    pub(super) findings: Vec<Diagnostic>,
}

/// Reads a stretch of a text; what it was built to is not needed.
pub(super) type Read<'b> = &'b dyn Fn(&mut Builder<'_>, Pair<'_>);

/// Looks for small repairs of `text`, which was read as `rule` to `pairs`.
pub(super) fn mend(id: SourceId, text: &str, pairs: &Pairs<'_>, rule: Rule, read: Read<'_>) -> Mended {
    let mut mended = Mended::default();
    let mut budget = BUDGET;
    for (start, end) in stretches(pairs, text.len()) {
        let Some(part) = text.get(start..end) else { continue };
        let mut stretch = Stretch { id, text: part, rule, read, edits: Edits::default(), findings: Vec::new() };
        stretch.mend(&mut budget);
        let place = |at: u32| at.saturating_add(u32::try_from(start).unwrap_or(u32::MAX));
        for mut finding in stretch.findings {
            for label in &mut finding.labels {
                label.span = Span { start: place(label.span.start), end: place(label.span.end), ..label.span };
            }
            mended.findings.push(finding);
        }
        mended.edits.add_all(start, stretch.edits);
    }
    mended
}

/// The stretches with something in them that was not understood: an item with what was skipped behind it.
fn stretches(pairs: &Pairs<'_>, end: usize) -> Vec<(usize, usize)> {
    let parts = pairs.clone().flat_map(Pair::into_inner);
    let mut groups: Vec<(usize, bool)> = Vec::new();
    for part in parts.filter(|part| !matches!(part.as_rule(), Rule::comment | Rule::EOI)) {
        let skipped = matches!(part.as_rule(), Rule::bad_item | Rule::bad_setup);
        let (start, wrong) = (part.as_span().start(), skipped || badness(part.into_inner()).0 > 0);
        match groups.last_mut() {
            Some((_, any)) if skipped => *any |= wrong,
            _ => groups.push((start, wrong)),
        }
    }
    let ends = groups.iter().skip(1).map(|(start, _)| *start).chain([end]);
    let stretches = groups.iter().zip(ends).filter(|((_, wrong), _)| *wrong).map(|((start, _), end)| (*start, end));
    stretches.filter(|(start, end)| end - start <= LONGEST).collect()
}

/// How much of a parse tree was not understood: how often, and how many bytes.
type Badness = (usize, usize);

/// More than there can be.
const HOPELESS: Badness = (usize::MAX, usize::MAX);

fn badness(pairs: Pairs<'_>) -> Badness {
    let bad = pairs.flatten().filter(|pair| is_bad(pair.as_rule()));
    bad.fold((0, 0), |(count, bytes), pair| (count + 1, bytes + pair.as_str().len()))
}

/// The same, after a change; a change behind which something in the same line is not understood is none.
fn remaining(pairs: &Pairs<'_>, text: &str, changed: usize) -> Badness {
    let start = text.get(..changed).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end = text.get(changed..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| changed + length);
    let mut bad = pairs.clone().flatten().filter(|pair| is_bad(pair.as_rule()));
    if bad.any(|pair| (start..end).contains(&pair.as_span().start())) { HOPELESS } else { badness(pairs.clone()) }
}

/// Nodes that stand for what was not understood.
fn is_bad(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::bad_item
            | Rule::bad_setup
            | Rule::bad_entry
            | Rule::bad_step
            | Rule::bad_case
            | Rule::bad_arm
            | Rule::bad_part
            | Rule::bad_line
            | Rule::unclosed
            | Rule::open_string
            | Rule::open_slot
            | Rule::bad_escape
            | Rule::malformed
            | Rule::bad_clock
            | Rule::bad_date
            | Rule::reserved_name
            | Rule::misplaced
            | Rule::extra_arrow
    )
}

/// A few items in which something was not understood.
struct Stretch<'t> {
    id: SourceId,
    text: &'t str,
    rule: Rule,
    read: Read<'t>,
    edits: Edits,
    findings: Vec<Diagnostic>,
}

/// What was read of a stretch.
struct Reading {
    badness: Badness,
    comments: Comments,
    faults: Vec<Fault>,
}

/// A place at which something is wrong.
pub(super) struct Fault {
    /// What was skipped; none: a string without closing quote begins here.
    pub(super) skipped: Option<Found>,
    /// The byte at which reading failed.
    pub(super) at: usize,
    /// What is said about it if nothing better is known.
    pub(super) diagnostic: Diagnostic,
}

impl Stretch<'_> {
    fn mend(&mut self, budget: &mut usize) {
        let mut hopeless = Vec::new();
        for _ in 0..FAULTS {
            let text = self.edits.apply(self.text);
            let Some(left) = budget.checked_sub(text.len()) else { return };
            *budget = left;
            let Some(reading) = self.reading(&text) else { return };
            let is_new = |fault: &&Fault| !hopeless.contains(&self.edits.before(fault.at));
            let Some(fault) = reading.faults.iter().find(is_new) else { return };
            let at = self.edits.before(fault.at);
            if !self.repair(&text, &reading, fault, budget) {
                hopeless.push(at);
                if hopeless.len() >= HOPELESS_FAULTS {
                    return;
                }
            }
        }
    }

    /// Tries to repair a fault.
    fn repair(&mut self, text: &str, reading: &Reading, fault: &Fault, budget: &mut usize) -> bool {
        let Reading { badness, comments, .. } = reading;
        let mut best: Option<(Badness, Change, Edits)> = None;
        for change in change::all(text, comments, fault).into_iter().take(CHANGES) {
            let Some(edits) = self.with(&change) else { continue };
            let changed = edits.apply(self.text);
            let Some(left) = budget.checked_sub(changed.len()) else { break };
            *budget = left;
            let place = edits.after(self.edits.before(fault.at));
            let remains = self.pairs(&changed).map_or(HOPELESS, |pairs| remaining(&pairs, &changed, place));
            let limit = best.as_ref().map_or(*badness, |(badness, ..)| *badness);
            if remains < limit {
                best = Some((remains, change, edits));
            }
            if remains.0 == 0 {
                break;
            }
        }
        let Some((_, change, edits)) = best else { return false };
        let finding = change.finding(self.id, text, comments, fault);
        self.findings.push(self.edits.diagnostic(finding));
        self.edits = edits;
        true
    }

    /// The changes so far and one more; none if it touches one of them.
    fn with(&self, change: &Change) -> Option<Edits> {
        let mut edits = self.edits.clone();
        for edit in &change.edits {
            edits.add(self.edits.translated(edit)?);
        }
        Some(edits)
    }

    fn pairs<'x>(&self, text: &'x str) -> Option<Pairs<'x>> {
        grammar::parse(self.rule, text).ok()
    }

    fn reading(&self, text: &str) -> Option<Reading> {
        let pairs = self.pairs(text)?;
        let (overview, unchanged) = (Overview::of(&pairs), Edits::default());
        let mut builder = Builder::new(self.id, text, text.len(), &overview, &unchanged);
        (self.read)(&mut builder, pairs.clone().next()?);
        let skipped = std::mem::take(&mut builder.skipped);
        let open = builder.findings();
        let open = open.iter().filter(|finding| finding.code == Code::OpenString);
        let mut faults: Vec<Fault> = open
            .filter_map(|found| {
                Some(Fault { skipped: None, at: found.span()?.start as usize, diagnostic: found.clone() })
            })
            .collect();
        faults.extend(skipped.into_iter().map(|found| Fault {
            at: found.at,
            diagnostic: found.diagnostic.clone(),
            skipped: Some(found),
        }));
        faults.sort_by_key(|fault| fault.at);
        drop(builder);
        Some(Reading { badness: badness(pairs), comments: overview.comments, faults })
    }
}
