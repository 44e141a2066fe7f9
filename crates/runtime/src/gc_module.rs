//! Module `gc`.

use crate::gc_hooks::{self, debug};
use crate::protocols::call;
use crate::types::dict::Dict;
use crate::types::list::{self, List};
use crate::types::tuple::Tuple;
use crate::types::{dict, int, str, tuple};
use crate::{Args, Module, Obj, ObjExt, Py, PyResult, Thread, audit};
use object::Header;
use object::gc::{self, Visitor};

/// Calls `gc.callbacks` around a collection; what they raise is reported and swallowed.
pub(crate) fn notify(th: &Thread, phase: &str, generation: usize, collected: usize, uncollectable: usize) {
    let Some(callbacks) = th.rt().gc_callbacks.get().and_then(|c| c.downcast::<List>().cloned()) else { return };
    if callbacks.is_empty() {
        return;
    }
    let info = dict::new();
    for (name, n) in [("generation", generation), ("collected", collected), ("uncollectable", uncollectable)] {
        info.insert_str(&str::intern(name), int::from_i64(n as i64));
    }
    let args = [str::new(phase).into_obj(), info.into_obj()];
    let mut i = 0;
    while let Some(f) = callbacks.get(i) {
        i += 1;
        if let Err(raised) = call::call(th, &f, &args) {
            let e = th.take_raised(raised);
            crate::builtins::unraisable(th, e, Some("Exception ignored while calling GC callback"), Some(&f));
        }
    }
}

/// The module.
#[macros::pymodule(name = "gc", exec = exec)]
pub struct Gc;

fn exec(th: &Thread, module: &Py<Module>) -> PyResult<()> {
    module.add("garbage", gc_hooks::garbage_list(th));
    module.add("callbacks", gc_hooks::callbacks_list(th));
    for (name, flag) in [
        ("DEBUG_STATS", debug::STATS),
        ("DEBUG_COLLECTABLE", debug::COLLECTABLE),
        ("DEBUG_UNCOLLECTABLE", debug::UNCOLLECTABLE),
        ("DEBUG_SAVEALL", debug::SAVEALL),
        ("DEBUG_LEAK", debug::LEAK),
    ] {
        module.add(name, int::from_i64(i64::from(flag)));
    }
    Ok(())
}

/// The references that an object's type reports.
fn referents(o: &Obj, visit: &mut dyn FnMut(*const Header)) {
    let Some(header) = o.header() else { return };
    gc::traverse(header, &mut Visitor::new(visit));
}

fn list_obj(th: &Thread, items: Vec<Obj>) -> Obj {
    list::from_vec(th, items).into_obj()
}

#[macros::pymethods]
impl Gc {
    /// Enable automatic garbage collection.
    #[pyfunction(sig = "($module, /)")]
    fn enable(th: &Thread) {
        th.rt().gc.enabled.set(true);
    }

    /// Disable automatic garbage collection.
    #[pyfunction(sig = "($module, /)")]
    fn disable(th: &Thread) {
        th.rt().gc.enabled.set(false);
    }

    /// Returns true if automatic garbage collection is enabled.
    #[pyfunction(sig = "($module, /)")]
    fn isenabled(th: &Thread) -> bool {
        th.rt().gc.enabled.get()
    }

    /// Run the garbage collector: a full collection, or one of `generation` and all younger ones. Returns the number of unreachable objects.
    #[pyfunction(sig = "($module, /, generation=2)")]
    fn collect(th: &Thread, generation: Option<i32>) -> PyResult<usize> {
        let generation = generation.unwrap_or(2);
        match usize::try_from(generation) {
            Ok(g) if g <= 2 => Ok(gc_hooks::collect(th, g)),
            _ => Err(th.value_error("invalid generation")),
        }
    }

    /// Set the garbage collection debugging flags: a combination of the DEBUG_ constants.
    #[pyfunction(sig = "($module, flags, /)")]
    fn set_debug(th: &Thread, flags: i32) {
        th.rt().gc_debug.set(flags as u32);
    }

    /// Get the garbage collection debugging flags.
    #[pyfunction(sig = "($module, /)")]
    fn get_debug(th: &Thread) -> i32 {
        th.rt().gc_debug.get() as i32
    }

    /// Set the collection thresholds (the collection frequency). Setting the first to zero disables collection.
    #[pyfunction]
    fn set_threshold(th: &Thread, args: Args<'_>) -> PyResult<()> {
        args.no_keywords(th, "set_threshold")?;
        let given = args.pos();
        if given.is_empty() || given.len() > 3 {
            return Err(th.type_error("gc.set_threshold requires 1 to 3 arguments"));
        }
        let mut values = Vec::with_capacity(3);
        for o in given {
            let n = crate::protocols::number::index_i64(th, o)?;
            match i32::try_from(n) {
                Ok(n) => values.push(i64::from(n)),
                Err(_) => {
                    let side = if n > 0 { "greater than maximum" } else { "less than minimum" };
                    return Err(th.overflow_error(format!("signed integer is {side}")));
                }
            }
        }
        for (i, n) in values.into_iter().enumerate() {
            th.rt().gc.set_threshold(i, n);
        }
        Ok(())
    }

