//! The arithmetic of `timedelta`: spans of microseconds, exact.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign, UBig};
use runtime::protocols::call;
use runtime::types::tuple::Tuple;
use runtime::types::{float, int};
use runtime::{Obj, ObjExt, PyResult, Raised, Thread};

pub(super) const US_PER_SECOND: i128 = 1_000_000;
pub(super) const SECONDS_PER_DAY: i64 = 86_400;
pub(super) const US_PER_DAY: i128 = US_PER_SECOND * SECONDS_PER_DAY as i128;
/// The most days, on either side of zero.
pub(super) const MAX_DAYS: i64 = 999_999_999;

/// Days, seconds and microseconds; the latter two are never negative and less than a day and a second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Span {
    pub(super) days: i32,
    pub(super) seconds: i32,
    pub(super) us: i32,
}

/// What a number of days is that no C `int` can hold.
#[cold]
pub(super) fn too_large(th: &Thread) -> Raised {
    th.overflow_error("Python int too large to convert to C int")
}

impl Span {
    pub(super) const ZERO: Span = Span { days: 0, seconds: 0, us: 0 };

    /// The span of these parts, which need not be in range.
    pub(super) fn of(th: &Thread, days: i64, seconds: i64, us: i64) -> PyResult<Span> {
        /// Quotient and rest. Sums of parts that are in range are not far from it.
        #[inline(always)]
        fn carried(n: i64, range: i64) -> (i64, i64) {
            match n {
                n if (0..range).contains(&n) => (0, n),
                n if (-range..0).contains(&n) => (-1, n + range),
                n => (n.div_euclid(range), n.rem_euclid(range)),
            }
        }
        let (more, us) = carried(us, 1_000_000);
        let (more, seconds) = carried(seconds + more, SECONDS_PER_DAY);
        let days = days + more;
        if days.abs() > MAX_DAYS {
            return Err(th.overflow_error(format!("days={days}; must have magnitude <= {MAX_DAYS}")));
        }
        Ok(Span { days: days as i32, seconds: seconds as i32, us: us as i32 })
    }

    /// All of it in microseconds.
    pub(super) fn total(self) -> i128 {
        i128::from(self.days) * US_PER_DAY + i128::from(self.seconds) * US_PER_SECOND + i128::from(self.us)
    }

    pub(super) fn from_total(th: &Thread, us: i128) -> PyResult<Span> {
        let (days, rest) = (us.div_euclid(US_PER_DAY), us.rem_euclid(US_PER_DAY) as i64);
        match i32::try_from(days) {
            Ok(days) => Span::of(th, days.into(), 0, rest),
            Err(_) => Err(too_large(th)),
        }
    }

    fn from_big(th: &Thread, us: &IBig) -> PyResult<Span> {
        match i128::try_from(us) {
            Ok(us) => Span::from_total(th, us),
            Err(_) => Err(too_large(th)),
        }
    }

    pub(super) fn plus(self, th: &Thread, other: Span) -> PyResult<Span> {
        Span::of(
            th,
            i64::from(self.days) + i64::from(other.days),
            i64::from(self.seconds) + i64::from(other.seconds),
            i64::from(self.us) + i64::from(other.us),
        )
    }

    pub(super) fn minus(self, th: &Thread, other: Span) -> PyResult<Span> {
        Span::of(
            th,
            i64::from(self.days) - i64::from(other.days),
            i64::from(self.seconds) - i64::from(other.seconds),
            i64::from(self.us) - i64::from(other.us),
        )
    }

    pub(super) fn negated(self, th: &Thread) -> PyResult<Span> {
        Span::of(th, -i64::from(self.days), -i64::from(self.seconds), -i64::from(self.us))
    }

    /// Strictly between minus and plus one day.
    pub(super) fn is_offset(self) -> bool {
        self.total().abs() < US_PER_DAY
    }

    /// The product with an integer.
    pub(super) fn times(self, th: &Thread, n: &Obj) -> PyResult<Span> {
        let total = self.total();
        if total == 0 {
            return Ok(Span::ZERO);
        }
        match int::to_i128(n).and_then(|n| n.checked_mul(total)) {
            Some(us) => Span::from_total(th, us),
            None => Err(too_large(th)),
        }
    }

    /// The quotient by an integer that is not zero, rounded down.
    pub(super) fn floor_div(self, th: &Thread, n: &Obj) -> PyResult<Span> {
        let total = self.total();
        let us = match int::to_i128(n) {
            Some(n) => div_floor(total, n),
            None => -i128::from(total != 0 && (total < 0) != int::is_negative(n)),
        };
        Span::from_total(th, us)
    }

    /// The quotient by an integer that is not zero, rounded half to even.
    pub(super) fn nearest_div(self, th: &Thread, n: &Obj) -> PyResult<Span> {
        match int::to_i128(n).filter(|n| n.unsigned_abs() < 1 << 100) {
            Some(n) => Span::from_total(th, div_nearest(self.total(), n)),
            // Less than half a microsecond.
            None => Ok(Span::ZERO),
        }
    }

