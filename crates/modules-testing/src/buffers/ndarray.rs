//! `ndarray`: what it holds, how it is made, its methods and attributes.

use super::items::{Layout, numbers, pack_all, parts};
use super::{nd, structure};
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::buffer::{self, Buffer, flags as f};
use runtime::types::bytes::{self, ByteArray};
use runtime::types::type_::alloc_instance;
use runtime::types::{list, memoryview};
use runtime::{Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, none};
use std::cell::Cell;
use std::sync::Arc;

/// One of the structures that an array has had, and its memory.
#[derive(Clone)]
pub(super) struct View {
    /// Who lends the array's memory on holds another count of this.
    pub(super) memory: Arc<Buffer>,
    pub(super) flags: i32,
    offset: isize,
    /// What was asked of the exporter; `None` for an array with memory of its own.
    request: Option<u32>,
}

impl View {
    /// Memory that an exporter lent.
    pub(super) fn consumer(memory: Buffer, request: u32) -> View {
        View { memory: Arc::new(memory), flags: 0, offset: 0, request: Some(request) }
    }

    pub(super) fn is_consumer(&self) -> bool {
        self.request.is_some()
    }

    fn asked(&self, flag: u32) -> bool {
        self.request.is_none_or(|request| request & flag == flag)
    }

    pub(super) fn has_format(&self) -> bool {
        self.asked(f::FORMAT)
    }

    pub(super) fn has_shape(&self) -> bool {
        self.asked(f::ND)
    }

    pub(super) fn has_strides(&self) -> bool {
        self.asked(f::STRIDES)
    }

    /// The format that items are read by.
    pub(super) fn layout(&self, th: &Thread) -> PyResult<Layout> {
        Layout::new(th, if self.has_format() { &self.memory.format } else { "B" })
    }

    pub(super) fn exports(&self) -> usize {
        Arc::strong_count(&self.memory) - 1
    }
}

/// The payload of an array.
#[macros::pyclass(name = "ndarray", flags = HAVE_GC, methods(METHODS, ATTRIBUTES, SLOTS))]
pub(crate) struct NdArray {
    /// The last one is in force. Those before are there for `pop`, or because somebody uses them.
    pub(super) views: Guarded<Vec<View>>,
    /// `ND_VAREXPORT`: the structure may change while memory is lent.
    flags: Cell<i32>,
}

impl Payload for NdArray {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(views) = self.views.try_lock() {
            for view in views.iter() {
                view.memory.traverse(v);
            }
        }
    }
}

impl NdArray {
    pub(super) fn make(th: &Thread, view: View) -> Obj {
        let payload = NdArray { views: Guarded::new(vec![view]), flags: Cell::new(0) };
        alloc_instance(th, NdArray::TYPE, payload).into_obj()
    }

    /// The structure in force. There is always one.
    pub(super) fn head(&self, th: &Thread) -> PyResult<View> {
        self.views.lock().last().cloned().ok_or_else(|| th.buffer_error("ndarray has no base"))
    }

    /// Forgets structures that nobody uses any more.
    fn prune(&self) {
        let mut views = self.views.lock();
        let Some(head) = views.pop() else { return };
        let unused: Vec<View> = views.extract_if(.., |view| view.exports() == 0).collect();
        views.push(head);
        drop(views);
        drop(unused);
    }
}

/// The arguments that describe an array's own memory.
struct Description<'a> {
    items: &'a Obj,
    shape: &'a Obj,
    strides: Option<&'a Obj>,
    offset: isize,
    format: &'a str,
    flags: i32,
}

