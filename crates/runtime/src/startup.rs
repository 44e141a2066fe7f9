//! Bringing an interpreter up and taking it down.
#![expect(unsafe_code, reason = "a thread state becomes current")]

use crate::import::{self, FrozenSource};
use crate::types::module;
use crate::types::type_::ready_static;
use crate::types::{dict, str as pystr};
use crate::{Config, Interpreter, ModuleDef, Obj, ObjExt, PyResult, Thread, builtins, sys};
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
    th.rt().threads.lock().push(crate::interp::ThreadRef(&*th));
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
    rt.common_functions.set(Some((builtins::get(th, "all")?, builtins::get(th, "any")?)));
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
    crate::protocols::call::call_method(th, bootstrap.as_obj(), "_install", &[sys_module.clone(), imp.as_obj().clone()])?;
    if th.rt().native_module("_io").is_none() {
        // Without files there is nothing to import from but the program itself.
        return Ok(());
    }
    crate::protocols::call::call_method(th, bootstrap.as_obj(), "_install_external_importers", &[])?;
    let external = import::modules(th)?.get_str(&pystr::intern("_frozen_importlib_external"));
    th.rt().importlib_external.set(external);
    Ok(())
}

/// The standard streams, as `io` opens them; without the `_io` module they stay `None`.
pub fn set_up_streams(th: &Thread) -> PyResult<()> {
    for name in ["stdin", "stdout", "stderr"] {
        sys::set(th, name, crate::none());
        sys::set(th, &format!("__{name}__"), crate::none());
    }
    if th.rt().native_module("_io").is_none() {
        for (name, fd) in [("stdout", 1), ("stderr", 2)] {
            sys::set(th, name, crate::types::std_printer::new(th, fd));
        }
        return Ok(());
    }
    import::import_module(th, "encodings")?;
    let io = import::import_module(th, "io")?;
    let open = crate::protocols::attribute::get_str(th, &io, "open")?;
    let wrapper = crate::protocols::attribute::get_str(th, &io, "TextIOWrapper")?;
    let unbuffered = th.rt().config.unbuffered;
    for (fd, name, mode) in [(0, "stdin", "rb"), (1, "stdout", "wb"), (2, "stderr", "wb")] {
        let buffering = if unbuffered && fd != 0 { 0 } else { -1 };
        let keywords = [("buffering", crate::int_obj(buffering)), ("closefd", crate::bool_obj(false))];
        let args = [crate::int_obj(fd), pystr::new(mode).into_obj()];
        let buffer = match crate::protocols::call::call_with_keywords(th, &open, &args, &keywords) {
            Ok(b) => b,
            Err(raised) => {
                // A closed descriptor: the stream stays None.
                th.catch(raised, crate::types::exceptions::OS_ERROR)?;
                continue;
            }
        };
        let raw = crate::protocols::attribute::lookup_opt_str(th, &buffer, "raw")?.unwrap_or_else(|| buffer.clone());
        crate::protocols::attribute::set_str(th, &raw, "name", &pystr::new(&format!("<{name}>")).into_obj())?;
        let is_tty = crate::protocols::call::call_method(th, &raw, "isatty", &[])?;
        let tty = crate::protocols::truth(th, &is_tty)?;
        let (encoding, errors) = stream_encoding(th, fd);
        let keywords = [
            ("encoding", pystr::new(&encoding).into_obj()),
            ("errors", pystr::new(&errors).into_obj()),
            ("newline", if fd == 0 { crate::none() } else { pystr::new("\n").into_obj() }),
            ("line_buffering", crate::bool_obj(fd == 2 || tty)),
            ("write_through", crate::bool_obj(unbuffered && fd != 0)),
        ];
        let stream = crate::protocols::call::call_with_keywords(th, &wrapper, &[buffer], &keywords)?;
        let mode = if fd == 0 { "r" } else { "w" };
        crate::protocols::attribute::set_str(th, &stream, "mode", &pystr::new(mode).into_obj())?;
        sys::set(th, name, stream.clone());
        sys::set(th, &format!("__{name}__"), stream);
    }
    Ok(())
}

