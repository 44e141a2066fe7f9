//! Showing exceptions: `sys.excepthook`, the end of a program by an exception, `sys.unraisablehook`.
//!
//! The library's `traceback` module formats exceptions. Where it can't be had, and for exceptions that nobody can catch, the plain form
//! below does: tracebacks with source lines, type and text, as CPython's own C code prints them.

use crate::protocols::{self, attribute, call};
use crate::types::code::Code;
use crate::types::exceptions::{self as exc, Part, as_exception, concat};
use crate::types::str::{self as pystr, Str};
use crate::types::traceback::Traceback;
use crate::types::tuple::Tuple;
use crate::types::{int, list::List, structseq};
use crate::{Obj, ObjExt, Py, PyResult, Raised, Thread, Type, none};
use object::Guarded;
use std::ffi::OsStr;

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

/// An attribute of the `sys` module.
pub fn sys_attribute(th: &Thread, name: &str) -> Option<Obj> {
    th.rt().sys_dict.get()?.get_str(&pystr::intern(name))
}

fn set_sys_attribute(th: &Thread, name: &str, value: Obj) {
    if let Some(dict) = th.rt().sys_dict.get() {
        dict.insert_str(&pystr::intern(name), value);
    }
}

/// Swallows the error of an action whose failure can't be reported.
fn ignore<T>(th: &Thread, r: PyResult<T>) {
    if let Err(raised) = r {
        drop(th.take_raised(raised));
    }
}

/// Where text for the user goes: `sys.stderr`, or the process's own stream before there is one.
struct Out {
    file: Option<Obj>,
}

impl Out {
    /// `None` when `sys.stderr` is `None`: nothing is to be shown.
    fn stderr(th: &Thread) -> Option<Out> {
        match sys_attribute(th, "stderr") {
            Some(file) if file.is_none() => None,
            file => Some(Out { file }),
        }
    }

    fn write_str(&self, th: &Thread, text: &Py<Str>) {
        match &self.file {
            Some(file) => {
                let r = call::call_method(th, file, "write", &[text.as_obj().clone()]);
                ignore(th, r);
            }
            None => eprint!("{}", text.to_string_lossy()),
        }
    }

    fn write(&self, th: &Thread, text: &str) {
        self.write_str(th, &pystr::new(text));
    }

    fn flush(&self, th: &Thread) {
        if let Some(file) = &self.file {
            let r = call::call_method(th, file, "flush", &[]);
            ignore(th, r);
        }
    }
}

/// Writes to `sys.stderr`; failure is not reported.
pub fn write_stderr(th: &Thread, text: &str) {
    if let Some(out) = Out::stderr(th) {
        out.write(th, text);
    }
}

/// As [`write_stderr`], for text of Python's.
pub fn write_stderr_str(th: &Thread, text: &Py<Str>) {
    if let Some(out) = Out::stderr(th) {
        out.write_str(th, text);
    }
}

/// Shows an exception on `sys.stderr` (`PyErr_Display`).
pub fn print_exception(th: &Thread, e: &Obj) {
    let Some(out) = Out::stderr(th) else { return };
    let pending = th.take_exception();
    if as_exception(e).is_none() || out_file(th).is_none() || print_by_library(th, e).is_none() {
        print_chain(th, &out, e, &mut Vec::new());
        out.flush(th);
    }
    th.restore_exception(pending);
}

/// As [`print_exception`], on another stream where the library does not decide (`_PyErr_Display`). A traceback of its own is not replaced.
pub fn print_exception_to(th: &Thread, file: &Obj, e: &Obj, traceback: &Obj) {
    add_traceback(e, traceback);
    let pending = th.take_exception();
    if as_exception(e).is_none() || print_by_library(th, e).is_none() {
        let out = Out { file: Some(file.clone()) };
        print_chain(th, &out, e, &mut Vec::new());
    }
    th.restore_exception(pending);
}

/// Gives an exception without a traceback this one.
fn add_traceback(e: &Obj, traceback: &Obj) {
    if let Some(e) = as_exception(e)
        && e.traceback().is_none()
        && let Some(tb) = traceback.downcast::<Traceback>()
    {
        e.set_traceback(Some(tb.clone()));
    }
}

/// `traceback._print_exception_bltin(e)`. `None` when that fails.
fn print_by_library(th: &Thread, e: &Obj) -> Option<()> {
    let printed = crate::import::import_module(th, "traceback")
        .and_then(|m| attribute::get_str(th, &m, "_print_exception_bltin"))
        .and_then(|f| call::call(th, &f, std::slice::from_ref(e)));
    match printed {
        Ok(_) => Some(()),
        Err(raised) => {
            drop(th.take_raised(raised));
            None
        }
    }
}

