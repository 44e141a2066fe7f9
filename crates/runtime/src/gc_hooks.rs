//! What the cycle collector asks of the runtime: weak references, finalisers, and what `gc.set_debug` wants kept.

use crate::hashing::ByIdentity;
use crate::types::list::{self, List};
use crate::types::type_::type_of;
use crate::types::weakref;
use crate::{Obj, ObjExt, Thread};
use object::Header;
use object::gc::Hooks;
use std::cell::OnceCell;
use std::collections::HashSet;

/// `gc.DEBUG_*`.
pub mod debug {
    pub const STATS: u32 = 1;
    pub const COLLECTABLE: u32 = 2;
    pub const UNCOLLECTABLE: u32 = 4;
    pub const SAVEALL: u32 = 32;
    pub const LEAK: u32 = COLLECTABLE | UNCOLLECTABLE | SAVEALL;
}

/// The hooks of one thread's collection.
pub struct ThreadHooks<'a> {
    pub th: &'a Thread,
}

impl Hooks for ThreadHooks<'_> {
    fn handle_weakrefs(&self, unreachable: &[Obj]) {
        // Few objects have references with callbacks.
        let garbage: OnceCell<HashSet<u64, ByIdentity>> = OnceCell::new();
        let is_garbage = |r: &Obj| garbage.get_or_init(|| unreachable.iter().map(Obj::id).collect()).contains(&r.id());
        weakref::clear_unreachable(self.th, unreachable, is_garbage);
    }

    fn finalize(&self, object: &Obj) {
        if let Some(f) = object.ty().slots.tp_finalize.get() {
            f(self.th, object);
        }
    }

    fn has_finalizer(&self, object: &Header) -> bool {
        type_of(object).slots.tp_finalize.get().is_some()
    }

    fn save_all(&self, unreachable: &[Obj]) -> bool {
        let rt = self.th.rt();
        let flags = rt.gc_debug.get();
        if flags & debug::COLLECTABLE != 0 {
            for o in unreachable {
                eprintln!("gc: collectable <{} {:#x}>", o.ty().name(), o.id());
            }
        }
        if flags & debug::SAVEALL == 0 {
            return false;
        }
        let garbage = garbage_list(self.th);
        for o in unreachable {
            garbage.push(o.clone());
        }
        true
    }
}

/// `gc.garbage`.
pub fn garbage_list(th: &Thread) -> object::Py<List> {
    list_of(th, &th.rt().gc_garbage)
}

/// `gc.callbacks`.
pub fn callbacks_list(th: &Thread) -> object::Py<List> {
    list_of(th, &th.rt().gc_callbacks)
}

fn list_of(th: &Thread, place: &object::Guarded<Option<Obj>>) -> object::Py<List> {
    if let Some(l) = place.get().and_then(|o| o.downcast::<List>().cloned()) {
        return l;
    }
    let fresh = list::from_vec(th, Vec::new());
    place.set(Some(fresh.as_obj().clone()));
    fresh
}

/// Runs a collection of `generation` and all younger ones, with `gc.callbacks` before and after. Returns the number of unreachable objects.
pub fn collect(th: &Thread, generation: usize) -> usize {
    let rt = th.rt();
    // What the callbacks allocate asks for no collection of its own.
    if !rt.gc.begin() {
        return 0;
    }
    let saved = th.take_exception();
    crate::gc_module::notify(th, "start", generation, 0, 0);
    let stats = rt.gc_debug.get() & debug::STATS != 0;
    if stats {
        let [a, b, c] = std::array::from_fn(|i| rt.gc.objects(Some(i)).len());
        eprintln!("gc: collecting generation {generation}...\ngc: objects in each generation: {a} {b} {c}");
        eprintln!("gc: objects in permanent generation: {}", rt.gc.frozen_count());
    }
    let start = std::time::Instant::now();
    let found = rt.gc.collect(generation, &ThreadHooks { th });
    if stats {
        let seconds = start.elapsed().as_secs_f64();
        eprintln!("gc: done, {found} unreachable, 0 uncollectable, {seconds:.4}s elapsed");
    }
    crate::gc_module::notify(th, "stop", generation, found, 0);
    rt.gc.end();
    th.restore_exception(saved);
    found
}

/// Runs the collection that is due, if one is: called when the eval breaker's collector bit is seen.
pub fn collect_if_due(th: &Thread) {
    if let Some(generation) = th.rt().gc.due() {
        collect(th, generation);
    }
}
