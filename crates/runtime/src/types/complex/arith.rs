//! Arithmetic with complex numbers: products and quotients with C99's rules for infinities, and powers.

/// A complex number by value: real and imaginary part.
pub type Parts = (f64, f64);

/// Why there is no power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerError {
    ZeroToNegative,
    Overflow,
}

/// 1 or 0, with the sign of `x`, for an infinity or anything else.
fn unit_of(x: f64) -> f64 {
    (if x.is_infinite() { 1.0f64 } else { 0.0 }).copysign(x)
}

fn zero_if_nan(x: f64) -> f64 {
    if x.is_nan() { 0f64.copysign(x) } else { x }
}

pub fn product(a: Parts, b: Parts) -> Parts {
    let (mut ar, mut ai, mut br, mut bi) = (a.0, a.1, b.0, b.1);
    let (rr, ii, ri, ir) = (ar * br, ai * bi, ar * bi, ai * br);
    let r = (rr - ii, ri + ir);
    if !(r.0.is_nan() && r.1.is_nan()) {
        return r;
    }
    // An infinity must not get lost in NaNs.
    let mut recalculate = false;
    if ar.is_infinite() || ai.is_infinite() {
        (ar, ai) = (unit_of(ar), unit_of(ai));
        (br, bi) = (zero_if_nan(br), zero_if_nan(bi));
        recalculate = true;
    }
    if br.is_infinite() || bi.is_infinite() {
        (br, bi) = (unit_of(br), unit_of(bi));
        (ar, ai) = (zero_if_nan(ar), zero_if_nan(ai));
        recalculate = true;
    }
    if !recalculate && [rr, ii, ri, ir].iter().any(|x| x.is_infinite()) {
        (ar, ai, br, bi) = (zero_if_nan(ar), zero_if_nan(ai), zero_if_nan(br), zero_if_nan(bi));
        recalculate = true;
    }
    if recalculate { (f64::INFINITY * (ar * br - ai * bi), f64::INFINITY * (ar * bi + ai * br)) } else { r }
}

/// `a / b`; `None` when `b` is zero.
pub fn quotient(a: Parts, b: Parts) -> Option<Parts> {
    let mut r;
    if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        r = ((a.0 + a.1 * ratio) / denominator, (a.1 - a.0 * ratio) / denominator);
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        r = ((a.0 * ratio + a.1) / denominator, (a.1 * ratio - a.0) / denominator);
    } else {
        r = (f64::NAN, f64::NAN);
    }
    if r.0.is_nan() && r.1.is_nan() {
        if (a.0.is_infinite() || a.1.is_infinite()) && b.0.is_finite() && b.1.is_finite() {
            let (x, y) = (unit_of(a.0), unit_of(a.1));
            r = (f64::INFINITY * (x * b.0 + y * b.1), f64::INFINITY * (y * b.0 - x * b.1));
        } else if (b.0.is_infinite() || b.1.is_infinite()) && a.0.is_finite() && a.1.is_finite() {
            let (x, y) = (unit_of(b.0), unit_of(b.1));
            r = (0.0 * (a.0 * x + a.1 * y), 0.0 * (a.1 * x - a.0 * y));
        }
    }
    Some(r)
}

/// A real number by a complex one; `None` when `b` is zero.
pub fn real_quotient(a: f64, b: Parts) -> Option<Parts> {
    let mut r;
    if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        r = (a / denominator, (-a * ratio) / denominator);
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        r = ((a * ratio) / denominator, -a / denominator);
    } else {
        r = (f64::NAN, f64::NAN);
    }
    if r.0.is_nan() && r.1.is_nan() && a.is_finite() && (b.0.is_infinite() || b.1.is_infinite()) {
        let (x, y) = (unit_of(b.0), unit_of(b.1));
        r = (0.0 * (a * x), 0.0 * (-a * y));
    }
    Some(r)
}

pub fn power(a: Parts, b: Parts) -> Result<Parts, PowerError> {
    let r = if b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= 100.0 {
        let p = whole_power(a, b.0.abs() as u32);
        if b.0 >= 0.0 { p } else { quotient((1.0, 0.0), p).ok_or(PowerError::ZeroToNegative)? }
    } else if a.0 == 0.0 && a.1 == 0.0 {
        if b.1 != 0.0 || b.0 < 0.0 {
            return Err(PowerError::ZeroToNegative);
        }
        (0.0, 0.0)
    } else {
        let size = a.0.hypot(a.1);
        let mut length = size.powf(b.0);
        let angle = a.1.atan2(a.0);
        let mut phase = angle * b.0;
        if b.1 != 0.0 {
            length *= (-angle * b.1).exp();
            phase += b.1 * size.ln();
        }
        (length * phase.cos(), length * phase.sin())
    };
    if r.0.is_infinite() || r.1.is_infinite() { Err(PowerError::Overflow) } else { Ok(r) }
}

fn whole_power(a: Parts, n: u32) -> Parts {
    let (mut r, mut p, mut mask) = ((1.0, 0.0), a, 1u32);
    while n >= mask {
        if n & mask != 0 {
            r = product(r, p);
        }
        mask <<= 1;
        p = product(p, p);
    }
    r
}
