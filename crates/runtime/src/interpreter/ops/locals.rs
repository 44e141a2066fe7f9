//! Constants, fast locals, cells and free variables.

use super::local;
use crate::interpreter::dispatch::{handlers, next, next_dropping, next_dropping_two, raise, tail};
use crate::interpreter::frame::Frame;
use crate::interpreter::stack::Slot;
use crate::types::cell::PyCell;
use crate::types::exceptions::{NAME_ERROR, UNBOUND_LOCAL_ERROR};
use crate::types::function::Function;
use crate::types::str::Str;
use crate::{Obj, Py, Thread};
use object::Object;

/// `UnboundLocalError` for a fast local, `NameError` for a free variable.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn unbound(th: &Thread, frame: *mut Frame, i: usize) {
    // SAFETY: the frame is live.
    let code = unsafe { &(*frame).code };
    let name = code.localsplus_name(i).to_string_lossy();
    if code.is_free_slot(i) {
        let text = format!("cannot access free variable '{name}' where it is not associated with a value in enclosing scope");
        let _ = th.raise_message(NAME_ERROR, &text);
        crate::types::exceptions::set_name_error_name(th, code.localsplus_name(i));
    } else {
        let text = format!("cannot access local variable '{name}' where it is not associated with a value");
        let _ = th.raise_message(UNBOUND_LOCAL_ERROR, &text);
    }
}

/// The cell in a fast slot.
pub(in crate::interpreter) unsafe fn cell<'a>(frame: *mut Frame, i: usize) -> &'a Py<PyCell> {
    // SAFETY: the compiler emits cell instructions for slots that hold cells only.
    unsafe { (*local(frame, i).cast::<Obj>()).cast::<PyCell>() }
}

#[inline(never)]
unsafe fn set_cell(frame: *mut Frame, i: usize, value: Option<Obj>) -> Option<Obj> {
    // SAFETY: see `cell`.
    unsafe { cell(frame, i).contents.replace(value) }
}

#[inline(never)]
unsafe fn make_cell(frame: *mut Frame, i: usize, th: &Thread) {
    // SAFETY: the slot is the frame's; its old value moves into the cell.
    unsafe {
        let slot = local(frame, i);
        let initial = (*slot).into_opt();
        *slot = Slot::own(crate::types::cell::new(th, initial).into_obj());
    }
}

#[inline(never)]
unsafe fn load_from_dict_or_deref(th: &Thread, frame: *mut Frame, sp: *mut Slot, i: usize) -> bool {
    // SAFETY: the namespace is on top of the stack.
    unsafe {
        let namespace = (*sp.sub(1)).into_obj();
        *sp.sub(1) = Slot::NULL;
        let name: &Py<Str> = (*frame).code.localsplus_name(i);
        let found = super::names::get_from_namespace(th, &namespace, name);
        match found {
            Err(_) => false,
            Ok(Some(v)) => {
                *sp.sub(1) = Slot::own(v);
                true
            }
            Ok(None) => match cell(frame, i).contents.get() {
                Some(v) => {
                    *sp.sub(1) = Slot::own(v);
                    true
                }
                None => {
                    unbound(th, frame, i);
                    false
                }
            },
        }
    }
}

