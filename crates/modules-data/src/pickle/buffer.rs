//! `PickleBuffer`: memory that may travel beside the pickle.

use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::buffer::{self, Buffer, flags};
use runtime::types::memoryview;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, Py, PyResult, Raised, Thread, Type};

#[macros::pyclass(
    name = "PickleBuffer",
    module = "pickle",
    flags = HAVE_GC | MANAGED_WEAKREF,
    doc = "Wrapper for potentially out-of-band buffers"
)]
pub(crate) struct PickleBuffer {
    /// The loan; `None` after `release`.
    lent: Guarded<Option<Buffer>>,
    owner: Guarded<Option<Obj>>,
}

impl Payload for PickleBuffer {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(owner) = self.owner.try_lock() {
            v.opt(&owner);
        }
        if let Some(lent) = self.lent.try_lock()
            && let Some(lent) = &*lent
        {
            lent.traverse(v);
        }
    }

    fn clear(&self) {
        let (lent, owner) = (self.lent.take(), self.owner.take());
        drop((lent, owner));
    }
}

#[cold]
fn released(th: &Thread) -> Raised {
    th.value_error("operation forbidden on released PickleBuffer object")
}

/// What a pickle needs to know of a buffer.
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    pub(super) readonly: bool,
    pub(super) contiguous: bool,
}

impl PickleBuffer {
    pub(super) fn content(&self, th: &Thread) -> PyResult<Content> {
        let lent = self.lent.lock();
        let Some(lent) = &*lent else { return Err(released(th)) };
        let contiguous = lent.is_c_contiguous() || lent.is_f_contiguous();
        let bytes = if contiguous { lent.as_slice().to_vec() } else { Vec::new() };
        Ok(Content { bytes, readonly: lent.readonly, contiguous })
    }

    fn owner(&self, th: &Thread) -> PyResult<Obj> {
        self.owner.get().ok_or_else(|| released(th))
    }
}

#[macros::pymethods]
impl PickleBuffer {
    #[new(name = "PickleBuffer", hidden, sig = "(object, /)")]
    fn new(th: &Thread, cls: &Py<Type>, object: &Obj) -> PyResult<Obj> {
        let lent = buffer::get(th, object, flags::FULL_RO)?;
        let payload = PickleBuffer { lent: Guarded::new(Some(lent)), owner: Guarded::new(Some(object.clone())) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    /// Return a memoryview of the raw memory underlying this buffer.
    /// Will raise BufferError is the buffer isn't contiguous.
    #[pymethod(sig = "($self, /)")]
    fn raw(th: &Thread, slf: &Py<PickleBuffer>) -> PyResult<Obj> {
        let owner = slf.owner(th)?;
        let mut lent = buffer::get(th, &owner, flags::FULL_RO)?.on_behalf(owner.clone());
        if !lent.is_c_contiguous() && !lent.is_f_contiguous() {
            return Err(th.buffer_error("cannot extract raw buffer from non-contiguous buffer"));
        }
        lent.format = "B".into();
        (lent.itemsize, lent.ndim, lent.shape, lent.strides) = (1, 1, None, None);
        memoryview::from_buffer(th, lent, &owner)
    }

    /// Release the underlying buffer exposed by the PickleBuffer object.
    #[pymethod(sig = "($self, /)")]
    fn release(_th: &Thread, slf: &Py<PickleBuffer>) {
        let lent = slf.lent.take();
        let owner = slf.owner.take();
        drop((lent, owner));
    }

    #[slot(bf_getbuffer)]
    fn getbuffer(th: &Thread, slf: &Py<PickleBuffer>, flags: u32) -> PyResult<Buffer> {
        buffer::get(th, &slf.owner(th)?, flags)
    }
}
