//! Running what the command line asks for (CPython's `pymain_run_python`).

use crate::library::{Library, documentation as documentation_of, natives};
use crate::options::{Options, Program};
use crate::prompt;
use runtime::compile::{self, Options as CompileOptions};
use runtime::protocols::{attribute, call};
use runtime::types::exceptions::IMPORT_ERROR;
use runtime::types::{list, str as pystr};
use runtime::{Module, Obj, ObjExt, Py, PyResult, Thread, display, documentation, import, startup, sys};
use std::ffi::{OsStr, OsString};
use syntax::Mode;

/// How the program ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    /// By a `KeyboardInterrupt`: the process is to end by the signal.
    pub(crate) interrupted: bool,
}

impl Ended {
    /// The end by an exception that nothing caught; it is shown.
    pub(crate) fn by(th: &Thread, e: &Obj) -> (Ended, bool) {
        let uncaught = display::report_uncaught(th, e);
        (Ended { code: uncaught.exit_code, interrupted: uncaught.interrupted }, uncaught.system_exit)
    }
}

/// Runs the program and takes the interpreter down.
pub(crate) fn run(options: &Options) -> Ended {
    if options.config.malloc_debug {
        object::alloc::fill_blocks();
    }
    documentation::set_source(documentation_of);
    if !options.has_real_library {
        host::overlay::mount(&options.config.places.stdlib_dir, Box::new(Library));
    }
    let (th, started) = startup::new_interpreter(options.config.clone(), natives(), Box::new(Library));
    th.rt().gc.hold();
    let started = started.and_then(|()| set_up(&th, options));
    th.rt().gc.release();
    if let Err(raised) = started {
        let e = th.take_raised(raised);
        host::program::print_error("Fatal Python error: the interpreter could not be initialized\n");
        display::print_exception(&th, &e);
        return Ended { code: 1, interrupted: false };
    }
    host::program::release_constants();
    let main = startup::main_module(&th);
    let mut ended = match main.as_ref().map(|main| run_program(&th, options, main)) {
        Ok(Ok(())) => (Ended::default(), false),
        Ok(Err(raised)) => Ended::by(&th, &th.take_raised(raised)),
        Err(_) => (Ended { code: 1, interrupted: false }, false),
    };
    if let Ok(main) = main
        && !ended.1
        && (th.rt().inspect.get() || host::program::var_os("PYTHONINSPECT").is_some_and(|v| !v.is_empty()))
        && prompt::is_interactive(options)
    {
        th.rt().inspect.set(false);
        let interrupted = ended.0.interrupted;
        ended.0 = prompt::run(&th, options, &main, false);
        ended.0.interrupted |= interrupted;
    }
    let flushed = startup::finalize(&th);
    // The process ends: giving memory back piece by piece would only take time.
    std::mem::forget(th);
    if flushed { ended.0 } else { Ended { code: 120, ..ended.0 } }
}

/// What comes between an interpreter that can import and the program: streams, `site`, debugging aids.
fn set_up(th: &Thread, options: &Options) -> PyResult<()> {
    *th.rt().ast_hook.lock() = Some(modules_compile::ast_hook());
    *th.rt().prompt_hook.lock() = Some(prompt::base);
    runtime::remote::accept(th);
    startup::set_up_streams(th)?;
    // Its first import installs the handlers that every program has.
    import::import_module(th, "_signal")?;
    startup::set_up_main(th)?;
    let config = &options.config;
    // Development mode has it on where it can be had.
    if config.faulthandler && (!config.dev_mode || th.rt().native_module("faulthandler").is_some()) {
        let faulthandler = import::import_module(th, "faulthandler")?;
        call::call_method(th, &faulthandler, "enable", &[])?;
    }
    if config.tracemalloc > 0 {
        runtime::tracemalloc::start_checked(th, config.tracemalloc)?;
    }
    if !config.warn_options.is_empty() {
        import::import_module(th, "warnings")?;
    }
    if !config.no_site {
        import::import_module(th, "site")?;
    }
    Ok(())
}

fn run_program(th: &Thread, options: &Options, main: &Py<Module>) -> PyResult<()> {
    match &options.program {
        Program::File(path) if is_importable(th, path)? => {
            prepend(th, sys::os_text(&host::program::absolute(path)));
            show_header(options);
            run_module(th, "__main__", false)
        }
        program => {
            prepend_program_folder(th, options);
            show_header(options);
            match program {
                Program::Command(text) => run_command(th, main, text),
                Program::Module(name) => run_module(th, &name.to_string_lossy(), true),
                Program::File(path) => run_file(th, options, main, path),
                Program::Stdin => run_stdin(th, options, main),
            }
        }
    }
}

