//! `_testinternalcapi`: the compiler's stages, facts about code objects and instances, the state of threads.

mod code;
mod compiler;
mod time;

use runtime::interpreter::cache::{SPECIALIZATION_COOLDOWN, SPECIALIZATION_THRESHOLD};
use runtime::types::dict::Dict;
use runtime::types::{hamt, list, str as pystr, tuple};
use runtime::{Module, Obj, ObjExt, Py, PyResult, Thread, instances, int_obj, slot_table};

/// The module.
#[macros::pymodule(name = "_testinternalcapi", exec = exec, methods(METHODS, COMPILER, CODE, TIME))]
pub(crate) struct TestInternalCapi;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("SPECIALIZATION_THRESHOLD", int_obj(SPECIALIZATION_THRESHOLD));
    m.add("SPECIALIZATION_COOLDOWN", int_obj(SPECIALIZATION_COOLDOWN));
    m.add("SHARED_KEYS_MAX_SIZE", int_obj(runtime::types::type_::MAX_INLINE as i64));
    m.add("SIZEOF_PYGC_HEAD", int_obj(16));
    m.add("SIZEOF_PYOBJECT", int_obj(16));
    m.add("SIZEOF_MANAGED_PRE_HEADER", int_obj(16));
    m.add("SIZEOF_TIME_T", int_obj(8));
    Ok(())
}

/// How much of the stack a native call takes, about.
const NATIVE_CALL: usize = 320;

#[macros::pymethods]
impl TestInternalCapi {
    #[pyfunction(sig = "($self, /)")]
    fn get_recursion_depth(th: &Thread) -> i32 {
        th.rt().recursion_limit.get() - th.recursion_remaining.get()
    }

    #[pyfunction(sig = "($self, /)")]
    fn get_c_recursion_remaining(th: &Thread) -> usize {
        th.stack_remaining() / NATIVE_CALL
    }

    #[pyfunction(sig = "($self, /)")]
    fn get_stack_pointer(_th: &Thread) -> usize {
        let here = 0u8;
        (&raw const here).addr()
    }

    #[pyfunction(sig = "($self, /)")]
    fn get_stack_margin(_th: &Thread) -> usize {
        host::stack::GUARD
    }

    #[pyfunction(sig = "($self, /)")]
    fn get_tracked_heap_size(th: &Thread) -> usize {
        th.rt().gc.objects(None).len()
    }

    #[pyfunction(sig = "($self, /)")]
    fn hamt(th: &Thread) -> Py<hamt::Hamt> {
        hamt::new(th)
    }

    #[pyfunction(sig = "($self, object, /)")]
    fn has_inline_values(_th: &Thread, o: &Obj) -> bool {
        instances::has_inline_values(o)
    }

    #[pyfunction(sig = "($self, mp, key, hash, /)")]
    fn dict_getitem_knownhash(th: &Thread, mp: &Obj, key: &Obj, hash: isize) -> PyResult<Obj> {
        let Some(d) = mp.downcast::<Dict>() else {
            return Err(th.system_error("../Objects/dictobject.c:2397: bad argument to internal function"));
        };
        match d.get_item_hash(th, key, hash as i64)? {
            Some(value) => Ok(value),
            None => Err(th.key_error(key)),
        }
    }

    /// Small blocks have an allocator of our own, as in CPython: free lists by size over the general one.
    #[pyfunction(sig = "($self, /)")]
    fn pymem_getallocatorsname(th: &Thread) -> PyResult<&'static str> {
        if runtime::tracemalloc::is_tracing() {
            return Err(th.runtime_error("cannot get allocators name"));
        }
        Ok(if object::alloc::fills_blocks() { "pymalloc_debug" } else { "pymalloc" })
    }

    #[pyfunction(sig = "($self, domain, ptr, /)", name = "_PyTraceMalloc_GetTraceback")]
    fn tracemalloc_traceback(_th: &Thread, domain: u32, ptr: usize) -> Option<Obj> {
        let frames = runtime::tracemalloc::of_block(domain, ptr)?.into_iter().map(|(file, line)| {
            let file = file.unwrap_or_else(|| pystr::intern("<unknown>"));
            tuple::from_array([file.into_obj(), int_obj(line.into())]).into_obj()
        });
        Some(tuple::from_vec(frames.collect()).into_obj())
    }

    #[pyfunction(sig = "($self, /)")]
    fn identify_type_slot_wrappers(th: &Thread) -> Obj {
        let names = slot_table::SLOT_TABLE.iter().map(|row| pystr::intern(row.name).into_obj());
        list::from_vec(th, names.collect()).into_obj()
    }
}
