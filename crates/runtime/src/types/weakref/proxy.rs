//! Proxies: objects that pass everything on to what they refer to weakly.

use super::{WeakRef, list};
use crate::native::PyClass;
use crate::protocols::{self, attribute, call, compare, iterate, mapping, number, sequence};
use crate::slots::CompareOp;
use crate::types::str::Str;
use crate::types::type_::alloc_instance;
use crate::types::{dict, float, int};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread};
use object::Payload;
use object::gc::Visitor;

/// The payload of a proxy: a weak reference.
#[macros::pyclass(name = "ProxyType", module = "weakref", flags = HAVE_GC | DISALLOW_INSTANTIATION, methods(METHODS, NUMBERS, SPECIAL))]
#[repr(transparent)]
pub struct Proxy(pub(super) WeakRef);

/// The payload of a proxy for something callable.
#[macros::pyclass(name = "CallableProxyType", module = "weakref", flags = HAVE_GC | DISALLOW_INSTANTIATION, methods(METHODS, NUMBERS, SPECIAL))]
#[repr(transparent)]
pub struct CallableProxy(pub(super) WeakRef);

impl Payload for Proxy {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.0.traverse(v);
    }

    fn clear(&self) {
        self.0.clear();
    }
}

impl Payload for CallableProxy {
    fn traverse(&self, v: &mut Visitor<'_>) {
        self.0.traverse(v);
    }

    fn clear(&self) {
        self.0.clear();
    }
}

/// A proxy for `o`: the plain one that exists already, if there is one and no callback is given.
pub fn new_proxy(th: &Thread, o: &Obj, callback: Option<Obj>) -> PyResult<Obj> {
    list::check(th, o)?;
    let callable = call::is_callable(o);
    let ty = if callable { CallableProxy::TYPE } else { Proxy::TYPE };
    let plain = callback.is_none();
    let known = || if plain { list::plain(o, ty) } else { None };
    if let Some(known) = known() {
        return Ok(known);
    }
    let rank = if plain { list::Rank::Proxy } else { list::Rank::Other };
    let reference = WeakRef::unlinked(callback);
    // Making the object may run a collection, and that code which makes the plain proxy: look again.
    if callable {
        let made = alloc_instance(th, CallableProxy::TYPE, CallableProxy(reference));
        if let Some(known) = known() {
            return Ok(known);
        }
        list::link(o, &made.0, rank);
        return Ok(made.into_obj());
    }
    let made = alloc_instance(th, Proxy::TYPE, Proxy(reference));
    if let Some(known) = known() {
        return Ok(known);
    }
    list::link(o, &made.0, rank);
    Ok(made.into_obj())
}

/// The reference behind a proxy.
pub(super) fn reference(o: &Obj) -> Option<&WeakRef> {
    match o.downcast_exact::<Proxy>() {
        Some(p) => Some(&p.0),
        None => o.downcast_exact::<CallableProxy>().map(|p| &p.0),
    }
}

/// What a proxy refers to, or the value itself. `ReferenceError` when it is gone.
pub fn unwrap(th: &Thread, o: &Obj) -> PyResult<Obj> {
    match reference(o) {
        None => Ok(o.clone()),
        Some(r) => r.get().ok_or_else(|| th.reference_error("weakly-referenced object no longer exists")),
    }
}

fn attribute_name<'a>(th: &Thread, name: &'a Obj) -> PyResult<&'a Py<Str>> {
    name.downcast::<Str>().ok_or_else(|| th.type_error(format!("attribute name must be string, not '{}'", name.ty().name())))
}

