//! Walking over steps as they are written, however deep they stand.

use crate::syntax::tree::{Act, ActKind, Block, Happens, Otherwise, Source, SourceValue, Step, StepKind};

/// Something on the way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Seen<'t> {
    Step(&'t Step),
    Act(&'t Act),
}

/// Calls `visit` on every step and every act of a block, outer ones first.
pub(super) fn walk<'t>(block: &'t Block, visit: &mut dyn FnMut(Seen<'t>)) {
    for step in &block.steps {
        visit(Seen::Step(step));
        match &step.kind {
            StepKind::Let { source: value, .. } => source(value, visit),
            StepKind::Act { act: value, otherwise } => {
                act(value, visit);
                otherwise.iter().for_each(|happens| walk(&happens.body, visit));
            }
            StepKind::If { then, otherwise, .. } => {
                walk(&then.body, visit);
                otherwise.iter().for_each(|happens| walk(&happens.body, visit));
            }
            StepKind::Match { cases, .. } => cases.iter().for_each(|case| walk(&case.happens.body, visit)),
            StepKind::For { body, .. } => walk(body, visit),
            StepKind::HangUp { then } => then.iter().for_each(|block| walk(block, visit)),
            StepKind::Say(_)
            | StepKind::Play(_)
            | StepKind::Pause(_)
            | StepKind::Yield { .. }
            | StepKind::Goto(_)
            | StepKind::Give(_)
            | StepKind::Keep
            | StepKind::Retry { .. }
            | StepKind::Return(_)
            | StepKind::Speak(_)
            | StepKind::Connect
            | StepKind::Bad => {}
        }
    }
}

fn source<'t>(from: &'t Source, visit: &mut dyn FnMut(Seen<'t>)) {
    if let SourceValue::Act(value) = &from.value {
        act(value, visit);
    }
    match from.otherwise.as_deref() {
        Some(Otherwise::Happens(happens)) => walk(&happens.body, visit),
        Some(Otherwise::Source(next)) => source(next, visit),
        None => {}
    }
}

fn act<'t>(value: &'t Act, visit: &mut dyn FnMut(Seen<'t>)) {
    visit(Seen::Act(value));
    let mut happens = |happens: &'t Happens| walk(&happens.body, visit);
    match &value.kind {
        ActKind::Menu(menu) => menu.arms.iter().for_each(|arm| happens(&arm.happens)),
        ActKind::Record(record) => record.arms.iter().flatten().for_each(|arm| happens(&arm.happens)),
        ActKind::Escalate(escalate) => {
            escalate.outcomes.iter().for_each(|arm| happens(&arm.happens));
            let parts = [&escalate.caller_hears, &escalate.callee_hears];
            parts.into_iter().flatten().for_each(|block| walk(block, visit));
        }
        ActKind::Wait(wait) => wait.body.iter().for_each(|block| walk(block, visit)),
        ActKind::Send { .. } | ActKind::Do(_) | ActKind::Pick(_) | ActKind::Enter | ActKind::Dial(_) => {}
    }
}
