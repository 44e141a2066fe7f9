//! Special methods that specialised instructions call without a lookup.
#![expect(unsafe_code, reason = "remembered functions are not owned")]

use crate::Py;
use crate::types::function::Function;
use object::{Header, Object};
use std::cell::Cell;

/// A Python function that a class answers a lookup with. It is not owned, and good as long as the class has the version it was remembered for.
pub(crate) struct Remembered {
    function: Cell<*const Header>,
    version: Cell<u32>,
}

impl Remembered {
    pub(crate) const fn nothing() -> Remembered {
        Remembered { function: Cell::new(std::ptr::null()), version: Cell::new(0) }
    }

    /// Remembers `function`, which a lookup in a class of this version found.
    pub(crate) fn set(&self, function: &Py<Function>, version: u32) {
        self.function.set(function.header());
        self.version.set(version);
    }

    /// The function, if it is what a class of this version has.
    #[inline(always)]
    pub(crate) fn get(&self, version: u32) -> Option<&Object<Function>> {
        let function = self.function.get();
        if function.is_null() || self.version.get() != version || version == 0 {
            return None;
        }
        // SAFETY: while the version is the same, the class keeps the function alive.
        Some(unsafe { &*function.cast::<Object<Function>>() })
    }
}