/// `sys.stderr`, if it exists already.
fn out_file(th: &Thread) -> Option<Obj> {
    sys_attribute(th, "stderr").filter(|f| !f.is_none())
}

/// The exception, after those it came from (`print_exception_recursive`).
fn print_chain(th: &Thread, out: &Out, e: &Obj, seen: &mut Vec<u64>) {
    if let Some(payload) = as_exception(e)
        && th.check_stack("").map_err(|raised| drop(th.take_raised(raised))).is_ok()
    {
        seen.push(e.id());
        if let Some(cause) = payload.cause() {
            if !seen.contains(&cause.id()) {
                print_chain(th, out, &cause, seen);
                out.write(th, CAUSE);
            }
        } else if let Some(context) = payload.context()
            && !payload.suppress_context()
            && !seen.contains(&context.id())
        {
            print_chain(th, out, &context, seen);
            out.write(th, CONTEXT);
        }
    }
    print_one(th, out, e);
}

fn print_one(th: &Thread, out: &Out, e: &Obj) {
    let Some(payload) = as_exception(e) else {
        let got = e.ty().name();
        out.write(th, &format!("TypeError: print_exception(): Exception expected for value, {got} found\n"));
        return;
    };
    if let Some(tb) = payload.traceback() {
        print_traceback(th, out, &tb);
    }
    if e.is_instance(exc::SYNTAX_ERROR) {
        print_syntax_place(th, out, e);
    }
    out.write_str(th, &type_name(th, e));
    match protocols::str(th, e) {
        Ok(text) if text.is_empty() => {}
        Ok(text) => out.write_str(th, &concat(&[Part::Text(": "), Part::Str(&text)])),
        Err(raised) => {
            drop(th.take_raised(raised));
            out.write(th, ": <exception str() failed>");
        }
    }
    out.write(th, "\n");
}

/// `  File "name", line 3` for a syntax error that wants it.
fn print_syntax_place(th: &Thread, out: &Out, e: &Obj) {
    let field = |name: &str| match attribute::lookup_opt_str(th, e, name) {
        Ok(v) => v,
        Err(raised) => {
            drop(th.take_raised(raised));
            None
        }
    };
    if field("print_file_and_line").is_none() {
        return;
    }
    let line = field("lineno").and_then(|l| int::to_i64(&l));
    let filename = field("filename").and_then(|f| f.downcast::<Str>().cloned()).unwrap_or_else(|| pystr::new("<string>"));
    if let Some(line) = line {
        let tail = format!("\", line {line}\n");
        out.write_str(th, &concat(&[Part::Text("  File \""), Part::Str(&filename), Part::Text(&tail)]));
    }
}

/// The class of an exception as tracebacks show it: with its module, unless that is `builtins` or `__main__`.
fn type_name(th: &Thread, e: &Obj) -> Py<Str> {
    let ty = e.ty().to_obj();
    let module = attribute::lookup_opt(th, &ty, &crate::names::get().__module__);
    let qualname = pystr::new(&e.ty().qualname());
    let module = match module {
        Ok(m) => m,
        Err(raised) => {
            drop(th.take_raised(raised));
            None
        }
    };
    match module.as_ref().and_then(|m| m.downcast::<Str>()) {
        None => concat(&[Part::Text("<unknown>."), Part::Str(&qualname)]),
        Some(m) if m.is_ascii_eq("builtins") || m.is_ascii_eq("__main__") => qualname,
        Some(m) => concat(&[Part::Str(m), Part::Text("."), Part::Str(&qualname)]),
    }
}

/// How many frames a traceback shows at most, by default.
const TRACEBACK_LIMIT: i64 = 1000;
/// How often one line shows before the rest is counted only.
const RECURSIVE_CUTOFF: usize = 3;

