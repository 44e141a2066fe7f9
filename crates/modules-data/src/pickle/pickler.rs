//! `Pickler`.

use super::memo::{PicklerMemo, PicklerMemoProxy, empty};
use super::output::Output;
use super::save::Saver;
use super::{DEFAULT_PROTOCOL, HIGHEST_PROTOCOL, pickling_error};
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{attribute, number};
use runtime::types::dict::Dict;
use runtime::types::function::BuiltinFunction;
use runtime::types::int;
use runtime::types::str::Str;
use runtime::types::tuple::Tuple;
use runtime::types::type_::{alloc_instance, fully_qualified_name};
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, Type, instances, none};
use std::cell::Cell;

#[macros::pyclass(name = "Pickler", module = "_pickle", flags = BASETYPE | HAVE_GC, doc = "This takes a binary file for writing a pickle data stream.\n\nThe optional *protocol* argument tells the pickler to use the given\nprotocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default\nprotocol is 5. It was introduced in Python 3.8, and is incompatible\nwith previous versions.\n\nSpecifying a negative protocol version selects the highest protocol\nversion supported.  The higher the protocol used, the more recent the\nversion of Python needed to read the pickle produced.\n\nThe *file* argument must have a write() method that accepts a single\nbytes argument. It can thus be a file object opened for binary\nwriting, an io.BytesIO instance, or any other custom object that meets\nthis interface.\n\nIf *fix_imports* is True and protocol is less than 3, pickle will try\nto map the new Python 3 names to the old module names used in Python\n2, so that the pickle data stream is readable with Python 2.\n\nIf *buffer_callback* is None (the default), buffer views are\nserialized into *file* as part of the pickle stream.\n\nIf *buffer_callback* is not None, then it can be called any number\nof times with a buffer view.  If the callback returns a false value\n(such as None), the given buffer is out-of-band; otherwise the\nbuffer is serialized in-band, i.e. inside the pickle stream.\n\nIt is an error if *buffer_callback* is not None and *protocol*\nis None or smaller than 5.")]
pub(crate) struct Pickler {
    pub(super) memo: Guarded<PicklerMemo>,
    /// The file's `write`.
    pub(super) write: Guarded<Option<Obj>>,
    pub(super) dispatch_table: Guarded<Option<Obj>>,
    pub(super) buffer_callback: Guarded<Option<Obj>>,
    pub(super) protocol: Cell<i64>,
    pub(super) bin: Cell<i64>,
    pub(super) fast: Cell<i64>,
    pub(super) fix_imports: Cell<bool>,
    ready: Cell<bool>,
    running: Cell<bool>,
    /// `persistent_id` set on an instance.
    persistent_id: Guarded<Option<Obj>>,
}

impl Payload for Pickler {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(memo) = self.memo.try_lock() {
            memo.traverse(v);
        }
        for field in [&self.write, &self.dispatch_table, &self.buffer_callback, &self.persistent_id] {
            if let Some(o) = field.try_lock() {
                v.opt(&o);
            }
        }
    }

    fn clear(&self) {
        let memo = self.memo.take();
        let fields = [self.write.take(), self.dispatch_table.take(), self.buffer_callback.take(), self.persistent_id.take()];
        drop((memo, fields));
    }
}

fn blank() -> Pickler {
    Pickler {
        memo: empty(),
        write: empty(),
        dispatch_table: empty(),
        buffer_callback: empty(),
        protocol: Cell::new(DEFAULT_PROTOCOL),
        bin: Cell::new(1),
        fast: Cell::new(0),
        fix_imports: Cell::new(false),
        ready: Cell::new(false),
        running: Cell::new(false),
        persistent_id: empty(),
    }
}

fn set_up(
    th: &Thread,
    p: &Pickler,
    protocol: Option<&Obj>,
    fix_imports: Option<bool>,
    buffer_callback: Option<&Obj>,
) -> PyResult<()> {
    let protocol = match protocol.filter(|p| !p.is_none()) {
        None => DEFAULT_PROTOCOL,
        Some(o) => match number::index_i64(th, o)? {
            n if n < 0 => HIGHEST_PROTOCOL,
            n if n > HIGHEST_PROTOCOL => {
                return Err(th.value_error(format!("pickle protocol must be <= {HIGHEST_PROTOCOL}")));
            }
            n => n,
        },
    };
    let buffer_callback = buffer_callback.filter(|b| !b.is_none());
    if buffer_callback.is_some() && protocol < 5 {
        return Err(th.value_error("buffer_callback needs protocol >= 5"));
    }
    p.protocol.set(protocol);
    p.bin.set(i64::from(protocol > 0));
    p.fix_imports.set(fix_imports.unwrap_or(true) && protocol < 3);
    p.buffer_callback.set(buffer_callback.cloned());
    p.fast.set(0);
    p.ready.set(true);
    Ok(())
}

