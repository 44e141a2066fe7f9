//! `bool`: the methods that `True` and `False` don't share with other ints.

use super::int;
use crate::native::MethodTable;
use crate::{Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj};

struct BoolMethods;

/// The methods of `bool`.
pub const METHODS: MethodTable = BoolMethods::METHODS;

/// Whether both operands are bools, and if so their values.
fn both(a: &Obj, b: &Obj) -> Option<(bool, bool)> {
    let value = |o: &Obj| {
        if o.is_true() {
            Some(true)
        } else if o.is_false() {
            Some(false)
        } else {
            None
        }
    };
    Some((value(a)?, value(b)?))
}

/// The operator of `int`, for operands that are not both bools.
fn int_slot(th: &Thread, slot: &std::cell::Cell<Option<crate::slots::BinaryFn>>, a: &Obj, b: &Obj) -> PyResult<Obj> {
    match slot.get() {
        Some(f) => f(th, a, b),
        None => Ok(crate::not_implemented()),
    }
}

#[macros::pymethods]
impl BoolMethods {
    #[new(name = "bool", sig = "(object=False, /)")]
    fn new(th: &Thread, _cls: &Py<Type>, object: Option<&Obj>) -> PyResult<Obj> {
        match object {
            Some(o) => crate::protocols::truth(th, o).map(bool_obj),
            None => Ok(bool_obj(false)),
        }
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(super::str::intern(if slf.is_true() { "True" } else { "False" }).into_obj())
    }

    #[slot(nb_invert)]
    fn nb_invert(th: &Thread, a: &Obj) -> PyResult<Obj> {
        crate::builtins::warn_deprecated(
            th,
            "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object and is usually not what you expect from negating a bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying int.",
        )?;
        Ok(int::from_i64(if a.is_true() { -2 } else { -1 }))
    }

    #[slot(nb_and)]
    fn nb_and(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        match both(a, b) {
            Some((x, y)) => Ok(bool_obj(x & y)),
            None => int_slot(th, &int::INT_TYPE.slots.nb_and, a, b),
        }
    }

    #[slot(nb_or)]
    fn nb_or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        match both(a, b) {
            Some((x, y)) => Ok(bool_obj(x | y)),
            None => int_slot(th, &int::INT_TYPE.slots.nb_or, a, b),
        }
    }

    #[slot(nb_xor)]
    fn nb_xor(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        match both(a, b) {
            Some((x, y)) => Ok(bool_obj(x ^ y)),
            None => int_slot(th, &int::INT_TYPE.slots.nb_xor, a, b),
        }
    }
}
