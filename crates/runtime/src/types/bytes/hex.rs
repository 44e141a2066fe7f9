//! Bytes as hexadecimal text.

use super::convert;
use crate::protocols::sequence;
use crate::types::str::Str;
use crate::{Obj, ObjExt, PyResult, Thread};

/// Hexadecimal text, a separator after every group of bytes; groups count from the end, or from the start if negative.
pub fn hex_text(th: &Thread, bytes: &[u8], sep: Option<&Obj>, per_group: i32) -> PyResult<String> {
    let mut separator = None;
    if let Some(sep) = sep {
        let n = sequence::len(th, sep)?;
        if n != 1 {
            return Err(th.value_error("sep must be length 1."));
        }
        let c = match (sep.downcast::<Str>(), convert::content(sep)) {
            (Some(s), _) => s.chars().get(0).unwrap_or(0),
            (None, Some(b)) => b[0].into(),
            (None, None) => return Err(th.type_error("sep must be str or bytes.")),
        };
        match char::from_u32(c).filter(char::is_ascii) {
            Some(c) => separator = Some(c),
            None => return Err(th.value_error("sep must be ASCII.")),
        }
    }
    let group = per_group.unsigned_abs() as usize;
    let Some(separator) = separator.filter(|_| group != 0) else {
        let mut out = vec![0; bytes.len() * 2];
        write_hex(bytes, &mut out);
        return Ok(String::from_utf8(out).unwrap_or_default());
    };
    let mut out = String::with_capacity(bytes.len() * 2 + bytes.len() / group);
    for (i, b) in bytes.iter().enumerate() {
        if i > 0 {
            let from = if per_group < 0 { i } else { bytes.len() - i };
            if from.is_multiple_of(group) {
                out.push(separator);
            }
        }
        out.extend(hex_pair(*b).map(char::from));
    }
    Ok(out)
}

/// The two hexadecimal digits of a byte.
#[inline(always)]
fn hex_pair(b: u8) -> [u8; 2] {
    // Digits, then the distance of the letters: no table, so that many bytes are converted at once.
    [b >> 4, b & 15].map(|d| d + b'0' + if d > 9 { b'a' - b'0' - 10 } else { 0 })
}

/// Writes the hexadecimal digits of bytes.
pub(super) fn write_hex(bytes: &[u8], out: &mut [u8]) {
    let (pairs, _) = out.as_chunks_mut::<2>();
    pairs.iter_mut().zip(bytes).for_each(|(to, &b)| *to = hex_pair(b));
}
