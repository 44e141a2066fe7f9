//! Making containers, and adding to them.

use super::put;
use crate::interpreter::cache;
use crate::interpreter::dispatch::{handlers, next, raise, tail};
use crate::interpreter::specialize;
use crate::interpreter::stack::{ManyOperands, Operands, Slot};
use crate::protocols::{iterate, sequence};
use crate::types::dict::{self, Dict, Override};
use crate::types::exceptions::ATTRIBUTE_ERROR;
use crate::types::list::{self, List};
use crate::types::set::{self, SetCore};
use crate::types::str::Str;
use crate::types::{slice, str as pystr, tuple};
use crate::{Obj, ObjExt, Py, PyResult, Thread};

/// Takes operands off the stack as owned references.
unsafe fn take(start: *mut Slot, n: usize) -> Vec<Obj> {
    // SAFETY: the operands are live and used up here.
    unsafe { (0..n).map(|i| (*start.add(i)).into_obj()).collect() }
}

#[inline(never)]
unsafe fn build_tuple(start: *mut Slot, n: usize) -> Slot {
    // SAFETY: `n` operands stand at `start`.
    unsafe { Slot::own(tuple::from_slots(start, n).into_obj()) }
}

#[inline(never)]
unsafe fn build_list(th: &Thread, start: *mut Slot, n: usize) -> Slot {
    // SAFETY: as above.
    unsafe { Slot::own(list::from_slots(th, start, n).into_obj()) }
}

#[inline(never)]
unsafe fn build_set(th: &Thread, start: *mut Slot, n: usize) -> bool {
    // SAFETY: as above.
    unsafe {
        let made = set::from_slots(th, start, n);
        put(start, made.map(crate::Py::into_obj))
    }
}

#[inline(never)]
unsafe fn build_map(th: &Thread, start: *mut Slot, n: usize) -> bool {
    // SAFETY: as above.
    unsafe {
        let (d, done) = dict::from_slots(th, start, n);
        if done == n {
            *start = Slot::own(d.into_obj());
            return true;
        }
        build_rest(th, d, start, done, n)
    }
}

/// Ends a dict display whose first entries are in the dict.
#[inline(never)]
unsafe fn build_rest(th: &Thread, d: Py<Dict>, start: *mut Slot, done: usize, n: usize) -> bool {
    // SAFETY: as above.
    unsafe {
        let made = (|| {
            let items = ManyOperands::take(start.add(2 * done), 2 * (n - done));
            for pair in items.objs().chunks_exact(2) {
                d.set_item(th, &pair[0], pair[1].clone())?;
            }
            Ok(d.into_obj())
        })();
        put(start, made)
    }
}

#[inline(never)]
unsafe fn build_string(start: *mut Slot, n: usize) -> Slot {
    // SAFETY: `n` operands stand at `start`, all strings.
    unsafe {
        let operands = ManyOperands::take(start, n);
        let parts = operands.objs();
        let (mut width, mut len) = (text::Width::Ascii, 0usize);
        for s in parts.iter().filter_map(|p| p.downcast::<Str>()) {
            width = width.max(s.width());
            len = len.saturating_add(s.len());
        }
        let Some(mut out) = pystr::Filler::new(width, len) else {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<Str>())
        };
        for s in parts.iter().filter_map(|p| p.downcast::<Str>()) {
            out.put(s.chars());
        }
        Slot::own(out.finish().into_obj())
    }
}

#[inline(never)]
unsafe fn build_slice(th: &Thread, start: *mut Slot, n: usize) -> Slot {
    // SAFETY: as above.
    unsafe {
        let mut parts = take(start, n).into_iter();
        let (a, b, c) = (parts.next(), parts.next(), parts.next());
        let none = crate::none;
        Slot::own(slice::new(th, a.unwrap_or_else(none), b.unwrap_or_else(none), c.unwrap_or_else(none)).into_obj())
    }
}

