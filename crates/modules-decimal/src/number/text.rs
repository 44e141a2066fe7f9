//! Numbers to text: scientific and engineering notation.

use super::Dec;

/// Scientific notation (`str`).
pub(crate) fn to_sci(x: &Dec, capitals: bool) -> String {
    let mut out = String::new();
    write(x, capitals, false, &mut out);
    out
}

/// Engineering notation: exponents are multiples of three.
pub(crate) fn to_eng(x: &Dec, capitals: bool) -> String {
    let mut out = String::new();
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
    let mut room = [0u8; 39];
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
        let mut room = [0u8; 39];
        out.push_str(small_digits(exponent.unsigned_abs().into(), &mut room));
    }
}

/// The digits of a number.
fn small_digits(n: u128, room: &mut [u8; 39]) -> &str {
    let mut at = room.len();
    let mut rest = n;
    loop {
        let (next, mut low, least) = if rest >> 64 == 0 {
            (0, rest as u64, 1)
        } else {
            let (q, r) = super::wide::div_pow10(rest, 19);
            (q, r as u64, 19)
        };
        let mut written = 0;
        while written < least || low != 0 {
            at -= 1;
            room[at] = b'0' + (low % 10) as u8;
            low /= 10;
            written += 1;
        }
        if next == 0 {
            break;
        }
        rest = next;
    }
    std::str::from_utf8(&room[at..]).unwrap_or("")
}

/// Digits with a point after the first so many of them; zeros fill what is missing.
pub(super) fn write_with_point(digits: &str, point: i64, out: &mut String) {
    let zeros = |n: i64, out: &mut String| out.extend(std::iter::repeat_n('0', n.max(0) as usize));
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
