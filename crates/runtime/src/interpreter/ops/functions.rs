//! Making functions.

use super::put;
use crate::interpreter::dispatch::{handlers, next, raise};
use crate::interpreter::frame::Frame;
use crate::interpreter::stack::Slot;
use crate::types::code::Code;
use crate::types::exceptions::{Part, concat};
use crate::types::function::{self, Function};
use crate::{ObjExt, Thread};
use bytecode::tables::function::ANNOTATE;

#[inline(never)]
unsafe fn make_function(th: &Thread, frame: *mut Frame, sp: *mut Slot) -> bool {
    // SAFETY: the code object is on top of the stack.
    unsafe {
        let code = (*sp.sub(1)).into_obj();
        let r = match code.downcast_exact::<Code>() {
            Some(code) => {
                Ok(function::new(th, code.clone(), (*(*frame).globals).clone(), Some(Frame::builtins(frame).clone())).into_obj())
            }
            None => Err(th.system_error("MAKE_FUNCTION without a code object")),
        };
        put(sp.sub(1), r)
    }
}

#[inline(never)]
unsafe fn set_attribute(th: &Thread, sp: *mut Slot, which: usize) -> bool {
    // SAFETY: attribute and function are on top of the stack; the function stays, one place lower.
    unsafe {
        let f = (*sp.sub(1)).into_obj();
        let attribute = (*sp.sub(2)).into_obj();
        let Some(function) = f.downcast_exact::<Function>() else {
            let _ = th.system_error("SET_FUNCTION_ATTRIBUTE without a function");
            return false;
        };
        if which == usize::from(ANNOTATE)
            && let Some(annotate) = attribute.downcast_exact::<Function>()
        {
            let name = concat(&[Part::Str(&function.qualname()), Part::Text(".__annotate__")]);
            annotate.rename(&name);
        }
        function.set_compiled_attribute(which, attribute);
        *sp.sub(2) = Slot::own(f);
        true
    }
}

handlers! {
    MAKE_FUNCTION(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !make_function(th, frame, sp) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    SET_FUNCTION_ATTRIBUTE(ip, sp, frame, th, arg) {
        if !set_attribute(th, sp, arg) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }
}
