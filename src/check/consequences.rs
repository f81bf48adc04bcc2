//! What is found wrong only because something else was not understood.
//!
//! A syntax error suppresses the checks that need the part it spoils, and no others: everything about the step or the
//! entry it stands in, what its scene does (a way may be missing), and what is known behind it (a test may be missing).
//! A condition with a wrong name in it tests nothing, and excuses what is not known behind it.

use super::walk::{Seen, walk};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::Span;
use crate::syntax::tree::{Act, ActKind, Block, File, Item, ItemKind, Step, StepKind};

/// The findings of [`super::check`] that stand by themselves, given what the parser found.
#[must_use]
pub fn without_consequences(findings: Diagnostics, file: &File, syntax: &Diagnostics) -> Diagnostics {
    let findings = known_in_spite_of_conditions(findings, file);
    if !syntax.has_errors() {
        return findings;
    }
    let faults: Vec<Fault> = syntax.iter().filter_map(|finding| Fault::of(finding, file)).collect();
    let mut own = Diagnostics::new();
    for finding in &findings {
        let lint = finding.severity == Severity::Warning;
        // The item that was lost may have been an `admit`, which tests something for the whole file.
        let untested = file.incomplete && is_about_facts(finding);
        if !lint && !untested && !faults.iter().any(|fault| fault.explains(finding)) {
            own.push(finding.clone());
        }
    }
    own
}

/// The findings without those about absence behind a condition with a wrong name in it.
fn known_in_spite_of_conditions(findings: Diagnostics, file: &File) -> Diagnostics {
    if !findings.iter().any(is_about_facts) {
        return findings;
    }
    let wrong: Vec<Span> =
        findings.iter().filter(|finding| finding.code.number() / 100 == 2).filter_map(Diagnostic::span).collect();
    let tested: Vec<(Span, Option<Span>)> = file
        .items
        .iter()
        .flat_map(|item| conditions(item).into_iter().map(move |condition| (condition, item)))
        .filter(|(condition, _)| wrong.iter().any(|span| touches(*condition, *span)))
        // What `admit` tests is known everywhere.
        .map(|(condition, item)| (condition, (!matches!(item.kind, ItemKind::Admit { .. })).then_some(item.span)))
        .collect();
    let excused = |finding: &Diagnostic| {
        is_about_facts(finding)
            && tested.iter().any(|(condition, item)| {
                let behind = |span: Span| item.is_none_or(|item| touches(item, span) && span.start >= condition.start);
                finding.labels.iter().any(|label| behind(label.span))
            })
    };
    let mut own = Diagnostics::new();
    findings.iter().filter(|finding| !excused(finding)).for_each(|finding| own.push(finding.clone()));
    own
}

/// Whether something is wrong because it may be absent.
fn is_about_facts(finding: &Diagnostic) -> bool {
    matches!(finding.code, Code::MayBeAbsent | Code::AbsentComparison | Code::StillPending)
}

/// The conditions of an item.
fn conditions(item: &Item) -> Vec<Span> {
    let mut found = Vec::new();
    let mut visit = |seen: Seen<'_>| match seen {
        Seen::Step(Step { kind: StepKind::If { condition, .. }, .. }) => found.push(condition.span),
        Seen::Act(Act { kind: ActKind::Menu(menu), .. }) => {
            found.extend(menu.arms.iter().filter_map(|arm| arm.condition.as_ref()).map(|condition| condition.span));
        }
        _ => {}
    };
    match &item.kind {
        ItemKind::Query(query) => walk(&query.body, &mut visit),
        ItemKind::Scene(scene) => walk(&scene.body, &mut visit),
        ItemKind::Anywhere { happens, .. } | ItemKind::On { happens, .. } => walk(&happens.body, &mut visit),
        ItemKind::Admit { condition, otherwise } => {
            walk(&otherwise.body, &mut visit);
            found.push(condition.span);
        }
        _ => {}
    }
    found
}

/// A place that was not understood, with what it spoils.
struct Fault {
    at: Span,
    /// The smallest step or entry around it.
    near: Option<Span>,
    /// The step or entry that ends directly before it: it was probably meant to go on.
    before: Option<Span>,
    /// The item around it.
    item: Option<Span>,
}

impl Fault {
    fn of(finding: &Diagnostic, file: &File) -> Option<Self> {
        if finding.code != Code::MissingBrace {
            return finding.span().map(|span| Self::at(span, file));
        }
        // Everything was read as if the brace were there; where it was put is a guess, so that ways may be missing.
        let opener = finding.labels.get(1)?.span;
        Some(Self { near: None, before: None, ..Self::at(opener, file) })
    }

    fn at(at: Span, file: &File) -> Self {
        let item = file.items.iter().find(|item| touches(item.span, at));
        let parts = item.map(parts).unwrap_or_default();
        let before = parts.iter().copied().find(|part| part.end == at.start || part.end + 1 == at.start);
        let near = parts.into_iter().filter(|part| touches(*part, at)).min_by_key(|part| part.len());
        let item = item.map(|item| item.span);
        Self { at, near: near.or(item), before, item }
    }

    fn explains(&self, finding: &Diagnostic) -> bool {
        let parts = [self.near, self.before];
        let near = parts.into_iter().flatten().any(|part| finding.labels.iter().any(|at| touches(part, at.span)));
        let Some(span) = finding.span() else { return self.item.is_none() };
        let same_item = self.item.is_some_and(|item| touches(item, span));
        let about_ways = finding.code.number() / 100 == 4;
        near || same_item && (about_ways || is_about_facts(finding) && span.start >= self.at.start)
    }
}

/// Whether `inner` begins within `outer`, or right behind it.
fn touches(outer: Span, inner: Span) -> bool {
    outer.source == inner.source && outer.start <= inner.start && inner.start <= outer.end
}

/// Steps and entries of an item.
fn parts(item: &Item) -> Vec<Span> {
    match &item.kind {
        ItemKind::Settings(lines) => lines.iter().map(|line| line.span).collect(),
        ItemKind::Phrases(lines) => lines.iter().map(|line| line.span).collect(),
        ItemKind::Service(service) => service.operations.iter().map(|operation| operation.span).collect(),
        ItemKind::Query(query) => steps(&query.body),
        ItemKind::Scene(scene) => steps(&scene.body),
        ItemKind::Admit { otherwise: happens, .. }
        | ItemKind::Anywhere { happens, .. }
        | ItemKind::On { happens, .. } => steps(&happens.body),
        _ => Vec::new(),
    }
}

fn steps(body: &Block) -> Vec<Span> {
    let mut spans = Vec::new();
    walk(body, &mut |seen| {
        if let Seen::Step(step) = seen {
            spans.push(step.span);
        }
    });
    spans
}
