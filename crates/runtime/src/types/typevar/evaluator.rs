//! `_typing._ConstEvaluator`, the evaluator of a value that was given as such; and `typing.NoDefault`.

use crate::protocols::number;
use crate::types::generic_alias::type_repr;
use crate::types::str::{self, interned};
use crate::types::tuple::Tuple;
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};
use object::gc::Visitor;
use object::{Header, Object, Payload};

/// `annotationlib.Format.STRING`.
const FORMAT_STRING: i64 = 4;

/// The payload of a constant evaluator.
#[macros::pyclass(name = "_ConstEvaluator", module = "_typing", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct ConstEvaluator {
    value: Obj,
}

impl Payload for ConstEvaluator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.value);
    }
}

/// An evaluator that gives `value`.
pub(super) fn constant(th: &Thread, value: Obj) -> Obj {
    alloc_instance(th, ConstEvaluator::TYPE, ConstEvaluator { value }).into_obj()
}

#[macros::pymethods]
impl ConstEvaluator {
    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let value = crate::protocols::repr(th, &slf.value)?;
        let mut b = text::Builder::with_capacity(value.len() + 18);
        b.push_str("<constevaluator ");
        b.push_chars(value.chars());
        b.push_str(">");
        Ok(str::from_buf(b.finish()).into_obj())
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "constevaluator.__call__")?;
        let [format] = args.pos() else {
            return Err(th.type_error(format!("constevaluator.__call__() takes exactly 1 argument ({} given)", args.pos().len())));
        };
        if number::index_i64(th, format)? != FORMAT_STRING {
            return Ok(slf.value.clone());
        }
        let Some(tuple) = slf.value.downcast::<Tuple>() else { return Ok(type_repr(th, &slf.value)?.into_obj()) };
        let mut b = text::Builder::with_capacity(32);
        b.push_str("(");
        for (i, item) in tuple.items().iter().enumerate() {
            if i > 0 {
                b.push_str(", ");
            }
            b.push_chars(type_repr(th, item)?.chars());
        }
        b.push_str(")");
        Ok(str::from_buf(b.finish()).into_obj())
    }
}

/// The payload of `typing.NoDefault`.
#[macros::pyclass(name = "NoDefaultType", doc = "The type of the NoDefault singleton.")]
pub struct NoDefaultType;

impl Payload for NoDefaultType {}

/// The object `typing.NoDefault`.
pub static NO_DEFAULT: Object<NoDefaultType> =
    Object { header: Header::immortal((NoDefaultType::TYPE as *const crate::TypeObject).cast()), payload: NoDefaultType };

#[macros::pymethods]
impl NoDefaultType {
    #[new(name = "NoDefaultType")]
    fn new(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if args.all().is_empty() { Ok(super::no_default()) } else { Err(th.type_error("NoDefaultType takes no arguments")) }
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, _slf: &Obj) -> PyResult<Obj> {
        Ok(interned!("typing.NoDefault").as_obj().clone())
    }

    #[pymethod]
    fn __reduce__(th: &Thread, _slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
        crate::types::function::no_arguments(th, args, "NoDefaultType.__reduce__")?;
        Ok(interned!("NoDefault").as_obj().clone())
    }
}
