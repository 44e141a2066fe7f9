//! Decimal arithmetic without Python: numbers, contexts, and the operations of the General Decimal Arithmetic Specification.
//!
//! Every operation takes the operands, a [`Ctx`] and a word of conditions that it adds to, and gives the result rounded to the context.

mod add;
mod coef;
pub(crate) mod compare;
pub(crate) mod convert;
pub(crate) mod divide;
mod exponential;
mod finalize;
mod fixed;
pub(crate) mod format;
mod logarithm;
pub(crate) mod logical;
mod multiply;
pub(crate) mod neighbours;
mod parse;
pub(crate) mod power;
pub(crate) mod quantize;
mod sqrt;
#[cfg(test)]
mod tests;
mod text;
mod wide;
mod words;

pub(crate) use add::{abs, add, minus, plus, subtract};
pub(crate) use coef::Coef;
pub(crate) use exponential::exp;
pub(crate) use finalize::{finalize, max_number};
pub(crate) use logarithm::{ln, log10};
pub(crate) use multiply::{fma, multiply};
pub(crate) use parse::{parse, parse_exact, plain};
pub(crate) use sqrt::sqrt;
pub(crate) use text::{Line, short, short_fixed, to_eng, to_sci};

/// Conditions, as bits of a status word. Contexts show them in the order of the bits, which is libmpdec's.
pub(crate) mod condition {
    pub(crate) const CLAMPED: u32 = 1;
    pub(crate) const CONVERSION_SYNTAX: u32 = 1 << 1;
    pub(crate) const DIVISION_BY_ZERO: u32 = 1 << 2;
    pub(crate) const DIVISION_IMPOSSIBLE: u32 = 1 << 3;
    pub(crate) const DIVISION_UNDEFINED: u32 = 1 << 4;
    pub(crate) const INEXACT: u32 = 1 << 6;
    pub(crate) const INVALID_CONTEXT: u32 = 1 << 7;
    pub(crate) const INVALID_OPERATION: u32 = 1 << 8;
    /// The result would need more memory than there is.
    pub(crate) const NO_MEMORY: u32 = 1 << 9;
    pub(crate) const FLOAT_OPERATION: u32 = 1 << 10;
    pub(crate) const OVERFLOW: u32 = 1 << 11;
    pub(crate) const ROUNDED: u32 = 1 << 12;
    pub(crate) const SUBNORMAL: u32 = 1 << 13;
    pub(crate) const UNDERFLOW: u32 = 1 << 14;

    /// All that the signal `InvalidOperation` stands for.
    pub(crate) const ANY_INVALID: u32 =
        CONVERSION_SYNTAX | DIVISION_IMPOSSIBLE | DIVISION_UNDEFINED | INVALID_CONTEXT | INVALID_OPERATION | NO_MEMORY;
    /// Conditions that leave no number.
    pub(crate) const ERRORS: u32 = ANY_INVALID | DIVISION_BY_ZERO;
}

pub(crate) const MAX_PREC: i64 = 999_999_999_999_999_999;
pub(crate) const MAX_EMAX: i64 = 999_999_999_999_999_999;
pub(crate) const MIN_EMIN: i64 = -999_999_999_999_999_999;
pub(crate) const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);

/// Coefficients of more digits are refused for want of memory.
pub(crate) const MOST_DIGITS: u64 = 1 << 29;

/// How results are rounded. The order is that of the names in [`Rounding::NAMES`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    ZeroFiveUp,
}

impl Rounding {
    pub(crate) const NAMES: [(&'static str, Rounding); 8] = [
        ("ROUND_UP", Rounding::Up),
        ("ROUND_DOWN", Rounding::Down),
        ("ROUND_CEILING", Rounding::Ceiling),
        ("ROUND_FLOOR", Rounding::Floor),
        ("ROUND_HALF_UP", Rounding::HalfUp),
        ("ROUND_HALF_DOWN", Rounding::HalfDown),
        ("ROUND_HALF_EVEN", Rounding::HalfEven),
        ("ROUND_05UP", Rounding::ZeroFiveUp),
    ];

    pub(crate) fn name(self) -> &'static str {
        Rounding::NAMES[self as usize].0
    }
}

/// What results are rounded to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ctx {
    pub(crate) prec: i64,
    pub(crate) emax: i64,
    pub(crate) emin: i64,
    pub(crate) rounding: Rounding,
    pub(crate) clamp: bool,
}

impl Ctx {
    /// The context that holds every number.
    pub(crate) const MAX: Ctx =
        Ctx { prec: MAX_PREC, emax: MAX_EMAX, emin: MIN_EMIN, rounding: Rounding::HalfEven, clamp: false };

    pub(crate) const fn etiny(&self) -> i64 {
        self.emin - (self.prec - 1)
    }

    pub(crate) const fn etop(&self) -> i64 {
        self.emax - (self.prec - 1)
    }

    /// The same with another precision and rounding half to even, for intermediate results.
    pub(crate) fn working(&self, prec: i64) -> Ctx {
        Ctx { prec: prec.min(MAX_PREC), rounding: Rounding::HalfEven, ..*self }
    }
}

/// Bits of [`Dec::kind`].
const NEGATIVE: u8 = 1;
const INFINITE: u8 = 2;
const QUIET: u8 = 4;
const SIGNALING: u8 = 8;
const NAN: u8 = QUIET | SIGNALING;
const SPECIAL: u8 = INFINITE | NAN;