impl Description<'_> {
    fn build(&self, th: &Thread) -> PyResult<View> {
        let has = |flag: i32| self.flags & flag != 0;
        if has(nd::FORTRAN) && self.strides.is_some_and(|s| parts(s).is_none_or(|s| !s.is_empty())) {
            return Err(th.type_error("ND_FORTRAN cannot be used together with strides"));
        }
        let Some(dimensions) = parts(self.shape) else { return Err(th.type_error("shape must be a list or a tuple")) };
        if dimensions.is_empty() && has(nd::PIL) {
            return Err(th.type_error("ndim = 0 cannot be used with ND_PIL"));
        }
        let layout = Layout::new(th, self.format)?;
        if layout.size == 0 {
            return Err(th.value_error("itemsize must not be zero"));
        }
        let content = if dimensions.is_empty() {
            layout.pack(th, self.items)?
        } else {
            match parts(self.items) {
                Some(items) => pack_all(th, &layout, &items)?,
                None => return Err(th.type_error("items must be a list or a tuple")),
            }
        };
        let sizes = (layout.size, content.len());
        let s = structure::parse(th, self.shape, self.strides, self.offset, sizes, has(nd::FORTRAN))?;
        let storage = alloc_instance(th, ByteArray::TYPE, ByteArray::new(content)).into_obj();
        let plain = buffer::get(th, &storage, f::WRITABLE)?;
        let structured = plain.structured(s.offset, (layout.size, self.format.to_owned().into()), s.shape, s.strides);
        let Some(mut memory) = structured else {
            return Err(th.value_error("invalid combination of buffer, shape and strides"));
        };
        memory.readonly = !has(nd::WRITABLE);
        if has(nd::PIL) {
            memory = memory.with_rows();
        }
        Ok(View { memory: Arc::new(memory), flags: self.flags & !nd::VAREXPORT, offset: s.offset, request: None })
    }
}

