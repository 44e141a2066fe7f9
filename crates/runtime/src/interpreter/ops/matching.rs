//! `match`.

use super::arithmetic::bool_slot;
use super::put;
use crate::interpreter::dispatch::{handlers, next, raise};
use crate::interpreter::stack::{Operands, Slot};
use crate::protocols::{attribute, isinstance};
use crate::types::str::Str;
use crate::types::tuple::{self, Tuple};
use crate::{Obj, ObjExt, PyResult, Thread, Type, names, none, type_flags};

/// The values of a mapping's keys as a tuple, `None` when one is missing.
fn match_keys(th: &Thread, subject: &Obj, keys: &Obj) -> PyResult<Obj> {
    let Some(keys) = keys.downcast::<Tuple>() else {
        return Err(th.system_error("MATCH_KEYS without a tuple"));
    };
    if keys.is_empty() {
        return Ok(tuple::empty().into_obj());
    }
    let get = attribute::get(th, subject, &names::get().get)?;
    let dummy = crate::types::object::new_plain(th, crate::types::object::OBJECT_TYPE);
    let mut seen: Vec<Obj> = Vec::new();
    let mut values = Vec::with_capacity(keys.len());
    for key in keys.items() {
        for s in &seen {
            if crate::protocols::compare::eq(th, s, key)? {
                let shown = crate::protocols::repr(th, key)?.to_string_lossy();
                return Err(th.value_error(format!("mapping pattern checks duplicate key ({shown})")));
            }
        }
        seen.push(key.clone());
        let v = crate::protocols::call::call(th, &get, &[key.clone(), dummy.clone()])?;
        if v.is(&dummy) {
            return Ok(none());
        }
        values.push(v);
    }
    Ok(tuple::from_vec(values).into_obj())
}

/// The attributes that a class pattern asks for as a tuple, `None` when the subject does not match.
fn match_class(th: &Thread, subject: &Obj, cls: &Obj, positional: usize, names_: &Obj) -> PyResult<Obj> {
    let Some(ty) = cls.downcast::<Type>() else {
        return Err(th.type_error("called match pattern must be a class"));
    };
    if !isinstance(th, subject, cls)? {
        return Ok(none());
    }
    let mut seen: Vec<Obj> = Vec::new();
    let mut values: Vec<Obj> = Vec::new();
    let fetch = |name: &Obj, seen: &mut Vec<Obj>| -> PyResult<Option<Obj>> {
        let Some(s) = name.downcast::<Str>() else { return Ok(None) };
        if seen.iter().any(|n| n.downcast::<Str>().is_some_and(|n| Str::eq(n, s))) {
            let shown = crate::protocols::repr(th, name)?.to_string_lossy();
            return Err(th.type_error(format!("{}() got multiple sub-patterns for attribute {shown}", ty.name())));
        }
        seen.push(name.clone());
        attribute::lookup_opt(th, subject, &crate::types::str::intern_obj(s))
    };
    if positional > 0 {
        let mut match_self = false;
        let args = match attribute::lookup_opt(th, cls, &names::get().__match_args__)? {
            Some(args) => {
                if args.downcast_exact::<Tuple>().is_none() {
                    return Err(th.type_error(format!(
                        "{}.__match_args__ must be a tuple (got {})",
                        ty.name(),
                        args.ty().name()
                    )));
                }
                args
            }
            None => {
                match_self = ty.has_flag(type_flags::MATCH_SELF);
                tuple::empty().into_obj()
            }
        };
        let Some(args) = args.downcast_exact::<Tuple>() else { return Ok(none()) };
        let allowed = if match_self { 1 } else { args.len() };
        if allowed < positional {
            return Err(th.type_error(format!(
                "{}() accepts {allowed} positional sub-pattern{} ({positional} given)",
                ty.name(),
                if allowed == 1 { "" } else { "s" }
            )));
        }
        if match_self {
            values.push(subject.clone());
        } else {
            for name in &args.items()[..positional] {
                if name.downcast_exact::<Str>().is_none() {
                    return Err(th.type_error(format!("__match_args__ elements must be strings (got {})", name.ty().name())));
                }
                match fetch(name, &mut seen)? {
                    Some(v) => values.push(v),
                    None => return Ok(none()),
                }
            }
        }
    }
    if let Some(names_) = names_.downcast::<Tuple>() {
        for name in names_.items() {
            match fetch(name, &mut seen)? {
                Some(v) => values.push(v),
                None => return Ok(none()),
            }
        }
    }
    Ok(tuple::from_vec(values).into_obj())
}

#[inline(never)]
unsafe fn match_class_slow(th: &Thread, sp: *mut Slot, positional: usize) -> bool {
    // SAFETY: subject, class and names are on top.
    unsafe {
        let r = {
            let operands = Operands::<3>::take(sp.sub(3));
            let [subject, cls, names_] = operands.objs();
            match_class(th, subject, cls, positional, names_)
        };
        put(sp.sub(3), r)
    }
}

#[inline(never)]
unsafe fn match_keys_slow(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: subject and keys are on top and stay.
    unsafe {
        let (subject, keys) = ((*sp.sub(2)).dup().into_obj(), (*sp.sub(1)).dup().into_obj());
        put(sp, match_keys(th, &subject, &keys))
    }
}

#[inline(always)]
unsafe fn has_type_flag(s: Slot, flag: u64) -> bool {
    // SAFETY: the slot is live.
    unsafe {
        match s.value().as_ptr() {
            Some(h) => crate::types::type_::type_of(h).has_flag(flag),
            None => false,
        }
    }
}

handlers! {
    MATCH_MAPPING(ip, sp, frame, th, arg) {
        *sp = bool_slot(has_type_flag(*sp.sub(1), type_flags::MAPPING));
        next!(ip.add(1), sp.add(1), frame, th)
    }

    MATCH_SEQUENCE(ip, sp, frame, th, arg) {
        *sp = bool_slot(has_type_flag(*sp.sub(1), type_flags::SEQUENCE));
        next!(ip.add(1), sp.add(1), frame, th)
    }

    MATCH_KEYS(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !match_keys_slow(th, sp) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp.add(1), frame, th)
    }

    MATCH_CLASS(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !match_class_slow(th, sp, arg) {
            raise!(ip, sp.sub(3), frame, th);
        }
        next!(ip.add(1), sp.sub(2), frame, th)
    }
}
