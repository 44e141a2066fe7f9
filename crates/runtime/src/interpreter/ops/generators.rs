//! Generators, coroutines, `await`, asynchronous iteration.

use super::put;
use crate::interpreter::cache;
use crate::interpreter::dispatch::{Exit, handlers, next, next_in, raise, tail};
use crate::interpreter::frame::Frame;
use crate::interpreter::instrument;
use crate::interpreter::specialize;
use crate::interpreter::stack::{Operands, Slot};
use crate::protocols::{call, dispatch};
use crate::slots::IterNextFn;
use crate::types::exceptions::{self as exc, STOP_ASYNC_ITERATION, STOP_ITERATION};
use crate::types::generator::{self, Generator, Resumed};
use crate::{Obj, ObjExt, PyResult, Raised, Thread};

/// Turns the frame into a generator; the frame on the thread's stack is gone afterwards. Null: an exception is set.
#[inline(never)]
unsafe fn return_generator(th: &Thread, frame: *mut Frame, sp: *mut Slot) -> Slot {
    // SAFETY: the frame is the innermost one.
    unsafe {
        (*frame).sp = sp;
        Slot::own(generator::from_frame(th, frame))
    }
}

/// Sends a value into a delegated-to iterator: `Ok(Err(value))` when it is done.
fn send(th: &Thread, receiver: &Obj, value: &Obj) -> PyResult<Result<Obj, Obj>> {
    if let Some(g) = receiver.downcast_exact::<Generator>() {
        return match generator::resume(th, g, value.clone())? {
            Resumed::Yielded(v) => Ok(Ok(v)),
            Resumed::Returned(v) => Ok(Err(v)),
        };
    }
    // Who watches exceptions sees the `StopIteration` that ends a step.
    if th.rt().monitoring.tools(instrument::events::event::RAISE) == 0
        && let Some(r) = crate::types::async_generator::try_step(th, receiver, value)
    {
        return r;
    }
    let ty = receiver.ty();
    let r = match ty.slots.tp_iternext.get().filter(|_| value.is_none()) {
        // The slot would keep the value of a `StopIteration` to itself.
        Some(f) if std::ptr::fn_addr_eq(f, dispatch::iternext as IterNextFn) => {
            call::call_method_str(th, receiver, &crate::names::get().__next__, &[])
        }
        Some(f) => match f(th, receiver) {
            Ok(Some(v)) => return Ok(Ok(v)),
            Ok(None) => return Ok(Err(generator::take_stop_value(th))),
            Err(raised) => Err(raised),
        },
        None => call::call_method(th, receiver, "send", std::slice::from_ref(value)),
    };
    match r {
        Ok(v) => Ok(Ok(v)),
        Err(raised) => stopped(th, raised).map(Err),
    }
}

/// The value of a `StopIteration`; other exceptions go on.
fn stopped(th: &Thread, raised: Raised) -> PyResult<Obj> {
    if !th.exception_matches(STOP_ITERATION) {
        return Err(raised);
    }
    instrument::tell_swallowed(th);
    let e = th.take_raised(raised);
    Ok(exc::stop_iteration_value(&e))
}

/// Puts what an iterator ended with in the place of the value sent. 0: raised, 2: done.
#[inline(never)]
unsafe fn ended(th: &Thread, sp: *mut Slot, raised: bool) -> u32 {
    let value = if raised { stopped(th, th.raised()) } else { Ok(generator::take_stop_value(th)) };
    match value {
        Ok(value) => {
            // SAFETY: the value sent, `None`, is on top.
            unsafe { *sp.sub(1) = Slot::own(value) };
            2
        }
        Err(_) => 0,
    }
}

/// 0: raised, 1: yielded, 2: done.
#[inline(never)]
unsafe fn send_slow(th: &Thread, sp: *mut Slot) -> u32 {
    // SAFETY: receiver and value are on top; the receiver stays.
    unsafe {
        let r = {
            let operands = Operands::<1>::take(sp.sub(1));
            let receiver = &*sp.sub(2).cast::<Obj>();
            send(th, receiver, &operands.objs()[0])
        };
        match r {
            Ok(Ok(v)) => {
                *sp.sub(1) = Slot::own(v);
                1
            }
            Ok(Err(v)) => {
                *sp.sub(1) = Slot::own(v);
                2
            }
            Err(_) => 0,
        }
    }
}

#[inline(never)]
unsafe fn cleanup_throw(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: sub-iterator, last value sent, exception; used up.
    unsafe {
        let e = (*sp.sub(1)).into_obj();
        if e.is_instance(STOP_ITERATION) {
            (*sp.sub(2)).drop();
            (*sp.sub(3)).drop();
            *sp.sub(3) = Slot::own(crate::none());
            *sp.sub(2) = Slot::own(exc::stop_iteration_value(&e));
            true
        } else {
            let _ = th.reraise(e);
            false
        }
    }
}

#[inline(never)]
unsafe fn unary(th: &Thread, sp: *mut Slot, f: fn(&Thread, &Obj) -> PyResult<Obj>) -> bool {
    // SAFETY: one operand is on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<1>::take(sp.sub(1));
            f(th, &operands.objs()[0])
        };
        put(sp.sub(1), r)
    }
}

fn awaitable(th: &Thread, o: &Obj) -> PyResult<Obj> {
    generator::get_awaitable(th, o, 0)
}

fn awaitable_aenter(th: &Thread, o: &Obj) -> PyResult<Obj> {
    generator::get_awaitable(th, o, 1)
}

fn awaitable_aexit(th: &Thread, o: &Obj) -> PyResult<Obj> {
    generator::get_awaitable(th, o, 2)
}

