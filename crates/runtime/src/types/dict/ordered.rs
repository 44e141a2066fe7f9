//! What a subclass that keeps its own order of keys (`OrderedDict`) needs of a dict: the keys as they are stored.

use super::Dict;
use super::table::Inner;
use crate::{Obj, PyResult, Thread};
use std::cell::UnsafeCell;

impl Dict {
    /// The payload of an empty dict, to begin the payload of a subclass with.
    pub const fn empty() -> Dict {
        Dict { inner: UnsafeCell::new(Inner::empty()) }
    }

    /// The key that is stored for one that equals it.
    pub fn stored_key(&self, th: &Thread, key: &Obj, hash: i64) -> PyResult<Option<Obj>> {
        let Some(i) = self.lookup(th, key, hash)? else { return Ok(None) };
        Ok(self.lock().key(i).cloned())
    }
}
