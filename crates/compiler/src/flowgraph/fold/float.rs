//! Float arithmetic, and division of integers.

use super::complex;
use bytecode::Const;
use bytecode::tables::nb;
use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign, UBig};

pub(super) fn operate(a: f64, operator: u8, b: f64) -> Option<Const> {
    let value = match operator {
        nb::NB_ADD => a + b,
        nb::NB_SUBTRACT => a - b,
        nb::NB_MULTIPLY => a * b,
        nb::NB_TRUE_DIVIDE if b != 0.0 => a / b,
        nb::NB_FLOOR_DIVIDE if b != 0.0 => floor_divide(a, b),
        nb::NB_REMAINDER if b != 0.0 => remainder(a, b),
        nb::NB_POWER => return power(a, b),
        _ => return None,
    };
    Some(Const::Float(value))
}

fn remainder(a: f64, b: f64) -> f64 {
    let modulus = a % b;
    if modulus == 0.0 {
        return 0f64.copysign(b);
    }
    if (b < 0.0) != (modulus < 0.0) { modulus + b } else { modulus }
}

fn floor_divide(a: f64, b: f64) -> f64 {
    let modulus = a % b;
    let mut quotient = (a - modulus) / b;
    if modulus != 0.0 && (b < 0.0) != (modulus < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return 0f64.copysign(a / b);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

/// `a ** b`: complex for a negative number and a fraction.
pub(super) fn power(a: f64, b: f64) -> Option<Const> {
    if a == 0.0 && b < 0.0 {
        return None;
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b != b.floor() {
        let (real, imag) = complex::operate((a, Some(0.0)), nb::NB_POWER, (b, Some(0.0)))?;
        return Some(Const::Complex { real, imag });
    }
    let value = a.powf(b);
    let overflowed = value.is_infinite() && a.is_finite() && b.is_finite();
    (!overflowed).then_some(Const::Float(value))
}

/// `a / b` for integers, correctly rounded; `None` for division by zero and for a result out of range.
pub(super) fn true_divide(a: IBig, b: IBig) -> Option<f64> {
    let negative = (a.sign() == Sign::Negative) != (b.sign() == Sign::Negative);
    let (a, b) = (a.into_parts().1, b.into_parts().1);
    if b == UBig::ZERO {
        return None;
    }
    if a == UBig::ZERO {
        return Some(if negative { -0.0 } else { 0.0 });
    }
    // The quotient's lowest bit stands for 2**low: at least 64 bits of it, unless the result is subnormal.
    let exponent = a.bit_len() as i64 - b.bit_len() as i64;
    let low = (exponent - 66).max(-1080);
    let (a, b) = if low < 0 { (a << low.unsigned_abs() as usize, b) } else { (a, b << low as usize) };
    let (mut quotient, remainder) = (&a / &b, &a % &b);
    let sticky = remainder != UBig::ZERO;
    // Round to 53 bits, or to multiples of 2**-1074, half to even.
    let drop = (quotient.bit_len() as i64 - 53).max(-1074 - low).max(0) as usize;
    let mut exact = !sticky;
    if drop > 0 {
        let half = quotient.bit(drop - 1);
        let below = &quotient % (UBig::ONE << (drop - 1)) != UBig::ZERO;
        exact = !sticky && !below;
        quotient >>= drop;
        if half && (!exact || quotient.bit(0)) {
            quotient += UBig::ONE;
        }
    }
    debug_assert!(exact || drop > 0);
    let mantissa = u64::try_from(&quotient).ok()? as f64;
    let value = scale(mantissa, low + drop as i64);
    value.is_finite().then_some(if negative { -value } else { value })
}

/// `value * 2**exponent`, where the result is exact or overflows.
fn scale(mut value: f64, mut exponent: i64) -> f64 {
    while exponent < -1000 {
        value *= 2f64.powi(-1000);
        exponent += 1000;
    }
    while exponent > 1000 {
        value *= 2f64.powi(1000);
        exponent -= 1000;
    }
    value * 2f64.powi(exponent as i32)
}
