//! The network against a scripted server, over real HTTP.

mod audio;
mod bridge;
mod controlled;
mod fake;
mod fallback;
mod gather;
mod mischief;
mod queue;
mod record;
mod rest;
mod voice;
