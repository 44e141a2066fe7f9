//! Exception classes with a few attributes of their own: `KeyError`, `StopIteration`, `SystemExit`, `NameError`, `AttributeError`, `ImportError`.

use super::base::{BaseException, alloc, init_args, object_fields, peek_dict};
use super::raising;
use crate::native::MethodTable;
use crate::types::dict::{self, Dict};
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::{self, Tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, none, protocols};

/// `KeyError`.
pub(super) struct KeyErrorClass;

#[macros::pymethods]
impl KeyErrorClass {
    /// A single argument shows as its repr: `KeyError('')` must not look like no text.
    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        match slf.args().items() {
            [only] => protocols::repr(th, only).map(Py::into_obj),
            _ => BaseException::str(th, slf),
        }
    }
}

const VALUE: usize = 0;

/// `StopIteration`: `value`.
pub(super) struct StopIterationClass;

impl StopIterationClass {
    pub(super) const FIELDS: MethodTable = object_fields! { "value" VALUE, "generator return value"; };
}

#[macros::pymethods]
impl StopIterationClass {
    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        init_args(th, slf, args)?;
        slf.set_field(VALUE, Some(args.pos().first().cloned().unwrap_or_else(none)));
        Ok(())
    }
}

/// What a generator returned: the `value` of a `StopIteration`.
pub fn stop_iteration_value(e: &Obj) -> Obj {
    e.downcast::<BaseException>().and_then(|e| e.field(VALUE)).unwrap_or_else(none)
}

const CODE: usize = 0;

/// `SystemExit`: `code`.
pub(super) struct SystemExitClass;

impl SystemExitClass {
    pub(super) const FIELDS: MethodTable = object_fields! { "code" CODE, "exception code"; };
}

#[macros::pymethods]
impl SystemExitClass {
    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        init_args(th, slf, args)?;
        match args.pos() {
            [] => {}
            [only] => slf.set_field(CODE, Some(only.clone())),
            _ => slf.set_field(CODE, Some(slf.args().into_obj())),
        }
        Ok(())
    }
}

/// The `code` of a `SystemExit`, `None` when it is not set.
pub fn system_exit_code(e: &Obj) -> Obj {
    e.downcast::<BaseException>().and_then(|e| e.field(CODE)).unwrap_or_else(none)
}

/// Splits off the keywords that a constructor takes: positional arguments become `args`, the fields are set or made unset.
fn init_keywords<const N: usize>(
    th: &Thread,
    slf: &Py<BaseException>,
    args: Args<'_>,
    class: &str,
    fields: [(&'static str, usize); N],
) -> PyResult<()> {
    slf.set_args(tuple::from_slice(args.pos()));
    let values = args.keywords_apart(th, class, fields.map(|(name, _)| name))?;
    for ((_, index), value) in fields.into_iter().zip(values) {
        slf.set_field(index, value.cloned());
    }
    Ok(())
}

/// Field numbers shared by `NameError` and `AttributeError`.
const NAME: usize = 0;
const OBJ: usize = 1;

/// `AttributeError(message, name=name, obj=obj)`.
pub(crate) fn new_attribute_error(th: &Thread, message: Py<Str>, obj: &Obj, name: &Obj) -> Obj {
    let e = alloc(th, super::ATTRIBUTE_ERROR, tuple::from_array([message.into_obj()]));
    e.init_fields([(NAME, name), (OBJ, obj)]);
    e.into_obj()
}

/// `NameError`: `name`.
pub(super) struct NameErrorClass;

impl NameErrorClass {
    pub(super) const FIELDS: MethodTable = object_fields! { "name" NAME, "name"; };
}

#[macros::pymethods]
impl NameErrorClass {
    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        init_keywords(th, slf, args, "NameError", [("name", NAME)])
    }
}

/// Gives the `NameError` that is set on the thread its name, unless it has one.
pub fn set_name_error_name(th: &Thread, name: &Py<Str>) {
    let Some(e) = th.peek_exception() else { return };
    if let Some(e) = e.downcast::<BaseException>()
        && e.as_obj().is_instance(super::NAME_ERROR)
        && e.field(NAME).is_none_or(|n| n.is_none())
    {
        e.set_field(NAME, Some(name.as_obj().clone()));
    }
}

/// `AttributeError`: `name` and `obj`.
pub(super) struct AttributeErrorClass;

impl AttributeErrorClass {
    pub(super) const FIELDS: MethodTable = object_fields! { "name" NAME, "attribute name"; "obj" OBJ, "object"; };
}

#[macros::pymethods]
impl AttributeErrorClass {
    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        init_keywords(th, slf, args, "AttributeError", [("name", NAME), ("obj", OBJ)])
    }

    #[pymethod(sig = "($self, /)")]
    fn __getstate__(_th: &Thread, slf: &Py<BaseException>) -> Py<Dict> {
        // The object is left out: it can seldom be pickled.
        let state = peek_dict(slf).map_or_else(dict::new, |d| d.copy());
        if let Some(name) = slf.field(NAME) {
            state.insert_str(&pystr::intern("name"), name);
        }
        state.insert_str(&pystr::intern("args"), slf.args().into_obj());
        state
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<BaseException>) -> Py<Tuple> {
        let state = AttributeErrorClass::__getstate__(th, slf).into_obj();
        tuple::from_array([slf.as_obj().ty().to_obj(), slf.args().into_obj(), state])
    }
}

