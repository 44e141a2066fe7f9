//! What instructions ask of awaitables and asynchronous iterators (PEP 492, PEP 525), and `StopIteration` that leaves a generator (PEP 479).
#![expect(unsafe_code, reason = "frames are plain memory")]

use super::{as_generator, is_async_generator, is_coroutine};
use crate::interpreter::frame::Frame;
use crate::types::exceptions::{self as exc, RUNTIME_ERROR, STOP_ASYNC_ITERATION, STOP_ITERATION};
use crate::{Obj, ObjExt, PyResult, Thread};
use bytecode::tables::co;

/// The iterator behind `await` (`_PyCoro_GetAwaitableIter`); `wher` picks the error text: 1 for `__aenter__`, 2 for `__aexit__`.
pub fn get_awaitable(th: &Thread, o: &Obj, wher: usize) -> PyResult<Obj> {
    if is_coroutine(o) {
        if let Some(g) = as_generator(o)
            && g.delegate().is_some()
        {
            return Err(th.runtime_error("coroutine is being awaited already"));
        }
        return Ok(o.clone());
    }
    if let Some(g) = as_generator(o)
        && g.code().flags & co::ITERABLE_COROUTINE != 0
    {
        return Ok(o.clone());
    }
    if let Some(f) = o.ty().slots.am_await.get() {
        let it = f(th, o)?;
        if is_coroutine(&it) || as_generator(&it).is_some_and(|g| g.code().flags & co::ITERABLE_COROUTINE != 0) {
            return Err(th.type_error("__await__() returned a coroutine"));
        }
        if it.ty().slots.tp_iternext.get().is_none() {
            return Err(th.type_error(format!("__await__() returned non-iterator of type '{}'", it.ty().name())));
        }
        return Ok(it);
    }
    let name = o.ty().name();
    Err(th.type_error(match wher {
        1 => format!("'async with' received an object from __aenter__ that does not implement __await__: {name}"),
        2 => format!("'async with' received an object from __aexit__ that does not implement __await__: {name}"),
        _ => format!("'{name}' object can't be awaited"),
    }))
}

/// `GET_AITER`.
pub fn get_aiter(th: &Thread, o: &Obj) -> PyResult<Obj> {
    let Some(f) = o.ty().slots.am_aiter.get() else {
        return Err(th.type_error(format!("'async for' requires an object with __aiter__ method, got {}", o.ty().name())));
    };
    let it = f(th, o)?;
    if it.ty().slots.am_anext.get().is_none() {
        return Err(th.type_error(format!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            it.ty().name()
        )));
    }
    Ok(it)
}

/// `GET_ANEXT`: the awaitable of the next item.
pub fn get_anext(th: &Thread, o: &Obj) -> PyResult<Obj> {
    let Some(f) = o.ty().slots.am_anext.get() else {
        return Err(th.type_error(format!("'async for' requires an iterator with __anext__ method, got {}", o.ty().name())));
    };
    let next = f(th, o)?;
    if is_async_generator(o) {
        return Ok(next);
    }
    match get_awaitable(th, &next, 0) {
        Ok(it) => Ok(it),
        Err(raised) => {
            let cause = th.take_raised(raised);
            let raised = th.type_error(format!("'async for' received an invalid object from __anext__: {}", next.ty().name()));
            let e = th.take_raised(raised);
            if let Some(e) = e.downcast::<exc::BaseException>() {
                e.set_cause(Some(cause));
            }
            Err(th.reraise(e))
        }
    }
}

/// `INTRINSIC_STOPITERATION_ERROR`: what may not leave a generator becomes a `RuntimeError`.
pub(crate) fn stop_iteration_error(th: &Thread, frame: *mut Frame, e: &Obj) -> PyResult<Obj> {
    // SAFETY: the frame runs.
    let flags = unsafe { (*frame).code.flags };
    let text = if e.is_instance(STOP_ITERATION) {
        if flags & co::ASYNC_GENERATOR != 0 {
            "async generator raised StopIteration"
        } else if flags & co::COROUTINE != 0 {
            "coroutine raised StopIteration"
        } else {
            "generator raised StopIteration"
        }
    } else if flags & co::ASYNC_GENERATOR != 0 && e.is_instance(STOP_ASYNC_ITERATION) {
        "async generator raised StopAsyncIteration"
    } else {
        return Ok(e.clone());
    };
    let raised = th.raise_message(RUNTIME_ERROR, text);
    let new = th.take_raised(raised);
    if let Some(n) = new.downcast::<exc::BaseException>() {
        n.set_cause(Some(e.clone()));
        n.set_context(Some(e.clone()));
    }
    Ok(new)
}

/// `INTRINSIC_ASYNC_GEN_WRAP`.
pub fn wrap_async_value(th: &Thread, o: &Obj) -> Obj {
    crate::types::async_generator::wrap(th, o)
}
