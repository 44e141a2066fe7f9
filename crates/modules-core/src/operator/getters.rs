//! `attrgetter`, `itemgetter` and `methodcaller`.

use crate::util;
use object::Payload;
use object::gc::Visitor;
use runtime::protocols::{self, attribute, call, mapping};
use runtime::types::dict::Dict;
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple::{self, Tuple};
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Raised, Thread, Type};

/// Calls must give one argument by position.
#[inline(always)]
fn single<'a>(th: &Thread, name: &str, args: Args<'a>) -> PyResult<&'a Obj> {
    match args.all() {
        [o] if !args.has_keywords() => Ok(o),
        _ => Err(not_single(th, name, args)),
    }
}

#[cold]
#[inline(never)]
fn not_single(th: &Thread, name: &str, args: Args<'_>) -> Raised {
    match args.no_keywords(th, name) {
        Ok(()) => th.type_error(format!("{name} expected 1 argument, got {}", args.pos().len())),
        Err(raised) => raised,
    }
}

/// `name(a, b)` from the representations of the arguments.
fn show(th: &Thread, slf: &Obj, args: &[Obj], keywords: &[(Obj, Obj)]) -> PyResult<Obj> {
    let name = runtime::types::type_::fully_qualified_name(slf.ty());
    let shown = th.repr_guarded(slf, || {
        let mut bytes = format!("{name}(").into_bytes();
        for (i, a) in args.iter().enumerate() {
            if i > 0 {
                bytes.extend_from_slice(b", ");
            }
            bytes.extend_from_slice(&protocols::repr(th, a)?.to_wtf8());
        }
        for (i, (k, v)) in keywords.iter().enumerate() {
            if i > 0 || !args.is_empty() {
                bytes.extend_from_slice(b", ");
            }
            bytes.extend_from_slice(&protocols::str(th, k)?.to_wtf8());
            bytes.push(b'=');
            bytes.extend_from_slice(&protocols::repr(th, v)?.to_wtf8());
        }
        bytes.push(b')');
        Ok(pystr::from_wtf8(&bytes).into_obj())
    })?;
    Ok(shown.unwrap_or_else(|| util::string(&format!("{name}(...)"))))
}

/// Return a callable object that fetches the given attribute(s) from its operand.
///
/// After f = attrgetter('name'), the call f(r) returns r.name.
/// After g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).
/// After h = attrgetter('name.first', 'name.last'), the call h(r) returns
/// (r.name.first, r.name.last).
#[macros::pyclass(name = "attrgetter", module = "operator", flags = HAVE_GC)]
pub(crate) struct AttrGetter {
    names: Py<Tuple>,
    /// Each name, split at its dots.
    paths: Vec<Vec<Py<Str>>>,
}

impl Payload for AttrGetter {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.names);
    }
}

fn follow(th: &Thread, o: &Obj, path: &[Py<Str>]) -> PyResult<Obj> {
    let [first, rest @ ..] = path else { return Ok(o.clone()) };
    let mut found = attribute::get(th, o, first)?;
    for name in rest {
        found = attribute::get(th, &found, name)?;
    }
    Ok(found)
}

/// What CPython's member `__vectorcalloffset__` reads: the address that calls of the object go to, one for each type.
fn native_call(o: &Obj) -> u64 {
    o.ty().to_obj().id()
}

#[macros::pymethods]
impl AttrGetter {
    #[getter]
    fn __text_signature__(_th: &Thread, _slf: &Obj) -> &'static str {
        "(obj, /)"
    }

    #[getter]
    fn __vectorcalloffset__(_th: &Thread, slf: &Obj) -> u64 {
        native_call(slf)
    }

    #[new(name = "attrgetter")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "attrgetter")?;
        if args.pos().is_empty() {
            return Err(th.type_error("attrgetter expected 1 argument, got 0"));
        }
        let mut paths = Vec::with_capacity(args.pos().len());
        for name in args.pos() {
            let Some(name) = name.downcast::<Str>() else {
                return Err(th.type_error("attribute name must be a string"));
            };
            let bytes = name.to_wtf8();
            paths.push(bytes.split(|&b| b == b'.').map(|part| pystr::intern_obj(&pystr::from_wtf8(part))).collect());
        }
        let payload = AttrGetter { names: tuple::from_slice(args.pos()), paths };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<AttrGetter>, args: Args<'_>) -> PyResult<Obj> {
        let o = single(th, "attrgetter", args)?;
        match &slf.paths[..] {
            [path] if let [name] = &path[..] => return attribute::get(th, o, name),
            [path] => return follow(th, o, path),
            _ => {}
        }
        let found: Vec<Obj> = slf.paths.iter().map(|p| follow(th, o, p)).collect::<PyResult<_>>()?;
        Ok(tuple::from_vec(found).into_obj())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<AttrGetter>) -> PyResult<Obj> {
        show(th, slf.as_obj(), slf.names.items(), &[])
    }

    /// Return state information for pickling
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<AttrGetter>) -> PyResult<Obj> {
        Ok(util::tuple_of([util::type_obj(slf.as_obj()), slf.names.as_obj().clone()]))
    }
}

