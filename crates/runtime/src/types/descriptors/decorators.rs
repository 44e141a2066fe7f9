//! `classmethod` and `staticmethod`.

use crate::instances;
use crate::protocols::{attribute, call};
use crate::types::str::{Str, interned};
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, none};
use object::gc::Visitor;
use object::{Guarded, Payload};

/// The payload of a `classmethod`.
#[macros::pyclass(name = "classmethod", flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct ClassMethod {
    callable: Guarded<Obj>,
}

/// The payload of a `staticmethod`.
#[macros::pyclass(name = "staticmethod", flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub struct StaticMethod {
    callable: Guarded<Obj>,
}

impl Payload for ClassMethod {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(callable) = self.callable.try_lock() {
            v.obj(&callable);
        }
    }

    fn clear(&self) {
        if self.callable.try_lock().is_some() {
            self.callable.set(none());
        }
    }
}

impl Payload for StaticMethod {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(callable) = self.callable.try_lock() {
            v.obj(&callable);
        }
    }

    fn clear(&self) {
        if self.callable.try_lock().is_some() {
            self.callable.set(none());
        }
    }
}

/// A static method around a callable.
pub fn static_method(callable: Obj) -> Obj {
    alloc_instance(Thread::current(), StaticMethod::TYPE, StaticMethod { callable: Guarded::new(callable) }).into_obj()
}

/// A class method around a callable.
pub fn new_class_method(callable: Obj) -> Obj {
    alloc_instance(Thread::current(), ClassMethod::TYPE, ClassMethod { callable: Guarded::new(callable) }).into_obj()
}

impl StaticMethod {
    /// The function inside.
    pub fn function(&self) -> Obj {
        self.callable.get()
    }
}

impl ClassMethod {
    /// The function inside.
    pub fn function(&self) -> Obj {
        self.callable.get()
    }
}

/// Copies the attributes that `functools.wraps` would (`functools_wraps`).
fn wraps(th: &Thread, wrapper: &Obj, wrapped: &Obj) -> PyResult<()> {
    let names = crate::names::get();
    for name in [&names.__module__, &names.__name__, &names.__qualname__, &names.__doc__] {
        if let Some(value) = attribute::lookup_opt(th, wrapped, name)? {
            attribute::set(th, wrapper, name, &value)?;
        }
    }
    Ok(())
}

/// An attribute of the wrapped callable that is fetched when first asked for and kept in the wrapper's dict.
fn wrapped_attribute(th: &Thread, slf: &Obj, callable: &Obj, name: &Py<Str>) -> PyResult<Obj> {
    let dict = instances::instance_dict(slf);
    if let Some(known) = dict.as_ref().and_then(|d| d.get_str(name)) {
        return Ok(known);
    }
    let value = attribute::get(th, callable, name)?;
    if let Some(dict) = dict {
        dict.insert_str(name, value.clone());
    }
    Ok(value)
}

fn set_wrapped_attribute(th: &Thread, slf: &Obj, type_name: &str, name: &Py<Str>, value: Option<&Obj>) -> PyResult<()> {
    let Some(dict) = instances::instance_dict(slf) else { return Ok(()) };
    match value {
        Some(value) => dict.insert_str(name, value.clone()),
        None => {
            if dict.remove_str(name).is_none() {
                return Err(
                    th.attribute_error_message(format!("'{type_name}' object has no attribute '{}'", name.to_string_lossy()))
                );
            }
        }
    }
    Ok(())
}

fn is_abstract(th: &Thread, callable: &Obj) -> PyResult<bool> {
    match attribute::lookup_opt(th, callable, interned!("__isabstractmethod__"))? {
        Some(flag) => crate::protocols::truth(th, &flag),
        None => Ok(false),
    }
}

fn one_callable<'a>(th: &Thread, args: Args<'a>, name: &str) -> PyResult<&'a Obj> {
    args.no_keywords(th, name)?;
    match args.pos() {
        [callable] => Ok(callable),
        other => Err(th.type_error(format!("{name} expected 1 argument, got {}", other.len()))),
    }
}

fn shown(th: &Thread, name: &str, callable: &Obj) -> PyResult<Obj> {
    let inner = crate::protocols::repr(th, callable)?;
    let mut b = text::Builder::with_capacity(inner.len() + name.len() + 4);
    b.push_str(&format!("<{name}("));
    b.push_chars(inner.chars());
    b.push_str(")>");
    Ok(crate::types::str::from_buf(b.finish()).into_obj())
}

