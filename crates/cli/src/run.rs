//! Running what the command line asks for.

use crate::library::{Library, documentation as documentation_of, natives};
use crate::options::{Options, Program};
use runtime::compile::{self, Options as CompileOptions};
use runtime::protocols::{attribute, call};
use runtime::types::{list, str as pystr};
use runtime::documentation;
use runtime::{Module, Obj, ObjExt, Py, PyResult, Thread, import, startup, sys};
use std::ffi::OsStr;
use syntax::Mode;

/// Runs the program and returns the exit code.
pub(crate) fn run(options: Options) -> i32 {
    documentation::set_source(documentation_of);
    let (th, started) = startup::new_interpreter(options.config.clone(), natives(), Box::new(Library));
    if let Err(raised) = started {
        let e = th.take_raised(raised);
        host::program::print_error("Fatal Python error: the interpreter could not be initialized\n");
        runtime::display::print_exception(&th, &e);
        return 1;
    }
    let code = match run_main(&th, &options) {
        Ok(()) => 0,
        Err(raised) => {
            let e = th.take_raised(raised);
            runtime::display::report_uncaught(&th, &e).exit_code
        }
    };
    let flushed = startup::finalize(&th);
    if flushed { code } else { 120 }
}

fn run_main(th: &Thread, options: &Options) -> PyResult<()> {
    *th.rt().ast_hook.lock() = Some(modules_compile::ast_hook());
    startup::set_up_streams(th)?;
    let main = runtime::types::module::new(th, "__main__");
    import::modules(th)?.insert_str(&pystr::intern("__main__"), main.as_obj().clone());
    if let Some(b) = th.rt().builtins_module.get() {
        main.add("__builtins__", b);
    }
    startup::set_up_path(th)?;
    if !options.config.no_site {
        import::import_module(th, "site")?;
    }
    match &options.program {
        Program::Command(text) => {
            prepend_path(th, options, "")?;
            run_source(th, &main, text.as_bytes(), "<string>", true)
        }
        Program::Module(name) => {
            let runpy = import::import_module(th, "runpy")?;
            prepend_path(th, options, &host::program::current_dir())?;
            let args = [pystr::new(name).into_obj(), runtime::bool_obj(true)];
            call::call_method(th, &runpy, "_run_module_as_main", &args).map(drop)
        }
        Program::File(path) => run_file(th, options, &main, path),
        Program::Stdin => {
            prepend_path(th, options, "")?;
            let text = host::program::read_all().unwrap_or_default();
            run_source(th, &main, &text, "<stdin>", false)
        }
        Program::Interactive => {
            prepend_path(th, options, "")?;
            banner(options);
            let pyrepl = import::import_module(th, "_pyrepl.main")?;
            call::call_method(th, &pyrepl, "interactive_console", &[]).map(drop)
        }
    }
}

fn banner(options: &Options) {
    if options.config.quiet == 0 {
        host::program::print_error(&format!(
            "Python {} on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n",
            sys::version_text()
        ));
    }
}

/// Puts the program's own folder in front of `sys.path`, unless paths are to be safe.
fn prepend_path(th: &Thread, options: &Options, folder: &str) -> PyResult<()> {
    if options.config.safe_path {
        return Ok(());
    }
    let path = sys::get(th, "path")?;
    if let Some(l) = path.as_ref().and_then(|p| p.downcast::<list::List>()) {
        l.lock().insert(0, pystr::new(folder).into_obj());
    }
    Ok(())
}

fn run_source(th: &Thread, main: &Py<Module>, source: &[u8], filename: &str, is_text: bool) -> PyResult<()> {
    let options = CompileOptions { filename, mode: Mode::Exec, flags: 0, optimize: -1 };
    let code = compile::compile_bytes(th, source, options, is_text)?;
    if filename == "<string>" {
        runtime::display::remember_source(th, &code, filename, source);
    }
    compile::run_code(th, &code, &main.dict(), None).map(drop)
}

fn run_file(th: &Thread, options: &Options, main: &Py<Module>, path: &OsStr) -> PyResult<()> {
    // The program's file is absolute from here on, as tracebacks and `__file__` show it.
    let absolute = host::program::absolute(path);
    let path = absolute.as_os_str();
    let shown = path.to_string_lossy().into_owned();
    let is_archive = host::program::is_dir(path) || host::program::starts_with(path, b"PK\x03\x04");
    if is_archive {
        let l = sys::get(th, "path")?;
        if let Some(l) = l.as_ref().and_then(|p| p.downcast::<list::List>()) {
            l.lock().insert(0, sys::os_text(path));
        }
        let runpy = import::import_module(th, "runpy")?;
        let args = [pystr::new("__main__").into_obj(), runtime::bool_obj(false)];
        return call::call_method(th, &runpy, "_run_module_as_main", &args).map(drop);
    }
    let mut source = match host::program::read(path) {
        Ok(s) => s,
        Err(e) => {
            host::program::print_error(&format!(
                "{}: can't open file {}: [Errno {}] {}\n",
                options.config.executable.to_string_lossy(),
                runtime::protocols::repr(th, &sys::os_text(OsStr::new(&host::program::absolute(path))))?.to_string_lossy(),
                e.raw_os_error().unwrap_or(0),
                host::program::error_text(&e)
            ));
            return Err(th.raise_with_args(runtime::types::exceptions::SYSTEM_EXIT, vec![runtime::int_obj(2)]));
        }
    };
    if options.skip_first_line {
        let end = source.iter().position(|b| *b == b'\n').unwrap_or(source.len());
        source.drain(..end);
    }
    let folder = host::program::real_parent(path);
    prepend_path(th, options, &folder)?;
    let d = main.dict();
    d.insert_str(&pystr::intern("__file__"), sys::os_text(path));
    d.insert_str(&pystr::intern("__cached__"), runtime::none());
    let loader = make_loader(th, &shown)?;
    d.insert_str(&pystr::intern("__loader__"), loader);
    run_source(th, main, &source, &shown, false)
}

/// The loader that `__main__` shows.
fn make_loader(th: &Thread, path: &str) -> PyResult<Obj> {
    let Some(external) = th.rt().importlib_external.get() else { return Ok(runtime::none()) };
    let class = attribute::get_str(th, &external, "SourceFileLoader")?;
    call::call(th, &class, &[pystr::new("__main__").into_obj(), pystr::new(path).into_obj()])
}