/// Prints a traceback with source lines (`PyTraceBack_Print`).
fn print_traceback(th: &Thread, out: &Out, tb: &Obj) {
    let limit = match sys_attribute(th, "tracebacklimit") {
        Some(n) if int::is_int(&n) => {
            int::to_i64(&n).unwrap_or(if int::is_negative(&n) { 0 } else { i64::MAX }).min(i64::from(i32::MAX))
        }
        _ => TRACEBACK_LIMIT,
    };
    let mut entries = Vec::new();
    let mut next = tb.downcast::<Traceback>().cloned();
    while let Some(entry) = next {
        next = entry.next();
        entries.push(entry);
    }
    if limit <= 0 {
        return;
    }
    out.write(th, "Traceback (most recent call last):\n");
    let skip = entries.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut last: Option<(Py<Str>, i32, Py<Str>)> = None;
    let mut count = 0;
    for entry in &entries[skip..] {
        let line = entry.line();
        let Some(code) = entry.code() else { continue };
        let place = (code.filename(), line.unwrap_or(-1), code.name.clone());
        let same = last.as_ref().is_some_and(|l| l.0.eq(&place.0) && l.1 == place.1 && l.2.eq(&place.2));
        if !same {
            print_repeated(th, out, count);
            count = 0;
        }
        count += 1;
        if count <= RECURSIVE_CUTOFF {
            print_line(th, out, &place);
        }
        last = Some(place);
    }
    print_repeated(th, out, count);
}

/// Prints a traceback to a file (`PyTraceBack_Print`).
pub fn print_traceback_to(th: &Thread, tb: &Obj, file: &Obj) {
    print_traceback(th, &Out { file: Some(file.clone()) }, tb);
}

fn print_repeated(th: &Thread, out: &Out, count: usize) {
    if count > RECURSIVE_CUTOFF {
        let more = count - RECURSIVE_CUTOFF;
        let plural = if more == 1 { "" } else { "s" };
        out.write(th, &format!("  [Previous line repeated {more} more time{plural}]\n"));
    }
}

fn print_line(th: &Thread, out: &Out, (filename, line, name): &(Py<Str>, i32, Py<Str>)) {
    let middle = format!("\", line {line}, in ");
    out.write_str(
        th,
        &concat(&[Part::Text("  File \""), Part::Str(filename), Part::Text(&middle), Part::Str(name), Part::Text("\n")]),
    );
    if let Some(source) = source_line(th, filename, *line) {
        out.write(th, &format!("    {source}\n"));
    }
}

/// A line of a source file, without the space around it.
pub(crate) fn source_line(th: &Thread, filename: &Py<Str>, line: i32) -> Option<String> {
    Some(source_text(th, filename, line)?.trim_start_matches([' ', '\t', '\x0c']).trim_end().to_string())
}

/// A line of a source file, found by its name or, by its last part, along `sys.path`.
pub(crate) fn source_text(th: &Thread, filename: &Py<Str>, line: i32) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let name = filename.to_string_lossy();
    if name.starts_with('<') && name.ends_with('>') {
        return None;
    }
    let content = host::program::read(OsStr::new(&name)).ok().or_else(|| {
        let tail = name.rsplit('/').next()?;
        let path = sys_attribute(th, "path")?.downcast::<List>()?.to_vec();
        path.iter()
            .find_map(|dir| host::program::read(OsStr::new(&format!("{}/{tail}", dir.downcast::<Str>()?.to_string_lossy()))).ok())
    })?;
    let text = String::from_utf8_lossy(&content);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Some(text.lines().nth(index)?.to_string())
}

/// `sys.__excepthook__`. A traceback given beside an exception without one becomes its own.
pub fn excepthook(th: &Thread, value: &Obj, traceback: &Obj) {
    add_traceback(value, traceback);
    print_exception(th, value);
}

/// Lets tracebacks show the lines of a program that has no file, as given with `-c`. Failure only means that they don't.
pub fn remember_source(th: &Thread, code: &Py<Code>, filename: &str, source: &[u8]) {
    let args = [code.as_obj().clone(), pystr::from_wtf8(source).into_obj(), pystr::new(filename).into_obj()];
    let registered =
        crate::import::import_module(th, "linecache").and_then(|m| call::call_method(th, &m, "_register_code", &args));
    ignore(th, registered);
}

/// Gives a `SyntaxError` without a text the line of the source that it points to.
pub fn with_source_line(th: &Thread, raised: Raised, source: &[u8]) -> Raised {
    let e = th.take_raised(raised);
    if e.is_instance(exc::SYNTAX_ERROR)
        && let Ok(text) = attribute::get_str(th, &e, "text").map_err(|r| drop(th.take_raised(r)))
        && text.is_none()
        && let Ok(line) = attribute::get_str(th, &e, "lineno").map_err(|r| drop(th.take_raised(r)))
        && let Some(line) = int::to_i64(&line).and_then(|n| usize::try_from(n - 1).ok())
        && let Some(line) = source.split_inclusive(|b| *b == b'\n').nth(line)
    {
        let line = pystr::from_wtf8(line).into_obj();
        ignore(th, attribute::set_str(th, &e, "text", &line));
    }
    th.reraise(e)
}

