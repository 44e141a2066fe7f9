//! How a slot wrapper turns arguments into a call of its slot, one arm for each [`Wrap`].
#![expect(unsafe_code, reason = "slots are called by address")]

use super::present;
use crate::protocols::{dispatch, number, sequence};
use crate::slot_table::{SlotDef, Wrap};
use crate::slots::{
    AssItemFn, AssSubscriptFn, BinaryFn, CallFn, ContainsFn, DescrGetFn, FinalizeFn, GetBufferFn, HashFn, InitFn, InquiryFn,
    ItemFn, IterNextFn, RichCompareFn, SizedFn, SlotId, TernaryFn, UnaryFn,
};
use crate::types::{int, memoryview};
use crate::{Args, Obj, ObjExt, PyResult, Thread, none};

/// Calls the function at `address`, which sits in slot `row.slot`, with `slf` and arguments.
pub(super) fn call_slot(th: &Thread, row: &SlotDef, address: usize, slf: &Obj, args: Args<'_>) -> PyResult<Obj> {
    // SAFETY (all uses): the row's slot holds functions of the type that its `wrap` names.
    macro_rules! as_fn {
        ($ty:ty) => {
            // SAFETY: see above.
            unsafe { std::mem::transmute::<usize, $ty>(address) }
        };
    }
    if args.has_keywords() && !matches!(row.wrap, Wrap::Call | Wrap::Init) {
        return Err(th.type_error(format!("wrapper {}() takes no keyword arguments", row.name)));
    }
    let a = args.pos();
    match row.wrap {
        Wrap::Unary => {
            count::<0>(th, a)?;
            as_fn!(UnaryFn)(th, slf)
        }
        Wrap::BinaryLeft => {
            let [other] = count(th, a)?;
            as_fn!(BinaryFn)(th, slf, other)
        }
        Wrap::BinaryRight => {
            let [other] = count(th, a)?;
            as_fn!(BinaryFn)(th, other, slf)
        }
        Wrap::TernaryLeft => {
            let (other, modulus) = power_arguments(th, a)?;
            as_fn!(TernaryFn)(th, slf, other, &modulus)
        }
        Wrap::TernaryRight => {
            let (other, modulus) = power_arguments(th, a)?;
            as_fn!(TernaryFn)(th, other, slf, &modulus)
        }
        Wrap::Inquiry => {
            count::<0>(th, a)?;
            as_fn!(InquiryFn)(th, slf).map(crate::bool_obj)
        }
        Wrap::Len => {
            count::<0>(th, a)?;
            as_fn!(SizedFn)(th, slf).map(|n| int::from_u64(n as u64))
        }
        Wrap::Contains => {
            let [item] = count(th, a)?;
            as_fn!(ContainsFn)(th, slf, item).map(crate::bool_obj)
        }
        Wrap::Item => {
            let [i] = count(th, a)?;
            let i = if row.slot == SlotId::sq_item { item_index(th, slf, i)? } else { size_index(th, i)? };
            as_fn!(ItemFn)(th, slf, i)
        }
        Wrap::SetItem => {
            let [i, value] = exactly(th, row, a)?;
            let i = item_index(th, slf, i)?;
            as_fn!(AssItemFn)(th, slf, i, Some(value)).map(|()| none())
        }
        Wrap::DelItem => {
            let [i] = count(th, a)?;
            let i = item_index(th, slf, i)?;
            as_fn!(AssItemFn)(th, slf, i, None).map(|()| none())
        }
        Wrap::SetSubscript | Wrap::DescrSet => {
            let [key, value] = exactly(th, row, a)?;
            as_fn!(AssSubscriptFn)(th, slf, key, Some(value)).map(|()| none())
        }
        Wrap::DelSubscript | Wrap::DescrDelete => {
            let [key] = count(th, a)?;
            as_fn!(AssSubscriptFn)(th, slf, key, None).map(|()| none())
        }
        Wrap::SetAttr => {
            let [name, value] = exactly(th, row, a)?;
            check_setattr(th, slf, address, row.name)?;
            as_fn!(AssSubscriptFn)(th, slf, name, Some(value)).map(|()| none())
        }
        Wrap::DelAttr => {
            let [name] = count(th, a)?;
            check_setattr(th, slf, address, row.name)?;
            as_fn!(AssSubscriptFn)(th, slf, name, None).map(|()| none())
        }
        Wrap::Hash => {
            count::<0>(th, a)?;
            as_fn!(HashFn)(th, slf).map(int::from_i64)
        }
        Wrap::Compare(op) => {
            let [other] = count(th, a)?;
            as_fn!(RichCompareFn)(th, slf, other, op)
        }
        Wrap::Next => {
            count::<0>(th, a)?;
            match as_fn!(IterNextFn)(th, slf)? {
                Some(item) => Ok(item),
                None => Err(th.stop_iteration(None)),
            }
        }
        Wrap::DescrGet => {
            let (obj, ty) = match a {
                [obj] => (obj, None),
                [obj, ty] => (obj, Some(ty)),
                [] => return Err(th.type_error("__get__ expected at least 1 argument, got 0")),
                _ => return Err(th.type_error(format!("__get__ expected at most 2 arguments, got {}", a.len()))),
            };
            let (obj, ty) = (present(Some(obj)), present(ty));
            if obj.is_none() && ty.is_none() {
                return Err(th.type_error("__get__(None, None) is invalid"));
            }
            as_fn!(DescrGetFn)(th, slf, obj, ty)
        }
        Wrap::Call => as_fn!(CallFn)(th, slf, args),
        Wrap::Init => as_fn!(InitFn)(th, slf, args).map(|()| none()),
        Wrap::Finalize => {
            count::<0>(th, a)?;
            as_fn!(FinalizeFn)(th, slf);
            Ok(none())
        }
        Wrap::Buffer => {
            let [flags] = exactly(th, row, a)?;
            let flags = number::index_i64(th, flags)?;
            let Ok(flags) = i32::try_from(flags) else {
                return Err(th.overflow_error("buffer flags out of range"));
            };
            let buffer = as_fn!(GetBufferFn)(th, slf, flags as u32)?;
            memoryview::from_buffer(th, buffer, slf)
        }
        Wrap::ReleaseBuffer => {
            let [view] = exactly(th, row, a)?;
            memoryview::release_buffer(th, slf, view)
        }
    }
}

