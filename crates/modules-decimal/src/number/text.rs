//! Numbers to text: scientific and engineering notation.

use super::{Dec, Rounding};

/// A short text in place.
pub(crate) struct Line {
    room: [u8; Line::ROOM],
    length: usize,
}

impl Line {
    /// A sign, 38 digits with point and zeros in front of them, and an exponent need less.
    const ROOM: usize = 128;

    fn new() -> Line {
        Line { room: [0; Line::ROOM], length: 0 }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.room[..self.length]
    }

    #[inline(always)]
    fn push(&mut self, c: u8) {
        self.room[self.length] = c;
        self.length += 1;
    }

    #[inline(always)]
    fn push_all(&mut self, text: &[u8]) {
        let end = self.length + text.len();
        // Digits are few: a loop is shorter than a call.
        for (to, c) in self.room[self.length..end].iter_mut().zip(text) {
            *to = *c;
        }
        self.length = end;
    }

    fn push_zeros(&mut self, n: usize) {
        self.room[self.length..self.length + n].fill(b'0');
        self.length += n;
    }

    /// Digits with a point after the first so many of them.
    fn push_with_point(&mut self, digits: &[u8], point: i64) {
        if point <= 0 {
            self.push_all(b"0.");
            self.push_zeros(-point as usize);
            self.push_all(digits);
        } else if point as usize >= digits.len() {
            self.push_all(digits);
            self.push_zeros(point as usize - digits.len());
        } else {
            let (whole, fraction) = digits.split_at(point as usize);
            self.push_all(whole);
            self.push(b'.');
            self.push_all(fraction);
        }
    }
}

/// Scientific notation of a number whose coefficient has up to 128 bits.
pub(crate) fn short(x: &Dec, capitals: bool) -> Option<Line> {
    let n = x.coef.small().filter(|_| !x.is_special())?;
    let mut line = Line::new();
    if x.is_negative() {
        line.push(b'-');
    }
    let mut room = [0; 40];
    let digits = small_digits(n, &mut room);
    let left = x.exp + digits.len() as i64;
    if x.exp <= 0 && left > -6 {
        line.push_with_point(digits, left);
        return Some(line);
    }
    line.push_with_point(digits, 1);
    line.push(if capitals { b'E' } else { b'e' });
    line.push(if left < 1 { b'-' } else { b'+' });
    line.push_all(small_digits((left - 1).unsigned_abs().into(), &mut [0; 40]));
    Some(line)
}

/// A number with so many places behind the point, where it and the text are short.
pub(crate) fn short_fixed(x: &Dec, places: i64, rounding: Rounding) -> Option<Line> {
    let n = x.coef.small().filter(|_| !x.is_special())?;
    if !(0..=30).contains(&places) || !(-60..=0).contains(&x.exp) {
        return None;
    }
    let mut appended = 0;
    let (coef, exp) = if -x.exp > places {
        let (coef, lost) = x.coef.drop_digits((-x.exp - places) as u64);
        let up = rounding.goes_up(x.is_negative(), &coef, lost);
        (coef.small()?.checked_add(up.into())?, -places)
    } else {
        appended = (places + x.exp) as usize;
        (n, x.exp)
    };
    let mut line = Line::new();
    if x.is_negative() {
        line.push(b'-');
    }
    let mut room = [0; 40];
    let digits = small_digits(coef, &mut room);
    line.push_with_point(digits, digits.len() as i64 + exp);
    if appended != 0 {
        if exp == 0 {
            line.push(b'.');
        }
        line.push_zeros(appended);
    }
    Some(line)
}

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
    let digits = x.coef.text();
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
    write_with_point(&digits, point, out);
    if left != point {
        out.push(if capitals { 'E' } else { 'e' });
        let exponent = left - point;
        out.push(if exponent < 0 { '-' } else { '+' });
        out.push_str(&small_text(exponent.unsigned_abs().into()));
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
fn small_digits(n: u128, room: &mut [u8; 40]) -> &[u8] {
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
    &room[at..]
}

/// The digits of a number as text.
pub(super) fn small_text(n: u128) -> String {
    small_digits(n, &mut [0; 40]).iter().map(|c| char::from(*c)).collect()
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
