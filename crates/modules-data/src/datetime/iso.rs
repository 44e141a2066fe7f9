//! Reading ISO 8601 texts, as far as `fromisoformat` goes.

use super::calendar::{self, BadIso};

/// The text is not in ISO format.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Hour, minute, second, microsecond.
pub(super) type Clock = [i32; 4];

/// A time of day, and the offset from UTC in seconds and microseconds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TimeText {
    pub(super) clock: Clock,
    pub(super) offset: Option<(i32, i32)>,
}

/// A character: a code point, or a byte of ASCII.
pub(super) trait Char: Copy + Into<u32> {}

impl<C: Copy + Into<u32>> Char for C {}

/// `count` digits from `*at` on.
fn digits<C: Char>(s: &[C], at: &mut usize, count: usize) -> Result<i32, Malformed> {
    let part = s.get(*at..*at + count).ok_or(Malformed)?;
    let mut n = 0;
    for &c in part {
        if !is_digit(c) {
            return Err(Malformed);
        }
        n = n * 10 + (c.into() as i32 - '0' as i32);
    }
    *at += count;
    Ok(n)
}

fn is_digit<C: Char>(c: C) -> bool {
    (0x30..=0x39).contains(&c.into())
}

fn is<C: Char>(c: Option<&C>, wanted: char) -> bool {
    c.is_some_and(|c| (*c).into() == u32::from(wanted))
}

/// Year, month and day of `YYYY-MM-DD`, `YYYYMMDD`, `YYYY-Www[-D]` or `YYYYWww[D]`; only weeks are checked.
pub(super) fn date<C: Char>(s: &[C]) -> Result<(i32, i32, i32), Malformed> {
    let mut at = 0;
    let year = digits(s, &mut at, 4)?;
    let dashes = is(s.get(at), '-');
    at += usize::from(dashes);
    if is(s.get(at), 'W') {
        at += 1;
        let week = digits(s, &mut at, 2)?;
        let mut day = 1;
        if at < s.len() {
            if dashes {
                if !is(s.get(at), '-') {
                    return Err(Malformed);
                }
                at += 1;
            }
            day = digits(s, &mut at, 1)?;
        }
        return calendar::from_iso(year, week, day).map_err(|_: BadIso| Malformed);
    }
    let month = digits(s, &mut at, 2)?;
    if dashes {
        if !is(s.get(at), '-') {
            return Err(Malformed);
        }
        at += 1;
    }
    let day = digits(s, &mut at, 2)?;
    Ok((year, month, day))
}

/// Reads `HH[:MM[:SS[.ffffff]]]` or the same without colons. The flag says that something is left over.
fn clock<C: Char>(s: &[C]) -> Result<(Clock, bool), Malformed> {
    let mut out = [0; 4];
    let mut at = 0;
    let mut colons = true;
    for i in 0..3 {
        out[i] = digits(s, &mut at, 2)?;
        let next = s.get(at);
        if i == 0 {
            colons = is(next, ':');
        }
        if at + 1 >= s.len() {
            return if is_fraction(next) { Err(Malformed) } else { Ok((out, next.is_some())) };
        }
        if colons && is(next, ':') {
            if i == 2 {
                return Err(Malformed);
            }
            at += 1;
        } else if is_fraction(next) {
            if i < 2 {
                return Err(Malformed);
            }
            at += 1;
        } else if colons {
            return Err(Malformed);
        }
    }
    // What follows the seconds are digits of a fraction, with or without a mark in front.
    let count = (s.len() - at).min(6);
    out[3] = digits(s, &mut at, count)? * 10i32.pow(6 - count as u32);
    while s.get(at).is_some_and(|c| is_digit(*c)) {
        at += 1;
    }
    Ok((out, at < s.len()))
}

fn is_fraction<C: Char>(c: Option<&C>) -> bool {
    is(c, '.') || is(c, ',')
}

/// A time of day with an optional offset.
pub(super) fn time<C: Char>(s: &[C]) -> Result<TimeText, Malformed> {
    let zone = s.iter().position(|c| [0x2b, 0x2d, 0x5a].contains(&(*c).into()));
    let Some(zone) = zone else {
        return match clock(s)? {
            (clock, false) => Ok(TimeText { clock, offset: None }),
            _ => Err(Malformed),
        };
    };
    // What is left over in front of an offset is not looked at.
    let (before, _) = clock(&s[..zone])?;
    let rest = &s[zone + 1..];
    if is(s.get(zone), 'Z') {
        return if rest.is_empty() { Ok(TimeText { clock: before, offset: Some((0, 0)) }) } else { Err(Malformed) };
    }
    let sign = if is(s.get(zone), '-') { -1 } else { 1 };
    let ([hours, minutes, seconds, us], left) = clock(rest)?;
    if left {
        return Err(Malformed);
    }
    Ok(TimeText { clock: before, offset: Some((sign * (hours * 3600 + minutes * 60 + seconds), sign * us)) })
}

/// Where the date ends in a text of at least seven characters.
pub(super) fn separator<C: Char>(s: &[C]) -> usize {
    if s.len() == 7 {
        return 7;
    }
    let at = |i: usize, c: char| is(s.get(i), c);
    if at(4, '-') {
        if !at(5, 'W') {
            return 10;
        }
        if !at(8, '-') {
            return 8;
        }
        // `YYYY-Www-D`, or `YYYY-Www` with a dash as separator before two digits.
        return if s.len() > 10 && is_digit(s[10]) { 8 } else { 10 };
    }
    if at(4, 'W') {
        let end = 7 + s[7..].iter().take_while(|c| is_digit(**c)).count();
        return if end < 9 {
            end
        } else if end % 2 == 0 {
            7
        } else {
            8
        };
    }
    8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(s: &str) -> Vec<u32> {
        s.chars().map(u32::from).collect()
    }

    #[test]
    fn reads_times() {
        let of = |s: &str| time(&chars(s)).map(|t| (t.clock, t.offset));
        assert_eq!(of("10"), Ok(([10, 0, 0, 0], None)));
        assert_eq!(of("101112,5+0130"), Ok(([10, 11, 12, 500_000], Some((5400, 0)))));
        assert_eq!(of("10:11:12.1234567Z"), Ok(([10, 11, 12, 123_456], Some((0, 0)))));
        assert_eq!(of("10:+01:00"), Ok(([10, 0, 0, 0], Some((3600, 0)))));
        for bad in ["", "1", "10:", "10:00.5", "10:0000", "10:00:00.", "10:00:00.+01", "10Z0", "10+", "10--01"] {
            assert_eq!(of(bad), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn finds_the_end_of_the_date() {
        for (text, end) in [
            ("2020-01-01T10", 10),
            ("20200101T10", 8),
            ("2020-W01-1T10", 10),
            ("2020-W01-10", 8),
            ("2020W01110", 7),
            ("2020W01T10", 7),
        ] {
            assert_eq!(separator(&chars(text)), end, "{text}");
        }
    }
}
