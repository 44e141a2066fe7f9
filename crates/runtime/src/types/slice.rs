//! `slice`.

use super::{int, str, tuple};
use crate::protocols::{self, number};
use crate::slots::CompareOp;
use crate::types::type_::alloc_exact;
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, none, not_implemented};
use dashu_int::IBig;
use object::Payload;
use object::gc::Visitor;

/// The payload of a slice.
#[macros::pyclass(name = "slice", flags = HAVE_GC)]
pub struct Slice {
    pub start: Obj,
    pub stop: Obj,
    pub step: Obj,
}

impl Payload for Slice {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.start);
        v.obj(&self.stop);
        v.obj(&self.step);
    }
}

/// `slice(start, stop, step)`.
pub fn new(th: &Thread, start: Obj, stop: Obj, step: Obj) -> Py<Slice> {
    alloc_exact(th, || Slice { start, stop, step })
}

/// A bound of a slice, clipped to the range of positions; `None` for `None`.
fn bound(th: &Thread, o: &Obj) -> PyResult<Option<isize>> {
    if let Some(i) = o.value().as_int() {
        return Ok(Some(i as isize));
    }
    if o.is_none() {
        return Ok(None);
    }
    if o.ty().slots.nb_index.get().is_none() {
        return Err(th.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    number::index_clipped(th, o).map(Some)
}

/// Start, stop and step with defaults filled in, before they meet a length (`PySlice_Unpack`).
#[inline]
pub fn unpack(th: &Thread, s: &Slice) -> PyResult<(isize, isize, isize)> {
    match immediate(s) {
        Some(parts) => Ok(parts),
        None => unpack_any(th, s),
    }
}

#[inline(never)]
fn unpack_any(th: &Thread, s: &Slice) -> PyResult<(isize, isize, isize)> {
    let step = match bound(th, &s.step)? {
        None => 1,
        Some(0) => return Err(th.value_error("slice step cannot be zero")),
        // So that the step can be negated.
        Some(step) => step.max(-isize::MAX),
    };
    let start = bound(th, &s.start)?.unwrap_or(if step < 0 { isize::MAX } else { 0 });
    let stop = bound(th, &s.stop)?.unwrap_or(if step < 0 { isize::MIN } else { isize::MAX });
    Ok((start, stop, step))
}

/// As [`unpack`], for a slice whose parts are `None` or immediate ints and whose step is not 0.
pub fn immediate(s: &Slice) -> Option<(isize, isize, isize)> {
    let step = immediate_bound(&s.step, 1)?;
    let (first, last) = if step < 0 { (isize::MAX, isize::MIN) } else { (0, isize::MAX) };
    if step == 0 { None } else { Some((immediate_bound(&s.start, first)?, immediate_bound(&s.stop, last)?, step)) }
}

/// A bound that is `None`, which stands for `default`, or an immediate int.
#[inline]
pub fn immediate_bound(o: &Obj, default: isize) -> Option<isize> {
    match o.value().as_int() {
        Some(i) => Some(i as isize),
        None if o.is_none() => Some(default),
        None => None,
    }
}

/// The part of a sequence of length `len` between two bounds that are `None` or immediate ints.
#[inline]
pub fn immediate_range(start: &Obj, stop: &Obj, len: usize) -> Option<std::ops::Range<usize>> {
    let len = isize::try_from(len).unwrap_or(isize::MAX);
    let clip = |i: isize| if i < 0 { i.saturating_add(len).max(0) } else { i.min(len) };
    let (start, stop) = (clip(immediate_bound(start, 0)?), clip(immediate_bound(stop, isize::MAX)?));
    Some(start as usize..stop.max(start) as usize)
}

/// New references to the `count` items from `start` on, `step` apart, all of which are there.
#[inline]
pub fn pick(items: &[Obj], start: isize, step: isize, count: usize) -> Vec<Obj> {
    if step == 1 {
        return object::copies(&items[start as usize..start as usize + count]);
    }
    let mut picked = Vec::with_capacity(count);
    let mut at = start;
    for _ in 0..count {
        picked.push(items[at as usize].clone());
        // Behind the last item it may be no position at all.
        at = at.wrapping_add(step);
    }
    picked
}

/// Start and stop within a sequence of length `len`, and how many items are taken (`PySlice_AdjustIndices`).
pub fn adjust(len: usize, start: isize, stop: isize, step: isize) -> (isize, isize, usize) {
    let len = isize::try_from(len).unwrap_or(isize::MAX);
    let (lowest, highest) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let clip = |i: isize| {
        if i < 0 {
            let i = i.saturating_add(len);
            if i < 0 { lowest } else { i }
        } else if i >= len {
            highest
        } else {
            i
        }
    };
    let (start, stop) = (clip(start), clip(stop));
    let count = if step == 1 {
        (stop - start).max(0)
    } else if step < 0 {
        if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    (start, stop, count as usize)
}

/// Start, stop, step and the number of items of a slice of a sequence of length `len`.
pub fn indices(th: &Thread, s: &Slice, len: usize) -> PyResult<(isize, isize, isize, usize)> {
    let (start, stop, step) = unpack(th, s)?;
    let (start, stop, count) = adjust(len, start, stop, step);
    Ok((start, stop, step, count))
}

/// A bound of a slice at any size.
fn big_bound(th: &Thread, o: &Obj) -> PyResult<Option<IBig>> {
    if o.is_none() {
        return Ok(None);
    }
    if o.ty().slots.nb_index.get().is_none() {
        return Err(th.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let i = number::index(th, o)?;
    Ok(int::as_big(&i).map(std::borrow::Cow::into_owned))
}

/// Start, stop and step within a sequence of any length (`slice.indices`).
pub fn big_indices(th: &Thread, s: &Slice, len: &IBig) -> PyResult<(IBig, IBig, IBig)> {
    let step = big_bound(th, &s.step)?.unwrap_or(IBig::ONE);
    if step.is_zero() {
        return Err(th.value_error("slice step cannot be zero"));
    }
    let backwards = step < IBig::ZERO;
    let (lowest, highest) = if backwards { (IBig::NEG_ONE, len - IBig::ONE) } else { (IBig::ZERO, len.clone()) };
    let clip = |i: IBig| {
        if i < IBig::ZERO { (i + len).max(lowest.clone()) } else { i.min(highest.clone()) }
    };
    let start = match big_bound(th, &s.start)? {
        Some(i) => clip(i),
        None if backwards => highest.clone(),
        None => lowest.clone(),
    };
    let stop = match big_bound(th, &s.stop)? {
        Some(i) => clip(i),
        None if backwards => lowest.clone(),
        None => highest.clone(),
    };
    Ok((start, stop, step))
}

impl Slice {
    fn parts(&self) -> [Obj; 3] {
        [self.start.clone(), self.stop.clone(), self.step.clone()]
    }
}

#[macros::pymethods]
impl Slice {
    #[new(name = "slice")]
    fn new(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "slice")?;
        let s = match args.pos() {
            [stop] => new(th, none(), stop.clone(), none()),
            [start, stop] => new(th, start.clone(), stop.clone(), none()),
            [start, stop, step] => new(th, start.clone(), stop.clone(), step.clone()),
            [] => return Err(th.type_error("slice expected at least 1 argument, got 0")),
            more => return Err(th.type_error(format!("slice expected at most 3 arguments, got {}", more.len()))),
        };
        Ok(s.into_obj())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Slice>) -> PyResult<Obj> {
        let mut out = text::Builder::new();
        out.push_str("slice(");
        for (i, part) in slf.parts().iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            out.push_chars(protocols::repr(th, part)?.chars());
        }
        out.push_str(")");
        Ok(str::from_buf(out.finish()).into_obj())
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<Slice>) -> PyResult<i64> {
        // As for tuples, but the length does not count.
        let mut acc: u64 = 2_870_177_450_012_600_261;
        for part in &slf.parts() {
            let lane = (protocols::hash(th, part)? as u64).wrapping_mul(14_029_467_366_897_019_727);
            acc = acc.wrapping_add(lane).rotate_left(31).wrapping_mul(11_400_714_785_074_694_791);
        }
        Ok(if acc == u64::MAX { 1_546_275_796 } else { acc as i64 })
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
        let (Some(x), Some(y)) = (a.downcast::<Slice>(), b.downcast::<Slice>()) else { return Ok(not_implemented()) };
        tuple::compare_items(th, &x.parts(), &y.parts(), op)
    }

    #[getter]
    fn start(_th: &Thread, slf: &Py<Slice>) -> Obj {
        slf.start.clone()
    }

    #[getter]
    fn stop(_th: &Thread, slf: &Py<Slice>) -> Obj {
        slf.stop.clone()
    }

    #[getter]
    fn step(_th: &Thread, slf: &Py<Slice>) -> Obj {
        slf.step.clone()
    }

    #[pymethod(sig = "($self, object, /)")]
    fn indices(th: &Thread, slf: &Py<Slice>, object: &Obj) -> PyResult<Obj> {
        let len = number::index(th, object)?;
        if int::is_negative(&len) {
            return Err(th.value_error("length should not be negative"));
        }
        let Some(len) = int::as_big(&len) else { return Err(th.type_error("an integer is required")) };
        let (start, stop, step) = big_indices(th, slf, &len)?;
        Ok(tuple::from_array([int::from_big(start), int::from_big(stop), int::from_big(step)]).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Slice>) -> Obj {
        tuple::from_array([slf.as_obj().ty().to_obj(), tuple::from_array(slf.parts()).into_obj()]).into_obj()
    }
}
