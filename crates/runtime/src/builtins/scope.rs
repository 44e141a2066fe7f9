//! Builtins that look at the caller's scope, or compile and run code.
#![expect(unsafe_code, reason = "frames are reached by pointer")]

use super::Builtins;
use crate::compile::{self, Options};
use crate::types::bytes;
use crate::types::code::Code;
use crate::types::dict::Dict;
use crate::types::frame;
use crate::types::str::Str;
use crate::types::tuple::{self, Tuple};
use crate::{Obj, ObjExt, Py, PyResult, Thread, audit, import, none};
use syntax::Mode;

/// `locals()` of the calling frame.
pub(super) fn current_locals(th: &Thread) -> PyResult<Obj> {
    let f = th.frame.get();
    if f.is_null() {
        return Err(th.system_error("frame does not exist"));
    }
    // SAFETY: the innermost frame is live.
    unsafe { frame::locals_snapshot(th, f) }
}

/// `globals()` of the calling frame.
pub(super) fn current_globals(th: &Thread) -> PyResult<Py<Dict>> {
    let f = th.frame.get();
    if f.is_null() {
        return Err(th.system_error("frame does not exist"));
    }
    // SAFETY: the innermost frame is live.
    Ok(unsafe { (*(*f).globals).clone() })
}

/// The builtins of the calling frame, or the interpreter's when none runs.
pub fn current_builtins(th: &Thread) -> Option<Obj> {
    let f = th.frame.get();
    if f.is_null() {
        return th.rt().builtins.get().map(Py::into_obj);
    }
    // SAFETY: the innermost frame is live.
    Some(unsafe { crate::interpreter::frame::Frame::builtins(f).clone() })
}

/// Future features that code compiled by the caller inherits.
fn inherited_flags(th: &Thread) -> u32 {
    let f = th.frame.get();
    if f.is_null() {
        return 0;
    }
    // SAFETY: the innermost frame is live.
    unsafe { (*f).code.flags & compiler::PYCF_MASK }
}

/// `PyCF_*` flags that `compile` knows.
const PYCF_ONLY_AST: i64 = 0x400;
const PYCF_OPTIMIZED_AST: i64 = 0x8000 | PYCF_ONLY_AST;
const PYCF_ALL: i64 = 0x100 | 0x200 | 0x400 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x10000;

/// The event `compile`: source (none for a tree) and file.
fn audit_compile(th: &Thread, source: Option<&[u8]>, filename: &str) -> PyResult<()> {
    audit::audit_with(th, "compile", || {
        vec![source.map_or_else(none, |s| bytes::new(s).into_obj()), crate::types::str::new(filename).into_obj()]
    })
}

/// Globals and locals of `exec` and `eval`.
fn namespaces(th: &Thread, name: &str, globals: Option<&Obj>, locals: Option<&Obj>) -> PyResult<(Py<Dict>, Option<Obj>)> {
    let globals = globals.filter(|g| !g.is_none());
    let locals = locals.filter(|l| !l.is_none());
    if let Some(l) = locals
        && l.ty().slots.mp_subscript.get().is_none()
    {
        return Err(th.type_error(match name {
            "eval" => "locals must be a mapping".to_string(),
            _ => format!("locals must be a mapping or None, not {}", l.ty().name()),
        }));
    }
    match globals {
        Some(g) => {
            let Some(d) = g.downcast::<Dict>() else {
                return Err(th.type_error(if name == "eval" {
                    if g.ty().slots.mp_subscript.get().is_some() {
                        "globals must be a real dict; try eval(code, {}, mapping)".to_string()
                    } else {
                        "globals must be a dict".to_string()
                    }
                } else {
                    format!("exec() globals must be a dict, not {}", g.ty().name())
                }));
            };
            Ok((d.clone(), Some(locals.cloned().unwrap_or_else(|| g.clone()))))
        }
        None => {
            let l = match locals {
                Some(l) => l.clone(),
                None => current_locals(th)?,
            };
            Ok((current_globals(th)?, Some(l)))
        }
    }
}

#[macros::pymethods(SCOPE)]
impl Builtins {
    #[pyfunction(sig = "($module, /)")]
    fn globals(th: &Thread) -> PyResult<Py<Dict>> {
        current_globals(th)
    }

    #[pyfunction(sig = "($module, /)")]
    fn locals(th: &Thread) -> PyResult<Obj> {
        current_locals(th)
    }

