//! Numbers to text: scientific and engineering notation.

use super::Dec;

/// Scientific notation (`str`).
pub(crate) fn to_sci(x: &Dec, capitals: bool) -> String {
    let mut out = String::with_capacity(48);
    write(x, capitals, false, &mut out);
    out
}

/// Engineering notation: exponents are multiples of three.
pub(crate) fn to_eng(x: &Dec, capitals: bool) -> String {
    let mut out = String::with_capacity(48);
    write(x, capitals, true, &mut out);
    out
}

/// Infinity or NaN with its payload.
pub(super) fn write_special(x: &Dec, out: &mut String) {
    if x.is_infinite() {
        out.push_str("Infinity");
        return;
    }
    out.push_str(if x.is_snan() { "sNaN" } else { "NaN" });
    if !x.coef.is_zero() {
        out.push_str(&x.coef.text());
    }
}

fn write(x: &Dec, capitals: bool, engineering: bool, out: &mut String) {
    if x.is_negative() {
        out.push('-');
    }
    if x.is_special() {
        return write_special(x, out);
    }
    // The common case needs no memory but the result's.
    let mut room = [0u8; 40];
    let long;
    let digits: &str = match x.coef.small() {
        Some(n) => small_digits(n, &mut room),
        None => {
            long = x.coef.text();
            &long
        }
    };
    let left = x.exp + digits.len() as i64;
    // How many digits stand before the point.
    let point = if x.exp <= 0 && left > -6 {
        left
    } else if !engineering {
        1
    } else if digits == "0" {
        (left + 1).rem_euclid(3) - 1
    } else {
        (left - 1).rem_euclid(3) + 1
    };
    write_with_point(digits, point, out);
    if left != point {
        out.push(if capitals { 'E' } else { 'e' });
        let exponent = left - point;
        out.push(if exponent < 0 { '-' } else { '+' });
        let mut room = [0u8; 40];
        out.push_str(small_digits(exponent.unsigned_abs().into(), &mut room));
    }
}

/// The decimal digits of the numbers below 100.
static PAIRS: [[u8; 2]; 100] = {
    let mut table = [[0; 2]; 100];
    let mut i = 0;
    while i < 100 {
        table[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    table
};

/// The digits of a number.
pub(super) fn small_digits(n: u128, room: &mut [u8; 40]) -> &str {
    let mut at = room.len();
    let mut rest = n;
    // Words of 18 digits, the last first.
    while rest >> 64 != 0 {
        let (q, mut low) = super::wide::div_pow10(rest, 18);
        for _ in 0..9 {
            at -= 2;
            room[at..at + 2].copy_from_slice(&PAIRS[(low as u64 % 100) as usize]);
            low = u128::from(low as u64 / 100);
        }
        rest = q;
    }
    let mut low = rest as u64;
    while low >= 10 {
        at -= 2;
        room[at..at + 2].copy_from_slice(&PAIRS[(low % 100) as usize]);
        low /= 100;
    }
    if low != 0 || at == room.len() {
        at -= 1;
        room[at] = b'0' + low as u8;
    }
    std::str::from_utf8(&room[at..]).unwrap_or("")
}

/// Digits with a point after the first so many of them; zeros fill what is missing.
pub(super) fn write_with_point(digits: &str, point: i64, out: &mut String) {
    let zeros = |n: i64, out: &mut String| {
        if n > 0 {
            out.extend(std::iter::repeat_n('0', n as usize));
        }
    };
    if point <= 0 {
        out.push_str("0.");
        zeros(-point, out);
        out.push_str(digits);
    } else if point as usize >= digits.len() {
        out.push_str(digits);
        zeros(point - digits.len() as i64, out);
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        out.push_str(whole);
        out.push('.');
        out.push_str(fraction);
    }
}
