//! Scenes that run scenes: cycles (IVR403), and what a scene run by `do` needs.

use super::report::Report;
use super::walk::{Seen, walk};
use super::world::World;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{ActKind, Block, File, ItemKind, StepKind};

fn cycle(names: &[String], span: Span) -> Diagnostic {
    let way = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" runs ");
    Diagnostic::new(Code::DoCycle, format!("scenes run each other in a cycle: {way}"))
        .at(span, "runs itself in the end")
        .help("leave by `=>` instead of running by `do`: it forgets where it came from")
}

/// What a scene does itself.
#[derive(Debug, Default)]
struct Deeds {
    /// The scenes it runs, with the places.
    runs: Vec<(usize, Span)>,
    waits: bool,
    needs_caller: bool,
}

/// Reports cycles, and takes down of every scene whether it, or a scene it runs, waits or needs the caller.
pub(super) fn check(world: &mut World, file: &File, report: &Report) {
    let scenes = file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Scene(scene) => Some(&scene.body),
        _ => None,
    });
    let mut deeds: Vec<Deeds> = scenes.map(|body| deeds_of(body, world)).collect();
    for start in 0..deeds.len() {
        let mut way = vec![start];
        if let Some(span) = comes_back(start, start, &deeds, &mut Vec::new(), &mut way) {
            let names: Vec<String> =
                way.iter().filter_map(|n| world.scenes.get(*n)).map(|scene| scene.name.to_string()).collect();
            // Reported once, at the first of the scenes.
            if way.iter().all(|n| *n >= start) {
                report.add(cycle(&names, span));
            }
        }
    }
    spread(&mut deeds);
    for (scene, deeds) in world.scenes.iter_mut().zip(&deeds) {
        scene.waits = deeds.waits;
        scene.needs_caller = deeds.needs_caller;
    }
}

fn deeds_of(body: &Block, world: &World) -> Deeds {
    let mut deeds = Deeds::default();
    walk(body, &mut |seen| match seen {
        Seen::Act(act) => match &act.kind {
            ActKind::Do(target) => {
                deeds.runs.extend(world.scene(&target.name.text).map(|(scene, _)| (scene, target.span)));
            }
            ActKind::Send { .. } => {}
            ActKind::Wait(_) => deeds.waits = true,
            _ => {
                deeds.waits = true;
                deeds.needs_caller = true;
            }
        },
        Seen::Step(step) => match &step.kind {
            StepKind::Say(_)
            | StepKind::Play(_)
            | StepKind::Pause(_)
            | StepKind::For { .. }
            | StepKind::Goto(_)
            | StepKind::HangUp { .. }
            | StepKind::Speak(_)
            | StepKind::Connect => deeds.needs_caller = true,
            _ => {}
        },
    });
    deeds
}

/// The place of the `do` that leads back from `at` to `start`; `way` is then the way there. What is in `seen` leads
/// nowhere, or is being looked at.
fn comes_back(start: usize, at: usize, deeds: &[Deeds], seen: &mut Vec<usize>, way: &mut Vec<usize>) -> Option<Span> {
    for (next, span) in deeds.get(at).map(|deeds| deeds.runs.as_slice()).unwrap_or_default() {
        way.push(*next);
        if *next == start {
            return Some(*span);
        }
        if !seen.contains(next) {
            seen.push(*next);
            if let Some(found) = comes_back(start, *next, deeds, seen, way) {
                return Some(found);
            }
        }
        way.pop();
    }
    None
}

/// What a scene runs is done by it.
fn spread(deeds: &mut [Deeds]) {
    for _ in 0..deeds.len() {
        let state: Vec<(bool, bool)> = deeds.iter().map(|deeds| (deeds.waits, deeds.needs_caller)).collect();
        for deed in deeds.iter_mut() {
            for (run, _) in &deed.runs {
                let (waits, needs_caller) = state.get(*run).copied().unwrap_or_default();
                deed.waits |= waits;
                deed.needs_caller |= needs_caller;
            }
        }
    }
}
