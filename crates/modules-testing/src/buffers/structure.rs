//! Shapes and strides as arguments, and whether they fit into memory.

use super::MAX_NDIM;
use super::items::parts;
use runtime::protocols::number;
use runtime::types::int;
use runtime::{Obj, PyResult, Thread};

/// Where the items of an array stand in its memory.
pub(super) struct Structure {
    pub(super) offset: isize,
    pub(super) shape: Vec<isize>,
    pub(super) strides: Vec<isize>,
}

/// The numbers of a shape or of strides.
fn numbers(th: &Thread, o: &Obj, what: &str, is_shape: bool) -> PyResult<Vec<isize>> {
    let Some(items) = parts(o) else { return Err(th.type_error(format!("{what} must be a list or a tuple"))) };
    if items.len() > MAX_NDIM {
        return Err(th.value_error(format!("ndim must not exceed {MAX_NDIM}")));
    }
    let number = |item: &Obj| {
        if !int::is_int(item) {
            return Err(th.value_error(format!("elements of {what} must be integers")));
        }
        let n = number::index_isize(th, item, "Python int too large to convert to C ssize_t")?;
        if is_shape && n < 0 {
            return Err(th.value_error("elements of shape must be integers >= 0"));
        }
        Ok(n)
    };
    items.iter().map(number).collect()
}

/// Strides of items side by side, the first dimension's first.
fn fortran_strides(shape: &[isize], itemsize: isize) -> Vec<isize> {
    let mut step = itemsize;
    let mut next = |n: &isize| {
        let here = step;
        step = step.saturating_mul(*n);
        here
    };
    shape.iter().map(&mut next).collect()
}

/// The structure that the arguments describe, checked against the length of the memory.
pub(super) fn parse(
    th: &Thread,
    shape: &Obj,
    strides: Option<&Obj>,
    offset: isize,
    (itemsize, memory): (usize, usize),
    fortran: bool,
) -> PyResult<Structure> {
    let itemsize = itemsize as isize;
    let shape = numbers(th, shape, "shape", true)?;
    let given = strides.map(|s| numbers(th, s, "strides", false)).transpose()?.filter(|s| !s.is_empty());
    if fortran && given.is_some() {
        return Err(th.type_error("ND_FORTRAN cannot be used together with strides"));
    }
    let strides = match given {
        Some(strides) if strides.len() != shape.len() => {
            return Err(th.value_error("len(shape) != len(strides)"));
        }
        Some(strides) => strides,
        None if fortran => fortran_strides(&shape, itemsize),
        None => runtime::buffer::c_strides(&shape, itemsize as usize),
    };
    let structure = Structure { offset, shape, strides };
    if fits(&structure, itemsize, memory as isize) {
        Ok(structure)
    } else {
        Err(th.value_error("invalid combination of buffer, shape and strides"))
    }
}

/// Whether all items lie within the memory, each at a multiple of the item's size.
fn fits(s: &Structure, itemsize: isize, memory: isize) -> bool {
    if s.offset % itemsize != 0 || s.offset < 0 || s.offset.checked_add(itemsize).is_none_or(|end| end > memory) {
        return false;
    }
    if s.strides.iter().any(|stride| stride % itemsize != 0) {
        return false;
    }
    if s.shape.contains(&0) {
        return true;
    }
    let (mut low, mut high) = (s.offset, s.offset);
    for (n, stride) in s.shape.iter().zip(&s.strides) {
        let Some(reach) = stride.checked_mul(n - 1) else { return false };
        let edge = if reach < 0 { &mut low } else { &mut high };
        let Some(moved) = edge.checked_add(reach) else { return false };
        *edge = moved;
    }
    low >= 0 && high.checked_add(itemsize).is_some_and(|end| end <= memory)
}
