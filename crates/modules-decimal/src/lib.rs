//! The native module `_decimal`: decimal arithmetic, correctly rounded, under contexts.
#![forbid(unsafe_code)]

mod number;
