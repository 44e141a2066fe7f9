//! `types.UnionType`, which is `typing.Union`: `int | str`.

use super::generic_alias::{self, GenericAlias};
use crate::protocols::{attribute, call, compare};
use crate::slots::CompareOp;
use crate::types::str::{self, interned};
use crate::types::tuple::{self, Tuple};
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, instances, none};
use object::gc::Visitor;
use object::{Guarded, Payload};

/// The payload of a union: at least two different types.
#[macros::pyclass(
    name = "Union",
    module = "typing",
    flags = HAVE_GC | MANAGED_WEAKREF | DISALLOW_INSTANTIATION,
    doc = "Represent a union type\n\nE.g. for int | str"
)]
pub struct Union {
    args: Py<Tuple>,
    /// How many members could not be hashed when the union was made.
    unhashable: usize,
    parameters: Guarded<Option<Py<Tuple>>>,
}

impl Payload for Union {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.args);
        if let Some(p) = self.parameters.try_lock() {
            v.opt_py(&p);
        }
    }
}

impl Union {
    /// `__args__`.
    pub fn args(&self) -> &Py<Tuple> {
        &self.args
    }
}

/// True for what `|` between types accepts.
fn is_unionable(o: &Obj) -> bool {
    o.is_none()
        || o.downcast::<Type>().is_some()
        || o.downcast::<GenericAlias>().is_some()
        || o.downcast::<Union>().is_some()
        || o.ty().spec.is_some_and(|s| s.name == "TypeAliasType")
}

/// `nb_or` of types and aliases (`_Py_union_type_or`).
pub fn type_or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if a.downcast::<Union>().is_some() || b.downcast::<Union>().is_some() {
        return from_types(th, &[checked(th, a)?, checked(th, b)?]);
    }
    if !is_unionable(a) || !is_unionable(b) {
        return Ok(crate::not_implemented());
    }
    from_types(th, &[a.clone(), b.clone()])
}

/// A member of a union, with text turned into a forward reference.
fn checked(th: &Thread, t: &Obj) -> PyResult<Obj> {
    if is_unionable(t) {
        return Ok(t.clone());
    }
    let typing = crate::import::import_module(th, "typing")?;
    let message = str::new("Union[arg, ...]: each arg must be a type.").into_obj();
    call::call_method(th, &typing, "_type_check", &[t.clone(), message])
}

/// The union of types: nested unions spread out, duplicates left out; one type alone is itself.
pub fn from_types(th: &Thread, types: &[Obj]) -> PyResult<Obj> {
    let mut members = Vec::with_capacity(types.len());
    for t in types {
        match t.downcast::<Union>() {
            Some(u) => {
                for inner in u.args.items() {
                    add(th, &mut members, inner)?;
                }
            }
            None => add(th, &mut members, t)?,
        }
    }
    match members.len() {
        0 => Err(th.type_error("Cannot take a Union of no types.")),
        1 => Ok(members.remove(0)),
        _ => {
            let mut unhashable = 0;
            for m in &members {
                unhashable += usize::from(hash_opt(th, m)?.is_none());
            }
            let payload = Union { args: tuple::from_vec(members), unhashable, parameters: Guarded::new(None) };
            Ok(alloc_instance(th, Union::TYPE, payload).into_obj())
        }
    }
}

/// Adds a type unless an equal one is there. Hashable members are compared only when their hashes agree, as a set does it.
fn add(th: &Thread, members: &mut Vec<Obj>, t: &Obj) -> PyResult<()> {
    let t = if t.is_none() { none().ty().to_obj() } else { t.clone() };
    if members.iter().any(|m| m.is(&t)) {
        return Ok(());
    }
    let both_classes = |m: &Obj| m.downcast_exact::<Type>().is_some() && t.downcast_exact::<Type>().is_some();
    let own = hash_opt(th, &t)?;
    for m in members.clone() {
        if both_classes(&m) || hash_opt(th, &m)? != own {
            continue;
        }
        if compare::eq(th, &m, &t)? {
            return Ok(());
        }
    }
    members.push(t);
    Ok(())
}

/// The hash, `None` for what can't be hashed.
fn hash_opt(th: &Thread, o: &Obj) -> PyResult<Option<i64>> {
    match crate::protocols::hash(th, o) {
        Ok(h) => Ok(Some(h)),
        Err(raised) => th.catch(raised, crate::types::exceptions::TYPE_ERROR).map(|()| None),
    }
}

