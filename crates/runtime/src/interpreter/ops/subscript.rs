//! Subscription, slices and assignment to them.

use super::put;
use crate::interpreter::cache;
use crate::interpreter::dispatch::{handlers, next, raise};
use crate::interpreter::specialize;
use crate::interpreter::stack::{Operands, Slot};
use crate::protocols::mapping;
use crate::types::dict::Dict;
use crate::types::list::{self, List};
use crate::types::slice::{self, Slice};
use crate::types::str::{self as string, Str};
use crate::types::tuple::{self, Tuple};
use crate::{Obj, ObjExt, PyResult, Thread};

/// `a[b]`, with the common containers first.
fn subscript(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
    if let Some(i) = b.value().as_int() {
        if let Some(l) = a.downcast_exact::<List>() {
            let items = l.lock();
            let index = if i < 0 { i + items.len() as i64 } else { i };
            if let Some(o) = usize::try_from(index).ok().and_then(|i| items.get(i)) {
                return Ok(o.clone());
            }
        } else if let Some(t) = a.downcast_exact::<Tuple>() {
            let index = if i < 0 { i + t.len() as i64 } else { i };
            if let Some(o) = usize::try_from(index).ok().and_then(|i| t.items().get(i)) {
                return Ok(o.clone());
            }
        }
    }
    if let Some(d) = a.downcast_exact::<Dict>() {
        return match d.get_item(th, b)? {
            Some(v) => Ok(v),
            None => Err(th.key_error(b)),
        };
    }
    mapping::get_item(th, a, b)
}

#[inline(never)]
unsafe fn subscript_slow(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: two operands are on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<2>::take(sp.sub(2));
            let [a, b] = operands.objs();
            subscript(th, a, b)
        };
        put(sp.sub(2), r)
    }
}

/// A slice of a common sequence between plain bounds, without a `slice` object.
fn plain_slice(th: &Thread, o: &Obj, start: &Obj, stop: &Obj) -> Option<Obj> {
    if let Some(s) = o.downcast_exact::<Str>() {
        let range = slice::immediate_range(start, stop, s.len())?;
        return Some(if range.len() == s.len() { o.clone() } else { string::from_chars(s.chars().slice(range)).into_obj() });
    }
    if let Some(l) = o.downcast_exact::<List>() {
        let range = slice::immediate_range(start, stop, l.len())?;
        return Some(l.look(|items| list::from_copies(th, &items[range])).into_obj());
    }
    let t = o.downcast_exact::<Tuple>()?;
    let range = slice::immediate_range(start, stop, t.len())?;
    Some(if range.len() == t.len() { o.clone() } else { tuple::from_slice(&t.items()[range]).into_obj() })
}

#[inline(never)]
unsafe fn binary_slice(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: three operands are on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<3>::take(sp.sub(3));
            let [o, start, stop] = operands.objs();
            if let Some(part) = plain_slice(th, o, start, stop) {
                drop(operands);
                return put(sp.sub(3), Ok(part));
            }
            let s = slice::new(th, start.clone(), stop.clone(), crate::none());
            mapping::get_item(th, o, s.as_obj())
        };
        put(sp.sub(3), r)
    }
}

#[inline(never)]
unsafe fn store_slice(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: four operands are on top of the stack.
    unsafe {
        let operands = Operands::<4>::take(sp.sub(4));
        let [v, o, start, stop] = operands.objs();
        if let Some(l) = o.downcast_exact::<List>()
            && let Some(new) = v.downcast_exact::<List>()
            && !o.is(v)
            && let Some(range) = slice::immediate_range(start, stop, l.len())
        {
            list::assign_range(l, range, new);
            return true;
        }
        let s = slice::new(th, start.clone(), stop.clone(), crate::none());
        mapping::set_item(th, o, s.as_obj(), v).is_ok()
    }
}

#[inline(never)]
unsafe fn store_subscr(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: three operands are on top of the stack.
    unsafe {
        let operands = Operands::<3>::take(sp.sub(3));
        let [v, o, key] = operands.objs();
        if let Some(d) = o.downcast_exact::<Dict>() {
            return d.set_item(th, key, v.clone()).is_ok();
        }
        if let (Some(l), Some(s)) = (o.downcast_exact::<List>(), key.downcast_exact::<Slice>()) {
            return list::assign_slice(th, l, s, v).is_ok();
        }
        if let (Some(l), Some(i)) = (o.downcast_exact::<List>(), key.value().as_int()) {
            let mut items = l.lock();
            let index = if i < 0 { i + items.len() as i64 } else { i };
            if let Some(place) = usize::try_from(index).ok().and_then(|i| items.get_mut(i)) {
                let old = std::mem::replace(place, v.clone());
                drop(items);
                drop(old);
                return true;
            }
        }
        mapping::set_item(th, o, key, v).is_ok()
    }
}

#[inline(never)]
unsafe fn delete_subscr(th: &Thread, sp: *mut Slot) -> bool {
    // SAFETY: two operands are on top of the stack.
    unsafe {
        let operands = Operands::<2>::take(sp.sub(2));
        let [o, key] = operands.objs();
        if let Some(d) = o.downcast_exact::<Dict>() {
            return match d.del_item(th, key) {
                Ok(true) => true,
                Ok(false) => {
                    let _ = th.key_error(key);
                    false
                }
                Err(_) => false,
            };
        }
        mapping::del_item(th, o, key).is_ok()
    }
}

handlers! {
    /// `BINARY_OP` with the operand for subscription.
    BINARY_OP_SUBSCR(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !subscript_slow(th, sp) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(6), sp.sub(1), frame, th)
    }

    BINARY_SLICE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !binary_slice(th, sp) {
            raise!(ip, sp.sub(3), frame, th);
        }
        next!(ip.add(1), sp.sub(2), frame, th)
    }

    STORE_SLICE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !store_slice(th, sp) {
            raise!(ip, sp.sub(4), frame, th);
        }
        next!(ip.add(1), sp.sub(4), frame, th)
    }

    STORE_SUBSCR(ip, sp, frame, th, arg) {
        if cache::due(ip) {
            specialize::store_subscr(ip, sp);
        }
        (*frame).ip = ip;
        if !store_subscr(th, sp) {
            raise!(ip, sp.sub(3), frame, th);
        }
        next!(ip.add(2), sp.sub(3), frame, th)
    }

    DELETE_SUBSCR(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !delete_subscr(th, sp) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(1), sp.sub(2), frame, th)
    }
}
