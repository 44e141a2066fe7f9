//! Scripts that other processes send (`sys.remote_exec`), and sending them.

use crate::os::{calls, path};
use crate::protocols::call;
use crate::thread::breaker;
use crate::types::dict;
use crate::types::exceptions::{self, FILE_NOT_FOUND_ERROR, PERMISSION_ERROR, RUNTIME_ERROR};
use crate::types::str as text;
use crate::{Obj, PyResult, Raised, Thread, audit, compile, display, import};
use host::remote::{self, Refused};

/// Lets other processes send scripts to this thread, unless they may not.
pub fn accept(th: &Thread) {
    if th.rt().config.remote_debug {
        remote::accept(&th.eval_breaker, breaker::REMOTE);
    }
}

/// Runs the script that came; what goes wrong is shown.
#[cold]
pub(crate) fn run_script(th: &Thread) {
    if !th.rt().config.remote_debug || !th.is_main() {
        return;
    }
    let Some(name) = remote::take() else { return };
    let name = path::decode(&name);
    let shown = name.to_string_lossy();
    let name = name.into_obj();
    let report = |raised: Raised, what: &str| {
        display::unraisable_raised(th, raised, Some(&format!("{what} debugger script {shown}")), None);
    };
    if let Err(raised) = audit::audit(th, "cpython.remote_debugger_script", &[&name]) {
        report(raised, "Audit hook failed for remote");
    }
    let opened =
        import::import_module(th, "io").and_then(|io| call::call_method(th, &io, "open_code", std::slice::from_ref(&name)));
    let file = match opened {
        Ok(file) => file,
        Err(raised) => return report(raised, "Can't open"),
    };
    let source = call::call_method(th, &file, "read", &[]);
    let source = source.map_err(|raised| report(raised, "Error reading"));
    if let Err(raised) = call::call_method(th, &file, "close", &[]) {
        report(raised, "Error closing");
    }
    if let Ok(source) = source
        && let Err(raised) = run_source(th, &source)
    {
        report(raised, "Error executing");
    }
}

fn run_source(th: &Thread, source: &Obj) -> PyResult<()> {
    let source = compile::source_bytes(th, source, "exec", "string, bytes or code")?;
    let options = compile::Options { filename: "<string>", mode: syntax::Mode::Exec, flags: 0, optimize: -1 };
    let code = compile::compile_bytes(th, &source, options, false)?;
    let globals = dict::new();
    if let Some(builtins) = th.rt().builtins.get() {
        globals.insert_str(&text::intern("__builtins__"), builtins.into_obj());
    }
    compile::run_code(th, &code, &globals, None).map(drop)
}

/// Asks a process to run a script.
pub(crate) fn send(th: &Thread, pid: i32, script: &Obj) -> PyResult<()> {
    let name = path::name_bytes(th, &path::fspath(th, script)?)?;
    let Ok(name) = std::ffi::CString::new(name) else { return Err(th.value_error("embedded null byte")) };
    if let Err(e) = host::fs::faccessat(host::fs::CWD, &name, host::fs::READABLE, 0) {
        return Err(match e.kind() {
            std::io::ErrorKind::NotFound => th.raise_message(FILE_NOT_FOUND_ERROR, "Script file does not exist"),
            std::io::ErrorKind::PermissionDenied => th.raise_message(PERMISSION_ERROR, "Script file cannot be read"),
            _ => calls::error(th, &e),
        });
    }
    if !th.rt().config.remote_debug {
        return Err(th.runtime_error("Remote debugging is not enabled"));
    }
    remote::send(pid, name.to_bytes()).map_err(|refused| match refused {
        Refused::NotFound => {
            let text = format!("Failed to find the PyRuntime section in process {pid} on Linux platform");
            let cause = th.runtime_error(text);
            let cause = th.take_raised(cause);
            let text = "PyRuntime address lookup failed during debug offsets initialization";
            let raised = th.raise_message(RUNTIME_ERROR, text);
            let e = th.take_raised(raised);
            exceptions::raise_from(th, e, Some(cause))
        }
        Refused::Disabled => th.runtime_error("Remote debugging is not enabled in the remote process"),
        Refused::PathTooLong => th.value_error("Debugger script path is too long"),
        Refused::System(e) => {
            let file = format!("/proc/{pid}/maps");
            calls::error_for(th, &e, Some(text::new(&file).as_obj()))
        }
    })
}
