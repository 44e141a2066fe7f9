//! `_struct`: values in binary data.

mod layout;
mod object;
mod values;

use ::object::Guarded;
use layout::Layout;
use runtime::protocols::call;
use runtime::types::str::{self as pystr, Str};
use runtime::types::{bytes, dict, tuple};
use runtime::{Args, Module, Obj, ObjExt, Py, PyResult, Raised, Thread};
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Default)]
struct State {
    /// `struct.error`.
    error: Guarded<Option<Obj>>,
    /// Layouts of formats used before.
    cache: Guarded<HashMap<Vec<u8>, Rc<Layout>>>,
    /// The format used last, an exact `str`, with its layout: most programs use one at a time.
    last: Guarded<Option<(Obj, Rc<Layout>)>>,
}

const CACHE_SIZE: usize = 100;

/// Raises `struct.error`.
#[cold]
fn error(th: &Thread, message: impl AsRef<str>) -> Raised {
    let class = th.rt().state::<State>().error.get();
    let Some(class) = class else { return th.value_error(message) };
    match call::call(th, &class, &[pystr::new(message.as_ref()).into_obj()]) {
        Ok(e) => th.raise(e),
        Err(raised) => raised,
    }
}

/// The bytes of a format given as `str` or `bytes`.
fn format_bytes(th: &Thread, format: &Obj) -> PyResult<Vec<u8>> {
    if let Some(s) = format.downcast::<Str>() {
        return match s.as_ascii() {
            Some(s) => Ok(s.as_bytes().to_vec()),
            None => {
                let encoded = call::call_method(th, format, "encode", &[pystr::new("ascii").into_obj()])?;
                Ok(bytes::of(&encoded).unwrap_or_default().to_vec())
            }
        };
    }
    match bytes::of(format) {
        Some(b) => Ok(b.to_vec()),
        None => Err(th.type_error(format!("Struct() argument 1 must be a str or bytes object, not {}", format.ty().name()))),
    }
}

/// The layout of a format, from the cache if it was used before.
fn layout(th: &Thread, format: &Obj) -> PyResult<Rc<Layout>> {
    let known = th.rt().look_at_state::<State, _>(|state| {
        let last = state.last.lock();
        last.as_ref().filter(|(last, _)| last.is(format)).map(|(_, known)| known.clone())
    });
    match known {
        Some(known) => Ok(known),
        None => layout_of(th, format),
    }
}

#[inline(never)]
fn layout_of(th: &Thread, format: &Obj) -> PyResult<Rc<Layout>> {
    let state = th.rt().state::<State>();
    let found = look_up(th, &state, format)?;
    if format.downcast_exact::<Str>().is_some() {
        state.last.set(Some((format.clone(), found.clone())));
    }
    Ok(found)
}

fn look_up(th: &Thread, state: &State, format: &Obj) -> PyResult<Rc<Layout>> {
    let key = format_bytes(th, format)?;
    if key.contains(&0) {
        return Err(error(th, "embedded null character"));
    }
    if let Some(known) = state.cache.lock().get(&key) {
        return Ok(known.clone());
    }
    let fresh = Rc::new(Layout::parse(&key).map_err(|message| error(th, message))?);
    let mut cache = state.cache.lock();
    if cache.len() >= CACHE_SIZE {
        cache.clear();
    }
    cache.insert(key, fresh.clone());
    Ok(fresh)
}

/// Functions to convert between Python values and C structs.
/// Python bytes objects are used to hold the data representing the C struct
/// and also as format strings (explained below) to describe the layout of data
/// in the C struct.
#[macros::pymodule(name = "_struct", exec = exec)]
pub(crate) struct StructModule;

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<object::Struct>();
    runtime::types::type_::ready_static(<object::UnpackIterator as runtime::PyClass>::TYPE);
    // Imported anew, the module shows the class that its functions raise.
    if let Some(class) = th.rt().state::<State>().error.get() {
        m.add("error", class);
        return Ok(());
    }
    let namespace = dict::new();
    namespace.insert_str(&pystr::intern("__module__"), pystr::new("struct").into_obj());
    let exception = runtime::builtins::get(th, "Exception")?;
    let bases = tuple::from_array([exception]).into_obj();
    let ty = runtime::builtins::get(th, "type")?;
    let class = call::call(th, &ty, &[pystr::new("error").into_obj(), bases, namespace.into_obj()])?;
    th.rt().state::<State>().error.set(Some(class.clone()));
    m.add("error", class);
    Ok(())
}

/// The format that comes first among arguments.
fn first<'a>(th: &Thread, args: Args<'a>, name: &str) -> PyResult<&'a Obj> {
    if args.has_keywords() {
        args.no_keywords(th, &format!("_struct.{name}"))?;
    }
    args.pos().first().ok_or_else(|| th.type_error("missing format argument"))
}

#[macros::pymethods]
impl StructModule {
    /// Clear the internal cache.
    #[pyfunction(sig = "($module, /)")]
    fn _clearcache(th: &Thread) {
        let state = th.rt().state::<State>();
        state.last.set(None);
        drop(state.cache.take());
    }

    /// Return size in bytes of the struct described by the format string.
    #[pyfunction(sig = "($module, format, /)")]
    fn calcsize(th: &Thread, format: &Obj) -> PyResult<usize> {
        Ok(layout(th, format)?.size)
    }

    /// pack(format, v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing the values v1, v2, ... packed according
    /// to the format string.  See help(struct) for more on format strings.
    #[pyfunction]
    fn pack(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let format = first(th, args, "pack")?;
        values::pack(th, &*layout(th, format)?, &args.pos()[1..])
    }

    /// pack_into(format, buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string and write
    /// the packed bytes into the writable buffer buf starting at offset.  Note
    /// that the offset is a required argument.  See help(struct) for more
    /// on format strings.
    #[pyfunction]
    fn pack_into(th: &Thread, args: Args<'_>) -> PyResult<()> {
        let format = first(th, args, "pack_into")?;
        values::pack_into(th, &*layout(th, format)?, &args.pos()[1..])
    }

    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size in bytes must be calcsize(format).
    ///
    /// See help(struct) for more on format strings.
    #[pyfunction(sig = "($module, format, buffer, /)")]
    fn unpack(th: &Thread, format: &Obj, buffer: &Obj) -> PyResult<Obj> {
        values::unpack(th, &*layout(th, format)?, buffer)
    }

    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size, minus offset, must be at least calcsize(format).
    ///
    /// See help(struct) for more on format strings.
    #[pyfunction(sig = "($module, format, /, buffer, offset=0)")]
    fn unpack_from(th: &Thread, format: &Obj, buffer: &Obj, offset: Option<isize>) -> PyResult<Obj> {
        values::unpack_from(th, &*layout(th, format)?, buffer, offset.unwrap_or(0))
    }

    /// Return an iterator yielding tuples unpacked from the given bytes.
    ///
    /// The bytes are unpacked according to the format string, like
    /// a repeated invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the struct size.
    #[pyfunction(sig = "($module, format, buffer, /)")]
    fn iter_unpack(th: &Thread, format: &Obj, buffer: &Obj) -> PyResult<Obj> {
        object::UnpackIterator::make(th, layout(th, format)?, buffer)
    }
}