macro_rules! proxy_slots {
    ($name:ident) => {
        #[macros::pymethods]
        impl $name {
            #[slot(tp_repr)]
            fn repr(_th: &Thread, slf: &Py<$name>) -> PyResult<String> {
                let id = slf.as_obj().id();
                Ok(match slf.0.get() {
                    None => format!("<weakproxy at {id:#x}; dead>"),
                    Some(o) => format!("<weakproxy at {id:#x}; to '{}' at {:#x}>", dict::full_name(o.ty()), o.id()),
                })
            }

            #[slot(tp_str)]
            fn str(th: &Thread, slf: &Obj) -> PyResult<Obj> {
                Ok(protocols::str(th, &unwrap(th, slf)?)?.into_obj())
            }

            #[slot(tp_getattro)]
            fn getattro(th: &Thread, slf: &Obj, name: &Obj) -> PyResult<Obj> {
                attribute::get_obj(th, &unwrap(th, slf)?, name)
            }

            #[slot(tp_setattro)]
            fn setattro(th: &Thread, slf: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
                let o = unwrap(th, slf)?;
                attribute::set_or_delete(th, &o, attribute_name(th, name)?, value)
            }

            #[slot(tp_richcompare)]
            fn richcompare(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
                compare::rich(th, &unwrap(th, a)?, &unwrap(th, b)?, op)
            }

            #[slot(tp_iter)]
            fn iter(th: &Thread, slf: &Obj) -> PyResult<Obj> {
                iterate::iter(th, &unwrap(th, slf)?)
            }

            #[slot(tp_iternext)]
            fn iternext(th: &Thread, slf: &Obj) -> PyResult<Option<Obj>> {
                let o = unwrap(th, slf)?;
                if o.ty().slots.tp_iternext.get().is_none() {
                    let name = o.ty().name();
                    return Err(th.type_error(format!("Weakref proxy referenced a non-iterator '{name}' object")));
                }
                iterate::next(th, &o)
            }

            #[slot(mp_length)]
            fn length(th: &Thread, slf: &Obj) -> PyResult<usize> {
                sequence::len(th, &unwrap(th, slf)?)
            }

            #[slot(mp_subscript)]
            fn subscript(th: &Thread, slf: &Obj, key: &Obj) -> PyResult<Obj> {
                mapping::get_item(th, &unwrap(th, slf)?, key)
            }

            #[slot(mp_ass_subscript)]
            fn ass_subscript(th: &Thread, slf: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
                let o = unwrap(th, slf)?;
                match value {
                    Some(value) => mapping::set_item(th, &o, key, value),
                    None => mapping::del_item(th, &o, key),
                }
            }

            #[slot(sq_contains)]
            fn contains(th: &Thread, slf: &Obj, item: &Obj) -> PyResult<bool> {
                sequence::contains(th, &unwrap(th, slf)?, item)
            }

            #[slot(nb_bool)]
            fn bool(th: &Thread, slf: &Obj) -> PyResult<bool> {
                protocols::truth(th, &unwrap(th, slf)?)
            }

            #[slot(nb_int)]
            fn int(th: &Thread, slf: &Obj) -> PyResult<Obj> {
                call::call(th, &int::INT_TYPE.to_obj(), &[unwrap(th, slf)?])
            }

            #[slot(nb_float)]
            fn float(th: &Thread, slf: &Obj) -> PyResult<Obj> {
                call::call(th, &float::FLOAT_TYPE.to_obj(), &[unwrap(th, slf)?])
            }
        }

        #[macros::pymethods(NUMBERS)]
        impl $name {
            #[slot(nb_negative)]
            fn neg(th: &Thread, a: &Obj) -> PyResult<Obj> {
                number::neg(th, &unwrap(th, a)?)
            }

            #[slot(nb_positive)]
            fn pos(th: &Thread, a: &Obj) -> PyResult<Obj> {
                number::pos(th, &unwrap(th, a)?)
            }

            #[slot(nb_absolute)]
            fn abs(th: &Thread, a: &Obj) -> PyResult<Obj> {
                number::abs(th, &unwrap(th, a)?)
            }

            #[slot(nb_invert)]
            fn invert(th: &Thread, a: &Obj) -> PyResult<Obj> {
                number::invert(th, &unwrap(th, a)?)
            }

            #[slot(nb_index)]
            fn index(th: &Thread, a: &Obj) -> PyResult<Obj> {
                number::index(th, &unwrap(th, a)?)
            }

            #[slot(nb_add)]
            fn add(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::add(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_subtract)]
            fn sub(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::sub(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_multiply)]
            fn mul(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::mul(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_remainder)]
            fn rem(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::rem(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_divmod)]
            fn divmod(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::divmod(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_lshift)]
            fn lshift(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::lshift(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_rshift)]
            fn rshift(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::rshift(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_and)]
            fn and(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::and(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_xor)]
            fn xor(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::xor(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_or)]
            fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::or(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_floor_divide)]
            fn floordiv(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::floordiv(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_true_divide)]
            fn truediv(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::truediv(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_matrix_multiply)]
            fn matmul(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::matmul(th, &unwrap(th, a)?, &unwrap(th, b)?)
            }

            #[slot(nb_inplace_add)]
            fn inplace_add(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::ADD)
            }

            #[slot(nb_inplace_subtract)]
            fn inplace_sub(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::SUB)
            }

            #[slot(nb_inplace_multiply)]
            fn inplace_mul(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::MUL)
            }

            #[slot(nb_inplace_remainder)]
            fn inplace_rem(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::REM)
            }

            #[slot(nb_inplace_lshift)]
            fn inplace_lshift(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::LSHIFT)
            }

            #[slot(nb_inplace_rshift)]
            fn inplace_rshift(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::RSHIFT)
            }

            #[slot(nb_inplace_and)]
            fn inplace_and(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::AND)
            }

            #[slot(nb_inplace_xor)]
            fn inplace_xor(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::XOR)
            }

            #[slot(nb_inplace_or)]
            fn inplace_or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::OR)
            }

            #[slot(nb_inplace_floor_divide)]
            fn inplace_floordiv(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::FLOORDIV)
            }

            #[slot(nb_inplace_true_divide)]
            fn inplace_truediv(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::TRUEDIV)
            }

            #[slot(nb_inplace_matrix_multiply)]
            fn inplace_matmul(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
                number::inplace(th, &unwrap(th, a)?, &unwrap(th, b)?, &number::MATMUL)
            }

            #[slot(nb_power)]
            fn power(th: &Thread, a: &Obj, b: &Obj, modulus: &Obj) -> PyResult<Obj> {
                number::power(th, &unwrap(th, a)?, &unwrap(th, b)?, &unwrap(th, modulus)?)
            }

            #[slot(nb_inplace_power)]
            fn inplace_power(th: &Thread, a: &Obj, b: &Obj, modulus: &Obj) -> PyResult<Obj> {
                let (a, b, modulus) = (unwrap(th, a)?, unwrap(th, b)?, unwrap(th, modulus)?);
                if modulus.is_none() { number::inplace_power(th, &a, &b) } else { number::power(th, &a, &b, &modulus) }
            }
        }
    };
}

proxy_slots!(Proxy);
proxy_slots!(CallableProxy);

#[macros::pymethods(SPECIAL)]
impl Proxy {
    #[pymethod(sig = "($self, /)")]
    fn __bytes__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        call::call_method(th, &unwrap(th, slf)?, "__bytes__", &[])
    }

    #[pymethod(sig = "($self, /)")]
    fn __reversed__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        call::call_method(th, &unwrap(th, slf)?, "__reversed__", &[])
    }
}

#[macros::pymethods(SPECIAL)]
impl CallableProxy {
    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
        call::call_args(th, &unwrap(th, slf)?, args)
    }
}
