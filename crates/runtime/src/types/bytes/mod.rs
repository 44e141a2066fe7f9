//! `bytes` and `bytearray`.

mod array;
mod array_methods;
mod basic;
mod convert;
mod hex;
mod iter;
mod pieces;
mod shared;
mod storage;

pub use array::{ByteArray, View, new_array};
pub use convert::from_object;
pub use hex::hex_text;
pub use storage::{Bytes, new, new_instance, of, written, zeroed};
