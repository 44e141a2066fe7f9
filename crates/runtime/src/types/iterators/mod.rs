//! The iterators of sequences, and the built-in types that iterate over others.

mod combine;
mod enumerate;
mod filter;
mod list;
mod reversed;
mod sequence;
mod tuple;

pub use combine::{Map, Zip};
pub use enumerate::Enumerate;
pub use filter::Filter;
pub use list::{ListIterator, ListReverseIterator};
pub use reversed::Reversed;
pub use sequence::{CallableIterator, SequenceIterator, callable_iterator, sequence_iterator};
pub use tuple::TupleIterator;

use crate::types::{int, tuple as pytuple};
use crate::{Obj, ObjExt, PyResult, Thread};

/// The position that `__setstate__` of an iterator gets, clipped to what fits. Errors: `TypeError` for anything but an int.
pub(crate) fn state_index(th: &Thread, state: &Obj) -> PyResult<i64> {
    if !state.is_instance(int::INT_TYPE) {
        return Err(th.type_error("an integer is required"));
    }
    int::to_i64(state).ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
}

/// What `__reduce__` of an iterator returns: the function that makes it anew, the argument, and where the iterator stands.
/// Finding the function may run code that ends the iteration, so that callers look at the iterator afterwards.
pub(crate) fn reduce_to(function: Obj, argument: Obj, index: Option<i64>) -> Obj {
    let args = pytuple::from_array([argument]).into_obj();
    match index {
        Some(i) => pytuple::from_array([function, args, int::from_i64(i)]).into_obj(),
        None => pytuple::from_array([function, args]).into_obj(),
    }
}
