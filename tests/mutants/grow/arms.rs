//! Arms of `menu`, `record`, `match` and `escalate`: their keys, their labels, what happens.

use ivrc::source::Span;
use ivrc::syntax::tree::{Arm, Key, KeyKind, Pattern, PatternKind};

use super::{Edit, Flow};
use crate::mutants::text::range;

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for arms in &flow.pieces.arms {
        for arm in *arms {
            edits.push(Edit::drop("drop an arm", range(arm.span)));
            edits.extend(arm.keys.iter().filter_map(|key| another_key(flow, key)));
            edits.extend(arm.label.iter().map(|label| Edit::drop("drop a label", range(label.span()))));
        }
        for pair in arms.windows(2) {
            edits.extend(swapped(flow, pair));
        }
    }
    for cases in &flow.pieces.cases {
        for case in *cases {
            let first = case.patterns.first().map_or(case.happens.span, |pattern| pattern.span);
            edits.push(Edit::drop("drop an arm", range(first.to(case.happens.span))));
            edits.extend(case.patterns.iter().filter_map(|pattern| another_pattern(flow, pattern)));
        }
        let spans: Vec<Span> = cases.iter().map(|case| case.happens.span).collect();
        let pairs = spans.windows(2).map(|pair| (range(pair[0]), range(pair[1])));
        edits.extend(pairs.map(|(a, b)| Edit::swap("swap what happens", flow.text, a, b)));
    }
    for arm in flow.pieces.outcomes.iter().flat_map(|outcomes| outcomes.iter()) {
        let first = arm.outcomes.first().map_or(arm.happens.span, |word| word.span);
        edits.push(Edit::drop("drop an arm", range(first.to(arm.happens.span))));
        let other = |word: &str| if word == "busy" { "declined" } else { "busy" };
        let changed = arm.outcomes.iter().map(|word| Edit::new("change a key", range(word.span), other(&word.text)));
        edits.extend(changed);
    }
    for happens in &flow.pieces.happens {
        edits.push(Edit::new("nothing happens", range(happens.span), "{}"));
    }
    edits
}

fn swapped(flow: &Flow<'_>, pair: &[Arm]) -> Vec<Edit> {
    let (a, b) = (&pair[0], &pair[1]);
    let mut edits = vec![Edit::swap("swap what happens", flow.text, range(a.happens.span), range(b.happens.span))];
    if let (Some(a), Some(b)) = (&a.label, &b.label) {
        edits.push(Edit::swap("swap two labels", flow.text, range(a.span()), range(b.span())));
    }
    edits
}

fn another_key(flow: &Flow<'_>, key: &Key) -> Option<Edit> {
    let other = match &key.kind {
        KeyKind::One('7') => "8",
        KeyKind::One(_) | KeyKind::Any => "7",
        KeyKind::Value(value) => flow.other_value(value)?,
        KeyKind::Short => "limit",
        KeyKind::Limit => "short",
        KeyKind::Range(..) | KeyKind::Spoken(_) => return None,
    };
    Some(Edit::new("change a key", range(key.span), other))
}

fn another_pattern(flow: &Flow<'_>, pattern: &Pattern) -> Option<Edit> {
    let other = match &pattern.kind {
        PatternKind::Word(word) => flow.other_value(word)?.to_owned(),
        PatternKind::Literal(literal) => format!("\"{}X\"", literal.template()),
        PatternKind::Number(number) => (number + 1.0).to_string(),
        PatternKind::Else | PatternKind::None => return None,
    };
    Some(Edit::new("change a key", range(pattern.span), other))
}