#[macros::pymethods]
impl NdArray {
    #[new(name = "ndarray", sig = "(obj, shape=None, strides=None, offset=0, format='B', flags=0, getbuf=-1)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of CPython's constructor")]
    fn new(
        th: &Thread,
        cls: &Py<Type>,
        obj: &Obj,
        shape: Option<&Obj>,
        strides: Option<&Obj>,
        offset: Option<isize>,
        format: Option<String>,
        flags: Option<i32>,
        getbuf: Option<i32>,
    ) -> PyResult<Obj> {
        let flags = flags.unwrap_or(0);
        let offset = offset.unwrap_or(0);
        let mut kept = 0;
        let view = match shape {
            None if buffer::is_exporter(obj) => {
                if strides.is_some() || offset != 0 || format.is_some() || !(flags == 0 || flags == nd::REDIRECT) {
                    return Err(
                        th.type_error("construction from exporter object only takes 'obj', 'getbuf' and 'flags' arguments")
                    );
                }
                let request = getbuf.map_or(f::FULL_RO, |g| g as u32);
                let view = View::consumer(buffer::get(th, obj, request)?, request);
                View { flags, ..view }
            }
            _ if getbuf.is_some() => {
                return Err(th.type_error("getbuf argument only valid for construction from exporter object or base object"));
            }
            None => return Err(th.type_error("shape is a required argument when constructing from list, tuple or scalar")),
            Some(shape) => {
                kept = flags & nd::VAREXPORT;
                let format = format.as_deref().unwrap_or("B");
                Description { items: obj, shape, strides, offset, format, flags }.build(th)?
            }
        };
        let payload = NdArray { views: Guarded::new(vec![view]), flags: Cell::new(kept) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[pymethod(sig = "($self, /, items, shape, strides=None, offset=0, format='B', flags=0)")]
    fn push(
        th: &Thread,
        slf: &Py<NdArray>,
        items: &Obj,
        shape: &Obj,
        strides: Option<&Obj>,
        offset: Option<isize>,
        format: Option<String>,
        flags: Option<i32>,
    ) -> PyResult<()> {
        let flags = flags.unwrap_or(0);
        if flags & nd::VAREXPORT != 0 {
            return Err(th.value_error("ND_VAREXPORT flag can only be used during object creation"));
        }
        slf.may_change(th)?;
        let offset = offset.unwrap_or(0);
        let format = format.as_deref().unwrap_or("B");
        let view = Description { items, shape, strides, offset, format, flags }.build(th)?;
        slf.prune();
        slf.views.lock().push(view);
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn pop(th: &Thread, slf: &Py<NdArray>) -> PyResult<()> {
        if slf.views.lock().last().is_some_and(View::is_consumer) {
            return Err(th.buffer_error("structure of re-exporting object is immutable"));
        }
        if slf.views.lock().last().is_some_and(|view| view.exports() > 0) {
            return Err(th.buffer_error("cannot change structure: exported buffer"));
        }
        if slf.flags.get() & nd::VAREXPORT != 0 {
            slf.prune();
        }
        if slf.views.lock().len() == 1 {
            return Err(th.buffer_error("list only has a single base"));
        }
        let last = slf.views.lock().pop();
        drop(last);
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn tolist(th: &Thread, slf: &Py<NdArray>) -> PyResult<Obj> {
        let view = slf.head(th)?;
        let layout = view.layout(th)?;
        if layout.size != view.memory.itemsize {
            return Err(th.value_error("ndarray: itemsize does not match the format"));
        }
        nested(th, &view, &layout, &mut Vec::new())
    }

    #[pymethod(sig = "($self, /)")]
    fn tobytes(th: &Thread, slf: &Py<NdArray>) -> PyResult<Obj> {
        Ok(bytes::new(&slf.head(th)?.memory.to_vec(false)).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn add_suboffsets(th: &Thread, slf: &Py<NdArray>) -> PyResult<()> {
        let view = slf.head(th)?;
        if view.memory.suboffsets.is_some() {
            return Err(th.type_error("cannot add suboffsets to PIL-style array"));
        }
        if !view.has_strides() {
            return Err(th.type_error("cannot add suboffsets to array without strides"));
        }
        let mut memory = Buffer::lend(&view.memory, view.memory.owner().clone());
        memory.suboffsets = Some(vec![-1; memory.ndim].into());
        let changed = View { memory: Arc::new(memory), ..view };
        if let Some(last) = slf.views.lock().last_mut() {
            *last = changed;
        }
        Ok(())
    }

    #[pymethod(sig = "($self, /)")]
    fn memoryview_from_buffer(th: &Thread, slf: &Py<NdArray>) -> PyResult<Obj> {
        const MEMORYVIEW_NDIM: usize = 64;
        const LONGEST_FORMAT: usize = 128;
        let view = slf.head(th)?;
        let from_original = || {
            let base = view.memory.owner().downcast::<NdArray>();
            base.is_some_and(|base| base.views.lock().last().is_some_and(|head| !head.is_consumer()))
        };
        if view.is_consumer() && !from_original() {
            return Err(th.type_error("memoryview_from_buffer: only direct consumers of an array have a view of their own"));
        }
        if view.memory.format.len() > LONGEST_FORMAT {
            return Err(th.type_error("memoryview_from_buffer: format too long"));
        }
        if view.memory.ndim > MEMORYVIEW_NDIM {
            return Err(th.value_error("memoryview: number of dimensions must not exceed 64"));
        }
        let mut lent = Buffer::lend(&view.memory, none());
        if !view.has_format() {
            lent.format = "B".into();
        }
        memoryview::from_buffer(th, lent, slf.as_obj())
    }
}

impl NdArray {
    fn may_change(&self, th: &Thread) -> PyResult<()> {
        let views = self.views.lock();
        let Some(head) = views.last() else { return Ok(()) };
        if head.is_consumer() {
            return Err(th.buffer_error("structure of re-exporting object is immutable"));
        }
        let exports = head.exports();
        if self.flags.get() & nd::VAREXPORT == 0 && exports > 0 {
            let plural = if exports == 1 { "" } else { "s" };
            return Err(th.buffer_error(format!("cannot change structure: {exports} exported buffer{plural}")));
        }
        Ok(())
    }
}

/// The items behind the first places of an index as nested lists.
fn nested(th: &Thread, view: &View, layout: &Layout, index: &mut Vec<isize>) -> PyResult<Obj> {
    let Some(&n) = view.memory.shape_vec().get(index.len()) else {
        let place = view.memory.place(index).unwrap_or_default();
        return layout.read(th, &view.memory, place);
    };
    let mut items = Vec::new();
    for i in 0..n {
        index.push(i);
        let item = nested(th, view, layout, index);
        index.pop();
        items.push(item?);
    }
    Ok(list::from_vec(th, items).into_obj())
}

#[macros::pymethods(ATTRIBUTES)]
impl NdArray {
    #[getter]
    fn flags(th: &Thread, slf: &Py<NdArray>) -> PyResult<i32> {
        let head = slf.head(th)?;
        let scalar = if head.memory.ndim == 0 { nd::SCALAR } else { 0 };
        let pointers = if head.memory.suboffsets.is_some() { nd::PIL } else { 0 };
        Ok(head.flags | slf.flags.get() | scalar | pointers)
    }

    #[getter]
    fn offset(th: &Thread, slf: &Py<NdArray>) -> PyResult<isize> {
        Ok(slf.head(th)?.offset)
    }

    #[getter]
    fn obj(th: &Thread, slf: &Py<NdArray>) -> PyResult<Obj> {
        let head = slf.head(th)?;
        Ok(if head.is_consumer() { head.memory.owner().clone() } else { none() })
    }

    #[getter]
    fn nbytes(th: &Thread, slf: &Py<NdArray>) -> PyResult<usize> {
        Ok(slf.head(th)?.memory.len())
    }

    #[getter]
    fn readonly(th: &Thread, slf: &Py<NdArray>) -> PyResult<bool> {
        Ok(slf.head(th)?.memory.readonly)
    }

    #[getter]
    fn itemsize(th: &Thread, slf: &Py<NdArray>) -> PyResult<usize> {
        Ok(slf.head(th)?.memory.itemsize)
    }

    #[getter]
    fn format(th: &Thread, slf: &Py<NdArray>) -> PyResult<String> {
        let head = slf.head(th)?;
        Ok(if head.has_format() { head.memory.format.to_string() } else { String::new() })
    }

    #[getter]
    fn ndim(th: &Thread, slf: &Py<NdArray>) -> PyResult<usize> {
        let head = slf.head(th)?;
        Ok(if head.has_shape() { head.memory.ndim } else { 1 })
    }

    #[getter]
    fn shape(th: &Thread, slf: &Py<NdArray>) -> PyResult<Obj> {
        let head = slf.head(th)?;
        Ok(numbers(&if head.has_shape() { head.memory.shape_vec() } else { Vec::new() }))
    }

    #[getter]
    fn strides(th: &Thread, slf: &Py<NdArray>) -> PyResult<Obj> {
        let head = slf.head(th)?;
        Ok(numbers(&if head.has_strides() { head.memory.strides_vec() } else { Vec::new() }))
    }

    #[getter]
    fn suboffsets(th: &Thread, slf: &Py<NdArray>) -> PyResult<Obj> {
        Ok(numbers(&slf.head(th)?.memory.suboffsets_vec()))
    }

    #[getter]
    fn c_contiguous(th: &Thread, slf: &Py<NdArray>) -> PyResult<bool> {
        Ok(slf.head(th)?.memory.is_c_contiguous())
    }

    #[getter]
    fn f_contiguous(th: &Thread, slf: &Py<NdArray>) -> PyResult<bool> {
        Ok(slf.head(th)?.memory.is_f_contiguous())
    }

    #[getter]
    fn contiguous(th: &Thread, slf: &Py<NdArray>) -> PyResult<bool> {
        let memory = slf.head(th)?.memory;
        Ok(memory.is_c_contiguous() || memory.is_f_contiguous())
    }
}
