//! The proving ground: the real server process, called by the simulated network, with look-alikes of the services.
//!
//! A call is a fixture, `tests/calls/SUBJECT/NAME.call`, written as a transcript. Its first line is a title, `shows:`
//! names the lines of the issue it is evidence for, and what follows is said in the sentences of [`script`] and
//! [`setting`]. `coverage` holds that every line has a fixture. A fixture that fails prints its call.
//!
//! ```text
//! sentence     patterns of sentences            fixture     a file as title, claims and sentences
//! setting      settings, files, environment     server      the process under test
//! time         one virtual time for all         http        a small HTTP server that can misbehave
//! services     look-alikes of the services      world       people and groups as xMatters shows them
//! stage        all of it together               script      what the sentences of a call do
//! ```

mod coverage;
mod fixture;
mod http;
mod report;
mod script;
mod sentence;
mod server;
mod services;
mod setting;
mod stage;
mod time;
mod world;

use fixture::Fixture;

/// Plays every fixture of a subject, and fails with all that failed.
fn play(subject: &str) {
    let fixtures = Fixture::of_subject(subject);
    assert!(!fixtures.is_empty(), "no fixtures in tests/calls/{subject}");
    let failures: Vec<String> = fixtures.iter().filter_map(|fixture| script::play(fixture).err()).collect();
    assert!(failures.is_empty(), "{} of {} calls failed\n\n{}", failures.len(), fixtures.len(), failures.join("\n\n"));
}

/// One test per folder, so that folders are played at the same time.
macro_rules! subjects {
    ($($subject:ident),* $(,)?) => {
        $(#[test]
        fn $subject() {
            play(stringify!($subject));
        })*

        /// Every folder of fixtures has a test.
        #[test]
        fn every_folder_is_played() {
            let mut subjects = vec![$(stringify!($subject)),*];
            subjects.sort_unstable();
            assert_eq!(fixture::subjects(), subjects);
        }
    };
}

subjects!(
    bitly,
    bridge,
    door,
    escalation,
    faults,
    groups,
    hostile,
    link,
    live,
    menu,
    missed,
    overrides,
    record,
    reload,
    restart,
    send,
    services_fail,
    severity,
    star,
    transcript,
    wait,
    webhooks,
);

/// The proving ground itself: a call that goes otherwise than written is told with its place and all that was heard.
#[test]
fn a_call_that_goes_otherwise_is_reported() {
    let text = "Otherwise\nshows: nothing\n\ncaller calls\nhears \"Hey there\" / \"no such words\"\n";
    let report = script::play(&Fixture::parse("otherwise.call", text)).unwrap_err();
    for part in
        ["otherwise.call:5: hears", "\"no such words\" after that", "leg 1  hears \"Press 1", "listening on http"]
    {
        assert!(report.contains(part), "{part} is not in\n{report}");
    }
    let text = "Unexpected\nshows: nothing\n\nwith groups = [{ name = \"Network\" }]\ncaller calls\npresses 4\nann is busy\n\
                caller presses 1\nthe call ends\n";
    let report = script::play(&Fixture::parse("unexpected.call", text)).unwrap_err();
    assert!(report.contains("workflow.missed was sent, and nobody expected it"), "{report}");
}
