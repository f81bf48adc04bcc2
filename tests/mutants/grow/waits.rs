//! The steps that wait: their options and parts.

use ivrc::syntax::tree::{Act, ActKind, Block};

use super::{Edit, Flow};
use crate::mutants::text::range;

/// Options that are a keyword with one word or string behind it.
const PAIRS: [&str; 5] = ["by", "alone", "each", "music", "keys"];

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    let tokens = &flow.tokens;
    let mut edits: Vec<Edit> = flow.pieces.acts.iter().flat_map(|act| of(flow, act)).collect();
    let inside = |n: usize| flow.pieces.acts.iter().any(|act| range(act.span).contains(&tokens.range(n, n).start));
    for n in (0..tokens.all.len()).filter(|n| inside(*n)) {
        let comma = usize::from(tokens.at(n - 1) == ",");
        match tokens.at(n) {
            word if PAIRS.contains(&word) => {
                edits.push(Edit::drop("drop an option", tokens.range(n - comma, n + 1)));
            }
            "transcribed" => edits.push(Edit::drop("drop an option", tokens.range(n - comma, n))),
            "star" => edits.push(Edit::drop("drop an option", tokens.range(n - comma, n + 1))),
            "passes" => edits.push(Edit::new("swap two keywords", tokens.range(n, n), "drops")),
            "drops" => edits.push(Edit::new("swap two keywords", tokens.range(n, n), "passes")),
            "caller" if tokens.at(n + 1) == "hears" => {
                edits.push(Edit::new("swap two keywords", tokens.range(n, n), "callee"));
            }
            "callee" if tokens.at(n + 1) == "hears" => {
                edits.push(Edit::new("swap two keywords", tokens.range(n, n), "caller"));
            }
            _ => {}
        }
    }
    edits
}

fn of(flow: &Flow<'_>, act: &Act) -> Vec<Edit> {
    match &act.kind {
        ActKind::Menu(menu) => {
            let closing = menu.closing.iter().map(|text| flow.tokens.with_word_before(range(text.span())));
            let from = menu.from.iter().map(|list| flow.tokens.with_word_before(range(list.span)));
            let conditions = menu.arms.iter().filter_map(|arm| arm.condition.as_ref());
            let conditions = conditions.map(|condition| flow.tokens.with_word_before(range(condition.span)));
            closing
                .map(|closing| Edit::drop("drop a say", closing))
                .chain(from.chain(conditions).map(|option| Edit::drop("drop an option", option)))
                .collect()
        }
        ActKind::Escalate(escalate) => {
            let parts = [("caller", &escalate.caller_hears), ("callee", &escalate.callee_hears)];
            let parts = parts.into_iter().filter_map(|(_, block)| block.as_ref());
            let mut edits: Vec<Edit> = parts.map(|block| part(flow, block)).collect();
            if let (Some(a), Some(b)) = (&escalate.caller_hears, &escalate.callee_hears) {
                edits.push(Edit::swap("swap two keywords", flow.text, range(a.span), range(b.span)));
            }
            edits
        }
        ActKind::Wait(wait) => wait.body.iter().map(|block| Edit::drop("drop a block", range(block.span))).collect(),
        ActKind::Send { .. } => {
            let send = flow.tokens.from(act.span.start as usize);
            vec![Edit::drop("send, or not", flow.tokens.range(send, send))]
        }
        ActKind::Do(_) => {
            let word = flow.tokens.from(act.span.start as usize);
            vec![Edit::drop("send, or not", flow.tokens.range(word, word))]
        }
        _ => Vec::new(),
    }
}

/// `caller hears { … }`, `callee hears { … }`.
fn part(flow: &Flow<'_>, block: &Block) -> Edit {
    let first = flow.tokens.from(block.span.start as usize) - 2;
    let start = flow.tokens.range(first, first).start;
    Edit::drop("drop a block", start..block.span.end as usize)
}
