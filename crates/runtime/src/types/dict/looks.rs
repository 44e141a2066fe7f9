//! What instructions do to dicts by themselves: strings and small integers as keys, no code of a type's.
#![expect(unsafe_code, reason = "owned words move into and out of tables")]

use super::{Dict, table};
use object::{Obj, Value};

impl Dict {
    /// The word of a key's value, not owned, if one look tells; the key is no other than a string or small integer then.
    #[inline(always)]
    pub(crate) fn glance_value(&self, key: Value) -> Option<Value> {
        let t = self.lock();
        let (found, _) = t.glance(key);
        if found >= 0 { t.value_of(found as usize).map(Obj::value) } else { None }
    }

    /// The word of the value of a string or small integer, not owned, in a dict with such keys only; none when it is not there, too.
    #[inline]
    pub(crate) fn seek_value(&self, key: Value) -> Option<Value> {
        let t = self.lock();
        let (found, _) = t.seek_further(key);
        if found >= 0 { t.value_of(found as usize).map(Obj::value) } else { None }
    }

    /// Whether a string or small integer is there, if the dict has such keys only.
    #[inline]
    pub(crate) fn seek_contains(&self, key: Value) -> Option<bool> {
        match self.lock().seek_further(key).0 {
            table::ASK => None,
            found => Some(found >= 0),
        }
    }

    /// Adds owned words, which move in, if one look tells that there is no such key and the table has room; false, and nothing has happened, if not.
    #[inline(always)]
    pub(crate) fn add_if_new(&self, key: Value, value: Value) -> bool {
        let mut t = self.lock();
        let (found, slot) = t.glance(key);
        found == table::ABSENT && t.insert_words(slot, key, value)
    }

    /// Adds one to the value of a key, which is 0 if the key is not there. None, and nothing has happened, when that takes code of a type's.
    pub fn count_up(&self, key: &Obj) -> Option<()> {
        let mut t = self.lock();
        match t.seek_place(key.value()) {
            (table::ASK, _) => None,
            (table::ABSENT, slot) => {
                if !t.insert_at(slot, key, &mut Some(Obj::small_int(1))) {
                    t.insert_grown(key, &mut Some(Obj::small_int(1)));
                }
                Some(())
            }
            (i, _) => {
                let counted = t.value_of(i as usize)?.value().as_int().and_then(|n| Obj::from_int(n + 1))?;
                // An immediate goes without a trace.
                t.replace_at(i as usize, counted).map(drop)
            }
        }
    }

    /// Whether a key is there, if one look tells.
    #[inline(always)]
    pub(crate) fn glance_contains(&self, key: Value) -> Option<bool> {
        match self.lock().glance(key).0 {
            table::ASK => None,
            found => Some(found >= 0),
        }
    }

    /// Puts an owned word in the place of a key's value and hands out the old one, owned, if one look tells that the key is there; 0, and nothing has happened, if not.
    #[inline(always)]
    pub(crate) fn glance_exchange(&self, key: Value, word: impl FnOnce() -> u64) -> u64 {
        let t = self.lock();
        let (found, _) = t.glance(key);
        if found < 0 {
            return 0;
        }
        // SAFETY: the entry is a live one of a compact table; an `Obj` is its word.
        unsafe { std::ptr::replace(t.compact_entries().add(found as usize * table::PAIR + 8).cast::<u64>(), word()) }
    }
}
