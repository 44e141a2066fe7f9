//! Attribute access.

use super::{name, put};
use crate::interpreter::cache;
use crate::interpreter::dispatch::{handlers, next, raise, tail};
use crate::interpreter::frame::Frame;
use crate::interpreter::polymorphic;
use crate::interpreter::specialize;
use crate::interpreter::stack::{Operands, Slot};
use crate::protocols::attribute;
use crate::slots::BinaryFn;
use crate::types::str::Str;
use crate::types::super_;
use crate::{Obj, ObjExt, Py, PyResult, Thread, instances, type_flags};

/// `o.name` for a call: a method found on the type that needs no binding comes back unbound (`_PyObject_GetMethod`).
pub(in crate::interpreter) fn get_method(th: &Thread, o: &Obj, name: &Py<Str>) -> PyResult<(Obj, bool)> {
    let ty = o.ty();
    let generic =
        ty.slots.tp_getattro.get().is_some_and(|f| std::ptr::fn_addr_eq(f, crate::instances::generic_getattro as BinaryFn));
    if !generic {
        return attribute::get(th, o, name).map(|f| (f, false));
    }
    let found = ty.lookup(name);
    if let Some(f) = &found
        && f.ty().has_flag(type_flags::METHOD_DESCRIPTOR)
    {
        // An attribute of the instance hides the method.
        return match crate::instances::own_attribute(th, o, name)? {
            Some(v) => Ok((v, false)),
            None => Ok((f.clone(), true)),
        };
    }
    attribute::get(th, o, name).map(|f| (f, false))
}

#[inline(never)]
unsafe fn load_attr(th: &Thread, frame: *mut Frame, sp: *mut Slot, i: usize) -> bool {
    // SAFETY: the owner is on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<1>::take(sp.sub(1));
            attribute::get(th, &operands.objs()[0], name(frame, i))
        };
        put(sp.sub(1), r)
    }
}

#[inline(never)]
unsafe fn load_method(th: &Thread, frame: *mut Frame, sp: *mut Slot, i: usize) -> bool {
    // SAFETY: the owner is on top of the stack; one more slot is free.
    unsafe {
        let owner = (*sp.sub(1)).into_obj();
        match get_method(th, &owner, name(frame, i)) {
            Ok((f, true)) => {
                *sp.sub(1) = Slot::own(f);
                *sp = Slot::own(owner);
                true
            }
            Ok((f, false)) => {
                *sp.sub(1) = Slot::own(f);
                *sp = Slot::NULL;
                true
            }
            Err(_) => false,
        }
    }
}

#[inline(never)]
unsafe fn store_attr(th: &Thread, frame: *mut Frame, sp: *mut Slot, i: usize) -> bool {
    // SAFETY: value and owner are on top of the stack.
    unsafe {
        let operands = Operands::<2>::take(sp.sub(2));
        let [value, owner] = operands.objs();
        attribute::set(th, owner, name(frame, i), value).is_ok()
    }
}

#[inline(never)]
unsafe fn delete_attr(th: &Thread, frame: *mut Frame, sp: *mut Slot, i: usize) -> bool {
    // SAFETY: the owner is on top of the stack.
    unsafe {
        let operands = Operands::<1>::take(sp.sub(1));
        let [owner] = operands.objs();
        if instances::sets_generically(owner) {
            return instances::generic_setattr(th, owner, name(frame, i), None).is_ok();
        }
        attribute::del(th, owner, name(frame, i)).is_ok()
    }
}

/// `super().name`: operands are `super`, the class, the instance.
fn super_attr(th: &Thread, operands: &[Obj], name: &Py<Str>, arg: usize) -> PyResult<(Obj, bool)> {
    let [global_super, cls, instance] = operands else {
        return Err(th.system_error("bad operands of LOAD_SUPER_ATTR"));
    };
    if super_::is_super_type(global_super)
        && let Some(cls) = cls.downcast::<crate::Type>()
    {
        return super_::lookup(th, cls, instance, name, arg & 1 != 0);
    }
    let args: &[Obj] = if arg & 2 != 0 { &operands[1..] } else { &[] };
    let s = crate::protocols::call::call(th, global_super, args)?;
    attribute::get(th, &s, name).map(|f| (f, false))
}