/// A pickler for one of the module's functions.
pub(super) fn fresh(
    th: &Thread,
    protocol: Option<&Obj>,
    fix_imports: Option<bool>,
    buffer_callback: Option<&Obj>,
) -> PyResult<Py<Pickler>> {
    let p = alloc_instance(th, Pickler::TYPE, blank());
    set_up(th, &p, protocol, fix_imports, buffer_callback)?;
    Ok(p)
}

/// The `write` of a file.
pub(super) fn writer_of(th: &Thread, file: &Obj) -> PyResult<Obj> {
    match attribute::lookup_opt_str(th, file, "write")? {
        Some(write) => Ok(write),
        None => Err(th.type_error("file must have a 'write' attribute")),
    }
}

/// A hook of a subclass or instance; the type's own method of that name is none.
pub(super) fn hook(th: &Thread, o: &Obj, name: &str) -> PyResult<Option<Obj>> {
    let found = attribute::lookup_opt_str(th, o, name)?;
    Ok(found.filter(|f| {
        let own =
            f.downcast_exact::<BuiltinFunction>().is_some_and(|b| b.slf.as_ref().is_some_and(|s| s.is(o)) && b.name() == name);
        !own
    }))
}

/// Is the attribute's name this one?
pub(super) fn is_named(name: &Obj, text: &str) -> bool {
    name.downcast::<Str>().is_some_and(|n| n.is_ascii_eq(text))
}

/// Pickles one object; gives the bytes that did not go to a file.
pub(super) fn dump(th: &Thread, p: &Py<Pickler>, o: &Obj) -> PyResult<Vec<u8>> {
    let plain = p.as_obj().downcast_exact::<Pickler>().is_some();
    // Instances of the type itself have no attributes beside the native ones.
    let (reducer_override, persistent_id, dispatch_table) = if plain {
        (None, p.persistent_id.get(), p.dispatch_table.get())
    } else {
        (
            attribute::lookup_opt_str(th, p.as_obj(), "reducer_override")?,
            hook(th, p.as_obj(), "persistent_id")?,
            attribute::lookup_opt_str(th, p.as_obj(), "dispatch_table")?,
        )
    };
    let mut saver = Saver::new(th, p, Output::new(p.write.get()), p.memo.take());
    saver.reducer_override = reducer_override;
    saver.persistent_id = persistent_id;
    saver.dispatch_table = dispatch_table;
    let outcome = saver.run(o);
    let mut memo = std::mem::take(&mut saver.memo);
    if p.write.lock().is_none() {
        drop(memo.clear());
    }
    p.memo.set(memo);
    outcome
}

fn bad_memo(th: &Thread, o: &Obj) -> Raised {
    let ty = o.ty().tp_name();
    th.type_error(format!("'memo' attribute must be a PicklerMemoProxy object or dict, not {ty}"))
}

