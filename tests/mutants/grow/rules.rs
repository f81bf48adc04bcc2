//! Items: rules, and everything that is declared; keys and events of rules.

use ivrc::syntax::tree::ItemKind;

use super::{Edit, Flow};
use crate::mutants::text::range;

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for item in &flow.tree.items {
        let kind = match &item.kind {
            ItemKind::Admit { .. } | ItemKind::Listen { .. } | ItemKind::Anywhere { .. } | ItemKind::On { .. } => {
                "drop a rule"
            }
            _ => "drop an item",
        };
        edits.push(Edit::drop(kind, range(item.span)));
        match &item.kind {
            ItemKind::Anywhere { keys, .. } => {
                edits.extend(keys.iter().map(|key| Edit::new("change a key", range(key.span), "#")));
            }
            ItemKind::On { event, .. } => {
                let other = match event.text.as_str() {
                    "silence" => "invalid",
                    "invalid" => "silence",
                    "giveup" => "error",
                    _ => "giveup",
                };
                edits.push(Edit::new("change a rule", range(event.span), other));
            }
            ItemKind::Music { steps, .. } => {
                edits.extend(steps.iter().map(|step| Edit::drop("drop a step", range(step.span))));
            }
            _ => {}
        }
    }
    edits
}
