//! Equality and hash of code objects: by what they do, not by where they come from.

use super::Code;
use crate::protocols::compare;
use crate::slots::CompareOp;
use crate::types::bytes::Bytes;
use crate::types::set::{FrozenSet, any_set};
use crate::types::slice::Slice;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::{complex, float, int};
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Whether two constants are the same to the compiler (`_PyCode_ConstantKey`): same type and value all the way down, `0.0` apart from `-0.0`.
fn same_const(th: &Thread, a: &Obj, b: &Obj) -> PyResult<bool> {
    th.check_stack(" in comparison")?;
    if a.is(b) {
        return Ok(true);
    }
    let ty = a.ty();
    if !std::ptr::eq(ty, b.ty()) {
        return Ok(false);
    }
    if let (Some(a), Some(b)) = (a.downcast_exact::<Tuple>(), b.downcast_exact::<Tuple>()) {
        return same_all(th, a.items(), b.items());
    }
    if let (Some(x), Some(y)) = (a.downcast_exact::<Slice>(), b.downcast_exact::<Slice>()) {
        return Ok(same_const(th, &x.start, &y.start)? && same_const(th, &x.stop, &y.stop)? && same_const(th, &x.step, &y.step)?);
    }
    if a.downcast_exact::<FrozenSet>().is_some() {
        let (Some(x), Some(y)) = (any_set(a), any_set(b)) else { return Ok(false) };
        let (x, y) = (x.keys_vec(), y.keys_vec());
        if x.len() != y.len() {
            return Ok(false);
        }
        for item in &x {
            let mut found = false;
            for other in &y {
                found = found || same_const(th, item, other)?;
            }
            if !found {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let exact = |t: &crate::TypeObject| std::ptr::eq(ty, t);
    if exact(float::FLOAT_TYPE) {
        let (Some(x), Some(y)) = (float::value_of(a), float::value_of(b)) else { return Ok(false) };
        return Ok(x == y && x.is_sign_negative() == y.is_sign_negative());
    }
    if let (Some((r, i)), Some((s, j))) = (complex::value_of(a), complex::value_of(b)) {
        return Ok(r == s
            && i == j
            && r.is_sign_negative() == s.is_sign_negative()
            && i.is_sign_negative() == j.is_sign_negative());
    }
    let by_value = exact(int::INT_TYPE)
        || a.downcast_exact::<Str>().is_some()
        || a.downcast_exact::<Bytes>().is_some()
        || a.downcast_exact::<Code>().is_some();
    if by_value { compare::eq(th, a, b) } else { Ok(false) }
}

fn same_all(th: &Thread, a: &[Obj], b: &[Obj]) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.iter().zip(b) {
        if !same_const(th, a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn same_code(th: &Thread, a: &Code, b: &Code) -> PyResult<bool> {
    let (x, y) = (&a.data(), &b.data());
    let same_names = |a: &[Py<Str>], b: &[Py<Str>]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Str::eq(a, b));
    let plain = Str::eq(&a.name, &b.name)
        && (x.argcount, x.posonlyargcount, x.kwonlyargcount) == (y.argcount, y.posonlyargcount, y.kwonlyargcount)
        && (x.flags, x.firstlineno) == (y.flags, y.firstlineno)
        && x.code == y.code
        && same_names(a.names(), b.names())
        && same_names(a.localsplus_names(), b.localsplus_names())
        && x.linetable == y.linetable
        && x.exceptiontable == y.exceptiontable;
    Ok(plain && same_all(th, a.consts(), b.consts())?)
}

#[macros::pymethods(COMPARISON)]
impl Code {
    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<Self>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<Self>()) else {
            return Ok(crate::not_implemented());
        };
        let same = slf.is(other) || same_code(th, slf, other)?;
        Ok(crate::bool_obj(same == (op == CompareOp::Eq)))
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<Self>) -> PyResult<i64> {
        let d = &slf.data();
        let mut state = DefaultHasher::new();
        (&d.code, &d.linetable, &d.exceptiontable).hash(&mut state);
        let all = std::iter::once(&slf.name).chain(slf.names()).chain(slf.localsplus_names());
        all.for_each(|name| name.to_wtf8().hash(&mut state));
        (d.argcount, d.posonlyargcount, d.kwonlyargcount, d.flags, d.firstlineno).hash(&mut state);
        // The hash of the constants as Python has it, so that those that can't be hashed raise.
        crate::protocols::hash(th, slf.body().consts.as_obj())?.hash(&mut state);
        let h = state.finish() as i64;
        Ok(if h == -1 { -2 } else { h })
    }
}
