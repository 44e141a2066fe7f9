//! `tuple`: immutable sequences, items inline (CPython 3.14's layout: size, cached hash, items).
#![expect(unsafe_code, reason = "items stand behind the fixed part")]

mod methods;
mod recycle;
mod unfinished;

pub use methods::compare_items;
pub(crate) use methods::{clipped_position, repeated, search_bound, write_items};
pub use recycle::Recycled;
pub(crate) use recycle::{ensure_tracked, refill};
pub use unfinished::{complete, unfinished};

use crate::interpreter::stack::Slot;
use crate::native::{MethodTable, PyClass, TypeSpec};
use crate::types::type_::{Type, TypeObject, dealloc_deep, dealloc_exact, dealloc_sized, flags, track, type_of};
use crate::{ObjExt, Thread};
use object::alloc::{alloc_collected, try_alloc_object};
use object::gc::{self, Visitor};
use object::{Header, Obj, Object, Payload, Py, TypeCore, Value};
use std::cell::Cell;
use std::mem::ManuallyDrop;

/// The fixed part of a tuple; `size` items follow.
#[repr(C)]
pub struct Tuple {
    size: usize,
    /// -1: not computed.
    hash: Cell<i64>,
}

const ITEMS: usize = 32;

const _: () = assert!(size_of::<Object<Tuple>>() == ITEMS);

impl Payload for Tuple {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.all(self.items());
    }
}

static SPEC: TypeSpec = TypeSpec {
    name: "tuple",
    module: "builtins",
    doc: None,
    base: Some(&crate::types::object::OBJECT_TYPE),
    methods: &[&Tuple::METHODS, &MethodTable::signature("(iterable=(), /)")],
};
static TYPE: TypeObject = Type::new_static_sized::<Tuple>(
    &SPEC,
    <Type as PyClass>::TYPE,
    flags::BASETYPE | flags::TUPLE_SUBCLASS | flags::SEQUENCE | flags::MATCH_SELF | flags::HAVE_GC,
    ITEMS,
    8,
    dealloc,
);

unsafe fn dealloc(this: *mut Header) {
    // SAFETY: the object is ours alone, and a tuple.
    unsafe {
        if !std::ptr::eq(type_of(this), &TYPE) {
            return dealloc_sized(this);
        }
        let payload = &raw mut (*this.cast::<Object<Tuple>>()).payload;
        let size = (*payload).size;
        let drop_shared = || {
            let left = object::release_shared(this.byte_add(ITEMS).cast::<Obj>(), size);
            if left != 0 {
                // The hash, of no use any more, keeps the number of all items.
                (*payload).hash.set(size as i64);
                (*payload).size = left;
            }
            left == 0
        };
        dealloc_exact(this, ITEMS + size * 8, drop_shared, dealloc_nested);
    }
}

/// What is left of [`dealloc`] for a tuple of which something dies with it: only the first items are there.
#[inline(never)]
unsafe fn dealloc_nested(this: *mut Header) {
    // SAFETY: as for `dealloc`.
    unsafe {
        let payload = &raw mut (*this.cast::<Object<Tuple>>()).payload;
        let all = (*payload).hash.get() as usize;
        if !dealloc_deep(this, ITEMS + all * 8, || std::ptr::drop_in_place(payload)) {
            // It waits, as a whole again.
            for i in (*payload).size..all {
                this.byte_add(ITEMS).cast::<Obj>().add(i).write(Obj::small_int(0));
            }
            (*payload).size = all;
        }
    }
}

impl PyClass for Tuple {
    const TYPE: &'static TypeObject = &TYPE;
}

impl Drop for Tuple {
    fn drop(&mut self) {
        let start = (&raw mut *self).wrapping_add(1).cast::<Obj>();
        // The last item first, as in CPython.
        for i in (0..self.size).rev() {
            // SAFETY: `build` initialised the items behind the fixed part; a tuple is dropped in place, once.
            unsafe { std::ptr::drop_in_place(start.add(i)) }
        }
    }
}

impl Tuple {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.size
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    #[inline(always)]
    pub fn items(&self) -> &[Obj] {
        // SAFETY: `build` laid the items down behind the fixed part and initialised all of them.
        unsafe { std::slice::from_raw_parts((self as *const Tuple).add(1).cast::<Obj>(), self.size) }
    }

    /// The cached hash, -1 when it is not known yet.
    pub fn cached_hash(&self) -> &Cell<i64> {
        &self.hash
    }
}

