//! Multiplication, and multiplication with addition.

use super::add::{add, round_wide};
use super::condition::INVALID_OPERATION;
use super::{Ctx, Dec, finalize, nan_result2, wide};

pub(crate) fn multiply(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if !(a.is_special() | b.is_special())
        && let (Some(x), Some(y)) = (a.coef.small(), b.coef.small())
    {
        let negative = a.is_negative() != b.is_negative();
        let exp = a.exp + b.exp;
        let (high, low) = wide::product(x, y);
        if high == 0 && super::finalize::fits(low, exp, ctx) {
            return Dec::small(negative, low, exp);
        }
        let mut seen = 0;
        if exp >= ctx.emin
            && let Some(r) = round_wide(negative, high, low, exp, ctx, &mut seen)
        {
            *status |= seen;
            return r;
        }
    }
    let product = exact_product(a, b, ctx, status);
    finalize(product, ctx, status)
}

/// The product, rounded only where it is special.
#[inline(never)]
fn exact_product(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    let negative = a.is_negative() != b.is_negative();
    if a.is_special() || b.is_special() {
        if let Some(nan) = nan_result2(a, b, ctx, status) {
            return nan;
        }
        return if a.is_zero() || b.is_zero() { Dec::invalid(INVALID_OPERATION, status) } else { Dec::infinity(negative) };
    }
    Dec::new(negative, a.coef.times(&b.coef), a.exp + b.exp)
}

/// `a * b + c`, rounded once.
pub(crate) fn fma(a: &Dec, b: &Dec, c: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    let mut seen = 0;
    let product = exact_product(a, b, ctx, &mut seen);
    *status |= seen;
    if seen & INVALID_OPERATION != 0 { product } else { add(&product, c, ctx, status) }
}
