//! f-strings and t-strings.

use super::put;
use crate::interpreter::dispatch::{handlers, next, raise};
use crate::interpreter::stack::{ManyOperands, Operands, Slot};
use crate::protocols::{ascii, format, repr, str};
use crate::types::str::Str;
use crate::types::template;
use crate::{Obj, ObjExt, Py, PyResult, Thread};

fn convert(th: &Thread, o: &Obj, how: usize) -> PyResult<Obj> {
    match how {
        1 => str(th, o),
        2 => repr(th, o),
        3 => ascii(th, o),
        _ => return Err(th.system_error("bad conversion")),
    }
    .map(Py::into_obj)
}

#[inline(never)]
unsafe fn convert_value(th: &Thread, sp: *mut Slot, how: usize) -> bool {
    // SAFETY: one operand is on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<1>::take(sp.sub(1));
            convert(th, &operands.objs()[0], how)
        };
        put(sp.sub(1), r)
    }
}

#[inline(never)]
unsafe fn format_simple(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: one operand is on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<1>::take(sp.sub(1));
            format(th, &operands.objs()[0], &crate::types::str::empty()).map(Py::into_obj)
        };
        put(sp.sub(1), r)
    }
}

#[inline(never)]
unsafe fn format_with_spec(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: two operands are on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<2>::take(sp.sub(2));
            let [o, spec] = operands.objs();
            match spec.downcast::<Str>() {
                Some(spec) => format(th, o, spec).map(Py::into_obj),
                None => Err(th.type_error("format spec must be a string")),
            }
        };
        put(sp.sub(2), r)
    }
}

#[inline(never)]
unsafe fn build_interpolation(th: &Thread, sp: *mut Slot, arg: usize) -> bool {
    let n = 2 + (arg & 1);
    // SAFETY: value, text and perhaps a format specification are on top.
    unsafe {
        let r = {
            let operands = ManyOperands::take(sp.sub(n), n);
            let o = operands.objs();
            template::interpolation(th, o[0].clone(), o[1].clone(), arg >> 2, o.get(2).cloned())
        };
        put(sp.sub(n), r)
    }
}

#[inline(never)]
unsafe fn build_template(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: the tuples of strings and interpolations are on top.
    unsafe {
        let r = {
            let operands = Operands::<2>::take(sp.sub(2));
            let [strings, interpolations] = operands.objs();
            template::template(th, strings.clone(), interpolations.clone())
        };
        put(sp.sub(2), r)
    }
}

handlers! {
    CONVERT_VALUE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !convert_value(th, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    FORMAT_SIMPLE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !format_simple(th, sp) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    FORMAT_WITH_SPEC(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !format_with_spec(th, sp) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    BUILD_INTERPOLATION(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let n = 2 + (arg & 1);
        if !build_interpolation(th, sp, arg) {
            raise!(ip, sp.sub(n), frame, th);
        }
        next!(ip.add(1), sp.sub(n - 1), frame, th)
    }

    BUILD_TEMPLATE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !build_template(th, sp) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }
}
