//! The `_imp` module: what `importlib` is built on.

use super::frozen::{find, frozen_code, names, no_frozen, run_frozen};
use super::modules;
use crate::marshal_module;
use crate::protocols::attribute;
use crate::types::code::Code;
use crate::types::exceptions::{self, IMPORT_ERROR};
use crate::types::module::{self, Module};
use crate::types::str::{self as pystr, Str};
use crate::types::{list, tuple};
use crate::{Obj, ObjExt, Py, PyResult, Thread, bool_obj, none};

/// The `_imp` module.
#[macros::pymodule(name = "_imp", exec = Imp::exec)]
pub struct Imp;

impl Imp {
    fn exec(_: &Thread, m: &Py<Module>) -> PyResult<()> {
        m.add("check_hash_based_pycs", pystr::new("default").into_obj());
        m.add("pyc_magic_number_token", crate::types::int::from_i64(0x0a0d_0e2b));
        Ok(())
    }
}

#[macros::pymethods]
impl Imp {
    #[pyfunction(sig = "($module, /)")]
    fn acquire_lock(_: &Thread) {}

    #[pyfunction(sig = "($module, /)")]
    fn release_lock(_: &Thread) {}

    #[pyfunction(sig = "($module, /)")]
    fn lock_held(_: &Thread) -> bool {
        false
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn is_builtin(th: &Thread, name: &Py<Str>) -> i64 {
        let name = name.to_string_lossy();
        i64::from(th.rt().native_module(&name).is_some())
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn is_frozen(th: &Thread, name: &Py<Str>) -> bool {
        find(th, &name.to_string_lossy()).is_some()
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn is_frozen_package(th: &Thread, name: &Py<Str>) -> PyResult<bool> {
        let text = name.to_string_lossy();
        match find(th, &text) {
            Some(f) => Ok(f.is_package),
            None => Err(no_frozen(th, &text)),
        }
    }

    #[pyfunction(sig = "($module, name, /, *, withdata=False)")]
    fn find_frozen(th: &Thread, name: &Py<Str>, withdata: Option<bool>) -> PyResult<Obj> {
        let Some(f) = find(th, &name.to_string_lossy()) else { return Ok(none()) };
        let data = if withdata.unwrap_or(false) { crate::types::bytes::new(f.code.bytes).into_obj() } else { none() };
        let origin = f.origin.map_or_else(none, |o| pystr::new(o).into_obj());
        Ok(tuple::from_array([data, bool_obj(f.is_package), origin]).into_obj())
    }

    #[pyfunction(sig = "($module, name, data=None, /)")]
    fn get_frozen_object(th: &Thread, name: &Py<Str>, data: Option<&Obj>) -> PyResult<Obj> {
        let text = name.to_string_lossy();
        if let Some(data) = data.filter(|d| !d.is_none()) {
            let code = match marshal_module::from_bytes(th, &crate::buffer::bytes_of(th, data)?, true) {
                Ok(code) => code,
                Err(raised) => {
                    drop(th.take_raised(raised));
                    let shown = crate::protocols::repr(th, name.as_obj())?.to_string_lossy();
                    let message = format!("Frozen object named {shown} is invalid");
                    let e = exceptions::import_error(th, IMPORT_ERROR, &message, Some(name.as_obj()), None, None);
                    return Err(e);
                }
            };
            if code.downcast::<Code>().is_none() {
                return Err(th.type_error(format!("frozen object {text} is not a code object")));
            }
            return Ok(code);
        }
        match frozen_code(th, &text)? {
            Some(c) => Ok(c.into_obj()),
            None => Err(no_frozen(th, &text)),
        }
    }

    #[pyfunction(sig = "($module, name, /)")]
    fn init_frozen(th: &Thread, name: &Py<Str>) -> PyResult<Obj> {
        let text = name.to_string_lossy();
        match frozen_code(th, &text)? {
            None => Ok(none()),
            Some(c) => run_frozen(th, &text, &c).map(Py::into_obj),
        }
    }

    #[pyfunction(sig = "($module, spec, /)")]
    fn create_builtin(th: &Thread, spec: &Obj) -> PyResult<Obj> {
        let name = attribute::get_str(th, spec, "name")?;
        let Some(name) = name.downcast::<Str>() else {
            return Err(th.type_error("name must be string"));
        };
        let text = name.to_string_lossy();
        if let Some(m) = modules(th)?.get_str(&pystr::intern_obj(name))
            && matches!(text.as_str(), "sys" | "builtins")
        {
            return Ok(m);
        }
        match th.rt().native_module(&text) {
            Some(def) => Ok(module::from_def(th, def).into_obj()),
            None => Ok(none()),
        }
    }

    #[pyfunction(sig = "($module, mod, /)")]
    fn exec_builtin(th: &Thread, module: &Obj) -> PyResult<i64> {
        if let Some(m) = module.downcast::<Module>()
            && let Some(def) = m.def()
            && let Some(exec) = def.exec
            && !m.executed.replace(true)
        {
            exec(th, m)?;
        }
        Ok(0)
    }

    #[pyfunction(sig = "($module, mod, /)")]
    fn exec_dynamic(th: &Thread, _module: &Obj) -> PyResult<i64> {
        Err(th.import_error_message("extension modules are not supported yet"))
    }

    #[pyfunction(sig = "($module, spec, file=None, /)")]
    fn create_dynamic(th: &Thread, spec: &Obj, _file: Option<&Obj>) -> PyResult<Obj> {
        let name = attribute::get_str(th, spec, "name")?;
        let origin = attribute::get_str(th, spec, "origin")?;
        let shown = crate::protocols::str(th, &name)?.to_string_lossy();
        if shown.contains('\0') || crate::protocols::str(th, &origin)?.to_string_lossy().contains('\0') {
            return Err(th.value_error("embedded null character"));
        }
        Err(th
            .import_error_message(format!("extension module '{shown}' can't be loaded: binary extensions are not supported yet")))
    }

    #[pyfunction(sig = "($module, /)")]
    fn extension_suffixes(th: &Thread) -> Py<list::List> {
        let suffixes = [".cpython-314-x86_64-linux-gnu.so", ".abi3.so", ".so"];
        list::from_vec(th, suffixes.iter().map(|s| pystr::new(s).into_obj()).collect())
    }

    #[pyfunction(sig = "($module, key, source)")]
    fn source_hash(th: &Thread, key: i64, source: &Obj) -> PyResult<Obj> {
        let bytes = crate::buffer::bytes_of(th, source)?;
        let _ = key;
        Ok(crate::types::bytes::new(&bytecode::pyc::source_hash(&bytes)).into_obj())
    }

    #[pyfunction(sig = "($module, code, path, /)")]
    fn _fix_co_filename(th: &Thread, code: &Obj, path: &Obj) -> PyResult<()> {
        let (Some(c), Some(p)) = (code.downcast::<Code>(), path.downcast::<Str>()) else {
            let (position, expected, got) = if code.downcast::<Code>().is_none() { (1, "code", code) } else { (2, "str", path) };
            let got = got.ty().name();
            return Err(th.type_error(format!("_fix_co_filename() argument {position} must be {expected}, not {got}")));
        };
        c.replace_filename(&c.filename(), p);
        Ok(())
    }

    #[pyfunction(sig = "($module, override, /)")]
    fn _override_frozen_modules_for_tests(th: &Thread, value: i64) {
        th.rt().frozen_override.set(value.signum());
    }

    #[pyfunction(sig = "($module, override, /)")]
    fn _override_multi_interp_extensions_check(_: &Thread, _value: i64) -> i64 {
        0
    }

    #[pyfunction(sig = "($module, /)")]
    fn _frozen_module_names(th: &Thread) -> Py<list::List> {
        let all = names(th);
        list::from_vec(th, all.into_iter().map(|n| pystr::new(n).into_obj()).collect())
    }
}
