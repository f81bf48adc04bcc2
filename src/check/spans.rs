//! Places for messages: the word that begins a step.

use crate::source::Span;
use crate::syntax::tree::{Act, ActKind, Step, StepKind};

/// The first `word` of a longer stretch.
pub(super) fn keyword(span: Span, word: &str) -> Span {
    let end = span.start.saturating_add(u32::try_from(word.len()).unwrap_or_default());
    Span { end: end.min(span.end), ..span }
}

/// The keyword of a step.
pub(super) fn of_step(step: &Step) -> Span {
    match &step.kind {
        // Behind the arrow of an arm stands the scene alone.
        StepKind::Goto(target) if target.span.start == step.span.start => target.name.span,
        _ => keyword(step.span, word_of(step)),
    }
}

/// The keyword of an act.
pub(super) fn of_act(act: &Act) -> Span {
    keyword(act.span, act_word(&act.kind))
}

/// The word a step begins with.
pub(super) fn word_of(step: &Step) -> &'static str {
    match &step.kind {
        StepKind::Let { .. } => "let",
        StepKind::Act { act, .. } => act_word(&act.kind),
        StepKind::Say(_) => "say",
        StepKind::Play(_) => "play",
        StepKind::Pause(_) => "pause",
        StepKind::If { .. } => "if",
        StepKind::Match { .. } => "match",
        StepKind::For { .. } => "for",
        StepKind::Yield { .. } => "yield",
        StepKind::Goto(_) => "=>",
        StepKind::Give(_) => "give",
        StepKind::Keep => "keep",
        StepKind::Retry { .. } => "retry",
        StepKind::Return(_) => "return",
        StepKind::HangUp { .. } => "hang up",
        StepKind::Speak(_) => "speak",
        StepKind::Connect => "connect",
        StepKind::Bad => "",
    }
}

/// The word an act begins with.
pub(super) fn act_word(kind: &ActKind) -> &'static str {
    match kind {
        ActKind::Send { .. } => "send",
        ActKind::Do(_) => "do",
        ActKind::Menu(_) => "menu",
        ActKind::Pick(_) => "pick",
        ActKind::Enter => "enter",
        ActKind::Record(_) => "record",
        ActKind::Wait(_) => "wait",
        ActKind::Escalate(_) => "escalate",
        ActKind::Dial(_) => "dial",
    }
}
