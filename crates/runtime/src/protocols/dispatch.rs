//! Slot functions of classes whose namespaces define the dunder methods: each looks the method up on the type and calls it.

use super::{attribute, call};
use crate::slots::CompareOp;
use crate::types::exceptions::{ATTRIBUTE_ERROR, STOP_ITERATION};
use crate::types::int;
use crate::types::str::Str;
use crate::{Args, Buffer, Obj, ObjExt, Py, PyResult, Thread, Type, names, none as none_obj, not_implemented};

/// Stands in rows whose slot is never given to a class: the number slot of the same method is. Known by its address: its body must be no other function's.
#[inline(never)]
pub fn none() {
    std::hint::black_box("no slot");
}

/// Looks `name` up on the type of `o` and calls it; the class has it, unless it was deleted while the call was on its way.
fn invoke(th: &Thread, o: &Obj, name: &Py<Str>, args: &[Obj]) -> PyResult<Obj> {
    match o.ty().lookup(name) {
        Some(f) => attribute::call_found(th, f, o, args),
        None => Err(th.attribute_error(name.to_string_lossy(), o, name.as_obj())),
    }
}

macro_rules! unary {
    ($($name:ident $dunder:ident;)*) => {$(
        pub fn $name(th: &Thread, o: &Obj) -> PyResult<Obj> {
            invoke(th, o, &names::get().$dunder, &[])
        }
    )*};
}

unary! {
    nb_negative __neg__;
    nb_positive __pos__;
    nb_absolute __abs__;
    nb_invert __invert__;
    nb_int __int__;
    nb_float __float__;
    nb_index __index__;
    am_await __await__;
    am_aiter __aiter__;
    am_anext __anext__;
}

/// A binary operator of which either operand's class may define a form; the right one goes first when its class is derived from the left one's and overrides it.
fn binary(th: &Thread, a: &Obj, b: &Obj, name: &Py<Str>, reflected: &Py<Str>, has_slot: impl Fn(&Type) -> bool) -> PyResult<Obj> {
    let (ta, tb) = (a.ty(), b.ty());
    let mut try_right = !std::ptr::eq(ta, tb) && has_slot(tb);
    if has_slot(ta) {
        if try_right && tb.is_subtype(ta) {
            let (l, r) = (ta.lookup(reflected), tb.lookup(reflected));
            let overrides = match (&l, &r) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(l), Some(r)) => !l.is(r),
            };
            if overrides {
                let result = maybe(th, b, reflected, a)?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
                try_right = false;
            }
        }
        let result = maybe(th, a, name, b)?;
        if !result.is_not_implemented() || std::ptr::eq(ta, tb) {
            return Ok(result);
        }
    }
    if try_right { maybe(th, b, reflected, a) } else { Ok(not_implemented()) }
}

/// Calls a method that may be missing.
pub(super) fn maybe(th: &Thread, o: &Obj, name: &Py<Str>, arg: &Obj) -> PyResult<Obj> {
    match o.ty().lookup(name) {
        Some(f) => attribute::call_found(th, f, o, std::slice::from_ref(arg)),
        None => Ok(not_implemented()),
    }
}

macro_rules! binary {
    ($($slot:ident $dunder:ident $reflected:ident;)*) => {$(
        pub fn $slot(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
            let n = names::get();
            let this = $slot as crate::slots::BinaryFn;
            binary(th, a, b, &n.$dunder, &n.$reflected, |t| {
                t.slots.$slot.get().is_some_and(|f| std::ptr::fn_addr_eq(f, this))
            })
        }
    )*};
}

binary! {
    nb_add __add__ __radd__;
    nb_subtract __sub__ __rsub__;
    nb_multiply __mul__ __rmul__;
    nb_remainder __mod__ __rmod__;
    nb_divmod __divmod__ __rdivmod__;
    nb_lshift __lshift__ __rlshift__;
    nb_rshift __rshift__ __rrshift__;
    nb_and __and__ __rand__;
    nb_xor __xor__ __rxor__;
    nb_or __or__ __ror__;
    nb_floor_divide __floordiv__ __rfloordiv__;
    nb_true_divide __truediv__ __rtruediv__;
    nb_matrix_multiply __matmul__ __rmatmul__;
}

