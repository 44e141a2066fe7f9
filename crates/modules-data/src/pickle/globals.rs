//! Classes and functions, which are written as names.

use super::opcodes as op;
use super::save::Saver;
use super::{library, pickling_error, shown};
use runtime::protocols::{attribute, number};
use runtime::types::dict::Dict;
use runtime::types::exceptions::{ATTRIBUTE_ERROR, IMPORT_ERROR, KEY_ERROR, UNICODE_ENCODE_ERROR, VALUE_ERROR};
use runtime::types::str as pystr;
use runtime::types::str::Str;
use runtime::types::tuple::{self, Tuple};
use runtime::{Obj, ObjExt, Py, PyResult, Thread, codecs, import, none};

/// `obj.a.b.c`.
pub(super) fn dotted(th: &Thread, o: &Obj, path: &str) -> PyResult<Obj> {
    path.split('.').try_fold(o.clone(), |o, name| attribute::get(th, &o, &pystr::intern(name)))
}

/// Is the object found under this name in that module?
fn is_there(th: &Thread, module: &Obj, path: &str, o: &Obj) -> PyResult<bool> {
    match dotted(th, module, path) {
        Ok(found) => Ok(found.is(o)),
        Err(raised) => th.catch(raised, ATTRIBUTE_ERROR).map(|()| false),
    }
}

/// The module an object belongs to, after a check that it is found there.
fn which_module(th: &Thread, o: &Obj, name_obj: &Py<Str>, name: &str) -> PyResult<Py<Str>> {
    if name.split('.').any(|part| part == "<locals>") {
        return Err(pickling_error(th, format!("Can't pickle local object {}", shown(th, o)?)));
    }
    let module_name = match attribute::lookup_opt_str(th, o, "__module__")? {
        Some(m) if !m.is_none() => runtime::protocols::str(th, &m)?,
        _ => match search_modules(th, o, name)? {
            Some(found) => return Ok(found),
            None => pystr::intern("__main__"),
        },
    };
    let module_text = module_name.to_string_lossy();
    let module = match imported(th, &module_name) {
        Ok(m) => m,
        Err(raised) => {
            let failed = [IMPORT_ERROR, VALUE_ERROR, KEY_ERROR].iter().any(|ty| th.exception_matches(ty));
            if !failed {
                return Err(raised);
            }
            let cause = th.take_raised(raised);
            let reason = runtime::protocols::str(th, &cause)?.to_string_lossy();
            let raised = pickling_error(th, format!("Can't pickle {}: {reason}", shown(th, o)?));
            return Err(chained(th, raised, cause));
        }
    };
    let found = if name.contains('.') { dotted(th, &module, name) } else { attribute::get(th, &module, name_obj) };
    match found {
        Ok(found) if found.is(o) => Ok(module_name),
        Ok(_) => {
            let shown = shown(th, o)?;
            Err(pickling_error(th, format!("Can't pickle {shown}: it's not the same object as {module_text}.{name}")))
        }
        Err(raised) => {
            if !th.exception_matches(ATTRIBUTE_ERROR) {
                return Err(raised);
            }
            let cause = th.take_raised(raised);
            let shown = shown(th, o)?;
            let raised = pickling_error(th, format!("Can't pickle {shown}: it's not found as {module_text}.{name}"));
            Err(chained(th, raised, cause))
        }
    }
}

/// Makes `context` the context of the exception that is on its way.
pub(super) fn chained(th: &Thread, raised: runtime::Raised, context: Obj) -> runtime::Raised {
    let e = th.take_raised(raised);
    if let Some(e) = runtime::errors::as_exception(&e) {
        e.set_context(Some(context));
    }
    th.reraise(e)
}

/// `sys.modules[name]` after its import.
pub(super) fn imported(th: &Thread, name: &Py<Str>) -> PyResult<Obj> {
    import::import_level(th, name, None, &none(), 0)?;
    let key = name.as_obj();
    import::modules(th)?.get_item(th, key)?.ok_or_else(|| th.key_error(key))
}

/// The module that shows an object without `__module__` under its name.
fn search_modules(th: &Thread, o: &Obj, name: &str) -> PyResult<Option<Py<Str>>> {
    for (key, module) in import::modules(th)?.items_vec() {
        let Some(key) = key.downcast::<Str>() else { continue };
        if key.is_ascii_eq("__main__") || key.is_ascii_eq("__mp_main__") || module.is_none() {
            continue;
        }
        if is_there(th, &module, name, o)? {
            return Ok(Some(key.clone()));
        }
    }
    Ok(None)
}

