//! Moving entries within the order of a dict: what `OrderedDict` adds.

use super::table::Inner;
use super::{Dict, hash_key};
use crate::{Obj, PyResult, Thread};
use std::cell::UnsafeCell;

impl Dict {
    /// The payload of an empty dict, to begin the payload of a subclass with.
    pub const fn empty() -> Dict {
        Dict { inner: UnsafeCell::new(Inner::empty()) }
    }

    /// Makes a key the last one, or the first. False when it is not there.
    pub fn move_to_end(&self, th: &Thread, key: &Obj, last: bool) -> PyResult<bool> {
        let hash = hash_key(th, key)?;
        let Some(i) = self.lookup(th, key, hash)? else { return Ok(false) };
        let mut t = self.lock();
        let Some((own_key, value)) = t.remove(i) else { return Ok(false) };
        if last {
            t.insert_new(own_key, hash, value);
            return Ok(true);
        }
        let mut moved = Inner::with_capacity(t.used + 1, t.is_general());
        moved.insert_new(own_key, hash, value);
        let mut pos = 0;
        while let Some((k, v)) = t.next(&mut pos) {
            let hash = t.hash_at(pos - 1);
            moved.insert_new(k.clone(), hash, v.clone());
        }
        let old = std::mem::replace(&mut *t, moved);
        drop(t);
        drop(old);
        Ok(true)
    }

    /// The last entry before position `*pos`, which moves onto it. Start with `usize::MAX`.
    pub fn previous_entry(&self, pos: &mut usize) -> Option<(Obj, Obj)> {
        self.pick_previous(pos, |k, v| (k.clone(), v.clone()))
    }

    /// Removes the oldest entry.
    pub fn pop_first(&self) -> Option<(Obj, Obj)> {
        let mut t = self.lock();
        let mut pos = 0;
        t.next(&mut pos)?;
        let removed = t.remove(pos - 1);
        // Holes at the front are passed over each time: they go before there are many.
        let old = if pos > 64 && pos * pos > 16 * t.used {
            let compacted = t.compacted();
            Some(std::mem::replace(&mut *t, compacted))
        } else {
            None
        };
        drop(t);
        drop(old);
        removed
    }
}
