//! Rounding to a context: precision, range of exponents, clamping.

use super::coef::Lost;
use super::condition::{CLAMPED, INEXACT, NO_MEMORY, OVERFLOW, ROUNDED, SUBNORMAL, UNDERFLOW};
use super::wide::POW10;
use super::{Coef, Ctx, Dec, Rounding};

impl Rounding {
    /// Whether the last digit kept goes up.
    #[inline]
    pub(super) fn goes_up(self, negative: bool, coef: &Coef, lost: Lost) -> bool {
        if lost == Lost::Nothing {
            return false;
        }
        match self {
            Rounding::Down => false,
            Rounding::Up => true,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            Rounding::HalfUp => lost != Lost::Below,
            Rounding::HalfDown => lost == Lost::Above,
            Rounding::HalfEven => lost == Lost::Above || lost == Lost::Half && coef.is_odd(),
            Rounding::ZeroFiveUp => coef.last_digit().is_multiple_of(5),
        }
    }
}

/// True for a result that the context holds as it is, found without counting digits. Others may be so too.
#[inline(always)]
pub(super) fn fits(coef: u128, exp: i64, ctx: &Ctx) -> bool {
    let prec = ctx.prec.min(38);
    coef < POW10[prec as usize] && exp >= ctx.emin && exp + ctx.prec.max(39) <= ctx.emax
}

/// A result rounded to the context (`mpd_qfinalize`).
#[inline(always)]
pub(crate) fn finalize(x: Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if let Some(coef) = x.coef.small()
        && !x.is_special()
        && fits(coef, x.exp, ctx)
    {
        return x;
    }
    finalize_any(x, ctx, status)
}

#[inline(never)]
fn finalize_any(x: Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    if x.is_special() {
        return fix_nan(x, ctx);
    }
    let x = check_exponent(x, ctx, status);
    if x.is_special() {
        return x;
    }
    let surplus = x.digits() - ctx.prec;
    if surplus <= 0 {
        return x;
    }
    let negative = x.is_negative();
    let (coef, lost) = x.coef.drop_digits(surplus as u64);
    *status |= ROUNDED;
    if lost != Lost::Nothing {
        *status |= INEXACT;
    }
    let mut r = Dec::new(negative, coef, x.exp + surplus);
    if ctx.rounding.goes_up(negative, &r.coef, lost) {
        r.coef = r.coef.add_small(1);
        if r.digits() > ctx.prec {
            r.coef = r.coef.drop_digits(1).0;
            r.exp += 1;
        }
    }
    check_exponent(r, ctx, status)
}

/// A payload cut to what fits: its last digits.
pub(super) fn fix_nan(x: Dec, ctx: &Ctx) -> Dec {
    let room = ctx.prec - i64::from(ctx.clamp);
    if !x.is_nan() || x.coef.is_zero() || x.digits() <= room {
        return x;
    }
    let coef = x.coef.low_digits(room as u64);
    Dec::nan(x.is_negative(), x.is_snan(), coef)
}

/// The largest finite number of the context.
pub(crate) fn max_number(negative: bool, ctx: &Ctx, status: &mut u32) -> Dec {
    match Coef::nines(ctx.prec as u64) {
        Some(coef) => Dec::new(negative, coef, ctx.etop()),
        None => Dec::invalid(NO_MEMORY, status),
    }
}

/// Brings the exponent into the context's range (`_mpd_check_exp`).
fn check_exponent(mut x: Dec, ctx: &Ctx, status: &mut u32) -> Dec {
    let adjusted = x.adjusted();
    if adjusted > ctx.emax {
        if x.coef.is_zero() {
            x.exp = if ctx.clamp { ctx.etop() } else { ctx.emax };
            *status |= CLAMPED;
            return x;
        }
        *status |= OVERFLOW | INEXACT | ROUNDED;
        let negative = x.is_negative();
        let to_infinity = match ctx.rounding {
            Rounding::Down | Rounding::ZeroFiveUp => false,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            _ => true,
        };
        return if to_infinity { Dec::infinity(negative) } else { max_number(negative, ctx, status) };
    }
    if ctx.clamp && x.exp > ctx.etop() {
        let shift = (x.exp - ctx.etop()) as u64;
        *status |= CLAMPED;
        let Some(coef) = x.coef.shifted(shift) else { return Dec::invalid(NO_MEMORY, status) };
        x.coef = coef;
        x.exp = ctx.etop();
        if !x.coef.is_zero() && adjusted < ctx.emin {
            *status |= SUBNORMAL;
        }
        return x;
    }
    if adjusted < ctx.emin {
        let etiny = ctx.etiny();
        if x.coef.is_zero() {
            if x.exp < etiny {
                x.exp = etiny;
                *status |= CLAMPED;
            }
            return x;
        }
        *status |= SUBNORMAL;
        if x.exp < etiny {
            let (coef, lost) = x.coef.drop_digits((etiny - x.exp) as u64);
            let up = ctx.rounding.goes_up(x.is_negative(), &coef, lost);
            x.coef = if up { coef.add_small(1) } else { coef };
            x.exp = etiny;
            *status |= ROUNDED;
            if lost != Lost::Nothing {
                *status |= INEXACT | UNDERFLOW;
                if x.coef.is_zero() {
                    *status |= CLAMPED;
                }
            }
        }
    }
    x
}