/// The container `depth` below the top.
unsafe fn container<'a>(sp: *mut Slot, depth: usize) -> &'a Obj {
    // SAFETY: comprehensions and displays keep their container as an owned operand.
    unsafe { &*sp.sub(depth).cast::<Obj>() }
}

/// The set `depth` below the top.
unsafe fn the_set<'a>(sp: *mut Slot, depth: usize) -> Option<&'a SetCore> {
    // SAFETY: see `container`.
    unsafe { set::any_set(container(sp, depth)).filter(|_| container(sp, depth).downcast::<set::FrozenSet>().is_none()) }
}

#[inline(never)]
unsafe fn list_append(sp: *mut Slot, depth: usize) {
    // SAFETY: the item is on top, the list `depth` below what is left.
    unsafe {
        let item = (*sp.sub(1)).into_obj();
        if let Some(l) = container(sp.sub(1), depth).downcast_exact::<List>() {
            l.push(item);
        }
    }
}

#[inline(never)]
unsafe fn list_extend(th: &Thread, sp: *mut Slot, depth: usize) -> bool {
    // SAFETY: the iterable is on top, the list `depth` below what is left.
    unsafe {
        let operands = Operands::<1>::take(sp.sub(1));
        let iterable = &operands.objs()[0];
        let Some(l) = container(sp.sub(1), depth).downcast_exact::<List>() else { return false };
        if iterable.ty().slots.tp_iter.get().is_none() && !sequence::is_sequence(iterable) {
            let _ = th.type_error(format!("Value after * must be an iterable, not {}", iterable.ty().name()));
            return false;
        }
        list::extend(th, l, iterable).is_ok()
    }
}

#[inline(never)]
unsafe fn set_add(th: &Thread, sp: *mut Slot, depth: usize) -> bool {
    // SAFETY: the item is on top, the set `depth` below what is left.
    unsafe {
        let item = (*sp.sub(1)).into_obj();
        match the_set(sp.sub(1), depth) {
            Some(s) => s.add_item(th, item).is_ok(),
            // A program may have put anything in the place of `__conditional_annotations__`.
            None => {
                let _ = th.type_error(format!("'{}' object is not a set", container(sp.sub(1), depth).ty().name()));
                false
            }
        }
    }
}

#[inline(never)]
unsafe fn set_update(th: &Thread, sp: *mut Slot, depth: usize) -> bool {
    // SAFETY: the iterable is on top, the set `depth` below what is left.
    unsafe {
        let operands = Operands::<1>::take(sp.sub(1));
        match the_set(sp.sub(1), depth) {
            Some(s) => s.update_from(th, &operands.objs()[0]).is_ok(),
            None => false,
        }
    }
}

#[inline(never)]
unsafe fn map_add(th: &Thread, sp: *mut Slot, depth: usize) -> bool {
    // SAFETY: key and value are on top, the dict `depth` below what is left.
    unsafe {
        let (key, value) = ((*sp.sub(2)).into_obj(), (*sp.sub(1)).into_obj());
        match container(sp.sub(2), depth).downcast_exact::<Dict>() {
            Some(d) => d.set_further(th, key, value).is_ok(),
            None => false,
        }
    }
}

#[inline(never)]
unsafe fn dict_update(th: &Thread, sp: *mut Slot, depth: usize) -> bool {
    // SAFETY: the mapping is on top, the dict `depth` below what is left.
    unsafe {
        let operands = Operands::<1>::take(sp.sub(1));
        let other = &operands.objs()[0];
        let Some(d) = container(sp.sub(1), depth).downcast_exact::<Dict>() else { return false };
        match d.merge(th, other, Override::Replace) {
            Ok(()) => true,
            Err(raised) => match th.catch(raised, ATTRIBUTE_ERROR) {
                Ok(()) => {
                    let _ = th.type_error(format!("'{}' object is not a mapping", other.ty().name()));
                    false
                }
                Err(_) => false,
            },
        }
    }
}

