//! `super`.

use crate::protocols::attribute;
use crate::types::cell::PyCell;
use crate::types::str::Str;
use crate::types::type_::{alloc_exact, alloc_instance};
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, instances};
use object::gc::Visitor;
use object::{Guarded, Payload};

/// What an initialised `super` object refers to.
#[derive(Clone, Default)]
struct State {
    /// `__thisclass__`: lookup starts behind it.
    class: Option<Py<Type>>,
    /// `__self__`.
    object: Option<Obj>,
    /// `__self_class__`: whose MRO is searched.
    object_class: Option<Py<Type>>,
}

/// The payload of a `super` object.
#[macros::pyclass(name = "super", flags = BASETYPE | HAVE_GC)]
pub struct Super {
    state: Guarded<State>,
}

impl Payload for Super {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(s) = self.state.try_lock() {
            v.opt_py(&s.class);
            v.opt(&s.object);
            v.opt_py(&s.object_class);
        }
    }
}

/// What `super(class, object).name` finds: the first entry in the MRO of `object_class` behind `class`, bound to `object`.
pub fn find(
    th: &Thread,
    class: &Py<Type>,
    object_class: &Py<Type>,
    object: Option<&Obj>,
    name: &Py<Str>,
) -> PyResult<Option<Obj>> {
    match search(class, object_class, name) {
        Some(found) => bind(th, found, object_class, object).map(Some),
        None => Ok(None),
    }
}

/// The first entry in the MRO of `object_class` behind `class`.
fn search(class: &Py<Type>, object_class: &Py<Type>, name: &Py<Str>) -> Option<Obj> {
    let mro = object_class.mro.get()?;
    let at = mro.items().iter().position(|t| t.is(class.as_obj()))?;
    let behind = &mro.items()[at + 1..];
    // Mostly what comes behind is all that the next class inherits from, and its lookups are remembered.
    let next = behind.first()?.downcast::<Type>()?;
    let its_own = next.mro.get()?;
    if its_own.len() == behind.len() && its_own.items().iter().zip(behind).all(|(a, b)| a.is(b)) {
        return next.lookup(name);
    }
    behind.iter().find_map(|t| t.downcast::<Type>()?.namespace().get_str(name))
}

fn bind(th: &Thread, found: Obj, object_class: &Py<Type>, object: Option<&Obj>) -> PyResult<Obj> {
    match found.ty().slots.tp_descr_get.get() {
        Some(get) => {
            // Through the class itself, the instance is left out.
            let instance = object.filter(|o| !o.is(object_class.as_obj()));
            get(th, &found, instance, Some(object_class.as_obj()))
        }
        None => Ok(found),
    }
}

/// The class whose MRO counts for `super(class, object)` (`supercheck`).
pub fn check(th: &Thread, class: &Py<Type>, object: &Obj) -> PyResult<Py<Type>> {
    if let Some(t) = object.downcast::<Type>()
        && t.is_subtype(class.as_object())
    {
        return Ok(t.clone());
    }
    if object.ty().is_subtype(class.as_object()) {
        return Ok(object.ty().to_py());
    }
    let claimed = attribute::lookup_opt(th, object, &crate::names::get().__class__)?;
    if let Some(claimed) = claimed.as_ref().and_then(|c| c.downcast::<Type>())
        && !std::ptr::eq(claimed.as_object(), object.ty())
        && claimed.is_subtype(class.as_object())
    {
        return Ok(claimed.clone());
    }
    Err(not_an_instance(th, class, object))
}

/// The error of `super(class, object)` for an object that is no instance.
pub(crate) fn not_an_instance(th: &Thread, class: &Py<Type>, object: &Obj) -> crate::Raised {
    let (kind, name) = match object.downcast::<Type>() {
        Some(t) => ("type", t.name()),
        None => ("instance of", object.ty().name()),
    };
    th.type_error(format!("super(type, obj): obj ({kind} {name}) is not an instance or subtype of type ({}).", class.name()))
}

/// True for the type `super` itself.
#[inline(always)]
pub fn is_super_type(o: &Obj) -> bool {
    o.is_static(&Super::TYPE.header)
}

/// `super(class, object).name` without the `super` object, for the interpreter. With `method`, a function that would become a bound method of `object`
/// comes unbound, and the second result says so.
pub fn lookup(th: &Thread, class: &Py<Type>, object: &Obj, name: &Py<Str>, method: bool) -> PyResult<(Obj, bool)> {
    let object_class = check(th, class, object)?;
    if !name.is_ascii_eq("__class__")
        && let Some(found) = search(class, &object_class, name)
    {
        let through_class = object.is(object_class.as_obj());
        if method && !through_class && found.ty().has_flag(crate::type_flags::METHOD_DESCRIPTOR) {
            if std::ptr::eq(object.ty(), object_class.as_object()) && object.downcast::<Type>().is_none() {
                object_class.remember_behind(class.as_object(), name, &found);
            }
            return Ok((found, true));
        }
        return bind(th, found, &object_class, Some(object)).map(|f| (f, false));
    }
    let made = make(th, class, object)?;
    attribute::get(th, &made, name).map(|f| (f, false))
}

