//! Generated data; see `tools/generate.py`.

pub(crate) mod case;
pub(crate) mod names;
pub(crate) mod normalization;
pub(crate) mod numeric;
pub(crate) mod properties;
