//! (being built)
/// x
pub const BUILT_IN_PHRASES: [&str; 5] = ["option", "choice", "apology", "goodbye", "one_moment"];
/// x
pub fn check(
    _: &str,
    _: &crate::syntax::tree::File,
    _: &crate::overrides::Overrides,
) -> (Option<crate::program::Program>, crate::diagnostic::Diagnostics) {
    (None, Default::default())
}
