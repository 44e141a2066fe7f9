//! Module `_weakref`.

use super::{CallableProxy, Proxy, WeakRef, count, new_proxy, references};
use crate::native::PyClass;
use crate::types::dict::{Dict, hash_key};
use crate::types::list;
use crate::{Module, Obj, ObjExt, OrNone, Py, PyResult, Thread};

/// The module.
#[macros::pymodule(name = "_weakref", doc = "Weak-reference support module.", exec = exec)]
pub struct WeakrefModule;

fn exec(_th: &Thread, module: &Py<Module>) -> PyResult<()> {
    for (name, ty) in [
        ("ref", WeakRef::TYPE),
        ("ReferenceType", WeakRef::TYPE),
        ("ProxyType", Proxy::TYPE),
        ("CallableProxyType", CallableProxy::TYPE),
    ] {
        module.add(name, ty.to_obj());
    }
    Ok(())
}

#[macros::pymethods]
impl WeakrefModule {
    /// Return the number of weak references to 'object'.
    #[pyfunction(sig = "($module, object, /)")]
    fn getweakrefcount(_th: &Thread, object: &Obj) -> usize {
        count(object)
    }

    /// Return a list of all weak reference objects pointing to 'object'.
    #[pyfunction(sig = "($module, object, /)")]
    fn getweakrefs(th: &Thread, object: &Obj) -> Obj {
        list::from_vec(th, references(object)).into_obj()
    }

    /// Create a proxy object that weakly references 'object'.
    ///
    /// 'callback', if given, is called with a reference to the
    /// proxy when 'object' is about to be finalized.
    #[pyfunction(sig = "($module, object, callback=None, /)")]
    fn proxy(th: &Thread, object: &Obj, callback: OrNone<&Obj>) -> PyResult<Obj> {
        new_proxy(th, object, callback.0.cloned())
    }

    /// Atomically remove key from dict if it points to a dead weakref.
    #[pyfunction(sig = "($module, dct, key, /)")]
    fn _remove_dead_weakref(th: &Thread, dct: &Py<Dict>, key: &Obj) -> PyResult<()> {
        let hash = hash_key(th, key)?;
        let Some(value) = dct.get_item_hash(th, key, hash)? else { return Ok(()) };
        let dead = if let Some(r) = value.downcast::<WeakRef>() {
            r.get().is_none()
        } else {
            match super::proxy::reference(&value) {
                Some(r) => r.get().is_none(),
                None => return Err(th.type_error("not a weakref")),
            }
        };
        if dead {
            dct.pop_hash(th, key, hash)?;
        }
        Ok(())
    }
}
