//! The `regex-engine` crate.