#[macros::pymethods]
impl Pickler {
    #[new(name = "Pickler", text = "(file, protocol=None, fix_imports=True, buffer_callback=None)")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), blank()).into_obj())
    }

    #[init(name = "Pickler", sig = "(file, protocol=None, fix_imports=True, buffer_callback=None)")]
    fn init(
        th: &Thread,
        slf: &Py<Pickler>,
        file: &Obj,
        protocol: Option<&Obj>,
        fix_imports: Option<bool>,
        buffer_callback: Option<&Obj>,
    ) -> PyResult<()> {
        if slf.running.get() {
            return Err(th.runtime_error("Pickler object is already used"));
        }
        set_up(th, slf, protocol, fix_imports, buffer_callback)?;
        slf.write.set(Some(writer_of(th, file)?));
        drop(slf.memo.take());
        Ok(())
    }

    #[pymethod(sig = "($self, obj, /)")]
    fn persistent_id(_th: &Thread, _slf: &Py<Pickler>, _obj: &Obj) -> Obj {
        none()
    }

    /// Write a pickled representation of the given object to the open file.
    #[pymethod(sig = "($self, obj, /)")]
    fn dump(th: &Thread, slf: &Py<Pickler>, obj: &Obj) -> PyResult<()> {
        if !slf.ready.get() || slf.write.lock().is_none() {
            let ty = fully_qualified_name(slf.as_obj().ty());
            return Err(pickling_error(th, format!("Pickler.__init__() was not called by {ty}.__init__()")));
        }
        if slf.running.replace(true) {
            return Err(th.runtime_error("Pickler object is already used"));
        }
        let outcome = dump(th, slf, obj);
        slf.running.set(false);
        outcome.map(drop)
    }

    /// Clears the pickler's "memo".
    ///
    /// The memo is the data structure that remembers which objects the
    /// pickler has already seen, so that shared or recursive objects are
    /// pickled by reference and not by value.  This method is useful when
    /// re-using picklers.
    #[pymethod(sig = "($self, /)")]
    fn clear_memo(_th: &Thread, slf: &Py<Pickler>) {
        let old = slf.memo.lock().clear();
        drop(old);
    }

    /// Returns size in memory, in bytes.
    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<Pickler>) -> usize {
        slf.as_obj().ty().basicsize() + slf.memo.lock().len() * 24
    }

    #[getter]
    fn dispatch_table(th: &Thread, slf: &Py<Pickler>) -> PyResult<Obj> {
        let table = slf.dispatch_table.get();
        table.ok_or_else(|| th.no_attribute(slf.as_obj(), &super::string("dispatch_table")))
    }

    #[setter(name = "dispatch_table")]
    fn set_dispatch_table(_th: &Thread, slf: &Py<Pickler>, value: Option<&Obj>) -> PyResult<()> {
        slf.dispatch_table.set(value.cloned());
        Ok(())
    }

    #[slot(tp_getattro)]
    fn getattro(th: &Thread, slf: &Py<Pickler>, name: &Obj) -> PyResult<Obj> {
        let own = if is_named(name, "persistent_id") { slf.persistent_id.get() } else { None };
        own.map_or_else(|| instances::generic_getattro(th, slf.as_obj(), name), Ok)
    }

    #[slot(tp_setattro)]
    fn setattro(th: &Thread, slf: &Py<Pickler>, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
        if is_named(name, "persistent_id") {
            slf.persistent_id.set(value.cloned());
            return Ok(());
        }
        instances::generic_setattro(th, slf.as_obj(), name, value)
    }

    #[getter]
    fn memo(th: &Thread, slf: &Py<Pickler>) -> Obj {
        PicklerMemoProxy::of(th, slf)
    }

    #[setter(name = "memo")]
    fn set_memo(th: &Thread, slf: &Py<Pickler>, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else { return Err(th.type_error("attribute deletion is not supported")) };
        if let Some(proxy) = value.downcast::<PicklerMemoProxy>() {
            let copy = proxy.owner.memo.get();
            slf.memo.set(copy);
            return Ok(());
        }
        let Some(d) = value.downcast::<Dict>() else { return Err(bad_memo(th, value)) };
        let mut memo = PicklerMemo::default();
        for (_, pair) in d.items_vec() {
            let Some([n, o]) = pair.downcast::<Tuple>().map(|t| t.items()) else {
                return Err(th.type_error("'memo' values must be 2-item tuples"));
            };
            let n = number::index_i64(th, n)?;
            memo.insert(o, u32::try_from(n).map_err(|_| th.overflow_error("memo id out of range"))?);
        }
        slf.memo.set(memo);
        Ok(())
    }

    #[getter]
    fn bin(_th: &Thread, slf: &Py<Pickler>) -> i64 {
        slf.bin.get()
    }

    #[setter(name = "bin")]
    fn set_bin(th: &Thread, slf: &Py<Pickler>, value: Option<&Obj>) -> PyResult<()> {
        set_number(th, &slf.bin, value)
    }

    #[getter]
    fn fast(_th: &Thread, slf: &Py<Pickler>) -> i64 {
        slf.fast.get()
    }

    #[setter(name = "fast")]
    fn set_fast(th: &Thread, slf: &Py<Pickler>, value: Option<&Obj>) -> PyResult<()> {
        set_number(th, &slf.fast, value)
    }
}

fn set_number(th: &Thread, place: &Cell<i64>, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(th.type_error("can't delete numeric/char attribute")) };
    if !int::is_int(value) && value.ty().slots.nb_index.get().is_none() {
        let ty = value.ty().name();
        return Err(th.type_error(format!("'{ty}' object cannot be interpreted as an integer")));
    }
    place.set(number::index_i64(th, value)?);
    Ok(())
}
