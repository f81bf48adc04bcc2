//! The engine: a pure function of graph, session and event.

pub mod effect;
pub mod event;
pub mod turn;
