//! The functions of `sys`.
#![expect(unsafe_code, reason = "frames are reached by pointer")]

use super::Sys;
use crate::interpreter::frame::Frame;
use crate::interpreter::instrument::legacy;
use crate::protocols::{attribute, call};
use crate::types::exceptions::{self as exc, SYSTEM_EXIT};
use crate::types::frame::FrameObject;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::Tuple;
use crate::types::{int, tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, none};

/// `None` takes a function away.
fn given(function: &Obj) -> Option<Obj> {
    Some(function.clone()).filter(|f| !f.is_none())
}

/// Writes text with escapes for what the stream can't encode.
fn write_escaped(th: &Thread, out: &Obj, text: &Obj) -> PyResult<()> {
    let encoding = attribute::get_str(th, out, "encoding")?;
    let errors = pystr::new("backslashreplace").into_obj();
    let encoded = call::call_method(th, text, "encode", &[encoding.clone(), errors])?;
    match attribute::lookup_opt_str(th, out, "buffer")? {
        Some(buffer) => call::call_method(th, &buffer, "write", &[encoded])?,
        None => {
            let text = call::call_method(th, &encoded, "decode", &[encoding, pystr::new("strict").into_obj()])?;
            call::call_method(th, out, "write", &[text])?
        }
    };
    Ok(())
}

#[macros::pymethods(FUNCTIONS)]
impl Sys {
    #[pyfunction(sig = "($module, object, /)")]
    fn displayhook(th: &Thread, object: &Obj) -> PyResult<()> {
        if object.is_none() {
            return Ok(());
        }
        let builtins = crate::import::import_module(th, "builtins")?;
        attribute::set_str(th, &builtins, "_", &none())?;
        let Some(out) = super::get(th, "stdout")?.filter(|o| !o.is_none()) else {
            return Err(th.runtime_error("lost sys.stdout"));
        };
        let text = crate::protocols::repr(th, object)?;
        if let Err(raised) = call::call_method(th, &out, "write", &[text.as_obj().clone()]) {
            th.catch(raised, crate::types::exceptions::UNICODE_ENCODE_ERROR)?;
            write_escaped(th, &out, text.as_obj())?;
        }
        call::call_method(th, &out, "write", &[pystr::new("\n").into_obj()])?;
        attribute::set_str(th, &builtins, "_", object)
    }

    #[pyfunction(sig = "($module, exctype, value, traceback, /)")]
    fn excepthook(th: &Thread, _exctype: &Obj, value: &Obj, traceback: &Obj) {
        crate::display::excepthook(th, value, traceback);
    }

    #[pyfunction(sig = "($module, /)")]
    fn exception(th: &Thread) -> Option<Obj> {
        th.handled_exception()
    }

    #[pyfunction(sig = "($module, /)")]
    fn exc_info(th: &Thread) -> Obj {
        match th.handled_exception() {
            Some(e) => {
                let tb = e.downcast::<exc::BaseException>().and_then(|e| e.traceback()).unwrap_or_else(none);
                tuple::from_array([e.ty().to_obj(), e, tb]).into_obj()
            }
            None => tuple::from_array([none(), none(), none()]).into_obj(),
        }
    }

    #[pyfunction(sig = "($module, /)")]
    fn _baserepl(th: &Thread) -> PyResult<()> {
        let hook = *th.rt().prompt_hook.lock();
        match hook {
            Some(prompt) => prompt(th),
            None => Err(th.runtime_error("this program has no interactive prompt")),
        }
    }

    #[pyfunction(sig = "($module, status=None, /)")]
    fn exit(th: &Thread, status: Option<&Obj>) -> PyResult<()> {
        // As everywhere, a tuple stands for several arguments, and None for none.
        let args = match status.filter(|s| !s.is_none()) {
            None => Vec::new(),
            Some(s) => s.downcast::<Tuple>().map_or_else(|| vec![s.clone()], |t| t.items().to_vec()),
        };
        Err(th.raise_with_args(SYSTEM_EXIT, args))
    }

    #[pyfunction(sig = "($module, unraisable, /)")]
    fn unraisablehook(th: &Thread, unraisable: &Obj) -> PyResult<()> {
        crate::display::unraisable_hook(th, unraisable)
    }

