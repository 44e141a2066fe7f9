//! `range` and its two iterators: one for machine words, one for ints of any size.

use super::slice::{self, Slice};
use super::{int, str, tuple};
use crate::protocols::{self, compare, iterate, number};
use crate::slots::CompareOp;
use crate::types::type_::alloc_exact;
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj, none, not_implemented};
use dashu_int::IBig;
use object::{Guarded, Payload, Value};
use std::cell::Cell;

/// The payload of a range: exact ints.
#[macros::pyclass(name = "range", flags = SEQUENCE)]
pub struct Range {
    pub start: Obj,
    pub stop: Obj,
    pub step: Obj,
    pub length: Obj,
}

impl Payload for Range {}

/// A range over ints of any size; `step` is not zero.
fn from_bigs(th: &Thread, start: IBig, stop: IBig, step: IBig) -> Py<Range> {
    let length = length(&start, &stop, &step);
    let payload = Range {
        start: int::from_big(start),
        stop: int::from_big(stop),
        step: int::from_big(step),
        length: int::from_big(length),
    };
    alloc_exact(th, || payload)
}

/// The number of items.
fn length(start: &IBig, stop: &IBig, step: &IBig) -> IBig {
    let (low, high, size) = if *step > IBig::ZERO { (start, stop, step.clone()) } else { (stop, start, -step) };
    if low >= high { IBig::ZERO } else { (high - low - IBig::ONE) / size + IBig::ONE }
}

fn length_i64(start: i64, stop: i64, step: i64) -> u64 {
    let (low, high) = if step > 0 { (start, stop) } else { (stop, start) };
    let distance = if low >= high { 0 } else { high.wrapping_sub(low) as u64 };
    // Most steps are 1, and division is slow.
    if step == 1 || distance == 0 { distance } else { (distance - 1) / step.unsigned_abs() + 1 }
}

/// `range(start, stop)` of ints that are values.
pub(crate) fn between(th: &Thread, start: Value, stop: Value) -> Py<Range> {
    let length = int::from_i64((stop.int() - start.int()).max(0));
    let [start, stop] = [start, stop].map(|bound| int::from_i64(bound.int()));
    alloc_exact(th, || Range { start, stop, step: int::from_i64(1), length })
}

/// `range(start, stop, step)` of exact ints. Errors: `ValueError` for a step of 0.
pub fn new(th: &Thread, start: Obj, stop: Obj, step: Obj) -> PyResult<Py<Range>> {
    if let (Some(a), Some(b), Some(c)) = (int::to_i64(&start), int::to_i64(&stop), int::to_i64(&step)) {
        if c == 0 {
            return Err(th.value_error("range() arg 3 must not be zero"));
        }
        let length = int::from_u64(length_i64(a, b, c));
        return Ok(alloc_exact(th, || Range { start, stop, step, length }));
    }
    match (int::as_big(&start), int::as_big(&stop), int::as_big(&step)) {
        (Some(a), Some(b), Some(c)) => {
            if c.is_zero() {
                return Err(th.value_error("range() arg 3 must not be zero"));
            }
            Ok(from_bigs(th, a.into_owned(), b.into_owned(), c.into_owned()))
        }
        _ => Err(th.type_error("an integer is required")),
    }
}

/// The value of an int; the fields of ranges hold nothing else.
fn big(o: &Obj) -> IBig {
    int::as_big(o).map_or(IBig::ZERO, std::borrow::Cow::into_owned)
}

impl Range {
    /// The length, if it fits a size.
    pub fn len(&self) -> Option<usize> {
        int::to_i128(&self.length).and_then(|n| usize::try_from(n).ok()).filter(|n| isize::try_from(*n).is_ok())
    }

    pub fn is_empty(&self) -> bool {
        int::to_i64(&self.length) == Some(0)
    }

    /// The item at a position that is not checked.
    fn item(&self, i: &IBig) -> Obj {
        int::from_big(big(&self.start) + i * big(&self.step))
    }

