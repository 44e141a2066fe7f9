//! Hashes as CPython computes them: text, numbers, tuples and frozen sets. -1 is never a hash.
//! And the checksum that two modules share.

mod combine;
mod crc;
mod number;
mod siphash;

pub use combine::{FrozenSetHasher, TupleHasher};
pub use crc::crc32;
pub use number::{IMAG, INF, MODULUS, hash_complex, hash_f64, hash_i64, hash_pointer, hash_words};
pub use siphash::HashKey;
