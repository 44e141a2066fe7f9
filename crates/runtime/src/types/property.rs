//! `property`.

use crate::protocols::{attribute, call};
use crate::types::str::interned;
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, none};
use object::gc::Visitor;
use object::{Guarded, Payload};

/// Accessors and documentation of a property.
#[derive(Clone, Default)]
struct State {
    get: Option<Obj>,
    set: Option<Obj>,
    delete: Option<Obj>,
    doc: Option<Obj>,
    name: Option<Obj>,
    /// The docstring is the getter's.
    getter_doc: bool,
}

/// The payload of a property.
#[macros::pyclass(name = "property", flags = BASETYPE | HAVE_GC)]
pub struct Property {
    state: Guarded<State>,
}

impl Payload for Property {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(s) = self.state.try_lock() {
            for o in [&s.get, &s.set, &s.delete, &s.doc, &s.name] {
                v.opt(o);
            }
        }
    }

    fn clear(&self) {
        if let Some(s) = self.state.try_lock().map(|mut s| std::mem::take(&mut *s)) {
            drop(s);
        }
    }
}

impl Property {
    /// The getter, for the interpreter.
    pub fn getter_function(&self) -> Option<Obj> {
        self.state.lock().get.clone()
    }

    /// The name under which errors know the property: its own, or its getter's.
    fn shown_name(th: &Thread, slf: &Py<Property>) -> PyResult<Option<Obj>> {
        let s = slf.state.get();
        if s.name.is_some() {
            return Ok(s.name);
        }
        match s.get {
            Some(get) => attribute::lookup_opt(th, &get, &crate::names::get().__name__),
            None => Ok(None),
        }
    }

    #[cold]
    fn missing(th: &Thread, slf: &Py<Property>, obj: &Obj, what: &str) -> crate::Raised {
        let build = || -> PyResult<String> {
            let qualname = attribute::get(th, &obj.ty().to_obj(), &crate::names::get().__qualname__)?;
            let owner = crate::protocols::repr(th, &qualname)?.to_string_lossy();
            Ok(match Self::shown_name(th, slf)? {
                Some(name) => {
                    let name = crate::protocols::repr(th, &name)?.to_string_lossy();
                    format!("property {name} of {owner} object has no {what}")
                }
                None => format!("property of {owner} object has no {what}"),
            })
        };
        match build() {
            Ok(text) => th.attribute_error_message(text),
            Err(raised) => raised,
        }
    }

    /// A property of the same type with some accessors replaced.
    fn copy(th: &Thread, slf: &Py<Property>, get: Option<&Obj>, set: Option<&Obj>, delete: Option<&Obj>) -> PyResult<Obj> {
        let s = slf.state.get();
        let pick = |new: Option<&Obj>, old: &Option<Obj>| match new {
            Some(new) if !new.is_none() => new.clone(),
            _ => old.clone().unwrap_or_else(none),
        };
        let get = pick(get, &s.get);
        let doc = if s.getter_doc && !get.is_none() { none() } else { s.doc.clone().unwrap_or_else(none) };
        let args = [get, pick(set, &s.set), pick(delete, &s.delete), doc];
        let made = call::call(th, &slf.as_obj().ty().to_obj(), &args)?;
        if let Some(p) = made.downcast::<Property>() {
            let old = std::mem::replace(&mut p.state.lock().name, s.name);
            drop(old);
        }
        Ok(made)
    }
}

fn given(o: Option<&Obj>) -> Option<Obj> {
    o.filter(|o| !o.is_none()).cloned()
}

