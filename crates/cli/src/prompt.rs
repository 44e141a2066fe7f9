//! The interactive prompt: the library's own console in a terminal, line by line otherwise.

use crate::options::Options;
use crate::run::{Ended, run_script};
use runtime::compile::{self, Options as CompileOptions};
use runtime::protocols::{self, attribute, call};
use runtime::types::code::Code;
use runtime::types::exceptions::{INCOMPLETE_INPUT_ERROR, KEYBOARD_INTERRUPT, SYSTEM_EXIT};
use runtime::types::str as pystr;
use runtime::{Module, ObjExt, Py, PyResult, Thread, display, gil, import, startup, sys};
use syntax::Mode;

/// `PyCF_DONT_IMPLY_DEDENT` and `PyCF_ALLOW_INCOMPLETE_INPUT`: a block ends with an empty line, and more may come.
const MORE_MAY_COME: u32 = 0x200 | 0x4000;

/// Whether standard input is a terminal, or to be treated as one.
pub(crate) fn is_interactive(options: &Options) -> bool {
    options.config.interactive > 0 || host::program::is_terminal()
}

/// Runs a session; `with_startup`: with what `PYTHONSTARTUP` and `sys.__interactivehook__` do.
pub(crate) fn run(th: &Thread, options: &Options, main: &Py<Module>, with_startup: bool) -> Ended {
    let basic = !options.config.ignore_environment && host::program::var_os("PYTHON_BASIC_REPL").is_some_and(|v| !v.is_empty());
    if host::program::is_terminal() && !basic {
        return run_console(th, options, main, with_startup);
    }
    if with_startup {
        run_startup(th, options, main);
        run_hook(th);
    }
    Session { th, main, flags: 0, interrupted: false, count: 0 }.run()
}

/// `sys._baserepl`: the line by line prompt in `__main__`; what ends it goes on to the caller.
pub(crate) fn base(th: &Thread) -> PyResult<()> {
    let main = startup::main_module(th)?;
    match (Session { th, main: &main, flags: 0, interrupted: false, count: 0 }).run() {
        Ended { code: 0, .. } => Ok(()),
        Ended { code, .. } => Err(th.raise_with_args(SYSTEM_EXIT, vec![runtime::int_obj(code.into())])),
    }
}

/// `_pyrepl`, which does the startup file itself.
fn run_console(th: &Thread, options: &Options, main: &Py<Module>, with_startup: bool) -> Ended {
    let console = || -> PyResult<()> {
        let pyrepl = import::import_module(th, "_pyrepl.main")?;
        let function = attribute::get_str(th, &pyrepl, "interactive_console")?;
        let with_startup = with_startup && !options.config.ignore_environment;
        let keywords = [("mainmodule", main.as_obj().clone()), ("pythonstartup", runtime::bool_obj(with_startup))];
        call::call_with_keywords(th, &function, &[], &keywords).map(drop)
    };
    match console() {
        Ok(()) => Ended::default(),
        Err(raised) => Ended::by(th, &th.take_raised(raised)).0,
    }
}

/// Runs the file that `PYTHONSTARTUP` names; errors are shown and forgotten.
fn run_startup(th: &Thread, options: &Options, main: &Py<Module>) {
    let variable = if options.config.ignore_environment { None } else { host::program::var_os("PYTHONSTARTUP") };
    let Some(path) = variable.filter(|p| !p.is_empty()) else { return };
    let result = match host::program::read(&path) {
        Ok(contents) => run_script(th, main, &path, &contents),
        Err(e) => {
            display::write_stderr(th, "Could not open PYTHONSTARTUP\n");
            Err(runtime::types::exceptions::os_error_io(th, &e, Some(&sys::os_text(&path))))
        }
    };
    if let Err(raised) = result {
        let e = th.take_raised(raised);
        display::report_uncaught(th, &e);
    }
}

fn run_hook(th: &Thread) {
    let Ok(Some(hook)) = sys::get(th, "__interactivehook__") else { return };
    if let Err(raised) = call::call(th, &hook, &[]) {
        let e = th.take_raised(raised);
        display::write_stderr(th, "Failed calling sys.__interactivehook__\n");
        display::report_uncaught(th, &e);
    }
}

/// One line from standard input.
enum Line {
    Text(Vec<u8>),
    End,
    Interrupted,
}

/// The line by line prompt (`PyRun_InteractiveLoop`).
struct Session<'a> {
    th: &'a Thread,
    main: &'a Py<Module>,
    /// What `from __future__ import` has switched on so far.
    flags: u32,
    interrupted: bool,
    /// How many statements were read: each has a file name of its own.
    count: usize,
}

/// What became of reading one statement.
enum Read {
    Statement(Py<Code>),
    Nothing,
    End,
}