/// The version, where a person sits at the other end.
fn show_header(options: &Options) {
    let config = &options.config;
    let runs_code = !matches!(options.program, Program::Stdin);
    if config.quiet > 0 || (config.verbose == 0 && (runs_code || !prompt::is_interactive(options))) {
        return;
    }
    host::program::print_error(&format!("Python {} on linux\n", sys::version_text()));
    if !config.no_site {
        host::program::print_error("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
    }
}

fn prepend(th: &Thread, entry: Obj) {
    th.rt().sys_path_0.set(Some(entry.clone()));
    if let Ok(Some(path)) = sys::get(th, "path")
        && let Some(path) = path.downcast::<list::List>()
    {
        path.lock().insert(0, entry);
    }
}

/// Puts the program's own folder in front of `sys.path`, unless paths are to be safe.
fn prepend_program_folder(th: &Thread, options: &Options) {
    if options.config.safe_path {
        return;
    }
    let folder = match &options.program {
        Program::File(path) => host::program::real_parent(&host::program::absolute(path)),
        Program::Module(_) => match host::current_dir() {
            Some(folder) => folder.into_os_string(),
            None => return,
        },
        Program::Command(_) | Program::Stdin => OsString::new(),
    };
    prepend(th, sys::os_text(&folder));
}

/// Whether a path is a folder or an archive, whose `__main__` is run.
fn is_importable(th: &Thread, path: &OsStr) -> PyResult<bool> {
    let path = host::program::absolute(path);
    if !host::program::is_dir(&path) && !host::program::may_be_zip(&path) {
        return Ok(false);
    }
    let hooks = sys::get(th, "path_hooks")?;
    let hooks = hooks.as_ref().and_then(|h| h.downcast::<list::List>()).map(|h| h.to_vec()).unwrap_or_default();
    for hook in hooks {
        match call::call(th, &hook, &[sys::os_text(&path)]) {
            Ok(importer) if importer.is_none() => {}
            Ok(_) => return Ok(true),
            Err(raised) => th.catch(raised, IMPORT_ERROR)?,
        }
    }
    Ok(false)
}

fn run_module(th: &Thread, name: &str, set_argv0: bool) -> PyResult<()> {
    let runpy = import::import_module(th, "runpy").inspect_err(|_| {
        host::program::print_error("Could not import runpy._run_module_as_main\n");
    })?;
    let args = [pystr::new(name).into_obj(), runtime::bool_obj(set_argv0)];
    call::call_method(th, &runpy, "_run_module_as_main", &args).map(drop)
}

/// The text of `-c` without the indentation that all its lines have.
fn dedent(text: &str) -> String {
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let mut common: Option<&str> = None;
    for line in text.lines().filter(|line| !line.trim_matches([' ', '\t']).is_empty()) {
        let own = &line[..indentation(line)];
        common = Some(match common {
            None => own,
            Some(c) => &c[..c.bytes().zip(own.bytes()).take_while(|(a, b)| a == b).count()],
        });
    }
    let cut = common.unwrap_or("").len();
    let line = |line: &str| match line.trim_matches([' ', '\t', '\n']) {
        "" => if line.ends_with('\n') { "\n" } else { "" }.to_owned(),
        _ => line[cut..].to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

fn run_command(th: &Thread, main: &Py<Module>, text: &OsStr) -> PyResult<()> {
    let Some(text) = text.to_str() else {
        host::program::print_error("Unable to decode the command from the command line:\n");
        return call::call_method(th, &sys::os_text(text), "encode", &[]).map(drop);
    };
    let text = format!("{}\n", dedent(text));
    let options = CompileOptions { filename: "<string>", mode: Mode::Exec, flags: 0, optimize: -1 };
    let code = compile::compile_bytes(th, text.as_bytes(), options, true)?;
    display::remember_source(th, &code, "<string>", text.as_bytes());
    compile::run_code(th, &code, &main.dict(), None).map(drop)
}

fn run_stdin(th: &Thread, options: &Options, main: &Py<Module>) -> PyResult<()> {
    if !prompt::is_interactive(options) {
        let text = host::program::read_all().unwrap_or_default();
        return with_file_name(main, pystr::new("<stdin>").into_obj(), || run_source(th, main, &text, "<stdin>"));
    }
    // `-i` has done its work here: what ends the session ends the program.
    th.rt().inspect.set(false);
    let ended = prompt::run(th, options, main, true);
    let code = match ended {
        Ended { interrupted: true, .. } => return Err(th.raise_message(runtime::types::exceptions::KEYBOARD_INTERRUPT, "")),
        Ended { code, .. } => code,
    };
    if code == 0 { Ok(()) } else { Err(exit(th, code)) }
}

/// The exception that ends the program with a code.
fn exit(th: &Thread, code: i32) -> runtime::Raised {
    th.raise_with_args(runtime::types::exceptions::SYSTEM_EXIT, vec![runtime::int_obj(code.into())])
}

fn run_source(th: &Thread, main: &Py<Module>, source: &[u8], filename: &str) -> PyResult<()> {
    let options = CompileOptions { filename, mode: Mode::Exec, flags: 0, optimize: -1 };
    let code = compile::compile_file(th, source, options)?;
    compile::run_code(th, &code, &main.dict(), None).map(drop)
}

/// Runs `f` while `__main__` has the names of a file.
fn with_file_name(main: &Py<Module>, name: Obj, f: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
    let d = main.dict();
    let names = ["__file__", "__cached__"].map(pystr::intern);
    d.insert_str(&names[0], name);
    d.insert_str(&names[1], runtime::none());
    let result = f();
    for name in &names {
        d.remove_str(name);
    }
    result
}

fn run_file(th: &Thread, options: &Options, main: &Py<Module>, given: &OsStr) -> PyResult<()> {
    // The program's file is absolute from here on, as tracebacks and `__file__` show it.
    let path = host::program::absolute(given);
    let program = options.config.orig_argv.first().map_or(String::new(), |p| p.to_string_lossy().into_owned());
    let quoted = || Ok(runtime::protocols::repr(th, &sys::os_text(&path))?.to_string_lossy());
    if host::program::is_dir(&path) {
        host::program::print_error(&format!("{program}: {} is a directory, cannot continue\n", quoted()?));
        return Err(exit(th, 1));
    }
    let mut source = match host::program::read(&path) {
        Ok(source) => source,
        Err(e) => {
            let number = e.raw_os_error().unwrap_or(0);
            let text = host::program::error_text(&e);
            host::program::print_error(&format!("{program}: can't open file {}: [Errno {number}] {text}\n", quoted()?));
            return Err(exit(th, 2));
        }
    };
    if options.skip_first_line {
        let end = source.iter().position(|b| *b == b'\n').unwrap_or(source.len());
        source.drain(..end);
    }
    run_script(th, main, &path, &source)
}

/// Runs the contents of a file as `__main__`: source, or compiled code.
pub(crate) fn run_script(th: &Thread, main: &Py<Module>, path: &OsStr, contents: &[u8]) -> PyResult<()> {
    let is_code = path.as_encoded_bytes().ends_with(b".pyc") || contents.starts_with(&bytecode::tables::MAGIC_NUMBER);
    let loader = make_loader(th, path, if is_code { "SourcelessFileLoader" } else { "SourceFileLoader" })?;
    main.dict().insert_str(&pystr::intern("__loader__"), loader);
    with_file_name(main, sys::os_text(path), || {
        if !is_code {
            return run_source(th, main, contents, &path.to_string_lossy());
        }
        let Some(code) = contents.strip_prefix(&bytecode::tables::MAGIC_NUMBER).and_then(|rest| rest.get(12..)) else {
            return Err(th.runtime_error("Bad magic number in .pyc file"));
        };
        let code = runtime::marshal_module::from_bytes(th, code, true)?;
        match code.downcast() {
            Some(code) => compile::run_code(th, code, &main.dict(), None).map(drop),
            None => Err(th.runtime_error("Bad code object in .pyc file")),
        }
    })
}

/// The loader that `__main__` shows.
fn make_loader(th: &Thread, path: &OsStr, class: &str) -> PyResult<Obj> {
    let Some(external) = th.rt().importlib_external.get() else { return Ok(runtime::none()) };
    let class = attribute::get_str(th, &external, class)?;
    call::call(th, &class, &[pystr::new("__main__").into_obj(), sys::os_text(path)])
}

#[cfg(test)]
mod tests {
    use super::dedent;

    #[test]
    fn commands_lose_their_common_indentation() {
        assert_eq!(dedent("  a\n    b\n \n  c"), "a\n  b\n\nc");
        assert_eq!(dedent("a\n  b"), "a\n  b");
        assert_eq!(dedent("\ta\n  b"), "\ta\n  b");
        assert_eq!(dedent("\n\n   x\n"), "\n\nx\n");
    }
}