/// Names as Python 2 knew them.
fn old_names(th: &Thread, module: String, name: String) -> PyResult<(String, String)> {
    let table = |which: &str| library(th, "_compat_pickle", which);
    let wrong =
        |which: &str, what: &str, o: &Obj| th.runtime_error(format!("_compat_pickle.{which} {what}, not {}", o.ty().tp_name()));
    let text = |o: &Obj| o.downcast::<Str>().map(|s| s.to_string_lossy());
    let names = table("REVERSE_NAME_MAPPING")?;
    let Some(names) = names.downcast::<Dict>() else {
        return Err(wrong("REVERSE_NAME_MAPPING", "should be a dict", &names));
    };
    let key = tuple::from_array([super::string(&module), super::string(&name)]).into_obj();
    if let Some(pair) = names.get_item(th, &key)? {
        let Some([m, n]) = pair.downcast::<Tuple>().map(|t| t.items()) else {
            return Err(wrong("REVERSE_NAME_MAPPING", "values should be 2-tuples", &pair));
        };
        let (Some(old_module), Some(old_name)) = (text(m), text(n)) else {
            return Err(th.runtime_error(format!(
                "_compat_pickle.REVERSE_NAME_MAPPING values should be pairs of str, not ({}, {})",
                m.ty().tp_name(),
                n.ty().tp_name()
            )));
        };
        return Ok((old_module, old_name));
    }
    let modules = table("REVERSE_IMPORT_MAPPING")?;
    let Some(modules) = modules.downcast::<Dict>() else {
        return Err(wrong("REVERSE_IMPORT_MAPPING", "should be a dict", &modules));
    };
    if let Some(old) = modules.get_item(th, &super::string(&module))? {
        let Some(old) = text(&old) else {
            return Err(wrong("REVERSE_IMPORT_MAPPING", "values should be strings", &old));
        };
        return Ok((old, name));
    }
    Ok((module, name))
}