/// What error texts call a function: its qualified name and parentheses (`_PyObject_FunctionStr`).
pub(in crate::interpreter) fn function_str(th: &Thread, f: &Obj) -> PyResult<String> {
    let n = crate::names::get();
    let Some(qualname) = crate::protocols::attribute::lookup_opt(th, f, &n.__qualname__)? else {
        return Ok(crate::protocols::str(th, f)?.to_string_lossy());
    };
    let qualname = crate::protocols::str(th, &qualname)?.to_string_lossy();
    let module = crate::protocols::attribute::lookup_opt(th, f, &n.__module__)?;
    match module.as_ref().and_then(|m| m.downcast::<Str>()) {
        Some(m) if !m.is_ascii_eq("builtins") => Ok(format!("{}.{qualname}()", m.to_string_lossy())),
        _ => Ok(format!("{qualname}()")),
    }
}

/// `**mapping` in a call: keys must be new; that they are strings is for the callee to see.
fn merge_keywords(th: &Thread, callable: &Obj, d: &Py<Dict>, other: &Obj) -> PyResult<()> {
    let pairs: Vec<(Obj, Obj)> = match other.downcast_exact::<Dict>() {
        // Nothing can be there twice.
        Some(o) if d.is_empty() => return d.merge_dict(th, o, Override::Replace),
        Some(o) => o.items_vec(),
        None => {
            let keys = match crate::protocols::call::call_method(th, other, "keys", &[]) {
                Ok(keys) => keys,
                Err(raised) => {
                    th.catch(raised, ATTRIBUTE_ERROR)?;
                    return Err(th.type_error(format!(
                        "{} argument after ** must be a mapping, not {}",
                        function_str(th, callable)?,
                        other.ty().name()
                    )));
                }
            };
            let mut pairs = Vec::new();
            iterate::for_each(th, &keys, |k| {
                let v = crate::protocols::mapping::get_item(th, other, &k)?;
                pairs.push((k, v));
                Ok(())
            })?;
            pairs
        }
    };
    for (k, v) in pairs {
        if d.get_item(th, &k)?.is_some() {
            return Err(th.type_error(format!(
                "{} got multiple values for keyword argument '{}'",
                function_str(th, callable)?,
                crate::protocols::str(th, &k)?.to_string_lossy()
            )));
        }
        d.set_item(th, &k, v)?;
    }
    Ok(())
}

#[inline(never)]
unsafe fn dict_merge(th: &Thread, sp: *mut Slot, depth: usize) -> bool {
    // SAFETY: the mapping is on top, the dict `depth` below what is left, the callable three further down.
    unsafe {
        let operands = Operands::<1>::take(sp.sub(1));
        let Some(d) = container(sp.sub(1), depth).downcast_exact::<Dict>() else { return false };
        let callable = (*sp.sub(1 + depth + 3)).dup().into_obj();
        merge_keywords(th, &callable, d, &operands.objs()[0]).is_ok()
    }
}

/// `a, b = …`: exactly `n` items onto the stack, the first on top.
fn unpack(th: &Thread, iterable: &Obj, n: usize) -> PyResult<Vec<Obj>> {
    let ty = iterable.ty();
    let exact_len = iterable
        .downcast_exact::<tuple::Tuple>()
        .map(|t| t.len())
        .or_else(|| iterable.downcast_exact::<List>().map(|l| l.len()))
        .or_else(|| iterable.downcast_exact::<Dict>().map(|d| d.len()));
    if ty.slots.tp_iter.get().is_none() && !sequence::is_sequence(iterable) {
        return Err(th.type_error(format!("cannot unpack non-iterable {} object", ty.name())));
    }
    if let Some(len) = exact_len {
        if len == n {
            return sequence::to_vec(th, iterable);
        }
        if len > n {
            return Err(th.value_error(format!("too many values to unpack (expected {n}, got {len})")));
        }
        return Err(th.value_error(format!("not enough values to unpack (expected {n}, got {len})")));
    }
    let it = iterate::iter(th, iterable)?;
    let mut items = Vec::with_capacity(n);
    for i in 0..n {
        match iterate::next(th, &it)? {
            Some(o) => items.push(o),
            None => return Err(th.value_error(format!("not enough values to unpack (expected {n}, got {i})"))),
        }
    }
    if iterate::next(th, &it)?.is_some() {
        return Err(th.value_error(format!("too many values to unpack (expected {n})")));
    }
    Ok(items)
}