#[macros::pymethods]
impl ClassMethod {
    #[new(name = "classmethod")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Py<ClassMethod>> {
        Ok(alloc_instance(th, cls.as_object(), ClassMethod { callable: Guarded::new(none()) }))
    }

    #[init(name = "classmethod")]
    fn init(th: &Thread, slf: &Py<ClassMethod>, args: Args<'_>) -> PyResult<()> {
        let callable = one_callable(th, args, "classmethod")?;
        slf.callable.set(callable.clone());
        wraps(th, slf.as_obj(), callable)
    }

    #[slot(tp_descr_get)]
    fn descr_get(th: &Thread, slf: &Py<Self>, obj: Option<&Obj>, ty: Option<&Obj>) -> PyResult<Obj> {
        let cls = match (ty, obj) {
            (Some(ty), _) => ty.clone(),
            (None, Some(obj)) => obj.ty().to_obj(),
            (None, None) => none(),
        };
        Ok(crate::types::function::new_method(th, slf.callable.get(), cls).into_obj())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        shown(th, "classmethod", &slf.callable.get())
    }

    #[getter]
    fn __func__(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.callable.get()
    }

    #[getter]
    fn __wrapped__(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.callable.get()
    }

    #[getter]
    fn __isabstractmethod__(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        is_abstract(th, &slf.callable.get())
    }

    #[getter]
    fn __dict__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        instances::dict_getter(th, slf)
    }

    #[setter(name = "__dict__")]
    fn set_dict(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        instances::dict_setter(th, slf, value)
    }

    #[getter]
    fn __annotations__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        wrapped_attribute(th, slf.as_obj(), &slf.callable.get(), interned!("__annotations__"))
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(th: &Thread, slf: &Py<Self>, value: Option<&Obj>) -> PyResult<()> {
        set_wrapped_attribute(th, slf.as_obj(), "classmethod", interned!("__annotations__"), value)
    }

    #[getter]
    fn __annotate__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        wrapped_attribute(th, slf.as_obj(), &slf.callable.get(), interned!("__annotate__"))
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(th: &Thread, slf: &Py<Self>, value: Option<&Obj>) -> PyResult<()> {
        set_wrapped_attribute(th, slf.as_obj(), "classmethod", interned!("__annotate__"), value)
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, item: &Obj) -> Obj {
        crate::types::generic_alias::new(th, cls, item)
    }
}

#[macros::pymethods]
impl StaticMethod {
    #[new(name = "staticmethod")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Py<StaticMethod>> {
        Ok(alloc_instance(th, cls.as_object(), StaticMethod { callable: Guarded::new(none()) }))
    }

    #[init(name = "staticmethod")]
    fn init(th: &Thread, slf: &Py<StaticMethod>, args: Args<'_>) -> PyResult<()> {
        let callable = one_callable(th, args, "staticmethod")?;
        slf.callable.set(callable.clone());
        wraps(th, slf.as_obj(), callable)
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        call::call_args(th, &slf.callable.get(), args)
    }

    #[slot(tp_descr_get)]
    fn descr_get(_th: &Thread, slf: &Py<Self>, _obj: Option<&Obj>, _ty: Option<&Obj>) -> PyResult<Obj> {
        Ok(slf.callable.get())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        shown(th, "staticmethod", &slf.callable.get())
    }

    #[getter]
    fn __func__(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.callable.get()
    }

    #[getter]
    fn __wrapped__(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.callable.get()
    }

    #[getter]
    fn __isabstractmethod__(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        is_abstract(th, &slf.callable.get())
    }

    #[getter]
    fn __dict__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        instances::dict_getter(th, slf)
    }

    #[setter(name = "__dict__")]
    fn set_dict(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        instances::dict_setter(th, slf, value)
    }

    #[getter]
    fn __annotations__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        wrapped_attribute(th, slf.as_obj(), &slf.callable.get(), interned!("__annotations__"))
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(th: &Thread, slf: &Py<Self>, value: Option<&Obj>) -> PyResult<()> {
        set_wrapped_attribute(th, slf.as_obj(), "staticmethod", interned!("__annotations__"), value)
    }

    #[getter]
    fn __annotate__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        wrapped_attribute(th, slf.as_obj(), &slf.callable.get(), interned!("__annotate__"))
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(th: &Thread, slf: &Py<Self>, value: Option<&Obj>) -> PyResult<()> {
        set_wrapped_attribute(th, slf.as_obj(), "staticmethod", interned!("__annotate__"), value)
    }

    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, item: &Obj) -> Obj {
        crate::types::generic_alias::new(th, cls, item)
    }
}
