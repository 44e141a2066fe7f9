//! Making and destroying instances: native payload, inline attributes, `__slots__`, `__dict__`, weak references, finaliser.
#![expect(unsafe_code, reason = "instances are made, walked and destroyed by address")]

use super::{InlineState, Type, TypeObject, flags};
use crate::Thread;
use crate::types::descriptors::Member;
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::weakref;
use object::alloc::{alloc_object, free_object, free_object_sized};
use object::gc::{self, Visitor};
use object::{DICT_OFFSET, Header, Obj, Object, Payload, Py, TypeCore, Value, WEAKLIST_OFFSET};
use std::cell::Cell;
use std::mem::ManuallyDrop;

#[inline(always)]
pub(crate) fn type_of(this: *const Header) -> &'static TypeObject {
    // SAFETY: an object's type outlives it, and every `TypeCore` is the front of a type object.
    unsafe { &*(*this).ty().cast::<TypeObject>() }
}

#[inline(always)]
fn core(ty: &TypeObject) -> &TypeCore {
    // SAFETY: the front of a type object is a `TypeCore` (asserted beside `Type`).
    unsafe { &*(ty as *const TypeObject).cast::<TypeCore>() }
}

/// A new object of `ty`, a type whose native payload is `T`. Inline attributes and slots start absent; the object is tracked if its type is collected.
///
/// The caller guarantees that `ty` has `T::TYPE` as native base: `alloc_instance` checks it.
#[inline]
pub fn alloc_instance<T: crate::PyClass>(th: &Thread, ty: &TypeObject, payload: T) -> Py<T> {
    if std::ptr::eq(ty, T::TYPE) {
        return alloc_exact(th, || payload);
    }
    let payload = ManuallyDrop::new(payload);
    // A copy of its own is handed over: then the other way need not have the payload in memory before it is in its place.
    // SAFETY: the original is not used again, and not dropped.
    alloc_other(th, ty, unsafe { std::ptr::read(&*payload) })
}

/// [`alloc_instance`] for another type than `T`'s own.
#[inline(never)]
fn alloc_other<T: crate::PyClass>(th: &Thread, ty: &TypeObject, payload: T) -> Py<T> {
    if is_native::<T>(ty) {
        // SAFETY: the type was declared with this payload.
        return unsafe { alloc_native_by(th, ty, || payload) };
    }
    alloc_derived(th, ty, payload)
}

/// Makes a type ready on the way to its first instance. Does not unwind: then the payload, which is ready, need not be kept in memory
/// for the sake of dropping it, but can be stored where it belongs, field by field.
#[cold]
#[inline(never)]
extern "C" fn make_ready(ty: &'static TypeObject) {
    super::ready_static(ty);
}

/// As [`alloc_instance`], for exactly `T`'s own type: `make` makes the payload in its place, without a copy.
#[inline(always)]
pub fn alloc_exact<T: crate::PyClass>(th: &Thread, make: impl FnOnce() -> T) -> Py<T> {
    if !T::TYPE.has_flag(flags::READY) {
        make_ready(T::TYPE);
    }
    // SAFETY: this is the static type of `T`.
    unsafe { alloc_native_by(th, T::TYPE, make) }
}

/// A new object of a native type that is ready.
///
/// # Safety
/// The type was declared with the payload `T`.
#[inline(always)]
unsafe fn alloc_native_by<T: Payload>(th: &Thread, ty: &TypeObject, make: impl FnOnce() -> T) -> Py<T> {
    let object = alloc_object(core(ty), size_of::<Object<T>>()).cast::<Object<T>>();
    // SAFETY: the block holds an `Object<T>`, whose header is set.
    let object = unsafe {
        (&raw mut (*object).payload).write(make());
        Py::from_raw(object)
    };
    if ty.has_flag(flags::HAVE_GC) {
        track(th, object.header());
    }
    object
}

/// As [`alloc_instance`], with a payload that is made in its place if that may be: for a class with many native subclasses.
#[inline(always)]
pub(crate) fn alloc_instance_by<T: crate::PyClass>(th: &Thread, ty: &TypeObject, make: impl FnOnce() -> T) -> Py<T> {
    if is_native::<T>(ty) {
        // SAFETY: the type was declared with this payload.
        return unsafe { alloc_native_by(th, ty, make) };
    }
    alloc_instance(th, ty, make())
}

