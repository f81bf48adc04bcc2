//! What is found wrong only because something else was not understood.
//!
//! A syntax error suppresses the checks that need the part it spoils, and no others: everything about the step or the
//! entry it stands in, what its scene does (a way may be missing), and what is known behind it (a test may be missing).

use super::walk::{Seen, walk};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::Span;
use crate::syntax::tree::{Block, File, Item, ItemKind};

/// The findings of [`super::check`] that stand by themselves, given what the parser found.
#[must_use]
pub fn without_consequences(findings: Diagnostics, file: &File, syntax: &Diagnostics) -> Diagnostics {
    if !syntax.has_errors() {
        return findings;
    }
    let faults: Vec<Fault> = syntax.iter().filter_map(Diagnostic::span).map(|span| Fault::at(span, file)).collect();
    let mut own = Diagnostics::new();
    for finding in &findings {
        let lint = finding.severity == Severity::Warning;
        if !lint && !faults.iter().any(|fault| fault.explains(finding)) {
            own.push(finding.clone());
        }
    }
    own
}

/// A place that was not understood, with what it spoils.
struct Fault {
    at: Span,
    /// The smallest step or entry around it.
    near: Option<Span>,
    /// The item around it.
    item: Option<Span>,
}

impl Fault {
    fn at(at: Span, file: &File) -> Self {
        let item = file.items.iter().find(|item| touches(item.span, at));
        let parts = item.map(parts).unwrap_or_default();
        let near = parts.into_iter().filter(|part| touches(*part, at)).min_by_key(|part| part.len());
        let item = item.map(|item| item.span);
        Self { at, near: near.or(item), item }
    }

    fn explains(&self, finding: &Diagnostic) -> bool {
        let near = self.near.is_some_and(|near| finding.labels.iter().any(|label| touches(near, label.span)));
        let Some(span) = finding.span() else { return self.item.is_none() };
        let same_item = self.item.is_some_and(|item| touches(item, span));
        let about_ways = finding.code.number() / 100 == 4;
        let about_facts = matches!(finding.code, Code::MayBeAbsent | Code::AbsentComparison | Code::StillPending);
        near || same_item && (about_ways || about_facts && span.start >= self.at.start)
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
