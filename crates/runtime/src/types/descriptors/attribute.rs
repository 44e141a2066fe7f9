//! `getset_descriptor`: computed attributes; `member_descriptor`: the members that `__slots__` names.

use super::members::is_member;
use super::{check_instance, qualified, reduce_to_getattr};
use crate::documentation;
use crate::native::{GetterDef, SetterDef};
use crate::types::dict::full_name;
use crate::types::function::no_arguments;
use crate::types::str::{Str, intern};
use crate::types::type_::{alloc_instance, member_get, member_set};
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};
use object::Payload;
use object::gc::Visitor;

/// The payload of a computed attribute.
#[macros::pyclass(name = "getset_descriptor", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct GetSet {
    pub get: &'static GetterDef,
    pub set: Option<&'static SetterDef>,
    pub owner: Py<Type>,
}

/// Where a member's value is.
#[derive(Clone, Copy)]
enum Place {
    /// In a word of the instance, this far from its header.
    Word(u32),
    /// In the payload of a built-in type.
    Native(&'static GetterDef, Option<&'static SetterDef>),
    /// A field of a struct sequence, by its index.
    Field(usize),
}

/// The payload of a member.
///
/// Invariant: if the place is a word, instances of `owner` and of its subclasses have that word.
#[macros::pyclass(name = "member_descriptor", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct Member {
    pub name: Py<Str>,
    pub owner: Py<Type>,
    place: Place,
}

impl Payload for GetSet {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.owner);
    }
}

impl Payload for Member {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.owner);
        v.py(&self.name);
    }
}

/// The descriptor of a computed attribute.
pub fn getset(owner: &Py<Type>, get: &'static GetterDef, set: Option<&'static SetterDef>) -> Obj {
    if owner.spec.is_some_and(|spec| is_member(spec, get.name)) {
        let payload = Member { name: intern(get.name), owner: owner.clone(), place: Place::Native(get, set) };
        return alloc_instance(Thread::current(), Member::TYPE, payload).into_obj();
    }
    let payload = GetSet { get, set, owner: owner.clone() };
    alloc_instance(Thread::current(), GetSet::TYPE, payload).into_obj()
}

/// The descriptor of the `index`th member of a class made by a program.
pub fn member(th: &Thread, owner: &Py<Type>, name: Py<Str>, index: usize) -> Option<Obj> {
    let known = owner.member_offsets.lock().get(index).copied();
    let offset = match known {
        Some(offset) => offset,
        None if owner.has_flag(crate::type_flags::MANAGED_DICT) => crate::types::type_::HIDDEN,
        None => return None,
    };
    Some(alloc_instance(th, Member::TYPE, Member { name, owner: owner.clone(), place: Place::Word(offset) }).into_obj())
}

/// The descriptor of a struct sequence's field.
pub fn field(th: &Thread, owner: &Py<Type>, name: Py<Str>, index: usize) -> Obj {
    alloc_instance(th, Member::TYPE, Member { name, owner: owner.clone(), place: Place::Field(index) }).into_obj()
}

impl GetSet {
    /// Reads the attribute of an instance of the owner.
    #[inline]
    pub fn read(th: &Thread, slf: &Py<Self>, obj: &Obj) -> PyResult<Obj> {
        check_instance(th, &slf.owner, slf.get.name, obj)?;
        (slf.get.get)(th, obj)
    }
}

impl Member {
    /// The offset of the word from the header, if the member is one of `__slots__`.
    pub fn offset(&self) -> Option<u32> {
        match self.place {
            Place::Word(offset) => Some(offset),
            Place::Native(..) | Place::Field(_) => None,
        }
    }

    /// The index of the field, if the member is one of a struct sequence.
    pub fn field_index(&self) -> Option<usize> {
        match self.place {
            Place::Field(index) => Some(index),
            _ => None,
        }
    }

    /// Reads the member of an instance of the owner.
    #[inline]
    pub fn read(th: &Thread, slf: &Py<Self>, obj: &Obj) -> PyResult<Obj> {
        if let Place::Native(get, _) = slf.place {
            check_instance(th, &slf.owner, get.name, obj)?;
            return (get.get)(th, obj);
        }
        if let Place::Field(index) = slf.place {
            check_instance(th, &slf.owner, &slf.name.to_string_lossy(), obj)?;
            return Ok(crate::types::structseq::read(obj, index));
        }
        match member_get(obj, slf) {
            Some(Some(value)) => Ok(value),
            Some(None) => {
                let text = format!("'{}' object has no attribute '{}'", full_name(obj.ty()), slf.name.to_string_lossy());
                Err(th.attribute_error(text, obj, slf.name.as_obj()))
            }
            None => Err(Self::mismatch(th, slf, obj)),
        }
    }

