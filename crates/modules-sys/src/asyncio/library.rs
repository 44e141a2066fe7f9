//! What native futures use of the library's own `asyncio`.

use object::Guarded;
use runtime::import::import_module;
use runtime::protocols::{attribute, call};
use runtime::types::str as pystr;
use runtime::types::tuple::{self, Tuple};
use runtime::{Args, Obj, Py, PyResult, Raised, Thread, none};
use std::sync::{Arc, OnceLock};

/// The interned string of a literal, made once.
macro_rules! name {
    ($s:literal) => {{
        static NAME: std::sync::OnceLock<runtime::Py<runtime::types::str::Str>> = std::sync::OnceLock::new();
        NAME.get_or_init(|| runtime::types::str::intern($s))
    }};
}
pub(super) use name;

macro_rules! library {
    ($($(#[$doc:meta])* $field:ident: $module:literal $name:literal;)*) => {
        /// Functions and classes of the library.
        pub(super) struct Library {
            $($(#[$doc])* pub(super) $field: Obj,)*
        }

        impl Library {
            fn load(th: &Thread) -> PyResult<Library> {
                Ok(Library { $($field: attribute::get_str(th, &import_module(th, $module)?, $name)?,)* })
            }
        }
    };
}

library! {
    event_loop_policy: "asyncio.events" "_get_event_loop_policy";
    future_repr: "asyncio.base_futures" "_future_repr";
    invalid_state: "asyncio.exceptions" "InvalidStateError";
    cancelled: "asyncio.exceptions" "CancelledError";
    task_repr: "asyncio.base_tasks" "_task_repr";
    task_get_stack: "asyncio.base_tasks" "_task_get_stack";
    task_print_stack: "asyncio.base_tasks" "_task_print_stack";
    is_coroutine: "asyncio.coroutines" "iscoroutine";
    extract_stack: "traceback" "extract_stack";
}

#[derive(Default)]
struct Loaded(Guarded<Option<Arc<Library>>>);

/// The library's functions, looked up once.
pub(super) fn get(th: &Thread) -> PyResult<Arc<Library>> {
    let loaded: Arc<Loaded> = th.rt().state();
    if let Some(found) = loaded.0.get() {
        return Ok(found);
    }
    let found = Arc::new(Library::load(th)?);
    loaded.0.set(Some(found.clone()));
    Ok(found)
}

/// Raises an exception of a class of the library.
#[cold]
pub(super) fn raise(th: &Thread, class: &Obj, message: &str) -> Raised {
    match call::call(th, class, &[pystr::new(message).into_obj()]) {
        Ok(e) => th.raise(e),
        Err(raised) => raised,
    }
}

/// `InvalidStateError`.
#[cold]
pub(super) fn invalid_state(th: &Thread, message: &str) -> Raised {
    match get(th) {
        Ok(library) => raise(th, &library.invalid_state, message),
        Err(raised) => raised,
    }
}

/// The one keyword of a call, as a row of names.
fn keyword(names: &'static OnceLock<Py<Tuple>>, keyword: &str) -> &'static Py<Tuple> {
    names.get_or_init(|| {
        let names = tuple::from_array([pystr::intern(keyword).into_obj()]);
        names.header().make_immortal();
        names
    })
}

/// `loop.call_soon(f, *argument, context=context)`.
pub(super) fn call_soon(th: &Thread, event_loop: &Obj, f: Obj, argument: Option<&Obj>, context: Option<Obj>) -> PyResult<()> {
    static CONTEXT: OnceLock<Py<Tuple>> = OnceLock::new();
    let call_soon = attribute::get(th, event_loop, name!("call_soon"))?;
    let context = context.unwrap_or_else(none);
    let names = Some(keyword(&CONTEXT, "context"));
    match argument {
        Some(a) => call::call_args(th, &call_soon, Args::new(&[f, a.clone(), context], names)),
        None => call::call_args(th, &call_soon, Args::new(&[f, context], names)),
    }
    .map(drop)
}

/// `future.add_done_callback(f, context=context)` of any future.
pub(super) fn add_done_callback(th: &Thread, future: &Obj, f: Obj, context: Obj) -> PyResult<()> {
    static CONTEXT: OnceLock<Py<Tuple>> = OnceLock::new();
    let add = attribute::get(th, future, name!("add_done_callback"))?;
    call::call_args(th, &add, Args::new(&[f, context], Some(keyword(&CONTEXT, "context")))).map(drop)
}

/// `future.cancel(msg=message)` of any future, as a truth value.
pub(super) fn cancel(th: &Thread, future: &Obj, message: Option<Obj>) -> PyResult<bool> {
    static MESSAGE: OnceLock<Py<Tuple>> = OnceLock::new();
    let cancel = attribute::get(th, future, name!("cancel"))?;
    let message = message.unwrap_or_else(none);
    let done = call::call_args(th, &cancel, Args::new(&[message], Some(keyword(&MESSAGE, "msg"))))?;
    runtime::protocols::truth(th, &done)
}
