//! Operations on constants, as Python does them. An operation that would raise, or whose result would be large, is left to run time.

mod complex;
mod float;
mod sequence;

use bytecode::tables::nb;
use bytecode::{Const, op};
use dashu_int::IBig;
use dashu_int::ops::BitTest;
use std::sync::Arc;

/// Results with more bits are left to run time.
const MAX_INT_SIZE: usize = 128;
/// Longer tuples are not made by multiplication.
const MAX_COLLECTION_SIZE: usize = 256;
/// Nor longer strings.
const MAX_STR_SIZE: usize = 4096;
/// Nor tuples with more items, nested ones included.
const MAX_TOTAL_ITEMS: i64 = 1024;

/// A number; a bool counts as an integer.
enum Number {
    Int(IBig),
    Float(f64),
    Complex(f64, f64),
}

fn number(value: &Const) -> Option<Number> {
    match value {
        Const::False => Some(Number::Int(IBig::ZERO)),
        Const::True => Some(Number::Int(IBig::ONE)),
        Const::Float(value) => Some(Number::Float(*value)),
        Const::Complex { real, imag } => Some(Number::Complex(*real, *imag)),
        _ => value.as_int().map(Number::Int),
    }
}

/// An integer or bool.
fn integer(value: &Const) -> Option<IBig> {
    match number(value)? {
        Number::Int(value) => Some(value),
        _ => None,
    }
}

/// Truth, as `bool()` has it.
pub(super) fn is_true(value: &Const) -> bool {
    match value {
        Const::None | Const::False => false,
        Const::Int(value) => *value != 0,
        Const::Float(value) => *value != 0.0,
        Const::Complex { real, imag } => *real != 0.0 || *imag != 0.0,
        Const::Str(text) | Const::Bytes(text) => !text.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
        Const::True | Const::Ellipsis | Const::BigInt(_) | Const::Slice(_) | Const::Code(_) => true,
    }
}

/// A frozenset of constants: of those that are equal in Python, the first.
pub(super) fn frozenset(values: Vec<Const>) -> Const {
    let mut unique: Vec<Const> = Vec::with_capacity(values.len());
    for value in values {
        if !unique.iter().any(|other| equal(other, &value)) {
            unique.push(value);
        }
    }
    Const::FrozenSet(unique.into())
}

/// Python's `==` on constants.
fn equal(a: &Const, b: &Const) -> bool {
    match (a, b) {
        (Const::Tuple(a), Const::Tuple(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b)),
        (Const::Slice(a), Const::Slice(b)) => a.iter().zip(b.iter()).all(|(a, b)| equal(a, b)),
        (Const::FrozenSet(a), Const::FrozenSet(b)) => a.len() == b.len() && a.iter().all(|a| b.iter().any(|b| equal(a, b))),
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => equal_numbers(&a, &b),
            _ => a.same(b),
        },
    }
}

fn equal_numbers(a: &Number, b: &Number) -> bool {
    let parts = |number: &Number| match number {
        Number::Float(value) => Some((*value, 0.0)),
        Number::Complex(real, imag) => Some((*real, *imag)),
        Number::Int(_) => None,
    };
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a == b,
        (Number::Int(int), other) | (other, Number::Int(int)) => parts(other).is_some_and(|(real, imag)| {
            imag == 0.0 && real.fract() == 0.0 && IBig::try_from(real).is_ok_and(|real| real == *int)
        }),
        _ => parts(a) == parts(b),
    }
}

/// A unary operator, by the opcode that does it.
pub(super) fn unary(opcode: u16, operand: &Const) -> Option<Const> {
    const INVERT: u16 = op::UNARY_INVERT as u16;
    const NEGATIVE: u16 = op::UNARY_NEGATIVE as u16;
    const NOT: u16 = op::UNARY_NOT as u16;
    if opcode == NOT {
        return Some(Const::bool(!is_true(operand)));
    }
    let value = number(operand)?;
    match (opcode, value) {
        // `~True` warns when it runs.
        (INVERT, _) if matches!(operand, Const::True | Const::False) => None,
        (INVERT, Number::Int(value)) => Some(Const::int(!value)),
        (INVERT, _) => None,
        (NEGATIVE, Number::Int(value)) => Some(Const::int(-value)),
        (NEGATIVE, Number::Float(value)) => Some(Const::Float(-value)),
        (NEGATIVE, Number::Complex(real, imag)) => Some(Const::Complex { real: -real, imag: -imag }),
        (_, Number::Int(value)) => Some(Const::int(value)),
        (_, _) => Some(operand.clone()),
    }
}

