//! `LOAD_ATTR` and `STORE_ATTR`.
//!
//! What stands in the cache of `LOAD_ATTR`, behind the counter: units 2 and 3 the version of the owner's type (of the owner itself for attributes of classes), unit 4 an offset
//! or index, unit 5 an inline word's number, units 6 to 9 an attribute of the type, which lives as long as the version is in use.

use super::borrow;
use crate::interpreter::cache;
use crate::interpreter::frame::Frame;
use crate::interpreter::ops::own;
use crate::interpreter::polymorphic;
use crate::interpreter::stack::Slot;
use crate::protocols::dispatch;
use crate::slots::{AssSubscriptFn, BinaryFn, SlotId};
use crate::types::descriptors::{ClassMethod, Member, MethodDescriptor, StaticMethod};
use crate::types::dict::Dict;
use crate::types::function::Function;
use crate::types::module::Module;
use crate::types::property::Property;
use crate::types::str::Str;
use crate::types::type_::{HIDDEN, TypeObject, dict_word, peek};
use crate::{Obj, ObjExt, Py, PyClass, Type, instances, type_flags};
use bytecode::op;

/// # Safety
/// `ip` points at a `LOAD_ATTR` of the frame's code, whose operand is on top of the stack.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn load_attr(frame: *mut Frame, ip: *const u16, sp: *mut Slot, arg: usize) {
    // SAFETY: by the caller's promise.
    unsafe {
        let owner = borrow(*sp.sub(1));
        let names = (*frame).code.names();
        let Some(name) = names.get(arg >> 1) else { return };
        let for_call = arg & 1 != 0;
        if try_load(ip, &owner, name, for_call).is_none() {
            cache::give_up(ip, op::LOAD_ATTR);
        } else if owner.downcast::<Type>().is_none()
            && owner.downcast::<Module>().is_none()
            && !matches!((*ip & 0xff) as u8, op::LOAD_ATTR | bytecode::opcode::MIN_INSTRUMENTED_OPCODE..)
            && cache::get32(ip, 2) == owner.ty().version.get()
        {
            polymorphic::remember(ip, name, for_call);
        }
    }
}

/// True when the type reads attributes as `object` does; classes with a `__getattr__` do as long as there is something to find.
fn reads_generically(ty: &TypeObject) -> Option<()> {
    let f = ty.slots.tp_getattro.get()?;
    if std::ptr::fn_addr_eq(f, instances::generic_getattro as BinaryFn) {
        return Some(());
    }
    (std::ptr::fn_addr_eq(f, dispatch::getattr_hook as BinaryFn) && dispatch::has_generic_getattribute(ty)).then_some(())
}

unsafe fn try_load(ip: *const u16, owner: &Obj, name: &Py<Str>, for_call: bool) -> Option<()> {
    // SAFETY: the units are the instruction's cache.
    unsafe {
        if let Some(class) = owner.downcast::<Type>() {
            return load_from_class(ip, owner, class, name, for_call);
        }
        let ty = owner.ty();
        if std::ptr::eq(ty, Module::TYPE) {
            return load_from_module(ip, owner, name);
        }
        reads_generically(ty)?;
        let version = ty.version_tag();
        if version == 0 || !name.is_interned() {
            return None;
        }
        cache::set32(ip, 2, version);
        let found = ty.lookup(name);
        if let Some(attribute) = &found {
            let slots = &attribute.ty().slots;
            let (get, set) = (slots.tp_descr_get.get(), slots.tp_descr_set.get());
            if get.is_some() && set.is_some() {
                return load_data_descriptor(ip, ty, attribute, for_call);
            }
        }
        match own_attributes(ty, owner, name)? {
            Own::Has => load_own(ip, owner, ty, name),
            Own::Never => load_from_type(ip, ty, &found?, for_call),
            Own::NotInDict => {
                let method = found.filter(|f| for_call && f.ty().has_flag(type_flags::METHOD_DESCRIPTOR))?;
                cache::set64(ip, 6, method.value().bits());
                cache::specialize(ip, own::LOAD_ATTR_METHOD_WITH_DICT);
                Some(())
            }
        }
    }
}

/// What instances have of a name themselves.
enum Own {
    /// This one has it, or another one of its class.
    Has,
    /// None has, as long as they have no dict.
    Never,
    /// This one has a dict without it.
    NotInDict,
}

fn own_attributes(ty: &TypeObject, owner: &Obj, name: &Py<Str>) -> Option<Own> {
    let header = owner.header();
    let Some(word) = header.and_then(|h| dict_word(h)) else {
        return if instances::has_dict(ty) { None } else { Some(Own::Never) };
    };
    if let Some(dict) = peek(word) {
        dict.as_obj().downcast_exact::<Dict>()?;
        return Some(if dict.lookup_index_str(name).is_some() { Own::Has } else { Own::NotInDict });
    }
    let known = ty.has_flag(type_flags::INLINE_VALUES) && ty.inline_keys.find(name).is_some();
    Some(if known { Own::Has } else { Own::Never })
}

