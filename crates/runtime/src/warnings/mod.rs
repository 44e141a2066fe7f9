//! Warnings: the `_warnings` module, and how native code warns.
//!
//! The filters in force are those of `warnings`, once a program has imported it, or else the ones the interpreter starts with. A warning that a filter
//! turns into an error is raised.

mod filters;
mod lock;
mod module;
mod show;

pub use module::MODULE;

use crate::protocols::{self, attribute, call};
use crate::types::dict::{self, Dict};
use crate::types::exceptions as exc;
use crate::types::frame::FrameObject;
use crate::types::list::List;
use crate::types::str::{self as pystr, Str};
use crate::types::traceback::current_frame;
use crate::types::tuple::{self, Tuple};
use crate::types::{int, type_::Type};
use crate::{Obj, ObjExt, Py, PyResult, Raised, Thread, TypeObject, bool_obj};
use object::Guarded;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// The state of warnings of an interpreter.
#[derive(Default)]
struct State {
    /// The list the interpreter starts with.
    filters: Guarded<Option<Py<List>>>,
    once_registry: Guarded<Option<Py<Dict>>>,
    /// The context variable that holds filters of a context's own.
    context: Guarded<Option<Obj>>,
    /// Counts changes of filters: registries of an older version are void.
    mutations: AtomicI64,
    lock: lock::RecursiveLock,
}

fn state(th: &Thread) -> std::sync::Arc<State> {
    th.rt().state::<State>()
}

/// Warns about the code `stacklevel` frames up (1: the running frame). Errors: the warning itself, if a filter asks for that.
pub fn warn(th: &Thread, category: &'static TypeObject, message: &str, stacklevel: isize) -> PyResult<()> {
    do_warn(th, pystr::new(message).as_obj(), &category.to_obj(), stacklevel, None, None)
}

/// `DeprecationWarning` about the running frame.
pub fn warn_deprecated(th: &Thread, message: &str) -> PyResult<()> {
    warn(th, exc::DEPRECATION_WARNING, message, 1)
}

/// `ResourceWarning` about an object that was not closed.
pub fn warn_resource(th: &Thread, source: &Obj, message: &str, stacklevel: isize) -> PyResult<()> {
    do_warn(th, pystr::new(message).as_obj(), &exc::RESOURCE_WARNING.to_obj(), stacklevel, Some(source), None)
}

/// `coroutine '…' was never awaited`; errors are reported, not raised (`_PyErr_WarnUnawaitedCoroutine`).
pub fn warn_unawaited(th: &Thread, coroutine: &Obj) {
    let report = |raised: Raised| {
        crate::display::unraisable_raised(th, raised, Some("Exception ignored while finalizing coroutine"), Some(coroutine));
    };
    let by_library = warnings_attribute(th, "_warn_unawaited_coroutine", true).and_then(|f| match f {
        Some(f) => call::call(th, &f, std::slice::from_ref(coroutine)).map(|_| true),
        None => Ok(false),
    });
    let warned = by_library.unwrap_or_else(|raised| {
        // A filter may have made an error of the warning.
        let warned = th.exception_matches(exc::RUNTIME_WARNING);
        report(raised);
        warned
    });
    if !warned && let Err(raised) = warn_about(th, coroutine, |name| format!("coroutine '{name}' was never awaited")) {
        report(raised);
    }
}

/// `coroutine method '…' of '…' was never awaited`, for the awaitables of an asynchronous generator (`_PyErr_WarnUnawaitedAgenMethod`).
pub fn warn_unawaited_method(th: &Thread, generator: &Obj, method: &str) {
    let pending = th.take_exception();
    let warned = warn_about(th, generator, |name| format!("coroutine method '{method}' of '{name}' was never awaited"));
    if let Err(raised) = warned {
        let text = "Exception ignored while finalizing async generator";
        crate::display::unraisable_raised(th, raised, Some(text), Some(generator));
    }
    th.restore_exception(pending);
}

