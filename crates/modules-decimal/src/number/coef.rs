//! Coefficients: natural numbers, counted and shifted in decimal digits.
//!
//! DESIGN: what fits in 128 bits (38 digits, so all of the default precision) is held in place and worked on without memory; what is larger
//! is a binary number with its count of digits beside it. Large powers of ten are kept, as shifting by digits multiplies or divides by them.

use super::wide::{self, POW10};
use super::words;
use dashu_int::ops::{BitTest, DivRem};
use dashu_int::{UBig, Word};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A natural number. Invariant: `Big` holds only what does not fit in 128 bits.
#[derive(Clone, Debug)]
pub(crate) enum Coef {
    /// Low and high word.
    Small(u64, u64),
    Big(Arc<Big>),
}

/// A large number and how many digits it has.
#[derive(Debug)]
pub(crate) struct Big {
    value: UBig,
    digits: u64,
}

/// What dropped digits were worth, against half a unit of the last digit kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lost {
    Nothing,
    Below,
    Half,
    Above,
}

impl Lost {
    #[inline(always)]
    pub(super) fn of_small(rest: u128, whole: u128) -> Lost {
        if rest == 0 { Lost::Nothing } else { Lost::from_order(rest.cmp(&(whole - rest))) }
    }

    fn from_order(order: Ordering) -> Lost {
        match order {
            Ordering::Less => Lost::Below,
            Ordering::Equal => Lost::Half,
            Ordering::Greater => Lost::Above,
        }
    }
}

impl From<u128> for Coef {
    #[inline(always)]
    fn from(x: u128) -> Coef {
        Coef::Small(x as u64, (x >> 64) as u64)
    }
}

impl From<UBig> for Coef {
    fn from(x: UBig) -> Coef {
        match u128::try_from(&x) {
            Ok(small) => Coef::from(small),
            Err(_) => {
                let digits = count_digits(&x);
                Coef::Big(Arc::new(Big { value: x, digits }))
            }
        }
    }
}

/// The digits of a number beyond 128 bits.
fn count_digits(x: &UBig) -> u64 {
    let bits = x.bit_len();
    let log = (top_word(x) as f64).log10() + (bits - 64) as f64 * std::f64::consts::LOG10_2;
    let whole = log.floor();
    // The estimate is good to ten places and more; only close to a power of ten it does not decide.
    let near = log.round();
    if (log - near).abs() > 1e-5 {
        return whole as u64 + 1;
    }
    let power = pow10(near as u64);
    if *x >= power { near as u64 + 1 } else { near as u64 }
}

/// The first 64 bits of a number beyond 128 bits.
fn top_word(x: &UBig) -> u64 {
    match x.as_words() {
        [.., low, high] => {
            let shift = high.leading_zeros();
            if shift == 0 { *high } else { high << shift | low >> (64 - shift) }
        }
        _ => 0,
    }
}

/// How many large powers of ten are remembered.
const REMEMBERED: usize = 12;

thread_local! {
    /// Powers of five by exponent, the last used last.
    static POWERS: RefCell<Vec<(u64, Arc<UBig>)>> = const { RefCell::new(Vec::new()) };
}

/// How many powers are kept for good.
const SMALL: usize = 512;

static SMALL_POWERS: [OnceLock<UBig>; SMALL] = [const { OnceLock::new() }; SMALL];

/// A power that is kept.
enum Power {
    Small(&'static UBig),
    Large(Arc<UBig>),
}

impl Deref for Power {
    type Target = UBig;

    #[inline(always)]
    fn deref(&self) -> &UBig {
        match self {
            Power::Small(power) => power,
            Power::Large(power) => power,
        }
    }
}

/// `5**n`
fn pow5(n: u64) -> Power {
    if n < SMALL as u64 {
        return Power::Small(SMALL_POWERS[n as usize].get_or_init(|| UBig::from(5u8).pow(n as usize)));
    }
    POWERS.with_borrow_mut(|known| {
        if let Some(at) = known.iter().position(|(k, _)| *k == n) {
            let found = known.remove(at);
            let power = found.1.clone();
            known.push(found);
            return Power::Large(power);
        }
        let power = Arc::new(UBig::from(5u8).pow(n as usize));
        if known.len() == REMEMBERED {
            known.remove(0);
        }
        known.push((n, power.clone()));
        Power::Large(power)
    })
}

/// `10**n`
pub(super) fn pow10(n: u64) -> UBig {
    &*pow5(n) << n as usize
}

/// Quotient and remainder of large numbers; the divisor is not zero.
fn quotient(x: &UBig, y: &UBig) -> (UBig, UBig) {
    words::div_rem(x, y).unwrap_or_else(|| x.div_rem(y))
}

/// `x / 10**n` without the fraction, and what that was worth. The twos go first, so that the division is by a shorter number.
fn divide_by_power(x: &UBig, n: u64) -> (UBig, Lost) {
    let fives = pow5(n);
    let (q, r) = quotient(&(x >> n as usize), &fives);
    // Whether there were ones among the bits shifted out, the highest of them aside.
    let twos = x.trailing_zeros().unwrap_or(0) as u64;
    if r.is_zero() && twos >= n {
        return (q, Lost::Nothing);
    }
    let twice = r << 1usize;
    let lost = if twice > *fives {
        Lost::Above
    } else if twice + 1u8 != *fives || !x.bit(n as usize - 1) {
        Lost::Below
    } else if twos == n - 1 {
        Lost::Half
    } else {
        Lost::Above
    };
    (q, lost)
}

/// The number as a float and a power of two, for estimates.
pub(super) fn to_float_scaled(x: &UBig) -> (f64, usize) {
    match x.as_words() {
        [] => (0.0, 0),
        [word] => (*word as f64, 0),
        _ => (top_word(x) as f64, x.bit_len() - 64),
    }
}

impl Coef {
    pub(crate) const ZERO: Coef = Coef::Small(0, 0);

