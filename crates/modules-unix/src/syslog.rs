//! `syslog`: the system's log.

use object::Guarded;
use runtime::args::ArgName;
use runtime::protocols::{attribute, sequence};
use runtime::types::str::{self as pystr, Str};
use runtime::{Args, Module, ObjExt, Py, PyResult, Thread, audit, int_obj, none};
use std::ffi::CString;
use std::sync::Arc;

/// The module.
#[macros::pymodule(name = "syslog", exec = exec)]
pub(crate) struct Syslog;

/// Whether `openlog` was called.
#[derive(Default)]
struct State(Guarded<bool>);

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for &(name, value) in CONSTANTS {
        m.add(name, int_obj(value));
    }
    Ok(())
}

const LOG_INFO: i32 = 6;
const LOG_USER: i32 = 8;

/// The program's name: the last part of `sys.argv[0]`.
fn program(th: &Thread) -> Option<CString> {
    let known = || -> PyResult<Option<String>> {
        let sys = runtime::import::import_module(th, "sys")?;
        let Some(argv) = attribute::lookup_opt_str(th, &sys, "argv")? else { return Ok(None) };
        let first = sequence::to_vec(th, &argv)?.into_iter().next();
        Ok(first.and_then(|o| o.downcast::<Str>().map(|s| s.to_string_lossy())))
    };
    match known() {
        Ok(name) => {
            let name = name?;
            let last = name.rsplit('/').next().unwrap_or_default();
            if last.is_empty() { None } else { CString::new(last).ok() }
        }
        Err(r) => {
            drop(th.take_raised(r));
            None
        }
    }
}

fn open(th: &Thread, ident: Option<CString>, options: i32, facility: i32) -> PyResult<()> {
    let ident = ident.or_else(|| program(th));
    audit::audit_with(th, "syslog.openlog", || {
        let shown = ident.as_ref().map_or_else(none, |i| pystr::new(&i.to_string_lossy()).into_obj());
        vec![shown, int_obj(options.into()), int_obj(facility.into())]
    })?;
    host::log::open(ident, options, facility);
    let state: Arc<State> = th.rt().state();
    state.0.set(true);
    Ok(())
}

/// The text up to its first null character, as C sees it.
fn c_string(text: &str) -> CString {
    CString::new(text.split('\0').next().unwrap_or_default()).unwrap_or_default()
}

#[macros::pymethods]
impl Syslog {
    /// Set logging options of subsequent syslog() calls.
    #[pyfunction(sig = "($module, /, ident=<unrepresentable>, logoption=0, facility=LOG_USER)")]
    fn openlog(th: &Thread, ident: Option<&Py<Str>>, logoption: Option<i32>, facility: Option<i32>) -> PyResult<()> {
        let ident = ident.map(|s| s.to_utf8(th)).transpose()?.map(|s| c_string(&s));
        open(th, ident, logoption.unwrap_or(0), facility.unwrap_or(LOG_USER))
    }

    /// syslog([priority=LOG_INFO,] message): send the string message to the system logger.
    #[pyfunction]
    fn syslog(th: &Thread, args: Args<'_>) -> PyResult<()> {
        args.no_keywords(th, "syslog")?;
        let (priority, message, argument) = match args.pos() {
            [message] => (LOG_INFO, message, "argument 1"),
            [priority, message] => (runtime::protocols::number::index_i64(th, priority)? as i32, message, "argument 2"),
            _ => return Err(th.type_error("syslog.syslog requires 1 to 2 arguments")),
        };
        let Some(text) = message.downcast::<Str>() else {
            return Err(ArgName { function: "syslog", argument }.bad(th, "str", message));
        };
        let text = c_string(&text.to_utf8(th)?);
        audit::audit_with(th, "syslog.syslog", || vec![int_obj(priority.into()), message.clone()])?;
        let state: Arc<State> = th.rt().state();
        if !state.0.get() {
            open(th, None, 0, LOG_USER)?;
        }
        th.allow_threads(|| host::log::write(priority, &text));
        Ok(())
    }

    /// Reset the syslog module values and call the system library closelog().
    #[pyfunction(sig = "($module, /)")]
    fn closelog(th: &Thread) -> PyResult<()> {
        audit::audit(th, "syslog.closelog", &[])?;
        let state: Arc<State> = th.rt().state();
        if state.0.get() {
            host::log::close();
            state.0.set(false);
        }
        Ok(())
    }

    /// Set the priority mask to maskpri and return the previous mask value.
    #[pyfunction(sig = "($module, maskpri, /)")]
    fn setlogmask(th: &Thread, maskpri: i32) -> PyResult<i32> {
        audit::audit_with(th, "syslog.setlogmask", || vec![int_obj(maskpri.into())])?;
        Ok(host::log::set_mask(maskpri))
    }

    /// Calculates the mask for the individual priority pri.
    #[pyfunction(name = "LOG_MASK", sig = "($module, pri, /)")]
    fn log_mask(_th: &Thread, pri: i32) -> i32 {
        1i32.wrapping_shl(pri as u32)
    }

    /// Calculates the mask for all priorities up to and including pri.
    #[pyfunction(name = "LOG_UPTO", sig = "($module, pri, /)")]
    fn log_upto(_th: &Thread, pri: i32) -> i32 {
        1i32.wrapping_shl(pri.wrapping_add(1) as u32).wrapping_sub(1)
    }
}

/// Numbers by name.
#[rustfmt::skip]
static CONSTANTS: &[(&str, i64)] = &[
    ("LOG_ALERT", 1), ("LOG_AUTH", 32), ("LOG_AUTHPRIV", 80), ("LOG_CONS", 2), ("LOG_CRIT", 2), ("LOG_CRON", 72), ("LOG_DAEMON", 24),
    ("LOG_DEBUG", 7), ("LOG_EMERG", 0), ("LOG_ERR", 3), ("LOG_FTP", 88), ("LOG_INFO", 6), ("LOG_KERN", 0), ("LOG_LOCAL0", 128),
    ("LOG_LOCAL1", 136), ("LOG_LOCAL2", 144), ("LOG_LOCAL3", 152), ("LOG_LOCAL4", 160), ("LOG_LOCAL5", 168), ("LOG_LOCAL6", 176),
    ("LOG_LOCAL7", 184), ("LOG_LPR", 48), ("LOG_MAIL", 16), ("LOG_NDELAY", 8), ("LOG_NEWS", 56), ("LOG_NOTICE", 5), ("LOG_NOWAIT", 16),
    ("LOG_ODELAY", 4), ("LOG_PERROR", 32), ("LOG_PID", 1), ("LOG_SYSLOG", 40), ("LOG_USER", 8), ("LOG_UUCP", 64), ("LOG_WARNING", 4),
];