/// `RuntimeWarning` about an object, with its qualified name in the text.
fn warn_about(th: &Thread, o: &Obj, text: impl FnOnce(&str) -> String) -> PyResult<()> {
    let name = attribute::get_str(th, o, "__qualname__")?;
    let name = protocols::str(th, &name)?.to_string_lossy();
    do_warn(th, pystr::new(&text(&name)).as_obj(), &exc::RUNTIME_WARNING.to_obj(), 1, Some(o), None)
}

/// Where a `SyntaxWarning` stands; lines and columns count from 1, as in a `SyntaxError`.
#[derive(Clone, Copy)]
pub struct SyntaxPlace {
    pub line: i32,
    pub column: i32,
    pub end_line: i32,
    pub end_column: i32,
}

/// `SyntaxWarning` about a place of a file; one that a filter turns into an error becomes a `SyntaxError` (`_PyErr_EmitSyntaxWarning`).
///
/// `error` is that error's text; `text` its source line, where the file need not be read for it.
pub fn warn_syntax(
    th: &Thread,
    message: &str,
    error: &str,
    filename: &str,
    place: SyntaxPlace,
    text: Option<&[u8]>,
) -> PyResult<()> {
    let filename = pystr::new(filename);
    let warning = Explicit {
        message: pystr::new(message).into_obj(),
        category: exc::SYNTAX_WARNING.to_obj(),
        filename: filename.clone(),
        line: place.line.into(),
        module: None,
        registry: None,
        source_line: None,
        source: None,
    };
    let Err(raised) = warning.issue(th) else { return Ok(()) };
    th.catch(raised, exc::SYNTAX_WARNING)?;
    let text = match text {
        Some(text) => Some(pystr::from_wtf8(text)),
        None => crate::display::source_text(th, &filename, place.line).map(|t| pystr::new(&format!("{t}\n"))),
    };
    Err(exc::syntax_error(
        th,
        exc::SYNTAX_ERROR,
        exc::SyntaxErrorInfo {
            message: error.to_string(),
            filename: Some(filename.into_obj()),
            line: Some(place.line.into()),
            column: Some(place.column.into()),
            text: text.map(Py::into_obj),
            end_line: Some(place.end_line.into()),
            end_column: Some(place.end_column.into()),
            ..exc::SyntaxErrorInfo::default()
        },
    ))
}

/// An attribute of the `warnings` module. Without `import` only if it was imported before.
fn warnings_attribute(th: &Thread, name: &str, import: bool) -> PyResult<Option<Obj>> {
    let loaded = th.rt().modules.get().and_then(|m| m.get_str(&pystr::intern("warnings")));
    let module = match loaded {
        Some(m) => m,
        None if import && !th.rt().finalizing.get() => match crate::import::import_module(th, "warnings") {
            Ok(m) => m,
            Err(raised) => {
                th.catch(raised, exc::IMPORT_ERROR)?;
                return Ok(None);
            }
        },
        None => return Ok(None),
    };
    attribute::lookup_opt_str(th, &module, name)
}

/// The class of a warning: that of the message, if the message is a warning itself.
fn category_of(th: &Thread, message: &Obj, category: Option<&Obj>) -> PyResult<Obj> {
    if message.is_instance(exc::WARNING) {
        return Ok(message.ty().to_obj());
    }
    let Some(category) = category.filter(|c| !c.is_none()) else { return Ok(exc::USER_WARNING.to_obj()) };
    if category.downcast::<Type>().is_some_and(|t| t.is_subtype(exc::WARNING)) {
        return Ok(category.clone());
    }
    Err(th.type_error(format!("category must be a Warning subclass, not '{}'", category.ty().name())))
}

/// Where a warning belongs.
struct Place {
    filename: Py<Str>,
    line: i64,
    module: Obj,
    registry: Obj,
}

