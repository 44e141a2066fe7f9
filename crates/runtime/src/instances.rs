//! Attributes of instances: generic lookup and assignment, inline attributes, and `__dict__`.
//!
//! Where an instance's own attributes live is described in `types::type_::inline_keys`.

use crate::slots::{AssSubscriptFn, DescrGetFn};
use crate::types::descriptors::GetSet;
use crate::types::dict::{self, Dict};
use crate::types::module::Module;
use crate::types::str::{self, Str};
use crate::types::type_::{InlineState, TypeObject, dict_word, flags, inline_words, is_empty, native_is, peek, type_of};
use crate::{Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};
use object::Header;
use std::borrow::Cow;
use std::cell::Cell;

/// An attribute name as the generic functions want it: interned, exactly a `str`.
#[inline]
fn interned_name(name: &Py<Str>) -> Cow<'_, Py<Str>> {
    if name.is_interned() { Cow::Borrowed(name) } else { Cow::Owned(intern_name(name)) }
}

fn intern_name(name: &Py<Str>) -> Py<Str> {
    if name.as_obj().downcast_exact::<Str>().is_some() {
        return str::intern_obj(name);
    }
    str::intern_obj(&str::from_chars(name.chars()))
}

/// The name of an attribute; `attribute name must be string, not 'int'` for anything but a string.
#[inline]
pub fn attribute_name<'a>(th: &Thread, name: &'a Obj) -> PyResult<&'a Py<Str>> {
    match name.downcast::<Str>() {
        Some(name) => Ok(name),
        None => Err(th.type_error(format!("attribute name must be string, not '{}'", name.ty().name()))),
    }
}

/// Both descriptor slots of an attribute's type.
#[inline]
fn descriptor(o: &Obj) -> (Option<DescrGetFn>, Option<AssSubscriptFn>) {
    let slots = &o.ty().slots;
    (slots.tp_descr_get.get(), slots.tp_descr_set.get())
}

/// `tp_getattro` of `object` (`PyObject_GenericGetAttr`).
#[inline(never)]
pub fn generic_getattro(th: &Thread, obj: &Obj, name: &Obj) -> PyResult<Obj> {
    generic_getattr(th, obj, attribute_name(th, name)?)
}

/// `tp_setattro` of `object` (`PyObject_GenericSetAttr`).
#[inline(never)]
pub fn generic_setattro(th: &Thread, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    generic_setattr(th, obj, attribute_name(th, name)?, value)
}

/// `object.__getattribute__`: data descriptors of the type, the instance's own attributes, other attributes of the type.
#[inline]
pub fn generic_getattr(th: &Thread, obj: &Obj, name: &Py<Str>) -> PyResult<Obj> {
    match find(th, obj, name)? {
        Some(value) => Ok(value),
        None => Err(th.no_attribute(obj, name.as_obj())),
    }
}

/// As [`generic_getattr`], but an absent attribute is `None` and costs no exception.
pub fn generic_lookup_opt(th: &Thread, obj: &Obj, name: &Py<Str>) -> PyResult<Option<Obj>> {
    match find(th, obj, name) {
        Ok(found) => Ok(found),
        Err(raised) => th.catch(raised, crate::types::exceptions::ATTRIBUTE_ERROR).map(|()| None),
    }
}

fn find(th: &Thread, obj: &Obj, name: &Py<Str>) -> PyResult<Option<Obj>> {
    let ty = obj.ty();
    let name = &interned_name(name);
    let found = ty.lookup(name);
    let mut getter = None;
    if let Some(attribute) = &found {
        if let Some(computed) = attribute.downcast_exact::<GetSet>()
            && !obj.is_none()
        {
            return GetSet::read(th, computed, obj).map(Some);
        }
        let (get, set) = descriptor(attribute);
        if let (Some(get), Some(_)) = (get, set) {
            return get(th, attribute, Some(obj), Some(&ty.to_obj())).map(Some);
        }
        getter = get;
    }
    if let Some(own) = own_attribute(th, obj, name)? {
        return Ok(Some(own));
    }
    match (found, getter) {
        (Some(attribute), Some(get)) => get(th, &attribute, Some(obj), Some(&obj.ty().to_obj())).map(Some),
        (found, _) => Ok(found),
    }
}

