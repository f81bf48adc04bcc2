//! Who comes to which scene: by what leads there, and whether admitted or not.

use super::report::Report;
use super::walk::{Seen, walk};
use super::world::World;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{ActKind, Block, File, Item, ItemKind, StepKind, Target};

fn past_admit(to_main: Span, from_admit: Option<Span>) -> Diagnostic {
    let message = "a caller who is not admitted can come to `main`";
    let diagnostic = Diagnostic::new(Code::PastAdmit, message).at(to_main, "leads past `admit`");
    let diagnostic = match from_admit {
        Some(span) => diagnostic.at(span, "those who are not admitted go on there"),
        None => diagnostic,
    };
    diagnostic.help("end the call instead, `hang up`: everybody who comes to `main` counts as admitted")
}

/// Takes down which scenes a call can come to, and which of them without having been admitted.
pub(super) fn check(world: &mut World, file: &File, report: &Report) {
    let targets: Vec<Vec<&Target>> = file.items.iter().filter_map(body).map(targets_of).collect();
    let mut refused = Vec::new();
    let mut others = Vec::new();
    for item in &file.items {
        match &item.kind {
            ItemKind::Admit { otherwise, .. } => refused.extend(targets_of(&otherwise.body)),
            ItemKind::Anywhere { happens, .. } | ItemKind::On { happens, .. } => {
                others.extend(targets_of(&happens.body));
            }
            _ => {}
        }
    }
    let main = world.scene("main").map(|(main, _)| main);
    let mut unadmitted = spread(world, &targets, &refused, Start::Refused(main));
    if let Some(scene) = main.and_then(|main| unadmitted.get_mut(main)).and_then(Option::take) {
        report.add(past_admit(scene.span, scene.first.filter(|first| *first != scene.span)));
    }
    let admitted = spread(world, &targets, &others, Start::Admitted(main));
    for (n, scene) in world.scenes.iter_mut().enumerate() {
        scene.unadmitted = unadmitted.get(n).copied().flatten().and_then(|coming| coming.first);
        scene.entered = scene.unadmitted.is_some() || admitted.get(n).is_some_and(Option::is_some);
    }
}

/// How a scene is come to.
#[derive(Debug, Clone, Copy)]
struct Coming {
    /// The target that leads there.
    span: Span,
    /// Where the way there began; none for `main` itself.
    first: Option<Span>,
}

/// Where callers begin, with the scene `main`.
#[derive(Debug, Clone, Copy)]
enum Start {
    /// At `main`.
    Admitted(Option<usize>),
    /// At the `else` of `admit`; behind `main` they count as admitted.
    Refused(Option<usize>),
}

/// By scene, how it is come to from these targets.
fn spread(world: &World, targets: &[Vec<&Target>], from: &[&Target], start: Start) -> Vec<Option<Coming>> {
    let (begin, end) = match start {
        Start::Admitted(main) => (main, None),
        Start::Refused(main) => (None, main),
    };
    let mut comings: Vec<Option<Coming>> = vec![None; targets.len()];
    let place = |target: &Target| world.scene(&target.name.text).map(|(place, _)| place);
    let begun =
        from.iter().filter_map(|target| Some((place(target)?, Coming { span: target.span, first: Some(target.span) })));
    let itself = begin.map(|main| (main, Coming { span: Span::default(), first: None }));
    let mut open: Vec<(usize, Coming)> = itself.into_iter().chain(begun).collect();
    while let Some((scene, coming)) = open.pop() {
        let Some(known) = comings.get_mut(scene).filter(|known| known.is_none()) else { continue };
        *known = Some(coming);
        for target in targets.get(scene).into_iter().flatten().filter(|_| end != Some(scene)) {
            open.extend(place(target).map(|next| (next, Coming { span: target.span, first: coming.first })));
        }
    }
    comings
}

fn body(item: &Item) -> Option<&Block> {
    match &item.kind {
        ItemKind::Scene(scene) => Some(&scene.body),
        _ => None,
    }
}

/// The scenes that a body leads to, by `=>` or by `do`.
fn targets_of(body: &Block) -> Vec<&Target> {
    let mut targets = Vec::new();
    walk(body, &mut |seen| match seen {
        Seen::Step(step) => targets.extend(match &step.kind {
            StepKind::Goto(target) => Some(target),
            _ => None,
        }),
        Seen::Act(act) => targets.extend(match &act.kind {
            ActKind::Do(target) => Some(target),
            _ => None,
        }),
    });
    targets
}
