//! Names: module, builtin and class namespaces.

use super::name;
use crate::interpreter::cache;
use crate::interpreter::dispatch::{handlers, next, raise, tail};
use crate::interpreter::frame::Frame;
use crate::interpreter::specialize;
use crate::interpreter::stack::Slot;
use crate::protocols::mapping;
use crate::types::dict::Dict;
use crate::types::exceptions::{self as exc, ASSERTION_ERROR, KEY_ERROR, NAME_ERROR, NOT_IMPLEMENTED_ERROR};
use crate::types::str::Str;
use crate::{Obj, ObjExt, Py, PyResult, Thread, names};

/// A name in a namespace that may be any mapping.
pub(in crate::interpreter) fn get_from_namespace(th: &Thread, ns: &Obj, name: &Py<Str>) -> PyResult<Option<Obj>> {
    if let Some(d) = ns.downcast_exact::<Dict>() {
        return Ok(d.get_str(name));
    }
    match mapping::get_item(th, ns, name.as_obj()) {
        Ok(v) => Ok(Some(v)),
        Err(raised) => {
            th.catch(raised, KEY_ERROR)?;
            Ok(None)
        }
    }
}

#[cold]
pub(in crate::interpreter) fn not_defined(th: &Thread, name: &Py<Str>) -> crate::Raised {
    let raised = th.raise_message(NAME_ERROR, &format!("name '{}' is not defined", name.to_string_lossy()));
    exc::set_name_error_name(th, name);
    raised
}

/// A global or builtin name.
pub(in crate::interpreter) fn load_global(th: &Thread, globals: &Py<Dict>, builtins: &Obj, name: &Py<Str>) -> PyResult<Obj> {
    let found = if globals.as_obj().downcast_exact::<Dict>().is_some() {
        globals.get_str(name)
    } else {
        get_from_namespace(th, globals.as_obj(), name)?
    };
    if let Some(v) = found {
        return Ok(v);
    }
    match get_from_namespace(th, builtins, name)? {
        Some(v) => Ok(v),
        None => Err(not_defined(th, name)),
    }
}

#[inline(never)]
unsafe fn load_global_slow(th: &Thread, frame: *mut Frame, sp: *mut Slot, i: usize) -> bool {
    // SAFETY: the frame is live; the result goes to the free slot at `sp`.
    unsafe {
        let r = load_global(th, &(*frame).globals, Frame::builtins(frame), name(frame, i));
        super::put(sp, r)
    }
}

/// The namespace of a frame without fast locals: that of its module when a function was made of such code.
unsafe fn namespace<'a>(frame: *mut Frame) -> &'a Obj {
    // SAFETY: the caller's frame is live, and so are its parts until it ends.
    unsafe { (*(*frame).namespace).as_ref().unwrap_or((*(*frame).globals).as_obj()) }
}

#[inline(never)]
unsafe fn load_name(th: &Thread, frame: *mut Frame, sp: *mut Slot, i: usize) -> bool {
    // SAFETY: as above.
    unsafe {
        let name = name(frame, i);
        let r = match get_from_namespace(th, namespace(frame), name) {
            Err(raised) => Err(raised),
            Ok(Some(v)) => Ok(v),
            Ok(None) => load_global(th, &(*frame).globals, Frame::builtins(frame), name),
        };
        super::put(sp, r)
    }
}

#[inline(never)]
unsafe fn load_from_dict_or_globals(th: &Thread, frame: *mut Frame, sp: *mut Slot, i: usize) -> bool {
    // SAFETY: the namespace is on top of the stack.
    unsafe {
        let name = name(frame, i);
        let ns = (*sp.sub(1)).into_obj();
        let r = match get_from_namespace(th, &ns, name) {
            Err(raised) => Err(raised),
            Ok(Some(v)) => Ok(v),
            Ok(None) => load_global(th, &(*frame).globals, Frame::builtins(frame), name),
        };
        super::put(sp.sub(1), r)
    }
}

