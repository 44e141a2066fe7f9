//! `types.SimpleNamespace`.

use crate::protocols::{call, compare};
use crate::slots::CompareOp;
use crate::types::dict::{self, Dict};
use crate::types::str::{self, Str};
use crate::types::tuple;
use crate::types::type_::{alloc_exact, alloc_instance};
use crate::{Args, Kwargs, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, instances};
use object::Payload;

/// The payload of a namespace: all it holds is in its `__dict__`.
#[macros::pyclass(name = "SimpleNamespace", module = "types", flags = BASETYPE | HAVE_GC | MANAGED_DICT)]
pub struct SimpleNamespace;

impl Payload for SimpleNamespace {}

/// A namespace with these attributes.
pub fn new(th: &Thread, attributes: &[(&str, Obj)]) -> Obj {
    let ns = alloc_exact(th, || SimpleNamespace).into_obj();
    if let Some(dict) = instances::instance_dict(&ns) {
        for (name, value) in attributes {
            dict.insert_str(&str::intern(name), value.clone());
        }
    }
    ns
}

fn dict_of(slf: &Obj) -> Py<Dict> {
    instances::instance_dict(slf).unwrap_or_else(dict::new)
}

fn update(th: &Thread, slf: &Obj, kwargs: Kwargs<'_>) -> PyResult<()> {
    let own = dict_of(slf);
    for (name, value) in kwargs.iter() {
        own.set_item(th, name, value.clone())?;
    }
    Ok(())
}

#[macros::pymethods]
impl SimpleNamespace {
    #[new(name = "SimpleNamespace")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), SimpleNamespace).into_obj())
    }

    #[init(name = "SimpleNamespace")]
    fn init(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<()> {
        let slf = slf.as_obj();
        match args.pos() {
            [] => {}
            [source] => {
                let source = match source.downcast_exact::<Dict>() {
                    Some(dict) => dict.copy().into_obj(),
                    None => call::call(th, &Dict::TYPE.to_obj(), std::slice::from_ref(source))?,
                };
                let items = source.downcast::<Dict>().map(|d| d.items_vec()).unwrap_or_default();
                if items.iter().any(|(k, _)| k.downcast::<Str>().is_none()) {
                    return Err(th.type_error("keywords must be strings"));
                }
                let own = dict_of(slf);
                for (key, value) in items {
                    own.set_item(th, &key, value)?;
                }
            }
            more => {
                let name = slf.ty().short_name();
                return Err(th.type_error(format!("{name} expected at most 1 argument, got {}", more.len())));
            }
        }
        update(th, slf, args.keywords())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let name = if slf.downcast_exact::<Self>().is_some() { "namespace".to_string() } else { slf.ty().short_name() };
        let shown = th.repr_guarded(slf, || {
            let mut b = text::Builder::with_capacity(32);
            b.push_str(&name);
            b.push_str("(");
            let mut first = true;
            for (key, value) in dict_of(slf).items_vec() {
                let Some(key) = key.downcast::<Str>().filter(|k| !k.is_empty()) else { continue };
                if !first {
                    b.push_str(", ");
                }
                first = false;
                b.push_chars(key.chars());
                b.push_str("=");
                b.push_chars(crate::protocols::repr(th, &value)?.chars());
            }
            b.push_str(")");
            Ok(str::from_buf(b.finish()))
        })?;
        Ok(shown.unwrap_or_else(|| str::new(&format!("{name}(...)"))).into_obj())
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Obj, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        if slf.downcast::<Self>().is_none() || other.downcast::<Self>().is_none() {
            return Ok(crate::not_implemented());
        }
        compare::rich(th, dict_of(slf).as_obj(), dict_of(other).as_obj(), op)
    }

    /// Return state information for pickling
    #[pymethod]
    fn __reduce__(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
        crate::types::function::no_arguments(th, args, "SimpleNamespace.__reduce__")?;
        let ty = slf.ty().to_obj();
        Ok(tuple::from_array([ty, tuple::empty().into_obj(), dict_of(slf).into_obj()]).into_obj())
    }

    /// Return a copy of the namespace object with new values for the specified attributes.
    #[pymethod]
    fn __replace__(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
        if !args.pos().is_empty() {
            return Err(th.type_error("__replace__() takes no positional arguments"));
        }
        let made = call::call(th, &slf.ty().to_obj(), &[])?;
        if made.downcast::<Self>().is_none() {
            return Err(th.type_error(format!(
                "expect {} type, but {}() returned '{}' object",
                Self::TYPE.name(),
                crate::types::dict::full_name(slf.ty()),
                crate::types::dict::full_name(made.ty())
            )));
        }
        let own = dict_of(&made);
        for (key, value) in dict_of(slf).items_vec() {
            own.set_item(th, &key, value)?;
        }
        update(th, &made, args.keywords())?;
        Ok(made)
    }

    #[getter]
    fn __dict__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        instances::dict_getter(th, slf)
    }
}
