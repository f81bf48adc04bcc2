//! Steps: left out, in another order, to another scene.

use ivrc::source::Span;
use ivrc::syntax::tree::{Block, StepKind, Target};

use super::{Edit, Flow};
use crate::mutants::text::range;

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for block in flow.pieces.blocks.iter().filter(|block| in_braces(flow, block)) {
        for step in &block.steps {
            let kind = match step.kind {
                StepKind::Say(_) => "drop a say",
                StepKind::Retry { .. } => "drop a retry",
                _ => "drop a step",
            };
            edits.push(Edit::drop(kind, range(step.span)));
        }
        for pair in block.steps.windows(2) {
            edits.push(Edit::swap("swap two steps", flow.text, range(pair[0].span), range(pair[1].span)));
        }
    }
    for step in &flow.pieces.steps {
        let kind = "change how it goes on";
        match &step.kind {
            StepKind::Keep => edits.push(Edit::new(kind, range(step.span), "retry")),
            StepKind::Retry { .. } => edits.push(Edit::new(kind, range(step.span), "keep")),
            StepKind::HangUp { .. } => edits.push(Edit::new(kind, range(step.span), "=> main")),
            StepKind::Goto(_) => edits.push(Edit::new(kind, range(step.span), "hang up")),
            StepKind::Connect => edits.push(Edit::new(kind, range(step.span), "hang up")),
            StepKind::Yield { all: true, .. } => edits.push(drop_word(flow, step.span, 1)),
            _ => {}
        }
    }
    edits.extend(flow.pieces.targets.iter().filter_map(|target| elsewhere(flow, target)));
    edits.extend(flow.pieces.otherwise.iter().map(|span| {
        let with_else = flow.tokens.with_word_before(range(*span));
        Edit::drop("drop an else", with_else)
    }));
    edits
}

fn in_braces(flow: &Flow<'_>, block: &Block) -> bool {
    flow.text[range(block.span)].starts_with('{')
}

/// Another scene, if possible one that takes as many arguments.
fn elsewhere(flow: &Flow<'_>, target: &Target) -> Option<Edit> {
    let scenes = flow.scenes();
    let here = scenes.iter().position(|(name, _)| *name == target.name.text)?;
    let others = || scenes.iter().cycle().skip(here + 1).take(scenes.len() - 1);
    let args = target.args.as_ref().map_or(0, Vec::len);
    let (name, _) = others().find(|(_, params)| *params == args).or_else(|| others().next())?;
    Some(Edit::new("change a target", range(target.name.span), *name))
}

/// Leaves out the n-th word of something.
fn drop_word(flow: &Flow<'_>, span: Span, n: usize) -> Edit {
    let first = flow.tokens.from(span.start as usize);
    Edit::drop("drop a word", flow.tokens.range(first + n, first + n))
}