#[inline(never)]
unsafe fn unpack_sequence(th: &Thread, sp: *mut Slot, n: usize) -> bool {
    // SAFETY: the iterable is on top; `n` items take its place.
    unsafe {
        let items = {
            let operands = Operands::<1>::take(sp.sub(1));
            unpack(th, &operands.objs()[0], n)
        };
        let Ok(items) = items else { return false };
        for (i, o) in items.into_iter().enumerate() {
            *sp.sub(1).add(n - 1 - i) = Slot::own(o);
        }
        true
    }
}

/// `a, *b, c = …`
fn unpack_star(th: &Thread, iterable: &Obj, before: usize, after: usize) -> PyResult<Vec<Obj>> {
    if iterable.ty().slots.tp_iter.get().is_none() && !sequence::is_sequence(iterable) {
        return Err(th.type_error(format!("cannot unpack non-iterable {} object", iterable.ty().name())));
    }
    let it = iterate::iter(th, iterable)?;
    let mut items = Vec::new();
    for i in 0..before {
        match iterate::next(th, &it)? {
            Some(o) => items.push(o),
            None => {
                return Err(
                    th.value_error(format!("not enough values to unpack (expected at least {}, got {i})", before + after))
                );
            }
        }
    }
    let mut rest = sequence::to_vec(th, &it)?;
    if rest.len() < after {
        return Err(th.value_error(format!(
            "not enough values to unpack (expected at least {}, got {})",
            before + after,
            before + rest.len()
        )));
    }
    let tail = rest.split_off(rest.len() - after);
    items.push(list::from_vec(th, rest).into_obj());
    items.extend(tail);
    Ok(items)
}

/// As [`unpack_star`] for the items of a list or tuple that has enough of them, onto the stack at `to`.
unsafe fn unpack_items(th: &Thread, items: &[Obj], before: usize, after: usize, to: *mut Slot) {
    let rest = items.len() - after;
    // SAFETY: there is room for the items.
    unsafe {
        for (i, o) in items[rest..].iter().enumerate() {
            *to.add(after - 1 - i) = Slot::own(o.clone());
        }
        *to.add(after) = Slot::own(list::from_copies(th, &items[before..rest]).into_obj());
        for (i, o) in items[..before].iter().enumerate() {
            *to.add(after + before - i) = Slot::own(o.clone());
        }
    }
}

#[inline(never)]
unsafe fn unpack_ex(th: &Thread, sp: *mut Slot, arg: usize) -> bool {
    let (before, after) = (arg & 0xff, arg >> 8);
    // SAFETY: the iterable is on top; the items take its place, and it is given up when they are there.
    unsafe {
        let top = *sp.sub(1);
        let iterable = top.view();
        if let Some(t) = iterable.downcast_exact::<tuple::Tuple>()
            && t.len() >= before + after
        {
            unpack_items(th, t.items(), before, after, sp.sub(1));
            top.drop();
            return true;
        }
        if let Some(l) = iterable.downcast_exact::<List>()
            && l.len() >= before + after
        {
            l.look(|items| unpack_items(th, items, before, after, sp.sub(1)));
            top.drop();
            return true;
        }
    }
    // SAFETY: the iterable is on top; the items take its place.
    unsafe {
        let items = {
            let operands = Operands::<1>::take(sp.sub(1));
            unpack_star(th, &operands.objs()[0], before, after)
        };
        let Ok(items) = items else { return false };
        let n = items.len();
        for (i, o) in items.into_iter().enumerate() {
            *sp.sub(1).add(n - 1 - i) = Slot::own(o);
        }
        true
    }
}