/// What `obj.name` binds to the object, if that is a function or native method of the type and nothing else has a say (`_PyObject_GetMethod`).
pub(crate) fn plain_method(th: &Thread, obj: &Obj, name: &Py<Str>) -> PyResult<Option<Obj>> {
    let ty = obj.ty();
    if !ty.slots.tp_getattro.get().is_some_and(|f| std::ptr::fn_addr_eq(f, generic_getattro as crate::slots::BinaryFn)) {
        return Ok(None);
    }
    let name = &interned_name(name);
    let Some(found) = ty.lookup(name).filter(|f| f.ty().has_flag(flags::METHOD_DESCRIPTOR)) else { return Ok(None) };
    Ok(if own_attribute(th, obj, name)?.is_some() { None } else { Some(found) })
}

/// An attribute that the instance itself has. `name` is interned.
#[inline]
pub fn own_attribute(th: &Thread, obj: &Obj, name: &Py<Str>) -> PyResult<Option<Obj>> {
    let Some(header) = obj.header() else { return Ok(None) };
    let ty = obj.ty();
    let dict = match dict_word(header) {
        Some(word) => match peek(word) {
            Some(dict) => dict,
            None => {
                let i = if ty.has_flag(flags::INLINE_VALUES) { ty.inline_keys.find(name) } else { None };
                return Ok(i.and_then(|i| inline_words(header).get(i)).and_then(peek));
            }
        },
        None => match own_dict(obj) {
            Some(dict) => dict,
            None => return Ok(None),
        },
    };
    dict.try_get_str(th, name)
}

/// The dict of an object whose type keeps one in its payload: modules and types.
fn own_dict(obj: &Obj) -> Option<Py<Dict>> {
    let ty = obj.ty();
    if native_is(ty, Module::TYPE) {
        return obj.downcast::<Module>().map(|m| m.dict());
    }
    if native_is(ty, Type::TYPE) {
        return obj.downcast::<Type>().map(|t| t.namespace());
    }
    None
}

/// True when instances of the type have a `__dict__`.
pub fn has_dict(ty: &TypeObject) -> bool {
    ty.flags() & (flags::MANAGED_DICT | flags::HIDDEN_MEMBERS) == flags::MANAGED_DICT
        || native_is(ty, Module::TYPE)
        || native_is(ty, Type::TYPE)
}

/// Whether attributes of the object are set and deleted by [`generic_setattr`].
#[inline(always)]
pub(crate) fn sets_generically(obj: &Obj) -> bool {
    obj.ty().slots.tp_setattro.get().is_some_and(|f| std::ptr::fn_addr_eq(f, generic_setattro as AssSubscriptFn))
}

/// `object.__setattr__` and, with `None`, `object.__delattr__`.
#[inline]
pub fn generic_setattr(th: &Thread, obj: &Obj, name: &Py<Str>, value: Option<&Obj>) -> PyResult<()> {
    let name = &interned_name(name);
    let found = obj.ty().lookup(name);
    if let Some(attribute) = &found
        && let Some(set) = attribute.ty().slots.tp_descr_set.get()
    {
        return set(th, attribute, obj, value);
    }
    let dict = match obj.header().and_then(|header| Some((header, dict_word(header)?))) {
        Some((header, word)) => match peek(word) {
            Some(dict) => dict,
            None => match value {
                Some(value) if obj.ty().has_flag(flags::INLINE_VALUES) && set_inline(header, obj.ty(), name, value) => {
                    return Ok(());
                }
                None if obj.ty().has_flag(flags::INLINE_VALUES) => {
                    return if delete_inline(header, obj.ty(), name) { Ok(()) } else { Err(th.no_attribute(obj, name.as_obj())) };
                }
                _ => make_dict(header, word),
            },
        },
        None => match own_dict(obj) {
            Some(dict) => dict,
            None => return Err(no_dict_error(th, obj, name, found.is_some())),
        },
    };
    match value {
        Some(value) => dict.insert_str(name, value.clone()),
        None => {
            if dict.remove_str(name).is_none() {
                return Err(th.no_attribute(obj, name.as_obj()));
            }
        }
    }
    Ok(())
}

#[cold]
fn no_dict_error(th: &Thread, obj: &Obj, name: &Py<Str>, in_type: bool) -> crate::Raised {
    let (ty, shown) = (obj.ty().name(), name.to_string_lossy());
    let text = if in_type {
        format!("'{ty}' object attribute '{shown}' is read-only")
    } else {
        // Types that set attributes in their own way say less.
        let more = if sets_generically(obj) { " and no __dict__ for setting new attributes" } else { "" };
        format!("'{ty}' object has no attribute '{shown}'{more}")
    };
    th.attribute_error(text, obj, name.as_obj())
}