#[inline(never)]
unsafe fn store_name(th: &Thread, frame: *mut Frame, value: Slot, i: usize) -> bool {
    // SAFETY: the frame is live; the operand is used up.
    unsafe {
        let name = name(frame, i);
        let value = value.into_obj();
        let ns = namespace(frame);
        match ns.downcast_exact::<Dict>() {
            Some(d) => {
                d.insert_str(name, value);
                true
            }
            None => mapping::set_item(th, ns, name.as_obj(), &value).is_ok(),
        }
    }
}

#[inline(never)]
unsafe fn delete_name(th: &Thread, frame: *mut Frame, i: usize) -> bool {
    // SAFETY: the frame is live.
    unsafe {
        let name = name(frame, i);
        let ns = namespace(frame);
        match mapping::del_item(th, ns, name.as_obj()) {
            Ok(()) => true,
            Err(raised) => {
                if th.catch(raised, KEY_ERROR).is_ok() {
                    let _ = not_defined(th, name);
                }
                false
            }
        }
    }
}

#[inline(never)]
unsafe fn store_global(frame: *mut Frame, value: Slot, i: usize) {
    // SAFETY: the frame is live; the operand is used up.
    unsafe { (*frame).globals.insert_str(name(frame, i), value.into_obj()) }
}

#[inline(never)]
unsafe fn delete_global(th: &Thread, frame: *mut Frame, i: usize) -> bool {
    // SAFETY: the frame is live.
    unsafe {
        let name = name(frame, i);
        if (*frame).globals.remove_str(name).is_some() {
            return true;
        }
        let _ = not_defined(th, name);
        false
    }
}

#[inline(never)]
unsafe fn load_locals(frame: *mut Frame, sp: *mut Slot) {
    // SAFETY: the frame is live.
    unsafe {
        *sp = Slot::own(namespace(frame).clone());
    }
}

#[inline(never)]
unsafe fn load_build_class(th: &Thread, frame: *mut Frame, sp: *mut Slot) -> bool {
    // SAFETY: the frame is live.
    unsafe {
        let r = match get_from_namespace(th, Frame::builtins(frame), &names::get().__build_class__) {
            Ok(Some(f)) => Ok(f),
            Ok(None) => Err(th.raise_message(NAME_ERROR, "__build_class__ not found")),
            Err(raised) => Err(raised),
        };
        super::put(sp, r)
    }
}

#[inline(never)]
unsafe fn setup_annotations(th: &Thread, frame: *mut Frame) -> bool {
    // SAFETY: the frame is live.
    unsafe {
        let n = names::get();
        let r = (|| -> PyResult<()> {
            let ns = namespace(frame);
            if get_from_namespace(th, ns, &n.__annotations__)?.is_none() {
                mapping::set_item(th, ns, n.__annotations__.as_obj(), crate::types::dict::new().as_obj())?;
            }
            Ok(())
        })();
        r.is_ok()
    }
}

#[inline(never)]
unsafe fn load_common_constant(th: &Thread, sp: *mut Slot, i: usize) -> bool {
    let r = match i {
        0 => Ok(ASSERTION_ERROR.to_obj()),
        1 => Ok(NOT_IMPLEMENTED_ERROR.to_obj()),
        2 => Ok(<crate::types::tuple::Tuple as crate::PyClass>::TYPE.to_obj()),
        3 | 4 => match th.rt().common_functions.get() {
            Some((all, any)) => Ok(if i == 3 { all } else { any }),
            None => Err(th.system_error("bad common constant")),
        },
        _ => Err(th.system_error("bad common constant")),
    };
    // SAFETY: the slot at `sp` is free.
    unsafe { super::put(sp, r) }
}