handlers! {
    BUILD_TUPLE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let start = sp.sub(arg);
        *start = build_tuple(start, arg);
        next!(ip.add(1), start.add(1), frame, th)
    }

    BUILD_LIST(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let start = sp.sub(arg);
        *start = build_list(th, start, arg);
        next!(ip.add(1), start.add(1), frame, th)
    }

    BUILD_SET(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let start = sp.sub(arg);
        if !build_set(th, start, arg) {
            raise!(ip, start, frame, th);
        }
        next!(ip.add(1), start.add(1), frame, th)
    }

    BUILD_MAP(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let start = sp.sub(arg * 2);
        if !build_map(th, start, arg) {
            raise!(ip, start, frame, th);
        }
        next!(ip.add(1), start.add(1), frame, th)
    }

    BUILD_STRING(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let start = sp.sub(arg);
        *start = build_string(start, arg);
        next!(ip.add(1), start.add(1), frame, th)
    }

    BUILD_SLICE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        let start = sp.sub(arg);
        *start = build_slice(th, start, arg);
        next!(ip.add(1), start.add(1), frame, th)
    }

    LIST_APPEND(ip, sp, frame, th, arg) {
        let list = (*sp.sub(1 + arg)).exactly::<List>();
        let item = (*sp.sub(1)).owned();
        if !list.is_null() && (*list).payload.push_if_room(item.0) {
            next!(ip.add(1), sp.sub(1), frame, th);
        }
        *sp.sub(1) = item;
        tail!(LIST_APPEND_GROWING, ip, sp, frame, th, arg)
    }

    LIST_APPEND_GROWING(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        list_append(sp, arg);
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    LIST_EXTEND(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !list_extend(th, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    SET_ADD(ip, sp, frame, th, arg) {
        let set = (*sp.sub(1 + arg)).exactly::<set::Set>();
        let item = (*sp.sub(1)).owned();
        if !set.is_null() && (*set).payload.add_if_new(item.value()) {
            next!(ip.add(1), sp.sub(1), frame, th);
        }
        *sp.sub(1) = item;
        tail!(SET_ADD_FURTHER, ip, sp, frame, th, arg)
    }

    SET_ADD_FURTHER(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !set_add(th, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    SET_UPDATE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !set_update(th, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    MAP_ADD(ip, sp, frame, th, arg) {
        let dict = (*sp.sub(2 + arg)).exactly::<Dict>();
        let (key, value) = ((*sp.sub(2)).owned(), (*sp.sub(1)).owned());
        if !dict.is_null() && (*dict).payload.add_if_new(key.value(), value.value()) {
            next!(ip.add(1), sp.sub(2), frame, th);
        }
        *sp.sub(2) = key;
        *sp.sub(1) = value;
        tail!(MAP_ADD_FURTHER, ip, sp, frame, th, arg)
    }

    MAP_ADD_FURTHER(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !map_add(th, sp, arg) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(1), sp.sub(2), frame, th)
    }

    DICT_UPDATE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !dict_update(th, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    DICT_MERGE(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !dict_merge(th, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    UNPACK_SEQUENCE(ip, sp, frame, th, arg) {
        if cache::due(ip) {
            specialize::unpack_sequence(ip, sp, arg);
        }
        (*frame).ip = ip;
        if !unpack_sequence(th, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(2), sp.sub(1).add(arg), frame, th)
    }

    UNPACK_EX(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !unpack_ex(th, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp.add((arg & 0xff) + (arg >> 8)), frame, th)
    }
}
