//! Seeded faults: every shipped flow with one small edit, thousands of times. What is left out, misspelt, swapped or
//! loosened must be noticed by `ivrc check`, or by the tests of the flow; who survives is listed with the reason.
//!
//! Each run judges a part of them, always the same; `IVRC_MUTANTS=all` judges all, and `IVRC_MUTANTS="drop an arm"`
//! those with this in their names, and tells the fate of each.
//!
//! ```text
//! flow pieces text   the flows, what stands in them, their tokens
//! grow               one edit at a time: a file per subject
//! mutant             an edit with the name under which it is found again
//! judge              what kills it
//! survivors report   who is allowed to live; the table
//! ```

mod flow;
mod grow;
mod judge;
mod mutant;
mod pieces;
mod report;
mod survivors;
mod text;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use flow::Shipped;
use judge::{Fate, Judge};
use mutant::Mutant;

/// A run judges one in so many.
const SAMPLE: u64 = 20;
/// The part of all mutants that `check` (where warnings are denied) and `test` kill at least.
const LEAST: f64 = 0.97;

/// A mutant whose fate is known.
struct Judged {
    mutant: Mutant,
    fate: Fate,
}

/// A mutant with what it is made from: a flow, or its settings.
struct Candidate<'s> {
    shipped: &'s Shipped,
    mutant: Mutant,
    of_settings: bool,
}

#[test]
fn seeded_faults_are_noticed() {
    let flows = flow::shipped();
    let all: Vec<Candidate<'_>> = flows.iter().flat_map(candidates).collect();
    let count = all.len();
    assert!(count >= 300, "only {count} mutants");
    let names: BTreeSet<String> = all.iter().map(|one| one.mutant.name.clone()).collect();
    assert_eq!(names.len(), count, "two mutants have one name");

    let wanted = std::env::var("IVRC_MUTANTS").unwrap_or_default();
    let chosen: Vec<Candidate<'_>> = all.into_iter().filter(|one| is_chosen(&one.mutant.name, &wanted)).collect();
    let judged = judge_all(&chosen);
    println!("{} of {count} mutants\n{}", judged.len(), report::table(&judged));
    if !wanted.is_empty() && wanted != "all" {
        judged
            .iter()
            .for_each(|one| println!("{:9} {}: {}", format!("{:?}", one.fate), one.mutant.line, one.mutant.name));
    }

    let listed = survivors::listed();
    let mut wrong = Vec::new();
    for one in &judged {
        let survives = one.fate == Fate::Survives;
        match (survives, listed.contains_key(&one.mutant.name)) {
            (true, false) => wrong.push(format!("survives (line {}): {}", one.mutant.line, one.mutant.name)),
            (false, true) => wrong.push(format!("dies now, remove the line: {}", one.mutant.name)),
            _ => {}
        }
    }
    wrong.extend(listed.keys().filter(|name| !names.contains(*name)).map(|name| format!("no such mutant: {name}")));
    assert!(wrong.is_empty(), "tests/mutants/survivors.txt is not what is true:\n{}", wrong.join("\n"));
    // The list is true, so it says how many of all are killed.
    let part = report::part(count - listed.len(), count);
    assert!(part >= LEAST, "only {:.1} % are killed", 100.0 * part);
}

fn candidates(shipped: &Shipped) -> Vec<Candidate<'_>> {
    let of_flow = grow::mutants(shipped).into_iter().map(|mutant| (mutant, false));
    let of_settings = shipped.settings.iter().flat_map(|(file, text)| grow::of_settings(file, text, &shipped.needed()));
    of_flow
        .chain(of_settings.map(|mutant| (mutant, true)))
        .map(|(mutant, of_settings)| Candidate { shipped, mutant, of_settings })
        .collect()
}

/// Whether this run judges a mutant: by its name, so that a new one does not push others out.
fn is_chosen(name: &str, wanted: &str) -> bool {
    // FNV-1a.
    let hash = |name: &str| {
        name.bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    match wanted {
        "" => hash(name) % SAMPLE == 0,
        "all" => true,
        part => name.contains(part),
    }
}

/// Judges on all cores; in the order of the candidates.
fn judge_all(candidates: &[Candidate<'_>]) -> Vec<Judged> {
    let (next, judged) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut judges: Vec<(&str, Judge<'_>)> = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    let Some(Candidate { shipped, mutant, of_settings }) = candidates.get(n) else { break };
                    if !judges.iter().any(|(file, _)| *file == shipped.file) {
                        judges.push((&shipped.file, Judge::of(shipped)));
                    }
                    let (_, judge) = judges.iter_mut().find(|(file, _)| *file == shipped.file).unwrap();
                    let fate = match (of_settings, &shipped.settings) {
                        (true, Some((_, settings))) => judge.settings(mutant.of(settings)),
                        _ => judge.flow(mutant.of(&shipped.inputs.source.text)),
                    };
                    judged.lock().unwrap().push((n, Judged { mutant: mutant.clone(), fate }));
                }
            });
        }
    });
    let mut judged = judged.into_inner().unwrap();
    judged.sort_by_key(|(n, _)| *n);
    judged.into_iter().map(|(_, one)| one).collect()
}