    #[inline(always)]
    pub(crate) fn small(&self) -> Option<u128> {
        match self {
            Coef::Small(low, high) => Some(u128::from(*high) << 64 | u128::from(*low)),
            Coef::Big(_) => None,
        }
    }

    /// A number whose count of digits is known.
    fn counted(value: UBig, digits: u64) -> Coef {
        match u128::try_from(&value) {
            Ok(small) => Coef::from(small),
            Err(_) => Coef::Big(Arc::new(Big { value, digits })),
        }
    }

    pub(crate) fn to_big(&self) -> UBig {
        match self {
            Coef::Small(..) => UBig::from(self.small().unwrap_or(0)),
            Coef::Big(b) => b.value.clone(),
        }
    }

    pub(crate) fn with_big<R>(&self, f: impl FnOnce(&UBig) -> R) -> R {
        match self {
            Coef::Small(..) => f(&UBig::from(self.small().unwrap_or(0))),
            Coef::Big(b) => f(&b.value),
        }
    }

    #[inline(always)]
    pub(crate) fn is_zero(&self) -> bool {
        matches!(self, Coef::Small(0, 0))
    }

    pub(crate) fn is_one(&self) -> bool {
        matches!(self, Coef::Small(1, 0))
    }

    pub(crate) fn is_odd(&self) -> bool {
        match self {
            Coef::Small(low, _) => low & 1 != 0,
            Coef::Big(b) => b.value.bit(0),
        }
    }

    /// How many digits; zero has one.
    #[inline]
    pub(crate) fn digits(&self) -> u64 {
        match self.small() {
            Some(x) => wide::digits(x).into(),
            None => match self {
                Coef::Big(b) => b.digits,
                Coef::Small(..) => 1,
            },
        }
    }

    /// Zeros at the end; none for zero.
    pub(crate) fn trailing_zeros(&self) -> u64 {
        if let Some(mut x) = self.small() {
            let mut n = 0;
            while x != 0 && x & 1 == 0 {
                let (q, r) = wide::div_pow10(x, 1);
                if r != 0 {
                    break;
                }
                x = q;
                n += 1;
            }
            return n;
        }
        self.with_big(big_trailing_zeros)
    }

    /// The last digit.
    pub(crate) fn last_digit(&self) -> u8 {
        match self.small() {
            Some(x) => (x % 10) as u8,
            None => self.with_big(|x| x % 10u8),
        }
    }

    /// `self * 10**n`; `None` where that needs too much memory.
    #[inline]
    pub(crate) fn shifted(&self, n: u64) -> Option<Coef> {
        if n == 0 || self.is_zero() {
            return Some(self.clone());
        }
        if let Some(x) = self.small()
            && n < 39
            && let Some(x) = x.checked_mul(POW10[n as usize])
        {
            return Some(Coef::from(x));
        }
        self.shifted_big(n)
    }

    #[cold]
    fn shifted_big(&self, n: u64) -> Option<Coef> {
        if n > super::MOST_DIGITS || self.digits() + n > super::MOST_DIGITS {
            return None;
        }
        let value = self.with_big(|x| (x * &*pow5(n)) << n as usize);
        Some(Coef::counted(value, self.digits() + n))
    }

    /// `self / 10**n` without the fraction, and what that was worth.
    #[inline]
    pub(crate) fn drop_digits(&self, n: u64) -> (Coef, Lost) {
        if n == 0 {
            return (self.clone(), Lost::Nothing);
        }
        match self.small() {
            Some(0) => (Coef::ZERO, Lost::Nothing),
            Some(x) if n < 39 => {
                let (q, r) = wide::div_pow10(x, n as u32);
                (Coef::from(q), Lost::of_small(r, POW10[n as usize]))
            }
            // Half of 10**39 is more than 128 bits hold.
            Some(_) => (Coef::ZERO, Lost::Below),
            None => self.drop_digits_big(n),
        }
    }

