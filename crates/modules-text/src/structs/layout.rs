//! Formats: which value stands where.

/// How a value is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Signed,
    Unsigned,
    F32,
    F64,
    /// As the code says.
    Other,
}

/// One value, or several alike.
pub(super) struct Field {
    pub(super) code: u8,
    pub(super) kind: Kind,
    pub(super) offset: usize,
    /// Bytes of one value.
    pub(super) size: usize,
    /// How many values; for `s` and `p` there is one.
    pub(super) count: usize,
}

/// A parsed format.
pub(super) struct Layout {
    pub(super) fields: Vec<Field>,
    pub(super) size: usize,
    /// Python values in total.
    pub(super) values: usize,
    pub(super) big_endian: bool,
}

/// Size and alignment of a format character; `None` for one that there is not.
fn metrics(code: u8, native: bool) -> Option<(usize, usize)> {
    Some(match code {
        b'x' | b'b' | b'B' | b'c' | b's' | b'p' | b'?' => (1, 1),
        b'h' | b'H' | b'e' => (2, 2),
        b'i' | b'I' | b'f' => (4, 4),
        b'l' | b'L' => {
            if native {
                (8, 8)
            } else {
                (4, 4)
            }
        }
        b'q' | b'Q' | b'd' => (8, 8),
        b'n' | b'N' | b'P' if native => (8, 8),
        b'F' => (8, 4),
        b'D' => (16, 8),
        _ => return None,
    })
}

/// `size` is that of one value.
fn kind(code: u8, size: usize) -> Kind {
    match code {
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => Kind::Signed,
        b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' => Kind::Unsigned,
        b'f' if size == 4 => Kind::F32,
        b'd' if size == 8 => Kind::F64,
        _ => Kind::Other,
    }
}

const TOO_LONG: &str = "total struct size too long";

impl Layout {
    /// Parses a format. The error is the text of a `struct.error`.
    pub(super) fn parse(format: &[u8]) -> Result<Layout, &'static str> {
        let (native, aligned, big_endian, rest) = match format {
            [b'<', rest @ ..] => (false, false, false, rest),
            [b'>' | b'!', rest @ ..] => (false, false, true, rest),
            [b'=', rest @ ..] => (false, false, cfg!(target_endian = "big"), rest),
            [b'@', rest @ ..] => (true, true, cfg!(target_endian = "big"), rest),
            rest => (true, true, cfg!(target_endian = "big"), rest),
        };
        let mut layout = Layout { fields: Vec::new(), size: 0, values: 0, big_endian };
        let mut chars = rest.iter().copied().peekable();
        let limit = isize::MAX as usize;
        while let Some(c) = chars.next() {
            if c.is_ascii_whitespace() || c == 0x0b {
                continue;
            }
            let (code, count) = if c.is_ascii_digit() {
                let mut n = usize::from(c - b'0');
                while let Some(d) = chars.next_if(u8::is_ascii_digit) {
                    n = n
                        .checked_mul(10)
                        .and_then(|n| n.checked_add(usize::from(d - b'0')))
                        .filter(|&n| n <= limit)
                        .ok_or(TOO_LONG)?;
                }
                (chars.next().ok_or("repeat count given without format specifier")?, n)
            } else {
                (c, 1)
            };
            let (size, align) = metrics(code, native).ok_or("bad char in struct format")?;
            if aligned {
                layout.size = layout.size.checked_next_multiple_of(align).filter(|&s| s <= limit).ok_or(TOO_LONG)?;
            }
            let bytes = size.checked_mul(count).ok_or(TOO_LONG)?;
            let offset = layout.size;
            layout.size = offset.checked_add(bytes).filter(|&s| s <= limit).ok_or(TOO_LONG)?;
            match code {
                b'x' => {}
                b's' | b'p' => {
                    layout.fields.push(Field { code, kind: Kind::Other, offset, size: count, count: 1 });
                    layout.values += 1;
                }
                _ if count == 0 => {}
                _ => {
                    layout.fields.push(Field { code, kind: kind(code, size), offset, size, count });
                    layout.values += count;
                }
            }
        }
        Ok(layout)
    }
}
