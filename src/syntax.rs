//! Text to tree. Parsing never fails: what was not understood is reported and left out of the tree.

pub mod scenario;
pub mod tree;
