//! Assignment to slices of lists, and their deletion.

use super::List;
use super::methods::shrink;
use super::storage::{ListGuard, drop_backwards};
use crate::protocols::sequence;
use crate::types::slice::{self, Slice};
use crate::{Obj, Py, PyResult, Thread};

/// `list[slice] = value`.
pub(super) fn assign_slice(th: &Thread, list: &Py<List>, s: &Slice, value: &Obj) -> PyResult<()> {
    let (start, stop, step) = slice::unpack(th, s)?;
    // Taking the values may run code that changes the list: the bounds meet the length afterwards.
    let values = sequence::fast_items(th, value, "must assign iterable to extended slice")?;
    let mut items = list.lock();
    let (start, stop, count) = slice::adjust(items.len(), start, stop, step);
    if step == 1 {
        splice(items, start as usize..stop.max(start) as usize, values);
        return Ok(());
    }
    if values.len() != count {
        drop(items);
        return Err(
            th.value_error(format!("attempt to assign sequence of size {} to extended slice of size {count}", values.len()))
        );
    }
    let mut old = values;
    for (i, o) in old.iter_mut().enumerate() {
        std::mem::swap(&mut items[(start + i as isize * step) as usize], o);
    }
    drop(items);
    drop(old);
    Ok(())
}

/// As [`assign_slice`] for positions in the list as it is now.
pub(crate) fn assign_range(th: &Thread, list: &Py<List>, range: std::ops::Range<usize>, value: &Obj) -> PyResult<()> {
    let values = sequence::fast_items(th, value, "must assign iterable to extended slice")?;
    let items = list.lock();
    let end = range.end.min(items.len());
    splice(items, range.start.min(end)..end, values);
    Ok(())
}

fn splice(mut items: ListGuard<'_>, range: std::ops::Range<usize>, mut values: Vec<Obj>) {
    if values.len() == range.len() {
        items[range].swap_with_slice(&mut values);
        drop(items);
        drop_backwards(values);
        return;
    }
    let old: Vec<Obj> = items.splice(range, values).collect();
    drop(items);
    drop_backwards(old);
}

/// `del list[slice]`.
pub(super) fn delete_slice(th: &Thread, list: &Py<List>, s: &Slice) -> PyResult<()> {
    let (start, stop, step) = slice::unpack(th, s)?;
    let mut items = list.lock();
    let (start, _, count) = slice::adjust(items.len(), start, stop, step);
    if count == 0 {
        return Ok(());
    }
    // From the lowest position upwards.
    let (first, stride) = if step < 0 {
        ((start + (count as isize - 1) * step) as usize, step.unsigned_abs())
    } else {
        (start as usize, step as usize)
    };
    let old: Vec<Obj> = if stride == 1 {
        items.drain(first..first + count).collect()
    } else {
        let rest = items.split_off(first);
        let mut old = Vec::with_capacity(count);
        for (i, o) in rest.into_iter().enumerate() {
            if i % stride == 0 && old.len() < count {
                old.push(o);
            } else {
                items.push(o);
            }
        }
        old
    };
    shrink(&mut items);
    drop(items);
    if stride == 1 {
        drop_backwards(old);
    }
    Ok(())
}