impl Session<'_> {
    fn run(mut self) -> Ended {
        for (name, prompt) in [("ps1", ">>> "), ("ps2", "... ")] {
            if !matches!(sys::get(self.th, name), Ok(Some(_))) {
                sys::set(self.th, name, pystr::new(prompt).into_obj());
            }
        }
        loop {
            let mut is_last = false;
            let result = self.statement(&mut is_last).and_then(|read| match read {
                Read::Statement(code) => {
                    self.flags |= code.flags & FUTURES;
                    compile::run_code(self.th, &code, &self.main.dict(), None).map(|_| true)
                }
                Read::Nothing => Ok(true),
                Read::End => Ok(false),
            });
            match result {
                Ok(true) => {}
                Ok(false) => return Ended { code: 0, interrupted: self.interrupted },
                Err(raised) => {
                    let e = self.th.take_raised(raised);
                    let (ended, is_exit) = Ended::by(self.th, &e);
                    if is_exit {
                        return ended;
                    }
                    self.interrupted |= ended.interrupted;
                }
            }
            self.flush();
        }
    }

    /// Reads lines until they are a statement.
    fn statement(&mut self, is_last: &mut bool) -> PyResult<Read> {
        let th = self.th;
        let mut source: Vec<u8> = Vec::new();
        loop {
            self.show_prompt(if source.is_empty() { "ps1" } else { "ps2" });
            let line = match self.read_line() {
                Line::Text(line) => line,
                Line::Interrupted => return Err(th.raise_with_args(KEYBOARD_INTERRUPT, Vec::new())),
                Line::End => {
                    host::program::print_error("\n");
                    if source.is_empty() {
                        return Ok(Read::End);
                    }
                    *is_last = true;
                    Vec::new()
                }
            };
            source.extend_from_slice(&line);
            if !*is_last && source.last() != Some(&b'\n') {
                // The end of the input in the middle of a line: one more prompt, and that is that.
                self.show_prompt("ps2");
                host::program::print_error("\n");
                *is_last = true;
            }
            if is_blank(&source) {
                return Ok(Read::Nothing);
            }
            let (text, flags) = match source.strip_suffix(b"\n").filter(|_| !*is_last) {
                Some(text) => (text, MORE_MAY_COME | self.flags),
                None => (source.as_slice(), self.flags),
            };
            let options = CompileOptions { filename: "<stdin>", mode: Mode::Single, flags, optimize: -1 };
            let arena = syntax::Arena::new();
            match compile::parse_bytes(th, &arena, text, options) {
                Ok(module) => {
                    let filename = format!("<stdin-{}>", self.count);
                    self.count += 1;
                    let code = compile::compile_tree(th, &module, CompileOptions { filename: &filename, ..options });
                    return match code {
                        Ok(code) => {
                            display::remember_source(th, &code, "<stdin>", &source);
                            Ok(Read::Statement(code))
                        }
                        Err(raised) => Err(display::with_source_line(th, raised, &source)),
                    };
                }
                Err(raised) => {
                    let e = th.take_raised(raised);
                    if *is_last || !e.is_instance(INCOMPLETE_INPUT_ERROR) {
                        return Err(th.reraise(e));
                    }
                }
            }
        }
    }

    fn show_prompt(&self, name: &str) {
        let Ok(Some(prompt)) = sys::get(self.th, name) else { return };
        match protocols::str(self.th, &prompt) {
            Ok(text) => host::program::print_error(&text.to_string_lossy()),
            Err(raised) => drop(self.th.take_raised(raised)),
        }
    }

    /// Reads byte by byte, so that `input()` gets what follows.
    fn read_line(&self) -> Line {
        let mut line = Vec::new();
        let mut byte = [0];
        loop {
            match self.th.allow_threads(|| host::fd::read(0, &mut byte)) {
                Ok(0) if line.is_empty() => return Line::End,
                Ok(0) => return Line::Text(line),
                Ok(_) => {
                    line.push(byte[0]);
                    if byte[0] == b'\n' {
                        return Line::Text(line);
                    }
                }
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {
                    if let Err(raised) = gil::handle_breaker(self.th) {
                        drop(self.th.take_raised(raised));
                        return Line::Interrupted;
                    }
                }
                Err(_) => return Line::End,
            }
        }
    }

    /// Flushes what the statement has written.
    fn flush(&self) {
        for name in ["stderr", "stdout"] {
            if let Ok(Some(stream)) = sys::get(self.th, name)
                && !stream.is_none()
                && let Err(raised) = call::call_method(self.th, &stream, "flush", &[])
            {
                drop(self.th.take_raised(raised));
            }
        }
    }
}

/// The `CO_FUTURE_*` bits.
const FUTURES: u32 = 0x1fe_0000;

/// Nothing but empty lines and comments.
fn is_blank(source: &[u8]) -> bool {
    source.split(|b| *b == b'\n').all(|line| line.trim_ascii_start().first().is_none_or(|b| *b == b'#'))
}
