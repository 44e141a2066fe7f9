//! Bringing an interpreter up and taking it down.

use crate::import::{self, FrozenSource};
use crate::types::module;
use crate::types::type_::ready_static;
use crate::types::{dict, str as pystr};
use crate::{Config, Interpreter, ModuleDef, Obj, PyResult, Thread, builtins, sys};
use std::sync::{Arc, Once};

/// Links all built-in types once per process.
fn ready_types() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (_, ty) in builtins::types() {
            ready_static(ty);
        }
        crate::types::exceptions::ready();
        for ty in crate::types::hidden_types() {
            ready_static(ty);
        }
    });
}

/// Makes an interpreter and its main thread; the thread is current and holds the lock afterwards.
///
/// Errors: the thread holds the exception that stopped start-up.
pub fn new_interpreter(
    config: Config,
    natives: Vec<&'static ModuleDef>,
    frozen: Box<dyn FrozenSource>,
) -> (Box<Thread>, PyResult<()>) {
    let interp = Arc::new(Interpreter::new(config));
    *interp.native_modules.lock() = natives;
    *interp.frozen.lock() = Some(frozen);
    let th = Thread::new(interp, 1);
    // SAFETY: the caller keeps the thread state alive until `finalize`.
    unsafe {
        th.enter();
    }
    th.acquire_gil();
    ready_types();
    let result = set_up(&th);
    (th, result)
}

fn set_up(th: &Thread) -> PyResult<()> {
    let rt = th.rt();
    rt.modules.set(Some(dict::new()));
    let b = module::from_def(th, &builtins::MODULE);
    rt.builtins.set(Some(b.dict()));
    rt.builtins_module.set(Some(b.as_obj().clone()));
    builtins::fill(th, &b)?;
    rt.import_function.set(Some(builtins::get(th, "__import__")?));
    let s = module::from_def(th, &sys::Sys::MODULE);
    rt.sys_dict.set(Some(s.dict()));
    sys::fill(th, &s)?;
    let modules = import::modules(th)?;
    s.add("modules", modules.as_obj().clone());
    modules.insert_str(&pystr::intern("sys"), s.as_obj().clone());
    modules.insert_str(&pystr::intern("builtins"), b.as_obj().clone());
    set_up_import(th, s.as_obj())?;
    Ok(())
}

fn set_up_import(th: &Thread, sys_module: &Obj) -> PyResult<()> {
    let Some(code) = import::frozen_code(th, "importlib._bootstrap")? else {
        return Err(th.import_error_message("the standard library is missing from this program"));
    };
    let bootstrap = import::run_frozen(th, "_frozen_importlib", &code)?;
    th.rt().importlib.set(Some(bootstrap.as_obj().clone()));
    let imp = import::make_native(th, &import::Imp::MODULE)?;
    import::modules(th)?.insert_str(&pystr::intern("_imp"), imp.as_obj().clone());
    crate::protocols::call::call_method(
        th,
        bootstrap.as_obj(),
        "_install",
        &[sys_module.clone(), imp.as_obj().clone()],
    )?;
    crate::protocols::call::call_method(th, bootstrap.as_obj(), "_install_external_importers", &[])?;
    let external = import::modules(th)?.get_str(&pystr::intern("_frozen_importlib_external"));
    th.rt().importlib_external.set(external);
    Ok(())
}

/// Takes the interpreter down: at-exit functions, modules, a last collection.
pub fn finalize(th: &Thread) {
    th.rt().finalizing.set(true);
    if let Some(modules) = th.rt().modules.get() {
        for (_, m) in modules.items_vec() {
            drop(m);
        }
    }
    crate::gc_hooks::collect(th, 2);
}