macro_rules! inplace {
    ($($slot:ident $dunder:ident;)*) => {$(
        pub fn $slot(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
            invoke(th, a, &names::get().$dunder, std::slice::from_ref(b))
        }
    )*};
}

inplace! {
    nb_inplace_add __iadd__;
    nb_inplace_subtract __isub__;
    nb_inplace_multiply __imul__;
    nb_inplace_remainder __imod__;
    nb_inplace_lshift __ilshift__;
    nb_inplace_rshift __irshift__;
    nb_inplace_and __iand__;
    nb_inplace_xor __ixor__;
    nb_inplace_or __ior__;
    nb_inplace_floor_divide __ifloordiv__;
    nb_inplace_true_divide __itruediv__;
    nb_inplace_matrix_multiply __imatmul__;
    mp_subscript __getitem__;
}

pub fn nb_power(th: &Thread, a: &Obj, b: &Obj, modulus: &Obj) -> PyResult<Obj> {
    let n = names::get();
    let this = nb_power as crate::slots::TernaryFn;
    let ours = |t: &Type| t.slots.nb_power.get().is_some_and(|f| std::ptr::fn_addr_eq(f, this));
    if modulus.is_none() {
        return binary(th, a, b, &n.__pow__, &n.__rpow__, ours);
    }
    if ours(a.ty()) {
        let args = [b.clone(), modulus.clone()];
        let r = match a.ty().lookup(&n.__pow__) {
            Some(f) => attribute::call_unbound(th, &f, a, &args)?,
            None => not_implemented(),
        };
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if ours(b.ty())
        && let Some(f) = b.ty().lookup(&n.__rpow__)
    {
        return attribute::call_unbound(th, &f, b, &[a.clone(), modulus.clone()]);
    }
    Ok(not_implemented())
}

pub fn nb_inplace_power(th: &Thread, a: &Obj, b: &Obj, _modulus: &Obj) -> PyResult<Obj> {
    invoke(th, a, &names::get().__ipow__, std::slice::from_ref(b))
}

pub fn getattribute(th: &Thread, o: &Obj, name: &Obj) -> PyResult<Obj> {
    invoke(th, o, &names::get().__getattribute__, std::slice::from_ref(name))
}

fn is_generic_getattribute(own: Option<&Obj>) -> bool {
    own.is_none_or(|f| {
        f.downcast::<crate::types::descriptors::SlotWrapper>()
            .is_some_and(|w| w.address == crate::instances::generic_getattro as crate::slots::BinaryFn as usize)
    })
}

/// True when a class's `__getattribute__` is that of `object`.
pub fn has_generic_getattribute(ty: &crate::TypeObject) -> bool {
    is_generic_getattribute(ty.lookup(&names::get().__getattribute__).as_ref())
}

/// `tp_getattro` of classes with a `__getattr__`: called when the ordinary way ends in `AttributeError`.
#[inline(never)]
pub fn getattr_hook(th: &Thread, o: &Obj, name: &Obj) -> PyResult<Obj> {
    let n = names::get();
    let Some(hook) = o.ty().lookup(&n.__getattr__) else {
        return getattribute(th, o, name);
    };
    let own = o.ty().lookup(&n.__getattribute__);
    if is_generic_getattribute(own.as_ref())
        && let Some(s) = name.downcast::<Str>()
    {
        if let Some(v) = crate::instances::generic_lookup_opt(th, o, s)? {
            return Ok(v);
        }
    } else if let Some(f) = own {
        match attribute::call_unbound(th, &f, o, std::slice::from_ref(name)) {
            Ok(v) => return Ok(v),
            Err(raised) => th.catch(raised, ATTRIBUTE_ERROR)?,
        }
    }
    attribute::call_unbound(th, &hook, o, std::slice::from_ref(name))
}

#[inline(never)]
pub fn setattr(th: &Thread, o: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let n = names::get();
    match value {
        Some(v) => invoke(th, o, &n.__setattr__, &[name.clone(), v.clone()])?,
        None => invoke(th, o, &n.__delattr__, std::slice::from_ref(name))?,
    };
    Ok(())
}

pub fn repr(th: &Thread, o: &Obj) -> PyResult<Obj> {
    invoke(th, o, &names::get().__repr__, &[])
}

pub fn str(th: &Thread, o: &Obj) -> PyResult<Obj> {
    invoke(th, o, &names::get().__str__, &[])
}

pub fn hash(th: &Thread, o: &Obj) -> PyResult<i64> {
    let Some(f) = o.ty().lookup(&names::get().__hash__).filter(|f| !f.is_none()) else {
        return crate::types::object::hash_not_implemented(th, o);
    };
    let r = attribute::call_found(th, f, o, &[])?;
    if !r.is_instance(int::INT_TYPE) {
        return Err(th.type_error("__hash__ method should return an integer"));
    }
    let h = match int::to_i64(&r) {
        Some(h) => h,
        None => int::hash_big(&r),
    };
    Ok(if h == -1 { -2 } else { h })
}

pub fn call(th: &Thread, o: &Obj, args: Args<'_>) -> PyResult<Obj> {
    let Some(f) = o.ty().lookup(&names::get().__call__) else {
        return Err(th.type_error(format!("'{}' object is not callable", o.ty().name())));
    };
    th.check_stack(" while calling a Python object")?;
    call_bound(th, &f, o, args)
}

/// Calls a class attribute as a method, with any arguments.
fn call_bound(th: &Thread, f: &Obj, o: &Obj, args: Args<'_>) -> PyResult<Obj> {
    if f.ty().has_flag(crate::type_flags::METHOD_DESCRIPTOR) {
        let mut all = Vec::with_capacity(args.all().len() + 1);
        all.push(o.clone());
        all.extend_from_slice(args.all());
        return call::call_args(th, f, Args::new(&all, args.names()));
    }
    let bound = attribute::bind(th, f, o)?;
    call::call_args(th, &bound, args)
}

pub fn richcompare(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
    match a.ty().lookup(names::get().compare(op)) {
        Some(f) if f.ty().has_flag(crate::type_flags::METHOD_DESCRIPTOR) => {
            attribute::call_found(th, f, a, std::slice::from_ref(b))
        }
        // A method that can't be bound counts as none, as in CPython.
        Some(f) => match attribute::bind(th, &f, a) {
            Ok(bound) => super::call::call(th, &bound, std::slice::from_ref(b)),
            Err(raised) => {
                drop(th.take_raised(raised));
                Ok(not_implemented())
            }
        },
        None => Ok(not_implemented()),
    }
}

pub fn iter(th: &Thread, o: &Obj) -> PyResult<Obj> {
    let n = names::get();
    match o.ty().lookup(&n.__iter__) {
        Some(f) if f.is_none() => Err(th.type_error(format!("'{}' object is not iterable", o.ty().name()))),
        Some(f) => attribute::call_found(th, f, o, &[]),
        None if o.ty().lookup(&n.__getitem__).is_some() => Ok(crate::types::iterators::sequence_iterator(th, o)),
        None => Err(th.type_error(format!("'{}' object is not iterable", o.ty().name()))),
    }
}

pub fn iternext(th: &Thread, o: &Obj) -> PyResult<Option<Obj>> {
    match invoke(th, o, &names::get().__next__, &[]) {
        Ok(v) => Ok(Some(v)),
        Err(raised) => {
            if th.exception_matches(STOP_ITERATION) {
                crate::interpreter::instrument::tell_swallowed(th);
                let _ = th.take_exception();
                return Ok(None);
            }
            Err(raised)
        }
    }
}

pub fn descr_get(th: &Thread, d: &Obj, o: Option<&Obj>, ty: Option<&Obj>) -> PyResult<Obj> {
    let Some(f) = d.ty().lookup(&names::get().__get__) else {
        return Ok(d.clone());
    };
    // Called as it is, with the descriptor in front: it is not bound itself, whatever it is.
    let args = [d.clone(), o.cloned().unwrap_or_else(none_obj), ty.cloned().unwrap_or_else(none_obj)];
    call::call(th, &f, &args)
}

pub fn descr_set(th: &Thread, d: &Obj, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let n = names::get();
    match value {
        Some(v) => invoke(th, d, &n.__set__, &[o.clone(), v.clone()])?,
        None => invoke(th, d, &n.__delete__, std::slice::from_ref(o))?,
    };
    Ok(())
}

pub fn init(th: &Thread, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let Some(f) = o.ty().lookup(&names::get().__init__) else { return Ok(()) };
    let r = call_bound(th, &f, o, args)?;
    if r.is_none() {
        return Ok(());
    }
    Err(th.type_error(format!("__init__() should return None, not '{}'", r.ty().name())))
}

/// `tp_new` of classes with a `__new__` in Python.
#[inline(never)]
pub fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
    let f = attribute::get(th, cls.as_obj(), &names::get().__new__)?;
    let mut all = Vec::with_capacity(args.all().len() + 1);
    all.push(cls.as_obj().clone());
    all.extend_from_slice(args.all());
    call::call_args(th, &f, Args::new(&all, args.names()))
}

