//! `Guarded<T>`: what changes inside an object, opened for a short scope.
//!
//! DESIGN: guards. Two rules keep the runtime sound: no Python code runs while a guard is open, and a guard is cheap. Today a guard is a
//! flag that is set and reset; a clash (the first rule broken) is a bug of the runtime and panics, which the interpreter's entry turns into `SystemError`.

use std::cell::{Cell, UnsafeCell};
use std::ops::{Deref, DerefMut};

/// A cell that hands out one exclusive borrow at a time.
pub struct Guarded<T> {
    open: Cell<bool>,
    inner: UnsafeCell<T>,
}

// SAFETY: guards are opened by the thread that holds the GIL, and closed before it gives the GIL up (no Python code runs in between).
unsafe impl<T> Sync for Guarded<T> {}
// SAFETY: as above.
unsafe impl<T> Send for Guarded<T> {}

/// The open borrow of a [`Guarded`].
pub struct Guard<'a, T> {
    owner: &'a Guarded<T>,
}

impl<T> Guarded<T> {
    pub const fn new(inner: T) -> Guarded<T> {
        Guarded { open: Cell::new(false), inner: UnsafeCell::new(inner) }
    }

    /// Opens the cell. Panics when it is open already.
    #[inline(always)]
    pub fn lock(&self) -> Guard<'_, T> {
        if self.open.replace(true) {
            clash();
        }
        Guard { owner: self }
    }

    /// Opens the cell unless it is open already: for the collector, which may meet an object in any state.
    #[inline]
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        if self.open.replace(true) { None } else { Some(Guard { owner: self }) }
    }

    /// Puts `value` in and hands out what was there.
    #[inline]
    pub fn replace(&self, value: T) -> T {
        std::mem::replace(&mut *self.lock(), value)
    }

    /// Takes the content and leaves the default.
    #[inline]
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.replace(T::default())
    }

    /// Puts `value` in; the old content is dropped after the guard is closed.
    #[inline]
    pub fn set(&self, value: T) {
        drop(self.replace(value));
    }

    /// A copy of the content.
    #[inline]
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.lock().clone()
    }

    /// The content, for the engine and the collector, which keep the rules by other means.
    #[inline(always)]
    pub fn as_ptr(&self) -> *mut T {
        self.inner.get()
    }

    pub fn get_mut(&mut self) -> &mut T {
        self.inner.get_mut()
    }
}

impl<T: Default> Default for Guarded<T> {
    fn default() -> Self {
        Guarded::new(T::default())
    }
}

/// As [`Guarded`], for small and thoroughly tested users, such as tables, which open it for every step: only builds with debug assertions look for a clash.
pub struct Trusted<T> {
    #[cfg(debug_assertions)]
    open: Cell<bool>,
    inner: UnsafeCell<T>,
}

// SAFETY: as for `Guarded`.
unsafe impl<T> Sync for Trusted<T> {}
// SAFETY: as above.
unsafe impl<T> Send for Trusted<T> {}

/// The open borrow of a [`Trusted`].
pub struct TrustedGuard<'a, T> {
    owner: &'a Trusted<T>,
}

impl<T> Trusted<T> {
    #[inline(always)]
    pub const fn new(inner: T) -> Trusted<T> {
        Trusted {
            #[cfg(debug_assertions)]
            open: Cell::new(false),
            inner: UnsafeCell::new(inner),
        }
    }

    /// Opens the cell.
    ///
    /// # Safety
    /// The cell is not open: what runs while it is opens no other guard of it.
    #[inline(always)]
    pub unsafe fn open(&self) -> TrustedGuard<'_, T> {
        #[cfg(debug_assertions)]
        if self.open.replace(true) {
            clash();
        }
        TrustedGuard { owner: self }
    }
}

impl<T> Trusted<T> {
    #[inline(always)]
    pub fn get_mut(&mut self) -> &mut T {
        self.inner.get_mut()
    }
}

impl<T> Deref for TrustedGuard<'_, T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: who opened it promised that this is the only borrow.
        unsafe { &*self.owner.inner.get() }
    }
}

impl<T> DerefMut for TrustedGuard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above.
        unsafe { &mut *self.owner.inner.get() }
    }
}

#[cfg(debug_assertions)]
impl<T> Drop for TrustedGuard<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.owner.open.set(false);
    }
}

#[cold]
#[inline(never)]
fn clash() -> ! {
    panic!("an object was opened while it was open: Python code ran under a guard");
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the flag makes this the only borrow.
        unsafe { &*self.owner.inner.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the flag makes this the only borrow.
        unsafe { &mut *self.owner.inner.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.owner.open.set(false);
    }
}
