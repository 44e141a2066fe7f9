//! Events of monitoring that native code raises.

use super::TestCapi;
use object::Payload;
use runtime::interpreter::instrument::events::{EVENTS, event};
use runtime::interpreter::instrument::{fire_native, watching};
use runtime::protocols::call;
use runtime::types::exceptions::{STOP_ITERATION, as_exception};
use runtime::types::type_::alloc_instance;
use runtime::{Module, Obj, ObjExt, Py, PyResult, Thread, Type, int_obj};
use std::cell::Cell;

pub(super) fn add_types(m: &Py<Module>) {
    m.add_type::<CodeLike>();
}

/// What stands for a code object: as many places as it was made with.
#[macros::pyclass(name = "CodeLike", module = "monitoring", doc = "CodeLike objects")]
pub(crate) struct CodeLike {
    /// By offset: the tools to be told.
    places: Box<[Cell<u8>]>,
}

impl Payload for CodeLike {}

#[macros::pymethods]
impl CodeLike {
    #[new(name = "CodeLike", sig = "(num_events)")]
    fn new(th: &Thread, cls: &Py<Type>, num_events: i32) -> PyResult<Obj> {
        const MOST: usize = 1 << 16;
        match usize::try_from(num_events).ok().filter(|count| *count <= MOST) {
            Some(count) => {
                let places = vec![Cell::new(0); count].into();
                Ok(alloc_instance(th, cls.as_object(), CodeLike { places }).into_obj())
            }
            None => Err(th.value_error("num_events is out of range")),
        }
    }

    #[slot(tp_str)]
    fn str(_th: &Thread, slf: &Py<CodeLike>) -> String {
        let places = slf.places.iter().enumerate().map(|(at, tools)| format!(" {at}: {}", tools.get()));
        format!("PyCodeLikeObject: {}", places.collect::<String>())
    }
}

/// Raises an event at an offset; `extra` follows code and offset. Returns the tools that stay active there.
fn fire(th: &Thread, code: &Obj, offset: i32, event: usize, extra: &[&Obj]) -> PyResult<i64> {
    let Some(places) = code.downcast::<CodeLike>() else {
        return Err(th.type_error(format!("expected a code-like, got {}", code.ty().name())));
    };
    let Some(place) = usize::try_from(offset).ok().and_then(|at| places.places.get(at)) else {
        return Err(th.value_error("offset is out of range"));
    };
    let mut args = vec![code.clone()];
    if event != event::LINE {
        args.push(int_obj(offset.into()));
    }
    args.extend(extra.iter().map(|o| (*o).clone()));
    fire_native(th, place, event, &args)?;
    Ok(place.get().into())
}

/// As [`fire`], with the exception that is being raised.
fn fire_raised(th: &Thread, code: &Obj, offset: i32, event: usize, exception: &Obj) -> PyResult<i64> {
    if as_exception(exception).is_none() {
        return Err(th.value_error(format!("Firing event {event} with no exception set")));
    }
    fire(th, code, offset, event, &[exception])
}

#[macros::pymethods(MONITORING)]
impl TestCapi {
    #[pyfunction(sig = "($self, codelike, event1, event2=0, /)")]
    fn monitoring_enter_scope(th: &Thread, codelike: &Obj, event1: i32, event2: Option<i32>) -> PyResult<()> {
        let Some(code) = codelike.downcast::<CodeLike>() else {
            return Err(th.type_error(format!("expected a code-like, got {}", codelike.ty().name())));
        };
        for (place, event) in code.places.iter().zip([Some(event1), event2]) {
            let Ok(event) = usize::try_from(event.unwrap_or(0)) else { return Err(th.value_error("no such event")) };
            if event >= EVENTS {
                return Err(th.value_error("no such event"));
            }
            place.set(watching(th, event));
        }
        Ok(())
    }

    #[pyfunction(sig = "($self, /)")]
    fn monitoring_exit_scope(_th: &Thread) {}

    #[pyfunction(sig = "($self, codelike, offset, /)")]
    fn fire_event_py_start(th: &Thread, codelike: &Obj, offset: i32) -> PyResult<i64> {
        fire(th, codelike, offset, event::PY_START, &[])
    }

    #[pyfunction(sig = "($self, codelike, offset, /)")]
    fn fire_event_py_resume(th: &Thread, codelike: &Obj, offset: i32) -> PyResult<i64> {
        fire(th, codelike, offset, event::PY_RESUME, &[])
    }

    #[pyfunction(sig = "($self, codelike, offset, retval, /)")]
    fn fire_event_py_return(th: &Thread, codelike: &Obj, offset: i32, retval: &Obj) -> PyResult<i64> {
        fire(th, codelike, offset, event::PY_RETURN, &[retval])
    }

