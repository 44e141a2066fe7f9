//! `e**x`, correctly rounded.

use super::coef::pow10;
use super::condition::NO_MEMORY;
use super::{Ctx, Dec, Rounding, finalize, fixed, nan_result};
use dashu_int::UBig;
use dashu_int::ops::DivRem;

/// Arguments from ten to this power on overflow or vanish in any context.
const FAR: i64 = 19;

pub(crate) fn exp(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if a.is_special() {
        return nan_result(a, ctx, status).unwrap_or_else(|| if a.is_negative() { Dec::zero(false, 0) } else { a.clone() });
    }
    if a.coef.is_zero() {
        return Dec::small(false, 1, 0);
    }
    let even = Ctx { rounding: Rounding::HalfEven, ..*ctx };
    let adjusted = a.adjusted();
    if adjusted >= FAR {
        return beyond(a.is_negative(), &even, status);
    }
    if ctx.prec as u64 > super::MOST_DIGITS {
        return Dec::invalid(NO_MEMORY, status);
    }
    if adjusted < -(ctx.prec + 1) {
        return near_one(&even, status);
    }
    let mut extra = 24;
    loop {
        if let Some(r) = attempt(a, &even, extra, status) {
            return r;
        }
        extra *= 2;
    }
}

/// A power too large or too small.
pub(super) fn beyond(small: bool, ctx: &Ctx, status: &mut u32) -> Dec {
    let exp = if small { super::MIN_ETINY - 2 } else { super::MAX_EMAX + 1 };
    finalize(Dec::small(false, 1, exp), ctx, status)
}

/// One, in full precision and not exactly.
fn near_one(ctx: &Ctx, status: &mut u32) -> Dec {
    let sticky = Dec::small(false, 1, 0);
    let padded = super::Coef::from(1).shifted(ctx.prec as u64 + 1).map(|c| c.add_small(1));
    match padded {
        Some(coef) => finalize(Dec::new(false, coef, -(ctx.prec + 1)), ctx, status),
        None => sticky,
    }
}

/// The power computed with so many bits more than the precision asks for.
fn attempt(a: &Dec, ctx: &Ctx, extra: usize, status: &mut u32) -> Option<Dec> {
    let w = fixed::bits_of(ctx.prec as u64 + 4) + extra;
    // The multiple of ln(10) that is taken out has up to 63 bits.
    let wide = w + if a.adjusted() > 0 { a.adjusted() as usize * 4 + 8 } else { 8 };
    let x = a
        .coef
        .with_big(|c| if a.exp >= 0 { (c * pow10(a.exp as u64)) << wide } else { (c << wide) / pow10(a.exp.unsigned_abs()) });
    let (_, ln10) = fixed::logarithms(wide);
    let (k, r) = (&x).div_rem(&ln10);
    let k = i64::try_from(&k).ok()?;
    let (k, r) = if a.is_negative() { (-k - 1, ln10 - r) } else { (k, r) };
    let value = fixed::exp(&(r >> (wide - w)), w);
    fixed::round(false, &value, &UBig::from(1u32 << 12), w, k, ctx, status)
}
