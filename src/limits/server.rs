//! What the server allows itself, and what it takes things to last. Times are milliseconds.

/// How long a webhook may wait for services before the leg is given something to hear. The provider gives it up at
/// [`super::Profile::webhook`]; the rest is for the way and for the store.
pub const PATIENCE: u64 = 9_000;

/// The silence of an interim answer, while services are waited for.
pub const INTERIM: u64 = 2_000;

/// After so long in silence the caller is asked for patience (`one_moment`).
pub const SILENCE: u64 = 20_000;

/// Requests of one evaluation at most; more is the failure `budget`.
pub const MOST_REQUESTS: usize = 200;

/// Requests of one evaluation at a time.
pub const REQUESTS_AT_A_TIME: usize = 8;

/// Time of one evaluation at most; more is the failure `budget`.
pub const LONGEST_EVALUATION: u64 = 60_000;

/// Time limit of a request that states none.
pub const REQUEST: u64 = 8_000;

/// Time limits that a request may state: none can be met below the first, and an evaluation ends at the second.
pub const REQUESTS: super::Range = super::Range { least: 100, most: LONGEST_EVALUATION };

/// Failures in a row that reach `on error`, with no key in between, before the call ends with the apology.
pub const MOST_ERRORS: u32 = 3;

/// Documents for the caller in one call; music and interim ones are not counted.
pub const MOST_TURNS: u32 = 500;

/// Nodes run for one event at most.
pub const MOST_NODES: usize = 100_000;

/// Rounds of a `wait`.
pub const MOST_ROUNDS: u64 = 400;

/// How long a step listens that does not say so, and how often.
pub const LISTEN: u64 = 5_000;
/// How many tries a step has that does not say so.
pub const TRIES: u32 = 3;

/// How long a phone rings of which nothing is said.
pub const RINGING: u64 = 30_000;

/// How much longer than it rings a leg may be without an outcome, until the provider is asked: it may have taken some
/// time until it rang.
pub const RINGING_GRACE: u64 = 15_000;

/// How long a leg that was asked for may take to be told of; then it is ended.
pub const LEG_ANSWER: u64 = 10_000;

/// How long it may take until a callee who pressed a key hears the caller.
pub const JOINING: u64 = 15_000;

/// Silence that ends a recording without key arms.
pub const SILENCE_ENDS_RECORDING: u64 = 10_000;

/// What is heard on hold without music: so much silence at a time.
pub const SILENT_MUSIC: u64 = 10_000;

/// After a hang-up the whole flow has so long.
pub const AFTER_HANG_UP: u64 = 10 * 60 * 1_000;

/// What a character takes to be spoken, about: 150 words a minute.
pub const A_CHARACTER: u64 = 70;

/// Audio of unknown length is taken to last no longer than this.
pub const LONGEST_AUDIO: u64 = 10 * 60 * 1_000;

/// Characters of speech in one document, tags counted; more is spoken in several.
pub const MOST_SPEECH: usize = 8_000;

/// Bytes of a URL: several stand in one document.
pub const MOST_URL: usize = 4_096;

/// Bytes of the URL under which a provider reaches the server: it stands in front of all others.
pub const MOST_PUBLIC_URL: usize = 1_000;

/// Callers who hear nothing for longer than this think that the line is dead.
pub const DEAD_AIR: u64 = 10_000;
