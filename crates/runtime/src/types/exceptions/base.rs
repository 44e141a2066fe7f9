//! `BaseException`: what every exception has.

use crate::native::PyClass;
use crate::protocols::{self, attribute, sequence};
use crate::slots::{InitFn, NewFn};
use crate::types::dict::Dict;
use crate::types::list::{self, List};
use crate::types::str::{self as pystr, Str};
use crate::types::traceback::Traceback;
use crate::types::tuple::{self, Tuple};
use crate::types::type_::{TypeObject, alloc_instance_by};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, instances, none};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// The payload of every exception.
///
/// `traceback` holds a traceback object, `context` and `cause` exceptions; `None` shows as Python's `None`.
pub struct BaseException {
    args: Guarded<Py<Tuple>>,
    traceback: Guarded<Option<Obj>>,
    context: Guarded<Option<Obj>>,
    cause: Guarded<Option<Obj>>,
    suppress_context: Cell<bool>,
    /// The fields of the class, by the numbers its file gives; absent at the end means not set.
    fields: Guarded<Vec<Option<Obj>>>,
}

impl PyClass for BaseException {
    const TYPE: &'static TypeObject = super::BASE_EXCEPTION;
}

impl Payload for BaseException {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(args) = self.args.try_lock() {
            v.py(&args);
        }
        for place in [&self.traceback, &self.context, &self.cause] {
            if let Some(o) = place.try_lock() {
                v.opt(&o);
            }
        }
        if let Some(fields) = self.fields.try_lock() {
            for field in fields.iter() {
                v.opt(field);
            }
        }
    }

    fn clear(&self) {
        self.args.set(tuple::empty());
        for place in [&self.traceback, &self.context, &self.cause] {
            place.set(None);
        }
        drop(self.fields.take());
    }
}

/// The payload behind an exception object.
pub fn as_exception(e: &Obj) -> Option<&Py<BaseException>> {
    e.downcast::<BaseException>()
}

/// An exception with these arguments whose `__init__` has not run.
pub(super) fn alloc(th: &Thread, ty: &TypeObject, args: Py<Tuple>) -> Py<BaseException> {
    alloc_instance_by(th, ty, || BaseException {
        args: Guarded::new(args),
        traceback: Guarded::new(None),
        context: Guarded::new(None),
        cause: Guarded::new(None),
        suppress_context: Cell::new(false),
        fields: Guarded::new(Vec::new()),
    })
}

impl BaseException {
    pub fn args(&self) -> Py<Tuple> {
        self.args.get()
    }

    pub fn set_args(&self, args: Py<Tuple>) {
        self.args.set(args);
    }

    /// The traceback object, if there is one.
    pub fn traceback(&self) -> Option<Obj> {
        self.traceback.get()
    }

    /// Takes the traceback object out.
    pub fn take_traceback(&self) -> Option<Obj> {
        self.traceback.take()
    }

    pub fn set_traceback(&self, tb: Option<Py<Traceback>>) {
        self.traceback.set(tb.map(Py::into_obj));
    }

    pub fn context(&self) -> Option<Obj> {
        self.context.get()
    }

    /// Sets `__context__`; the caller has broken cycles.
    pub fn set_context(&self, context: Option<Obj>) {
        self.context.set(context);
    }

    pub fn cause(&self) -> Option<Obj> {
        self.cause.get()
    }

    /// Sets `__cause__`, and with it `__suppress_context__`.
    pub fn set_cause(&self, cause: Option<Obj>) {
        self.suppress_context.set(true);
        self.cause.set(cause);
    }

    pub fn suppress_context(&self) -> bool {
        self.suppress_context.get()
    }

    /// A field of the class; `None` when it is not set.
    pub fn field(&self, index: usize) -> Option<Obj> {
        self.fields.lock().get(index).cloned().flatten()
    }

    pub fn has_field(&self, index: usize) -> bool {
        self.fields.lock().get(index).is_some_and(Option::is_some)
    }