/// How a program ends that an exception left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Uncaught {
    /// The code for the parent process.
    pub exit_code: i32,
    /// It was a `KeyboardInterrupt`: the process should end by the signal.
    pub interrupted: bool,
    /// It was a `SystemExit`: nothing was shown, and `-i` does not stop it from ending interactive sessions.
    pub system_exit: bool,
}

/// Deals with an exception that nothing caught: `SystemExit` gives its code, others go to `sys.excepthook` (`PyErr_Print`).
pub fn report_uncaught(th: &Thread, e: &Obj) -> Uncaught {
    if let Some(exit_code) = system_exit(th, e) {
        return Uncaught { exit_code, interrupted: false, system_exit: true };
    }
    let interrupted = e.is_instance(exc::KEYBOARD_INTERRUPT);
    set_last(th, e);
    match sys_attribute(th, "excepthook") {
        None => {
            write_stderr(th, "sys.excepthook is missing\n");
            print_exception(th, e);
        }
        Some(hook) => {
            let tb = as_exception(e).and_then(|e| e.traceback()).unwrap_or_else(none);
            let ty = e.ty().to_obj();
            if let Err(raised) = crate::audit::audit(th, "sys.excepthook", &[&hook, &ty, e, &tb]) {
                let refused = th.take_raised(raised);
                // A RuntimeError of an audit hook keeps the exception from being shown.
                if !refused.is_instance(exc::RUNTIME_ERROR) {
                    print_exception(th, &refused);
                }
                let interrupted = interrupted && refused.is_instance(exc::KEYBOARD_INTERRUPT);
                return Uncaught { exit_code: 1, interrupted, system_exit: false };
            }
            if let Err(raised) = call::call(th, &hook, &[e.ty().to_obj(), e.clone(), tb]) {
                let second = th.take_raised(raised);
                if let Some(exit_code) = system_exit(th, &second) {
                    return Uncaught { exit_code, interrupted: false, system_exit: true };
                }
                write_stderr(th, "Error in sys.excepthook:\n");
                print_exception(th, &second);
                write_stderr(th, "\nOriginal exception was:\n");
                print_exception(th, e);
            }
        }
    }
    Uncaught { exit_code: if interrupted { 130 } else { 1 }, interrupted, system_exit: false }
}

/// `sys.last_exc` and its older relatives.
fn set_last(th: &Thread, e: &Obj) {
    set_sys_attribute(th, "last_exc", e.clone());
    set_sys_attribute(th, "last_type", e.ty().to_obj());
    set_sys_attribute(th, "last_value", e.clone());
    set_sys_attribute(th, "last_traceback", as_exception(e).and_then(|e| e.traceback()).unwrap_or_else(none));
}

/// The process's exit code for a `SystemExit`; a code that is neither `None` nor an int is shown and means 1.
fn system_exit(th: &Thread, e: &Obj) -> Option<i32> {
    if !e.is_instance(exc::SYSTEM_EXIT) || th.rt().inspect.get() {
        return None;
    }
    if let Some(stdout) = sys_attribute(th, "stdout").filter(|f| !f.is_none()) {
        let r = call::call_method(th, &stdout, "flush", &[]);
        ignore(th, r);
    }
    let code = match attribute::lookup_opt_str(th, e, "code") {
        Ok(Some(code)) => code,
        Ok(None) => e.clone(),
        Err(raised) => {
            drop(th.take_raised(raised));
            e.clone()
        }
    };
    if code.is_none() {
        return Some(0);
    }
    if int::is_int(&code) {
        return Some(int::to_i64(&code).map_or(-1, |n| n as i32));
    }
    if let Some(out) = Out::stderr(th) {
        match protocols::str(th, &code) {
            Ok(text) => out.write_str(th, &text),
            Err(raised) => drop(th.take_raised(raised)),
        }
        out.write(th, "\n");
        out.flush(th);
    }
    Some(1)
}

/// The type of the argument of `sys.unraisablehook`, made on first use.
#[derive(Default)]
struct HookArgs {
    ty: Guarded<Option<Py<Type>>>,
}

fn hook_args_type(th: &Thread) -> PyResult<Py<Type>> {
    let state = th.rt().state::<HookArgs>();
    if let Some(ty) = state.ty.get() {
        return Ok(ty);
    }
    let fields = ["exc_type", "exc_value", "exc_traceback", "err_msg", "object"];
    let doc = "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.";
    let ty = structseq::new_type(th, "UnraisableHookArgs", doc, &fields, fields.len())?;
    state.ty.set(Some(ty.clone()));
    Ok(ty)
}

