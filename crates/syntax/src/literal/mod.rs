//! The values of literals: numbers and strings.

pub(crate) mod escape;
pub(crate) mod number;
pub(crate) mod plain;