/// Whether the type is a native one that is ready, declared with the payload `T`.
#[inline(always)]
fn is_native<T: crate::PyClass>(ty: &TypeObject) -> bool {
    ty.spec.is_some() && ty.native_size == size_of::<Object<T>>() && ty.has_flag(flags::READY) && ty.is_subtype(T::TYPE)
}

/// As [`alloc_instance`], for exactly `T`'s own type, which is a collected one without managed words.
#[inline(always)]
pub(crate) fn alloc_collected<T: crate::PyClass>(th: &Thread, payload: T) -> Py<T> {
    alloc_collected_by(th, || payload)
}

/// As [`alloc_collected`], for a large payload, which `make` makes in its place.
#[inline(always)]
pub(crate) fn alloc_collected_by<T: crate::PyClass>(th: &Thread, make: impl FnOnce() -> T) -> Py<T> {
    let ty = T::TYPE;
    if !ty.has_flag(flags::READY) {
        make_ready(ty);
    }
    let object = object::alloc::alloc_collected(core(ty), size_of::<Object<T>>()).cast::<Object<T>>();
    // SAFETY: the block holds an `Object<T>`, whose header is set.
    let object = unsafe {
        (&raw mut (*object).payload).write(make());
        Py::from_raw(object)
    };
    track(th, object.header());
    object
}

/// A new object of one of several static types that share the payload `T`.
pub fn alloc_shared<T: object::Payload>(th: &Thread, ty: &'static TypeObject, payload: T) -> Py<T> {
    assert!(ty.native_size == size_of::<Object<T>>() && !ty.is_heap_type(), "payload does not fit the type");
    if !ty.has_flag(flags::READY) {
        super::ready_static(ty);
    }
    // SAFETY: the static type was declared with this payload's size.
    let object = unsafe { object::new_object(core(ty), payload, 0) };
    if ty.has_flag(flags::HAVE_GC) {
        track(th, object.header());
    }
    object
}

/// As [`alloc_shared`], with `room` bytes behind the payload, which are not initialised.
pub(crate) fn alloc_with_room<T: object::Payload>(th: &Thread, ty: &'static TypeObject, payload: T, room: usize) -> Py<T> {
    assert!(ty.native_size == size_of::<Object<T>>() && !ty.is_heap_type(), "payload does not fit the type");
    if !ty.has_flag(flags::READY) {
        super::ready_static(ty);
    }
    let object = alloc_object(core(ty), size_of::<Object<T>>() + room).cast::<Object<T>>();
    // SAFETY: the block holds an `Object<T>`, whose header is set.
    let object = unsafe {
        (&raw mut (*object).payload).write(payload);
        Py::from_raw(object)
    };
    if ty.has_flag(flags::HAVE_GC) {
        track(th, object.header());
    }
    object
}

/// A new instance of a class made by a program whose instances have no native payload.
///
/// # Safety
/// The class's native base is `object`.
#[inline(always)]
pub(crate) unsafe fn alloc_plain(th: &Thread, ty: &TypeObject) -> Obj {
    let basicsize = ty.basicsize();
    let capacity = if ty.has_flag(flags::INLINE_VALUES) { ty.inline_keys.capacity_now() } else { 0 };
    let words = (basicsize - size_of::<Header>()) / 8 + capacity;
    let header = alloc_object(core(ty), size_of::<Header>() + words * 8);
    // SAFETY: the block holds a header and these words.
    let object = unsafe {
        let first = header.add(1).cast::<u64>();
        for i in 0..words {
            first.add(i).write(0);
        }
        InlineState::start(&*header, capacity);
        Obj::from_owned(Value::from_ptr(header))
    };
    ty.header.incref();
    if ty.has_flag(flags::HAVE_GC) {
        // SAFETY: the object lives.
        track(th, unsafe { &*header });
    }
    object
}

