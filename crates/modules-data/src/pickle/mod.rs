//! `_pickle`: objects as bytes and back.

mod buffer;
mod build;
mod globals;
mod input;
mod load;
mod memo;
mod opcodes;
mod output;
mod pickler;
mod reduce;
mod save;
mod unpickler;

use buffer::PickleBuffer;
use pickler::Pickler;
use runtime::buffer::BytesLike;
use runtime::protocols::attribute;
use runtime::types::bytes;
use runtime::types::exceptions::{self, EXCEPTION};
use runtime::types::str as pystr;
use runtime::types::type_::fully_qualified_name;
use runtime::{Module, Obj, ObjExt, Py, PyResult, Raised, Thread, import};
use std::borrow::Cow;
use unpickler::{Unpickler, Unpickling};

#[macros::pymodule(name = "_pickle", exec = exec, doc = "Optimized C implementation for the Python pickle module.")]
pub(crate) struct Pickle;

const HIGHEST_PROTOCOL: i64 = 5;
const DEFAULT_PROTOCOL: i64 = 5;

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    let base = exceptions::define(th, m, "_pickle.PickleError", EXCEPTION.to_obj(), None)?;
    exceptions::define(th, m, "_pickle.PicklingError", base.clone(), None)?;
    exceptions::define(th, m, "_pickle.UnpicklingError", base, None)?;
    m.add_type::<Pickler>();
    m.add_type::<Unpickler>();
    m.add_type::<PickleBuffer>();
    memo::ready();
    Ok(())
}

/// Raises `PicklingError`.
#[cold]
fn pickling_error(th: &Thread, message: impl AsRef<str>) -> Raised {
    exceptions::raise_defined(th, "_pickle.PicklingError", message)
}

/// Raises `UnpicklingError`.
#[cold]
fn unpickling_error(th: &Thread, message: impl AsRef<str>) -> Raised {
    exceptions::raise_defined(th, "_pickle.UnpicklingError", message)
}

/// `repr(o)` for an error text.
fn shown(th: &Thread, o: &Obj) -> PyResult<String> {
    Ok(runtime::protocols::repr(th, o)?.to_string_lossy())
}

/// The name of an object's type, with its module unless that is obvious.
fn type_name(o: &Obj) -> String {
    let full = fully_qualified_name(o.ty());
    full.strip_prefix("__main__.").map(str::to_string).unwrap_or(full)
}

/// A name of a module of the library.
fn library(th: &Thread, module: &str, name: &str) -> PyResult<Obj> {
    let m = import::import_module(th, module)?;
    attribute::get_str(th, &m, name)
}

fn string(s: &str) -> Obj {
    pystr::new(s).into_obj()
}

/// How strings of Python 2 are to be read.
struct Encoding {
    encoding: Cow<'static, str>,
    errors: Cow<'static, str>,
}

impl Encoding {
    fn new(encoding: Option<String>, errors: Option<String>) -> Encoding {
        Encoding { encoding: encoding.map_or("ASCII".into(), Cow::Owned), errors: errors.map_or("strict".into(), Cow::Owned) }
    }
}

#[macros::pymethods]
impl Pickle {
    /// Write a pickled representation of obj to the open file object file.
    ///
    /// This is equivalent to ``Pickler(file, protocol).dump(obj)``, but may
    /// be more efficient.
    ///
    /// The optional *protocol* argument tells the pickler to use the given
    /// protocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default
    /// protocol is 5. It was introduced in Python 3.8, and is incompatible
    /// with previous versions.
    ///
    /// Specifying a negative protocol version selects the highest protocol
    /// version supported.  The higher the protocol used, the more recent the
    /// version of Python needed to read the pickle produced.
    ///
    /// The *file* argument must have a write() method that accepts a single
    /// bytes argument.  It can thus be a file object opened for binary
    /// writing, an io.BytesIO instance, or any other custom object that meets
    /// this interface.
    ///
    /// If *fix_imports* is True and protocol is less than 3, pickle will try
    /// to map the new Python 3 names to the old module names used in Python
    /// 2, so that the pickle data stream is readable with Python 2.
    ///
    /// If *buffer_callback* is None (the default), buffer views are serialized
    /// into *file* as part of the pickle stream.  It is an error if
    /// *buffer_callback* is not None and *protocol* is None or smaller than 5.
    #[pyfunction(sig = "($module, /, obj, file, protocol=None, *, fix_imports=True,\n     buffer_callback=None)")]
    fn dump(
        th: &Thread,
        obj: &Obj,
        file: &Obj,
        protocol: Option<&Obj>,
        fix_imports: Option<bool>,
        buffer_callback: Option<&Obj>,
    ) -> PyResult<()> {
        let p = pickler::fresh(th, protocol, fix_imports, buffer_callback)?;
        p.write.set(Some(pickler::writer_of(th, file)?));
        pickler::dump(th, &p, obj).map(drop)
    }