/// `super(class, object)`.
pub fn make(th: &Thread, class: &Py<Type>, object: &Obj) -> PyResult<Obj> {
    let object_class = check(th, class, object)?;
    let state = State { class: Some(class.clone()), object: Some(object.clone()), object_class: Some(object_class) };
    Ok(alloc_exact(th, || Super { state: Guarded::new(state) }).into_obj())
}

/// `__class__` and the first argument of the calling function (`super_init_without_args`).
fn implicit(th: &Thread) -> PyResult<(Py<Type>, Obj)> {
    let Some(caller) = crate::interpreter::caller::super_caller(th) else {
        return Err(th.runtime_error("super(): no current frame"));
    };
    if caller.argument_count == 0 {
        return Err(th.runtime_error("super(): no arguments"));
    }
    let first = match caller.first {
        Some(o) => match o.downcast_exact::<PyCell>() {
            Some(cell) if caller.first_is_cell => cell.contents.get(),
            _ => Some(o),
        },
        None => None,
    };
    let Some(first) = first else {
        return Err(th.runtime_error("super(): arg[0] deleted"));
    };
    let Some(cell) = caller.class_cell else {
        return Err(th.runtime_error("super(): __class__ cell not found"));
    };
    let Some(cell) = cell.downcast_exact::<PyCell>() else {
        return Err(th.runtime_error("super(): bad __class__ cell"));
    };
    let Some(class) = cell.contents.get() else {
        return Err(th.runtime_error("super(): empty __class__ cell"));
    };
    match class.downcast::<Type>() {
        Some(class) => Ok((class.clone(), first)),
        None => Err(th.runtime_error(format!("super(): __class__ is not a type ({})", class.ty().name()))),
    }
}

#[macros::pymethods]
impl Super {
    #[new(name = "super")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Py<Super>> {
        Ok(alloc_instance(th, cls.as_object(), Super { state: Guarded::new(State::default()) }))
    }

    #[init(name = "super")]
    fn init(th: &Thread, slf: &Py<Super>, args: Args<'_>) -> PyResult<()> {
        args.no_keywords(th, "super")?;
        let (class, object) = match args.pos() {
            [] => {
                let (class, first) = implicit(th)?;
                (class, Some(first))
            }
            [class, rest @ ..] if rest.len() <= 1 => {
                let Some(class) = class.downcast::<Type>() else {
                    return Err(th.type_error(format!("super() argument 1 must be a type, not {}", class.ty().name())));
                };
                (class.clone(), rest.first().filter(|o| !o.is_none()).cloned())
            }
            more => return Err(th.type_error(format!("super() expected at most 2 arguments, got {}", more.len()))),
        };
        let object_class = match &object {
            Some(object) => Some(check(th, &class, object)?),
            None => None,
        };
        slf.state.set(State { class: Some(class), object, object_class });
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Super>) -> PyResult<String> {
        let s = slf.state.get();
        let class = s.class.map_or_else(|| "NULL".to_string(), |c| c.name());
        Ok(match s.object_class {
            Some(object_class) => format!("<super: <class '{class}'>, <{} object>>", object_class.name()),
            None => format!("<super: <class '{class}'>, NULL>"),
        })
    }

    #[slot(tp_getattro)]
    fn getattro(th: &Thread, slf: &Py<Super>, name: &Obj) -> PyResult<Obj> {
        let name = instances::attribute_name(th, name)?;
        let s = slf.state.get();
        // `__class__` is that of the `super` object itself.
        if let (Some(class), Some(object_class)) = (&s.class, &s.object_class)
            && !name.is_ascii_eq("__class__")
            && let Some(found) = find(th, class, object_class, s.object.as_ref(), name)?
        {
            return Ok(found);
        }
        instances::generic_getattr(th, slf.as_obj(), name)
    }

    #[slot(tp_descr_get)]
    fn descr_get(th: &Thread, slf: &Py<Super>, obj: Option<&Obj>, _ty: Option<&Obj>) -> PyResult<Obj> {
        let s = slf.state.get();
        let (Some(obj), None) = (obj.filter(|o| !o.is_none()), &s.object) else {
            return Ok(slf.as_obj().clone());
        };
        let Some(class) = &s.class else {
            return Err(th.runtime_error("super(): uninitialized super object"));
        };
        if slf.as_obj().downcast_exact::<Super>().is_none() {
            // An instance of a subclass makes another one by calling its class.
            return crate::protocols::call::call(th, &slf.as_obj().ty().to_obj(), &[class.as_obj().clone(), obj.clone()]);
        }
        make(th, class, obj)
    }

    #[getter]
    fn __thisclass__(_th: &Thread, slf: &Py<Super>) -> Option<Py<Type>> {
        slf.state.get().class
    }

    #[getter]
    fn __self__(_th: &Thread, slf: &Py<Super>) -> Option<Obj> {
        slf.state.get().object
    }

    #[getter]
    fn __self_class__(_th: &Thread, slf: &Py<Super>) -> Option<Py<Type>> {
        slf.state.get().object_class
    }
}
