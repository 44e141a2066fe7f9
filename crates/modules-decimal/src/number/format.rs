//! `format(number, specification)`.

use super::{Ctx, Dec, quantize, text};

/// A specification is not of the form `[[fill]align][sign][z][#][0][width][,_][.precision[,_]][type]`.
pub(crate) enum BadSpec {
    Syntax,
    /// The width or the precision has too many digits.
    Range,
    /// The width or the precision is the largest number there is.
    Limit,
}

/// What separates groups of digits, how long they are, and the decimal point.
#[derive(Clone, Debug)]
pub(crate) struct Grouping {
    pub(crate) separator: String,
    /// Lengths from the point on; 0 at the end repeats the one before, 127 ends the grouping. Without any nothing is grouped.
    pub(crate) sizes: Vec<u8>,
    pub(crate) point: String,
}

/// A parsed specification.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    fill: char,
    align: Option<char>,
    sign: char,
    no_negative_zero: bool,
    alternate: bool,
    zero_padded: bool,
    width: usize,
    separator: Option<char>,
    precision: Option<i64>,
    fraction_separator: Option<char>,
    kind: Option<char>,
}

impl Spec {
    /// True for the types whose grouping is the locale's.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self.kind, Some('n' | 'N'))
    }

    pub(crate) fn is_deprecated(&self) -> bool {
        self.kind == Some('N')
    }

    pub(crate) fn parse(spec: &str) -> Result<Spec, BadSpec> {
        let is_align = |c: Option<char>| c.filter(|c| matches!(c, '<' | '>' | '=' | '^'));
        let mut chars = spec.chars();
        let (first, second) = (chars.next(), chars.next());
        let (fill, align, rest) = match (first, is_align(second), is_align(first)) {
            (Some(fill), Some(align), _) => (fill, Some(align), chars.as_str()),
            (_, _, Some(align)) => (' ', Some(align), &spec[1..]),
            _ => (' ', None, spec),
        };
        let mut rest = Rest { text: rest.as_bytes() };
        let sign = rest.take(b"+- ").unwrap_or('-');
        let no_negative_zero = rest.take(b"z").is_some();
        let alternate = rest.take(b"#").is_some();
        let zero_padded = rest.take(b"0").is_some();
        if zero_padded && align.is_some() {
            return Err(BadSpec::Syntax);
        }
        let width = rest.number()?.unwrap_or(0) as usize;
        let separator = rest.take(b",_");
        let (mut precision, mut fraction_separator) = (None, None);
        if rest.take(b".").is_some() {
            precision = rest.number()?;
            fraction_separator = rest.take(b",_");
            if precision.is_none() && fraction_separator.is_none() {
                return Err(BadSpec::Syntax);
            }
        }
        let kind = rest.take(b"eEfFgGnN%");
        if !rest.text.is_empty() || (matches!(kind, Some('n' | 'N')) && separator.is_some()) {
            return Err(BadSpec::Syntax);
        }
        if width as i64 == i64::MAX || precision == Some(i64::MAX) {
            return Err(BadSpec::Limit);
        }
        let (fill, align) = if zero_padded { ('0', Some('=')) } else { (fill, align) };
        Ok(Spec {
            fill,
            align,
            sign,
            no_negative_zero,
            alternate,
            zero_padded,
            width,
            separator,
            precision,
            fraction_separator,
            kind,
        })
    }

    /// The places behind the point, if the specification asks for nothing else.
    pub(crate) fn only_places(&self) -> Option<i64> {
        let plain = matches!(self.kind, Some('f' | 'F'))
            && self.width == 0
            && self.sign == '-'
            && !(self.no_negative_zero | self.alternate)
            && self.separator.is_none()
            && self.fraction_separator.is_none();
        self.precision.filter(|_| plain)
    }
}

/// What is left of a specification.
struct Rest<'a> {
    text: &'a [u8],
}

impl Rest<'_> {
    /// The next character, if it is one of these.
    fn take(&mut self, wanted: &[u8]) -> Option<char> {
        let (c, rest) = self.text.split_first().filter(|(c, _)| wanted.contains(c))?;
        self.text = rest;
        Some(char::from(*c))
    }

    fn number(&mut self) -> Result<Option<i64>, BadSpec> {
        let mut n: Option<i64> = None;
        while let Some((c, rest)) = self.text.split_first().filter(|(c, _)| c.is_ascii_digit()) {
            self.text = rest;
            let digit = i64::from(c - b'0');
            n = Some(n.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add(digit)).ok_or(BadSpec::Range)?);
        }
        Ok(n)
    }
}

/// The number as the specification wants it. `local` is the grouping of type `n`.
pub(crate) fn format(x: &Dec, spec: &Spec, local: Option<Grouping>, capitals: bool, ctx: &Ctx, status: &mut u32) -> String {
    let kind = match spec.kind {
        None if capitals => 'G',
        None | Some('n') => 'g',
        Some('N') => 'G',
        Some(kind) => kind,
    };
    if spec.width as u64 > super::MOST_DIGITS {
        *status |= super::condition::NO_MEMORY;
        return String::new();
    }
    if x.is_special() {
        return special(x, spec, kind);
    }
    let wide = Ctx { rounding: ctx.rounding, ..Ctx::MAX };
    let mut x = x.clone();
    if kind == '%' {
        x.exp += 2;
    }
    x = rounded(x, kind, spec.precision, &wide, status);
    if x.is_special() {
        return String::new();
    }
    if matches!(kind, 'f' | 'F' | '%') && x.coef.is_zero() && x.exp > 0 {
        x.exp = 0;
    }
    let digits = x.coef.text();
    let left = x.exp + digits.len() as i64;
    let point = match kind {
        'e' | 'E' => match spec.precision {
            Some(places) if x.coef.is_zero() => 1 - places,
            _ => 1,
        },
        'f' | 'F' | '%' => left,
        _ if x.exp <= 0 && left > -6 => left,
        _ => 1,
    };
    if point.unsigned_abs() > super::MOST_DIGITS {
        *status |= super::condition::NO_MEMORY;
        return String::new();
    }
    let mut shown = String::new();
    text::write_with_point(&digits, point, &mut shown);
    let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
    let mut tail = String::new();
    if left != point || matches!(kind, 'e' | 'E') {
        tail = format!("{}{:+}", if matches!(kind, 'e' | 'g') { 'e' } else { 'E' }, left - point);
    }
    if kind == '%' {
        tail.push('%');
    }
    let negative = x.is_negative() && !(spec.no_negative_zero && x.coef.is_zero());
    assemble(negative, whole, fraction, &tail, spec, local)
}

