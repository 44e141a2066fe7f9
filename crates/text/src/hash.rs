//! Hashes as CPython computes them: text, numbers, tuples and frozen sets. -1 is never a hash.

mod combine;
mod number;
mod siphash;

pub use combine::{FrozenSetHasher, TupleHasher};
pub use number::{IMAG, INF, MODULUS, hash_complex, hash_f64, hash_i64, hash_pointer, hash_words};
pub use siphash::HashKey;