/// A binary operator, by `BINARY_OP`'s operand.
pub(super) fn binary(left: &Const, oparg: i32, right: &Const) -> Option<Const> {
    let operator = u8::try_from(oparg).ok()?;
    if operator == nb::NB_SUBSCR {
        return sequence::subscript(left, right);
    }
    let (Some(a), Some(b)) = (number(left), number(right)) else {
        return match operator {
            nb::NB_ADD => sequence::concatenate(left, right),
            nb::NB_MULTIPLY => sequence::repeat(left, right),
            _ => None,
        };
    };
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => {
            let bools = matches!(left, Const::True | Const::False) && matches!(right, Const::True | Const::False);
            let value = integers(a, operator, b)?;
            match (operator, &value) {
                (nb::NB_AND | nb::NB_OR | nb::NB_XOR, Const::Int(bit)) if bools => Some(Const::bool(*bit != 0)),
                _ => Some(value),
            }
        }
        (a @ Number::Complex(..), b) | (a, b @ Number::Complex(..)) => {
            let (real, imag) = complex::operate(complex_part(a)?, operator, complex_part(b)?)?;
            Some(Const::Complex { real, imag })
        }
        (a, b) => float::operate(real(a)?, operator, real(b)?),
    }
}

/// A number as an operand of complex arithmetic: a real one stays real.
fn complex_part(value: Number) -> Option<(f64, Option<f64>)> {
    match value {
        Number::Complex(real, imag) => Some((real, Some(imag))),
        other => Some((real(other)?, None)),
    }
}

/// A real number as a float; `None` when it is too large for one.
fn real(value: Number) -> Option<f64> {
    match value {
        Number::Int(value) => Some(value.to_f64().value()).filter(|value| value.is_finite()),
        Number::Float(value) => Some(value),
        Number::Complex(..) => None,
    }
}

/// How many bits the absolute value has.
fn bits(value: &IBig) -> usize {
    use dashu_int::Sign;
    let (sign, magnitude) = value.clone().into_parts();
    debug_assert!(sign == Sign::Positive || magnitude.bit_len() > 0);
    magnitude.bit_len()
}

fn integers(a: IBig, operator: u8, b: IBig) -> Option<Const> {
    let zero = IBig::ZERO;
    let value = match operator {
        nb::NB_ADD => a + b,
        nb::NB_SUBTRACT => a - b,
        nb::NB_MULTIPLY => {
            if a != zero && b != zero && bits(&a) + bits(&b) > MAX_INT_SIZE {
                return None;
            }
            a * b
        }
        nb::NB_TRUE_DIVIDE => return float::true_divide(a, b).map(Const::Float),
        nb::NB_FLOOR_DIVIDE | nb::NB_REMAINDER => {
            if b == zero {
                return None;
            }
            let (mut quotient, mut remainder) = (&a / &b, &a % &b);
            if remainder != zero && (remainder < zero) != (b < zero) {
                quotient -= IBig::ONE;
                remainder += &b;
            }
            if operator == nb::NB_REMAINDER { remainder } else { quotient }
        }
        nb::NB_POWER => return power(a, b),
        nb::NB_LSHIFT => {
            if b < zero {
                return None;
            }
            if a == zero {
                return Some(Const::Int(0));
            }
            let shift = usize::try_from(&b).ok()?;
            if shift != 0 && (shift > MAX_INT_SIZE || bits(&a) > MAX_INT_SIZE - shift) {
                return None;
            }
            a << shift
        }
        nb::NB_RSHIFT => {
            if b < zero {
                return None;
            }
            match usize::try_from(&b) {
                Ok(shift) if shift <= bits(&a) => a >> shift,
                _ if a < zero => -IBig::ONE,
                _ => zero,
            }
        }
        nb::NB_AND => a & b,
        nb::NB_OR => a | b,
        nb::NB_XOR => a ^ b,
        _ => return None,
    };
    Some(Const::int(value))
}

fn power(a: IBig, b: IBig) -> Option<Const> {
    if b < IBig::ZERO {
        return float::power(real(Number::Int(a))?, real(Number::Int(b))?);
    }
    if a == IBig::ZERO {
        return Some(Const::Int(i64::from(b == IBig::ZERO)));
    }
    let exponent = usize::try_from(&b).ok()?;
    if exponent != 0 && bits(&a) > MAX_INT_SIZE / exponent {
        return None;
    }
    Some(Const::int(a.pow(exponent)))
}

/// Items in a value, nested ones included, up to `limit`; what is left of the limit, negative when it is exceeded.
fn remaining_complexity(value: &Const, mut limit: i64) -> i64 {
    if let Const::Tuple(items) | Const::FrozenSet(items) = value {
        limit -= items.len() as i64;
        for item in items.iter() {
            if limit < 0 {
                break;
            }
            limit = remaining_complexity(item, limit);
        }
    }
    limit
}

/// The text or bytes of either kind of string.
fn same_kind(like: &Const, bytes: Vec<u8>) -> Const {
    let bytes: Arc<[u8]> = bytes.into();
    if matches!(like, Const::Str(_)) { Const::Str(bytes) } else { Const::Bytes(bytes) }
}
