//! Calls whose events come in an order that nobody thought of.
//!
//! A call is led to a place that is hard to reach by people who do what they are told. There every kind of event comes,
//! fitting or not, and then more of them: doubled, late, in another order, with crashes in between. After each of them
//! the laws must hold; and whatever has happened, the call must come to its end in each of several ways.

mod ends;
mod goals;
mod laws;
mod people;
mod strange;
mod world;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use ends::End;
use goals::{Goal, goals};
use people::{Phones, Wish};
use strange::{Choices, Strange};

/// How many strange events come at most.
const MOST: usize = 16;
/// How often each kind comes first at each place; by `PROPTEST_CASES` more often.
const TIMES: u32 = 2;
/// How many more come at least at each place, to calls that were led there or got there by themselves.
const LATER: u32 = 50;

/// Whether what happens is printed: of a failure that has been made as small as can be.
static TRACE: AtomicBool = AtomicBool::new(false);

/// How often something was seen: by place and kind of the event that came first, and by end.
#[derive(Default)]
struct Seen {
    first: BTreeMap<(&'static str, Strange), u32>,
    later: BTreeMap<&'static str, u32>,
    ends: BTreeMap<(&'static str, End), u32>,
}

#[test]
fn whatever_happens_the_laws_hold_and_the_call_ends() {
    let seen = RefCell::new(Seen::default());
    let places = goals();
    let cases = TIMES * Config::default().cases / 256;
    for (n, (goal, kind)) in places.iter().flat_map(|goal| Strange::ALL.map(|kind| (goal, kind))).enumerate() {
        let cases = cases.max(TIMES);
        let config = Config { cases, max_shrink_iters: 4000, failure_persistence: None, ..Config::default() };
        let seed: Vec<u8> = n.to_le_bytes().into_iter().cycle().take(32).collect();
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let choices = (vec(any::<u16>(), 0..4 * MOST), any::<u16>());
        let ran = TestRunner::new_with_rng(config, rng).run(&choices, |(choices, end)| {
            call(goal, kind, Choices::new(choices), &places, usize::from(end), &seen);
            Ok(())
        });
        if let Err(TestError::Fail(why, (choices, end))) = ran {
            println!("---- {} and then {kind:?}: {why}", goal.name);
            TRACE.store(true, Ordering::SeqCst);
            call(goal, kind, Choices::new(choices), &places, usize::from(end), &seen);
        }
    }
    let seen = seen.into_inner();
    for goal in &places {
        for kind in Strange::ALL {
            assert!(seen.first[&(goal.name, kind)] >= TIMES, "{kind:?} was not seen at: {}", goal.name);
        }
        for end in End::ALL {
            let times = seen.ends.get(&(goal.name, end)).copied().unwrap_or_default();
            assert!(times >= TIMES, "{end:?} was not seen after: {}", goal.name);
        }
        let later = seen.later.get(goal.name).copied().unwrap_or_default();
        assert!(later >= LATER, "only {later} events more were seen at: {}", goal.name);
    }
}

/// Nothing piles up in a call, however long it is and whatever happens in it.
#[test]
fn a_long_call_stays_small() {
    let config = Config { cases: 8, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let longest = Cell::new(0);
    let ran = TestRunner::new_with_rng(config, rng).run(&vec(any::<u16>(), 4000), |choices| {
        let mut world = goals()[0].world();
        let mut choices = Choices::new(choices);
        for _ in 0..800 {
            choices.among(&Strange::HARMLESS).happen(&mut world, &mut choices);
            let key = choices.among(&['1', '3', '5', '6']);
            world.goes_on(Wish { key: Some(key), ends_recording: Some('1'), phone: choices.among(&Phones::SOME) });
        }
        longest.set(longest.get().max(world.session.turns));
        Ok(())
    });
    ran.unwrap();
    assert!(longest.get() >= 500, "the longest had {} turns", longest.get());
}

fn call(goal: &Goal, first: Strange, mut choices: Choices, places: &[Goal], end: usize, seen: &RefCell<Seen>) {
    let mut world = goal.world();
    assert!((goal.reached)(&world.session));
    *seen.borrow_mut().first.entry((goal.name, first)).or_default() += 1;
    first.happen(&mut world, &mut choices);
    for _ in 0..choices.of(MOST) {
        for place in places.iter().filter(|place| (place.reached)(&world.session)) {
            *seen.borrow_mut().later.entry(place.name).or_default() += 1;
        }
        choices.among(&Strange::ALL).happen(&mut world, &mut choices);
    }
    let end = End::ALL[end % End::ALL.len()];
    *seen.borrow_mut().ends.entry((goal.name, end)).or_default() += 1;
    end.come(&mut world);
}