#[macros::pymethods]
impl Union {
    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let mut b = text::Builder::with_capacity(32);
        for (i, t) in slf.args.items().iter().enumerate() {
            if i > 0 {
                b.push_str(" | ");
            }
            b.push_chars(generic_alias::type_repr(th, t)?.chars());
        }
        Ok(str::from_buf(b.finish()).into_obj())
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<Self>) -> PyResult<i64> {
        // The order of the members does not count.
        let mut sum = 0x72e8_ef4d_i64;
        for t in slf.args.items() {
            let h = crate::protocols::hash(th, t)?;
            sum ^= (h ^ 89_869_747 ^ (h << 16)).wrapping_mul(3_644_798_167);
        }
        if slf.unhashable != 0 {
            let s = if slf.unhashable == 1 { "" } else { "s" };
            return Err(th.type_error(format!("union contains {} unhashable element{s}", slf.unhashable)));
        }
        Ok(if sum == -1 { -2 } else { sum })
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<Self>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<Self>()) else {
            return Ok(crate::not_implemented());
        };
        let mut same = slf.args.len() == other.args.len();
        for a in slf.args.items() {
            let mut found = false;
            for b in other.args.items() {
                if same && !found {
                    found = compare::eq(th, a, b)?;
                }
            }
            same = same && found;
        }
        Ok(crate::bool_obj(same == (op == CompareOp::Eq)))
    }

    #[slot(tp_getattro)]
    fn getattro(th: &Thread, slf: &Py<Self>, name: &Obj) -> PyResult<Obj> {
        let name = instances::attribute_name(th, name)?;
        if name.is_ascii_eq("__module__") {
            return attribute::get(th, &Union::TYPE.to_obj(), name);
        }
        instances::generic_getattr(th, slf.as_obj(), name)
    }

    #[slot(nb_or)]
    fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        type_or(th, a, b)
    }

    #[slot(mp_subscript)]
    fn getitem(th: &Thread, slf: &Py<Self>, item: &Obj) -> PyResult<Obj> {
        let parameters = Self::__parameters__(th, slf)?;
        let args = generic_alias::substitute(th, slf.as_obj(), slf.args.items(), parameters.items(), item)?;
        from_types(th, &args)
    }

    #[pymethod]
    fn __mro_entries__(th: &Thread, slf: &Py<Self>, _args: Args<'_>) -> PyResult<Obj> {
        let shown = crate::protocols::repr(th, slf.as_obj())?.to_string_lossy();
        Err(th.type_error(format!("Cannot subclass {shown}")))
    }

    /// Create a union containing the given types
    #[classmethod]
    fn __class_getitem__(th: &Thread, _cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        let [item] = args.all() else {
            return Err(
                th.type_error(format!("Union.__class_getitem__() takes exactly one argument ({} given)", args.pos().len()))
            );
        };
        let given = match item.downcast::<Tuple>() {
            Some(t) => t.items().to_vec(),
            None => vec![item.clone()],
        };
        let types = given.iter().map(|t| checked(th, t)).collect::<PyResult<Vec<Obj>>>()?;
        from_types(th, &types)
    }

    #[getter]
    fn __args__(_th: &Thread, slf: &Py<Self>) -> Py<Tuple> {
        slf.args.clone()
    }

    #[getter]
    fn __name__(_th: &Thread, _slf: &Py<Self>) -> Obj {
        interned!("Union").as_obj().clone()
    }

    #[getter]
    fn __qualname__(_th: &Thread, _slf: &Py<Self>) -> Obj {
        interned!("Union").as_obj().clone()
    }

    /// Always returns the type
    #[getter]
    fn __origin__(_th: &Thread, _slf: &Py<Self>) -> Obj {
        Union::TYPE.to_obj()
    }

    /// Type variables in the types.UnionType.
    #[getter]
    fn __parameters__(th: &Thread, slf: &Py<Self>) -> PyResult<Py<Tuple>> {
        if let Some(known) = slf.parameters.get() {
            return Ok(known);
        }
        let made = tuple::from_vec(generic_alias::make_parameters(th, slf.args.items())?);
        slf.parameters.set(Some(made.clone()));
        Ok(made)
    }
}
