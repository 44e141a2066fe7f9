//! `int`: immediates of 63 bits, and heap objects for everything else.
//!
//! An exact `int` that fits in the word is always an immediate, so equal small ints are identical. Heap objects hold large values, and all values of subclasses (`bool` included).

mod arith;
mod convert;
mod core;
mod limbs;
mod methods;
mod power;

pub use methods::format;

pub(crate) use arith::divmod_words;
pub use arith::{max_str_digits, quotient, text_of, to_decimal};
pub(crate) use convert::bytes_text;
pub use convert::from_object;
use core::Operand;
pub use core::{
    BOOL_TYPE, INT_TYPE, Int, as_big, cmp, exact, false_header, from_big, from_i64, from_i128, from_u64, hash_big, is_int,
    is_negative, low_bits, new_instance, to_f64, to_i64, to_i128, true_header,
};
