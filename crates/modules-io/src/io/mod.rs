//! `_io`: streams of bytes and text.

pub mod base;
pub mod buffered;
pub mod bytesio;
pub mod fileio;
pub mod incremental;
pub mod newline;
mod open;
pub mod pair;
pub mod stringio;
pub mod textio;

use object::Guarded;
use runtime::protocols::{self, attribute};
use runtime::types::{dict, exceptions, str as pystr, type_};
use runtime::{Module, ModuleDef, Obj, Py, PyResult, Raised, Thread};

/// `_io.DEFAULT_BUFFER_SIZE`.
pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

/// The module.
pub static MODULE: ModuleDef = Io::MODULE;

/// `_io`.
#[macros::pymodule(name = "_io", exec = exec)]
pub struct Io;

/// What the module keeps for an interpreter.
#[derive(Default)]
struct IoState {
    unsupported: Guarded<Option<Obj>>,
}

/// `io.UnsupportedOperation`.
pub fn unsupported_operation(th: &Thread) -> PyResult<Obj> {
    let state = th.rt().state::<IoState>();
    if let Some(known) = state.unsupported.get() {
        return Ok(known);
    }
    let namespace = dict::new();
    namespace.insert_str(&pystr::intern("__module__"), pystr::intern("io").into_obj());
    let bases = [exceptions::OS_ERROR.to_obj(), exceptions::VALUE_ERROR.to_obj()];
    let class = type_::new_class(th, "UnsupportedOperation", &bases, &namespace)?.into_obj();
    state.unsupported.set(Some(class.clone()));
    Ok(class)
}

/// Raises `io.UnsupportedOperation(message)`.
#[cold]
pub fn unsupported(th: &Thread, message: &str) -> Raised {
    let made = unsupported_operation(th).and_then(|class| protocols::call::call(th, &class, &[pystr::new(message).into_obj()]));
    match made {
        Ok(e) => th.raise(e),
        Err(r) => r,
    }
}

/// Errors: `ValueError` if the `closed` attribute is true.
pub fn check_closed(th: &Thread, stream: &Obj) -> PyResult<()> {
    if is_closed(th, stream)? { Err(closed_error(th)) } else { Ok(()) }
}

/// The truth of the `closed` attribute.
pub fn is_closed(th: &Thread, stream: &Obj) -> PyResult<bool> {
    let closed = attribute::get_str(th, stream, "closed")?;
    protocols::truth(th, &closed)
}

/// `I/O operation on closed file.`
#[cold]
pub fn closed_error(th: &Thread) -> Raised {
    th.value_error("I/O operation on closed file.")
}

/// Refuses to pickle a stream.
#[cold]
pub fn no_pickle(th: &Thread, slf: &Obj) -> Raised {
    th.type_error(format!("cannot pickle '{}' instances", slf.ty().short_name()))
}

use runtime::ObjExt;

fn exec(th: &Thread, module: &Py<Module>) -> PyResult<()> {
    module.add("DEFAULT_BUFFER_SIZE", runtime::types::int::from_i64(DEFAULT_BUFFER_SIZE as i64));
    module.add("UnsupportedOperation", unsupported_operation(th)?);
    module.add("BlockingIOError", exceptions::BLOCKING_IO_ERROR.to_obj());
    module.add_type::<base::IoBase>();
    module.add_type::<base::RawIoBase>();
    module.add_type::<base::BufferedIoBase>();
    module.add_type::<base::TextIoBase>();
    module.add_type::<fileio::FileIo>();
    module.add_type::<bytesio::BytesIo>();
    module.add_type::<bytesio::BytesIoBuffer>();
    module.add_type::<buffered::BufferedReader>();
    module.add_type::<buffered::BufferedWriter>();
    module.add_type::<buffered::BufferedRandom>();
    module.add_type::<pair::BufferedRwPair>();
    module.add_type::<stringio::StringIo>();
    module.add_type::<newline::NewlineDecoder>();
    module.add_type::<textio::TextIoWrapper>();
    Ok(())
}
