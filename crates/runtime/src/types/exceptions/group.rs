//! `BaseExceptionGroup` and `ExceptionGroup`.

use super::base::{BaseException, alloc, init_args};
use super::matching::exception_matches;
use super::message::{Part, check_count, concat, str_argument};
use super::raising::is_exception_class;
use crate::protocols::{self, attribute, call, sequence};
use crate::types::list::{self, List};
use crate::types::str as pystr;
use crate::types::tuple::{self, Tuple};
use crate::types::{generic_alias, type_::Type};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, none};

const MESSAGE: usize = 0;
/// A tuple.
const EXCEPTIONS: usize = 1;
/// How the sequence given showed itself, for one that is neither list nor tuple.
const SHOWN: usize = 2;

/// `BaseExceptionGroup`.
pub(super) struct ExceptionGroupClass;

/// True for instances of `BaseExceptionGroup`.
pub(super) fn is_group(e: &Obj) -> bool {
    e.is_instance(super::BASE_EXCEPTION_GROUP)
}

/// The exceptions of a group, `None` for any other exception.
pub(super) fn members(e: &Obj) -> Option<Py<Tuple>> {
    if !is_group(e) {
        return None;
    }
    e.downcast::<BaseException>()?.field(EXCEPTIONS)?.downcast::<Tuple>().cloned()
}

/// `BaseExceptionGroup(message, exceptions)`.
pub fn new_group(th: &Thread, message: &str, exceptions: Obj) -> PyResult<Obj> {
    let args = [pystr::new(message).into_obj(), exceptions];
    call::call(th, &super::BASE_EXCEPTION_GROUP.to_obj(), &args)
}

/// The class of the group with these members: `BaseExceptionGroup` becomes `ExceptionGroup` where it can.
fn class_for(th: &Thread, cls: &Py<Type>, nested_base: bool) -> PyResult<Py<Type>> {
    let ty = cls.as_object();
    if std::ptr::eq(ty, super::BASE_EXCEPTION_GROUP) {
        return Ok(if nested_base { cls.clone() } else { super::EXCEPTION_GROUP.to_py() });
    }
    if nested_base && std::ptr::eq(ty, super::EXCEPTION_GROUP) {
        return Err(th.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
    }
    if nested_base && ty.is_subtype(super::EXCEPTION) {
        return Err(th.type_error(format!("Cannot nest BaseExceptions in '{}'", ty.name())));
    }
    Ok(cls.clone())
}

#[macros::pymethods]
impl ExceptionGroupClass {
    #[slot(tp_new)]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let function = Some("BaseExceptionGroup.__new__");
        let pos = args.pos();
        check_count(th, function, pos.len(), 2, 2)?;
        str_argument(th, function, &pos[0], 1)?;
        if !sequence::is_sequence(&pos[1]) {
            return Err(th.type_error("second argument (exceptions) must be a sequence"));
        }
        let shown = if pos[1].downcast::<List>().is_none() && pos[1].downcast::<Tuple>().is_none() {
            Some(protocols::repr(th, &pos[1])?)
        } else {
            None
        };
        let exceptions = match pos[1].downcast_exact::<Tuple>() {
            Some(exceptions) => exceptions.clone(),
            None => tuple::from_vec(sequence::to_vec(th, &pos[1])?),
        };
        if exceptions.is_empty() {
            return Err(th.value_error("second argument (exceptions) must be a non-empty sequence"));
        }
        for (i, e) in exceptions.items().iter().enumerate() {
            if !e.is_instance(super::BASE_EXCEPTION) {
                return Err(th.value_error(format!("Item {i} of second argument (exceptions) is not an exception")));
            }
        }
        let nested_base = exceptions.items().iter().any(|e| !e.is_instance(super::EXCEPTION));
        let cls = class_for(th, cls, nested_base)?;
        let e = alloc(th, cls.as_object(), tuple::from_slice(pos));
        e.set_field(MESSAGE, Some(pos[0].clone()));
        e.set_field(EXCEPTIONS, Some(exceptions.into_obj()));
        e.set_field(SHOWN, shown.map(Py::into_obj));
        Ok(e.into_obj())
    }

    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        init_args(th, slf, args)
    }

    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        let message = protocols::str(th, &slf.field(MESSAGE).unwrap_or_else(none))?;
        let n = members(slf.as_obj()).map_or(0, |m| m.len());
        let tail = format!(" ({n} sub-exception{})", if n == 1 { "" } else { "s" });
        Ok(concat(&[Part::Str(&message), Part::Text(&tail)]).into_obj())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        let exceptions = members(slf.as_obj()).unwrap_or_else(tuple::empty);
        let shown = match slf.field(SHOWN) {
            Some(shown) => protocols::str(th, &shown)?,
            None if slf.args().items().get(1).is_some_and(|a| a.downcast::<List>().is_some()) => {
                protocols::repr(th, list::from_vec(th, exceptions.items().to_vec()).as_obj())?
            }
            None => protocols::repr(th, exceptions.as_obj())?,
        };
        let name = slf.as_obj().ty().name();
        let message = protocols::repr(th, &slf.field(MESSAGE).unwrap_or_else(none))?;
        let text = concat(&[
            Part::Text(&name),
            Part::Text("("),
            Part::Str(&message),
            Part::Text(", "),
            Part::Str(&shown),
            Part::Text(")"),
        ]);
        Ok(text.into_obj())
    }

    #[getter(name = "message")]
    fn get_message(_th: &Thread, slf: &Py<BaseException>) -> Option<Obj> {
        slf.field(MESSAGE)
    }

    #[setter(name = "message")]
    fn set_message(th: &Thread, _slf: &Py<BaseException>, _value: Option<&Obj>) -> PyResult<()> {
        Err(th.attribute_error_message("readonly attribute"))
    }

    #[getter(name = "exceptions")]
    fn get_exceptions(_th: &Thread, slf: &Py<BaseException>) -> Option<Obj> {
        slf.field(EXCEPTIONS)
    }

    #[setter(name = "exceptions")]
    fn set_exceptions(th: &Thread, _slf: &Py<BaseException>, _value: Option<&Obj>) -> PyResult<()> {
        Err(th.attribute_error_message("readonly attribute"))
    }

    #[pymethod(sig = "($self, excs, /)")]
    fn derive(th: &Thread, slf: &Py<BaseException>, excs: &Obj) -> PyResult<Obj> {
        let message = slf.field(MESSAGE).unwrap_or_else(none);
        call::call(th, &super::BASE_EXCEPTION_GROUP.to_obj(), &[message, excs.clone()])
    }

    #[pymethod(sig = "($self, matcher_value, /)")]
    fn split(th: &Thread, slf: &Py<BaseException>, matcher_value: &Obj) -> PyResult<Py<Tuple>> {
        let matcher = Matcher::of(th, matcher_value)?;
        let s = split_recursive(th, slf.as_obj(), &matcher, true)?;
        Ok(tuple::from_array([s.matched.unwrap_or_else(none), s.rest.unwrap_or_else(none)]))
    }

    #[pymethod(sig = "($self, matcher_value, /)")]
    fn subgroup(th: &Thread, slf: &Py<BaseException>, matcher_value: &Obj) -> PyResult<Option<Obj>> {
        let matcher = Matcher::of(th, matcher_value)?;
        Ok(split_recursive(th, slf.as_obj(), &matcher, false)?.matched)
    }

    /// See PEP 585
    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, object: &Obj) -> PyResult<Obj> {
        Ok(generic_alias::new(th, cls, object))
    }
}

