//! The cycle collector: CPython's algorithm over generations of tracked objects.
//!
//! DESIGN: cycle collection
//!
//! Every object of a collected type carries a [`GcHead`] in front of its header. Tracked objects of one generation form a ring through their heads. A
//! collection looks at one generation and all younger ones: it copies every count into the head, subtracts the references that come from within,
//! and marks what is still referenced from outside and all that this reaches. The rest is garbage: the runtime's hooks clear weak references and call finalisers,
//! what was resurrected is kept, and the remainder is cleared, which makes counts fall to zero.
//!
//! While a collection runs, a head's `prev` is not a link: its low two bits say where the object stands, the rest counts references from outside.
//! The rings are made anew before any code of the program runs.

use crate::header::{Header, TypeCore};
use crate::obj::{Obj, Py};
use crate::value::Value;
use std::cell::Cell;

/// The collector's links, in front of the header of every collected object. `next` is null while the object is not tracked.
#[repr(C, align(16))]
pub struct GcHead {
    next: Cell<*const GcHead>,
    /// A link, with [`FINALIZED`] in its lowest bit.
    prev: Cell<usize>,
}

const _: () = assert!(size_of::<GcHead>() == 16);

const FINALIZED: usize = 1;
const COLLECTING: usize = 2;
const FLAGS: usize = 3;
const REF_SHIFT: u32 = 2;

impl GcHead {
    #[inline(always)]
    pub(crate) const fn untracked() -> GcHead {
        GcHead { next: Cell::new(std::ptr::null()), prev: Cell::new(0) }
    }

    #[inline(always)]
    fn link(&self, prev: *const GcHead, next: *const GcHead) {
        self.prev.set(prev as usize | (self.prev.get() & FINALIZED));
        self.next.set(next);
    }

    #[inline(always)]
    fn prev_ptr(&self) -> *const GcHead {
        (self.prev.get() & !FLAGS) as *const GcHead
    }

    #[inline(always)]
    fn set_prev_ptr(&self, p: *const GcHead) {
        self.prev.set(p as usize | (self.prev.get() & FINALIZED));
    }
}

/// The head of a collected object.
#[inline(always)]
fn head_of(object: *const Header) -> *const GcHead {
    object.cast::<u8>().wrapping_sub(size_of::<GcHead>()).cast()
}

#[inline(always)]
fn object_of(head: *const GcHead) -> *const Header {
    head.cast::<u8>().wrapping_add(size_of::<GcHead>()).cast()
}

/// Collects the references that a traversed object reports.
pub struct Visitor<'a> {
    visit: &'a mut dyn FnMut(*const Header),
}

