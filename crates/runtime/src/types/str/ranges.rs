//! Positions in strings and bytes: `start` and `end` arguments, subscripts and slices.

use crate::protocols::number;
use crate::types::slice::Slice;
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use std::ops::Range;

/// `start` and `end` as given, before the length is known.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    start: isize,
    end: isize,
}

#[inline]
fn position(th: &Thread, o: Option<&Obj>, default: isize) -> PyResult<isize> {
    match o {
        Some(o) if !o.is_none() => {
            if let Some(i) = o.value().as_int() {
                return Ok(i as isize);
            }
            if o.ty().slots.nb_index.get().is_none() && !crate::types::int::is_int(o) {
                return Err(th.type_error("slice indices must be integers or None or have an __index__ method"));
            }
            number::index_clipped(th, o)
        }
        _ => Ok(default),
    }
}

impl Bounds {
    /// Everything.
    pub(crate) const ALL: Bounds = Bounds { start: 0, end: isize::MAX };

    /// Converts optional `start` and `end` arguments.
    #[inline]
    pub(crate) fn new(th: &Thread, start: Option<&Obj>, end: Option<&Obj>) -> PyResult<Bounds> {
        if start.is_none() && end.is_none() {
            return Ok(Bounds::ALL);
        }
        Ok(Bounds { start: position(th, start, 0)?, end: position(th, end, isize::MAX)? })
    }

    /// The part of a sequence of `len` items; `None` when `start` lies behind `end`.
    #[inline]
    pub(crate) fn clip(self, len: usize) -> Option<Range<usize>> {
        let n = len as isize;
        let end = if self.end > n {
            n
        } else if self.end < 0 {
            (self.end + n).max(0)
        } else {
            self.end
        };
        let start = if self.start < 0 { self.start.saturating_add(n).max(0) } else { self.start };
        (start <= end).then_some(start as usize..end as usize)
    }
}

/// The items that a slice selects.
#[derive(Clone, Copy)]
pub struct Selection {
    /// The first position, or where it would be.
    pub start: isize,
    pub step: isize,
    pub count: usize,
}

impl Selection {
    /// The part of a sequence of `len` items that a slice selects; its parts are converted first.
    pub fn new(th: &Thread, slice: &Py<Slice>, len: impl FnOnce() -> usize) -> PyResult<Selection> {
        let step = if slice.step.is_none() { 1 } else { position(th, Some(&slice.step), 1)? };
        if step == 0 {
            return Err(th.value_error("slice step cannot be zero"));
        }
        let step = step.max(-isize::MAX);
        let (low, high) = if step < 0 { (isize::MAX, isize::MIN) } else { (0, isize::MAX) };
        let start = position(th, Some(&slice.start), low)?;
        let stop = position(th, Some(&slice.stop), high)?;
        let n = len() as isize;
        let clip = |i: isize| {
            if i < 0 {
                let i = i.saturating_add(n);
                if i < 0 { if step < 0 { -1 } else { 0 } } else { i }
            } else if i >= n {
                if step < 0 { n - 1 } else { n }
            } else {
                i
            }
        };
        let (start, stop) = (clip(start), clip(stop));
        let count = if step < 0 {
            if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
        } else if start < stop {
            (stop - start - 1) / step + 1
        } else {
            0
        };
        Ok(Selection { start, step, count: count as usize })
    }

    /// The selected positions as one range, if they follow each other.
    pub(crate) fn as_range(&self) -> Option<Range<usize>> {
        (self.step == 1).then(|| self.start as usize..self.start as usize + self.count)
    }

    /// Copies the selected items of `all`, as many as `to` has room for.
    pub(crate) fn pick<T: Copy>(self, all: &[T], to: &mut [T]) {
        if self.count == 0 {
            return;
        }
        let start = self.start as usize;
        if self.step == -1 {
            let backwards = all[start + 1 - self.count..=start].iter().rev();
            to.iter_mut().zip(backwards).for_each(|(to, item)| *to = *item);
        } else if self.step > 0 {
            let picked = all[start..].iter().step_by(self.step as usize);
            to.iter_mut().zip(picked).for_each(|(to, item)| *to = *item);
        } else {
            to.iter_mut().zip(self.iter()).for_each(|(to, i)| *to = all[i]);
        }
    }

    /// The selected positions in order.
    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        (0..self.count as isize).map(move |i| (self.start + i * self.step) as usize)
    }
}
