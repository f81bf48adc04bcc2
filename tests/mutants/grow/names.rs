//! Misspelt names: where they are declared, and where they are used.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ivrc::syntax::tree::{ActKind, Expr, ExprKind, ItemKind, Path, StepKind, TyKind, Word};

use super::{Edit, Flow};
use crate::mutants::text::range;

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    let declared = declared(flow);
    let places: BTreeSet<usize> = declared.iter().map(|word| word.span.start as usize).collect();
    let names: BTreeSet<&str> = used(flow).into_iter().chain(declared.iter().map(|word| word.text.as_str())).collect();
    // Of each name the last place where it is used.
    let mut uses: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    for n in 0..flow.tokens.all.len() {
        let (name, at) = (flow.tokens.at(n), flow.tokens.range(n, n));
        if names.contains(name) && !places.contains(&at.start) {
            uses.insert(name, at);
        }
    }
    let misspelt = |text: &str| misspelt(text, &names);
    let declared =
        declared.iter().map(|word| Edit::new("misspell a declaration", range(word.span), misspelt(&word.text)));
    let uses = uses.iter().map(|(name, at)| Edit::new("misspell a use", at.clone(), misspelt(name)));
    let slots = flow.pieces.slots().map(|(inner, span)| {
        let end = inner.trim_end();
        Edit::new("misspell a use", range(span), format!("{{{{{}}}}}", misspelt(end)))
    });
    declared.chain(uses).chain(slots).collect()
}

/// Without its last letter, or with one too many.
fn misspelt(name: &str, names: &BTreeSet<&str>) -> String {
    let shorter = &name[..name.len() - 1];
    if shorter.len() < 2 || names.contains(shorter) { format!("{name}q") } else { shorter.to_owned() }
}

fn declared<'t>(flow: &Flow<'t>) -> Vec<&'t Word> {
    let mut words: Vec<&Word> = Vec::new();
    for item in &flow.tree.items {
        match &item.kind {
            ItemKind::Enum { name, values } => words.extend(std::iter::once(name).chain(values)),
            ItemKind::Table { name, .. } | ItemKind::Type { name, .. } | ItemKind::Music { name, .. } => {
                words.push(name)
            }
            ItemKind::Settings(settings) => words.extend(settings.iter().flat_map(|setting| &setting.names)),
            ItemKind::Phrases(phrases) => words.extend(phrases.iter().map(|phrase| &phrase.name)),
            ItemKind::Service(service) => {
                words.push(&service.name);
                words.extend(service.operations.iter().map(|operation| &operation.name));
            }
            ItemKind::Query(query) => words.push(&query.name),
            ItemKind::Scene(scene) => words.push(&scene.name),
            _ => {}
        }
    }
    words.extend(flow.pieces.fields.iter().flat_map(|fields| *fields).flat_map(|field| &field.names).flat_map(last));
    words.extend(flow.pieces.params.iter().flat_map(|params| *params).map(|param| &param.name));
    for step in &flow.pieces.steps {
        match &step.kind {
            StepKind::Let { name, .. } | StepKind::For { name, .. } => words.push(name),
            _ => {}
        }
    }
    for act in &flow.pieces.acts {
        if let ActKind::Escalate(escalate) = &act.kind {
            words.push(&escalate.name);
        }
    }
    for expr in &flow.pieces.exprs {
        if let ExprKind::Quantified { name, .. } | ExprKind::Comprehension { name, .. } = &expr.kind {
            words.push(name);
        }
    }
    words
}

fn last(path: &Path) -> Option<&Word> {
    path.words.last()
}

/// Names that expressions and types mention, those of the language included.
fn used<'t>(flow: &Flow<'t>) -> Vec<&'t str> {
    let of = |expr: &&'t Expr| match &expr.kind {
        ExprKind::Name(name) => Some(name.as_str()),
        ExprKind::Member { name, .. } | ExprKind::Call { name, .. } => Some(name.text.as_str()),
        _ => None,
    };
    let types = flow.pieces.types.iter().filter_map(|ty| match &ty.kind {
        TyKind::Name(name) => Some(name.text.as_str()),
        _ => None,
    });
    flow.pieces.exprs.iter().filter_map(of).chain(types).collect()
}