/// How the members of a group are chosen.
pub(super) enum Matcher {
    /// A class, or a tuple of classes.
    Type(Obj),
    Predicate(Obj),
    /// These very exceptions, by `id`.
    Instances(Vec<u64>),
}

impl Matcher {
    fn of(th: &Thread, value: &Obj) -> PyResult<Matcher> {
        if call::is_callable(value) && value.downcast::<Type>().is_none() {
            return Ok(Matcher::Predicate(value.clone()));
        }
        let classes = value.downcast::<Tuple>();
        if is_exception_class(value) || classes.is_some_and(|c| c.items().iter().all(is_exception_class)) {
            return Ok(Matcher::Type(value.clone()));
        }
        Err(th.type_error("expected an exception type, a tuple of exception types, or a callable (other than a class)"))
    }

    fn accepts(&self, th: &Thread, e: &Obj) -> PyResult<bool> {
        match self {
            Matcher::Type(ty) => exception_matches(th, e, ty),
            Matcher::Predicate(f) => {
                let r = call::call(th, f, std::slice::from_ref(e))?;
                protocols::truth(th, &r)
            }
            Matcher::Instances(ids) => Ok(!is_group(e) && ids.contains(&e.id())),
        }
    }
}

/// The two parts of a group.
pub(super) struct Split {
    pub(super) matched: Option<Obj>,
    pub(super) rest: Option<Obj>,
}

/// `exceptiongroup_split_recursive`.
pub(super) fn split_recursive(th: &Thread, e: &Obj, matcher: &Matcher, want_rest: bool) -> PyResult<Split> {
    if matcher.accepts(th, e)? {
        return Ok(Split { matched: Some(e.clone()), rest: None });
    }
    let Some(exceptions) = members(e) else {
        return Ok(Split { matched: None, rest: want_rest.then(|| e.clone()) });
    };
    th.check_stack(" in exceptiongroup_split_recursive")?;
    let (mut matched, mut rest) = (Vec::new(), Vec::new());
    for member in exceptions.items() {
        let s = split_recursive(th, member, matcher, want_rest)?;
        matched.extend(s.matched);
        rest.extend(s.rest);
    }
    let matched = subset(th, e, matched)?;
    let rest = if want_rest { subset(th, e, rest)? } else { None };
    Ok(Split { matched, rest })
}

/// A group like `original` with some of its members: `derive`, then traceback, context, cause and notes.
fn subset(th: &Thread, original: &Obj, exceptions: Vec<Obj>) -> PyResult<Option<Obj>> {
    if exceptions.is_empty() {
        return Ok(None);
    }
    let list = list::from_vec(th, exceptions).into_obj();
    let derived = call::call_method(th, original, "derive", &[list])?;
    let (Some(from), Some(to)) =
        (original.downcast::<BaseException>(), derived.downcast::<BaseException>().filter(|_| is_group(&derived)))
    else {
        return Err(th.type_error("derive must return an instance of BaseExceptionGroup"));
    };
    if let Some(tb) = from.traceback() {
        to.set_traceback(tb.downcast().cloned());
    }
    to.set_context(from.context());
    to.set_cause(from.cause());
    let notes_name = &crate::names::get().__notes__;
    if let Some(notes) = attribute::lookup_opt(th, original, notes_name)?
        && sequence::is_sequence(&notes)
    {
        let copy = list::from_vec(th, sequence::to_vec(th, &notes)?).into_obj();
        attribute::set(th, &derived, notes_name, &copy)?;
    }
    Ok(Some(derived))
}

/// The members of a group that are instances of `ty`, and the others.
pub fn split_by_type(th: &Thread, group: &Obj, ty: &Obj) -> PyResult<(Option<Obj>, Option<Obj>)> {
    let s = split_recursive(th, group, &Matcher::Type(ty.clone()), true)?;
    Ok((s.matched, s.rest))
}
