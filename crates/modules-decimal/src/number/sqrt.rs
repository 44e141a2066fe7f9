//! Square roots, rounded half to even.

use super::condition::{INVALID_OPERATION, NO_MEMORY};
use super::{Coef, Ctx, Dec, Rounding, finalize, nan_result};
use dashu_int::UBig;
use dashu_int::ops::SquareRootRem;

pub(crate) fn sqrt(a: &Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    let ideal = a.exp.div_euclid(2);
    if a.is_special() {
        if let Some(nan) = nan_result(a, ctx, status) {
            return nan;
        }
        return if a.is_negative() { Dec::invalid(INVALID_OPERATION, status) } else { a.clone() };
    }
    if a.coef.is_zero() {
        return finalize(Dec::zero(a.is_negative(), ideal), ctx, status);
    }
    if a.is_negative() {
        return Dec::invalid(INVALID_OPERATION, status);
    }
    // An exact root has no more digits than this.
    let enough = a.digits() + 2;
    let prec = if ctx.prec as u64 > super::MOST_DIGITS { enough.min(ctx.prec) } else { ctx.prec };
    let (mut root, mut exp, exact) = match digits_of_root(a, prec + 1) {
        Some(found) => found,
        None => return Dec::invalid(NO_MEMORY, status),
    };
    if !exact && prec < ctx.prec {
        return Dec::invalid(NO_MEMORY, status);
    }
    if exact {
        if exp < ideal {
            let zeros = (root.trailing_zeros() as i64).min(ideal - exp);
            root = root.drop_digits(zeros as u64).0;
            exp += zeros;
        } else if exp > ideal
            && let Some(shifted) = root.shifted((exp - ideal) as u64).filter(|r| r.digits() as i64 <= ctx.prec)
        {
            root = shifted;
            exp = ideal;
        }
    } else if root.last_digit().is_multiple_of(5) {
        root = root.add_small(1);
    }
    let even = Ctx { rounding: Rounding::HalfEven, ..*ctx };
    finalize(Dec::new(false, root, exp), &even, status)
}

/// The first digits of the root, at least so many, its exponent, and whether that is all of it.
fn digits_of_root(a: &Dec, digits: i64) -> Option<(Coef, i64, bool)> {
    // The exponent has to be even and the radicand twice as long as the root.
    let (odd, length) = (a.exp.rem_euclid(2), a.digits());
    let (coef, exp, length) =
        if odd == 1 { (a.coef.shifted(1)?, a.exp - 1, length + 1) } else { (a.coef.clone(), a.exp, length) };
    let pairs = digits - (length + 1) / 2;
    let (radicand, lost) = if pairs >= 0 {
        (coef.shifted(2 * pairs as u64)?, false)
    } else {
        let (kept, lost) = coef.drop_digits(2 * pairs.unsigned_abs());
        (kept, lost != super::coef::Lost::Nothing)
    };
    let exp = (exp - 2 * pairs) / 2;
    let (root, rest) = match radicand.small() {
        Some(x) => {
            let root = x.isqrt();
            (Coef::from(root), root * root != x)
        }
        None => radicand.with_big(|x: &UBig| {
            let (root, rest) = x.sqrt_rem();
            (Coef::from(root), !rest.is_zero())
        }),
    };
    Some((root, exp, !rest && !lost))
}
