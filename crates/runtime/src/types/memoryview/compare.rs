//! Equality of memoryviews with anything that lends memory.

use super::MemoryView;
use super::item::{self, Format};
use crate::buffer::{self, Buffer};
use crate::protocols::compare;
use crate::slots::CompareOp;
use crate::{Obj, ObjExt, Py, PyResult, Thread};

pub(super) fn rich(th: &Thread, mv: &Py<MemoryView>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(crate::not_implemented());
    }
    let answer = |equal: bool| Ok(crate::bool_obj(equal == (op == CompareOp::Eq)));
    let released = |o: &Obj| o.downcast::<MemoryView>().is_some_and(|m| m.base.lock().is_none());
    if released(mv.as_obj()) || released(other) {
        return answer(mv.as_obj().is(other));
    }
    if !buffer::is_exporter(other) {
        return Ok(crate::not_implemented());
    }
    let a = super::lend(th, mv, buffer::flags::FULL_RO)?;
    let b = match buffer::get(th, other, buffer::flags::FULL_RO) {
        Ok(b) => b,
        Err(_) => {
            drop(th.take_exception());
            return Ok(crate::not_implemented());
        }
    };
    answer(equal(th, &a, &b)?)
}

fn equal(th: &Thread, a: &Buffer, b: &Buffer) -> PyResult<bool> {
    let shape = a.shape_vec();
    if shape != b.shape_vec() {
        return Ok(false);
    }
    let same = match (Format::parse(&a.format), Format::parse(&b.format)) {
        (Some(x), Some(y)) => x == y && x.compares_by_bytes(),
        _ => false,
    };
    let (left, right) = (a.to_vec(false), b.to_vec(false));
    if same {
        return Ok(left == right);
    }
    let items = left.chunks_exact(a.itemsize.max(1)).zip(right.chunks_exact(b.itemsize.max(1)));
    for (x, y) in items {
        let (Some(x), Some(y)) = (item::unpack_any(th, &a.format, x)?, item::unpack_any(th, &b.format, y)?) else {
            return Ok(false);
        };
        if !compare::rich(th, &x, &y, CompareOp::Eq).and_then(|r| crate::protocols::truth(th, &r))? {
            return Ok(false);
        }
    }
    Ok(true)
}