impl<'a> Visitor<'a> {
    pub fn new(visit: &'a mut dyn FnMut(*const Header)) -> Visitor<'a> {
        Visitor { visit }
    }

    #[inline(always)]
    pub fn value(&mut self, v: Value) {
        if v.is_ptr() && !v.is_borrowed() {
            (self.visit)(v.ptr());
        }
    }

    #[inline(always)]
    pub fn obj(&mut self, o: &Obj) {
        self.value(o.value());
    }

    pub fn opt(&mut self, o: &Option<Obj>) {
        if let Some(o) = o {
            self.obj(o);
        }
    }

    #[inline(always)]
    pub fn py<T>(&mut self, p: &Py<T>) {
        (self.visit)(p.header());
    }

    pub fn opt_py<T>(&mut self, p: &Option<Py<T>>) {
        if let Some(p) = p {
            self.py(p);
        }
    }

    pub fn all(&mut self, objs: &[Obj]) {
        for o in objs {
            self.obj(o);
        }
    }

    /// A type that an instance holds a reference to.
    pub fn ty(&mut self, ty: *const TypeCore) {
        (self.visit)(ty.cast());
    }
}

/// One generation: the sentinel of its ring and its counters.
struct Generation {
    ring: Box<GcHead>,
    threshold: Cell<i64>,
    count: Cell<i64>,
    stats: Cell<GenerationStats>,
}

/// What `gc.get_stats()` reports of a generation.
#[derive(Clone, Copy, Default, Debug)]
pub struct GenerationStats {
    pub collections: u64,
    pub collected: u64,
    pub uncollectable: u64,
    pub candidates: u64,
    /// Seconds spent.
    pub duration: f64,
}

/// What a collection needs of the runtime.
pub trait Hooks {
    /// Clears the weak references to these unreachable objects and calls the callbacks of those that are reachable.
    fn handle_weakrefs(&self, unreachable: &[Obj]);
    /// Calls the finaliser (`__del__` or a generator's close) if the type has one; the head already says that it ran.
    fn finalize(&self, object: &Obj);
    /// True when the type has a finaliser.
    fn has_finalizer(&self, object: &Header) -> bool;
    /// `gc.DEBUG_SAVEALL`: keep garbage for `gc.garbage` rather than clear it.
    fn save_all(&self, unreachable: &[Obj]) -> bool;
}

/// The collector of one interpreter.
pub struct Collector {
    generations: [Generation; 3],
    permanent: Box<GcHead>,
    pub enabled: Cell<bool>,
    collecting: Cell<bool>,
    long_lived_total: Cell<i64>,
    long_lived_pending: Cell<i64>,
    /// The threshold of the young generation while there are no automatic collections.
    held: Cell<Option<i64>>,
}

// SAFETY: used by the thread that holds the GIL.
unsafe impl Sync for Collector {}
// SAFETY: as above.
unsafe impl Send for Collector {}

impl Default for Collector {
    fn default() -> Self {
        Self::new()
    }
}

fn new_ring() -> Box<GcHead> {
    let ring = Box::new(GcHead::untracked());
    let p: *const GcHead = &*ring;
    ring.link(p, p);
    ring
}

fn ring_is_empty(ring: &GcHead) -> bool {
    std::ptr::eq(ring.next.get(), ring)
}

fn ring_append(ring: &GcHead, head: &GcHead) {
    let last = ring.prev_ptr();
    head.link(last, ring);
    // SAFETY: the last member of a ring is live (or the ring itself).
    unsafe { (*last).next.set(head) };
    ring.set_prev_ptr(head);
}

/// Moves all members of a ring to the end of another.
fn ring_splice(from: &GcHead, to: &GcHead) {
    if ring_is_empty(from) {
        return;
    }
    let (first, last, end) = (from.next.get(), from.prev_ptr(), to.prev_ptr());
    // SAFETY: the ends of a ring are live members, or the ring itself.
    unsafe {
        (*end).next.set(first);
        (*first).set_prev_ptr(end);
        (*last).next.set(to);
    }
    to.set_prev_ptr(last);
    ring_reset(from);
}

/// Looks at every member of a ring, which may be linked elsewhere meanwhile.
fn ring_walk(ring: &GcHead, mut look: impl FnMut(&GcHead)) {
    let mut p = ring.next.get();
    while !std::ptr::eq(p, ring) {
        // SAFETY: members of a ring are heads of live objects.
        let head = unsafe { &*p };
        p = head.next.get();
        look(head);
    }
}

fn ring_len(ring: &GcHead) -> usize {
    let mut n = 0;
    ring_walk(ring, |_| n += 1);
    n
}

fn ring_reset(ring: &GcHead) {
    ring.prev.set(ring as *const GcHead as usize);
    ring.next.set(ring);
}

impl Collector {
    pub fn new() -> Collector {
        let generation = |threshold| Generation {
            ring: new_ring(),
            threshold: Cell::new(threshold),
            count: Cell::new(0),
            stats: Cell::default(),
        };
        Collector {
            generations: [generation(2000), generation(10), generation(10)],
            permanent: new_ring(),
            enabled: Cell::new(true),
            collecting: Cell::new(false),
            long_lived_total: Cell::new(0),
            long_lived_pending: Cell::new(0),
            held: Cell::new(None),
        }
    }

    pub fn thresholds(&self) -> [i64; 3] {
        let mut all = std::array::from_fn(|i| self.generations[i].threshold.get());
        if let Some(held) = self.held.get() {
            all[0] = held;
        }
        all
    }

    pub fn set_threshold(&self, generation: usize, threshold: i64) {
        if generation == 0 && self.held.get().is_some() {
            self.held.set(Some(threshold));
        } else {
            self.generations[generation].threshold.set(threshold);
        }
    }

    /// No automatic collections until [`Collector::release`]: while an interpreter starts, hardly anything dies.
    pub fn hold(&self) {
        self.held.set(Some(self.generations[0].threshold.replace(i64::MAX)));
    }

