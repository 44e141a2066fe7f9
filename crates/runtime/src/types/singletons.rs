//! `None`, `NotImplemented` and `Ellipsis`: static objects with types of their own.

use crate::native::PyClass;
use crate::types::str;
use crate::{Args, Obj, Py, PyResult, Thread, Type, ellipsis, none, not_implemented};
use object::{Header, Object, Payload};

/// The payload of `None`.
#[macros::pyclass(name = "NoneType", doc = "The type of the None singleton.")]
pub struct NoneType;

/// The payload of `NotImplemented`.
#[macros::pyclass(name = "NotImplementedType", doc = "The type of the NotImplemented singleton.")]
pub struct NotImplementedType;

/// The payload of `Ellipsis`.
#[macros::pyclass(name = "ellipsis", doc = "The type of the Ellipsis singleton.")]
pub struct EllipsisType;

impl Payload for NoneType {}
impl Payload for NotImplementedType {}
impl Payload for EllipsisType {}

/// The object `None`.
pub static NONE: Object<NoneType> =
    Object { header: Header::immortal((NoneType::TYPE as *const crate::TypeObject).cast()), payload: NoneType };
/// The object `NotImplemented`.
pub static NOT_IMPLEMENTED: Object<NotImplementedType> = Object {
    header: Header::immortal((NotImplementedType::TYPE as *const crate::TypeObject).cast()),
    payload: NotImplementedType,
};
/// The object `Ellipsis`.
pub static ELLIPSIS: Object<EllipsisType> =
    Object { header: Header::immortal((EllipsisType::TYPE as *const crate::TypeObject).cast()), payload: EllipsisType };

/// The header of `None`.
#[inline(always)]
pub fn none_header() -> &'static Header {
    &NONE.header
}

/// The header of `NotImplemented`.
#[inline(always)]
pub fn not_implemented_header() -> &'static Header {
    &NOT_IMPLEMENTED.header
}

/// The header of `Ellipsis`.
#[inline(always)]
pub fn ellipsis_header() -> &'static Header {
    &ELLIPSIS.header
}

/// CPython's constant hash of `None`.
const NONE_HASH: i64 = 0xfca8_6420;

fn no_arguments(th: &Thread, args: Args<'_>, name: &str) -> PyResult<()> {
    if args.all().is_empty() { Ok(()) } else { Err(th.type_error(format!("{name} takes no arguments"))) }
}

#[macros::pymethods]
impl NoneType {
    #[new(name = "NoneType")]
    fn new(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        no_arguments(th, args, "NoneType").map(|()| none())
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, _slf: &Obj) -> PyResult<Obj> {
        Ok(str::interned!("None").as_obj().clone())
    }

    #[slot(tp_hash)]
    fn hash(_th: &Thread, _slf: &Obj) -> PyResult<i64> {
        Ok(NONE_HASH)
    }

    #[slot(nb_bool)]
    fn bool(_th: &Thread, _slf: &Obj) -> PyResult<bool> {
        Ok(false)
    }
}

#[macros::pymethods]
impl NotImplementedType {
    #[new(name = "NotImplementedType")]
    fn new(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        no_arguments(th, args, "NotImplementedType").map(|()| not_implemented())
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, _slf: &Obj) -> PyResult<Obj> {
        Ok(str::interned!("NotImplemented").as_obj().clone())
    }

    #[slot(nb_bool)]
    fn bool(th: &Thread, _slf: &Obj) -> PyResult<bool> {
        Err(th.type_error("NotImplemented should not be used in a boolean context"))
    }

    #[pymethod]
    fn __reduce__(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
        crate::types::function::no_arguments(th, args, "NotImplementedType.__reduce__")?;
        Self::repr(th, slf)
    }
}

#[macros::pymethods]
impl EllipsisType {
    #[new(name = "EllipsisType")]
    fn new(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        no_arguments(th, args, "EllipsisType").map(|()| ellipsis())
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, _slf: &Obj) -> PyResult<Obj> {
        Ok(str::interned!("Ellipsis").as_obj().clone())
    }

    #[pymethod]
    fn __reduce__(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
        crate::types::function::no_arguments(th, args, "ellipsis.__reduce__")?;
        Self::repr(th, slf)
    }
}