impl Saver<'_> {
    /// `type` objects: the types of singletons have no name of their own.
    pub(super) fn save_type(&mut self, o: &Obj) -> PyResult<()> {
        let singletons = [none(), runtime::ellipsis(), runtime::not_implemented()];
        match singletons.into_iter().find(|s| s.ty().to_obj().is(o)) {
            Some(singleton) => {
                let args = tuple::from_array([singleton]).into_obj();
                let ty = runtime::builtins::get(self.th, "type")?;
                self.save_reduced(&tuple::from_array([ty, args]), Some(o))
            }
            None => self.save_global(o, None),
        }
    }

    /// An object that is written as the place where it is found.
    pub(super) fn save_global(&mut self, o: &Obj, name: Option<&Obj>) -> PyResult<()> {
        let th = self.th;
        let name = match name {
            Some(name) => name.clone(),
            None => match attribute::lookup_opt_str(th, o, "__qualname__")? {
                Some(name) => name,
                None => attribute::get_str(th, o, "__name__")?,
            },
        };
        let name_obj = runtime::protocols::str(th, &name)?;
        let name = name_obj.to_string_lossy();
        let module = which_module(th, o, &name_obj, &name)?;
        let module_text = module.to_string_lossy();
        if self.protocol >= 2
            && let Some(code) = self.extension_code(&module_text, &name)?
        {
            return self.put_extension(code);
        }
        if self.protocol >= 4 {
            self.save(module.as_obj())?;
            self.save(name_obj.as_obj())?;
            self.out.op(op::STACK_GLOBAL);
        } else {
            self.put_global(&module, &name_obj)?;
        }
        self.memoize(o)
    }

    /// The number that `copyreg.add_extension` gave to a name.
    fn extension_code(&self, module: &str, name: &str) -> PyResult<Option<i64>> {
        let th = self.th;
        let registry = library(th, "copyreg", "_extension_registry")?;
        let Some(registry) = registry.downcast::<Dict>().filter(|d| !d.is_empty()) else { return Ok(None) };
        let key = tuple::from_array([super::string(module), super::string(name)]).into_obj();
        let Some(code) = registry.get_item(th, &key)? else { return Ok(None) };
        match number::index_i64(th, &code)? {
            n if n > 0 && n <= 0x7fff_ffff => Ok(Some(n)),
            n => Err(th.runtime_error(format!("extension code {n} is out of range"))),
        }
    }

    fn put_extension(&mut self, code: i64) -> PyResult<()> {
        let [a, b, c, d, ..] = code.to_le_bytes();
        match code {
            0..=0xff => self.out.put(&[op::EXT1, a]),
            0x100..=0xffff => self.out.put(&[op::EXT2, a, b]),
            _ => self.out.put(&[op::EXT4, a, b, c, d]),
        }
        Ok(())
    }

    /// `GLOBAL`; what stands deeper in a module is reached by `getattr`.
    fn put_global(&mut self, module: &Py<Str>, name: &Py<Str>) -> PyResult<()> {
        let text = name.to_string_lossy();
        if !text.contains('.') {
            return self.put_top_level(module, name);
        }
        let mut path = text.split('.');
        let top = pystr::intern(path.next().unwrap_or_default());
        let inner: Vec<&str> = path.collect();
        let getattr = runtime::builtins::get(self.th, "getattr")?;
        for _ in &inner {
            self.save(&getattr)?;
            if self.protocol < 2 {
                self.out.op(op::MARK);
            }
        }
        self.put_top_level(module, &top)?;
        for attribute in inner {
            self.save(&pystr::intern(attribute).into_obj())?;
            self.out.put(&[if self.protocol < 2 { op::TUPLE } else { op::TUPLE2 }, op::REDUCE]);
        }
        Ok(())
    }

    /// A name in the encoding of the protocol.
    fn encoded(&self, name: &Py<Str>, what: &str) -> PyResult<Vec<u8>> {
        let (th, protocol) = (self.th, self.protocol);
        let encoding = if protocol >= 3 { "utf-8" } else { "ascii" };
        codecs::encode(th, name, Some(encoding), None).map_err(|raised| {
            if !th.exception_matches(UNICODE_ENCODE_ERROR) {
                return raised;
            }
            let cause = th.take_raised(raised);
            let shown = match shown(th, name.as_obj()) {
                Ok(shown) => shown,
                Err(raised) => return raised,
            };
            let text = format!("can't pickle {what} identifier {shown} using pickle protocol {protocol}");
            let raised = pickling_error(th, text);
            chained(th, raised, cause)
        })
    }

    fn put_top_level(&mut self, module: &Py<Str>, name: &Py<Str>) -> PyResult<()> {
        let (module, name) = if self.pickler.fix_imports.get() {
            let old = old_names(self.th, module.to_string_lossy(), name.to_string_lossy())?;
            match old {
                (m, n) if module.is_ascii_eq(&m) && name.is_ascii_eq(&n) => (module.clone(), name.clone()),
                (m, n) if m.is_ascii() && n.is_ascii() => (pystr::new(&m), pystr::new(&n)),
                _ => (module.clone(), name.clone()),
            }
        } else {
            (module.clone(), name.clone())
        };
        let module = self.encoded(&module, "module")?;
        let name = self.encoded(&name, "global")?;
        self.out.op(op::GLOBAL);
        self.out.put(&module);
        self.out.put(b"\n");
        self.out.put(&name);
        self.out.put(b"\n");
        Ok(())
    }
}

/// What a name of Python 2 is called now.
pub(super) fn new_names(th: &Thread, module: String, name: String) -> PyResult<(String, String)> {
    let table = |which: &str| library(th, "_compat_pickle", which);
    let text = |o: &Obj| o.downcast::<Str>().map(|s| s.to_string_lossy());
    let key = tuple::from_array([super::string(&module), super::string(&name)]).into_obj();
    let names = table("NAME_MAPPING")?;
    if let Some(pair) = names.downcast::<Dict>().map(|d| d.get_item(th, &key)).transpose()?.flatten() {
        if let Some([m, n]) = pair.downcast::<Tuple>().map(|t| t.items())
            && let (Some(m), Some(n)) = (text(m), text(n))
        {
            return Ok((m, n));
        }
        return Err(
            th.runtime_error(format!("_compat_pickle.NAME_MAPPING values should be 2-tuples, not {}", pair.ty().tp_name()))
        );
    }
    let modules = table("IMPORT_MAPPING")?;
    let found = modules.downcast::<Dict>().map(|d| d.get_item(th, &super::string(&module))).transpose()?.flatten();
    match found {
        None => Ok((module, name)),
        Some(m) => match text(&m) {
            Some(m) => Ok((m, name)),
            None => {
                Err(th.runtime_error(format!("_compat_pickle.IMPORT_MAPPING values should be strings, not {}", m.ty().tp_name())))
            }
        },
    }
}

/// Names are pairs of strings in the registry of extensions.
pub(super) fn pair_of_names(o: &Obj) -> Option<(Py<Str>, Py<Str>)> {
    match o.downcast::<Tuple>()?.items() {
        [m, n] => Some((m.downcast::<Str>()?.clone(), n.downcast::<Str>()?.clone())),
        _ => None,
    }
}
