//! Calls of built-in types that convert their only argument: no argument list is made, and no instance before its contents are known.

use super::cached_calls::is_static;
use super::calls::{CALL, next_polled};
use super::control::asked;
use super::put;
use crate::interpreter::cache::get32;
use crate::interpreter::dispatch::{handlers, next, raise, tail};
use crate::interpreter::stack::{Operands, Slot};
use crate::types::float::{self, FLOAT_TYPE};
use crate::types::int::{self, BOOL_TYPE, INT_TYPE};
use crate::types::list::{self, List};
use crate::types::set::{self, Set};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::type_::TypeObject;
use crate::{Obj, ObjExt, Py, PyClass, PyResult, Thread, bool_obj, protocols};

type Convert = fn(&Thread, &Obj) -> PyResult<Obj>;

/// The types, but for those that have instructions of their own, and what their calls come to.
static CONVERSIONS: [(&TypeObject, Convert); 5] = [
    (INT_TYPE, int::from_object),
    (FLOAT_TYPE, to_float),
    (BOOL_TYPE, |th, o| protocols::truth(th, o).map(bool_obj)),
    (List::TYPE, to_list),
    (Set::TYPE, to_set),
];

/// The place among the conversions of the type that is called.
///
/// # Safety
/// The slot is not null.
pub(in crate::interpreter) unsafe fn conversion_of(callable: Slot) -> Option<usize> {
    // SAFETY: the caller's promise.
    CONVERSIONS.iter().position(|(ty, _)| unsafe { is_static(callable, ty) })
}

/// Replaces a callable and the one argument of its call by what the function makes of it; false when that raised.
#[inline(never)]
pub(super) unsafe fn convert(th: &Thread, base: *mut Slot, f: Convert) -> bool {
    // SAFETY: the argument stands behind the callable; all operands are used up.
    unsafe {
        let r = {
            let operands = Operands::<1>::take(base.add(2));
            f(th, &operands.objs()[0])
        };
        (*base).drop();
        put(base, r)
    }
}

fn to_str(th: &Thread, o: &Obj) -> PyResult<Obj> {
    protocols::str(th, o).map(Py::into_obj)
}

fn to_tuple(th: &Thread, o: &Obj) -> PyResult<Obj> {
    protocols::sequence::to_tuple(th, o).map(Py::into_obj)
}

fn to_float(th: &Thread, o: &Obj) -> PyResult<Obj> {
    if std::ptr::eq(o.ty(), FLOAT_TYPE) { Ok(o.clone()) } else { float::from_object(th, o).map(float::new) }
}

fn to_list(th: &Thread, o: &Obj) -> PyResult<Obj> {
    let made = list::from_vec(th, Vec::new());
    list::extend(th, &made, o)?;
    Ok(made.into_obj())
}

fn to_set(th: &Thread, o: &Obj) -> PyResult<Obj> {
    let made = set::new(th);
    made.update_from(th, o)?;
    Ok(made.into_obj())
}

/// Replaces a type and the one argument of its call by what the function makes of it.
macro_rules! converted {
    ($ty:expr, $f:expr, $ip:ident, $sp:ident, $frame:ident, $th:ident, $arg:ident) => {{
        let base = $sp.sub(3);
        if !is_static(*base, $ty) || !(*base.add(1)).is_null() {
            tail!(CALL, $ip, $sp, $frame, $th, $arg);
        }
        (*$frame).ip = $ip;
        (*$frame).sp = $sp;
        if !convert($th, base, $f) {
            raise!($ip, base, $frame, $th);
        }
        next_polled!($ip.add(4), base.add(1), $frame, $th)
    }};
}

handlers! {
    CALL_STR_1(ip, sp, frame, th, arg) {
        converted!(Str::TYPE, to_str, ip, sp, frame, th, arg)
    }

    CALL_TUPLE_1(ip, sp, frame, th, arg) {
        converted!(Tuple::TYPE, to_tuple, ip, sp, frame, th, arg)
    }

    /// The others; the instruction remembers which.
    CALL_CONVERSION(ip, sp, frame, th, arg) {
        let Some(&(ty, f)) = CONVERSIONS.get(get32(ip, 2) as usize) else { tail!(CALL, ip, sp, frame, th, arg) };
        converted!(ty, f, ip, sp, frame, th, arg)
    }
}