#[inline(never)]
fn alloc_derived<T: crate::PyClass>(th: &Thread, ty: &TypeObject, payload: T) -> Py<T> {
    assert!(ty.native_size == size_of::<Object<T>>() && ty.is_subtype(T::TYPE), "payload does not fit the type");
    let basicsize = ty.basicsize();
    let capacity = if ty.has_flag(flags::INLINE_VALUES) { ty.inline_keys.capacity() } else { 0 };
    let header = alloc_object(core(ty), basicsize + capacity * 8);
    let object = header.cast::<Object<T>>();
    // SAFETY: the block holds an `Object<T>`, then words up to basicsize and the inline attributes.
    let object = unsafe {
        (&raw mut (*object).payload).write(payload);
        let rest = object.cast::<u8>().add(size_of::<Object<T>>());
        rest.write_bytes(0, basicsize - size_of::<Object<T>>() + capacity * 8);
        Py::from_raw(object)
    };
    InlineState::start(object.header(), capacity);
    if ty.is_heap_type() {
        ty.header.incref();
    }
    if ty.has_flag(flags::HAVE_GC) {
        track(th, object.header());
    }
    object
}

/// Hands a new object to the collector, and asks for a collection when one is due.
#[inline(always)]
pub fn track(th: &Thread, header: &Header) {
    // SAFETY: the object is complete, of a collected type and untracked.
    if unsafe { th.rt().gc.track(header) } {
        th.request_gc();
    }
}

/// The word that holds an instance's `__dict__`, if its type has one.
#[inline(always)]
pub fn dict_word(header: &Header) -> Option<&Cell<Option<Py<Dict>>>> {
    if type_of(header).has_flag(flags::HIDDEN_MEMBERS) {
        return None;
    }
    managed_dict(header)
}

/// The word for a dict in front of an instance, whether it is the `__dict__` or holds members.
#[inline(always)]
fn managed_dict(header: &Header) -> Option<&Cell<Option<Py<Dict>>>> {
    if !type_of(header).has_flag(flags::MANAGED_DICT) {
        return None;
    }
    // SAFETY: instances of such types carry the word at this offset.
    Some(unsafe { &*(header as *const Header).byte_offset(DICT_OFFSET).cast::<Cell<Option<Py<Dict>>>>() })
}

/// The inline attribute words of an instance.
#[inline(always)]
pub fn inline_words(header: &Header) -> &[Cell<Option<Obj>>] {
    let ty = type_of(header);
    if !ty.has_flag(flags::INLINE_VALUES) {
        return &[];
    }
    let capacity = InlineState::of(header).capacity();
    // SAFETY: `capacity` words stand behind the fixed part.
    unsafe {
        let start = (header as *const Header).byte_add(ty.basicsize()).cast::<Cell<Option<Obj>>>();
        std::slice::from_raw_parts(start, capacity)
    }
}

/// What a word holds, as a new reference.
#[inline(always)]
pub fn peek<T: Clone>(word: &Cell<Option<T>>) -> Option<T> {
    // SAFETY: the clone only raises a count, so nothing changes the word meanwhile.
    unsafe { (*word.as_ptr()).clone() }
}

/// Whether a word holds nothing.
#[inline(always)]
pub fn is_empty<T>(word: &Cell<Option<T>>) -> bool {
    // SAFETY: nothing changes the word meanwhile.
    unsafe { (*word.as_ptr()).is_none() }
}

fn member_of<'a>(obj: &'a Obj, member: &Member) -> Option<&'a Cell<Option<Obj>>> {
    let offset = member.offset().filter(|&o| o != HIDDEN)?;
    if !crate::ObjExt::ty(obj).is_subtype(member.owner.as_object()) {
        return None;
    }
    // SAFETY: the descriptor's invariant gives instances of its owner a word at its offset.
    Some(unsafe { member_word(obj.header()?, offset) })
}

/// The value of a `__slots__` member; the outer `None` if the object is no instance of the member's class.
#[inline]
pub fn member_get(obj: &Obj, member: &Member) -> Option<Option<Obj>> {
    if member.offset() == Some(HIDDEN) {
        return hidden_member(obj, member).map(|dict| dict.get_str(&member.name));
    }
    member_of(obj, member).map(peek)
}

/// The offset of members that live in the managed dict.
pub(crate) const HIDDEN: u32 = u32::MAX;

/// The dict that holds the hidden members of an instance of the member's class.
fn hidden_member(obj: &Obj, member: &Member) -> Option<Py<Dict>> {
    if !crate::ObjExt::ty(obj).is_subtype(member.owner.as_object()) {
        return None;
    }
    hidden_dict(obj)
}

/// A value that an instance keeps under a name beside its members.
pub(crate) fn hidden_value(obj: &Obj, name: &Py<Str>) -> Option<Obj> {
    hidden_dict(obj)?.get_str(name)
}

