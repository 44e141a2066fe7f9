//! Specialised forms of `LOAD_ATTR` and `STORE_ATTR`. What their caches hold is said in `specialize::attributes`.

use super::attributes::{LOAD_ATTR, STORE_ATTR};
use super::{name, put};
use crate::interpreter::cache::{get32, get64};
use crate::interpreter::dispatch::{handlers, next, next_dropping, next_dropping_two, raise, tail};
use crate::interpreter::frame::{Frame, Then};
use crate::interpreter::invoke::{self, Caller};
use crate::interpreter::stack::{Operands, Slot, stay_a_branch};
use crate::types::dict::Dict;
use crate::types::function::Function;
use crate::types::module::Module;
use crate::types::property::Property;
use crate::types::str::Str;
use crate::types::type_::{InlineState, TypeObject, type_of};
use crate::{ObjExt, Py, PyClass, Thread, type_flags};
use object::{DICT_OFFSET, Header, Object};

/// The owner of a reference operand.
#[inline(always)]
unsafe fn header_of(slot: Slot) -> *const Header {
    // SAFETY: the operand is not null, and neither is then the address of a reference.
    unsafe {
        let v = slot.value();
        if !v.is_ptr() {
            return std::ptr::null();
        }
        stay_a_branch();
        std::hint::assert_unchecked(!v.ptr().is_null());
        v.ptr()
    }
}

/// True when the owner is an object whose type has the version in the cache.
#[inline(always)]
unsafe fn type_matches(owner: *const Header, ip: *const u16) -> bool {
    // SAFETY: the owner is live; the units are a version.
    unsafe { !owner.is_null() && type_of(owner).version.get() == get32(ip, 2) }
}

/// The word in front of an instance that holds its dict, if any. The type's instances have one.
#[inline(always)]
unsafe fn dict_bits(owner: *const Header) -> u64 {
    // SAFETY: by the caller's promise.
    unsafe { *owner.byte_offset(DICT_OFFSET).cast::<u64>() }
}

/// The dict of an instance that has one.
#[inline(always)]
unsafe fn dict_of<'a>(owner: *const Header) -> &'a Py<Dict> {
    // SAFETY: the caller has seen that the word is not null.
    unsafe { &*owner.byte_offset(DICT_OFFSET).cast::<Py<Dict>>() }
}

/// Replaces the owner by the attribute, with the empty place that a call wants.
macro_rules! loaded {
    ($value:expr, $owner:expr, $ip:ident, $sp:ident, $frame:ident, $th:ident, $arg:ident) => {{
        *$sp.sub(1) = $value;
        // The empty place is written in any case.
        *$sp = Slot::NULL;
        next_dropping!($owner, $ip, $ip.add(10), $sp.add($arg & 1), $frame, $th)
    }};
}

#[inline(never)]
unsafe fn hinted(owner: *const Header, index: usize, key: &Py<Str>) -> Slot {
    // SAFETY: the owner has a dict.
    unsafe { dict_of(owner).hinted_value(index, key).map_or(Slot::NULL, |v| Slot(v.bits()).share()) }
}

#[inline(always)]
unsafe fn module_value(owner: *const Header, ip: *const u16) -> Slot {
    // SAFETY: the owner is a module; an unchanged version means that the entry is in its place.
    unsafe {
        let dict = (*owner.cast::<Object<Module>>()).payload.dict_ref();
        if dict.keys_version_tag() != get32(ip, 2) {
            return Slot::NULL;
        }
        Slot((*dict.entry_value_ptr(*ip.add(4) as usize)).bits()).share()
    }
}

/// True when the instance's dict does not have the name.
#[inline(never)]
unsafe fn absent(owner: *const Header, key: &Py<Str>) -> bool {
    // SAFETY: the owner has a dict.
    unsafe { dict_of(owner).has_only_simple_keys() && dict_of(owner).lookup_index_str(key).is_none() }
}

/// Reads through the data descriptor in the cache.
#[inline(never)]
unsafe fn read_descriptor(th: &Thread, ip: *const u16, sp: *mut Slot) -> bool {
    // SAFETY: the owner is on top of the stack; the attribute lives as long as the version.
    unsafe {
        let r = {
            let operands = Operands::<1>::take(sp.sub(1));
            let owner = &operands.objs()[0];
            let attribute = Slot(get64(ip, 6)).share().into_obj();
            match attribute.ty().slots.tp_descr_get.get() {
                Some(get) => get(th, &attribute, Some(owner), Some(&owner.ty().to_obj())),
                None => Err(th.system_error("a cached descriptor lost its getter")),
            }
        };
        put(sp.sub(1), r)
    }
}

/// Pushes the frame of a property's getter. 0: it is not simple any more, 1: pushed, 2: raised.
#[inline(never)]
unsafe fn enter_property(th: &Thread, frame: *mut Frame, ip: *const u16, sp: *mut Slot) -> u32 {
    // SAFETY: the owner is on top of the stack; the attribute lives as long as the version.
    unsafe {
        let property = &(*(get64(ip, 6) as *const Object<Property>)).payload;
        let Some(getter) = property.getter_function() else { return 0 };
        let Some(f) = getter.downcast_exact::<Function>() else { return 0 };
        if !f.code_ref().is_simple(1) {
            return 0;
        }
        let caller = Caller { frame, ip, sp: sp.sub(1), return_offset: 10, then: Then::Push };
        if invoke::enter_simple(th, caller, &*f.as_ptr(), sp.sub(1), 1) { 1 } else { 2 }
    }
}

