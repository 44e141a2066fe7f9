//! `_functools`: partial application, reduction, caches of results and keys from comparison functions.

mod cmp_to_key;
mod lru_cache;
mod partial;

use runtime::protocols::{call, iterate, sequence};
use runtime::{Module, Obj, ObjExt, Py, PyResult, Thread};

/// Tools that operate on functions.
#[macros::pymodule(name = "_functools", exec = exec)]
pub(crate) struct Functools;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<partial::PlaceholderType>();
    m.add("Placeholder", partial::placeholder());
    m.add_type::<partial::Partial>();
    m.add_type::<lru_cache::LruCacheWrapper>();
    runtime::types::type_::ready_static(<cmp_to_key::KeyWrapper as runtime::PyClass>::TYPE);
    Ok(())
}

#[macros::pymethods]
impl Functools {
    /// Apply a function of two arguments cumulatively to the items of an iterable, from left to right.
    ///
    /// This effectively reduces the iterable to a single value.  If initial is present,
    /// it is placed before the items of the iterable in the calculation, and serves as
    /// a default when the iterable is empty.
    ///
    /// For example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])
    /// calculates ((((1 + 2) + 3) + 4) + 5).
    #[pyfunction(sig = "($module, function, iterable, /, initial=<unrepresentable>)")]
    fn reduce(th: &Thread, function: &Obj, iterable: &Obj, initial: Option<&Obj>) -> PyResult<Obj> {
        let it = match iterate::iter(th, iterable) {
            Ok(it) => it,
            Err(raised) => {
                if iterable.ty().slots.tp_iter.get().is_none() && !sequence::is_sequence(iterable) {
                    th.catch(raised, runtime::types::exceptions::TYPE_ERROR)?;
                    return Err(th.type_error("reduce() arg 2 must support iteration"));
                }
                return Err(raised);
            }
        };
        let mut result = match initial {
            Some(o) => o.clone(),
            None => match iterate::next(th, &it)? {
                Some(o) => o,
                None => return Err(th.type_error("reduce() of empty iterable with no initial value")),
            },
        };
        while let Some(item) = iterate::next(th, &it)? {
            result = call::call(th, function, &[result, item])?;
        }
        Ok(result)
    }

    /// Convert a cmp= function into a key= function.
    ///
    ///   mycmp
    ///     Function that compares two objects.
    #[pyfunction(sig = "($module, /, mycmp)")]
    fn cmp_to_key(th: &Thread, mycmp: &Obj) -> Obj {
        cmp_to_key::KeyWrapper::factory(th, mycmp)
    }
}