/// The number with as many digits as the type and the precision ask for.
fn rounded(x: Dec, kind: char, precision: Option<i64>, ctx: &Ctx, status: &mut u32) -> Dec {
    let Some(places) = precision else { return x };
    let mut ignored = 0;
    let zero = x.coef.is_zero();
    let exp = match kind {
        'f' | 'F' | '%' => -places,
        'e' | 'E' if !zero => x.adjusted() - places,
        'g' | 'G' if !zero && x.digits() > places.max(1) => x.adjusted() + 1 - places.max(1),
        _ => return x,
    };
    let mut r = quantize::rescaled(&x, exp, ctx, &mut ignored);
    if kind == 'e' || kind == 'E' || kind == 'g' || kind == 'G' {
        // Rounding up may have made a digit more.
        let wanted = if matches!(kind, 'e' | 'E') { places + 1 } else { places.max(1) };
        if !r.is_special() && r.digits() > wanted {
            r = quantize::rescaled(&r, exp + 1, ctx, &mut ignored);
        }
    }
    *status |= ignored & super::condition::ERRORS;
    r
}

/// Infinities and NaNs, which are never padded with zeros.
fn special(x: &Dec, spec: &Spec, kind: char) -> String {
    let mut body = String::new();
    text::write_special(x, &mut body);
    if kind == '%' {
        body.push('%');
    }
    let (fill, align) = if spec.zero_padded { (' ', Some('>')) } else { (spec.fill, spec.align) };
    padded(sign(x.is_negative(), spec), &body, fill, align.unwrap_or('>'), spec.width)
}

fn sign(negative: bool, spec: &Spec) -> &'static str {
    match (negative, spec.sign) {
        (true, _) => "-",
        (_, '+') => "+",
        (_, ' ') => " ",
        _ => "",
    }
}

/// Sign and body, filled up to the width.
fn padded(sign: &str, body: &str, fill: char, align: char, width: usize) -> String {
    let length = sign.len() + body.chars().count();
    let room = width.saturating_sub(length);
    let (before, between, after) = match align {
        '<' => (0, 0, room),
        '=' => (0, room, 0),
        '^' => (room / 2, 0, room - room / 2),
        _ => (room, 0, 0),
    };
    let filled = |n: usize| std::iter::repeat_n(fill, n);
    filled(before).chain(sign.chars()).chain(filled(between)).chain(body.chars()).chain(filled(after)).collect()
}

fn assemble(negative: bool, whole: &str, fraction: &str, tail: &str, spec: &Spec, local: Option<Grouping>) -> String {
    let sign = sign(negative, spec);
    let grouping = local.unwrap_or_else(|| Grouping {
        separator: spec.separator.map(String::from).unwrap_or_default(),
        sizes: if spec.separator.is_some() { vec![3, 0] } else { Vec::new() },
        point: ".".to_owned(),
    });
    let mut end = String::new();
    if !fraction.is_empty() || spec.alternate {
        end.push_str(&grouping.point);
    }
    for (i, c) in fraction.chars().enumerate() {
        if i != 0
            && i % 3 == 0
            && let Some(separator) = spec.fraction_separator
        {
            end.push(separator);
        }
        end.push(c);
    }
    end.push_str(tail);
    let least = if spec.zero_padded { spec.width.saturating_sub(sign.len() + end.chars().count()) } else { 0 };
    let body = grouped(whole, &grouping, least) + &end;
    padded(sign, &body, spec.fill, spec.align.unwrap_or('>'), spec.width)
}

/// The digits in groups, filled with zeros to a least length.
fn grouped(digits: &str, grouping: &Grouping, least: usize) -> String {
    if grouping.sizes.is_empty() || grouping.separator.is_empty() {
        return std::iter::repeat_n('0', least.saturating_sub(digits.len())).collect::<String>() + digits;
    }
    let separator = grouping.separator.chars().count();
    let mut groups: Vec<String> = Vec::new();
    let (mut rest, mut least) = (digits, least);
    let mut size = 0;
    let mut sizes = grouping.sizes.iter();
    let mut endless = false;
    loop {
        if !endless {
            match sizes.next() {
                Some(127) => {
                    size = usize::MAX;
                    endless = true;
                }
                Some(0) | None => endless = true,
                Some(n) => size = usize::from(*n),
            }
        }
        let length = rest.len().max(least).max(1).min(size);
        let taken = &rest[rest.len().saturating_sub(length)..];
        groups.push(std::iter::repeat_n('0', length - taken.len()).collect::<String>() + taken);
        rest = &rest[..rest.len() - taken.len()];
        least = least.saturating_sub(length);
        if rest.is_empty() && least == 0 {
            break;
        }
        least = least.saturating_sub(separator);
    }
    groups.reverse();
    groups.join(&grouping.separator)
}
