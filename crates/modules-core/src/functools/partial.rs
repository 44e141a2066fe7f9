//! `functools.partial` and its `Placeholder`.

use crate::util;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{self, call};
use runtime::types::dict::{self, Dict};
use runtime::types::str as pystr;
use runtime::types::tuple::{self, Tuple};
use runtime::types::type_::alloc_instance;
use runtime::types::{function, generic_alias};
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, instances, none};
use std::sync::OnceLock;

/// The type of the Placeholder constant.
///
/// Used as a placeholder for partial arguments.
#[macros::pyclass(name = "_PlaceholderType", module = "functools")]
pub(crate) struct PlaceholderType;

impl Payload for PlaceholderType {}

/// `functools.Placeholder`.
pub(super) fn placeholder() -> Obj {
    static ONE: OnceLock<Obj> = OnceLock::new();
    ONE.get_or_init(|| {
        let o = alloc_instance(Thread::current(), PlaceholderType::TYPE, PlaceholderType);
        o.header().make_immortal();
        o.into_obj()
    })
    .clone()
}

fn is_placeholder(o: &Obj) -> bool {
    o.downcast_exact::<PlaceholderType>().is_some()
}

#[macros::pymethods]
impl PlaceholderType {
    #[new(name = "_PlaceholderType")]
    fn new(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if !args.all().is_empty() {
            return Err(th.type_error("PlaceholderType takes no arguments"));
        }
        Ok(placeholder())
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, _slf: &Obj) -> PyResult<Obj> {
        Ok(util::string("Placeholder"))
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, _slf: &Obj) -> Obj {
        util::string("Placeholder")
    }
}

/// What a partial holds; `__setstate__` replaces it.
#[derive(Clone)]
struct State {
    function: Obj,
    args: Py<Tuple>,
    keywords: Py<Dict>,
    placeholders: usize,
}

/// Create a new function with partial application of the given arguments and keywords.
#[macros::pyclass(name = "partial", module = "functools", flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF | METHOD_DESCRIPTOR)]
pub(crate) struct Partial {
    state: Guarded<State>,
}

impl Payload for Partial {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(s) = self.state.try_lock() {
            v.obj(&s.function);
            v.py(&s.args);
            v.py(&s.keywords);
        }
    }

    fn clear(&self) {
        let empty = State { function: none(), args: tuple::empty(), keywords: dict::new(), placeholders: 0 };
        self.state.set(empty);
    }
}

#[inline(never)]
fn joined(th: &Thread, function: &Obj, first: &[Obj], rest: &[Obj]) -> PyResult<Obj> {
    call::call(th, function, &[first, rest].concat())
}

fn count(args: &[Obj]) -> usize {
    args.iter().filter(|a| is_placeholder(a)).count()
}

#[macros::pymethods]
impl Partial {
    #[getter]
    fn __vectorcalloffset__(_th: &Thread, slf: &Obj) -> u64 {
        // The address that calls go to, in CPython: one for all partial objects.
        slf.ty().to_obj().id()
    }

