//! `functools.cmp_to_key`.

use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{call, compare};
use runtime::types::type_::alloc_exact;
use runtime::{Args, CompareOp, Obj, ObjExt, Py, PyResult, Thread};

/// A comparison function, and, once called, an object that it orders.
#[macros::pyclass(name = "KeyWrapper", module = "functools", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct KeyWrapper {
    cmp: Obj,
    object: Guarded<Option<Obj>>,
}

impl Payload for KeyWrapper {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.cmp);
        if let Some(o) = self.object.try_lock() {
            v.opt(&o);
        }
    }

    fn clear(&self) {
        self.object.set(None);
    }
}

impl KeyWrapper {
    /// The wrapper without an object: what `cmp_to_key` returns.
    pub(super) fn factory(th: &Thread, cmp: &Obj) -> Obj {
        alloc_exact(th, || KeyWrapper { cmp: cmp.clone(), object: Guarded::new(None) }).into_obj()
    }

    fn wrap(th: &Thread, cmp: &Obj, object: &Obj) -> Obj {
        let payload = KeyWrapper { cmp: cmp.clone(), object: Guarded::new(Some(object.clone())) };
        alloc_exact(th, || payload).into_obj()
    }
}

static CALL: runtime::args::Signature = runtime::args::Signature {
    function: "K",
    names: &["obj"],
    required: &[true],
    positional_only: 0,
    positional: 1,
    var_positional: false,
    var_keyword: false,
};

#[macros::pymethods]
impl KeyWrapper {
    #[getter]
    fn __text_signature__(_th: &Thread, _slf: &Py<KeyWrapper>) -> &'static str {
        "(obj)"
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<KeyWrapper>, args: Args<'_>) -> PyResult<Obj> {
        match CALL.bind::<1>(th, args)? {
            [Some(o)] => Ok(KeyWrapper::wrap(th, &slf.cmp, o)),
            [None] => Err(th.type_error("K() missing required argument 'obj' (pos 1)")),
        }
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Obj, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let (Some(a), Some(b)) = (slf.downcast::<KeyWrapper>(), other.downcast::<KeyWrapper>()) else {
            return Err(th.type_error("other argument must be K instance"));
        };
        let (Some(x), Some(y)) = (a.object.get(), b.object.get()) else {
            return Err(th.attribute_error_message("object"));
        };
        let order = call::call(th, &a.cmp, &[x, y])?;
        compare::rich(th, &order, &Obj::small_int(0), op)
    }

    /// Value wrapped by a key function.
    #[getter]
    fn obj(_th: &Thread, slf: &Py<KeyWrapper>) -> Option<Obj> {
        slf.object.get()
    }

    #[setter(name = "obj")]
    fn set_obj(_th: &Thread, slf: &Py<KeyWrapper>, value: Option<&Obj>) -> PyResult<()> {
        slf.object.set(value.cloned());
        Ok(())
    }
}
