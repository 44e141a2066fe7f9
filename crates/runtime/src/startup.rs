//! Bringing an interpreter up.
#![expect(unsafe_code, reason = "a thread state becomes current")]

pub use crate::finalize::finalize;

use crate::import::{self, FrozenSource};
use crate::types::module;
use crate::types::type_::ready_static;
use crate::types::{dict, str as pystr};
use crate::{Config, Interpreter, Module, ModuleDef, Obj, ObjExt, Py, PyResult, Thread, builtins, sys};
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
    th.rt().gc.hold();
    ready_types();
    let result = set_up(&th);
    th.rt().gc.release();
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
    // Until there are streams, messages go out as they are.
    let stderr = crate::types::std_printer::new(th, 2);
    s.add("stderr", stderr.clone());
    s.add("__stderr__", stderr);
    set_up_import(th, s.as_obj())?;
    Ok(())
}

fn set_up_import(th: &Thread, sys_module: &Obj) -> PyResult<()> {
    let Some(code) = import::frozen_code(th, "_frozen_importlib")? else {
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
    if th.rt().config.check_hash_pycs != "default" {
        imp.add("check_hash_based_pycs", pystr::new(&th.rt().config.check_hash_pycs).into_obj());
    }
    set_up_zipimport(th)
}

/// Puts `zipimport`'s hook in front of the others (`init_zipimport`).
fn set_up_zipimport(th: &Thread) -> PyResult<()> {
    let zipimport = import::import_module(th, "zipimport")?;
    let hook = crate::protocols::attribute::get_str(th, &zipimport, "zipimporter")?;
    if let Some(hooks) = sys::get(th, "path_hooks")?.as_ref().and_then(|h| h.downcast::<crate::types::list::List>()) {
        hooks.lock().insert(0, hook);
    }
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
    let io = import::import_module(th, "_io")?;
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

/// Encoding and error handler of a standard stream: `PYTHONIOENCODING`, else UTF-8 or what the locale says.
fn stream_encoding(th: &Thread, fd: i64) -> (String, String) {
    let config = &th.rt().config;
    let mut encoding = match config.locale_encoding.as_str() {
        "UTF-8" => "utf-8",
        _ if config.utf8_mode => "utf-8",
        "ANSI_X3.4-1968" => "ascii",
        other => other,
    }
    .to_string();
    let lenient = config.utf8_mode || config.stdio_surrogates;
    let mut errors = if lenient { "surrogateescape" } else { "strict" }.to_string();
    if !config.ignore_environment
        && let Some(setting) = host::program::var("PYTHONIOENCODING")
    {
        let (e, h) = setting.split_once(':').unwrap_or((&setting, ""));
        if !e.is_empty() {
            encoding = e.to_string();
        }
        if !h.is_empty() {
            errors = h.to_string();
        } else if !e.is_empty() {
            errors = "strict".into();
        }
    }
    (encoding, if fd == 2 { "backslashreplace".into() } else { errors })
}

/// Makes `__main__` as it is before a program runs in it.
pub fn set_up_main(th: &Thread) -> PyResult<()> {
    let main = module::new(th, "__main__");
    import::modules(th)?.insert_str(&pystr::intern("__main__"), main.as_obj().clone());
    if let Some(b) = th.rt().builtins_module.get() {
        main.add("__builtins__", b);
    }
    if let Some(importlib) = th.rt().importlib.get() {
        let loader = crate::protocols::attribute::get_str(th, &importlib, "BuiltinImporter")?;
        main.add("__loader__", loader);
    }
    Ok(())
}

/// The module `__main__`.
pub fn main_module(th: &Thread) -> PyResult<Py<Module>> {
    let found = import::modules(th)?.get_str(&pystr::intern("__main__"));
    match found.as_ref().and_then(|m| m.downcast::<Module>()) {
        Some(main) => Ok(main.clone()),
        None => Err(th.runtime_error("lost __main__")),
    }
}