#[macros::pymethods]
impl Property {
    #[new(name = "property")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Py<Property>> {
        Ok(alloc_instance(th, cls.as_object(), Property { state: Guarded::new(State::default()) }))
    }

    #[init(name = "property", sig = "(fget=None, fset=None, fdel=None, doc=None)")]
    fn init(
        th: &Thread,
        slf: &Py<Property>,
        fget: Option<&Obj>,
        fset: Option<&Obj>,
        fdel: Option<&Obj>,
        doc: Option<&Obj>,
    ) -> PyResult<()> {
        let mut doc = given(doc);
        slf.state.set(State { get: given(fget), set: given(fset), delete: given(fdel), ..State::default() });
        let mut getter_doc = false;
        if doc.is_none()
            && let Some(get) = fget.filter(|get| !get.is_none())
        {
            let found = attribute::lookup_opt(th, get, &crate::names::get().__doc__)?;
            doc = found.filter(|d| !d.is_none());
            getter_doc = doc.is_some();
        }
        slf.state.lock().getter_doc = getter_doc;
        if slf.as_obj().downcast_exact::<Property>().is_some() {
            let old = std::mem::replace(&mut slf.state.lock().doc, doc);
            drop(old);
            return Ok(());
        }
        let shown = doc.unwrap_or_else(none);
        // A subclass has a `__doc__` of its own in its namespace: the instance's goes where it is found first.
        match attribute::set(th, slf.as_obj(), &crate::names::get().__doc__, &shown) {
            Ok(()) => Ok(()),
            Err(raised) if getter_doc => Err(raised),
            Err(raised) => th.catch(raised, crate::types::exceptions::ATTRIBUTE_ERROR),
        }
    }

    #[slot(tp_descr_get)]
    fn descr_get(th: &Thread, slf: &Py<Self>, obj: Option<&Obj>, _ty: Option<&Obj>) -> PyResult<Obj> {
        let Some(obj) = obj.filter(|o| !o.is_none()) else { return Ok(slf.as_obj().clone()) };
        match slf.getter_function() {
            Some(get) => call::call(th, &get, std::slice::from_ref(obj)),
            None => Err(Self::missing(th, slf, obj, "getter")),
        }
    }

    #[slot(tp_descr_set)]
    fn descr_set(th: &Thread, slf: &Py<Self>, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let s = slf.state.get();
        match value {
            Some(value) => match s.set {
                Some(set) => call::call(th, &set, &[obj.clone(), value.clone()]).map(drop),
                None => Err(Self::missing(th, slf, obj, "setter")),
            },
            None => match s.delete {
                Some(delete) => call::call(th, &delete, std::slice::from_ref(obj)).map(drop),
                None => Err(Self::missing(th, slf, obj, "deleter")),
            },
        }
    }

    /// Descriptor to obtain a copy of the property with a different getter.
    #[pymethod(sig = "($self, object, /)")]
    fn getter(th: &Thread, slf: &Py<Self>, object: &Obj) -> PyResult<Obj> {
        Self::copy(th, slf, Some(object), None, None)
    }

    /// Descriptor to obtain a copy of the property with a different setter.
    #[pymethod(sig = "($self, object, /)")]
    fn setter(th: &Thread, slf: &Py<Self>, object: &Obj) -> PyResult<Obj> {
        Self::copy(th, slf, None, Some(object), None)
    }

    /// Descriptor to obtain a copy of the property with a different deleter.
    #[pymethod(sig = "($self, object, /)")]
    fn deleter(th: &Thread, slf: &Py<Self>, object: &Obj) -> PyResult<Obj> {
        Self::copy(th, slf, None, None, Some(object))
    }

    /// Method to set name of a property.
    #[pymethod]
    fn __set_name__(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<()> {
        args.no_keywords(th, "property.__set_name__")?;
        let [_, name] = args.pos() else {
            return Err(th.type_error(format!("__set_name__() takes 2 positional arguments but {} were given", args.pos().len())));
        };
        let old = slf.state.lock().name.replace(name.clone());
        drop(old);
        Ok(())
    }

    #[getter]
    fn fget(_th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        slf.state.get().get
    }

    #[getter]
    fn fset(_th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        slf.state.get().set
    }

    #[getter]
    fn fdel(_th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        slf.state.get().delete
    }

    #[getter]
    fn __doc__(_th: &Thread, slf: &Py<Self>) -> Option<Obj> {
        slf.state.get().doc
    }

    #[setter(name = "__doc__")]
    fn set_doc(_th: &Thread, slf: &Py<Self>, value: Option<&Obj>) -> PyResult<()> {
        let old = std::mem::replace(&mut slf.state.lock().doc, value.cloned());
        drop(old);
        Ok(())
    }

    #[getter]
    fn __name__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        match Self::shown_name(th, slf)? {
            Some(name) => Ok(name),
            None => Err(th.attribute_error_message(format!("'{}' object has no attribute '__name__'", slf.as_obj().ty().name()))),
        }
    }

    #[setter(name = "__name__")]
    fn set_name(_th: &Thread, slf: &Py<Self>, value: Option<&Obj>) -> PyResult<()> {
        let old = std::mem::replace(&mut slf.state.lock().name, value.cloned());
        drop(old);
        Ok(())
    }

    #[getter]
    fn __isabstractmethod__(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        let s = slf.state.get();
        for f in [s.get, s.set, s.delete].into_iter().flatten() {
            if let Some(flag) = attribute::lookup_opt(th, &f, interned!("__isabstractmethod__"))?
                && crate::protocols::truth(th, &flag)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