unsafe fn load_data_descriptor(ip: *const u16, ty: &TypeObject, attribute: &Obj, for_call: bool) -> Option<()> {
    // SAFETY: the units are the instruction's cache.
    unsafe {
        if let Some(member) = attribute.downcast_exact::<Member>()
            && let Some(offset) = member.offset()
        {
            if offset == HIDDEN || !ty.is_subtype(member.owner.as_object()) {
                return None;
            }
            cache::set16(ip, 4, u16::try_from(offset).ok()?);
            cache::specialize(ip, op::LOAD_ATTR_SLOT);
            return Some(());
        }
        cache::set64(ip, 6, attribute.value().bits());
        let is_property = attribute.downcast_exact::<Property>().is_some_and(|p| {
            p.getter_function().is_some_and(|f| f.downcast_exact::<Function>().is_some_and(|f| f.code().is_simple(1)))
        });
        cache::specialize(ip, if is_property && !for_call { op::LOAD_ATTR_PROPERTY } else { own::LOAD_ATTR_DESCRIPTOR });
        Some(())
    }
}

/// An attribute of the instance itself.
unsafe fn load_own(ip: *const u16, owner: &Obj, ty: &TypeObject, name: &Py<Str>) -> Option<()> {
    // SAFETY: the units are the instruction's cache.
    unsafe {
        let word = dict_word(owner.header()?)?;
        if let Some(dict) = peek(word) {
            dict.as_obj().downcast_exact::<Dict>()?;
            let index = dict.lookup_index_str(name)?;
            cache::set16(ip, 4, u16::try_from(index).ok()?);
            cache::specialize(ip, op::LOAD_ATTR_WITH_HINT);
            return Some(());
        }
        let i = ty.inline_keys.find(name)?;
        cache::set16(ip, 4, u16::try_from(ty.basicsize() + i * 8).ok()?);
        cache::set16(ip, 5, i as u16);
        cache::specialize(ip, op::LOAD_ATTR_INSTANCE_VALUE);
        Some(())
    }
}

/// An attribute of the type that nothing hides.
unsafe fn load_from_type(ip: *const u16, ty: &TypeObject, attribute: &Obj, for_call: bool) -> Option<()> {
    // SAFETY: the units are the instruction's cache.
    unsafe {
        let with_dict = instances::has_dict(ty);
        let get = attribute.ty().slots.tp_descr_get.get();
        cache::set64(ip, 6, attribute.value().bits());
        if attribute.ty().has_flag(type_flags::METHOD_DESCRIPTOR) {
            let opcode = match (for_call, with_dict) {
                (true, true) => op::LOAD_ATTR_METHOD_WITH_VALUES,
                (true, false) => op::LOAD_ATTR_METHOD_NO_DICT,
                (false, _) => own::LOAD_ATTR_BIND_METHOD,
            };
            // Methods of built-in types live as long as these: for ever.
            if opcode == op::LOAD_ATTR_METHOD_NO_DICT
                && attribute.downcast_exact::<MethodDescriptor>().is_some_and(|m| !m.owner.as_object().is_heap_type())
            {
                cache::set64(ip, 6, attribute.value().borrowed().bits());
            }
            cache::specialize(ip, opcode);
            return Some(());
        }
        if let Some(method) = attribute.downcast_exact::<StaticMethod>() {
            cache::set64(ip, 6, method.function().value().bits());
        } else if let Some(method) = attribute.downcast_exact::<ClassMethod>() {
            let function = method.function();
            if !for_call || function.downcast_exact::<Function>().is_none() {
                return None;
            }
            cache::set64(ip, 6, function.value().bits());
            cache::specialize(ip, own::LOAD_ATTR_CLASS_METHOD_OF_INSTANCE);
            return Some(());
        } else if get.is_some() {
            return None;
        }
        cache::specialize(
            ip,
            if with_dict { op::LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES } else { op::LOAD_ATTR_NONDESCRIPTOR_NO_DICT },
        );
        Some(())
    }
}

unsafe fn load_from_module(ip: *const u16, owner: &Obj, name: &Py<Str>) -> Option<()> {
    // SAFETY: the units are the instruction's cache.
    unsafe {
        if Module::TYPE.lookup(name).is_some() {
            return None;
        }
        let dict = owner.downcast_exact::<Module>()?.dict();
        dict.as_obj().downcast_exact::<Dict>()?;
        let index = u16::try_from(dict.lookup_index_str(name)?).ok()?;
        let version = dict.keys_version();
        if version == 0 {
            return None;
        }
        cache::set32(ip, 2, version);
        cache::set16(ip, 4, index);
        cache::specialize(ip, op::LOAD_ATTR_MODULE);
        Some(())
    }
}

