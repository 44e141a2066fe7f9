//! `defaultdict`.

use crate::util;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{self, call, iterate};
use runtime::types::dict::Dict;
use runtime::types::generic_alias;
use runtime::types::str as pystr;
use runtime::types::tuple;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, none, not_implemented};

/// defaultdict(default_factory=None, /, [...]) --> dict with default factory
///
/// The default factory is called without arguments to produce
/// a new value when a key is not present, in __getitem__ only.
/// A defaultdict compares equal to a dict with the same items.
/// All remaining arguments are treated the same as if they were
/// passed to the dict constructor, including keyword arguments.
#[macros::pyclass(name = "defaultdict", module = "collections", base = Dict, flags = BASETYPE | HAVE_GC)]
#[repr(C)]
pub(crate) struct DefaultDict {
    dict: Dict,
    factory: Guarded<Option<Obj>>,
}

impl Payload for DefaultDict {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.dict.traverse(v);
        if let Some(f) = self.factory.try_lock() {
            v.opt(&f);
        }
    }

    fn clear(&self) {
        self.factory.set(None);
        self.dict.clear_all();
    }
}

fn copy(th: &Thread, slf: &Py<DefaultDict>) -> PyResult<Obj> {
    let factory = factory_of(slf);
    call::call(th, &util::type_obj(slf.as_obj()), &[factory, slf.as_obj().clone()])
}

#[macros::pymethods]
impl DefaultDict {
    #[new(name = "defaultdict")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let payload = DefaultDict { dict: Dict::empty(), factory: Guarded::new(None) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[init(name = "defaultdict")]
    fn init(th: &Thread, slf: &Py<DefaultDict>, args: Args<'_>) -> PyResult<()> {
        let rest = match args.pos() {
            [] => args,
            [factory, ..] => {
                if !call::is_callable(factory) && !factory.is_none() {
                    return Err(th.type_error("first argument must be callable or None"));
                }
                args.without_first()
            }
        };
        slf.factory.set(args.pos().first().filter(|f| !f.is_none()).cloned());
        match Dict::TYPE.slots.tp_init.get() {
            Some(init) => init(th, slf.as_obj(), rest),
            None => Ok(()),
        }
    }

    /// __missing__(key) # Called by __getitem__ for missing key; pseudo-code:
    ///  if self.default_factory is None: raise KeyError((key,))
    ///  self[key] = value = self.default_factory()
    ///  return value
    #[pymethod(sig = "($self, object, /)")]
    fn __missing__(th: &Thread, slf: &Py<DefaultDict>, key: &Obj) -> PyResult<Obj> {
        let Some(factory) = slf.factory.get() else { return Err(th.key_error(key)) };
        let value = call::call(th, &factory, &[])?;
        // The factory may have set the key itself: that value stays.
        slf.dict.set_default(th, key, &value)
    }

    /// D.copy() -> a shallow copy of D.
    #[pymethod(sig = "($self, /)")]
    fn copy(th: &Thread, slf: &Py<DefaultDict>) -> PyResult<Obj> {
        copy(th, slf)
    }

    /// D.copy() -> a shallow copy of D.
    #[pymethod(sig = "($self, /)")]
    fn __copy__(th: &Thread, slf: &Py<DefaultDict>) -> PyResult<Obj> {
        copy(th, slf)
    }

    /// Return state information for pickling.
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<DefaultDict>) -> PyResult<Obj> {
        let args = match slf.factory.get() {
            Some(f) => util::tuple_of([f]),
            None => tuple::empty().into_obj(),
        };
        let items = call::call_method(th, slf.as_obj(), "items", &[])?;
        let items = iterate::iter(th, &items)?;
        Ok(util::tuple_of([util::type_obj(slf.as_obj()), args, none(), none(), items]))
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<DefaultDict>) -> PyResult<Obj> {
        let base = match Dict::TYPE.slots.tp_repr.get() {
            Some(repr) => repr(th, slf.as_obj())?,
            None => util::string("{}"),
        };
        let factory = match slf.factory.get() {
            None => pystr::new("None"),
            Some(f) => th.repr_guarded(&f, || protocols::repr(th, &f))?.unwrap_or_else(|| pystr::new("...")),
        };
        let name = pystr::new(&format!("{}(", slf.as_obj().ty().short_name()));
        let base = protocols::str(th, &base)?;
        Ok(util::concat(&[&name, &factory, &pystr::new(", "), &base, &pystr::new(")")]))
    }

    #[slot(nb_or)]
    fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        let (own, other) = match a.downcast::<DefaultDict>() {
            Some(own) => (own, b),
            None => match b.downcast::<DefaultDict>() {
                Some(own) => (own, a),
                None => return Ok(not_implemented()),
            },
        };
        if other.downcast::<Dict>().is_none() {
            return Ok(not_implemented());
        }
        let factory = factory_of(own);
        let new = call::call(th, &util::type_obj(own.as_obj()), &[factory, a.clone()])?;
        let Some(d) = new.downcast::<Dict>() else { return Ok(not_implemented()) };
        d.update_from(th, b)?;
        Ok(new)
    }

    /// Factory for default value called by __missing__().
    #[getter]
    fn default_factory(_th: &Thread, slf: &Py<DefaultDict>) -> Option<Obj> {
        slf.factory.get()
    }

    #[setter(name = "default_factory")]
    fn set_default_factory(_th: &Thread, slf: &Py<DefaultDict>, value: Option<&Obj>) -> PyResult<()> {
        slf.factory.set(value.filter(|v| !v.is_none()).cloned());
        Ok(())
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        generic_alias::class_getitem(th, cls, args)
    }
}

fn factory_of(slf: &Py<DefaultDict>) -> Obj {
    slf.factory.get().unwrap_or_else(none)
}
