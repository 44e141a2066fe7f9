//! `weakref.ref` and the lists of weak references that objects carry.
//!
//! DESIGN: weak references
//!
//! An object that can be referred to weakly has a word for the head of a doubly linked list of its references and proxies. The links own nothing: a reference takes itself out when it
//! goes, and a dying object empties its list (`clear_on_dealloc`) before it calls the callbacks, newest first. The plain reference and the plain proxy of an
//! object (no callback, no subclass) are made once and stand first in the list.
#![expect(unsafe_code, reason = "weak references do not own what they point to")]

mod list;
pub mod module;
mod proxy;

pub use list::{clear_on_dealloc, clear_unreachable, count, references, supports};
pub use proxy::{CallableProxy, Proxy, new_proxy, unwrap};

use crate::native::PyClass;
use crate::protocols::{self, call, compare};
use crate::slots::CompareOp;
use crate::types::generic_alias;
use crate::types::type_::{Type, TypeObject, alloc_instance, is_exact};
use crate::{Args, Obj, ObjExt, PyResult, Thread, names, not_implemented};
use object::gc::Visitor;
use object::{Guarded, Header, Payload, Py, Value};
use std::cell::Cell;

/// The payload of a weak reference, and, wrapped, of a proxy.
///
/// Invariant: while `object` is not null it points to a live object, and this payload is in that object's list.
#[macros::pyclass(name = "ReferenceType", module = "weakref", flags = BASETYPE | HAVE_GC)]
#[repr(C)]
pub struct WeakRef {
    object: Cell<*const Header>,
    callback: Guarded<Option<Obj>>,
    /// The object's hash, -1 when it is not known.
    hash: Cell<i64>,
    previous: Cell<*const WeakRef>,
    next: Cell<*const WeakRef>,
}

// SAFETY: lists are touched under the GIL only.
unsafe impl Sync for WeakRef {}
// SAFETY: as above.
unsafe impl Send for WeakRef {}

impl WeakRef {
    fn unlinked(callback: Option<Obj>) -> WeakRef {
        WeakRef {
            object: Cell::new(std::ptr::null()),
            callback: Guarded::new(callback),
            hash: Cell::new(-1),
            previous: Cell::new(std::ptr::null()),
            next: Cell::new(std::ptr::null()),
        }
    }

    /// The object, if it is still there.
    #[inline]
    pub fn get(&self) -> Option<Obj> {
        let p = self.object.get();
        // SAFETY: the pointer is not null as long as the object lives.
        let header = unsafe { p.as_ref()? };
        if header.refcnt() == 0 {
            return None;
        }
        // SAFETY: as above.
        Some(unsafe { Obj::from_borrowed(Value::from_ptr(p)) })
    }

    pub fn callback(&self) -> Option<Obj> {
        self.callback.get()
    }

    /// The header in front of this payload.
    fn header(&self) -> &Header {
        // SAFETY: these payloads only live in objects, right behind the header (`Proxy` wraps one transparently).
        unsafe { &*(self as *const WeakRef).cast::<Header>().sub(1) }
    }
}

impl Drop for WeakRef {
    fn drop(&mut self) {
        list::unlink(self);
    }
}

impl Payload for WeakRef {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(callback) = self.callback.try_lock() {
            v.opt(&callback);
        }
    }

    fn clear(&self) {
        list::unlink(self);
        drop(self.callback.take());
    }
}

/// A weak reference to `o`: the plain one that exists already, if there is one and no callback is given.
pub fn new_ref(th: &Thread, o: &Obj, callback: Option<Obj>) -> PyResult<Py<WeakRef>> {
    new_instance(th, WeakRef::TYPE, o, callback)
}

