//! The `unicode` crate.