/// `__del__`: an exception in it is reported and swallowed.
pub fn finalize(th: &Thread, o: &Obj) {
    let saved = th.take_exception();
    if let Some(f) = o.ty().lookup(&names::get().__del__)
        && let Err(raised) = attribute::call_unbound(th, &f, o, &[])
    {
        let e = th.take_raised(raised);
        crate::builtins::unraisable(th, e, Some("Exception ignored while calling deallocator"), Some(&f));
    }
    th.restore_exception(saved);
}

pub fn nb_bool(th: &Thread, o: &Obj) -> PyResult<bool> {
    let n = names::get();
    if let Some(f) = o.ty().lookup(&n.__bool__) {
        let r = attribute::call_found(th, f, o, &[])?;
        if r.is_true() {
            return Ok(true);
        }
        if r.is_false() {
            return Ok(false);
        }
        return Err(th.type_error(format!("__bool__ should return bool, returned {}", r.ty().name())));
    }
    if o.ty().lookup(&n.__len__).is_some() {
        return Ok(len(th, o)? != 0);
    }
    Ok(true)
}

pub fn len(th: &Thread, o: &Obj) -> PyResult<usize> {
    let r = invoke(th, o, &names::get().__len__, &[])?;
    let i = super::number::index(th, &r)?;
    if int::is_negative(&i) {
        return Err(th.value_error("__len__() should return >= 0"));
    }
    match int::to_i128(&i).map(isize::try_from) {
        Some(Ok(n)) => Ok(n as usize),
        _ => Err(th.overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

pub fn mp_ass_subscript(th: &Thread, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let n = names::get();
    match value {
        Some(v) => invoke(th, o, &n.__setitem__, &[key.clone(), v.clone()])?,
        None => invoke(th, o, &n.__delitem__, std::slice::from_ref(key))?,
    };
    Ok(())
}

pub fn sq_item(th: &Thread, o: &Obj, i: isize) -> PyResult<Obj> {
    invoke(th, o, &names::get().__getitem__, &[int::from_i64(i as i64)])
}

pub fn sq_ass_item(th: &Thread, o: &Obj, i: isize, value: Option<&Obj>) -> PyResult<()> {
    mp_ass_subscript(th, o, &int::from_i64(i as i64), value)
}

pub fn sq_contains(th: &Thread, o: &Obj, key: &Obj) -> PyResult<bool> {
    let n = names::get();
    match o.ty().lookup(&n.__contains__) {
        Some(f) if f.is_none() => Err(th.type_error(format!("'{}' object is not a container", o.ty().name()))),
        Some(f) => {
            let r = attribute::call_found(th, f, o, std::slice::from_ref(key))?;
            super::truth(th, &r)
        }
        None => {
            let it = super::iterate::iter(th, o)?;
            while let Some(item) = super::iterate::next(th, &it)? {
                if super::compare::eq(th, &item, key)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

pub fn getbuffer(th: &Thread, o: &Obj, flags: u32) -> PyResult<Buffer> {
    let name = &names::get().__buffer__;
    let native = o.ty().lookup(name).is_some_and(|f| f.downcast_exact::<crate::types::descriptors::SlotWrapper>().is_some());
    let r = invoke(th, o, name, &[int::from_i64(i64::from(flags))])?;
    crate::buffer::from_python(th, o, r, flags, !native)
}
