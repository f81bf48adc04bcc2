//! The telephone network, simulated: it stands in for the provider towards a server, over real HTTP.
//!
//! It knows HTTP, `TwiML` and telephony, and nothing of the language. A [`Network`] calls the server's webhooks, performs
//! the documents it is answered with, offers the provider's API, and lets people answer, press keys, speak and hang up.
//! Time is virtual: a call with ten minutes of music takes milliseconds.
//!
//! ```text
//! world       the state, owned by one task        pace        how time passes, and when the server is at rest
//! due         what is on the timeline             deeds       what people do
//! calling     a leg's life                        perform     documents, verb by verb
//! sound gather recording queue dialing            the verbs
//! markup      documents, read strictly            webhook     requests to the server, retries, fallback
//! rest        the provider's API                  faults      what can be made to go wrong
//! audio       files of recordings
//! network     the driver's side                   view        legs as the driver sees them
//! ```

mod audio;
mod calling;
mod config;
mod control;
mod deeds;
mod dialing;
mod due;
mod error;
mod faults;
mod gather;
mod ids;
mod leg;
mod markup;
mod network;
mod number;
mod pace;
mod perform;
mod person;
mod problem;
mod queue;
mod recording;
mod rest;
mod signature;
mod sound;
mod status;
#[cfg(test)]
mod tests;
mod timeline;
mod transcript;
mod view;
mod webhook;
mod world;

pub use self::config::{BeforeRetry, Behaviour, Config, Media, Number, Retry, ServerClock, Timing, Waited};
pub use self::error::Error;
pub use self::faults::{ApiFault, Astray, Doubling, Signing, Transcript, Which};
pub use self::leg::{CallStatus, Direction, LegId};
pub use self::network::Network;
pub use self::person::{AnsweredBy, Caller, Cue, Deed, Ending, HIDDEN, Line};
pub use self::problem::Problem;
pub use self::transcript::{Occurrence, What};
pub use self::view::{LegState, LegView, Listening};
pub use self::webhook::{ApiRequest, Kind, Webhook};