/// An attribute of a class, found along its MRO, that its metaclass does not hide, or a plain value that only the metaclass has.
unsafe fn load_from_class(ip: *const u16, owner: &Obj, class: &Py<Type>, name: &Py<Str>, for_call: bool) -> Option<()> {
    // SAFETY: the units are the instruction's cache.
    unsafe {
        let meta = owner.ty();
        if meta.slots.raw(SlotId::tp_getattro) != Type::TYPE.slots.raw(SlotId::tp_getattro) {
            return None;
        }
        let in_meta = meta.lookup(name);
        if in_meta.as_ref().is_some_and(|own| own.ty().slots.tp_descr_set.get().is_some()) {
            return None;
        }
        let version = class.version_tag();
        if version == 0 || !name.is_interned() {
            return None;
        }
        let attribute = match class.lookup(name) {
            Some(attribute) => attribute,
            None => in_meta.filter(|own| own.ty().slots.tp_descr_get.get().is_none())?,
        };
        let get = attribute.ty().slots.tp_descr_get.get();
        let mut value = attribute.clone();
        let mut opcode = op::LOAD_ATTR_CLASS;
        if attribute.ty().has_flag(type_flags::METHOD_DESCRIPTOR) {
            // A function read from a class is the function itself.
            attribute.downcast_exact::<Function>()?;
        } else if let Some(method) = attribute.downcast_exact::<StaticMethod>() {
            value = method.function();
        } else if let Some(method) = attribute.downcast_exact::<ClassMethod>() {
            value = method.function();
            if !for_call || value.downcast_exact::<Function>().is_none() {
                return None;
            }
            opcode = own::LOAD_ATTR_CLASS_METHOD;
        } else if get.is_some() {
            return None;
        }
        let meta_version = if std::ptr::eq(meta, Type::TYPE) { 0 } else { meta.version_tag() };
        if meta_version != 0 {
            if opcode != op::LOAD_ATTR_CLASS {
                return None;
            }
            opcode = op::LOAD_ATTR_CLASS_WITH_METACLASS_CHECK;
        } else if !std::ptr::eq(meta, Type::TYPE) {
            return None;
        }
        cache::set32(ip, 2, version);
        cache::set32(ip, 4, meta_version);
        cache::set64(ip, 6, value.value().bits());
        cache::specialize(ip, opcode);
        Some(())
    }
}

/// # Safety
/// `ip` points at a `STORE_ATTR` of the frame's code, whose operands are on top of the stack.
#[cold]
#[inline(never)]
pub(in crate::interpreter) unsafe fn store_attr(frame: *mut Frame, ip: *const u16, sp: *mut Slot, arg: usize) {
    // SAFETY: by the caller's promise.
    unsafe {
        let owner = borrow(*sp.sub(1));
        let names = (*frame).code.names();
        if names.get(arg).and_then(|name| try_store(ip, &owner, name)).is_none() {
            cache::give_up(ip, op::STORE_ATTR);
        }
    }
}

unsafe fn try_store(ip: *const u16, owner: &Obj, name: &Py<Str>) -> Option<()> {
    // SAFETY: the units are the instruction's cache.
    unsafe {
        let ty = owner.ty();
        let set = ty.slots.tp_setattro.get()?;
        if !std::ptr::fn_addr_eq(set, instances::generic_setattro as AssSubscriptFn) || !name.is_interned() {
            return None;
        }
        let version = ty.version_tag();
        if version == 0 {
            return None;
        }
        cache::set32(ip, 2, version);
        if let Some(attribute) = ty.lookup(name)
            && attribute.ty().slots.tp_descr_set.get().is_some()
        {
            let member = attribute.downcast_exact::<Member>()?;
            let offset = member.offset()?;
            if offset == HIDDEN || !ty.is_subtype(member.owner.as_object()) {
                return None;
            }
            cache::set16(ip, 4, u16::try_from(offset).ok()?);
            cache::specialize(ip, op::STORE_ATTR_SLOT);
            return Some(());
        }
        let word = dict_word(owner.header()?)?;
        if let Some(dict) = peek(word) {
            dict.as_obj().downcast_exact::<Dict>()?;
            // A new one has no place yet.
            let index = dict.lookup_index_str(name).and_then(|index| u16::try_from(index).ok());
            cache::set16(ip, 4, index.unwrap_or(u16::MAX));
            cache::specialize(ip, op::STORE_ATTR_WITH_HINT);
            return Some(());
        }
        if !ty.has_flag(type_flags::INLINE_VALUES) || ty.basicsize() > 0x7ff {
            return None;
        }
        let i = ty.inline_keys.find(name)?;
        cache::set16(ip, 4, ((ty.basicsize() / 8) << 8 | i) as u16);
        cache::specialize(ip, op::STORE_ATTR_INSTANCE_VALUE);
        Some(())
    }
}
