//! `list`: growable sequences in CPython 3.14's layout.

mod storage;

pub use storage::{Items, List, ListGuard, from_vec, new_instance};