/// Gives the `AttributeError` that is set on the thread its object and name, unless it has them.
pub fn set_attribute_error_context(th: &Thread, obj: &Obj, name: &Obj) {
    let Some(e) = th.peek_exception() else { return };
    if let Some(e) = e.downcast::<BaseException>()
        && e.as_obj().is_instance(super::ATTRIBUTE_ERROR)
        && !e.has_field(NAME)
        && !e.has_field(OBJ)
    {
        // The later field first: one block serves for both.
        e.set_field(OBJ, Some(obj.clone()));
        e.set_field(NAME, Some(name.clone()));
    }
}

const MSG: usize = 0;
const IMPORT_NAME: usize = 1;
const PATH: usize = 2;
const NAME_FROM: usize = 3;

/// `ImportError`: `msg`, `name`, `path`, `name_from`.
pub(super) struct ImportErrorClass;

impl ImportErrorClass {
    pub(super) const FIELDS: MethodTable = object_fields! {
        "msg" MSG, "exception message";
        "name" IMPORT_NAME, "module name";
        "path" PATH, "module path";
        "name_from" NAME_FROM, "name imported from module";
    };
}

#[macros::pymethods]
impl ImportErrorClass {
    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        init_keywords(th, slf, args, "ImportError", [("name", IMPORT_NAME), ("path", PATH), ("name_from", NAME_FROM)])?;
        let msg = if let [only] = args.pos() { Some(only.clone()) } else { None };
        slf.set_field(MSG, msg);
        Ok(())
    }

    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        match slf.field(MSG) {
            Some(msg) if msg.downcast_exact::<Str>().is_some() => Ok(msg),
            _ => BaseException::str(th, slf),
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<BaseException>) -> Py<Tuple> {
        let own = peek_dict(slf);
        let fields: Vec<(&str, Obj)> = [("name", IMPORT_NAME), ("path", PATH), ("name_from", NAME_FROM)]
            .into_iter()
            .filter_map(|(name, index)| Some((name, slf.field(index)?)))
            .collect();
        let head = [slf.as_obj().ty().to_obj(), slf.args().into_obj()];
        let state = match own {
            Some(own) if fields.is_empty() => own,
            Some(own) => own.copy(),
            None if fields.is_empty() => return tuple::from_vec(head.to_vec()),
            None => dict::new(),
        };
        for (name, value) in fields {
            state.insert_str(&pystr::intern(name), value);
        }
        let [ty, args] = head;
        tuple::from_array([ty, args, state.into_obj()])
    }
}

/// Raises `ImportError(message, name=name, path=path)`, or `ModuleNotFoundError`.
#[cold]
pub fn import_error(
    th: &Thread,
    ty: &'static crate::TypeObject,
    message: &str,
    name: Option<&Obj>,
    path: Option<&Obj>,
    name_from: Option<&Obj>,
) -> crate::Raised {
    let e = raising::new_with_args(th, ty, tuple::from_vec(vec![pystr::new(message).into_obj()]));
    if let Some(e) = e.downcast::<BaseException>() {
        for (index, value) in [(IMPORT_NAME, name), (PATH, path), (NAME_FROM, name_from)] {
            if let Some(value) = value {
                e.set_field(index, Some(value.clone()));
            }
        }
    }
    th.raise(e)
}
