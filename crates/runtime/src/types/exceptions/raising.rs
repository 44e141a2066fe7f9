//! Making exceptions and setting them on the thread: what `raise` does, and implicit context.

use super::base::{BaseException, alloc, has_own_init, has_own_new, make_plain};
use crate::protocols::{self, call};
use crate::types::tuple::Tuple;
use crate::types::type_::{Type, TypeObject};
use crate::{Args, Obj, ObjExt, Py, PyResult, Raised, Thread};

/// `ty(*args)` for an exception class; an error on the way is the result instead.
pub fn new_with_args(th: &Thread, ty: &'static TypeObject, args: Py<Tuple>) -> Obj {
    if !has_own_new(ty) {
        let e = alloc(th, ty, args.clone()).into_obj();
        let initialised = match ty.slots.tp_init.get() {
            Some(init) if has_own_init(ty) => init(th, &e, Args::positional_only(args.items())),
            _ => Ok(()),
        };
        return match initialised {
            Ok(()) => e,
            Err(raised) => th.take_raised(raised),
        };
    }
    match call::call(th, &ty.to_obj(), args.items()) {
        Ok(e) => e,
        Err(raised) => th.take_raised(raised),
    }
}

/// A new exception class; `name` is qualified (`termios.error`).
pub fn new_class(th: &Thread, name: &str, base: &TypeObject, doc: Option<&str>) -> PyResult<Obj> {
    let (module, bare) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let namespace = crate::types::dict::new();
    namespace.insert_str(&crate::types::str::intern("__module__"), crate::types::str::new(module).into_obj());
    if let Some(doc) = doc {
        namespace.insert_str(&crate::types::str::intern("__doc__"), crate::types::str::new(doc).into_obj());
    }
    crate::types::type_::new_class(th, bare, &[base.to_obj()], &namespace).map(Py::into_obj)
}

/// `ty(*args)` for any exception class. Errors: what the constructor raises.
pub fn new_of_type(th: &Thread, ty: &TypeObject, args: &[Obj]) -> PyResult<Obj> {
    call::call(th, &ty.to_obj(), args)
}

/// An instance for what stands after `raise` or `from`: a class is called without arguments. `None` if it is no exception.
pub fn instantiate(th: &Thread, exc: &Obj) -> PyResult<Option<Obj>> {
    if exc.is_instance(super::BASE_EXCEPTION) {
        return Ok(Some(exc.clone()));
    }
    if !is_exception_class(exc) {
        return Ok(None);
    }
    if let Some(cls) = exc.downcast_exact::<Type>()
        && let Some(new) = cls.slots.tp_new.get()
        && let Some(made) = make_plain(th, cls, new, Args::positional_only(&[]))
    {
        return Ok(Some(made));
    }
    let made = call::call(th, exc, &[])?;
    if made.is_instance(super::BASE_EXCEPTION) {
        return Ok(Some(made));
    }
    Err(not_an_exception(th, exc, &made))
}

/// `PyExceptionClass_Check`.
pub fn is_exception_class(o: &Obj) -> bool {
    o.downcast::<Type>().is_some_and(|t| t.is_subtype(super::BASE_EXCEPTION))
}

/// An instance for a class and what came with it: an instance of the class as it is, a tuple as the arguments, anything else as the one argument
/// (`PyErr_NormalizeException`).
pub fn normalize(th: &Thread, class: &Obj, value: Option<&Obj>) -> PyResult<Obj> {
    let made = match value.filter(|v| !v.is_none()) {
        None => call::call(th, class, &[])?,
        Some(v) => {
            if v.is_instance(super::BASE_EXCEPTION) && protocols::issubclass(th, &v.ty().to_obj(), class)? {
                return Ok(v.clone());
            }
            match v.downcast::<Tuple>() {
                Some(args) => call::call(th, class, args.items())?,
                None => call::call(th, class, std::slice::from_ref(v))?,
            }
        }
    };
    if made.is_instance(super::BASE_EXCEPTION) { Ok(made) } else { Err(not_an_exception(th, class, &made)) }
}

#[cold]
fn not_an_exception(th: &Thread, class: &Obj, made: &Obj) -> Raised {
    let shown = |o: &Obj| protocols::repr(th, o).map(|s| s.to_string_lossy());
    match (shown(class), shown(&made.ty().to_obj())) {
        (Ok(class), Ok(got)) => {
            th.type_error(format!("calling {class} should have returned an instance of BaseException, not {got}"))
        }
        (Err(raised), _) | (_, Err(raised)) => raised,
    }
}

/// `raise exc` and `raise exc from cause`.
#[cold]
pub fn raise_from(th: &Thread, exc: Obj, cause: Option<Obj>) -> Raised {
    let e = match instantiate(th, &exc) {
        Ok(Some(e)) => e,
        Ok(None) => return th.type_error("exceptions must derive from BaseException"),
        Err(raised) => return raised,
    };
    if let Some(cause) = cause {
        let cause = if cause.is_none() {
            None
        } else {
            match instantiate(th, &cause) {
                Ok(Some(c)) => Some(c),
                Ok(None) => return th.type_error("exception causes must derive from BaseException"),
                Err(raised) => return raised,
            }
        };
        if let Some(e) = e.downcast::<BaseException>() {
            e.set_cause(cause);
        }
    }
    th.raise(e)
}

fn context_of(o: &Obj) -> Option<Obj> {
    o.downcast::<BaseException>().and_then(|e| e.context())
}

/// Makes `handled` the context of `e`; where `e` stands in the chain of contexts of `handled`, that link is cut (`_PyErr_SetObject`).
pub fn set_implicit_context(e: &Py<BaseException>, handled: Obj) {
    if handled.is(e.as_obj()) {
        return;
    }
    // The chain may have a cycle of its own: a second walker at half the speed finds it.
    let mut o = handled.clone();
    let mut slow = handled.clone();
    let mut step_slow = false;
    while let Some(context) = context_of(&o) {
        if context.is(e.as_obj()) {
            if let Some(o) = o.downcast::<BaseException>() {
                o.set_context(None);
            }
            break;
        }
        o = context;
        if o.is(&slow) {
            break;
        }
        if step_slow && let Some(next) = context_of(&slow) {
            slow = next;
        }
        step_slow = !step_slow;
    }
    e.set_context(Some(handled));
}