handlers! {
    /// The variable in the operand has no value.
    UNBOUND(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        unbound(th, frame, arg);
        raise!(ip, sp, frame, th)
    }

    NOP(ip, sp, frame, th, arg) { next!(ip.add(1), sp, frame, th) }
    NOT_TAKEN(ip, sp, frame, th, arg) { next!(ip.add(1), sp, frame, th) }

    LOAD_FAST(ip, sp, frame, th, arg) {
        *sp = (*local(frame, arg)).dup();
        next!(ip.add(1), sp.add(1), frame, th)
    }

    LOAD_FAST_BORROW(ip, sp, frame, th, arg) {
        *sp = (*local(frame, arg)).borrowed();
        next!(ip.add(1), sp.add(1), frame, th)
    }

    LOAD_FAST_LOAD_FAST(ip, sp, frame, th, arg) {
        *sp = (*local(frame, arg >> 4)).dup();
        *sp.add(1) = (*local(frame, arg & 15)).dup();
        next!(ip.add(1), sp.add(2), frame, th)
    }

    LOAD_FAST_BORROW_LOAD_FAST_BORROW(ip, sp, frame, th, arg) {
        *sp = (*local(frame, arg >> 4)).borrowed();
        *sp.add(1) = (*local(frame, arg & 15)).borrowed();
        next!(ip.add(1), sp.add(2), frame, th)
    }

    LOAD_FAST_CHECK(ip, sp, frame, th, arg) {
        let s = *local(frame, arg);
        if s.is_null() {
            tail!(UNBOUND, ip, sp, frame, th, arg);
        }
        *sp = s.dup();
        next!(ip.add(1), sp.add(1), frame, th)
    }

    LOAD_FAST_AND_CLEAR(ip, sp, frame, th, arg) {
        let p = local(frame, arg);
        *sp = *p;
        *p = Slot::NULL;
        next!(ip.add(1), sp.add(1), frame, th)
    }

    LOAD_CONST(ip, sp, frame, th, arg) {
        // The frame keeps the constant alive by its function.
        *sp = (*frame).code.const_slot(arg).borrowed();
        next!(ip.add(1), sp.add(1), frame, th)
    }

    LOAD_SMALL_INT(ip, sp, frame, th, arg) {
        *sp = Slot((arg as u64) << 1 | 1);
        next!(ip.add(1), sp.add(1), frame, th)
    }

    STORE_FAST(ip, sp, frame, th, arg) {
        let p = local(frame, arg);
        let old = *p;
        *p = *sp.sub(1);
        next_dropping!(old, ip, ip.add(1), sp.sub(1), frame, th)
    }

    STORE_FAST_LOAD_FAST(ip, sp, frame, th, arg) {
        let p = local(frame, arg >> 4);
        let old = *p;
        *p = *sp.sub(1);
        *sp.sub(1) = (*local(frame, arg & 15)).dup();
        next_dropping!(old, ip, ip.add(1), sp, frame, th)
    }

    STORE_FAST_STORE_FAST(ip, sp, frame, th, arg) {
        let p = local(frame, arg >> 4);
        let old = *p;
        *p = *sp.sub(1);
        let p = local(frame, arg & 15);
        let second = *p;
        *p = *sp.sub(2);
        next_dropping_two!(old, second, ip, ip.add(1), sp.sub(2), frame, th)
    }

    DELETE_FAST(ip, sp, frame, th, arg) {
        let p = local(frame, arg);
        let old = *p;
        if old.is_null() {
            tail!(UNBOUND, ip, sp, frame, th, arg);
        }
        *p = Slot::NULL;
        next_dropping!(old, ip, ip.add(1), sp, frame, th)
    }

    MAKE_CELL(ip, sp, frame, th, arg) {
        make_cell(frame, arg, th);
        next!(ip.add(1), sp, frame, th)
    }

    COPY_FREE_VARS(ip, sp, frame, th, arg) {
        // The function's closure has as many cells as its code has free variables.
        let func = (&raw const (*frame).func).cast::<*const Object<Function>>().read();
        if let Some(closure) = (*func).payload.closure_ref() {
            let first = sp.sub(arg);
            for (i, cell) in closure.items().iter().enumerate() {
                first.add(i).write(Slot(cell.value().bits()).share());
            }
        }
        next!(ip.add(1), sp, frame, th)
    }

    LOAD_DEREF(ip, sp, frame, th, arg) {
        let content = *cell(frame, arg).contents.as_ptr().cast::<Slot>();
        if content.is_null() {
            tail!(UNBOUND, ip, sp, frame, th, arg);
        }
        *sp = content.share();
        next!(ip.add(1), sp.add(1), frame, th)
    }

    STORE_DEREF(ip, sp, frame, th, arg) {
        let content = cell(frame, arg).contents.as_ptr().cast::<Slot>();
        let old = *content;
        *content = (*sp.sub(1)).owned();
        next_dropping!(old, ip, ip.add(1), sp.sub(1), frame, th)
    }

    DELETE_DEREF(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if set_cell(frame, arg, None).is_none() {
            unbound(th, frame, arg);
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    LOAD_FROM_DICT_OR_DEREF(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !load_from_dict_or_deref(th, frame, sp, arg) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }
}