/// True when the exception ended the asynchronous loop.
#[inline(never)]
unsafe fn end_async_for(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: awaitable and exception are on top; used up.
    unsafe {
        let e = (*sp.sub(1)).into_obj();
        (*sp.sub(2)).drop();
        if e.is_instance(STOP_ASYNC_ITERATION) {
            return true;
        }
        let _ = th.reraise(e);
        false
    }
}

handlers! {
    RETURN_GENERATOR(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let entry = (*frame).entry;
        let caller = (*frame).previous;
        let result = return_generator(th, frame, sp);
        if entry {
            (*th.registers.as_ptr()).result = result;
            return Exit::Return;
        }
        *(*caller).sp = result;
        let sp = (*caller).sp.add(1);
        next!((*caller).ip.add((*caller).return_offset as usize), sp, caller, th)
    }

    /// Back to native code, or to the loop or the `yield from` that the frame was entered from.
    YIELD_VALUE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let value = (*sp.sub(1)).owned();
        (*frame).sp = sp.sub(1);
        let (caller, entry) = ((*frame).previous, (*frame).entry);
        generator::suspend(th, frame, arg);
        if !entry && let Some(caller) = generator::suspend_relaying(th, caller) {
            let sp = (*caller).sp;
            *sp = value;
            next!((*caller).ip.add(2), sp.add(1), caller, th);
        }
        (*th.registers.as_ptr()).result = value;
        return Exit::Return;
    }

    /// Goes on in the frame of a generator or coroutine.
    SEND_GEN(ip, sp, frame, th, arg) {
        let (g, value) = (*sp.sub(2), *sp.sub(1));
        if arg > 0xf000
            || !(generator::may_enter(g, generator::coroutine_type()) || generator::may_enter(g, generator::generator_type()))
            || (generator::is_created(g) && value.value().unborrowed().bits() != super::cached_calls::none_slot().0)
        {
            tail!(SEND, ip, sp, frame, th, arg);
        }
        (*frame).ip = ip;
        (*frame).sp = sp.sub(1);
        (*frame).return_offset = 2 + arg as u16;
        let inner = generator::enter(th, g, value.owned());
        next_in!(inner, th)
    }

    SEND(ip, sp, frame, th, arg) {
        if cache::due(ip) {
            specialize::send(ip, sp);
        }
        let receiver = *sp.sub(2);
        if receiver.0 & 0b111 == 0
            && (*sp.sub(1)).value().unborrowed().bits() == super::cached_calls::none_slot().0
            && arg <= 0xff
            && let ty = receiver.ty()
            && ty.spec.is_some()
            && ty.slots.am_await.get().is_none()
            && !std::ptr::eq(ty, generator::generator_type())
            && let Some(f) = ty.slots.tp_iternext.get()
        {
            tail!(SEND_NATIVE, ip, sp, frame, th, f as usize);
        }
        tail!(SEND_OTHER, ip, sp, frame, th, arg)
    }

    /// Takes a step of an iterator of a built-in type that is no generator, nor awaited; the operand is its `tp_iternext`.
    SEND_NATIVE(ip, sp, frame, th, arg) {
        // SAFETY: the operand is a function from a slot of this type.
        let f: IterNextFn = std::mem::transmute(arg);
        (*frame).ip = ip;
        (*frame).sp = sp;
        let r = f(th, &*sp.sub(2).cast::<Obj>());
        // Read again rather than kept: fewer registers to save.
        let (ip, sp) = ((*frame).ip, (*frame).sp);
        if let Ok(Some(v)) = r {
            *sp.sub(1) = Slot::own(v);
            next!(ip.add(2), sp, frame, th);
        }
        tail!(SEND_ENDED, ip, sp, frame, th, r.is_err() as usize)
    }

    /// After a step without an item; the operand is 1 if it raised.
    SEND_ENDED(ip, sp, frame, th, arg) {
        match ended(th, sp, arg != 0) {
            0 => tail!(crate::interpreter::unwind::error, ip, sp.sub(1), frame, th, 1),
            _ => next!(ip.add(2 + (*ip >> 8) as usize), sp, frame, th),
        }
    }

    SEND_OTHER(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let receiver = *sp.sub(2);
        if receiver.value().is_borrowed() {
            *sp.sub(2) = receiver.dup();
        }
        match send_slow(th, sp) {
            0 => tail!(crate::interpreter::unwind::error, ip, sp.sub(1), frame, th, 1),
            1 => next!(ip.add(2), sp, frame, th),
            _ => next!(ip.add(2 + arg), sp, frame, th),
        }
    }

    END_SEND(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let receiver = *sp.sub(2);
        *sp.sub(2) = *sp.sub(1);
        receiver.drop();
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    CLEANUP_THROW(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !cleanup_throw(th, sp) {
            tail!(crate::interpreter::unwind::error_again, ip, sp.sub(1), frame, th, 0);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    GET_AWAITABLE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let f = match arg { 0 => awaitable, 1 => awaitable_aenter, _ => awaitable_aexit };
        if !unary(th, sp, f) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    GET_AITER(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !unary(th, sp, generator::get_aiter) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    GET_ANEXT(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        *sp = (*sp.sub(1)).dup();
        let sp = sp.add(1);
        if !unary(th, sp, generator::get_anext) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    END_ASYNC_FOR(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !end_async_for(th, sp) {
            tail!(crate::interpreter::unwind::error_again, ip, sp.sub(2), frame, th, 0);
        }
        next!(ip.add(1), sp.sub(2), frame, th)
    }
}