    #[pyfunction(sig = "($module, /)")]
    fn getdefaultencoding(_: &Thread) -> &'static str {
        "utf-8"
    }

    #[pyfunction(sig = "($module, /)")]
    fn getfilesystemencoding(_: &Thread) -> &'static str {
        "utf-8"
    }

    #[pyfunction(sig = "($module, /)")]
    fn getfilesystemencodeerrors(_: &Thread) -> &'static str {
        "surrogateescape"
    }

    #[pyfunction(sig = "($module, string, /)")]
    fn intern(th: &Thread, string: &Py<Str>) -> PyResult<Py<Str>> {
        if string.as_obj().downcast_exact::<Str>().is_none() {
            return Err(th.type_error(format!("can't intern {}", string.as_obj().ty().name())));
        }
        Ok(pystr::intern_obj(string))
    }

    #[pyfunction(sig = "($module, string, /)")]
    fn _is_interned(_: &Thread, string: &Py<Str>) -> bool {
        string.is_interned()
    }

    #[pyfunction(sig = "($module, op, /)")]
    fn _is_immortal(_: &Thread, op: &Obj) -> bool {
        op.header().is_none_or(|h| h.is_immortal())
    }

    #[pyfunction(sig = "($module, object, /)")]
    fn getrefcount(_: &Thread, object: &Obj) -> i64 {
        // CPython counts small ints and the like as immortal.
        object.header().map_or(0xffff_ffff, |h| if h.is_immortal() { 0xffff_ffff } else { i64::from(h.refcnt()) })
    }

    #[pyfunction(sig = "($module, /)")]
    fn getrecursionlimit(th: &Thread) -> i32 {
        th.rt().recursion_limit.get()
    }

    #[pyfunction(sig = "($module, limit, /)")]
    fn setrecursionlimit(th: &Thread, limit: i32) -> PyResult<()> {
        if limit < 1 {
            return Err(th.value_error("recursion limit must be greater or equal than 1"));
        }
        let old = th.rt().recursion_limit.get();
        let depth = old - th.recursion_remaining.get();
        if depth >= limit {
            return Err(th.recursion_error(format!(
                "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
            )));
        }
        th.rt().recursion_limit.set(limit);
        th.recursion_remaining.set(limit - depth);
        Ok(())
    }

    #[pyfunction(sig = "($module, /)")]
    fn getswitchinterval(th: &Thread) -> f64 {
        th.rt().switch_interval.get() as f64 / 1e9
    }

    #[pyfunction(sig = "($module, interval, /)")]
    fn setswitchinterval(th: &Thread, interval: f64) -> PyResult<()> {
        if interval <= 0.0 {
            return Err(th.value_error("switch interval must be strictly positive"));
        }
        th.rt().switch_interval.set((interval * 1e9) as u64);
        Ok(())
    }

    #[pyfunction(sig = "($module, /)")]
    fn get_int_max_str_digits(th: &Thread) -> i32 {
        th.rt().int_max_str_digits.get()
    }

    #[pyfunction(sig = "($module, maxdigits)")]
    fn set_int_max_str_digits(th: &Thread, maxdigits: i32) -> PyResult<()> {
        if maxdigits != 0 && maxdigits < 640 {
            return Err(th.value_error("maxdigits must be 0 or larger than 640"));
        }
        th.rt().int_max_str_digits.set(maxdigits);
        Ok(())
    }

    #[pyfunction(sig = "($module, depth=0, /)")]
    fn _getframe(th: &Thread, depth: Option<i32>) -> PyResult<Py<FrameObject>> {
        let mut f = th.frame.get();
        let mut depth = depth.unwrap_or(0);
        // SAFETY: frames of the running thread are live.
        unsafe {
            while depth > 0 && !f.is_null() {
                f = (*f).previous;
                depth -= 1;
            }
            if f.is_null() {
                return Err(th.value_error("call stack is not deep enough"));
            }
            let frame = Frame::object(th, f);
            crate::audit::audit(th, "sys._getframe", &[frame.as_obj()])?;
            Ok(frame)
        }
    }

    #[pyfunction(sig = "($module, depth=0)")]
    fn _getframemodulename(th: &Thread, depth: Option<i32>) -> PyResult<Option<Obj>> {
        crate::audit::audit_with(th, "sys._getframemodulename", || vec![int::from_i64(depth.unwrap_or(0).into())])?;
        let mut f = th.frame.get();
        let mut depth = depth.unwrap_or(0);
        // SAFETY: frames of the running thread are live.
        unsafe {
            while depth > 0 && !f.is_null() {
                f = (*f).previous;
                depth -= 1;
            }
            if f.is_null() {
                return Ok(None);
            }
            let Some(func) = (*f).func.as_ref() else { return Ok(None) };
            let func = func.clone();
            attribute::get_str(th, func.as_obj(), "__module__").map(Some)
        }
    }

    /// Return the size of object in bytes.
    #[pyfunction]
    fn getsizeof(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let (object, default) = match args.pos() {
            [o] => (o, args.keywords().get("default")),
            [o, d] => (o, Some(d)),
            _ => return Err(th.type_error("getsizeof() missing required argument 'object' (pos 1)")),
        };
        let f = attribute::lookup_special(th, object, &crate::names::get().__sizeof__)?;
        let size = match f {
            Some(f) => call::call(th, &f, &[]),
            None => Err(th.type_error(format!("Type {} doesn't define __sizeof__", object.ty().name()))),
        };
        match (size, default) {
            (Ok(s), _) => {
                let extra = if object.ty().has_flag(crate::type_flags::HAVE_GC) { 16 } else { 0 };
                let n = crate::protocols::number::index_i64(th, &s)?;
                if n < 0 {
                    return Err(th.value_error("__sizeof__() should return >= 0"));
                }
                Ok(int::from_i64(n + extra))
            }
            (Err(raised), Some(d)) => {
                th.catch(raised, exc::TYPE_ERROR)?;
                Ok(d.clone())
            }
            (Err(raised), None) => Err(raised),
        }
    }

    #[pyfunction(sig = "($module, /)")]
    fn getallocatedblocks(_: &Thread) -> isize {
        object::alloc::allocated_blocks()
    }

    #[pyfunction(sig = "($module, /)")]
    fn is_finalizing(th: &Thread) -> bool {
        th.rt().finalizing.get()
    }

    #[pyfunction(sig = "($module, /)")]
    fn is_stack_trampoline_active(_: &Thread) -> bool {
        false
    }

    #[pyfunction(sig = "($module, /)")]
    fn _get_cpu_count_config(th: &Thread) -> i64 {
        let options = &th.rt().config.x_options;
        let given = options.iter().rev().find(|(n, _)| n == "cpu_count").and_then(|(_, v)| v.clone());
        given.and_then(|v| v.parse().ok()).unwrap_or(-1)
    }

    #[pyfunction(sig = "($module, /)")]
    fn _is_gil_enabled(_: &Thread) -> bool {
        true
    }

    #[pyfunction(sig = "($module, /)")]
    fn _clear_type_cache(th: &Thread) -> PyResult<()> {
        let text = "sys._clear_type_cache() is deprecated and scheduled for removal in a future version. Use sys._clear_internal_caches() instead.";
        crate::warnings::warn_deprecated(th, text)?;
        crate::types::type_::lookup::clear_cache();
        crate::interpreter::polymorphic::clear_cache();
        Ok(())
    }

    #[pyfunction(sig = "($module, type, /)")]
    fn _clear_type_descriptors(th: &Thread, ty: &crate::Py<crate::Type>) -> PyResult<()> {
        if ty.has_flag(crate::type_flags::IMMUTABLETYPE) {
            return Err(th.type_error("argument is immutable"));
        }
        let n = crate::names::get();
        crate::Type::set_own(ty, &n.__dict__, None);
        crate::Type::set_own(ty, &n.__weakref__, None);
        Ok(())
    }

    #[pyfunction(sig = "($module, /)")]
    fn _clear_internal_caches(_: &Thread) {
        crate::types::type_::lookup::clear_cache();
        crate::interpreter::polymorphic::clear_cache();
    }

    #[pyfunction(sig = "($module, depth)")]
    fn set_coroutine_origin_tracking_depth(th: &Thread, depth: i32) -> PyResult<()> {
        if depth < 0 {
            return Err(th.value_error("depth must be >= 0"));
        }
        th.coroutine_origin_tracking_depth.set(depth);
        Ok(())
    }

    #[pyfunction(sig = "($module, /)")]
    fn get_coroutine_origin_tracking_depth(th: &Thread) -> i32 {
        th.coroutine_origin_tracking_depth.get()
    }

    /// set_asyncgen_hooks([firstiter] [, finalizer])
    #[pyfunction(sig = "($module, firstiter=None, finalizer=None)")]
    fn set_asyncgen_hooks(th: &Thread, firstiter: Option<&Obj>, finalizer: Option<&Obj>) -> PyResult<()> {
        for (name, v) in [("finalizer", finalizer), ("firstiter", firstiter)] {
            if let Some(v) = v
                && !v.is_none()
                && !call::is_callable(v)
            {
                return Err(th.type_error(format!("callable {name} expected, got {}", v.ty().name())));
            }
        }
        if let Some(f) = finalizer {
            crate::audit::audit(th, "sys.set_asyncgen_hook_finalizer", &[])?;
            th.asyncgen_finalizer.set(Some(f.clone()).filter(|f| !f.is_none()));
        }
        if let Some(f) = firstiter {
            crate::audit::audit(th, "sys.set_asyncgen_hook_firstiter", &[])?;
            th.asyncgen_firstiter.set(Some(f.clone()).filter(|f| !f.is_none()));
        }
        Ok(())
    }

    #[pyfunction(sig = "($module, /)")]
    fn get_asyncgen_hooks(th: &Thread) -> PyResult<Obj> {
        let items = [th.asyncgen_firstiter.get().unwrap_or_else(none), th.asyncgen_finalizer.get().unwrap_or_else(none)];
        Ok(tuple::from_array(items).into_obj())
    }

    #[pyfunction(sig = "($module, event, /, *args)")]
    fn audit(th: &Thread, event: &Py<Str>, args: &[Obj]) -> PyResult<()> {
        if !crate::audit::has_hooks(th) {
            return Ok(());
        }
        crate::audit::audit_args(th, event.as_obj(), args.to_vec())
    }

    #[pyfunction(sig = "($module, hook)")]
    fn addaudithook(th: &Thread, hook: &Obj) -> PyResult<()> {
        if let Err(raised) = crate::audit::audit(th, "sys.addaudithook", &[]) {
            // A hook that forbids others does so in silence, unless it raises something graver.
            return th.catch(raised, exc::EXCEPTION);
        }
        th.rt().audit_hooks.lock().push(hook.clone());
        Ok(())
    }

    #[pyfunction(sig = "($module, /)")]
    fn gettrace(th: &Thread) -> Option<Obj> {
        th.trace_function.get()
    }

    #[pyfunction(sig = "($module, function, /)")]
    fn settrace(th: &Thread, function: &Obj) -> PyResult<()> {
        legacy::set_function(th, th, legacy::Kind::Trace, given(function))
    }

    #[pyfunction(sig = "($module, arg, /)")]
    fn _settraceallthreads(th: &Thread, arg: &Obj) -> PyResult<()> {
        legacy::set_function_of_all(th, legacy::Kind::Trace, given(arg).as_ref())
    }

    #[pyfunction(sig = "($module, func, args, /)")]
    fn call_tracing(th: &Thread, func: &Obj, args: &Py<tuple::Tuple>) -> PyResult<Obj> {
        let (tracing, event) = (th.tracing.replace(0), th.what_event.replace(-1));
        let r = call::call(th, func, args.items());
        th.tracing.set(tracing);
        th.what_event.set(event);
        r
    }

    #[pyfunction(sig = "($module, /)")]
    fn getprofile(th: &Thread) -> Option<Obj> {
        th.profile_function.get()
    }

    #[pyfunction(sig = "($module, function, /)")]
    fn setprofile(th: &Thread, function: &Obj) -> PyResult<()> {
        legacy::set_function(th, th, legacy::Kind::Profile, given(function))
    }

    #[pyfunction(sig = "($module, arg, /)")]
    fn _setprofileallthreads(th: &Thread, arg: &Obj) -> PyResult<()> {
        legacy::set_function_of_all(th, legacy::Kind::Profile, given(arg).as_ref())
    }

    /// breakpointhook(*args, **kws)
    #[pyfunction]
    fn breakpointhook(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let setting = host::program::var("PYTHONBREAKPOINT").unwrap_or_default();
        let name = if setting.is_empty() { "pdb.set_trace".to_string() } else { setting };
        if name == "0" {
            return Ok(none());
        }
        let (module, attr) = name.rsplit_once('.').unwrap_or(("builtins", &name));
        let function = if module.is_empty() { None } else { imported(th, module, attr)? };
        match function {
            Some(f) => call::call_args(th, &f, args),
            None => {
                let text = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{name}\"");
                crate::warnings::warn(th, crate::types::exceptions::RUNTIME_WARNING, &text, 1).map(|()| none())
            }
        }
    }
}

/// An attribute of a module that can be imported; `None` when there is no such module or attribute.
fn imported(th: &Thread, module: &str, attr: &str) -> PyResult<Option<Obj>> {
    let module = match crate::import::import_module(th, module) {
        Ok(module) => module,
        Err(raised) => return th.catch(raised, exc::IMPORT_ERROR).map(|()| None),
    };
    attribute::lookup_opt(th, &module, &pystr::intern(attr))
}
