//! `_bisect`: searching and inserting in sorted sequences.

use runtime::protocols::{call, compare, number, sequence};
use runtime::types::int;
use runtime::types::list::List;
use runtime::{Obj, ObjExt, PyResult, Thread};

/// Bisection algorithms.
///
/// This module provides support for maintaining a list in sorted order without
/// having to sort the list after each insertion. For long lists of items with
/// expensive comparison operations, this can be an improvement over the more
/// common approach.
#[macros::pymodule(name = "_bisect")]
pub(crate) struct Bisect;

/// Where to look.
struct Range<'a> {
    lo: Option<isize>,
    hi: Option<&'a Obj>,
    key: Option<&'a Obj>,
}

fn position(th: &Thread, a: &Obj, x: &Obj, range: Range<'_>, right: bool) -> PyResult<usize> {
    let lo = range.lo.unwrap_or(0);
    if lo < 0 {
        return Err(th.value_error("lo must be non-negative"));
    }
    let hi = match range.hi.filter(|h| !h.is_none()) {
        Some(hi) => number::index_isize(th, hi, "Python int too large to convert to C ssize_t")?,
        None => -1,
    };
    let mut lo = lo as usize;
    let mut hi = if hi < 0 { sequence::len(th, a)? } else { hi as usize };
    let key = range.key.filter(|k| !k.is_none());
    while lo < hi {
        let middle = (lo + hi) / 2;
        let item = match a.downcast_exact::<List>().and_then(|l| l.get(middle)) {
            Some(item) => item,
            None => sequence::get_item_isize(th, a, middle as isize)?,
        };
        let item = match key {
            Some(key) => call::call(th, key, &[item])?,
            None => item,
        };
        let left = if right { !compare::lt(th, x, &item)? } else { compare::lt(th, &item, x)? };
        if left {
            lo = middle + 1;
        } else {
            hi = middle;
        }
    }
    Ok(lo)
}

fn insert(th: &Thread, a: &Obj, x: &Obj, range: Range<'_>, right: bool) -> PyResult<()> {
    let at = match range.key.filter(|k| !k.is_none()) {
        Some(key) => {
            let found = call::call(th, key, std::slice::from_ref(x))?;
            position(th, a, &found, range, right)?
        }
        None => position(th, a, x, range, right)?,
    };
    if let Some(l) = a.downcast_exact::<List>() {
        let mut items = l.lock();
        let at = at.min(items.len());
        items.insert(at, x.clone());
        return Ok(());
    }
    call::call_method(th, a, "insert", &[int::from_u64(at as u64), x.clone()]).map(|_| ())
}

macro_rules! functions {
    ($($name:ident $worker:ident $result:ty, $right:literal $doc:literal;)*) => {
        #[macros::pymethods]
        impl Bisect {
            $(
                #[doc = $doc]
                #[pyfunction(sig = "($module, /, a, x, lo=0, hi=None, *, key=None)")]
                fn $name(th: &Thread, a: &Obj, x: &Obj, lo: Option<isize>, hi: Option<&Obj>, key: Option<&Obj>) -> PyResult<$result> {
                    $worker(th, a, x, Range { lo, hi, key }, $right)
                }
            )*
        }
    };
}

functions! {
    bisect_right position usize, true "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e in a[:i] have e <= x, and all e in\na[i:] have e > x.  So if x already appears in the list, a.insert(i, x) will\ninsert just after the rightmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.";
    bisect_left position usize, false "Return the index where to insert item x in list a, assuming a is sorted.\n\nThe return value i is such that all e in a[:i] have e < x, and all e in\na[i:] have e >= x.  So if x already appears in the list, a.insert(i, x) will\ninsert just before the leftmost x already there.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.";
    insort_right insert (), true "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the right of the rightmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.";
    insort_left insert (), false "Insert item x in list a, and keep it sorted assuming a is sorted.\n\nIf x is already in a, insert it to the left of the leftmost x.\n\nOptional args lo (default 0) and hi (default len(a)) bound the\nslice of a to be searched.\n\nA custom key function can be supplied to customize the sort order.";
}