    /// See [`Collector::hold`]. What there is by now counts as old.
    pub fn release(&self) {
        let Some(threshold) = self.held.take() else { return };
        let [young, _, old] = &self.generations;
        young.threshold.set(threshold);
        // Nothing has left the young generation but what was freed: the count is how many there are.
        self.long_lived_total.set(self.long_lived_total.get() + young.count.replace(0));
        ring_splice(&young.ring, &old.ring);
    }

    pub fn counts(&self) -> [i64; 3] {
        std::array::from_fn(|i| self.generations[i].count.get())
    }

    pub fn stats(&self) -> [GenerationStats; 3] {
        std::array::from_fn(|i| self.generations[i].stats.get())
    }

    /// Puts a new object under the collector's care. Returns true when a young collection is due.
    ///
    /// # Safety
    /// `object` is a live object of a collected type, untracked, and ready to be traversed.
    #[inline(always)]
    pub unsafe fn track(&self, object: *const Header) -> bool {
        // SAFETY: collected objects have a head in front.
        let head = unsafe { &*head_of(object) };
        debug_assert!(head.next.get().is_null());
        let young = &self.generations[0];
        let ring: *const GcHead = &*young.ring;
        let last = young.ring.prev_ptr();
        head.link(last, ring);
        // SAFETY: the last member of a ring is live.
        unsafe { (*last).next.set(head) };
        young.ring.prev.set(head as *const GcHead as usize);
        let count = young.count.get() + 1;
        young.count.set(count);
        count > young.threshold.get()
    }

    /// Notes that a tracked object is being freed.
    #[inline(always)]
    pub fn note_freed(&self) {
        let count = self.generations[0].count.get();
        if count > 0 {
            self.generations[0].count.set(count - 1);
        }
    }

    /// The generation that an automatic collection should look at now, if one is due.
    pub fn due(&self) -> Option<usize> {
        if !self.enabled.get() || self.collecting.get() || self.generations[0].threshold.get() == 0 {
            return None;
        }
        for i in (0..3).rev() {
            let g = &self.generations[i];
            if g.count.get() > g.threshold.get() {
                // A full collection costs time in proportion to all live objects: wait until a quarter of them is new.
                if i == 2 && self.long_lived_pending.get() < self.long_lived_total.get() / 4 {
                    continue;
                }
                return Some(i);
            }
        }
        None
    }

    /// Moves all tracked objects to the permanent generation (`gc.freeze`).
    pub fn freeze(&self) {
        for g in &self.generations {
            ring_splice(&g.ring, &self.permanent);
            g.count.set(0);
        }
    }

    /// Moves the permanent generation back to the oldest (`gc.unfreeze`).
    pub fn unfreeze(&self) {
        ring_splice(&self.permanent, &self.generations[2].ring);
    }

    /// The number of permanent objects.
    pub fn frozen_count(&self) -> usize {
        ring_len(&self.permanent)
    }

    /// New references to the tracked objects of one generation, or of all.
    pub fn objects(&self, generation: Option<usize>) -> Vec<Obj> {
        let mut objects = Vec::new();
        for (i, g) in self.generations.iter().enumerate() {
            if generation.is_none_or(|n| n == i) {
                ring_walk(&g.ring, |head| objects.push(own(head)));
            }
        }
        objects
    }

    /// Begins a collection, so that none is due until [`Collector::end`]; false if one is going on.
    pub fn begin(&self) -> bool {
        !self.collecting.replace(true)
    }

    /// Ends what [`Collector::begin`] began.
    pub fn end(&self) {
        self.collecting.set(false);
    }

    /// Looks for garbage in `generation` and all younger ones and destroys it. Returns the number of unreachable objects found.
    ///
    /// The caller has begun a collection.
    pub fn collect(&self, generation: usize, hooks: &dyn Hooks) -> usize {
        debug_assert!(self.collecting.get());
        let start = std::time::Instant::now();
        let candidates = new_ring();
        for i in (0..=generation).rev() {
            ring_splice(&self.generations[i].ring, &candidates);
            self.generations[i].count.set(0);
        }
        if generation < 2 {
            let next = &self.generations[generation + 1].count;
            next.set(next.get() + 1);
        }
        let target = &self.generations[(generation + 1).min(2)].ring;
        let (unreachable, total) = partition(&candidates, target);
        if generation == 1 {
            self.long_lived_pending.set(self.long_lived_pending.get() + (total - unreachable.len()) as i64);
        } else if generation == 2 {
            self.long_lived_total.set((total - unreachable.len()) as i64);
            self.long_lived_pending.set(0);
        }
        let found = unreachable.len();
        let collected = if found == 0 { 0 } else { self.destroy(unreachable, target, hooks) };
        let g = &self.generations[generation].stats;
        let mut s = g.get();
        s.collections += 1;
        s.collected += collected as u64;
        s.candidates += total as u64;
        s.duration += start.elapsed().as_secs_f64();
        g.set(s);
        collected
    }

