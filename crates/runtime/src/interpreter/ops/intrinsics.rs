//! `CALL_INTRINSIC_1` and `CALL_INTRINSIC_2`: rare operations that need no opcode of their own.

use super::put;
use crate::interpreter::dispatch::{handlers, next, raise};
use crate::interpreter::frame::Frame;
use crate::interpreter::stack::{Operands, Slot};
use crate::protocols::{attribute, call, number};
use crate::types::exceptions as exc;
use crate::types::function::Function;
use crate::types::list::List;
use crate::types::{generator, tuple, typevar};
use crate::{Obj, ObjExt, PyResult, Thread, import};

type Unary = fn(&Thread, *mut Frame, &Obj) -> PyResult<Obj>;
type Binary = fn(&Thread, &Obj, &Obj) -> PyResult<Obj>;

/// In the order of the operand; CPython's names stand in `bytecode`.
static UNARY: [Unary; 12] = [
    |th, _, _| Err(th.system_error("invalid intrinsic function")),
    |th, _, o| {
        let hook = crate::sys::get(th, "displayhook")?;
        match hook {
            Some(hook) => call::call(th, &hook, std::slice::from_ref(o)),
            None => Err(th.runtime_error("lost sys.displayhook")),
        }
    },
    |th, frame, o| import::import_star(th, frame, o).map(|()| crate::none()),
    |th, frame, o| generator::stop_iteration_error(th, frame, o),
    |th, _, o| Ok(generator::wrap_async_value(th, o)),
    |th, _, o| number::pos(th, o),
    |th, _, o| match o.downcast_exact::<List>() {
        Some(l) => Ok(tuple::from_vec(l.to_vec()).into_obj()),
        None => Err(th.system_error("LIST_TO_TUPLE without a list")),
    },
    |th, _, o| typevar::new_typevar(th, o, None, None),
    |th, _, o| typevar::new_paramspec(th, o),
    |th, _, o| typevar::new_typevartuple(th, o),
    |th, _, o| typevar::subscript_generic(th, o),
    |th, _, o| typevar::new_typealias(th, o),
];

static BINARY: [Binary; 6] = [
    |th, _, _| Err(th.system_error("invalid intrinsic function")),
    |th, orig, excs| match excs.downcast_exact::<List>() {
        Some(l) => exc::prep_reraise_star(th, orig, &l.to_vec()),
        None => Err(th.system_error("PREP_RERAISE_STAR without a list")),
    },
    |th, name, bound| typevar::new_typevar(th, name, Some(bound), None),
    |th, name, constraints| typevar::new_typevar(th, name, None, Some(constraints)),
    |th, f, params| match f.downcast_exact::<Function>() {
        Some(function) => {
            function.set_type_params(params.clone());
            Ok(f.clone())
        }
        None => attribute::set_str(th, f, "__type_params__", params).map(|()| f.clone()),
    },
    |th, param, default| typevar::set_default(th, param, default),
];

#[inline(never)]
unsafe fn intrinsic_1(th: &Thread, frame: *mut Frame, sp: *mut Slot, which: usize) -> bool {
    // SAFETY: one operand is on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<1>::take(sp.sub(1));
            match UNARY.get(which) {
                Some(f) => f(th, frame, &operands.objs()[0]),
                None => Err(th.system_error("unknown intrinsic function")),
            }
        };
        put(sp.sub(1), r)
    }
}

#[inline(never)]
unsafe fn intrinsic_2(th: &Thread, sp: *mut Slot, which: usize) -> bool {
    // SAFETY: two operands are on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<2>::take(sp.sub(2));
            let [a, b] = operands.objs();
            match BINARY.get(which) {
                Some(f) => f(th, a, b),
                None => Err(th.system_error("unknown intrinsic function")),
            }
        };
        put(sp.sub(2), r)
    }
}

handlers! {
    CALL_INTRINSIC_1(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        (*frame).sp = sp;
        if !intrinsic_1(th, frame, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    CALL_INTRINSIC_2(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !intrinsic_2(th, sp, arg) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }
}
