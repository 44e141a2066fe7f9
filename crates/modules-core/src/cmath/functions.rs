//! The functions, on pairs of numbers. Branch cuts and signs of zero are those of C99.

pub(super) use super::special::Parts;
use super::special::{self, Table};
use std::f64::consts::{E, FRAC_PI_2, LN_2, LN_10};

/// What can go wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Error {
    Domain,
    Range,
}

pub(super) type Outcome = Result<Parts, Error>;

/// Numbers below this may be squared or doubled twice.
const LARGE: f64 = f64::MAX / 4.0;
/// `ln(LARGE)`.
const LOG_LARGE: f64 = 708.396_418_532_264_1;
/// `sqrt(LARGE)`.
const SQRT_LARGE: f64 = 6.703_903_964_971_298e153;
/// `sqrt(f64::MIN_POSITIVE)`.
const SQRT_SMALL: f64 = 1.491_668_146_240_041_3e-154;

/// The table's answer, for numbers that are not finite.
fn special(table: &Table, z: Parts) -> Option<Parts> {
    if z.0.is_finite() && z.1.is_finite() { None } else { Some(table.get(z)) }
}

/// An infinite result of finite numbers is too large.
fn in_range(r: Parts) -> Outcome {
    if r.0.is_infinite() || r.1.is_infinite() { Err(Error::Range) } else { Ok(r) }
}

fn scale_up(x: f64, by: i32) -> f64 {
    libm::ldexp(x, by)
}

pub(super) fn phase(z: Parts) -> f64 {
    z.1.atan2(z.0)
}

/// `abs(z)`.
pub(super) fn magnitude(z: Parts) -> Result<f64, Error> {
    let r = z.0.hypot(z.1);
    if r.is_infinite() && z.0.is_finite() && z.1.is_finite() { Err(Error::Range) } else { Ok(r) }
}

pub(super) fn sqrt(z: Parts) -> Outcome {
    if let Some(r) = special(&special::SQRT, z) {
        return Ok(r);
    }
    Ok(root(z))
}