/// Exactly `N` arguments: `expected 1 argument, got 0`.
#[inline]
fn count<'a, const N: usize>(th: &Thread, args: &'a [Obj]) -> PyResult<&'a [Obj; N]> {
    match args.try_into() {
        Ok(a) => Ok(a),
        Err(_) => {
            let plural = if N == 1 { "" } else { "s" };
            Err(th.type_error(format!("expected {N} argument{plural}, got {}", args.len())))
        }
    }
}

/// Exactly `N` arguments, with the method's name in the error.
fn exactly<'a, const N: usize>(th: &Thread, row: &SlotDef, args: &'a [Obj]) -> PyResult<&'a [Obj; N]> {
    match args.try_into() {
        Ok(a) => Ok(a),
        Err(_) => {
            let plural = if N == 1 { "" } else { "s" };
            Err(th.type_error(format!("{} expected {N} argument{plural}, got {}", row.name, args.len())))
        }
    }
}

fn power_arguments<'a>(th: &Thread, args: &'a [Obj]) -> PyResult<(&'a Obj, Obj)> {
    match args {
        [other] => Ok((other, none())),
        [other, modulus] => Ok((other, modulus.clone())),
        _ => Err(th.type_error(format!("expected 1 or 2 arguments, got {}", args.len()))),
    }
}

/// A count for `sq_repeat`.
fn size_index(th: &Thread, i: &Obj) -> PyResult<isize> {
    let index = number::index(th, i)?;
    match int::to_i128(&index).and_then(|i| isize::try_from(i).ok()) {
        Some(i) => Ok(i),
        None => Err(th.overflow_error(format!("cannot fit '{}' into an index-sized integer", i.ty().name()))),
    }
}

/// A position for `sq_item`: negative ones count from the end.
fn item_index(th: &Thread, slf: &Obj, i: &Obj) -> PyResult<isize> {
    let i = size_index(th, i)?;
    if i < 0 && slf.ty().slots.sq_length.get().is_some() {
        let len = sequence::len(th, slf)?;
        return Ok(i.wrapping_add(len as isize));
    }
    Ok(i)
}

/// `hackcheck`: refuses a call of `object.__setattr__` on an object whose type has a stricter native one.
fn check_setattr(th: &Thread, slf: &Obj, address: usize, what: &str) -> PyResult<()> {
    let ty = slf.ty();
    let python = dispatch::setattr as *const () as usize;
    let own = ty.slots.raw(SlotId::tp_setattro);
    let mro = ty.mro.get();
    let defining = mro.as_ref().and_then(|mro| {
        mro.items().iter().rev().filter_map(|t| t.downcast::<crate::Type>()).find(|t| {
            let f = t.slots.raw(SlotId::tp_setattro);
            f != python && f == own
        })
    });
    let mut base = Some(defining.cloned().unwrap_or_else(|| ty.to_py()));
    while let Some(t) = base {
        let f = t.slots.raw(SlotId::tp_setattro);
        if f == address {
            return Ok(());
        }
        if f != python {
            return Err(th.type_error(format!("can't apply this {what} to {} object", ty.name())));
        }
        base = t.base.get();
    }
    Ok(())
}
