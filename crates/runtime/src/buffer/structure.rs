//! Loans with a structure of their own: parts of plain memory, rows behind pointers, and loans that are lent on.
//!
//! DESIGN: suboffsets. A dimension with a suboffset that is not negative holds pointers: an item's address goes through the pointer, then
//! on by the suboffset. The addresses of such memory are kept and compared as offsets from the loan's first byte, like all others, and
//! turned back into pointers by their exposed provenance.

use super::{Buffer, Release, for_each_offset};
use crate::Obj;
use std::borrow::Cow;
use std::sync::Arc;

/// Bytes of a pointer.
const POINTER: isize = size_of::<usize>() as isize;

/// Offset of the first item of a row that a pointer at `offset` names.
///
/// # Safety
/// A pointer into live memory stands at `offset` of the loan.
unsafe fn follow(memory: &Buffer, offset: isize, suboffset: isize) -> isize {
    let mut pointer = [0; POINTER as usize];
    memory.read(offset, &mut pointer);
    usize::from_ne_bytes(pointer).wrapping_sub(memory.ptr.addr()).wrapping_add_signed(suboffset) as isize
}

/// The offset of an item in lent memory, from where the items with these strides and suboffsets (empty: none) start.
pub(crate) fn place(memory: &Buffer, start: isize, strides: &[isize], suboffsets: &[isize], index: &[isize]) -> isize {
    let mut offset = start;
    for (dim, (stride, i)) in strides.iter().zip(index).enumerate() {
        offset += stride * i;
        if let Some(suboffset @ 0..) = suboffsets.get(dim).copied() {
            // SAFETY: the structure says that pointers stand there.
            offset = unsafe { follow(memory, offset, suboffset) };
        }
    }
    offset
}

/// Calls `f` with the offset of each item, the last dimension (or in Fortran's order the first) moving fastest.
pub(crate) fn for_each_place(
    memory: &Buffer,
    (start, shape, strides, suboffsets): (isize, &[isize], &[isize], &[isize]),
    fortran: bool,
    mut f: impl FnMut(isize),
) {
    let reversed = |items: &[isize]| items.iter().rev().copied().collect::<Vec<_>>();
    if suboffsets.iter().all(|suboffset| *suboffset < 0) {
        return if fortran {
            for_each_offset(&reversed(shape), &reversed(strides), |offset| f(start + offset));
        } else {
            for_each_offset(shape, strides, |offset| f(start + offset));
        };
    }
    if shape.iter().any(|n| *n <= 0) {
        return;
    }
    let order: Vec<usize> = if fortran { (0..shape.len()).collect() } else { (0..shape.len()).rev().collect() };
    let mut index = vec![0; shape.len()];
    loop {
        f(place(memory, start, strides, suboffsets, &index));
        let advanced = order.iter().any(|&dim| {
            index[dim] = (index[dim] + 1) % shape[dim];
            index[dim] != 0
        });
        if !advanced {
            return;
        }
    }
}

impl Buffer {
    /// The same loan lent on by `owner`. It ends when nobody holds it any more.
    pub fn lend(this: &Arc<Buffer>, owner: Obj) -> Buffer {
        let mut outer = this.shallow();
        outer.owner = owner;
        outer.release = Release::Shared(this.clone());
        outer
    }

    /// Suboffsets of all dimensions; empty when no dimension holds pointers.
    pub fn suboffsets_vec(&self) -> Vec<isize> {
        self.suboffsets.as_ref().map_or_else(Vec::new, |s| s.to_vec())
    }

    /// The offset of an item from the first byte, for [`Buffer::read`] and [`Buffer::write`]. `None` for an index out of range.
    pub fn place(&self, index: &[isize]) -> Option<isize> {
        let shape = self.shape_vec();
        let inside = index.len() == shape.len() && index.iter().zip(&shape).all(|(i, n)| (0..*n).contains(i));
        inside.then(|| place(self, 0, &self.strides_vec(), self.suboffsets.as_deref().unwrap_or_default(), index))
    }

    /// The offsets of all items, the last dimension moving fastest.
    pub fn places(&self) -> Vec<isize> {
        let mut out = Vec::new();
        let suboffsets = self.suboffsets.as_deref().unwrap_or_default();
        for_each_place(self, (0, &self.shape_vec(), &self.strides_vec(), suboffsets), false, |place| out.push(place));
        out
    }