fn is_internal(filename: &Str) -> bool {
    let name = filename.to_string_lossy();
    name.contains("importlib") && name.contains("_bootstrap")
}

fn is_internal_frame(frame: &Py<FrameObject>) -> bool {
    frame.code().is_some_and(|c| is_internal(&c.filename()))
}

/// True when the frame's file starts with one of the prefixes.
fn is_skipped(th: &Thread, frame: &Py<FrameObject>, prefixes: Option<&Py<Tuple>>) -> PyResult<bool> {
    let (Some(prefixes), Some(code)) = (prefixes, frame.code()) else { return Ok(false) };
    for prefix in prefixes.items() {
        let Some(prefix) = prefix.downcast::<Str>() else {
            return Err(th.type_error(format!("Found non-str '{}' in skip_file_prefixes.", prefix.ty().name())));
        };
        let (n, filename) = (prefix.len(), code.filename());
        let (name, prefix) = (filename.chars(), prefix.chars());
        if n <= name.len() && name.slice(0..n).iter().eq(prefix.iter()) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn next_external(th: &Thread, frame: &Py<FrameObject>, prefixes: Option<&Py<Tuple>>) -> PyResult<Option<Py<FrameObject>>> {
    let mut next = frame.back(th);
    while let Some(f) = next {
        if !is_internal_frame(&f) && !is_skipped(th, &f, prefixes)? {
            return Ok(Some(f));
        }
        next = f.back(th);
    }
    Ok(None)
}

/// The place `stacklevel` frames up (`setup_context`).
fn place(th: &Thread, mut stacklevel: isize, prefixes: Option<&Py<Tuple>>) -> PyResult<Place> {
    let mut frame = current_frame(th);
    let plain = stacklevel <= 0 || frame.as_ref().is_some_and(is_internal_frame);
    stacklevel -= 1;
    while stacklevel > 0
        && let Some(f) = &frame
    {
        frame = if plain { f.back(th) } else { next_external(th, f, prefixes)? };
        stacklevel -= 1;
    }
    let (globals, filename, line) = match &frame {
        Some(f) => {
            let globals = attribute::get_str(th, f.as_obj(), "f_globals")?.downcast::<Dict>().cloned();
            let filename = f.code().map_or_else(|| pystr::new("<sys>"), |c| c.filename());
            (globals, filename, f.line().map_or(0, i64::from))
        }
        None => (th.rt().sys_dict.get(), pystr::new("<sys>"), 0),
    };
    let globals = globals.unwrap_or_else(dict::new);
    let registry_name = pystr::intern("__warningregistry__");
    let registry = match globals.try_get_str(th, &registry_name)? {
        Some(r) => r,
        None => {
            let r = dict::new().into_obj();
            globals.try_insert_str(th, &registry_name, r.clone())?;
            r
        }
    };
    let module = globals
        .try_get_str(th, &crate::names::get().__name__)?
        .filter(|m| m.is_none() || m.downcast::<Str>().is_some())
        .unwrap_or_else(|| pystr::new("<string>").into_obj());
    Ok(Place { filename, line, module, registry })
}

/// `warnings.warn`.
fn do_warn(
    th: &Thread,
    message: &Obj,
    category: &Obj,
    stacklevel: isize,
    source: Option<&Obj>,
    prefixes: Option<&Py<Tuple>>,
) -> PyResult<()> {
    let place = place(th, stacklevel, prefixes)?;
    Explicit {
        message: message.clone(),
        category: category.clone(),
        filename: place.filename,
        line: place.line,
        module: Some(place.module),
        registry: Some(place.registry),
        source_line: None,
        source: source.filter(|s| !s.is_none()).cloned(),
    }
    .issue(th)
}

/// A warning with its place.
struct Explicit {
    /// A text or an instance of `Warning`.
    message: Obj,
    category: Obj,
    filename: Py<Str>,
    line: i64,
    /// Absent: made of the file's name.
    module: Option<Obj>,
    registry: Option<Obj>,
    source_line: Option<Obj>,
    source: Option<Obj>,
}

impl Explicit {
    /// `warnings.warn_explicit`.
    fn issue(self, th: &Thread) -> PyResult<()> {
        if self.module.as_ref().is_some_and(Obj::is_none) {
            // Late in shutdown there are no filters left to choose by.
            return Ok(());
        }
        let registry = match self.registry.as_ref().filter(|r| !r.is_none()) {
            None => None,
            Some(r) => match r.downcast::<Dict>() {
                Some(d) => Some(d.clone()),
                None => return Err(th.type_error("'registry' must be a dict or None")),
            },
        };
        let module = self.module.clone().unwrap_or_else(|| module_name(&self.filename).into_obj());
        let (text, category, message) = if protocols::isinstance(th, &self.message, &exc::WARNING.to_obj())? {
            (protocols::str(th, &self.message)?.into_obj(), self.message.ty().to_obj(), self.message.clone())
        } else {
            let made = call::call(th, &self.category, std::slice::from_ref(&self.message))?;
            (self.message.clone(), self.category.clone(), made)
        };
        let key = tuple::from_array([text.clone(), category.clone(), int::from_i64(self.line)]).into_obj();
        if let Some(registry) = &registry
            && already_warned(th, registry, &key, false)?
        {
            return Ok(());
        }
        let (action, item) = filters::action_for(th, &category, &text, self.line, &module)?;
        let is = |name: &str| action.is_ascii_eq(name);
        if is("error") {
            return Err(exc::raise_from(th, message, None));
        }
        if is("ignore") {
            return Ok(());
        }
        if !is("always") && !is("all") {
            if let Some(registry) = &registry {
                registry.set_item(th, &key, bool_obj(true))?;
            }
            let again = if is("once") {
                let once = match &registry {
                    Some(r) => r.clone(),
                    None => filters::once_registry(th)?,
                };
                already_warned(th, &once, &tuple::from_array([text.clone(), category.clone()]).into_obj(), true)?
            } else if is("module") {
                match &registry {
                    Some(r) => {
                        let key = tuple::from_array([text.clone(), category.clone()]).into_obj();
                        already_warned(th, r, &key, true)?
                    }
                    None => false,
                }
            } else if is("default") {
                false
            } else {
                let action = protocols::repr(th, action.as_obj())?.to_string_lossy();
                let item = protocols::repr(th, &item)?.to_string_lossy();
                return Err(th.runtime_error(format!("Unrecognized action ({action}) in warnings.filters:\n {item}")));
            };
            if again {
                return Ok(());
            }
        }
        show::show(th, &self, &category, &text, &message)
    }
}

/// Whether a registry knows the key; `set` enters it when not. A registry of older filters is emptied first.
fn already_warned(th: &Thread, registry: &Py<Dict>, key: &Obj, set: bool) -> PyResult<bool> {
    let version = state(th).mutations.load(Relaxed);
    let name = pystr::intern("version");
    let known = registry.try_get_str(th, &name)?;
    if known.is_some_and(|v| v.is_instance(int::INT_TYPE) && int::to_i64(&v) == Some(version)) {
        if let Some(found) = registry.get_item(th, key)?
            && protocols::truth(th, &found)?
        {
            return Ok(true);
        }
    } else {
        registry.clear_all();
        registry.try_insert_str(th, &name, int::from_i64(version))?;
    }
    if set {
        registry.set_item(th, key, bool_obj(true))?;
    }
    Ok(false)
}

/// The name of the module in a file: without `.py`.
fn module_name(filename: &Py<Str>) -> Py<Str> {
    let n = filename.len();
    if n == 0 {
        return pystr::new("<unknown>");
    }
    let chars = filename.chars();
    if n >= 3 && chars.slice(n - 3..n).iter().eq(".py".bytes().map(u32::from)) {
        return pystr::from_chars(chars.slice(0..n - 3));
    }
    filename.clone()
}
