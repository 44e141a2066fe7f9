//! Values, headers, ownership, guards, allocation, reference counts and the cycle collector.
//!
//! Knows no Python type: of a type it sees a [`TypeCore`], a few function pointers that the runtime fills in.
#![expect(unsafe_code, reason = "this crate is where memory is managed")]

pub mod alloc;
mod arena;
pub mod gc;
mod guard;
mod header;
mod large;
mod obj;
mod value;

pub use guard::{Guard, Guarded, Trusted, TrustedGuard};
pub use header::{
    CTypeFields, ClearFn, DICT_OFFSET, DeallocFn, HAVE_GC, Header, IMMORTAL_REFCNT, MANAGED_DICT, MANAGED_WEAKREF, TraverseFn,
    TypeCore, WEAKLIST_OFFSET, total_references,
};
pub use obj::{
    Obj, Object, Payload, Py, append_copies, clear_payload, copies, new_object, release_shared, repeated, traverse_payload,
    write_copies, write_repeated,
};
pub use value::{BORROWED_TAG, IMMEDIATE_MAX, IMMEDIATE_MIN, Value};