    fn mismatch(th: &Thread, slf: &Py<Self>, obj: &Obj) -> crate::Raised {
        th.type_error(format!(
            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
            slf.name.to_string_lossy(),
            slf.owner.name(),
            obj.ty().name()
        ))
    }
}

#[macros::pymethods]
impl GetSet {
    #[slot(tp_descr_get)]
    fn descr_get(th: &Thread, slf: &Py<Self>, obj: Option<&Obj>, _ty: Option<&Obj>) -> PyResult<Obj> {
        match obj {
            None => Ok(slf.as_obj().clone()),
            Some(obj) => Self::read(th, slf, obj),
        }
    }

    #[slot(tp_descr_set)]
    fn descr_set(th: &Thread, slf: &Py<Self>, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
        check_instance(th, &slf.owner, slf.get.name, obj)?;
        match slf.set {
            Some(set) => (set.set)(th, obj, value),
            None => Err(th.attribute_error_message(format!(
                "attribute '{}' of '{}' objects is not writable",
                slf.get.name,
                slf.owner.name()
            ))),
        }
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<String> {
        Ok(format!("<attribute '{}' of '{}' objects>", slf.get.name, slf.owner.name()))
    }

    #[getter]
    fn __objclass__(_th: &Thread, slf: &Py<Self>) -> Py<Type> {
        slf.owner.clone()
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Self>) -> Obj {
        crate::types::str::intern(slf.get.name).into_obj()
    }

    #[getter]
    fn __doc__(_th: &Thread, slf: &Py<Self>) -> Option<&'static str> {
        documentation::of_attribute(&slf.owner, slf.get.name).doc.unwrap_or(slf.get.doc)
    }

    #[getter]
    fn __qualname__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        qualified(th, &slf.owner, slf.get.name)
    }
}

#[macros::pymethods]
impl Member {
    #[slot(tp_descr_get)]
    fn descr_get(th: &Thread, slf: &Py<Self>, obj: Option<&Obj>, _ty: Option<&Obj>) -> PyResult<Obj> {
        match obj {
            None => Ok(slf.as_obj().clone()),
            Some(obj) => Self::read(th, slf, obj),
        }
    }

    #[slot(tp_descr_set)]
    fn descr_set(th: &Thread, slf: &Py<Self>, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
        if let Place::Native(get, set) = slf.place {
            check_instance(th, &slf.owner, get.name, obj)?;
            return match set {
                Some(set) => (set.set)(th, obj, value),
                None => Err(th.attribute_error_message("readonly attribute")),
            };
        }
        if let Place::Field(_) = slf.place {
            check_instance(th, &slf.owner, &slf.name.to_string_lossy(), obj)?;
            return Err(th.attribute_error_message("readonly attribute"));
        }
        match member_set(obj, slf, value.cloned()) {
            None => Err(Self::mismatch(th, slf, obj)),
            Some(None) if value.is_none() => Err(th.attribute_error_message(slf.name.to_string_lossy())),
            Some(old) => {
                drop(old);
                Ok(())
            }
        }
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<String> {
        Ok(format!("<member '{}' of '{}' objects>", slf.name.to_string_lossy(), slf.owner.name()))
    }

    #[pymethod]
    fn __reduce__(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        no_arguments(th, args, "member_descriptor.__reduce__")?;
        reduce_to_getattr(th, slf.owner.as_obj().clone(), &slf.name.to_string_lossy())
    }

    #[getter]
    fn __objclass__(_th: &Thread, slf: &Py<Self>) -> Py<Type> {
        slf.owner.clone()
    }

    #[getter]
    fn __name__(_th: &Thread, slf: &Py<Self>) -> Py<Str> {
        slf.name.clone()
    }

    #[getter]
    fn __doc__(_th: &Thread, slf: &Py<Self>) -> Option<&'static str> {
        match slf.place {
            Place::Word(_) => None,
            Place::Field(_) => documentation::of_attribute(&slf.owner, &slf.name.to_string_lossy()).doc.flatten(),
            Place::Native(get, _) => documentation::of_attribute(&slf.owner, get.name).doc.unwrap_or(get.doc),
        }
    }

    #[getter]
    fn __qualname__(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        qualified(th, &slf.owner, &slf.name.to_string_lossy())
    }
}