    #[pyfunction(sig = "($module, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)")]
    fn compile(
        th: &Thread,
        source: &Obj,
        filename: &Obj,
        mode: &Py<Str>,
        flags: Option<i64>,
        dont_inherit: Option<bool>,
        optimize: Option<i32>,
        feature_version: Option<i32>,
    ) -> PyResult<Obj> {
        let flags = flags.unwrap_or(0);
        if flags & !(PYCF_ALL | i64::from(compiler::PYCF_MASK)) != 0 {
            return Err(th.value_error("compile(): unrecognised flags"));
        }
        let optimize = optimize.unwrap_or(-1);
        if !(-1..=2).contains(&optimize) {
            return Err(th.value_error("compile(): invalid optimize value"));
        }
        let filename = compile::filename_text(th, filename)?;
        let mode_text = mode.to_string_lossy();
        let start = match mode_text.as_str() {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            "func_type" if flags & PYCF_ONLY_AST != 0 => Mode::FuncType,
            "func_type" => return Err(th.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST")),
            _ if flags & PYCF_ONLY_AST != 0 => {
                return Err(th.value_error("compile() mode must be 'exec', 'eval', 'single' or 'func_type'"));
            }
            _ => return Err(th.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
        };
        let inherited = if dont_inherit.unwrap_or(false) { 0 } else { inherited_flags(th) };
        let all = flags as u32 | inherited;
        let options = Options { filename: &filename, mode: start, flags: all, optimize };
        let hook = *th.rt().ast_hook.lock();
        if flags & PYCF_OPTIMIZED_AST != 0 || hook.is_some_and(|h| (h.is_node)(th, source)) {
            let Some(hook) = hook else {
                return Err(th.not_implemented_error("compile() needs the _ast module for syntax trees"));
            };
            audit_compile(th, None, &filename)?;
            return (hook.compile)(th, source, options, flags, feature_version.unwrap_or(-1));
        }
        let bytes = compile::source_bytes(th, source, "compile", "string, bytes or AST object")?;
        audit_compile(th, Some(&bytes), &filename)?;
        compile::compile_bytes(th, &bytes, options, source.downcast::<Str>().is_some()).map(Py::into_obj)
    }

    #[pyfunction(sig = "($module, source, /, globals=None, locals=None)")]
    fn eval(th: &Thread, source: &Obj, globals: Option<&Obj>, locals: Option<&Obj>) -> PyResult<Obj> {
        let (globals, locals) = namespaces(th, "eval", globals, locals)?;
        if let Some(code) = source.downcast_exact::<Code>() {
            if code.nfreevars() > 0 {
                return Err(th.type_error("code object passed to eval() may not contain free variables"));
            }
            audit::audit(th, "exec", &[source])?;
            return compile::run_code(th, code, &globals, locals);
        }
        let bytes = compile::source_bytes(th, source, "eval", "string, bytes or code object")?;
        audit_compile(th, Some(&bytes), "<string>")?;
        let start = bytes.iter().position(|b| *b != b' ' && *b != b'\t').unwrap_or(bytes.len());
        let options = Options { filename: "<string>", mode: Mode::Eval, flags: inherited_flags(th), optimize: -1 };
        let code = compile::compile_bytes(th, &bytes[start..], options, source.downcast::<Str>().is_some())?;
        audit::audit(th, "exec", &[code.as_obj()])?;
        compile::run_code(th, &code, &globals, locals)
    }

    #[pyfunction(sig = "($module, source, /, globals=None, locals=None, *, closure=None)")]
    fn exec(th: &Thread, source: &Obj, globals: Option<&Obj>, locals: Option<&Obj>, closure: Option<&Obj>) -> PyResult<Obj> {
        let (globals, locals) = namespaces(th, "exec", globals, locals)?;
        let closure = closure.filter(|c| !c.is_none());
        if let Some(code) = source.downcast_exact::<Code>() {
            let free = code.nfreevars();
            audit::audit(th, "exec", &[source])?;
            match closure {
                None if free == 0 => compile::run_code(th, code, &globals, locals)?,
                None => {
                    return Err(th.type_error(format!("code object requires a closure of exactly length {free}")));
                }
                Some(_) if free == 0 => {
                    return Err(th.type_error("cannot use a closure with this code object"));
                }
                Some(c) => {
                    let cells = c.downcast_exact::<Tuple>().filter(|t| {
                        t.len() == free && t.items().iter().all(|c| c.downcast::<crate::types::cell::PyCell>().is_some())
                    });
                    let Some(cells) = cells else {
                        return Err(th.type_error(format!("code object requires a closure of exactly length {free}")));
                    };
                    let f = crate::types::function::new(th, code.clone(), globals.clone(), None);
                    f.set_closure(Some(cells.clone()));
                    crate::interpreter::invoke::run_code(th, f, locals)?
                }
            };
            return Ok(none());
        }
        if closure.is_some() {
            return Err(th.type_error("closure can only be used when source is a code object"));
        }
        let bytes = compile::source_bytes(th, source, "exec", "string, bytes or code object")?;
        audit_compile(th, Some(&bytes), "<string>")?;
        let options = Options { filename: "<string>", mode: Mode::Exec, flags: inherited_flags(th), optimize: -1 };
        let code = compile::compile_bytes(th, &bytes, options, source.downcast::<Str>().is_some())?;
        audit::audit(th, "exec", &[code.as_obj()])?;
        compile::run_code(th, &code, &globals, locals)?;
        Ok(none())
    }

    #[pyfunction(sig = "($module, name, globals=None, locals=None, fromlist=(), level=0)")]
    fn __import__(
        th: &Thread,
        name: &Obj,
        globals: Option<&Obj>,
        _locals: Option<&Obj>,
        fromlist: Option<&Obj>,
        level: Option<i64>,
    ) -> PyResult<Obj> {
        let Some(name) = name.downcast::<Str>() else { return Err(th.type_error("module name must be a string")) };
        let empty = tuple::empty().into_obj();
        import::import_level(th, name, globals, fromlist.unwrap_or(&empty), level.unwrap_or(0))
    }
}
