//! Limits: what the provider can do, and what this server allows itself. Facts with their sources, in one place.
//!
//! [`TWILIO`] is the profile of the provider: the checker refuses what it cannot do, the engine and the documents keep
//! to it, and so does the simulated network. [`server`] holds what the server decided for itself. Times are
//! milliseconds, sizes bytes, unless they say otherwise.

mod provider;
pub mod server;
mod voices;

pub use provider::{Profile, Range, SpeechLimit, TWILIO};
pub use voices::{Family, Unknown, VOICE, Voice};
