//! Assignment to slices of lists, and their deletion.

use super::List;
use super::methods::shrink;
use super::storage::drop_backwards;
use crate::protocols::sequence;
use crate::types::slice::{self, Slice};
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use std::ops::Range;

/// `list[slice] = value`.
pub(crate) fn assign_slice(th: &Thread, list: &Py<List>, s: &Slice, value: &Obj) -> PyResult<()> {
    let (start, stop, step) = slice::unpack(th, s)?;
    if step == 1
        && let Some(new) = value.downcast_exact::<List>()
        && !std::ptr::eq(new.as_ptr(), list.as_ptr())
    {
        let (start, stop, _) = slice::adjust(list.len(), start, stop, step);
        assign_range(list, start as usize..stop.max(start) as usize, new);
        return Ok(());
    }
    // Taking the values may run code that changes the list: the bounds meet the length afterwards.
    let values = sequence::fast_items(th, value, "must assign iterable to extended slice")?;
    let mut items = list.lock();
    let (start, stop, count) = slice::adjust(items.len(), start, stop, step);
    if step == 1 {
        let old: Vec<Obj> = items.splice(start as usize..stop.max(start) as usize, values).collect();
        drop(items);
        drop_backwards(old);
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

/// As [`assign_slice`] for positions in the list as it is now, and the items of another list.
#[inline]
pub(crate) fn assign_range(list: &Py<List>, range: Range<usize>, new: &List) {
    if range.len() == 1
        && new.len() == 1
        && let Some(item) = new.get(0)
    {
        let old = list.alter(|items| std::mem::replace(&mut items[range.start], item));
        drop(old);
        return;
    }
    assign_more(list, range, new);
}

#[inline(never)]
fn assign_more(list: &Py<List>, range: Range<usize>, new: &List) {
    let old = replace_range(&mut list.lock(), range, &new.view());
    drop_backwards(old);
}

/// Puts copies of `new` in the place of a range, and hands out what was there.
fn replace_range(items: &mut Vec<Obj>, range: Range<usize>, new: &[Obj]) -> Vec<Obj> {
    if range.is_empty() && range.end == items.len() {
        items.extend_from_slice(new);
        return Vec::new();
    }
    if range.len() == new.len() {
        let mut old = object::copies(new);
        items[range].swap_with_slice(&mut old);
        return old;
    }
    items.splice(range, new.iter().cloned()).collect()
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