    #[new(name = "partial")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let [function, rest @ ..] = args.pos() else {
            return Err(th.type_error("type 'partial' takes at least one argument"));
        };
        if !call::is_callable(function) {
            return Err(th.type_error("the first argument must be callable"));
        }
        if rest.last().is_some_and(is_placeholder) {
            return Err(th.type_error("trailing Placeholders are not allowed"));
        }
        if args.keywords().iter().any(|(_, v)| is_placeholder(v)) {
            return Err(th.type_error("Placeholder cannot be passed as a keyword argument"));
        }
        // A partial of a partial that has no attributes of its own becomes one partial.
        let inner = function.downcast::<Partial>().filter(|p| {
            let called = |ty: &runtime::TypeObject| ty.slots.tp_call.get().map(|f| f as usize);
            called(p.as_obj().ty()) == called(Partial::TYPE) && instances::dict_is_empty(p.as_obj())
        });
        let state = match inner {
            Some(inner) => {
                let inner = inner.state.get();
                let mut all = inner.args.items().to_vec();
                let mut new = rest.iter();
                for slot in all.iter_mut().filter(|a| is_placeholder(a)) {
                    match new.next() {
                        Some(value) => *slot = value.clone(),
                        None => break,
                    }
                }
                all.extend(new.cloned());
                State {
                    placeholders: count(&all),
                    function: inner.function,
                    args: tuple::from_vec(all),
                    keywords: inner.keywords.copy(),
                }
            }
            None => State {
                function: function.clone(),
                args: tuple::from_slice(rest),
                keywords: dict::new(),
                placeholders: count(rest),
            },
        };
        for (name, value) in args.keywords().iter() {
            state.keywords.set_item(th, name, value.clone())?;
        }
        Ok(alloc_instance(th, cls.as_object(), Partial { state: Guarded::new(state) }).into_obj())
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Partial>, args: Args<'_>) -> PyResult<Obj> {
        let plain = {
            let s = slf.state.lock();
            let plain = s.placeholders == 0 && s.keywords.is_empty() && !args.has_keywords();
            plain.then(|| (s.function.clone(), s.args.clone()))
        };
        if let Some((function, first)) = plain {
            return match (first.items(), args.pos()) {
                ([one], []) | ([], [one]) => call::call_one(th, &function, one),
                (all, []) | ([], all) => call::call(th, &function, all),
                ([a], rest) => call::call_with_first(th, &function, a, rest),
                (first, rest) => joined(th, &function, first, rest),
            };
        }
        Partial::call_merged(th, slf, args)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Partial>) -> PyResult<Obj> {
        let shown = th.repr_guarded(slf.as_obj(), || {
            let s = slf.state.get();
            let ty = slf.as_obj().ty();
            let name = if std::ptr::eq(ty, Partial::TYPE) {
                "functools.partial".to_string()
            } else {
                runtime::types::type_::fully_qualified_name(ty)
            };
            let mut out = format!("{name}(").into_bytes();
            out.extend_from_slice(&protocols::repr(th, &s.function)?.to_wtf8());
            for a in s.args.items() {
                out.extend_from_slice(b", ");
                out.extend_from_slice(&protocols::repr(th, a)?.to_wtf8());
            }
            for (k, v) in s.keywords.items_vec() {
                out.extend_from_slice(b", ");
                out.extend_from_slice(&protocols::str(th, &k)?.to_wtf8());
                out.push(b'=');
                out.extend_from_slice(&protocols::repr(th, &v)?.to_wtf8());
            }
            out.push(b')');
            Ok(pystr::from_wtf8(&out).into_obj())
        })?;
        Ok(shown.unwrap_or_else(|| util::string("...")))
    }

    #[slot(tp_descr_get)]
    fn get(th: &Thread, slf: &Obj, instance: Option<&Obj>, _owner: Option<&Obj>) -> PyResult<Obj> {
        match instance.filter(|i| !i.is_none()) {
            Some(instance) => Ok(function::new_method(th, slf.clone(), instance.clone()).into_obj()),
            None => Ok(slf.clone()),
        }
    }

    #[getter]
    fn func(_th: &Thread, slf: &Py<Partial>) -> Obj {
        slf.state.get().function
    }

    #[getter]
    fn args(_th: &Thread, slf: &Py<Partial>) -> Obj {
        slf.state.get().args.into_obj()
    }

    #[getter]
    fn keywords(_th: &Thread, slf: &Py<Partial>) -> Obj {
        slf.state.get().keywords.into_obj()
    }

    #[getter]
    fn __dict__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        instances::dict_getter(th, slf)
    }

    #[setter(name = "__dict__")]
    fn set_dict(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        instances::dict_setter(th, slf, value)
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<Partial>) -> PyResult<Obj> {
        let s = slf.state.get();
        let dict = if instances::dict_is_empty(slf.as_obj()) { none() } else { instances::dict_getter(th, slf.as_obj())? };
        let state = util::tuple_of([s.function.clone(), s.args.into_obj(), s.keywords.into_obj(), dict]);
        Ok(util::tuple_of([util::type_obj(slf.as_obj()), util::tuple_of([s.function]), state]))
    }

    #[pymethod(sig = "($self, state, /)")]
    fn __setstate__(th: &Thread, slf: &Py<Partial>, state: &Obj) -> PyResult<()> {
        let invalid = || th.type_error("invalid partial state");
        let Some(state) = state.downcast::<Tuple>() else { return Err(invalid()) };
        let [function, args, keywords, attributes] = state.items() else { return Err(invalid()) };
        if !call::is_callable(function) {
            return Err(invalid());
        }
        let Some(args) = args.downcast::<Tuple>() else { return Err(invalid()) };
        if args.items().last().is_some_and(is_placeholder) {
            return Err(th.type_error("trailing Placeholders are not allowed"));
        }
        let keywords = match keywords.downcast::<Dict>() {
            Some(d) if keywords.downcast_exact::<Dict>().is_some() => d.clone(),
            Some(d) => {
                let copy = dict::new();
                copy.update_from(th, d.as_obj())?;
                copy
            }
            None if keywords.is_none() => dict::new(),
            None => return Err(invalid()),
        };
        let new = State {
            function: function.clone(),
            placeholders: count(args.items()),
            args: match state.items()[1].downcast_exact::<Tuple>() {
                Some(exact) => exact.clone(),
                None => tuple::from_slice(args.items()),
            },
            keywords,
        };
        slf.state.set(new);
        if attributes.is_none() {
            instances::set_instance_dict(slf.as_obj(), None);
            Ok(())
        } else {
            instances::dict_setter(th, slf.as_obj(), Some(attributes))
        }
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        generic_alias::class_getitem(th, cls, args)
    }
}

impl Partial {
    /// Calls with what the partial holds, its keywords and what stands in its placeholders.
    #[inline(never)]
    fn call_merged(th: &Thread, slf: &Py<Partial>, args: Args<'_>) -> PyResult<Obj> {
        let s = slf.state.get();
        let given = args.pos();
        if given.len() < s.placeholders {
            return Err(th.type_error(format!(
                "missing positional arguments in 'partial' call; expected at least {}, got {}",
                s.placeholders,
                given.len()
            )));
        }
        let mut all = Vec::with_capacity(s.args.len() + args.all().len() + s.keywords.len());
        let rest = if s.placeholders == 0 {
            all.extend_from_slice(s.args.items());
            given
        } else {
            let mut new = given.iter();
            for a in s.args.items() {
                all.push(if is_placeholder(a) { new.next().unwrap_or(a).clone() } else { a.clone() });
            }
            new.as_slice()
        };
        all.extend_from_slice(rest);
        if s.keywords.is_empty() {
            if let Some(names) = args.names() {
                all.extend(args.keywords().iter().map(|(_, v)| v.clone()));
                return call::call_args(th, &s.function, Args::new(&all, Some(names)));
            }
            return call::call(th, &s.function, &all);
        }
        if !args.has_keywords() {
            return call::call_dict(th, &s.function, &all, Some(&s.keywords));
        }
        let merged = s.keywords.copy();
        for (name, value) in args.keywords().iter() {
            merged.set_item(th, name, value.clone())?;
        }
        call::call_dict(th, &s.function, &all, Some(&merged))
    }
}
