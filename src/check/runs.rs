//! Scenes that run scenes: cycles (IVR403), and what a scene run by `do` needs.

use std::collections::{HashMap, VecDeque};

use super::report::Report;
use super::walk::{Seen, walk};
use super::world::World;
use crate::components::Components;
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
    let edges: Vec<Vec<usize>> = deeds.iter().map(|deeds| deeds.runs.iter().map(|(to, _)| *to).collect()).collect();
    let components = Components::new(&edges);
    for first in components.cyclic(&edges) {
        if let Some((way, span)) = way_back(first, &deeds, &components) {
            let names: Vec<String> =
                way.iter().filter_map(|n| world.scenes.get(*n)).map(|scene| scene.name.to_string()).collect();
            report.add(cycle(&names, span));
        }
    }
    spread(&mut deeds, &components);
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

/// The shortest way from a scene back to it, and the place of the `do` that closes it.
fn way_back(start: usize, deeds: &[Deeds], components: &Components) -> Option<(Vec<usize>, Span)> {
    let same = |n: usize| components.of.get(n) == components.of.get(start);
    let mut from: HashMap<usize, usize> = HashMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for (next, span) in deeds.get(at).map(|deeds| deeds.runs.as_slice()).unwrap_or_default() {
            if *next == start {
                // Backwards, from the end to the beginning.
                let mut way = vec![start, at];
                way.extend(std::iter::successors(from.get(&at), |before| from.get(*before)));
                way.reverse();
                return Some((way, *span));
            }
            if same(*next) && !from.contains_key(next) {
                from.insert(*next, at);
                open.push_back(*next);
            }
        }
    }
    None
}

/// What a scene runs is done by it. Components come behind those they lead to.
fn spread(deeds: &mut [Deeds], components: &Components) {
    for group in &components.groups {
        let members = || group.iter().filter_map(|n| deeds.get(*n));
        let all = || members().chain(members().flat_map(|own| &own.runs).filter_map(|(run, _)| deeds.get(*run)));
        let (waits, needs_caller) = (all().any(|deeds| deeds.waits), all().any(|deeds| deeds.needs_caller));
        for member in group {
            if let Some(deeds) = deeds.get_mut(*member) {
                (deeds.waits, deeds.needs_caller) = (waits, needs_caller);
            }
        }
    }
}