    /// Finalises and clears garbage; what comes back to life joins `target`. Returns how many objects went.
    fn destroy(&self, unreachable: Vec<*const GcHead>, target: &GcHead, hooks: &dyn Hooks) -> usize {
        // Garbage sits in a ring of its own, so that an object freed on the way can unlink itself.
        let garbage = new_ring();
        for &h in &unreachable {
            // SAFETY: nothing has run since the candidates were gathered: they are live.
            ring_append(&garbage, unsafe { &*h });
        }
        // In the same block of memory.
        let mut objects: Vec<Obj> = unreachable.into_iter().map(own).collect();
        hooks.handle_weakrefs(&objects);
        let mut ran_finalizer = false;
        for o in &objects {
            let Some(header) = o.header() else { continue };
            if !is_finalized(header) && hooks.has_finalizer(header) {
                set_finalized(header);
                hooks.finalize(o);
                ran_finalizer = true;
            }
        }
        if ran_finalizer {
            // Our own references must not count as outside ones: give them up before looking again. Each object is held by the ring's garbage anyway,
            // unless its finaliser broke the cycle, in which case it goes now.
            drop(objects);
            let (still, _) = partition(&garbage, target);
            ring_reset(&garbage);
            for &h in &still {
                // SAFETY: nothing ran since they were gathered.
                ring_append(&garbage, unsafe { &*h });
            }
            objects = still.into_iter().map(own).collect();
        }
        let count = objects.len();
        if !hooks.save_all(&objects) {
            for o in &objects {
                let Some(header) = o.header() else { continue };
                if !is_tracked(header) {
                    continue;
                }
                // SAFETY: the object is live (we own a reference) and its type describes it.
                unsafe {
                    if let Some(clear) = (*header.ty()).clear.get() {
                        clear(header);
                    }
                }
            }
        }
        drop(objects);
        // What is left could not be cleared, or was saved: it lives on.
        ring_splice(&garbage, target);
        count
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        // Objects that outlive their interpreter must not point into freed rings.
        for ring in self.generations.iter().map(|g| &g.ring).chain(std::iter::once(&self.permanent)) {
            ring_walk(ring, |head| head.next.set(std::ptr::null()));
        }
    }
}

fn own(head: *const GcHead) -> Obj {
    // SAFETY: heads in rings belong to live objects.
    unsafe { Obj::from_borrowed(Value::from_ptr(object_of(head))) }
}

/// Divides the members of a ring into what is reachable from outside of them, which joins `target`, and the rest, in order; and how many they were.
///
/// The work needs no memory of its own but for what it returns: while it goes on, `prev` of a member counts references that are not explained yet,
/// then links what is reachable but not looked at into a stack.
fn partition(ring: &GcHead, target: &GcHead) -> (Vec<*const GcHead>, usize) {
    let mut total = 0;
    ring_walk(ring, |head| {
        total += 1;
        // SAFETY: members are heads of live objects, and no program code runs before this function returns.
        let object = unsafe { &*object_of(head) };
        let refs = if object.is_immortal() { 1 << 40 } else { object.refcnt() as usize };
        head.prev.set((refs << REF_SHIFT) | COLLECTING | (head.prev.get() & FINALIZED));
    });
    let traverse = |head: *const GcHead, visitor: &mut Visitor<'_>| {
        let object = object_of(head);
        // SAFETY: see above; the type's function fits its objects.
        unsafe {
            if let Some(f) = (*(*object).ty()).traverse.get() {
                f(object, visitor);
            }
        }
    };
    let mut subtract = |child: *const Header| {
        if let Some(head) = collecting(child) {
            head.prev.set(head.prev.get().wrapping_sub(1 << REF_SHIFT));
        }
    };
    ring_walk(ring, |head| traverse(head, &mut Visitor::new(&mut subtract)));
    let top: Cell<*const GcHead> = Cell::new(std::ptr::null());
    let reached = Cell::new(0);
    let push = |head: &GcHead| {
        reached.set(reached.get() + 1);
        head.prev.set(top.get() as usize | (head.prev.get() & FINALIZED));
        top.set(head);
    };
    let mut reach = |child: *const Header| {
        if let Some(head) = collecting(child) {
            push(head);
        }
    };
    ring_walk(ring, |head| {
        if head.prev.get() & COLLECTING == 0 || head.prev.get() >> REF_SHIFT == 0 {
            return;
        }
        push(head);
        while !top.get().is_null() {
            // SAFETY: see above.
            let next = unsafe { &*top.get() };
            top.set((next.prev.get() & !(COLLECTING | FINALIZED)) as *const GcHead);
            next.prev.set(next.prev.get() & FINALIZED);
            traverse(next, &mut Visitor::new(&mut reach));
        }
    });
    let mut unreachable = Vec::with_capacity(total - reached.get());
    ring_walk(ring, |head| {
        if head.prev.get() & COLLECTING != 0 {
            head.prev.set(head.prev.get() & FINALIZED);
            unreachable.push(std::ptr::from_ref(head));
        } else {
            ring_append(target, head);
        }
    });
    (unreachable, total)
}