    /// Plain bytes seen as items of this structure. `None` if an item would lie outside of them.
    pub fn structured(
        mut self,
        offset: isize,
        (itemsize, format): (usize, Cow<'static, str>),
        shape: Vec<isize>,
        strides: Vec<isize>,
    ) -> Option<Buffer> {
        if self.ndim > 1 || self.strides.is_some() || self.suboffsets.is_some() || shape.len() != strides.len() {
            return None;
        }
        let count = shape.iter().try_fold(1usize, |count, n| count.checked_mul(usize::try_from(*n).ok()?))?;
        let (mut low, mut high) = (offset, offset);
        if count > 0 {
            for (n, stride) in shape.iter().zip(&strides) {
                let reach = stride.checked_mul(n - 1)?;
                let edge = if reach < 0 { &mut low } else { &mut high };
                *edge = edge.checked_add(reach)?;
            }
            let end = usize::try_from(high).ok()?.checked_add(itemsize)?;
            if low < 0 || end > self.len {
                return None;
            }
        }
        self.ptr = self.ptr.wrapping_offset(offset);
        self.len = count.checked_mul(itemsize)?;
        self.itemsize = itemsize;
        self.format = format;
        self.ndim = shape.len();
        self.shape = Some(shape.into());
        self.strides = Some(strides.into());
        Some(self)
    }

    /// The same items with the first dimension behind pointers, as the Python Imaging Library keeps images.
    pub fn with_rows(self) -> Buffer {
        let (shape, mut strides) = (self.shape_vec(), self.strides_vec());
        let Some(&rows) = shape.first() else { return self };
        let inner = shape.iter().zip(&strides).skip(1);
        // From a row's lowest byte to its first item.
        let suboffset: isize =
            inner.take_while(|(n, _)| **n != 0).filter(|(_, stride)| **stride <= 0).map(|(n, stride)| -stride * (n - 1)).sum();
        let backwards = strides[0] < 0;
        let first = self.ptr.expose_provenance();
        let row = |i: isize| first.wrapping_add_signed(strides[0] * i).wrapping_sub(suboffset as usize);
        let mut table: Box<[usize]> = (0..rows).map(row).collect();
        if backwards {
            table.reverse();
        }
        let mut outer = self.shallow();
        let start = table.as_mut_ptr().cast::<u8>();
        start.expose_provenance();
        outer.ptr = if backwards { start.wrapping_offset((rows - 1) * POINTER) } else { start };
        strides[0] = if backwards { -POINTER } else { POINTER };
        let mut suboffsets = vec![-1; shape.len()];
        suboffsets[0] = suboffset;
        outer.shape = Some(shape.into());
        outer.strides = Some(strides.into());
        outer.suboffsets = Some(suboffsets.into());
        outer.release = Release::Rows(table, Box::new(self));
        outer
    }

    /// Cuts a dimension down to `count` places from `start` on, `step` apart. False, and nothing changes, if one of them is not there.
    pub fn cut(&mut self, dim: usize, start: isize, count: usize, step: isize) -> bool {
        let (mut shape, mut strides, mut suboffsets) = (self.shape_vec(), self.strides_vec(), self.suboffsets_vec());
        let Some(&n) = shape.get(dim) else { return false };
        let count = count as isize;
        if count > 0 {
            let last = step.checked_mul(count - 1).and_then(|reach| start.checked_add(reach));
            if !(0..n).contains(&start) || !last.is_some_and(|last| (0..n).contains(&last)) {
                return false;
            }
            let moved = strides[dim] * start;
            match suboffsets.iter().take(dim).rposition(|suboffset| *suboffset >= 0) {
                Some(before) => suboffsets[before] += moved,
                None => self.ptr = self.ptr.wrapping_offset(moved),
            }
        }
        shape[dim] = count;
        strides[dim] = strides[dim].wrapping_mul(step);
        self.len = shape.iter().map(|n| *n as usize).product::<usize>() * self.itemsize;
        self.shape = Some(shape.into());
        self.strides = Some(strides.into());
        self.suboffsets = (!suboffsets.is_empty()).then(|| suboffsets.into());
        true
    }

    /// Goes into one place of the first dimension, which disappears. False, and nothing changes, if it is not there.
    pub fn enter(&mut self, index: isize) -> bool {
        let (shape, strides, suboffsets) = (self.shape_vec(), self.strides_vec(), self.suboffsets_vec());
        if !shape.first().is_some_and(|n| (0..*n).contains(&index)) {
            return false;
        }
        let place = place(self, 0, &strides[..1], suboffsets.get(..1).unwrap_or_default(), &[index]);
        self.ptr = self.ptr.wrapping_offset(place);
        self.len = shape[1..].iter().map(|n| *n as usize).product::<usize>() * self.itemsize;
        self.ndim = shape.len() - 1;
        self.shape = Some(shape[1..].into());
        self.strides = Some(strides[1..].into());
        self.suboffsets = suboffsets.get(1..).filter(|rest| rest.iter().any(|s| *s >= 0)).map(Into::into);
        true
    }
}