#[inline(always)]
unsafe fn class_matches(owner: *const Header, ip: *const u16) -> bool {
    // SAFETY: the owner is live; types hold a `Type`.
    unsafe {
        !owner.is_null()
            && type_of(owner).flags() & type_flags::TYPE_SUBCLASS != 0
            && (*owner.cast::<TypeObject>()).payload.version.get() == get32(ip, 2)
    }
}

#[inline(never)]
unsafe fn store_hinted(frame: *mut Frame, ip: *const u16, sp: *mut Slot, owner: *const Header, key: &Py<Str>) -> bool {
    // SAFETY: value and owner are on top of the stack, and used up when this succeeds.
    unsafe {
        let dict = dict_of(owner);
        if dict.as_obj().downcast_exact::<Dict>().is_none() {
            return false;
        }
        let value = (*sp.sub(2)).dup().into_obj();
        (*frame).ip = ip;
        match dict.replace_hinted(*ip.add(4) as usize, key, value) {
            // It stands elsewhere, or is new.
            Err(value) => Py::clone(dict).insert_str(key, value),
            Ok(old) => drop(old),
        }
        (*sp.sub(2)).drop();
        (*sp.sub(1)).drop();
        true
    }
}

handlers! {
    LOAD_ATTR_INSTANCE_VALUE(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let h = header_of(owner);
        if type_matches(h, ip) && InlineState::of(&*h).capacity() as u16 > *ip.add(5) {
            let value = *h.byte_add(*ip.add(4) as usize).cast::<Slot>();
            if !value.is_null() {
                let value = value.share();
                loaded!(value, owner, ip, sp, frame, th, arg);
            }
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    LOAD_ATTR_WITH_HINT(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let h = header_of(owner);
        if type_matches(h, ip) && dict_bits(h) != 0 {
            let value = hinted(h, *ip.add(4) as usize, name(frame, arg >> 1));
            if !value.is_null() {
                loaded!(value, owner, ip, sp, frame, th, arg);
            }
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    LOAD_ATTR_SLOT(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let h = header_of(owner);
        if type_matches(h, ip) {
            let value = *h.byte_add(*ip.add(4) as usize).cast::<Slot>();
            if !value.is_null() {
                let value = value.share();
                loaded!(value, owner, ip, sp, frame, th, arg);
            }
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    LOAD_ATTR_MODULE(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let h = header_of(owner);
        if !h.is_null() && std::ptr::eq(type_of(h), Module::TYPE) {
            let value = module_value(h, ip);
            if !value.is_null() {
                loaded!(value, owner, ip, sp, frame, th, arg);
            }
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    LOAD_ATTR_CLASS(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let h = header_of(owner);
        if class_matches(h, ip) {
            let value = Slot(get64(ip, 6)).share();
            loaded!(value, owner, ip, sp, frame, th, arg);
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    LOAD_ATTR_CLASS_WITH_METACLASS_CHECK(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let h = header_of(owner);
        if class_matches(h, ip) && type_of(h).version.get() == get32(ip, 4) {
            let value = Slot(get64(ip, 6)).share();
            loaded!(value, owner, ip, sp, frame, th, arg);
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    /// A class method read from its class, about to be called: function and class.
    LOAD_ATTR_CLASS_METHOD(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        if class_matches(header_of(owner), ip) {
            *sp.sub(1) = Slot(get64(ip, 6)).share();
            *sp = owner;
            next!(ip.add(10), sp.add(1), frame, th);
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    /// A class method read from an instance, about to be called: function and class.
    LOAD_ATTR_CLASS_METHOD_OF_INSTANCE(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let h = header_of(owner);
        if type_matches(h, ip)
            && (type_of(h).flags() & type_flags::MANAGED_DICT == 0 || dict_bits(h) == 0)
        {
            let ty = type_of(h);
            ty.header.incref();
            *sp.sub(1) = Slot(get64(ip, 6)).share();
            *sp = Slot(std::ptr::from_ref(ty) as u64);
            next_dropping!(owner, ip, ip.add(10), sp.add(1), frame, th);
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    LOAD_ATTR_METHOD_WITH_VALUES(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let h = header_of(owner);
        if type_matches(h, ip) && dict_bits(h) == 0 {
            *sp.sub(1) = Slot(get64(ip, 6)).share();
            *sp = owner;
            next!(ip.add(10), sp.add(1), frame, th);
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    /// The instance has a dict, in which the name must not be.
    LOAD_ATTR_METHOD_WITH_DICT(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let h = header_of(owner);
        if type_matches(h, ip) && (dict_bits(h) == 0 || absent(h, name(frame, arg >> 1))) {
            *sp.sub(1) = Slot(get64(ip, 6)).share();
            *sp = owner;
            next!(ip.add(10), sp.add(1), frame, th);
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    LOAD_ATTR_METHOD_NO_DICT(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let ty = owner.ty();
        if ty.version.get() == get32(ip, 2) {
            *sp.sub(1) = Slot(get64(ip, 6)).share_unless_lent();
            *sp = owner;
            next!(ip.add(10), sp.add(1), frame, th);
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let h = header_of(owner);
        if type_matches(h, ip) && dict_bits(h) == 0 {
            let value = Slot(get64(ip, 6)).share();
            loaded!(value, owner, ip, sp, frame, th, arg);
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    LOAD_ATTR_NONDESCRIPTOR_NO_DICT(ip, sp, frame, th, arg) {
        let owner = *sp.sub(1);
        let h = header_of(owner);
        if type_matches(h, ip) {
            let value = Slot(get64(ip, 6)).share();
            loaded!(value, owner, ip, sp, frame, th, arg);
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    /// A method that is not called at once: it is bound through its descriptor.
    LOAD_ATTR_BIND_METHOD(ip, sp, frame, th, arg) {
        let h = header_of(*sp.sub(1));
        if type_matches(h, ip) && (type_of(h).flags() & type_flags::MANAGED_DICT == 0 || dict_bits(h) == 0) {
            tail!(READ_DESCRIPTOR, ip, sp, frame, th, arg);
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    /// Computed attributes of built-in types and other data descriptors.
    LOAD_ATTR_DESCRIPTOR(ip, sp, frame, th, arg) {
        if type_matches(header_of(*sp.sub(1)), ip) {
            tail!(READ_DESCRIPTOR, ip, sp, frame, th, arg);
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    READ_DESCRIPTOR(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !read_descriptor(th, ip, sp) {
            raise!(ip, sp.sub(1), frame, th);
        }
        if arg & 1 != 0 {
            *sp = Slot::NULL;
            next!(ip.add(10), sp.add(1), frame, th);
        }
        next!(ip.add(10), sp, frame, th)
    }

    LOAD_ATTR_PROPERTY(ip, sp, frame, th, arg) {
        if type_matches(header_of(*sp.sub(1)), ip) {
            match enter_property(th, frame, ip, sp) {
                1 => tail!(super::calls::ENTER, ip, sp, frame, th, 0),
                2 => raise!(ip, sp.sub(1), frame, th),
                _ => {}
            }
        }
        tail!(LOAD_ATTR, ip, sp, frame, th, arg)
    }

    STORE_ATTR_INSTANCE_VALUE(ip, sp, frame, th, arg) {
        let (value, owner) = (*sp.sub(2), *sp.sub(1));
        let h = header_of(owner);
        if type_matches(h, ip) && dict_bits(h) == 0 {
            let place = *ip.add(4) as usize;
            let index = place & 0xff;
            let state = InlineState::of(&*h);
            let word = h.byte_add((place >> 8) * 8 + index * 8).cast::<Slot>().cast_mut();
            if index < state.capacity() {
                let old = *word;
                if old.is_null() {
                    if !state.comes_last(index) {
                        tail!(STORE_ATTR_LATE_VALUE, ip, sp, frame, th, arg);
                    }
                    state.filled_last(index).store(&*h);
                }
                *word = value.owned();
                next_dropping_two!(old, owner, ip, ip.add(5), sp.sub(2), frame, th);
            }
        }
        tail!(STORE_ATTR, ip, sp, frame, th, arg)
    }

    /// As [`STORE_ATTR_INSTANCE_VALUE`], into an empty word below one that is filled.
    STORE_ATTR_LATE_VALUE(ip, sp, frame, th, arg) {
        let (value, owner) = (*sp.sub(2), *sp.sub(1));
        let h = header_of(owner);
        let place = *ip.add(4) as usize;
        let index = place & 0xff;
        if let Some(state) = InlineState::of(&*h).filled(index) {
            state.store(&*h);
            h.byte_add((place >> 8) * 8 + index * 8).cast::<Slot>().cast_mut().write(value.owned());
            next_dropping_two!(Slot::NULL, owner, ip, ip.add(5), sp.sub(2), frame, th);
        }
        tail!(STORE_ATTR, ip, sp, frame, th, arg)
    }

    STORE_ATTR_SLOT(ip, sp, frame, th, arg) {
        let (value, owner) = (*sp.sub(2), *sp.sub(1));
        let h = header_of(owner);
        if type_matches(h, ip) {
            let word = h.byte_add(*ip.add(4) as usize).cast::<Slot>().cast_mut();
            let old = *word;
            *word = value.owned();
            next_dropping_two!(old, owner, ip, ip.add(5), sp.sub(2), frame, th);
        }
        tail!(STORE_ATTR, ip, sp, frame, th, arg)
    }

    STORE_ATTR_WITH_HINT(ip, sp, frame, th, arg) {
        let h = header_of(*sp.sub(1));
        if type_matches(h, ip) && dict_bits(h) != 0 && store_hinted(frame, ip, sp, h, name(frame, arg)) {
            next!(ip.add(5), sp.sub(2), frame, th);
        }
        tail!(STORE_ATTR, ip, sp, frame, th, arg)
    }
}
