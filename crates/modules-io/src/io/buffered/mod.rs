//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`.

mod core;
mod lock;
mod methods;

use self::core::Core;
use super::base::BufferedIoBase;
use object::Payload;
use object::gc::Visitor;
use runtime::types::type_::alloc_instance;
use runtime::{Args, MethodTable, Obj, ObjExt, Py, PyResult, Thread, Type};

macro_rules! buffered_types {
    ($($ty:ident $name:literal $readable:literal $writable:literal ($($table:ident),*);)*) => {$(
        #[doc = concat!("`_io.", $name, "`.")]
        #[macros::pyclass(name = $name, module = "_io", base = BufferedIoBase, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF, methods(METHODS, $($table),*))]
        pub struct $ty(Core);

        impl Payload for $ty {
            fn traverse(&self, v: &mut Visitor<'_>) {
                self.0.traverse(v);
            }

            fn clear(&self) {
                self.0.clear();
            }
        }

        impl $ty {
            $(const $table: MethodTable = methods::Shared::$table;)*
        }

        #[macros::pymethods]
        impl $ty {
            #[new(name = $name, text = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)")]
            fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
                Ok(alloc_instance(th, cls.as_object(), $ty(Core::new($readable, $writable))).into_obj())
            }

            #[init(name = $name, sig = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)")]
            fn init(th: &Thread, slf: &Py<Self>, raw: &Obj, buffer_size: Option<isize>) -> PyResult<()> {
                slf.0.start(th, raw, buffer_size.unwrap_or(super::DEFAULT_BUFFER_SIZE as isize))
            }
        }
    )*};
}

buffered_types! {
    BufferedReader "BufferedReader" true false (COMMON, READING, POSITION);
    BufferedWriter "BufferedWriter" false true (COMMON, WRITING, POSITION);
    BufferedRandom "BufferedRandom" true true (COMMON, READING, WRITING, POSITION);
}

/// The engine of any of the three.
fn core_of<'a>(th: &Thread, slf: &'a Obj) -> PyResult<&'a Core> {
    if let Some(s) = slf.downcast_exact::<BufferedReader>() {
        return Ok(&s.0);
    }
    if let Some(s) = slf.downcast_exact::<BufferedWriter>() {
        return Ok(&s.0);
    }
    let found = slf
        .downcast::<BufferedReader>()
        .map(|s| &s.0)
        .or_else(|| slf.downcast::<BufferedWriter>().map(|s| &s.0))
        .or_else(|| slf.downcast::<BufferedRandom>().map(|s| &s.0));
    found.ok_or_else(|| th.type_error(format!("expected a buffered stream, not '{}'", slf.ty().name())))
}

/// A new reader, writer or both around a raw stream, as `open` makes it.
pub(super) fn wrap(th: &Thread, raw: &Obj, buffer_size: isize, readable: bool, writable: bool) -> PyResult<Obj> {
    let core = Core::new(readable, writable);
    core.start(th, raw, buffer_size)?;
    Ok(match (readable, writable) {
        (true, true) => alloc_instance(th, <BufferedRandom as runtime::PyClass>::TYPE, BufferedRandom(core)).into_obj(),
        (true, false) => alloc_instance(th, <BufferedReader as runtime::PyClass>::TYPE, BufferedReader(core)).into_obj(),
        _ => alloc_instance(th, <BufferedWriter as runtime::PyClass>::TYPE, BufferedWriter(core)).into_obj(),
    })
}

/// Reads for a text stream above: at most one raw read, without a method call. `None` if the stream is not exactly a reader of ours.
pub(super) fn read_some_fast(th: &Thread, stream: &Obj, n: usize) -> PyResult<Option<Vec<u8>>> {
    let core = match stream.downcast_exact::<BufferedReader>() {
        Some(s) => &s.0,
        None => return Ok(None),
    };
    core.check_open(th, "read of closed file")?;
    let _held = core.enter(th, stream)?;
    core.read_some(th, n).map(Some)
}

/// Writes for a text stream above. `None` if the stream is not exactly a writer of ours.
pub(super) fn write_fast(th: &Thread, stream: &Obj, content: &[u8]) -> PyResult<Option<usize>> {
    let core = match stream.downcast_exact::<BufferedWriter>() {
        Some(s) => &s.0,
        None => return Ok(None),
    };
    core.check_open(th, "write to closed file")?;
    let _held = core.enter(th, stream)?;
    core.write(th, content).map(Some)
}

/// The `closed` of a stream, without an attribute lookup for ours.
pub(super) fn is_closed_fast(th: &Thread, stream: &Obj) -> PyResult<bool> {
    if let Some(s) = stream.downcast_exact::<BufferedReader>() {
        return s.0.is_closed(th);
    }
    match stream.downcast_exact::<BufferedWriter>() {
        Some(s) => s.0.is_closed(th),
        None => super::is_closed(th, stream),
    }
}

/// The stream reads a file of ours that is open.
#[inline]
pub(super) fn is_open_file(stream: &Obj) -> bool {
    stream.downcast_exact::<BufferedReader>().is_some_and(|s| s.0.is_plainly_open())
}
