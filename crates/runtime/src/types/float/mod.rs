//! `float`: immediates where the exponent is in the common range, heap objects otherwise.
#![expect(unsafe_code, reason = "payload casts")]

mod arith;
mod methods;

pub(crate) use arith::cmp_int;
pub(crate) use arith::modulo;
pub use arith::{divide_floor, power, range_error, to_big, to_int};
pub use methods::{as_ratio, exact, format, from_object, number_locale};

use crate::native::{MethodTable, PyClass, TypeSpec};
use crate::types::type_::{Type, TypeObject, alloc_instance, flags, type_of};
use crate::{Obj, Py, Thread};
use object::{Payload, TypeCore};

/// The payload of a float that lives on the heap: rare exponents, and all values of subclasses.
#[repr(C)]
pub struct Float {
    ob_fval: f64,
}

impl Payload for Float {}

static SPEC: TypeSpec = TypeSpec {
    name: "float",
    module: "builtins",
    doc: None,
    base: Some(&crate::types::object::OBJECT_TYPE),
    methods: &[&Float::METHODS, &MethodTable::signature("(x=0, /)")],
};
static TYPE: TypeObject = Type::new_static::<Float>(&SPEC, <Type as PyClass>::TYPE, flags::BASETYPE | flags::MATCH_SELF);
/// The type `float`.
pub static FLOAT_TYPE: &TypeObject = &TYPE;

impl PyClass for Float {
    const TYPE: &'static TypeObject = &TYPE;
}

/// A float.
#[inline(always)]
pub fn new(f: f64) -> Obj {
    match Obj::from_float(f) {
        Some(o) => o,
        None => boxed(f),
    }
}

#[cold]
#[inline(never)]
fn boxed(f: f64) -> Obj {
    // SAFETY: `TYPE` is the type of `Float` objects.
    unsafe { object::new_object(&*(&raw const TYPE).cast::<TypeCore>(), Float { ob_fval: f }, 0) }.into_obj()
}

/// An instance of `float` or a subclass.
pub fn new_instance(th: &Thread, ty: &TypeObject, f: f64) -> Obj {
    if std::ptr::eq(ty, FLOAT_TYPE) {
        return new(f);
    }
    alloc_instance(th, ty, Float { ob_fval: f }).into_obj()
}

/// The value, if `o` is a float or an instance of a subclass.
#[inline(always)]
pub fn value_of(o: &Obj) -> Option<f64> {
    match o.value().as_float() {
        Some(f) => Some(f),
        None => heap(o).map(|h| h.ob_fval),
    }
}

fn heap(o: &Obj) -> Option<&Py<Float>> {
    let header = o.header()?;
    let ty = type_of(header);
    if std::ptr::eq(ty, FLOAT_TYPE) || ty.is_subtype(FLOAT_TYPE) {
        // SAFETY: such objects hold a `Float`.
        Some(unsafe { o.cast::<Float>() })
    } else {
        None
    }
}