/// Keeps a value under a name, if the type of the instance has room for that.
pub(crate) fn set_hidden_value(obj: &Obj, name: &Py<Str>, value: Obj) {
    if let Some(dict) = hidden_dict(obj) {
        dict.insert_str(name, value);
    }
}

fn hidden_dict(obj: &Obj) -> Option<Py<Dict>> {
    let word = managed_dict(obj.header()?)?;
    let dict = peek(word).unwrap_or_else(crate::types::dict::new);
    word.set(Some(dict.clone()));
    Some(dict)
}

/// Sets or clears a `__slots__` member and hands out its old value; the outer `None` if the object is no instance of the member's class.
#[inline]
pub fn member_set(obj: &Obj, member: &Member, value: Option<Obj>) -> Option<Option<Obj>> {
    if member.offset() == Some(HIDDEN) {
        let dict = hidden_member(obj, member)?;
        return Some(match value {
            Some(value) => dict.replace_str(&member.name, value),
            None => dict.remove_str(&member.name),
        });
    }
    member_of(obj, member).map(|word| word.replace(value))
}

/// A word for a `__slots__` member.
///
/// # Safety
/// `offset` is one of the member offsets of the object's type or of a base.
#[inline(always)]
unsafe fn member_word(header: &Header, offset: u32) -> &Cell<Option<Obj>> {
    // SAFETY: by the caller's promise there is such a word.
    unsafe { &*(header as *const Header).byte_add(offset as usize).cast::<Cell<Option<Obj>>>() }
}

/// True when an object has a finaliser that may have to run, weak references, or a dict of its own: destroying it takes the long way.
#[inline(always)]
unsafe fn is_involved(this: *const Header, ty: &TypeObject) -> bool {
    let flags = ty.flags();
    let weak_list = ty.weaklist_offset.get() as usize;
    // SAFETY: instances of types with these flags, and with this offset, have the words.
    unsafe {
        ty.slots.tp_finalize.get().is_some()
            || (weak_list != 0 && *this.byte_add(weak_list).cast::<u64>() != 0)
            || (flags & flags::MANAGED_WEAKREF != 0 && *this.byte_offset(WEAKLIST_OFFSET).cast::<u64>() != 0)
            || (flags & flags::MANAGED_DICT != 0 && *this.byte_offset(DICT_OFFSET).cast::<u64>() != 0)
    }
}

/// Takes a dying object out of the collector's sight.
#[inline(always)]
unsafe fn untrack_dying(this: *const Header) {
    // SAFETY: the object is of a collected type.
    if unsafe { gc::untrack(this) }
        && let Some(th) = Thread::try_current()
    {
        th.rt().gc.note_freed();
    }
}

/// `dealloc` of built-in types: finaliser, weak references, payload, memory.
///
/// # Safety
/// The object's count is zero and it has not been destroyed.
pub unsafe fn dealloc_native(this: *mut Header) {
    // SAFETY: the object is ours alone now.
    unsafe {
        let ty = type_of(this);
        if is_involved(this, ty) {
            dealloc_native_slow(this);
            return;
        }
        let nested = ty.has_flag(flags::HAVE_GC);
        if nested {
            untrack_dying(this);
            if !teardown::enter(this) {
                return;
            }
        }
        (ty.drop_native)(this);
        free_object_sized(this, core(ty).prefix_size(), ty.native_size);
        if nested {
            teardown::leave();
        }
    }
}

/// The [`dealloc_native`] of a type that is declared for payload `T`, with these flags.
pub(super) const fn payload_dealloc<T: Payload>(flags: u64) -> object::DeallocFn {
    let managed = flags & (flags::MANAGED_WEAKREF | flags::MANAGED_DICT) != 0;
    match (managed, flags & flags::HAVE_GC != 0) {
        (true, _) => dealloc_payload::<T>,
        (false, true) => dealloc_calm::<T, true>,
        (false, false) => dealloc_calm::<T, false>,
    }
}

/// What is left of [`dealloc_calm`] for an object of which something may die with it.
///
/// # Safety
/// As for [`dealloc_native`]; the object is out of the collector's sight.
#[inline(never)]
unsafe fn dealloc_nested<T: Payload>(this: *mut Header) {
    // SAFETY: by the caller's promise.
    unsafe { dealloc_deep(this, size_of::<Object<T>>(), || T::drop_payload(&raw mut (*this.cast::<Object<T>>()).payload)) };
}

