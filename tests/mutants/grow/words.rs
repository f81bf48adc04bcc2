//! Words that are spoken: others, in each other's place, other keys in them, other variables.

use ivrc::syntax::tree::{Expr, ExprKind, ItemKind, StepKind, Text};

use super::{Edit, Flow};
use crate::mutants::text::range;

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for texts in &flow.pieces.texts {
        for literal in &texts.tries {
            let at = range(literal.span);
            edits.extend(other_words(&flow.text[at.clone()]).map(|with| Edit::new("change words", at, with)));
        }
        for pair in texts.tries.windows(2) {
            let behind = pair[0].span.end as usize..pair[1].span.end as usize;
            edits.push(Edit::drop("drop a counted text", behind));
        }
    }
    for literal in &flow.pieces.literals {
        let at = range(literal.span);
        edits.extend(other_key(&flow.text[at.clone()]).map(|with| Edit::new("announce another key", at, with)));
    }
    for (_, span) in flow.pieces.slots() {
        edits.push(Edit::drop("drop a variable", range(span)));
    }
    for item in &flow.tree.items {
        if let ItemKind::Phrases(phrases) = &item.kind {
            edits.extend(phrases.iter().map(|phrase| Edit::drop("drop a phrase", range(phrase.span))));
            let pairs = phrases.windows(2).map(|pair| (range(pair[0].text.span()), range(pair[1].text.span())));
            edits.extend(pairs.map(|(a, b)| Edit::swap("swap two phrases", flow.text, a, b)));
        }
    }
    edits.extend(said(flow));
    edits
}

/// Another phrase where one is spoken.
fn said(flow: &Flow<'_>) -> Vec<Edit> {
    let phrases = flow.tree.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Phrases(phrases) => Some(phrases),
        _ => None,
    });
    let names: Vec<&str> = phrases.flatten().map(|phrase| phrase.name.text.as_str()).collect();
    let other = |expr: &Expr| match &expr.kind {
        ExprKind::Name(name) => {
            let place = names.iter().position(|other| other == name)?;
            Some(Edit::new("say another phrase", range(expr.span), names[(place + 1) % names.len()]))
        }
        _ => None,
    };
    let says = flow.pieces.steps.iter().filter_map(|step| match &step.kind {
        StepKind::Say(Text::Expr(expr)) => other(expr),
        _ => None,
    });
    says.collect()
}

/// Without its last word.
fn other_words(literal: &str) -> Option<String> {
    let words = literal.strip_suffix('"')?.trim_end();
    let (head, tail) = words.rsplit_once(' ')?;
    (!tail.contains("}}")).then(|| format!("{head}\""))
}

/// With another digit, or another key in place of `{{digit}}`.
fn other_key(literal: &str) -> Option<String> {
    if literal.contains("{{digit}}") {
        return Some(literal.replacen("{{digit}}", "9", 1));
    }
    let words = ["press ", "dial "];
    let lower = literal.to_ascii_lowercase();
    let at = words.iter().find_map(|word| lower.find(word).map(|at| at + word.len()))?;
    let key = literal[at..].split(|c: char| !c.is_ascii_alphanumeric()).next().filter(|key| !key.is_empty())?;
    let other = match key {
        "star" => "pound",
        key if key.chars().all(|c| c.is_ascii_digit()) => "9",
        "any" => "the 7",
        _ => return None,
    };
    Some(format!("{}{other}{}", &literal[..at], &literal[at + key.len()..]))
}