    /// The item at a position, from the end if negative.
    fn get(&self, th: &Thread, i: &Obj) -> PyResult<Obj> {
        let out_of_range = || th.index_error("range object index out of range");
        if let (Some(i), Some(n), Some(start), Some(step)) =
            (int::to_i64(i), int::to_i64(&self.length), int::to_i64(&self.start), int::to_i64(&self.step))
        {
            let i = if i < 0 { i + n } else { i };
            if i < 0 || i >= n {
                return Err(out_of_range());
            }
            return Ok(int::from_i128(i128::from(start) + i128::from(i) * i128::from(step)));
        }
        let (mut i, n) = (big(i), big(&self.length));
        if i < IBig::ZERO {
            i += &n;
        }
        if i < IBig::ZERO || i >= n { Err(out_of_range()) } else { Ok(self.item(&i)) }
    }

    /// The position of an exact int or bool; `None` if it is not in the range.
    fn position(&self, value: &Obj) -> Option<IBig> {
        if let (Some(v), Some(start), Some(stop), Some(step)) =
            (int::to_i64(value), int::to_i64(&self.start), int::to_i64(&self.stop), int::to_i64(&self.step))
        {
            let inside = if step > 0 { start <= v && v < stop } else { stop < v && v <= start };
            let distance = i128::from(v) - i128::from(start);
            let step = i128::from(step);
            return (inside && distance % step == 0).then(|| IBig::from(distance / step));
        }
        let (v, start, stop, step) = (big(value), big(&self.start), big(&self.stop), big(&self.step));
        let inside = if step > IBig::ZERO { start <= v && v < stop } else { stop < v && v <= start };
        let distance = v - start;
        (inside && (&distance % &step).is_zero()).then(|| distance / step)
    }

    /// A slice with small bounds of a range that stays far from the ends of an `i64`.
    fn slice_small(&self, s: &Slice) -> Option<(i64, i64, i64)> {
        const FAR: i64 = 1 << 40;
        let near = |o: &Obj| o.value().as_int().filter(|i| -FAR < *i && *i < FAR);
        let (start, step, length) = (near(&self.start)?, near(&self.step)?, near(&self.length)?);
        let (from, to, by) = slice::immediate(s)?;
        let (from, to, _) = slice::adjust(length as usize, from, to, by);
        let at = |i: isize| (i as i64).checked_mul(step).map(|i| start + i);
        Some((at(from)?, at(to)?, (by as i64).checked_mul(step)?))
    }

    fn slice(&self, th: &Thread, s: &Slice) -> PyResult<Obj> {
        if let Some((start, stop, step)) = self.slice_small(s) {
            return new(th, int::from_i64(start), int::from_i64(stop), int::from_i64(step)).map(Py::into_obj);
        }
        let (start, stop, step) = slice::big_indices(th, s, &big(&self.length))?;
        let step = step * big(&self.step);
        let (start, stop) = (self.item(&start), self.item(&stop));
        Ok(from_bigs(th, big(&start), big(&stop), step).into_obj())
    }

    /// Start, step and length of a range of immediate ints.
    pub(crate) fn immediate(&self) -> Option<(i64, i64, usize)> {
        let (start, step, length) = (self.start.value().as_int()?, self.step.value().as_int()?, self.length.value().as_int()?);
        let last = step.checked_mul(length)?.checked_add(start)?;
        Obj::from_int(last).map(|_| (start, step, length as usize))
    }

    /// A new iterator.
    pub fn iterate(&self, th: &Thread) -> Obj {
        let fits = (int::to_i64(&self.start), int::to_i64(&self.step), int::to_i64(&self.length));
        if let (Some(start), Some(step), Some(left), Some(stop)) = (fits.0, fits.1, fits.2, int::to_i64(&self.stop))
            && stays_within(stop, step, left)
        {
            return RangeIterator::new(th, start, step, left as u64);
        }
        LongRangeIterator::new(th, big(&self.start), big(&self.step), big(&self.length))
    }