    /// The product with a float, or the quotient by one, rounded half to even.
    pub(super) fn scaled(self, th: &Thread, by: &Obj, divide: bool) -> PyResult<Span> {
        let (mut over, mut under) = float_ratio(th, by)?;
        if divide {
            (over, under) = (under, over);
        }
        let zero = IBig::from(0);
        if under == zero {
            return Err(th.zero_division_error("division by zero"));
        }
        if under < zero {
            (over, under) = (-over, -under);
        }
        let product = IBig::from(self.total()) * over;
        Span::from_big(th, &big_nearest(product, under))
    }
}

/// What a float says is its ratio.
fn float_ratio(th: &Thread, by: &Obj) -> PyResult<(IBig, IBig)> {
    if by.ty().is_heap_type() {
        let ratio = call::call_method(th, by, "as_integer_ratio", &[])?;
        let Some(items) = ratio.downcast::<Tuple>() else {
            let text = format!("unexpected return type from as_integer_ratio(): expected tuple, not '{}'", ratio.ty().name());
            return Err(th.type_error(text));
        };
        let [over, under] = items.items() else {
            return Err(th.value_error("as_integer_ratio() must return a 2-tuple"));
        };
        return match (int::as_big(over), int::as_big(under)) {
            (Some(over), Some(under)) => Ok((over.into_owned(), under.into_owned())),
            _ => Err(th.type_error("non-integer arguments in division")),
        };
    }
    match float::value_of(by) {
        Some(f) if f.is_finite() => Ok(float::as_ratio(f)),
        Some(f) if f.is_infinite() => Err(th.overflow_error("cannot convert Infinity to integer ratio")),
        _ => Err(th.value_error("cannot convert NaN to integer ratio")),
    }
}

pub(super) fn div_floor(a: i128, b: i128) -> i128 {
    let (q, r) = (a.wrapping_div(b), a.wrapping_rem(b));
    if r != 0 && (r < 0) != (b < 0) { q - 1 } else { q }
}

fn div_nearest(a: i128, b: i128) -> i128 {
    let q = div_floor(a, b);
    let r = (a - q * b).unsigned_abs();
    let twice = r * 2;
    let b = b.unsigned_abs();
    if twice > b || twice == b && q & 1 != 0 { q + 1 } else { q }
}

/// `a / b` for a positive `b`.
fn big_nearest(a: IBig, b: IBig) -> IBig {
    let (sign, a) = a.into_parts();
    let (_, b): (Sign, UBig) = b.into_parts();
    let q = &a / &b;
    let twice = (a - &q * &b) << 1usize;
    let q = if twice > b || twice == b && q.bit(0) { q + UBig::from(1u8) } else { q };
    IBig::from_parts(sign, q)
}

/// `a / b` as a float, correctly rounded.
pub(super) fn ratio(th: &Thread, a: i128, b: i128) -> PyResult<f64> {
    if b == 0 {
        return Err(th.zero_division_error("division by zero"));
    }
    const EXACT: u128 = 1 << 53;
    if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT {
        return Ok(a as f64 / b as f64);
    }
    int::quotient(&IBig::from(a), &IBig::from(b))
        .ok_or_else(|| th.overflow_error("integer division result too large for a float"))
}

/// Adds up the arguments of the constructor: whole microseconds, and the parts of microseconds that floats leave over.
#[derive(Default)]
pub(super) struct Sum {
    whole: i128,
    parts: f64,
}

impl Sum {
    /// Adds a number of units of so many microseconds.
    pub(super) fn add(&mut self, th: &Thread, name: &str, n: &Obj, unit: i128) -> PyResult<()> {
        if int::is_int(n) {
            let us = int::to_i128(n).and_then(|n| n.checked_mul(unit));
            return self.add_whole(th, us);
        }
        let Some(f) = float::value_of(n) else {
            return Err(th.type_error(format!("unsupported type for timedelta {name} component: {}", n.ty().name())));
        };
        let whole = f.trunc();
        self.add_float(th, whole, unit)?;
        let part = f - whole;
        if part != 0.0 {
            let us = part * unit as f64;
            let whole = us.trunc();
            self.add_float(th, whole, 1)?;
            self.parts += us - whole;
        }
        Ok(())
    }

    fn add_whole(&mut self, th: &Thread, us: Option<i128>) -> PyResult<()> {
        self.whole = us.and_then(|us| self.whole.checked_add(us)).ok_or_else(|| too_large(th))?;
        Ok(())
    }

    fn add_float(&mut self, th: &Thread, whole: f64, unit: i128) -> PyResult<()> {
        if !whole.is_finite() {
            drop(float::to_int(th, whole)?);
        }
        let us = if whole.abs() < 1e37 { (whole as i128).checked_mul(unit) } else { None };
        self.add_whole(th, us)
    }

    /// The sum, rounded half to even.
    pub(super) fn finish(self, th: &Thread) -> PyResult<Span> {
        let mut us = self.whole;
        if self.parts != 0.0 {
            let mut rounded = self.parts.round();
            if (rounded - self.parts).abs() == 0.5 {
                // Half way: the sum has to be even.
                let odd = f64::from((us & 1) as u8);
                rounded = 2.0 * ((self.parts + odd) * 0.5).round() - odd;
            }
            us += rounded as i128;
        }
        Span::from_total(th, us)
    }
}