/// A decimal number: `coef * 10**exp` with a sign, an infinity, or a NaN whose payload is the coefficient (0: none).
///
/// Invariants: specials have exponent 0, infinities coefficient 0.
#[derive(Clone, Debug)]
pub(crate) struct Dec {
    pub(crate) coef: Coef,
    pub(crate) exp: i64,
    kind: u8,
}

impl Dec {
    #[inline(always)]
    pub(crate) fn new(negative: bool, coef: Coef, exp: i64) -> Dec {
        Dec { coef, exp, kind: u8::from(negative) }
    }

    pub(crate) fn small(negative: bool, coef: u128, exp: i64) -> Dec {
        Dec::new(negative, Coef::from(coef), exp)
    }

    pub(crate) fn zero(negative: bool, exp: i64) -> Dec {
        Dec::small(negative, 0, exp)
    }

    pub(crate) fn infinity(negative: bool) -> Dec {
        Dec { coef: Coef::ZERO, exp: 0, kind: INFINITE | u8::from(negative) }
    }

    pub(crate) fn nan(negative: bool, signaling: bool, payload: Coef) -> Dec {
        Dec { coef: payload, exp: 0, kind: u8::from(negative) | if signaling { SIGNALING } else { QUIET } }
    }

    /// The NaN of an operation that failed for these reasons.
    #[cold]
    pub(crate) fn invalid(conditions: u32, status: &mut u32) -> Dec {
        *status |= conditions;
        Dec::nan(false, false, Coef::ZERO)
    }

    #[inline(always)]
    pub(crate) fn is_negative(&self) -> bool {
        self.kind & NEGATIVE != 0
    }

    #[inline(always)]
    pub(crate) fn is_special(&self) -> bool {
        self.kind & SPECIAL != 0
    }

    pub(crate) fn is_infinite(&self) -> bool {
        self.kind & INFINITE != 0
    }

    pub(crate) fn is_nan(&self) -> bool {
        self.kind & NAN != 0
    }

    pub(crate) fn is_qnan(&self) -> bool {
        self.kind & QUIET != 0
    }

    pub(crate) fn is_snan(&self) -> bool {
        self.kind & SIGNALING != 0
    }

    /// A finite zero.
    #[inline(always)]
    pub(crate) fn is_zero(&self) -> bool {
        !self.is_special() && self.coef.is_zero()
    }

    pub(crate) fn digits(&self) -> i64 {
        self.coef.digits() as i64
    }

    /// The exponent of the first digit.
    pub(crate) fn adjusted(&self) -> i64 {
        self.exp + self.digits() - 1
    }

    pub(crate) fn with_sign(mut self, negative: bool) -> Dec {
        self.kind = self.kind & !NEGATIVE | u8::from(negative);
        self
    }

    pub(crate) fn negated(self) -> Dec {
        let negative = self.is_negative();
        self.with_sign(!negative)
    }

    fn quieted(mut self) -> Dec {
        if self.is_snan() {
            self.kind = self.kind & !SIGNALING | QUIET;
        }
        self
    }

    /// A finite number without fraction.
    pub(crate) fn is_integer(&self) -> bool {
        if self.is_special() {
            return false;
        }
        self.coef.is_zero() || self.exp >= 0 || self.coef.trailing_zeros() as i64 >= -self.exp
    }

    /// An integer that is odd.
    pub(crate) fn is_odd(&self) -> bool {
        if self.is_special() || self.coef.is_zero() || self.exp > 0 {
            return false;
        }
        if self.exp == 0 {
            return self.coef.is_odd();
        }
        // An integer has digits before the point, so that the shift is short.
        self.is_integer() && self.adjusted() >= 0 && self.coef.drop_digits(self.exp.unsigned_abs()).0.is_odd()
    }

    pub(crate) fn is_subnormal(&self, ctx: &Ctx) -> bool {
        !self.is_special() && !self.coef.is_zero() && self.adjusted() < ctx.emin
    }

    pub(crate) fn is_normal(&self, ctx: &Ctx) -> bool {
        !self.is_special() && !self.coef.is_zero() && self.adjusted() >= ctx.emin
    }

    /// The name of the number's class, as `number_class` gives it.
    pub(crate) fn class(&self, ctx: &Ctx) -> &'static str {
        let negative = self.is_negative();
        if self.is_snan() {
            return "sNaN";
        }
        if self.is_nan() {
            return "NaN";
        }
        let (minus, plus) = if self.is_infinite() {
            ("-Infinity", "+Infinity")
        } else if self.coef.is_zero() {
            ("-Zero", "+Zero")
        } else if self.is_subnormal(ctx) {
            ("-Subnormal", "+Subnormal")
        } else {
            ("-Normal", "+Normal")
        };
        if negative { minus } else { plus }
    }
}

/// The NaN that an operation gives for a NaN operand.
#[cold]
pub(crate) fn nan_result(a: &Dec, ctx: &Ctx, status: &mut u32) -> Option<Dec> {
    if !a.is_nan() {
        return None;
    }
    if a.is_snan() {
        *status |= condition::INVALID_OPERATION;
    }
    Some(finalize::fix_nan(a.clone().quieted(), ctx))
}

/// The NaN that an operation of two operands gives if one is a NaN: signaling ones go first.
#[cold]
pub(crate) fn nan_result2(a: &Dec, b: &Dec, ctx: &Ctx, status: &mut u32) -> Option<Dec> {
    if b.is_snan() && !a.is_snan() {
        nan_result(b, ctx, status)
    } else {
        nan_result(a, ctx, status).or_else(|| nan_result(b, ctx, status))
    }
}
