//! `reversed`.

use super::state_index;
use crate::native::{MethodTable, PyClass};
use crate::protocols::{attribute, sequence};
use crate::types::exceptions::{INDEX_ERROR, STOP_ITERATION};
use crate::types::type_::alloc_instance;
use crate::types::{int, tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// The payload of a `reversed` object: for sequences without `__reversed__`.
#[macros::pyclass(name = "reversed", flags = BASETYPE | HAVE_GC, methods(METHODS, SIGNATURE))]
pub struct Reversed {
    /// The next position, -1 at the end.
    index: Cell<isize>,
    sequence: Guarded<Option<Obj>>,
}

impl Payload for Reversed {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(sequence) = self.sequence.try_lock() {
            v.opt(&sequence);
        }
    }
}

impl Reversed {
    /// The signature of the type.
    pub const SIGNATURE: MethodTable = MethodTable::signature("(sequence, /)");
}

#[macros::pymethods]
impl Reversed {
    #[new(name = "reversed")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if !cls.as_object().overrides_init(Reversed::TYPE) {
            args.no_keywords(th, "reversed")?;
        }
        let [seq] = args.pos() else {
            return Err(th.type_error(format!("reversed expected 1 argument, got {}", args.pos().len())));
        };
        let refused = || th.type_error(format!("'{}' object is not reversible", seq.ty().name()));
        if let Some(f) = seq.ty().lookup(&crate::names::get().__reversed__) {
            if f.is_none() {
                return Err(refused());
            }
            return attribute::call_found(th, f, seq, &[]);
        }
        if !sequence::is_sequence(seq) {
            return Err(refused());
        }
        let len = sequence::len(th, seq)?;
        let payload = Reversed { index: Cell::new(len as isize - 1), sequence: Guarded::new(Some(seq.clone())) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn iternext(th: &Thread, slf: &Py<Reversed>) -> PyResult<Option<Obj>> {
        let i = slf.index.get();
        if i >= 0
            && let Some(seq) = slf.sequence.get()
        {
            match sequence::get_item_isize(th, &seq, i) {
                Ok(o) => {
                    slf.index.set(i - 1);
                    return Ok(Some(o));
                }
                Err(raised) if th.exception_matches(INDEX_ERROR) => th.catch(raised, INDEX_ERROR)?,
                Err(raised) => th.catch(raised, STOP_ITERATION)?,
            }
        }
        slf.index.set(-1);
        slf.sequence.set(None);
        Ok(None)
    }

    #[pymethod(sig = "($self, /)")]
    fn __length_hint__(th: &Thread, slf: &Py<Reversed>) -> PyResult<i64> {
        let Some(seq) = slf.sequence.get() else { return Ok(0) };
        let left = slf.index.get() + 1;
        let len = sequence::len(th, &seq)? as isize;
        Ok(if len < left { 0 } else { left as i64 })
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Reversed>) -> Obj {
        let ty = slf.as_obj().ty().to_obj();
        match slf.sequence.get() {
            Some(seq) => {
                let args = tuple::from_array([seq]).into_obj();
                tuple::from_array([ty, args, int::from_i64(slf.index.get() as i64)]).into_obj()
            }
            None => tuple::from_array([ty, tuple::from_array([tuple::empty().into_obj()]).into_obj()]).into_obj(),
        }
    }

    #[pymethod(sig = "($self, object, /)")]
    fn __setstate__(th: &Thread, slf: &Py<Reversed>, object: &Obj) -> PyResult<()> {
        let index = state_index(th, object)? as isize;
        if let Some(seq) = slf.sequence.get() {
            let len = sequence::len(th, &seq)? as isize;
            slf.index.set(index.max(-1).min(len - 1));
        }
        Ok(())
    }
}
