//! `_csv`: reading and writing tables as text.

mod dialect;
mod reader;
mod writer;

use dialect::Dialect;
use object::Guarded;
use reader::Reader;
use runtime::protocols::{call, number};
use runtime::types::dict::{self, Dict};
use runtime::types::exceptions::{self, EXCEPTION};
use runtime::types::int;
use runtime::types::str::Str;
use runtime::types::type_::ready_static;
use runtime::{Args, Module, Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread};
use std::cell::Cell;
use writer::Writer;

/// What the module keeps.
struct State {
    dialects: Guarded<Option<Py<Dict>>>,
    field_limit: Guarded<Cell<i64>>,
}

impl Default for State {
    fn default() -> State {
        State { dialects: Guarded::new(None), field_limit: Guarded::new(Cell::new(128 * 1024)) }
    }
}

#[macros::pymodule(name = "_csv", exec = exec, doc = "CSV parsing and writing.\n")]
pub(crate) struct Csv;

const QUOTING: [(&str, i32); 6] = [
    ("QUOTE_MINIMAL", 0),
    ("QUOTE_ALL", 1),
    ("QUOTE_NONNUMERIC", 2),
    ("QUOTE_NONE", 3),
    ("QUOTE_STRINGS", 4),
    ("QUOTE_NOTNULL", 5),
];

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    let dialects = dict::new();
    m.add("_dialects", dialects.as_obj().clone());
    th.rt().state::<State>().dialects.set(Some(dialects));
    for (name, value) in QUOTING {
        m.add(name, Obj::small_int(value));
    }
    m.add_type::<Dialect>();
    ready_static(Reader::TYPE);
    ready_static(Writer::TYPE);
    m.add("Reader", Reader::TYPE.to_obj());
    m.add("Writer", Writer::TYPE.to_obj());
    exceptions::define(th, m, "_csv.Error", EXCEPTION.to_obj(), None)?;
    Ok(())
}

/// Raises `_csv.Error`.
#[cold]
fn error(th: &Thread, message: impl AsRef<str>) -> Raised {
    exceptions::raise_defined(th, "_csv.Error", message)
}

fn dialects(th: &Thread) -> Py<Dict> {
    let state = th.rt().state::<State>();
    let known = state.dialects.get();
    known.unwrap_or_else(|| {
        let fresh = dict::new();
        state.dialects.set(Some(fresh.clone()));
        fresh
    })
}

/// The registered dialect of a name.
fn registered(th: &Thread, name: &Obj) -> PyResult<Obj> {
    dialects(th).get_item(th, name)?.ok_or_else(|| error(th, "unknown dialect"))
}

fn field_limit(th: &Thread) -> i64 {
    th.rt().state::<State>().field_limit.lock().get()
}

/// One object, then perhaps a dialect: both by position.
fn unpack<'a>(th: &Thread, function: &str, args: Args<'a>) -> PyResult<(&'a Obj, Option<&'a Obj>)> {
    match args.pos() {
        [one] => Ok((one, None)),
        [one, two] => Ok((one, Some(two))),
        [] => Err(th.type_error(format!("{function} expected at least 1 argument, got 0"))),
        more => Err(th.type_error(format!("{function} expected at most 2 arguments, got {}", more.len()))),
    }
}

#[macros::pymethods]
impl Csv {
    /// Return a reader object that will process lines from the given iterable.
    ///
    /// The "iterable" argument can be any object that returns a line
    /// of input for each iteration, such as a file object or a list.  The
    /// optional "dialect" argument defines a CSV dialect.  The function
    /// also accepts optional keyword arguments which override settings
    /// provided by the dialect.
    ///
    /// The returned object is an iterator.  Each iteration returns a row
    /// of the CSV file (which can span multiple input lines).
    ///
    #[pyfunction(text = "($module, iterable, /, dialect='excel', **fmtparams)")]
    fn reader(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let (iterable, dialect) = unpack(th, "reader", args)?;
        reader::make(th, iterable, dialect, args)
    }

    /// Return a writer object that will write user data on the given file object.
    ///
    /// The "fileobj" argument can be any object that supports the file API.
    /// The optional "dialect" argument defines a CSV dialect.  The function
    /// also accepts optional keyword arguments which override settings
    /// provided by the dialect.
    ///
    #[pyfunction(text = "($module, fileobj, /, dialect='excel', **fmtparams)")]
    fn writer(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let (file, dialect) = unpack(th, "writer", args)?;
        writer::make(th, file, dialect, args)
    }

    /// Create a mapping from a string name to a CVS dialect.
    ///
    /// The optional "dialect" argument specifies the base dialect instance
    /// or the name of the registered dialect.  The function also accepts
    /// optional keyword arguments which override settings provided by the
    /// dialect.
    ///
    #[pyfunction(text = "($module, name, /, dialect='excel', **fmtparams)")]
    fn register_dialect(th: &Thread, args: Args<'_>) -> PyResult<()> {
        let (name, dialect) = unpack(th, "register_dialect", args)?;
        if name.downcast::<Str>().is_none() {
            return Err(th.type_error("dialect name must be a string"));
        }
        let made = dialect::from_call(th, dialect, args)?;
        dialects(th).set_item(th, name, made.into_obj())
    }

    /// Delete the name/dialect mapping associated with a string name.
    #[pyfunction(sig = "($module, /, name)")]
    fn unregister_dialect(th: &Thread, name: &Obj) -> PyResult<()> {
        if dialects(th).del_item(th, name)? { Ok(()) } else { Err(error(th, "unknown dialect")) }
    }

    /// Return the dialect instance associated with name.
    #[pyfunction(sig = "($module, /, name)")]
    fn get_dialect(th: &Thread, name: &Obj) -> PyResult<Obj> {
        registered(th, name)
    }

    /// Return a list of all known dialect names.
    #[pyfunction(sig = "($module, /)")]
    fn list_dialects(th: &Thread) -> PyResult<Obj> {
        let list = runtime::builtins::get(th, "list")?;
        call::call(th, &list, &[dialects(th).into_obj()])
    }

    /// Sets an upper limit on parsed fields.
    ///
    /// Returns old limit. If limit is not given, no new limit is set and
    /// the old limit is returned
    #[pyfunction(sig = "($module, /, new_limit=<unrepresentable>)")]
    fn field_size_limit(th: &Thread, new_limit: Option<&Obj>) -> PyResult<i64> {
        let old = field_limit(th);
        if let Some(new) = new_limit {
            if !int::is_int(new) || new.is_true() || new.is_false() {
                return Err(th.type_error("limit must be an integer"));
            }
            let new = number::index_isize(th, new, "Python int too large to convert to C ssize_t")?;
            th.rt().state::<State>().field_limit.lock().set(new as i64);
        }
        Ok(old)
    }
}