/// [`dealloc_payload`] of a type without managed words.
///
/// # Safety
/// As for [`dealloc_native`].
unsafe fn dealloc_calm<T: Payload, const COLLECTED: bool>(this: *mut Header) {
    // SAFETY: the object is ours alone now, and holds a `T`.
    unsafe {
        let ty = type_of(this);
        let weak_list = ty.weaklist_offset.get() as usize;
        if ty.slots.tp_finalize.get().is_some() || weak_list != 0 && *this.byte_add(weak_list).cast::<u64>() != 0 {
            return dealloc_native_slow(this);
        }
        let payload = &raw mut (*this.cast::<Object<T>>()).payload;
        if COLLECTED {
            return dealloc_exact(this, size_of::<Object<T>>(), || T::drop_shared(payload), dealloc_nested::<T>);
        }
        std::ptr::drop_in_place(payload);
        free_object_sized(this, 0, size_of::<Object<T>>());
    }
}

/// [`dealloc_native`] of the type that is declared for payload `T`.
///
/// # Safety
/// As for [`dealloc_native`].
pub(super) unsafe fn dealloc_payload<T: Payload>(this: *mut Header) {
    // SAFETY: the object is ours alone now, and holds a `T`.
    unsafe {
        let ty = type_of(this);
        if is_involved(this, ty) {
            return dealloc_native_slow(this);
        }
        let payload = &raw mut (*this.cast::<Object<T>>()).payload;
        if ty.has_flag(flags::HAVE_GC) {
            let prefix = core(ty).prefix_size();
            untrack_dying(this);
            if !teardown::enter(this) {
                return;
            }
            std::ptr::drop_in_place(payload);
            free_object_sized(this, prefix, size_of::<Object<T>>());
            teardown::leave();
        } else {
            std::ptr::drop_in_place(payload);
            free_object_sized(this, core(ty).prefix_size(), size_of::<Object<T>>());
        }
    }
}

#[inline(never)]
unsafe fn dealloc_native_slow(this: *mut Header) {
    // SAFETY: as for `dealloc_native`.
    unsafe {
        if !prepare(this) {
            return;
        }
        let ty = type_of(this);
        let nested = ty.has_flag(flags::HAVE_GC);
        if nested && !teardown::enter(this) {
            return;
        }
        if let Some(word) = managed_dict(&*this) {
            drop(word.take());
        }
        (ty.drop_native)(this);
        free_object_sized(this, core(ty).prefix_size(), ty.native_size);
        if nested {
            teardown::leave();
        }
    }
}

/// [`dealloc_payload`] of a collected object of `size` bytes. `calm`: its finaliser would find nothing to do.
///
/// # Safety
/// As for [`dealloc_payload`]; the type has words for weak references, and none for a dict.
#[inline]
pub(crate) unsafe fn dealloc_with_room<T: Payload>(this: *mut Header, size: usize, calm: bool) {
    // SAFETY: by the caller's promise.
    unsafe {
        if calm {
            untrack_dying(this);
        } else if !prepare(this) {
            return;
        }
        if !teardown::enter(this) {
            return;
        }
        std::ptr::drop_in_place(&raw mut (*this.cast::<Object<T>>()).payload);
        free_object_sized(this, core(type_of(this)).prefix_size(), size);
        teardown::leave();
    }
}

/// Destroys a collected object of a built-in type. `drop_shared` drops what it holds if nothing dies with it; otherwise `deep` goes on ([`dealloc_deep`]): what is common
/// calls nothing, and saves no registers.
///
/// # Safety
/// As for [`dealloc_native`]; the object is exactly of a built-in type without finaliser, managed words and weak references, and has `size` bytes.
#[inline(always)]
pub(crate) unsafe fn dealloc_exact(
    this: *mut Header,
    size: usize,
    drop_shared: impl FnOnce() -> bool,
    deep: unsafe fn(*mut Header),
) {
    // SAFETY: by the caller's promise.
    unsafe {
        untrack_dying(this);
        if !drop_shared() {
            return deep(this);
        }
        free_object_sized(this, size_of::<gc::GcHead>(), size);
    }
}

