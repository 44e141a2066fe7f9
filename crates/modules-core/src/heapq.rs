//! `_heapq`: priority queues in lists.

use runtime::protocols::compare;
use runtime::types::list::List;
use runtime::{Obj, ObjExt, Py, PyResult, Raised, Thread};

/// Heap queue algorithm (a.k.a. priority queue).
///
/// Heaps are arrays for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for
/// all k, counting elements from 0.  For the sake of comparison,
/// non-existing elements are considered to be infinite.  The interesting
/// property of a heap is that a[0] is always its smallest element.
#[macros::pymodule(name = "_heapq", methods(METHODS, MAX))]
pub(crate) struct Heapq;

fn changed(th: &Thread) -> Raised {
    th.runtime_error("list changed size during iteration")
}

/// Whether `a` comes before `b` in the heap.
fn before(th: &Thread, a: &Obj, b: &Obj, max: bool) -> PyResult<bool> {
    if max { compare::lt(th, b, a) } else { compare::lt(th, a, b) }
}

fn item(th: &Thread, heap: &Py<List>, i: usize) -> PyResult<Obj> {
    heap.get(i).ok_or_else(|| th.index_error("index out of range"))
}

fn swap(th: &Thread, heap: &Py<List>, i: usize, j: usize) -> PyResult<()> {
    let mut items = heap.lock();
    if i.max(j) >= items.len() {
        drop(items);
        return Err(changed(th));
    }
    items.swap(i, j);
    Ok(())
}

/// Moves the item at `pos` up to its place, at most to `start`.
fn sift_up_to(th: &Thread, heap: &Py<List>, start: usize, mut pos: usize, max: bool) -> PyResult<()> {
    let size = heap.len();
    if pos >= size {
        return Err(th.index_error("index out of range"));
    }
    while pos > start {
        let parent = (pos - 1) / 2;
        let (new, old) = (item(th, heap, pos)?, item(th, heap, parent)?);
        let up = before(th, &new, &old, max)?;
        if heap.len() != size {
            return Err(changed(th));
        }
        if !up {
            break;
        }
        swap(th, heap, pos, parent)?;
        pos = parent;
    }
    Ok(())
}

/// Moves the item at `pos` down to a leaf along the smaller children, then up to its place.
fn sift(th: &Thread, heap: &Py<List>, mut pos: usize, max: bool) -> PyResult<()> {
    let size = heap.len();
    if pos >= size {
        return Err(th.index_error("index out of range"));
    }
    let start = pos;
    while pos < size / 2 {
        let mut child = 2 * pos + 1;
        if child + 1 < size {
            let (a, b) = (item(th, heap, child)?, item(th, heap, child + 1)?);
            let left = before(th, &a, &b, max)?;
            if heap.len() != size {
                return Err(changed(th));
            }
            child += usize::from(!left);
        }
        swap(th, heap, pos, child)?;
        pos = child;
    }
    sift_up_to(th, heap, start, pos, max)
}

fn push(th: &Thread, heap: &Py<List>, o: &Obj, max: bool) -> PyResult<()> {
    heap.push(o.clone());
    sift_up_to(th, heap, 0, heap.len() - 1, max)
}

fn pop(th: &Thread, heap: &Py<List>, max: bool) -> PyResult<Obj> {
    let last = heap.lock().pop();
    let Some(last) = last else { return Err(th.index_error("index out of range")) };
    if heap.is_empty() {
        return Ok(last);
    }
    let first = std::mem::replace(&mut heap.lock()[0], last);
    sift(th, heap, 0, max)?;
    Ok(first)
}

fn replace(th: &Thread, heap: &Py<List>, o: &Obj, max: bool) -> PyResult<Obj> {
    if heap.is_empty() {
        return Err(th.index_error("index out of range"));
    }
    let first = std::mem::replace(&mut heap.lock()[0], o.clone());
    sift(th, heap, 0, max)?;
    Ok(first)
}

fn push_pop(th: &Thread, heap: &Py<List>, o: &Obj, max: bool) -> PyResult<Obj> {
    let Some(top) = heap.get(0) else { return Ok(o.clone()) };
    if !before(th, &top, o, max)? {
        return Ok(o.clone());
    }
    replace(th, heap, o, max)
}

fn heapify(th: &Thread, heap: &Py<List>, max: bool) -> PyResult<()> {
    for i in (0..heap.len() / 2).rev() {
        sift(th, heap, i, max)?;
    }
    Ok(())
}

fn list_of<'a>(th: &Thread, function: &str, heap: &'a Obj) -> PyResult<&'a Py<List>> {
    heap.downcast::<List>().ok_or_else(|| {
        th.type_error(format!(
            "{function}() argument 1 must be list, not {}",
            if heap.is_none() { "None".into() } else { heap.ty().name() }
        ))
    })
}

macro_rules! heap_functions {
    ($table:ident $max:literal $push:ident $push_pop:ident $pop:ident $replace:ident $heapify:ident) => {
        #[macros::pymethods($table)]
        impl Heapq {
            /// Push item onto heap, maintaining the heap invariant.
            #[pyfunction(sig = "($module, heap, item, /)")]
            fn $push(th: &Thread, heap: &Obj, item: &Obj) -> PyResult<()> {
                push(th, list_of(th, stringify!($push), heap)?, item, $max)
            }

            /// Push item on the heap, then pop and return the item that comes first.
            #[pyfunction(sig = "($module, heap, item, /)")]
            fn $push_pop(th: &Thread, heap: &Obj, item: &Obj) -> PyResult<Obj> {
                push_pop(th, list_of(th, stringify!($push_pop), heap)?, item, $max)
            }

            /// Pop the item that comes first off the heap, maintaining the heap invariant.
            #[pyfunction(sig = "($module, heap, /)")]
            fn $pop(th: &Thread, heap: &Py<List>) -> PyResult<Obj> {
                pop(th, heap, $max)
            }

            /// Pop and return the item that comes first, and add the new item.
            #[pyfunction(sig = "($module, heap, item, /)")]
            fn $replace(th: &Thread, heap: &Obj, item: &Obj) -> PyResult<Obj> {
                replace(th, list_of(th, stringify!($replace), heap)?, item, $max)
            }

            /// Transform list into a heap, in-place, in O(len(heap)) time.
            #[pyfunction(sig = "($module, heap, /)")]
            fn $heapify(th: &Thread, heap: &Py<List>) -> PyResult<()> {
                heapify(th, heap, $max)
            }
        }
    };
}

heap_functions!(METHODS false heappush heappushpop heappop heapreplace heapify);
heap_functions!(MAX true heappush_max heappushpop_max heappop_max heapreplace_max heapify_max);