fn root((re, im): Parts) -> Parts {
    if re == 0.0 && im == 0.0 {
        return (0.0, im);
    }
    let (ax, ay) = (re.abs(), im.abs());
    let s = if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        let ax = scale_up(ax, 53);
        scale_up((ax + ax.hypot(scale_up(ay, 53))).sqrt(), -27)
    } else {
        let ax = ax / 8.0;
        2.0 * (ax + ax.hypot(ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * s);
    if re >= 0.0 { (s, d.copysign(im)) } else { (d, s.copysign(im)) }
}

fn is_large((re, im): Parts) -> bool {
    re.abs() > LARGE || im.abs() > LARGE
}

/// `log(2 |z|)` of a large number.
fn log_double((re, im): Parts) -> f64 {
    (re / 2.0).hypot(im / 2.0).ln() + LN_2 * 2.0
}

pub(super) fn acos(z: Parts) -> Outcome {
    if let Some(r) = special(&special::ACOS, z) {
        return Ok(r);
    }
    let (re, im) = z;
    if is_large(z) {
        let size = log_double(z);
        let imag = if re < 0.0 { -size.copysign(im) } else { size.copysign(-im) };
        return Ok((im.abs().atan2(re), imag));
    }
    let (a, b) = (root((1.0 - re, -im)), root((1.0 + re, im)));
    Ok((2.0 * a.0.atan2(b.0), libm::asinh(b.0 * a.1 - b.1 * a.0)))
}

pub(super) fn acosh(z: Parts) -> Outcome {
    if let Some(r) = special(&special::ACOSH, z) {
        return Ok(r);
    }
    let (re, im) = z;
    if is_large(z) {
        return Ok((log_double(z), im.atan2(re)));
    }
    let (a, b) = (root((re - 1.0, im)), root((re + 1.0, im)));
    Ok((libm::asinh(a.0 * b.0 + a.1 * b.1), 2.0 * a.1.atan2(b.0)))
}

/// `-i f(iz)`: how the circular functions follow from the hyperbolic ones.
fn rotated(f: fn(Parts) -> Outcome, (re, im): Parts) -> Outcome {
    let (a, b) = f((-im, re))?;
    Ok((b, -a))
}

pub(super) fn asin(z: Parts) -> Outcome {
    rotated(asinh, z)
}

pub(super) fn asinh(z: Parts) -> Outcome {
    if let Some(r) = special(&special::ASINH, z) {
        return Ok(r);
    }
    let (re, im) = z;
    if is_large(z) {
        let size = log_double(z);
        let real = if im >= 0.0 { size.copysign(re) } else { -size.copysign(-re) };
        return Ok((real, im.atan2(re.abs())));
    }
    let (a, b) = (root((1.0 + im, -re)), root((1.0 - im, re)));
    Ok((libm::asinh(a.0 * b.1 - b.0 * a.1), im.atan2(a.0 * b.0 - a.1 * b.1)))
}

pub(super) fn atan(z: Parts) -> Outcome {
    rotated(atanh, z)
}

pub(super) fn atanh(z: Parts) -> Outcome {
    if let Some(r) = special(&special::ATANH, z) {
        return Ok(r);
    }
    let (re, im) = z;
    if re.is_sign_negative() {
        return atanh((-re, -im)).map(|(a, b)| (-a, -b));
    }
    let ay = im.abs();
    if re > SQRT_LARGE || ay > SQRT_LARGE {
        let h = (re / 2.0).hypot(im / 2.0);
        return Ok((re / 4.0 / h / h, -FRAC_PI_2.copysign(-im)));
    }
    if re == 1.0 && ay < SQRT_SMALL {
        if ay == 0.0 {
            return Err(Error::Domain);
        }
        return Ok((-(ay.sqrt() / ay.hypot(2.0).sqrt()).ln(), (2f64.atan2(-ay) / 2.0).copysign(im)));
    }
    let away = (1.0 - re) * (1.0 - re) + ay * ay;
    Ok(((4.0 * re / away).ln_1p() / 4.0, -(-2.0 * im).atan2((1.0 - re) * (1.0 + re) - ay * ay) / 2.0))
}

pub(super) fn cos((re, im): Parts) -> Outcome {
    cosh((-im, re))
}

pub(super) fn cosh(z: Parts) -> Outcome {
    let (re, im) = z;
    if !re.is_finite() || !im.is_finite() {
        if im.is_infinite() && !re.is_nan() {
            return Err(Error::Domain);
        }
        if re.is_infinite() && im.is_finite() && im != 0.0 {
            let real = f64::INFINITY.copysign(im.cos());
            let imag = f64::INFINITY.copysign(im.sin());
            return Ok((real, if re > 0.0 { imag } else { -imag }));
        }
        return Ok(special::COSH.get(z));
    }
    if re.abs() > LOG_LARGE {
        let less = re - 1f64.copysign(re);
        return in_range((im.cos() * less.cosh() * E, im.sin() * less.sinh() * E));
    }
    in_range((im.cos() * re.cosh(), im.sin() * re.sinh()))
}

pub(super) fn exp(z: Parts) -> Outcome {
    let (re, im) = z;
    if !re.is_finite() || !im.is_finite() {
        if im.is_infinite() && (re.is_finite() || re == f64::INFINITY) {
            return Err(Error::Domain);
        }
        if re.is_infinite() && im.is_finite() && im != 0.0 {
            let size = if re > 0.0 { f64::INFINITY } else { 0.0 };
            return Ok((size.copysign(im.cos()), size.copysign(im.sin())));
        }
        return Ok(special::EXP.get(z));
    }
    if re > LOG_LARGE {
        let size = (re - 1.0).exp();
        return in_range((size * im.cos() * E, size * im.sin() * E));
    }
    let size = re.exp();
    in_range((size * im.cos(), size * im.sin()))
}

pub(super) fn log(z: Parts) -> Outcome {
    if let Some(r) = special(&special::LOG, z) {
        return Ok(r);
    }
    let (ax, ay) = (z.0.abs(), z.1.abs());
    let real = if is_large(z) {
        (ax / 2.0).hypot(ay / 2.0).ln() + LN_2
    } else if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        if ax == 0.0 && ay == 0.0 {
            return Err(Error::Domain);
        }
        scale_up(ax, 53).hypot(scale_up(ay, 53)).ln() - 53.0 * LN_2
    } else {
        let h = ax.hypot(ay);
        if (0.71..=1.73).contains(&h) {
            let (more, less) = (ax.max(ay), ax.min(ay));
            ((more - 1.0) * (more + 1.0) + less * less).ln_1p() / 2.0
        } else {
            h.ln()
        }
    };
    Ok((real, phase(z)))
}