    #[pyfunction(sig = "($self, codelike, offset, retval, /)")]
    fn fire_event_py_yield(th: &Thread, codelike: &Obj, offset: i32, retval: &Obj) -> PyResult<i64> {
        fire(th, codelike, offset, event::PY_YIELD, &[retval])
    }

    #[pyfunction(sig = "($self, codelike, offset, callable, arg0, /)")]
    fn fire_event_call(th: &Thread, codelike: &Obj, offset: i32, callable: &Obj, arg0: &Obj) -> PyResult<i64> {
        fire(th, codelike, offset, event::CALL, &[callable, arg0])
    }

    #[pyfunction(sig = "($self, codelike, offset, lineno, /)")]
    fn fire_event_line(th: &Thread, codelike: &Obj, offset: i32, lineno: i32) -> PyResult<i64> {
        fire(th, codelike, offset, event::LINE, &[&int_obj(lineno.into())])
    }

    #[pyfunction(sig = "($self, codelike, offset, target_offset, /)")]
    fn fire_event_jump(th: &Thread, codelike: &Obj, offset: i32, target_offset: &Obj) -> PyResult<i64> {
        fire(th, codelike, offset, event::JUMP, &[target_offset])
    }

    #[pyfunction(sig = "($self, codelike, offset, target_offset, /)")]
    fn fire_event_branch_right(th: &Thread, codelike: &Obj, offset: i32, target_offset: &Obj) -> PyResult<i64> {
        fire(th, codelike, offset, event::BRANCH_RIGHT, &[target_offset])
    }

    #[pyfunction(sig = "($self, codelike, offset, target_offset, /)")]
    fn fire_event_branch_left(th: &Thread, codelike: &Obj, offset: i32, target_offset: &Obj) -> PyResult<i64> {
        fire(th, codelike, offset, event::BRANCH_LEFT, &[target_offset])
    }

    #[pyfunction(sig = "($self, codelike, offset, exception, /)")]
    fn fire_event_py_throw(th: &Thread, codelike: &Obj, offset: i32, exception: &Obj) -> PyResult<i64> {
        fire_raised(th, codelike, offset, event::PY_THROW, exception)
    }

    #[pyfunction(sig = "($self, codelike, offset, exception, /)")]
    fn fire_event_raise(th: &Thread, codelike: &Obj, offset: i32, exception: &Obj) -> PyResult<i64> {
        fire_raised(th, codelike, offset, event::RAISE, exception)
    }

    #[pyfunction(sig = "($self, codelike, offset, callable, arg0, /)")]
    fn fire_event_c_raise(th: &Thread, codelike: &Obj, offset: i32, callable: &Obj, arg0: &Obj) -> PyResult<i64> {
        fire(th, codelike, offset, event::C_RAISE, &[callable, arg0])
    }

    #[pyfunction(sig = "($self, codelike, offset, callable, arg0, /)")]
    fn fire_event_c_return(th: &Thread, codelike: &Obj, offset: i32, callable: &Obj, arg0: &Obj) -> PyResult<i64> {
        fire(th, codelike, offset, event::C_RETURN, &[callable, arg0])
    }

    #[pyfunction(sig = "($self, codelike, offset, exception, /)")]
    fn fire_event_reraise(th: &Thread, codelike: &Obj, offset: i32, exception: &Obj) -> PyResult<i64> {
        fire_raised(th, codelike, offset, event::RERAISE, exception)
    }

    #[pyfunction(sig = "($self, codelike, offset, exception, /)")]
    fn fire_event_exception_handled(th: &Thread, codelike: &Obj, offset: i32, exception: &Obj) -> PyResult<i64> {
        fire_raised(th, codelike, offset, event::EXCEPTION_HANDLED, exception)
    }

    #[pyfunction(sig = "($self, codelike, offset, exception, /)")]
    fn fire_event_py_unwind(th: &Thread, codelike: &Obj, offset: i32, exception: &Obj) -> PyResult<i64> {
        fire_raised(th, codelike, offset, event::PY_UNWIND, exception)
    }

    #[pyfunction(sig = "($self, codelike, offset, value, /)")]
    fn fire_event_stop_iteration(th: &Thread, codelike: &Obj, offset: i32, value: &Obj) -> PyResult<i64> {
        let exception = if value.is_instance(STOP_ITERATION) {
            value.clone()
        } else {
            call::call(th, &STOP_ITERATION.to_obj(), std::slice::from_ref(value))?
        };
        fire(th, codelike, offset, event::STOP_ITERATION, &[&exception])
    }
}
