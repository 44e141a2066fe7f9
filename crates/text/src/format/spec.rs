//! The format specification mini-language.

use super::FormatError;
use crate::Chars;

/// Where the padding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Align {
    Left,
    Right,
    Center,
    /// Between the sign and the digits.
    AfterSign,
}

/// What stands before numbers that have no minus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Sign {
    /// `-`, or none given.
    Minus,
    Plus,
    Space,
}

/// Separator between groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Grouping {
    None,
    Comma,
    Underscore,
}

impl Grouping {
    fn char(self) -> char {
        if self == Grouping::Underscore { '_' } else { ',' }
    }
}

/// A parsed format specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Fill character; a blank unless given.
    pub fill: u32,
    /// Alignment, the type's own unless given.
    pub align: Align,
    /// The sign as given.
    pub sign: Option<Sign>,
    /// `z`: no minus before zero.
    pub no_negative_zero: bool,
    /// `#`.
    pub alternate: bool,
    /// Least width.
    pub width: Option<usize>,
    /// Groups before the point.
    pub grouping: Grouping,
    /// Groups behind the point.
    pub fraction_grouping: Grouping,
    /// Precision.
    pub precision: Option<usize>,
    /// Presentation type, 0 for none.
    pub code: u32,
}

impl Spec {
    /// Nothing is asked for that changes the place or the grouping of a number's digits, or the sign of a positive one.
    pub fn is_bare(&self) -> bool {
        self.width.is_none()
            && matches!(self.sign, None | Some(Sign::Minus))
            && self.grouping == Grouping::None
            && self.fraction_grouping == Grouping::None
            && self.code != u32::from('n')
    }
}

/// Parses `spec` for a value whose type is called `type_name`; errors are CPython's.
pub fn parse_spec(spec: Chars<'_>, type_name: &str, default_code: u32, default_align: Align) -> Result<Spec, FormatError> {
    let parsed = match spec {
        Chars::Ascii(text) => parse(text.len(), |i| text.get(i).map_or(0, |&c| c.into()), default_code, default_align),
        wide => parse(wide.len(), |i| wide.get(i).unwrap_or(0), default_code, default_align),
    };
    parsed?.ok_or_else(|| {
        let text = spec.to_string_lossy();
        FormatError::Value(format!("Invalid format specifier '{text}' for object of type '{type_name}'"))
    })
}

/// Parses the `len` characters that `character` gives, 0 behind the end. `None`: something follows that belongs to no specification.
#[inline(always)]
fn parse(
    len: usize,
    character: impl Fn(usize) -> u32,
    default_code: u32,
    default_align: Align,
) -> Result<Option<Spec>, FormatError> {
    let at = |index: usize| char::from_u32(character(index)).unwrap_or('\0');
    let mut parsed = Spec {
        fill: ' '.into(),
        align: default_align,
        sign: None,
        no_negative_zero: false,
        alternate: false,
        width: None,
        grouping: Grouping::None,
        fraction_grouping: Grouping::None,
        precision: None,
        code: default_code,
    };
    let (mut pos, mut fill_given, mut align_given) = (0, false, false);
    if let Some(align) = align_of(at(1)) {
        (parsed.align, parsed.fill) = (align, character(0));
        (pos, fill_given, align_given) = (2, true, true);
    } else if let Some(align) = align_of(at(0)) {
        parsed.align = align;
        (pos, align_given) = (1, true);
    }
    parsed.sign = match at(pos) {
        '+' => Some(Sign::Plus),
        '-' => Some(Sign::Minus),
        ' ' => Some(Sign::Space),
        _ => None,
    };
    pos += usize::from(parsed.sign.is_some());
    parsed.no_negative_zero = at(pos) == 'z';
    pos += usize::from(parsed.no_negative_zero);
    parsed.alternate = at(pos) == '#';
    pos += usize::from(parsed.alternate);
    if !fill_given && at(pos) == '0' {
        parsed.fill = '0'.into();
        if !align_given && default_align == Align::Right {
            parsed.align = Align::AfterSign;
        }
        pos += 1;
    }
    parsed.width = number(&character, &mut pos)?;
    parsed.grouping = separators(&character, &mut pos)?;
    if at(pos) == '.' {
        pos += 1;
        parsed.precision = number(&character, &mut pos)?;
        parsed.fraction_grouping = separators(&character, &mut pos)?;
        if parsed.precision.is_none() && parsed.fraction_grouping == Grouping::None {
            return Err(FormatError::Value("Format specifier missing precision".into()));
        }
    }
    match len.saturating_sub(pos) {
        0 => {}
        1 => parsed.code = character(pos),
        _ => return Ok(None),
    }
    if parsed.grouping != Grouping::None || parsed.fraction_grouping != Grouping::None {
        check_grouping(&parsed)?;
    }
    Ok(Some(parsed))
}

/// A presentation type as error messages show it.
pub(super) fn code_text(code: u32) -> String {
    match char::from_u32(code) {
        Some(c) if code > 32 && code < 128 => c.to_string(),
        _ => format!("\\x{code:x}"),
    }
}

fn align_of(c: char) -> Option<Align> {
    match c {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    }
}

#[inline(always)]
fn number(character: &impl Fn(usize) -> u32, pos: &mut usize) -> Result<Option<usize>, FormatError> {
    let mut value: Option<i64> = None;
    while let Some(digit) = unicode::to_decimal(character(*pos)) {
        let next = value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add(digit.into()));
        value = Some(next.ok_or_else(|| FormatError::Value("Too many decimal digits in format string".into()))?);
        *pos += 1;
    }
    Ok(value.map(|v| v as usize))
}

#[inline(always)]
fn separators(character: &impl Fn(usize) -> u32, pos: &mut usize) -> Result<Grouping, FormatError> {
    let at = |index: usize| char::from_u32(character(index)).unwrap_or('\0');
    let both = || FormatError::Value("Cannot specify both ',' and '_'.".into());
    let mut grouping = Grouping::None;
    if !matches!(at(*pos), ',' | '_') {
        return Ok(grouping);
    }
    if at(*pos) == ',' {
        grouping = Grouping::Comma;
        *pos += 1;
    }
    if at(*pos) == '_' {
        if grouping != Grouping::None {
            return Err(both());
        }
        grouping = Grouping::Underscore;
        *pos += 1;
    }
    if at(*pos) == ',' && grouping == Grouping::Underscore {
        return Err(both());
    }
    Ok(grouping)
}

fn check_grouping(spec: &Spec) -> Result<(), FormatError> {
    let code = char::from_u32(spec.code).unwrap_or('\0');
    let allowed = match code {
        'd' | 'e' | 'f' | 'g' | 'E' | 'F' | 'G' | '%' | '\0' => true,
        'b' | 'o' | 'x' | 'X' => spec.grouping == Grouping::Underscore,
        _ => false,
    };
    let refuse =
        |grouping: Grouping| FormatError::Value(format!("Cannot specify '{}' with '{}'.", grouping.char(), code_text(spec.code)));
    if spec.grouping != Grouping::None && !allowed {
        return Err(refuse(spec.grouping));
    }
    if code == 'n' && spec.fraction_grouping != Grouping::None {
        return Err(refuse(spec.fraction_grouping));
    }
    Ok(())
}