    /// Sets the first fields of a new exception, in their order.
    pub(super) fn init_fields<const N: usize>(&self, fields: [(usize, &Obj); N]) {
        debug_assert!(fields.iter().enumerate().all(|(i, (index, _))| i == *index));
        self.fields.set(fields.map(|(_, value)| Some(value.clone())).into());
    }

    /// Sets a field, or with `None` makes it unset.
    pub fn set_field(&self, index: usize, value: Option<Obj>) {
        let old = {
            let mut fields = self.fields.lock();
            if fields.len() <= index {
                if value.is_none() {
                    return;
                }
                if fields.is_empty() {
                    // Most classes have two or three.
                    fields.reserve_exact((index + 1).max(3));
                }
                fields.resize(index + 1, None);
            }
            std::mem::replace(&mut fields[index], value)
        };
        drop(old);
    }
}

/// True when the class makes instances in another way than `BaseException.__new__`.
pub(super) fn has_own_new(ty: &Type) -> bool {
    let new = |t: &Type| t.slots.tp_new.get().map(|f: NewFn| f as usize);
    new(ty) != new(super::BASE_EXCEPTION)
}

/// A new exception of a class whose instances are made as those of `BaseException`: its constructor does no more than keep the arguments; `new` is the class's `tp_new`.
/// `None` for other classes, and for keywords.
#[inline]
pub(crate) fn make_plain(th: &Thread, cls: &Py<Type>, new: NewFn, args: Args<'_>) -> Option<Obj> {
    let plain = super::BASE_EXCEPTION.slots.tp_new.get().is_some_and(|base| base as usize == new as usize);
    let plain = plain && !args.has_keywords() && !has_own_init(cls);
    plain.then(|| alloc(th, cls.as_object(), tuple::from_slice(args.all())).into_obj())
}

/// True when `__new__` stands in the namespace of an exception class. The classes with fields of their own inherit it, and so do those
/// derived from them.
pub(crate) fn shows_new(ty: &Type) -> bool {
    const INHERITING: [&str; 8] = [
        "AttributeError",
        "ExceptionGroup",
        "ImportError",
        "KeyError",
        "NameError",
        "StopIteration",
        "SyntaxError",
        "SystemExit",
    ];
    let Some(mro) = ty.mro.get() else { return false };
    let mut bases = mro.items().iter().filter_map(|t| t.downcast::<Type>()).filter_map(|t| t.spec.map(|spec| spec.name));
    let own = bases.next();
    let is_exception = own == Some("BaseException") || bases.clone().any(|name| name == "BaseException");
    let inherits = own.is_some_and(|name| INHERITING.contains(&name));
    is_exception && !inherits && !bases.any(|name| name == "OSError" || INHERITING.contains(&name))
}

/// True when the class has another `__init__` than `BaseException`.
pub(super) fn has_own_init(ty: &Type) -> bool {
    let init = |t: &Type| t.slots.tp_init.get().map(|f: InitFn| f as usize);
    init(ty) != init(super::BASE_EXCEPTION)
}

/// `BaseException.__init__` for the classes that do more: no keywords, and `args`.
pub(super) fn init_args(th: &Thread, e: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        args.no_keywords(th, &e.as_obj().ty().name())?;
    }
    let same = {
        let known = e.args.lock();
        known.len() == args.pos().len() && known.items().iter().zip(args.pos()).all(|(a, b)| a.is(b))
    };
    if !same {
        e.set_args(tuple::from_slice(args.pos()));
    }
    Ok(())
}

