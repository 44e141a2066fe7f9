//! Tuples that are referred to before their items are known: what `marshal` makes of a tuple that contains itself.
#![expect(unsafe_code, reason = "items of a tuple that nobody looks at are written in place")]

use super::recycle::ensure_tracked;
use super::{ITEMS, Tuple};
use crate::{Thread, none};
use object::{Obj, Py};

/// A tuple of `size` places, `None` in each until [`complete`]. Nothing when there is no memory for it.
pub fn unfinished(size: usize) -> Option<Py<Tuple>> {
    let mut items = Vec::new();
    items.try_reserve_exact(size).ok()?;
    items.resize(size, none());
    // The empty tuple is shared; a tuple that contains itself is not empty.
    if size == 0 { None } else { Some(super::from_vec(items)) }
}

/// Puts the items in their places.
pub fn complete(th: &Thread, tuple: &Py<Tuple>, items: Vec<Obj>) {
    let count = items.len().min(tuple.len());
    for (i, item) in items.into_iter().take(count).enumerate() {
        // SAFETY: `len` items stand behind the fixed part, and `i` is below it. What is replaced is `None`, so nothing runs meanwhile, and no
        // slice of the items is alive: whoever has the tuple only keeps it.
        unsafe { *tuple.as_ptr().byte_add(ITEMS).cast::<Obj>().add(i) = item }
    }
    tuple.cached_hash().set(-1);
    ensure_tracked(th, tuple);
}