handlers! {
    LOAD_GLOBAL(ip, sp, frame, th, arg) {
        if cache::due(ip) {
            tail!(LOAD_GLOBAL_SPECIALIZE, ip, sp, frame, th, arg);
        }
        tail!(LOAD_GLOBAL_GENERIC, ip, sp, frame, th, arg)
    }

    LOAD_GLOBAL_SPECIALIZE(ip, sp, frame, th, arg) {
        specialize::load_global(frame, ip, arg);
        tail!(LOAD_GLOBAL_GENERIC, ip, sp, frame, th, arg)
    }

    /// The name stands in the globals: units 2 its entry, 3 and 4 the version of their keys.
    LOAD_GLOBAL_MODULE(ip, sp, frame, th, arg) {
        let globals: &Py<Dict> = &(*frame).globals;
        if globals.keys_version_tag() == cache::get32(ip, 3) {
            *sp = Slot((*globals.entry_value_ptr(*ip.add(2) as usize)).bits()).share();
            if arg & 1 != 0 {
                *sp.add(1) = Slot::NULL;
                next!(ip.add(5), sp.add(2), frame, th);
            }
            next!(ip.add(5), sp.add(1), frame, th);
        }
        tail!(LOAD_GLOBAL, ip, sp, frame, th, arg)
    }

    /// The name stands in the builtins: unit 1 its entry, 2 the version of their keys, 3 and 4 that of the globals, which don't have it.
    LOAD_GLOBAL_BUILTIN(ip, sp, frame, th, arg) {
        let globals: &Py<Dict> = &(*frame).globals;
        let builtins = Frame::builtins(frame).cast::<Dict>();
        if std::ptr::eq(crate::types::type_::type_of(builtins.header()), <Dict as crate::PyClass>::TYPE)
            && globals.keys_version_tag() == cache::get32(ip, 3)
            && builtins.keys_version_tag() == u32::from(*ip.add(2)) {
            *sp = Slot((*builtins.entry_value_ptr(*ip.add(1) as usize)).bits()).share();
            if arg & 1 != 0 {
                *sp.add(1) = Slot::NULL;
                next!(ip.add(5), sp.add(2), frame, th);
            }
            next!(ip.add(5), sp.add(1), frame, th);
        }
        tail!(LOAD_GLOBAL_REVERT, ip, sp, frame, th, arg)
    }

    LOAD_GLOBAL_REVERT(ip, sp, frame, th, arg) {
        cache::revert(ip, bytecode::op::LOAD_GLOBAL);
        tail!(LOAD_GLOBAL_GENERIC, ip, sp, frame, th, arg)
    }

    /// Any globals and builtins.
    LOAD_GLOBAL_GENERIC(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !load_global_slow(th, frame, sp, arg >> 1) {
            raise!(ip, sp, frame, th);
        }
        let sp = sp.add(1);
        if arg & 1 != 0 {
            *sp = Slot::NULL;
            next!(ip.add(5), sp.add(1), frame, th);
        }
        next!(ip.add(5), sp, frame, th)
    }

    LOAD_NAME(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !load_name(th, frame, sp, arg) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp.add(1), frame, th)
    }

    LOAD_FROM_DICT_OR_GLOBALS(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !load_from_dict_or_globals(th, frame, sp, arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    STORE_NAME(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !store_name(th, frame, *sp.sub(1), arg) {
            raise!(ip, sp.sub(1), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    DELETE_NAME(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !delete_name(th, frame, arg) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    STORE_GLOBAL(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        store_global(frame, *sp.sub(1), arg);
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    DELETE_GLOBAL(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !delete_global(th, frame, arg) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    LOAD_LOCALS(ip, sp, frame, th, arg) {
        load_locals(frame, sp);
        next!(ip.add(1), sp.add(1), frame, th)
    }

    LOAD_BUILD_CLASS(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !load_build_class(th, frame, sp) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp.add(1), frame, th)
    }

    SETUP_ANNOTATIONS(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !setup_annotations(th, frame) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp, frame, th)
    }

    LOAD_COMMON_CONSTANT(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !load_common_constant(th, sp, arg) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp.add(1), frame, th)
    }
}