/// Puts the function and the instance of `super().name()` in the place of the operands, if what is found is remembered. False, and nothing has happened, if not.
#[inline(never)]
unsafe fn load_super_method(sp: *mut Slot, name: &Py<Str>) -> bool {
    // SAFETY: three operands are on top of the stack. The class lives on in the MRO of the instance's.
    unsafe {
        let base = sp.sub(3);
        let (cls, instance) = (*base.add(1), *base.add(2));
        let ty = instance.ty();
        if !super_::is_super_type(&(*base).view())
            || !cls.ty().has_flag(type_flags::TYPE_SUBCLASS)
            || ty.has_flag(type_flags::TYPE_SUBCLASS)
        {
            return false;
        }
        let Some(found) = ty.method_behind(&*cls.value().ptr().cast(), name) else { return false };
        (*base).drop();
        (*base.add(1)).drop();
        *base = Slot::own(found);
        *base.add(1) = instance;
        true
    }
}

#[inline(never)]
pub(super) unsafe fn load_super_attr(th: &Thread, frame: *mut Frame, sp: *mut Slot, arg: usize) -> bool {
    // SAFETY: three operands are on top of the stack.
    unsafe {
        let instance = (*sp.sub(1)).dup();
        let r = {
            let operands = Operands::<3>::take(sp.sub(3));
            super_attr(th, operands.objs(), name(frame, arg >> 2), arg)
        };
        match r {
            Ok((f, unbound)) => {
                *sp.sub(3) = Slot::own(f);
                if arg & 1 != 0 {
                    if unbound {
                        *sp.sub(2) = instance;
                    } else {
                        *sp.sub(2) = Slot::NULL;
                        instance.drop();
                    }
                } else {
                    instance.drop();
                }
                true
            }
            Err(_) => {
                instance.drop();
                false
            }
        }
    }
}

handlers! {
    LOAD_ATTR(ip, sp, frame, th, arg) {
        if polymorphic::refill(ip, *sp.sub(1), name(frame, arg >> 1), arg & 1 != 0) {
            return (crate::interpreter::table::HANDLERS[(*ip & 0xff) as usize])(ip, sp, frame, th, arg);
        }
        if cache::due(ip) {
            tail!(LOAD_ATTR_SPECIALIZE, ip, sp, frame, th, arg);
        }
        tail!(LOAD_ATTR_GENERIC, ip, sp, frame, th, arg)
    }

    LOAD_ATTR_SPECIALIZE(ip, sp, frame, th, arg) {
        specialize::load_attr(frame, ip, sp, arg);
        tail!(LOAD_ATTR_GENERIC, ip, sp, frame, th, arg)
    }

    STORE_ATTR(ip, sp, frame, th, arg) {
        if cache::due(ip) {
            tail!(STORE_ATTR_SPECIALIZE, ip, sp, frame, th, arg);
        }
        tail!(STORE_ATTR_GENERIC, ip, sp, frame, th, arg)
    }

    STORE_ATTR_SPECIALIZE(ip, sp, frame, th, arg) {
        specialize::store_attr(frame, ip, sp, arg);
        tail!(STORE_ATTR_GENERIC, ip, sp, frame, th, arg)
    }

    /// Any owner.
    LOAD_ATTR_GENERIC(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if arg & 1 != 0 {
            if !load_method(th, frame, sp, arg >> 1) {
                raise!(ip, sp.sub(1), frame, th);
            }
            next!(ip.add(10), sp.add(1), frame, th);
        }
        if !load_attr(th, frame, sp, arg >> 1) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(10), sp, frame, th)
    }

    /// Any owner.
    STORE_ATTR_GENERIC(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !store_attr(th, frame, sp, arg) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(5), sp.sub(2), frame, th)
    }

    DELETE_ATTR(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !delete_attr(th, frame, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    LOAD_SUPER_ATTR(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if arg & 1 != 0 && load_super_method(sp, name(frame, arg >> 2)) {
            next!(ip.add(2), sp.sub(1), frame, th);
        }
        if !load_super_attr(th, frame, sp, arg) {
            raise!(ip, sp.sub(3), frame, th);
        }
        next!(ip.add(2), sp.sub(if arg & 1 != 0 { 1 } else { 2 }), frame, th)
    }
}