/// Destroys an object that is out of the collector's sight, and what dies with it, which `drop_items` drops. False: the object waits, and is destroyed later.
///
/// # Safety
/// As for [`dealloc_exact`].
#[inline(always)]
pub(crate) unsafe fn dealloc_deep(this: *mut Header, size: usize, drop_items: impl FnOnce()) -> bool {
    // SAFETY: by the caller's promise.
    unsafe {
        if !teardown::enter(this) {
            return false;
        }
        drop_items();
        free_object_sized(this, size_of::<gc::GcHead>(), size);
        teardown::leave();
    }
    true
}

/// `dealloc` of a type that is never destroyed.
///
/// # Safety
/// Never called: static objects are immortal.
pub unsafe fn dealloc_static(this: *mut Header) {
    // SAFETY: the object lives.
    unsafe { (*this).make_immortal() }
}

/// `dealloc` of instances of classes made by programs.
///
/// # Safety
/// As for [`dealloc_native`].
pub unsafe fn dealloc_heap(this: *mut Header) {
    // SAFETY: the object is ours alone now.
    unsafe {
        let mut ty = type_of(this);
        if is_involved(this, ty) || !ty.has_flag(flags::HAVE_GC) {
            if !prepare(this) {
                return;
            }
            ty = type_of(this);
        } else {
            untrack_dying(this);
        }
        if !teardown::enter(this) {
            return;
        }
        let capacity = InlineState::of(&*this).capacity();
        clear_attributes(&*this);
        (ty.drop_native)(this);
        let owner = Py::<Type>::from_raw((ty as *const TypeObject).cast_mut());
        if ty.has_flag(flags::INLINE_VALUES) {
            free_object_sized(this, core(ty).prefix_size(), ty.basicsize() + capacity * 8);
        } else {
            free(this, ty);
        }
        drop(owner);
        teardown::leave();
    }
}

unsafe fn free(this: *mut Header, ty: &TypeObject) {
    // SAFETY: the caller is done with the object; the prefix is its type's.
    unsafe { free_object(this, core(ty).prefix_size()) }
}

/// Runs the finaliser, clears weak references and untracks. False when the object came back to life.
unsafe fn prepare(this: *mut Header) -> bool {
    // SAFETY: the object is live in all but count.
    unsafe {
        let header = &*this;
        if let Some(finalize) = type_of(this).slots.tp_finalize.get()
            && !gc::is_finalized(header)
        {
            header.set_refcnt(1);
            gc::set_finalized(header);
            let obj = Obj::from_owned(Value::from_ptr(this));
            finalize(Thread::current(), &obj);
            let header = &*this;
            let count = header.refcnt();
            let _ = obj.into_value();
            if count != 1 {
                header.set_refcnt(count - 1);
                return false;
            }
            header.set_refcnt(0);
        }
        // The finaliser may have changed the object's class.
        let ty = type_of(this);
        // From here on no collection may meet the object: callbacks of weak references can start one.
        if ty.has_flag(flags::HAVE_GC)
            && gc::untrack(this)
            && let Some(th) = Thread::try_current()
        {
            th.rt().gc.note_freed();
        }
        if ty.flags() & flags::MANAGED_WEAKREF != 0 || ty.weaklist_offset.get() != 0 {
            weakref::clear_on_dealloc(&*this);
        }
    }
    true
}

/// Drops inline attributes, `__slots__` members of all classes in the chain, and the dict.
pub(crate) fn clear_attributes(header: &Header) {
    let ty = type_of(header);
    for w in inline_words(header) {
        drop(w.take());
    }
    let mut class = Some(ty);
    while let Some(c) = class.filter(|c| c.is_heap_type()) {
        // SAFETY: the offsets of a class never change once it has instances, and each is a member of a base of the object's class.
        // The bases live as long as the class, which the object keeps alive.
        unsafe {
            for &offset in &*c.member_offsets.as_ptr() {
                drop(member_word(header, offset).take());
            }
            class = (*c.base.as_ptr()).as_ref().map(|b| &*(b.as_object() as *const TypeObject));
        }
    }
    if let Some(word) = managed_dict(header) {
        drop(word.take());
    }
}

/// `dealloc` of objects with items behind their payload (`str`, `tuple`, `bytes`) of the built-in type or of a class derived from it.
///
/// # Safety
/// As for [`dealloc_native`].
pub unsafe fn dealloc_sized(this: *mut Header) {
    // SAFETY: the caller's promise.
    unsafe { if type_of(this).is_heap_type() { dealloc_heap(this) } else { dealloc_native(this) } }
}

