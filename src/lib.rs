//! `ivrc`: a phone line is a text file.
//!
//! One natural way down, and imports follow it:
//!
//! ```text
//! source, diagnostic       texts, places, findings as values
//! limits components        what the provider can do; what leads to each other
//! syntax                   text -> tree                        (pest)
//! format                   parse tree -> text in the one style
//! check                    tree -> checked program             (template: handlebars)
//! settings                 overrides -> values of the settings
//! graph                    program + settings -> graph
//! analysis                 graph -> what can be proved about it
//! engine                   (graph, session, event) -> what is heard, what is asked for; pure
//! catalog script draw      what can be set, what can be heard, drawings: for people and tools
//! provider services store  the provider's markup and API, outside services, sessions
//! serve simulator canned   the server; the telephone network and outside services, simulated
//! project                  files -> texts
//! cli                      the command line                    (clap)
//! ```
//!
//! The library has no promise of stability before 1.0; the language, the exit codes and the diagnostic codes do.

pub mod analysis;
pub mod canned;
pub mod catalog;
pub mod check;
pub mod cli;
pub mod clock;
pub mod compile;
pub mod components;
pub mod decode;
pub mod diagnostic;
pub mod draw;
pub mod engine;
pub mod eval;
pub mod expr;
pub mod failure;
pub mod format;
pub mod graph;
pub mod http;
pub mod limits;
pub mod overrides;
pub mod phone;
pub mod program;
pub mod project;
pub mod prose;
pub mod provider;
pub mod scenario;
pub mod script;
pub mod serve;
pub mod services;
pub mod settings;
pub mod simulator;
pub mod source;
pub mod store;
pub mod syntax;
pub mod template;
pub mod types;
pub mod value;
