//! Values of literals: as objects, and as the parser's trees hold them.

use dashu_int::{IBig, Sign, UBig};
use runtime::types::bytes::{self, Bytes};
use runtime::types::set::{self, FrozenSet, any_set};
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple::{self, Tuple};
use runtime::types::{complex, float, int};
use runtime::{Obj, ObjExt, PyResult, Thread, TypeObject};
use syntax::Arena;
use syntax::ast::Constant;

/// The object of a constant.
pub(crate) fn to_object(th: &Thread, c: &Constant<'_>) -> PyResult<Obj> {
    Ok(match *c {
        Constant::None => runtime::none(),
        Constant::True => runtime::bool_obj(true),
        Constant::False => runtime::bool_obj(false),
        Constant::Ellipsis => runtime::ellipsis(),
        Constant::Int(i) => int::from_i64(i),
        Constant::BigInt { negative, magnitude } => {
            let value = IBig::from(UBig::from_le_bytes(magnitude));
            int::from_big(if negative { -value } else { value })
        }
        Constant::Float(f) => float::new(f),
        Constant::Complex { real, imag } => complex::new(th, real, imag),
        Constant::Str(s) => pystr::from_wtf8(s).into_obj(),
        Constant::Bytes(b) => bytes::new(b).into_obj(),
        Constant::Tuple(items) => tuple::from_vec(all(th, items)?).into_obj(),
        Constant::FrozenSet(items) => set::frozen_from(th, &all(th, items)?)?.into_obj(),
    })
}

fn all(th: &Thread, items: &[Constant<'_>]) -> PyResult<Vec<Obj>> {
    items.iter().map(|c| to_object(th, c)).collect()
}

/// The constant of an object; a `TypeError` for one of a type that literals don't have (`validate_constant`).
pub(crate) fn from_object<'a>(th: &Thread, arena: &'a Arena, o: &Obj) -> PyResult<Constant<'a>> {
    th.check_stack(" during compilation")?;
    if o.is_none() {
        return Ok(Constant::None);
    }
    if o.is_true() || o.is_false() {
        return Ok(if o.is_true() { Constant::True } else { Constant::False });
    }
    if o.is(&runtime::ellipsis()) {
        return Ok(Constant::Ellipsis);
    }
    let exact = |t: &TypeObject| std::ptr::eq(o.ty(), t);
    if exact(int::INT_TYPE)
        && let Some(big) = int::as_big(o)
    {
        return Ok(match i64::try_from(&*big) {
            Ok(i) => Constant::Int(i),
            Err(_) => {
                let (sign, magnitude) = big.into_owned().into_parts();
                let magnitude = arena.alloc_slice_copy(&magnitude.to_le_bytes());
                Constant::BigInt { negative: sign == Sign::Negative, magnitude }
            }
        });
    }
    if exact(float::FLOAT_TYPE)
        && let Some(f) = float::value_of(o)
    {
        return Ok(Constant::Float(f));
    }
    if let Some(s) = o.downcast_exact::<Str>() {
        return Ok(Constant::Str(arena.alloc_slice_copy(&s.to_wtf8())));
    }
    if let Some(b) = o.downcast_exact::<Bytes>() {
        return Ok(Constant::Bytes(arena.alloc_slice_copy(b.as_slice())));
    }
    let items = |items: &[Obj]| -> PyResult<&'a [Constant<'a>]> {
        let items = items.iter().map(|o| from_object(th, arena, o)).collect::<PyResult<Vec<_>>>()?;
        Ok(arena.alloc_slice_copy(&items))
    };
    if let Some(t) = o.downcast_exact::<Tuple>() {
        return Ok(Constant::Tuple(items(t.items())?));
    }
    if o.downcast_exact::<FrozenSet>().is_some()
        && let Some(s) = any_set(o)
    {
        return Ok(Constant::FrozenSet(items(&s.keys_vec())?));
    }
    if o.downcast_exact::<complex::Complex>().is_some()
        && let Some((real, imag)) = complex::value_of(o)
    {
        return Ok(Constant::Complex { real, imag });
    }
    Err(th.type_error(format!("got an invalid type in Constant: {}", o.ty().short_name())))
}
