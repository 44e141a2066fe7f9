//! `print`, `input`, `open`.

use super::Builtins;
use crate::args::OrNone;
use crate::protocols::{attribute, call, truth};
use crate::types::str::{self as pystr, Str};
use crate::{Args, Obj, ObjExt, PyResult, Thread, audit, names};

fn write(th: &Thread, file: &Obj, text: &Obj) -> PyResult<()> {
    call::call_method_str(th, file, &names::get().write, std::slice::from_ref(text)).map(drop)
}

fn separator(th: &Thread, given: Option<&Obj>, name: &str, default: &str) -> PyResult<Obj> {
    match given {
        None => Ok(pystr::new(default).into_obj()),
        Some(o) if o.is_none() => Ok(pystr::new(default).into_obj()),
        Some(o) if o.downcast::<Str>().is_some() => Ok(o.clone()),
        Some(o) => Err(th.type_error(format!("{name} must be None or a string, not {}", o.ty().name()))),
    }
}

#[macros::pymethods(IO)]
impl Builtins {
    #[pyfunction(sig = "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)")]
    fn print(
        th: &Thread,
        args: &[Obj],
        sep: Option<&Obj>,
        end: Option<&Obj>,
        file: OrNone<&Obj>,
        flush: Option<&Obj>,
    ) -> PyResult<()> {
        let file = match file.0 {
            Some(f) => f.clone(),
            None => match crate::sys::get(th, "stdout")? {
                Some(f) if f.is_none() => return Ok(()),
                Some(f) => f,
                None => return Err(th.runtime_error("lost sys.stdout")),
            },
        };
        let sep = separator(th, sep, "sep", " ")?;
        let end = separator(th, end, "end", "\n")?;
        for (i, a) in args.iter().enumerate() {
            if i > 0 {
                write(th, &file, &sep)?;
            }
            let s = crate::protocols::str(th, a)?;
            write(th, &file, s.as_obj())?;
        }
        write(th, &file, &end)?;
        if let Some(f) = flush
            && truth(th, f)?
        {
            call::call_method_str(th, &file, &names::get().flush, &[])?;
        }
        Ok(())
    }

    #[pyfunction(sig = "($module, prompt='', /)")]
    fn input(th: &Thread, prompt: Option<&Obj>) -> PyResult<Obj> {
        let stream = |name: &str| -> PyResult<Obj> {
            match crate::sys::get(th, name)? {
                Some(f) if !f.is_none() => Ok(f),
                _ => Err(th.runtime_error(format!("input(): lost sys.{name}"))),
            }
        };
        let (stdin, stdout, stderr) = (stream("stdin")?, stream("stdout")?, stream("stderr")?);
        let shown = prompt.cloned().unwrap_or_else(crate::none);
        audit::audit(th, "builtins.input", &[&shown])?;
        let flush = |stream: &Obj| {
            // A stream that cannot be flushed is no reason not to read.
            if let Err(raised) = call::call_method(th, stream, "flush", &[]) {
                drop(th.take_raised(raised));
            }
        };
        flush(&stderr);
        if let Some(p) = prompt {
            let s = crate::protocols::str(th, p)?;
            write(th, &stdout, s.as_obj())?;
        }
        flush(&stdout);
        let line = call::call_method(th, &stdin, "readline", &[])?;
        let Some(s) = line.downcast::<Str>() else {
            return Err(th.type_error("object.readline() returned non-string"));
        };
        if s.is_empty() {
            return Err(th.eof_error("EOF when reading a line"));
        }
        let chars = s.chars();
        let n = chars.len();
        let result = match chars.get(n - 1) {
            Some(c) if c == u32::from(b'\n') => pystr::from_chars(chars.slice(0..n - 1)).into_obj(),
            _ => line.clone(),
        };
        audit::audit(th, "builtins.input/result", &[&result])?;
        Ok(result)
    }

    /// Open file and return a stream.  Raise OSError upon failure.
    #[pyfunction]
    fn open(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let io = crate::import::import_module(th, "_io")?;
        let f = attribute::get_str(th, &io, "open")?;
        call::call_args(th, &f, args)
    }

    /// Call sys.breakpointhook(*args, **kws).
    #[pyfunction]
    fn breakpoint(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        match crate::sys::get(th, "breakpointhook")? {
            Some(hook) => {
                audit::audit(th, "builtins.breakpoint", &[&hook])?;
                call::call_args(th, &hook, args)
            }
            None => Err(th.runtime_error("lost sys.breakpointhook")),
        }
    }
}
