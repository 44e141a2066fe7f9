//! The list of weak references of an object.
#![expect(unsafe_code, reason = "weak references do not own what they point to")]

use super::{CallableProxy, Proxy, WeakRef, run_callback};
use crate::native::PyClass;
use crate::types::type_::{TypeObject, type_of};
use crate::{Obj, ObjExt, PyResult, Thread};
use object::{Header, MANAGED_WEAKREF, Value, WEAKLIST_OFFSET};
use std::cell::Cell;

/// Where in the list a new member goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// The plain reference: first.
    Reference,
    /// The plain proxy: behind the plain reference.
    Proxy,
    /// Behind the plain ones, in front of all others.
    Other,
}

/// The word that holds the head of an object's list.
fn head(header: &Header) -> Option<&Cell<*const WeakRef>> {
    let ty = type_of(header);
    let offset = if ty.flags() & MANAGED_WEAKREF != 0 {
        WEAKLIST_OFFSET
    } else {
        match ty.weaklist_offset.get() {
            0 => return None,
            n => n as isize,
        }
    };
    // SAFETY: instances of such types carry the word at this offset, null at first.
    Some(unsafe { &*(header as *const Header).byte_offset(offset).cast::<Cell<*const WeakRef>>() })
}

/// True when weak references to the value are possible.
pub fn supports(o: &Obj) -> bool {
    o.header().is_some_and(|h| head(h).is_some())
}

/// `cannot create weak reference to 'int' object`, unless it can be done.
pub(super) fn check(th: &Thread, o: &Obj) -> PyResult<()> {
    if o.header().and_then(head).is_some() {
        return Ok(());
    }
    Err(th.type_error(format!("cannot create weak reference to '{}' object", o.ty().name())))
}

/// The members of a list, first to last.
fn members(header: &Header) -> Vec<*const WeakRef> {
    let mut out = Vec::new();
    let mut p = head(header).map_or(std::ptr::null(), Cell::get);
    while !p.is_null() {
        out.push(p);
        // SAFETY: members of a list are live.
        p = unsafe { (*p).next.get() };
    }
    out
}

/// A new reference to a member; `None` when it is being destroyed.
fn own(member: *const WeakRef) -> Option<Obj> {
    // SAFETY: members of a list are live.
    let header = unsafe { (*member).header() };
    if header.refcnt() == 0 {
        return None;
    }
    // SAFETY: as above.
    Some(unsafe { Obj::from_borrowed(Value::from_ptr(header)) })
}

/// The plain reference or proxy of an object: of exactly this type and without a callback. It is one of the first two members.
pub(super) fn plain(o: &Obj, ty: &TypeObject) -> Option<Obj> {
    let mut p = head(o.header()?)?.get();
    for _ in 0..2 {
        // SAFETY: members of a list are live.
        let member = unsafe { p.as_ref()? };
        if std::ptr::eq(type_of(member.header()), ty) && member.callback.lock().is_none() {
            return own(p);
        }
        p = member.next.get();
    }
    None
}

/// True for the plain reference and the plain proxies.
fn is_plain(member: &WeakRef) -> bool {
    let ty = type_of(member.header());
    let exact = [WeakRef::TYPE, Proxy::TYPE, CallableProxy::TYPE].iter().any(|t| std::ptr::eq(ty, *t));
    exact && member.callback.lock().is_none()
}

/// Puts a new member into the list of `o`.
pub(super) fn link(o: &Obj, member: &WeakRef, rank: Rank) {
    let Some(header) = o.header() else { return };
    let Some(head) = head(header) else { return };
    let mut before: *const WeakRef = std::ptr::null();
    let mut after = head.get();
    if rank != Rank::Reference {
        // SAFETY: members of a list are live.
        while let Some(m) = unsafe { after.as_ref() } {
            let passes = if rank == Rank::Proxy { std::ptr::eq(type_of(m.header()), WeakRef::TYPE) } else { true };
            if !passes || !is_plain(m) {
                break;
            }
            before = after;
            after = m.next.get();
        }
    }
    member.object.set(header);
    member.previous.set(before);
    member.next.set(after);
    // SAFETY: neighbours in a list are live.
    unsafe {
        match before.as_ref() {
            Some(b) => b.next.set(member),
            None => head.set(member),
        }
        if let Some(a) = after.as_ref() {
            a.previous.set(member);
        }
    }
}

/// Takes a member out of its list; the object counts as dead for it from now on.
pub(super) fn unlink(member: &WeakRef) {
    let object = member.object.replace(std::ptr::null());
    // SAFETY: a member's object is live, and so are its neighbours.
    unsafe {
        let Some(header) = object.as_ref() else { return };
        let (before, after) = (member.previous.replace(std::ptr::null()), member.next.replace(std::ptr::null()));
        match before.as_ref() {
            Some(b) => b.next.set(after),
            None => {
                if let Some(head) = head(header) {
                    head.set(after);
                }
            }
        }
        if let Some(a) = after.as_ref() {
            a.previous.set(before);
        }
    }
}

/// The number of weak references and proxies.
pub fn count(o: &Obj) -> usize {
    o.header().map_or(0, |h| members(h).into_iter().filter(|&m| own(m).is_some()).count())
}

/// New references to all weak references and proxies.
pub fn references(o: &Obj) -> Vec<Obj> {
    o.header().map_or_else(Vec::new, |h| members(h).into_iter().filter_map(own).collect())
}

/// Empties the list and hands out the members that have callbacks, with them.
fn empty_list(header: &Header) -> Vec<(Obj, Obj)> {
    let mut pending = Vec::new();
    for m in members(header) {
        let reference = own(m);
        // SAFETY: nothing has run since the members were gathered.
        let member = unsafe { &*m };
        unlink(member);
        let callback = member.callback.take();
        if let (Some(reference), Some(callback)) = (reference, callback) {
            pending.push((reference, callback));
        }
    }
    pending
}

/// Makes all weak references to a dying object dead, then calls their callbacks.
pub fn clear_on_dealloc(header: &Header) {
    let Some(head) = head(header) else { return };
    if head.get().is_null() {
        return;
    }
    let pending = empty_list(header);
    let Some(th) = Thread::try_current().filter(|_| !pending.is_empty()) else { return };
    let saved = th.take_exception();
    for (reference, callback) in pending {
        run_callback(th, &reference, &callback);
    }
    th.restore_exception(saved);
}

/// Makes the weak references to garbage dead; the callbacks of those that are not garbage themselves are called afterwards.
pub fn clear_unreachable(th: &Thread, unreachable: &[Obj], is_garbage: impl Fn(&Obj) -> bool) {
    let mut pending = Vec::new();
    for o in unreachable {
        if let Some(header) = o.header() {
            pending.extend(empty_list(header).into_iter().filter(|(reference, _)| !is_garbage(reference)));
        }
    }
    let saved = th.take_exception();
    for (reference, callback) in pending {
        run_callback(th, &reference, &callback);
    }
    th.restore_exception(saved);
}