    /// Return the current collection thresholds.
    #[pyfunction(sig = "($module, /)")]
    fn get_threshold(th: &Thread) -> Obj {
        tuple::from_array(th.rt().gc.thresholds().map(int::from_i64)).into_obj()
    }

    /// Return a three-tuple of the current collection counts.
    #[pyfunction(sig = "($module, /)")]
    fn get_count(th: &Thread) -> Obj {
        tuple::from_array(th.rt().gc.counts().map(int::from_i64)).into_obj()
    }

    /// Return a list of dictionaries containing per-generation stats.
    #[pyfunction(sig = "($module, /)")]
    fn get_stats(th: &Thread) -> Obj {
        let rows = th.rt().gc.stats().map(|s| {
            let row = dict::new();
            for (name, n) in [("collections", s.collections), ("collected", s.collected), ("uncollectable", s.uncollectable)] {
                row.insert_str(&str::intern(name), int::from_u64(n));
            }
            row.into_obj()
        });
        list_obj(th, rows.to_vec())
    }

    /// Return a list of objects tracked by the collector (excluding the list returned), of one generation if it is given.
    #[pyfunction(sig = "($module, /, generation=None)")]
    fn get_objects(th: &Thread, generation: Option<&Obj>) -> PyResult<Obj> {
        audit::audit_with(th, "gc.get_objects", || {
            vec![match generation {
                Some(g) if !g.is_none() => g.clone(),
                _ => Obj::small_int(-1),
            }]
        })?;
        let generation = match generation.filter(|g| !g.is_none()) {
            None => None,
            Some(g) if g.ty().slots.nb_index.get().is_none() => {
                return Err(th.type_error(format!("argument should be integer or None, not '{}'", g.ty().name())));
            }
            Some(g) => match crate::protocols::number::index_i64(th, g)? {
                -1 => None,
                ..-1 => return Err(th.value_error("generation parameter cannot be negative")),
                g @ 0..3 => Some(g as usize),
                _ => {
                    return Err(th.value_error("generation parameter must be less than the number of available generations (3)"));
                }
            },
        };
        let objects = th.rt().gc.objects(generation);
        Ok(list_obj(th, objects))
    }

    /// Return the list of objects that directly refer to any of 'objs'.
    #[pyfunction(sig = "($module, /, *objs)")]
    fn get_referrers(th: &Thread, objs: &[Obj]) -> PyResult<Obj> {
        audit::audit_with(th, "gc.get_referrers", || vec![tuple::from_slice(objs).into_obj()])?;
        let wanted: Vec<u64> = objs.iter().map(Obj::id).collect();
        let mut found = Vec::new();
        for candidate in th.rt().gc.objects(None) {
            let mut refers = false;
            referents(&candidate, &mut |h| refers |= wanted.contains(&(h as u64)));
            if refers {
                found.push(candidate);
            }
        }
        Ok(list_obj(th, found))
    }

    /// Return the list of objects that are directly referred to by 'objs'.
    #[pyfunction(sig = "($module, /, *objs)")]
    fn get_referents(th: &Thread, objs: &[Obj]) -> PyResult<Obj> {
        audit::audit_with(th, "gc.get_referents", || vec![tuple::from_slice(objs).into_obj()])?;
        let mut found = Vec::new();
        for o in objs {
            // Containers hold small numbers as well, of which the collector hears nothing.
            if let Some(d) = o.downcast_exact::<Dict>() {
                let strings = d.has_only_exact_strings();
                found.extend(d.items_vec().into_iter().flat_map(|(k, v)| [Some(v), (!strings).then_some(k)]).flatten());
            } else if let Some(l) = o.downcast_exact::<List>() {
                found.extend(l.to_vec());
            } else if let Some(t) = o.downcast_exact::<Tuple>() {
                found.extend_from_slice(t.items());
            } else {
                gc::referents(o, &mut found);
            }
        }
        Ok(list_obj(th, found))
    }

    /// Returns true if the object is tracked by the garbage collector.
    #[pyfunction(sig = "($module, obj, /)")]
    fn is_tracked(_th: &Thread, obj: &Obj) -> bool {
        obj.header().is_some_and(gc::is_tracked)
    }

    /// Returns true if the object has been already finalized by the GC.
    #[pyfunction(sig = "($module, obj, /)")]
    fn is_finalized(_th: &Thread, obj: &Obj) -> bool {
        obj.header().is_some_and(gc::is_finalized)
    }

    /// Freeze all current tracked objects and ignore them for future collections.
    #[pyfunction(sig = "($module, /)")]
    fn freeze(th: &Thread) {
        th.rt().gc.freeze();
    }

    /// Unfreeze all objects in the permanent generation.
    #[pyfunction(sig = "($module, /)")]
    fn unfreeze(th: &Thread) {
        th.rt().gc.unfreeze();
    }

    /// Return the number of objects in the permanent generation.
    #[pyfunction(sig = "($module, /)")]
    fn get_freeze_count(th: &Thread) -> usize {
        th.rt().gc.frozen_count()
    }
}