/// `traverse` of instances of a built-in type: payload and `__dict__`.
///
/// # Safety
/// The object holds a `T`.
pub(super) unsafe fn traverse_static<T: object::Payload>(this: *const Header, v: &mut Visitor<'_>) {
    // SAFETY: by the caller's promise; nothing else runs during traversal.
    unsafe {
        object::traverse_payload::<T>(this, v);
        if let Some(word) = managed_dict(&*this) {
            v.opt_py(&*word.as_ptr());
        }
    }
}

/// `clear` of instances of a built-in type: payload and `__dict__`.
///
/// # Safety
/// The object holds a `T`.
pub(super) unsafe fn clear_static<T: object::Payload>(this: *const Header) {
    // SAFETY: by the caller's promise.
    unsafe {
        object::clear_payload::<T>(this);
        if let Some(word) = managed_dict(&*this) {
            drop(word.take());
        }
    }
}

/// `traverse` of instances of classes made by programs.
///
/// # Safety
/// The object is live and of such a class.
pub(super) unsafe fn traverse_heap(this: *const Header, v: &mut Visitor<'_>) {
    let ty = type_of(this);
    // SAFETY: the words belong to the object; nothing else runs during traversal.
    unsafe {
        if let Some(native) = ty.traverse_native {
            native(this, v);
        }
        for w in inline_words(&*this) {
            v.opt(&*w.as_ptr());
        }
        let mut class = Some(ty);
        while let Some(c) = class {
            if c.is_heap_type()
                && let Some(offsets) = c.member_offsets.try_lock()
            {
                for &offset in offsets.iter() {
                    v.opt(&*member_word(&*this, offset).as_ptr());
                }
            }
            class = (*c.base.as_ptr()).as_ref().map(|b| &*(b.as_object() as *const TypeObject));
        }
        if let Some(word) = managed_dict(&*this) {
            v.opt_py(&*word.as_ptr());
        }
        if ty.is_heap_type() {
            v.ty(core(ty));
        }
    }
}

/// `clear` of instances of classes made by programs.
///
/// # Safety
/// The object is live and of such a class.
pub(super) unsafe fn clear_heap(this: *const Header) {
    let ty = type_of(this);
    // SAFETY: the object is live.
    unsafe {
        if let Some(native) = ty.clear_native {
            native(this);
        }
        clear_attributes(&*this);
    }
}

/// Iterative teardown: containers nested deeper than [`teardown::DEPTH`] wait in a list until the outermost is done.
mod teardown {
    use super::{Header, type_of};
    use std::cell::{Cell, RefCell};

    /// How deep destruction may nest on the machine stack.
    const DEPTH: u32 = 40;

    thread_local! {
        static LEVEL: Cell<u32> = const { Cell::new(0) };
        static WAITING: RefCell<Vec<*mut Header>> = const { RefCell::new(Vec::new()) };
        /// Whether something is in the list.
        static ANY: Cell<bool> = const { Cell::new(false) };
    }

    /// False: the object waits, and will be destroyed later.
    #[inline(always)]
    pub(super) fn enter(this: *mut Header) -> bool {
        let level = LEVEL.with(Cell::get);
        if level >= DEPTH {
            wait(this);
            return false;
        }
        LEVEL.with(|l| l.set(level + 1));
        true
    }

    #[cold]
    #[inline(never)]
    fn wait(this: *mut Header) {
        ANY.set(true);
        WAITING.with_borrow_mut(|w| w.push(this));
    }

    #[inline(always)]
    pub(super) fn leave() {
        let level = LEVEL.with(Cell::get) - 1;
        LEVEL.with(|l| l.set(level));
        if level == 0 && ANY.with(Cell::get) {
            drain();
        }
    }

    #[inline(never)]
    fn drain() {
        // The level stays above zero, so that what is destroyed here does not start another drain.
        LEVEL.set(1);
        while let Some(p) = WAITING.with_borrow_mut(Vec::pop) {
            // SAFETY: a waiting object has been finalised and untracked, and nobody refers to it; its `dealloc` finds nothing left of that to do.
            unsafe { (type_of(p).dealloc.get())(p) }
        }
        ANY.set(false);
        LEVEL.set(0);
    }
}
