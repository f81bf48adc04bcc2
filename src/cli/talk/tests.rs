//! Whole calls, driven by lines.