fn new_instance(th: &Thread, ty: &TypeObject, o: &Obj, callback: Option<Obj>) -> PyResult<Py<WeakRef>> {
    list::check(th, o)?;
    let plain = callback.is_none() && is_exact::<WeakRef>(ty);
    if plain && let Some(known) = list::plain(o, WeakRef::TYPE) {
        // SAFETY: the list says that this is an exact reference object.
        return Ok(unsafe { known.cast_into::<WeakRef>() });
    }
    let r = alloc_instance(th, ty, WeakRef::unlinked(callback));
    // Making the object may have run a collection, and that code which made another plain reference.
    if plain && let Some(known) = list::plain(o, WeakRef::TYPE) {
        // SAFETY: as above.
        return Ok(unsafe { known.cast_into::<WeakRef>() });
    }
    list::link(o, &r, if plain { list::Rank::Reference } else { list::Rank::Other });
    Ok(r)
}

#[macros::pymethods]
impl WeakRef {
    #[new(name = "ReferenceType")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let pos = args.pos();
        let (o, callback) = match pos {
            [o] => (o, None),
            [o, callback] => (o, Some(callback).filter(|c| !c.is_none()).cloned()),
            [] => return Err(th.type_error("__new__ expected at least 1 argument, got 0")),
            _ => return Err(th.type_error(format!("__new__ expected at most 2 arguments, got {}", pos.len()))),
        };
        Ok(new_instance(th, cls.as_object(), o, callback)?.into_obj())
    }

    #[init(name = "ReferenceType")]
    fn init(th: &Thread, _slf: &Py<WeakRef>, args: Args<'_>) -> PyResult<()> {
        args.no_keywords(th, "ref")?;
        match args.pos().len() {
            0 => Err(th.type_error("__init__ expected at least 1 argument, got 0")),
            1 | 2 => Ok(()),
            n => Err(th.type_error(format!("__init__ expected at most 2 arguments, got {n}"))),
        }
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<WeakRef>, args: Args<'_>) -> PyResult<Obj> {
        if args.has_keywords() {
            return Err(th.type_error("weakref() takes no keyword arguments"));
        }
        if !args.pos().is_empty() {
            return Err(th.type_error(format!("weakref expected 0 arguments, got {}", args.pos().len())));
        }
        Ok(slf.get().unwrap_or_else(crate::none))
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<WeakRef>) -> PyResult<i64> {
        if slf.hash.get() != -1 {
            return Ok(slf.hash.get());
        }
        let Some(o) = slf.get() else { return Err(th.type_error("weak object has gone away")) };
        let hash = protocols::hash(th, &o)?;
        slf.hash.set(hash);
        Ok(hash)
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<WeakRef>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let Some(other) = other.downcast::<WeakRef>() else { return Ok(not_implemented()) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        match (slf.get(), other.get()) {
            (Some(a), Some(b)) => compare::rich(th, &a, &b, op),
            _ => Ok(crate::bool_obj(slf.is(other) == (op == CompareOp::Eq))),
        }
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<WeakRef>) -> PyResult<String> {
        let id = slf.as_obj().id();
        let Some(o) = slf.get() else { return Ok(format!("<weakref at {id:#x}; dead>")) };
        let name = protocols::attribute::lookup_special(th, &o, &names::get().__name__)?;
        let kind = crate::types::dict::full_name(o.ty());
        Ok(match name.as_ref().and_then(|n| n.downcast::<crate::types::str::Str>()) {
            Some(n) => format!("<weakref at {id:#x}; to '{kind}' at {:#x} ({})>", o.id(), n.to_string_lossy()),
            None => format!("<weakref at {id:#x}; to '{kind}' at {:#x}>", o.id()),
        })
    }

    #[getter(name = "__callback__")]
    fn get_callback(_th: &Thread, slf: &Py<WeakRef>) -> Obj {
        slf.callback().unwrap_or_else(crate::none)
    }

    #[classmethod(name = "__class_getitem__", sig = "($type, object, /)")]
    fn class_getitem(th: &Thread, cls: &Obj, object: &Obj) -> Obj {
        generic_alias::new(th, cls, object)
    }
}

/// Calls a dead reference's callback; what it raises is reported and swallowed.
fn run_callback(th: &Thread, reference: &Obj, callback: &Obj) {
    if let Err(raised) = call::call(th, callback, std::slice::from_ref(reference)) {
        let e = th.take_raised(raised);
        crate::builtins::unraisable(th, e, Some("Exception ignored while calling weakref callback"), Some(callback));
    }
}