    fn iterate_backwards(&self, th: &Thread) -> Obj {
        let last = big(&self.length) - IBig::ONE;
        let start = self.item(&last);
        let step = -big(&self.step);
        let stop = int::from_big(big(&self.start) + &step);
        let fits = (int::to_i64(&start), i64::try_from(&step).ok(), int::to_i64(&self.length));
        if let (Some(start), Some(step), Some(left), Some(stop)) = (fits.0, fits.1, fits.2, int::to_i64(&stop))
            && stays_within(stop, step, left)
        {
            return RangeIterator::new(th, start, step, left as u64);
        }
        LongRangeIterator::new(th, big(&start), step, big(&self.length))
    }
}

/// True when the item behind the last one of a range is a machine word, too: CPython's fast iterator computes it.
fn stays_within(stop: i64, step: i64, left: i64) -> bool {
    left == 0 || if step > 0 { stop <= i64::MAX - (step - 1) } else { stop >= i64::MIN + (-1 - step) }
}

/// Exactly an int or a bool: what a range can answer for by arithmetic.
fn is_plain_int(o: &Obj) -> bool {
    o.value().is_int() || o.is_true() || o.is_false() || std::ptr::eq(o.ty(), int::INT_TYPE)
}

#[macros::pymethods]
impl Range {
    #[new(name = "range")]
    fn new(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "range")?;
        let zero = || int::from_i64(0);
        let one = || int::from_i64(1);
        let r = match args.pos() {
            [stop] => new(th, zero(), number::index(th, stop)?, one()),
            [start, stop] => new(th, number::index(th, start)?, number::index(th, stop)?, one()),
            [start, stop, step] => new(th, number::index(th, start)?, number::index(th, stop)?, number::index(th, step)?),
            [] => return Err(th.type_error("range expected at least 1 argument, got 0")),
            more => return Err(th.type_error(format!("range expected at most 3 arguments, got {}", more.len()))),
        };
        r.map(Py::into_obj)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Range>) -> PyResult<Obj> {
        let (start, stop) = (int::to_decimal(th, &slf.start)?, int::to_decimal(th, &slf.stop)?);
        let text = if int::to_i64(&slf.step) == Some(1) {
            format!("range({start}, {stop})")
        } else {
            format!("range({start}, {stop}, {})", int::to_decimal(th, &slf.step)?)
        };
        Ok(str::new(&text).into_obj())
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<Range>) -> PyResult<i64> {
        let parts = match int::to_i64(&slf.length) {
            Some(0) => [slf.length.clone(), none(), none()],
            Some(1) => [slf.length.clone(), slf.start.clone(), none()],
            _ => [slf.length.clone(), slf.start.clone(), slf.step.clone()],
        };
        protocols::hash(th, tuple::from_array(parts).as_obj())
    }

    #[slot(tp_richcompare)]
    fn richcompare(_th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let (Some(x), Some(y)) = (a.downcast::<Range>(), b.downcast::<Range>()) else { return Ok(not_implemented()) };
        let same = |a: &Obj, b: &Obj| int::cmp(a, b) == Some(std::cmp::Ordering::Equal);
        let equal = a.is(b)
            || same(&x.length, &y.length)
                && (x.is_empty() || same(&x.start, &y.start) && (int::to_i64(&x.length) == Some(1) || same(&x.step, &y.step)));
        Ok(bool_obj(equal == (op == CompareOp::Eq)))
    }

    #[slot(nb_bool)]
    fn nb_bool(_th: &Thread, slf: &Py<Range>) -> PyResult<bool> {
        Ok(!slf.is_empty())
    }

    #[slot(sq_length)]
    fn sq_length(th: &Thread, slf: &Py<Range>) -> PyResult<usize> {
        slf.len().ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
    }

    #[slot(mp_length)]
    fn mp_length(th: &Thread, slf: &Py<Range>) -> PyResult<usize> {
        Self::sq_length(th, slf)
    }

    #[slot(sq_item)]
    fn sq_item(th: &Thread, slf: &Py<Range>, i: isize) -> PyResult<Obj> {
        slf.get(th, &int::from_i64(i as i64))
    }

    #[slot(mp_subscript)]
    fn mp_subscript(th: &Thread, slf: &Py<Range>, key: &Obj) -> PyResult<Obj> {
        if let Some(s) = key.downcast::<Slice>() {
            return slf.slice(th, s);
        }
        if key.ty().slots.nb_index.get().is_none() {
            return Err(th.type_error(format!("range indices must be integers or slices, not {}", key.ty().name())));
        }
        slf.get(th, &number::index(th, key)?)
    }

    #[slot(sq_contains)]
    fn sq_contains(th: &Thread, slf: &Py<Range>, value: &Obj) -> PyResult<bool> {
        if is_plain_int(value) {
            return Ok(slf.position(value).is_some());
        }
        let it = slf.iterate(th);
        while let Some(o) = iterate::next(th, &it)? {
            if compare::eq(th, &o, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Range>) -> PyResult<Obj> {
        Ok(slf.iterate(th))
    }

    #[getter]
    fn start(_th: &Thread, slf: &Py<Range>) -> Obj {
        slf.start.clone()
    }

    #[getter]
    fn stop(_th: &Thread, slf: &Py<Range>) -> Obj {
        slf.stop.clone()
    }

    #[getter]
    fn step(_th: &Thread, slf: &Py<Range>) -> Obj {
        slf.step.clone()
    }

    #[pymethod(sig = "($self, /)")]
    fn __reversed__(th: &Thread, slf: &Py<Range>) -> Obj {
        slf.iterate_backwards(th)
    }

    #[pymethod(sig = "($self, object, /)")]
    fn count(th: &Thread, slf: &Py<Range>, object: &Obj) -> PyResult<usize> {
        if is_plain_int(object) {
            return Ok(usize::from(slf.position(object).is_some()));
        }
        let (it, mut n) = (slf.iterate(th), 0);
        while let Some(o) = iterate::next(th, &it)? {
            n += usize::from(compare::eq(th, &o, object)?);
        }
        Ok(n)
    }

    #[pymethod(sig = "($self, object, /)")]
    fn index(th: &Thread, slf: &Py<Range>, object: &Obj) -> PyResult<Obj> {
        if is_plain_int(object) {
            return match slf.position(object) {
                Some(i) => Ok(int::from_big(i)),
                None => Err(th.value_error("range.index(x): x not in range")),
            };
        }
        let (it, mut i) = (slf.iterate(th), 0);
        while let Some(o) = iterate::next(th, &it)? {
            if compare::eq(th, &o, object)? {
                return Ok(int::from_i64(i));
            }
            i += 1;
        }
        Err(th.value_error("sequence.index(x): x not in sequence"))
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Range>) -> Obj {
        let args = tuple::from_array([slf.start.clone(), slf.stop.clone(), slf.step.clone()]).into_obj();
        tuple::from_array([slf.as_obj().ty().to_obj(), args]).into_obj()
    }
}

/// The iterator of ranges whose items all are machine words.
#[macros::pyclass(name = "range_iterator", flags = DISALLOW_INSTANTIATION)]
pub struct RangeIterator {
    next: Cell<i64>,
    step: i64,
    left: Cell<u64>,
}

impl Payload for RangeIterator {}

impl RangeIterator {
    fn new(th: &Thread, start: i64, step: i64, left: u64) -> Obj {
        let payload = RangeIterator { next: Cell::new(start), step, left: Cell::new(left) };
        alloc_exact(th, || payload).into_obj()
    }

    /// The next item; `None` at the end.
    #[inline(always)]
    pub fn advance(&self) -> Option<Obj> {
        self.advance_i64().map(int::from_i64)
    }

    /// The next item as a machine word; `None` at the end.
    #[inline(always)]
    pub fn advance_i64(&self) -> Option<i64> {
        let left = self.left.get();
        if left == 0 {
            return None;
        }
        let i = self.next.get();
        self.left.set(left - 1);
        // Behind the last item this may overflow, but is not looked at.
        self.next.set(i.wrapping_add(self.step));
        Some(i)
    }
}

/// What `__reduce__` of a range iterator returns.
fn reduce(th: &Thread, start: IBig, step: IBig, left: &IBig) -> PyResult<Obj> {
    let stop = &start + left * &step;
    let range = from_bigs(th, start, stop, step).into_obj();
    Ok(tuple::from_array([crate::builtins::visible(th, "iter")?, tuple::from_array([range]).into_obj(), none()]).into_obj())
}

#[macros::pymethods]
impl RangeIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(_th: &Thread, slf: &Py<RangeIterator>) -> PyResult<Option<Obj>> {
        Ok(slf.advance())
    }

    #[pymethod(sig = "($self, /)")]
    fn __length_hint__(_th: &Thread, slf: &Py<RangeIterator>) -> u64 {
        slf.left.get()
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<RangeIterator>) -> PyResult<Obj> {
        reduce(th, IBig::from(slf.next.get()), IBig::from(slf.step), &IBig::from(slf.left.get()))
    }

    #[pymethod(sig = "($self, object, /)")]
    fn __setstate__(th: &Thread, slf: &Py<RangeIterator>, object: &Obj) -> PyResult<()> {
        let skip = number::index_i64(th, object)?.max(0) as u64;
        let skip = skip.min(slf.left.get());
        slf.next.set(slf.next.get().wrapping_add((skip as i64).wrapping_mul(slf.step)));
        slf.left.set(slf.left.get() - skip);
        Ok(())
    }
}