/// A tuple of `ty` with items moved in from an iterator.
#[inline]
fn build(ty: &TypeObject, len: usize, items: impl Iterator<Item = Obj>) -> Py<Tuple> {
    // SAFETY: the front of a type object is a `TypeCore`.
    let core = unsafe { &*(ty as *const TypeObject).cast::<TypeCore>() };
    let Some(header) = try_alloc_object(core, ITEMS + len * 8) else {
        std::alloc::handle_alloc_error(std::alloc::Layout::new::<Header>())
    };
    // SAFETY: the block holds the fixed part and `len` items; the size says how many were written.
    unsafe {
        let object = header.cast::<Object<Tuple>>();
        let start = header.byte_add(ITEMS).cast::<Obj>();
        let mut n = 0;
        for item in items.take(len) {
            start.add(n).write(item);
            n += 1;
        }
        (&raw mut (*object).payload).write(Tuple { size: n, hash: Cell::new(-1) });
        Py::from_raw(object)
    }
}

/// Whether the collector needs to see a tuple: it holds something that may form a cycle.
#[inline]
fn needs_tracking(items: &[Obj]) -> bool {
    items.iter().any(|o| o.header().is_some_and(|h| type_of(h).has_flag(flags::HAVE_GC) && may_form_cycle(o, h)))
}

fn may_form_cycle(o: &Obj, h: &Header) -> bool {
    let ty = type_of(h);
    // Built-in types live for ever and are never tracked.
    if ty.has_flag(flags::TYPE_SUBCLASS) {
        return o.downcast::<Type>().is_some_and(|t| t.is_heap_type());
    }
    !std::ptr::eq(ty, &TYPE) || gc::is_tracked(h)
}

/// A tuple of `len` items, not 0, which `write` writes to the address that it gets; it says whether one of them is of a collected type.
///
/// # Safety
/// All are written, and owned; no code of the program's runs meanwhile.
#[inline(always)]
unsafe fn filled(len: usize, write: impl FnOnce(*mut Obj) -> bool) -> Py<Tuple> {
    debug_assert!(len != 0);
    // SAFETY: the front of a type object is a `TypeCore`; the block holds the fixed part and `len` items.
    unsafe {
        let header = alloc_collected(&*(&raw const TYPE).cast::<TypeCore>(), ITEMS + len * 8);
        let collected = write(header.byte_add(ITEMS).cast());
        let object = header.cast::<Object<Tuple>>();
        (&raw mut (*object).payload).write(Tuple { size: len, hash: Cell::new(-1) });
        let made = Py::from_raw(object);
        if collected { finish_apart(made) } else { made }
    }
}

/// Whether a value is an object of a collected type.
#[inline(always)]
fn is_collected(value: Value) -> bool {
    value.is_ptr() && type_of(value.ptr()).has_flag(flags::HAVE_GC)
}

/// Writes new references to all of `from`; whether one of them is of a collected type.
///
/// # Safety
/// There is room for them at `to`.
#[inline(always)]
unsafe fn write_copies(from: &[Obj], to: *mut Obj) -> bool {
    let mut collected = false;
    for (i, o) in from.iter().enumerate() {
        if let Some(header) = o.header() {
            header.incref();
            collected |= type_of(header).has_flag(flags::HAVE_GC);
        }
        // SAFETY: by the caller's promise; the reference has been counted.
        unsafe { to.add(i).write(Obj::from_owned(o.value())) }
    }
    collected
}

/// A tuple of `len` owned values that `item` gives by their positions; it runs no code of the program's.
#[inline(always)]
fn laid_down(len: usize, mut item: impl FnMut(usize) -> Value) -> Py<Tuple> {
    if len == 0 {
        return empty();
    }
    // SAFETY: all are written; the caller owns them.
    unsafe {
        filled(len, |to| {
            let mut collected = false;
            for i in 0..len {
                let value = item(i);
                collected |= is_collected(value);
                to.add(i).write(Obj::from_owned(value));
            }
            collected
        })
    }
}

/// A tuple of operands that move in from `start`.
///
/// # Safety
/// `len` operands stand at `start`, and are not used again.
pub(crate) unsafe fn from_slots(start: *mut Slot, len: usize) -> Py<Tuple> {
    // SAFETY: the operands are alive and owned or get a count, by the caller's promise.
    laid_down(len, |i| unsafe { (*start.add(i)).owned().value() })
}

#[inline(never)]
fn finish_apart(t: Py<Tuple>) -> Py<Tuple> {
    finish(t)
}

#[inline(always)]
fn finish(t: Py<Tuple>) -> Py<Tuple> {
    if needs_tracking(t.items())
        && let Some(th) = Thread::try_current()
    {
        track(th, t.header());
    }
    t
}