/// The head of a child that takes part in the running collection and is not known to be reachable.
#[inline(always)]
fn collecting<'a>(child: *const Header) -> Option<&'a GcHead> {
    // SAFETY: traversal reports live objects, and objects of collected types have a head. Immortal static objects of such types have none.
    unsafe {
        let header = &*child;
        if !(*header.ty()).has_gc() || header.is_immortal() {
            return None;
        }
        let head = &*head_of(child);
        if head.next.get().is_null() || head.prev.get() & COLLECTING == 0 { None } else { Some(head) }
    }
}

/// Reports every reference that an object owns, as its type says.
pub fn traverse(object: &Header, visitor: &mut Visitor<'_>) {
    // SAFETY: the object is live, and its type's function fits it. Static objects may be traversed as well: nothing is written.
    unsafe {
        if let Some(f) = (*object.ty()).traverse.get() {
            f(object, visitor);
        }
    }
}

/// New references to what `o` refers to directly.
pub fn referents(o: &Obj, out: &mut Vec<Obj>) {
    let Some(header) = o.header() else { return };
    // SAFETY: what traversal reports is live.
    let mut visit = |child: *const Header| out.push(unsafe { Obj::from_borrowed(Value::from_ptr(child)) });
    traverse(header, &mut Visitor::new(&mut visit));
}

/// True when the collector looks after the object.
#[inline]
pub fn is_tracked(object: &Header) -> bool {
    // SAFETY: objects of collected types have a head, except static ones, which are immortal.
    unsafe { (*object.ty()).has_gc() && !object.is_immortal() && !(*head_of(object)).next.get().is_null() }
}

/// Takes an object out of the collector's care; false, and without effect, if it is not tracked.
///
/// # Safety
/// `object` is a live object of a collected type, not a static one.
#[inline(always)]
pub unsafe fn untrack(object: *const Header) -> bool {
    // SAFETY: collected objects have a head; neighbours in a ring are live.
    unsafe {
        let head = &*head_of(object);
        let next = head.next.get();
        if next.is_null() {
            return false;
        }
        let prev = head.prev_ptr();
        (*prev).next.set(next);
        (*next).set_prev_ptr(prev);
        head.next.set(std::ptr::null());
        head.prev.set(head.prev.get() & FINALIZED);
    }
    true
}

/// True when the finaliser of a collected object has run.
pub fn is_finalized(object: &Header) -> bool {
    // SAFETY: objects of collected types have a head, except static ones, which are immortal.
    unsafe { (*object.ty()).has_gc() && !object.is_immortal() && (*head_of(object)).prev.get() & FINALIZED != 0 }
}

/// Notes that the finaliser of a collected object has run.
pub fn set_finalized(object: &Header) {
    // SAFETY: as above.
    unsafe {
        if (*object.ty()).has_gc() && !object.is_immortal() {
            let head = &*head_of(object);
            head.prev.set(head.prev.get() | FINALIZED);
        }
    }
}

impl Collector {
    /// True when no object is tracked in any generation.
    pub fn is_empty(&self) -> bool {
        self.generations.iter().all(|g| ring_is_empty(&g.ring))
    }
}