/// Stores an attribute in its inline word; false when it has to go to a dict.
fn set_inline(header: &Header, ty: &TypeObject, name: &Py<Str>, value: &Obj) -> bool {
    let Some((i, is_new)) = ty.inline_keys.find_or_add(name) else { return false };
    if is_new && ty.lookup(name).is_some() {
        // Caches may rely on the fact that no instance hides the attribute of the class.
        ty.modified();
    }
    let Some(word) = inline_words(header).get(i) else { return false };
    let old = word.take();
    if old.is_none() {
        let Some(state) = InlineState::of(header).filled(i) else { return false };
        state.store(header);
    }
    word.set(Some(value.clone()));
    // Last: dropping the old value may run code.
    drop(old);
    true
}

/// Empties an inline word; false when it was empty.
fn delete_inline(header: &Header, ty: &TypeObject, name: &Py<Str>) -> bool {
    let Some(i) = ty.inline_keys.find(name) else { return false };
    let Some(word) = inline_words(header).get(i) else { return false };
    let Some(old) = word.take() else { return false };
    let highest = || inline_words(header).iter().rposition(|word| !is_empty(word)).map_or(0, |last| last + 1);
    InlineState::of(header).emptied(i, highest).store(header);
    drop(old);
    true
}

/// The instance's `__dict__`, made now if need be; inline attributes move there. `None` if the type's instances have none.
pub fn instance_dict(obj: &Obj) -> Option<Py<Dict>> {
    let header = obj.header()?;
    let Some(word) = dict_word(header) else { return own_dict(obj) };
    Some(peek(word).unwrap_or_else(|| make_dict(header, word)))
}

/// Makes the `__dict__` of an instance that has none yet.
#[inline(never)]
fn make_dict(header: &Header, word: &Cell<Option<Py<Dict>>>) -> Py<Dict> {
    let ty = type_of(header);
    let dict = dict::new();
    if ty.has_flag(flags::INLINE_VALUES) {
        let words = inline_words(header);
        let state = InlineState::of(header);
        let early = (0..words.len()).filter(|i| !state.late().any(|late| late == *i));
        for i in early.chain(state.late()) {
            if let Some(value) = words[i].take()
                && let Some(name) = ty.inline_keys.name(i)
            {
                dict.insert_str(&name, value);
            }
        }
    }
    word.set(Some(dict.clone()));
    dict
}

/// Whether the instance keeps its attributes in its inline words.
pub fn has_inline_values(obj: &Obj) -> bool {
    let Some(header) = obj.header() else { return false };
    obj.ty().has_flag(flags::INLINE_VALUES) && dict_word(header).is_some_and(|word| peek(word).is_none())
}

/// True when an instance has no attributes of its own (or its type's instances have no `__dict__`).
pub fn dict_is_empty(obj: &Obj) -> bool {
    let Some(header) = obj.header() else { return true };
    match dict_word(header) {
        None => own_dict(obj).is_none_or(|d| d.is_empty()),
        Some(word) => match peek(word) {
            Some(dict) => dict.is_empty(),
            None => inline_words(header).iter().all(is_empty),
        },
    }
}

/// Replaces the instance's `__dict__`; with `None` it starts anew. False if the type's instances have none that can be replaced.
pub fn set_instance_dict(obj: &Obj, dict: Option<Py<Dict>>) -> bool {
    let Some(header) = obj.header() else { return false };
    let Some(word) = dict_word(header) else { return false };
    let fresh = dict.unwrap_or_else(dict::new);
    let old_inline: Vec<Obj> = inline_words(header).iter().filter_map(|w| w.take()).collect();
    let old = word.replace(Some(fresh));
    drop(old_inline);
    drop(old);
    true
}

/// The getter of a `__dict__` attribute.
pub fn dict_getter(th: &Thread, obj: &Obj) -> PyResult<Obj> {
    match instance_dict(obj) {
        Some(dict) => Ok(dict.into_obj()),
        None => Err(th.attribute_error_message("This object has no __dict__")),
    }
}

/// The setter of the `__dict__` of a native type, which can't be deleted.
pub fn dict_setter(th: &Thread, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if value.is_none() {
        return Err(th.type_error("cannot delete __dict__"));
    }
    set_or_delete_dict(th, obj, value)
}

/// The setter of the `__dict__` of a class made by a program; after a deletion the instance starts with an empty one.
pub fn set_or_delete_dict(th: &Thread, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let dict = match value {
        None => None,
        Some(value) => match value.downcast::<Dict>() {
            Some(dict) => Some(dict.clone()),
            None => {
                return Err(th.type_error(format!("__dict__ must be set to a dictionary, not a '{}'", value.ty().name())));
            }
        },
    };
    if set_instance_dict(obj, dict) { Ok(()) } else { Err(th.attribute_error_message("This object has no __dict__")) }
}