#[macros::pymethods]
impl BaseException {
    #[slot(tp_new)]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        Ok(alloc(th, cls.as_object(), tuple::from_slice(args.pos())).into_obj())
    }

    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        init_args(th, slf, args)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        let args = slf.args();
        let name = slf.as_obj().ty().name();
        let text = match args.items() {
            [only] => {
                let shown = protocols::repr(th, only)?;
                super::concat(&[
                    super::Part::Text(&name),
                    super::Part::Text("("),
                    super::Part::Str(&shown),
                    super::Part::Text(")"),
                ])
            }
            _ => {
                let shown = protocols::repr(th, args.as_obj())?;
                super::concat(&[super::Part::Text(&name), super::Part::Str(&shown)])
            }
        };
        Ok(text.into_obj())
    }

    #[slot(tp_str)]
    pub(super) fn str(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        let args = slf.args();
        match args.items() {
            [] => Ok(pystr::empty().into_obj()),
            [only] => protocols::str(th, only).map(Py::into_obj),
            _ => protocols::str(th, args.as_obj()).map(Py::into_obj),
        }
    }

    /// Helper for pickle.
    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<BaseException>) -> Py<Tuple> {
        let ty = slf.as_obj().ty().to_obj();
        let args = slf.args().into_obj();
        match peek_dict(slf) {
            Some(dict) => tuple::from_array([ty, args, dict.into_obj()]),
            None => tuple::from_array([ty, args]),
        }
    }

    #[pymethod(sig = "($self, state, /)")]
    fn __setstate__(th: &Thread, slf: &Py<BaseException>, state: &Obj) -> PyResult<()> {
        if state.is_none() {
            return Ok(());
        }
        let Some(state) = state.downcast::<Dict>() else {
            return Err(th.type_error("state is not a dictionary"));
        };
        for (key, value) in state.items_vec() {
            let Some(name) = key.downcast::<Str>() else {
                return Err(th.type_error(format!("attribute name must be string, not '{}'", key.ty().name())));
            };
            attribute::set(th, slf.as_obj(), &pystr::intern_obj(name), &value)?;
        }
        Ok(())
    }

    /// Set self.__traceback__ to tb and return self.
    #[pymethod(sig = "($self, tb, /)")]
    fn with_traceback(th: &Thread, slf: &Py<BaseException>, tb: &Obj) -> PyResult<Obj> {
        set_traceback(th, slf, tb)?;
        Ok(slf.as_obj().clone())
    }

    /// Add a note to the exception
    #[pymethod(sig = "($self, note, /)")]
    fn add_note(th: &Thread, slf: &Py<BaseException>, note: &Py<Str>) -> PyResult<()> {
        let name = &crate::names::get().__notes__;
        let notes = match attribute::lookup_opt(th, slf.as_obj(), name)? {
            Some(notes) => notes,
            None => {
                let notes = list::from_vec(th, Vec::new()).into_obj();
                attribute::set(th, slf.as_obj(), name, &notes)?;
                notes
            }
        };
        match notes.downcast::<List>() {
            Some(list) => {
                list.push(note.as_obj().clone());
                Ok(())
            }
            None => Err(th.type_error("Cannot add note: __notes__ is not a list")),
        }
    }
}

/// The instance's dict, if one was ever needed.
pub(super) fn peek_dict(e: &Py<BaseException>) -> Option<Py<Dict>> {
    if instances::dict_is_empty(e.as_obj()) { None } else { instances::instance_dict(e.as_obj()) }
}

fn set_traceback(th: &Thread, e: &Py<BaseException>, tb: &Obj) -> PyResult<()> {
    if tb.is_none() {
        e.set_traceback(None);
    } else if let Some(tb) = tb.downcast::<Traceback>() {
        e.set_traceback(Some(tb.clone()));
    } else {
        return Err(th.type_error("__traceback__ must be a traceback or None"));
    }
    Ok(())
}

/// An exception or `None`, as `__cause__` and `__context__` take them.
fn chained(th: &Thread, value: Option<&Obj>, name: &str, what: &str) -> PyResult<Option<Obj>> {
    match value {
        None => Err(th.type_error(format!("__{name}__ may not be deleted"))),
        Some(v) if v.is_none() => Ok(None),
        Some(v) if v.is_instance(super::BASE_EXCEPTION) => Ok(Some(v.clone())),
        Some(_) => Err(th.type_error(format!("{what} must be None or derive from BaseException"))),
    }
}

