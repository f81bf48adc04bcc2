//! What a menu announces: whether words and keys agree, and how many choices there are at once.

use super::super::checker::Checker;
use super::super::spans::keyword;
use super::keys::{Offered, single_keys};
use super::menu::Values;
use super::prompted::Choices;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::Words;
use crate::program::Label;
use crate::source::Span;
use crate::syntax::tree::{self, Arm, KeyKind, Menu, Text};

fn silent_value(value: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::SilentKey, format!("no prompt mentions the key of `{value}`"))
        .at(span, "nobody knows of it")
        .help(format!("give it a label: `{value} \"…\" => …`"))
}

/// What a menu says in one try.
pub(super) struct Spoken<'a> {
    pub(super) words: &'a Words,
    /// By arm.
    pub(super) labels: &'a [Option<Label>],
    pub(super) closing: Option<&'a Words>,
}

impl Checker<'_> {
    /// Warns of what words and keys disagree about.
    pub(super) fn announced(&self, menu: &Menu, span: Span, spoken: &Spoken<'_>, offered: &Offered, list: &Values) {
        let mut agree = self.prompted(menu.text.span(), spoken.words, offered, list.most);
        if let Some((text, words)) = menu.closing.as_ref().zip(spoken.closing) {
            agree &= self.prompted(text.span(), words, offered, list.most);
        }
        let labels = spoken.labels.iter().flatten().map(|label| &label.words);
        let all: Vec<&Words> = std::iter::once(spoken.words).chain(spoken.closing).chain(labels).collect();
        for (arm, label) in menu.arms.iter().zip(spoken.labels) {
            let own: Vec<(char, Span)> = single_keys(&arm.keys).collect();
            match label {
                // It is spoken only when its own key is offered.
                Some(label) => {
                    let place = arm.label.as_ref().map_or(arm.span, Text::span);
                    agree &= self.prompted(place, &label.words, &offered.whenever(&own), list.most);
                }
                // With another key named in its place, it is one mistake.
                None if agree => {
                    self.mentioned(&all, &own);
                    self.values_announced(arm);
                }
                None => {}
            }
        }
        self.memorable("menu", &choices(menu, spoken, list, keyword(span, "menu")));
    }

    /// Warns of values that nobody is told of.
    fn values_announced(&self, arm: &Arm) {
        for key in &arm.keys {
            if let KeyKind::Value(value) = &key.kind {
                self.report.lint(silent_value(value, key.span));
            }
        }
    }
}

/// How many choices have labels: of values as many as are in the list.
fn choices(menu: &Menu, spoken: &Spoken<'_>, list: &Values, at: Span) -> Choices {
    let with_label = menu.arms.iter().zip(spoken.labels).filter(|(_, label)| label.is_some());
    let (values, own): (Vec<&Arm>, Vec<&Arm>) = with_label.map(|(arm, _)| arm).partition(|arm| is_value(arm));
    let count = |arms: &[&tree::Arm]| u32::try_from(arms.len()).unwrap_or(u32::MAX);
    let of_list = count(&values).min(list.now.map_or(list.most, |(now, _)| now));
    let conditional = values.iter().chain(&own).any(|arm| arm.condition.is_some());
    let exact = !conditional && (values.is_empty() || list.now.is_some());
    let outside = list.now.and_then(|(_, outside)| outside).filter(|_| !values.is_empty());
    Choices { count: of_list.saturating_add(count(&own)), exact, at, list: outside }
}

fn is_value(arm: &Arm) -> bool {
    arm.keys.iter().any(|key| matches!(key.kind, KeyKind::Value(_)))
}
