//! Values of numeric literals.

use crate::Arena;
use crate::ast::Constant;

/// A decimal literal longer than the limit.
#[derive(Debug)]
pub(crate) struct TooManyDigits {
    pub(crate) limit: usize,
    pub(crate) digits: usize,
}

impl TooManyDigits {
    pub(crate) fn message(&self) -> String {
        format!(
            "Exceeds the limit ({} digits) for integer string conversion: value has {} digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.",
            self.limit, self.digits
        )
    }
}

/// The value of the literal `text`, which the lexer has found well-formed. `max_digits` of 0 means no limit.
pub(crate) fn parse_number<'a>(arena: &'a Arena, text: &'a str, max_digits: usize) -> Result<Constant<'a>, TooManyDigits> {
    let bytes = text.as_bytes();
    if bytes.len() <= 18 && bytes.iter().all(u8::is_ascii_digit) {
        return Ok(Constant::Int(bytes.iter().fold(0, |n, &b| n * 10 + i64::from(b - b'0'))));
    }
    let clean;
    let text = if bytes.contains(&b'_') {
        clean = text.replace('_', "");
        clean.as_str()
    } else {
        text
    };
    let bytes = text.as_bytes();
    if bytes.len() > 2 && bytes[0] == b'0' {
        let bits = match bytes[1] | 0x20 {
            b'x' => 4,
            b'o' => 3,
            b'b' => 1,
            _ => 0,
        };
        if bits != 0 {
            return Ok(power_of_two_radix(arena, &bytes[2..], bits));
        }
    }
    match bytes[bytes.len() - 1] {
        b'j' | b'J' => Ok(Constant::Complex { real: 0.0, imag: float(&text[..text.len() - 1]) }),
        _ if bytes.iter().any(|b| matches!(b, b'.' | b'e' | b'E')) => Ok(Constant::Float(float(text))),
        _ => decimal(arena, bytes, max_digits),
    }
}

fn float(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

fn power_of_two_radix<'a>(arena: &'a Arena, digits: &[u8], bits: usize) -> Constant<'a> {
    let mut magnitude = vec![0u8; (digits.len() * bits).div_ceil(8) + 1];
    for (i, &digit) in digits.iter().rev().enumerate() {
        let value = u16::from(char::from(digit).to_digit(16).unwrap_or(0) as u8) << (i * bits % 8);
        magnitude[i * bits / 8] |= value as u8;
        magnitude[i * bits / 8 + 1] |= (value >> 8) as u8;
    }
    from_magnitude(arena, &magnitude)
}

fn decimal<'a>(arena: &'a Arena, digits: &[u8], max_digits: usize) -> Result<Constant<'a>, TooManyDigits> {
    if max_digits != 0 && digits.len() > max_digits {
        return Err(TooManyDigits { limit: max_digits, digits: digits.len() });
    }
    const CHUNK: usize = 19;
    let mut limbs: Vec<u64> = Vec::with_capacity(digits.len() / CHUNK + 1);
    let head = digits.len() % CHUNK;
    let (first, rest) = digits.split_at(head);
    for chunk in std::iter::once(first).chain(rest.chunks(CHUNK)) {
        let value = chunk.iter().fold(0u64, |n, &b| n * 10 + u64::from(b - b'0'));
        let scale = 10u64.pow(chunk.len() as u32);
        let mut carry = value;
        for limb in &mut limbs {
            let wide = u128::from(*limb) * u128::from(scale) + u128::from(carry);
            *limb = wide as u64;
            carry = (wide >> 64) as u64;
        }
        if carry != 0 {
            limbs.push(carry);
        }
    }
    let magnitude: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    Ok(from_magnitude(arena, &magnitude))
}

fn from_magnitude<'a>(arena: &'a Arena, magnitude: &[u8]) -> Constant<'a> {
    let len = magnitude.iter().rposition(|&b| b != 0).map_or(0, |at| at + 1);
    let magnitude = &magnitude[..len];
    if len <= 8 {
        let mut word = [0; 8];
        word[..len].copy_from_slice(magnitude);
        if let Ok(small) = i64::try_from(u64::from_le_bytes(word)) {
            return Constant::Int(small);
        }
    }
    Constant::BigInt { negative: false, magnitude: arena.alloc_slice_copy(magnitude) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let arena = Arena::new();
        let show = |text: &'static str| format!("{:?}", parse_number(&arena, arena.alloc_str(text), 4300).map_err(|e| e.digits));
        assert_eq!(show("0"), "Ok(Int(0))");
        assert_eq!(show("1_0"), "Ok(Int(10))");
        assert_eq!(show("0xff_ff"), "Ok(Int(65535))");
        assert_eq!(show("0o777"), "Ok(Int(511))");
        assert_eq!(show("9223372036854775807"), "Ok(Int(9223372036854775807))");
        assert_eq!(show("18446744073709551616"), "Ok(BigInt { negative: false, magnitude: [0, 0, 0, 0, 0, 0, 0, 0, 1] })");
        assert_eq!(show("1.5e3"), "Ok(Float(1500.0))");
        assert_eq!(show("1_0.j"), "Ok(Complex { real: 0.0, imag: 10.0 })");
    }
}