#[macros::pymethods(ATTRIBUTES)]
impl BaseException {
    #[getter(name = "args")]
    fn get_args(_th: &Thread, slf: &Py<BaseException>) -> Py<Tuple> {
        slf.args()
    }

    #[setter(name = "args")]
    fn assign_args(th: &Thread, slf: &Py<BaseException>, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else { return Err(th.type_error("args may not be deleted")) };
        let items = sequence::to_vec(th, value)?;
        slf.set_args(tuple::from_vec(items));
        Ok(())
    }

    #[getter(name = "__traceback__")]
    fn get_traceback(_th: &Thread, slf: &Py<BaseException>) -> Option<Obj> {
        slf.traceback()
    }

    #[setter(name = "__traceback__")]
    fn assign_traceback(th: &Thread, slf: &Py<BaseException>, value: Option<&Obj>) -> PyResult<()> {
        match value {
            Some(tb) => set_traceback(th, slf, tb),
            None => Err(th.type_error("__traceback__ may not be deleted")),
        }
    }

    #[getter(name = "__context__")]
    fn get_context(_th: &Thread, slf: &Py<BaseException>) -> Option<Obj> {
        slf.context()
    }

    #[setter(name = "__context__")]
    fn assign_context(th: &Thread, slf: &Py<BaseException>, value: Option<&Obj>) -> PyResult<()> {
        slf.set_context(chained(th, value, "context", "exception context")?);
        Ok(())
    }

    #[getter(name = "__cause__")]
    fn get_cause(_th: &Thread, slf: &Py<BaseException>) -> Option<Obj> {
        slf.cause()
    }

    #[setter(name = "__cause__")]
    fn assign_cause(th: &Thread, slf: &Py<BaseException>, value: Option<&Obj>) -> PyResult<()> {
        slf.set_cause(chained(th, value, "cause", "exception cause")?);
        Ok(())
    }

    #[getter(name = "__suppress_context__")]
    fn get_suppress_context(_th: &Thread, slf: &Py<BaseException>) -> bool {
        slf.suppress_context()
    }

    #[setter(name = "__suppress_context__")]
    fn assign_suppress_context(th: &Thread, slf: &Py<BaseException>, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else { return Err(th.type_error("can't delete numeric/char attribute")) };
        if !value.is_true() && !value.is_false() {
            return Err(th.type_error("attribute value type must be bool"));
        }
        slf.suppress_context.set(value.is_true());
        Ok(())
    }

    #[getter(name = "__dict__")]
    fn get_dict(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        instances::dict_getter(th, slf)
    }

    #[setter(name = "__dict__")]
    fn assign_dict(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        instances::dict_setter(th, slf, value)
    }
}

/// A field as an attribute: `None` while it is not set.
pub(super) fn read_field(th: &Thread, slf: &Obj, name: &'static str, index: usize) -> PyResult<Obj> {
    let e: &Py<BaseException> = crate::args::receiver(th, slf, name)?;
    Ok(e.field(index).unwrap_or_else(none))
}

/// Assigns to, or deletes, a field as an attribute.
pub(super) fn write_field(th: &Thread, slf: &Obj, name: &'static str, index: usize, value: Option<&Obj>) -> PyResult<()> {
    let e: &Py<BaseException> = crate::args::receiver(th, slf, name)?;
    e.set_field(index, value.cloned());
    Ok(())
}

/// The method table of fields that programs may read, assign and delete.
macro_rules! object_fields {
    ($($name:literal $index:expr, $doc:literal;)*) => {
        crate::MethodTable {
            methods: &[],
            getters: &[$(crate::GetterDef {
                name: $name,
                doc: Some($doc),
                get: |th, slf| crate::types::exceptions::base::read_field(th, slf, $name, $index),
            }),*],
            setters: &[$(crate::SetterDef {
                name: $name,
                set: |th, slf, value| crate::types::exceptions::base::write_field(th, slf, $name, $index, value),
            }),*],
            slots: |_| (),
            new_signature: None,
        }
    };
}
pub(super) use object_fields;
