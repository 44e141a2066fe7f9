//! Where the instances of a class keep their attributes: one growing table from name to inline slot per class.
//!
//! DESIGN: inline attributes
//!
//! An instance of a class made by a program has `capacity` words behind its native payload. Word `i` holds the attribute that the class's table gives
//! the index `i`; a null word is an absent attribute. The header's flags keep the instance's own capacity, a high-water mark above the highest word that is filled,
//! and the few words that were filled although they lie below it ([`super::InlineState`]): the other words in the order of their indices, and then these, are the order
//! of insertion, which `__dict__` shows. Anything else (more attributes out of order, too many attributes, a look at `__dict__`)
//! moves the attributes to a dict of the instance's own, for good: attributes live in exactly one place at any time.

#![expect(unsafe_code, reason = "a word is read without a guard")]

use crate::types::str::Str;
use object::{Guarded, Py};

/// The most attributes an instance keeps inline.
pub const MAX_INLINE: usize = 30;

#[derive(Default)]
struct Table {
    names: Vec<Py<Str>>,
    /// Words to give to new instances; at least the number of names known when they are made.
    capacity: usize,
}

/// The table of one class. Names are interned, and only ever added.
pub struct InlineKeys {
    table: Guarded<Option<Box<Table>>>,
}

impl InlineKeys {
    pub const fn new() -> InlineKeys {
        InlineKeys { table: Guarded::new(None) }
    }

    /// Words that a new instance gets. The first instance sees room for `__static_attributes__` and a few more.
    pub fn capacity(&self) -> usize {
        self.table.lock().as_ref().map_or(0, |t| t.capacity)
    }

    /// As [`InlineKeys::capacity`], without opening the table.
    #[inline(always)]
    pub(crate) fn capacity_now(&self) -> usize {
        // SAFETY: one word is read, under the GIL; no guard is open while Python code runs.
        unsafe { (*self.table.as_ptr()).as_ref().map_or(0, |t| t.capacity) }
    }

    /// Starts the table of a new class, expecting `expected` attributes.
    pub fn start(&self, expected: usize) {
        let capacity = (expected + 1).clamp(4, MAX_INLINE);
        self.table.set(Some(Box::new(Table { names: Vec::with_capacity(capacity), capacity })));
    }

    /// The word of an interned name.
    #[inline]
    pub fn find(&self, name: &Py<Str>) -> Option<usize> {
        self.table.lock().as_ref()?.names.iter().position(|n| n.is(name))
    }

    /// The word of an interned name, given to it now if it has none; whether it was.
    pub fn find_or_add(&self, name: &Py<Str>) -> Option<(usize, bool)> {
        let mut guard = self.table.lock();
        let table = guard.as_mut()?;
        if let Some(i) = table.names.iter().position(|n| n.is(name)) {
            return Some((i, false));
        }
        if table.names.len() >= MAX_INLINE {
            return None;
        }
        table.names.push(name.clone());
        table.capacity = table.capacity.max((table.names.len() + 1).min(MAX_INLINE));
        Some((table.names.len() - 1, true))
    }

    /// The name of a word.
    pub fn name(&self, index: usize) -> Option<Py<Str>> {
        self.table.lock().as_ref()?.names.get(index).cloned()
    }
}

impl Default for InlineKeys {
    fn default() -> Self {
        Self::new()
    }
}
