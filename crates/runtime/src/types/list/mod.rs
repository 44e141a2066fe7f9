//! `list`: growable sequences in CPython 3.14's layout.

mod assign;
pub(crate) use assign::{assign_range, assign_slice};
mod methods;
mod sort;
mod storage;

pub(crate) use methods::extend;
pub(crate) use sort::sort;
pub use sort::sort_vec;
pub use storage::{Items, List, ListGuard, ListView, from_vec, new_instance};
pub(crate) use storage::{from_copies, from_slots};
