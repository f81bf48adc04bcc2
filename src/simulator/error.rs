//! What can go wrong with the simulation itself. What goes wrong with the server under test is in the transcript.

use thiserror::Error;

/// Why the network cannot do what it was asked for.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum Error {
    /// The API cannot be offered on a local port, or there is no HTTP client.
    #[error("the network cannot start: {0}")]
    Start(String),
    /// The control URL does not answer as it should.
    #[error("the control URL {url} does not answer as it should: {reason}")]
    Control {
        /// The URL.
        url: String,
        /// What came instead.
        reason: String,
    },
    /// The server does not come to rest.
    #[error("the server does not come to rest: {0}")]
    Restless(String),
    /// Things keep happening although nobody does anything.
    #[error("the call goes on for ever: {0} events without a person")]
    Endless(usize),
    /// No leg of that name.
    #[error("there is no call with {0}")]
    NoLeg(String),
    /// A person cannot do this now.
    #[error("{who} cannot {deed}: {why}")]
    Deed {
        /// Who.
        who: String,
        /// What.
        deed: &'static str,
        /// Why not.
        why: String,
    },
    /// There is no such webhook in the log, recording or number.
    #[error("there is no {0}")]
    Unknown(String),
    /// A run is under way already.
    #[error("the network is running already")]
    Running,
    /// The network was stopped.
    #[error("the network was stopped")]
    Stopped,
}
