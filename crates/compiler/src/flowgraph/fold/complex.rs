//! Complex arithmetic, with CPython 3.14's rules for a real operand.

use bytecode::tables::nb;

type Complex = (f64, f64);

/// An operand: a real number has no imaginary part.
pub(super) type Operand = (f64, Option<f64>);

pub(super) fn operate(a: Operand, operator: u8, b: Operand) -> Option<Complex> {
    let full = |operand: Operand| (operand.0, operand.1.unwrap_or(0.0));
    match operator {
        nb::NB_ADD => Some((a.0 + b.0, combine(a.1, b.1, |a, b| a + b, |b| b))),
        nb::NB_SUBTRACT => Some((a.0 - b.0, combine(a.1, b.1, |a, b| a - b, |b| -b))),
        nb::NB_MULTIPLY => Some(match (a, b) {
            ((real, None), (c, Some(d))) | ((c, Some(d)), (real, None)) => (c * real, d * real),
            _ => product(full(a), full(b)),
        }),
        nb::NB_TRUE_DIVIDE => match (a, b) {
            ((c, Some(d)), (real, None)) => (real != 0.0).then(|| (c / real, d / real)),
            ((real, None), (c, Some(d))) => real_quotient(real, (c, d)),
            _ => quotient(full(a), full(b)),
        },
        nb::NB_POWER => power(full(a), full(b)),
        _ => None,
    }
}

fn combine(a: Option<f64>, b: Option<f64>, both: fn(f64, f64) -> f64, second: fn(f64) -> f64) -> f64 {
    match (a, b) {
        (Some(a), Some(b)) => both(a, b),
        (Some(a), None) => a,
        (None, b) => second(b.unwrap_or(0.0)),
    }
}

/// An infinite part counts as 1, a finite one as 0, each with its sign.
fn boxed((real, imag): Complex) -> Complex {
    let unit = |part: f64| if part.is_infinite() { 1f64 } else { 0.0 }.copysign(part);
    (unit(real), unit(imag))
}

fn zero_for_nan((real, imag): Complex) -> Complex {
    let zero = |part: f64| if part.is_nan() { 0f64.copysign(part) } else { part };
    (zero(real), zero(imag))
}

fn is_infinite((real, imag): Complex) -> bool {
    real.is_infinite() || imag.is_infinite()
}

fn is_finite((real, imag): Complex) -> bool {
    real.is_finite() && imag.is_finite()
}

/// Multiplication that keeps infinities (C99, Annex G.5.1).
fn product(mut a: Complex, mut b: Complex) -> Complex {
    let (ac, bd, ad, bc) = (a.0 * b.0, a.1 * b.1, a.0 * b.1, a.1 * b.0);
    let result = (ac - bd, ad + bc);
    if !(result.0.is_nan() && result.1.is_nan()) {
        return result;
    }
    let mut recalculate = false;
    if is_infinite(a) {
        (a, b) = (boxed(a), zero_for_nan(b));
        recalculate = true;
    }
    if is_infinite(b) {
        (a, b) = (zero_for_nan(a), boxed(b));
        recalculate = true;
    }
    if !recalculate && [ac, bd, ad, bc].iter().any(|part| part.is_infinite()) {
        (a, b) = (zero_for_nan(a), zero_for_nan(b));
        recalculate = true;
    }
    if !recalculate {
        return result;
    }
    (f64::INFINITY * (a.0 * b.0 - a.1 * b.1), f64::INFINITY * (a.0 * b.1 + a.1 * b.0))
}

/// Division by Smith's method; keeps infinities and zeros (C99, Annex G.5.2).
fn quotient(mut a: Complex, mut b: Complex) -> Option<Complex> {
    let result = if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        ((a.0 + a.1 * ratio) / denominator, (a.1 - a.0 * ratio) / denominator)
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        ((a.0 * ratio + a.1) / denominator, (a.1 * ratio - a.0) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if !(result.0.is_nan() && result.1.is_nan()) {
        return Some(result);
    }
    if is_infinite(a) && is_finite(b) {
        a = boxed(a);
        return Some((f64::INFINITY * (a.0 * b.0 + a.1 * b.1), f64::INFINITY * (a.1 * b.0 - a.0 * b.1)));
    }
    if is_infinite(b) && is_finite(a) {
        b = boxed(b);
        return Some((0.0 * (a.0 * b.0 + a.1 * b.1), 0.0 * (a.1 * b.0 - a.0 * b.1)));
    }
    Some(result)
}

fn real_quotient(a: f64, mut b: Complex) -> Option<Complex> {
    let result = if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        (a / denominator, (-a * ratio) / denominator)
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        ((a * ratio) / denominator, -a / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if result.0.is_nan() && result.1.is_nan() && a.is_finite() && is_infinite(b) {
        b = boxed(b);
        return Some((0.0 * (a * b.0), 0.0 * (-a * b.1)));
    }
    Some(result)
}

fn power(a: Complex, b: Complex) -> Option<Complex> {
    let small_integer = b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= 100.0;
    let result = if small_integer {
        let raised = integer_power(a, b.0.abs() as u32);
        if b.0 > 0.0 { raised } else { quotient((1.0, 0.0), raised)? }
    } else {
        general_power(a, b)?
    };
    (!is_infinite(result)).then_some(result)
}

fn integer_power(mut base: Complex, exponent: u32) -> Complex {
    let mut result = (1.0, 0.0);
    let mut mask = 1;
    while exponent >= mask {
        if exponent & mask != 0 {
            result = product(result, base);
        }
        mask <<= 1;
        base = product(base, base);
    }
    result
}

fn general_power(a: Complex, b: Complex) -> Option<Complex> {
    if b == (0.0, 0.0) {
        return Some((1.0, 0.0));
    }
    if a == (0.0, 0.0) {
        return (b.1 == 0.0 && b.0 >= 0.0).then_some((0.0, 0.0));
    }
    let size = a.0.hypot(a.1);
    let angle = a.1.atan2(a.0);
    let mut length = size.powf(b.0);
    let mut phase = angle * b.0;
    if b.1 != 0.0 {
        length *= (-angle * b.1).exp();
        phase += b.1 * size.ln();
    }
    // The sine of an infinity is a domain error in C.
    (!phase.is_infinite()).then(|| (length * phase.cos(), length * phase.sin()))
}