/// A tuple of these items.
pub fn from_vec(items: Vec<Obj>) -> Py<Tuple> {
    if items.is_empty() {
        return empty();
    }
    let mut items = items;
    let len = items.len();
    // SAFETY: as in `from_slots`; the items move out of the vector.
    let t = unsafe {
        let header = alloc_collected(&*(&raw const TYPE).cast::<TypeCore>(), ITEMS + len * 8);
        std::ptr::copy_nonoverlapping(items.as_ptr(), header.byte_add(ITEMS).cast::<Obj>(), len);
        items.set_len(0);
        let object = header.cast::<Object<Tuple>>();
        (&raw mut (*object).payload).write(Tuple { size: len, hash: Cell::new(-1) });
        Py::from_raw(object)
    };
    finish(t)
}

/// A tuple of copies of these items.
pub fn from_slice(items: &[Obj]) -> Py<Tuple> {
    if items.is_empty() {
        return empty();
    }
    // SAFETY: all are written.
    unsafe { filled(items.len(), |to| write_copies(items, to)) }
}

/// A tuple of the `count` items from `start` on, `step` apart, all of which are there.
pub(crate) fn pick(items: &[Obj], start: isize, step: isize, count: usize) -> Py<Tuple> {
    let at = |i: usize| &items[(start + i as isize * step) as usize];
    copies(count, at)
}

/// A tuple of `n` times new references to these items; nothing when there is no memory for it.
pub(crate) fn repeat(items: &[Obj], n: usize) -> Option<Py<Tuple>> {
    /// Longer tuples ask whether there is memory before they are made.
    const MOST_UNASKED: usize = 1 << 12;
    let total = items.len().checked_mul(n)?;
    if total == 0 {
        return Some(empty());
    }
    if total > MOST_UNASKED {
        return object::repeated(items, n).map(from_vec);
    }
    // SAFETY: all are written.
    Some(unsafe {
        filled(total, |to| {
            object::write_repeated(items, n, to);
            items.iter().any(|o| is_collected(o.value()))
        })
    })
}

/// A tuple of the first `len` items of an iterator, of all of them if they are fewer.
#[inline]
pub fn from_exact(len: usize, items: impl Iterator<Item = Obj>) -> Py<Tuple> {
    if len == 0 {
        return empty();
    }
    finish(build(&TYPE, len, items))
}

/// A tuple of `len` items, which `item` makes by their positions; it runs no code of the program's.
#[inline(always)]
pub fn from_fn(len: usize, mut item: impl FnMut(usize) -> Obj) -> Py<Tuple> {
    laid_down(len, |i| item(i).into_value())
}

/// A tuple of `len` items, which `item` tells by their positions.
#[inline(always)]
pub fn copies<'a>(len: usize, mut item: impl FnMut(usize) -> &'a Obj) -> Py<Tuple> {
    laid_down(len, |i| item(i).clone().into_value())
}

/// A tuple of copies of these items, one sequence behind the other.
pub fn concat(a: &[Obj], b: &[Obj]) -> Py<Tuple> {
    if a.is_empty() && b.is_empty() {
        return empty();
    }
    // SAFETY: all are written.
    unsafe { filled(a.len() + b.len(), |to| write_copies(a, to) | write_copies(b, to.add(a.len()))) }
}

/// A tuple of these items.
pub fn from_array<const N: usize>(items: [Obj; N]) -> Py<Tuple> {
    if N == 0 {
        return empty();
    }
    let items = ManuallyDrop::new(items);
    let collected = items.iter().fold(false, |collected, item| collected | is_collected(item.value()));
    // SAFETY: all `N` items move there. They were written one by one, so that reading two at once would wait: they move one by one.
    unsafe {
        filled(N, |to| {
            for (i, item) in items.iter().enumerate() {
                to.cast::<u64>().add(i).write_volatile(item.value().bits());
            }
            collected
        })
    }
}

/// An instance of `tuple` or a subclass.
pub fn new_instance(th: &Thread, ty: &TypeObject, items: &[Obj]) -> Py<Tuple> {
    if std::ptr::eq(ty, &TYPE) {
        return from_slice(items);
    }
    let t = build(ty, items.len(), items.iter().cloned());
    if ty.is_heap_type() {
        ty.header.incref();
    }
    track(th, t.header());
    t
}

/// The empty tuple: one for the process.
pub fn empty() -> Py<Tuple> {
    static EMPTY: std::sync::OnceLock<Py<Tuple>> = std::sync::OnceLock::new();
    EMPTY
        .get_or_init(|| {
            let t = build(&TYPE, 0, std::iter::empty());
            t.header().make_immortal();
            t
        })
        .clone()
}