    #[cold]
    fn drop_digits_big(&self, n: u64) -> (Coef, Lost) {
        if n > self.digits() {
            return (Coef::ZERO, Lost::Below);
        }
        self.with_big(|x| {
            let (q, lost) = divide_by_power(x, n);
            // Digits that are dropped are the last ones.
            (Coef::counted(q, self.digits() - n), lost)
        })
    }

    /// The last `n` digits.
    pub(crate) fn low_digits(&self, n: u64) -> Coef {
        if self.digits() <= n {
            return self.clone();
        }
        match self.small() {
            Some(x) => Coef::from(x % POW10[n as usize]),
            None => self.with_big(|x| Coef::from(x % pow10(n))),
        }
    }

    #[inline]
    pub(crate) fn plus(&self, other: &Coef) -> Coef {
        if let (Some(a), Some(b)) = (self.small(), other.small())
            && let Some(sum) = a.checked_add(b)
        {
            return Coef::from(sum);
        }
        self.with_big(|a| other.with_big(|b| Coef::from(a + b)))
    }

    /// `self - other`, which is not negative.
    #[inline]
    pub(crate) fn minus(&self, other: &Coef) -> Coef {
        match (self.small(), other.small()) {
            (Some(a), Some(b)) => Coef::from(a.saturating_sub(b)),
            _ => self.with_big(|a| other.with_big(|b| if a < b { Coef::ZERO } else { Coef::from(a - b) })),
        }
    }

    #[inline]
    pub(crate) fn times(&self, other: &Coef) -> Coef {
        if let (Some(a), Some(b)) = (self.small(), other.small()) {
            let (high, low) = wide::product(a, b);
            return Coef::from_wide(high, low);
        }
        self.with_big(|a| other.with_big(|b| Coef::from(if std::ptr::eq(a, b) { a.sqr() } else { a * b })))
    }

    #[inline(always)]
    pub(super) fn from_wide(high: u128, low: u128) -> Coef {
        if high == 0 {
            return Coef::from(low);
        }
        Coef::from(wide_to_big(high, low))
    }

    /// Quotient and remainder; the divisor is not zero.
    pub(crate) fn div_rem(&self, other: &Coef) -> (Coef, Coef) {
        if let (Some(a), Some(b)) = (self.small(), other.small()) {
            return match a.checked_div(b) {
                Some(q) => (Coef::from(q), Coef::from(a % b)),
                None => (Coef::ZERO, self.clone()),
            };
        }
        self.with_big(|a| {
            other.with_big(|b| {
                if b.is_zero() {
                    return (Coef::ZERO, self.clone());
                }
                let (q, r) = quotient(a, b);
                (Coef::from(q), Coef::from(r))
            })
        })
    }

    pub(crate) fn add_small(&self, n: u8) -> Coef {
        self.plus(&Coef::from(u128::from(n)))
    }

    /// The digits as text.
    pub(crate) fn text(&self) -> String {
        match self.small() {
            Some(x) => super::text::small_text(x),
            None => self.with_big(UBig::to_string),
        }
    }

    /// `10**n - 1`; `None` where that needs too much memory.
    pub(crate) fn nines(n: u64) -> Option<Coef> {
        Some(Coef::from(1).shifted(n)?.minus(&Coef::from(1)))
    }
}

#[cold]
fn wide_to_big(high: u128, low: u128) -> UBig {
    let words: [Word; 4] = [low as u64, (low >> 64) as u64, high as u64, (high >> 64) as u64];
    UBig::from_words(&words)
}

/// Zeros at the end of a large number: halves the range, so that a number without any costs one short division.
fn big_trailing_zeros(x: &UBig) -> u64 {
    let twos = x.trailing_zeros().unwrap_or(0) as u64;
    if twos == 0 {
        return 0;
    }
    // Powers of ten that might divide, smallest first, while they do.
    let mut rest = x.clone();
    let mut zeros = 0;
    let mut step = 1;
    let mut steps = Vec::new();
    while step <= twos {
        let (q, r) = (&rest).div_rem(pow10(step));
        if !r.is_zero() {
            break;
        }
        rest = q;
        zeros += step;
        steps.push(step);
        step *= 2;
    }
    while let Some(step) = steps.pop() {
        let (q, r) = (&rest).div_rem(pow10(step));
        if r.is_zero() {
            rest = q;
            zeros += step;
        }
    }
    zeros
}

impl PartialEq for Coef {
    fn eq(&self, other: &Coef) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Coef {}

impl PartialOrd for Coef {
    fn partial_cmp(&self, other: &Coef) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Coef {
    fn cmp(&self, other: &Coef) -> Ordering {
        match (self, other) {
            (Coef::Big(a), Coef::Big(b)) => a.value.cmp(&b.value),
            (Coef::Big(_), Coef::Small(..)) => Ordering::Greater,
            (Coef::Small(..), Coef::Big(_)) => Ordering::Less,
            (Coef::Small(..), Coef::Small(..)) => self.small().cmp(&other.small()),
        }
    }
}