/// Return a callable object that fetches the given item(s) from its operand.
///
/// After f = itemgetter(2), the call f(r) returns r[2].
/// After g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])
#[macros::pyclass(name = "itemgetter", module = "operator", flags = HAVE_GC)]
pub(crate) struct ItemGetter {
    items: Py<Tuple>,
    /// The position in an exact tuple, for a single item that is one.
    position: Option<usize>,
}

impl Payload for ItemGetter {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.items);
    }
}

#[macros::pymethods]
impl ItemGetter {
    #[getter]
    fn __text_signature__(_th: &Thread, _slf: &Obj) -> &'static str {
        "(obj, /)"
    }

    #[getter]
    fn __vectorcalloffset__(_th: &Thread, slf: &Obj) -> u64 {
        native_call(slf)
    }

    #[new(name = "itemgetter")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "itemgetter")?;
        let position = match args.pos() {
            [] => return Err(th.type_error("itemgetter expected 1 argument, got 0")),
            [one] => one.value().as_int().and_then(|i| usize::try_from(i).ok()),
            _ => None,
        };
        let payload = ItemGetter { items: tuple::from_slice(args.pos()), position };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<ItemGetter>, args: Args<'_>) -> PyResult<Obj> {
        let o = single(th, "itemgetter", args)?;
        if let Some(i) = slf.position
            && let Some(t) = o.downcast_exact::<Tuple>()
            && let Some(item) = t.items().get(i)
        {
            return Ok(item.clone());
        }
        if let [item] = slf.items.items() {
            return mapping::get_item(th, o, item);
        }
        let found: Vec<Obj> = slf.items.items().iter().map(|i| mapping::get_item(th, o, i)).collect::<PyResult<_>>()?;
        Ok(tuple::from_vec(found).into_obj())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<ItemGetter>) -> PyResult<Obj> {
        show(th, slf.as_obj(), slf.items.items(), &[])
    }

    /// Return state information for pickling
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<ItemGetter>) -> PyResult<Obj> {
        Ok(util::tuple_of([util::type_obj(slf.as_obj()), slf.items.as_obj().clone()]))
    }
}

/// Return a callable object that calls the given method on its operand.
///
/// After f = methodcaller('name'), the call f(r) returns r.name().
/// After g = methodcaller('name', 'date', foo=1), the call g(r) returns
/// r.name('date', foo=1).
#[macros::pyclass(name = "methodcaller", module = "operator", flags = HAVE_GC)]
pub(crate) struct MethodCaller {
    name: Py<Str>,
    args: Py<Tuple>,
    keywords: Option<Py<Dict>>,
}

impl Payload for MethodCaller {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.args);
        v.opt_py(&self.keywords);
    }
}

#[macros::pymethods]
impl MethodCaller {
    #[getter]
    fn __text_signature__(_th: &Thread, _slf: &Obj) -> &'static str {
        "(obj, /)"
    }

    #[getter]
    fn __vectorcalloffset__(_th: &Thread, slf: &Obj) -> u64 {
        native_call(slf)
    }

    #[new(name = "methodcaller")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let Some(name) = args.pos().first() else {
            return Err(th.type_error("methodcaller needs at least one argument, the method name"));
        };
        let Some(name) = name.downcast::<Str>() else {
            return Err(th.type_error("method name must be a string"));
        };
        let (rest, keywords) = call::pack(th, args.without_first())?;
        let payload = MethodCaller { name: pystr::intern_obj(name), args: rest, keywords };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<MethodCaller>, args: Args<'_>) -> PyResult<Obj> {
        let o = single(th, "methodcaller", args)?;
        let method = attribute::get(th, o, &slf.name)?;
        call::call_dict(th, &method, slf.args.items(), slf.keywords.as_ref())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<MethodCaller>) -> PyResult<Obj> {
        let mut all = vec![slf.name.as_obj().clone()];
        all.extend_from_slice(slf.args.items());
        let keywords = slf.keywords.as_ref().map(|k| k.items_vec()).unwrap_or_default();
        show(th, slf.as_obj(), &all, &keywords)
    }

    /// Return state information for pickling
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<MethodCaller>) -> PyResult<Obj> {
        let ty = util::type_obj(slf.as_obj());
        let mut all = vec![slf.name.as_obj().clone()];
        let Some(keywords) = slf.keywords.as_ref().filter(|k| !k.is_empty()) else {
            all.extend_from_slice(slf.args.items());
            return Ok(util::tuple_of([ty, tuple::from_vec(all).into_obj()]));
        };
        // Keywords need a partial application of the type.
        let functools = runtime::import::import_module(th, "functools")?;
        let partial = attribute::get_str(th, &functools, "partial")?;
        let constructor = call::call_dict(th, &partial, &[ty, all.remove(0)], Some(keywords))?;
        Ok(util::tuple_of([constructor, slf.args.as_obj().clone()]))
    }
}