/// Reports an exception that can't go on: `message` says where it came up (the object's repr follows), or without a message `object` alone does.
pub fn unraisable(th: &Thread, e: Obj, message: Option<&str>, object: Option<&Obj>) {
    let pending = th.take_exception();
    let tb = as_exception(&e).and_then(|e| e.traceback());
    if tb.is_none()
        && let Some(payload) = as_exception(&e)
    {
        payload.set_traceback(crate::types::traceback::here(th));
    }
    let tb = as_exception(&e).and_then(|e| e.traceback()).unwrap_or_else(none);
    // As CPython's format strings do, a message ends with the object.
    let (message, object) = match (message, object) {
        (Some(m), Some(o)) => match protocols::repr(th, o) {
            Ok(shown) => (Some(concat(&[Part::Text(m), Part::Text(" "), Part::Str(&shown)])), None),
            Err(raised) => {
                drop(th.take_raised(raised));
                (Some(pystr::new(m)), None)
            }
        },
        (m, o) => (m.map(pystr::new), o),
    };
    let err_msg = message.map_or_else(none, Py::into_obj);
    let fields = [e.ty().to_obj(), e, tb, err_msg, object.cloned().unwrap_or_else(none)];
    let hook = sys_attribute(th, "unraisablehook");
    let default = sys_attribute(th, "__unraisablehook__");
    match hook {
        Some(hook) if !default.is_some_and(|d| d.is(&hook)) => {
            let called = hook_args_type(th)
                .and_then(|ty| structseq::new(th, &ty, fields.to_vec()))
                .and_then(|args| crate::audit::audit(th, "sys.unraisablehook", &[&hook, &args]).map(|()| args))
                .and_then(|args| call::call(th, &hook, &[args]));
            if let Err(raised) = called {
                let e = th.take_raised(raised);
                let tb = as_exception(&e).and_then(|e| e.traceback()).unwrap_or_else(none);
                let message = pystr::new("Exception ignored in sys.unraisablehook").into_obj();
                print_unraisable(th, &[e.ty().to_obj(), e, tb, message, hook]);
            }
        }
        _ => print_unraisable(th, &fields),
    }
    th.restore_exception(pending);
}

/// As [`unraisable`], for an error as functions return it.
pub fn unraisable_raised(th: &Thread, raised: Raised, message: Option<&str>, object: Option<&Obj>) {
    let e = th.take_raised(raised);
    unraisable(th, e, message, object);
}

/// `sys.__unraisablehook__`.
pub fn unraisable_hook(th: &Thread, args: &Obj) -> PyResult<()> {
    let ty = hook_args_type(th)?;
    let items = args.downcast::<Tuple>().filter(|_| std::ptr::eq(args.ty(), ty.as_object())).map(|t| t.items());
    let Some([class, value, tb, message, object]) = items else {
        return Err(th.type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
    };
    print_unraisable(th, &[class.clone(), value.clone(), tb.clone(), message.clone(), object.clone()]);
    Ok(())
}

fn print_unraisable(th: &Thread, [ty, value, tb, message, object]: &[Obj; 5]) {
    let Some(out) = Out::stderr(th) else { return };
    let message = message.downcast::<Str>();
    if !object.is_none() {
        match message {
            Some(m) => out.write_str(th, &concat(&[Part::Str(m), Part::Text(": ")])),
            None => out.write(th, "Exception ignored in: "),
        }
        match protocols::repr(th, object) {
            Ok(shown) => out.write_str(th, &shown),
            Err(raised) => {
                drop(th.take_raised(raised));
                out.write(th, "<object repr() failed>");
            }
        }
        out.write(th, "\n");
    } else if let Some(m) = message {
        out.write_str(th, &concat(&[Part::Str(m), Part::Text(":\n")]));
    }
    if !tb.is_none() {
        print_traceback(th, &out, tb);
    }
    if ty.is_none() {
        return;
    }
    if value.is_none() {
        out.write(th, &ty.downcast::<Type>().map(|t| t.qualname()).unwrap_or_default());
    } else {
        out.write_str(th, &type_name(th, value));
        match protocols::str(th, value) {
            Ok(text) => out.write_str(th, &concat(&[Part::Text(": "), Part::Str(&text)])),
            Err(raised) => {
                drop(th.take_raised(raised));
                out.write(th, ": <exception str() failed>");
            }
        }
    }
    out.write(th, "\n");
    out.flush(th);
}