/// Encoding and error handler of a standard stream: `PYTHONIOENCODING`, else UTF-8.
fn stream_encoding(th: &Thread, fd: i64) -> (String, String) {
    let mut encoding = "utf-8".to_string();
    let mut errors = if fd == 2 { "backslashreplace" } else { "strict" }.to_string();
    if th.rt().config.utf8_mode && fd != 2 {
        errors = "surrogateescape".into();
    }
    if !th.rt().config.ignore_environment
        && let Some(setting) = host::program::var("PYTHONIOENCODING")
    {
        let (e, h) = setting.split_once(':').unwrap_or((&setting, ""));
        if !e.is_empty() {
            encoding = e.to_string();
        }
        if !h.is_empty() && fd != 2 {
            errors = h.to_string();
        } else if !e.is_empty() && fd != 2 {
            errors = "strict".into();
        }
    }
    (encoding, errors)
}

/// `sys.path` from `PYTHONPATH` and the library's place.
pub fn set_up_path(th: &Thread) -> PyResult<()> {
    let mut entries = Vec::new();
    if !th.rt().config.ignore_environment
        && let Some(path) = host::program::var("PYTHONPATH")
    {
        entries.extend(path.split(':').filter(|p| !p.is_empty()).map(|p| pystr::new(p).into_obj()));
    }
    entries.push(pystr::new("/usr/lib/python314.zip").into_obj());
    entries.push(pystr::new(sys::STDLIB_DIR).into_obj());
    entries.push(pystr::new(&format!("{}/lib-dynload", sys::STDLIB_DIR)).into_obj());
    sys::set(th, "path", crate::types::list::from_vec(th, entries).into_obj());
    Ok(())
}

/// Flushes a standard stream; false when that failed.
fn flush(th: &Thread, name: &str) -> bool {
    let Ok(Some(stream)) = sys::get(th, name) else { return true };
    if stream.is_none() {
        return true;
    }
    match crate::protocols::call::call_method(th, &stream, "flush", &[]) {
        Ok(_) => true,
        Err(raised) => {
            let e = th.take_raised(raised);
            crate::display::unraisable(th, e, None, Some(&stream));
            false
        }
    }
}

/// Takes the interpreter down: threads, at-exit functions, streams, modules, a last collection. False when output could not be written.
pub fn finalize(th: &Thread) -> bool {
    let threading = th.rt().modules.get().and_then(|m| m.get_str(&pystr::intern("threading")));
    if let Some(t) = threading
        && let Err(raised) = crate::protocols::call::call_method(th, &t, "_shutdown", &[])
    {
        let e = th.take_raised(raised);
        crate::display::unraisable(th, e, None, Some(&t));
    }
    let hook = *th.rt().exit_hook.lock();
    if let Some(hook) = hook {
        hook(th);
    }
    let ok = flush(th, "stdout") & flush(th, "stderr");
    th.rt().finalizing.set(true);
    clear_modules(th);
    crate::gc_hooks::collect(th, 2);
    ok
}

/// Empties the namespaces of the program's modules, so that what they hold is destroyed: `__main__` first, then the others in reverse order of import.
fn clear_modules(th: &Thread) {
    let Some(modules) = th.rt().modules.get() else { return };
    let mut all = modules.items_vec();
    all.reverse();
    let keep = ["sys", "builtins", "_frozen_importlib", "_frozen_importlib_external", "io", "_io", "codecs", "encodings"];
    let named = |k: &Obj| k.downcast::<pystr::Str>().map(|s| s.to_string_lossy()).unwrap_or_default();
    all.sort_by_key(|(k, _)| named(k) != "__main__");
    for (k, m) in &all {
        let name = named(k);
        if name.starts_with("encodings.") || keep.contains(&name.as_str()) {
            continue;
        }
        let Some(m) = m.downcast::<crate::Module>() else { continue };
        if m.def().is_some() {
            continue;
        }
        let d = m.dict();
        // Names with one underscore go first, as documented for modules that are torn down.
        for (key, _) in d.items_vec() {
            let n = named(&key);
            if n.starts_with('_') && !n.starts_with("__") {
                let _ = d.set_item(th, &key, crate::none());
            }
        }
        for (key, _) in d.items_vec() {
            let n = named(&key);
            if n != "__builtins__" && !(n.starts_with('_') && !n.starts_with("__")) {
                let _ = d.set_item(th, &key, crate::none());
            }
        }
    }
}