/// The iterator of ranges with items or bounds beyond machine words.
#[macros::pyclass(name = "longrange_iterator", flags = DISALLOW_INSTANTIATION)]
pub struct LongRangeIterator {
    /// The next item, and how many are left.
    state: Guarded<(IBig, IBig)>,
    step: IBig,
}

impl Payload for LongRangeIterator {}

impl LongRangeIterator {
    fn new(th: &Thread, start: IBig, step: IBig, left: IBig) -> Obj {
        alloc_exact(th, || LongRangeIterator { state: Guarded::new((start, left)), step }).into_obj()
    }
}

#[macros::pymethods]
impl LongRangeIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(_th: &Thread, slf: &Py<LongRangeIterator>) -> PyResult<Option<Obj>> {
        let mut state = slf.state.lock();
        if state.1.is_zero() {
            return Ok(None);
        }
        let next = &state.0 + &slf.step;
        let item = std::mem::replace(&mut state.0, next);
        state.1 -= IBig::ONE;
        drop(state);
        Ok(Some(int::from_big(item)))
    }

    #[pymethod(sig = "($self, /)")]
    fn __length_hint__(_th: &Thread, slf: &Py<LongRangeIterator>) -> Obj {
        let left = slf.state.lock().1.clone();
        int::from_big(left)
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<LongRangeIterator>) -> PyResult<Obj> {
        let (next, left) = {
            let state = slf.state.lock();
            (state.0.clone(), state.1.clone())
        };
        reduce(th, next, slf.step.clone(), &left)
    }

    #[pymethod(sig = "($self, object, /)")]
    fn __setstate__(th: &Thread, slf: &Py<LongRangeIterator>, object: &Obj) -> PyResult<()> {
        let Some(skip) = int::as_big(object) else { return Err(th.type_error("state must be an int")) };
        let mut state = slf.state.lock();
        let skip = skip.into_owned().max(IBig::ZERO).min(state.1.clone());
        let next = &state.0 + &skip * &slf.step;
        state.0 = next;
        state.1 -= skip;
        Ok(())
    }
}