pub(super) fn log10(z: Parts) -> Outcome {
    let (a, b) = log(z)?;
    Ok((a / LN_10, b / LN_10))
}

pub(super) fn sin(z: Parts) -> Outcome {
    rotated(sinh, z)
}

pub(super) fn sinh(z: Parts) -> Outcome {
    let (re, im) = z;
    if !re.is_finite() || !im.is_finite() {
        if im.is_infinite() && !re.is_nan() {
            return Err(Error::Domain);
        }
        if re.is_infinite() && im.is_finite() && im != 0.0 {
            let real = f64::INFINITY.copysign(im.cos());
            return Ok((if re > 0.0 { real } else { -real }, f64::INFINITY.copysign(im.sin())));
        }
        return Ok(special::SINH.get(z));
    }
    if re.abs() > LOG_LARGE {
        let less = re - 1f64.copysign(re);
        return in_range((im.cos() * less.sinh() * E, im.sin() * less.cosh() * E));
    }
    in_range((im.cos() * re.sinh(), im.sin() * re.cosh()))
}

pub(super) fn tan(z: Parts) -> Outcome {
    rotated(tanh, z)
}

pub(super) fn tanh(z: Parts) -> Outcome {
    let (re, im) = z;
    if !re.is_finite() || !im.is_finite() {
        if im.is_infinite() && re.is_finite() {
            return Err(Error::Domain);
        }
        if re.is_infinite() && im.is_finite() && im != 0.0 {
            return Ok((1f64.copysign(re), 0f64.copysign(2.0 * im.sin() * im.cos())));
        }
        return Ok(special::TANH.get(z));
    }
    if re.abs() > LOG_LARGE {
        return Ok((1f64.copysign(re), 4.0 * im.sin() * im.cos() * (-2.0 * re.abs()).exp()));
    }
    let (tx, ty, cx) = (re.tanh(), im.tan(), 1.0 / re.cosh());
    let product = tx * ty;
    let denominator = 1.0 + product * product;
    Ok((tx * (1.0 + ty * ty) / denominator, ty / denominator * cx * cx))
}

/// The number with this magnitude and phase.
pub(super) fn rect(r: f64, phi: f64) -> Outcome {
    if !r.is_finite() || !phi.is_finite() {
        if r != 0.0 && !r.is_nan() && phi.is_infinite() {
            return Err(Error::Domain);
        }
        if r.is_infinite() && phi.is_finite() && phi != 0.0 {
            let (a, b) = (f64::INFINITY.copysign(phi.cos()), f64::INFINITY.copysign(phi.sin()));
            return Ok(if r > 0.0 { (a, b) } else { (-a, -b) });
        }
        return Ok(special::RECT.get((r, phi)));
    }
    if phi == 0.0 {
        return Ok((r, r * phi));
    }
    Ok((r * phi.cos(), r * phi.sin()))
}
