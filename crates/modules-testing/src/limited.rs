//! `_testlimitedcapi`: protocols as native code reaches them.

use object::Payload;
use runtime::protocols::{attribute, call};
use runtime::types::exceptions::ATTRIBUTE_ERROR;
use runtime::types::str as pystr;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Module, Obj, ObjExt, Py, PyResult, Thread, Type, buffer};

/// The module.
#[macros::pymodule(name = "_testlimitedcapi", exec = exec)]
pub(crate) struct TestLimitedCapi;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<LimitedVectorCallClass>();
    m.add_type::<LimitedRelativeVectorCallClass>();
    Ok(())
}

macro_rules! callable_classes {
    ($($(#[$doc:meta])* $ty:ident $name:literal;)*) => {$(
        $(#[$doc])*
        #[macros::pyclass(name = $name, module = "_testlimitedcapi", flags = HAVE_VECTORCALL)]
        pub(crate) struct $ty;

        impl Payload for $ty {}

        #[macros::pymethods]
        impl $ty {
            #[new(name = $name)]
            fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> Obj {
                alloc_instance(th, cls.as_object(), $ty).into_obj()
            }

            #[slot(tp_call)]
            fn call(_th: &Thread, _slf: &Obj, _args: Args<'_>) -> &'static str {
                "vectorcall called"
            }
        }
    )*};
}

callable_classes! {
    /// Instances take their arguments as a vector.
    LimitedVectorCallClass "LimitedVectorCallClass";
    /// As the other one: there is one layout of native types only.
    LimitedRelativeVectorCallClass "LimitedRelativeVectorCallClass";
}

/// An index of a sequence in the way of `sq_item`: negative ones count from the end.
fn place(th: &Thread, o: &Obj, index: isize) -> PyResult<isize> {
    if index >= 0 {
        return Ok(index);
    }
    match o.ty().slots.sq_length.get() {
        Some(length) => Ok(index + length(th, o)? as isize),
        None => Ok(index),
    }
}

fn assign(th: &Thread, o: &Obj, index: isize, value: Option<&Obj>) -> PyResult<()> {
    if let Some(slot) = o.ty().slots.sq_ass_item.get() {
        return slot(th, o, place(th, o, index)?, value);
    }
    let what = if value.is_some() { "assignment" } else { "deletion" };
    Err(th.type_error(format!("'{}' object does not support item {what}", o.ty().name())))
}

#[macros::pymethods]
impl TestLimitedCapi {
    #[pyfunction(sig = "($self, obj, attr_name, /)")]
    fn object_hasattrstring(th: &Thread, obj: &Obj, name: &Obj) -> PyResult<i32> {
        let name = pystr::from_wtf8(&buffer::bytes_of(th, name)?);
        match attribute::lookup_opt(th, obj, &name) {
            Ok(found) => Ok(i32::from(found.is_some())),
            Err(raised) => {
                th.catch(raised, ATTRIBUTE_ERROR)?;
                Ok(0)
            }
        }
    }

    #[pyfunction(sig = "($self, seq, i, /)")]
    fn sequence_getitem(th: &Thread, o: &Obj, i: isize) -> PyResult<Obj> {
        match o.ty().slots.sq_item.get() {
            Some(slot) => slot(th, o, place(th, o, i)?),
            None if o.ty().slots.mp_subscript.get().is_some() => {
                Err(th.type_error(format!("{} is not a sequence", o.ty().name())))
            }
            None => Err(th.type_error(format!("'{}' object does not support indexing", o.ty().name()))),
        }
    }

    #[pyfunction(sig = "($self, seq, i, value, /)")]
    fn sequence_setitem(th: &Thread, o: &Obj, i: isize, value: &Obj) -> PyResult<i32> {
        assign(th, o, i, Some(value)).map(|()| 0)
    }

    #[pyfunction(sig = "($self, seq, i, /)")]
    fn sequence_delitem(th: &Thread, o: &Obj, i: isize) -> PyResult<i32> {
        assign(th, o, i, None).map(|()| 0)
    }

    #[pyfunction(sig = "($self, encoding, errors=None, /)")]
    fn codec_incrementalencoder(th: &Thread, encoding: String, errors: Option<&Obj>) -> PyResult<Obj> {
        incremental(th, &encoding, "incrementalencoder", errors)
    }

    #[pyfunction(sig = "($self, encoding, errors=None, /)")]
    fn codec_incrementaldecoder(th: &Thread, encoding: String, errors: Option<&Obj>) -> PyResult<Obj> {
        incremental(th, &encoding, "incrementaldecoder", errors)
    }

    #[pyfunction(sig = "($module, callable, /)")]
    fn call_vectorcall(th: &Thread, callable: &Obj) -> PyResult<Obj> {
        call::call_with_keywords(th, callable, &[pystr::new("foo").into_obj()], &[("baz", pystr::new("bar").into_obj())])
    }

    #[pyfunction(sig = "($module, callable, /)")]
    fn call_vectorcall_method(th: &Thread, callable: &Obj) -> PyResult<Obj> {
        let method = attribute::get_str(th, callable, "f")?;
        call::call_with_keywords(th, &method, &[pystr::new("foo").into_obj()], &[("baz", pystr::new("bar").into_obj())])
    }
}

/// An incremental codec of an encoding (`PyCodec_IncrementalEncoder` and its like).
fn incremental(th: &Thread, encoding: &str, which: &str, errors: Option<&Obj>) -> PyResult<Obj> {
    let codec = runtime::codecs::lookup(th, encoding)?;
    let make = attribute::get_str(th, &codec, which)?;
    let errors: Vec<Obj> = errors.filter(|e| !e.is_none()).cloned().into_iter().collect();
    call::call(th, &make, &errors)
}
