//! `bytearray`: bytes that change.
#![expect(unsafe_code, reason = "its memory is lent by address")]

use crate::buffer::Buffer;
use crate::{Obj, ObjExt, Py, PyResult, Thread, TypeObject};
use object::{Guarded, Payload};
use std::cell::Cell;

/// The payload of a bytearray.
///
/// Invariant: while `exports` is above zero the vector is not moved and keeps its length.
#[macros::pyclass(name = "bytearray", flags = BASETYPE | MATCH_SELF, methods(METHODS, SHARED_METHODS, CHANGE_METHODS))]
pub struct ByteArray {
    content: Guarded<Vec<u8>>,
    exports: Cell<usize>,
}

impl Payload for ByteArray {}

/// A loan of a bytearray's bytes to native code.
pub struct View<'a> {
    array: &'a ByteArray,
    ptr: *const u8,
    len: usize,
}

impl std::ops::Deref for View<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        // SAFETY: while the loan lasts the vector is not moved and keeps its length.
        unsafe { std::slice::from_raw_parts(self.ptr, self.len) }
    }
}

impl Drop for View<'_> {
    fn drop(&mut self) {
        self.array.exports.set(self.array.exports.get() - 1);
    }
}

impl ByteArray {
    pub fn new(content: Vec<u8>) -> ByteArray {
        ByteArray { content: Guarded::new(content), exports: Cell::new(0) }
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.content.lock().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that memory is set aside for (`bytearray.__alloc__`).
    pub fn capacity(&self) -> usize {
        let content = self.content.lock();
        if content.capacity() == 0 { 0 } else { content.capacity().max(content.len() + 1) }
    }

    /// The bytes; they can't be resized while the view exists.
    pub fn view(&self) -> View<'_> {
        let content = self.content.lock();
        self.exports.set(self.exports.get() + 1);
        View { array: self, ptr: content.as_ptr(), len: content.len() }
    }

    /// A copy of the bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        self.content.get()
    }

    /// Changes bytes in place. `f` runs no Python code.
    pub fn change<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        f(&mut self.content.lock())
    }

    /// Changes the bytes and how many they are. `f` runs no Python code.
    /// Errors: `BufferError` while the bytes are lent.
    pub fn resize<R>(&self, th: &Thread, f: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
        if self.exports.get() > 0 {
            return Err(th.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        Ok(f(&mut self.content.lock()))
    }

    pub fn is_lent(&self) -> bool {
        self.exports.get() > 0
    }
}

/// An instance of `bytearray` or a subclass.
pub fn new_array(th: &Thread, ty: &TypeObject, content: Vec<u8>) -> Py<ByteArray> {
    crate::types::type_::alloc_instance(th, ty, ByteArray::new(content))
}

/// The memory of a bytearray, on loan.
pub(super) fn lend(th: &Thread, owner: &Py<ByteArray>, flags: u32) -> PyResult<Buffer> {
    let place = {
        let mut content = owner.content.lock();
        (content.as_mut_ptr(), content.len())
    };
    // SAFETY: while `exports` counts this loan, `resize` refuses to touch the vector.
    let buffer = unsafe { Buffer::answer(th, owner.clone().into_obj(), place, false, flags, Some(end_of_loan))? };
    owner.exports.set(owner.exports.get() + 1);
    Ok(buffer)
}

fn end_of_loan(owner: &Obj) {
    if let Some(a) = owner.downcast::<ByteArray>() {
        a.exports.set(a.exports.get() - 1);
    }
}