    /// Return the pickled representation of the object as a bytes object.
    ///
    /// The optional *protocol* argument tells the pickler to use the given
    /// protocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default
    /// protocol is 5. It was introduced in Python 3.8, and is incompatible
    /// with previous versions.
    ///
    /// Specifying a negative protocol version selects the highest protocol
    /// version supported.  The higher the protocol used, the more recent the
    /// version of Python needed to read the pickle produced.
    ///
    /// If *fix_imports* is True and *protocol* is less than 3, pickle will
    /// try to map the new Python 3 names to the old module names used in
    /// Python 2, so that the pickle data stream is readable with Python 2.
    ///
    /// If *buffer_callback* is None (the default), buffer views are serialized
    /// into *file* as part of the pickle stream.  It is an error if
    /// *buffer_callback* is not None and *protocol* is None or smaller than 5.
    #[pyfunction(sig = "($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)")]
    fn dumps(
        th: &Thread,
        obj: &Obj,
        protocol: Option<&Obj>,
        fix_imports: Option<bool>,
        buffer_callback: Option<&Obj>,
    ) -> PyResult<Obj> {
        let p = pickler::fresh(th, protocol, fix_imports, buffer_callback)?;
        Ok(bytes::new(&pickler::dump(th, &p, obj)?).into_obj())
    }

    /// Read and return an object from the pickle data stored in a file.
    ///
    /// This is equivalent to ``Unpickler(file).load()``, but may be more
    /// efficient.
    ///
    /// The protocol version of the pickle is detected automatically, so no
    /// protocol argument is needed.  Bytes past the pickled object's
    /// representation are ignored.
    ///
    /// The argument *file* must have two methods, a read() method that takes
    /// an integer argument, and a readline() method that requires no
    /// arguments.  Both methods should return bytes.  Thus *file* can be a
    /// binary file object opened for reading, an io.BytesIO object, or any
    /// other custom object that meets this interface.
    ///
    /// Optional keyword arguments are *fix_imports*, *encoding* and *errors*,
    /// which are used to control compatibility support for pickle stream
    /// generated by Python 2.  If *fix_imports* is True, pickle will try to
    /// map the old Python 2 names to the new names used in Python 3.  The
    /// *encoding* and *errors* tell pickle how to decode 8-bit string
    /// instances pickled by Python 2; these default to 'ASCII' and 'strict',
    /// respectively.  The *encoding* can be 'bytes' to read these 8-bit
    /// string instances as bytes objects.
    #[pyfunction(sig = "($module, /, file, *, fix_imports=True, encoding='ASCII',\n     errors='strict', buffers=())")]
    fn load(
        th: &Thread,
        file: &Obj,
        fix_imports: Option<bool>,
        encoding: Option<String>,
        errors: Option<String>,
        buffers: Option<&Obj>,
    ) -> PyResult<Obj> {
        let u = unpickler::fresh(th);
        let setup = Unpickling::new(th, fix_imports, Encoding::new(encoding, errors), buffers)?;
        u.reader.set(Some(input::Reader::of(th, file)?));
        u.setup.set(Some(setup));
        unpickler::load_file(th, &u)
    }

    /// Read and return an object from the given pickle data.
    ///
    /// The protocol version of the pickle is detected automatically, so no
    /// protocol argument is needed.  Bytes past the pickled object's
    /// representation are ignored.
    ///
    /// Optional keyword arguments are *fix_imports*, *encoding* and *errors*,
    /// which are used to control compatibility support for pickle stream
    /// generated by Python 2.  If *fix_imports* is True, pickle will try to
    /// map the old Python 2 names to the new names used in Python 3.  The
    /// *encoding* and *errors* tell pickle how to decode 8-bit string
    /// instances pickled by Python 2; these default to 'ASCII' and 'strict',
    /// respectively.  The *encoding* can be 'bytes' to read these 8-bit
    /// string instances as bytes objects.
    #[pyfunction(sig = "($module, data, /, *, fix_imports=True, encoding='ASCII',\n      errors='strict', buffers=())")]
    fn loads(
        th: &Thread,
        data: BytesLike<'_>,
        fix_imports: Option<bool>,
        encoding: Option<String>,
        errors: Option<String>,
        buffers: Option<&Obj>,
    ) -> PyResult<Obj> {
        let u = unpickler::fresh(th);
        let setup = Unpickling::new(th, fix_imports, Encoding::new(encoding, errors), buffers)?;
        u.setup.set(Some(setup));
        unpickler::load_bytes(th, &u, data.as_slice().to_vec())
    }
}
