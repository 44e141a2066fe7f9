//! `mappingproxy`: a read-only view of a mapping.

use crate::protocols::{self, call, compare, iterate, mapping, number, sequence};
use crate::slots::CompareOp;
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::tuple::Tuple;
use crate::types::type_::{alloc_exact, alloc_instance};
use crate::types::{generic_alias, str};
use crate::{Obj, ObjExt, Py, PyResult, Thread, Type, none};
use object::Payload;
use object::gc::Visitor;

/// The payload: the mapping.
#[macros::pyclass(name = "mappingproxy", flags = HAVE_GC | MAPPING)]
pub struct MappingProxy {
    mapping: Obj,
}

impl Payload for MappingProxy {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.mapping);
    }
}

/// A proxy for a mapping.
pub fn new(th: &Thread, mapping: Obj) -> Obj {
    alloc_exact(th, || MappingProxy { mapping }).into_obj()
}

/// The mapping behind a proxy, or the value itself.
fn unwrap(o: &Obj) -> &Obj {
    o.downcast::<MappingProxy>().map_or(o, |p| &p.mapping)
}

impl MappingProxy {
    /// The mapping itself, for the runtime's own use.
    pub fn mapping(&self) -> &Obj {
        &self.mapping
    }

    fn forward(&self, th: &Thread, method: &str, args: &[Obj]) -> PyResult<Obj> {
        call::call_method(th, &self.mapping, method, args)
    }
}

#[macros::pymethods]
impl MappingProxy {
    #[new(name = "mappingproxy", sig = "(mapping)")]
    fn new_slot(th: &Thread, cls: &Py<Type>, mapping: &Obj) -> PyResult<Obj> {
        let ok = mapping.ty().slots.mp_subscript.get().is_some()
            && mapping.downcast::<List>().is_none()
            && mapping.downcast::<Tuple>().is_none();
        if !ok {
            return Err(th.type_error(format!("mappingproxy() argument must be a mapping, not {}", mapping.ty().name())));
        }
        Ok(alloc_instance(th, cls.as_object(), MappingProxy { mapping: mapping.clone() }).into_obj())
    }

    /// Return the value for key if key is in the mapping, else default.
    #[pymethod(sig = "($self, key, default=None, /)")]
    fn get(th: &Thread, slf: &Py<MappingProxy>, key: &Obj, default: Option<&Obj>) -> PyResult<Obj> {
        slf.forward(th, "get", &[key.clone(), default.cloned().unwrap_or_else(none)])
    }

    /// a set-like object providing a view on the underlying mapping's keys
    #[pymethod(sig = "($self, /)")]
    fn keys(th: &Thread, slf: &Py<MappingProxy>) -> PyResult<Obj> {
        slf.forward(th, "keys", &[])
    }

    /// an object providing a view on the underlying mapping's values
    #[pymethod(sig = "($self, /)")]
    fn values(th: &Thread, slf: &Py<MappingProxy>) -> PyResult<Obj> {
        slf.forward(th, "values", &[])
    }

    /// a set-like object providing a view on the underlying mapping's items
    #[pymethod(sig = "($self, /)")]
    fn items(th: &Thread, slf: &Py<MappingProxy>) -> PyResult<Obj> {
        slf.forward(th, "items", &[])
    }

    /// a shallow copy of the underlying mapping
    #[pymethod(sig = "($self, /)")]
    fn copy(th: &Thread, slf: &Py<MappingProxy>) -> PyResult<Obj> {
        slf.forward(th, "copy", &[])
    }

    /// See PEP 585
    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, object: &Obj) -> Obj {
        generic_alias::new(th, cls, object)
    }

    /// Return a reverse iterator over the mapping's keys.
    #[pymethod(sig = "($self, /)")]
    fn __reversed__(th: &Thread, slf: &Py<MappingProxy>) -> PyResult<Obj> {
        slf.forward(th, "__reversed__", &[])
    }

    #[slot(mp_length)]
    fn length(th: &Thread, slf: &Py<MappingProxy>) -> PyResult<usize> {
        sequence::len(th, &slf.mapping)
    }

    #[slot(mp_subscript)]
    fn subscript(th: &Thread, slf: &Py<MappingProxy>, key: &Obj) -> PyResult<Obj> {
        mapping::get_item(th, &slf.mapping, key)
    }

    #[slot(sq_contains)]
    fn contains(th: &Thread, slf: &Py<MappingProxy>, key: &Obj) -> PyResult<bool> {
        match slf.mapping.downcast_exact::<Dict>() {
            Some(d) => d.contains(th, key),
            None => sequence::contains(th, &slf.mapping, key),
        }
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<MappingProxy>) -> PyResult<Obj> {
        iterate::iter(th, &slf.mapping)
    }

    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<MappingProxy>) -> PyResult<Obj> {
        Ok(protocols::str(th, &slf.mapping)?.into_obj())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<MappingProxy>) -> PyResult<Obj> {
        let inner = protocols::repr(th, &slf.mapping)?;
        let mut out = text::Builder::new();
        out.push_ascii(b"mappingproxy(");
        out.push_chars(inner.chars());
        out.push_ascii(b")");
        Ok(str::from_buf(out.finish()).into_obj())
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<MappingProxy>) -> PyResult<i64> {
        protocols::hash(th, &slf.mapping)
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<MappingProxy>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        compare::rich(th, &slf.mapping, other, op)
    }

    #[slot(nb_or)]
    fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        number::or(th, unwrap(a), unwrap(b))
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(th: &Thread, slf: &Py<MappingProxy>, _other: &Obj) -> PyResult<Obj> {
        let name = slf.as_obj().ty().name();
        Err(th.type_error(format!("'|=' is not supported by {name}; use '|' instead")))
    }
}
